"""What a deal as it stands refuses is refused before anything is asked: every key that changes
deals, on every screen that has it, over every state of a deal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Answer, Contact, Loss, Term
from pipeboard.domain.errors import Refused
from pipeboard.domain.money import Money
from pipeboard.domain.people import Actor
from pipeboard.store import Store
from pipeboard.ui.draw.review import ref_of, stops
from pipeboard.ui.key_table import BOARD, DEAL, HYGIENE, REVIEW, TRIAGE
from pipeboard.ui.keys import Key
from pipeboard.ui.last_view import Choices
from pipeboard.ui.overlays.menu import Menu
from pipeboard.ui.screens.live import LiveScreen
from pipeboard.ui.screens.review import ReviewScreen
from tests.team import LEAD, NOW, QUALIFICATION, TODAY, Team, add, sales
from tests.ui.desk import Desk, desk
from tests.verbs import Workspace

SOON = TODAY + timedelta(days=7)
THE_DEAL = 1

ASKED: Mapping[str, c.Command] = {
    "next_step": c.SetNextStep("call", SOON),
    "put_off": c.Reschedule(SOON),
    "note": c.AddNote("So."),
    "interaction": c.LogTouch("call"),
    "interview": c.AnswerQuestion("need", Answer("So.", 3)),
    "edit": c.SetFields(("title=Other",)),
    "lose": c.Lose(Loss("timing")),
    "snooze": c.Snooze(SOON + timedelta(days=1)),
    "owner": c.Assign("cy"),
    "value": c.SetFields(("value=7k",)),
    "close_date": c.SetFields(("close=19dec",)),
    "category": c.SetFields(("category=commit",)),
    "probability": c.SetFields(("probability=7",)),
    "tags": c.TagWith(("vip",)),
    "decide": c.SetNextStep("call", SOON),
    "source": c.SetFields(("source=referral",)),
    "contact": c.SetContact("", Contact("Rita")),
    "add_item": c.AddNote("So."),
}
"""What is asked for by a key, by its action."""
SEVERAL: Mapping[str, tuple[c.Command, ...]] = {
    "win": (c.Win(override="agreed"), c.Win(Money(700, "EUR"))),  # a won one is corrected
    "archive": (c.Archive(), c.Unarchive()),
    "move": (
        *(c.Move(stage, "agreed") for stage in (LEAD, QUALIFICATION)),
        c.Win(override="agreed"),
        c.Lose(Loss("timing")),
        c.Reopen(),
        c.Archive(),
        c.Unarchive(),
    ),
}
"""What may come of a key that asks for one of several things: it asks where one of them is left."""
AT_ONCE = {
    "back", "advance", "done", "repeat", "order_down", "order_up", "mark", "mark_range", "open",
    "keep", *(f"plan_{n}" for n in range(1, 7)),
}  # fmt: skip
"""Keys that ask nothing."""
BY_THE_SPOT = {"edit_item", "tick", "edit_outside", "remove_item", "mend", "merge"}
"""Keys whose question follows from what is under the cursor: see `SPOTS`."""
TABLES = {"board": BOARD, "deal": DEAL, "triage": TRIAGE, "hygiene": HYGIENE, "review": REVIEW}


def changing(table: tuple[Key, ...]) -> dict[str, Key]:
    """The keys that change the deal under the cursor, by their actions."""
    return {key.action: key for key in table if key.changes and (key.takes_deal or table is DEAL)}


def test_of_every_key_that_changes_a_deal_it_is_known_what_it_asks_for() -> None:
    found = {action for table in TABLES.values() for action in changing(table)}
    undoing = {"undo", "redo", "undo_list"}
    assert found - undoing - AT_ONCE == {*ASKED, *SEVERAL, *BY_THE_SPOT}


def merge(ana: Workspace) -> None:
    add(ana, "Kept Oy: the other")
    ana.merge(THE_DEAL + 2, [THE_DEAL])


def of_another(ana: Workspace) -> None:
    """A deal of bo's, where reps change their own deals only."""
    ana.assign([THE_DEAL], "bo")
    owner = Workspace(ana.store, lambda: NOW, Actor("olga"))
    known = next(rep for rep in owner.reader.reps() if rep.name == "ana")
    owner.change_rep(replace(known, role="rep"))
    owner.save_settings(replace(owner.settings, reps_edit_own=True))


def retire(ana: Workspace) -> None:
    """Its stage is retired: it stays in it until it is moved."""
    pipeline = sales(ana)
    kept = tuple(stage for stage in pipeline.stages if stage.id != QUALIFICATION)
    ana.save_pipeline(replace(pipeline, stages=kept))


