"""Other programs on our terminal, signals and lost lines: the board goes on, or leaves well."""

from __future__ import annotations

import asyncio
import os
import pty
import random
import signal
import time
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.errors import DatabaseError
from pipeboard.store.patience import Patience
from pipeboard.ui.terminal.drivers import TerminalDriver
from tests.team import NOW
from tests.ui.desk import desk
from tests.ui.pseudo_terminal import PseudoTerminal
from tests.ui.test_terminal_session import assert_left_clean

THOROUGH = bool(os.environ.get("PIPEBOARD_THOROUGH"))


def board(demo: Path, *, width: int = 80, height: int = 24, **environ: str) -> PseudoTerminal:
    return PseudoTerminal(
        ["-m", "pipeboard", "--db", str(demo)],
        width=width,
        height=height,
        environ={"HOME": str(demo.parent), "PIPEBOARD_NOW": NOW.isoformat(), **environ},
    )


def wait_for_board(terminal: PseudoTerminal) -> None:
    terminal.wait_for_text("Lead")
    terminal.wait_for_bytes(b"\x1b[?1004h")


def script(folder: Path, text: str) -> str:
    path = folder / "editor"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o700)
    return str(path)


def write_note(terminal: PseudoTerminal, text: str) -> None:
    wait_for_board(terminal)
    terminal.type("n")
    terminal.wait_for_text("Note")
    terminal.type(text)
    terminal.wait_for_text(text)


def test_a_board_that_has_stored_a_note_has_not_loaded_openssl(demo: Path) -> None:
    with board(demo) as terminal:
        write_note(terminal, "call Zoe")
        terminal.type("\r")
        terminal.wait_for_text("u undo")
        maps = Path(f"/proc/{terminal.process.pid}/maps")
        if not maps.exists():
            pytest.skip("no /proc to see what a process has loaded")
        loaded = maps.read_text()
    assert "libsqlite3" in loaded or "_sqlite3" in loaded
    assert "libcrypto" not in loaded
    assert "libssl" not in loaded


EDITORS = {
    "missing": "",
    "fails": "exit 3",
    "is killed": "kill -9 $$",
    "leaves the keyboard raw": "stty raw -echo; exit 1",
    "leaves its screen": r"printf '\033[?1049h\033[5;9r\033[?6h\033[4h\033[7m\033='; exit 1",
    "hangs until ctrl+c": "exec sleep 60",
    "stops signals": "stty -isig; exit 1",
}


@pytest.mark.parametrize("how", EDITORS)
def test_whatever_an_editor_does_the_board_goes_on_with_the_text(
    demo: Path, tmp_path: Path, how: str
) -> None:
    editor = script(tmp_path, f"echo begun >&2\n{EDITORS[how]}") if EDITORS[how] else "/no/editor"
    with board(demo, EDITOR=editor) as terminal:
        write_note(terminal, "call Zoe")
        terminal.type("\x07")
        if how.startswith("hangs"):
            terminal.wait_for_bytes(b"begun")
            terminal.type("\x03")
        terminal.wait_for(lambda: terminal.raw.count(b"\x1b[?1049h") >= 2, "the way back")
        terminal.wait_for_text("editor")
        terminal.wait_for_text("call Zoe")
        terminal.type(" again")
        terminal.wait_for_text("call Zoe again")
        terminal.type("\x13")
        terminal.wait_for_text("Noted")
        terminal.type("q")
        assert terminal.wait_for_end() == 0
        assert_left_clean(terminal)
        assert terminal.attributes() == terminal.attributes_before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_an_editor_has_the_terminal_ends_both_and_keeps_the_text(
    demo: Path, tmp_path: Path, number: signal.Signals
) -> None:
    editor = script(tmp_path, "stty raw -echo\necho $$ > $0.pid\necho begun >&2\nexec sleep 60")
    with board(demo, EDITOR=editor) as terminal:
        write_note(terminal, "call Zoe")
        terminal.type("\x07")
        terminal.wait_for_bytes(b"begun")
        terminal.process.send_signal(number)
        assert terminal.wait_for_end() == 128 + number
        assert_left_clean(terminal)
        assert terminal.attributes() == terminal.attributes_before
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "editor.pid").read_text()), 0)
    with board(demo) as terminal:
        wait_for_board(terminal)
        terminal.type("n")
        terminal.wait_for_text("call Zoe")


