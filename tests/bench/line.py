"""`python -m tests.bench.line`: reps at once, each at a board of their own, on one file: at the box
itself, over a thin line each, and over one that all of them share.

Prints what a key takes until its answer is on the screen, and keeps it in `line.md`.
"""

from __future__ import annotations

import argparse
import os
import random
import select
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

from tests.bench.programs import database, scratch
from tests.bench.session import HEIGHT, WIDTH, Session

DEALS = 10_000
KEPT_IN = Path(__file__).with_name("line.md")
CURSOR, MOVES, LOOKS = (b"j", b"k", b"h", b"l"), (b"L", b"H"), (b"T", b"\x1b", b"\r", b"\x1b")
PAUSE_S = (1.0, 3.0)
"""How long a rep looks at what a key brought before the next."""
FRAME_S = 0.05
"""Silence of the board after which a key's answer is over; the deal beside the board follows later,
and is counted in the bytes."""
PATIENCE_S = 120.0


@dataclass(frozen=True)
class Line:
    """Bytes a second towards a rep (none: as many as come), or towards all of them where it is
    shared; seconds that everything is under way, in each direction; and what is configured."""

    name: str
    reps: int
    bytes_s: float | None = None
    delay_s: float = 0.0
    is_shared: bool = False
    configured: str = ""


LINES = (
    Line("ten reps at the box", 10),
    Line("one rep, 64 kbit/s, 150 ms", 1, 8_000.0, 0.075),
    Line("twenty reps, 64 kbit/s, 150 ms each", 20, 8_000.0, 0.075),
    Line(
        'twenty reps share 64 kbit/s, 150 ms: `pane = false`, `follow = "slow"`',
        20,
        8_000.0,
        0.075,
        is_shared=True,
        configured='pane = false\nfollow = "slow"\n',
    ),
)
"""Milliseconds are there and back."""


@dataclass
class Rep:
    """A board on a pseudo-terminal, and who sits at the far end of the line."""

    board: Session
    rng: random.Random
    keys: deque[bytes] = field(default_factory=deque)
    next_key: float = 0.0
    pressed: float | None = None
    kind: str = ""
    arrives: float = 0.0
    """When the key that was pressed is at the board."""
    last_read: float = 0.0
    shown: float = 0.0
    """When the last byte of the answer is on the screen."""


@dataclass
class Measured:
    """What was seen on a line."""

    took: dict[str, list[float]] = field(default_factory=dict)
    opened: list[float] = field(default_factory=list)
    keys: int = 0
    sent: int = 0


