"""Text with a delimiter: its dialect found out, its records streamed with their line numbers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

from pipeboard.domain.counts import how_many
from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.domain.text import quoted
from pipeboard.exchange.encoding import Encoding
from pipeboard.exchange.headings import first_table, name_by_heading
from pipeboard.exchange.rows import Rejected
from pipeboard.exchange.tables import (
    Record,
    columns_named,
    holds_anything,
    name_columns,
    quotes_mended,
    row_of,
    undefuse,
    width_used,
)
from pipeboard.exchange.values import LONGEST_CELL

_LONGEST_LINE = 4 * LONGEST_CELL
_SAMPLE = 1 << 16
_DELIMITERS = ",;\t|"
_RARER_DELIMITERS = "~^\x1f\x01"


class Dialect(NamedTuple):
    """How cells are set apart; `backslashed` finds quotes that a backslash takes along,
    `is_wrapped` says that lines stand in quotes as a whole."""

    delimiter: str
    skip_space: bool = False
    quote: str = '"'
    backslashed: re.Pattern[str] | None = None
    has_curved_quotes: bool = False
    is_wrapped: bool = False


_CURVED = {0x201C: '"', 0x201D: '"', 0x201E: '"'}


class _Lines:
    """The lines of a file, quoted as CSV quotes; knows when the last has been handed out, and which
    were `taken` for the row under way."""

    def __init__(self, file: TextIO, dialect: Dialect) -> None:
        self._file = file
        self._quote = dialect.quote
        self._backslashed = dialect.backslashed
        self._curved = dialect.has_curved_quotes
        self._is_wrapped = dialect.is_wrapped
        self.ended = False
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        readline = self._file.readline
        while line := readline(_LONGEST_LINE):
            if len(line) == _LONGEST_LINE and line[-1] not in "\r\n":
                line = self._too_long(line)
            if self._is_wrapped:
                line = _without_wrapping(line)
            if self._curved:
                line = line.translate(_CURVED)
            line = self._backslashed.sub('""', line) if self._backslashed else line
            self.taken.append(line)
            yield line
        self.ended = True

    def _too_long(self, begin: str) -> str:
        """In place of a line longer than any row, of which the rest is passed over, one with a cell
        that no row can hold and as many open quotes."""
        quotes = begin.count(self._quote)
        while part := self._file.readline(_LONGEST_LINE):
            quotes += part.count(self._quote)
            if part[-1] in "\r\n":
                break
        return f"{self._quote * (quotes % 2)}{'x' * (LONGEST_CELL + 1)}\n"


@dataclass(slots=True)
class DelimitedTable:
    """A CSV file in the wide sense; `first_line` is the line on which its header starts."""

    path: Path
    encoding: str
    errors: str
    dialect: Dialect
    first_line: int = 1
    header: tuple[str, ...] = ()
    warnings: list[str] = field(default_factory=list)
    format: str = "csv"
    _file: TextIO | None = None
    _named: int = 0
    _written: int = 0

    @property
    def delimiter(self) -> str:
        return self.dialect.delimiter

    def records(self) -> Iterator[Record | Rejected]:
        """Every record below the header that holds anything."""
        width, blanks = len(self.header), [""] * len(self.header)
        for record in first_table(self.all_records(), self.first_line, self.warnings):
            if isinstance(record, Rejected):
                yield record
                continue
            line, cells = record.line, record.cells
            if line <= self.first_line or not holds_anything(cells):
                continue
            if len(cells) == width == self._named:
                yield record
            elif len(cells) != self._written and any(map(str.strip, cells[self._named :])):
                yield self._too_wide(line, cells)
            else:
                yield Record(line, [*cells[:width], *blanks[len(cells) :]])

    def all_records(self) -> Iterator[Record | Rejected]:
        """Header, ragged and blank records as they stand; where quoting breaks down, the lines."""
        with self.path.open(encoding=self.encoding, errors=self.errors, newline="") as file:
            outer, self._file = self._file, file
            lines = _Lines(file, self.dialect)
            csv.field_size_limit(LONGEST_CELL)
            reader = csv.reader(
                lines,
                delimiter=self.delimiter,
                quotechar=self.dialect.quote,
                skipinitialspace=self.dialect.skip_space,
                strict=False,
            )
            line = 1
            try:
                if self._has_separator_line():
                    next(reader, None)
                    lines.taken.clear()
                    line = 2
                for cells in _each_row(reader):
                    if cells is None:
                        if "".join(lines.taken).count(self.dialect.quote) % 2:
                            yield from self._behind_long_cell(line)
                            break
                        yield Rejected(line, "", "", _TOO_LONG)
                        line, lines.taken = reader.line_num + 1, []
                        continue
                    if lines.ended:
                        yield from self._behind_quote(line, cells)
                        break
                    row, taken, lines.taken = "".join(cells), lines.taken, []
                    if len(taken) > 1 or self.dialect.quote in row:
                        if (whole := self._with_quotes(line, cells, taken)) is None:
                            yield from self._run_together(line, cells, taken)
                            line = reader.line_num + 1
                            continue
                        cells, row = whole, "".join(whole)
                    if "'" in row or '="' in row:
                        cells = list(map(undefuse, cells))
                    if "\0" in row:
                        cells = [cell.replace("\0", "") for cell in cells]
                    yield Record(line, cells)
                    line = reader.line_num + 1
            finally:
                self._file = outer

    def _with_quotes(self, line: int, cells: list[str], taken: list[str]) -> list[str] | None:
        """The cells of a row with quotes, those that are not doubled as part of their cell; None
        where a quote that is not closed made one row of several."""
        delimiter, quote = self.dialect.delimiter, self.dialect.quote
        if self.dialect.skip_space or row_of(taken, delimiter, quote) is not None:
            return cells
        text = quotes_mended("".join(taken), delimiter, quote)
        whole = row_of(text.splitlines(keepends=True), delimiter, quote)
        if whole is None or (self.header and len(whole) != len(self.header)):
            return cells if len(taken) == 1 else None
        if whole != cells and not any(_NOT_DOUBLED in told for told in self.warnings):
            self.warnings.append(f"{_NOT_DOUBLED} were read as part of it, first on line {line}.")
        return whole

    def _run_together(self, first: int, cells: list[str], taken: list[str]) -> Iterator[Rejected]:
        """The lines that a quote within a row made one row of."""
        at = next((n for n, cell in enumerate(cells) if "\n" in cell), 0)
        begins = (first, at, cells[at].partition("\n")[0])
        last = first + len(taken) - 1
        reason = f"a quote opens in this row that is not closed before line {last}"
        below = f"it stands below line {first}, where a quote is not closed"
        return self._unread(enumerate(taken, first), begins, reason, below)

    def _behind_quote(self, first: int, cells: list[str]) -> Iterator[Rejected]:
        """The row in which a quote opens that nothing closes, and each line below it."""
        reason = "a quote that opens in this row is never closed"
        below = f"it stands below line {first}, where a quote is never closed"
        begins = (first, len(cells) - 1, quoted(cells[-1]).strip("'"))
        with self.path.open(encoding=self.encoding, errors=self.errors, newline="") as file:
            yield from self._unread(enumerate(file, 1), begins, reason, below)

    def _behind_long_cell(self, first: int) -> Iterator[Rejected]:
        """The row in which a cell in quotes is longer than any, and each line below its first."""
        reason = f"{_TOO_LONG}; probably a quote is never closed"
        below = f"it stands below line {first}, where a cell in quotes is longer than 1 MiB"
        with self.path.open(encoding=self.encoding, errors=self.errors) as file:
            yield from self._unread(enumerate(file, 1), (first, None, ""), reason, below)

    def _unread(
        self,
        lines: Iterable[tuple[int, str]],
        begins: tuple[int, int | None, str],
        reason: str,
        below: str,
    ) -> Iterator[Rejected]:
        """Lines as they stand, from that on in which a cell of a column has a `reason`."""
        first, at, cell = begins
        column = "" if at is None else f"column {at + 1}"
        if at is not None and at < len(self.header):
            column = self.header[at]
        for number, line in lines:
            if number < first or not line.strip():
                continue
            row = line.rstrip("\r\n").split(self.delimiter)
            names = (*self.header, *(f"column {n + 1}" for n in range(len(row))))
            yield Rejected(number, column, cell, reason, dict(zip(names, row, strict=False)))
            column, cell, reason = "", "", below

    def name(self, record: Record) -> None:
        """Takes a record for the header."""
        self.first_line = record.line
        cells = record.cells
        self._named = columns_named(cells)
        self._written = used = len(cells)
        if self._named < self._written:
            whole = (one for one in self.all_records() if self._is_whole(one))
            used = width_used(whole, record, self._written)
        self.header = name_columns(cells, self.warnings, min(used, self._written))

    def _is_whole(self, record: Record | Rejected) -> bool:
        """Whether a record is as wide as the header, so that no delimiter in a cell cut it."""
        return isinstance(record, Record) and len(record.cells) == self._written

    def share_read(self) -> float:
        size = self.path.stat().st_size
        return self._file.buffer.tell() / size if self._file and size else 1.0

    def _has_separator_line(self) -> bool:
        """Excel's own remark on the delimiter, `sep=;`, in front of the header."""
        with self.path.open(encoding=self.encoding, errors=self.errors) as file:
            return file.readline(7).lower().startswith("sep=")

    def _too_wide(self, line: int, cells: list[str]) -> Rejected:
        width = self._named
        names = [*self.header[:width], *(f"column {n + 1}" for n in range(width, len(cells)))]
        extra = next(cell for cell in cells[width:] if cell.strip())
        reason = (
            f"the row has {how_many(len(cells), 'cell')} and the header {width}; "
            "a cell that holds the delimiter needs quotes"
        )
        return Rejected(line, names[width], extra, reason, dict(zip(names, cells, strict=True)))


