"""Another program: how it is started, and one in the foreground, which has the terminal until it
ends, and ends when we must."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from threading import current_thread, main_thread
from types import FrameType

_ITS_OWN = (signal.SIGINT, signal.SIGQUIT)
_ENDING = (signal.SIGTERM, signal.SIGHUP)


def at_home(words: Sequence[str]) -> list[str]:
    """The words to start a program by: `~` in front of it is the home folder, since no shell is
    between that would say so."""
    return [os.path.expanduser(words[0]), *words[1:]] if words else []


def how_it_ended(code: int) -> str:
    """What a program's exit code says, below 0 the signal that ended it."""
    if code >= 0:
        return f"ended with {code}"
    name = next((each.name for each in signal.Signals if each == -code), f"signal {-code}")
    return f"was ended by {name}"


def run(words: Sequence[str]) -> int:
    """Runs the program to its end; its exit code, or minus the signal that ended it.

    ^C and ^\\ are its own, also where they become signals. Whatever ends us ends it too: a signal
    whose handler raises is told only once there is a program to end. Raises OSError or ValueError
    where it cannot be started.
    """
    import subprocess  # the board, which has an editor at hand, appears before this is loaded

    with ExitStack() as starting, _handled(_ITS_OWN, _nothing):
        starting.enter_context(_held_back())
        with subprocess.Popen(at_home(words)) as running:
            try:
                starting.close()
                return running.wait()
            except BaseException:
                running.terminate()
                raise


@contextmanager
def _held_back() -> Iterator[None]:
    """What would end us meanwhile does so afterwards."""
    came: list[int] = []
    with _handled(_ENDING, lambda number, _frame: came.append(number)):
        yield
    for number in came:
        signal.raise_signal(number)


@contextmanager
def _handled(numbers: Sequence[signal.Signals], handler: signal._HANDLER) -> Iterator[None]:
    """Signals go to this handler meanwhile; those that are ignored stay so, for the program too.

    A handler, unlike SIG_IGN, is not handed down to a program that is started.
    """
    if current_thread() is not main_thread():  # only the main thread is told of signals at all
        yield
        return
    before = {
        number: known
        for number in numbers
        if (known := signal.getsignal(number)) not in (signal.SIG_IGN, None)
    }
    try:
        for number in before:
            signal.signal(number, handler)
        yield
    finally:
        _put_back(before)


def _put_back(handlers: Mapping[signal.Signals, signal._HANDLER]) -> None:
    """All of them; one that is back already and raises meanwhile is told once the others are."""
    ended: BaseException | None = None
    while left := [
        number for number, known in handlers.items() if signal.getsignal(number) != known
    ]:
        try:
            for number in left:
                signal.signal(number, handlers[number])
        except BaseException as error:
            ended = error
    if ended is not None:
        raise ended


def _nothing(number: int, frame: FrameType | None) -> None:
    """It is not meant for us."""
