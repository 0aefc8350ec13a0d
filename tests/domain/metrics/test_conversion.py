"""Conversion follows cohorts by their entries: skips, back moves, open deals in their places."""

from __future__ import annotations

from fractions import Fraction

import pytest

from pipeboard.domain.metrics.chances import won_of_closed
from pipeboard.domain.metrics.conversion import (
    cohort,
    conversion,
    conversion_by_value,
    regressions,
    resolved,
    skipped,
)
from pipeboard.domain.metrics.outcomes import win_rate_of_cohort
from pipeboard.domain.metrics.rules import by_owner
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
    ids,
    period,
)
from tests.domain.metrics.test_money import CONVERTED


@pytest.fixture
def six() -> Log:
    """Six deals that skip, go back, begin in the middle, and end or do not."""
    log = Log()
    log.path(LEAD, QUALIFY, PROPOSAL, NEGOTIATE, WON)
    log.path(LEAD, PROPOSAL, WON)
    log.path(LEAD, QUALIFY, LOST)
    log.path(LEAD, QUALIFY, LEAD, LOST)
    log.path(PROPOSAL, NEGOTIATE)
    log.path(LEAD)
    return log


@pytest.mark.parametrize(
    ("stage_id", "num", "den", "pending"),
    [(LEAD, 4, 5, 1), (QUALIFY, 1, 3, 0), (PROPOSAL, 3, 3, 0), (NEGOTIATE, 1, 2, 1)],
)
def test_a_cohort_advances_by_entering_any_later_stage(
    six: Log, stage_id: int, num: int, den: int, pending: int
) -> None:
    rate = conversion(cohort(six.basis(30), PIPELINE.stage(stage_id)))
    assert (rate.num, rate.den, rate.pending) == (num, den, pending)


def test_pending_deals_bound_what_the_conversion_can_become(six: Log) -> None:
    rate = conversion(cohort(six.basis(30), PIPELINE.stage(NEGOTIATE)))
    assert rate.bounds == (Fraction(1, 2), Fraction(1))


def test_the_resolved_conversion_leaves_pending_deals_out(six: Log) -> None:
    assert resolved(cohort(six.basis(30), PIPELINE.stage(LEAD))).value == 1
    assert resolved(cohort(six.basis(30), PIPELINE.stage(QUALIFY))).value == Fraction(1, 3)


@pytest.mark.parametrize(
    ("stage_id", "won", "closed"),
    [(LEAD, 2, 4), (QUALIFY, 1, 3), (PROPOSAL, 2, 2), (NEGOTIATE, 1, 1)],
)
def test_what_became_of_a_stage_is_counted_over_closed_deals_that_entered_it(
    six: Log, stage_id: int, won: int, closed: int
) -> None:
    found = won_of_closed(six.basis(30))[stage_id]
    assert (found.num, found.den) == (won, closed)


def test_of_one_rep_s_deals_is_said_what_became_of_everybodys(six: Log) -> None:
    log = six
    log.path(LEAD, WON)
    log.owner(7, 20, "bo")
    whole = log.basis(30)
    assert won_of_closed(whole.only(by_owner(UTC_RULES), "bo")) == won_of_closed(whole)


def test_the_whole_way_is_measured_and_not_multiplied(six: Log) -> None:
    assert win_rate_of_cohort(six.basis(30)).value == Fraction(2, 6)


def test_a_return_is_counted_as_a_regression_and_takes_nothing_back(six: Log) -> None:
    basis = six.basis(30)
    assert [regressions(basis, stage) for stage in PIPELINE.stages[:4]] == [1, 0, 0, 0]
    assert 4 in ids(cohort(basis, PIPELINE.stage(LEAD)).advanced)


def test_a_stage_that_is_jumped_over_is_skipped_by_those_who_passed_it(six: Log) -> None:
    rates = skipped(six.basis(30))
    assert (rates[QUALIFY].num, rates[QUALIFY].den) == (1, 2)
    assert (rates[NEGOTIATE].num, rates[NEGOTIATE].den) == (1, 2)
    assert rates[LEAD].num == 0


def test_a_pass_that_nobody_knows_the_day_of_is_in_no_period() -> None:
    log = Log()
    log.path(LEAD, WON)
    assert skipped(log.basis(30))[QUALIFY].den == 1
    log.forget_when(1)
    assert skipped(log.basis(30))[QUALIFY].reason == "no deal passed it"


def test_only_first_entries_in_the_period_make_its_cohort() -> None:
    log = Log()
    deal = log.path(LEAD, QUALIFY)
    log.move(deal, 40, LEAD)
    assert conversion(cohort(log.basis(60, period("2026-02")), PIPELINE.stages[0])).reason == (
        "no entries"
    )
    assert regressions(log.basis(60, period("2026-02")), PIPELINE.stages[0]) == 1


def test_a_deal_that_came_and_was_won_in_the_first_instant_is_in_the_cohort() -> None:
    log = Log()
    for end in (log.win, log.lose):
        end(log.add(31), 31)
    log.add(31)
    found = cohort(log.basis(40, period("2026-02")), PIPELINE.stages[0])
    assert [ids(part) for part in (found.advanced, found.lost, found.pending)] == [[1], [2], [3]]


