"""What a weekly review finds: what went unlike the plan, what to talk about, whether enough comes
in; each rule at its edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeboard.domain.criteria import parse_criterion
from pipeboard.domain.dates import micros as to_micros
from pipeboard.domain.deal import Answer, Deal
from pipeboard.domain.deal_record import Entry
from pipeboard.domain.events import NO_FACTS, Event, EventFacts, Kind
from pipeboard.domain.hygiene import Alike
from pipeboard.domain.metrics.names import METRICS
from pipeboard.domain.metrics.report import Report
from pipeboard.domain.metrics.rules import by_owner
from pipeboard.domain.metrics.waterfall import waterfall_of_days
from pipeboard.domain.money import Money
from pipeboard.domain.notable import exceptions
from pipeboard.domain.queue import Position, Queued, Reason, Tier
from pipeboard.domain.review import (
    NUMBERS,
    NUMBERS_OF_REPS,
    WeeklyReview,
    agenda,
    called,
    objections,
    sales_trap,
    to_discuss,
    trend,
)
from tests.domain.deciding_cases import CLOSING, LEAD, NEEDS, NOW, SALES, TODAY, new
from tests.domain.metrics import log as metrics
from tests.domain.metrics.log import Log, at, period

WHEN = date(2026, 12, 19)
LATER = WHEN + timedelta(days=1)
EUR = Money(40_000_00, "EUR")


def entry(
    kind: Kind,
    before: dict[str, Any],
    after: dict[str, Any],
    facts: EventFacts = NO_FACTS,
    **more: Any,
) -> Entry:
    event = Event(kind, NOW, before, after, facts)
    return Entry(1, 7, 2, event, "c", "set", "ana", "", NOW, **more)


ZONE = ZoneInfo("Europe/Vienna")


def found(*entries: Entry, supported: tuple[int, ...] = ()) -> list[str]:
    return [one.what for one in exceptions(entries, SALES, supported, ZONE)]


@pytest.mark.parametrize(
    ("was", "then", "said"),
    [
        (WHEN, LATER, "close date pushed from Sat 19 Dec 2026 to Sun 20 Dec 2026"),
        (WHEN, None, "close date pushed from Sat 19 Dec 2026 to none"),
        (WHEN, WHEN - timedelta(days=1), ""),
        (WHEN, WHEN, ""),
        (None, WHEN, ""),
    ],
)
def test_a_close_date_that_goes_or_comes_later_is_pushed(
    was: date | None, then: date | None, said: str
) -> None:
    values = ({"expected_close": was}, {"expected_close": then})
    assert found(entry(Kind.EXPECTED_CLOSE, *values)) == [said] * bool(said)
    assert found(entry(Kind.CREATED, *values)) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (EUR, Money(39_999_99, "EUR"), "value down from €40,000 to €39,999.99"),
        (EUR, None, "value down from €40,000 to none"),
        (EUR, EUR, ""),
        (EUR, Money(40_000_01, "EUR"), ""),
        (EUR, Money(1_00, "USD"), ""),
        (EUR, Money(99_000_00, "USD"), ""),
        (None, EUR, ""),
    ],
)
def test_a_value_that_goes_or_is_less_of_the_same_currency_is_down(
    old: Money | None, new: Money | None, said: str
) -> None:
    values = ({"value": old}, {"value": new})
    assert found(entry(Kind.VALUE, *values)) == [said] * bool(said)
    assert found(entry(Kind.CREATED, *values)) == []


@pytest.mark.parametrize(
    ("left", "entered", "is_said"),
    [(NEEDS, LEAD, True), (LEAD, NEEDS, False), (NEEDS, NEEDS, False), (99, LEAD, False)],
)
def test_a_move_back_is_named_by_its_stages(left: int, entered: int, is_said: bool) -> None:
    said = found(entry(Kind.MOVED, {"stage_id": left}, {"stage_id": entered}))
    assert said == ["moved back from Needs Assessment to Lead Generation"] * is_said


def test_a_gate_passed_with_a_reason_is_named_but_not_where_a_deal_began() -> None:
    facts: EventFacts = {"override": "in a hurry", "missing": ["value", "next step"]}
    values = ({"stage_id": LEAD}, {"stage_id": CLOSING})
    for kind in (Kind.MOVED, Kind.WON, Kind.REOPENED):
        assert found(entry(kind, *values, facts)) == [
            "gate passed: in a hurry (missing value, next step)"
        ]
    assert found(entry(Kind.CREATED, *values, facts)) == []


def test_a_gate_that_a_deal_passed_elsewhere_is_nobodys_override() -> None:
    facts: EventFacts = {"override": "imported from old.csv", "missing": ["value"]}
    values = ({"stage_id": CLOSING}, {"stage_id": LEAD})
    won = entry(Kind.WON, *values, facts)
    assert found(replace(won, verb="import")) == []
    assert found(won) == ["gate passed: imported from old.csv (missing value)"]  # typed by hand
    typed = entry(Kind.WON, *values, {**facts, "override": "signed"})
    assert found(replace(typed, verb="import")) == ["gate passed: signed (missing value)"]
    assert found(replace(entry(Kind.MOVED, *values, facts), verb="import")) == [
        "moved back from Closing to Lead Generation"
    ]


@pytest.mark.parametrize(
    ("word", "supported", "is_said"),
    [("commit", (), True), ("commit", (7,), False), ("commit", (8,), True), ("best", (), False)],
)
def test_a_commit_is_named_where_nothing_supports_it(
    word: str, supported: tuple[int, ...], is_said: bool
) -> None:
    one = entry(Kind.CATEGORY, {"category": None}, {"category": word})
    assert found(one, supported=supported) == ["called a commit without evidence"] * is_said


def test_what_was_taken_back_is_no_matter_for_a_meeting() -> None:
    down = ({"value": EUR, "category": None}, {"value": None, "category": "commit"})
    stands = entry(Kind.VALUE, *down)
    taking_back = replace(stands, event=replace(stands.event, undoes=True))
    assert len(found(stands)) == 2
    assert found(replace(stands, undone=True)) == found(taking_back) == []
    (one, _) = exceptions([stands], SALES, (), ZONE)
    assert (one.deal_id, one.by) == (7, stands.who)


@pytest.mark.parametrize(
    ("kind", "name", "steps", "said"),
    [
        (Kind.EXPECTED_CLOSE, "expected_close", [WHEN, LATER, WHEN], []),
        (Kind.EXPECTED_CLOSE, "expected_close", [WHEN, LATER, WHEN - timedelta(days=9)], []),
        (
            Kind.EXPECTED_CLOSE, "expected_close", [WHEN, None, LATER],
            ["close date pushed from Sat 19 Dec 2026 to Sun 20 Dec 2026"],
        ),
        (Kind.EXPECTED_CLOSE, "expected_close", [None, WHEN, LATER], []),
        (Kind.VALUE, "value", [EUR, Money(4_000_00, "EUR"), EUR], []),
        (
            Kind.VALUE, "value", [EUR, Money(50_000_00, "EUR"), Money(30_000_00, "EUR")],
            ["value down from €40,000 to €30,000"],
        ),
        (Kind.CATEGORY, "category", [None, "commit", "best"], []),
        (
            Kind.CATEGORY, "category", ["best", "pipeline", "commit"],
            ["called a commit without evidence"],
        ),
    ],
)  # fmt: skip
def test_what_came_back_meanwhile_is_no_matter_for_a_meeting(
    kind: Kind, name: str, steps: list[object], said: list[str]
) -> None:
    entries = [entry(kind, {name: before}, {name: after}) for before, after in pairwise(steps)]
    other = replace(entry(kind, {name: steps[0]}, {name: steps[0]}), deal_id=8)
    assert found(*entries, other) == said


CLOSED = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ({"closed_at": CLOSED}, {"closed_at": CLOSED - timedelta(days=3)},
         ["closing corrected from Fri 20 Nov 2026 to Tue 17 Nov 2026"]),
        ({"closed_at": CLOSED}, {"closed_at": CLOSED + timedelta(hours=9)}, []),
        ({"closed_at": CLOSED, "entry_precision": "unknown"},
         {"closed_at": CLOSED - timedelta(days=3), "entry_precision": "day"}, []),
        ({"closed_at": None}, {"closed_at": CLOSED}, []),
        ({"closed_at": CLOSED}, {"closed_at": None}, []),
    ],
)  # fmt: skip
def test_a_closing_on_another_day_is_a_matter_for_a_meeting(
    before: dict[str, Any], after: dict[str, Any], said: list[str]
) -> None:
    assert found(entry(Kind.CORRECTED, before, after)) == said


def test_a_commit_of_the_beginning_counts_until_it_is_taken_back() -> None:
    begins = entry(Kind.CREATED, {}, {"category": "commit", "value": EUR, "expected_close": WHEN})
    assert found(begins) == ["called a commit without evidence"]
    assert found(begins, entry(Kind.CATEGORY, {"category": "commit"}, {"category": None})) == []
    pushed = entry(Kind.EXPECTED_CLOSE, {"expected_close": WHEN}, {"expected_close": LATER})
    assert found(begins, pushed)[1:] == [
        "close date pushed from Sat 19 Dec 2026 to Sun 20 Dec 2026"
    ]


# What to talk about.


def queued(number: int, *tiers: Tier) -> Queued:
    reasons = tuple(Reason(tier, f"because of {tier.name.lower()}") for tier in tiers)
    deal = replace(new(), id=number)
    return Queued(deal, Position(min(tiers), reasons), None)


def discussed(
    *queue: Queued, worth: Mapping[int, int], pushes: Mapping[int, int] | None = None
) -> list[int]:
    subjects = to_discuss(queue, worth, pushes or {}, SALES, TODAY)
    return [subject.queued.deal.id for subject in subjects]


@pytest.mark.parametrize("tier", Tier)
def test_only_what_puts_the_value_at_risk_is_talked_about(tier: Tier) -> None:
    risky = {Tier.OVERDUE, Tier.NO_NEXT_STEP, Tier.STALLED, Tier.CLOSING}
    assert discussed(queued(1, tier), worth={1: 100}) == [1] * (tier in risky)
    assert discussed(queued(1, tier), worth={1: 0}) == discussed(queued(1, tier), worth={}) == []


def test_the_most_value_at_risk_comes_first_and_each_risk_counts() -> None:
    one, two = queued(1, Tier.OVERDUE), queued(2, Tier.OVERDUE, Tier.STALLED)
    assert discussed(one, two, worth={1: 100, 2: 51}) == [2, 1]
    assert discussed(one, two, worth={1: 102, 2: 51}) == [1, 2]
    assert discussed(two, one, worth={1: 103, 2: 51}) == [1, 2]
    many = [queued(number, Tier.OVERDUE) for number in range(1, 13)]
    worth = dict.fromkeys(range(1, 13), 10)
    assert discussed(*many, worth=worth) == list(range(1, 11))
    assert discussed(two, one, worth={1: 102, 2: 51}) == [1, 2]


def test_a_close_date_is_a_risk_once_it_was_pushed_twice() -> None:
    calm = queued(1, Tier.TODAY)
    assert discussed(calm, worth={1: 100}, pushes={1: 1}) == []
    (subject,) = to_discuss([calm], {1: 100}, {1: 2}, SALES, TODAY)
    assert (subject.risks, subject.weight) == (("close date pushed 2 times",), 100)


def test_an_agenda_asks_the_first_open_questions_and_what_gates_lack() -> None:
    deal: Deal = new()
    asks = [question.ask for question in SALES.questions]
    lacks = [line for line in agenda(deal, SALES, TODAY) if line.startswith("missing: ")]
    assert agenda(deal, SALES, TODAY) == (*asks[:3], *lacks)
    assert len(lacks) == 3
    first = replace(deal, answers={SALES.questions[0].key: Answer("yes", 3)})
    assert agenda(first, SALES, TODAY)[:3] == tuple(asks[1:4])


def test_an_agenda_does_not_say_again_what_it_asks_or_what_the_risks_say() -> None:
    deal: Deal = new()
    need = SALES.questions[0]
    gate = tuple(map(parse_criterion, (f"rating {need.key} >= 2", "next step", "value")))
    stages = (replace(SALES.stages[0], criteria=gate),
              *(replace(stage, criteria=()) for stage in SALES.stages[1:]))  # fmt: skip
    gated = replace(SALES, stages=stages)
    asks = [question.ask for question in SALES.questions]
    assert agenda(deal, gated, TODAY) == (*asks[:3], "missing: value is empty")
    weak = replace(deal, answers={need.key: Answer("yes", 1)})
    assert f"missing: {need.label} is rated 1, needs 2" in agenda(weak, gated, TODAY)
    soon = replace(deal, expected_close=TODAY + timedelta(days=4))
    assert agenda(soon, gated, TODAY) == tuple(asks[:3])


# What comes in.


def test_what_is_new_is_what_qualified_within_four_weeks_and_what_goes_out_to_it() -> None:
    logged = Log()
    for day, value in ((71, 1_000), (72, 10), (72.5, 100), (100, 1)):
        logged.add(day, metrics.PROPOSAL, value=value)
    for deal, day, kind in ((1, 72, "call out"), (1, 73, "call out"), (3, 74, "call out"),
                            (3, 75, "call in"), (4, 100, "email out")):  # fmt: skip
        logged.say(deal, day, "touch", what=kind)
    basis = logged.basis(100, period("2026Q2"))
    trap = sales_trap(basis, None, None)
    assert (trap.new_value_a_week * 4, set(trap.new)) == (101, {3, 4})
    assert (trap.touches_on_new, trap.touches, set(trap.touched)) == (2, 3, {1, 3, 4})
    assert trap.needed_a_week is None


def test_a_deal_that_nobody_knows_the_beginning_of_is_not_new() -> None:
    logged = Log()
    for day in (98, 99):
        logged.add(day, metrics.PROPOSAL, value=1)
    logged.forget_when(2)
    for deal in (1, 2):
        logged.say(deal, 99.5, "touch", what="call out")
    trap = sales_trap(logged.basis(100, period("2026Q2")), None, None)
    assert (trap.touches_on_new, trap.touches) == (1, 2)


def test_objections_come_by_how_often_they_were_raised_and_then_by_name() -> None:
    logged = Log()
    deal = logged.add(1, metrics.LEAD)
    logged.move(deal, 5, metrics.QUALIFY)
    said = [("size", 2), ("size", 6), ("price", 2), ("price", 3), ("price", 4), ("age", 2)]
    raised = [(deal, tag, to_micros(at(day))) for tag, day in said]
    found = objections(logged.basis(9, period("2026Q1")), raised)
    assert [(one.tag, dict(one.stages)) for one in found] == [
        ("price", {metrics.LEAD: 3}),
        ("size", {metrics.LEAD: 1, metrics.QUALIFY: 1}),
        ("age", {metrics.LEAD: 1}),
    ]


@pytest.mark.parametrize(
    ("target", "coverage", "needed"),
    [(1_300, 3, 300), (13, 1, 1), (26, 2, 4), (None, 3, None), (1_300, None, None),
     (1_300, 0, None)],
)  # fmt: skip
def test_a_target_needs_its_cover_spread_over_the_weeks_of_its_period(
    target: int | None, coverage: int | None, needed: int | None
) -> None:
    logged = Log()
    logged.add(99, metrics.PROPOSAL, value=4)
    basis = logged.basis(100, period("2026Q2"))  # 13 weeks
    assert sales_trap(basis, target, coverage).needed_a_week == needed


def test_the_trend_counts_each_week_from_its_monday_to_now() -> None:
    logged = Log()
    deal, other = logged.add(0), logged.add(0)
    monday = (date(2026, 4, 6) - date(2026, 1, 1)).days  # the running week's
    said = [(deal, monday - 35.01, "call out"), (deal, monday - 35, "call out"),
            (deal, monday - 0.01, "call in"), (other, monday, "email out"),
            (deal, monday + 1, "call in"), (deal, monday + 1, "meeting out")]  # fmt: skip
    for one, day, kind in said:
        logged.say(one, day, "touch", what=kind)
    weeks = trend(logged.basis(monday + 1))
    assert [week.start for week in weeks] == [
        date(2026, 4, 6) - timedelta(weeks=back) for back in (5, 4, 3, 2, 1, 0)
    ]
    assert [(week.out, week.replies) for week in weeks] == [
        (1, 0), (0, 0), (0, 0), (0, 0), (0, 1), (2, 1)
    ]  # fmt: skip
    assert [set(week.deals) for week in weeks[-2:]] == [{deal}, {deal, other}]


@pytest.mark.parametrize("first_day", range(7))
def test_the_weeks_of_the_trend_begin_as_those_of_the_numbers(first_day: int) -> None:
    settings = replace(metrics.UTC_RULES.settings, week_start=first_day)
    rules = replace(metrics.UTC_RULES, settings=settings)
    weeks = trend(Log().basis(100, rules=rules))
    assert {week.start.weekday() for week in weeks} == {first_day}
    assert 0 <= (date(2026, 4, 11) - weeks[-1].start).days < 7


def test_objections_are_counted_where_the_deal_stood_just_before() -> None:
    logged = Log()
    deal = logged.add(0)
    logged.move(deal, 2, metrics.PROPOSAL)
    micros = [int((at(day) - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))
              for day in (0, 2, 3)]  # fmt: skip
    raised = [(deal, "roi", micros[1]), (deal, "price", micros[2]), (deal, "price", micros[1]),
              (deal, "early", micros[0]), (99, "nobody", micros[2])]  # fmt: skip
    found = objections(logged.basis(9), raised)
    assert [(one.tag, dict(one.stages), set(one.deals)) for one in found] == [
        ("price", {metrics.PROPOSAL: 1, metrics.LEAD: 1}, {deal}),
        ("roi", {metrics.LEAD: 1}, {deal}),
    ]


def test_behind_each_number_of_a_review_are_the_deals_that_it_counts() -> None:
    logged = Log()
    late, won = logged.add(0, value=5), logged.add(80, metrics.QUALIFY, value=7)
    before = logged.add(61, metrics.PROPOSAL, value=11, close="2026-06-30", owner="bo")
    new = logged.add(92, metrics.PROPOSAL, value=13, close="2026-06-30")
    logged.win(won, 95)
    logged.close(before, 98, "2026-08-31")
    logged.say(late, 96, "touch", what="call in")
    logged.say(new, 97, "touch", what="call out")
    basis = logged.basis(100, period("2026Q2"))
    report = Report(basis)
    raised = [(before, "price", int(at(99).timestamp() * 1_000_000))]
    alike = Alike(new, won, "same name", 1)
    found = WeeklyReview(
        metrics.PIPELINE, at(93), at(100), report, report.groups(by_owner(basis.rules)), {},
        [alike], [late], waterfall_of_days(basis, at(93).date()), (), (),
        sales_trap(basis, None, None), trend(basis), [], objections(basis, raised), (), {},
    )  # fmt: skip
    assert found.untidy == {new, won, late}
    behind = {name: set(deals) for name, deals in found.deals_behind().items()}
    forecasts = ("weighted", "measured", "commit", "best")
    assert [behind[f"number.forecast_{name}"] for name in forecasts] == [
        {won, new}, {won, late, before, new}, {won}, {won, new}
    ]  # fmt: skip
    assert behind["number.won_value"] == {won}
    assert (behind["number.coverage"], behind["number.target"]) == ({new}, set())
    assert (behind["rep.ana"], behind["rep.bo"]) == ({won, new}, set())
    assert (behind["changes.won"], behind["changes.pushed_out"]) == ({won}, {before})
    assert (behind["changes.start"], behind["changes.end"]) == ({new, before}, {new})
    assert behind["flow.bottleneck"] == {late}
    assert behind["flow.lead_velocity"] == {before, new, won}
    assert (behind["flow.new"], behind["flow.touches"]) == ({new, won}, {new})
    assert (behind["week.2026-04-06"], behind["week.2026-03-30"]) == ({late, new}, set())
    assert behind["objection.price"] == {before}
    assert {name for name in behind if name.startswith("number.")} == {
        f"number.{name}" for name in NUMBERS
    }


@pytest.mark.parametrize(
    ("names", "said"),
    [({"D-7": "Lumen Oy"}, "D-7 Lumen Oy"), ({"D-8": "Acme"}, "D-7"), ({}, "D-7"), (None, "D-7")],
)
def test_a_deal_of_a_kept_review_is_called_by_its_id_and_its_name_then(
    names: dict[str, str] | None, said: str
) -> None:
    data: Any = {} if names is None else {"names": names}
    assert called("D-7", data) == said


@pytest.mark.parametrize(("us", "new"), [(0, 0), (1, 1)])
def test_a_deal_is_new_that_began_after_the_weeks_had_begun(us: int, new: int) -> None:
    logged = Log()
    deal = logged.add(9, metrics.PROPOSAL, value=1)
    since = to_micros(at(100)) - 4 * 7 * 86_400_000_000
    logged.facts[-1] = logged.facts[-1]._replace(at=since + us)
    logged.say(deal, 99.5, "touch", what="call out")
    trap = sales_trap(logged.basis(100, period("2026Q2")), None, None)
    assert (trap.touches_on_new, trap.touches, len(trap.new)) == (new, 1, new)


def test_what_the_numbers_of_a_review_are_called() -> None:
    assert dict(NUMBERS) == {
        "target": "Target", "won_value": "Won", "forecast_commit": "Commit",
        "forecast_best": "Best", "forecast_weighted": "Weighted",
        "forecast_measured": "Measured", "coverage": "Coverage",
        "coverage_required": "Coverage needed", "rose_tint": "Rose tint",
    }  # fmt: skip
    assert NUMBERS_OF_REPS == (
        "won_value", "forecast_commit", "forecast_weighted", "forecast_measured", "rose_tint",
    )  # fmt: skip
    assert {*NUMBERS} <= {*METRICS}


@pytest.mark.parametrize(("us", "touches"), [(0, 0), (1, 1)])
def test_a_touch_is_of_the_weeks_from_just_after_their_first_instant(us: int, touches: int) -> None:
    logged = Log()
    deal = logged.add(9, metrics.PROPOSAL, value=1)
    since = to_micros(at(100)) - 4 * 7 * 86_400_000_000
    logged.say(deal, 90, "touch", what="call out")
    logged.facts[-1] = logged.facts[-1]._replace(at=since + us)
    logged.say(deal, 100, "touch", what="email in")
    trap = sales_trap(logged.basis(100, period("2026Q2")), None, None)
    assert trap.touches == touches
    assert sum(week.replies for week in trend(logged.basis(100))) == 1
