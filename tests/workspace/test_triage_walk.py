"""A walk through the day's queue, step by step: what is left, skipped, handled and to come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.queue import Tier
from pipeboard.store.reading import Reader
from pipeboard.store.reading.listing import Listing
from pipeboard.workspace.recording import Receipt
from pipeboard.workspace.triage import Triage
from tests.team import SETTINGS, TODAY, Team, add, now_of
from tests.verbs import Workspace


@pytest.fixture
def team(team_on_a_file: Team) -> Team:
    """On one engine: the walk does not depend on it."""
    return team_on_a_file


@pytest.fixture
def ids(ana: Workspace) -> dict[str, int]:
    """Deals of ana: one overdue, one due today, two without a step."""
    found = {name: add(ana, f"{name}: pilot 1k").id for name in ("Late", "Now", "Bare", "Blank")}
    ana.set_next_step([found["Late"]], "call", TODAY - timedelta(days=3))
    ana.set_next_step([found["Now"]], "call", TODAY)
    return found


@pytest.fixture
def walk(ana: Workspace, ids: dict[str, int]) -> Triage:
    return Triage(ana.reader, Listing(TODAY, SETTINGS.zone, me="ana", owner="ana"), eyes="ana")


def name(walk: Triage) -> str:
    return walk.record.deal.name if walk.record else ""


def counts(walk: Triage) -> tuple[int, int, int, int]:
    return walk.left, walk.handled, walk.skipped, walk.total


def plan(ana: Workspace, walk: Triage, days: int = 5) -> Receipt:
    assert walk.record is not None
    return ana.set_next_step([walk.record.deal.id], "call", TODAY + timedelta(days=days))


def test_the_gravest_come_first_and_are_counted_by_how_grave_they_are(walk: Triage) -> None:
    assert name(walk) == "Late"
    assert list(walk.tiers_left().items()) == [
        (Tier.OVERDUE, 1), (Tier.TODAY, 1), (Tier.NO_NEXT_STEP, 2),
    ]  # fmt: skip
    coming = [(deal.name, tier) for deal, tier in walk.coming(2)]
    assert coming == [("Now", Tier.TODAY), (coming[1][0], Tier.NO_NEXT_STEP)]
    assert [len(walk.coming(most)) for most in (0, 1, 2, 9)] == [0, 1, 2, 3]
    assert counts(walk) == (4, 0, 0, 4)


def test_what_is_skipped_comes_again_once(walk: Triage) -> None:
    walk.skip()
    assert (name(walk), counts(walk)) == ("Now", (4, 0, 1, 4))
    assert list(walk.skipped_ones().values()) == [Tier.OVERDUE]
    for _ in range(3):
        walk.skip()
    assert (name(walk), counts(walk)) == ("Late", (4, 0, 4, 4))
    for left in (3, 2, 1, 0):
        walk.skip()
        assert walk.left == left
    assert (name(walk), walk.record, walk.tiers_left()) == ("", None, {})
    assert walk.again()
    assert (name(walk), walk.skipped) == ("Late", 0)


def test_what_is_planned_is_handled_and_the_next_is_looked_at(ana: Workspace, walk: Triage) -> None:
    assert walk.note(plan(ana, walk))
    assert walk.settle("planned Late") == ()
    assert (name(walk), counts(walk)) == ("Now", (3, 1, 0, 4))
    assert walk.done == ("planned Late",)
    assert Tier.OVERDUE not in walk.tiers_left()
    assert walk.summary == "1 handled, next due Sat; 0 skipped."


def test_what_is_not_enough_stays_with_what_it_still_lacks(ana: Workspace, walk: Triage) -> None:
    assert walk.record is not None
    assert walk.note(ana.add_note([walk.record.deal.id], "Seen."))
    assert walk.settle("noted") != ()
    assert (name(walk), counts(walk), walk.done) == ("Late", (4, 0, 0, 4), ())


def test_something_done_elsewhere_is_none_of_the_walk_s(
    ana: Workspace, walk: Triage, ids: dict[str, int]
) -> None:
    receipt = ana.add_note([ids["Bare"]], "Seen.")
    assert not walk.concerns(receipt)
    assert not walk.note(receipt)
    kept = Receipt("", "next", "Nothing to change.")
    assert walk.concerns(kept)
    assert not walk.concerns(Receipt("", "note", "Nothing to change."))


def test_back_goes_to_the_deal_before_as_if_nothing_had_been_done(
    ana: Workspace, walk: Triage
) -> None:
    assert not walk.back()
    walk.note(plan(ana, walk))
    walk.settle("planned Late")
    walk.skip()
    assert walk.back()
    assert (name(walk), counts(walk)) == ("Now", (3, 1, 0, 4))
    assert walk.back()
    assert (name(walk), walk.handled) == ("Late", 0)
    assert walk.queued is not None
    assert walk.queued.place.tier is Tier.HYGIENE  # it is overdue no more
    walk.skip()
    assert (name(walk), walk.handled, walk.skipped) == ("Now", 1, 0)


def test_one_that_is_to_come_can_be_looked_at_first(walk: Triage, ids: dict[str, int]) -> None:
    walk.go_to(ids["Bare"])
    assert (name(walk), counts(walk)) == ("Bare", (4, 0, 0, 4))
    walk.go_to(99)
    assert name(walk) == "Bare"
    walk.skip()
    assert name(walk) == "Late"


def test_what_is_undone_is_looked_at_again(ana: Workspace, walk: Triage) -> None:
    walk.note(plan(ana, walk))
    walk.settle("planned Late")
    assert not walk.note(ana.undo())
    assert (name(walk), counts(walk), walk.done) == ("Late", (4, 0, 0, 4), ())


def test_another_rep_s_day_begins_anew(ana: Workspace, walk: Triage) -> None:
    walk.note(plan(ana, walk))
    walk.settle("planned Late")
    walk.restart(Listing(TODAY, SETTINGS.zone, me="ana", owner="bo"))
    assert (name(walk), counts(walk), walk.done) == ("", (0, 0, 0, 0), ())


def test_of_what_was_done_the_last_five_are_told(ana: Workspace, walk: Triage) -> None:
    for number in range(4):
        walk.note(plan(ana, walk))
        walk.settle(f"planned {number}")
    assert walk.done == ("planned 3", "planned 2", "planned 1", "planned 0")
    for number in (4, 5):
        add(ana, f"New {number}: pilot")
        walk.load()
        walk.note(plan(ana, walk))
        walk.settle(f"planned {number}")
    assert walk.done == tuple(f"planned {number}" for number in (5, 4, 3, 2, 1))


class Failing:
    """A reader under which the database is gone when a deal is read."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def __getattr__(self, name: str) -> Any:
        if name == "record":
            raise DatabaseError("It is held.")
        return getattr(self._reader, name)