_NOT_DOUBLED = "Quotes within a cell in quotes that are not doubled"
_TOO_LONG = "a cell here is longer than 1 MiB"


def _each_row(reader: Iterator[list[str]]) -> Iterator[list[str] | None]:
    """The rows of a reader, None in place of one with a cell that is too long."""
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield None


def open_delimited(path: Path, encoding: Encoding) -> DelimitedTable:
    """The table with delimiter, quoting and header found out from the first 64 Ki characters.

    Raises BadInput when the file holds nothing but blank lines.
    """
    with path.open(encoding=encoding.name, errors=encoding.errors, newline="") as file:
        sample = file.read(_SAMPLE)
        is_whole = not file.read(1)
    warnings = [encoding.warning] if encoding.warning else []
    dialect = _dialect(sample, is_whole)
    if dialect.is_wrapped:
        warnings.append(
            "Lines stand in quotes as a whole, as a spreadsheet writes what was pasted into one "
            "column: they were read without these quotes."
        )
    table = DelimitedTable(path, encoding.name, encoding.errors, dialect, warnings=warnings)
    name_by_heading(table, path.name, warnings)
    return table


_WRAPPED = re.compile(r'"((?:[^"]|"")*)"(\r?\n?)')


def _without_wrapping(line: str) -> str:
    found = _WRAPPED.fullmatch(line)
    return f"{found[1]}{found[2]}".replace('""', '"') if found else line


