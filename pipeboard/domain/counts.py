"""How many: whole numbers with the marks that the person writes, and what they count.

What is stored is read by others too: it is written `in_english`, whoever does it.
"""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` itself is more than the shortest verbs need
if TYPE_CHECKING:
    from collections.abc import Callable

_marks = [(",", 3)]


def grouped(number: int, mark: str, second: int = 3) -> str:
    """Digits in groups of three, from the second group on of `second`: `12,400`."""
    digits = str(abs(number))
    groups, rest = [digits[-3:]], digits[:-3]
    while rest:
        groups.insert(0, rest[-second:])
        rest = rest[:-second]
    return f"{'-' if number < 0 else ''}{mark.join(groups)}"


def group_by(mark: str, second: int) -> None:
    """From now on people read numbers grouped by that mark, as `grouped` does."""
    _marks[0] = (mark, second)


def in_figures(number: int) -> str:
    """A whole number as it is to be written for the person: `12,400`."""
    return grouped(number, *_marks[0])


def in_english(number: int) -> str:
    """A whole number for a text that is kept: `12,400` in every locale."""
    return grouped(number, ",")


def how_many(
    count: int, one: str, more: str = "", *, figures: Callable[[int], str] = in_figures
) -> str:
    """`1 row`, `2,473 rows`; `more` where several take other words: `1 key stands`, `2 keys
    stand`."""
    return f"{figures(count)} {one if count == 1 else more or f'{one}s'}"
