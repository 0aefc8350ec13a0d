from __future__ import annotations

from datetime import UTC, date, datetime, time, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.domain.dates import FIRST_YEAR, LAST_YEAR
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
        ("3/18/2017 1:59:07 PM", datetime(2017, 3, 18, 12, 59, 7, tzinfo=UTC)),
        (
            "2017-03-18 13:59:00.123456 +02:00",
            datetime(2017, 3, 18, 11, 59, 0, 123456, tzinfo=UTC),
        ),
        ("2017-03-18 13:59:00.5 +0200", datetime(2017, 3, 18, 11, 59, 0, 500_000, tzinfo=UTC)),
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


def test_an_offset_goes_before_the_place_behind_it() -> None:
    at = datetime(2017, 7, 18, 8, tzinfo=UTC)
    assert read("2017-07-18T10:00:00+02:00[America/New_York]").at == at
    assert read("2017-07-18T04:00:00 America/New_York").at == at


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
    with pytest.raises(AmbiguousDate, match="Mon 3 Apr 2017 or Sat 4 Mar 2017") as caught:
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
    ("text", "day"),
    [
        ("13/04/37", date(2037, 4, 13)),
        ("3.18.2017", date(2017, 3, 18)),
        ("13/04/38", date(1938, 4, 13)),
        ("18/03/2540", date(1997, 3, 18)),
        ("18/03/2599", date(2056, 3, 18)),
        ("18/03/2600", date(2600, 3, 18)),
        ("令和6年3月18日", date(2024, 3, 18)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("平成29年3月18日", date(2017, 3, 18)),
        ("昭和63年3月18日", date(1988, 3, 18)),
        ("民國106年3月18日", date(2017, 3, 18)),
        ("民国106年3月18日", date(2017, 3, 18)),
        ("R6.3.18", date(2024, 3, 18)),
        ("H29/3/18", date(2017, 3, 18)),
        ("S63.3.18", date(1988, 3, 18)),
        ("10000", date(1927, 5, 18)),
        ("79999", date(2119, 1, 10)),
        (f"18/03/{FIRST_YEAR}", date(FIRST_YEAR, 3, 18)),
        (f"18/03/{LAST_YEAR}", date(LAST_YEAR, 3, 18)),
        (f"18 Mar {FIRST_YEAR}", date(FIRST_YEAR, 3, 18)),
        ("18 Mar 17", date(2017, 3, 18)),
        ("18 Mar 37", date(2037, 3, 18)),
        ("18 Mar 38", date(1938, 3, 18)),
        ("Mar 18, 2540", date(1997, 3, 18)),
        ("18 Mar 2600", date(2600, 3, 18)),
    ],
)
def test_a_year_is_counted_as_it_is_written(text: str, day: date) -> None:
    assert read(text).day == day


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("2017年3月18日 上午 9:05", time(9, 5)), ("2017年3月18日 下午 3:05", time(15, 5)),
        ("2017年3月18日 午前 9:05", time(9, 5)), ("2017年3月18日 午後 3:05", time(15, 5)),
        ("2017년 3월 18일 오전 9:05", time(9, 5)), ("2017년 3월 18일 오후 3:05", time(15, 5)),
        ("2017년 3월 18일 오후 12:05", time(12, 5)), ("2017年3月18日 上午 12:05", time(0, 5)),
        ("3/18/2017 12:30 PM", time(12, 30)), ("3/18/2017 12:30 AM", time(0, 30)),
        ("3/18/2017 1:30 PM", time(13, 30)), ("45631.75", time(18)),
    ],
)  # fmt: skip
def test_a_half_of_the_day_is_read_in_each_language(text: str, clock: time) -> None:
    found = read(text)
    assert (found.at.astimezone(BERLIN).time(), found.has_time) == (clock, True)


def test_a_day_alone_has_no_time_in_whatever_zone_its_column_is() -> None:
    for text in ("2017-03-18", "42812", "18 Mar 2017", "2017年3月18日"):
        found = MomentReader(BERLIN, TODAY, None, lambda _: ()).column(0, "Created (UTC)")(text)
        midnight = datetime(2017, 3, 17, 23, tzinfo=UTC)
        assert found == Moment(midnight, date(2017, 3, 18), has_time=False), text


def read_all(*columns: tuple[str, ...]) -> tuple[list[list[date]], list[str]]:
    """The days of each column of a file, and what is told of them."""
    reader = MomentReader(BERLIN, TODAY, None, columns.__getitem__)
    readers = [reader.column(at) for at in range(len(columns))]
    days = [
        [read(cell).day for cell in cells] for read, cells in zip(readers, columns, strict=True)
    ]
    return days, [*reader.remarks([f"c{at}" for at in range(len(columns))])]


def test_each_column_is_read_in_its_own_order_and_two_orders_are_told() -> None:
    days, said = read_all(("03/04/2017", "13/04/2017"), ("03/04/2017", "04/13/2017"))
    assert [day.isoformat() for column in days for day in column] == [
        "2017-04-03", "2017-04-13", "2017-03-04", "2017-04-13",
    ]  # fmt: skip
    (told,) = said
    assert "day first in 'c0' (13/04/2017), with the month first in 'c1' (04/13/2017)" in told
    assert read_all(("13/04/2017",), ("14/04/2017",))[1] == []
    # A day that is the same either way proves no order.
    assert read_all(("05/05/2017",), ("04/13/2017",))[1] == []
    assert read_all(("05/05/2017",), ("13/04/2017",))[1] == []
    assert read_all(("13/04/2017",), ("05/05/2017",))[1] == []


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("03/04/2017", "Mon 3 Apr 2017 or Sat 4 Mar 2017"),
        ("10-06-10", "Thu 10 Jun 2010 or Wed 6 Oct 2010"),
        ("10-06-12", "Sun 10 Jun 2012 or Sat 6 Oct 2012 or Sat 12 Jun 2010"),
    ],
)
def test_a_date_of_two_readings_is_asked_for_with_each_day_once(text: str, days: str) -> None:
    with pytest.raises(AmbiguousDate) as caught:
        read(text)
    assert caught.value.message == f"'{text}' can be read two ways: {days}."