class Wire:
    """The way back: bytes follow each other at the line's pace, then are under way for a while."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._free_at: dict[Session | None, float] = {}

    def arrival(self, rep: Rep, now: float, count: int) -> float:
        """When so many bytes that are sent to a rep now have all arrived."""
        if self._line.bytes_s is None:
            return now + self._line.delay_s
        wire = None if self._line.is_shared else rep.board
        free_at = max(self._free_at.get(wire, 0.0), now) + count / self._line.bytes_s
        self._free_at[wire] = free_at
        return free_at + self._line.delay_s


@contextmanager
def boards(path: Path, line: Line) -> Iterator[list[Rep]]:
    """The boards of a line on that file; ended at the end."""
    configuration = path.with_name("config.toml")
    configuration.write_text(line.configured)
    with ExitStack() as stack:
        yield [
            Rep(stack.enter_context(_board(path, configuration, number)), random.Random(number))
            for number in range(line.reps)
        ]


def _board(path: Path, configuration: Path, number: int) -> Session:
    return Session(
        (sys.executable, "-m", "pipeboard", "--db", str(path)),
        {
            "COLORTERM": "",
            "SSH_CONNECTION": "reps",
            "PIPEBOARD_CONFIG": str(configuration),
            "XDG_STATE_HOME": str(path.parent / f"state{number}"),
        },
    )


def measure(line: Line, seconds: float) -> Measured:
    """What keys take on that line, all reps at work for so long."""
    found, wire = Measured(), Wire(line)
    with scratch(database(DEALS)) as path, boards(path, line) as reps:
        begun = time.monotonic()
        _open(reps, wire, found, begun)
        found.sent = 0
        start = time.monotonic()
        for rep in reps:
            rep.next_key = start + rep.rng.uniform(0, PAUSE_S[1])
        while time.monotonic() < start + seconds or any(rep.pressed for rep in reps):
            over = time.monotonic() >= start + seconds
            for rep in reps:
                _type(rep, line, found, over=over)
            _read(reps, wire, found, 0.005)
            for rep in reps:
                _see(rep, found)
    return found


def _open(reps: Sequence[Rep], wire: Wire, found: Measured, begun: float) -> None:
    """Until every board has stood still for a second, and all of it has arrived."""
    while any(
        not rep.last_read or time.monotonic() < max(rep.last_read + 1.0, rep.shown) for rep in reps
    ):
        if time.monotonic() - begun > PATIENCE_S:
            raise TimeoutError("not all boards have come up")
        _read(reps, wire, found, 0.05)
    found.opened = [rep.shown - begun for rep in reps]


def _type(rep: Rep, line: Line, found: Measured, *, over: bool) -> None:
    """The next key, once the answer to the last was looked at; it is under way for a while."""
    now = time.monotonic()
    if rep.pressed is None:
        if over or now < rep.next_key:
            return
        if not rep.keys:
            kind = rep.rng.choices((CURSOR, MOVES, LOOKS), (80, 8, 12))[0]
            if kind is LOOKS:
                at = rep.rng.choice((0, 2))
                rep.keys.extend(LOOKS[at : at + 2])
            else:
                rep.keys.append(rep.rng.choice(kind))
        rep.pressed, rep.arrives, rep.shown = now, now + line.delay_s, 0.0
        key = rep.keys[0]
        rep.kind = "cursor" if key in CURSOR else "move" if key in MOVES else "another screen"
    elif rep.keys and now >= rep.arrives:
        rep.board.type(rep.keys.popleft())
        found.keys += 1
        rep.last_read = time.monotonic()


def _read(reps: Sequence[Rep], wire: Wire, found: Measured, seconds: float) -> None:
    for board in select.select([rep.board for rep in reps], [], [], seconds)[0]:
        rep = next(rep for rep in reps if rep.board is board)
        if not board.read(0):
            raise RuntimeError("a board has ended")
        burst = board.bursts[-1]
        rep.last_read = burst.at
        rep.shown = wire.arrival(rep, burst.at, len(burst.data))
        found.sent += len(burst.data)


def _see(rep: Rep, found: Measured) -> None:
    """Takes the answer as whole when the board is silent and all of it has arrived."""
    now = time.monotonic()
    waits = rep.pressed is not None and now >= rep.arrives and not _is_under_way(rep)
    if rep.pressed is None or not waits or now < max(rep.shown, rep.last_read + FRAME_S):
        return
    if rep.shown or now > rep.last_read + 1.0:
        if rep.shown:
            found.took.setdefault(rep.kind, []).append((rep.shown - rep.pressed) * 1000)
        rep.pressed = None
        rep.next_key = now + rep.rng.uniform(*PAUSE_S)


def _is_under_way(rep: Rep) -> bool:
    """Whether the key that was pressed has not been handed to the board yet."""
    return bool(rep.keys) and rep.last_read < rep.arrives


def row(line: Line, found: Measured) -> str:
    """A line of the table."""
    cells = []
    for kind in ("cursor", "move", "another screen"):
        took = sorted(found.took.get(kind, ()))
        if len(took) < 2:
            cells.append("n/a")
            continue
        cells.append(f"{median(took):.0f} / {quantiles(took, n=20)[-1]:.0f}")
    each = found.sent / max(1, found.keys)
    opened = f"{median(found.opened):.1f} / {max(found.opened):.1f}"
    return f"| {line.name} | {opened} | {' | '.join(cells)} | {each:,.0f} | {found.keys} |"


def main() -> None:
    """Measures, prints, keeps."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.line", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the reps work")
    parser.add_argument("--no-keep", action="store_true", help="leave line.md as it is")
    asked = parser.parse_args()
    load = os.getloadavg()[0]
    lines = [
        f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, load {load:.1f},"
        f" {DEALS:,} deals, {WIDTH}x{HEIGHT}, 256 colours: a key every"
        f" {PAUSE_S[0]:.0f} to {PAUSE_S[1]:.0f} s a rep, {asked.seconds:.0f} s long.",
        "",
        "| On | open, s: middle / last | cursor key, ms: p50 / p95 | card moved | another screen"
        " | bytes a key | keys |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for line in LINES:
        print(f"{line.name}…", file=sys.stderr)
        lines.append(row(line, measure(line, asked.seconds)))
    report = "\n".join(lines) + "\n"
    print(report)
    if not asked.no_keep:
        KEPT_IN.write_text(report)


if __name__ == "__main__":
    main()
