"""Dates and instants: how people write them, and which local day an instant falls on."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import NoReturn
from zoneinfo import ZoneInfo

from pipeboard.domain.counted_days import (
    DAYS_FROM_TODAY,
    any_of,
    counted_day,
    month_length,
)
from pipeboard.domain.errors import BadInput
from pipeboard.domain.local_days import local_days
from pipeboard.domain.text import quoted

FIRST_YEAR, LAST_YEAR = 1900, 2999


class Direction(Enum):
    """Where a day lies that is typed without its year: each use of a date knows.

    A deal was created and closed in the past, and its next step comes; a due date may be either.
    """

    AHEAD = "ahead"
    BACK = "back"
    NEAREST = "nearest"


_LONGEST_LEAP_GAP = 8  # from 1896 to 1904

_EXAMPLES = "Write it like 2026-12-19, 19 Dec, fri, tomorrow or +3d."
_LONGEST = 40
_MOST_YEARS = 50  # of a day that is counted: a slip, where it is further
_FARTHEST = timedelta(days=366 * _MOST_YEARS)

_MONTH_NAMES = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
]  # fmt: skip
_WEEKDAY_NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_MONTHS = [name[:3] for name in _MONTH_NAMES]
_WEEKDAYS = [name[:3] for name in _WEEKDAY_NAMES]


def _numbers(*rows: list[str]) -> dict[str, int]:
    return {name.lower(): number for row in rows for number, name in enumerate(row)}


_MONTH_OF = {**_numbers(_MONTHS, _MONTH_NAMES), "sept": 8}
_WEEKDAY_OF = {**_numbers(_WEEKDAYS, _WEEKDAY_NAMES), "tues": 1, "thur": 3, "thurs": 3}


_WEEKDAY_ONLY = rf"(?:(?P<which>next|this|last|on) )?(?P<weekday>{any_of(_WEEKDAY_OF)})"
_WEEKDAY = rf"(?:(?P<weekday>{any_of(_WEEKDAY_OF)}),? )?"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_MONTH = rf"(?P<month>{any_of(_MONTH_OF)})\.?"
_YEAR = r"(?P<year>[0-9]{4}|[0-9]{2})"
_ON_CALENDAR = (
    r"(?P<year>[0-9]{4})(?P<mark>[-/.])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})",
    rf"(?P<day>[0-9]{{1,2}})\.(?P<month>[0-9]{{1,2}})\.{_YEAR}?",
    rf"{_WEEKDAY}{_DAY}\.?(?: of )?[ -]?{_MONTH}(?:,?[ -]?'?{_YEAR})?",
    rf"{_WEEKDAY}{_MONTH}[ -]?{_DAY}(?:,? '?{_YEAR})?",
)
_TWO_READINGS = (
    rf"{_WEEKDAY}(?P<a>[0-9]{{1,2}})(?P<mark>[-/])(?P<b>[0-9]{{1,2}})(?:(?P=mark){_YEAR})?"
)


def parse_date(text: str, today: date, direction: Direction = Direction.AHEAD) -> date:
    """The date that was typed: `2026-12-19`, `19 Dec`, `19.12.`, `fri`, `+3d`, `in two weeks`,
    `eom` (`eow` is the Friday, `eoq` the end of a quarter of the calendar), or as the locale that
    is written shows it, whose order `03/04` is read by.

    `direction` says where to look for what has no year: the next or the last such day, today
    included, and for a weekday the next or the last, never today; `2w` is two weeks from now or
    two weeks ago. Raises BadInput for no date, no such day, a year outside 1900 to 2999, a time
    of more than 50 years from today, and for what can be read two ways: `03/04/2026` where no
    locale tells, and `next friday` when this week has one to come.
    """
    day = find_date(text, today, direction)
    if day is None:
        raise BadInput(f"{quoted(text)} is not a date.", hint=_EXAMPLES)
    return day


def parse_days(text: str, today: date, direction: Direction = Direction.BACK) -> tuple[date, date]:
    """The two dates of `FROM..TO`; a TO without a year is the first such day after FROM.

    Raises BadInput as `parse_date` does, also where TO does not lie after FROM.
    """
    first, _, after = text.partition("..")
    if not first.strip() or not after.strip():
        lacking = "after" if first.strip() else "before"
        raise BadInput(
            f"{quoted(text)} has no day {lacking} the two dots.",
            hint="Write both: FROM..TO, such as 2026-11-01..2026-12-01.",
        )
    start = parse_date(first, today, direction)
    end = _from_calendar(after, start, Direction.AHEAD) or parse_date(after, today, direction)
    if start >= end:
        raise BadInput(
            f"{quoted(text)} ends before it starts.", hint="FROM..TO leaves the day TO out."
        )
    return start, end


def is_complete(text: str) -> bool:
    """Whether the text says its day without any doubt: with a year, or counted from today."""
    line = " ".join(text.lower().split())
    return bool(re.search(r"[0-9]{4}", line)) or line in DAYS_FROM_TODAY


def find_date(text: str, today: date, direction: Direction = Direction.AHEAD) -> date | None:
    """As `parse_date`, or None where the text is not written as a date at all."""
    if len(text) > _LONGEST:
        return None
    line = " ".join(text.lower().split())
    try:
        counted = counted_day(line, today, back=direction is Direction.BACK)
        day = (
            counted
            or _from_calendar(line, today, direction)
            or _as_local(line, text, today, direction)
            or _by_slashes(line, text, today, direction)
        )
    except (ValueError, OverflowError):
        raise BadInput(f"{quoted(text)}: there is no such day.", hint=_EXAMPLES) from None
    if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadInput(
            f"{quoted(text)} is outside the years {FIRST_YEAR} to {LAST_YEAR}.", hint=_EXAMPLES
        )
    if day is not None and counted and abs(day - today) > _FARTHEST:
        raise BadInput(
            f"{quoted(text)} is {format_date(day)}, more than {_MOST_YEARS} years away.",
            hint="Write a day so far away with its year, such as 2099-12-31.",
        )
    return day


def _from_calendar(line: str, today: date, direction: Direction) -> date | None:
    """What the calendar tells: a weekday, or a day of a month."""
    if match := re.fullmatch(_WEEKDAY_ONLY, " ".join(line.lower().split())):
        return _weekday(line, _WEEKDAY_OF[match["weekday"]], match["which"], today, direction)
    return _on_calendar(line, today, direction)


def _weekday(text: str, weekday: int, which: str | None, today: date, direction: Direction) -> date:
    """The weekday that is meant; BadInput where `next`, `this` or `last` can mean two."""
    in_this_week = today + timedelta(days=weekday - today.weekday())
    coming = in_this_week + timedelta(weeks=int(in_this_week <= today))
    gone = in_this_week - timedelta(weeks=int(in_this_week >= today))
    match which:
        case "next":
            return _same(text, coming, in_this_week + timedelta(weeks=1))
        case "last":
            return _same(text, gone, in_this_week - timedelta(weeks=1))
        case "this":
            return in_this_week if in_this_week >= today else _same(text, in_this_week, coming)
    match direction:
        case Direction.AHEAD:
            return coming
        case Direction.BACK:
            return gone
        case Direction.NEAREST:
            return coming if coming - today <= today - gone else gone


def _same(text: str, one: date, other: date) -> date:
    """The day that both readings give; BadInput with both where they differ."""
    if one == other:
        return one
    _refuse_readings(text, one, other)


def _on_calendar(text: str, today: date, direction: Direction) -> date | None:
    line = " ".join(text.lower().split())
    for pattern in _ON_CALENDAR:
        if match := re.fullmatch(pattern, line):
            parts = match.groupdict()
            month, number = parts["month"], int(parts["day"])
            number_of_month = int(month) if month.isdigit() else _MONTH_OF[month] + 1
            day = _with_year(parts["year"], number_of_month, number, today, direction)
            weekday = parts.get("weekday")
            _expect_weekday(text, day, _WEEKDAY_OF[weekday] if weekday else None)
            return day
    return None


def _with_year(
    year: str | None, month: int, number: int, today: date, direction: Direction
) -> date:
    if year is not None:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, number)
    years = range(today.year - _LONGEST_LEAP_GAP, today.year + _LONGEST_LEAP_GAP + 1)
    days = [date(y, month, number) for y in years if 1 <= number <= month_length(y, month)]
    if not days:
        raise ValueError("no month is that long")
    match direction:
        case Direction.AHEAD:
            return min(day for day in days if day >= today)
        case Direction.BACK:
            return max(day for day in days if day <= today)
        case Direction.NEAREST:
            return min(days, key=lambda day: (abs(day - today), day < today))


def _expect_weekday(text: str, day: date, weekday: int | None) -> None:
    """BadInput where a text names another weekday than the one that its day is."""
    if weekday not in (None, day.weekday()):
        raise BadInput(
            f"{quoted(text)}: {day.day} {_MONTHS[day.month - 1]} {day.year} is a "
            f"{_WEEKDAY_NAMES[day.weekday()]}.",
            hint="Leave the weekday out, or correct it.",
        )


def _as_local(line: str, text: str, today: date, direction: Direction) -> date | None:
    """What the person's locale writes so."""
    local = local_days()
    if local is None:
        return None
    if (alone := local.weekday(line)) is not None:
        return _weekday(line, alone, None, today, direction)
    for year, month, number, weekday in local.readings(line):
        try:
            day = _with_year(year, month, number, today, direction)
        except ValueError:  # in figures another order may be one
            if re.fullmatch(_TWO_READINGS, line):
                continue
            raise
        _expect_weekday(text, day, weekday)
        return day
    return None


