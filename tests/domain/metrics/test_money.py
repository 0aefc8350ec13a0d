"""Money of several currencies is converted at dated rates, or not added at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from pipeboard.domain.metrics.cycle import deal_size_mean, open_deal_size_mean
from pipeboard.domain.metrics.deals import by_currency
from pipeboard.domain.metrics.outcomes import open_value, win_rate_by_value, won_value
from pipeboard.domain.money import Rates
from tests.domain.metrics.log import PIPELINE, UTC_RULES, Log

DOLLARS = Rates(
    "EUR", {"USD": ((date(2026, 1, 1), Fraction(9, 10)), (date(2026, 1, 10), Fraction(8, 10)))}
)
CONVERTED = replace(UTC_RULES, rates=DOLLARS)


def test_without_a_rate_there_are_two_sums_and_no_total() -> None:
    log = Log()
    log.add(0, value=5_000, currency="EUR")
    log.add(0, value=2_000, currency="USD")
    log.add(0, value=3_000, currency="USD")
    basis = log.basis(9)
    total = open_value(basis)
    assert by_currency(basis.deals.open) == {"EUR": 5_000, "USD": 5_000}
    assert (total.value, total.num, total.excluded) == (None, 5_000, {"no rate": 2})
    assert total.reason == "no rate for USD"


def test_an_open_deal_is_worth_the_latest_rate_and_a_closed_one_that_of_its_day() -> None:
    log = Log()
    log.add(0, value=100, currency="USD")
    log.win(log.add(0, value=100, currency="USD"), 5)
    for day, worth in ((6, 90), (20, 80)):
        assert open_value(log.basis(day, rules=CONVERTED)).value == worth
        assert won_value(log.basis(day, rules=CONVERTED)).value == 90


def test_a_rate_does_not_reach_back_before_its_day() -> None:
    assert DOLLARS.convert(100, "USD", "EUR", date(2025, 12, 31)) is None
    assert DOLLARS.convert(100, "USD", "EUR", date(2026, 1, 9)) == 90


def test_decimals_are_minded() -> None:
    rates = Rates("EUR", {"JPY": ((date(2026, 1, 1), Fraction(1, 160)),)})
    assert rates.convert(160, "JPY", "EUR", date(2026, 1, 1)) == 100
    assert rates.convert(100, "EUR", "JPY", date(2026, 1, 1)) == 160


def test_a_pipeline_in_another_currency_than_the_workspace_goes_by_both_rates() -> None:
    rules = replace(CONVERTED, pipeline=replace(PIPELINE, currency="USD"))
    log = Log()
    log.add(0, value=90, currency="EUR")
    log.add(0, value=50, currency="USD")
    assert open_value(log.basis(5, rules=rules)).value == 150


def test_means_and_rates_leave_out_what_cannot_be_converted() -> None:
    log = Log()
    for value, currency in ((100, "EUR"), (70, "USD")):
        log.add(0, value=value, currency=currency)
        log.win(log.add(0, value=value, currency=currency), 3)
    basis = log.basis(9)
    for mean in (deal_size_mean, open_deal_size_mean):
        assert (mean(basis).value, mean(basis).excluded) == (100, {"no rate": 1})
    assert win_rate_by_value(basis).excluded == {"no rate": 1}


def test_the_sum_of_unknown_values_is_unknown_and_that_of_no_deals_is_0() -> None:
    log = Log()
    assert open_value(log.basis(9)).value == 0
    log.add(0)
    total = open_value(log.basis(9))
    assert (total.value, total.reason, total.excluded) == (None, "no value", {"no value": 1})


def test_numbers_are_in_the_currency_that_they_are_looked_at_in() -> None:
    log = Log()
    log.add(0, value=900, currency="EUR")
    log.add(0, value=50, currency="USD")
    for view, worth in (("", 945), ("EUR", 945), ("USD", 1_050)):
        assert open_value(log.basis(6, rules=replace(CONVERTED, view=view))).value == worth
