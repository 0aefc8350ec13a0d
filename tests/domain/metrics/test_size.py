"""Deal sizes are exact, leave unknown values out, and know what was given away."""

from __future__ import annotations

from fractions import Fraction

from pipeboard.domain.metrics.cycle import (
    deal_size_mean,
    deal_size_median,
    kept_value,
    open_deal_size_mean,
)
from tests.domain.metrics.log import Log
from tests.domain.metrics.test_money import CONVERTED


def test_sizes_are_of_final_values_and_0_is_one() -> None:
    log = Log()
    for value, final in ((100, 90), (10, None), (5, 0), (None, None)):
        log.win(log.add(0, value=value), 3, final)
    basis = log.basis(9)
    assert deal_size_mean(basis).value == Fraction(100, 3)
    assert deal_size_mean(basis).excluded == {"no value": 1}
    assert deal_size_median(basis).value == 10


def test_without_a_valued_win_there_is_no_size() -> None:
    log = Log()
    log.win(log.add(0), 3)
    for size in (deal_size_mean, deal_size_median, kept_value):
        assert size(log.basis(9)).value is None
    assert deal_size_mean(log.basis(9)).excluded == {"no value": 1}


def test_open_deals_have_their_own_mean() -> None:
    log = Log()
    log.add(0, value=10)
    log.add(0, value=20)
    assert open_deal_size_mean(log.basis(9)).value == 15


def test_what_was_discounted_shows_against_the_first_value() -> None:
    log = Log()
    deal = log.add(0)
    log.value(deal, 1, 200)
    log.value(deal, 2, 180)
    log.win(deal, 3, 150)
    assert kept_value(log.basis(9)).value == Fraction(3, 4)


def test_what_a_win_was_first_worth_is_told_where_it_is_not_known() -> None:
    log = Log()
    for first, currency, final in (
        (10, "EUR", 9), (None, "EUR", None), (10, "USD", 9), (0, "EUR", 0)
    ):  # fmt: skip
        log.win(log.add(0, value=first, currency=currency), 5, final)
    kept = kept_value(log.basis(9))
    assert (kept.value, kept.n) == (Fraction(9, 10), 2)
    assert kept.excluded == {"no value": 1, "no rate": 1}


def test_no_reason_says_that_a_win_without_a_rate_has_no_value() -> None:
    log = Log()
    log.win(log.add(0, value=10, currency="USD"), 5)
    for size in (deal_size_mean, deal_size_median, kept_value):
        assert size(log.basis(9)).reason == "no rate for USD"
    log = Log()
    log.win(log.add(0, value=0), 5, 10)
    assert kept_value(log.basis(9)).reason == "wins were first worth 0"


def test_a_first_value_without_a_rate_is_no_missing_value() -> None:
    log = Log()
    deal = log.add(0, value=100, currency="USD")
    log.win(deal, 5, 90, "EUR")
    kept = kept_value(log.basis(9))
    assert (kept.value, kept.reason, kept.excluded) == (None, "no rate for USD", {"no rate": 1})


def test_both_values_of_a_win_are_taken_at_the_rate_of_its_day() -> None:
    log = Log()
    log.win(log.add(0, value=100, currency="USD"), 12)
    kept = kept_value(log.basis(20, rules=CONVERTED))
    assert (kept.num, kept.den) == (80, 80)
