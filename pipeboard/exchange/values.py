"""Percentages, flags and forecast categories, as tools write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache, partial
from html import unescape
from html.parser import HTMLParser
from typing import Any
from unicodedata import decimal

from pipeboard.domain.commands import Precision
from pipeboard.domain.errors import BadInput
from pipeboard.domain.money import (
    EXPONENTS,
    POWERS,
    DecimalMark,
    Money,
    parse_money,
    read_currency,
)
from pipeboard.domain.text import clean_line, fold, quoted, slug, whole_text
from pipeboard.exchange.units import currency_sign, with_short_power
from pipeboard.exchange.words.currency_names import CURRENCY_NAMES
from pipeboard.exchange.words.languages import NO, YES

_BLANKS = {
    "-", "--", "---", "–", "—", "n/a", "#n/a", "na", "n.a.", "null", "none", "nan", "nil",
    "(no value)", "(none)", "(null)", "(blank)", "(empty)", "#null!", "#ref!", "#value!", "#name?",
    "\\n", "undefined", "tbd", "tba", "tbc", "t.b.d.", "?", "??", "???", "à définir", "por definir",
    "da definire", "a definir", "k.a.", "nicht angegeben", "не указано", "нет",
    "$ -", "$-", "€ -", "€-", "- €", "-€", "£ -", "£-", "#div/0!", "#num!", "#nv", "#n/d",
    "#bezug!", "#wert!", "#zahl!", "#valeur!", "#valor!", "#rif!", "#nombre?", "#nome?", "#nom?",
    "#error!",
}  # fmt: skip
_PERCENT = re.compile(r"(?P<before>%?) ?(?P<number>\d{1,3}(?:[.,]\d+)?)\s*(?P<sign>%?)", re.ASCII)
_CATEGORIES = {
    "omitted": "omitted",
    "not_forecasted": "omitted",
    "pipeline": "pipeline",
    "best": "best",
    "best_case": "best",
    "most_likely": "best",
    "commit": "commit",
}


# Bidi marks, zero-width spaces and the like, which copying from a page puts around numbers.
_MARKS = dict.fromkeys(
    (0xAD, 0x61C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
)


def without_marks(cell: str) -> str:
    """A cell without what nobody sees in it."""
    return cell.translate(_MARKS)


def is_blank(cell: str) -> bool:
    """Whether a cell says that there is no value."""
    return not cell or cell.casefold() in _BLANKS


def read_precision(cell: str) -> Precision:
    """How exactly an instant is known, in the words of our own files."""
    word = cell.strip().lower()
    known: dict[str, Precision] = {"day": "day", "unknown": "unknown"}
    if word not in known:
        raise BadInput(f"{quoted(cell)} is not how exactly a date is known: day or unknown")
    return known[word]


class PercentColumn:
    """Reads `60`, `60%` or `0.6` of one column as basis points.

    A column in which nothing is above 1 holds fractions. `column()` goes through it again, when
    the first number turns up that could be either: `assumed` is that, where it was taken for one,
    and `has_parts` tells that some are surely none of 1 percent. `small` is a part of 1 among
    percentages.
    """

    def __init__(self, column: Callable[[], Iterable[str]]) -> None:
        self._column = column
        self._factor = 0
        self.assumed = ""
        self.has_parts = False
        self.small = ""

    def read(self, cell: str) -> int:
        """Raises BadInput for what is no percentage."""
        if (found := _percentage(cell)) is None:
            raise BadInput(f"{quoted(cell)} is not a percentage")
        number, has_sign = found
        factor = 100
        if not has_sign and 0 < number <= 1:
            factor = self._factor = self._factor or self._found(cell)
            if factor == 100 and number < 1:
                self.small = self.small or cell
        points = int((number * factor).quantize(Decimal(1), ROUND_HALF_UP))
        if points > 10_000:
            raise BadInput(f"{quoted(cell)} is more than 100 percent")
        return points

    def _found(self, cell: str) -> int:
        known = (_percentage(one.strip()) for one in self._column())
        has_parts = False
        for number, has_sign in filter(None, known):
            if number > 1 and not has_sign:
                return 100
            has_parts = has_parts or (0 < number < 1 and not has_sign)
        self.assumed, self.has_parts = cell, has_parts
        return 10_000


def _percentage(cell: str) -> tuple[Decimal, bool] | None:
    """The number of a cell, and whether a sign says that it is a percentage."""
    found = _PERCENT.fullmatch(cell)
    if found is None:
        return None
    return Decimal(found["number"].replace(",", ".")), bool(found["sign"] or found["before"])


def read_basis_points(cell: str) -> int:
    """Hundredths of a percent, 0 to 10,000; raises BadInput."""
    if not (cell.isascii() and cell.isdigit() and int(cell[:6]) <= 10_000):
        raise BadInput(f"{quoted(cell)} is not a number of basis points from 0 to 10000")
    return int(cell)


def read_flag(cell: str) -> bool:
    """Yes or no, in the words that exports use; raises BadInput."""
    word = cell.casefold()
    if word not in YES | NO:
        raise BadInput(f"{quoted(cell)} is neither true nor false")
    return word in YES


def is_flag(cell: str) -> bool:
    """Whether the cell is one of the words for yes and no."""
    return cell.casefold() in YES | NO


def read_category(cell: str) -> str | None:
    """The forecast category (`metrics.md` C7) that a tool's word means, or None."""
    return _CATEGORIES.get(slug(cell))


