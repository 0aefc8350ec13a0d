"""The instants of a deal never run backwards, whatever the clock does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.ledger import disagreements
from tests.team import NOW, QUALIFICATION, Team, add, now_of, qualify
from tests.verbs import Workspace

MOMENT = timedelta(microseconds=1)


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    team = Team.make(tmp_path / "team.db")
    yield team
    team.close()


@pytest.fixture
def ana(team: Team) -> Workspace:
    return team.rep("ana")


def test_what_happens_after_the_clock_was_set_back_happens_after_what_was_there(
    team: Team, ana: Workspace
) -> None:
    deal = add(ana)
    team.clock.wait(days=-10)
    qualify(ana, deal.id)
    ana.move([deal.id], QUALIFICATION)
    ana.add_note([deal.id], "They called.")
    ana.undo()
    ana.redo()
    commands = ana.reader.history.commands()
    instants = [did.at for did in reversed(commands)]
    assert instants == sorted(instants)
    assert instants[0] == NOW < instants[1] == NOW + MOMENT
    moved = now_of(ana, deal.id)
    assert moved.stage_entered_at is not None
    assert moved.created_at is not None
    assert moved.created_at <= moved.stage_entered_at
    events = [entry.event.at for entry in reversed(ana.reader.history.entries(deal.id))]
    assert events == sorted(events)
    (note,) = ana.reader.history.notes(deal.id)
    assert note.at > NOW
    assert all(answer.at is not None and answer.at > NOW for answer in moved.answers.values())
    assert disagreements(team.path) == []


def test_a_clock_that_stands_or_goes_is_taken_as_it_is(team: Team, ana: Workspace) -> None:
    add(ana)
    add(ana, "Borealis: pilot")
    team.clock.wait(seconds=1)
    add(ana, "Nordlicht: pilot")
    assert [did.at - NOW for did in ana.reader.history.commands()] == [
        timedelta(seconds=1),
        timedelta(0),
        timedelta(0),
    ]


def test_what_was_dated_back_by_hand_keeps_its_day(team: Team, ana: Workspace) -> None:
    deal = add(ana)
    team.clock.wait(days=5)
    ana.add_note([deal.id], "They called.")
    team.clock.wait(days=-3)
    ana.win([deal.id], on=NOW.date(), override="signed on the day")
    won = now_of(ana, deal.id)
    assert won.closed_at is not None
    assert won.closed_at.date() == NOW.date()
    assert ana.reader.history.commands()[0].at == NOW + timedelta(days=5) + MOMENT
    assert disagreements(team.path) == []


def test_a_clock_set_to_the_past_for_old_deals_is_not_put_off_by_others(
    team: Team, ana: Workspace
) -> None:
    add(ana)
    team.clock.wait(days=-300)
    old = add(ana, "Borealis: pilot")
    ana.add_note([old.id], "They called.")
    assert old.created_at == NOW - timedelta(days=300)
    (note,) = ana.reader.history.notes(old.id)
    assert note.at == old.created_at
