"""Where the names of the columns of a table stand: not always in the first line, nor once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Protocol

from pipeboard.domain.counts import how_many
from pipeboard.domain.errors import BadInput
from pipeboard.domain.text import quoted, slug
from pipeboard.exchange.rows import Rejected
from pipeboard.exchange.synonyms import SYNONYMS
from pipeboard.exchange.tables import Record, holds_anything
from pipeboard.exchange.units import unit_of

LOOKED_AT = 40
"""Records at the beginning of a file among which the header is looked for."""

_DATA_LIKE = re.compile(
    r"[-+(]?[€$£₽]?\s?\d[\d.,'’ \xa0]*\s?[%€$£]?\)?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*"
    r"|[^@\s]+@[^@\s]+\.\w+|https?://.*|true|false",
    re.IGNORECASE,
)


def _heading_in(records: Sequence[Sequence[str]]) -> int | None:
    """The place of the first record that is as wide as those below it and holds names rather than
    values; None where no line looks like that.

    Lines of a title above are narrower; a first line of numbers and dates is data.
    """
    widths = [sum(1 for cell in cells if cell.strip()) for cells in records]
    body = sorted(widths[1:] or widths)
    usual = body[(2 * len(body)) // 3] if body else 0
    for place, cells in enumerate(records):
        if widths[place] == 0 or (widths[place] < 2 <= usual):
            continue
        if widths[place] < usual / 2 and not is_heading(cells):
            continue
        if is_heading(cells) or not _holds_data(cells):
            below = records[place + 1] if place + 1 < len(records) else ()
            names_more = _known(below) > max(_known(cells), 1) and not _holds_data(below)
            return place + 1 if names_more else place
    return None


def _holds_data(cells: Sequence[str]) -> bool:
    return any(_DATA_LIKE.fullmatch(cell.strip()) for cell in cells if cell.strip())


def is_heading(cells: Sequence[str]) -> bool:
    """Whether several cells are names that columns of deals have."""
    return _known(cells) >= 2


def _known(cells: Sequence[str]) -> int:
    return sum(slug(cell) in SYNONYMS for cell in cells if cell.strip())


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
    place = _heading_in([record.cells for record in records])
    if place is None:
        first = ", ".join(cell for cell in records[0].cells if cell.strip())
        raise BadInput(
            f"{file} has no line with the names of its columns: it begins with {quoted(first, 60)}",
            hint="Put a first line with their names into it, such as: title,stage,value,owner",
        )
    if place:
        above = ", ".join(cell for cell in records[0].cells if cell.strip())
        were = "was" if place == 1 else "were"
        warnings.append(
            f"{how_many(place, 'line')} above the names of the columns {were} left out: "
            f"{quoted(above)}."
        )
        lines = (" ".join(record.cells).strip() for record in records[:place])
        warnings.extend(
            f"{quoted(line, 60)} stands above the table, and amounts were read as they stand in "
            "it: write that into the name of their column, such as 'Amount (k€)'."
            for line in lines
            if unit_of(line, "USD").factor > 1
        )
    table.name(records[place])


def first_table(
    records: Iterable[Record | Rejected], first_line: int, warnings: list[str]
) -> Iterator[Record | Rejected]:
    """The records up to a blank line with the names of another table under it, which are told of.

    Such names are not those of the first table, and have values below them. Where the same names
    come again in another order, what stands below them is put into the first one, and told of.
    """
    header: Sequence[str] = ()
    order: list[int] = []
    held: Record | None = None
    was_blank = False
    for record in records:
        cells = record.cells if isinstance(record, Record) else ("",)
        if held is not None:
            if _holds_data(cells):
                named = ", ".join(cell for cell in held.cells if cell.strip())
                told = (
                    f"Another table begins on line {held.line} and was left out: {quoted(named)}."
                )
                warnings.extend({told}.difference(warnings))
                return
            yield held
            held = None
        if record.line == first_line:
            header = cells
        elif cells[:1] and cells[0] in header and _are_same_names(cells, header):
            order = [cells.index(name) for name in header] if cells != header else []
            told = (
                f"Line {record.line} names the columns again in another order: what stands below "
                "it was read so."
            )
            warnings.extend({told}.difference(warnings) if order else ())
        if order and isinstance(record, Record) and len(cells) == len(order):
            record = Record(record.line, [cells[at] for at in order])
            cells = record.cells
        if was_blank and record.line > first_line and cells != header and _names(cells):
            held = record if isinstance(record, Record) else None
        else:
            yield record
        was_blank = not holds_anything(cells)
    if held is not None:
        yield held


def _are_same_names(cells: Sequence[str], header: Sequence[str]) -> bool:
    return len(set(cells)) == len(cells) > 1 and sorted(cells) == sorted(header)


def _names(cells: Sequence[str]) -> bool:
    """Whether cells are names of columns: the first and no less than two, and no values."""
    filled = [cell for cell in cells if cell.strip()]
    return len(filled) > 1 and slug(filled[0]) in SYNONYMS and not _holds_data(cells)
