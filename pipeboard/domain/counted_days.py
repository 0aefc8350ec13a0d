"""Days that are counted from today: `2w`, `in two weeks`, `next month`, `eom`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

DAYS_FROM_TODAY = {"today": 0, "tomorrow": 1, "yesterday": -1, "next week": 7, "last week": -7}
_MONTHS_FROM_TODAY = {"next month": 1, "last month": -1, "next year": 12, "last year": -12}


def any_of(names: Iterable[str]) -> str:
    """What matches one of the names, the longest first."""
    return "|".join(sorted(names, key=len, reverse=True))


_NUMBERS = [
    "one", "two", "three", "four", "five", "six",
    "seven", "eight", "nine", "ten", "eleven", "twelve",
]  # fmt: skip
_COUNTED = {"a": 1, "an": 1} | {word: number for number, word in enumerate(_NUMBERS, 1)}
_COUNT = rf"(?P<count>[0-9]{{1,5}}|{any_of(_COUNTED)})"
_UNIT = r"(?P<unit>d|w|m|y|days?|weeks?|months?|years?)"
_FROM_TODAY = (
    r"(?P<count>[0-9]{1,5})(?P<unit>[dwmy])",
    rf"(?P<sign>[+-]) ?{_COUNT} ?{_UNIT}",
    rf"in {_COUNT} ?{_UNIT}",
    rf"{_COUNT} ?{_UNIT} (?P<sign>ago)",
    rf"{_COUNT} ?(?P<unit>days?|weeks?|months?|years?)",
)
LIKE_WORDS = re.compile(rf"{_COUNT} ?(?:day|week|month|year)|24/7")
"""What begins a sentence as well as it says a day: `one day workshop`, `3 month trial`."""
HOW_LONG = re.compile(rf"{_COUNT} ?(?:[dwmy]|days?|weeks?|months?|years?)")
"""What ends a sentence as well as it says a day: `trial 30d`."""
_END_OF = re.compile(
    r"(?:eo(?P<letter>[wmqy])"
    r"|end of (?:(?P<which>the|this|next|last) )?(?P<unit>week|month|quarter|year))"
)
_FRIDAY = 4


def counted_day(line: str, today: date, *, back: bool) -> date | None:
    """What is counted from today (`2w` lies `back` where its use looks back), or is the end of what
    today lies in; None for anything else. `ValueError` or `OverflowError` beyond the calendar."""
    if line in DAYS_FROM_TODAY:
        return today + timedelta(days=DAYS_FROM_TODAY[line])
    if line in _MONTHS_FROM_TODAY:
        return add_months(today, _MONTHS_FROM_TODAY[line])
    for pattern in _FROM_TODAY:
        if match := re.fullmatch(pattern, line):
            parts = match.groupdict()
            count = _COUNTED.get(parts["count"]) or int(parts["count"])
            is_back = parts.get("sign") in {"-", "ago"} or (
                "sign" not in parts and "in " not in line and back
            )
            return _moved(today, -count if is_back else count, parts)
    if match := _END_OF.fullmatch(line):
        return _end_of((match["letter"] or match["unit"])[0], match["which"] or "", today)
    return None


def _end_of(unit: str, which: str, today: date) -> date:
    """The Friday of a week, or the last day of a month, quarter or year of the calendar; at the end
    of the week this Friday is gone, and the next is meant."""
    steps = {"next": 1, "last": -1}.get(which, 0)
    if unit == "w":
        friday = today + timedelta(days=_FRIDAY - today.weekday(), weeks=steps)
        return friday + timedelta(weeks=1) if not steps and friday < today else friday
    months = {"m": 1, "q": 3, "y": 12}[unit]
    into = (today.month - 1) % months
    return add_months(today.replace(day=1), months * (steps + 1) - into) - timedelta(days=1)


def _moved(today: date, count: int, parts: dict[str, str]) -> date:
    match parts["unit"][0]:
        case "d":
            return today + timedelta(days=count)
        case "w":
            return today + timedelta(weeks=count)
        case "m":
            return add_months(today, count)
        case _:
            return add_months(today, 12 * count)


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError("the calendar ends there")
    return date(year, month + 1, min(day.day, month_length(year, month + 1)))


def month_length(year: int, month: int) -> int:
    """How many days a month has."""
    into_next = date(year, month, 28) + timedelta(days=4)
    return (into_next - timedelta(days=into_next.day)).day
