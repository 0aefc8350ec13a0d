"""Somebody else who holds the database: what screens have to live with."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from pipeboard.store.reading import facts
from pipeboard.ui.keys import Key
from tests.ui.desk import Desk

KINDS = ("IMMEDIATE", "EXCLUSIVE")


class Lock:
    """A connection that can hold the database at any moment: IMMEDIATE keeps writers out,
    EXCLUSIVE readers too."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)

    @property
    def is_held(self) -> bool:
        return self._connection.in_transaction

    def hold(self, kind: str) -> None:
        self._connection.execute(f"BEGIN {kind}")

    def release(self) -> None:
        """Nothing is held any more, whether it was or not."""
        if self.is_held:
            self._connection.execute("ROLLBACK")

    def close(self) -> None:
        self.release()
        self._connection.close()


@contextmanager
def held(path: Path, kind: str) -> Iterator[None]:
    """The database held from here to there."""
    with closing(Lock(path)) as lock:
        lock.hold(kind)
        yield


async def press_while_held(board: Desk, path: Path, kind: str, key: Key) -> None:
    """A key typed while somebody holds the database: where it waits, it says how to give up, and
    giving up is enough."""
    with held(path, kind):
        await board.pilot.press(key.keys.partition(",")[0])
        await board.pilot.pause()
        queue = board.app.key_queue
        await board.until(lambda: not queue.is_waiting or board.shows("gives up"))
        if queue.is_waiting:
            await board.pilot.press("ctrl+c")
        await board.until(lambda: not queue.is_waiting)


class SlowReading:
    """A reading of what happened to the deals that stops after its first portion, until it may go
    on: how long it takes at a hundred thousand deals is told by nothing else."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._may_go_on = Event()
        read = facts._portions

        def portions(*asked: Any) -> Iterator[Any]:
            for rows in read(*asked):
                yield rows
                assert self._may_go_on.wait(60)

        monkeypatch.setattr(facts, "_portions", portions)
        monkeypatch.setattr(facts, "DEALS_AT_ONCE", 20)

    def go_on(self) -> None:
        self._may_go_on.set()
