"""Where the names of the columns stand: not always in the first line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple, Protocol

from pipeboard.domain.errors import BadInput
from pipeboard.domain.text import quoted, slug
from pipeboard.exchange.rows import Rejected
from pipeboard.exchange.synonyms import SYNONYMS
from pipeboard.exchange.tables import Record

LOOKED_AT = 40
"""Records at the beginning of a file among which the header is looked for."""

_DATA_LIKE = re.compile(
    r"[-+(]?[€$£₽]?\s?\d[\d.,'’ \xa0]*\s?[%€$£]?\)?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*"
    r"|[^@\s]+@[^@\s]+\.\w+|https?://.*|true|false",
    re.IGNORECASE,
)


class Heading(NamedTuple):
    """The place of the header among the first records; None where no line looks like one."""

    place: int | None


def find_heading(records: Sequence[Sequence[str]]) -> Heading:
    """The first record that is as wide as those below it and holds names rather than values.

    Lines of a title above are narrower; a first line of numbers and dates is data.
    """
    widths = [sum(1 for cell in cells if cell.strip()) for cells in records]
    body = sorted(widths[1:] or widths)
    usual = body[(2 * len(body)) // 3] if body else 0
    for place, cells in enumerate(records):
        if widths[place] == 0 or (widths[place] < 2 <= usual):
            continue
        if widths[place] < usual / 2 and not _is_known(cells):
            continue
        if not _holds_data(cells):
            return Heading(place)
        if _is_known(cells):
            return Heading(place)
    return Heading(None)


def _holds_data(cells: Sequence[str]) -> bool:
    return any(_DATA_LIKE.fullmatch(cell.strip()) for cell in cells if cell.strip())


def _is_known(cells: Sequence[str]) -> bool:
    """Whether several cells are names that columns of deals have."""
    return sum(slug(cell) in SYNONYMS for cell in cells if cell.strip()) >= 2


class Unnamed(Protocol):
    """A table whose header is still to be found."""

    def all_records(self) -> Iterator[Record | Rejected]: ...
    def name(self, record: Record) -> None: ...


def name_by_heading(table: Unnamed, file: str, warnings: list[str]) -> None:
    """Finds the header of a table; lines above it are told of.

    Raises BadInput where nothing looks like one, or where the file holds nothing.
    """
    records: list[Record] = []
    for record in islice(table.all_records(), LOOKED_AT):
        if isinstance(record, Rejected):
            if not records:
                raise BadInput(f"The header of {file} cannot be read: {record.reason}")
            break
        if any(cell.strip() for cell in record.cells):
            records.append(record)
    if not records:
        raise BadInput(f"{file} holds no header", hint="The first row names the columns.")
    place = find_heading([record.cells for record in records]).place
    if place is None:
        first = ", ".join(cell for cell in records[0].cells if cell.strip())
        raise BadInput(
            f"{file} has no line with the names of its columns: it begins with {quoted(first, 60)}",
            hint="Put a first line with their names into it, such as: title,stage,value,owner",
        )
    if place:
        above = ", ".join(cell for cell in records[0].cells if cell.strip())
        warnings.append(
            f"{place} line{'s' if place > 1 else ''} above the names of the columns "
            f"{'were' if place > 1 else 'was'} left out: {quoted(above)}."
        )
    table.name(records[place])
