"""Every number of a report is what plain SQL over replayed deals comes to, whole and in groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeboard.domain.dates import micros, start_of_day
from pipeboard.domain.metrics import METRICS, Report, Target, compare, readings
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.folding import Fact
from pipeboard.domain.metrics.past_forecasts import periods_before
from pipeboard.domain.metrics.report import footnote, headline, scope_of, windows_of
from pipeboard.domain.metrics.rules import (
    Grouping,
    by_attribute,
    by_customer,
    by_month,
    by_owner,
    by_quarter,
    by_size,
    by_stage,
    by_team,
    grouping_of,
)
from pipeboard.domain.metrics.wording import Wording
from pipeboard.domain.money import Money, Rates, half_up
from pipeboard.domain.periods import parse_period
from pipeboard.exchange.metrics_document import metrics_document
from pipeboard.exchange.metrics_tables import FullReport, tables
from tests.domain.metrics.log import (
    BEGIN,
    BERLIN_RULES,
    LEAD,
    NEGOTIATE,
    PROPOSAL,
    QUALIFY,
    UTC_RULES,
    Log,
    at,
    ids,
    off_by,
    period,
)
from tests.domain.metrics.made_up import SPAN, logs, made_up_year
from tests.domain.metrics.oracle import counted, share
from tests.domain.metrics.test_money import CONVERTED
from tests.written import check_written

PERIODS = st.sampled_from(("2026Q1", "2026-02", "2026", "all"))
SUMS = (
    "won_count",
    "lost_count",
    "open_count",
    "created_count",
    "qualified_count",
    "won_value",
    "lost_value",
    "open_value",
    "push_count",
)


def in_euros(log: Log) -> Log:
    """The log with every amount in one currency."""
    return Log([fact._replace(currency=fact.currency and "EUR") for fact in log.facts])


def known(report: Report, name: str) -> int | Fraction:
    """A count or sum, of the deals whose value is known; it is the value where that is all."""
    metric = report.metric(name)
    assert metric.num is not None and metric.value in (None, metric.num)
    reasons = ("no value", "no rate for USD", "no close date")
    assert (metric.value is None) == (metric.reason in reasons)
    return metric.num


@given(logs(), st.integers(1, SPAN + 60), PERIODS, st.booleans())
def test_the_numbers_are_those_of_plain_sql(log: Log, day: int, label: str, berlin: bool) -> None:
    log = in_euros(log)
    basis = log.basis(day, period(label), rules=BERLIN_RULES if berlin else UTC_RULES)
    report = Report(basis)
    found = counted(log.facts, at(day), basis)
    n = {name: found[name] or 0 for name in found}
    for name in SUMS:
        assert known(report, name) == n[name], name
    won = n["won_count"]
    known_lost = n["lost_for_something"] or not n["lost_count"]
    known_won = n["won_with_value"] or not won
    valued = n["won_with_value"] or n["lost_for_something"]
    expected = {
        "win_rate": share(won, won + n["lost_count"]) if n["ever_lost"] else None,
        "win_rate_value": share(n["won_value"], n["won_value"] + n["lost_value"])
        if n["ever_lost"] and known_lost and known_won and valued
        else None,
        "win_rate_competitive": share(won, n["contested"]) if n["ever_lost"] else None,
        "win_rate_cohort": share(n["cohort_won"], n["created_count"]),
        "cycle_days_mean": share(n["cycle_us"], 86_400_000_000 * n["won_dated"]),
    }
    weighted = report.metric("forecast_weighted")
    assert weighted.num == n["won_value"] + Fraction(n["weighted_bp"], 10_000)
    assert weighted.value in (None, half_up(Fraction(weighted.num or 0)))
    assert {name: report.metric(name).value for name in expected} == expected
    assert known(report, "forecast_commit") == n["won_value"] + n["commit_value"]
    assert known(report, "forecast_best") == n["won_value"] + n["best_value"]
    assert known(report, "forecast_overdue") == n["overdue_value"]


@given(logs(), st.integers(1, SPAN), PERIODS)
def test_events_that_are_no_facts_change_nothing(log: Log, day: int, label: str) -> None:
    noisy = Log(list(log.facts))
    for fact in log.facts:
        for kind in ("note", "answered", "ranked", "tagged", "edited", "contact", "checked"):
            noisy.facts.append(Fact(fact.deal_id, fact.at + 1, kind, None, 7, "EUR", "2026-01-01"))
    quiet, loud = (Report(each.basis(day, period(label))) for each in (log, noisy))
    assert [metric.value for metric in quiet.metrics.values()] == [
        metric.value for metric in loud.metrics.values()
    ]


@given(logs(), st.integers(1, SPAN), PERIODS)
def test_what_comes_after_an_instant_changes_no_number_of_it(
    log: Log, day: int, label: str
) -> None:
    later = Log([fact for fact in log.facts if fact.at <= log.basis(day).now])
    then, known = (Report(each.basis(day, period(label))) for each in (log, later))
    assert {name: metric.value for name, metric in then.metrics.items()} == {
        name: metric.value for name, metric in known.metrics.items()
    }


@given(logs(), st.integers(1, SPAN))
def test_a_history_leads_back_to_every_earlier_instant(log: Log, day: int) -> None:
    then = {deal.id: deal for deal in log.histories(at(day))}
    us = log.basis(day).now
    for deal in log.histories():
        if deal.id not in then:
            assert deal.place_at(us) is None
            continue
        known = then[deal.id]
        assert (deal.value_at(us), deal.owner_at(us), deal.close_at(us), deal.bp_at(us)) == (
            (known.minor, known.currency),
            known.owner,
            known.close,
            known.bp,
        )
        assert (deal.stage_at(us), deal.archived_at(us)) == (known.stage_id, known.archived)
        assert deal.is_open_at(us) == (known.closed_at is None and not known.archived)


def groupings(basis: Basis) -> list[Grouping]:
    rules = replace(basis.rules, teams={"ana": "north", "bo": "north"})
    return [
        by_owner(rules),
        by_owner(replace(rules, owner_now=True)),
        by_team(rules),
        by_stage(rules),
        by_month(basis.calendar),
        by_quarter(basis.calendar, 1),
        by_attribute("source", {1: "web", 2: "web", 3: "referral"}),
    ]


@settings(max_examples=300)
@given(logs(), st.integers(1, SPAN), PERIODS, st.integers(0, 6))
def test_groups_add_up_to_the_whole(log: Log, day: int, label: str, which: int) -> None:
    basis = in_euros(log).basis(day, period(label))
    report = Report(basis)
    parts = list(report.groups(groupings(basis)[which]).values())
    for name in SUMS:
        assert sum(known(part, name) for part in parts) == known(report, name), name
    entered = [stage.entered for stage in report.stages]
    divided = [
        sum(places) for places in zip(*([s.entered for s in p.stages] for p in parts), strict=True)
    ]
    assert divided == entered or not parts


def test_groups_stand_in_the_order_of_what_they_are() -> None:
    log = Log()
    for stage_id, value in ((NEGOTIATE, 300_000), (LEAD, 5), (QUALIFY, 20_000), (PROPOSAL, None)):
        log.add(0, stage_id, value=value and value * 100, owner="z" if value else "a")
    basis = in_euros(log).basis(9)
    stages = [basis.rules.pipeline.stage(one).name for one in (LEAD, QUALIFY, PROPOSAL, NEGOTIATE)]
    assert stages != sorted(stages)
    for grouping, names in (
        (by_stage(basis.rules), stages),
        (by_size(basis.rules, basis.calendar), ["under 10k", "10k to 50k", "250k and more", None]),
        (by_owner(basis.rules), ["a", "z"]),
    ):
        assert list(Report(basis).groups(grouping)) == list(basis.split(grouping)) == names


def test_a_grouping_is_found_by_its_name() -> None:
    basis = Log().basis(9)
    values = {"field.product": {1: "GTX"}}
    for name in ("owner", "team", "stage", "month", "quarter", "field.product"):
        found = grouping_of(name, basis.rules, basis.calendar, lambda asked: values[asked])
        assert found.name == name
    unknown = {"owner": "nobody", "team": "no team", "stage": "none", "month": "no date",
               "quarter": "no date", "size": "no value", "field.product": "no product",
               "source": "no source"}  # fmt: skip
    for name, said in unknown.items():
        found = grouping_of(name, basis.rules, basis.calendar, lambda asked: {})
        assert (found.name, found.unknown) == (name, said)
    assert by_customer({}, []).unknown == "no account"
    shifted = replace(basis.rules, settings=replace(basis.rules.settings, fiscal_shift=3))
    log = Log()
    log.add(100)
    (history,) = log.histories()
    quarter = grouping_of("quarter", shifted, basis.calendar, lambda asked: {})
    assert quarter.event(history, history.created_at) == "2026Q1"


def test_a_calendar_knows_the_days_before_its_first_and_after_its_last() -> None:
    calendar = Log().basis(9).calendar
    for day in (-40, -1, 0, 9, 10, 11, 40):
        assert calendar.day(micros(at(day + 0.5))) == at(day).date()


def test_quarters_follow_the_business_year() -> None:
    log = Log()
    log.win(log.add(0), 100)
    basis = log.basis(120)
    for shift, label in ((0, "2026Q2"), (3, "2026Q1"), (-3, "2026Q3")):
        groups = basis.split(by_quarter(basis.calendar, shift))
        assert [name for name, part in groups.items() if part.won] == [label]


def test_a_deal_counts_for_its_owner_at_the_close_unless_the_rules_say_now() -> None:
    log = Log()
    deal = log.add(0, owner="ana")
    log.win(deal, 5)
    log.owner(deal, 6, "bo")
    basis = log.basis(9)
    assert Report(basis).only(by_owner(UTC_RULES), "ana").metric("won_count").value == 1
    now = by_owner(replace(UTC_RULES, owner_now=True))
    assert Report(basis).only(now, "bo").metric("won_count").value == 1
    log.owner(deal, 7, "")
    assert list(log.basis(9).split(now)) == [None]


def test_who_had_what_was_due_at_the_start_of_a_period_is_a_group_of_it() -> None:
    log = Log()
    log.owner(log.add(0, owner="ana", close="2026-02-20"), 32, "bo")
    basis = log.basis(40, period("2026-02"))
    assert list(Report(basis).groups(by_owner(UTC_RULES))) == ["ana", "bo"]


def test_groups_without_anything_in_the_period_are_left_out() -> None:
    log = Log()
    log.win(log.add(0, owner="gone"), 5)
    log.add(0, owner="ana")
    late = period("2026-08")
    assert list(Report(log.basis(220, late)).groups(by_owner(UTC_RULES))) == ["ana"]
    # A win of the last half year is still in the velocity, and so at the end of a past period.
    assert list(Report(log.basis(100, late)).groups(by_owner(UTC_RULES))) == ["ana", "gone"]
    for end, names in (("2026-06", ["ana", "gone"]), ("2026-07", ["ana"])):
        past = log.basis(300).during(period(end), log.basis(181 if end == "2026-06" else 212))
        assert list(Report(past).groups(by_owner(UTC_RULES))) == names


def test_numbers_are_compared_with_those_of_another_period() -> None:
    log = Log()
    for day in (3, 33, 34):
        log.win(log.add(0, value=10), day)
    log.lose(log.add(0, value=10), 33)
    basis = log.basis(70)
    changes = compare(*(Report(basis.during(period(month))) for month in ("2026-02", "2026-01")))
    assert (changes["won_count"].difference, changes["won_count"].share) == (Fraction(1),) * 2
    assert changes["won_count"].is_better
    assert changes["win_rate"].difference == Fraction(-1, 3)
    assert changes["win_rate"].is_better is False
    assert changes["lost_count"].share is None
    assert changes["target"].difference is None


def test_a_difference_lies_between_what_is_told_of_the_two() -> None:
    log = Log()
    for day, values in ((3, (1, 1, 2)), (33, (2, 2, 1))):
        for value in values:
            log.win(log.add(0, value=value), day)
    basis = log.basis(70)
    change = compare(*(Report(basis.during(period(month))) for month in ("2026-02", "2026-01")))
    size = change["deal_size_mean"]  # 5/3 after 4/3 are told as 2 after 1
    assert [size.now.told, size.then.told, size.difference, size.share] == [2, 1, 1, 1]


def test_the_whole_report_of_nothing_has_reasons_and_no_zeros_for_rates() -> None:
    report = Report(Log().basis(9, period("2026Q1")))
    for name, metric in report.metrics.items():
        assert (metric.value is None) == (metric.reason is not None), name
        assert metric.unit == METRICS[name].unit, name
        assert metric.value in (None, 0) or name == "pace"
    assert report.bottleneck is None
    assert off_by(report.waterfall) == 0
    assert [stage.conversion.reason for stage in report.stages] == ["no entries"] * 4
    assert (report.loss_reasons, report.touches, report.adherence) == ([], [], [])


@given(logs(), st.integers(1, SPAN), PERIODS)
def test_every_part_of_a_report_can_be_had_of_any_history(log: Log, day: int, label: str) -> None:
    report = Report(log.basis(day, period(label)))
    for name, metric in report.metrics.items():
        assert (metric.value is None) == (metric.reason is not None), name
        assert metric.unit == METRICS[name].unit, name
    assert report.coverage and report.forecast and report.calibration and report.weeks
    assert report.months is not None and report.lead_months
    assert len(report.stages) == 4
    assert report.bottleneck is None or report.bottleneck.overstay.deals


def test_stage_numbers_speak_of_entries_and_of_now() -> None:
    log = Log()
    log.add(0, LEAD, value=100)
    log.move(log.add(0, LEAD, value=100), 3, PROPOSAL)
    lead, _, proposal, _ = Report(log.basis(9)).stages
    assert (lead.entered, lead.open_count.value, lead.stalled_count) == (2, 1, 1)
    assert (lead.weighted_value.value, proposal.weighted_value.value) == (10, 50)
    assert lead.overstay.deal_days == 2


def test_a_report_says_when_its_velocity_is_not_real() -> None:
    log = Log()
    for _ in range(3):
        log.win(log.add(0, value=900), 30)
    log.lose(log.add(0, value=900), 30)
    log.add(0, PROPOSAL)
    assert not Report(log.basis(40)).velocity_is_stale
    log.add(0, PROPOSAL)
    log.add(0, PROPOSAL)
    report = Report(log.basis(40))
    assert report.velocity_is_stale
    assert report.time_to_win[-1][0] == 30
    assert set(report.rose_tint_by_stage) == {1, 2, 3, 4}


def test_deals_fall_into_bands_of_what_they_were_worth_at_the_event() -> None:
    log = Log()
    log.win(log.add(0, value=999_999), 5, 1_000_000)
    log.add(0, value=30_000_000)
    log.add(0)
    basis = log.basis(9)
    found = Report(basis).groups(by_size(UTC_RULES, basis.calendar))
    assert {name: part.metric("created_count").value for name, part in found.items()} == {
        "10k to 50k": 0,
        "250k and more": 1,
        "under 10k": 1,
        None: 1,
    }
    assert found["10k to 50k"].metric("won_count").value == 1


def test_a_customer_is_existing_once_another_deal_of_the_account_was_won() -> None:
    log = Log()
    first, before, after, other = log.add(0), log.add(5), log.add(5.001), log.add(9)
    log.win(first, 5)
    basis = log.basis(20)
    accounts = {first: "Lumen", before: "Lumen", after: "Lumen", other: "Kestrel"}
    found = Report(basis).groups(by_customer(accounts, basis.deals.closed))
    assert {name: part.metric("created_count").num_ids for name, part in found.items()} == {
        "existing": (after,),
        "new": (first, before, other),
    }


def test_the_band_of_a_deal_is_that_of_the_rate_on_the_day() -> None:
    log = Log()
    log.win(log.add(0, value=1_150_000, currency="USD"), 12)
    basis = log.basis(20, rules=CONVERTED)
    found = Report(basis).groups(by_size(basis.rules, basis.calendar))
    assert found["10k to 50k"].metric("created_count").value == 1
    assert found["under 10k"].metric("won_count").value == 1
    log.add(13, value=1_150_000, currency="CHF")
    basis = log.basis(20, rules=CONVERTED)
    found = Report(basis).groups(by_size(basis.rules, basis.calendar))
    assert found[None].metric("created_count").value == 1  # nobody knows the rate


def test_a_customer_is_none_for_a_loss() -> None:
    log = Log()
    lost, later = log.add(0), log.add(9)
    log.lose(lost, 5)
    basis = log.basis(20)
    accounts = dict.fromkeys((lost, later), "Lumen")
    found = Report(basis).groups(by_customer(accounts, basis.deals.closed))
    assert {name: part.metric("created_count").num_ids for name, part in found.items()} == {
        "new": (lost, later)
    }


def test_a_customer_is_one_from_the_first_win_on_whichever_deal_that_was() -> None:
    log = Log()
    later, first, between = log.add(0), log.add(0), log.add(6)
    log.win(later, 9)
    log.win(first, 5)
    basis = log.basis(20)
    accounts = dict.fromkeys((later, first, between), "Lumen")
    for deals in (basis.deals.closed, basis.deals.closed[::-1]):
        found = Report(basis).groups(by_customer(accounts, deals))
        existing = {name: part.metric("created_count").num_ids for name, part in found.items()}
        assert existing == {"existing": (between,), "new": (later, first)}


def test_what_was_said_in_past_weeks_is_what_was_known_then() -> None:
    log = Log()
    for _ in range(4):
        deal = log.add(20, NEGOTIATE, value=1_000, close="2026-02-20")
        log.move(deal, 45, PROPOSAL)
        log.win(deal, 50, 1_200)
    report = Report(log.basis(70, period("2026-03")))
    calls = [call for call in report.forecast_history if call.period.label == "2026-02"]
    said = [(c.week, int(c.said["commit"]), int(c.said["best"]), int(c.came)) for c in calls]
    # In commit until the move of 15 February, best case then, and won on the 20th.
    assert said == [
        (1, 4_000, 4_000, 4_800),
        (2, 4_000, 4_000, 4_800),
        (3, 4_000, 4_000, 4_800),
        (4, 4_800, 4_800, 4_800),
    ]
    assert calls[0].off("weighted") == Fraction(4 * 800 - 4_800, 4_800)
    ana = report.only(by_owner(UTC_RULES), "ana").forecast_history
    assert [call.said for call in ana] == [call.said for call in report.forecast_history]


def test_a_trailing_window_ends_now_and_begins_so_many_days_ago() -> None:
    log = Log()
    for day in (10, 10.5, 40):
        log.win(log.add(0), day)
    basis = log.basis(40)
    assert [deal.closed_at for deal in basis.closed_within(30)] == [
        micros(at(day)) for day in (10.5, 40)
    ]
    assert len(basis.closed_within(31)) == 3


def test_what_somebody_said_of_a_stage_holds_from_that_instant_on() -> None:
    rules = replace(UTC_RULES, chances={LEAD: ((100, 2_000), (200, None))})
    assert [rules.said_by(LEAD, us) for us in (99, 100, 200)] == [False, True, True]
    assert [rules.chance_at(LEAD, us) for us in (99, 100, 199, 200)] == [2_000, 2_000, 2_000, None]
    assert rules.said_by(QUALIFY, 0) and rules.chance_at(QUALIFY, 0) == 3_000


def test_a_period_that_is_just_over_is_a_past_one() -> None:
    log = Log()
    log.add(-300)
    for day, labels in ((89.999, ["2025Q4", "2025Q3"]), (90, ["2026Q1", "2025Q4", "2025Q3"])):
        found = [past.label for past in periods_before(log.basis(day, period("2026Q2")))]
        assert found[: len(labels)] == labels


def test_there_is_a_group_for_whoever_has_a_target_or_a_call_and_no_deal() -> None:
    def target(owner: str = "", team: str = "") -> Target:
        return Target("2026Q1", Money(100, "EUR"), owner, team)

    calls = {("2026Q1", "dan"): ((micros(at(3)), Money(7, "EUR")),)}
    teams = {"bo": "north", "dan": "east"}
    rules = replace(
        UTC_RULES, targets=(target("bo"), target(team="south")), calls=calls, teams=teams
    )
    report = Report(Log().basis(9, period("2026Q1"), rules=rules))
    assert set(report.groups(by_owner(rules))) == {"bo", "dan"}
    assert set(report.groups(by_team(rules))) == {"north", "south", "east"}
    assert set(report.groups(by_attribute("source", {}))) == set()


def test_a_group_is_named_by_what_a_deal_was_then() -> None:
    log = Log()
    deal = log.add(0, value=1_500_000, close="2026-03-05", owner="ana")
    log.owner(deal, 5, "zoe")
    (history,), basis = log.histories(), log.basis(40)
    rules = replace(basis.rules, teams={"ana": "north"})
    then, now = micros(at(1)), micros(at(9))
    assert (by_team(rules).event(history, then), by_team(rules).event(history, now)) == (
        "north",
        None,
    )
    month, size = by_month(basis.calendar), by_size(rules, basis.calendar)
    assert (month.event(history, now), month.standing(history, now)) == ("2026-01", "2026-03")
    assert size.event(history, now) == size.event(history, micros(at(-9))) == "10k to 50k"
    assert (month.called(None), by_owner(rules).called(None)) == ("no date", "nobody")
    assert by_owner(rules).called("ana") == "ana"


def test_of_an_unknown_beginning_the_month_is_unknown_and_of_a_later_event_it_is_not() -> None:
    log = Log()
    deal = log.add(0)
    log.forget_when(deal)
    log.win(deal, 40)
    (history,), basis = log.histories(), log.basis(50)
    month = by_month(basis.calendar)
    assert month.event(history, micros(at(0))) is None
    assert month.event(history, micros(at(40))) == "2026-02"


def test_a_group_of_a_group_has_what_belongs_to_both() -> None:
    log = Log()
    mine = log.add(0, close="2026-02-05")
    log.add(0, close="2026-02-05", owner="bo")
    basis = log.basis(40)
    ana = basis.only(by_owner(UTC_RULES), "ana")
    january = ana.only(by_month(basis.calendar), "2026-01")
    february = ana.only(by_month(basis.calendar), "2026-02")
    for deal in log.histories():
        is_mine, then = deal.id == mine, micros(at(0))
        assert january.happened_in_group(deal, then) is february.stood_in_group(deal, then)
        assert january.happened_in_group(deal, then) is is_mine
        assert not january.stood_in_group(deal, then)
        assert basis.happened_in_group(deal, then) and basis.stood_in_group(deal, then)


def test_a_group_has_the_deals_that_stand_in_it_now_and_what_came_to_a_stage_while_in_it() -> None:
    log = Log()
    deal = log.add(0, close="2026-03-05", owner="ana")
    log.facts[-1] = log.facts[-1]._replace(entered_at=micros(at(5)))
    log.owner(deal, 3, "bo")
    report = Report(log.basis(9))
    reps = report.groups(by_owner(UTC_RULES))
    entered = {name: part.stages[0].entered for name, part in reps.items()}
    assert entered == {"ana": 0, "bo": 1}
    months = report.groups(by_month(report.basis.calendar))
    standing = {name: part.metric("open_count").value for name, part in months.items()}
    assert standing == {"2026-01": 0, "2026-03": 1}


def test_what_stands_open_is_asked_of_the_end_of_a_period_or_of_now() -> None:
    basis, ended = Log().basis(90), Log().basis(31)
    assert basis.stock is basis
    past = basis.during(period("2026-01"), ended)
    assert past.stock is ended
    assert past is basis.during(period("2026-01"), ended)


def test_a_group_of_a_past_period_is_there_for_what_stood_in_it_at_the_end_alone() -> None:
    log = Log()
    deal = log.add(0, close="2026-03-05")
    log.close(deal, 40, "2026-05-05")
    past = Report(log.basis(60).during(period("2026-01"), log.basis(31)))
    groups = past.groups(by_month(past.basis.calendar))
    standing = {name: part.metric("open_count").num_ids for name, part in groups.items()}
    assert standing == {"2026-01": (), "2026-03": (deal,), "2026-05": ()}


OF_THE_END = {
    "backtest", "bottleneck", "calibration", "call_record", "coverage", "forecast",
    "forecast_history", "months", "rose_tint_by_stage",
}  # fmt: skip
"""The parts of a report that speak of what stands open; the others speak of the period."""


def test_of_a_period_that_is_over_each_part_that_speaks_of_its_end_says_what_it_said_then() -> None:
    log, rules = Log(), replace(UTC_RULES, targets=(Target("2026-01", Money(100, "EUR")),))
    for day in range(0, 40, 4):
        deal = log.add(day, PROPOSAL, value=100, close="2026-03-20")
        if day % 8:
            log.lose(deal, day + 9)
    log.add(0, LEAD)
    then = log.basis(31, period("2026-01"), rules=rules)
    assert Report(then).bottleneck
    past = Report(log.basis(90, period("2026-01"), rules=rules).during(period("2026-01"), then))
    parts = {name for name, part in vars(Report).items() if isinstance(part, property)}
    parts -= {"stock", "metrics", "velocity_is_stale"}
    assert {n for n in parts if getattr(past, n) is getattr(Report(then), n)} == OF_THE_END


def test_numbers_that_stayed_are_neither_better_nor_worse() -> None:
    log = Log()
    log.win(log.add(0, value=10), 3)
    report = Report(log.basis(9))
    changes = compare(report, report).values()
    assert {change.is_better for change in changes} == {None}


@settings(max_examples=300)
@given(logs(), st.integers(1, SPAN), PERIODS)
def test_the_first_instant_of_a_period_belongs_to_it_and_that_after_its_last_does_not(
    log: Log, day: int, label: str
) -> None:
    """All happens on the hour, so that what is at an edge is on the same side a moment later."""
    moment, asked = timedelta.resolution, at(day + 0.1)
    later = Log([_later(fact, moment) for fact in log.facts])
    on_the_hour = Report(log.basis(day, period(label), now=asked))
    after_it = Report(later.basis(day, period(label), now=asked + moment))
    assert _said(on_the_hour) == _said(after_it)


def _later(fact: Fact, moment: timedelta) -> Fact:
    return fact._replace(at=fact.at + moment // timedelta.resolution)


OF_THE_PERIOD = (
    "metrics", "by_currency", "stages", "bottleneck", "waterfall", "loss_reasons", "competitors",
    "lead_velocity", "won_weeks", "time_to_win",
)  # fmt: skip


OF_AN_INSTANT = (
    "pace", "coverage_required", "coverage_required_by_win_rate", "cycle_days_active_median",
)  # fmt: skip
"""How much of a period is over, what stood open as past ones began, how long until a day came."""


def _said(report: Report) -> dict[str, object]:
    """What a report says of what happened in its period."""
    document: dict[str, Any] = metrics_document(FullReport(report))
    said = {name: document[name] for name in OF_THE_PERIOD}
    for name in ("since", "until"):
        del said["waterfall"][name]
    for name in OF_AN_INSTANT:
        del said["metrics"][name]
    kept = [(rep.owner, rep.rate.num, rep.rate.den) for rep in report.adherence]
    return said | {"touches": report.touches, "adherence": kept}


def test_a_report_says_what_it_is_of() -> None:
    log = Log()
    log.add(0, value=5)
    rules = replace(BERLIN_RULES, velocity_days=90, run_rate_days=30, measured_days=365)
    report = Report(log.basis(40, period("2026Q1"), rules=rules))
    of_now = "as of 2026-02-10 01:00 (Europe/Berlin)"
    assert headline(report) == f"Sales: 2026Q1, {of_now}"
    assert headline(report, "won", "ana") == f"Sales: 2026Q1, @ana, /won, {of_now}"
    assert headline(report, owner="") == f"Sales: 2026Q1, @, {of_now}"
    assert dict(windows_of(report)) == {
        "velocity": 90, "run_rate": 30, "calibration": 365, "win_given": 365,
    }  # fmt: skip
    assert footnote(report) == (
        "Amounts in EUR; velocity over 90 days, run rate over 30, calibration over 365."
    )
    assert dict(scope_of(report, "won", "ana")) == {
        "pipeline": "Sales",
        "period": "2026Q1",
        "start": "2026-01-01T00:00:00+01:00",
        "end": "2026-04-01T00:00:00+02:00",
        "as_of": "2026-02-10T01:00:00+01:00",
        "stock_as_of": "2026-02-10T01:00:00+01:00",
        "filter": "won",
        "owner": "ana",
        "zone": "Europe/Berlin",
        "currency": "EUR",
    }


def test_a_change_is_better_where_its_number_wants_it_so() -> None:
    log = Log()
    log.win(log.add(0, value=100), 3)
    log.lose(log.add(0, value=100), 3)
    then = Report(log.basis(9, period("2026-01")))
    log.win(log.add(0, value=50), 10)
    log.lose(log.add(0, value=50), 10)
    now = Report(log.basis(20, period("2026-01")))
    changes = compare(now, then)
    won, lost = changes["won_value"], changes["lost_value"]
    assert (won.difference, won.share, won.is_better) == (Fraction(50), Fraction(1, 2), True)
    assert (lost.difference, lost.is_better) == (Fraction(50), False)
    assert compare(then, then)["won_value"].is_better is None
    assert compare(then, now)["won_value"].is_better is False
    none = compare(now, Report(log.basis(2, period("2026-01"))))["win_rate"]
    assert (none.difference, none.share, none.is_better) == (None, None, None)


def test_a_change_of_what_is_below_0_is_a_share_of_its_size() -> None:
    reports = []
    for value in (500, 1_000):
        log = Log()
        log.probability(log.add(0, value=value, close="2026-03-01"), 0, 0)
        reports.append(Report(log.basis(1, period("2026Q1"))))
    change = compare(*reports)["rose_tint"]
    assert change.then.value and change.then.value < 0
    assert change.difference and change.share == change.difference / -change.then.value > 0


# Every number of one made-up year, with what it was made of, as it was written down once.


def _plain(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.9g}"
    if isinstance(value, Fraction) and value.denominator > 10**9:
        return f"{float(value):.9g}"
    return str(value)


def _told(report: Report, name: str) -> str:
    """A number and all that it was made of; long lists of deals by how many and which sum."""
    metric = report.metric(name)
    parts = {
        "": metric.value, "of": metric.num, "in": metric.den, "n": metric.n,
        "why": metric.reason, "low": metric.low, "high": metric.high, "pending": metric.pending,
        "bounds": metric.bounds and "..".join(map(_plain, metric.bounds)),
        "out": dict(metric.excluded) or None,
    }  # fmt: skip
    said = [str(metric.unit)]
    said += [f"{part}={_plain(one)}" for part, one in parts.items() if one not in (None, 0)]
    for part, found in (("+", metric.num_ids), ("/", metric.den_ids)):
        if found:
            said.append(f"{part}{len(found)}:{sum(found)}")
    return " ".join(said)


READINGS = (
    readings.target_reading,
    readings.stuck_reading,
    readings.forecast_reading,
    readings.velocity_reading,
    readings.activity_reading,
    readings.loss_reading,
    readings.movement_reading,
    readings.skips_reading,
    readings.timing_reading,
)


def _flat(document: object, path: str = "") -> Iterator[str]:
    if isinstance(document, dict):
        for name, part in document.items():
            yield from _flat(part, f"{path}.{name}" if path else str(name))
    elif isinstance(document, list) and any(isinstance(part, dict | list) for part in document):
        for place, part in enumerate(document):
            yield from _flat(part, f"{path}[{place}]")
    else:
        yield f"{path} = {_plain(document)}"


def test_every_number_of_a_year_is_what_was_written_down() -> None:
    """Whatever changes a number, or what it is made of, changes `numbers.txt` too: look at each."""
    rates = Rates("EUR", {"USD": ((date(2026, 1, 1), Fraction(1, 2)),)})
    targets = (
        Target("2026Q3", Money(2_000, "EUR")),
        Target("2026", Money(6_000, "EUR")),
        Target("2026Q3", Money(700, "EUR"), "ana"),
    )
    rules = replace(UTC_RULES, rates=rates, targets=targets, teams={"ana": "north", "bo": "north"})
    log = made_up_year()
    lines = []
    for day, label in ((250, "2026Q3"), (320, "2026Q3"), (180, "2026"), (330, "all")):
        report = Report(log.basis(day, period(label), rules=rules))
        parts: dict[str, Report] = {"": report}
        if day == 250:
            parts |= {f"@{owner}": part for owner, part in report.groups(by_owner(rules)).items()}
        for whose, part in sorted(parts.items()):
            lines += [f"{day} {label} {whose}> {name} {_told(part, name)}" for name in METRICS]
        say = Wording("EUR")
        told = [read(report, say) for read in READINGS]
        told += [readings.calibration_reading(report, say), readings.funnel_reading(report, say)]
        told += [readings.weeks_reading(report.weeks, say)]
        told += [readings.reps_reading(report.groups(by_owner(rules)), say)]
        lines += [f"{day} {label} > {sentence}" for sentence in told]
        if day == 250:
            document = metrics_document(FullReport(report, history=True))
            del document["metrics"]
            lines += [f"{day} {label} > {line}" for line in _flat(document)]
    check_written(Path(__file__).with_name("numbers.txt"), lines)


def test_a_table_shows_what_its_rows_have_and_the_number_that_it_draws() -> None:
    report = Report(made_up_year().basis(250, period("2026Q3")))
    found = {table.name: table for table in tables(FullReport(report, history=True))}
    assert "forecast_history" in found
    for name, table in found.items():
        assert all(table.columns.keys() <= row.keys() for row in table.rows), name
        assert table.bar in ("", *table.columns), name


def test_a_retired_stage_is_told_of_while_a_deal_stands_in_it() -> None:
    first, *others = UTC_RULES.pipeline.stages
    stages = (replace(first, retired=True), *others)
    rules = replace(UTC_RULES, pipeline=replace(UTC_RULES.pipeline, stages=stages))
    log = Log()
    log.move(log.add(0, LEAD), 5, QUALIFY)
    told = [row.stage.name for row in Report(log.basis(9, rules=rules)).stages]
    assert told == ["Qualify", "Proposal", "Negotiate"]
    log.add(0, LEAD)
    told = [row.stage.name for row in Report(log.basis(9, rules=rules)).stages]
    assert told == ["Lead", "Qualify", "Proposal", "Negotiate"]


def test_a_rep_has_numbers_where_a_deal_of_theirs_turned_out_to_be_none() -> None:
    log = Log()
    for rep, day in (("ana", 40), ("bo", 20)):
        log.lose(log.add(-900, owner=rep), -800)
        log.lose(log.add(0, owner=rep), day, "invalid")
    basis = log.basis(70, period("2026-02"))
    assert [*Report(basis).groups(by_owner(UTC_RULES))] == ["ana"]


def test_a_rep_has_numbers_where_the_one_deal_of_theirs_turned_out_to_be_none() -> None:
    log = Log()
    for rep, day, why in (("ana", 40, "invalid"), ("bo", 20, "invalid"), ("cy", 40, "price")):
        log.lose(log.add(0, owner=rep), day, why)
    report = Report(log.basis(70, period("2026-02")))
    groups = report.groups(by_owner(UTC_RULES))
    left_out = {name: dict(part.metric("lost_count").excluded) for name, part in groups.items()}
    assert left_out == {"ana": {"invalid": 1}, "cy": {}}
    assert report.metric("lost_count").excluded == {"invalid": 1}


def test_a_rep_has_numbers_where_only_a_touch_of_a_closed_deal_was_theirs() -> None:
    log = Log()
    closed, silent = (log.add(-900, owner=owner) for owner in ("ana", "bo"))
    for deal in (closed, silent):
        log.win(deal, -800)
    log.lose(log.add(-900, owner="cy"), -800)
    log.say(closed, 40, "touch", what="call out")
    report = Report(log.basis(60, period("2026-02")))
    assert set(report.groups(by_owner(UTC_RULES))) == {"ana"}


@pytest.mark.parametrize(("velocity_days", "run_rate_days"), [(30, 90), (90, 30)])
def test_a_rep_has_numbers_while_a_win_of_theirs_is_in_any_window(
    velocity_days: int, run_rate_days: int
) -> None:
    rules = replace(UTC_RULES, velocity_days=velocity_days, run_rate_days=run_rate_days)
    log = Log()
    log.win(log.add(0), 20)
    for day, names in ((109, ["ana"]), (111, [])):
        report = Report(log.basis(day, period("2026-08"), rules=rules))
        assert list(report.groups(by_owner(rules))) == names


def test_a_rep_has_numbers_where_a_loss_of_the_period_is_all_there_is() -> None:
    log = Log()
    log.lose(log.add(-300), 5)
    report = Report(log.basis(900, period("2026-01")))
    assert list(report.groups(by_owner(UTC_RULES))) == ["ana"]


def test_of_a_past_period_what_came_is_told_as_now_and_what_stood_as_at_its_end() -> None:
    log = Log()
    deal = log.add(0)
    log.win(deal, 5)
    log.add(0)
    log.reopen(deal, 40, LEAD)
    log.move(log.add(20, QUALIFY), 41, PROPOSAL)
    past = Report(log.basis(60).during(period("2026-01"), log.basis(31)))
    assert (past.stages[1].dwell.over, past.stages[1].open_count.value) == (1, 1)
    assert (past.metric("won_count").value, past.metric("open_count").value) == (0, 2)


def test_a_rep_has_numbers_where_a_deal_came_back_to_a_stage_while_theirs() -> None:
    log = Log()
    deal = log.add(-300, QUALIFY, owner="ana")
    log.move(deal, 40, LEAD)
    log.owner(deal, 41, "bo")
    groups = Report(log.basis(60, period("2026-02"))).groups(by_owner(UTC_RULES))
    assert {name: part.stages[0].entered for name, part in groups.items()} == {"ana": 1, "bo": 0}


def test_a_rep_has_numbers_of_what_happened_while_a_deal_was_theirs() -> None:
    log = Log()
    deal = log.add(-300, owner="ana", close="2026-03-01")
    log.close(deal, 40, "2026-05-01")
    log.owner(deal, 41, "bo")
    report = Report(log.basis(60, period("2026-02")))
    groups = report.groups(by_owner(UTC_RULES))
    assert set(groups) == {"ana", "bo"}
    assert groups["ana"].metric("push_count").value == 1


OF_A_DAY = (
    "won_count",
    "lost_count",
    "created_count",
    "won_value",
    "lost_value",
    "qualified_count",
)


@pytest.mark.parametrize("shift", [0, 3, -3, 6, 8])
def test_a_business_year_is_its_quarters_and_they_are_its_groups(shift: int) -> None:
    """Of what happened on a day: asked for a quarter, or as the group of a year."""
    rules = replace(UTC_RULES, settings=replace(UTC_RULES.settings, fiscal_shift=shift))
    targets = tuple(Target(f"2026Q{n}", Money(100 * n, "EUR")) for n in (1, 2, 3, 4))
    rules, log = replace(rules, targets=targets), in_euros(made_up_year())

    def asked(label: str) -> Report:
        over = parse_period(label, date(2026, 1, 1), fiscal_shift=shift)
        return Report(log.basis(330, over, rules=rules))

    year = asked("2026")
    groups = year.groups(by_quarter(year.basis.calendar, shift))
    quarters = {label: asked(label) for label in ("2026Q1", "2026Q2", "2026Q3", "2026Q4")}
    assert year.basis.period.start == quarters["2026Q1"].basis.period.start
    for name in OF_A_DAY:
        whole = [known(report, name) for report in quarters.values()]
        assert sum(whole) == known(year, name)
        parts = [known(groups[label], name) if label in groups else 0 for label in quarters]
        assert whole == parts, name
    assert year.metric("target").value == 1_000
    assert [report.metric("target").value for report in quarters.values()] == [100, 200, 300, 400]
    for label, report in quarters.items():
        # Past periods are quarters of the same year, one before the other.
        before = periods_before(report.basis)
        assert all(one.kind == "quarter" and one.end <= report.basis.period.start for one in before)
        assert all(one.end == other.start for other, one in pairwise(before))
        assert label == report.basis.period.label


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Berlin", date(2026, 3, 29)),
        ("Europe/Berlin", date(2026, 10, 25)),
        ("America/Santiago", date(2026, 9, 6)),  # has no midnight
        ("Africa/Cairo", date(2026, 4, 24)),  # neither
        ("America/Santiago", date(2026, 4, 4)),  # its last hour comes twice
        ("Australia/Lord_Howe", date(2026, 10, 4)),  # by half an hour
    ],
)
def test_a_day_on_which_clocks_change_has_what_happened_on_it_and_no_more(
    zone: str, day: date
) -> None:
    rules = replace(UTC_RULES, settings=replace(UTC_RULES.settings, zone_name=zone))
    first, after = (
        start_of_day(one, rules.settings.zone) for one in (day, day + timedelta(days=1))
    )
    assert after - first != timedelta(days=1)
    log = Log()
    for instant in (first - timedelta.resolution, first, after - timedelta.resolution, after):
        log.win(log.add(0), (instant - BEGIN) / timedelta(days=1), 1)
        log.facts[-1] = log.facts[-1]._replace(at=micros(instant))
    won = {
        one: ids(Report(log.basis(360, over, rules=rules)).basis.won)
        for one in (day - timedelta(days=1), day, day + timedelta(days=1))
        for over in (parse_period(f"{one}..{one + timedelta(days=1)}", day),)
    }
    assert list(won.values()) == [[1], [2, 3], [4]]
    calendar = log.basis(360, rules=rules).calendar
    assert [calendar.day(fact.at) for fact in log.facts if fact.kind == "won"] == [
        day - timedelta(days=1), day, day, day + timedelta(days=1),
    ]  # fmt: skip
