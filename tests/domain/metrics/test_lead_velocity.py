"""Lead velocity compares like with like: month with month, a running one to the same day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest

from pipeboard.domain.dates import micros
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.result import Metric
from pipeboard.domain.metrics.velocity import (
    growth,
    lead_growth,
    lead_velocity,
    lead_velocity_average,
    lead_velocity_rate,
)
from tests.domain.metrics.log import LEAD, PIPELINE, PROPOSAL, UTC_RULES, WON, Log, at, period


@pytest.mark.parametrize(
    ("before", "now", "rate"), [(100, 120, Fraction(1, 5)), (0, 5, None), (0, 0, None), (5, 0, -1)]
)
def test_growth_over_the_month_before(before: int, now: int, rate: Fraction | None) -> None:
    found = growth(now, before)
    assert found.value == rate
    assert found.reason == (None if before else "no prior")


def qualified(log: Log, *days: float) -> None:
    for day in days:
        log.add(day, PROPOSAL)


def test_a_lead_counts_in_the_month_in_which_it_first_qualified() -> None:
    log = Log()
    late = log.add(0, LEAD)
    log.move(late, 35, PROPOSAL)
    log.move(late, 36, LEAD)
    log.move(late, 70, PROPOSAL)
    skipper = log.path(LEAD, WON, begin=40)
    months = {month.month: month.leads for month in lead_velocity(log.basis(95))}
    assert skipper and months["2026-02"] == 2
    assert months["2026-01"] == months["2026-03"] == 0


def test_a_running_month_is_compared_with_the_same_days_of_the_last() -> None:
    log = Log()
    qualified(log, 0, 9.9, 10, 20, 32, 33, 35)
    month = lead_velocity(log.basis(40.5))[-1]
    assert (month.month, month.leads, month.partial) == ("2026-02", 3, True)
    assert (month.rate.value, month.rate.den) == (Fraction(1, 2), 2)


def test_the_same_day_of_a_shorter_month_is_its_last() -> None:
    log = Log()
    qualified(log, 31, 58.5, 60)
    month = lead_velocity(log.basis(89.5))[-1]
    assert (month.month, month.rate.den, month.partial) == ("2026-03", 2, True)


def test_the_first_month_shown_is_compared_with_the_whole_month_before_it() -> None:
    log = Log()
    months = [month.month for month in lead_velocity(log.basis(430))]
    assert (months[0], months[-1]) == ("2026-03", "2027-03")
    qualified(log, 30.9, 31, 40, 58.9, 59)  # February 2026 begins on day 31
    first = lead_velocity(log.basis(430))[0]
    assert (first.leads, first.rate.num, first.rate.den) == (1, -2, 3)


@pytest.mark.parametrize(("today", "partial"), [(57, True), (58, True), (59, False), (60, False)])
def test_a_month_is_over_on_the_first_day_of_the_next(today: int, partial: bool) -> None:
    log = Log()
    qualified(log, 0, 1, 29, 32)
    month = lead_velocity(log.basis(today, period("2026-02")))[-1]
    assert (month.month, month.leads, month.partial) == ("2026-02", 1, partial)


def test_the_rate_of_a_past_period_is_that_of_its_last_month() -> None:
    log = Log()
    qualified(log, 0, 1, 32, 33, 34, 60)
    basis = log.basis(200, period("2026-02"))
    assert lead_velocity_rate(basis).value == Fraction(1, 2)
    assert not lead_velocity(basis)[-1].partial


@pytest.mark.parametrize(
    ("rate", "running"), [(lead_velocity_rate, 1), (lead_growth, 1), (lead_velocity_average, 2)]
)
def test_a_period_to_come_has_no_growth_yet(rate: Callable[[Basis], Metric], running: int) -> None:
    log = Log()
    qualified(log, 0, 32, 33)
    assert rate(log.basis(50, period("2026-03"))).reason == "the period has not begun"
    assert rate(log.basis(50, period("2026-02"))).value == running
    assert rate(log.basis(59, period("2026-03"))).reason != "the period has not begun"


def test_the_average_is_the_growth_of_three_months_together() -> None:
    log = Log()
    qualified(log, 32, 60, 61, 91)
    # February to April had 1, 2 and 1 after 0, 1 and 2.
    found = lead_velocity_average(log.basis(200, period("2026-04")))
    assert (found.value, found.den) == (Fraction(1, 3), 3)


def test_all_created_leads_grow_on_their_own() -> None:
    log = Log()
    for day in (0, 1, 32, 33, 34):
        log.add(day, LEAD)
    basis = log.basis(200, period("2026-02"))
    assert lead_growth(basis).value == Fraction(1, 2)
    assert lead_velocity_rate(basis).reason == "no prior"


def test_without_a_qualified_stage_there_is_no_rate() -> None:
    stages = tuple(replace(stage, qualified=False) for stage in PIPELINE.stages)
    rules = replace(UTC_RULES, pipeline=replace(PIPELINE, stages=stages))
    assert lead_velocity_rate(Log().basis(9, rules=rules)).reason == (
        "no stage is marked as qualified"
    )


@pytest.mark.parametrize(("us", "month"), [(0, "2026-02"), (-1, "2026-01")])
def test_a_month_in_which_the_bar_was_moved_is_marked(us: int, month: str) -> None:
    """From its first instant on: the 32nd day of the year begins February."""
    log = Log()
    for moved in (micros(at(31)) + us, micros(at(40 if not us else 20))):
        rules = replace(UTC_RULES, bar_moved_at=(moved,))
        months = lead_velocity(log.basis(80, rules=rules))
        assert [one.month for one in months if one.bar_moved] == [month]