def _unwrapped(sample: str, is_whole: bool) -> str:
    """The sample without the quotes around its lines, where most of these are one cell with them
    and records as wide as the first one without; else empty."""
    lines = [line for line in sample.splitlines(keepends=True) if line.strip()]
    inner = [_without_wrapping(line) for line in lines]
    if 2 * sum(map(str.__ne__, lines, inner)) < len(lines):
        return ""
    text = "".join(inner)
    _, width = max(_regularity(text, mark, is_whole) for mark in _DELIMITERS)

    def is_row(line: str) -> bool:
        found = max(_regularity(line, mark, is_whole=True) for mark in _DELIMITERS)
        return found[1] == width > 1

    # Remarks below a table stand in quotes as a whole too, and are no rows without them.
    wrapped = (line for line, bare in zip(lines, inner, strict=True) if line != bare)
    are_rows = 2 * sum(map(is_row, map(_without_wrapping, wrapped))) >= len(lines)
    return text if are_rows and is_row(inner[0]) else ""


def _dialect(sample: str, is_whole: bool) -> Dialect:
    if (sample[:1] == '"' or '\n"' in sample) and (unwrapped := _unwrapped(sample, is_whole)):
        return _dialect(unwrapped, is_whole)._replace(is_wrapped=True)
    first, _, rest = sample.partition("\n")
    if first[:4].lower() == "sep=" and first[4:5].strip("\r\n") not in ("", '"'):
        delimiter = first[4]
        first, _, rest = rest.partition("\n")
        sample = f"{first}\n{rest}"
    else:
        delimiter = _likeliest(sample, is_whole)
    has_space = f'{delimiter} "' in sample and f'{delimiter}"' not in sample
    cells = [cell.strip() for cell in first.strip().split(delimiter)]
    is_curved = len(cells) > 1 and all(cell[:1] in "“„" and cell[-1:] in "”“" for cell in cells)
    is_single = len(cells) > 1 and all(re.fullmatch(r"'[^']+'", cell) for cell in cells)
    # In CSV as it should be, a quote has another one, a delimiter or nothing behind it.
    ends = f"{re.escape(delimiter)}\\r\\n"
    is_backslashed = re.search(rf'\\"(?=[^"{ends}])', sample)
    return Dialect(
        delimiter,
        has_space,
        "'" if is_single else '"',
        re.compile(rf'\\"(?=[^{ends}])') if is_backslashed else None,
        is_curved,
    )


def _likeliest(sample: str, is_whole: bool) -> str:
    """The usual delimiter that explains the sample best; a rare one where none of them does."""
    scores = {mark: _regularity(sample, mark, is_whole) for mark in _DELIMITERS}
    if max(scores.values()) == (0.0, 0):
        scores |= {mark: _regularity(sample, mark, is_whole) for mark in _RARER_DELIMITERS}
    return max(scores, key=lambda mark: scores[mark])


def _regularity(sample: str, delimiter: str, is_whole: bool) -> tuple[float, int]:
    """How well a delimiter explains the sample: the share of records as wide as the header."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    widths = [len(cells) for cells in reader if any(cells)]
    if not is_whole and len(widths) > 1:
        widths.pop()  # the sample ends within a record
    if not widths or max(widths) < 2:
        return 0.0, 0
    usual = max(set(widths), key=lambda width: (width > 1 and widths.count(width), width))
    return widths.count(usual) / len(widths), usual
