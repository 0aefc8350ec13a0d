"""Words for a person: why something cannot be done, and for what the keys wait."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from traceback import extract_tb
from typing import Final, TypeVar

from textual.message import Message
from textual.message_pump import MessagePump
from textual.worker import WorkerFailed

from pipeboard.domain.errors import PipeboardError
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.ui.terminal import session
from pipeboard.ui.terminal.width import cell_width, fit

_DOT: Final = " · "
_LEAVING: Final = (("q",), ("^q",))
_NARROW: Final = 60
"""Cells below which there is no room to say what is pending."""


def said(error: PipeboardError) -> str:
    """What happened, and what to do next: both in sentences, each with its stop."""
    message = error.message.rstrip()
    stop = "." if error.hint and message and message[-1] not in ".!?…:" else ""
    return f"{message}{stop} {error.hint}".strip()


def is_busy(error: BaseException) -> bool:
    """Does somebody else hold the database, so that the same may succeed a moment later?"""
    return isinstance(error, PipeboardError) and error.details.get("reason") == "locked"


@dataclass(frozen=True, slots=True)
class Busy:
    """Why keys wait: `holder` has the database (empty: it is work of our own), `pending` is what
    was asked for, `keys` are those that wait, by the names people give them."""

    holder: str
    pending: str
    keys: tuple[str, ...] = ()
    dropped_click: bool = False

    def words(self, width: int) -> str:
        """One line for the status, of so many cells: the keys are seen in any case, then what is
        pending, then who has the database."""
        tail = self._tail(width // 3)
        after = f"{_DOT}{tail}" if tail else ""
        if self.pending and width >= _NARROW:
            after = f"{_DOT}pending: {shortened(self.pending, width // 3)}{after}"
        head = f"Waiting for {self.holder}" if self.holder else "Working…"
        return f"{shortened(head, width - cell_width(after))}{after}"

    def _tail(self, room: int) -> str:
        """The last of the keys, and what they lead to."""
        parts, keys = [], self.keys
        if keys:
            shown = [*keys]
            while len(shown) > 1 and cell_width(" ".join(shown)) > room:
                del shown[0]
            more = "… " if len(shown) < len(keys) else ""
            parts.append(f"keys: {more}{shortened(' '.join(shown), room)}")
        if keys[-1:] in _LEAVING:
            parts.append("then: quit")
        if self.dropped_click:
            parts.append("a click was dropped")
        return _DOT.join(parts)


def shortened(text: str, width: int) -> str:
    """The text, with its end left out where it is wider than that."""
    return fit(text, max(1, width)).rstrip() if cell_width(text) > width else text


def dropped(keys: int) -> str:
    """What is said of keys that were not given out; empty for none."""
    if not keys:
        return ""
    return f"{keys} key{'s' * (keys > 1)} dropped."


# The net under every screen: what nobody has caught becomes a sentence, and all goes on.

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

    def __init__(self, log: Callable[[], Path | None], say: Callable[[str], None]) -> None:
        """`log` names the file for bugs, `say` tells the person on whichever screen is on top."""
        self._log = log
        self._say = say
        self._again: Counter[str] = Counter()
        self._sentence = ""
        self.bugs: list[BaseException] = []

    def words(self, error: BaseException) -> str:
        """What a person is told of it; a bug is written to the log, once."""
        if isinstance(error, PipeboardError):
            return f"{error.message} {error.hint}".strip()
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
