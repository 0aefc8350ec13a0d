"""Amounts of money: exact, in minor units of one currency, read and written as salespeople do."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NoReturn

from pipeboard.domain.errors import BadInput, OutOfRange
from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.domain.text import did_you_mean, quoted

if TYPE_CHECKING:
    from datetime import date
    from fractions import Fraction


# The currencies of ISO 4217: their decimals, and the signs that people write for them.

# ISO 4217, list one, by number of decimals. Metals and units of account without decimals are left
# out. ANG, BGN and HRK were withdrawn from 2023 on, and stay because older deals hold them.
_CODES = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP "
    "BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP "
    "GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT "
    "LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO "
    "NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD "
    "SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG "
    "YER ZAR ZMW ZWG",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

EXPONENTS: Mapping[str, int] = MappingProxyType(
    {code: decimals for decimals, codes in _CODES.items() for code in codes.split()}
)

# Signs that are printed, because each stands for one currency only.
_PRINTED = {
    "EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "ILS": "₪",
    "NGN": "₦", "PHP": "₱", "VND": "₫", "UAH": "₴", "TRY": "₺", "RUB": "₽", "KZT": "₸",
    "GEL": "₾", "AZN": "₼", "CRC": "₡", "GHS": "₵", "MNT": "₮", "BRL": "R$", "AUD": "A$",
    "CAD": "C$", "NZD": "NZ$", "SGD": "S$", "HKD": "HK$", "MXN": "MX$", "TWD": "NT$", "CNY": "CN¥",
}  # fmt: skip

_READ = {sign.casefold(): code for code, sign in _PRINTED.items()} | {
    "us$": "USD", "au$": "AUD", "ca$": "CAD", "zł": "PLN", "zl": "PLN", "kč": "CZK", "ft": "HUF",
    "лв": "BGN", "lei": "RON", "sfr": "CHF", "sfr.": "CHF", "fr.": "CHF", "฿": "THB",
    "руб": "RUB", "руб.": "RUB", "tl": "TRY", "円": "JPY", "￦": "KRW", "원": "KRW", "грн": "UAH",
    "грн.": "UAH", "лв.": "BGN", "rp": "IDR", "rp.": "IDR", "đ": "VND", "ر.س": "SAR",
    "ر.س.": "SAR", "د.إ": "AED", "د.إ.": "AED", "ج.م": "EGP", "ج.م.": "EGP", "บาท": "THB",
}  # fmt: skip

_DOLLARS_AND_PESOS = frozenset({
    "ARS", "AUD", "BBD", "BMD", "BND", "BSD", "BZD", "CAD", "CLP", "COP", "FJD", "GYD", "HKD",
    "JMD", "KYD", "LRD", "MXN", "NAD", "NZD", "SBD", "SGD", "SRD", "TTD", "TWD", "UYU", "XCD",
})  # fmt: skip
_KRONER = frozenset({"SEK", "NOK", "DKK", "ISK"})
_ROUBLES = frozenset({"RUB", "BYN"})
_RUPEES = frozenset({"INR", "PKR", "LKR", "NPR", "MUR", "SCR"})

# Signs that several currencies use: the workspace's own currency decides when it is one of them,
# else the first; the sign alone is refused where None comes first.
_SHARED: dict[str, tuple[str | None, frozenset[str]]] = {
    "$": ("USD", _DOLLARS_AND_PESOS),
    "£": ("GBP", frozenset({"EGP", "FKP", "GIP", "SHP", "SSP"})),
    "¥": ("JPY", frozenset({"CNY"})),
    "￥": ("JPY", frozenset({"CNY"})),
    "元": ("CNY", frozenset({"TWD"})),
    "kr": (None, _KRONER),
    "kr.": (None, _KRONER),
    "р": ("RUB", _ROUBLES),
    "р.": ("RUB", _ROUBLES),
    "p": (None, _ROUBLES),  # typed on another keyboard
    "p.": (None, _ROUBLES),
    "rs": (None, _RUPEES),
    "rs.": (None, _RUPEES),
}


def exponent(code: str) -> int:
    """How many decimals the currency has: 2 for EUR, 0 for JPY. Raises BadInput for no currency."""
    try:
        return EXPONENTS[code]
    except KeyError:
        raise _unknown(code) from None


def currency_code(text: str) -> str:
    """The ISO 4217 code that was typed, in capitals. Raises BadInput for no currency."""
    code = text.strip().upper()
    exponent(code)
    return code


def printed_sign(code: str) -> str:
    """The sign to print before an amount (`€`), or an empty string where only the code is clear."""
    return _PRINTED.get(code, "")


def read_currency(text: str, default: str) -> str | None:
    """The code that a sign or a code stands for where `default` is the usual currency.

    None when the text is neither. Raises BadInput when the sign stands for several currencies.
    """
    code = text.upper()
    if code in EXPONENTS:
        return code
    sign = text.casefold()
    if sign in _SHARED:
        first, others = _SHARED[sign]
        if default in others:
            return default
        if first is None:
            raise BadInput(
                f"{quoted(text)} can be {', '.join(sorted(others))}",
                hint=f"Write the code, for example 40000 {min(others)}.",
            )
        return first
    return _READ.get(sign)


def _unknown(code: str) -> BadInput:
    near = did_you_mean(code, EXPONENTS) if len(code) <= 12 else ""
    return BadInput(
        f"{quoted(code)} is not a currency",
        hint=near or "Use a code of ISO 4217, for example EUR, USD or JPY.",
    )


LARGEST = 10**13
"""The largest amount in minor units: times 10,000 basis points, a stage's sum fits into 64 bits."""

