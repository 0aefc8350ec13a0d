"""Periods are half-open ranges of the workspace's days, with one canonical name each."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.domain.dates import Direction
from pipeboard.domain.errors import BadInput
from pipeboard.domain.periods import Period, parse_period

TODAY = date(2026, 11, 25)  # a Wednesday of week 48
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "label", "start", "end"),
    [
        ("2026", "2026", date(2026, 1, 1), date(2027, 1, 1)),
        ("2026Q4", "2026Q4", date(2026, 10, 1), date(2027, 1, 1)),
        ("2026-q4", "2026Q4", date(2026, 10, 1), date(2027, 1, 1)),
        ("2026-11", "2026-11", date(2026, 11, 1), date(2026, 12, 1)),
        ("2026-W47", "2026-W47", date(2026, 11, 16), date(2026, 11, 23)),
        ("2026-W1", "2026-W01", date(2025, 12, 29), date(2026, 1, 5)),
        ("2026-W53", "2026-W53", date(2026, 12, 28), date(2027, 1, 4)),
        ("last90d", "last90d", date(2026, 8, 28), date(2026, 11, 26)),
        ("last1d", "last1d", TODAY, date(2026, 11, 26)),
        ("this-year", "2026", date(2026, 1, 1), date(2027, 1, 1)),
        ("this-quarter", "2026Q4", date(2026, 10, 1), date(2027, 1, 1)),
        ("last-quarter", "2026Q3", date(2026, 7, 1), date(2026, 10, 1)),
        ("next quarter", "2027Q1", date(2027, 1, 1), date(2027, 4, 1)),
        ("this-month", "2026-11", date(2026, 11, 1), date(2026, 12, 1)),
        ("last-month", "2026-10", date(2026, 10, 1), date(2026, 11, 1)),
        ("This-Week", "2026-W48", date(2026, 11, 23), date(2026, 11, 30)),
        ("last-week", "2026-W47", date(2026, 11, 16), date(2026, 11, 23)),
        (
            "2026-01-01..2026-04-01",
            "2026-01-01..2026-04-01",
            date(2026, 1, 1),
            date(2026, 4, 1),
        ),
        ("today..1 Dec", "2026-11-25..2026-12-01", TODAY, date(2026, 12, 1)),
        ("all", "all", date(1900, 1, 1), date(3000, 1, 1)),
    ],
)
def test_a_period_is_read_with_its_canonical_label(
    text: str, label: str, start: date, end: date
) -> None:
    period = parse_period(text, TODAY)
    assert (period.label, period.start, period.end) == (label, start, end)


@pytest.mark.parametrize(
    ("text", "today", "direction", "shift", "label"),
    [
        ("q4", date(2026, 11, 25), Direction.BACK, 0, "2026Q4"),
        ("Q1", date(2026, 11, 25), Direction.BACK, 0, "2026Q1"),
        ("q4", date(2027, 2, 1), Direction.BACK, 0, "2026Q4"),
        ("q1", date(2026, 11, 25), Direction.AHEAD, 0, "2027Q1"),
        ("q4", date(2026, 11, 25), Direction.AHEAD, 0, "2026Q4"),
        ("q3", date(2026, 11, 25), Direction.NEAREST, 0, "2026Q3"),
        ("q2", date(2026, 11, 25), Direction.NEAREST, 0, "2027Q2"),
        ("q4", date(2027, 2, 1), Direction.BACK, 3, "2026Q4"),  # January to March
        ("q1 2025", date(2027, 2, 1), Direction.AHEAD, 0, "2025Q1"),
    ],
)
def test_a_quarter_without_its_year_lies_where_what_is_asked_of_it_does(
    text: str, today: date, direction: Direction, shift: int, label: str
) -> None:
    found = parse_period(text, today, fiscal_shift=shift, direction=direction)
    assert found.label == label


def test_march_in_berlin_holds_743_hours() -> None:
    start, end = parse_period("2026-03", TODAY).instants(BERLIN)
    assert start == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert end == datetime(2026, 3, 31, 22, tzinfo=UTC)
    assert end - start == timedelta(hours=743)


def test_a_win_half_an_hour_after_midnight_in_berlin_is_in_april() -> None:
    won = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)
    start, end = parse_period("2026-04", TODAY).instants(BERLIN)
    assert start <= won < end


def test_the_period_before_a_number_of_days_is_as_long() -> None:
    before = parse_period("last90d", TODAY).previous()
    assert before == Period("2026-05-30..2026-08-28", date(2026, 5, 30), date(2026, 8, 28))


def test_weeks_may_start_on_sunday_and_keep_the_number_of_their_thursday() -> None:
    week = parse_period("2026-W47", TODAY, week_start=6)
    assert (week.start, week.end) == (date(2026, 11, 15), date(2026, 11, 22))
    sunday = parse_period("this-week", date(2026, 11, 22), week_start=6)
    assert (sunday.label, sunday.start) == ("2026-W48", date(2026, 11, 22))


def test_a_fiscal_year_may_start_in_april() -> None:
    assert parse_period("this-quarter", TODAY, fiscal_shift=3).label == "2026Q3"
    assert parse_period("this-year", date(2026, 3, 31), fiscal_shift=3).label == "2025"
    year = parse_period("2026", TODAY, fiscal_shift=3)
    assert (year.start, year.end) == (date(2026, 4, 1), date(2027, 4, 1))


def test_a_fiscal_year_may_start_in_october_of_the_year_before() -> None:
    quarter = parse_period("2026Q1", TODAY, fiscal_shift=-3)
    assert (quarter.start, quarter.end) == (date(2025, 10, 1), date(2026, 1, 1))
    assert parse_period("this-quarter", TODAY, fiscal_shift=-3).label == "2027Q1"


@pytest.mark.parametrize(
    "text",
    [
        "", "soon", "2026Q5", "2026-13", "2026-1", "2026-W54", "2025-W53", "last0d", "last9999999d",
        "last-q",
    ],
)  # fmt: skip
def test_what_is_no_period_is_refused_with_examples(text: str) -> None:
    with pytest.raises(BadInput, match="is not a period") as refusal:
        parse_period(text, TODAY)
    assert "this-quarter" in refusal.value.hint


@pytest.mark.parametrize(
    ("text", "today"),
    [("1899", TODAY), ("3000", TODAY), ("last99999d", TODAY), ("next-year", date(2999, 6, 1))],
)
def test_a_period_beyond_the_calendar_is_said_to_be_outside_of_it(text: str, today: date) -> None:
    with pytest.raises(BadInput, match="outside the years 1900 to 2999") as refusal:
        parse_period(text, today)
    assert "Did you mean" not in refusal.value.hint


@pytest.mark.parametrize("text", ["2026-04-01..2026-01-01", "today..today"])
def test_a_range_that_ends_before_it_starts_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="ends before it starts"):
        parse_period(text, TODAY)


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("2026-04-01..", "after"),
        ("today.. ", "after"),
        ("..2026-04-01", "before"),
        ("..", "before"),
    ],
)
def test_a_range_without_one_of_its_days_says_which(text: str, lacking: str) -> None:
    with pytest.raises(BadInput, match=f"no day {lacking} the two dots"):
        parse_period(text, TODAY)


def test_a_range_names_the_end_that_is_no_date() -> None:
    with pytest.raises(BadInput, match="'soon' is not a date"):
        parse_period("today..soon", TODAY)


@pytest.mark.parametrize(
    ("start", "end"),
    [(date(2000, 1, 1), date(2900, 1, 1)), (date(1, 1, 1), date(9999, 1, 1))],
)
def test_a_span_that_leads_out_of_the_calendar_has_none_beside_it(start: date, end: date) -> None:
    span = Period("span", start, end)
    for step, where in ((span.previous, "before"), (span.next, "after")):
        with pytest.raises(BadInput, match=f"There is no period {where} 'span'"):
            step()


@pytest.mark.parametrize("text", ["all", "1900", "1900Q1", "1900-01-01..2800-01-01"])
def test_nothing_lies_before_the_beginning(text: str) -> None:
    with pytest.raises(BadInput, match="There is no period before"):
        parse_period(text, TODAY).previous()


def test_nothing_lies_after_the_end() -> None:
    with pytest.raises(BadInput, match="There is no period after '2999'"):
        parse_period("2999", TODAY).next()


@pytest.mark.parametrize(
    ("text", "first"), [("2998", "2999"), ("2999Q3", "2999Q4"), ("2999-11", "2999-12")]
)
def test_the_last_period_of_the_calendar_can_be_reached_and_so_can_the_first(
    text: str, first: str
) -> None:
    assert parse_period(text, TODAY).next().label == first
    early = text.replace("2998", "1901").replace("2999", "1900")
    before = {"1901": "1900", "1900Q3": "1900Q2", "1900-11": "1900-10"}[early]
    assert parse_period(early, TODAY).previous().label == before
    assert parse_period("1900Q2", TODAY).previous().label == "1900Q1"


@given(
    st.sampled_from(["year", "quarter", "month", "week"]),
    st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    st.integers(0, 6),
    st.integers(-11, 11),
)
def test_periods_follow_each_other_without_a_gap_and_read_back(
    unit: str, today: date, week_start: int, fiscal_shift: int
) -> None:
    def read(text: str) -> Period:
        return parse_period(text, today, week_start=week_start, fiscal_shift=fiscal_shift)

    period = read(f"this-{unit}")
    assert period.start <= today < period.end
    assert read(period.label) == period
    assert period.previous().end == period.start
    assert period.next().start == period.end
    assert period.next().previous() == period
    assert read(f"last-{unit}") == period.previous() == read(period.previous().label)
    assert read(f"next-{unit}") == period.next()
