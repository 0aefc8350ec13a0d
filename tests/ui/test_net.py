"""One net under every screen: whatever goes wrong becomes a sentence, and the program goes on."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from textual.events import MouseScrollDown, MouseScrollUp

from pipeboard.domain.errors import (
    BadInput,
    Conflict,
    DatabaseError,
    GateNotMet,
    NotFound,
    Refused,
)
from pipeboard.store import Store
from pipeboard.ui.key_table import BOARD, DEAL, METRICS
from pipeboard.ui.keys import Key as KeyEntry
from pipeboard.ui.screens.board import BoardScreen
from pipeboard.ui.screens.deal import DealScreen
from pipeboard.ui.screens.metrics import MetricsScreen
from tests.ui.desk import KEYS, Desk, desk
from tests.ui.lock import KINDS, Lock, held

WAYS: dict[str, tuple[str, ...]] = {
    "board": (),
    **{f"deal {tab}": ("enter", str(tab)) for tab in range(1, 7)},
    "metrics": ("M",),
}
TABLES: dict[str, tuple[KeyEntry, ...]] = {"board": BOARD, "metrics": METRICS}
ELSEWHERE = ("ctrl+z", "ctrl+q", "q", "E")
"""Keys that end the program or need a terminal of their own."""


def keys_of(where: str, kind: str) -> list[str]:
    """Every key of that screen; in the quick run each screen and lock has a sixth of them."""
    table = TABLES.get(where, DEAL)
    keys = [key for command in table for key in command.keys.split(",") if key not in ELSEWHERE]
    if os.environ.get("PIPEBOARD_THOROUGH"):
        return keys
    return keys[(2 * list(WAYS).index(where) + KINDS.index(kind)) % 6 :: 6]


async def back_to(board: Desk, where: str) -> None:
    """From wherever a key has led, with nothing held."""
    for _ in range(6):
        if isinstance(board.app.screen, BoardScreen):
            break
        await board.press("escape")
        if board.shows("Discard what you changed"):
            await board.press("y")
    await board.press(*WAYS[where])


async def press_while_held(board: Desk, key: str) -> None:
    """A key, and ^c where it has to wait; what it opens is left again."""
    await board.pilot.press(KEYS.get(key, key))
    for _ in range(3):
        await board.pilot.pause()
    # What can be waited for is waited for: nobody is told to press it once more.
    assert not board.shows("Try again in a moment")
    if board.app.key_queue.is_waiting:
        await board.pilot.press("ctrl+c")
        await board.until(lambda: not board.app.key_queue.is_waiting)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", WAYS)
async def test_no_key_ends_the_program_while_somebody_holds_the_database(
    demo: Path, where: str, kind: str
) -> None:
    async with desk(demo, size=(100, 30)) as board:
        await board.press(*WAYS[where])
        screen = type(board.app.screen)
        with closing(Lock(demo)) as lock:
            for key in keys_of(where, kind):
                lock.hold(kind)
                await press_while_held(board, key)
                await board.pilot.resize_terminal(90 + len(key), 30)
                lock.release()
                await board.settle()
                if type(board.app.screen) is not screen:
                    await back_to(board, where)
                    screen = type(board.app.screen)
        await board.press("R" if where in TABLES else "j")
        assert board.bugs == []


OPENING = {
    "a": "a", "t": "t", "n": "n", "e": "e", "o": "o", "m": "m", "x": "x", "f": "f", "/": "/",
    "help": "?", "palette": ":", "view": "v", "sort": "s", "log": "i", "value": "$",
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", OPENING)
async def test_what_is_typed_in_an_overlay_while_the_database_is_held_is_kept(
    demo: Path, name: str, kind: str
) -> None:
    async with desk(demo) as board:
        await board.press(OPENING[name])
        top = board.app.screen
        with held(demo, kind):
            await board.pilot.press("z")
            await board.pilot.resize_terminal(81, 24)
            await board.pilot.resize_terminal(80, 24)
            board.board._look()
            await board.pilot.pause()
            if board.app.key_queue.is_waiting:
                await board.pilot.press("ctrl+c")
                await board.until(lambda: not board.app.key_queue.is_waiting)
            assert board.app.screen is top or name in ("sort", "view", "log", "m")


async def test_a_filter_that_is_typed_while_the_database_is_held_finds_once_it_is_free(
    demo: Path,
) -> None:
    async with desk(demo) as board:
        await board.press("/")
        with held(demo, "EXCLUSIVE"):
            for letter in "value>20k":
                await board.pilot.press(KEYS.get(letter, letter))
            await board.until(lambda: board.shows("old result is kept"))
        await board.until(lambda: board.shows("open deals"))
        assert not board.shows("old result is kept")
        assert board.state.view.filter_text == "value>20k"


async def test_the_wheel_turns_and_the_day_while_the_database_is_held(demo: Path) -> None:
    async with desk(demo) as board:
        seat = board.app.seat
        with held(demo, "EXCLUSIVE"):
            board.app.seat = replace(seat, clock=lambda: seat.clock() + timedelta(days=1))
            for kind in (MouseScrollDown, MouseScrollUp):
                board.app.post_message(kind(None, 5, 8, 0, 1, 0, False, False, False, 5, 8))
            board.board._look()
            board.board._look()
            await board.until(lambda: "busy" in board.status)
        await board.until(
            lambda: board.state.lens.today == board.app.seat.today(board.app.settings.zone)
        )
        await board.until(lambda: "busy" not in board.status)


@pytest.mark.parametrize("where", ["enter", "M"])
async def test_the_day_turns_on_every_screen(demo: Path, where: str) -> None:
    async with desk(demo) as board:
        await board.press(where)
        seat = board.app.seat
        board.app.seat = replace(seat, clock=lambda: seat.clock() + timedelta(days=1))
        await board.until(
            lambda: board.state.lens.today == board.app.seat.today(board.app.settings.zone)
        )


FAILURES: dict[str, Callable[[], Exception]] = {
    "refused": lambda: Refused("No, says a rule."),
    "gate": lambda: GateNotMet("The gate is shut.", target="Demo", unmet=(), deal_id=1),
    "conflict": lambda: Conflict("bo changed it."),
    "not found": lambda: NotFound("It is gone."),
    "bad input": lambda: BadInput("That is no date."),
    "database": lambda: DatabaseError("The disk is full.", details={"reason": "full"}),
    "system": lambda: OSError(5, "Input/output error"),
    "bug": lambda: RuntimeError("never to be shown"),
}
CHANGES: dict[str, tuple[str, ...]] = {
    "archive": ("d", "d"),
    "on": ("L",),
    "back": ("H",),
    "undo": ("u",),
    "redo": ("U",),
    "order": ("J",),
    "repeat": (".",),
    "move": ("m", "2"),
    "value": ("$", "7", "enter"),
    "tags": ("#", "a", "enter"),
    "note": ("n", "a", "enter"),
    "step": ("t", "1", "enter"),
    "snooze": ("z", "w"),
    "category": ("C", "b"),
    "add": ("a", "a", "enter"),
    "win": ("w", "enter"),
    "interaction": ("i", "c", "o", "enter"),
}


@pytest.mark.parametrize("failure", FAILURES)
async def test_every_change_that_fails_late_is_said_and_the_program_goes_on(
    demo: Path, monkeypatch: pytest.MonkeyPatch, failure: str
) -> None:
    async with desk(demo) as board:
        await board.press("2", "#", "z", "enter")
        writing = Store.write
        for name, keys in CHANGES.items():

            def fail(*_: object, **__: object) -> None:
                raise FAILURES[failure]()

            monkeypatch.setattr(Store, "write", fail)
            await board.burst(*keys)
            monkeypatch.setattr(Store, "write", writing)
            said = FAILURES[failure]()
            words = getattr(said, "message", "") or getattr(said, "strerror", "") or "RuntimeError"
            shown = board.shows(words) or (failure == "gate" and board.is_asking)
            assert shown, (name, board.lines()[-4:])
            while board.is_asking:
                await board.press("escape")
                if board.shows("Discard what you changed"):
                    await board.press("y")
        assert (len(board.bugs) > 0) == (failure == "bug")
        board.bugs.clear()


async def test_a_bug_is_logged_with_its_traceback_and_without_values(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(demo) as board:

        def fail(*_: object) -> None:
            secret = "Lumen Oy"  # noqa: F841 - must not reach the log
            raise KeyError

        monkeypatch.setattr(board.state, "move_cursor", fail)
        await board.press("j", "j")
        assert "An error of Pipeboard's own (KeyError) was logged in" in board.status
        assert board.app.crash_log is not None
        log = board.app.crash_log.read_text()
        assert log.count("KeyError") == 1
        assert "in move_cursor" in log
        assert "Lumen Oy" not in log
        monkeypatch.undo()
        await board.press("l")
        assert board.state.view.cursor[0] == 1
        board.bugs.clear()


@pytest.mark.parametrize("where", [(), ("enter",), ("M",)])
async def test_a_handler_that_fails_leaves_its_screen_alive(
    demo: Path, monkeypatch: pytest.MonkeyPatch, where: tuple[str, ...]
) -> None:
    async with desk(demo) as board:
        await board.press(*where)
        screen = board.app.screen
        assert isinstance(screen, BoardScreen | DealScreen | MetricsScreen)
        failing = iter([OSError(28, "No space left on device"), DatabaseError("It is damaged.")])

        def fail() -> None:
            raise next(failing)

        screen.call_later(fail)
        await board.until(lambda: board.shows("No space left on device"))
        screen.set_timer(0.01, fail)
        await board.until(lambda: board.shows("It is damaged."))
        assert board.app.is_running


async def test_an_overlay_that_fails_says_so_itself(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("n")

        def fail() -> None:
            raise OSError(28, "No space left on device")

        board.app.screen.call_later(fail)
        await board.until(lambda: board.shows("No space left on device"))
        await board.type("still here")
        assert board.shows("still here")


async def test_the_same_bug_again_and_again_ends_the_program(demo: Path) -> None:
    async with desk(demo) as board:
        told = [board.app.net.holds(bug) for bug in _raised(10)]
        assert (told[0], told[-1]) == (True, False)
        board.bugs.clear()


def _raised(times: int) -> list[Exception]:
    found: list[Exception] = []
    for _ in range(times):
        try:
            raise ValueError
        except ValueError as error:
            found.append(error)
    return found
