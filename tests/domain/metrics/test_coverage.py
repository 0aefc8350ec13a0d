"""Coverage is what is open over what is missing, and what the win rate asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from pipeboard.domain.dates import micros
from pipeboard.domain.metrics.coverage import (
    Conversion,
    CoverageVerdict,
    attainment,
    conversion_of_pipeline,
    cover,
    coverage,
    leads_needed,
    next_coverage,
    pace,
    required_coverage,
)
from pipeboard.domain.metrics.outcomes import created_and_won_share
from pipeboard.domain.metrics.past_forecasts import at_same_time
from pipeboard.domain.metrics.result import Metric, Unit
from pipeboard.domain.metrics.rules import (
    MATCHING,
    MetricRules,
    Target,
    by_attribute,
    by_matching,
    by_owner,
    by_team,
)
from pipeboard.domain.metrics.targets import (
    NOBODYS,
    OF_REPS_ONLY,
    PART,
    call_record,
    own_call,
    target_of,
)
from pipeboard.domain.metrics.waterfall import waterfall
from pipeboard.domain.money import Money
from tests.domain.metrics.log import UTC_RULES, Log, at, ids, period
from tests.domain.metrics.test_money import CONVERTED

QUARTER = period("2026Q1")


def rules(*targets: tuple[str, int, str, str]) -> MetricRules:
    """Targets as period, euros in cents, owner, team."""
    return replace(
        UTC_RULES,
        targets=tuple(Target(p, Money(minor, "EUR"), o, t) for p, minor, o, t in targets),
        teams={"ana": "north", "bo": "north", "cem": "south"},
    )


def test_a_part_of_the_deals_has_no_target_whatever_it_is_a_part_by() -> None:
    basis = Log().basis(9, QUARTER, rules=rules(("2026Q1", 100, "", "")))
    for grouping, group in (
        (by_attribute("source", {}), None),
        (by_matching("won", ()), MATCHING),
        (by_matching("won", ()), None),
    ):
        assert target_of(basis.only(grouping, group)).reason == PART


def test_targets_of_weeks_that_fill_a_span_are_added_up() -> None:
    weeks = rules(("2026-W02", 100, "", ""), ("2026-W03", 50, "", ""), ("2026-W05", 7, "", ""))
    for span, target in (("2026-01-05..2026-01-19", 150), ("2026-01-05..2026-01-18", None)):
        assert target_of(Log().basis(9, period(span), rules=weeks)).value == target


@pytest.mark.parametrize("turned", [False, True], ids=["in order", "turned round"])
@pytest.mark.parametrize(
    ("labels", "span", "filled"),
    [
        ("2026-01 2026-02 2026-03", "2026Q1", True),
        ("2026-01 2026-03", "2026Q1", False),
        ("2026-01 2026-02", "2026Q1", False),
        ("2026-02 2026-03", "2026Q1", False),
        ("2025-12 2026-01 2026-02 2026-03 2026-04", "2026Q1", True),
        ("2026Q1 2026Q2 2026Q3 2026Q4", "2026", True),
        ("2026Q1 2026Q2 2026Q3 2026-10 2026-11 2026-12", "2026", False),
        ("2026-W02 2026-W03", "2026-01-05..2026-01-19", True),
        ("2026-W02", "2026-01-05..2026-01-12", True),
        ("2026-01", "all", False),
    ],
)
def test_targets_of_shorter_periods_count_where_they_fill_the_longer_without_a_gap(
    labels: str, span: str, filled: bool, turned: bool
) -> None:
    told = [(label, 10, "", "") for label in labels.split()]
    found = target_of(Log().basis(9, period(span), rules=rules(*(told[::-1] if turned else told))))
    within = [label for label in labels.split() if label not in ("2025-12", "2026-04")]
    assert found.value == (10 * len(within) if filled else None)


def test_three_times_what_is_missing_may_be_too_little() -> None:
    target = Metric(1_600_000, Unit.MINOR)
    covered = cover(target, 0, 4_800_000, None)
    required = required_coverage(Metric(Fraction(22, 100), Unit.RATIO))
    assert covered.value == 3
    assert required.value == Fraction(50, 11)
    assert round(float(covered.value / required.value), 2) == 0.66


def test_a_target_that_is_met_needs_no_coverage() -> None:
    log = Log()
    log.win(log.add(0, value=130), 3)
    found = coverage(log.basis(9, QUARTER, rules=rules(("2026Q1", 100, "", ""))))
    assert (found.ratio.value, found.ratio.reason) == (None, "target met")
    assert found.surplus == 30


def test_without_a_target_there_is_no_coverage() -> None:
    found = coverage(Log().basis(9, QUARTER))
    assert [found.ratio.reason, found.gross.reason, found.target.reason] == ["no target"] * 3


def test_coverage_counts_deals_due_in_the_period_that_can_be_worked_on_in_it() -> None:
    log = Log()
    due = log.add(0, value=100, close="2026-03-01")
    late = log.add(0, value=50, close="2026-01-05")
    log.add(0, value=1_000, close="2026-04-01")
    log.add(0, value=1_000)
    parked = log.add(0, value=1_000, close="2026-03-01")
    log.say(parked, 1, "snoozed", on="2026-04-15")
    back_soon = log.add(0, value=30, close="2026-03-01")
    log.say(back_soon, 1, "snoozed", on="2026-02-01")
    found = coverage(log.basis(9, QUARTER, rules=rules(("2026Q1", 90, "", ""))))
    assert found.ratio.value == 2
    assert ids(found.ratio.numerator) == [due, late, back_soon]
    assert found.ratio.excluded == {"no close date": 1, "snoozed": 1}
    assert found.overdue.amount == 50
    assert found.gross.value == Fraction(3_180, 90)


@pytest.mark.parametrize(
    ("pipe", "standing"),
    [
        (199, CoverageVerdict.SHORT),
        (200, CoverageVerdict.ENOUGH),
        (600, CoverageVerdict.ENOUGH),
        (601, CoverageVerdict.TOO_HIGH),
    ],
)
def test_the_standing_compares_with_what_past_periods_required(
    pipe: int, standing: CoverageVerdict
) -> None:
    log = Log()
    log.win(log.add(0, value=100, close="2026-03-01"), 60)
    log.lose(log.add(0, value=100, close="2026-03-01"), 60)
    log.win(log.add(99, value=100), 100)
    log.lose(log.add(99, value=50), 100)
    log.add(99, value=pipe, close="2026-06-01")
    found = coverage(log.basis(109, period("2026Q2"), rules=rules(("2026Q2", 200, "", ""))))
    assert (found.required.value, found.required.n) == (2, 1)
    assert found.by_win_rate.value == Fraction(3, 2)
    assert found.standing is standing
    assert found.needed == 2


def test_what_was_created_and_closed_inside_is_in_what_came_of_a_pipeline() -> None:
    log = Log()
    log.win(log.add(0, value=300, close="2026-03-01"), 60)
    log.win(log.add(30, value=100), 40)
    log.add(0, value=500, close="2026-03-01")
    found = conversion_of_pipeline(log.basis(109, period("2026Q2")))
    assert found == Conversion(1, Fraction(800), Fraction(400), Fraction(100), Fraction(400))
    assert found.inside_share == Fraction(1, 4)


def test_what_stood_open_at_the_instant_itself_was_not_created_inside() -> None:
    log = Log()
    log.add(0, value=1, close="2026-03-01")  # the first period is looked at from the first deal on
    for day in (19, 19.5):
        log.win(log.add(day, value=100), 40)
    found = conversion_of_pipeline(log.basis(109, period("2026Q2")))  # day 19 of the quarter
    assert (found.periods, found.inside) == (1, Fraction(100))


@pytest.mark.parametrize(("close", "overdue"), [("2026-04-19", 100), ("2026-04-20", 0)])
def test_what_is_due_today_is_not_overdue(close: str, overdue: int) -> None:
    log = Log()
    log.add(99, value=100, close=close)
    assert coverage(log.basis(109, period("2026Q2"))).overdue.whole == overdue


@pytest.mark.parametrize(("day", "pipe"), [(19, 0), (19.5, 100)])
def test_a_deal_that_is_parked_is_so_from_the_instant_on(day: float, pipe: int) -> None:
    log = Log()
    deal = log.add(0, value=100, close="2026-03-01")
    log.say(deal, day, "snoozed", on="2026-06-01")
    found = conversion_of_pipeline(log.basis(109, period("2026Q2")))
    assert found.pipe == pipe


def test_a_deal_without_a_created_date_says_nothing_of_what_is_created_inside() -> None:
    log = Log()
    log.win(log.add(0, value=300, close="2026-03-01"), 60)
    undated = log.add(30, value=100)
    log.forget_when(undated)
    log.win(undated, 40)
    found = conversion_of_pipeline(log.basis(109, period("2026Q2")))
    assert [found.won, found.dated, found.inside_share] == [Fraction(n) for n in (400, 300, 0)]
    quarter = log.basis(109, period("2026Q1"))
    share = created_and_won_share(quarter)
    assert (share.value, share.n, share.excluded) == (1, 1, {"no created date": 1})
    assert ids(waterfall(quarter).created_and_won.deals) == [1]
    alone = Log()
    alone.add(30, value=100)
    alone.forget_when(1)
    alone.win(1, 40)
    assert created_and_won_share(alone.basis(20, period("2026Q1"))).reason == "no won deals"
    unknown = created_and_won_share(alone.basis(109, period("2026Q1")))
    assert (unknown.value, unknown.reason) == (None, "no created date")
    assert conversion_of_pipeline(alone.basis(109, period("2026Q2"))).inside_share is None


def test_a_pipeline_is_compared_at_the_same_time_of_the_past_period() -> None:
    log = Log()
    log.win(log.add(0, value=300, close="2026-03-01"), 5)
    log.win(log.add(0, value=100, close="2026-03-01"), 60)
    quarter = period("2026Q2")
    assert conversion_of_pipeline(log.basis(91, quarter)).pipe == 400
    assert conversion_of_pipeline(log.basis(100, quarter)).pipe == 100


def test_without_a_past_period_nobody_knows_what_is_needed() -> None:
    log = Log()
    log.lose(log.add(0, value=100), 3)
    found = coverage(log.basis(9, QUARTER))
    assert found.required.reason == "no past period to learn it from"
    assert found.by_win_rate.reason == "win rate is 0"
    assert found.needed is None


def test_without_a_past_period_the_rule_of_the_trade_says_what_is_needed() -> None:
    log = Log()
    log.win(log.add(0, value=100), 3)
    log.lose(log.add(0, value=300), 3)
    found = coverage(log.basis(9, QUARTER))
    assert (found.required.value, found.needed) == (None, 4)


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ([("2026Q1", 90, "", "")], 90),
        ([("2026Q1", 90, "", ""), ("2026Q1", 50, "ana", "")], 90),
        ([("2026-01", 1, "", ""), ("2026-02", 2, "", ""), ("2026-03", 4, "", "")], 7),
        ([("2026-01", 1, "", ""), ("2026-03", 4, "", "")], None),
        ([("2026Q1", 50, "ana", ""), ("2026Q1", 30, "cem", "")], 80),
        ([("2026Q1", 70, "", "north"), ("2026Q1", 50, "ana", "")], 70),
        (
            [("2026-01", 1, "", "north"), ("2026-02", 2, "", "south"), ("2026-03", 4, "", "north")],
            None,
        ),
        ([("2026-01", 1, "ana", ""), ("2026-02", 2, "bo", ""), ("2026-03", 4, "ana", "")], None),
        (
            [
                ("2026-01", 1, "", ""),
                ("2026-02", 2, "", ""),
                ("2026-03", 4, "", ""),
                ("2026Q1", 50, "ana", ""),
            ],
            7,
        ),
        ([("2026-01", 1, "", ""), ("2026Q1", 50, "ana", ""), ("2026Q1", 3, "", "north")], 3),
        ([("2026-01", 1, "", ""), ("2026-02", 2, "", ""), ("2026Q1", 50, "ana", "")], 50),
        ([("2026Q1", 70, "", "north"), ("2026-01", 2, "", "south")], 70),
        ([("2026Q2", 90, "", "")], None),
        ([("nonsense", 90, "", "")], None),
        ([("2026Q1", 90, "", ""), ("2026Q1", 70, "", "north")], 90),
    ],
)
def test_the_target_of_everybody(
    targets: list[tuple[str, int, str, str]], expected: int | None
) -> None:
    assert target_of(Log().basis(9, QUARTER, rules=rules(*targets))).value == expected


def test_targets_of_a_rep_and_of_a_team() -> None:
    counted = rules(("2026Q1", 50, "ana", ""), ("2026Q1", 30, "bo", ""), ("2026Q1", 9, "cem", ""))
    basis = Log().basis(9, QUARTER, rules=counted)
    assert target_of(basis.only(by_owner(counted), "bo")).value == 30
    assert target_of(basis.only(by_team(counted), "north")).value == 80
    assert target_of(basis.only(by_attribute("source", {}), "web")).reason == PART
    assert target_of(basis.only(by_owner(counted), None)).reason == NOBODYS


def test_a_year_is_made_of_its_quarters() -> None:
    quarters = rules(*((f"2026Q{n}", n, "", "") for n in (1, 2, 3, 4)))
    assert target_of(Log().basis(9, period("2026"), rules=quarters)).value == 10
    months = [(f"2026-{n:02d}", 100, "", "") for n in range(1, 13)]
    both = rules(*((f"2026Q{n}", n, "", "") for n in (1, 2, 3, 4)), *months)
    assert target_of(Log().basis(9, period("2026"), rules=both)).value == 10


@pytest.mark.parametrize(("until", "counts"), [("2026-03-31", True), ("2026-04-01", False)])
def test_a_deal_parked_beyond_the_period_is_no_pipeline_of_it(until: str, counts: bool) -> None:
    log = Log()
    parked = log.add(0, value=100, close="2026-03-01")
    log.say(parked, 1, "snoozed", on=until)
    wanted = rules(("2026Q1", 100, "", ""), ("2026Q2", 100, "", ""))
    assert bool(coverage(log.basis(9, QUARTER, rules=wanted)).pipe.deals) is counts
    # Past quarters are held to the same: what was parked beyond them was none of their pipeline.
    log.win(log.add(0, value=50), 80)
    later = conversion_of_pipeline(log.basis(99, period("2026Q2"), rules=wanted))
    assert later.periods == 1
    assert later.pipe == (100 if counts else 0)


@pytest.mark.parametrize(
    ("pipe", "standing"), [(50, None), (600, None), (601, CoverageVerdict.TOO_HIGH)]
)
def test_without_a_past_nobody_says_enough_but_too_much_is_beyond_six_times_what_is_missing(
    pipe: int, standing: CoverageVerdict | None
) -> None:
    log = Log()
    log.add(0, value=pipe, close="2026-03-01")
    found = coverage(log.basis(9, QUARTER, rules=rules(("2026Q1", 100, "", ""))))
    assert found.standing is standing


# Whether there is time left.


@pytest.mark.parametrize(
    ("day", "gone"), [(-5, 0), (0, 0), (9, Fraction(1, 10)), (90, 1), (120, 1)]
)
def test_the_pace_is_how_much_of_the_period_has_gone_by(day: float, gone: Fraction) -> None:
    assert pace(Log().basis(day, QUARTER)).value == gone
    assert pace(Log().basis(day)).reason == "the period has no end"


def test_what_was_attained_is_what_was_won_of_the_target() -> None:
    log = Log()
    won = log.add(0, value=30)
    log.win(won, 3)
    found = attainment(log.basis(9, QUARTER, rules=rules(("2026Q1", 120, "", ""))))
    assert (found.value, ids(found.numerator)) == (Fraction(1, 4), [won])
    assert attainment(log.basis(9, QUARTER)).reason == "no target"
    unknown = Log()
    unknown.win(unknown.add(0), 3)
    with_target = unknown.basis(9, QUARTER, rules=rules(("2026Q1", 120, "", "")))
    assert attainment(with_target).reason == "no value"


def test_so_many_leads_a_week_close_the_gap() -> None:
    log = Log()
    log.win(log.add(0, value=100), 5)
    log.lose(log.add(0, value=100), 5)
    basis = log.basis(6, QUARTER, rules=rules(("2026Q1", 400, "", "")))
    # 300 are missing: six deals of 100 at one half, in twelve weeks. None a week would not do.
    needed = leads_needed(basis)
    assert (needed.num, needed.den, needed.value) == (6, 12, 1)
    assert leads_needed(log.basis(6, QUARTER)).reason == "no target"
    for target, day, reason in ((100, 6, "target met"), (400, 91, "the period is over")):
        late = log.basis(day, QUARTER, rules=rules(("2026Q1", target, "", "")))
        assert leads_needed(late).reason == reason
    # The last instant of a period is what one that is over is asked of.
    last, goal = at(90) - timedelta.resolution, rules(("2026Q1", 400, "", ""))
    for now, over in ((last, "the period is over"), (last - timedelta.resolution, None)):
        assert leads_needed(log.basis(0, QUARTER, rules=goal, now=now)).reason == over
    lost = Log()
    lost.lose(lost.add(0, value=100), 5)
    never = lost.basis(6, QUARTER, rules=rules(("2026Q1", 400, "", "")))
    assert leads_needed(never).reason == "the win rate or size of lately is 0"


def test_what_is_missing_of_a_target_is_no_surplus() -> None:
    log = Log()
    log.win(log.add(0, value=99), 3)
    found = coverage(log.basis(9, QUARTER, rules=rules(("2026Q1", 100, "", ""))))
    assert (found.remaining, found.surplus) == (1, None)


def test_a_target_that_is_just_met_lacks_nothing_and_leaves_nothing_over() -> None:
    log = Log()
    log.win(log.add(0, value=100), 3)
    found = coverage(log.basis(9, QUARTER, rules=rules(("2026Q1", 100, "", ""))))
    assert (found.ratio.reason, found.remaining, found.surplus) == ("target met", 0, 0)


def test_the_next_period_is_covered_by_what_is_due_in_it() -> None:
    log = Log()
    log.add(0, value=70, close="2026-03-31")
    due = log.add(0, value=50, close="2026-04-01")
    log.add(0, value=90, close="2026-07-01")
    log.win(log.add(0, value=20), 5)  # takes nothing from what the next one needs
    found = next_coverage(log.basis(9, QUARTER, rules=rules(("2026Q2", 100, "", ""))))
    assert (found.value, ids(found.numerator)) == (Fraction(1, 2), [due])
    assert next_coverage(log.basis(9)).reason == "there is no period after this one"


def test_without_amounts_it_is_said_what_is_missing() -> None:
    log = Log()
    log.add(0, close="2026-03-01")
    with_target = coverage(log.basis(9, QUARTER, rules=rules(("2026Q1", 100, "", ""))))
    assert (with_target.gross.reason, with_target.ratio.reason) == ("no value", "no value")
    assert cover(Metric(5, Unit.MINOR), None, 3, None).reason == "no amount"


def test_what_was_won_by_the_same_time_came_of_nothing_that_stood_then() -> None:
    log = Log()
    for day in (10, 10.5):
        log.win(log.add(0, value=100, close="2026-03-01"), day)
    found = conversion_of_pipeline(log.basis(100, period("2026Q2")))
    assert found.pipe == found.won == 100


def test_what_stood_then_is_worth_what_money_was_then() -> None:
    log = Log()
    log.add(0, value=100, currency="USD", close="2026-03-01")
    for day, pipe in ((95, 90), (109, 80)):
        found = conversion_of_pipeline(log.basis(day, period("2026Q2"), rules=CONVERTED))
        assert found.pipe == pipe


def test_a_call_without_a_rate_is_held_against_nothing() -> None:
    said = calls(ana_2026Q1=((1, 100),))
    dollars = {("2026Q1", "bo"): ((micros(at(1)), Money(100, "USD")),)}
    log = Log()
    for owner in ("ana", "bo"):
        log.win(log.add(0, value=30, owner=owner), 20)
    both = replace(said, calls={**said.calls, **dollars})
    (kept,) = call_record(log.basis(100, period("2026Q2"), rules=both)).periods
    assert kept.said == 100 and kept.came == 30


def test_of_a_period_to_come_past_ones_are_looked_at_as_they_began() -> None:
    log = Log()
    log.add(-900)
    found = at_same_time(basis := log.basis(9, period("2026Q2")))
    assert found and all(s.at == basis.calendar.start(s.period.start) - 1 for s in found)


def test_the_deals_behind_what_is_needed_are_those_due_then() -> None:
    log = Log()
    due = log.add(0, value=300, close="2026-03-01")
    log.win(due, 60)
    parked = log.add(0, value=500, close="2026-03-01")
    log.say(parked, 1, "snoozed", on="2026-05-01")
    log.add(0, value=500, close="2026-05-01")
    found = conversion_of_pipeline(log.basis(109, period("2026Q2")))
    assert ids(found.deals) == [due]
    assert found.pipe == 300


def test_a_targets_parts_fill_a_period_without_a_gap_and_within_it() -> None:
    halves = rules(("2026-01", 10, "", ""), ("2026-03", 30, "", ""))
    assert target_of(Log().basis(9, QUARTER, rules=halves)).reason == "no target"
    months = rules(*((f"2026-{month:02d}", month, "", "") for month in range(1, 6)))
    assert target_of(Log().basis(9, QUARTER, rules=months)).value == 6
    team = rules(("2026Q1", 10, "", "north"), ("2026Q1", 7, "", "south"), ("2026Q1", 90, "ana", ""))
    assert target_of(Log().basis(9, QUARTER, rules=team)).value == 17
    dollars = replace(UTC_RULES, targets=(Target("2026Q1", Money(5, "USD"), "", ""),))
    found = target_of(Log().basis(9, QUARTER, rules=dollars))
    assert (found.value, found.reason) == (None, "no rate for the target's currency")
    of_two = (
        Target("2026Q1", Money(5, "EUR"), "ana", ""),
        Target("2026Q1", Money(5, "USD"), "bo", ""),
    )
    found = target_of(Log().basis(9, QUARTER, rules=replace(UTC_RULES, targets=of_two)))
    assert (found.value, found.reason) == (None, "no rate for the target's currency")


# What reps say themselves that a period will bring.


def calls(**said: tuple[tuple[float, int | None], ...]) -> MetricRules:
    """Calls by `rep_period`, as days and euros in cents, of a team of three."""
    kept = {
        (label, rep): tuple(
            (micros(at(day)), None if minor is None else Money(minor, "EUR")) for day, minor in told
        )
        for (rep, _, label), told in ((name.partition("_"), told) for name, told in said.items())
    }
    return replace(rules(), calls=kept)


def test_a_call_is_the_last_word_of_each_rep_and_a_teams_is_that_of_its_reps() -> None:
    log = Log()
    for owner in ("ana", "bo", "cem", "dee"):
        log.add(0, value=1, owner=owner, close="2026-03-01")
    said = calls(
        ana_2026Q1=((1, 100), (2, 50)), cem_2026Q1=((1, 7),), bo_2026Q1=((1, 9), (2, None)),
        ana_2026Q2=((1, 1_000),),
    )  # fmt: skip
    basis = log.basis(9, QUARTER, rules=said)
    whole = own_call(basis)
    assert (whole.value, whole.n, whole.excluded) == (57, 2, {"no call": 1})  # bo; dee is no rep
    of_rep = {rep: own_call(basis.only(by_owner(said), rep)) for rep in ("ana", "bo", "cem")}
    assert {rep: call.value for rep, call in of_rep.items()} == {"ana": 50, "bo": None, "cem": 7}
    assert of_rep["bo"].reason == "no call"
    of_team = {team: own_call(basis.only(by_team(said), team)) for team in ("north", "south")}
    assert {team: call.value for team, call in of_team.items()} == {"north": 50, "south": 7}
    assert own_call(basis.only(by_owner(said), None)).reason == OF_REPS_ONLY
    assert own_call(basis.only(by_attribute("source", {}), "web")).reason == OF_REPS_ONLY


def test_calls_of_which_one_has_no_rate_come_to_no_sum() -> None:
    said = calls(ana_2026Q1=((1, 100),), bo_2026Q1=((1, 100),))
    dollars = {("2026Q1", "bo"): ((micros(at(1)), Money(100, "USD")),)}
    said = replace(said, calls={**said.calls, **dollars})
    found = own_call(Log().basis(9, QUARTER, rules=said))
    assert (found.value, found.reason) == (None, "no rate")


def test_only_a_rep_with_deals_is_counted_as_one_without_a_call() -> None:
    log = Log()
    log.add(0, value=1, owner="ana")
    said = calls(ana_2026Q1=((1, 100),))
    assert own_call(log.basis(9, QUARTER, rules=said)).excluded == {}
    won = log.add(0, value=1, owner="cem")
    assert own_call(log.basis(9, QUARTER, rules=said)).excluded == {"no call": 1}
    log.win(won, 2)
    assert own_call(log.basis(9, QUARTER, rules=said)).excluded == {"no call": 1}
    assert own_call(log.basis(100, period("2026Q2"), rules=said)).reason == "no call"


def test_a_call_is_held_against_what_its_rep_won_as_it_first_stood_for_a_day() -> None:
    log = Log()
    for owner, value in (("ana", 60), ("bo", 30), ("cem", 1)):
        log.win(deal := log.add(0, owner=owner, value=value), 20)
        log.owner(deal, 25, "ana")  # handed over once it was won
    log.win(log.add(0, owner="ana", value=500), 100)
    said = calls(
        ana_2026Q1=((1, 999), (1.2, 100), (30, 60)),
        bo_2026Q1=((1, None), (5, 20), (91, 30)),
        cem_2026Q2=((95, 5),),
        cem_2026Q1=((90, 700),),
    )
    basis = log.basis(200, period("2026Q3"), rules=said)
    record = call_record(basis)
    assert [(kept.period.label, kept.said, kept.came) for kept in record.periods] == [
        ("2026Q2", Fraction(5), Fraction(0)), ("2026Q1", Fraction(120), Fraction(90)),
    ]  # fmt: skip
    assert record.error == Fraction(35, 90)
    north = call_record(basis.only(by_team(said), "north"))
    assert [(kept.said, kept.came) for kept in north.periods] == [(Fraction(120), Fraction(90))]
    cem = call_record(basis.only(by_owner(said), "cem"))
    assert [(kept.said, kept.came) for kept in cem.periods] == [(Fraction(5), Fraction(0))]
    assert cem.error is None


def test_gross_coverage_counts_what_has_no_known_worth() -> None:
    log = Log()
    for value, currency in ((300, "EUR"), (None, "EUR"), (None, "EUR"), (300, "EUR")):
        log.add(0, value=value, currency=currency)
    found = coverage(log.basis(9, QUARTER, rules=rules(("2026Q1", 200, "", "")))).gross
    assert (found.value, found.n, found.excluded) == (3, 2, {"no value": 2})
    assert ids(found.numerator) == [1, 4]


@pytest.mark.parametrize(("won", "reason"), [(399, None), (400, "target met"), (401, "target met")])
def test_leads_are_needed_up_to_the_last_cent_of_a_target(won: int, reason: str | None) -> None:
    log = Log()
    log.win(log.add(0, value=won), 5)
    log.lose(log.add(0, value=1), 5)
    basis = log.basis(6, QUARTER, rules=rules(("2026Q1", 400, "", "")))
    assert leads_needed(basis).reason == reason


def test_reps_call_for_all_of_their_deals_and_not_for_a_part_of_a_part() -> None:
    said = calls(ana_2026Q1=((1, 100),))
    basis = Log().basis(9, QUARTER, rules=said)
    assert own_call(basis.only(by_owner(said), "ana")).value == 100
    part = basis.only(by_attribute("source", {}), "web").only(by_owner(said), "ana")
    assert (own_call(part).value, own_call(part).reason) == (None, OF_REPS_ONLY)
    assert call_record(part).periods == []


@pytest.mark.parametrize(
    ("won", "value", "reason"),
    [
        (99, 5, None),
        (100, None, "target met"),
        (101, None, "target met"),
        (None, None, "no amount"),
    ],
)
def test_a_target_is_covered_up_to_its_last_cent(
    won: int | None, value: int | None, reason: str | None
) -> None:
    covered = cover(Metric(100, Unit.MINOR), won, 5, None)
    assert (covered.value, covered.reason) == (value, reason)
