"""A program on a pseudo-terminal: what it writes, when, and what CPU time it took until then."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.bench.cells import Screen

ROOT = Path(__file__).parents[2]
WIDTH, HEIGHT = 120, 40
PATIENCE_S = 60.0
QUIET_S = 0.06
ESCAPE_S = 0.25
FRAME_GAP_S = 0.004
BUSY = 0.3
"""Share of a core above which a program that writes nothing is still at work."""

_QUERY = re.compile(rb"\x1b\[(?:(\?[0-9]+)\$p|(>?)[0-9]*c|(6)n)|\x1bP\+q([0-9a-fA-F;]*)\x1b\\")


@dataclass(frozen=True, slots=True)
class Burst:
    """Bytes that were read at once, when (seconds), and the CPU seconds used until then."""

    at: float
    cpu: float
    data: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What followed a key: milliseconds of CPU, and what was sent in how many frames."""

    cpu_ms: float
    sent: bytes
    frames: int
    last_ms: float


class Session:
    """Runs a program in a terminal of 120x40 that knows true colour and synchronised output."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str] | None = None) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "USER") if name in os.environ}
        self.screen = Screen(WIDTH, HEIGHT)
        self.bursts: list[Burst] = []
        self._parsed, self._answered = 0, b""
        self._master, slave = pty.openpty()
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
        self.begun = time.monotonic()
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            cwd=ROOT,
            env={
                **kept,
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                "LANG": "C.UTF-8",
                "PYTHONPATH": str(ROOT),
                **(environ or {}),
            },
        )
        os.close(slave)
        # The kernel's clock of another process: nanoseconds of all its threads.
        self._clock = (~self.process.pid << 3) | 2

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._master)

    @property
    def sent(self) -> int:
        """Bytes that the program has written so far."""
        return sum(len(burst.data) for burst in self.bursts)

    def cpu(self) -> float:
        """Seconds of CPU time that the program has used; the last known once it has ended."""
        try:
            return time.clock_gettime(self._clock)
        except OSError:
            return self.bursts[-1].cpu if self.bursts else 0.0

    def wait_until(self, seen: Callable[[Screen], bool], what: str) -> Burst:
        """Reads until the screen satisfies `seen`; the burst that made it so."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            while self._parsed < len(self.bursts):
                burst = self.bursts[self._parsed]
                self.screen.feed(burst.data)
                self._parsed += 1
                if seen(self.screen):
                    return burst
            if time.monotonic() > deadline or not self.read(0.05):
                raise TimeoutError(f"never saw {what} on\n{self.screen.text()}")

    def wait_for(self, text: str) -> Burst:
        """Reads until the text is on the screen."""
        return self.wait_until(lambda screen: text in screen.text(), repr(text))

    def settle(self, quiet_s: float = QUIET_S) -> None:
        """Reads until nothing is written and nothing computed for a while."""
        calm_since, cpu, then = time.monotonic(), self.cpu(), time.monotonic()
        deadline = then + PATIENCE_S
        while time.monotonic() < deadline:
            count = len(self.bursts)
            if not self.read(0.01):
                break
            now, used = time.monotonic(), self.cpu()
            if len(self.bursts) > count or used - cpu > BUSY * (now - then) or self._is_waiting():
                calm_since = now
            cpu, then = used, now
            if now - calm_since >= quiet_s:
                break
        self.parse()

    def parse(self) -> None:
        """Brings the screen up to what was read."""
        for burst in self.bursts[self._parsed :]:
            self.screen.feed(burst.data)
        self._parsed = len(self.bursts)

    def type(self, keys: bytes) -> None:
        """Sends keys without waiting for an answer."""
        os.write(self._master, keys)

    def press(self, keys: bytes) -> Answer:
        """Sends a key and measures all that follows from it."""
        first, cpu, at = len(self.bursts), self.cpu(), time.monotonic()
        self.type(keys)
        self.settle()
        return self._answer(first, cpu, at)

    def escape(self) -> None:
        """Presses Esc, and waits until it cannot be the begin of a sequence any more."""
        self.type(b"\x1b")
        self.settle(ESCAPE_S)

    def hold(self, keys: Sequence[bytes], rate: float) -> Answer:
        """Presses keys at so many a second; `last_ms` counts from the last of them."""
        first, cpu, begun = len(self.bursts), self.cpu(), time.monotonic()
        for number, key in enumerate(keys):
            while (left := begun + number / rate - time.monotonic()) > 0:
                self.read(left)
            self.type(key)
        at = time.monotonic()
        self.settle(0.2)
        return self._answer(first, cpu, at)

    def idle(self, seconds: float) -> tuple[float, int]:
        """CPU milliseconds a second, and bytes, while nobody touches a key."""
        first, cpu, begun = len(self.bursts), self.cpu(), time.monotonic()
        while (left := begun + seconds - time.monotonic()) > 0:
            self.read(left)
        used = (self.cpu() - cpu) * 1000 / (time.monotonic() - begun)
        return used, sum(len(burst.data) for burst in self.bursts[first:])

    def leave(self, keys: bytes) -> float:
        """Milliseconds from the key that ends the program to its end."""
        at = time.monotonic()
        self.type(keys)
        while self.process.poll() is None:
            if time.monotonic() - at > PATIENCE_S:
                raise TimeoutError("the program does not end")
            self.read(0.002)
        return (time.monotonic() - at) * 1000

    def memory_kb(self, name: str) -> int:
        """A line of the kernel's account of the process: `VmHWM`, or `Pss` for its fair share."""
        file = "smaps_rollup" if name == "Pss" else "status"
        account = Path(f"/proc/{self.process.pid}/{file}").read_text()
        found = re.search(rf"^{name}:\s+(\d+) kB", account, re.MULTILINE)
        return int(found[1]) if found else 0

    def _answer(self, first: int, cpu: float, at: float) -> Answer:
        bursts = self.bursts[first:]
        frames, before = 0, 0.0
        for burst in bursts:
            frames += burst.at - before > FRAME_GAP_S
            before = burst.at
        last_ms = (bursts[-1].at - at) * 1000 if bursts else 0.0
        sent = b"".join(burst.data for burst in bursts)
        return Answer((self.cpu() - cpu) * 1000, sent, frames, last_ms)

    def _is_waiting(self) -> bool:
        """Whether it would run if it had a core: on a busy machine silence is no calm."""
        with suppress(OSError):
            state = Path(f"/proc/{self.process.pid}/stat").read_text()
            return state.rpartition(")")[2].split()[0] == "R"
        return False

    def fileno(self) -> int:
        """What to wait on where several sessions are read."""
        return self._master

    def read(self, seconds: float) -> bool:
        """Reads what is there within that time; False once the program has ended."""
        if not select.select([self._master], [], [], seconds)[0]:
            return self.process.poll() is None
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:
            return False
        self.bursts.append(Burst(time.monotonic(), self.cpu(), data))
        self._reply(data)
        return True

    def _reply(self, data: bytes) -> None:
        """Answers what the program asks of its terminal, as a modern one does."""
        asked = self._answered + data
        end = 0
        for query in _QUERY.finditer(asked):
            mode, kind, position, names = query.groups()
            end = query.end()
            if mode:
                state = 2 if mode in (b"?2026", b"?2004", b"?25") else 0
                self.type(b"\x1b[%s;%d$y" % (mode, state))
            elif position:
                self.parse()
                self.type(b"\x1b[%d;%dR" % self.screen.cursor())
            elif names is not None:
                self.type(b"\x1bP0+r\x1b\\")
            else:
                self.type(b"\x1b[>41;379;0c" if kind else b"\x1b[?64;1;2c")
        self._answered = asked[end:][-32:] if end else asked[-32:]
