"""A program run on a pseudo-terminal: its bytes, its screen, and the person at the keys."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyte

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 20.0
_QUIET_SECONDS = 1.0

# Sequences with private markers, most of which pyte would print.
_PRIVATE = re.compile(rb"\x1b\[[<>=?][0-9;]*\$?[a-zA-Z]")
_KEPT_BY_THE_SHELL = termios.ECHO | termios.ICANON | termios.ISIG


class PseudoTerminal:
    """A Python program under test on a terminal of its own; ended and closed with the context."""

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        width: int = 80,
        height: int = 24,
        environ: Mapping[str, str] | None = None,
        before: Callable[[], Any] | None = None,
    ) -> None:
        self.raw = b""
        self._master, self._slave = pty.openpty()
        self.resize(width, height)
        self.attributes_before = termios.tcgetattr(self._slave)

        def take_terminal() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            if before is not None:
                before()

        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}}
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            start_new_session=True,
            preexec_fn=take_terminal,
            env={
                **kept,
                "TERM": "xterm-256color",
                "PYTHONPATH": str(ROOT),
                "LANG": "C.UTF-8",
                **(environ or {}),
            },
        )

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
        self.hang_up()
        os.close(self._slave)

    def type(self, keys: str | bytes) -> None:
        """Type these keys, all at once."""
        os.write(self._master, keys.encode() if isinstance(keys, str) else keys)

    def paste(self, text: str) -> None:
        """Paste this, as much at a time as the terminal takes."""
        data = f"\x1b[200~{text}\x1b[201~".encode()
        for start in range(0, len(data), 1_024):
            self.wait_for(lambda: self._size_queued() < 2_048, "room for what is pasted")
            self.type(data[start : start + 1_024])

    def resize(self, width: int, height: int) -> None:
        """Give the terminal another size and a blank screen: what is needed is sent again."""
        self.width, self.height = width, height
        self._blank_since = len(self.raw)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def stall(self) -> None:
        """Take no more output, as ctrl+s or a dead line does."""
        termios.tcflow(self._slave, termios.TCOOFF)

    def hang_up(self) -> None:
        """Close the terminal's window, or lose the line."""
        with suppress(OSError):
            os.close(self._master)
        self._master = -1

    def wait_for(self, condition: Callable[[], bool], what: str) -> None:
        """Read until the condition holds; fails with the screen when it never does."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                shown = "\n".join(self.lines())
                raise AssertionError(f"never saw {what}; the screen is\n{shown}\n{self.raw!r}")
            self._read(0.02)

    def wait_for_text(self, text: str) -> None:
        """Read until the text is on the screen."""
        self.wait_for(lambda: any(text in line for line in self.lines()), repr(text))

    def wait_for_bytes(self, sequence: bytes, since: int = 0) -> None:
        """Read until these bytes were sent, counted from `since`."""
        self.wait_for(lambda: sequence in self.raw[since:], repr(sequence))

    def wait_for_end(self) -> int:
        """Read until the program ends, and give its exit code (minus the signal if killed)."""
        self.wait_for(lambda: self.process.poll() is not None, "the end of the program")
        while self._read(0.0):
            pass
        return self.process.returncode

    def wait_for_quiet(self) -> None:
        """Read until nothing has come for a while, and the keys typed so far have been taken."""
        self.wait_for(lambda: self._size_queued() == 0, "the keys taken")
        while self._read(_QUIET_SECONDS):
            pass

    def wait_for_stop(self) -> None:
        """Read until the program is stopped, as by ctrl+z."""
        stopped = os.WUNTRACED | os.WNOHANG
        self.wait_for(lambda: os.waitpid(self.process.pid, stopped)[0] != 0, "the program stopped")

    def read_for(self, seconds: float) -> None:
        """Read what comes in that time."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._read(left)

    def screen(self) -> pyte.Screen:
        """What stands on the screen now."""
        screen = pyte.Screen(self.width, self.height)
        start = max(self._blank_since, self.raw.rfind(b"\x1b[?1049h"))
        pyte.ByteStream(screen).feed(_PRIVATE.sub(b"", self.raw[start:]))
        return screen

    def lines(self) -> list[str]:
        """The rows of the screen as text."""
        return [line.replace("\0", "").rstrip() for line in self.screen().display]

    def attributes(self) -> list[Any]:
        """The settings of the terminal now."""
        return termios.tcgetattr(self._slave)

    def is_as_found(self) -> bool:
        """Has the program put echo and line editing back?"""
        flags: int = termios.tcgetattr(self._slave)[3]
        before: int = self.attributes_before[3]
        return flags & _KEPT_BY_THE_SHELL == before & _KEPT_BY_THE_SHELL

    def _size_queued(self) -> int:
        """How many bytes typed nobody has read yet."""
        queued = fcntl.ioctl(self._slave, termios.FIONREAD, struct.pack("i", 0))
        return int(struct.unpack("i", queued)[0])

    def _read(self, seconds: float) -> bool:
        if self._master < 0:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
            return False
        if not select.select([self._master], [], [], seconds)[0]:
            return False
        self.raw += os.read(self._master, 65536)
        return True
