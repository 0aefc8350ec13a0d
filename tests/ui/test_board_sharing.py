"""A board that is not alone: others change deals, hold locks, or nobody may change anything."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from pipeboard.domain.actor import Actor
from pipeboard.domain.money import Money
from pipeboard.store import Store
from pipeboard.ui.screens import deal_actions
from pipeboard.workspace import Workspace
from tests.team import NOW
from tests.ui.desk import desk


@contextmanager
def somebody_else(path: Path) -> Iterator[Workspace]:
    """The workspace of bo, in a connection of his own."""
    store = Store.open(str(path))
    try:
        yield Workspace(store, lambda: NOW, Actor("bo"))
    finally:
        store.close()


async def test_what_somebody_else_changes_is_shown_and_told(demo: Path) -> None:
    async with desk(demo) as board:
        deal_id = board.card.id
        with somebody_else(demo) as bo:
            bo.edit([deal_id], {"account": "Renamed GmbH"})
        await board.until(lambda: board.shows("Renamed GmbH"))
        await board.until(lambda: "@bo" in board.status)


async def test_the_cursor_stays_on_its_deal_when_somebody_else_moves_it(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("2")
        deal_id, first = board.card.id, board.state.board.columns[0].stage.id
        with somebody_else(demo) as bo:
            bo.move([deal_id], first)
        await board.until(lambda: board.state.view.cursor[0] == 0)
        assert board.card.id == deal_id


async def test_a_change_on_top_of_another_of_the_same_field_is_not_stored_unasked(
    demo: Path,
) -> None:
    async with desk(demo) as board:
        deal_id = board.card.id
        await board.press("$", "ctrl+u")
        with somebody_else(demo) as bo:
            bo.edit([deal_id], {"value": Money(100_00, "EUR")})
        await board.type("7k")
        await board.press("enter")
        assert board.stored(deal_id).value == Money(100_00, "EUR")
        assert board.shows("bo changed value")


async def test_keys_move_while_the_database_is_busy_and_the_change_lands_afterwards(
    demo: Path,
) -> None:
    async with desk(demo) as board:
        deal_id = board.card.id
        with closing(sqlite3.connect(demo, isolation_level=None)) as blocker:
            blocker.execute("BEGIN IMMEDIATE")
            await board.pilot.press("d")
            await board.until(lambda: "busy" in board.status)
            await board.pilot.press("l")
            await board.until(lambda: board.state.view.cursor[0] == 1)
            blocker.execute("ROLLBACK")
        await board.until(lambda: board.stored(deal_id).archived_at is not None)
        await board.until(lambda: "Archived" in board.status)


async def test_who_holds_the_database_is_named_when_it_takes_long(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deal_actions, "NAMES_BLOCKER_AFTER_S", 0.5)
    hold = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read()"
    )
    async with desk(demo) as board:
        with subprocess.Popen(
            [sys.executable, "-c", hold, str(demo)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"held\n"
            await board.pilot.press("d")
            await board.until(lambda: f"process {holder.pid}" in board.status)
            holder.kill()
        await board.until(lambda: "Archived" in board.status)


async def test_what_is_shown_stays_while_nobody_can_read(demo: Path) -> None:
    async with desk(demo) as board:
        name = board.card.name
        with closing(sqlite3.connect(demo, isolation_level=None)) as blocker:
            blocker.execute("BEGIN EXCLUSIVE")
            await board.pilot.press("j", "O", "R")
            await board.until(lambda: "busy" in board.status)
            assert board.shows(name)
            blocker.execute("ROLLBACK")
        await board.press("R")
        await board.until(lambda: "busy" not in board.status)


async def test_a_board_to_read_only_says_so_and_why_a_key_does_nothing(demo: Path) -> None:
    async with desk(demo, read_only=True) as board:
        assert "READ-ONLY" in board.lines()[0]
        assert "Move" not in board.hints
        before = board.deal
        await board.press("d")
        assert "reading only" in board.status
        await board.press("a")
        assert not board.is_asking
        assert "reading only" in board.status
        assert board.deal == before


async def test_the_demo_says_that_it_is_one(demo: Path) -> None:
    async with desk(demo) as board:
        assert "DEMO" in board.lines()[0]
