"""The day's queue: what stands in it and why, one order everywhere, and the invariant behind it."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeboard.cli.due_short import quick, short
from pipeboard.domain.commands import AskRep
from pipeboard.domain.deal import Contact, Deal, Loss, NextStep
from pipeboard.domain.errors import PipeboardError
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.queue import (
    Day,
    Position,
    Queued,
    Reason,
    Round,
    Tier,
    is_handled,
    is_unplanned,
    place,
)
from pipeboard.domain.settings import Rep
from pipeboard.store.reading.day import DayReader
from pipeboard.workspace.execution import execute
from pipeboard.workspace.triage import day_of, loads_of, whose
from tests.doing import DOING
from tests.domain.deciding_cases import new
from tests.store.oracle import order
from tests.team import CLOSING, NEEDS, QUALIFICATION, TODAY, Team, add, now_of, sales
from tests.verbs import Workspace

FRIDAY = date(2026, 11, 27)


def queue(workspace: Workspace, owner: str | None = None) -> list[tuple[str, Tier, str]]:
    return [
        (w.deal.name, w.place.tier, str(w.place)) for w in day_of(workspace, None, owner).queue()
    ]


def tier(workspace: Workspace, deal: Deal) -> Tier | None:
    found = day_of(workspace).place(deal.id)
    return found.place.tier if found else None


def tidy(
    workspace: Workspace, line: str = "Lumen Oy: pilot 40k source:referral", **step: int
) -> Deal:
    """A lead that nothing is wrong with, planned for some days ahead."""
    deal = add(workspace, line)
    workspace.set_next_step([deal.id], "call", TODAY + timedelta(days=step.get("ahead", 3)))
    return now_of(workspace, deal.id)


def test_a_deal_that_is_planned_and_complete_is_not_in_the_queue(ana: Workspace) -> None:
    tidy(ana)
    assert queue(ana) == []


def test_a_deal_stands_in_its_highest_tier_with_all_its_reasons(ana: Workspace, team: Team) -> None:
    deal = tidy(ana, "Lumen Oy: pilot 40k")
    team.clock.wait(days=30)
    ((name, where, why),) = queue(ana)
    assert (name, where) == ("Lumen Oy", Tier.OVERDUE)
    assert why.startswith("next step overdue 27d, overstay 30/")
    assert why.endswith("no source")
    ana.set_next_step([deal.id], "call", ana.today)
    assert tier(ana, deal) is Tier.TODAY


def _given(ana: Workspace, bo: Workspace) -> Deal:
    deal = tidy(ana)
    ana.assign([deal.id], "bo")
    return deal


def _inbound(ana: Workspace, bo: Workspace) -> Deal:
    return add(ana, "Lumen Oy: pilot 40k source:web")


def _unplanned(ana: Workspace, bo: Workspace) -> Deal:
    return _touched(ana)


def _touched(ana: Workspace) -> Deal:
    deal = add(ana, "Lumen Oy: pilot 40k source:referral")
    ana.log_touch([deal.id], "call")
    return deal


def _undated(ana: Workspace, bo: Workspace) -> Deal:
    deal = _touched(ana)
    ana.set_next_step([deal.id], "call some day", None)
    return deal


def _close_passed(ana: Workspace, bo: Workspace) -> Deal:
    deal = tidy(ana)
    ana.edit([deal.id], {"expected_close": date(2026, 11, 20)})
    return deal


def _closing(ana: Workspace, bo: Workspace) -> Deal:
    deal = tidy(ana)
    ana.edit([deal.id], {"expected_close": date(2026, 12, 7)})
    return deal


def _offer(ana: Workspace, bo: Workspace) -> Deal:
    deal = tidy(ana)
    ana.edit([deal.id], {"offer_expires_on": date(2026, 11, 26)})
    return deal


def _incomplete(ana: Workspace, bo: Workspace) -> Deal:
    deal = tidy(ana)
    ana.move([deal.id], NEEDS, override="known from before")
    return deal


@pytest.mark.parametrize(
    ("make", "wanted", "why"),
    [
        (_given, Tier.NEW, "new from @ana"),
        (_inbound, Tier.NEW, "new inbound lead (web)"),
        (_unplanned, Tier.NO_NEXT_STEP, "no next step"),
        (_undated, Tier.NO_NEXT_STEP, "the next step has no day"),
        (_close_passed, Tier.CLOSING, "close date passed 3d ago"),
        (_closing, Tier.CLOSING, "closes in 14d, lacking"),
        (_offer, Tier.CLOSING, "offer expires in 3d"),
        (_incomplete, Tier.HYGIENE, "no close date"),
    ],
)
def test_each_thing_that_needs_a_rep_has_its_tier(
    ana: Workspace,
    bo: Workspace,
    make: Callable[[Workspace, Workspace], Deal],
    wanted: Tier,
    why: str,
) -> None:
    deal = make(ana, bo)
    found = day_of(ana).place(deal.id)
    assert found is not None
    assert found.place.tier is wanted
    assert why in str(found.place)
    assert [*day_of(ana).tier_by_id()] == [deal.id]
    assert day_of(ana).tiers() == {wanted: 1}


def test_a_deal_in_the_closing_fortnight_that_lacks_nothing_waits_for_nobody(
    ana: Workspace,
) -> None:
    deal = tidy(ana, "Lumen Oy: pilot 40k source:referral")
    ana.move([deal.id], CLOSING, override="all is signed")
    ana.edit([deal.id], {"expected_close": date(2026, 12, 7)})
    ana.set_contact(deal.id, Contact("Outi Salo", "decision_maker"))
    for question in sales(ana).questions:
        ana.answer([deal.id], question.key, "They said so.", 3)
    for stage in sales(ana).open_stages:
        for item in stage.checklist:
            ana.check(deal.id, stage.id, item)
    assert queue(ana) == []


def test_what_somebody_was_given_is_news_until_they_do_something_with_it(
    ana: Workspace, bo: Workspace
) -> None:
    deal = _given(ana, bo)
    ana.add_note([deal.id], "They like the line.")
    assert tier(bo, deal) is Tier.NEW
    ana.log_touch([deal.id], "call")
    assert tier(bo, deal) is Tier.NEW  # the other one called, not the new owner
    bo.log_touch([deal.id], "call")
    assert tier(bo, deal) is None
    bo.undo()
    assert tier(bo, deal) is Tier.NEW


def test_a_plan_that_is_kept_takes_up_a_deal_and_stays_as_it_is(
    ana: Workspace, bo: Workspace
) -> None:
    deal = _given(ana, bo)
    step = now_of(bo, deal.id).next_step
    assert step is not None
    bo.set_next_step([deal.id], step.text, step.due)
    assert now_of(bo, deal.id).next_step == step
    assert tier(bo, deal) is None
    bo.undo()
    assert tier(bo, deal) is Tier.NEW


def test_a_word_for_the_new_owner_is_a_touch_that_stops_the_idle_clock(
    ana: Workspace, bo: Workspace, team: Team
) -> None:
    deal = tidy(ana, ahead=60)
    team.clock.wait(days=20)
    ana.assign([deal.id], "bo", note="Mika wants a demo.")
    (touch,) = bo.reader.history.touches(deal.id)
    assert (touch.type, touch.direction, touch.outcome) == ("handover", "", "Mika wants a demo.")
    handed = now_of(bo, deal.id)
    assert handed.last_touch_at == deal.last_touch_at
    assert (handed.outbound_since_reply, handed.last_outbound_at) == (0, None)
    ana.undo()
    assert bo.reader.history.touches(deal.id) == ()


@pytest.mark.parametrize(
    ("ahead", "wanted"), [(None, Tier.NEW), (0, Tier.TODAY), (-1, Tier.OVERDUE), (2, None)]
)
def test_of_anothers_deal_only_what_is_asked_stands_in_a_day(
    ana: Workspace, bo: Workspace, team: Team, ahead: int | None, wanted: Tier | None
) -> None:
    asked, other = (tidy(ana, f"{name}: pilot 40k") for name in ("Lumen Oy", "Acme"))
    team.clock.wait(days=30)
    due = None if ahead is None else ana.today + timedelta(days=ahead)
    execute(ana, AskRep("bo", "look", due), [asked.id])
    day = day_of(bo, None, "bo")
    assert day.tier_by_id() == ({} if wanted is None else {asked.id: wanted})
    assert [str(one.place).split(" (")[0] for one in day.queue()] == (
        ["@ana asks: look"] if wanted is not None else []
    )
    assert {*day_of(ana, None, "ana").tier_by_id()} == {asked.id, other.id}


@pytest.mark.parametrize(
    ("owner", "wanted"),
    [("ana", None), ("bo", Tier.NEW), ("cy", Tier.OVERDUE), (None, Tier.OVERDUE)],
)
@pytest.mark.parametrize("first", ["bo", "cy"])
def test_of_several_who_are_asked_each_has_their_own_day(
    ana: Workspace, owner: str | None, wanted: Tier | None, first: str
) -> None:
    deal = tidy(ana)
    asks = {"bo": None, "cy": TODAY - timedelta(days=1)}
    for rep in sorted(asks, key=lambda rep: rep != first):
        execute(ana, AskRep(rep, "look", asks[rep]), [deal.id])
    found = day_of(ana, None, owner).tier_by_id()
    assert found == ({} if wanted is None else {deal.id: wanted})


def test_a_deal_that_sleeps_is_out_and_comes_back_on_its_day(ana: Workspace, team: Team) -> None:
    deal = tidy(ana, ahead=40)
    ana.snooze([deal.id], FRIDAY, "budget freeze")
    team.clock.wait(days=3)
    assert queue(ana) == []
    team.clock.wait(days=1)
    assert queue(ana) == [("Lumen Oy", Tier.NEW, "woke: budget freeze")]
    ana.log_touch([deal.id], "call")
    assert queue(ana) == []
    assert now_of(ana, deal.id).snoozed_until is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # Midnight in Berlin is 23:00 in UTC, and 22:00 in summer.
        (datetime(2026, 11, 26, 22, 59, tzinfo=UTC), datetime(2026, 11, 26, 23, 0, tzinfo=UTC)),
        (datetime(2027, 3, 27, 22, 59, tzinfo=UTC), datetime(2027, 3, 27, 23, 0, tzinfo=UTC)),
        (datetime(2027, 3, 28, 21, 59, tzinfo=UTC), datetime(2027, 3, 28, 22, 0, tzinfo=UTC)),
    ],
)
def test_a_deal_wakes_at_midnight_in_the_zone_of_the_workspace(
    ana: Workspace, team: Team, before: datetime, after: datetime
) -> None:
    deal = tidy(ana, ahead=300)
    day = after.astimezone(ana.settings.zone).date()
    ana.snooze([deal.id], day)
    team.clock.now = before
    assert tier(ana, deal) is None
    team.clock.now = after
    assert tier(ana, deal) is Tier.NEW


def test_a_clock_that_goes_back_puts_a_deal_to_sleep_again_and_loses_nothing(
    ana: Workspace, team: Team
) -> None:
    deal = tidy(ana, ahead=40)
    ana.snooze([deal.id], FRIDAY)
    team.clock.wait(days=5)
    assert tier(ana, deal) is Tier.NEW
    team.clock.wait(days=-3)
    assert tier(ana, deal) is None
    ana.log_touch([deal.id], "call")
    assert now_of(ana, deal.id).snoozed_until == FRIDAY
    team.clock.wait(days=3)
    assert tier(ana, deal) is Tier.NEW


def test_after_a_month_away_everything_that_came_due_waits_in_one_queue(
    ana: Workspace, bo: Workspace, team: Team
) -> None:
    planned, asleep, given = (
        tidy(bo),
        tidy(bo, "Acme: press 9k source:referral", ahead=60),
        tidy(ana, "Borealis: line 5k source:referral", ahead=60),
    )
    bo.snooze([asleep.id], FRIDAY)
    team.clock.wait(days=10)
    ana.assign([given.id], "bo")
    team.clock.wait(days=20)
    tiers = {w.deal.id: w.place.tier for w in day_of(bo, None, "bo").queue()}
    assert tiers == {planned.id: Tier.OVERDUE, asleep.id: Tier.NEW, given.id: Tier.NEW}


def test_an_owner_who_is_away_is_a_fault_of_the_deal(ana: Workspace) -> None:
    deal = tidy(ana)
    ana.save_rep(Rep("ana", active=False))
    assert queue(ana) == [("Lumen Oy", Tier.HYGIENE, "owner away or none")]
    assert deal.owner == "ana"


def test_worth_counts_before_age_and_age_before_the_number(ana: Workspace, team: Team) -> None:
    old = add(ana, "Old: a 10k source:referral")
    team.clock.wait(hours=1)
    for name, amount in (("Young", " 10k"), ("Big", " 90k"), ("Nameless", "")):
        add(ana, f"{name}: b{amount} source:referral")
    ana.set_rate("USD", "2")
    add(ana, "Dollar: c source:referral")
    ana.edit([old.id + 4], {"value": Money(3_000_000, "USD")})
    add(ana, "Unpriced: d source:referral")
    ana.edit([old.id + 5], {"value": Money(99_000_000, "GBP")})
    for deal_id in day_of(ana).tier_by_id():
        ana.log_touch([deal_id], "call")
    names = [w.deal.name for w in day_of(ana).queue()]
    assert names == ["Big", "Dollar", "Old", "Young", "Nameless", "Unpriced"]


def test_the_measured_chance_turns_the_order_round(ana: Workspace, team: Team) -> None:
    """Deals of the second stage were all lost: one there is worth less than half of it in the
    first, though the table says more."""
    for number in range(30):
        lost = add(ana, f"Lost {number}: x 1k", QUALIFICATION)
        ana.lose([lost.id], Loss("price"))
    late = add(ana, "Late: b 10k source:referral", QUALIFICATION)
    early = add(ana, "Early: a 10k source:referral")
    for deal in (late, early):
        ana.log_touch([deal.id], "call")
    assert [w.deal.name for w in day_of(ana).queue()] == ["Late", "Early"]
    team.clock.wait(days=1)  # what was closed today counts from tomorrow on
    assert [w.deal.name for w in day_of(ana).queue()] == ["Early", "Late"]


def test_of_two_of_one_worth_the_older_comes_first_though_it_was_added_later(
    ana: Workspace, team: Team
) -> None:
    add(ana, "Young: a 10k source:referral")
    team.clock.wait(hours=-2)
    add(ana, "Old: b 10k source:referral")
    assert [w.deal.name for w in day_of(ana).queue()] == ["Old", "Young"]


@pytest.mark.parametrize(("category", "is_archived"), [("invalid", False), ("price", True)])
def test_what_was_invalid_or_put_away_measures_no_chance(
    category: str, is_archived: bool, ana: Workspace, team: Team
) -> None:
    for number in range(30):
        lost = add(ana, f"Twice {number}: x 1k", QUALIFICATION)
        ana.lose([lost.id], Loss(category))
        if is_archived:
            ana.archive([lost.id])
    late = add(ana, "Late: b 10k source:referral", QUALIFICATION)
    early = add(ana, "Early: a 10k source:referral")
    for deal in (late, early):
        ana.log_touch([deal.id], "call")
    team.clock.wait(days=1)
    assert [w.deal.name for w in day_of(ana).queue()] == ["Late", "Early"]


def test_loads_are_counted_as_the_lists_count_them(
    ana: Workspace, bo: Workspace, team: Team
) -> None:
    tidy(ana)
    tidy(bo, "Acme: press 9k source:referral", ahead=60)
    _touched(bo)
    for put_away in (lambda ids: ana.lose(ids, Loss("price")), ana.archive):
        put_away([add(ana, "Gone: press 9k @ana source:referral").id])
    team.clock.wait(days=30)
    found = {load.name: load for load in loads_of(ana, sales(ana))}
    assert (found["ana"].open, found["ana"].overdue, found["ana"].stalled) == (1, 1, 1)
    assert (found["bo"].open, found["bo"].overdue, found["bo"].stalled) == (2, 0, 2)
    assert found["bo"].value == Money(4_900_000, "EUR")
    assert found["cy"].open == 0


def test_a_deal_that_sleeps_is_no_load_but_one_that_is_open(ana: Workspace, team: Team) -> None:
    deal = tidy(ana)
    ana.snooze([deal.id], TODAY + timedelta(days=40), "budget freeze")
    for days, (overdue, stalled) in ((30, (0, 0)), (10, (1, 1))):
        team.clock.wait(days=days)
        (load,) = (load for load in loads_of(ana, sales(ana)) if load.name == "ana")
        assert (load.open, load.overdue, load.stalled) == (1, overdue, stalled)


def test_who_is_no_rep_looks_at_everybody(team: Team) -> None:
    assert whose(team.rep("ana"), None) == "ana"
    assert whose(team.rep("boss"), None) is None
    assert whose(team.rep("ana"), "all") is None
    assert whose(team.rep("ana"), "@bo") == "bo"


def test_fifty_deals_given_to_another_are_one_undo(ana: Workspace) -> None:
    ids = [add(ana, f"Firm {number}: x 1k").id for number in range(50)]
    ana.assign(ids, "bo", note="Mine until the summer.")
    assert {now_of(ana, one).given_by for one in ids} == {"ana"}
    ana.undo()
    assert {(now_of(ana, one).owner, now_of(ana, one).given_by) for one in ids} == {("ana", "")}
    assert all(ana.reader.history.touches(one) == () for one in ids)


def test_two_hundred_deals_given_up_are_one_undo(ana: Workspace) -> None:
    lines = {number: f"Firm {number}: x 1k" for number in range(200)}
    ids = [deal.id for deal in ana.add_all(lines, pipeline=sales(ana)).deals]
    before = [now_of(ana, one) for one in ids]
    ana.lose(ids, Loss("unresponsive"))
    assert day_of(ana).queue() == ()
    ana.undo()
    after = [now_of(ana, one) for one in ids]
    assert [d.stage_entered_at for d in after] == [d.stage_entered_at for d in before]
    assert all(deal.is_open for deal in after)


def test_a_deal_may_be_given_up_that_five_touches_got_no_answer_from(
    ana: Workspace, team: Team
) -> None:
    deal = add(ana)
    for _ in range(5):
        ana.log_touch([deal.id], "call")
    assert day_of(ana).dead() == ()
    team.clock.wait(days=40)
    assert [one.id for one in day_of(ana).dead()] == [deal.id]
    ana.set_next_step([deal.id], "a last call", ana.today)
    assert day_of(ana).dead() == ()


# The invariant and the order.


def _is_looked_after(deal: Deal, pipeline: Pipeline, day: Day) -> bool:
    """The invariant: closed, planned ahead, asleep, or in the queue."""
    if not deal.is_open or deal.is_snoozed(day.today):
        return True
    step = deal.next_step
    is_planned = step is not None and step.due is not None and step.due > day.today
    return is_planned or place(deal, pipeline, day) is not None


@settings(max_examples=25)
@given(seed=st.integers(0, 10**9))
def test_after_any_run_of_commands_each_open_deal_is_looked_after(
    seed: int, blank: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("run") / "team.db"
    shutil.copy(blank, path)
    team, chance = Team(path), random.Random(seed)
    try:
        desks = [team.rep(name) for name in ("ana", "bo")]
        for number, value in enumerate(("1k", "", "3k", "4k")):
            add(desks[0], f"Firm {number}: x {value} source:referral", 1 + number % 3)
        for _ in range(30):
            desk = chance.choice(desks)
            try:
                chance.choice(DOING)(desk, chance.randint(1, 6), chance)
            except PipeboardError:
                continue
            team.clock.wait(hours=chance.randint(0, 40))
        _holds(team, desks[0])
    finally:
        team.close()


def _holds(team: Team, desk: Workspace) -> None:
    day, pipeline = day_of(desk), sales(desk)
    deals = list(desk.reader.each(today=desk.today))
    assert all(_is_looked_after(deal, pipeline, day.day) for deal in deals)
    _one_order(day, deals)
    assert [*day_of(team.rep("cy")).tier_by_id()] == [*day.tier_by_id()]  # another process
    for owner in ("ana", "bo", "all"):
        signs = day_of(desk, None, None if owner == "all" else owner).signs()
        wanted = short(signs.overdue, signs.no_next_step, signs.stalled)
        now = {"PIPEBOARD_NOW": team.clock.now.isoformat(), "PIPEBOARD_DB": str(team.path)}
        assert quick(["--short", "--owner", owner], now) == wanted


def _one_order(day: DayReader, deals: Sequence[Deal]) -> None:
    """The database's order and tiers are those of the domain, deal for deal."""
    by_rule = sorted(filter(None, (day.place(deal.id) for deal in deals)), key=order)
    assert [w.deal.id for w in by_rule] == [*day.tier_by_id()]
    assert list(day.queue()) == by_rule
    tiers = [w.place.tier for w in by_rule]
    assert day.tiers() == {one: tiers.count(one) for one in sorted(set(tiers))}
    assert list(day.queue(2)) == by_rule[:2]