@pytest.mark.parametrize("keys", ["", "a", "m", "e", "?", "M?"])
def test_after_ctrl_z_another_size_and_fg_the_screen_is_right(demo: Path, keys: str) -> None:
    right = fresh(demo, keys, 100, 30)
    with board(demo) as terminal:
        open_by(terminal, keys)
        terminal.type("\x1a")
        terminal.wait_for_stop()
        assert terminal.is_as_found()
        terminal.resize(100, 30)
        since = len(terminal.raw)
        terminal.process.send_signal(signal.SIGCONT)
        terminal.wait_for_bytes(b"\x1b[?1049h", since)
        terminal.wait_for(lambda: terminal.lines() == right, "\n".join(right))
        terminal.type("\x1b")
        terminal.wait_for_quiet()
        terminal.type("\x11")
        assert terminal.wait_for_end() == 0


def test_stopped_and_continued_from_outside_it_draws_again_and_hears_each_key_once(
    demo: Path,
) -> None:
    with board(demo) as terminal:
        wait_for_board(terminal)
        terminal.wait_for_quiet()
        shown = terminal.lines()
        for number in (signal.SIGSTOP, signal.SIGCONT, signal.SIGCONT):
            terminal.process.send_signal(number)
            if number == signal.SIGSTOP:
                terminal.wait_for_stop()
        terminal.wait_for(lambda: terminal.raw.count(b"\x1b[?1049h") >= 2, "the way back")
        terminal.wait_for(lambda: terminal.lines() == shown, "the board again")
        terminal.type("a")
        terminal.wait_for_text("Add")
        terminal.type("abcdefgh")
        terminal.wait_for_text("abcdefgh")


