"""Durations that are not over yet count for what they are."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.domain.metrics.result import aalen_johansen, kaplan_meier

SPANS = st.lists(st.integers(0, 30), max_size=25)


def by_hand(ended: list[int], running: list[int], time: int) -> Fraction:
    """Kaplan and Meier's product, factor by factor."""
    share = Fraction(1)
    for step in sorted(set(ended)):
        if step <= time:
            at_risk = sum(span >= step for span in ended + running)
            share *= 1 - Fraction(ended.count(step), at_risk)
    return share


def test_open_deals_make_the_time_to_close_longer() -> None:
    curve = kaplan_meier([10, 20, 50, 90], [30, 60, 120])
    assert [curve.at(time) for time in (10, 20, 50, 90)] == [
        Fraction(6, 7),
        Fraction(5, 7),
        Fraction(15, 28),
        Fraction(15, 56),
    ]
    assert curve.median() == 90
    assert kaplan_meier([10, 20, 50, 90], []).median() == 20


def test_a_share_of_exactly_one_half_is_the_median() -> None:
    curve = kaplan_meier([5, 7, 9], [20, 25, 40])
    assert curve.at(9) == Fraction(1, 2)
    assert curve.median() == 9


def test_a_median_may_not_be_reached() -> None:
    assert kaplan_meier([5], [10, 10, 10]).median() is None
    assert kaplan_meier([], []).median() is None


def test_losing_competes_with_winning() -> None:
    curve = dict(aalen_johansen([10, 50], [20, 90], [30, 60, 120]))
    assert curve[50] == pytest.approx(9 / 28, abs=1e-15)
    assert list(curve) == [10, 50]


@given(SPANS, SPANS, st.integers(0, 31))
def test_the_curve_is_the_product_of_its_factors(
    ended: list[int], running: list[int], time: int
) -> None:
    assert kaplan_meier(ended, running).at(time) == by_hand(ended, running, time)


@given(SPANS, SPANS)
def test_the_median_is_the_first_time_at_which_half_or_fewer_are_left(
    ended: list[int], running: list[int]
) -> None:
    reached = (
        time for time in sorted(set(ended)) if by_hand(ended, running, time) <= Fraction(1, 2)
    )
    assert kaplan_meier(ended, running).median() == next(reached, None)


@given(SPANS, SPANS, SPANS)
def test_wins_losses_and_the_rest_make_up_the_whole(
    won: list[int], lost: list[int], running: list[int]
) -> None:
    wins, losses = aalen_johansen(won, lost, running), aalen_johansen(lost, won, running)
    left = kaplan_meier(won + lost, running).at(31)
    shares = [curve[-1][1] if curve else 0.0 for curve in (wins, losses)]
    assert sum(shares) + float(left) == pytest.approx(1)