# The walk through the queue.


def test_a_walk_skips_to_the_end_goes_back_and_tells_what_came_of_it() -> None:
    walk = Round([1, 2, 3])
    walk.go_on(handled=False)
    assert walk.current == 2
    walk.go_on(handled=True)
    walk.back()
    assert (walk.current, walk.handled) == (2, [])
    walk.go_on(handled=True)
    walk.go_on(handled=True)
    assert walk.current == 1
    assert walk.summary("Thu 3 Dec") == "2 handled, next due Thu 3 Dec; 1 skipped."
    walk.go_on(handled=False)
    assert walk.current is None


def test_a_walk_goes_on_where_it_was_when_the_queue_has_changed() -> None:
    walk = Round([1, 2, 3, 4])
    walk.go_on(handled=False)
    walk.go_on(handled=True)
    walk.follow([1, 9, 4])
    assert walk.ids == [9, 4, 1]


def test_a_walk_counts_each_deal_once_as_what_was_last_done_on_it() -> None:
    walk = Round([1, 2])
    walk.go_on(handled=False)
    walk.back()
    assert (walk.ids, walk.skipped) == ([1, 2], [])
    walk.go_on(handled=False)
    walk.go_on(handled=True)
    walk.bring_back(2)
    walk.go_on(handled=True)
    assert walk.summary("") == "1 handled; 1 skipped."
    walk.go_on(handled=True)
    assert (walk.ids, walk.summary("")) == ([], "2 handled; 0 skipped.")
    for handled in (True, False):
        walk.put_first(1)
        walk.go_on(handled=handled)
        assert walk.summary("") == "2 handled; 0 skipped."
    assert walk.ids == [1]  # who skips it now has not looked at it since


