"""A deal with everything around it, as the detail pane and `show` present it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from pipeboard.domain.actor import named
from pipeboard.domain.deal import Deal, Note, Touch
from pipeboard.domain.events import Event
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.privacy import deal_seen_by, event_seen_by


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

    def seen_by(self, me: str, owner: str) -> Entry:
        """The event without what `me` is not shown of a deal of `owner`."""
        event = event_seen_by(self.event, owner, me)
        return self if event is self.event else replace(self, event=event)


@dataclass(frozen=True)
class Sheet:
    """A deal, its pipeline, notes and touches newest first, and its events newest first."""

    deal: Deal
    pipeline: Pipeline
    notes: tuple[Note, ...]
    touches: tuple[Touch, ...]
    entries: tuple[Entry, ...]

    def seen_by(self, me: str) -> Sheet:
        """The sheet without what only the owner of the deal is shown."""
        deal = deal_seen_by(self.deal, me)
        entries = tuple(entry.seen_by(me, self.deal.owner) for entry in self.entries)
        return replace(self, deal=deal, entries=entries)
