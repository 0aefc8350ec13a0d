"""Periods that numbers are counted over: years, quarters, months, weeks and ranges of days."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Literal, NoReturn
from zoneinfo import ZoneInfo

from pipeboard.domain.counted_days import add_months
from pipeboard.domain.dates import FIRST_YEAR, LAST_YEAR, Direction, parse_days, start_of_day
from pipeboard.domain.errors import BadInput
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.text import did_you_mean, quoted

Kind = Literal["year", "quarter", "month", "week", "days", "all"]

_BEGINNING, _END = date(FIRST_YEAR, 1, 1), date(LAST_YEAR + 1, 1, 1)
_HINT = "Write it like 2026, 2026Q4, 2026-11, 2026-W47, last90d, this-quarter, all or FROM..TO."
_YEAR = r"([0-9]{4})"
_QUARTER = r"([0-9]{4})[- ]?q([1-4])"
_QUARTER_FIRST = r"q([1-4])[- /]?([0-9]{4})"
_QUARTER_ALONE = r"q([1-4])"
_MONTH = r"([0-9]{4})-([0-9]{2})"
_WEEK = r"([0-9]{4})-?w([0-9]{1,2})"
_LAST_DAYS = r"last-?([0-9]{1,5})d"
_UNITS = ("year", "quarter", "month", "week")
_RELATIVE = rf"(this|last|next)[- ]({'|'.join(_UNITS)})"
_STEPS = {"last": -1, "this": 0, "next": 1}


@dataclass(frozen=True, slots=True)
class Period:
    """Calendar days from `start` up to, not including, `end`; `label` is how it is written."""

    label: str
    start: date
    end: date
    kind: Kind = "days"

    def instants(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """First instant, and first instant after it, in UTC, of these days in `zone`."""
        return start_of_day(self.start, zone), start_of_day(self.end, zone)

    def previous(self) -> Period:
        """The period of the same kind just before. Raises BadInput where the calendar begins."""
        return self._moved(-1)

    def next(self) -> Period:
        """The period of the same kind just after. Raises BadInput where the calendar ends."""
        return self._moved(1)

    def _moved(self, step: int) -> Period:
        try:
            moved = self._at_step(step)
        except OverflowError:
            moved = self
        if moved == self or moved.start < _BEGINNING or moved.end > _END:
            where = "before" if step < 0 else "after"
            raise BadInput(f"There is no period {where} {quoted(self.label)}.")
        return moved

    def _at_step(self, step: int) -> Period:
        match self.kind:
            case "year":
                return _year(int(self.label) + step, add_months(self.start, 12 * step))
            case "quarter":
                year, quarter = int(self.label[:4]), int(self.label[5:])
                return _quarter(4 * year + quarter - 1 + step, add_months(self.start, 3 * step))
            case "month":
                return _month(add_months(self.start, step))
            case "week":
                return week_from(self.start + timedelta(weeks=step))
            case "days":
                length = self.end - self.start
                return _range(self.start + step * length, self.end + step * length)
            case "all":
                return self


def parse_period(
    text: str,
    today: date,
    *,
    week_start: int = 0,
    fiscal_shift: int = 0,
    direction: Direction = Direction.BACK,
) -> Period:
    """The period that was typed, with its canonical label (`this-quarter` becomes `2026Q4`).

    `week_start` is 0 for Monday to 6 for Sunday; a week has the ISO number of its Thursday.
    `fiscal_shift` is how many months after (before, when negative) the first of January years and
    quarters begin: 3 is April of the year that names it, -3 October of the year before it.
    `lastNd` ends with today; `direction` says where a FROM or a quarter without its year lies.
    Raises BadInput for anything else and for a range that ends before it starts.
    """
    line = text.strip().lower()
    if line == "all":
        return Period("all", _BEGINNING, _END, "all")
    try:
        period = (
            _named(line, week_start, fiscal_shift)
            or _relative(line, today, week_start, fiscal_shift)
            or _quarter_of_some_year(line, today, fiscal_shift, direction)
        )
    except (ValueError, OverflowError):
        period = None
    if ".." in line:
        period = _range(*parse_days(text, today, direction))
    if period is None:
        _refuse(text)
    if period.start < _BEGINNING or period.end > _END:
        raise BadInput(
            f"{quoted(text)} is outside the years {FIRST_YEAR} to {LAST_YEAR}.", hint=_HINT
        )
    return period


def _refuse(text: str) -> NoReturn:
    named = [f"{which}-{unit}" for which in _STEPS for unit in _UNITS]
    near = did_you_mean(text, (*named, "all"))
    raise BadInput(f"{quoted(text)} is not a period.", hint=f"{near} {_HINT}".strip())


def _named(line: str, week_start: int, fiscal_shift: int) -> Period | None:
    if match := re.fullmatch(_YEAR, line):
        return _fiscal_year(int(match[1]), fiscal_shift)
    if match := re.fullmatch(_QUARTER, line):
        return _fiscal_quarter(int(match[1]), int(match[2]) - 1, fiscal_shift)
    if match := re.fullmatch(_QUARTER_FIRST, line):
        return _fiscal_quarter(int(match[2]), int(match[1]) - 1, fiscal_shift)
    if match := re.fullmatch(_MONTH, line):
        return _month(date(int(match[1]), int(match[2]), 1))
    if match := re.fullmatch(_WEEK, line):
        return _week_of(date.fromisocalendar(int(match[1]), int(match[2]), 4), week_start)
    return None


def _quarter_of_some_year(
    line: str, today: date, fiscal_shift: int, direction: Direction
) -> Period | None:
    """The last quarter of that number that has begun, the first that is not over, or the nearest,
    which of two is the one to come."""
    match = re.fullmatch(_QUARTER_ALONE, line)
    if match is None:
        return None
    current = _around(today, "quarter", 0, fiscal_shift)
    ahead = (int(match[1]) - int(current.label[5:])) % 4
    goes_back = direction is Direction.BACK or (direction is Direction.NEAREST and ahead > 2)
    return current._at_step(ahead - 4 if ahead and goes_back else ahead)


def _relative(line: str, today: date, week_start: int, fiscal_shift: int) -> Period | None:
    if match := re.fullmatch(_LAST_DAYS, line):
        end = today + timedelta(days=1)
        days = int(match[1])
        return Period(f"last{days}d", end - timedelta(days=days), end) if days else None
    match = re.fullmatch(_RELATIVE, line)
    if match is None:
        return None
    period = _around(today, match[2], week_start, fiscal_shift)
    step = _STEPS[match[1]]
    return period._at_step(step) if step else period


def _around(today: date, unit: str, week_start: int, fiscal_shift: int) -> Period:
    if unit == "week":
        return _week_of(today, week_start)
    if unit == "month":
        return _month(today.replace(day=1))
    year, month = divmod(12 * today.year + today.month - 1 - fiscal_shift, 12)
    if unit == "year":
        return _fiscal_year(year, fiscal_shift)
    return _fiscal_quarter(year, month // 3, fiscal_shift)


def _fiscal_year(year: int, shift: int) -> Period:
    return _year(year, add_months(date(year, 1, 1), shift))


def _fiscal_quarter(year: int, quarter: int, shift: int) -> Period:
    """The quarter that `quarter`, 0 to 3, counts from the beginning of the year."""
    return _quarter(4 * year + quarter, add_months(date(year, 1, 1), shift + 3 * quarter))


def _year(year: int, start: date) -> Period:
    return Period(f"{year:04d}", start, add_months(start, 12), "year")


def _quarter(index: int, start: date) -> Period:
    year, quarter = divmod(index, 4)
    return Period(f"{year:04d}Q{quarter + 1}", start, add_months(start, 3), "quarter")


def _month(start: date) -> Period:
    return Period(f"{start:%Y-%m}", start, add_months(start, 1), "month")


def _week_of(day: date, week_start: int) -> Period:
    return week_from(last_weeks(day, 1, week_start)[0])


def last_weeks(day: date, count: int, week_start: int) -> list[date]:
    """The days that so many weeks begin on, which is `week_start` (0 for Monday), oldest first and
    the week of `day` last."""
    running = day - timedelta(days=(day.weekday() - week_start) % 7)
    return [running - timedelta(weeks=back) for back in range(count - 1, -1, -1)]


def week_from(start: date) -> Period:
    """The week that begins on a day, called by the number of its Thursday, as ISO has it."""
    thursday = start + timedelta(days=(3 - start.weekday()) % 7)
    year, number, _ = thursday.isocalendar()
    return Period(f"{year:04d}-W{number:02d}", start, start + timedelta(days=7), "week")


def _range(start: date, end: date) -> Period:
    return Period(f"{start}..{end}", start, end)
