"""The hygiene screen at the keys: what is wrong by kind, and one key that mends each."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Deal, Loss
from pipeboard.domain.hygiene import DEAD, DUPLICATES, GROUPS, Fault, faults
from pipeboard.domain.settings import Rep
from pipeboard.store.reading.listing import Listing
from pipeboard.ui.draw.hygiene import items_of
from pipeboard.ui.draw.line import text_of
from pipeboard.ui.key_table import HYGIENE, read_keymap
from pipeboard.ui.last_view import Choices
from pipeboard.ui.screens.board import BoardScreen
from pipeboard.ui.screens.deal import DealScreen
from pipeboard.ui.screens.hygiene import HygieneScreen
from pipeboard.ui.screens.page_screen import pane_style
from pipeboard.workspace import Workspace
from pipeboard.workspace.configuration import change_rep
from pipeboard.workspace.triage import day_of
from tests.team import TODAY
from tests.ui.desk import Desk, desk
from tests.ui.lock import KINDS, press_while_held

LEAVING = ("board.step_back", "board.quit")


@asynccontextmanager
async def hygiene(path: Path, **more: Any) -> AsyncIterator[tuple[Desk, HygieneScreen]]:
    """The hygiene screen, once it knows which deals are alike."""
    async with desk(path, **more) as board:
        await board.press("g", "h")
        await board.until(lambda: isinstance(board.app.screen, HygieneScreen))
        screen = board.app.screen
        assert isinstance(screen, HygieneScreen)
        await board.until(lambda: screen.view.pairs is not None)
        await board.settle()
        yield board, screen


def is_on(board: Desk, kind: type[object]) -> bool:
    """Is a screen of that kind on top?"""
    return isinstance(board.app.screen, kind)


async def go_to(board: Desk, screen: HygieneScreen, group: str) -> None:
    number = list(GROUPS).index(group) + 1
    if number <= 10:
        await board.press(str(number % 10))
    while screen.view.group != group:
        await board.press("l")


async def faulty(board: Desk, screen: HygieneScreen, group: str) -> Deal:
    """A deal with that fault under the cursor; an arranged one where the demo has none."""
    if not screen.view.count(group):
        await board.app.write_queue.ask(lambda w: spoil(w, group))
        await board.until(lambda: screen.view.count(group))
    await go_to(board, screen, group)
    assert screen.deal is not None
    return screen.deal


def spoil(workspace: Workspace, group: str) -> None:
    """Takes away from one open deal in a qualified stage what that kind asks for."""
    reader = workspace.reader
    pipeline = reader.pipelines()[0]
    found = reader.deals(reader.ids(Listing(workspace.today, workspace.settings.zone))).values()
    deals = [deal for deal in found if deal.is_open and pipeline.is_qualified_at(deal.stage_id)]
    deal = next(deal for deal in deals if deal.value and deal.expected_close and deal.contacts)
    commands: dict[str, list[c.Command]] = {
        Fault.VALUE: [c.Edit({"value": None})],
        Fault.CLOSE_DATE: [c.Edit({"expected_close": None})],
        Fault.CLOSE_PASSED: [c.Edit({"expected_close": TODAY.replace(month=1)})],
        Fault.CONTACT: [c.SetContact(key, None) for key in deal.contacts],
        Fault.OWNER: [c.Assign("gone", new_rep=True)],
    }
    for command in commands[group]:
        workspace.execute(command, [deal.id])
    if group == Fault.OWNER:
        change_rep(workspace, Rep("gone", "Gone", active=False))


MENDS = {
    Fault.VALUE: ("f", '"7k', "enter"),
    Fault.CLOSE_DATE: ("f", '"+3w', "enter"),
    Fault.CLOSE_PASSED: ("f", '"+3w', "enter"),
    Fault.SOURCE: ("f", '"web', "enter"),
    Fault.CONTACT: ("f", '"Mika Laine', "ctrl+s"),
    Fault.DECISION_MAKER: ("f", '"Outi Salo', "enter"),
    Fault.OWNER: ("f", '"jonas', "enter"),
    Fault.NEXT_STEP: ("f", '"+3d call them', "enter"),
    DUPLICATES: ("f", "k"),
    DEAD: ("f", '"no-decision', "enter"),
}
"""The keys that mend each kind; too few answers take as many as are missing."""


@pytest.mark.parametrize("group", MENDS)
async def test_one_key_mends_it_and_the_next_one_is_under_the_cursor(
    group: str, demo: Path
) -> None:
    async with hygiene(demo, size=(100, 30)) as (board, screen):
        deal = await faulty(board, screen, group)
        count, before = screen.view.count(group), screen.view.mended
        for keys in MENDS[group]:
            await (board.type(keys[1:]) if keys.startswith('"') else board.press(keys))
        assert board.app.screen is screen, "\n".join(board.lines())
        assert screen.view.count(group) == count - 1
        assert (screen.view.mended, screen.cursor) == (before + 1, 0)
        assert board.shows("1 mended")
        if group in set(Fault):
            pipeline = board.workspace.reader.pipelines()[0]
            assert Fault(group) not in faults(board.stored(deal.id), pipeline, TODAY, {"gone"})
        await board.press("u")
        assert (screen.view.count(group), screen.view.mended) == (count, before)


async def test_answers_are_asked_until_there_are_enough(demo: Path) -> None:
    async with hygiene(demo, size=(100, 40)) as (board, screen):
        deal = await faulty(board, screen, Fault.ANSWERS)
        await board.press("f")
        while board.app.screen is not screen:
            await board.type("They said so")
            await board.press("enter")
        assert screen.view.mended == 1
        pipeline = board.workspace.reader.pipelines()[0]
        assert Fault.ANSWERS not in faults(board.stored(deal.id), pipeline, TODAY, ())


async def test_marked_deals_are_mended_together_and_with_one_undo(demo: Path) -> None:
    async with hygiene(demo) as (board, screen):
        await go_to(board, screen, Fault.NEXT_STEP)
        count = screen.view.count(Fault.NEXT_STEP)
        assert count > 1
        await board.press("*", "f")
        await board.type("+3d call them")
        await board.press("enter")
        assert (screen.view.count(Fault.NEXT_STEP), screen.view.mended) == (0, count)
        assert board.shows("No next step: none.")
        await board.press("u")
        assert screen.view.count(Fault.NEXT_STEP) == count


async def test_esc_comes_back_to_the_place_from_a_deal_and_then_to_the_board(demo: Path) -> None:
    async with hygiene(demo) as (board, screen):
        await go_to(board, screen, Fault.NEXT_STEP)
        await board.press("j", "enter")
        assert is_on(board, DealScreen)
        assert screen.deal is not None and board.shows(screen.deal.name)
        await board.press("escape")
        assert (board.app.screen, screen.cursor) == (screen, 1)
        await board.press("space", "escape")
        assert (board.app.screen, screen.view.marks) == (screen, frozenset())
        await board.press("escape")
        assert isinstance(board.app.screen, BoardScreen)


async def test_counts_a_rep_and_one_reps_deals(demo: Path) -> None:
    async with hygiene(demo) as (board, screen):
        await go_to(board, screen, Fault.NEXT_STEP)
        of_ana = screen.view.counts[Fault.NEXT_STEP].get("ana", 0)
        assert of_ana and board.shows(f"@ana {of_ana}")
        await board.press("O")
        assert board.shows("· @ana") and screen.view.count(Fault.NEXT_STEP) == of_ana
        assert {deal.owner for deal in screen.view.deals} == {"ana"}
        await board.press("O", "r")
        await board.type("jonas")
        await board.press("enter")
        assert screen.view.owner == "jonas"


async def test_what_is_told_is_what_the_verbs_find(demo: Path) -> None:
    async with hygiene(demo) as (board, screen):
        workspace = board.workspace
        pipeline = workspace.reader.pipelines()[0]
        day = day_of(workspace, pipeline)
        found = {str(fault): sum(owners.values()) for fault, owners in day.fault_counts().items()}
        found |= {DUPLICATES: len(day.alike()), DEAD: len(day.dead())}
        assert {group: screen.view.count(group) for group in GROUPS} == found
        for group in set(Fault):
            await go_to(board, screen, group)
            assert tuple(deal.id for deal in screen.view.deals) == day.faulty(Fault(group))


async def test_a_merge_is_asked_side_by_side_and_the_other_way_round(demo: Path) -> None:
    async with hygiene(demo, size=(100, 30)) as (board, screen):
        await go_to(board, screen, DUPLICATES)
        pair = screen.pair
        assert pair is not None
        await board.press("f")
        assert board.shows(f"{pair.keep.ref} stays") and board.shows("goes into it")
        assert board.shows("Notes and touches of both are kept.")
        await board.press("escape")
        assert screen.view.count(DUPLICATES) == 1
        await board.press("f", "o")
        assert board.stored(pair.keep.id).merged_into == pair.other.id
        assert screen.view.count(DUPLICATES) == 0


async def test_a_closed_deal_is_merged_away_only_after_a_question(demo: Path) -> None:
    async with hygiene(demo, size=(100, 30)) as (board, screen):
        await go_to(board, screen, DUPLICATES)
        pair = screen.pair
        assert pair is not None
        await board.press("f")
        await board.app.housekeeper.ask(
            lambda w: w.execute(c.Lose(Loss("price", "too dear")), [pair.other.id])
        )
        await board.press("k")
        assert board.stored(pair.other.id).merged_into is None


async def test_what_a_colleague_mends_leaves_the_list_uncounted(demo: Path) -> None:
    async with hygiene(demo) as (board, screen):
        await go_to(board, screen, Fault.NEXT_STEP)
        count, deal = screen.view.count(Fault.NEXT_STEP), screen.deal
        assert deal is not None
        await board.app.housekeeper.ask(lambda w: w.execute(c.Plan("+3d call"), [deal.id]))
        await board.until(lambda: screen.view.count(Fault.NEXT_STEP) == count - 1)
        assert screen.view.mended == 0


@pytest.mark.parametrize("kind", KINDS)
async def test_every_key_is_answered_while_somebody_holds_the_database(
    kind: str, demo: Path
) -> None:
    async with hygiene(demo) as (board, screen):
        for key in HYGIENE:
            await go_to(board, screen, Fault.NEXT_STEP)
            await press_while_held(board, demo, kind, key)
            assert board.bugs == [], key.id
            if key.id in LEAVING:
                assert isinstance(board.app.screen, BoardScreen)
                await board.app.push_screen(screen := _again(board, screen))
            while board.app.screen is not screen:
                await board.press("escape")
            await board.settle()


def _again(board: Desk, screen: HygieneScreen) -> HygieneScreen:
    return HygieneScreen(board.state, screen.view.pipeline)


@pytest.mark.parametrize("size", [(40, 12), (44, 20), (80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("glyphs", ["unicode", "ascii"])
async def test_it_fits_every_size(size: tuple[int, int], glyphs: str, demo: Path) -> None:
    async with hygiene(demo, choices=Choices(glyphs=glyphs)) as (board, screen):
        await board.resize(*size)
        for group in GROUPS:
            await go_to(board, screen, group)
            lines = board.lines()
            assert (len(lines), max(map(len, lines)) <= size[0]) == (size[1], True)
            assert GROUPS[group] in "\n".join(lines[:6])
            assert "Back" in board.hints
            assert glyphs == "unicode" or all(line.isascii() for line in lines)
            rows = "\n".join(text_of(line) for line in screen.page.view.lines)
            assert not re.search(r"\S(EUR|€)", rows), "an amount runs into the name before it"


async def test_its_keys_are_the_persons_own(demo: Path) -> None:
    choices = Choices(keymap=read_keymap({"hygiene.mend": "X"}))
    async with hygiene(demo, choices=choices) as (board, _screen):
        assert "X Mend" in board.hints


async def test_nothing_is_mended_where_the_database_is_only_read(demo: Path) -> None:
    async with hygiene(demo, read_only=True) as (board, screen):
        await board.press("f")
        assert "reading only" in board.status and board.app.screen is screen
        assert "Mend" not in board.hints


async def test_an_amount_that_has_no_room_is_shortened_and_never_left_out(demo: Path) -> None:
    async with hygiene(demo) as (board, screen):
        deal = await faulty(board, screen, Fault.NEXT_STEP)
        await board.press("$", "ctrl+u")
        await board.type("987654321 JPY")
        await board.press("enter")
        await go_to(board, screen, Fault.NEXT_STEP)
        (row,) = (line for line in board.lines() if f" {deal.ref} " in line)
        assert "¥988M" in row


async def test_where_there_is_room_neither_names_nor_days_are_shortened(demo: Path) -> None:
    async with hygiene(demo, size=(120, 30)) as (board, screen):
        found = await faulty(board, screen, Fault.NEXT_STEP)
        since = datetime(2017, 12, 29, 12, tzinfo=UTC)
        deal = replace(
            found, owner="Versie Hillebrand", stage_entered_at=since, expected_close=None
        )
        view = replace(screen.view, deals=(deal,))
        for width, name in ((120, "@Versie Hillebrand"), (110, "@Versie …")):
            (item,) = items_of(view, replace(pane_style(screen), width=width))
            line = text_of(item.lines[0])
            assert f" {name} " in line and line.rstrip().endswith("in stage 29 Dec 2017")
