"""Periods that people write for a day to come: quarters, halves, months, weeks and years."""

from __future__ import annotations

import re
from datetime import date, timedelta

from pipeboard.domain.dates import FIRST_YEAR
from pipeboard.domain.text import fold
from pipeboard.exchange.words.languages import MONTHS

_QUARTERS = re.compile(
    r"(?:q|t|qtr ?)([1-4])[ /.'’-]*(\d{4}|\d\d)|"
    r"([1-4])(?:q|t|\. ?quartal|\. ?quarter| ?кв\.?)[ /.'’-]*(\d{4}|\d\d)(?: ?г\.?)?|"
    r"(\d{4})[ /-]?q([1-4])|(\d{4})年第?([1-4])(?:四半期|季度)",
    re.IGNORECASE,
)
_HALVES = re.compile(
    r"h([12])[ /.'’-]*(\d{4}|\d\d)|([12])h[ /.'’-]*(\d{4}|\d\d)|(\d{4})[ /-]?h([12])",
    re.IGNORECASE,
)
_WEEKS = re.compile(
    r"(?:kw|cw|w|wk|week|woche|semaine|semana|uge|vecka) ?(\d{1,2})[ /.'’-]*(\d{4})|"
    r"(\d{4})-?[wW](\d\d)",
    re.IGNORECASE,
)
_MONTHS = re.compile(
    r"(\d{1,2})[/.-](\d{4})|(\d{4})[/.-](\d{1,2})|(\d{4}) ?[年년] ?(\d{1,2}) ?[月월]|"
    r"([^\W\d_]{3,})\.?(?: de| of|,)?[ /'’-]+(?:de )?(\d{4})(?: ?г\.?)?",
    re.IGNORECASE,
)
_YEARS = re.compile(r"20\d\d")


def last_day_of(text: str, latest_year: int) -> date | None:
    """The last day of a quarter, half year, week, month or year; None for anything else.

    `FY27` and its like stay text: nobody but the company knows when its year ends.
    """
    text = text.strip()
    if _YEARS.fullmatch(text):
        return date(int(text), 12, 31) if int(text) <= latest_year else None
    for pattern, months in ((_QUARTERS, 3), (_HALVES, 6), (_MONTHS, 1)):
        if found := pattern.fullmatch(text):
            parts = [part for part in found.groups() if part]
            if len(parts[0]) == 4 and parts[0].isdigit():
                parts.reverse()
            number = int(parts[0]) if parts[0].isdigit() else MONTHS.get(fold(parts[0]), 0)
            year = int(parts[1])
            year = latest_year - (latest_year - year) % 100 if year < 100 else year
            if not 1 <= number * months <= 12 or not FIRST_YEAR <= year <= latest_year:
                return None
            return date(year + number * months // 12, number * months % 12 + 1, 1) - timedelta(1)
    if found := _WEEKS.fullmatch(text):
        in_year, week = (found[2], found[1]) if found[1] else (found[3], found[4])
        try:
            last = date.fromisocalendar(int(in_year), int(week), 7)
        except ValueError:
            return None
        return last if FIRST_YEAR <= int(in_year) <= latest_year else None
    return None