# Amounts of other tools, read without guessing: the column settles which mark is decimal.

DECIMAL_MARKS: Mapping[str, DecimalMark] = {
    ".": ".", ",": ",", "point": ".", "dot": ".", "comma": ",",
}  # fmt: skip

_CENTS = re.compile(r"(\d{1,10})(?:\.(\d\d))?", re.ASCII)
"""What is read one way only, and what nearly all cells are: read at once."""
_NUMBER = re.compile(r"\d[\d.,'’ \xa0\u202f]*\d", re.ASCII)
_ONE_GROUP = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
# What tools write for "the system's own currency".
_SYSTEM_CURRENCY = {"-99", "default", "base"}


def read_currency_name(text: str, default: str) -> str | None:
    """The code of a currency by its code, sign or name in 18 languages; None for the default.

    Raises BadInput for what is no currency.
    """
    word = fold(text).strip(". ")
    if word in _SYSTEM_CURRENCY or is_blank(text):
        return None
    code = read_currency(text.strip(), default) or CURRENCY_NAMES.get(word)
    if code is None and (found := re.search(r"\b([A-Z]{3})\b", text)) and found[1] in EXPONENTS:
        code = found[1]
    if code is None:
        raise BadInput(
            f"{quoted(text)} is not a currency", hint="Write the code of ISO 4217, such as EUR."
        )
    return code


_PLAIN = re.compile(r"\d[\d.,'’ \xa0\u202f]*", re.ASCII)
_WHOLE = re.compile(
    r"(\d+|\d{1,3}(?:([.,'’ \xa0\u202f])\d{3})(?:\2\d{3})*)(?:[.,]0{1,2})?", re.ASCII
)