_LONGEST = 60
_CERTAIN_BP = 10_000
_EXAMPLES = "Write it like 40k, 1,234.50 or EUR 40000."
_PARTS = (
    r"(?P<before>(?:[^0-9.,]|(?<=[^\W\d_])\.)*)"
    r"(?P<number>[0-9.,](?:[0-9.,'’ ]*[0-9])?)(?P<after>[^0-9]*)"
)
_WHOLE = (
    r"[0-9]+|[1-9][0-9]{0,2}(?P<group>[.,'’ ])[0-9]{3}(?:(?P=group)[0-9]{3})*"
    r"|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}"
)
_ONE_GROUP = r"[1-9][0-9]{0,2}[.,][0-9]{3}"
_MINUS = "[-\u2212]"
_PARENTHESES = ("(", ")")  # how accountants write a minus

# Longest first, so that `mio` is not read as `m` and a rest.
POWERS = {
    "triệu": 6, "juta": 6, "ribu": 3, "ล้าน": 6, "тис": 3, "tys": 3, "tis": 3, "tỷ": 9, "mld": 9,
    "crores": 7, "crore": 7, "lakhs": 5, "lakh": 5, "lacs": 5, "lac": 5, "млрд": 9, "тыс": 3,
    "млн": 6, "tsd": 3, "mio": 6, "mln": 6, "mrd": 9, "mn": 6, "bn": 9, "cr": 7, "k": 3, "m": 6,
    "b": 9, "万": 4, "萬": 4, "만": 4, "億": 8, "亿": 8, "억": 8,
}  # fmt: skip
_CRORE = 7
_MOST_DIGITS_OF_CRORES = 3
_POINTED = {4, 5, 7, 8}
"""Powers of countries where a comma groups, whatever comes behind it."""