def _by_slashes(line: str, text: str, today: date, direction: Direction) -> date | None:
    """Figures that can be day and month or month and day: by the order of the locale, or where one
    of both is no day; BadInput with both where nothing tells. Without a year, a dash is none."""
    match = re.fullmatch(_TWO_READINGS, line)
    local = local_days()
    if match is None or not (match["year"] or match["mark"] in f"/{local.mark if local else ''}"):
        return None
    a, b = int(match["a"]), int(match["b"])
    orders = {"dmy": (b, a), "mdy": (a, b)}
    found = {}
    for order, (month, number) in orders.items():
        with suppress(ValueError):
            found[order] = _with_year(match["year"], month, number, today, direction)
    if not found:
        if match["year"]:
            raise ValueError("neither is a day")
        return None
    known = local.figures(match["mark"]) if local else ""
    one, *others = dict.fromkeys(found.values())
    if others and known not in found:
        _refuse_readings(text, one, *others)
    day = found.get(known, one)
    weekday = match["weekday"]
    _expect_weekday(text, day, _WEEKDAY_OF[weekday] if weekday else None)
    return day


def _refuse_readings(text: str, one: date, other: date) -> NoReturn:
    raise BadInput(
        f"{quoted(text)} can be {format_date(one)} or {format_date(other)}.",
        hint=f"Write {one} or {other}.",
        details={"readings": [one.isoformat(), other.isoformat()]},
    )