def test_a_reader_that_is_to_stop_when_it_has_just_begun_stops(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It waits for keys without an end: what wakes it must reach it however late it is told why."""

    class SlowEvent(Event):
        def set(self) -> None:
            time.sleep(0.2)  # the reader begins meanwhile, and looks for what is to be read
            super().set()

    ours, theirs = pty.openpty()
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    driver = object.__new__(TerminalDriver)
    vars(driver).update(_app=None, _debug=False, _mouse=False, fileno=theirs)
    driver.exit_event = SlowEvent()
    driver._wake_reader, driver._wake_writer = os.pipe()
    os.set_blocking(driver._wake_reader, False)
    for _ in range(3):
        thread = Thread(target=driver.run_input_thread, daemon=True)
        vars(driver)["_key_thread"] = SimpleNamespace(join=lambda one=thread: one.join(10))
        thread.start()
        driver.disable_input()
        assert not thread.is_alive()
    for descriptor in (ours, theirs, driver._wake_reader, driver._wake_writer):
        with suppress(OSError):
            os.close(descriptor)


def test_sizes_that_change_while_it_starts_leave_the_right_screen(demo: Path) -> None:
    right = fresh(demo, "", 100, 30)
    with board(demo) as terminal:
        for width in (*range(60, 100, 2), 80, 81, 80, 100):
            terminal.resize(width, 30)
            terminal.read_for(0.005)
        terminal.wait_for(lambda: terminal.lines() == right, "\n".join(right))


def open_by(terminal: PseudoTerminal, keys: str) -> None:
    """Types the keys that open an overlay, if any, and waits until it is there."""
    wait_for_board(terminal)
    terminal.wait_for_quiet()
    if keys:
        terminal.type(keys)
        terminal.wait_for(lambda: "Esc C" in terminal.lines()[-1], "an overlay")
        terminal.wait_for_quiet()


def fresh(demo: Path, keys: str, width: int, height: int) -> list[str]:
    """What the same keys lead to on a terminal that always had this size."""
    with board(demo, width=width, height=height) as terminal:
        open_by(terminal, keys)
        return terminal.lines()


def test_a_paste_that_holds_escapes_is_text_on_a_real_terminal_too(demo: Path) -> None:
    paste = b"\x1b[200~hello \x1b[31mLLd\x07 \xc3\x1b[20", b"1~"
    with board(demo) as terminal:
        wait_for_board(terminal)
        terminal.type(paste[0])
        terminal.read_for(0.2)
        terminal.type(paste[1])
        terminal.wait_for_text("Nothing is pasted here")
        write_note(terminal, "said:")
        terminal.type(" ")
        terminal.type(paste[0])
        terminal.type(paste[1])
        terminal.wait_for_text("said: hello [31mLLd")
        terminal.type("\r")
        terminal.wait_for_text("Noted")


def test_a_million_pasted_characters_do_no_harm(demo: Path) -> None:
    with board(demo) as terminal:
        write_note(terminal, "said:")
        terminal.paste("word " * 200_000)
        terminal.wait_for_text("^s Save")
        terminal.type("\x13")
        terminal.wait_for_text("1,000,004 characters")
        terminal.type("\x1b")
        terminal.wait_for_quiet()
        assert terminal.process.poll() is None


OPENERS = ["a", "n", "e", "t", "m", "s", "v", "?", ":", "f", "/", "Q", "\r", "M", "\x1b", "j", "l"]
SIGNALS = [signal.SIGTERM, signal.SIGHUP, None]


@pytest.mark.parametrize("seed", range(300 if THOROUGH else 15))
def test_keys_sizes_and_a_signal_in_any_order_end_well(demo: Path, seed: int) -> None:
    chance = random.Random(seed)
    number = chance.choice(SIGNALS)
    with board(demo) as terminal:
        if number is None or chance.random() < 0.7:
            wait_for_board(terminal)
        for _ in range(chance.randint(1, 12)):
            terminal.type(chance.choice(OPENERS))
            if chance.random() < 0.5:
                terminal.resize(chance.randint(1, 240), chance.randint(1, 80))
            terminal.read_for(chance.choice([0, 0, 0.01, 0.05]))
        if number is None:
            terminal.hang_up()
            assert terminal.wait_for_end() == 128 + signal.SIGHUP
        else:
            terminal.wait_for_bytes(b"\x1b[?1004h")
            terminal.type(chance.choice(OPENERS) * 3)
            terminal.read_for(chance.choice([0, 0, 0.002, 0.01]))
            terminal.process.send_signal(number)
            assert terminal.wait_for_end() == 128 + number
            assert_left_clean(terminal)
            assert b"error of its own" not in terminal.raw
    log = demo.parent / ".local/state/pipeboard/pipeboard.log"
    assert not log.exists(), log.read_text()


@pytest.mark.parametrize("is_stored", [True, False], ids=["in time", "too late"])
async def test_what_is_stored_while_the_board_is_told_to_end_is_not_told_as_lost(
    demo: Path, monkeypatch: pytest.MonkeyPatch, is_stored: bool
) -> None:
    loop, told, commit = asyncio.get_running_loop(), Event(), Patience.commit
    async with desk(demo) as board:
        app, deal_id = board.app, board.card.id
        save = app.save_drafts

        def saves() -> None:
            save()
            told.set()

        def is_told_to_end(*line: Any) -> None:
            loop.call_soon_threadsafe(app.leave, 129)
            assert told.wait(20)
            if not is_stored:
                raise DatabaseError("The disk fails.", details={"reason": "io"})
            commit(*line)

        monkeypatch.setattr(app, "save_drafts", saves)
        await board.press("n")
        await board.type("call Zoe")
        monkeypatch.setattr(Patience, "commit", is_told_to_end)
        await board.pilot.press("enter")
        await board.until(lambda: app.return_code == 129)
        notes = [note.text for note in board.workspace.reader.history.notes(deal_id)]
        kept = set(app.drafts.all().values())
    assert ("call Zoe" in notes) is is_stored
    assert ("call Zoe" in kept) is not is_stored
    assert not is_stored or not kept
