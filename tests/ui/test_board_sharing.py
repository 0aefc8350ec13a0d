"""A board that is not alone: others change deals, hold locks, or nobody may change anything."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from textual.events import MouseDown, MouseUp

from pipeboard.domain.deal import Loss
from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.money import Money
from pipeboard.domain.people import Actor
from pipeboard.store import Store
from pipeboard.store.moving import move
from pipeboard.ui.actions import filters
from pipeboard.ui.host import Host, ask
from pipeboard.ui.key_table import BOARD
from pipeboard.ui.keys import UNBOUND
from pipeboard.ui.last_view import OPEN_ANEW
from pipeboard.ui.overlays.menu import Menu, MenuChoice
from pipeboard.ui.screens.live import LiveScreen
from tests.team import NOW
from tests.ui.desk import desk
from tests.ui.lock import held
from tests.verbs import Workspace


@contextmanager
def somebody_else(path: Path) -> Iterator[Workspace]:
    """The workspace of bo, in a connection of his own."""
    store = Store.open(str(path))
    try:
        yield Workspace(store, lambda: NOW, Actor("bo"))
    finally:
        store.close()


def press_at(kind: type[MouseDown | MouseUp], x: int, y: int) -> MouseDown | MouseUp:
    """A button pressed or let go, as the terminal tells it."""
    return kind(None, x, y, 0, 0, 1, False, False, False, x, y)


async def test_what_somebody_else_changes_is_shown_and_told(demo: Path) -> None:
    async with desk(demo) as board:
        deal_id = board.card.id
        with somebody_else(demo) as bo:
            bo.edit([deal_id], {"account": "Renamed GmbH"})
        await board.until(lambda: board.shows("Renamed GmbH"))
        await board.until(lambda: "@bo" in board.status)


async def test_what_this_board_changes_is_not_read_again_as_news(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(demo) as board:
        await board.until(lambda: board.board._news._last_seq is not None)
        read: list[bool] = []
        monkeypatch.setattr(board.board, "show_news", lambda: read.append(True))
        before = board.board.version
        for keys in ("L", "H", "u", ("n", *"a note", "enter"), "dd", "u"):
            await board.press(*keys)
            board.board._look()
            assert read == [], keys
        assert board.board.version != before


async def test_what_somebody_else_did_before_a_change_of_this_board_is_shown_all_the_same(
    demo: Path,
) -> None:
    async with desk(demo) as board:
        await board.until(lambda: board.board._news._last_seq is not None)
        other = board.state.view.card(3, 0)
        assert other is not None
        with somebody_else(demo) as bo:
            bo.edit([other.id], {"account": "Renamed GmbH"})
        await board.press("L")
        await board.until(lambda: board.shows("Renamed"))


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


async def test_keys_behind_a_change_that_waits_are_noted_and_given_out_after_it(
    demo: Path,
) -> None:
    async with desk(demo) as board:
        deal_id = board.card.id
        with held(demo, "IMMEDIATE"):
            await board.pilot.press("d", "d", "l")
            await board.until(lambda: "keys: l" in board.status)
            assert "pending: Archive" in board.status
            assert board.state.view.cursor[0] == 0
        await board.settle()
        assert board.stored(deal_id).archived_at is not None
        assert board.state.view.cursor[0] == 1


async def test_the_receipt_of_a_change_that_had_to_wait_is_said(demo: Path) -> None:
    async with desk(demo) as board:
        with held(demo, "IMMEDIATE"):
            await board.pilot.press("d", "d")
            await board.until(lambda: "pending: Archive" in board.status)
        await board.settle()
        assert "Archived" in board.status


async def test_a_look_at_the_database_does_not_talk_over_a_change_that_waits(demo: Path) -> None:
    async with desk(demo) as board:
        with held(demo, "EXCLUSIVE"):
            await board.pilot.press("d", "d")
            await board.until(lambda: "pending: Archive" in board.status)
            board.board._look()
            board.board.say("something else")
            board.board.redraw()
            await board.pilot.pause()
            assert "pending: Archive" in board.status
        await board.settle()
        assert "Archived" in board.status


async def test_who_holds_the_database_is_named(demo: Path) -> None:
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
            await board.pilot.press("d", "d")
            await board.until(lambda: f"(pid {holder.pid}" in board.status)
            holder.kill()
        await board.settle()
        assert "Archived" in board.status


async def test_giving_up_stores_nothing_and_drops_the_keys_behind(demo: Path) -> None:
    async with desk(demo) as board:
        deal_id = board.card.id
        with held(demo, "IMMEDIATE"):
            await board.pilot.press("d", "d", "j", "j", "d")
            await board.until(lambda: "keys: j j d" in board.status)
            await board.pilot.press("ctrl+c")
            await board.until(lambda: "Given up" in board.status)
            assert board.status == "Given up: nothing was stored. 3 keys dropped."
            await board.pilot.press("l")
            await board.until(lambda: board.state.view.cursor == (1, 0))
        await board.press("L")
        assert board.stored(deal_id).archived_at is None


async def test_giving_up_ends_a_wait_for_reading_too(demo: Path) -> None:
    async with desk(demo) as board:
        with held(demo, "EXCLUSIVE"):
            await board.pilot.press("O", "j")
            await board.until(lambda: "keys: j" in board.status)
            await board.pilot.press("ctrl+c")
            await board.until(lambda: "Given up" in board.status)
        assert board.state.view.cursor == (0, 0)


async def test_the_menu_of_a_deal_beside_the_board_waits_for_nobody(demo: Path) -> None:
    async with desk(demo, size=(140, 40)) as board:
        await board.press("p")
        if board.state.view.pane is None:
            await board.press("p")
        await board.press("O")
        await board.until(
            lambda: (deal := board.board.pane.deal) is not None and deal.id == board.card.id
        )
        with held(demo, "EXCLUSIVE"):
            await board.pilot.press("m")
            await board.until(lambda: board.is_asking)
            assert board.shows("here") and board.shows("asks ")
        await board.press("escape")


async def test_what_is_shown_stays_while_nobody_can_read(demo: Path) -> None:
    async with desk(demo) as board:
        name = board.card.name
        with held(demo, "EXCLUSIVE"):
            await board.until(lambda: "is busy" in board.status)
            assert board.shows(name)
            await board.pilot.press("j")
            await board.until(lambda: board.state.view.cursor == (0, 1))
        await board.until(lambda: "busy" not in board.status)


async def test_a_click_while_a_change_waits_is_dropped_with_a_word(demo: Path) -> None:
    async with desk(demo) as board:
        with held(demo, "IMMEDIATE"):
            await board.pilot.press("d", "d")
            for kind in (MouseDown, MouseUp):
                board.app.post_message(press_at(kind, 45, 6))
            await board.until(lambda: "a click was dropped" in board.status)
            assert board.state.view.cursor[0] == 0
        await board.settle()
        assert board.state.view.cursor[0] == 0


async def test_keys_behind_a_change_that_fails_are_dropped_and_that_is_said(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(demo) as board:
        full = DatabaseError("The disk is full: nothing was changed.", hint="Free some space.")

        def refuse(*_: object, **__: object) -> None:
            raise full

        monkeypatch.setattr(Store, "write", refuse)
        before = board.state.view.cursor
        await board.burst("d", "d", "j", "j")
        expected = "The disk is full: nothing was changed. Free some space. 2 keys dropped."
        assert board.status == expected
        assert board.state.view.cursor == before


async def test_keys_behind_a_refusal_go_on(demo: Path) -> None:
    async with desk(demo) as board:
        await board.burst("H", "j")
        assert board.state.view.cursor == (0, 1)


async def test_a_file_that_was_replaced_is_noticed_and_never_written(
    demo: Path, made_up: Path, tmp_path: Path
) -> None:
    async with desk(demo) as board:
        other = shutil.copy(made_up, tmp_path / "other.db")
        os.replace(other, demo)
        await board.until(lambda: "was replaced by another" in board.status)
        before = Path(demo).read_bytes()
        for key in "daL":
            await board.press(key)
            assert not board.is_asking
            assert "was replaced by another" in board.status
        assert Path(demo).read_bytes() == before


@pytest.mark.parametrize("screen", ["", "M", "enter"])
async def test_what_was_put_in_place_of_the_file_is_opened_by_the_key_that_reads_again(
    demo: Path, made_up: Path, tmp_path: Path, screen: str
) -> None:
    async with desk(demo) as board:
        if screen:
            await board.press(screen)
        os.replace(shutil.copy(made_up, tmp_path / "other.db"), demo)
        shown = board.app.screen
        assert isinstance(shown, LiveScreen)
        await board.until(lambda: "R opens it" in shown.trouble)
        await board.pilot.press("R")
        await board.until(lambda: board.app.return_code == OPEN_ANEW)


def _overwrite(path: Path, other: Path) -> None:
    with closing(sqlite3.connect(other)) as database:
        database.execute("update workspace set id = 'another'")
        database.commit()
    with path.open("r+b") as file:
        file.write(other.read_bytes())


def _raise_schema(path: Path, _: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("update counter set value = 99 where name = 'schema'")
        database.commit()


SPOILT: dict[str, Callable[[Path, Path], None]] = {
    "written over by another": _overwrite,
    "emptied": lambda path, _: os.truncate(path, 0),
    "cut": lambda path, _: os.truncate(path, path.stat().st_size // 2),
    "of a newer schema": _raise_schema,
}


@pytest.mark.parametrize("how", SPOILT)
async def test_nothing_is_asked_for_a_change_that_the_file_cannot_take(
    demo: Path, made_up: Path, how: str
) -> None:
    async with desk(demo) as board:
        SPOILT[how](demo, Path(shutil.copy(made_up, demo.with_name("other.db"))))
        await board.until(lambda: bool(board.board.trouble))
        for command in BOARD:
            if command.changes and command.keys != UNBOUND:
                await board.press(command.first_key)
                assert not board.is_asking, command.id
        await board.press("M")
        await board.press("escape")


async def test_a_file_that_was_deleted_is_noticed(demo: Path) -> None:
    async with desk(demo) as board:
        os.unlink(demo)
        await board.until(lambda: "deleted or renamed" in board.status)
        await board.press("n")
        assert not board.is_asking


async def test_a_file_of_somebody_else_is_read_only_from_the_first_frame(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    async with desk(demo) as board:
        assert "READ-ONLY" in board.lines()[0]
        await board.press("n")
        assert not board.is_asking
        assert "right to write" in board.status


@pytest.mark.parametrize("asks", [False, True])
async def test_what_others_are_in_the_way_of_is_begun_anew_unless_it_has_asked(
    asks: bool, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Host] = []

    async def act(host: Host) -> None:
        begun.append(host)
        if asks:
            await ask(host, Menu("Sure", [MenuChoice("y", "yes")]))
        if len(begun) == 1:
            raise DatabaseError("It is busy.", details={"reason": "locked"})

    monkeypatch.setattr(filters, "saved_filters", act)
    async with desk(demo) as board:
        await board.press("F", *(["y"] if asks else []))
        assert not board.is_asking
        assert (len(begun), "It is busy." in board.status) == ((1, True) if asks else (2, False))


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


@pytest.mark.parametrize(("tab", "opens"), [("2", False), ("4", True)])
async def test_on_a_deal_to_read_only_enter_opens_what_is_looked_at_and_edits_nothing(
    demo: Path, tab: str, opens: bool
) -> None:
    async with desk(demo, read_only=True) as board:
        await board.press("enter", tab)
        screen = board.app.screen
        await board.press("enter")
        assert board.app.screen is screen
        assert ("reading only" in board.status) is not opens


@pytest.mark.parametrize(
    ("way", "there", "gone"),
    [
        ("enter 6", "nothing is negotiated yet", "a adds"),
        ("T O", "y copy", "t next step"),
        ("T O", "all of it", "lost"),
        ("g r 6", "Nothing was decided since then.", "D on a deal"),
    ],
)
async def test_where_nothing_can_be_changed_no_screen_says_by_which_key_it_would_be(
    demo: Path, way: str, there: str, gone: str
) -> None:
    async with desk(demo, read_only=True) as board:
        await board.press(*way.split())
        await board.until(lambda: board.shows(there))
        assert not any(gone in line for line in board.lines()[3:])


async def test_the_demo_says_that_it_is_one(demo: Path) -> None:
    async with desk(demo) as board:
        assert "DEMO" in board.lines()[0]


@pytest.mark.parametrize("way", ["a", "1"])
async def test_nothing_is_answered_at_the_gate_for_a_deal_that_somebody_else_has_closed(
    demo: Path, way: str
) -> None:
    async with desk(demo) as board:
        await board.press("2")
        deal_id = board.card.id
        await board.press("L")
        assert board.shows("override")
        with somebody_else(demo) as bo:
            bo.lose([deal_id], Loss("price"))
        await board.press(way)
        assert not board.is_asking
        assert "is lost and cannot be moved" in board.status


async def test_a_workspace_that_has_moved_is_read_only_and_says_where_it_is(
    demo: Path, tmp_path: Path
) -> None:
    store = Store.open(str(demo))
    move(store, str(tmp_path / "new.db"))
    store.close()
    async with desk(demo) as board:
        assert board.shows("READ-ONLY")
        await board.press("n")
        assert board.status.startswith("This workspace has moved to /")
