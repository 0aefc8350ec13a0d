"""A number carries its fraction, its sample and why there is none."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.result import (
    Metric,
    Unit,
    median,
    nearest_rank,
    proportion,
    ratio,
    wilson,
)


def deals(*ids: int) -> list[DealHistory]:
    return [DealHistory(one, 0, 1, None, None, None, "ana") for one in ids]


def test_three_of_five_lie_between_23_and_88_percent() -> None:
    low, high = wilson(3, 5)
    assert (round(low, 4), round(high, 4)) == (0.2307, 0.8824)


@given(st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_proportion_and_stays_within_0_and_1(counts: tuple[int, int]) -> None:
    part, whole = counts
    low, high = wilson(part, whole)
    assert 0 <= low <= part / whole <= high <= 1


def test_a_proportion_names_the_deals_on_both_sides() -> None:
    rate = proportion(deals(1, 2), deals(1, 2, 3), "nothing")
    assert rate.value == Fraction(2, 3)
    assert (rate.num_ids, rate.den_ids, rate.n) == ((1, 2), (1, 2, 3), 3)


def test_a_proportion_of_nothing_has_a_reason_and_no_value() -> None:
    rate = proportion([], [], "no closed deals")
    assert (rate.value, rate.reason, rate.low) == (None, "no closed deals", None)


def test_a_cohort_is_immature_while_more_than_a_tenth_is_pending() -> None:
    whole = deals(*range(10))
    assert not proportion(whole[:5], whole, "", pending=1).is_immature
    assert proportion(whole[:5], whole, "", pending=1).bounds == (Fraction(1, 2), Fraction(3, 5))
    assert proportion(whole[:5], whole, "").bounds is None
    many = deals(*range(1_000))
    told = [proportion(many[:5], many, "", pending=n).is_immature for n in (100, 101)]
    assert told == [False, True]
    late = proportion(whole[:5], whole, "", pending=2)
    assert late.is_immature
    assert late.bounds == (Fraction(1, 2), Fraction(7, 10))


def test_fewer_than_five_are_a_low_sample_and_still_a_number() -> None:
    rate = proportion(deals(1), deals(1, 2, 3, 4), "")
    assert rate.is_low
    assert rate.value == Fraction(1, 4)
    assert not proportion(deals(1), deals(*range(5)), "").is_low


def test_a_quotient_by_zero_has_a_reason() -> None:
    assert ratio(5, 0, n=0, empty_reason="no prior").reason == "no prior"


@pytest.mark.parametrize(
    ("value", "shown"), [(Fraction(1, 2), 1), (Fraction(-1, 2), 0), (Fraction(5, 2), 3), (7, 7)]
)
def test_halves_are_rounded_up_once(value: Fraction | int, shown: int) -> None:
    assert Metric(value, Unit.MINOR).rounded == shown


def test_no_value_is_not_rounded_to_0() -> None:
    assert Metric(None, Unit.MINOR, reason="no target").rounded is None


@pytest.mark.parametrize("unit", Unit)
def test_deals_and_minor_units_are_told_whole(unit: Unit) -> None:
    exact = Fraction(5, 2)
    told = 3 if unit in (Unit.COUNT, Unit.MINOR) else exact
    assert Metric(exact, unit).told == told


def test_the_median_of_an_even_number_is_between_the_two_in_the_middle() -> None:
    assert median([10, 20, 40, 90]) == 30
    assert median([10, 20, 90]) == 20


def test_the_ninetieth_percentile_is_the_nearest_rank() -> None:
    assert nearest_rank([10, 20, 90], Fraction(9, 10)) == 90
    assert nearest_rank(list(range(1, 11)), Fraction(9, 10)) == 9
