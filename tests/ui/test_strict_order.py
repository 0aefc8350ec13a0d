"""A key never changes its meaning by time: whatever a burst gives at full speed, it gives with any
delay of the database."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from textual.events import Key

from pipeboard.ui.key_table import BOARD, DEAL, HYGIENE, METRICS, REVIEW
from tests.ui.desk import KEYS, Desk, desk
from tests.ui.lock import KINDS, Lock, held

BURSTS = 500 if os.environ.get("PIPEBOARD_THOROUGH") else 12
ENDING = ("ctrl+z", "ctrl+q", "q", "E", "y")
"""Keys that leave the program, or that need a terminal of their own."""
SINGLE = tuple(
    sorted(
        {
            key
            for command in (*BOARD, *DEAL, *METRICS, *HYGIENE, *REVIEW)
            for key in command.keys.split(",")
            if key not in ENDING
        }
    )
)
TYPED = ("7k", "tue", "acme", "+vip", "Zeta: new 3k", "won", "y", "n", "p", "w", "d", "1", "2", "3")
ENDS = (("enter",), ("escape",), ("enter", "enter"), ())


def burst_of(seed: int) -> list[str]:
    """Three to eight keys of the table, some of them with a text typed behind."""
    dice = random.Random(seed)
    keys: list[str] = []
    for _ in range(dice.randint(3, 8)):
        keys.append(dice.choice(SINGLE))
        if dice.random() < 0.5:
            keys += [*dice.choice(TYPED), *dice.choice(ENDS)]
    return keys


def event_of(key: str) -> Key:
    """The key as a terminal tells it."""
    character = key if len(key) == 1 else {value: char for char, value in KEYS.items()}.get(key)
    return Key(KEYS.get(key, key), character)


async def undelayed(path: Path, keys: Sequence[str]) -> list[Any]:
    async with desk(path) as board:
        for key in keys:
            board.app.post_message(event_of(key))
        await board.settle()
    return log_of(path)


async def delayed(path: Path, keys: Sequence[str], dice: random.Random) -> list[Any]:
    """The same keys, while somebody else takes and leaves the database at random."""
    async with desk(path) as board:
        with closing(Lock(path)) as lock:
            for key in keys:
                await meddle(board, lock, dice)
                board.app.post_message(event_of(key))
            await meddle(board, lock, dice)
        await board.settle()
    return log_of(path)


async def meddle(board: Desk, lock: Lock, dice: random.Random) -> None:
    wanted = dice.choice((None, "", *KINDS))
    if wanted is not None and (wanted == "" or not lock.is_held):
        lock.release()
        if wanted:
            lock.hold(wanted)
    for _ in range(dice.choice((0, 0, 1, 3))):
        await board.pilot.pause()


def log_of(path: Path) -> list[Any]:
    """What the keys have come to: who did what to which deal, in order."""
    with closing(sqlite3.connect(path)) as database:
        commands = database.execute("select verb, summary, id from command order by seq").fetchall()
        numbers = {command[2]: number for number, command in enumerate(commands)}
        events = database.execute(
            "select command_id, deal_id, version, kind from event order by seq"
        ).fetchall()
        rows = database.execute(
            "select id, version, title, stage_id, value_minor, next_text from deal order by id"
        ).fetchall()
    return [
        [command[:2] for command in commands],
        [(numbers[event[0]], *event[1:]) for event in events],
        rows,
    ]


@pytest.mark.parametrize("seed", range(BURSTS))
async def test_a_burst_gives_with_any_delay_what_it_gives_at_full_speed(
    made_up: Path, tmp_path: Path, seed: int
) -> None:
    keys = burst_of(seed)
    fast = Path(shutil.copy(made_up, tmp_path / "fast.db"))
    slow = Path(shutil.copy(made_up, tmp_path / "slow.db"))
    expected = await undelayed(fast, keys)
    assert await delayed(slow, keys, random.Random(seed)) == expected, keys


TEXTS = {
    "t": "mon ask",
    "n": "d x w l",
    "e": "d",
    "o": "bo",
    "$": "7k",
    "c": "tue",
    "#": "+dxw",
    "%": "40",
    "a": "Zeta: dxw 7k",
    "/": "dxw",
    "f": "dxw",
    "Q": "dxw",
    "i": "co",
    "m": "2",
    "z": "w",
    "x": "",
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", TEXTS)
async def test_a_text_typed_behind_its_key_never_runs_as_commands(
    demo: Path, key: str, kind: str
) -> None:
    async with desk(demo) as board:
        before = board.deal
        with closing(Lock(demo)) as lock:
            lock.hold(kind)
            for each in (key, *TEXTS[key]):
                board.app.post_message(event_of(each))
            for _ in range(20):
                await board.pilot.pause()
        await board.settle()
        assert board.stored(before.id).archived_at is None
        assert board.stored(before.id).status is before.status


async def test_keys_wait_for_a_module_that_is_slow_to_import(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import builtins
    import threading

    async with desk(demo) as board:
        may_import, begun = threading.Event(), threading.Event()
        importing = builtins.__import__

        def slow(name: str, *rest: Any, **more: Any) -> Any:
            if threading.current_thread().name == "write_queue" and not begun.is_set():
                begun.set()
                may_import.wait(30)
            return importing(name, *rest, **more)

        monkeypatch.setattr(builtins, "__import__", slow)
        deal_id, other = board.card.id, board.state.view.card(0, 1)
        assert other is not None
        for key in ("d", "d", "n", "d", "x", "enter"):
            board.app.post_message(event_of(key))
        await board.until(begun.is_set)
        await board.until(lambda: "keys: n d x ↵" in board.status)
        may_import.set()
        await board.settle()
        assert board.stored(deal_id).archived_at is not None
        assert [note.text for note in board.workspace.reader.history.notes(other.id)][:1] == ["dx"]


@pytest.mark.parametrize("keys", [("f", "a", "b"), ("f", "a", "c", "down")])
async def test_enter_behind_a_letter_chooses_from_what_is_found_and_not_from_what_was(
    demo: Path, keys: tuple[str, ...]
) -> None:
    async with desk(demo) as board:
        await board.press(*keys, "enter")
        wanted = board.card.id
        await board.press("escape", "g", "g", "1", "f", keys[1])
        with held(demo, "EXCLUSIVE"):
            for key in (*keys[2:], "enter"):
                board.app.post_message(event_of(key))
            for _ in range(20):
                await board.pilot.pause()
        await board.settle()
        assert not board.is_asking
        assert board.card.id == wanted
