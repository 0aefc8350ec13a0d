"""A program in the foreground: its ^C is its own, and whatever ends us ends it too."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import FrameType

import pytest

from pipeboard import foreground

TO_US = "import os, signal; os.kill(os.getppid(), signal.{})"


class Ended(BaseException):
    """What a handler of ours raises."""


def _end(number: int, frame: FrameType | None) -> None:
    raise Ended(number)


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Every signal that could end this program raises, as on the board."""
    numbers = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, _end) for number in numbers}
    yield
    for number in numbers:
        assert signal.getsignal(number) is _end
        signal.signal(number, before[number])


@pytest.mark.parametrize(("text", "code"), [("", 0), ("exit(3)", 3)])
def test_the_exit_code_is_the_programs(text: str, code: int) -> None:
    assert foreground.run([sys.executable, "-c", text]) == code


def test_a_program_that_a_signal_ends_says_which() -> None:
    assert foreground.run(["sh", "-c", "kill -9 $$"]) == -signal.SIGKILL


@pytest.mark.parametrize(
    ("code", "said"),
    [(3, "ended with 3"), (-9, "was ended by SIGKILL"), (-35, "was ended by signal 35")],
)
def test_how_a_program_ended_is_said_in_words(code: int, said: str) -> None:
    assert foreground.how_it_ended(code) == said


@pytest.mark.parametrize("words", [["/no/such/program"], ["with\0null"]])
def test_a_program_that_cannot_be_started_raises(words: list[str]) -> None:
    with pytest.raises((OSError, ValueError)):
        foreground.run(words)


@pytest.mark.parametrize("name", ["SIGINT", "SIGQUIT"])
def test_what_the_keyboard_sends_is_meant_for_the_program(name: str) -> None:
    assert foreground.run([sys.executable, "-c", TO_US.format(name)]) == 0
    with pytest.raises(Ended):
        signal.raise_signal(getattr(signal, name))


def test_what_is_ignored_stays_so_for_the_program_and_what_is_handled_does_not(
    tmp_path: Path,
) -> None:
    kept = tmp_path / "kept"
    told = f"import signal; open({str(kept)!r}, 'w').write(repr([signal.getsignal(number) in ("
    told += "signal.SIG_IGN,) for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)]))"
    signal.signal(signal.SIGQUIT, signal.SIG_IGN)
    try:
        assert foreground.run([sys.executable, "-c", told]) == 0
        assert signal.getsignal(signal.SIGQUIT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGQUIT, _end)
    assert kept.read_text() == "[False, True, False]"


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("when", ["before it is known", "while it runs"])
def test_what_ends_us_ends_the_program(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, when: str
) -> None:
    number, begun = getattr(signal, name), tmp_path / "begun"
    started: list[subprocess.Popen[bytes]] = []

    class Started(subprocess.Popen[bytes]):
        def __init__(self, words: list[str]) -> None:
            super().__init__(words)
            started.append(self)
            if when == "before it is known":
                signal.raise_signal(number)

    monkeypatch.setattr(subprocess, "Popen", Started)
    to_us = "" if when == "before it is known" else f"kill -{int(number)} {os.getpid()};"
    with pytest.raises(Ended):
        foreground.run(["sh", "-c", f"touch {begun}; {to_us} sleep 60"])
    assert [running.returncode for running in started] == [-signal.SIGTERM]
    assert begun.exists() or when == "before it is known"


@pytest.mark.parametrize("first", range(4))
@pytest.mark.parametrize("way", ["begun", "over"])
def test_a_second_signal_leaves_no_handler_of_the_program(
    monkeypatch: pytest.MonkeyPatch, first: int, way: str
) -> None:
    """It comes while handlers are being set, or put back."""
    real, calls, begins = signal.signal, 0, 4 if way == "over" else 0

    def set_one(number: signal.Signals, handler: object) -> object:
        nonlocal calls
        calls += 1
        if calls == begins + first + 1:
            signal.raise_signal(signal.SIGTERM)
        return real(number, handler)  # type: ignore[arg-type]

    monkeypatch.setattr(signal, "signal", set_one)
    with suppress(Ended):
        foreground.run([sys.executable, "-c", ""])
    monkeypatch.undo()
    assert calls > begins + first
    numbers = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP)
    assert [signal.getsignal(number) for number in numbers] == [_end] * 4
