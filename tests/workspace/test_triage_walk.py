"""A walk through the day's queue, step by step: what is left, skipped, handled and to come."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeboard.domain.queue import Tier
from pipeboard.store.reading.listing import Listing
from pipeboard.workspace.recording import Receipt
from pipeboard.workspace.triage import Triage
from tests.team import SETTINGS, TODAY, Team, add
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
