"""Velocity is a promise; the run rate beside it is what came."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from pipeboard.domain.metrics.result import Unit
from pipeboard.domain.metrics.velocity import (
    is_stale,
    qualified_open,
    run_rate_per_day,
    velocity,
    velocity_per_day,
)
from tests.domain.metrics.log import LEAD, PIPELINE, PROPOSAL, UTC_RULES, Log, ids


def test_a_hundred_deals_of_ten_thousand_at_a_quarter_in_45_days() -> None:
    speed = velocity(100, Fraction(1, 4), 1_000_000, 45)
    assert speed.value == Fraction(5_000_000, 9)
    assert speed.rounded == 555_556


def test_only_qualified_deals_that_are_not_parked_promise_anything() -> None:
    log = Log()
    log.add(0, LEAD)
    working, parked, came_back, woken = (log.add(0, PROPOSAL) for _ in range(4))
    log.say(parked, 1, "snoozed", on="2026-03-01")
    log.move(came_back, 2, LEAD)
    log.say(woken, 3, "snoozed", on=log.basis(9).today.isoformat())
    assert ids(qualified_open(log.basis(9))) == [working, came_back, woken]
    assert ids(qualified_open(log.basis(9), asleep=True)) == [parked]


def test_velocity_is_number_times_rate_times_size_by_cycle() -> None:
    log = Log()
    log.win(log.add(0, value=900), 30)
    log.lose(log.add(0, value=900), 30)
    for _ in range(4):
        log.add(0, PROPOSAL)
    assert velocity_per_day(log.basis(40)).value == Fraction(4 * 900, 2 * 30)


def test_a_missing_input_is_named() -> None:
    log = Log()
    log.add(0, PROPOSAL)
    assert velocity_per_day(log.basis(9)).reason == "no win rate: no closed deals"
    log.lose(log.add(0, value=1), 3)
    assert velocity_per_day(log.basis(9)).reason == "no deal size: no won deal has a value"
    log.win(log.add(3, value=1), 3)
    assert velocity_per_day(log.basis(9)).reason == "cycle is 0"


def test_without_a_qualified_stage_there_is_no_velocity() -> None:
    stages = tuple(replace(stage, qualified=False) for stage in PIPELINE.stages)
    rules = replace(UTC_RULES, pipeline=replace(PIPELINE, stages=stages))
    assert velocity_per_day(Log().basis(9, rules=rules)).reason == (
        "no stage is marked as qualified"
    )


def test_the_run_rate_looks_back_ninety_days() -> None:
    log = Log()
    for day in (9, 10.5, 100):
        log.win(log.add(0, value=900), day)
    assert run_rate_per_day(log.basis(100)).value == Fraction(1800, 90)


def test_without_a_win_of_known_value_there_is_no_run_rate() -> None:
    log = Log()
    log.win(log.add(0), 3)
    rate = run_rate_per_day(log.basis(9))
    assert (rate.value, rate.unit, rate.n) == (None, Unit.MINOR_PER_DAY, 0)
    assert (rate.reason, rate.excluded) == ("no value", {"no value": 1})


def test_a_promise_of_more_than_twice_the_run_rate_is_stale() -> None:
    log = Log()
    log.win(log.add(0, value=900), 30)
    real = run_rate_per_day(log.basis(40))
    assert real.value == 10
    assert is_stale(velocity(21, 1, 1, 1), real)
    assert not is_stale(velocity(20, 1, 1, 1), real)
    unknown = replace(real, value=None)
    assert not is_stale(unknown, real)
    assert not is_stale(velocity(21, 1, 1, 1), unknown)
    assert not is_stale(velocity(21, 1, 1, 1), replace(real, value=0))
