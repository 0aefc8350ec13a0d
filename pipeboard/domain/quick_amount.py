"""The amount in a quick-add line: which of its words is the deal's value, and which its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipeboard.domain.currencies import read_currency
from pipeboard.domain.errors import BadInput
from pipeboard.domain.money import Money, parse_money
from pipeboard.domain.words import Word

_NUMBER = re.compile(r"[0-9][0-9.,'’]*")
_DIGIT = re.compile(r"[0-9]")
_MOST_WORDS = 5  # 1 234 567,50 EUR, and one to spare
_LEAST_PLAIN = 100
_YEARS_AROUND_TODAY = 10


@dataclass(frozen=True, slots=True)
class Amount:
    """The value, and the words `first` up to, not including, `end` that say it."""

    money: Money
    first: int
    end: int


def find_amount(words: Sequence[Word], line: str, *, today: date, currency: str) -> Amount | None:
    """The last amount among the words of `line` that stand outside quotes, or None.

    An amount is marked by a suffix, a sign or a code: `40k`, `€1.234,50`, `40 000 EUR`. A plain
    number is one only as the last word of several, from 100 on, when it is no year within ten of
    `today` and no part of a longer number: `Phase 2`, `365 migration`, `Renewal 2027` and
    `+358 40 555 0142` are names.
    """
    for end in range(len(words), 0, -1):
        for first in range(max(0, end - _MOST_WORDS), end):
            text = line[words[first].start : words[end - 1].end]
            if text.split() != [word.text for word in words[first:end]]:
                continue  # something else stands in between, or quotes do
            money = _marked(text, currency, is_last=end == len(words))
            if money:
                return Amount(money, first, end)
    return _plain(words, today, currency)


def _marked(text: str, currency: str, *, is_last: bool) -> Money | None:
    text = text.rstrip(",;")
    if _NUMBER.fullmatch(text) or not _DIGIT.search(text):
        return None
    money = _money(text, currency)
    if money is None:
        return None
    marks = _NUMBER.sub(" ", text).split()
    has_sign = any(not mark.isalpha() for mark in marks)
    if " " not in text:
        # With euros, the `ft` of `6ft` is no forint.
        is_meant = has_sign or money.currency == currency or money.currency in text
    else:
        # `cable 5 m` is no million, and `TOP 500 customers` no money of Tonga.
        is_meant = any(_is_currency(mark, currency) for mark in marks) and (
            has_sign or money.currency == currency or is_last
        )
    return money if is_meant else None


def _plain(words: Sequence[Word], today: date, currency: str) -> Amount | None:
    if len(words) < 2 or not _NUMBER.fullmatch(words[-1].bare) or _DIGIT.search(words[-2].text):
        return None
    text = words[-1].bare
    if text.isdigit() and abs(int(text[:9]) - today.year) <= _YEARS_AROUND_TODAY:
        return None
    money = _money(text, currency)
    if money is None or money.minor < _LEAST_PLAIN * 10**money.exponent:
        return None
    return Amount(money, len(words) - 1, len(words))


def _money(text: str, currency: str) -> Money | None:
    try:
        return parse_money(text, currency)
    except BadInput:
        return None


def _is_currency(text: str, currency: str) -> bool:
    try:
        return read_currency(text, currency) is not None
    except BadInput:
        return False
