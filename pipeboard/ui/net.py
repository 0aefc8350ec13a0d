"""The net under every screen: what nobody has caught becomes a sentence, and all goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from traceback import extract_tb
from typing import Final, TypeVar

from textual.message import Message
from textual.message_pump import MessagePump
from textual.worker import WorkerFailed

from pipeboard.domain.errors import PipeboardError, Way
from pipeboard.ui.keys import said
from pipeboard.ui.terminal import session

P = TypeVar("P", bound=MessagePump)

MOST_AGAIN: Final = 5
"""So often the same bug may come back before the next key: then nothing can go on."""


def under_net(pump: type[P]) -> type[P]:
    """A kind of screen or widget that lives on when handling a message fails: the app is told.

    Textual's own way would end the widget's loop of messages, and with it the program.
    """
    dispatch = pump._dispatch_message

    async def told(self: P, message: Message) -> None:
        try:
            await dispatch(self, message)
        except Exception as error:  # the boundary of all that screens and widgets do
            self.app._handle_exception(error)

    pump._dispatch_message = told  # type: ignore[method-assign, assignment]
    return pump


class Net:
    """Decides what an error means for the program: a sentence, or the end."""

    def __init__(
        self,
        log: Callable[[], Path | None],
        say: Callable[[str], None],
        ways: Callable[[], Mapping[Way, str]] = dict,
    ) -> None:
        """`log` names the file for bugs, `say` tells the person on whichever screen is on top;
        `ways` are the keys that do there what is advised."""
        self._ways = ways
        self._log = log
        self._say = say
        self._again: Counter[str] = Counter()
        self._sentence = ""
        self.bugs: list[BaseException] = []

    def words(self, error: BaseException) -> str:
        """What a person is told of it; a bug is written to the log, once."""
        if isinstance(error, PipeboardError):
            return said(error, self._ways())
        if isinstance(error, OSError):
            where = f"{error.filename}: " if error.filename else ""
            return f"{where}{error.strerror or error}. Nothing was changed."
        if not self._is_known(error):
            self.bugs.append(error)
            self._sentence = session.note(error, self._log())
        return self._sentence

    def holds(self, error: BaseException) -> bool:
        """Tells the person, and whether the program can go on after it."""
        error = cause_of(error)
        if not isinstance(error, PipeboardError | OSError):
            self._again[_place(error)] += 1
            if self._again[_place(error)] > MOST_AGAIN:
                return False
        try:
            self._say(self.words(error))
        except Exception:  # not even saying it is possible: this is the end
            return False
        return True

    def forget(self) -> None:
        """A key has come: what goes wrong from here on is not the same again and again."""
        self._again.clear()

    def _is_known(self, error: BaseException) -> bool:
        return any(_place(bug) == _place(error) for bug in self.bugs)


def cause_of(error: BaseException) -> BaseException:
    """What went wrong, without what Textual has wrapped it in."""
    if isinstance(error, WorkerFailed):
        return error.error
    if type(error).__name__ == "CallbackError" and error.__context__ is not None:
        return error.__context__
    return error


def _place(error: BaseException) -> str:
    """Kind and line of an error: the same place is the same bug."""
    frames = extract_tb(error.__traceback__)
    last = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__} {last}"
