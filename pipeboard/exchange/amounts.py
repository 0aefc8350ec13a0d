"""Amounts of other tools, read without guessing: the column settles which mark is decimal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from pipeboard.domain.errors import BadInput
from pipeboard.domain.money import (
    EXPONENTS,
    POWERS,
    DecimalMark,
    Money,
    parse_money,
    read_currency,
)
from pipeboard.domain.text import fold, quoted
from pipeboard.exchange.number_formats import meant_currency
from pipeboard.exchange.units import currency_sign, with_short_power
from pipeboard.exchange.values import Findings, is_blank
from pipeboard.exchange.words.currency_names import CURRENCY_NAMES

DECIMAL_MARKS: Mapping[str, DecimalMark] = {
    ".": ".", ",": ",", "point": ".", "dot": ".", "comma": ",",
}  # fmt: skip

_CENTS = re.compile(r"(\d{1,10})(?:\.(\d\d))?", re.ASCII)
"""What is read one way only, and what nearly all cells are: read at once."""
_OF_CURRENCY = re.compile(r"[^\d\s.,'’()\-–+]")
_NUMBER = re.compile(r"\d[\d.,'’ \xa0\u202f]*\d", re.ASCII)
_ONE_GROUP = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_RECKONED = re.compile(
    r"(?<![\d.,'’])(?P<ones>\d+)(?P<mark>[.,])(?P<tail>\d{3,}[1-9])(?![\d.,'’eE])", re.ASCII
)
"""Four decimals or more, the last of them none that only fills up."""
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
    numbers such as 40,000 of which nothing but custom says that they are thousands, `rounded` those
    that somebody reckoned to parts of a cent. A column that shows both is none to go by: what can
    be read two ways is then not read.
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
        self._shown: Mapping[DecimalMark, str] | None = None
        self.assumed_groups = 0
        self.assumed_example = ""
        self.rounded = 0
        self.rounded_example = ""
        self._rounded = lru_cache(maxsize=8_192)(self._in_cents)
        self._read = lru_cache(maxsize=8_192)(self._parsed)

    def read(self, cell: str, currency: str) -> Money | None:
        """The amount, None for a cell that says there is none; raises BadInput."""
        if self._is_plain and EXPONENTS.get(currency) == 2 and (sure := _CENTS.fullmatch(cell)):
            return Money(int(sure[1]) * 100 + int(sure[2] or 0), currency)
        if (whole := self._rounded(cell, currency)) != cell:
            self.rounded += 1
            self.rounded_example = self.rounded_example or cell
        money, is_assumed = self._read(whole, currency)
        if is_assumed:
            self.assumed_groups += 1
            self.assumed_example = self.assumed_example or cell
        return money

    def _in_cents(self, cell: str, currency: str) -> str:
        """A number with a tail of decimals, as sheets keep what they have reckoned, rounded half up
        to what the currency has; a cell of another kind as it is."""
        places = EXPONENTS.get(currency, 2)
        if self.scale > 1 or self._minor_units or places > 2 or _POWER_WORD.search(cell):
            return cell
        found = _RECKONED.search(cell)
        if found is None or self._decimal not in (None, found["mark"]):
            return cell
        exact = Decimal(f"{found['ones']}.{found['tail']}")
        cents = f"{exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"
        return cell.replace(found[0], cents.replace(".", found["mark"]), 1)

    def _parsed(self, cell: str, currency: str) -> tuple[Money | None, bool]:
        if is_blank(cell):
            return None, False
        if _MINUS_ZERO.fullmatch(cell) or (currency == "ZAR" and _RAND.match(cell)):
            cell = cell[1:].lstrip()
        if _SCIENTIFIC.fullmatch(cell):
            cell = format(Decimal(cell.replace(",", ".")), "f")
        cell = with_short_power(_MYRIADS.sub(_in_ones, cell))
        if self._minor_units and _PLAIN.fullmatch(cell):
            if not (whole := _WHOLE.fullmatch(cell)):
                raise BadInput(f"{quoted(cell)} is no whole number of cents")
            return Money(int(re.sub(r"\D", "", whole[1])), currency), False
        number = _number_in(cell)
        is_open = bool(_ONE_GROUP.fullmatch(number))
        decimal = self._decimal or _without_cents(cell)
        if is_open and decimal is None:
            decimal = self._settled(cell, number, currency)
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

    def _settled(self, cell: str, number: str, currency: str) -> DecimalMark | None:
        """The mark that the column shows to be decimal, None where it shows none; BadInput where
        it shows both, or this one before three digits that can be no decimals."""
        if self._shown is None:
            groups = self.scale == 1 and EXPONENTS.get(currency, 2) < _THOUSANDTHS
            self._shown = _evidence(self._cells(), are_groups=groups)
        if len(self._shown) < _BOTH:
            return next(iter(self._shown), None)
        one, other = self._shown.values()
        raise BadInput(
            f"{quoted(cell)} can be read two ways, {number[:-4]}{number[-3:]} or "
            f"{number.replace(',', '.')}, in a column with both {quoted(one)} and {quoted(other)}: "
            "say --decimal point or --decimal comma"
        )


_BOTH = 2
_THOUSANDTHS = 3


# What stands for a power of ten or a currency behind a number, in words.
_POWER_WORD = re.compile(
    r"(?i)(?<=[\d.,])\s*(?:"
    + "|".join(word for word in POWERS if word.isascii() or word[0] < "\u0e00")
    + r")(?!\w)\.?|[万萬만億亿억]|ล้าน"
)
_NAMED_BEHIND = re.compile(r"(.*\d)\s*([^\W\d_][^\d]*)")


def of_format(index: int, cell: str, found: Findings, default: str) -> str | None:
    """The currency that the format of a workbook's cell writes, where the cell names none."""
    sign = found["formats"].get(index, "")
    if not sign or names_currency(cell):
        return None
    found["formatted"] = code = meant_currency(sign, default)
    return code


