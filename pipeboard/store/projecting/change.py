"""What a command did to one deal, as it is to be stored."""

from __future__ import annotations

from dataclasses import dataclass

from pipeboard.domain.deal import Deal
from pipeboard.domain.events import Event


@dataclass(frozen=True, slots=True)
class Change:
    """A deal before a command (None: it begins), after it, and the events in between.

    `told` names the command of each event where a whole history is stored at once.
    """

    before: Deal | None
    after: Deal
    events: tuple[Event, ...]
    told: tuple[str, ...] = ()

    def differs(self, field: str) -> bool:
        """Whether the deal has another value in that field than before."""
        return self.before is None or getattr(self.before, field) != getattr(self.after, field)
