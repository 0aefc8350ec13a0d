"""Deals as a workbook of Excel, with numbers and dates as such and no cell that is a formula."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryFile

from pipeboard.domain.errors import BadInput
from pipeboard.domain.text import quoted
from pipeboard.exchange.tables import undefuse

_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d+)?", re.ASCII)
_DAY = re.compile(r"(?:19|20)\d\d-\d\d-\d\d", re.ASCII)
_UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST_CELL = 32_767
NUMBERS = frozenset(("value", "probability", "age", "idle", "answered", "version"))


def workbook_of(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, comes_back: bool = False
) -> bytes:
    """The file; one that `comes_back` into an import keeps instants and long texts as they are.

    BadInput where what writes workbooks is not installed, or a text is longer than a cell can be.
    """
    try:
        from openpyxl import Workbook  # 0.7 s, for this format only
        from openpyxl.cell import WriteOnlyCell
    except ImportError as error:
        raise BadInput(
            "What writes workbooks is not installed.",
            hint="Install it: pip install 'pipeboard[workbooks]'. Or export CSV.",
        ) from error
    typed = _exact if comes_back else _typed
    found = [[typed(*cell) for cell in zip(columns, row, strict=True)] for row in rows]
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Deals")
    sheet.freeze_panes = "A2"
    if os.path.isdir(_OPEN_FILES):
        sheet._writer = _unnamed(sheet)

    def cell(value: object) -> object:
        made = WriteOnlyCell(sheet, value=value)
        if isinstance(value, str):
            made.data_type = "s"  # never a formula
        return made

    sheet.append([cell(name) for name in columns])
    for values in found:
        sheet.append([cell(value) for value in values])
    out = io.BytesIO()
    book.save(out)
    return _timeless(out)


_OPEN_FILES = "/proc/self/fd"


def _unnamed(sheet: object) -> object:
    """What writes the rows of a sheet, which openpyxl does on the disk: into a file without a name,
    so that they do not stay there when this is killed."""
    from openpyxl.worksheet._writer import WorksheetWriter

    class Unnamed(WorksheetWriter):  # type: ignore[misc]
        def __init__(self) -> None:
            self.file = TemporaryFile()  # noqa: SIM115 (closed by the cleanup)
            super().__init__(sheet, f"{_OPEN_FILES}/{self.file.fileno()}")

        def cleanup(self) -> None:
            self.file.close()

    writer = Unnamed()
    writer.write_top()
    return writer


_SAVED_AT = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


def _timeless(book: io.BytesIO) -> bytes:
    """The workbook without the instant at which it was written, which it holds in each of its
    parts: the same deals are the same bytes."""
    from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

    out = io.BytesIO()
    with ZipFile(book) as parts, ZipFile(out, "w") as copy:
        for name in parts.namelist():
            content = parts.read(name)
            if name == "docProps/core.xml":
                content = _SAVED_AT.sub(rb"\g<1>1980-01-01T00:00:00Z", content)
            copy.writestr(ZipInfo(name), content, ZIP_DEFLATED)
    return out.getvalue()


def _exact(column: str, text: str) -> str | Decimal | date | None:
    """A cell that is read as the same text again."""
    if len(text) > _LONGEST_CELL:
        raise BadInput(
            f"{quoted(column)} of a deal is longer than a cell of a workbook can be.",
            hint="Export CSV or JSON, which hold everything, or leave it out with --columns.",
        )
    if column == "value" and _NUMBER.fullmatch(text):
        return Decimal(text)
    if _DAY.fullmatch(text):
        return date.fromisoformat(text)
    return f"'{text}" if undefuse(text) != text else _UNSAFE.sub("", text) or None


def _typed(column: str, text: str) -> str | Decimal | date | None:
    if not text:
        return None
    if column in NUMBERS and _NUMBER.fullmatch(text):
        return Decimal(text)
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            found = read(text)
        except ValueError:
            continue
        return found.replace(tzinfo=None) if isinstance(found, datetime) else found
    return _UNSAFE.sub("", text)[:_LONGEST_CELL]