DecimalMark = Literal[".", ","]


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents for EUR, yen for JPY) of an ISO 4217 currency."""

    minor: int
    currency: str

    @property
    def exponent(self) -> int:
        return exponent(self.currency)

    def __str__(self) -> str:
        return format_money(self)

    def __add__(self, other: Money) -> Money:
        self._require_same_currency(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._require_same_currency(other)
        return Money(self.minor - other.minor, self.currency)

    def weighted(self, basis_points: int) -> Money:
        """What a chance of so many basis points leaves of it, half a minor unit rounded up, as
        the sum of a column is."""
        return Money(rounded_share(self.minor * basis_points), self.currency)

    def _require_same_currency(self, other: Money) -> None:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")


def half_up(value: Fraction | int) -> int:
    """The nearest whole number, halves up."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def rounded_share(minor_bp: int | Fraction) -> int:
    """Minor units of a sum of minor units times basis points, half a unit rounded up."""
    return int((2 * minor_bp + _CERTAIN_BP) // (2 * _CERTAIN_BP))


def parse_money(
    text: str, currency: str, decimal: DecimalMark | None = None, *, coarsely: bool = False
) -> Money:
    """The amount that was typed, in `currency` (ISO 4217) unless the text names another.

    Reads `40k`, `1.2m`, `€1.234,50`, `$1,234.50`, `1 234,50 €`, `EUR 40000`. Of `.` and `,` the
    last is the decimal mark (or `decimal`, where that is known). One alone before exactly three
    digits groups thousands, except before `k` or `m`, and a dot in a currency of three decimals.
    Raises BadInput for anything else: a negative amount; parts of a minor unit and more than
    `LARGEST`, but where it is read `coarsely`, to be compared.
    """
    if len(text) > _LONGEST:
        _refuse(text)
    line = " ".join(text.split())
    if any(char.isdigit() and not char.isascii() for char in line):
        _refuse(text, ": only the digits 0 to 9 can be read")
    parts = re.fullmatch(_PARTS, line)
    if parts is None:
        _refuse(text)
    before, after = parts["before"].strip(), parts["after"].strip()
    if _is_negative(before, after, currency):
        raise BadInput(f"{quoted(text)}: an amount cannot be negative", hint=_EXAMPLES)
    code, power = _unit(text, before, after, currency)
    if power == _CRORE and _may_be_credit(parts["number"], after, code):
        _refuse(text, ": 'Cr' can be crores or a credit")
    if power in _POINTED:
        decimal = "."
    whole, fraction = _split_number(text, parts["number"], exponent(code), bool(power), decimal)
    shift = exponent(code) + power - len(fraction)
    minor, rest = divmod(int(whole + fraction) * 10 ** max(shift, 0), 10 ** max(-shift, 0))
    if coarsely or not (rest or minor > LARGEST):
        return Money(minor, code)
    if rest:
        said = f"{quoted(text)} has more decimals than {code}"
        hint = f"{code} has {exponent(code) or 'no'} decimals."
    else:
        said = f"{quoted(text)} is too large an amount"
        hint = f"{format_money(Money(LARGEST, code))} is the most."
    raise OutOfRange(said, hint=hint, currency=code, minor=minor)


def names_currency(text: str) -> bool:
    """Whether an amount, as `parse_money` reads it, says itself what currency it is in."""
    try:
        return any(parse_money(text, code).currency != code for code in ("EUR", "CHF"))
    except BadInput:  # a sign of several, of which the usual currency told one
        return True


def in_units_of(money: Money, currency: str) -> tuple[int, int]:
    """As many units of another currency: its minor units, times the second number."""
    more = exponent(currency) - exponent(money.currency)
    return (money.minor * 10**more, 1) if more >= 0 else (money.minor, 10**-more)


def _may_be_credit(number: str, after: str, code: str) -> bool:
    """Whether `Cr` may mark a credit, as ledgers write it: read as crores, it would be ten million
    times as much. Crores are few, and where rupees are not meant nobody shouts them."""
    if after.lower().startswith("crore"):
        return False
    digits = len(number.partition(".")[0])
    is_shouted = code not in _RUPEES and (after.startswith("CR") or digits > 2)
    return digits > _MOST_DIGITS_OF_CRORES or is_shouted


def _is_negative(before: str, after: str, default: str) -> bool:
    in_parentheses = (before[:1], after[-1:]) == _PARENTHESES
    if not (in_parentheses or re.search(_MINUS, before) or re.match(_MINUS, after)):
        return False
    sign = re.sub(_MINUS, "", before).strip("( ")
    return not sign or read_currency(sign, default) is not None


def _refuse(text: str, why: str = "") -> NoReturn:
    raise BadInput(f"{quoted(text)} is not an amount of money{why}", hint=_EXAMPLES)


def _unit(text: str, before: str, after: str, default: str) -> tuple[str, int]:
    """The currency and the power of ten that stand around a number."""
    leading = _currency(text, before, default) if before else None
    trailing, power = _power(after, default) or (_currency(text, after, default), 0)
    if leading and trailing and leading != trailing:
        raise BadInput(f"{quoted(text)} names two currencies", hint=_EXAMPLES)
    return leading or trailing or currency_code(default), power


def _power(after: str, default: str) -> tuple[str | None, int] | None:
    """Currency and power of `k€`, `mio` or nothing; None where no power is written."""
    if not after:
        return None, 0
    if read_currency(after, default):
        return None
    for word, power in POWERS.items():
        if after[: len(word)].lower() == word:
            rest = after[len(word) :].lstrip(". ")
            code = read_currency(rest, default) if rest else None
            if code or not rest:
                return code, power
    return None


def _currency(text: str, sign: str, default: str) -> str:
    code = read_currency(sign, default)
    if code is None:
        if len(sign) == 3 and sign.isascii() and sign.isalpha():
            return currency_code(sign)
        _refuse(text)
    return code


def _split_number(
    text: str, number: str, exponent: int, has_power: bool, decimal: DecimalMark | None
) -> tuple[str, str]:
    """The digits before and after the decimal mark; refuses groups that are not groups."""
    if decimal is None:
        mark = _decimal_mark(number, exponent, has_power)
    else:
        mark = decimal if decimal in number else None
    whole, fraction = number.rsplit(mark, 1) if mark else (number, "0")
    if not (fraction.isdigit() and re.fullmatch(_WHOLE, whole or "0")):
        _refuse(text)
    return re.sub(r"\D", "", whole), fraction


def _decimal_mark(number: str, exponent: int, has_power: bool) -> str | None:
    marks = [char for char in number if char in ".,"]
    if not marks or marks.count(marks[-1]) > 1:
        return None
    may_group = not has_power and not (exponent >= 3 and marks[0] == ".")
    return None if may_group and re.fullmatch(_ONE_GROUP, number) else marks[-1]


Style = Literal["full", "short", "code"]


def format_money(money: Money, *, style: Style = "full", symbol: bool = False) -> str:
    """The amount in words for a person or a machine.

    `full` is `€1,234.50`, without decimals when they are zero; `short` is `12.4k`, at most five
    cells and rounded half up, with its sign (`€12.4k`) when `symbol` is set;
    `code` is `1234.50 EUR`, which `parse_money` reads back exactly.
    """
    minus, minor = ("-", -money.minor) if money.minor < 0 else ("", money.minor)
    decimals = exponent(money.currency)
    if style == "short":
        unit = 10**decimals
        # What is something is never 0.
        is_little = 0 < 2 * minor < unit
        body = f"0.{minor:0{decimals}d}" if is_little else _short(minor, unit)
        return f"{minus}{_sign(money.currency)}{body}" if symbol else minus + body
    whole, rest = divmod(minor, 10**decimals)
    if style == "code":
        tail = f".{str(rest).zfill(decimals)}" if decimals else ""
        return f"{minus}{whole}{tail} {money.currency}"
    tail = f".{rest:0{decimals}d}" if rest else ""
    return f"{minus}{_sign(money.currency)}{whole:,}{tail}"


def _sign(code: str) -> str:
    return printed_sign(code) or f"{code} "


def _short(minor: int, unit: int) -> str:
    whole = _rounded(minor, unit)
    if whole < 1000:
        return str(whole)
    for letter in "kMBT":
        unit *= 1000
        tenths = _rounded(minor * 10, unit)
        if tenths < 1000:
            return f"{tenths // 10}.{tenths % 10}{letter}".replace(".0", "")
        whole = _rounded(minor, unit)
        if whole < 1000:
            return f"{whole}{letter}"
    return f"{whole}T"


def _rounded(numerator: int, denominator: int) -> int:
    """The quotient of two integers, not negative, rounded half up."""
    return (2 * numerator + denominator) // (2 * denominator)


# Probabilities as people write them, in percent, and as they are kept, in basis points.

_PERCENT = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?\s*%?")


def parse_percent(text: str) -> int:
    """Basis points (0..10000) of `60`, `60%` or `62.5`. Raises BadInput for anything else."""
    found = _PERCENT.fullmatch(text.strip())
    if found:
        basis_points = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
        if basis_points <= 10_000:
            return basis_points
    raise BadInput(
        f"{quoted(text)} is not a percentage from 0 to 100",
        hint="Write it like 60 or 62.5, with two decimals at most.",
    )


def format_percent(basis_points: int) -> str:
    """`60` for 6000, `62.5` for 6250: what `parse_percent` reads back exactly."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02}".rstrip("0") if rest else str(whole)


# Exchange rates by day: amounts of several currencies become one, or say that they cannot.

NO_RATES: Mapping[str, tuple[tuple[date, Fraction], ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Rates:
    """How many units of `base` one unit of a currency is worth, from each day on, oldest first."""

    base: str
    dated: Mapping[str, tuple[tuple[date, Fraction], ...]] = field(default_factory=lambda: NO_RATES)

    def rate(self, currency: str, day: date) -> Fraction | None:
        """The latest rate on or before a day; None when there is none."""
        if currency == self.base:
            from fractions import Fraction  # most workspaces know one currency

            return Fraction(1)
        known = self.dated.get(currency, ())
        place = bisect_right(known, day, key=lambda dated: dated[0])
        return known[place - 1][1] if place else None

    def convert(self, minor: int, currency: str, into: str, day: date) -> Fraction | None:
        """Minor units of `currency` in minor units of `into`, exact; None without both rates."""
        source, target = self.rate(currency, day), self.rate(into, day)
        if source is None or target is None:
            return None
        decimals = exponent(into) - exponent(currency)
        amount, factor = minor * source / target, int(10 ** abs(decimals))
        return amount * factor if decimals >= 0 else amount / factor
