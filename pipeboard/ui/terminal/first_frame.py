"""The first frame, painted before Textual is imported, so that a person reads while it loads."""

from __future__ import annotations

import os
import signal
import sys
import termios
import tty
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any, Final, Self, TypeAlias

from pipeboard.ui.terminal.cells import Screenful
from pipeboard.ui.terminal.ink import (
    ColorDepth,
    Ink,
    Pen,
    can_run_tui,
    erases_in_colour,
    pen_of,
    terminal_encoding,
    terminal_size,
)
from pipeboard.ui.terminal.width import cell_width

Row = Sequence[tuple[str, Ink]]
Attributes: TypeAlias = "list[Any]"
"""What `termios` says of a terminal."""
Handler: TypeAlias = "Callable[[int, FrameType | None], object] | int | None"
"""What `termios.tcgetattr` gives: numbers, and a list of bytes and numbers."""

# Alternate screen, no cursor, no wrapping, what is pasted marked as such, all blank.
_ENTER: Final = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2004h\x1b[H\x1b[2J"
_LEAVE: Final = "\x1b[m\x1b[?2004l\x1b[?7h\x1b[?1049l\x1b[?25h"
_ENDING_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP)


class FirstFrame:
    """A painted terminal that waits for Textual; as a context manager it is restored at the end.

    `screenful` knows what the terminal shows. Who takes over calls `hand_over`, once, and from
    then on restores the terminal itself. Signals that end the program raise SystemExit until
    others are in charge of them.
    """

    def __init__(self, screenful: Screenful, attributes: Attributes) -> None:
        self.screenful = screenful
        self.is_handed_over = False
        self.is_disturbed = False
        """Has the size of the terminal changed since, so that nobody knows what it shows?"""
        self._attributes = attributes
        self._handlers: dict[signal.Signals, Handler] = {}

    def hand_over(self) -> Attributes:
        """The terminal's attributes as they were before, for the one who restores them now."""
        self.is_handed_over = True
        return self._attributes

    def restore(self) -> None:
        """Put the terminal back as it was found; harmless when that has been done."""
        self._release_signals()
        with suppress(OSError, termios.error):
            if not self.is_handed_over:
                self.is_handed_over = True
                write(_LEAVE)
            termios.tcsetattr(_stdin(), termios.TCSANOW, self._attributes)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.restore()

    def _catch_signals(self) -> None:
        # Their default would end the process and leave the alternate screen behind.
        for number in _ENDING_SIGNALS:
            if signal.getsignal(number) is signal.SIG_DFL:
                self._handlers[number] = signal.signal(number, _end)
        self._handlers[signal.SIGWINCH] = signal.signal(signal.SIGWINCH, self._note_size)

    def _note_size(self, number: int, frame: FrameType | None) -> None:
        self.is_disturbed = True

    def _release_signals(self) -> None:
        for number, handler in self._handlers.items():
            if signal.getsignal(number) in (_end, self._note_size):
                signal.signal(number, handler)
        self._handlers.clear()


def paint(rows: Sequence[Row], depth: ColorDepth) -> FirstFrame | None:
    """Paint rows of (text, ink) spans from the top left of the alternate screen.

    Keys typed from now on are neither echoed nor lost: Textual finds them. None, with nothing
    written, where there is no terminal or it is smaller than the rows. The caller composes for
    `facts.terminal_size()`.
    """
    width, height = terminal_size()
    if can_run_tui() is not None or not rows or len(rows) > height:
        return None
    try:
        attributes = termios.tcgetattr(_stdin())
        termios.tcsetattr(_stdin(), termios.TCSANOW, _quiet(attributes))
    except termios.error:
        return None
    screenful = Screenful(
        width, height, erases_in_colour=erases_in_colour(), encoding=terminal_encoding()
    )
    screenful.cleared()
    frame = FirstFrame(screenful, attributes)
    frame._catch_signals()
    try:
        write(_ENTER + screenful.frame(_pieces(rows, depth)))
    except BaseException:
        frame.restore()
        raise
    return frame


def write(text: str) -> None:
    """Write to the terminal that Textual draws on, past all buffers of Python's."""
    if sys.__stderr__ is None:
        return
    data = memoryview(text.encode(terminal_encoding(), "replace"))
    # A terminal that is gone is noticed by whoever reads keys from it.
    with suppress(OSError):
        while data:
            data = data[os.write(sys.__stderr__.fileno(), data) :]


def _pieces(rows: Sequence[Row], depth: ColorDepth) -> list[tuple[int, int, str, Pen]]:
    pieces = []
    for y, row in enumerate(rows):
        x = 0
        for text, ink in row:
            pieces.append((x, y, text, pen_of(ink, depth)))
            x += cell_width(text)
    return pieces


def _quiet(attributes: Attributes) -> Attributes:
    """As Textual sets the terminal, but ctrl+c still interrupts and ctrl+z waits to be read."""
    quiet = [*attributes]
    quiet[tty.CC] = [*attributes[tty.CC]]
    quiet[tty.LFLAG] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    quiet[tty.IFLAG] &= ~(
        termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR
    )
    quiet[tty.CC][termios.VMIN] = 1
    disabled = os.fpathconf(_stdin(), "PC_VDISABLE")
    for key in (termios.VSUSP, termios.VQUIT):
        quiet[tty.CC][key] = bytes([disabled & 0xFF])
    return quiet


def _stdin() -> int:
    return sys.__stdin__.fileno() if sys.__stdin__ is not None else 0


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
