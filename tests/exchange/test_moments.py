from __future__ import annotations

from datetime import UTC, date, datetime, time, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.domain.dates import FIRST_YEAR
from pipeboard.domain.errors import BadInput
from pipeboard.exchange.clock_zones import _ZONES, offset_of
from pipeboard.exchange.due_periods import last_day_of
from pipeboard.exchange.moments import AmbiguousDate, Moment, MomentReader, Order
from tests.exchange.files import BERLIN

TODAY = date(2017, 12, 31)


def read(text: str, *column: str, order: Order | None = None) -> Moment:
    return MomentReader(BERLIN, TODAY, order, lambda _: (text, *column)).column(0)(text)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2017-03-18", datetime(2017, 3, 17, 23, tzinfo=UTC)),
        ("2017-07-18", datetime(2017, 7, 17, 22, tzinfo=UTC)),
        ("2017-03-18 13:59", datetime(2017, 3, 18, 12, 59, tzinfo=UTC)),
        ("2017-03-18 13:59:07", datetime(2017, 3, 18, 12, 59, 7, tzinfo=UTC)),
        (
            "2017-03-18 13:59:00.123456+00:00",
            datetime(2017, 3, 18, 13, 59, 0, 123456, tzinfo=UTC),
        ),
        ("2017-03-18T13:59:00Z", datetime(2017, 3, 18, 13, 59, tzinfo=UTC)),
        ("2017-03-18 13:59:00 UTC", datetime(2017, 3, 18, 13, 59, tzinfo=UTC)),
        ("2017-03-18 13:59:00 +0200", datetime(2017, 3, 18, 11, 59, tzinfo=UTC)),
        ("20170318", datetime(2017, 3, 17, 23, tzinfo=UTC)),
        ("45631", datetime(2024, 12, 4, 23, tzinfo=UTC)),
        ("45631.5", datetime(2024, 12, 5, 11, tzinfo=UTC)),
        ("1489845540000", datetime(2017, 3, 18, 13, 59, tzinfo=UTC)),
        ("1489845540", datetime(2017, 3, 18, 13, 59, tzinfo=UTC)),
        ("3.4.2017", datetime(2017, 4, 2, 22, tzinfo=UTC)),
        ("03.04.17 8:30", datetime(2017, 4, 3, 6, 30, tzinfo=UTC)),
        ("2017/03/18", datetime(2017, 3, 17, 23, tzinfo=UTC)),
        ("18/03/2017", datetime(2017, 3, 17, 23, tzinfo=UTC)),
        ("3/18/2017, 1:59 PM", datetime(2017, 3, 18, 12, 59, tzinfo=UTC)),
        ("3/18/2017 12:05 a.m.", datetime(2017, 3, 17, 23, 5, tzinfo=UTC)),
        ("5/5/2017", datetime(2017, 5, 4, 22, tzinfo=UTC)),
        ("18 Mar 2017", datetime(2017, 3, 17, 23, tzinfo=UTC)),
        ("Mar 18, 2017 1:59 PM", datetime(2017, 3, 18, 12, 59, tzinfo=UTC)),
        ("18-Mar-17", datetime(2017, 3, 17, 23, tzinfo=UTC)),
        ("18Mar2017", datetime(2017, 3, 17, 23, tzinfo=UTC)),
        ("18.Mar.2017", datetime(2017, 3, 17, 23, tzinfo=UTC)),
        ("2017-Mar-18", datetime(2017, 3, 17, 23, tzinfo=UTC)),
        ("March 18th, 2017 at 1:59pm", datetime(2017, 3, 18, 12, 59, tzinfo=UTC)),
        ("1:59 PM 18 Mar 2017", datetime(2017, 3, 18, 12, 59, tzinfo=UTC)),
        ("Sat Mar 18 13:59:00 UTC 2017", datetime(2017, 3, 18, 13, 59, tzinfo=UTC)),
        ("Sat Mar 18 13:59:00 +0200 2017", datetime(2017, 3, 18, 11, 59, tzinfo=UTC)),
        ("Sat, 18 Mar 2017 13:59:00 +0100", datetime(2017, 3, 18, 12, 59, tzinfo=UTC)),
    ],
)
def test_dates_are_read_as_tools_write_them(text: str, at: datetime) -> None:
    assert read(text).at == at


