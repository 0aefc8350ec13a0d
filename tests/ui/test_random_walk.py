"""Keys, texts, clicks, sizes, locks and a colleague at random, over all screens: nothing hangs,
nothing is a bug, every line is as wide as the screen, and every row is what the log says."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from textual.errors import NoWidget
from textual.events import Paste
from textual.pilot import OutOfBounds

from pipeboard.domain.errors import PipeboardError
from pipeboard.domain.people import Actor
from pipeboard.store import Store
from pipeboard.ui.key_table import ALL
from pipeboard.ui.screens.live import LiveScreen
from tests.ledger import disagreements
from tests.team import NOW
from tests.ui.desk import KEYS, Desk, desk
from tests.verbs import Workspace

THOROUGH = bool(os.environ.get("PIPEBOARD_THOROUGH"))
STEPS = 300 if THOROUGH else 80
SIZES = ((80, 24), (120, 40), (40, 12), (44, 20), (200, 60), (109, 32), (20, 6), (10, 3))
TEXTS = (
    "Lumen Oy: pilot 40k @bo +x close:19dec > 3dec call", "1000", "[bold]x[/]", "日本語 🎉 é",
    "value>10k stalled", "move", "2w", "tomorrow", "-1", "%", "bo", "D-5", "31 feb", '"', "(",
    "won", "/tmp", "fields.x=1", "12k EUR", "price",
)  # fmt: skip
WAYS = ((), ("M",), ("T",), ("g", "h"), ("g", "r"), ("enter",), ("enter", "4"), ("M", "4"))
MORE = ("enter", "escape", "tab", "up", "down", "ctrl+s", "space", "backspace", "y", "n", "ctrl+d")
EVERY = sorted({key for each in ALL.values() for key in each.keys.split(",") if key} - {"ctrl+z"})


class Colleague:
    """What bo does meanwhile, and the locks that somebody holds for a while."""

    def __init__(self, path: Path, rng: Random) -> None:
        self._path, self._rng = path, rng
        self._store = Store.open(str(path))
        self._bo = Workspace(self._store, lambda: NOW, Actor("bo"))
        self.lock: sqlite3.Connection | None = None

    def act(self) -> None:
        if self.lock is not None:
            return
        deal = [self._rng.randint(1, 30)]
        doing: tuple[Callable[[], object], ...] = (
            lambda: self._bo.add_note(deal, "hello [x]"),
            lambda: self._bo.archive(deal),
            lambda: self._bo.undo(),
            lambda: self._bo.tag(deal, ["hot"]),
            lambda: self._bo.step(deal, 1, override="agreed"),
            lambda: self._bo.assign(deal, "cy"),
        )
        with suppress(PipeboardError):
            self._rng.choice(doing)()

    def hold(self) -> None:
        if self.lock is None:
            lock = sqlite3.connect(self._path, timeout=5, isolation_level=None)
            lock.execute(f"BEGIN {self._rng.choice(('IMMEDIATE', 'EXCLUSIVE'))}")
            self.lock = lock

    def let_go(self) -> None:
        if self.lock is not None:
            self.lock.rollback()
            self.lock.close()
            self.lock = None

    def close(self) -> None:
        self.let_go()
        self._store.close()


@pytest.mark.parametrize("seed", range(60) if THOROUGH else range(3))
async def test_whatever_is_pressed_the_program_goes_on(
    seed: int, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(demo.parent)
    monkeypatch.setenv("EDITOR", "true")
    rng, trail = Random(seed), list[object]()
    async with desk(demo, size=rng.choice(SIZES[:5])) as board:
        colleague = Colleague(demo, rng)
        try:
            for number in range(STEPS):
                if board.app._exit:
                    break
                await asyncio.wait_for(_step(board, colleague, rng, number, trail), 60)
                assert board.bugs == [], trail[-12:]
            colleague.let_go()
            if not board.app._exit:
                await board.settle()
        except (TimeoutError, AssertionError) as error:
            raise AssertionError(f"after {trail[-20:]}") from error
        finally:
            colleague.close()
    assert disagreements(str(demo)) == []


async def _step(
    board: Desk, colleague: Colleague, rng: Random, number: int, trail: list[object]
) -> None:
    """One thing that a person, a terminal or a colleague does."""
    app, chance = board.app, rng.random()
    if colleague.lock is not None and rng.random() < 0.4:
        colleague.let_go()
    if number % 40 == 0 and colleague.lock is None:
        way = rng.choice(WAYS)
        trail.append(way)
        await board.press(*["escape"] * 6, *way)
    elif chance < 0.05:
        size = rng.choice(SIZES)
        trail.append(size)
        await board.pilot.resize_terminal(*size)
    elif chance < 0.10:
        trail.append("a colleague")
        colleague.act()
    elif chance < 0.12:
        trail.append("a lock")
        colleague.hold()
    elif chance < 0.15:
        place = rng.randrange(app.size.width), rng.randrange(app.size.height)
        trail.append(place)
        with suppress(OutOfBounds, NoWidget):  # the window may have another size by now
            await board.pilot.click(offset=place, times=rng.choice((1, 1, 2)))
    elif chance < 0.22:
        text = rng.choice(TEXTS)
        trail.append(text)
        await _write(board, text, pastes=rng.random() < 0.3)
    else:
        key = _key(board, rng)
        trail.append(key)
        await board.pilot.press(KEYS.get(key, key))
        if colleague.lock is None and rng.random() < 0.2 and not app._exit:
            await board.settle()
            strips = app.screen._compositor.render_strips()
            assert {strip.cell_length for strip in strips} <= {app.size.width}


async def _write(board: Desk, text: str, *, pastes: bool) -> None:
    """A text where one is asked for; elsewhere it comes as pasted, which is no row of keys."""
    if pastes or isinstance(board.app.screen, LiveScreen):
        board.app.post_message(Paste(text))
        return
    for key in text:
        await board.pilot.press(KEYS.get(key, key))


def _key(board: Desk, rng: Random) -> str:
    """A key: mostly one of the screen that is shown, seldom one that leaves the program."""
    screen, chance = board.app.screen, rng.random()
    if not isinstance(screen, LiveScreen) and chance < 0.3:
        return "escape"
    if isinstance(screen, LiveScreen) and chance < 0.7:
        own = [key for each in screen.keys for key in each.keys.split(",") if key in EVERY]
        key = rng.choice(own)
        return key if key not in ("q", "ctrl+q") or chance < 0.1 else "down"
    return rng.choice(EVERY) if chance < 0.85 else rng.choice(MORE)
