"""A file as records of cells under a header, whatever its format."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pipeboard.domain.errors import BadInput
from pipeboard.domain.text import did_you_mean, printable, quoted, slug

if TYPE_CHECKING:
    from pipeboard.exchange.rows import Rejected

REASON = "reason"
"""The last column of a file of rejected rows, which an import leaves out again."""


NO_CURRENCIES: Mapping[int, str] = {}


class Record(NamedTuple):
    """As many cells as the header has, and the 1-based line on which they start; `currencies` are
    what the formats of a workbook's cells write, by column."""

    line: int
    cells: list[str]
    currencies: Mapping[int, str] = NO_CURRENCIES


_WHITE = " \t\r\n\x1a\xa0\u2007\u200b\u202f\u2060\u3000\ufeff"
"""White space of tables, spaces without width, and the mark by which DOS ended a file."""


def holds_anything(cells: Iterable[str]) -> bool:
    """Whether a row says anything; white space is nothing."""
    return any(cell and cell.strip(_WHITE) for cell in cells)


class FileTable(Protocol):
    """What the readers of formats have in common; `records` can be gone through again."""

    @property
    def format(self) -> str: ...
    @property
    def encoding(self) -> str: ...
    @property
    def delimiter(self) -> str | None: ...
    @property
    def header(self) -> tuple[str, ...]: ...
    @property
    def warnings(self) -> list[str]: ...

    def records(self) -> Iterator[Record | Rejected]: ...

    def share_read(self) -> float:
        """How much of the file the latest pass has gone through, 0 to 1."""
        ...


def name_columns(names: Iterable[str], warnings: list[str], used: int = 0) -> tuple[str, ...]:
    """The header with every name there and unique; each change is a warning.

    Columns behind the last name are there as far as `used`, for cells below them hold something.
    """
    plain = [" ".join(name.split()) for name in names]
    cells = [" ".join(printable(name).split()) or name for name in plain]
    while cells and not cells[-1]:
        cells.pop()
    cells += [""] * (used - len(cells))
    taken: set[str] = set()
    for position, name in enumerate(cells):
        unique = next_free(name or f"column {position + 1}", taken)
        if not name:
            warnings.append(f"Column {position + 1} has no name; it is called '{unique}'.")
        elif unique != name:
            warnings.append(f"Column '{name}' is there twice; the second is called '{unique}'.")
        cells[position] = unique
        taken.add(unique)
    return tuple(cells)


def columns_named(header: Sequence[str]) -> int:
    """How many columns there are as far as the last one with a name."""
    return max((n for n, cell in enumerate(header, 1) if cell.strip()), default=0)


def width_used(records: Iterable[Record | Rejected], header: Record, most: int) -> int:
    """How many of the first `most` columns hold anything below the header."""
    used = 0
    for record in records:
        if isinstance(record, Record) and record.line > header.line:
            cells = record.cells[:most]
            while len(cells) > used:
                if cells[-1].strip():
                    used = len(cells)
                cells.pop()
    return used


def next_free(name: str, taken: set[str] | Mapping[str, object]) -> str:
    """The name, with a number behind it where it is taken."""
    free, number = name, 2
    while free in taken:
        free, number = f"{name} ({number})", number + 1
    return free


def column_named(name: str, header: Sequence[str]) -> str:
    """The one column that is called so, whatever its case; BadInput where none or several are."""
    if (column := find_column(name, header)) is None:
        raise no_column(name, header)
    return column


def find_column(name: str, header: Sequence[str]) -> str | None:
    same = [column for column in header if slug(column) == slug(name)]
    return same[0] if len(same) == 1 else None


def no_column(name: str, header: Sequence[str]) -> BadInput:
    """The error for a column that is not there, with the near one."""
    return BadInput(
        f"There is no column {quoted(name)}",
        hint=did_you_mean(name, header) or f"Columns: {', '.join(header)}.",
    )


def without_surrogates(text: str) -> str:
    """The text with `?` for lone surrogates, which JSON can hold and no file of text can."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def number_text(value: float) -> str:
    """A number that is kept as such, as text that nobody takes for thousands: `950.1250`."""
    text = repr(value)
    return f"{text}0" if _LIKE_GROUP.fullmatch(text) else text


_LIKE_GROUP = re.compile(r"-?[1-9]\d{0,2}\.\d{3}", re.ASCII)


# Quotes that are no quotes of CSV, where each has another one, a delimiter or nothing behind it.


def row_of(raw: Sequence[str], delimiter: str, quote: str) -> list[str] | None:
    """The cells of one row as CSV should be; None where its quotes are none of CSV."""
    reader = csv.reader(raw, delimiter=delimiter, quotechar=quote, strict=True)
    with suppress(csv.Error):
        cells = next(reader, None)
        return cells if next(reader, None) is None else None
    return None


def quotes_mended(text: str, delimiter: str, quote: str) -> str:
    """The text of a row in which quotes within cells stand twice, and nothing stands between one
    that ends a cell and the delimiter."""
    ends = rf"(?=[ \t]*(?:{re.escape(delimiter)}|\r?\n|\Z))"
    starts = rf"(?:(?<={re.escape(delimiter)})|(?<=\n)|^)"
    kinds = (
        rf"{starts}{quote}{quote}{ends}",
        rf"{quote}{{3}}{ends}",
        rf"(?P<closing>{quote}{quote}){ends}",
        rf"(?P<opening>{starts}{quote}{quote})(?!{quote})",
        rf"{quote}{quote}|{starts}{quote}",
        rf"(?P<last>{quote}){ends}[ \t]*",
        rf"(?P<within>{quote})",
    )

    def mended(one: re.Match[str]) -> str:
        if one["closing"] or one["opening"]:
            return quote * 3
        if one["last"]:
            return quote
        return quote * 2 if one["within"] else one[0]

    return re.sub("|".join(kinds), mended, text)


# Cells that a spreadsheet would run as a formula: made harmless, and taken back.

# What a spreadsheet may skip before it looks for a formula, then what starts one.
_STARTS_FORMULA = re.compile(r"[ \xa0\ufeff\u200b-\u200f\u2060]*[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*%?", re.ASCII)


def defuse(cell: str) -> str:
    """The cell with a `'` in front where a spreadsheet would run it; numbers stay numbers.

    A cell that already reads like a defused one gets a second `'`, so that `undefuse` takes back
    exactly what was added (the prefix that OWASP's page on CSV injection names).
    """
    body = cell.lstrip("'")
    if not _STARTS_FORMULA.match(body):
        return cell
    return cell if cell == body and _NUMBER.fullmatch(cell) else f"'{cell}"


def undefuse(cell: str) -> str:
    """The cell before `defuse`; `001` of `="001"`, by which spreadsheets are told to keep zeros."""
    if cell[:2] == '="' and cell[-1:] == '"' and len(cell) > 2:
        return cell[2:-1]
    if cell[:1] == "'" and _STARTS_FORMULA.match(cell.lstrip("'")):
        return cell[1:]
    return cell