def state(walk: Triage) -> tuple[object, ...]:
    return (
        walk.listing, walk.walk, walk.record, walk.queued, walk.done, walk.passed_over,
        dict(walk.tiers_left()), counts(walk),
    )  # fmt: skip


@pytest.mark.parametrize("act", ["load", "restart", "skip", "again", "go_to", "back"])
def test_what_cannot_be_read_leaves_the_walk_where_it_was(
    act: str, ana: Workspace, walk: Triage, ids: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    walk.note(plan(ana, walk))
    walk.settle("planned Late")
    walk.skip()
    before = state(walk)
    ana.set_next_step([ids["Now"]], "call", TODAY - timedelta(days=9))
    monkeypatch.setattr(walk, "_reader", Failing(ana.reader))
    acts: dict[str, Callable[[], object]] = {
        "load": walk.load,
        "restart": lambda: walk.restart(replace(walk.listing, owner=None)),
        "skip": walk.skip,
        "again": walk.again,
        "go_to": lambda: walk.go_to(walk.walk.ids[-1]),
        "back": walk.back,
    }
    with pytest.raises(DatabaseError):
        acts[act]()
    assert state(walk) == before


def test_a_walk_that_is_not_loaded_yet_has_nothing_to_look_at(
    ana: Workspace, ids: dict[str, int]
) -> None:
    listing = Listing(TODAY, SETTINGS.zone, me="ana", owner="ana")
    walk = Triage(ana.reader, listing, eyes="ana", load=False)
    assert (name(walk), walk.record, counts(walk)[:2]) == ("", None, (0, 0))
    walk.skip()
    walk.look_again()
    assert walk.settle("nothing") == ()
    assert (walk.done, walk.record) == ((), None)
    walk.load()
    assert (name(walk), counts(walk)) == ("Late", (4, 0, 0, 4))


@pytest.mark.parametrize(
    ("who", "holds", "then", "handled", "passed"),
    [
        ("ana", False, "Now", 1, ""),
        ("bo", False, "Now", 0, "Late was handled by @bo"),
        ("ana", True, "Late", 0, ""),
        ("bo", True, "Late", 0, ""),
    ],
)
def test_a_deal_that_was_handled_elsewhere_is_left_unless_it_is_held(
    who: str, holds: bool, then: str, handled: int, passed: str, team: Team, walk: Triage,
    ids: dict[str, int],
) -> None:  # fmt: skip
    team.rep(who).set_next_step([ids["Late"]], "call", TODAY + timedelta(days=5))
    walk.load(holds=holds)
    assert (name(walk), walk.handled, walk.take_passed()) == (then, handled, passed)


@pytest.mark.parametrize(
    ("who", "handled", "passed"),
    [
        (("ana",), 1, ""),
        (("bo",), 0, "Now was handled by @bo"),
        (("bo", "ana"), 1, ""),  # for ana
        (("ana", "bo"), 1, ""),
    ],
)
def test_one_that_comes_next_and_was_handled_elsewhere_is_passed_over(
    who: tuple[str, ...], handled: int, passed: str, team: Team, walk: Triage, ids: dict[str, int]
) -> None:
    team.rep(*who).snooze([ids["Now"]], TODAY + timedelta(days=9))
    walk.skip()
    assert (name(walk), walk.handled, walk.take_passed()) == ("Bare", handled, passed)


def test_what_is_handled_and_due_again_comes_again(ana: Workspace, walk: Triage) -> None:
    walk.note(plan(ana, walk))
    walk.settle("planned Late")
    for due, left in ((TODAY + timedelta(days=2), 3), (TODAY - timedelta(days=2), 4)):
        ana.set_next_step([walk.walk.handled[0]] if walk.walk.handled else [1], "call", due)
        walk.load()
        assert counts(walk) == (left, 4 - left, 0, 4)


@pytest.mark.parametrize(
    ("undone", "looked_at", "done"),
    [(1, "Late", 0), (2, "Now", 1)],
)
def test_of_several_that_were_handled_the_one_that_is_taken_back_is_looked_at(
    undone: int, looked_at: str, done: int, ana: Workspace, walk: Triage
) -> None:
    for number in range(undone):
        walk.note(plan(ana, walk))
        walk.settle(f"planned {number}")
    assert not walk.note(ana.undo())
    assert (name(walk), len(walk.done), walk.handled) == (looked_at, done, undone - 1)


def test_an_undo_of_something_else_changes_nothing_but_what_is_looked_at(
    ana: Workspace, walk: Triage, ids: dict[str, int]
) -> None:
    walk.note(plan(ana, walk))
    walk.settle("planned Late")
    ana.add_note([ids["Bare"]], "Seen.")
    assert not walk.note(ana.undo())
    assert (name(walk), walk.done, walk.handled) == ("Now", ("planned Late",), 1)
    ana.tag([ids["Late"], ids["Bare"]], ["x"])
    assert not walk.note(ana.undo())
    assert (name(walk), walk.handled) == ("Now", 1)


def test_only_a_deal_that_is_still_to_come_is_gone_to(
    ana: Workspace, bo: Workspace, walk: Triage
) -> None:
    theirs = add(bo, "Theirs: pilot 1k @bo").id
    walk.go_to(theirs)
    assert (name(walk), counts(walk), walk.take_passed()) == ("Late", (4, 0, 0, 4), "")
    walk.note(plan(ana, walk))
    walk.settle("planned Late")
    walk.go_to(walk.walk.handled[0])
    assert (name(walk), counts(walk)) == ("Now", (3, 1, 0, 4))


def asleep(ana: Workspace, walk: Triage) -> None:
    """The deal that is looked at sleeps for some days, and the next is looked at."""
    assert walk.record is not None
    walk.note(ana.snooze([walk.record.deal.id], TODAY + timedelta(days=9)))
    assert walk.settle("asleep") == ()


def test_a_deal_that_one_went_back_to_stays_though_it_waits_for_nobody(
    ana: Workspace, walk: Triage
) -> None:
    asleep(ana, walk)
    assert name(walk) == "Now"
    assert walk.back()
    for holds in (False, True, False):
        assert (name(walk), walk.queued, walk.handled) == ("Late", None, 0)
        walk.load(holds=holds)
    walk.skip()
    assert (name(walk), counts(walk)) == ("Now", (3, 1, 0, 4))


@pytest.mark.parametrize(("holds", "then"), [(True, "Late"), (False, "Now")])
def test_a_deal_that_went_to_sleep_elsewhere_stays_where_it_is_held(
    holds: bool, then: str, ana: Workspace, walk: Triage, ids: dict[str, int]
) -> None:
    ana.snooze([ids["Late"]], TODAY + timedelta(days=9))
    walk.load(holds=holds)
    assert name(walk) == then


def test_what_has_no_place_in_the_queue_is_not_among_what_is_to_come(
    ana: Workspace, walk: Triage, ids: dict[str, int]
) -> None:
    asleep(ana, walk)
    walk.load()
    walk.note(ana.undo())
    assert name(walk) == "Late"
    walk.go_to(ids["Bare"])
    assert [deal.name for deal, _ in walk.coming(9)] == ["Now", "Blank"]
    assert Tier.OVERDUE not in walk.tiers_left()
    walk.load()
    assert [deal.name for deal, _ in walk.coming(9)] == ["Late", "Now", "Blank"]
    assert walk.tiers_left()[Tier.OVERDUE] == 1


def test_a_deal_is_looked_at_as_it_is_after_what_was_done_and_taken_back(
    ana: Workspace, walk: Triage, ids: dict[str, int]
) -> None:
    def source() -> str:
        assert walk.record is not None
        return walk.record.deal.source

    walk.note(ana.set_fields([ids["Late"]], ["source=web"]))
    assert (name(walk), source()) == ("Late", "web")
    assert not walk.note(ana.undo())
    assert (name(walk), source(), counts(walk)) == ("Late", "", (4, 0, 0, 4))


@pytest.mark.parametrize(
    ("due", "verb", "handled"),
    [(5, "next", True), (5, "edit", False), (5, "redo", True), (5, "undo", False)],
)
def test_a_deal_that_was_planned_before_is_handled_by_a_plan_alone(
    due: int, verb: str, handled: bool, ana: Workspace, ids: dict[str, int]
) -> None:
    """Of a deal that lacks other things, a step to come is all that is asked for."""
    ana.set_next_step([ids["Late"]], "call", TODAY + timedelta(days=due))
    walk = Triage(ana.reader, Listing(TODAY, SETTINGS.zone, me="ana", owner="ana"), eyes="ana")
    walk.go_to(ids["Late"])
    assert name(walk) == "Late" and walk.queued is not None
    deal = now_of(ana, ids["Late"])
    walk.note(Receipt("c1", verb, "Done.", (deal,)))
    lacking = walk.settle("done")
    assert (name(walk) != "Late", lacking == ()) == (handled, handled)


def test_a_deal_that_is_gone_is_shown_as_it_was_until_the_queue_is_read(
    ana: Workspace, team: Team, walk: Triage, ids: dict[str, int]
) -> None:
    lone = add(ana, "Lone: pilot 1k").id
    walk.load()
    walk.go_to(lone)
    ana.undo()
    walk.look_again()
    assert (name(walk), walk.queued is not None) == ("Lone", True)
    walk.load()
    assert (name(walk), counts(walk)) == ("Late", (4, 0, 0, 4))


@pytest.mark.parametrize("who", ["ana", "bo"])
def test_a_deal_whose_adding_was_taken_back_is_passed_over(
    who: str, ana: Workspace, team: Team, walk: Triage, ids: dict[str, int]
) -> None:
    rep = team.rep(who)
    lone = add(rep, "Lone: pilot 1k @ana").id
    walk.load()
    walk.go_to(lone)
    walk.go_to(ids["Late"])
    assert walk.walk.ids[1] == lone
    rep.undo()
    walk.skip()
    assert (name(walk), counts(walk), walk.take_passed()) == ("Now", (4, 0, 1, 4), "")


def test_whoever_takes_back_the_adding_of_the_deal_goes_on_to_the_next(
    ana: Workspace, walk: Triage
) -> None:
    lone = add(ana, "Lone: pilot 1k").id
    walk.load()
    walk.go_to(lone)
    assert not walk.note(ana.undo())
    assert (name(walk), counts(walk), walk.take_passed()) == ("Late", (4, 0, 0, 4), "")


def test_whether_a_deal_is_handled_is_looked_at_once_one_goes_on(
    ana: Workspace, bo: Workspace, walk: Triage, ids: dict[str, int]
) -> None:
    walk.note(ana.add_note([ids["Late"]], "Seen."))
    bo.snooze([ids["Late"]], TODAY + timedelta(days=9))
    assert walk.settle("noted Late") == ()
    assert (name(walk), walk.handled, walk.done) == ("Now", 1, ("noted Late",))


def test_a_deal_on_which_something_was_taken_back_is_looked_at_though_it_sleeps(
    ana: Workspace, walk: Triage, ids: dict[str, int]
) -> None:
    asleep(ana, walk)
    ana.tag([ids["Late"]], ["hot"])
    assert not walk.note(ana.undo())
    assert (name(walk), walk.queued, walk.handled, walk.done) == ("Late", None, 0, ())
    walk.skip()
    assert (name(walk), walk.handled) == ("Now", 1)
