"""Words for a person: why something cannot be done, and for what the keys wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pipeboard.domain.errors import PipeboardError
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
