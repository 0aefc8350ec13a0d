"""Workbooks of Excel and LibreOffice: a sheet as a table, dates and numbers as they are kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.errors import BadInput, NotFound
from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.domain.text import did_you_mean, few, quoted
from pipeboard.exchange.headings import LOOKED_AT, first_table, is_heading
from pipeboard.exchange.hidden_cells import HiddenCells, column_letters
from pipeboard.exchange.number_formats import (
    column_number,
    currency_cells,
    currency_styles,
    formatted_cells,
)
from pipeboard.exchange.read_options import lines_told
from pipeboard.exchange.rows import Rejected
from pipeboard.exchange.tables import (
    NO_CURRENCIES,
    Record,
    columns_named,
    holds_anything,
    name_columns,
    number_text,
    undefuse,
    width_used,
)

if TYPE_CHECKING:
    from zipfile import ZipFile

    from python_calamine import CalamineWorkbook

_MOST_UNNAMED = 20
"""Columns right of the last name that are taken for remarks on the deals."""

FORMATS = {".xlsx": "xlsx", ".xlsm": "xlsx", ".xlsb": "xlsb", ".xls": "xls", ".ods": "ods"}
MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(slots=True)
class SheetTable:
    """The rows of one sheet below its header; days that are numbers may count `from_1904`, and
    `currencies` are what formats of cells write, by line and column."""

    rows: Sequence[Sequence[str]]
    format: str
    header: tuple[str, ...] = ()
    first_line: int = 1
    warnings: list[str] = field(default_factory=list)
    encoding: str = "utf-8"
    delimiter: str | None = None
    from_1904: bool = False
    currencies: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    _passed: int = 0

    def all_records(self) -> Iterator[Record]:
        """Every row, header included."""
        for line, cells in enumerate(self.rows, 1):
            yield Record(line, list(cells))

    def name(self, record: Record) -> None:
        """Takes a record for the header."""
        self.first_line = record.line
        most = columns_named(record.cells) + _MOST_UNNAMED
        used = width_used(self.all_records(), record, most)
        self.header = name_columns(record.cells, self.warnings, used)

    def records(self) -> Iterator[Record | Rejected]:
        width = len(self.header)
        for record in first_table(self.all_records(), self.first_line, self.warnings):
            if isinstance(record, Rejected):
                continue
            line, cells = record.line, record.cells
            self._passed = line
            if line <= self.first_line or not holds_anything(cells):
                continue
            if any(cells[width:]):
                names = [*self.header, *(f"column {n + 1}" for n in range(width, len(cells)))]
                reason = f"the row has cells beside the {width} columns that have a name"
                raw = dict(zip(names, cells, strict=False))
                yield Rejected(line, names[width], cells[width], reason, raw)
                continue
            filled = [*cells[:width], *[""] * (width - len(cells))]
            yield Record(line, filled, self.currencies.get(line, NO_CURRENCIES))

    def share_read(self) -> float:
        return self._passed / len(self.rows) if self.rows else 1.0


def is_workbook(path: Path, head: bytes) -> bool:
    """Whether the file is a workbook by what it holds, whatever its name is."""
    if head.startswith(MAGIC[1]):
        return True
    if not head.startswith(MAGIC[0]):
        return False
    if path.suffix.lower() in FORMATS or b"mimetype" in head:
        return True
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(path) as file:
            return "[Content_Types].xml" in file.namelist()
    except (BadZipFile, OSError):
        return False


def _format(path: Path) -> str:
    """Which kind of workbook the file holds; tools give theirs the names of other kinds."""
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(path) as file:
            names = file.namelist()
    except (BadZipFile, OSError):
        return "xls"
    if "content.xml" in names:
        return "ods"
    return "xlsb" if "xl/workbook.bin" in names else "xlsx"


def open_workbook(path: Path, sheet: str | None) -> SheetTable:
    """The sheet of that name, else the first that holds anything.

    Raises BadInput for what cannot be read, NotFound for a sheet that is not there.
    """
    try:
        import python_calamine as calamine  # 2 ms, for workbooks only
    except ImportError as error:
        raise BadInput(
            f"{path.name} is a workbook, and what reads those is not installed",
            hint="Install it: pip install 'pipeboard[workbooks]'. Or save the sheet as CSV.",
        ) from error
    form, called = _format(path), FORMATS.get(path.suffix.lower())
    try:
        if called in (None, form):
            book = calamine.CalamineWorkbook.from_path(str(path))
        else:  # by what is in it: a path is read as its ending says
            book = calamine.CalamineWorkbook.from_filelike(BytesIO(path.read_bytes()))
        names = list(book.sheet_names)
        chosen, rows, unkept, hidden = _chosen(book, names, sheet, path)
        filled = _fill_merged(rows, book.get_sheet_by_name(chosen).merged_cell_ranges or ())
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise BadInput(
            f"{path.name} cannot be read as a workbook ({error})",
            hint="If it has a password, take that off; or save the sheet as CSV (UTF-8).",
        ) from error
    table = SheetTable(
        rows,
        form,
        from_1904=_is_from_1904(path),
        currencies=_currencies(path, chosen, len(rows)),
    )
    if filled:
        were = how_many(
            filled,
            "cell that is merged with the one above was",
            "cells that are merged with the one above were",
        )
        table.warnings.append(f"{were} read as that one.")
    if unkept:
        places = f" ({', '.join(unkept[:3])})" if all(unkept) else ""
        table.warnings.append(
            f"{how_many(len(unkept), 'formula')} without a value in the file{places} read as "
            "blank: open the workbook in its program, save it there, and import it again."
        )
    if told := ", ".join(_hidden_told(rows, hidden)):
        table.warnings.append(
            f"Hidden in the workbook, and read all the same: {told}. Delete there what is not to "
            "come in."
        )
    if len(names) > 1 and sheet is None:
        others = ", ".join(name for name in names if name != chosen)
        table.warnings.append(
            f"Sheet {quoted(chosen)} was read; the workbook also has {quoted(others, 80)}: "
            "another one with --sheet NAME."
        )
    return table


class _Sheet(NamedTuple):
    """The cells of a sheet, the names of those with a formula whose value nobody has kept, and
    what of it is hidden."""

    name: str
    rows: list[list[str]]
    unkept: list[str]
    hidden: HiddenCells


def _chosen(book: CalamineWorkbook, names: list[str], sheet: str | None, path: Path) -> _Sheet:
    """The sheet of that name, else the first that people see with the names of columns in it, else
    the first that holds anything."""
    if sheet is not None:
        for name in names:
            if name.casefold() == sheet.strip().casefold():
                return _read_sheet(book, name, path)
        raise NotFound(
            f"There is no sheet {quoted(sheet)} in {path.name}.",
            hint=did_you_mean(sheet, names) or f"Its sheets: {', '.join(names)}.",
        )
    hidden = {one.name for one in book.sheets_metadata if not str(one.visible).endswith("Visible")}
    ordered = sorted(names, key=hidden.__contains__)
    read = (_read_sheet(book, name, path) for name in ordered)
    filled = (one for one in read if one.rows)
    first = next(filled, None)
    if first is None:
        raise BadInput(f"{path.name} is empty", hint="Export it again, with its header row.")
    if len(names) == 1:
        return first
    sheets = chain([first], filled)
    return next((one for one in sheets if any(map(is_heading, one.rows[:LOOKED_AT]))), first)


def _read_sheet(book: CalamineWorkbook, name: str, path: Path) -> _Sheet:
    looked = _look(path, name)
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    cells = [[_text(value) for value in row] for row in rows]
    for row, column, error in looked.errors:
        if row < len(cells) and column < len(cells[row]):
            cells[row][column] = cells[row][column] or error
    while cells and not any(cells[-1]):
        cells.pop()
    return _Sheet(name, cells, looked.unkept, looked.hidden)


def _hidden_told(rows: Sequence[Sequence[str]], hidden: HiddenCells) -> Iterator[str]:
    """Rows and columns that people do not see, of those that hold anything."""
    lines = [line for line in sorted(hidden.rows) if line <= len(rows) and any(rows[line - 1])]
    if lines:
        yield f"{how_many(len(lines), 'row')} ({lines_told(lines)})"
    width = max(map(len, rows), default=0)
    columns = [
        column
        for column in sorted(hidden.columns)
        if column <= width and any(row[column - 1] for row in rows if len(row) >= column)
    ]
    if columns:
        yield f"{how_many(len(columns), 'column')} ({few([*map(column_letters, columns)], 5)})"


def _fill_merged(
    rows: Sequence[list[str]], merged: Iterable[tuple[tuple[int, int], tuple[int, int]]]
) -> int:
    """Writes what cells merged over several rows say into each of these rows; how many they are."""
    filled = 0
    for (top, left), (bottom, _) in merged:
        for row in rows[top + 1 : bottom + 1]:
            if len(row) > left and rows[top][left] and not row[left]:
                row[left] = rows[top][left]
                filled += 1
    return filled


def _text(value: object) -> str:
    """A typed cell as the text that reads back as the same value."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            whole = value.is_integer() and abs(value) < 1e15
            return str(int(value)) if whole else number_text(value)
        case datetime():
            midnight = value.time() == time()
            return value.date().isoformat() if midnight else value.isoformat(sep=" ")
        case date() | time():
            return value.isoformat()
        case timedelta():  # as a sheet shows it: 30:15:00, also beyond a day
            minutes, seconds = divmod(round(value.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
        case str():
            return undefuse(value.strip())
        case _:
            return str(value)


def _currencies(path: Path, sheet: str, lines: int) -> Mapping[int, Mapping[int, str]]:
    """The currencies that formats of cells write, by line and column."""
    from xml.etree.ElementTree import ParseError
    from zipfile import BadZipFile, ZipFile

    found: dict[int, dict[int, str]] = {}
    try:
        with ZipFile(path) as file:
            styles = currency_styles(file)
            is_told = bool(styles) or "content.xml" in file.namelist()
    except (BadZipFile, KeyError, OSError, ParseError):
        return found
    for part in _parts(path, sheet) if is_told else ():
        cells = formatted_cells(part, styles) if styles else currency_cells(part, lines)
        for line, column, currency in cells:
            found.setdefault(line, {})[column] = currency
    return found


# What the reader of workbooks does not tell: a cell so far away that the process dies of what is
# between, errors, and formulas whose value nobody has kept.

_MOST_CELLS = 1 << 24
_CHUNK = 1 << 20
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINKED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_COLUMN = re.compile(rb' r="([A-Z]{1,3})\d')
_ROW = re.compile(rb'<(?:\w+:)?row [^>]*?\br="(\d+)"')
_FILLED = re.compile(rb'<(?:\w+:)?c [^>]*?\br="([A-Z]{1,3})(\d+)"[^>]*(?<!/)>')
_ERROR = re.compile(
    rb'<(?:\w+:)?c (?=[^>]*\bt="e")[^>]*?\br="([A-Z]{1,3})(\d+)"[^>]*>'
    rb"(?:<(?:\w+:)?f\b[^<]*(?:</(?:\w+:)?f>)?)?<(?:\w+:)?v>([^<]*)<"
)
_UNKEPT = re.compile(
    rb'<(?:\w+:)?c (?![^>]*\bt="str")[^>]*?\br="([A-Z]{1,3}\d+)"[^>]*>'
    rb"<(?:\w+:)?f\b[^<]*(?:</(?:\w+:)?f>)?(?:<(?:\w+:)?v ?/>|<(?:\w+:)?v></(?:\w+:)?v>)?"
    rb"</(?:\w+:)?c>"
)
_UNKEPT_ODS = re.compile(rb"<table:table-cell (?![^>]*office:value-type)[^>]*table:formula=")


class _Looked(NamedTuple):
    """The errors of a sheet by row and column, the names of cells that lack a value, and what is
    hidden."""

    errors: list[tuple[int, int, str]]
    unkept: list[str]
    hidden: HiddenCells


def _look(path: Path, sheet: str) -> _Looked:
    """What stands in the file of a sheet; BadInput where a cell is far away from the others."""
    found, rows, columns = _Looked([], [], HiddenCells()), 0, set[bytes]()
    for part in _parts(path, sheet):
        columns.update(_COLUMN.findall(part))
        rows = max([rows, *map(int, _ROW.findall(part, part.rfind(b"<row ")))])
        if b't="e"' in part:
            for letters, number, error in _ERROR.findall(part):
                found.errors.append((int(number) - 1, column_number(letters) - 1, error.decode()))
        if b"f>" in part or b"<f " in part:
            found.unkept.extend(name.decode() for name in _UNKEPT.findall(part))
        found.hidden.look(part)
        if b"table:formula" in part:
            found.unkept.extend("" for _ in _UNKEPT_ODS.findall(part))
    if rows * max(map(column_number, columns), default=0) > _MOST_CELLS:
        _expect_dense(path, sheet)
    return found


def _expect_dense(path: Path, sheet: str) -> None:
    """`BadInput` where what is filled, and not only coloured, reaches too far."""
    rows, columns, last = 0, 0, ""
    for part in _parts(path, sheet):
        for letters, number in _FILLED.findall(part):
            row, column = int(number), column_number(letters)
            if row > rows or column > columns:
                rows, columns = max(rows, row), max(columns, column)
                last = f"{letters.decode()}{row}"
    if rows * columns > _MOST_CELLS:
        raise BadInput(
            f"Sheet {quoted(sheet)} has something in {last}, far away from its table: with that "
            f"it has {in_figures(rows)} rows of {in_figures(columns)} columns",
            hint="Delete what stands there, or save the sheet as CSV (UTF-8).",
        )


def _parts(path: Path, sheet: str) -> Iterator[bytes]:
    """The XML of a sheet piece by piece, each of whole cells; nothing for other workbooks."""
    import zlib
    from xml.etree.ElementTree import ParseError
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(path) as file:
            if "content.xml" in file.namelist():
                yield _table_of(file.read("content.xml"), sheet)
            elif part := _part_of(file, sheet):
                rest = b""
                with file.open(part) as text:
                    while chunk := text.read(_CHUNK):
                        rest += chunk
                        cut = rest.rfind(b"<", 0, max(rest.rfind(b"row>"), 0)) + 1
                        yield rest[:cut]
                        rest = rest[cut:]
                yield rest
    except (BadZipFile, EOFError, KeyError, OSError, ParseError, RuntimeError, zlib.error):
        return  # the reader of workbooks says what is wrong with it


def _is_from_1904(path: Path) -> bool:
    """Whether an xlsx workbook counts its days from 1904 on; dates that are formatted as such are
    read right in any case."""
    from xml.etree.ElementTree import ParseError, fromstring
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(path) as file:
            about = fromstring(file.read("xl/workbook.xml")).find(f"{_MAIN}workbookPr")
    except (BadZipFile, KeyError, OSError, ParseError):
        return False
    return about is not None and about.get("date1904", "0") in ("1", "true")


def _part_of(file: ZipFile, sheet: str) -> str | None:
    """The part of an xlsx workbook that is the sheet."""
    from xml.etree import ElementTree

    book = ElementTree.fromstring(file.read("xl/workbook.xml"))
    links = ElementTree.fromstring(file.read("xl/_rels/workbook.xml.rels"))
    ids = (one.get(_LINKED) for one in book.iter(f"{_MAIN}sheet") if one.get("name") == sheet)
    wanted = next(ids, None)
    target = next((link.get("Target", "") for link in links if link.get("Id") == wanted), "")
    part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return part if part in file.namelist() else None


def _table_of(content: bytes, sheet: str) -> bytes:
    """The table of that name in the XML of LibreOffice."""
    from xml.sax.saxutils import quoteattr

    start = content.find(f"table:name={quoteattr(sheet)}".encode())
    end = content.find(b"</table:table>", start)
    return content[start:end] if start >= 0 else b""