class AmountColumn:
    """Reads the amounts of one column.

    `cells()` goes through it again, once, when a number turns up that two marks would read
    differently. `decimal` (`--decimal`) overrules what the column shows; `minor_units` says that
    whole numbers are cents, `scale` what plain numbers are multiplied by. `assumed_groups` counts
    numbers such as 40,000 of which nothing but custom says that they are thousands.
    """

    def __init__(
        self,
        cells: Callable[[], Iterable[str]],
        decimal: DecimalMark | None,
        *,
        minor_units: bool = False,
        scale: int = 1,
    ) -> None:
        self._cells, self._decimal, self._minor_units = cells, decimal, minor_units
        self.scale = scale
        self._is_plain = decimal != "," and not minor_units and scale == 1
        self._shown: DecimalMark | None = None
        self._has_looked = False
        self.assumed_groups = 0
        self.assumed_example = ""
        self._read = lru_cache(maxsize=8_192)(self._parsed)

    def read(self, cell: str, currency: str) -> Money | None:
        """The amount, None for a cell that says there is none; raises BadInput."""
        if self._is_plain and EXPONENTS.get(currency) == 2 and (sure := _CENTS.fullmatch(cell)):
            return Money(int(sure[1]) * 100 + int(sure[2] or 0), currency)
        money, is_assumed = self._read(cell, currency)
        if is_assumed:
            self.assumed_groups += 1
            self.assumed_example = self.assumed_example or cell
        return money

    def _parsed(self, cell: str, currency: str) -> tuple[Money | None, bool]:
        if is_blank(cell):
            return None, False
        if _SCIENTIFIC.fullmatch(cell):
            cell = format(Decimal(cell), "f")
        cell = with_short_power(_MYRIADS.sub(_in_ones, cell))
        if self._minor_units and _PLAIN.fullmatch(cell):
            if not (whole := _WHOLE.fullmatch(cell)):
                raise BadInput(f"{quoted(cell)} is no whole number of cents")
            return Money(int(re.sub(r"\D", "", whole[1])), currency), False
        number = _number_in(cell)
        is_open = bool(_ONE_GROUP.fullmatch(number))
        decimal = self._decimal or (self._settled() if is_open else None)
        plain = _with_sign(_PLUS.sub("", _ASIDE.sub("", cell)))
        is_scaled = self.scale > 1 and not _POWER_WORD.search(cell)
        if is_scaled and (ones := self._in_ones(number, decimal, is_open=is_open)):
            return parse_money(plain.replace(number, ones, 1), currency, "."), False
        money = parse_money(plain, currency, decimal)
        if is_scaled:
            money = Money(money.minor * self.scale, money.currency)
        has_thousandths = EXPONENTS.get(money.currency, 2) > 2
        return money, decimal is None and is_open and not has_thousandths

    def _in_ones(self, number: str, decimal: DecimalMark | None, *, is_open: bool) -> str:
        """Thousands or millions with decimals as a number of ones; empty for others.

        A point before three digits is decimal among millions: 1.234 of them are no billion.
        """
        found = _DECIMALS.fullmatch(number)
        if found is None or decimal not in (None, found[2]):
            return ""
        if is_open and decimal is None and (found[2] == "," or self.scale < 10**6):
            return ""
        return format((Decimal(f"{found[1]}.{found[3]}") * self.scale).normalize(), "f")

    def _settled(self) -> DecimalMark | None:
        if not self._has_looked:
            self._has_looked = True
            marks = set(_evidence(self._cells()))
            self._shown = marks.pop() if len(marks) == 1 else None  # both marks settle nothing
        return self._shown


# What stands for a power of ten or a currency behind a number, in words.
_POWER_WORD = re.compile(
    r"(?i)(?<=[\d.,])\s*(?:"
    + "|".join(word for word in POWERS if word.isascii() or word[0] < "\u0e00")
    + r")(?!\w)\.?|[万萬만億亿억]|ล้าน"
)
_NAMED_BEHIND = re.compile(r"(.*\d)\s*([^\W\d_][^\d]*)")


def names_currency(cell: str) -> bool:
    """Whether something in a cell with an amount is its currency."""
    return bool(_OF_CURRENCY.search(_POWER_WORD.sub("", with_short_power(cell))))


def _with_sign(cell: str) -> str:
    """The amount with the sign or code of a currency that it names in full."""
    if (found := _NAMED_BEHIND.fullmatch(cell)) is None:
        return cell
    code = currency_sign(found[2])
    return f"{found[1]} {code}" if code else cell


_DIGITS = {0x66B: ".", 0x66C: ",", 0xFF05: "%", 0x66A: "%", 0xFF0C: ",", 0xFF0E: "."}


def with_plain_digits(cell: str) -> str:
    """A number or a date in the digits 0 to 9, whatever digits it is written with."""
    if cell.isascii():
        return cell
    plain = (str(decimal(char)) if char.isdecimal() else char for char in cell)
    return "".join(plain).translate(_DIGITS)


