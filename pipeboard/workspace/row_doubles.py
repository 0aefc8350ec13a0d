"""Rows of a file that are about the same deal as one before them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import zip_longest
from typing import NamedTuple

from pipeboard.domain.text import few, quoted
from pipeboard.exchange.rows import DealRow

_MOST_COLUMNS = 3
_Identity = tuple[str | None, str]


class _First(NamedTuple):
    """The row in which a deal stands first."""

    line: int
    cells: tuple[str, ...]


class Doubles:
    """Tells of each row of a file whether its deal stood in it before.

    `again` goes through all rows of the file: asked for twice, once a row seems to be a double.
    """

    def __init__(self, again: Callable[[], Iterable[object]]) -> None:
        self._again = again
        self._seen: set[int] = set()
        self._firsts: Mapping[_Identity, _First] | None = None

    def first(self, row: DealRow) -> _First | None:
        """The row in which the deal of this one stands first; None where it is that."""
        identity = _identity(row)
        if identity is None:
            return None
        mark = hash(identity)  # which two could share
        if mark not in self._seen:
            self._seen.add(mark)
            return None
        if self._firsts is None:
            self._firsts = self._of_doubles()
        first = self._firsts.get(identity)
        return first if first and first.line != row.line else None

    def _of_doubles(self) -> Mapping[_Identity, _First]:
        """Where each deal that has several rows stands first."""
        seen, doubles = set[int](), set[_Identity]()
        for _, identity in self._identities():
            mark = hash(identity)
            if mark in seen:
                doubles.add(identity)
            seen.add(mark)
        firsts: dict[_Identity, _First] = {}
        for row, identity in self._identities():
            if identity in doubles and identity not in firsts:
                firsts[identity] = _First(row.line, tuple(row.raw.values()))
        return firsts

    def _identities(self) -> Iterable[tuple[DealRow, _Identity]]:
        for row in self._again():
            if isinstance(row, DealRow) and (identity := _identity(row)):
                yield row, identity


def _identity(row: DealRow) -> _Identity | None:
    """What a deal is known by: its id in its tool, else its number here."""
    if row.external_id:
        return row.external_source, row.external_id
    ref = row.ref or ""
    return ("", ref) if ref[:2] == "D-" and ref[2:].isdecimal() else None


def differing_columns(row: DealRow, first: _First) -> str:
    """The columns in which the cells of two rows are not the same, in a few words; "" for none."""
    both = zip_longest(row.raw.items(), first.cells, fillvalue=None)
    columns = [quoted(cell[0]) for cell, other in both if cell and cell[1] != other]
    return few(columns, _MOST_COLUMNS)