@pytest.mark.parametrize(
    ("column", "is_told"),
    [
        (("2017-12-12", "13/01/2017"), True),
        (("2017-12-12", "13/01/2017 "), True),
        (("2017-12-12", "01/13/2017"), True),
        (("2017-12-13", "13/01/2017"), False),
        (("2017-12-12", "03/04/2017", "13/01/2017"), False),
        (("2017-12-12", "2017-01-13", "13/01/2017"), False),
        (("2017-12-12",), False),
    ],
)
def test_days_that_a_spreadsheet_may_have_swapped_are_told(
    column: tuple[str, ...], is_told: bool
) -> None:
    said = [one for one in read_all(column)[1] if "may have swapped day and month" in one]
    assert bool(said) is is_told


@pytest.mark.parametrize(
    ("column", "first"),
    [
        (("17-01-25", "16-02-20", "20-03-31"), "2017-01-25"),
        (("09-01-25", "16-02-20", "20-03-31"), "2009-01-25"),
        (("05-03-17", "2017-03-04"), "2005-03-17"),
    ],
)
def test_the_first_of_three_short_numbers_is_the_year_where_the_column_shows_it(
    column: tuple[str, ...], first: str
) -> None:
    assert read(column[0], *column[1:]).day.isoformat() == first


@pytest.mark.parametrize(
    ("column", "has_year"),
    [
        (("17-01-16", "16-02-17", "17-03-15"), True),
        (("17-01-25", "16-02-20"), True),
        (("04-03-17", "2017-03-04"), False),
        (("21-01-25", "16-02-20", "17-03-31"), False),
        (("03-04-2017",), False),
        (("03/04/2017", "13.05.2017"), False),
    ],
)
def test_what_the_column_does_not_show_is_asked_with_each_reading(
    column: tuple[str, ...], has_year: bool
) -> None:
    if column[0].startswith("21"):
        assert read(column[0], *column[1:]).day == date(2025, 1, 21)
        return
    with pytest.raises(AmbiguousDate) as caught:
        read(column[0], *column[1:])
    assert ("--dates ymd (year first)" in caught.value.hint) is has_year


@pytest.mark.parametrize(
    "text",
    [
        "9999", "80000", "3/18/2017 0:30 PM", f"18/03/{FIRST_YEAR - 1}",
        f"18/03/{LAST_YEAR + 1}", f"18 Mar {FIRST_YEAR - 1}", f"{LAST_YEAR + 1}-03-18",
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
    "1/{}": (1, 31), "1. Quartal {}": (3, 31), "Dez {}": (12, 31),
    "2/{}": (2, 28), "{}/11": (11, 30), "{}年3月": (3, 31), "März {}": (3, 31), "KW 1/{}": (1, 4),
    "{}-W01": (1, 4),
}  # fmt: skip
"""The last day of each; the first week is that of the fourth of January, and ends on a Sunday."""


@pytest.mark.parametrize("form", PERIODS)
def test_a_period_ends_with_its_last_day_within_the_years_that_plans_are_of(form: str) -> None:
    month, day = PERIODS[form]
    for year in (FIRST_YEAR, FIRST_YEAR + 1, 2027, 2037):
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


@pytest.mark.parametrize(
    ("text", "others", "month"),
    [
        ("3. listopad 2016.", (), 11),
        ("3. listopad 2016.", ("3. lipanj 2016.",), 10),
        ("3. listopad 2016.", ("3. studeni 2016.", "4. ožujak 2016."), 10),
        ("3. listopad 2016.", ("3. grudzień 2016.",), 11),
        ("3. kolovoz 2016.", (), 8),
        ("3. siječnja 2016.", (), 1),
    ],
)
def test_a_month_of_two_languages_is_that_of_the_column(
    text: str, others: tuple[str, ...], month: int
) -> None:
    """`listopad` is November in Poland and October in Croatia."""
    assert read(text, *others).day == date(2016, month, 3)


@pytest.mark.parametrize(("text", "hour"), [("20170318T135900Z", 13), ("20170318T135900", 12)])
def test_an_instant_without_marks_is_utc_where_it_says_so(text: str, hour: int) -> None:
    assert read(text) == Moment(
        datetime(2017, 3, 18, hour, 59, tzinfo=UTC), date(2017, 3, 18), has_time=True
    )


@pytest.mark.parametrize(
    ("text", "has_time"),
    [
        ("1489845540", True), ("1489845540000", True), ("1489845540.5", True), ("20170318", False),
        ("2017-W11-6", False), ("45631", False), ("45631.5", True), ("2017年3月18日", False),
        ("2017年3月18日 13:59", True), ("18 Mar 2017", False), ("Mar 18, 2017 1:59 PM", True),
        ("18.3.2017", False), ("18.3.2017 13:59", True), ("2017-03-18", False),
        ("2017-03-18 00:00", True), ("20170318T135900", True),
    ],
)  # fmt: skip
def test_a_time_of_day_is_known_where_one_is_written(text: str, has_time: bool) -> None:
    assert read(text).has_time is has_time
