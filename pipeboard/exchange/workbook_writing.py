"""Deals as a workbook of Excel, with numbers and dates as such and no cell that is a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pipeboard.domain.errors import BadInput

_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d+)?", re.ASCII)
_UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST_CELL = 32_767
NUMBERS = frozenset(("value", "probability", "age", "idle", "answered", "version"))


def workbook_of(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The file; BadInput where what writes workbooks is not installed."""
    try:
        from openpyxl import Workbook  # 0.7 s, for this format only
        from openpyxl.cell import WriteOnlyCell
    except ImportError as error:
        raise BadInput(
            "What writes workbooks is not installed.",
            hint="Install it: pip install 'pipeboard[xlsx]'. Or export CSV.",
        ) from error
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Deals")
    sheet.freeze_panes = "A2"

    def cell(value: Any) -> Any:
        made = WriteOnlyCell(sheet, value=value)
        if isinstance(value, str):
            made.data_type = "s"  # never a formula
        return made

    sheet.append([cell(name) for name in columns])
    for row in rows:
        sheet.append([cell(_typed(name, text)) for name, text in zip(columns, row, strict=True)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _typed(column: str, text: str) -> Any:
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
