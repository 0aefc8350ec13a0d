"""However a session ends, drafts are kept, the terminal is put back and the exit code tells why."""

from __future__ import annotations

import os
import re
import signal
import stat
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest

from pipeboard.ui.terminal import session
from pipeboard.ui.terminal.drafts import Drafts
from pipeboard.ui.terminal.ink import can_run_tui, erases_in_colour, tidy_environment
from tests.ui.pseudo_terminal import PseudoTerminal

DEMO = "tests/ui/terminal_demo.py"


def demo(folder: Path, **environ: str) -> PseudoTerminal:
    return PseudoTerminal([DEMO, str(folder)], environ=environ)


def type_into_field(terminal: PseudoTerminal, text: str) -> None:
    terminal.wait_for_text("Deal 22")
    terminal.type("i")
    terminal.wait_for_text("half typed")
    terminal.type(text)
    terminal.wait_for_text(text)


def assert_left_clean(terminal: PseudoTerminal) -> None:
    assert terminal.raw.rfind(b"\x1b[?1049l") > terminal.raw.rfind(b"\x1b[?1049h")
    assert terminal.raw.rfind(b"\x1b[?25h") > terminal.raw.rfind(b"\x1b[?25l")
    assert terminal.is_as_found()


def rows_shown(terminal: PseudoTerminal) -> int:
    """How many deals stand in their rows above the line of keys; -1 if anything is amiss."""
    *deals, keys = terminal.lines()
    in_place = [line.startswith(f" Deal {y}:") for y, line in enumerate(deals)]
    return len(deals) if all(in_place) and keys.startswith("keys") else -1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_keeps_the_draft_and_restores_the_terminal(
    tmp_path: Path, number: signal.Signals
) -> None:
    with demo(tmp_path) as terminal:
        type_into_field(terminal, "call Zoe")
        terminal.process.send_signal(number)
        assert terminal.wait_for_end() == 128 + number
        assert_left_clean(terminal)
    assert Drafts(tmp_path / "drafts").load("field") == "call Zoe"


@pytest.mark.parametrize("handled", [signal.SIG_DFL, signal.SIG_IGN])
def test_a_vanished_terminal_ends_the_session_even_where_sighup_is_ignored(
    tmp_path: Path, handled: signal.Handlers
) -> None:
    arguments = [DEMO, str(tmp_path)]
    ignoring = partial(signal.signal, signal.SIGHUP, handled)
    with PseudoTerminal(arguments, before=ignoring) as terminal:
        type_into_field(terminal, "call Zoe")
        terminal.hang_up()
        assert terminal.wait_for_end() == 128 + signal.SIGHUP
    assert Drafts(tmp_path / "drafts").load("field") == "call Zoe"


def test_a_stalled_terminal_keeps_nobody_from_leaving(tmp_path: Path) -> None:
    with demo(tmp_path) as terminal:
        type_into_field(terminal, "call Zoe")
        terminal.stall()
        terminal.type("!" * 80)
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.wait_for_end() == 128 + signal.SIGTERM
    kept = Drafts(tmp_path / "drafts").load("field")
    assert kept is not None and kept.startswith("call Zoe")


def test_an_error_of_our_own_is_one_line_without_the_values_of_variables(tmp_path: Path) -> None:
    with demo(tmp_path) as terminal:
        terminal.wait_for_text("Deal 22")
        terminal.type("!")
        assert terminal.wait_for_end() == 1
        assert_left_clean(terminal)
        said = terminal.raw[terminal.raw.rfind(b"\x1b[?1049l") :]
    log = tmp_path / "crash.log"
    assert str(log).encode() in said
    assert said.count(b"\n") == 1
    assert "RuntimeError" in log.read_text()
    assert "in action_fail" in log.read_text()
    assert "a failure of" not in log.read_text()
    assert b"a failure of" not in said
    assert "hunter2'" not in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_an_error_of_our_own_keeps_what_is_half_typed(tmp_path: Path) -> None:
    with demo(tmp_path) as terminal:
        type_into_field(terminal, "call Zoe")
        terminal.type("\x1b[20~")
        assert terminal.wait_for_end() == 1
        assert_left_clean(terminal)
    assert Drafts(tmp_path / "drafts").load("field") == "call Zoe"


