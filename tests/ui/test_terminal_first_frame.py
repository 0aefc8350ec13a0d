"""A person reads, and types, before Textual is there; it takes over without a flicker."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from pipeboard.ui.terminal import first_frame
from pipeboard.ui.terminal.ink import ColorDepth
from tests.ui.pseudo_terminal import PseudoTerminal

DEMO = "tests/ui/terminal_demo.py"


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """A pipe that holds the import of Textual back until it is written to."""
    path = tmp_path / "gate"
    os.mkfifo(path)
    return path


def demo(folder: Path, *words: str) -> PseudoTerminal:
    return PseudoTerminal([DEMO, str(folder), *words], width=120, height=40)


def test_the_frame_is_there_before_textual_and_is_not_sent_again(
    tmp_path: Path, gate: Path
) -> None:
    with demo(tmp_path) as terminal:
        terminal.wait_for_text("Deal 38")
        gate.write_text("")
        assert (tmp_path / "loaded").read_text() == ""
        painted = len(terminal.raw)
        terminal.wait_for_bytes(b"\x1b[?1004h", painted)
        terminal.type("j")
        terminal.wait_for(lambda: terminal.screen().buffer[1][1].bold, "the second deal chosen")
        assert len(terminal.raw) - painted < 1000
        assert terminal.raw.count(b"\x1b[?1049h") == 1
        assert terminal.raw.count(b"Deal 30") == 1
        terminal.type("q")
        assert terminal.wait_for_end() == 0


def test_keys_typed_before_textual_are_neither_echoed_nor_lost(tmp_path: Path, gate: Path) -> None:
    with demo(tmp_path) as terminal:
        terminal.wait_for_text("Deal 38")
        before = terminal.raw
        terminal.type("jj\x1b[A\r" + "j")
        gate.write_text("")
        terminal.wait_for(lambda: terminal.screen().buffer[3][1].bold, "the fourth deal chosen")
        assert terminal.raw.startswith(before)
        assert not re.search(rb"jj|\^\[", terminal.raw)
        terminal.type("q")
        assert terminal.wait_for_end() == 0


def test_what_is_pasted_before_textual_acts_as_no_key(tmp_path: Path, gate: Path) -> None:
    with demo(tmp_path) as terminal:
        terminal.wait_for_text("Deal 38")
        assert b"\x1b[?2004h" in terminal.raw  # a terminal says what is pasted once it is asked to
        terminal.type("\x1b[200~jqj\x1b[201~")
        gate.write_text("")
        terminal.type("j")
        terminal.wait_for(lambda: terminal.screen().buffer[1][1].bold, "the second deal chosen")
        terminal.type("q")
        assert terminal.wait_for_end() == 0


def test_quitting_leaves_the_terminal_as_it_was(tmp_path: Path) -> None:
    with demo(tmp_path) as terminal:
        terminal.wait_for_bytes(b"\x1b[?1004h")
        terminal.type("q")
        assert terminal.wait_for_end() == 0
        assert_left_clean(terminal)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ending_it_before_textual_is_there_restores_the_terminal(
    tmp_path: Path, gate: Path, number: signal.Signals
) -> None:
    with demo(tmp_path) as terminal:
        terminal.wait_for_text("Deal 38")
        terminal.wait_for((tmp_path / "loaded").exists, "the wait for the gate")
        terminal.process.send_signal(number)
        assert terminal.wait_for_end() in {128 + number, -number, 1}
        assert_left_clean(terminal)


def test_a_failure_before_textual_is_there_restores_the_terminal(tmp_path: Path) -> None:
    with demo(tmp_path, "broken") as terminal:
        assert terminal.wait_for_end() == 1
        assert_left_clean(terminal)


def test_without_a_painted_frame_textual_starts_by_itself(tmp_path: Path) -> None:
    with demo(tmp_path, "plain") as terminal:
        terminal.wait_for_text("Deal 38")
        assert terminal.raw.count(b"\x1b[?1049h") == 1
        terminal.type("q")
        assert terminal.wait_for_end() == 0
        assert_left_clean(terminal)


def assert_left_clean(terminal: PseudoTerminal) -> None:
    left = terminal.raw.rfind(b"\x1b[?1049l")
    assert left > terminal.raw.rfind(b"\x1b[?1049h")
    assert terminal.raw.rfind(b"\x1b[?25h") > terminal.raw.rfind(b"\x1b[?25l")
    assert terminal.raw.rfind(b"\x1b[?2004l") > terminal.raw.rfind(b"\x1b[?2004h")
    assert terminal.raw.rfind(b"\x1b[?7h") > terminal.raw.rfind(b"\x1b[?7l")
    assert terminal.is_as_found()


@pytest.mark.parametrize(("rows", "height"), [(0, 24), (25, 24)])
def test_nothing_is_painted_where_there_is_nothing_or_no_room_for_it(
    rows: int, height: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def touched(*_: object) -> None:
        raise AssertionError("the terminal was touched")

    monkeypatch.setattr(first_frame, "can_run_tui", lambda: None)
    monkeypatch.setattr(first_frame, "terminal_size", lambda: (80, height))
    monkeypatch.setattr(first_frame, "_stdin", touched)
    monkeypatch.setattr(first_frame, "write", touched)
    assert first_frame.paint([[]] * rows, ColorDepth.TRUECOLOR) is None