def test_a_deal_that_came_back_from_a_later_stage_has_not_gone_on_from_this_one_since() -> None:
    log = Log()
    log.path(PROPOSAL, QUALIFY)
    log.path(PROPOSAL, QUALIFY, PROPOSAL)
    found = cohort(log.basis(9), PIPELINE.stage(QUALIFY))
    assert (ids(found.pending), ids(found.advanced)) == ([1], [2])


def test_a_win_that_was_reopened_is_no_advance_any_more() -> None:
    log = Log()
    deal = log.path(LEAD, WON)
    log.reopen(deal, 5, LEAD)
    assert conversion(cohort(log.basis(4), PIPELINE.stages[0])).num == 1
    assert conversion(cohort(log.basis(6), PIPELINE.stages[0])).num == 0


def test_a_cohort_weighs_what_deals_were_worth_when_they_entered() -> None:
    log = Log()
    first = log.add(0, LEAD, value=100)
    log.value(first, 1, 900)
    log.move(first, 2, QUALIFY)
    log.add(0, LEAD, value=300)
    log.add(0, LEAD)
    rate = conversion_by_value(log.basis(9), cohort(log.basis(9), PIPELINE.stages[0]))
    assert rate.value == Fraction(100, 400)
    assert rate.excluded == {"no value": 1}


def test_a_deal_that_came_back_weighs_what_it_was_worth_the_first_time() -> None:
    log = Log()
    back = log.add(0, LEAD, value=100)
    log.move(back, 1, QUALIFY)
    log.value(back, 2, 900)
    log.move(back, 3, LEAD)
    log.add(0, LEAD, value=300)
    basis = log.basis(9)
    rate = conversion_by_value(basis, cohort(basis, PIPELINE.stages[0]))
    assert (rate.num, rate.den) == (100, 400)


def test_a_cohort_is_worth_what_money_was_worth_on_the_day_that_each_deal_entered() -> None:
    log = Log()
    log.move(log.add(0, LEAD, value=100, currency="USD"), 12, QUALIFY)
    log.add(10, LEAD, value=100, currency="USD")
    basis = log.basis(30, rules=CONVERTED)
    rate = conversion_by_value(basis, cohort(basis, PIPELINE.stages[0]))
    assert (rate.num, rate.den) == (90, 90 + 80)


@pytest.mark.parametrize(
    ("went", "stayed", "n", "excluded"),
    [
        ("100 EUR", "300 EUR", 2, {}),
        ("100 EUR, 5 USD", "300 EUR", 2, {"no rate": 1}),
        ("100 EUR", "300 EUR, 5 USD, 6 USD", 2, {"no rate": 2}),
        ("100 EUR, nothing", "300 EUR, nothing, nothing", 2, {"no value": 3}),
        ("60 EUR, 40 EUR, 5 USD", "300 EUR, nothing", 3, {"no rate": 1, "no value": 1}),
        ("100 EUR, 0 EUR", "300 EUR, 0 EUR", 4, {}),
    ],
)
def test_a_deal_of_no_known_worth_weighs_nothing_and_is_counted_by_why(
    went: str, stayed: str, n: int, excluded: dict[str, int]
) -> None:
    log = Log()
    for goes_on, worths in ((True, went), (False, stayed)):
        for worth in worths.split(", "):
            amount, _, currency = worth.partition(" ")
            value = int(amount) if currency else None
            deal = log.add(0, LEAD, value=value, currency=currency or "EUR")
            if goes_on:
                log.move(deal, 1, QUALIFY)
    rate = conversion_by_value(log.basis(9), cohort(log.basis(9), PIPELINE.stages[0]))
    assert (rate.num, rate.den, rate.n, rate.excluded) == (100, 400, n, excluded)


def test_a_cohort_that_is_worth_nothing_has_no_rate_by_value() -> None:
    log = Log()
    log.path(LEAD, QUALIFY)
    rate = conversion_by_value(log.basis(9), cohort(log.basis(9), PIPELINE.stages[0]))
    assert (rate.value, rate.reason, rate.n) == (None, "no value entered", 0)


def test_a_part_of_the_deals_has_their_entries_and_returns_as_the_whole_has() -> None:
    log = Log()
    log.path(LEAD, PROPOSAL, LEAD, PROPOSAL)
    log.path(LEAD, LOST)
    other = log.path(LEAD, QUALIFY)
    log.owner(other, 9, "bo")
    whole = log.basis(30)
    for part in (whole, whole.only(by_owner(UTC_RULES), "ana")):
        stays = [(deal.id, place, first) for deal, place, first in part.visits[LEAD]]
        assert stays[:3] == [(1, 0, True), (1, 2, False), (2, 0, True)]
        found = cohort(part, PIPELINE.stages[0])
        assert (ids(found.advanced)[:1], ids(found.lost)) == ([1], [2])
        assert regressions(part, PIPELINE.stages[0]) == 1
    assert whole.only(by_owner(UTC_RULES), "cy").visits.get(LEAD) is None


def test_a_deal_that_began_in_a_later_stage_and_went_back_is_a_regression_too() -> None:
    log = Log()
    log.path(PROPOSAL, LEAD)
    log.path(LEAD, QUALIFY)
    basis = log.basis(9)
    assert [regressions(basis, stage) for stage in PIPELINE.stages[:4]] == [1, 0, 0, 0]
