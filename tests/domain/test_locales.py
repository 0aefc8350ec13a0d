"""Days and amounts as other languages write them: readable back, never wider, and when asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.domain.cadence import split_leading_date
from pipeboard.domain.counts import how_many, in_english, in_figures
from pipeboard.domain.dates import (
    Direction,
    format_date,
    format_day,
    parse_date,
)
from pipeboard.domain.deciding.rules import deal_names
from pipeboard.domain.errors import BadInput
from pipeboard.domain.locale_table import LOCALE_ROWS
from pipeboard.domain.locales import ENGLISH, manner_of, only_read_as, write_as, written
from pipeboard.domain.money import Money, format_money, parse_money
from pipeboard.domain.text import few
from pipeboard.ui.terminal.width import cell_width
from tests.cldr import row
from tests.domain.deciding_cases import new

TODAY = date(2026, 11, 23)
DAYS = st.dates(date(1900, 1, 1), date(2999, 12, 31))


@pytest.fixture
def english_again() -> Iterator[None]:
    yield
    write_as(None)


@given(DAYS)
def test_without_a_locale_all_is_as_scripts_have_it(day: date) -> None:
    assert ENGLISH.date(day) == format_date(day)
    assert ENGLISH.day(day, TODAY) == format_day(day, TODAY)
    assert ENGLISH.calendar_day(day, day) in format_date(day)


@pytest.mark.parametrize(
    ("locale", "day", "near", "amount"),
    [
        ("de_DE", "Sa., 19. Dez. 2026", "19. Dez.", "1.234.567,50 €"),
        ("de_CH", "Sa., 19. Dez. 2026", "19. Dez.", "EUR 1'234'567.50"),
        ("en_GB", "Sat, 19 Dec 2026", "19 Dec", "€1,234,567.50"),
        ("en_IN", "Sat, 19 Dec 2026", "19 Dec", "€12,34,567.50"),
        ("en_US", "Sat, Dec 19, 2026", "Dec 19", "€1,234,567.50"),
        ("es_ES", "sáb, 19 dic 2026", "19 dic", "1.234.567,50 €"),
        ("fr_FR", "sam. 19 déc. 2026", "19 déc.", "1 234 567,50 €"),
        ("ja_JP", "2026年12月19日(土)", "12月19日", "€1,234,567.50"),
        ("pl_PL", "sob., 19 gru 2026", "19 gru", "1 234 567,50 €"),
        ("sv_SE", "lör 19 dec. 2026", "19 dec.", "1 234 567,50 €"),
    ],
)
def test_a_day_and_an_amount_are_written_as_there(
    locale: str, day: str, near: str, amount: str
) -> None:
    manner = manner_of(locale)
    assert manner.date(date(2026, 12, 19)) == day
    assert manner.day(date(2026, 12, 19), TODAY) == near
    assert manner.money(Money(123_456_750, "EUR")).replace("€ ", "EUR ") in (amount, f"€{amount}")


@pytest.mark.parametrize(
    ("ahead", "near"), [(-30, "-30d"), (-31, "23. Okt."), (6, "So."), (7, "30. Nov."),
                        (300, "19. Sept."), (301, "20.09.27")],
)  # fmt: skip
def test_a_day_is_written_near_as_long_as_it_is_near(ahead: int, near: str) -> None:
    assert manner_of("de_DE").day(TODAY + timedelta(days=ahead), TODAY) == near


@pytest.mark.parametrize("locale", LOCALE_ROWS)
@pytest.mark.parametrize("year", [1998, 2000, 2009, 2026, 2099, 2107])
def test_a_far_year_is_written_in_two_figures_or_whole(locale: str, year: int) -> None:
    day = manner_of(locale).day(date(year, 12, 19), date(year - 3, 6, 1))
    numbers = re.findall(r"\d+", day)
    assert f"{year % 100:02}" in numbers or str(year) in numbers
    assert (len(numbers) <= 3 and "19" in numbers) or "12" in numbers


@pytest.mark.parametrize("locale", LOCALE_ROWS)
@pytest.mark.parametrize("month", range(1, 13))
def test_a_day_is_written_with_its_own_month_and_weekday(locale: str, month: int) -> None:
    manner, day = manner_of(locale), date(2026, month, 17)
    written_out = manner.date(day)
    names = manner.months.split()
    assert names[month - 1] in written_out or month in map(int, re.findall(r"\d+", written_out))
    assert manner.weekdays.split()[day.weekday()] in written_out
    assert "17" in written_out and "2026" in written_out


def test_nine_cells_are_room_for_nine_letters() -> None:
    assert manner_of("pt_BR").day(date(2026, 12, 3), TODAY) == "3 de dez."


@pytest.mark.parametrize("locale", ["en_GB", "de_DE", "ja_JP"])
def test_a_day_of_this_year_is_written_without_it_whether_it_is_past_or_to_come(
    locale: str,
) -> None:
    manner = manner_of(locale)
    for day in (date(2026, 1, 2), date(2026, 12, 30)):
        assert "26" not in manner.calendar_day(day, TODAY)
    for day in (date(2025, 12, 30), date(2027, 1, 2)):
        assert str(day.year) in manner.calendar_day(day, TODAY)


def test_a_number_is_written_with_the_marks_of_a_place() -> None:
    assert manner_of("de_DE").number("1,234.5k") == "1.234,5k"
    assert manner_of("sv_SE").number("12.4k") == "12,4k"
    assert ENGLISH.number("1,234.5k") == "1,234.5k"


@pytest.mark.parametrize(("count", "said"), [(0, "0 rows"), (1, "1 row"), (2_473, "2,473 rows")])
def test_one_is_one_and_all_else_are_several(count: int, said: str) -> None:
    assert how_many(count, "row") == said
    assert how_many(count, "is", "are") == said.replace("rows", "are").replace("row", "is")


def test_in_english_a_day_near_or_far_is_what_format_day_says() -> None:
    for ahead in range(-800, 800):
        day = TODAY + timedelta(days=ahead)
        assert ENGLISH.day(day, TODAY) == format_day(day, TODAY)


@pytest.mark.parametrize("locale", LOCALE_ROWS)
def test_a_day_is_never_wider_than_its_cells_and_of_the_same_kind(locale: str) -> None:
    manner = manner_of(locale)
    for ahead in range(-800, 800):
        day = TODAY + timedelta(days=ahead)
        assert cell_width(manner.day(day, TODAY)) <= 9
        assert 0 < ahead <= 6 or manner.day(day, TODAY) not in manner.weekdays.split()
        assert ahead < -30 or ahead > 0 or manner.day(day, TODAY) == format_day(day, TODAY)
    week = [manner.day(TODAY + timedelta(days=ahead), TODAY) for ahead in range(1, 7)]
    assert len(set(week)) == 6
    if not manner.is_english:
        assert set(week) <= set(manner.weekdays.split())


@pytest.mark.parametrize("locale", LOCALE_ROWS)
@given(minor=st.integers(0, 10**12), currency=st.sampled_from(["EUR", "USD", "JPY", "PLN", "SEK"]))
def test_an_amount_that_is_shown_can_be_typed(locale: str, minor: int, currency: str) -> None:
    money = Money(minor, currency)
    shown = manner_of(locale).money(money)
    assert parse_money(shown, currency) == money
    assert "\xa0" not in shown and "\u202f" not in shown


@pytest.mark.parametrize("locale", LOCALE_ROWS)
def test_two_currencies_never_look_the_same(locale: str) -> None:
    manner = manner_of(locale)
    codes = ("EUR", "USD", "MXN", "CAD", "SEK", "NOK", "DKK", "CHF", "JPY", "CNY", "PLN", "BRL")
    assert len({manner.money(Money(100_000, code)) for code in codes}) == len(codes)


@pytest.mark.parametrize("locale", LOCALE_ROWS)
def test_a_short_amount_keeps_its_width_and_a_code_its_form(locale: str) -> None:
    manner, money = manner_of(locale), Money(1_234_560, "EUR")
    assert len(manner.money(money, style="short")) == len(format_money(money, style="short"))
    assert manner.money(money, style="code") == "12345.60 EUR"
    assert manner.money(Money(-500, "EUR")).startswith("-")


@pytest.mark.parametrize(
    ("typed", "decimal"),
    [
        ("de_DE", ","),
        ("de-DE", ","),
        ("de_DE.UTF-8", ","),
        ("de_DE@euro", ","),
        ("de", ","),
        ("DE_ch", "."),
        ("en", "."),
    ],
)
def test_a_locale_is_known_however_it_is_written(typed: str, decimal: str) -> None:
    assert manner_of(typed).decimal == decimal


@pytest.mark.parametrize(
    ("typed", "near"), [("de_DK", "d"), ("xx_XX", "There are"), ("_", "There")]
)
def test_another_locale_is_refused_with_those_that_there_are(typed: str, near: str) -> None:
    with pytest.raises(BadInput) as refused:
        manner_of(typed)
    assert near in refused.value.hint


def test_what_is_written_for_the_person_follows_what_is_set(english_again: None) -> None:
    write_as("de_DE")
    assert written().count(12_400) == "12.400"
    write_as(None)
    assert written() is ENGLISH


@pytest.mark.parametrize("locale", LOCALE_ROWS)
def test_the_table_is_what_the_cldr_says(locale: str) -> None:
    pytest.importorskip("babel", reason="babel, which carries the CLDR, is not installed")
    assert row(locale) == LOCALE_ROWS[locale]


def test_only_locales_and_what_they_turn_group_digits_themselves() -> None:
    """`{count:,}` is English to all: `in_figures` and `in_english` say which is meant."""
    product = Path(__file__).parents[2] / "pipeboard"
    found = {
        str(path.relative_to(product))
        for path in product.rglob("*.py")
        if re.search(r":,(\.\d+f)?\}", path.read_text())
    }
    assert found == {"domain/locales.py", "domain/metrics/wording.py", "domain/money.py"}


@pytest.mark.parametrize(
    ("locale", "said"),
    [(None, "5 Nov 14:05"), ("de_DE", "5. Nov. 14:05"), ("fr_FR", "5 nov. 14:05")],
)
def test_a_moment_is_a_day_and_a_time(locale: str | None, said: str) -> None:
    manner = manner_of(locale) if locale else ENGLISH
    assert manner.moment(datetime(2026, 11, 5, 14, 5, tzinfo=UTC)) == said


def test_a_size_has_the_mark_of_the_locale() -> None:
    assert manner_of("de_DE").megabytes(1_234_560_000) == "1.234,6 MB"


def test_what_is_kept_is_english_and_what_is_told_is_not(english_again: None) -> None:
    write_as("de_DE")
    assert (in_figures(1_234), in_english(1_234)) == ("1.234", "1,234")
    assert how_many(2_473, "row") == "2.473 rows"
    assert how_many(2_473, "row", figures=in_english) == "2,473 rows"
    assert few(["a"] * 1_235, 1) == "a and 1.234 more"
    assert few(["a"] * 1_235, 1, figures=in_english) == "a and 1,234 more"
    assert deal_names([new(title="d")] * 1_237) == "1,237 deals (d, d, d and 1,234 more)"
    write_as(None)
    assert in_figures(1_234) == "1,234"


def test_the_groups_of_a_locale_are_those_of_its_counts(english_again: None) -> None:
    write_as("en_IN")
    assert in_figures(12_345_678) == "1,23,45,678" and in_figures(-12_345) == "-12,345"


# Days that are shown are typed again.


@pytest.mark.parametrize("locale", [None, *LOCALE_ROWS])
def test_every_day_that_is_shown_is_read_back(locale: str | None, english_again: None) -> None:
    write_as(locale)
    manner = written()
    for ahead in range(-800, 1200, 7):
        day = TODAY + timedelta(days=ahead)
        assert parse_date(manner.date(day), TODAY) == day
        near = Direction.AHEAD if ahead > 0 else Direction.BACK
        for shown in (manner.day(day, TODAY), manner.calendar_day(day, TODAY)):
            if day.year != TODAY.year and str(day.year % 100) not in shown:
                near = Direction.AHEAD
            assert parse_date(shown, TODAY, near) == day, shown
    for ahead in range(1, 7):
        day = TODAY + timedelta(days=ahead)
        assert parse_date(manner.day(day, TODAY), TODAY) == day
        assert parse_date(manner.day(day, TODAY).upper().removesuffix("."), TODAY) == day


@pytest.mark.parametrize("locale", LOCALE_ROWS)
@pytest.mark.parametrize("english", ["fri", "sun", "3 mar", "mar 3", "1 may 2027", "10 oct", "eom",
                                     "2026-12-19", "two weeks", "Tue 19 Jan 2027"])  # fmt: skip
def test_english_means_the_same_in_every_locale(
    english: str, locale: str, english_again: None
) -> None:
    write_as(None)
    meant = parse_date(english, TODAY)
    write_as(locale)
    assert parse_date(english, TODAY) == meant


@pytest.mark.parametrize(
    ("locale", "typed", "day"),
    [
        ("de_DE", "31.12.2026", date(2026, 12, 31)),
        ("de_DE", "3.4.", date(2027, 4, 3)),
        ("de_DE", "3/4", date(2027, 4, 3)),
        ("de_DE", "03/04/2027", date(2027, 4, 3)),
        ("de_DE", "19. dez 27", date(2027, 12, 19)),
        ("de_DE", "19 marz", date(2027, 3, 19)),
        ("de_DE", "Do., 31.12.26", date(2026, 12, 31)),
        ("de_DE", "Do", date(2026, 11, 26)),
        ("de_DE", "Donnerstag", date(2026, 11, 26)),
        ("de_DE", "3. Dezember", date(2026, 12, 3)),
        ("de_DE", "Sonntag, 3. Januar 2027", date(2027, 1, 3)),
        ("pl_PL", "3 stycznia", date(2027, 1, 3)),
        ("pl_PL", "3 styczeń 2027", date(2027, 1, 3)),
        ("en_US", "03/04/2027", date(2027, 3, 4)),
        ("en_US", "3/4", date(2027, 3, 4)),
        ("en_US", "31/12/2026", date(2026, 12, 31)),
        ("en_US", "19/12/26", date(2026, 12, 19)),
        ("en_GB", "3/4", date(2027, 4, 3)),
        ("en_GB", "03/04/27", date(2027, 4, 3)),
        ("nl_NL", "31-12", date(2026, 12, 31)),
        ("nl_NL", "3-4-2027", date(2027, 4, 3)),
        ("ja_JP", "3/4", date(2027, 3, 4)),
        ("ja_JP", "27/03/04", date(2027, 3, 4)),
        ("ja_JP", "12月19日", date(2026, 12, 19)),
        ("sv_SE", "27-03-04", date(2027, 3, 4)),
        ("pt_BR", "3 de dez", date(2026, 12, 3)),
        ("fr_FR", "3 aout", date(2027, 8, 3)),
        ("cs_CZ", "3. 4.", date(2027, 4, 3)),
        ("cs_CZ", "3.4.", date(2027, 4, 3)),
    ],
)
def test_a_day_is_typed_as_the_locale_has_it(
    locale: str, typed: str, day: date, english_again: None
) -> None:
    write_as(locale)
    assert parse_date(typed, TODAY) == day


@pytest.mark.parametrize("locale", LOCALE_ROWS)
def test_months_and_weekdays_in_full_are_read_in_every_form(
    locale: str, english_again: None
) -> None:
    write_as(locale)
    manner = written()
    for place, month in enumerate(manner.months_in_full.split()):
        meant = date(2027, place % 12 + 1, 19)
        for typed in (f"19 {month} 2027", f"19. {month} 27", f"19 de {month.title()} de 2027"):
            assert parse_date(typed, TODAY) == meant, typed
    for place, weekday in enumerate(manner.weekdays_in_full.split()):
        ahead = place % 7 or 7  # today is a Monday
        assert parse_date(weekday, TODAY) == TODAY + timedelta(days=ahead), weekday


@pytest.mark.parametrize(
    ("locale", "typed"),
    [("sv_SE", "3/4"), ("fr_CA", "03/04/2027"), ("ja_JP", "03-04-2027"), (None, "3/4")],
)
def test_a_day_that_no_locale_tells_is_refused_with_both(
    locale: str | None, typed: str, english_again: None
) -> None:
    write_as(locale)
    with pytest.raises(BadInput, match="Sat 3 Apr 2027 or Thu 4 Mar 2027"):
        parse_date(typed, TODAY)


@pytest.mark.parametrize(("locale", "typed", "said"), [
    ("de_DE", "31. Feb.", "there is no such day"),
    ("de_DE", "Mo., 31. Dez. 2026", "31 Dec 2026 is a Thursday"),
    ("en_US", "31/31/2026", "there is no such day"),
])  # fmt: skip
def test_a_day_of_a_locale_that_is_none_is_refused_with_the_cause(
    locale: str, typed: str, said: str, english_again: None
) -> None:
    write_as(locale)
    with pytest.raises(BadInput, match=said):
        parse_date(typed, TODAY)


@pytest.mark.parametrize(
    ("locale", "typed", "read"),
    [
        ("de_DE", "3. Dez. Mika anrufen", (date(2026, 12, 3), "Mika anrufen")),
        ("de_DE", "Do. Mika anrufen", (date(2026, 11, 26), "Mika anrufen")),
        ("de_DE", "so wie besprochen", (None, "so wie besprochen")),
        ("de_DE", "3. Dezember Mika anrufen", (date(2026, 12, 3), "Mika anrufen")),
        ("de_DE", "Donnerstag Mika anrufen", (date(2026, 11, 26), "Mika anrufen")),
        ("nl_NL", "do the demo", (None, "do the demo")),
        ("pt_BR", "dom., 3 de jan. de 2027 ligar", (date(2027, 1, 3), "ligar")),
    ],
)
def test_a_leading_day_is_taken_off_the_words_and_a_word_is_none(
    locale: str, typed: str, read: tuple[date | None, str], english_again: None
) -> None:
    write_as(locale)
    assert split_leading_date(typed, TODAY) == read


def test_for_scripts_days_are_read_by_the_locale_and_written_in_english(
    english_again: None,
) -> None:
    only_read_as("en_US")
    assert parse_date("03/04/2027", TODAY) == date(2027, 3, 4)
    assert written() is ENGLISH
    only_read_as("xx_XX")
    assert written() is ENGLISH
    with pytest.raises(BadInput):
        parse_date("03/04/2027", TODAY)
