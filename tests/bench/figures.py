"""What is measured of a program, and how often: its start, its keys, its rest and its end."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.cells import Screen, ideal_bytes
from tests.bench.programs import Program, board
from tests.bench.session import Session

CURSOR = (b"j", b"j", b"k", b"j", b"l", b"j", b"h", b"k")
MOVES = (b"L", b"H")
DOWN = b"\x1b[B"
REPEATS = 12
HELD, RATE = 90, 30.0
IDLE_S = 4.0

Samples = dict[str, list[float]]


@dataclass
class Figures:
    """Samples by what was measured, of one program."""

    samples: Samples = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        self.samples.setdefault(name, []).append(value)

    def median(self, name: str) -> float:
        """The middle of the samples; `KeyError` when there is none."""
        return statistics.median(self.samples[name])

    def high(self, name: str) -> float:
        """The value that 95 of 100 samples stay below or at."""
        ordered = sorted(self.samples[name])
        return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def measure_start(program: Program, figures: Figures, first_key: bytes = b"") -> None:
    """CPU until there is something to see, until the first key is answered, bytes until calm."""
    with program.run() as session:
        seen = session.wait_for(program.seen)
        figures.add("start cpu", seen.cpu * 1000)
        figures.add("start wall", (seen.at - session.begun) * 1000)
        if first_key:
            before = _style_of(session.screen, program.seen)
            session.type(first_key)
            answered = session.wait_until(
                lambda screen: _style_of(screen, program.seen) != before, "an answer to a key"
            )
            figures.add("answer cpu", answered.cpu * 1000)
        session.settle(0.3)
        figures.add("start bytes", session.sent)
        figures.add("settled cpu", session.cpu() * 1000)
        figures.add("settled memory", session.memory_kb("VmHWM"))
        figures.add("leave", session.leave(program.leave))


def _style_of(screen: Screen, text: str) -> object:
    """How the place on the screen where that text stands is painted."""
    for row, line in enumerate(screen.text().split("\n")):
        if (column := line.find(text)) >= 0:
            return row, screen.grid()[row][max(column - 3, 0) : column + len(text)]
    return None


def measure_keys(program: Program, figures: Figures, keys: Sequence[bytes], name: str) -> None:
    """What keys cost in a session of its own, after some to warm up."""
    with _settled(program) as session:
        for key in keys:
            session.press(key)
        for _ in range(REPEATS):
            for key in keys:
                _measure_key(session, figures, key, name)


def measure_board(path: Path, figures: Figures, *, long: bool) -> None:
    """Cursor, moves there and back, a deal and a filter; when `long`, held keys and rest too."""
    with _settled(board(path, path.name)) as session:
        for key in (*CURSOR, *MOVES):
            session.press(key)
        for _ in range(REPEATS):
            for key in CURSOR:
                _measure_key(session, figures, key, "cursor")
            for key in MOVES:
                _measure_key(session, figures, key, "move")
        _measure_others(session, figures)
        if long:
            held = session.hold([b"j" if n // 15 % 2 == 0 else b"k" for n in range(HELD)], RATE)
            figures.add("held lag", held.last_ms)
            figures.add("held bytes", len(held.sent) / HELD)
            cpu, sent = session.idle(IDLE_S)
            figures.add("idle cpu", cpu)
            figures.add("idle bytes", sent)
        figures.add("peak memory", session.memory_kb("VmHWM"))


def _measure_key(session: Session, figures: Figures, key: bytes, name: str) -> None:
    before = session.screen.grid()
    answer = session.press(key)
    best = ideal_bytes(before, session.screen.grid())
    figures.add(f"{name} cpu", answer.cpu_ms)
    figures.add(f"{name} bytes", len(answer.sent))
    figures.add(f"{name} frames", answer.frames)
    if best:
        figures.add(f"{name} ideal", best)
        figures.add(f"{name} over ideal", len(answer.sent) / best)


def _measure_others(session: Session, figures: Figures) -> None:
    """Opening a deal and leaving it, letters of a filter, the day's queue and a step in it, each
    after a first time."""
    for number in range(4):
        opened = session.press(b"\r")
        session.escape()
        session.press(b"/")
        letters = [session.press(letter) for letter in (b"m", b"a", b"r")]
        session.escape()
        session.escape()
        triage, step = session.press(b"T"), session.press(b"j")
        session.press(b"q")
        if number:
            figures.add("triage cpu", triage.cpu_ms)
            figures.add("triage step cpu", step.cpu_ms)
            figures.add("open cpu", opened.cpu_ms)
            for letter in letters:
                figures.add("filter cpu", letter.cpu_ms)


def measure_counting(path: Path, figures: Figures) -> None:
    """How long a key waits on the metrics screen while its first numbers are counted."""
    with _settled(board(path, path.name)) as session:
        session.type(b"M")
        session.wait_for("counting")
        for number, tab in enumerate(("Funnel", "Ageing", "Forecast", "Activity", "Losses"), 2):
            at = time.monotonic()
            session.type(str(number).encode())
            shown = session.wait_for(f"[{number} {tab}]")
            figures.add("key while counting", (shown.at - at) * 1000)
        session.settle()


def measure_rest(program: Program, figures: Figures) -> None:
    """What a program costs while nobody touches it."""
    with _settled(program) as session:
        cpu, sent = session.idle(IDLE_S)
        figures.add("idle cpu", cpu)
        figures.add("idle bytes", sent)
        figures.add("peak memory", session.memory_kb("VmHWM"))


def measure_crowd(program: Program, figures: Figures, count: int = 10) -> None:
    """A session's fair share of memory when so many run at once."""
    with ExitStack() as stack:
        sessions = [stack.enter_context(_settled(program)) for _ in range(count)]
        shares = [session.memory_kb("Pss") for session in sessions]
        figures.add("crowd memory", statistics.mean(shares))


@contextmanager
def _settled(program: Program) -> Iterator[Session]:
    with program.run() as session:
        session.wait_for(program.seen)
        session.settle(0.3)
        yield session


def interleaved(
    rounds: int, steps: Sequence[Callable[[], None]], said: Callable[[int], None]
) -> None:
    """Runs the steps in turn, the order turned round each time, so that a slow spell of the
    machine hits all of them."""
    for number in range(rounds):
        said(number)
        for step in steps if number % 2 == 0 else reversed(steps):
            step()