def names_currency(cell: str) -> bool:
    """Whether something in a cell with an amount is its currency."""
    return bool(_OF_CURRENCY.search(_POWER_WORD.sub("", with_short_power(cell))))


def _with_sign(cell: str) -> str:
    """The amount with the sign or code of a currency that it names in full."""
    if (found := _NAMED_BEHIND.fullmatch(cell)) is None:
        return cell
    code = currency_sign(found[2])
    return f"{found[1]} {code}" if code else cell


_DECIMALS = re.compile(r"(\d+)([.,])(\d+)", re.ASCII)
_MINUS_ZERO = re.compile(r"[-\u2212]\s?0+(?:[.,]0*)?")
_RAND = re.compile(r"R\s?\d")  # which only South Africa writes so
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{1,2}", re.ASCII)
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


def _without_cents(cell: str) -> DecimalMark | None:
    """The mark in `1.234,-`, behind which there could be cents."""
    mark = (found[0][0] if (found := _ASIDE.search(cell)) else "").strip("/")
    return DECIMAL_MARKS.get(mark)


def _number_in(cell: str) -> str:
    return found[0] if (found := _NUMBER.search(cell)) else ""


def _evidence(cells: Iterable[str], *, are_groups: bool) -> dict[DecimalMark, str]:
    """The decimal marks that numbers of a column prove by themselves, each with the first that
    does; most prove nothing.

    Where three digits behind a mark `are_groups` unless the last of them is 0, `1,234` speaks
    against a comma that another number shows.
    """
    found: dict[DecimalMark, str] = {}
    grouped: dict[DecimalMark, str] = {}
    for cell in cells:
        number = _number_in(cell)
        marks = [char for char in number if char in ".,"]
        if not marks:
            if re.match(r"\D*0[.,]\d", cell):
                found.setdefault("." if "." in cell else ",", cell)
            continue
        last: DecimalMark = "." if marks[-1] == "." else ","
        other: DecimalMark = "," if last == "." else "."
        if len(set(marks)) == 2:
            found.setdefault(last, cell)
        elif len(marks) > 1:
            found.setdefault(other, cell)
        elif not _ONE_GROUP.fullmatch(number):
            found.setdefault(last, cell)
        elif are_groups and number[-1] != "0" and not _POWER_WORD.search(with_short_power(cell)):
            grouped.setdefault(other, cell)
    if len(found) == 1:
        found |= {mark: cell for mark, cell in grouped.items() if mark not in found}
    return found