def test_a_walk_takes_up_neither_what_was_handled_nor_what_was_left_in_the_end() -> None:
    walk = Round([1, 2, 3, 4])
    for handled in (True, False, False):
        walk.go_on(handled=handled)
    other = walk.copy()
    walk.follow([1, 3, 4, 5])
    assert walk.ids == [4, 5, 3]
    for _ in other.ids.copy():
        other.go_on(handled=False)
    other.follow([1, 2, 3, 4])
    assert other.ids == [4]


def _queued(deal: Deal, *tiers: Tier) -> Queued:
    reasons = tuple(Reason(tier, tier.name) for tier in sorted(tiers))
    return Queued(deal, Position(reasons[0].tier, reasons), None)


# What stands in the queue before and after something was done, whether it was planned by a verb
# that plans, and whether the walk may go on.
DONE = (
    ((Tier.OVERDUE,), None, False, True),
    ((Tier.OVERDUE,), (Tier.OVERDUE,), True, False),
    ((Tier.STALLED,), (Tier.STALLED, Tier.NO_NEXT_STEP), True, False),
    ((Tier.STALLED,), (Tier.TODAY, Tier.STALLED, Tier.HYGIENE), True, False),
    ((Tier.NEW,), (Tier.NEW,), False, False),
    ((Tier.NEW,), (Tier.NEW,), True, True),
    ((Tier.STALLED,), (Tier.STALLED,), True, True),
    ((Tier.STALLED,), (Tier.STALLED,), False, False),
    ((Tier.STALLED, Tier.HYGIENE), (Tier.STALLED,), False, True),
    ((Tier.HYGIENE,), (Tier.HYGIENE, Tier.CLOSING), False, False),
    ((Tier.CLOSING,), (Tier.HYGIENE,), False, True),
)


@pytest.mark.parametrize(("before", "after", "planned", "goes_on"), DONE)
def test_a_walk_goes_on_once_a_deal_needs_nobody_more(
    before: tuple[Tier, ...], after: tuple[Tier, ...] | None, planned: bool, goes_on: bool
) -> None:
    deal = new()
    now = None if after is None else _queued(deal, *after)
    assert is_handled(_queued(deal, *before), now, planned=planned) is goes_on
    if now is not None and not is_unplanned(now.place):
        given = replace(deal, owner="bo")
        assert is_handled(_queued(given, *before), now, planned=False)
        step = replace(deal, next_step=NextStep("call", FRIDAY))
        is_new = now.place.tier is Tier.NEW
        assert is_handled(_queued(step, *before), now, planned=False) is not is_new
        assert is_handled(None, now, planned=planned) is planned
