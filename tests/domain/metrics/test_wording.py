"""Numbers are worded by their unit, and never as a number where there is none."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.domain.metrics import Metric, Unit
from pipeboard.domain.metrics.wording import Wording, decimal, hours, percent, tenths

EURO = Wording("EUR")


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (Fraction(2, 3), Unit.RATIO, "67%"),
        (Fraction(1, 300), Unit.RATIO, "0.3%"),
        (Fraction(-1, 2), Unit.RATIO, "-50%"),
        (Fraction(41), Unit.DAYS, "41 d"),
        (Fraction(29, 4), Unit.DAYS, "7.3 d"),
        (Fraction(7), Unit.HOURS, "7 h"),
        (Fraction(479, 10), Unit.HOURS, "48 h"),
        (Fraction(48), Unit.HOURS, "2 d"),
        (Fraction(72), Unit.HOURS, "3 d"),
        (1234, Unit.COUNT, "1,234"),
        (4_000_000, Unit.MINOR, "€40k"),
        (Fraction(5_000_000, 9), Unit.MINOR_PER_DAY, "€5.6k/day"),
        (Fraction(50, 11), Unit.TIMES, "4.5x"),
        (Fraction(1, 4), Unit.TIMES, "0.3x"),
        (Fraction(-1, 4), Unit.TIMES, "-0.2x"),
        (Fraction(24_691, 20), Unit.TIMES, "1,234.6x"),
    ],
)
def test_each_unit_has_its_words(value: Fraction, unit: Unit, words: str) -> None:
    assert EURO.number(Metric(value, unit)) == words


@pytest.mark.parametrize("unit", list(Unit))
def test_what_there_is_no_number_of_says_why(unit: Unit) -> None:
    metric = Metric(None, unit, reason="no target")
    assert EURO.number(metric) == "n/a"
    assert EURO.explained(metric) == "n/a (no target)"
    assert EURO.explained(Metric(None, unit)) == "n/a"
    assert EURO.explained(Metric(2, unit, reason="of two")) == EURO.number(Metric(2, unit))


@pytest.mark.parametrize("sign", [1, -1])
def test_a_change_is_told_by_its_size(sign: int) -> None:
    assert EURO.change(Fraction(sign, 4), Unit.RATIO) == "25 pt"
    assert EURO.change(Fraction(sign * 5), Unit.DAYS) == "5 d"
    assert EURO.change(Fraction(sign * 4_000_000), Unit.MINOR) == "€40k"


def test_amounts_keep_to_ascii_where_that_is_all_there_is() -> None:
    for currency, said in (("EUR", "EUR 40k"), ("CHF", "CHF 40k"), ("USD", "$40k")):
        assert Wording(currency, signs=False).money(4_000_000) == said


@pytest.mark.parametrize(
    ("value", "one_decimal", "short"),
    [
        ("0", "0.0", "0"),
        ("0.04", "0.0", "0"),
        ("0.05", "0.1", "0.1"),
        ("-0.04", "0.0", "0"),
        ("-0.05", "0.0", "0"),
        ("-0.06", "-0.1", "-0.1"),
        ("1", "1.0", "1"),
        ("9.5", "9.5", "9.5"),
        ("-9.5", "-9.5", "-9.5"),
        ("9.94", "9.9", "9.9"),
        ("9.95", "10.0", "10"),
        ("10", "10.0", "10"),
        ("-10", "-10.0", "-10"),
        ("10.4", "10.4", "10"),
        ("10.5", "10.5", "11"),
        ("-10.5", "-10.5", "-10"),
        ("-10.6", "-10.6", "-11"),
        ("-1234.5", "-1,234.5", "-1,234"),
        ("9999.95", "10,000.0", "10,000"),
    ],
)
def test_halves_are_rounded_up_and_nothing_has_no_sign(
    value: str, one_decimal: str, short: str
) -> None:
    assert (tenths(Fraction(value)), decimal(Fraction(value))) == (one_decimal, short)


@given(st.fractions(-1_000, 1_000))
def test_rounded_words_are_near_the_value(value: Fraction) -> None:
    assert abs(Fraction(decimal(value).replace(",", "")) - value) <= Fraction(1, 2)
    assert abs(Fraction(percent(value).rstrip("%")) - value * 100) <= Fraction(1, 2)
    assert hours(abs(value)).endswith((" h", " d"))


def test_nearly_all_is_not_all_and_nearly_nothing_not_nothing() -> None:
    assert percent(Fraction(999, 1_000)) == percent(Fraction(99_999, 100_000)) == "99.9%"
    assert (percent(Fraction(1)), percent(Fraction(0))) == ("100%", "0%")
    assert percent(Fraction(1, 100_000)) == "0.1%"
    near_all = [percent(Fraction(points, 1_000)) for points in (985, 994, 995, 999)]
    assert near_all == ["99%", "99%", "99.5%", "99.9%"]
    near_none = [percent(Fraction(points, 10_000)) for points in (-5, 5, 10, 99, 100)]
    assert near_none == ["-0.1%", "0.1%", "0.1%", "1.0%", "1%"]
