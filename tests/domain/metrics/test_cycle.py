"""Cycles are elapsed days from creation to the final win; open deals are not forgotten."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from pipeboard.domain.dates import micros
from pipeboard.domain.metrics.cycle import (
    active_cycle,
    close_median,
    cycle_mean,
    cycle_median,
    cycle_p90,
    cycle_since_qualified,
    mql_conversion,
    mql_to_sql,
    stay,
    time_to_win,
    until,
)
from pipeboard.domain.metrics.cycle import span as span_of
from pipeboard.domain.metrics.result import DAY_US
from tests.domain.metrics.log import LEAD, PIPELINE, PROPOSAL, QUALIFY, UTC_RULES, Log, at, ids

ALL_QUALIFIED, NONE_QUALIFIED = (
    tuple(replace(stage, qualified=qualified) for stage in PIPELINE.stages)
    for qualified in (True, False)
)


def won_after(*spans: float) -> Log:
    log = Log()
    for span in spans:
        log.win(log.add(0), span)
    return log


def test_median_mean_and_ninetieth_percentile() -> None:
    basis = won_after(10, 20, 90).basis(100)
    assert cycle_median(basis).value == 20
    assert cycle_mean(basis).value == 40
    assert cycle_p90(basis).value == 90


def test_of_what_marketing_qualified_some_qualifies_and_takes_its_days() -> None:
    marked = (replace(PIPELINE.stages[0], marketing_qualified=True), *PIPELINE.stages[1:])
    rules = replace(UTC_RULES, pipeline=replace(PIPELINE, stages=marked))
    log = Log()
    for day in (1, 2, 3, 4):
        log.add(day)
    log.move(1, 5, PROPOSAL)
    log.move(2, 10, PROPOSAL)
    basis = log.basis(20, rules=rules)
    share, took = mql_conversion(basis), mql_to_sql(basis)
    assert (share.value, share.num, share.den, share.pending) == (Fraction(1, 2), 2, 4, 2)
    assert (took.value, took.n) == (6, 2)


def test_without_either_flag_nobody_says_how_marketing_does() -> None:
    for number in (mql_conversion, mql_to_sql):
        found = number(won_after(3).basis(9))
        assert (found.value, found.reason) == (None, "no stage is marked as marketing_qualified")


def test_without_wins_there_is_no_cycle() -> None:
    basis = won_after().basis(9)
    for cycle in (cycle_median, cycle_mean, cycle_p90):
        assert (cycle(basis).value, cycle(basis).reason) == (None, "no won deals")


def test_a_deal_won_again_counts_from_its_creation() -> None:
    log = won_after(10)
    log.reopen(1, 20, LEAD)
    log.win(1, 50)
    assert cycle_median(log.basis(60)).value == 50


def test_half_days_are_kept() -> None:
    assert cycle_mean(won_after(0.5, 1).basis(9)).value == Fraction(3, 4)


@pytest.mark.parametrize("known", ["", "day"])
def test_what_came_before_a_deal_began_took_no_time(known: str) -> None:
    log = Log()
    log.add(5)
    log.facts[0] = log.facts[0]._replace(known=known)
    (deal,) = log.histories()
    assert [until(log.basis(9), deal, micros(at(day))) for day in (3, 5, 6)] == [0, 0, DAY_US]


def test_time_to_close_takes_open_deals_as_lasting_until_now() -> None:
    log = Log()
    for span, outcome in ((10, "w"), (20, "l"), (50, "w"), (90, "l")):
        deal = log.add(120 - span if span == 120 else 0)
        (log.win if outcome == "w" else log.lose)(deal, span)
    for age in (30, 60, 120):
        log.add(120 - age)
    basis = log.basis(120)
    assert close_median(basis).value == 90
    assert dict(time_to_win(basis))[Fraction(50)] == pytest.approx(9 / 28)


def test_time_to_close_may_not_be_reached() -> None:
    log = Log()
    log.add(0)
    assert close_median(log.basis(9)).reason == "not reached"
    assert close_median(Log().basis(9)).reason == "no deals created"


def test_parked_time_is_taken_off_the_active_cycle_only() -> None:
    log = won_after()
    deal = log.add(0)
    log.say(deal, 2, "snoozed", on="2026-01-13")
    log.win(deal, 20)
    assert cycle_median(log.basis(30)).value == 20
    assert active_cycle(log.basis(30)).value == 10


def test_a_plan_and_a_win_end_a_snooze() -> None:
    log = Log()
    planned, won = log.add(0), log.add(0)
    log.say(planned, 2, "snoozed", on="2026-02-01")
    log.say(planned, 4, "next_step", on="2026-01-06")
    log.win(planned, 12)
    log.say(won, 2, "snoozed", on="2026-02-01")
    log.win(won, 12)
    first, second = (log.basis(30).won[place] for place in (0, 1))
    assert first.snoozes[-1][1] is None and second.snoozes[-1][1] is None
    assert active_cycle(log.basis(30)).value == Fraction(10 + 2, 2)


def test_no_time_is_parked_after_a_win_that_was_told_later() -> None:
    log = Log()
    deal = log.add(0)
    log.say(deal, 3, "snoozed", on="2026-01-21")
    log.say(deal, 7, "snoozed", on="2026-01-31")
    log.win(deal, 5)
    assert active_cycle(log.basis(30)).value == 3


def test_a_deal_of_a_day_cannot_be_parked_for_longer_than_it_took() -> None:
    log = Log()
    deal = log.add(0.1)
    log.facts[-1] = log.facts[-1]._replace(known="day")
    log.say(deal, 0.2, "snoozed", on="2026-01-09")
    log.win(deal, 0.6)
    assert active_cycle(log.basis(30)).value == 0


def test_the_cycle_since_qualification_starts_at_the_first_qualified_stage() -> None:
    log = Log()
    deal = log.add(0)
    log.move(deal, 6, PROPOSAL)
    log.win(deal, 20)
    assert cycle_since_qualified(log.basis(30)).value == 14


@pytest.mark.parametrize("kind", ["created", "won"])
def test_one_date_without_a_time_makes_a_cycle_of_whole_days(kind: str) -> None:
    log = Log()
    log.win(log.add(0.5), 3.25)
    for place, fact in enumerate(log.facts):
        if fact.kind == kind:
            log.facts[place] = fact._replace(known="day")
    assert cycle_mean(log.basis(9)).value == 3
    rules = replace(UTC_RULES, pipeline=replace(PIPELINE, stages=ALL_QUALIFIED))
    assert cycle_since_qualified(log.basis(9, rules=rules)).value == 3


def test_no_cycle_runs_from_qualification_where_that_is_not_known() -> None:
    log = Log()
    lead = log.add(0)
    log.win(lead, 4)
    log.forget_when(lead)
    log.reopen(lead, 5, LEAD)
    log.win(lead, 9)
    found = cycle_since_qualified(log.basis(30))
    assert (found.value, found.n, found.excluded) == (None, 0, {"no qualifying date": 1})
    assert found.reason == "no win has a date on which it qualified"
    none = replace(UTC_RULES, pipeline=replace(PIPELINE, stages=NONE_QUALIFIED))
    assert cycle_since_qualified(log.basis(30, rules=none)).reason == (
        "no stage is marked as qualified"
    )


@pytest.mark.parametrize(
    ("shelves", "days"), [((), 10), ((4,), 4), ((4, 6), 10), ((4, 6, 7), 7), ((2, 3, 4, 9), 10)]
)
def test_an_open_deal_is_seen_until_now_or_until_it_was_put_away_for_good(
    shelves: tuple[int, ...], days: int
) -> None:
    """Put away and taken out again by turns, on these days."""
    log = Log()
    deal = log.add(0)
    for place, day in enumerate(shelves):
        log.say(deal, day, "unarchived" if place % 2 else "archived")
    basis = log.basis(10)
    (history,) = log.histories(at(10))
    assert span_of(basis, history, 0) == days * DAY_US


@pytest.mark.parametrize(
    ("archived", "first", "last", "lasts"),
    [
        (None, 0, None, 20), (None, 1, None, 15), (None, 0, 1, 5),
        (9, 0, None, 9), (9, 1, None, 4), (5, 1, None, 0), (3, 1, None, 0), (3, 0, 1, 5),
    ],
)  # fmt: skip
def test_a_stay_lasts_until_the_deal_was_archived_and_never_less_than_nothing(
    archived: float | None, first: int, last: int | None, lasts: int
) -> None:
    log = Log()
    deal = log.add(0, LEAD)
    log.move(deal, 5, QUALIFY)
    if archived is not None:
        log.say(deal, archived, "archived")
    (history,) = log.histories()
    for measure in (span_of, stay):
        assert measure(log.basis(20), history, first, last) == lasts * DAY_US


def test_a_cycle_that_is_unknown_says_why() -> None:
    log = Log()
    log.add(0)
    for cycle in (cycle_median, cycle_mean, cycle_p90, cycle_since_qualified, active_cycle):
        found = cycle(log.basis(9))
        assert (found.value, found.reason, found.n) == (None, "no won deals", 0)
    log.win(1, 5)
    log.facts[0] = log.facts[0]._replace(known="unknown")
    for cycle in (cycle_median, cycle_mean, cycle_p90, active_cycle):
        assert cycle(log.basis(9)).reason == "no win has a created date"
    reason = "no win has a date on which it qualified"
    assert cycle_since_qualified(log.basis(9)).reason == reason


def test_a_cycle_names_the_wins_that_it_is_of() -> None:
    log = won_after(10, 20, 90)
    log.add(0)
    for cycle in (cycle_median, cycle_mean, cycle_p90, cycle_since_qualified, active_cycle):
        found = cycle(log.basis(100))
        assert (found.n, found.num_ids, found.num) == (3, (1, 2, 3), found.value)


def test_a_win_without_a_created_date_is_left_out_of_the_cycle_and_counted() -> None:
    log, undated = Log(), Log()
    for one, day in ((log, 10), (log, 20), (undated, 20)):
        deal = one.add(0)
        if (one, day) != (log, 10):
            one.forget_when(deal)
        one.win(deal, day)
    for cycle in (cycle_median, cycle_mean, cycle_p90):
        metric = cycle(log.basis(100))
        assert (metric.value, metric.n, ids(metric.numerator)) == (10, 1, [1])
        assert metric.excluded == {"no created date": 1}
        metric = cycle(undated.basis(100))
        assert (metric.value, metric.n, metric.excluded) == (None, 0, {"no created date": 1})
        assert metric.reason == "no win has a created date"
