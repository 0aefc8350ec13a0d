"""The rules that numbers go by, as they were at an instant; retired stages have a history."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeboard.domain.metrics.forecast import forecast, forecast_commit
from pipeboard.domain.metrics.history import WON as WON_PLACE
from pipeboard.domain.metrics.rules import Grouping, MetricRules
from pipeboard.domain.money import Rates
from tests.domain.metrics.log import (
    LEAD,
    LOST,
    NEGOTIATE,
    PIPELINE,
    PROPOSAL,
    QUALIFY,
    UTC_RULES,
    WON,
    Log,
    period,
)

RETIRED = replace(
    UTC_RULES,
    pipeline=replace(
        PIPELINE,
        stages=tuple(replace(one, retired=one.id == NEGOTIATE) for one in PIPELINE.stages),
    ),
)


@pytest.mark.parametrize("rules", [UTC_RULES, RETIRED], ids=["in use", "retired"])
def test_a_retired_stage_is_a_stage_of_the_work_like_the_others(rules: MetricRules) -> None:
    assert [stage.id for stage in rules.open_stages] == [LEAD, QUALIFY, PROPOSAL, NEGOTIATE]
    assert rules.rank == {LEAD: 0, QUALIFY: 1, PROPOSAL: 2, NEGOTIATE: 3, WON_PLACE: 4}
    assert set(rules.categories) == {LEAD, QUALIFY, PROPOSAL, NEGOTIATE, WON, LOST}
    assert (rules.categories[NEGOTIATE], rules.categories[PROPOSAL]) == ("commit", "best")
    assert rules.chance_at(NEGOTIATE, 0) == 8_000


@pytest.mark.parametrize("rules", [UTC_RULES, RETIRED], ids=["in use", "retired"])
def test_a_deal_in_a_retired_stage_is_forecast_as_before(rules: MetricRules) -> None:
    log = Log()
    log.add(0, NEGOTIATE, value=1_000, close="2026-03-01")
    basis = log.basis(9, period("2026Q1"), rules=rules)
    assert forecast(basis).stated.value == 800
    assert forecast_commit(basis).value == 1_000


def test_a_stage_has_the_probability_that_it_had_at_the_instant() -> None:
    rules = replace(UTC_RULES, chances={PROPOSAL: ((10, 4_000), (20, None), (30, 6_000))})
    expected = {0: 4_000, 9: 4_000, 10: 4_000, 19: 4_000, 20: None, 29: None, 30: 6_000}
    assert {us: rules.chance_at(PROPOSAL, us) for us in expected} == expected
    assert rules.chance_at(LEAD, 0) == 1_000
    assert [rules.said_by(PROPOSAL, us) for us in (9, 10, 99)] == [False, True, True]
    assert rules.said_by(LEAD, 0)


def test_sums_are_in_the_currency_of_the_pipeline_unless_another_is_asked_for() -> None:
    assert UTC_RULES.currency == "EUR"
    assert replace(UTC_RULES, view="USD").currency == "USD"
    assert UTC_RULES.exchange == Rates("EUR")


def test_groups_stand_in_their_order_then_by_name_and_what_is_unknown_last() -> None:
    def nobody(*_: object) -> None:
        return None

    plain = Grouping("x", nobody, nobody)
    assert plain.sorted(["b", None, "a", "C"]) == ["C", "a", "b", None]
    ordered = replace(plain, order=("high", "mid", "low"), unknown="no size")
    assert ordered.sorted(["low", None, "mid", "high"]) == ["high", "mid", "low", None]
    assert (ordered.called(None), ordered.called("low"), plain.called(None)) == (
        "no size", "low", "none",
    )  # fmt: skip
