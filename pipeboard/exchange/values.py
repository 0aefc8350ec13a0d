"""Percentages, flags and forecast categories, as tools write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal

from pipeboard.domain.commands import Precision
from pipeboard.domain.errors import BadInput
from pipeboard.domain.text import quoted, slug

_BLANKS = {
    "-", "--", "---", "–", "—", "n/a", "#n/a", "na", "n.a.", "null", "none", "nan", "nil",
    "(no value)", "(none)", "(null)", "(blank)", "(empty)", "#null!", "#ref!", "#value!", "#name?",
    "\\n", "undefined", "k.a.", "nicht angegeben", "не указано", "нет",
    "$ -", "$-", "€ -", "€-", "- €", "-€", "£ -", "£-",
}  # fmt: skip
_PERCENT = re.compile(r"(?P<number>\d{1,3}(?:[.,]\d+)?)\s*(?P<sign>%?)", re.ASCII)
_TRUE = {
    "true",
    "yes",
    "y",
    "1",
    "x",
    "on",
    "archived",
    "wahr",
    "ja",
    "vrai",
    "oui",
    "si",
    "sí",
    "да",
    "t",
}
_FALSE = {
    "false",
    "no",
    "n",
    "0",
    "off",
    "not archived",
    "falsch",
    "nein",
    "faux",
    "non",
    "нет",
    "f",
}
_CATEGORIES = {
    "omitted": "omitted",
    "not_forecasted": "omitted",
    "pipeline": "pipeline",
    "best": "best",
    "best_case": "best",
    "most_likely": "best",
    "commit": "commit",
}


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


def percent_reader(column: Callable[[], Iterable[str]]) -> Callable[[str], int]:
    """What reads `60`, `60%` or `0.6` as basis points; it raises BadInput.

    A column in which nothing is above 1 holds fractions. `column()` goes through it again, when
    the first number turns up that could be either.
    """
    scale: list[int] = []

    def read(cell: str) -> int:
        found = _PERCENT.fullmatch(cell)
        if not found:
            raise BadInput(f"{quoted(cell)} is not a percentage")
        number = _decimal(found)
        factor = 100
        if not found["sign"] and 0 < number <= 1:
            if not scale:
                scale.append(10_000 if _holds_fractions(column()) else 100)
            factor = scale[0]
        points = int((number * factor).quantize(Decimal(1), ROUND_HALF_UP))
        if points > 10_000:
            raise BadInput(f"{quoted(cell)} is more than 100 percent")
        return points

    return read


def _decimal(found: re.Match[str]) -> Decimal:
    return Decimal(found["number"].replace(",", "."))


def _holds_fractions(cells: Iterable[str]) -> bool:
    numbers = (_PERCENT.fullmatch(cell.strip()) for cell in cells)
    return all(not found["sign"] and _decimal(found) <= 1 for found in numbers if found)


def read_basis_points(cell: str) -> int:
    """Hundredths of a percent, 0 to 10,000; raises BadInput."""
    if not (cell.isascii() and cell.isdigit() and int(cell[:6]) <= 10_000):
        raise BadInput(f"{quoted(cell)} is not a number of basis points from 0 to 10000")
    return int(cell)


def read_flag(cell: str) -> bool:
    """Yes or no, in the words that exports use; raises BadInput."""
    word = cell.casefold()
    if word not in _TRUE | _FALSE:
        raise BadInput(f"{quoted(cell)} is neither true nor false")
    return word in _TRUE


def is_flag(cell: str) -> bool:
    """Whether the cell is one of the words for yes and no."""
    return cell.casefold() in _TRUE | _FALSE


def read_category(cell: str) -> str | None:
    """The forecast category (`metrics.md` C7) that a tool's word means, or None."""
    return _CATEGORIES.get(slug(cell))