STATES: Mapping[str, tuple[Callable[[Workspace], object], ...]] = {
    "open": (),
    "snoozed": (lambda ana: ana.snooze([THE_DEAL], SOON),),
    "in a retired stage": (retire,),
    "won": (lambda ana: ana.win([THE_DEAL], override="agreed"),),
    "lost": (lambda ana: ana.lose([THE_DEAL], Loss("price")),),
    "archived": (lambda ana: ana.archive([THE_DEAL]),),
    "won and archived": (
        lambda ana: ana.win([THE_DEAL], override="agreed"),
        lambda ana: ana.archive([THE_DEAL]),
    ),
    "lost and archived": (
        lambda ana: ana.lose([THE_DEAL], Loss("price")),
        lambda ana: ana.archive([THE_DEAL]),
    ),
    "merged": (merge,),
    "of another": (of_another,),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two deals of ana's in the second stage."""
    team = Team.make(tmp_path / "sales.db")
    ana = team.rep("ana")
    for line in ("Lumen Oy: packaging pilot 40k @ana", "Borealis: line two 10k @ana"):
        add(ana, line, stage=QUALIFICATION)
    team.close()
    return tmp_path / "sales.db"


def bring_about(path: Path, state: str) -> Workspace:
    """The deal in that state; the workspace in which it was done."""
    ana = Workspace(Store.open(str(path)), lambda: NOW, Actor("ana"))
    for step in STATES[state]:
        step(ana)
    return Workspace(ana.store, lambda: NOW, Actor("ana"))


def refused(ana: Workspace, command: c.Command) -> str:
    """Why the deal refuses it, whatever is typed; empty where it does not."""
    try:
        receipt = ana.execute(command, [THE_DEAL], dry_run=True)
    except Refused as error:
        return error.message
    return "" if receipt.deals else receipt.summary


async def to_deal(board: Desk, screen: str) -> bool:
    """The deal under the cursor of a screen; whether it is found there."""
    if screen in ("board", "deal"):
        board.board.perform("navigation.go_to_deal", THE_DEAL)
        await board.settle()
        assert board.card.id == THE_DEAL
        await board.press(*(["enter"] if screen == "deal" else []))
        return True
    if screen == "review":
        await board.press("g", "r")
        there = board.app.screen
        assert isinstance(there, ReviewScreen)
        for tab in "34":
            await board.press(tab)
            for place, at in enumerate(stops(there.items)):
                if ref_of(there.items[at].key) == THE_DEAL:
                    there.move_cursor(0, place - there.cursor)
                    return True
        return False
    await board.press(*("g", "h") if screen == "hygiene" else ("T", "O", "O"))
    for step in (*"jjj123456789",):
        if board.app.screen.targets()[0] == (THE_DEAL,):  # type: ignore[attr-defined]
            return True
        await board.press(step)
    return False


async def asks(board: Desk, key: Key) -> tuple[bool, str]:
    """Whether a key asks something of the person, and what is said where it does not."""
    screen = board.app.screen
    assert isinstance(screen, LiveScreen)
    screen.say("")
    screen.press(key.id)
    await board.settle()
    is_asking, said = board.app.screen is not screen, board.status
    for _ in range(4):
        if board.app.screen is screen:
            break
        await board.press("escape")
    assert board.app.screen is screen
    return is_asking, said


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("screen", TABLES)
async def test_a_key_asks_only_what_the_deal_as_it_stands_may_answer(
    path: Path, screen: str, state: str
) -> None:
    ana = bring_about(path, state)
    try:
        async with desk(path, size=(109, 30)) as board:
            if not await to_deal(board, screen):
                assert screen in ("triage", "hygiene", "review")
                assert state not in ("open", "in a retired stage")
                return
            assert await asked_wrongly(board, screen, ana) == []
    finally:
        ana.store.close()


async def asked_wrongly(board: Desk, screen: str, ana: Workspace) -> list[str]:
    """The keys that ask what the deal refuses, or do not ask what it may answer."""
    wrong = []
    for action, key in changing(TABLES[screen]).items():
        if action not in ASKED and action not in SEVERAL:
            continue
        ways = SEVERAL.get(action) or (ASKED[action],)
        whys = [refused(ana, command) for command in ways]
        is_asking, said = await asks(board, key)
        if is_asking is all(whys):
            wrong.append(f"{action}: {whys}, but {said or 'it asks'}")
        elif all(whys) and not any(said.startswith(why[:50]) for why in whys):
            wrong.append(f"{action}: {whys}, but '{said}'")
    return wrong


@pytest.mark.parametrize("state", ["won", "archived", "merged"])
@pytest.mark.parametrize("screen", TABLES)
async def test_a_key_knows_what_somebody_else_has_done_before_it_is_shown(
    path: Path, screen: str, state: str
) -> None:
    async with desk(path, size=(109, 30), choices=Choices(follow="never")) as board:
        assert await to_deal(board, screen)
        ana = bring_about(path, state)
        try:
            assert await asked_wrongly(board, screen, ana) == []
        finally:
            ana.store.close()


@pytest.mark.parametrize("state", STATES)
async def test_the_menu_of_m_offers_what_the_deal_as_it_stands_allows(
    path: Path, state: str
) -> None:
    ana = bring_about(path, state)
    ways: Mapping[str, c.Command] = {
        "1": c.Move(LEAD),
        "w": c.Win(Money(700, "EUR"), override="agreed"),
        "l": c.Lose(Loss("timing")),
        "r": c.Reopen(),
    }
    try:
        async with desk(path, size=(109, 30)) as board:
            await to_deal(board, "board")
            await board.press("m")
            menu = board.app.screen
            if not isinstance(menu, Menu):
                assert all(refused(ana, command) for command in ways.values())
                return
            offered = {choice.key: choice for choice in menu._choices}
            for key, command in ways.items():
                assert offered[key].enabled is (not refused(ana, command)), key
                assert bool(offered[key].why) is not offered[key].enabled
            assert offered["d"].enabled
            await board.press("d")
            deal = board.stored(THE_DEAL)
            assert (deal.archived_at is None) is ("archived" in state)
    finally:
        ana.store.close()


SPOTS: tuple[tuple[tuple[str, ...], c.Command], ...] = (
    (("2", "enter"), c.AnswerQuestion("need", Answer("So.", 3))),
    (("2", "space"), c.AnswerQuestion("need", Answer("", 3))),
    (("3", "enter"), c.AddNote("So.")),
    (("3", "E"), c.AddNote("So.")),
    (("5", "a"), c.SetContact("", Contact("Rita"))),
    (("5", "enter"), c.SetContact("", Contact("Rita"))),
    (("6", "a"), c.SetTerm("", Term("Price"))),
    (("6", "enter"), c.SetTerm("", Term("Price"))),
)
"""The tab, the key, and what it asks for."""


@pytest.mark.parametrize("state", ["open", "archived", "won", "merged", "of another"])
async def test_what_is_under_the_cursor_of_a_deal_is_not_asked_about_in_vain(
    path: Path, state: str
) -> None:
    before = Workspace(Store.open(str(path)), lambda: NOW, Actor("ana"))
    before.add_note([THE_DEAL], "They called.")
    before.set_contact(THE_DEAL, Contact("Bea", "champion"))
    before.set_term(THE_DEAL, Term("Price", "40k", "30k"))
    before.store.close()
    ana = bring_about(path, state)
    try:
        async with desk(path, size=(109, 30)) as board:
            await to_deal(board, "deal")
            screen = board.app.screen
            assert isinstance(screen, LiveScreen)
            here: LiveScreen = screen
            for spot, command in SPOTS:
                here.say("")
                await board.press(*spot)
                why = refused(ana, command)
                assert (board.app.screen is here) is bool(why), spot
                assert not why or board.status.startswith(why[:50]), spot
                for _ in range(0 if why else 4):
                    if board.app.screen is not here:
                        await board.press("escape")
                assert board.app.screen is here, spot
    finally:
        ana.store.close()


async def test_what_is_in_the_archive_comes_back_by_the_key_that_put_it_there(path: Path) -> None:
    async with desk(path, size=(109, 30)) as board:
        await to_deal(board, "deal")
        await board.press("d", "d")
        assert board.stored(THE_DEAL).archived_at is not None
        await board.press("t")
        assert "Unarchive it first (d)." in board.status
        await board.press("d")
        assert board.shows("Bring Lumen Oy back from the archive?")
        await board.press("d")
        assert board.stored(THE_DEAL).archived_at is None
        assert board.status.startswith("Unarchived Lumen Oy.")


async def test_who_logs_a_call_with_a_won_customer_is_not_asked_for_a_next_step(path: Path) -> None:
    ana = bring_about(path, "won")
    ana.store.close()
    async with desk(path, size=(109, 30)) as board:
        await to_deal(board, "board")
        await board.press("i", "c", "o", "enter")
        assert not board.is_asking
        assert board.status.startswith("Logged a call (out) with Lumen Oy.")


ANSWERS: Mapping[str, tuple[str, ...]] = {
    "t": ("mon call", "enter"),
    "r": ("2",),
    "w": ("enter",),
    "x": ("1",),
    "z": ("w",),
    "m": ("1",),
}
"""What only a deal at work takes, with an answer to each question."""


@pytest.mark.parametrize("key", ANSWERS)
@pytest.mark.parametrize("screen", ["board", "deal"])
async def test_what_a_colleague_has_put_away_meanwhile_is_not_asked_about_once_more(
    path: Path, screen: str, key: str
) -> None:
    async with desk(path, size=(160, 30)) as board:
        await to_deal(board, screen)
        here = board.app.screen
        await board.press(key)
        store = Store.open(str(path))
        Workspace(store, lambda: NOW, Actor("bo")).archive([THE_DEAL])
        store.close()
        for typed in ANSWERS[key]:
            await (board.type(typed) if " " in typed else board.press(typed))
        assert board.app.screen is here
        said = board.status
        assert said.startswith("bo archived D-1 Lumen Oy at 10:00. Unarchive it first")
        assert ("What you typed is kept as a draft" in said) is (key == "t")
