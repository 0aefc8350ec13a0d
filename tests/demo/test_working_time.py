"""Working time: instants within working hours, in order, never after now."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from pipeboard.demo.diary import WorkingTime, workday

BERLIN = ZoneInfo("Europe/Berlin")
SECONDS_OF_2024_TO_2028 = st.integers(1_704_067_200, 1_830_297_600)
MOMENTS = SECONDS_OF_2024_TO_2028.map(lambda second: datetime.fromtimestamp(second, UTC))
MINUTES = st.floats(0, 300_000)


@given(MOMENTS, MINUTES)
def test_an_instant_lies_in_working_hours_and_not_after_now(now: datetime, ago: float) -> None:
    at = WorkingTime(now, BERLIN).instant(ago)
    local = at.astimezone(BERLIN)
    assert at <= now
    assert local.weekday() < 5
    assert time(8, 30) <= local.time() <= time(17, 30)


@given(MOMENTS, MINUTES, MINUTES)
def test_more_minutes_ago_is_never_later(now: datetime, one: float, other: float) -> None:
    clock = WorkingTime(now, BERLIN)
    assert clock.instant(max(one, other)) <= clock.instant(min(one, other))


def test_a_working_day_of_540_minutes_leads_to_the_day_before() -> None:
    clock = WorkingTime(datetime(2026, 3, 18, 9, 0, tzinfo=UTC), BERLIN)
    assert clock.instant(0) == datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
    assert clock.instant(540) == datetime(2026, 3, 17, 9, 0, tzinfo=UTC)
    assert clock.instant(3 * 540) == datetime(2026, 3, 13, 9, 0, tzinfo=UTC)


def test_on_a_sunday_the_last_moment_is_friday_evening() -> None:
    clock = WorkingTime(datetime(2026, 11, 22, 11, 0, tzinfo=UTC), BERLIN)
    assert clock.instant(0) == datetime(2026, 11, 20, 16, 30, tzinfo=UTC)


def test_working_days_are_counted_over_weekends() -> None:
    friday, saturday = date(2026, 11, 20), date(2026, 11, 21)
    assert workday(friday, 1) == date(2026, 11, 23)
    assert workday(friday, -5) == date(2026, 11, 13)
    assert workday(saturday, 0) == date(2026, 11, 23)
    assert workday(saturday, -1) == friday


@given(st.dates(), st.integers(-500, 500))
def test_a_working_day_is_never_on_a_weekend(day: date, count: int) -> None:
    assert workday(max(min(day, date(9000, 1, 1)), date(10, 1, 1)), count).weekday() < 5