_DECIMALS = re.compile(r"(\d+)([.,])(\d+)", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{1,2}", re.ASCII)
# `1.234,-` and `1'234.–`: no cents. Words behind an amount that name no other one.
_PLUS = re.compile(r"^\+\s*(?=\d)")
_ASIDE = re.compile(r"(?<=\d)[.,]\s*[-–—]+(?=\D*$)|(?<=\d)/[-=](?=\D*$)")


# `1億2000万円`: hundred millions and ten thousands, each with its own sign.
_MYRIADS = re.compile(
    r"(\d[\d,]*)([億亿억])\s*(\d{1,4})([万萬만])|(\d[\d,]*)([万萬만])\s*(\d{1,4})(?=\D|$)"
)


def _in_ones(found: re.Match[str]) -> str:
    whole = int((found[1] or found[5]).replace(",", ""))
    return str(whole * 10**8 + int(found[3]) * 10**4 if found[1] else whole * 10**4 + int(found[7]))


def _number_in(cell: str) -> str:
    return found[0] if (found := _NUMBER.search(cell)) else ""


def _evidence(cells: Iterable[str]) -> Iterator[DecimalMark]:
    """The decimal mark that each number of a column proves by itself; most prove nothing."""
    for cell in cells:
        number = _number_in(cell)
        marks = [char for char in number if char in ".,"]
        if not marks:
            if re.match(r"\D*0[.,]\d", cell):
                yield "." if "." in cell else ","
            continue
        last: DecimalMark = "." if marks[-1] == "." else ","
        other: DecimalMark = "," if last == "." else "."
        if len(set(marks)) == 2:
            yield last
        elif len(marks) > 1:
            yield other
        elif not _ONE_GROUP.fullmatch(number):
            yield last


# How single cells are read, whatever column they stand in.

Findings = dict[str, Any]
"""What the cells of a row say, by the field that their column means."""
Read = Callable[[str], object]
Take = Callable[[str, Findings], None]


def mapped(read: Read, meant: Mapping[str, str]) -> Read:
    """What reads a cell by the person's word for it, where there is one."""

    def read_mapped(cell: str) -> object:
        word = meant.get(fold(cell), cell)
        return None if word == "=-" else read(word)

    return read_mapped


def collect(target: str, read: Read) -> Take:
    def take(cell: str, found: Findings) -> None:
        if value := read(cell):
            found.setdefault(target, []).append(value)

    return take


def unless_blank(read: Read) -> Read:
    return lambda cell: None if is_blank(cell) else read(cell)


clean_account = lru_cache(maxsize=16_384)(partial(clean_line, field="account"))
LONGEST_CELL = 1 << 20
"""The most characters that a cell of a file of text may hold."""
LIMITS = {
    "title": LONGEST_CELL,
    "owner": 100,
    "source": 100,
    "contact_reason": 1000,
    "lost_reason": 1000,
}
"""The most characters that a cell of a field may hold; a title is cut once its row is known."""
_OF_CURRENCY = re.compile(r"[^\d\s.,'’()\-–+]")


def read_text(cell: str, *, is_ours: bool) -> str:
    return whole_text(cell if is_ours else text_of_html(cell))


# Notes that tools keep as HTML, as text to read.
_LOOKS_SO = re.compile(
    r"</?(?:p|br|div|span|b|strong|i|em|u|ul|ol|li|a|h[1-6]|table|tr)\b[^>]*>", re.I
)
_BLOCKS = {"p", "div", "ul", "ol", "table", "tr", "h1", "h2", "h3", "h4", "h5", "h6"}
_SILENT = {"script", "style", "head"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        if tag == "br":
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag in _BLOCKS:
            self.parts.append("\n")
        elif tag == "a":
            self._link = dict(attrs).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT
        if tag == "a" and self._link and not "".join(self.parts).endswith(self._link):
            self.parts.append(f" ({self._link})")
            self._link = ""
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if self._silent <= 0:
            self.parts.append(" ".join(data.split("\n")))


def text_of_html(text: str) -> str:
    """The text without tags where it has any, with lines for its paragraphs and list items."""
    if "<" not in text:
        return unescape(text) if "&" in text and ";" in text else text
    if not _LOOKS_SO.search(text):
        return text
    reader = _Reader()
    reader.feed(text)
    reader.close()
    lines = [line.strip() for line in "".join(reader.parts).split("\n")]
    return "\n".join(line for line in lines if line)
