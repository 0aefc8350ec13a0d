"""What the name of an amount's column says of its numbers: their currency, thousands, cents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pipeboard.domain.errors import BadInput
from pipeboard.domain.money import EXPONENTS, read_currency
from pipeboard.domain.text import fold
from pipeboard.exchange.words.currency_names import CURRENCY_NAMES


class AmountUnit(NamedTuple):
    """What numbers are multiplied by, their currency, and whether they are its smallest coins.

    `name` is the name without all that; `doubt` what in it looks like a unit and is none that is
    known, so that the numbers may mean something else.
    """

    name: str
    factor: int = 1
    currency: str | None = None
    is_minor: bool = False
    doubt: str = ""


# The words of many languages, folded and without a full stop behind.
_WORDS = {
    1_000: "thousand thousands thou ths tsd tausend millier milliers miles milhares migliaia "
    "migliaio duizend duizenden tys tysiac tysiace tisic tisice tis tuhat tuhatta tuhansia tusen "
    "tusind ezer bin тыс тысяч тысячи тысячах тис тисяч хил ribu nghin ngan พัน 千 천 k",
    1_000_000: "million millions mio mln mn mm millionen millones milhoes milioni milione miljoen "
    "milion miliony milionow miljoner millioner miljoonaa millio milyon млн миллион миллионов "
    "мільйон juta trieu ล้าน 百万 百萬 백만 m",
    1_000_000_000: "billion billions bn mrd milliarden milliards mld miliardi miliard miljard "
    "miljarder milliarder млрд milyar ty b",
    100: "hundreds",
    10_000: "万 萬 만",
    100_000: "lakh lakhs lac lacs แสน",
    10_000_000: "crore crores cr 千万",
    100_000_000: "億 亿 억",
}
FACTORS = {fold(word): factor for factor, words in _WORDS.items() for word in words.split()}
"""What a word for a power of ten stands for."""
_COINS = (
    "cent cents centimes centime centavos centimos centesimi pence penny paise paisa ore groszy "
    "haleru kopecks копеек kurus minor minor_units"
)
_AROUND = (
    "in en em im v w di de des der d of the x i на в ve je und and a per amount amounts figures "
    "values value all angaben betrage montants units unit net gross netto brutto ht ttc vat mwst "
    "tva iva btw excl incl exkl inkl ex est estimated total totals converted weighted local "
    "currency approx ca sum old new max min avg acv arr mrr tcv fy ist top 单位 単位 단위 税抜 税込"
)
_MINOR, _BESIDE = (frozenset(map(fold, words.split())) for words in (_COINS, _AROUND))
_THOUSANDS = re.compile(r"[x×]?(?:1[.,'’]?)?000s?|1[.,'’]?000")
_PARTED = re.compile(r"[\s/;:：_]+|,(?!\d)|(?<=\w)\.(?=[A-Za-z]{3})")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_IN_BRACKETS = re.compile(r"[(\[{（]\s*([^()\[\]{}（）]*?)\s*[)\]}）]")
_TOGETHER = re.compile(
    r"(?P<scale>[tтkм]\.|Tsd\.?|Mio\.?|Mrd\.?|MM|mm|mn|bn|[TtkKMmBbe]|[千万萬百億亿천만백억]+|พัน|ล้าน)"
    r"(?P<sign>.+)|(?P<sign2>\D+?)(?P<scale2>['’]?000s?|1[.,'’]?000|[kKmMbB]|MM|mm|mn|bn)"
)
_LETTERS = {"t": 1_000, "e": 1_000, "т": 1_000, "м": 1_000_000}
_CODES = "usd eur gbp chf jpy cad aud nzd sek nok dkk pln czk huf inr cny brl mxn zar rub uah"
_LOWER_CODES = frozenset(_CODES.split())
_SIGNS = "€£₽₴₹₪₺₩$"
_SHORT = 3


def unit_of(column: str, default: str) -> AmountUnit:
    """The unit that a name tells: `Amount (USD)`, `Umsatz in Tausend Euro`, `Сумма, тыс. руб.`,
    `金額（千円）`, `value_in_cents`; `default` is the usual currency."""
    units = [_read(text, default) for text in _IN_BRACKETS.findall(column)]
    bare = " ".join(_IN_BRACKETS.sub(" ", column).split())
    words = [word for word in _PARTED.split(_HUMP.sub(" ", bare)) if word]
    start, end = _ends(words, default)
    if (start, end) != (0, len(words)):
        units.append(_read(" ".join((*words[:start], *words[end:])), default))
        bare = " ".join(words[start:end])
    factors = {unit.factor for unit in units} - {1}
    signs = (_code(sign, default) for sign in _SIGNS if sign in column)
    codes = (*(unit.currency for unit in units), *signs)
    doubts = [unit.doubt for unit in units if unit.doubt]
    if len(factors) > 1:
        doubts.append(column)
    return AmountUnit(
        bare,
        factors.pop() if len(factors) == 1 else 1,
        next((code for code in codes if code), None),
        any(unit.is_minor for unit in units),
        doubts[0] if doubts else "",
    )


def _ends(words: Sequence[str], default: str) -> tuple[int, int]:
    """The words of a name from its first to its last one that are no unit."""
    end = len(words)
    for size in range(1, len(words)):
        unit = _read(" ".join(words[-size:]), default)
        tail = [fold(word).strip(".'’") for word in words[-size:]]
        is_letter = all(len(word) < 3 and word in FACTORS for word in tail)
        if not unit.name and not is_letter and not _BESIDE.issuperset(tail):
            end = len(words) - size
    start = 0
    while start < end - 1 and words[start] not in EXPONENTS:
        unit = _read(words[start], default)
        if unit.name or not (unit.currency or unit.factor > 1) or words[start].isalpha():
            break
        start += 1
    return start, end


def _read(text: str, default: str) -> AmountUnit:
    """What a part of a name says, with what is not understood as its name."""
    factor, code, is_minor, unknown = 1, _named(text, default), False, []
    whole = [] if code else [word for word in _PARTED.split(text) if word]
    for word in whole:
        key = fold(word).strip(".'’")
        together = _apart(word, default)
        if key in _BESIDE and not _is_code(word):
            continue
        if key in FACTORS or _THOUSANDS.fullmatch(key):
            factor *= FACTORS.get(key, 1_000)
        elif key in _MINOR:
            is_minor = True
        elif together is not None:
            factor *= together[0]
            code = code or together[1]
        elif (found := _code(word, default)) is not None:
            code = code or found
        else:
            unknown.append(word)
    if unknown and (found := _named(" ".join(unknown), default)):
        code, unknown = code or found, []
    name, doubt = " ".join(unknown), ""
    has_letters = factor > 1 and all(len(fold(word).strip(".")) < 3 for word in whole)
    if name and (has_letters or _is_odd(text, unknown)):
        factor, doubt = 1, text
    return AmountUnit(name, factor, code or None, is_minor, doubt)


def _is_odd(text: str, unknown: Iterable[str]) -> bool:
    """Whether what is not understood looks like a unit all the same."""
    has_sign = "000" in text or any(sign in text for sign in _SIGNS)
    words = (word.strip(".") for word in unknown)
    return has_sign or any(word.isalpha() and len(word) <= _SHORT for word in words)


def _apart(word: str, default: str) -> tuple[int, str] | None:
    """The factor and the currency of `TEUR`, `k€`, `€000`, `千円`; the code may be unknown ("")."""
    if _is_code(word) or (found := _TOGETHER.fullmatch(word)) is None:
        return None
    scale, sign = found["scale"] or found["scale2"], found["sign"] or found["sign2"]
    code = _code(sign.lstrip("."), default)
    key = fold(scale).strip(".'’")
    factor = _LETTERS.get(key) or FACTORS.get(key) or (1_000 if "000" in key else _myriads(scale))
    return None if code is None or not factor else (factor, code)


def _myriads(scale: str) -> int:
    """The product of signs that stand for powers of ten, 0 for other letters."""
    product = 1
    for sign in scale:
        product *= 100 if sign in "百백" else FACTORS.get(fold(sign), 0)
    return product


def _is_code(word: str) -> bool:
    return word in EXPONENTS or word in _LOWER_CODES


def _code(word: str, default: str) -> str | None:
    """The code of a sign or of a code as it is written; empty where several currencies share it,
    None for other words: `all`, `top` and `try` are codes too."""
    is_word = word.isascii() and word.isalpha() and len(word) == 3
    if is_word and not _is_code(word):
        return None
    try:
        return read_currency(word, default) or CURRENCY_NAMES.get(fold(word).strip("."))
    except BadInput:
        return ""


def _named(text: str, default: str) -> str:
    """The code of a currency that is named in full, also of several words."""
    sign = currency_sign(text)
    return _code(sign, default) or "" if sign else ""


def doubts_of(units: Iterable[tuple[str, AmountUnit]]) -> Iterator[str]:
    """A sentence for each column of amounts whose name says more than is understood."""
    for column, unit in units:
        if unit.doubt:
            yield (
                f"'{unit.doubt}' in the name of '{column}' is not understood: its numbers were "
                "read as they stand. If they are thousands, write 'k' or 'thousands' there."
            )


# Cells whose amounts are written with such words.

_PLAIN_NAMES = {
    "us dollars": "USD", "us dollar": "USD", "dollars": "$", "dollar": "$", "pounds": "£",
    "rupees": "rs", "rupee": "rs",
}  # fmt: skip
_NAMED_POWER = re.compile(r"(.*\d)\s*((?i:mm)|[^\W\d_]{3,})(?!\w)\.?\s*(.*)")
_SHORT_POWERS = {1_000: "k", 10**6: "m", 10**9: "b"}
# `12 TEUR`, `T€ 12`, `12 tkr`: thousands where German and the languages of the north are written.
_THOUSANDS_OF = re.compile(
    r"[Tt](?P<sign>€|EUR|CHF|kr|SEK|NOK|DKK)\s*(?P<number>\d.*)"
    r"|(?P<first>.*\d)\s*[Tt](?P<behind>€|EUR|CHF|kr|SEK|NOK|DKK)\.?"
)


def with_short_power(cell: str) -> str:
    """The amount with `k`, `m` or `b` where a power of ten is written out: `1.2 million`."""
    if found := _THOUSANDS_OF.fullmatch(cell):
        return f"{found['number'] or found['first']}k {found['sign'] or found['behind']}"
    found = _NAMED_POWER.fullmatch(cell)
    short = _SHORT_POWERS.get(FACTORS.get(fold(found[2]), 0)) if found else None
    if found is None or short is None:
        return cell
    return f"{found[1]}{short} {currency_sign(found[3]) or found[3]}".strip()


def currency_sign(name: str) -> str | None:
    """What amounts have for a currency that is named in full, if it is one."""
    word = fold(name).strip(". ")
    return CURRENCY_NAMES.get(word) or _PLAIN_NAMES.get(word)
