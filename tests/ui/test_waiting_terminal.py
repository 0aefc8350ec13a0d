"""The real program on a terminal while another program holds the database."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from pipeboard.demo import build
from pipeboard.store import Store
from tests.team import NOW, SETTINGS
from tests.ui.lock import held
from tests.ui.pseudo_terminal import PseudoTerminal


@contextmanager
def board_of(path: Path, *options: str) -> Iterator[PseudoTerminal]:
    """The board, once it takes keys."""
    environ = {
        "HOME": str(path.parent),
        "XDG_STATE_HOME": str(path.parent / "state"),
        "PIPEBOARD_NOW": "2026-11-23T10:00:00Z",
    }
    line = ["-m", "pipeboard", "--db", str(path), *options]
    with PseudoTerminal(line, environ=environ) as terminal:
        terminal.wait_for_text("Help")
        terminal.wait_for_bytes(b"\x1b[?1004h")
        yield terminal


def archived(path: Path) -> int:
    with closing(sqlite3.connect(path)) as database:
        (count,) = database.execute(
            "select count(*) from deal where archived_at is not null"
        ).fetchone()
    return int(count)


@pytest.mark.parametrize("kind", ["IMMEDIATE", "EXCLUSIVE"])
def test_q_waits_for_the_change_before_it_and_then_quits(demo: Path, kind: str) -> None:
    before = archived(demo)
    with board_of(demo) as terminal:
        with held(demo, kind):
            terminal.type("ddq")
            terminal.wait_for_text("then: quit")
            assert terminal.process.poll() is None
        assert terminal.wait_for_end() == 0
    assert archived(demo) == before + 1


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_what_was_not_stored_when_the_session_was_lost_is_said_the_next_time(
    demo: Path, number: signal.Signals
) -> None:
    before = archived(demo)
    with board_of(demo) as terminal, held(demo, "IMMEDIATE"):
        terminal.type("ddjnto do")
        terminal.wait_for_text("pending: Archive")
        terminal.process.send_signal(number)
        assert terminal.wait_for_end() == 128 + number
    assert archived(demo) == before
    with board_of(demo) as terminal:
        terminal.wait_for_text("Not stored when you left: Archive")
        terminal.wait_for_text("Keys: jnto do")
        terminal.type("q")
        assert terminal.wait_for_end() == 0
    with board_of(demo) as terminal:
        assert not any("Not stored" in line for line in terminal.lines())


def test_c_with_control_gives_up_and_says_what_it_dropped(demo: Path) -> None:
    before = archived(demo)
    with board_of(demo) as terminal:
        with held(demo, "EXCLUSIVE"):
            terminal.type("ddLL")
            terminal.wait_for_text("keys: L L")
            terminal.type("\x03")
            terminal.wait_for_text("Given up: nothing was stored. 2 keys dropped.")
        terminal.type("q")
        assert terminal.wait_for_end() == 0
    assert archived(demo) == before


def test_who_gives_up_is_told_that_what_was_typed_is_kept(demo: Path) -> None:
    with board_of(demo) as terminal:
        terminal.type("nhello")
        terminal.wait_for_text("› hello")
        with held(demo, "IMMEDIATE"):
            terminal.type("\r")
            terminal.wait_for_text("pending: Note")
            terminal.type("\x03")
            terminal.wait_for_text("Given up: nothing was stored. What you typed is kept")
        terminal.type("n")
        terminal.wait_for_text("› hello")


def test_a_rep_whom_nobody_knows_is_refused_before_the_first_frame(demo: Path) -> None:
    environ = {"HOME": str(demo.parent), "XDG_STATE_HOME": str(demo.parent / "state")}
    line = ["-m", "pipeboard", "--db", str(demo), "--as", "@nosuch"]
    with PseudoTerminal(line, environ=environ) as terminal:
        assert terminal.wait_for_end() == 3
        assert b"There is no rep" in terminal.raw
        assert b"\x1b[?1049h" not in terminal.raw


def test_the_file_that_was_put_in_the_place_of_another_is_opened_and_written(
    demo: Path, tmp_path: Path
) -> None:
    with closing(Store.create(str(tmp_path / "new.db"), SETTINGS)) as store:
        build(store, deals=5, seed=2, now=NOW, me="ana")
        name = next(iter(store.reader.deals([1]).values())).account
    with board_of(demo) as terminal:
        os.replace(tmp_path / "new.db", demo)
        terminal.wait_for_text("R opens it")
        before = len(terminal.raw)
        terminal.type("R")
        terminal.wait_for_text(name.split()[0])
        terminal.wait_for_bytes(b"\x1b[?1004h", since=before)
        terminal.type("ldd")
        terminal.wait_for_text("Archived")
        terminal.type("q")
        assert terminal.wait_for_end() == 0
        assert terminal.is_as_found()
    assert archived(demo) == 1
