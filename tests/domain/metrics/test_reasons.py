"""Why there is no number, where two things are missing: what is to be mended first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeboard.domain.metrics.coverage import _gross, attainment, cover, required_coverage
from pipeboard.domain.metrics.deals import NO_QUALIFIED, MoneySum
from pipeboard.domain.metrics.forecast import _rose
from pipeboard.domain.metrics.outcomes import qualified_count
from pipeboard.domain.metrics.result import Metric, Unit, missing
from pipeboard.domain.metrics.time_in_stage import single_contact
from pipeboard.domain.metrics.velocity import lead_velocity_average
from pipeboard.domain.metrics.wording import Definition
from tests.domain.metrics.log import LEAD, PIPELINE, PROPOSAL, UTC_RULES, Log, period

KNOWN = Metric(100, Unit.MINOR, n=3)


def lacking(reason: str | None) -> Metric:
    return missing(Unit.MINOR, reason or "")


@pytest.mark.parametrize(
    ("stated", "measured", "reason"),
    [
        (lacking("A"), lacking("B"), "A"),
        (lacking("A"), KNOWN, "A"),
        (KNOWN, lacking("B"), "B"),
        (lacking(""), lacking(""), "no forecast"),
    ],
)
def test_rose_tint_says_first_what_the_stated_forecast_lacks(
    stated: Metric, measured: Metric, reason: str
) -> None:
    assert (_rose(stated, measured).value, _rose(stated, measured).reason) == (None, reason)


def test_rose_tint_may_be_blue() -> None:
    tint = _rose(Metric(60, Unit.MINOR, n=2), KNOWN)
    assert (tint.value, tint.num, tint.n, tint.reason) == (-40, -40, 2, None)


@pytest.mark.parametrize(
    ("target", "won", "pipe", "reason"),
    [
        (lacking("no target"), 0, 100, "no target"),
        (lacking("no target"), None, None, "no target"),
        (KNOWN, None, 100, "no rate"),
        (KNOWN, 0, None, "no rate"),
        (KNOWN, 100, 50, "target met"),
        (KNOWN, 101, 50, "target met"),
        (KNOWN, 99, 50, None),
    ],
)
def test_coverage_says_first_what_the_target_lacks(
    target: Metric, won: int | None, pipe: int | None, reason: str | None
) -> None:
    found = cover(target, won, pipe, "no rate")
    assert found.reason == reason
    assert found.value == (50 if reason is None else None)


@pytest.mark.parametrize(
    ("rate", "reason"),
    [
        (lacking("no losses"), "no losses"),
        (Metric(0, Unit.RATIO), "win rate is 0"),
        (missing(Unit.RATIO, ""), "win rate is 0"),
    ],
)
def test_required_coverage_says_what_the_win_rate_lacks(rate: Metric, reason: str) -> None:
    assert required_coverage(rate).reason == reason


NO_RATE = MoneySum(0, (), {}, ["USD"])
WORTH = MoneySum(300, (), {})


@pytest.mark.parametrize(
    ("target", "whole", "reason"),
    [
        (lacking("no target"), NO_RATE, "no target"),
        (lacking("no target"), WORTH, "no target"),
        (KNOWN, NO_RATE, "no rate for USD"),
        (Metric(0, Unit.MINOR), WORTH, "target is 0"),
        (KNOWN, WORTH, None),
    ],
)
def test_gross_coverage_says_first_what_the_target_lacks(
    target: Metric, whole: MoneySum, reason: str | None
) -> None:
    assert _gross(target, whole).reason == reason


def test_attainment_says_first_that_there_is_no_target() -> None:
    log = Log()
    log.win(log.add(0, value=100, currency="USD"), 5)
    assert attainment(log.basis(9, period("2026Q1"))).reason == "no target"


PLAIN = replace(
    UTC_RULES,
    pipeline=replace(
        PIPELINE, stages=tuple(replace(one, qualified=False) for one in PIPELINE.stages)
    ),
)


@pytest.mark.parametrize(
    "number", [qualified_count, single_contact, lead_velocity_average], ids=lambda one: one.name
)
def test_where_no_stage_qualifies_a_deal_nothing_is_known_of_qualified_ones(
    number: Definition,
) -> None:
    log = Log()
    log.path(LEAD, PROPOSAL, begin=3)
    found = number(log.basis(20, period("2026-01"), rules=PLAIN))
    assert (found.value, found.reason, found.unit) == (None, NO_QUALIFIED, number.unit)
    assert number(log.basis(20, period("2026-01"))).reason != NO_QUALIFIED
