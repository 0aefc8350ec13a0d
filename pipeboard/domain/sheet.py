"""A deal with everything around it, as the detail pane and `show` present it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeboard.domain.actor import named
from pipeboard.domain.deal import Deal, Note, Touch
from pipeboard.domain.events import Event
from pipeboard.domain.pipeline import Pipeline


@dataclass(frozen=True, slots=True)
class Entry:
    """One recorded event: who did it, for whom, in which command, and when it was recorded.

    `seq` orders all events of the database; `undone` says that a later command took it back.
    """

    seq: int
    deal_id: int
    version: int
    event: Event
    command_id: str
    verb: str
    actor: str
    acting_as: str
    recorded_at: datetime
    undone: bool = False

    @property
    def who(self) -> str:
        """Who did it, and for whom if for somebody else: `ana (for bo)`."""
        return named(self.actor, self.acting_as)


@dataclass(frozen=True)
class Sheet:
    """A deal, its pipeline, notes and touches newest first, and its events newest first."""

    deal: Deal
    pipeline: Pipeline
    notes: tuple[Note, ...]
    touches: tuple[Touch, ...]
    entries: tuple[Entry, ...]
