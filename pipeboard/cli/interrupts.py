"""A verb that is told to stop: its change is taken back, in one line, and its exit code says it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(KeyboardInterrupt):
    """A signal has come; open transactions roll back while this travels up."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_code = 128 + number


def catch() -> None:
    """The next signal raises `Interrupted`, and the one after it ends the process at once.

    A signal that whoever started us has switched off (`nohup`) stays so.
    """
    for number in _ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def let_go() -> None:
    """Signals end the process again, as they do where nobody looks after them."""
    for number in _ENDING:
        if signal.getsignal(number) is _interrupt:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def left_to_screens() -> Iterator[None]:
    """The screens have their own way to end on a signal."""
    ours = signal.getsignal(signal.SIGTERM) is _interrupt
    let_go()
    if ours and signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        if ours:
            catch()


def _interrupt(number: int, _frame: FrameType | None) -> None:
    let_go()
    raise Interrupted(number)
