"""What the formats of a workbook's cells say of their numbers: the currency that people see."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pipeboard.domain.errors import BadInput
from pipeboard.domain.money import EXPONENTS, read_currency

if TYPE_CHECKING:
    from zipfile import ZipFile

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# `[$€-407]`, `[$USD]`, `[$$-en-US]`; a place alone (`[$-409]`) is of a date.
_BRACKETS = re.compile(r"\[\$([^\]-]*)(?:-([^\]]*))?\]")
_TEXTS = re.compile(r'"([^"]*)"|\\(.)|([$€£¥￥₹₺₽₩₪₫₴₸₦₱฿])')
_SECTION = re.compile(r'(?:[^;"\\]|"[^"]*"|\\.)*')
_CODE = re.compile(r"[A-Z]{3}")

# A sign that several currencies have means the one of the place: a number of Windows, or a name.
_OF_REGION = {
    "US": "USD", "CA": "CAD", "AU": "AUD", "NZ": "NZD", "MX": "MXN", "SG": "SGD", "HK": "HKD",
    "TW": "TWD", "AR": "ARS", "CL": "CLP", "CO": "COP", "SE": "SEK", "DK": "DKK", "NO": "NOK",
    "IS": "ISK", "JP": "JPY", "CN": "CNY", "GB": "GBP", "IN": "INR", "RU": "RUB",
}  # fmt: skip
_REGION_OF = {
    0x409: "US", 0x540A: "US", 0x1009: "CA", 0xC0C: "CA", 0xC09: "AU", 0x1409: "NZ", 0x80A: "MX",
    0x4809: "SG", 0xC04: "HK", 0x404: "TW", 0x2C0A: "AR", 0x340A: "CL", 0x240A: "CO", 0x41D: "SE",
    0x406: "DK", 0x414: "NO", 0x814: "NO", 0x40F: "IS", 0x411: "JP", 0x804: "CN", 0x809: "GB",
    0x4009: "IN", 0x439: "IN", 0x419: "RU",
}  # fmt: skip


def currency_of_format(code: str) -> str:
    """The currency that a number format writes: its code, its sign where nothing tells whose, or
    an empty text."""
    match = _SECTION.match(code)
    section = match[0] if match else ""
    if (found := _BRACKETS.search(section)) and (sign := found[1].strip()):
        return (_is_shared(sign) and _OF_REGION.get(_region(found[2] or ""), "")) or _known(sign)
    written = _TEXTS.finditer(_BRACKETS.sub("", section))
    texts = (one[1] or one[2] or one[3] or "" for one in written)
    return next((sign for text in texts if (sign := _known(text.strip()))), "")


def _region(place: str) -> str:
    try:
        return _REGION_OF.get(int(place, 16) & 0xFFFF, "")
    except ValueError:
        return place.rpartition("-")[2].upper()


def _is_shared(sign: str) -> bool:
    """Whether the sign stands for another currency where another one is usual."""
    try:
        return read_currency(sign, "MXN") != read_currency(sign, "CNY") or sign == "£"
    except BadInput:
        return True


def _known(text: str) -> str:
    if text in EXPONENTS or (text and not _CODE.fullmatch(text) and _may_be_sign(text)):
        return text
    return ""


def _may_be_sign(text: str) -> bool:
    try:
        return text.upper() not in EXPONENTS and read_currency(text, "") is not None
    except BadInput:
        return True


def meant_currency(sign: str, default: str) -> str | None:
    """The code of what `currency_of_format` gives, where `default` is the usual currency."""
    try:
        return read_currency(sign, default) if sign else None
    except BadInput:
        return None


# The cells of a sheet that have such a format.


def currency_styles(file: ZipFile) -> Mapping[bytes, str]:
    """The numbers of the cell styles of an xlsx workbook that write a currency, and which."""
    from xml.etree import ElementTree

    if "xl/styles.xml" not in file.namelist():
        return {}
    styles = ElementTree.fromstring(file.read("xl/styles.xml"))
    formats = {
        one.get("numFmtId"): currency_of_format(one.get("formatCode", ""))
        for one in styles.iter(f"{_MAIN}numFmt")
    }
    cells = styles.find(f"{_MAIN}cellXfs")
    return {
        str(number).encode(): sign
        for number, cell in enumerate(cells if cells is not None else ())
        if (sign := formats.get(cell.get("numFmtId"), ""))
    }


def formatted_cells(part: bytes, styles: Mapping[bytes, str]) -> Iterator[tuple[int, int, str]]:
    """The filled cells in a part of a sheet's XML that write a currency: line from 1, column from
    0, and which."""
    numbers = b"|".join(styles)
    cell = re.compile(
        rb'<(?:\w+:)?c (?=[^>]*\bs="(' + numbers + rb')")[^>]*?\br="([A-Z]{1,3})(\d+)"[^>]*(?<!/)>'
    )
    for style, letters, line in cell.findall(part):
        yield int(line), column_number(letters) - 1, styles[style]


def column_number(letters: bytes) -> int:
    """The column that such letters are the name of, from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


_ATTRIBUTES = rb'((?:[^>"]|"[^"]*")*)>'
_OF_TABLE = re.compile(rb"<table:(?:(table-row)|(?:covered-)?table-cell)\b" + _ATTRIBUTES)
_ROWS_ALIKE = re.compile(rb'table:number-rows-repeated="(\d+)"')
_CELLS_ALIKE = re.compile(rb'table:number-columns-repeated="(\d+)"')
_CURRENCY = re.compile(rb'office:currency="([^"]*)"')


def currency_cells(table: bytes, lines: int) -> Iterator[tuple[int, int, str]]:
    """The cells of a table of LibreOffice that are amounts of a currency, in so many lines: line
    from 1, column from 0, and which."""
    if b"office:currency=" not in table:
        return
    line, alike, column = 0, 1, 0
    for tag in _OF_TABLE.finditer(table):
        is_row, attributes = tag.groups()
        if is_row:
            line, alike, column = line + alike if line else 1, _many(_ROWS_ALIKE, attributes), 0
            if line > lines:
                return
            continue
        cells = _many(_CELLS_ALIKE, attributes)
        if (found := _CURRENCY.search(attributes)) and (sign := _known(found[1].decode())):
            for place in range(line, min(line + alike, lines + 1)):
                yield from ((place, one, sign) for one in range(column, column + cells))
        column += cells


def _many(pattern: re.Pattern[bytes], attributes: bytes) -> int:
    found = pattern.search(attributes)
    return int(found[1]) if found else 1