@pytest.mark.parametrize(
    "text",
    [
        "2017-07-18T10:00:00+02:00 CEST",
        "2017-07-18 10:00:00 +0200 CEST",
        "2017-07-18T08:00:00+00:00Z",
        "2017-07-18T10:00:00+02:00+02:00",
        "2017-07-18 08:00:00.123456789 +0000 UTC m=+0.000012",
        "2017-07-18T08:00Z[UTC]",
        "2017-07-18T10:00+02:00[Europe/Berlin]",
        "2017-07-18 10:00 (UTC+2)",
        "2017-07-18 10:00 (CEST)",
        "2017-07-18 04:00:00 (America/New_York)",
        "Tue Jul 18 2017 10:00:00 GMT+0200 (CEST)",
        "Tue Jul 18 2017 10:00:00 GMT+0200 (Mitteleuropäische Sommerzeit)",
        "Tue, 18 Jul 2017 10:00:00 +0200 (CEST)",
        "July 18, 2017 10:00 AM GMT+0200 (Central European Summer Time)",
        "18.07.2017 10:00 MESZ (UTC+2)",
        "18/07/2017 13:30 +0530 IST",
    ],
)
def test_a_zone_that_stands_there_twice_is_one(text: str) -> None:
    reader = MomentReader(BERLIN, TODAY, None, lambda _: (text,))
    at = reader.column(0)(text).at
    assert at.replace(microsecond=0) == datetime(2017, 7, 18, 8, tzinfo=UTC)
    assert list(reader.remarks(["Created"])) == []


@pytest.mark.parametrize(
    "text",
    [
        "2017-07-18T10:00:00+02:00 UTC",
        "2017-07-18 10:00 +02:00 EST",
        "2017-07-18 10:00 EST (UTC+2)",
    ],
)
def test_of_two_zones_that_differ_the_hours_from_utc_count_and_it_is_told(text: str) -> None:
    reader = MomentReader(BERLIN, TODAY, None, lambda _: (text,))
    assert reader.column(0)(text).at == datetime(2017, 7, 18, 8, tzinfo=UTC)
    (said,) = reader.remarks(["Created"])
    assert text in said
    assert "'Created' name two zones" in said


PLACES = {
    "Etc/UTC": "z utc gmt", "America/New_York": "est edt", "America/Chicago": "cdt",
    "America/Denver": "mst mdt", "America/Los_Angeles": "pst pdt", "Europe/Berlin": "cet cest",
    "Europe/Vienna": "mez mesz", "Europe/Helsinki": "eet eest", "Europe/Moscow": "msk",
    "Asia/Tokyo": "jst", "Australia/Sydney": "aest aedt", "Europe/Lisbon": "wet west",
}  # fmt: skip
"""Where clocks are set by each name of a zone: the last of two is that of summer."""


def test_a_name_of_a_zone_means_what_clocks_of_that_place_show() -> None:
    assert {name for names in PLACES.values() for name in names.split()} == _ZONES.keys()
    for place, names in PLACES.items():
        two = {datetime(2026, month, 1, tzinfo=ZoneInfo(place)).utcoffset() for month in (1, 7)}
        known = sorted(offset for offset in two if offset is not None)
        for name in names.split():
            is_summer = name.endswith("dt") or name in ("cest", "mesz", "eest", "west")
            assert offset_of(name) == timezone(known[-1] if is_summer else known[0]), name


def test_the_order_of_a_column_is_shown_by_dates_with_two_zones_too() -> None:
    column = ("03/04/2017 10:00 GMT+0200 (CEST)", "18/04/2017 10:00 GMT+0200 (CEST)")
    assert read(column[0], *column).day == date(2017, 4, 3)


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("Created (UTC)", datetime(2017, 7, 18, 23, 30, tzinfo=UTC)),
        ("created_at_utc", datetime(2017, 7, 18, 23, 30, tzinfo=UTC)),
        ("Created Date [GMT+1]", datetime(2017, 7, 18, 22, 30, tzinfo=UTC)),
        ("Created (America/New_York)", datetime(2017, 7, 19, 3, 30, tzinfo=UTC)),
        ("Created (EST)", datetime(2017, 7, 19, 4, 30, tzinfo=UTC)),
        ("Close date (est.)", datetime(2017, 7, 18, 21, 30, tzinfo=UTC)),
        ("Close date (est)", datetime(2017, 7, 18, 21, 30, tzinfo=UTC)),
        ("Created (Mars/Base)", datetime(2017, 7, 18, 21, 30, tzinfo=UTC)),
    ],
)
def test_the_name_of_a_column_tells_the_zone_of_its_times(name: str, at: datetime) -> None:
    reader = MomentReader(BERLIN, TODAY, None, lambda _: ())
    read_cell = reader.column(0, name)
    assert read_cell("2017-07-18 23:30").at == at
    assert read_cell("2017-07-18").day == date(2017, 7, 18)
    assert read_cell("2017-07-18 23:30 +03:00").at == datetime(2017, 7, 18, 20, 30, tzinfo=UTC)


def test_a_workbook_may_count_its_days_from_1904() -> None:
    reader = MomentReader(BERLIN, TODAY, None, lambda _: (), from_1904=True)
    assert reader.column(0)("41350").day == date(2017, 3, 18)


def test_a_date_keeps_its_day_and_says_that_it_has_no_time() -> None:
    assert read("2017-03-18") == Moment(
        datetime(2017, 3, 17, 23, tzinfo=UTC), date(2017, 3, 18), has_time=False
    )
    assert read("2017-03-17T23:30Z").day == date(2017, 3, 18)


