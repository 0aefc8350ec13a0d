"""What a person is told while the keys wait: for whom, for what, and which keys are noted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pipeboard.domain.errors import PipeboardError

_MOST_KEYS: Final = 12
_LEAVING: Final = (("q",), ("^q",))


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

    @property
    def words(self) -> str:
        """One line for the status."""
        parts = [f"Waiting for {self.holder}" if self.holder else "Working…"]
        if self.pending:
            parts.append(f"pending: {self.pending}")
        if self.keys:
            more = "… " if len(self.keys) > _MOST_KEYS else ""
            parts.append(f"keys: {more}{' '.join(self.keys[-_MOST_KEYS:])}")
        if self.keys[-1:] in _LEAVING:
            parts.append("then: quit")
        if self.dropped_click:
            parts.append("a click was dropped")
        return " · ".join(parts)


def dropped(keys: int) -> str:
    """What is said of keys that were not given out; empty for none."""
    if not keys:
        return ""
    return f"{keys} key{'s' * (keys > 1)} dropped."
