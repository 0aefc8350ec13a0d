"""Amounts of other tools, read without guessing: the column settles which mark is decimal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import lru_cache

from pipeboard.domain.currencies import EXPONENTS, read_currency
from pipeboard.domain.errors import BadInput
from pipeboard.domain.money import DecimalMark, Money, parse_money
from pipeboard.domain.text import fold, quoted
from pipeboard.exchange.values import is_blank
from pipeboard.exchange.words.currency_names import CURRENCY_NAMES

DECIMAL_MARKS = {".": ".", ",": ",", "point": ".", "dot": ".", "comma": ","}

_CENTS = re.compile(r"(\d{1,10})(?:\.(\d\d))?", re.ASCII)
"""What is read one way only, and what nearly all cells are: read at once."""
_NUMBER = re.compile(r"\d[\d.,'’ \xa0\u202f]*\d", re.ASCII)
_ONE_GROUP = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_IN_HEADER = re.compile(r"[(\[{]\s*([^()\[\]{}]{1,20}?)\s*[)\]}]|(?<=[\s_-])([A-Z]{3})$")
# What tools write for "the system's own currency".
_SYSTEM_CURRENCY = {"-99", "default", "base"}


def _scaled_sign(text: str) -> str:
    """The sign or code behind a scale: `USD` of `k USD`, `€` of `T€`."""
    found = re.fullmatch(r"[kKmMT] ?(\W|[A-Z]{3})", text)
    return found[1] if found else text


_SIGNS = "€£₽₴₹₪₺₩$"


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


def currency_in_header(column: str, default: str) -> str | None:
    """The currency that the name of a column tells: `Amount (USD)`, `Betrag (€)`, `Amount USD`."""
    for found in _IN_HEADER.finditer(column):
        try:
            code = read_currency(_scaled_sign((found[1] or found[2]).strip()), default)
        except BadInput:
            code = None
        if code:
            return code
    signs = (read_currency(sign, default) for sign in _SIGNS if sign in column)
    return next((code for code in signs if code), None)


_SCALES = (
    (re.compile(r"(?i)\b(?:in )?thousands?\b|\btsd\b|['’]000|\bt(?:eur|€|usd|\$)"), 1_000),
    (re.compile(r"[(\[ _](?:in )?[kK] ?(?:€|\$|£|[A-Z]{3})?[)\]]"), 1_000),
    (re.compile(r"\b[kK](?:€|\$|£|EUR|USD|GBP|CHF)"), 1_000),
    (re.compile(r"(?i)\b(?:in )?millions?\b|\bmio\b|[(\[]m(?:€|\$|£)?[)\]]"), 1_000_000),
)


def scale_in_header(column: str) -> int:
    """What a column's name multiplies its numbers by: 1000 for `Amount (k€)`, `In thousands`."""
    return next((factor for pattern, factor in _SCALES if pattern.search(column)), 1)


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
        if self._minor_units and re.fullmatch(r"-?\d+", cell, re.ASCII):
            return Money(int(cell), currency), False
        number = _number_in(cell)
        is_open = bool(_ONE_GROUP.fullmatch(number))
        decimal = self._decimal or (self._settled() if is_open else None)
        plain = _ASIDE.sub("", cell)
        money = parse_money(plain, currency, decimal)
        if self.scale > 1 and not _HAS_POWER.search(cell):
            money = Money(money.minor * self.scale, money.currency)
        return money, decimal is None and is_open

    def _settled(self) -> DecimalMark | None:
        if not self._has_looked:
            self._has_looked = True
            marks = set(_evidence(self._cells()))
            self._shown = marks.pop() if len(marks) == 1 else None  # both marks settle nothing
        return self._shown


_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{1,2}", re.ASCII)
_HAS_POWER = re.compile(r"\d\s*[kmb]", re.IGNORECASE)
# `1.234,-` and `1'234.–`: no cents. Words behind an amount that name no other one.
_ASIDE = re.compile(r"(?<=\d)[.,]\s*[-–—]+(?=\D*$)")


def _number_in(cell: str) -> str:
    found = _NUMBER.search(cell)
    return found[0] if found else ""


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