def format_date(day: date) -> str:
    """`Sat 19 Dec 2026`, in English whatever the locale."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def format_day(day: date, today: date) -> str:
    """The day in at most nine cells: `today`, `Thu` in the coming six days, `-2d` in the past 30.

    Else `3 Dec` in this year or the coming 300 days, and `3 Dec 27`.
    """
    ahead = (day - today).days
    if ahead == 0:
        return "today"
    if 0 < ahead <= 6:
        return _WEEKDAYS[day.weekday()]
    if -30 <= ahead < 0:
        return f"{ahead}d"
    short = f"{day.day} {_MONTHS[day.month - 1]}"
    return short if day.year == today.year or 0 < ahead <= 300 else f"{short} {day.year % 100:02d}"


def format_lasting_day(day: date, today: date) -> str:
    """The day for a sentence that is kept, and read on other days: `Thu 3 Dec` for `Thu`, `today`
    and `-2d`, else `3 Dec` as there, or with its whole year."""
    ahead = (day - today).days
    whole = format_date(day)
    if -30 <= ahead <= 6:
        return whole.removesuffix(f" {today.year}")
    is_of_now = day.year == today.year or 0 < ahead <= 300
    return whole[4:-5] if is_of_now else whole[4:]


def parse_instant(text: str, *, zone: ZoneInfo | None = None) -> datetime:
    """The instant in UTC that an ISO 8601 text names; without an offset it is local to `zone`.

    Raises BadInput for anything else, for a missing offset when no `zone` is given, and outside
    the years 1900 to 2999.
    """
    try:
        at = datetime.fromisoformat(text.strip()[: 2 * _LONGEST])
    except ValueError:
        raise BadInput(
            f"{quoted(text)} is not a time.", hint="Write it like 2026-12-19T16:02:00Z."
        ) from None
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise BadInput(f"{quoted(text)} is outside the years {FIRST_YEAR} to {LAST_YEAR}.")
    if at.tzinfo is None and zone is None:
        raise BadInput(
            f"{quoted(text)} does not say in which time zone.",
            hint="Add Z for UTC or an offset, for example 2026-12-19T16:02:00+01:00.",
        )
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def kept_day(text: str | None) -> date | None:
    """A day as it is kept, `2026-12-19`; None for none."""
    return None if text is None else date.fromisoformat(text)


def local_date(at: datetime, zone: ZoneInfo) -> date:
    """The calendar day in `zone` at that instant."""
    return at.astimezone(zone).date()


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of the day in `zone`, in UTC, also where the clock skips midnight."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def days_between(earlier: datetime, later: datetime, zone: ZoneInfo) -> int:
    """Whole calendar days in `zone` from one instant to another; negative when they are swapped."""
    return (local_date(later, zone) - local_date(earlier, zone)).days


# Instants as the log keeps them: microseconds since 1970 UTC.

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FOREVER = 2**63 - 1
"""Later than any instant, in microseconds."""


def micros(at: datetime) -> int:
    """Microseconds since 1970 UTC, exact; the form in which the database keeps instants."""
    # Not kept of other zones, where two instants are called the same when clocks are put back.
    return _micros(at) if at.tzinfo is UTC else _micros.__wrapped__(at)


@lru_cache(maxsize=4_096)
def _micros(at: datetime) -> int:
    delta = at - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def later_than(last_us: int, clock: datetime) -> datetime:
    """What the clock shows, or just after microseconds since 1970 where it shows less."""
    return clock if micros(clock) >= last_us else instant(last_us) + timedelta(microseconds=1)


def instant(us: int) -> datetime:
    """The instant of a number of microseconds since 1970 UTC."""
    return _EPOCH + timedelta(microseconds=us)
