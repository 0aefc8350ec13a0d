"""Rows and columns of a sheet that people do not see where they look at it."""

from __future__ import annotations

import re
from itertools import islice

from pipeboard.domain.lazy_dataclass import dataclass, field

_ROW = re.compile(rb'<(?:\w+:)?row (?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d+)"')
_COLUMN = re.compile(rb'<(?:\w+:)?col (?=[^>]*\bhidden="(?:1|true)")([^>]*)>')
_FROM, _TO = re.compile(rb'\bmin="(\d+)"'), re.compile(rb'\bmax="(\d+)"')
_ODS = re.compile(rb"<table:table-(row|column)\b([^>]*)>")
_ODS_ALIKE = re.compile(rb'table:number-(?:rows|columns)-repeated="(\d+)"')
_ODS_HIDDEN = re.compile(rb'table:visibility="(?:collapse|filter)"')
_MOST_COLUMNS = 1 << 14
_MOST_ROWS = 1 << 20


@dataclass(slots=True)
class HiddenCells:
    """The numbers of rows and columns that are hidden, from 1."""

    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)

    def look(self, part: bytes) -> None:
        """Finds what is hidden in a part of the XML of a sheet; that of LibreOffice is whole."""
        if b'hidden="' in part:
            self.rows.update(map(int, _ROW.findall(part)))
            for about in _COLUMN.findall(part):
                first, last = _FROM.search(about), _TO.search(about)
                if first and last:
                    self.columns.update(range(int(first[1]), min(int(last[1]), _MOST_COLUMNS) + 1))
        if b"table:visibility" in part:
            self._look_ods(part)

    def _look_ods(self, table: bytes) -> None:
        places = {b"row": (self.rows, _MOST_ROWS), b"column": (self.columns, _MOST_COLUMNS)}
        at = dict.fromkeys(places, 0)
        for kind, about in _ODS.findall(table):
            alike = _ODS_ALIKE.search(about)
            first, (found, most) = at[kind] + 1, places[kind]
            at[kind] += int(alike[1]) if alike else 1
            if _ODS_HIDDEN.search(about):
                found.update(islice(range(first, at[kind] + 1), most))


def column_letters(number: int) -> str:
    """What the column of such a number, from 1, is called."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