def test_an_error_is_told_even_where_its_details_cannot_be_written(tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.touch()
    assert "ValueError" in session.record(ValueError("x"), None)
    sentence = session.record(ValueError("x"), occupied / "crash.log")
    assert "could not be written" in sentence
    assert "\n" not in sentence


def test_after_ctrl_z_and_fg_everything_is_drawn_again(tmp_path: Path) -> None:
    with demo(tmp_path) as terminal:
        terminal.wait_for_text("Deal 22")
        terminal.type("jj\x1a")
        stopped = os.WUNTRACED | os.WNOHANG
        terminal.wait_for(
            lambda: os.waitpid(terminal.process.pid, stopped)[0] != 0, "the program stopped"
        )
        terminal.wait_for_bytes(b"\x1b[?1049l")
        assert terminal.is_as_found()
        terminal.process.send_signal(signal.SIGCONT)
        terminal.wait_for(lambda: terminal.raw.count(b"\x1b[?1049h") == 2, "the way back")
        terminal.wait_for(lambda: bool(terminal.screen().buffer[2][1].bold), "the third deal")
        terminal.wait_for_text("Deal 22")
        terminal.type("j")
        terminal.wait_for(lambda: bool(terminal.screen().buffer[3][1].bold), "the fourth deal")


def test_after_another_program_everything_is_drawn_again(tmp_path: Path) -> None:
    with demo(tmp_path) as terminal:
        terminal.wait_for_text("Deal 22")
        terminal.type("E")
        terminal.wait_for(lambda: terminal.raw.count(b"\x1b[?1049h") == 2, "the way back")
        terminal.wait_for_text("Deal 22")
        assert b"the other program" in terminal.raw
        assert not any("the other program" in line for line in terminal.lines())


def test_another_size_of_the_terminal_is_drawn_whole(tmp_path: Path) -> None:
    with demo(tmp_path) as terminal:
        terminal.wait_for_text("Deal 22")
        terminal.resize(60, 30)
        terminal.wait_for(lambda: rows_shown(terminal) == 29, "thirty rows")
        terminal.resize(100, 12)
        terminal.wait_for(lambda: rows_shown(terminal) == 11, "twelve rows")


@pytest.mark.parametrize(
    ("typed", "heard"),
    [("\x1bx", "escape x"), ("\x1bH", "escape H"), ("\x1bp", "bound"), ("\x1b", "escape")],
)
def test_esc_and_a_letter_typed_fast_are_two_keys_unless_alt_is_bound(
    tmp_path: Path, typed: str, heard: str
) -> None:
    with demo(tmp_path) as terminal:
        terminal.wait_for_bytes(b"\x1b[?1004h")
        terminal.type("x")
        terminal.wait_for_text("keys x")
        terminal.type(typed)
        terminal.wait_for_text(f"keys x {heard}")
        assert terminal.lines()[-1] == f"keys x {heard}"


def test_bytes_that_are_not_utf8_do_no_harm(tmp_path: Path) -> None:
    with demo(tmp_path) as terminal:
        type_into_field(terminal, "call")
        terminal.type(b"\xe9\xff\xc3")
        terminal.type(b" \xc3\xa9 Zoe")
        terminal.wait_for_text("é Zoe")


def test_no_color_means_no_colour_at_all(tmp_path: Path) -> None:
    with demo(tmp_path, NO_COLOR="1") as terminal:
        terminal.wait_for_bytes(b"\x1b[?1004h")
        terminal.type("ji")
        terminal.wait_for_text("half typed")
        terminal.type("call")
        terminal.wait_for_text("call")
        assert re.findall(rb"\x1b\[[0-9;]*(?:[34]8;|[34][0-7]m)", terminal.raw) == []


@pytest.mark.parametrize(
    ("environ", "encoding"),
    [
        ({"NO_COLOR": "1"}, "utf-8"),
        ({"NO_COLOR": ""}, "utf-8"),
        ({"COLORTERM": "truecolor"}, "utf-8"),
        ({"TERM": "linux"}, "utf-8"),
        ({"TERM": "screen"}, "utf-8"),
        ({"PYTHONIOENCODING": "latin-1"}, "latin-1"),
        ({"PYTHONIOENCODING": "ascii"}, "ascii"),
    ],
)
def test_it_is_readable_in_every_environment(
    tmp_path: Path, environ: Mapping[str, str], encoding: str
) -> None:
    with demo(tmp_path, **environ) as terminal:
        terminal.wait_for_bytes(b"\x1b[?1004h")
        terminal.type("j")
        terminal.wait_for_bytes(b"keys")
        terminal.type("q")
        assert terminal.wait_for_end() == 0
        assert "Deal 3" in terminal.raw.decode(encoding)
        assert b"\\u" not in terminal.raw


@pytest.mark.parametrize(
    ("environ", "reason"),
    [({"TERM": "dumb"}, "TERM=dumb"), ({}, "TERM is not set"), ({"TERM": "xterm"}, "not a term")],
)
def test_where_there_can_be_no_screens_a_reason_is_given(
    environ: Mapping[str, str], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if environ.get("TERM") == "xterm":
        with open(os.devnull, encoding="utf-8") as nothing:
            monkeypatch.setattr("sys.__stdin__", nothing)
            assert reason in (can_run_tui(environ) or "")
        return

    class Terminal:
        def isatty(self) -> bool:
            return True

    for stream in ("sys.__stdin__", "sys.__stderr__"):
        monkeypatch.setattr(stream, Terminal())
    assert reason in (can_run_tui(environ) or "")
    assert can_run_tui({"TERM": "xterm"}) is None


def test_a_closed_stdin_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.__stdin__", None)
    assert can_run_tui({"TERM": "xterm"}) == "standard input is not a terminal"


def test_an_empty_no_color_is_unset_and_a_full_one_stays() -> None:
    empty, full = {"NO_COLOR": "", "TERM": "xterm"}, {"NO_COLOR": "1"}
    tidy_environment(empty)
    tidy_environment(full)
    assert (empty, full) == ({"TERM": "xterm"}, {"NO_COLOR": "1"})


def test_only_terminals_known_for_it_are_erased_in_colour() -> None:
    assert erases_in_colour({"TERM": "xterm-256color"})
    assert not erases_in_colour({"TERM": "screen-256color"})
    assert not erases_in_colour({"TERM": "xterm", "STY": "1.screen"})