@pytest.mark.parametrize("text", ["03/04/2017", "03-04-2017", "3/4/17 10:00"])
def test_a_date_that_can_be_read_two_ways_is_refused_with_both(text: str) -> None:
    with pytest.raises(AmbiguousDate, match="3 April 2017 or 4 March 2017") as caught:
        read(text)
    assert "--dates dmy" in caught.value.hint


def test_one_date_of_the_column_settles_the_others() -> None:
    assert read("03/04/2017", "", "13/04/2017").day == date(2017, 4, 3)
    assert read("03/04/2017", "04/13/2017 10:00").day == date(2017, 3, 4)
    assert read("03-04-17", "27-12-17").day == date(2017, 4, 3)


def test_a_column_written_both_ways_settles_nothing() -> None:
    with pytest.raises(AmbiguousDate):
        read("03/04/2017", "13/04/2017", "04/13/2017")


def test_another_date_column_of_the_file_settles_one_that_shows_nothing() -> None:
    columns = [("03/04/2017",), ("13/04/2017",)]
    moments = MomentReader(BERLIN, TODAY, None, columns.__getitem__)
    first = moments.column(0)
    moments.column(1)
    assert first("03/04/2017").day == date(2017, 4, 3)


def test_the_order_can_be_said() -> None:
    assert read("03/04/2017", order="mdy").day == date(2017, 3, 4)
    assert read("03/04/2017", order="dmy").day == date(2017, 4, 3)
    assert read("03/04/05", order="ymd").day == date(2003, 4, 5)
    with pytest.raises(BadInput, match="order mdy"):
        read("13/04/2017", order="mdy")


def test_a_year_of_two_digits_is_not_far_ahead() -> None:
    assert read("13/04/25").day == date(2025, 4, 13)
    assert read("13/04/99").day == date(1999, 4, 13)


@pytest.mark.parametrize(
    "text",
    [
        "soon", "31/02/2017", "2017-02-30", "2017-13-01", "0000-00-00", "12", "March 2017", "May",
        "10:30", "99999", "2017-03-18 25:00", "3/18/2017 13:00 PM", "1/2", "٢٠١٧-٠٣-١٨",
        "18 Mar 2017 13:59 XYZ",
    ],
)  # fmt: skip
def test_what_is_no_whole_date_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is not a date"):
        read(text)


PERIODS = {
    "Q4 {}": (12, 31), "2Q{}": (6, 30), "3. Quartal {}": (9, 30), "{}-Q1": (3, 31),
    "{}年第3四半期": (9, 30), "H1 {}": (6, 30), "2H{}": (12, 31), "{}-H2": (12, 31),
    "2/{}": (2, 28), "{}/11": (11, 30), "{}年3月": (3, 31), "März {}": (3, 31), "KW 1/{}": (1, 4),
    "{}-W01": (1, 4),
}  # fmt: skip
"""The last day of each; the first week is that of the fourth of January, and ends on a Sunday."""


@pytest.mark.parametrize("form", PERIODS)
def test_a_period_ends_with_its_last_day_within_the_years_that_plans_are_of(form: str) -> None:
    month, day = PERIODS[form]
    for year in (FIRST_YEAR + 1, 2027, 2037):
        last = last_day_of(form.format(year), 2037)
        last_weekday = 6 - date(year, month, day).weekday() if day == 4 else 0
        assert last == date(year, month, day + last_weekday)
    for year in (FIRST_YEAR - 1, 2038, 2099):
        assert last_day_of(form.format(year), 2037) is None


def test_a_year_is_a_period_too_and_what_is_none_stays_text() -> None:
    assert [last_day_of(text, 2037) for text in ("2037", "Q3 27", "Q3 38", "2038")] == [
        date(2037, 12, 31), date(2027, 9, 30), date(1938, 9, 30), None,
    ]  # fmt: skip
    for text in ("FY27", "Q5 2027", "H3 2027", "13/2027", "Umber 2027", "2027-W53", "soon", ""):
        assert last_day_of(text, 2037) is None


@given(st.dates(date(1901, 1, 1), date(2998, 12, 31)), st.times())
def test_local_times_read_back(day: date, clock: time) -> None:
    moment = read(f"{day} {clock}")
    assert moment.day == day
    back = moment.at.astimezone(BERLIN)
    # An hour that the clock skips in spring comes back an hour later.
    assert back.timetz().replace(tzinfo=None) in {clock, clock.replace(hour=(clock.hour + 1) % 24)}


@given(st.text(max_size=30) | st.from_regex(r"[0-9]{1,4}[-/. ][0-9A-Za-z]{1,3}[-/. ][0-9]{1,4}.*"))
def test_no_text_does_anything_but_read_or_refuse(text: str) -> None:
    try:
        moment = read(text)
    except BadInput:
        return
    assert moment.at.tzinfo is UTC
