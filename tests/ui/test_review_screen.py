"""The weekly review at the keys: a whole meeting, step by step, and what is kept of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.filter_nodes import These
from pipeboard.exchange.review_document import review_document, review_markdown
from pipeboard.ui.key_table import REVIEW, read_keymap
from pipeboard.ui.last_view import Choices
from pipeboard.ui.review_keys import REVIEW_TABS, ReviewTab
from pipeboard.ui.screens.board import BoardScreen
from pipeboard.ui.screens.deal import DealScreen
from pipeboard.ui.screens.hygiene import HygieneScreen
from pipeboard.ui.screens.review import ReviewScreen
from pipeboard.workspace.new_deals import add_deal
from pipeboard.workspace.review import held_reviews, review
from tests.team import NOW
from tests.ui.desk import Desk, desk
from tests.ui.lock import KINDS, SlowReading, press_while_held

LEAVING = ("board.step_back", "board.quit", "board.triage", "board.metrics")


@asynccontextmanager
async def reviewing(path: Path, **more: Any) -> AsyncIterator[tuple[Desk, ReviewScreen]]:
    """The review, once it is gathered."""
    async with desk(path, **more) as board:
        await board.press("g", "r")
        yield board, await shown(board)


async def shown(board: Desk) -> ReviewScreen:
    await board.until(lambda: isinstance(board.app.screen, ReviewScreen))
    screen = board.app.screen
    assert isinstance(screen, ReviewScreen)
    await settled(board, screen)
    return screen


async def settled(board: Desk, screen: ReviewScreen) -> None:
    await board.until(lambda: screen.found is not None and not screen.counting)
    await board.settle()


async def on_item(board: Desk, screen: ReviewScreen, key: str) -> None:
    """The cursor on the item of that key."""
    await board.press("home")
    for _ in screen.items:
        if screen.item_key == key:
            return
        await board.press("j")
    raise AssertionError(f"no {key} among {[item.key for item in screen.items]}")


async def test_a_manager_holds_the_whole_review_without_another_tool(demo: Path) -> None:
    async with reviewing(demo, size=(120, 40)) as (board, screen):
        expected = review(board.workspace, screen.pipeline())
        # What is wrong with the data is mended first.
        assert board.shows("[1 Data") and board.shows("no next step")
        await on_item(board, screen, "data.next_step")
        await board.press("enter")
        assert isinstance(board.app.screen, HygieneScreen)
        await board.press("f")
        await board.type("+2d call them")
        await board.press("enter")
        assert board.shows("1 mended")
        await board.press("escape")
        await settled(board, screen)
        # The number, beside that of the last review.
        await board.press("2")
        for label in ("Target", "Won", "Commit", "Weighted", "Measured", "Coverage", "Rose tint"):
            assert board.shows(label)
        assert board.shows("@ana") and board.shows("on 16 Nov")
        # What changed, and what went unlike the plan.
        await board.press("3")
        assert board.shows("start") and board.shows("end")
        for one in expected.notable[:3]:
            assert board.shows(expected.names[one.deal_id])
        # Deals to discuss, with what to ask, and what is decided on them.
        await board.press("4")
        subject = review(board.workspace, screen.pipeline()).subjects[0]
        assert board.shows(subject.queued.deal.name) and board.shows(subject.agenda[0])
        await board.press("D")
        await board.type("thu send the offer @jonas")
        assert board.shows("@jonas") and board.shows("26 Nov 2026")
        await board.press("enter")
        await settled(board, screen)
        asked = board.stored(subject.queued.deal.id).asks["jonas"]
        assert asked.text == "send the offer"
        await on_item(board, screen, f"deal.{subject.queued.deal.ref}")
        await board.press("space")
        assert board.shows("4 Discuss 1/")
        # Where it is stuck, and what comes in.
        await board.press("5")
        assert board.shows("Bottleneck") and board.shows("week of")
        # What was decided, and the bookmark.
        await board.press("6")
        assert board.shows("send the offer (@jonas by 26 Nov)")
        await board.press("B", "B")
        await settled(board, screen)
        assert "Held the review" in board.status
        last = held_reviews(board.workspace, screen.pipeline())[0]
        assert (last.at, last.contents["discussed"]) == (NOW, [subject.queued.deal.ref])
        await board.press("3")
        assert screen.found is not None and screen.found.document["exceptions"] == []


async def test_a_past_review_opens_as_it_was_and_esc_goes_to_the_present(demo: Path) -> None:
    async with reviewing(demo) as (board, screen):
        (before,) = held_reviews(board.workspace, screen.pipeline())
        await board.press("p", "down", "enter", "4")
        assert board.shows("Review as it was held") and board.shows("to 16 Nov")
        for one in before.contents["discuss"][:2]:
            assert board.shows(one["deal"])
        await board.press("2", "enter")
        assert "is not kept" in board.status
        await board.press("D")
        assert "is over" in board.status and board.app.screen is screen
        await board.press("B")
        assert "is over" in board.status and board.app.screen is screen
        await board.press("escape")
        assert board.shows("Weekly review") and screen.past is None


@pytest.mark.parametrize("tab", REVIEW_TABS)
async def test_every_line_that_the_cursor_stands_on_opens_its_deals(
    tab: ReviewTab, demo: Path
) -> None:
    async with reviewing(demo, size=(120, 40)) as (board, screen):
        await board.press(str(REVIEW_TABS.index(tab) + 1))
        document = screen.document
        for key in [item.key for item in screen.items if item.key]:
            await on_item(board, screen, key)
            behind = screen.found.behind.get(key) if screen.found else None
            await board.press("enter")
            if isinstance(board.app.screen, BoardScreen):
                lens = board.state.lens
                assert lens.filter is not None and lens.filter.root == These(behind or frozenset())
                assert sum(board.state.view.counts) == len(behind or ())
                await board.press("escape")
                screen = await shown(board)
                assert screen.place.tab is tab and screen.item_key == key
            elif board.app.screen is screen:
                assert not behind and "No deal is behind" in board.status, key
            else:
                kind = DealScreen if key.startswith("deal.") else HygieneScreen
                assert type(board.app.screen).__name__ == kind.__name__, key
                await board.press("escape")
                assert board.app.screen is screen
        assert screen.document == document


async def test_a_decision_without_a_name_is_the_owners_next_step(demo: Path) -> None:
    async with reviewing(demo, size=(100, 40)) as (board, screen):
        await board.press("4")
        assert screen.deal_id is not None
        deal_id = screen.deal_id
        await board.press("D")
        await board.type("fri call the buyer")
        await board.press("enter")
        await settled(board, screen)
        step = board.stored(deal_id).next_step
        assert step is not None and (step.text, str(step.due)) == ("call the buyer", "2026-11-27")
        await board.press("6")
        assert board.shows("call the buyer")
        await board.press("u")
        await settled(board, screen)
        assert screen.found is not None and screen.found.document["decisions"] == []


async def test_an_unknown_rep_is_said_while_it_is_typed_and_nothing_is_stored(demo: Path) -> None:
    async with reviewing(demo, size=(100, 40)) as (board, screen):
        await board.press("4")
        assert screen.deal_id is not None
        before = board.stored(screen.deal_id)
        await board.press("D")
        await board.type("fri call the buyer @zorro")
        await board.press("enter")
        assert board.app.screen is not screen and board.shows("zorro")
        await board.press("escape")
        assert board.stored(before.id) == before


async def test_the_bookmark_is_asked_and_taken_back_with_one_key(demo: Path) -> None:
    async with reviewing(demo) as (board, screen):
        await board.press("B", "escape")
        assert len(held_reviews(board.workspace, screen.pipeline())) == 1
        await board.press("B", "B")
        await settled(board, screen)
        assert len(held_reviews(board.workspace, screen.pipeline())) == 2
        await board.press("u")
        await settled(board, screen)
        assert len(held_reviews(board.workspace, screen.pipeline())) == 1


async def test_another_day_to_compare_with(demo: Path) -> None:
    async with reviewing(demo) as (board, screen):
        await board.press("s")
        await board.type("2 nov")
        await board.press("enter")
        await settled(board, screen)
        assert board.shows("2 Nov to 23 Nov")
        await board.press("s", "enter")
        await settled(board, screen)
        assert board.shows("16 Nov to 23 Nov")


async def test_it_is_written_as_markdown_and_json(demo: Path, tmp_path: Path) -> None:
    async with reviewing(demo) as (board, screen):
        for key, name in (("m", "review.md"), ("j", "review.json")):
            await board.press("e", key)
            await board.type(str(tmp_path / name))
            await board.press("enter")
            await board.until(lambda: "Written to" in board.status)
        found = review_document(review(board.workspace, screen.pipeline()))
        assert (tmp_path / "review.md").read_text() == review_markdown(found)
        kept = json.loads((tmp_path / "review.json").read_text())
        assert kept["review"] == json.loads(json.dumps(found)) | {"discussed": []}


async def test_what_a_colleague_does_is_said_and_counted_with_the_next_step(demo: Path) -> None:
    async with reviewing(demo) as (board, screen):
        await board.press("4")
        gone, agenda = screen.deal_id, [item.key for item in screen.items]
        assert gone is not None
        await board.app.housekeeper.ask(lambda w: w.execute(c.Archive(), [gone]))
        await board.until(lambda: board.status.endswith("changed meanwhile; R counts again"))
        assert (screen.deal_id, [item.key for item in screen.items]) == (gone, agenda)
        await board.press("5", "4")
        assert f"deal.D-{gone}" not in [item.key for item in screen.items]


async def test_keys_typed_ahead_reach_the_review_that_they_are_meant_for(demo: Path) -> None:
    async with desk(demo, size=(100, 40)) as board:
        await board.burst("g", "r", "4", "j", "D", *"fri call the buyer", "enter", "6")
        screen = await shown(board)
        assert screen.found is not None
        first, second = screen.found.document["decisions"], screen.place.tab
        assert [one["text"] for one in first] == ["call the buyer"]
        assert second is ReviewTab.DECISIONS


@pytest.mark.parametrize("kind", KINDS)
async def test_every_key_is_answered_while_somebody_holds_the_database(
    kind: str, demo: Path
) -> None:
    async with reviewing(demo) as (board, screen):
        for key in REVIEW:
            await board.press("4")
            await press_while_held(board, demo, kind, key)
            assert board.bugs == [], key.id
            goes_back = 0
            while screen in board.app.screen_stack and board.app.screen is not screen:
                await board.press("escape")
                goes_back += 1
                assert goes_back < 9, key.id
            if board.app.screen is not screen:
                assert key.id in LEAVING
                while board.is_asking:
                    await board.press("escape")
                await board.press("g", "r")
                screen = await shown(board)
            await settled(board, screen)


@pytest.mark.parametrize("size", [(40, 12), (44, 20), (80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("glyphs", ["unicode", "ascii"])
async def test_it_fits_every_size(size: tuple[int, int], glyphs: str, demo: Path) -> None:
    async with reviewing(demo, choices=Choices(glyphs=glyphs)) as (board, _screen):
        await board.resize(*size)
        for number, tab in enumerate(REVIEW_TABS, 1):
            await board.press(str(number))
            for key in ("home", "G"):
                await board.press(key)
                lines = board.lines()
                assert (len(lines), max(map(len, lines)) <= size[0]) == (size[1], True)
                assert f"[{number} {tab}" in lines[1] and "Back" in board.hints
                assert glyphs == "unicode" or all(line.isascii() for line in lines)
                cut = [line for line in lines[3:-2] if line.endswith("…") and "€" in line]
                assert not cut or tab != REVIEW_TABS[1]


async def test_its_keys_are_the_persons_own(demo: Path) -> None:
    choices = Choices(keymap=read_keymap({"review.hold": "X"}))
    async with reviewing(demo, choices=choices) as (board, _screen):
        assert "X Bookmark" in board.hints


async def test_a_read_only_database_is_reviewed_and_not_changed(demo: Path) -> None:
    async with reviewing(demo, read_only=True) as (board, screen):
        await board.press("4", "D")
        assert "reading only" in board.status and board.app.screen is screen
        await board.press("B")
        assert "reading only" in board.status and "Bookmark" not in board.hints


async def test_gathering_says_how_far_it_is_and_esc_ends_it(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reviewing(demo) as (board, screen):
        before = screen.found
        slow = SlowReading(monkeypatch)
        add = "Lumen Oy: pilot 40k"
        pipeline = screen.pipeline()
        await board.app.write_queue.ask(lambda w: add_deal(w, add, pipeline=pipeline))
        await board.pilot.press("R")
        await board.until(lambda: "esc gives up" in board.status)
        await board.pilot.press("escape")
        await board.until(lambda: board.status.startswith("Given up"))
        slow.go_on()
        await board.until(lambda: not screen.counting)
        assert screen.found is before
        await board.press("R")
        await settled(board, screen)
        assert screen.found is not before
        assert board.bugs == []
