"""Use cases: what comes back after the end of a deal."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Deal, Status
from pipeboard.domain.deciding import decide
from pipeboard.domain.errors import NotFound, Refused
from pipeboard.domain.events import Event, evolve
from pipeboard.domain.going_on import POST_SALE, sequel
from pipeboard.workspace.desk import Desk, Receipt, named

if TYPE_CHECKING:
    from pipeboard.store.projecting import Change
    from pipeboard.store.writing import Writer

CALENDAR = "calendar"
"""Who acts where nobody does: the day has come that somebody named."""


class Returning(Desk):
    """New leads out of closed deals."""

    def follow_up(
        self,
        deal_id: int,
        due: date | None = None,
        step: str = "",
        *,
        title: str = "",
        dry_run: bool = False,
    ) -> Receipt:
        """A lead for the next sale to the customer of a won deal: ask how it goes, in two weeks
        unless `due` says otherwise."""
        deal = self.reader.deal(deal_id)
        if deal is None or deal.removed:
            raise NotFound(f"There is no deal D-{deal_id}.")
        if deal.outcome is not Status.WON:
            raise Refused(f"{deal.ref} {deal.name} is not won.", hint="Set a next step instead.")
        day = due or self.today + POST_SALE
        wanted = self._sequel(deal, step or "ask how it goes", day, title or "next order")
        at = self.now()

        def work(writer: Writer) -> Receipt:
            deal_id = 0 if dry_run else writer.numbers("deal", 1)[0]
            change = self._begin(wanted, deal, deal_id, at)
            summary = f"Added {change.after.name} to follow up on {deal.ref}."
            if dry_run:
                return Receipt("", "follow up", summary, (change.after,))
            done = self._done(str(uuid.uuid4()), at, "follow up", summary)
            writer.record(done, [change])
            return Receipt(done.id, "follow up", summary, (change.after,))

        return self.store.write(work)

    def recycle(self, *, dry_run: bool = False) -> Receipt:
        """A new lead for each lost deal whose day to try again has come, each of them once.

        Nobody's undo reaches it: the one who happens to look did not do it.
        """
        if not self.reader.due_to_return(self.today):
            return Receipt("", "recycle", "No lost deal is due to come back.")
        at = self.now()

        def work(writer: Writer) -> Receipt:
            lost = writer.deals(writer.due_to_return(self.today)).values()
            wanted = [(deal, self._sequel(deal, "try again", self.today, "")) for deal in lost]
            ids = [0] * len(wanted) if dry_run else writer.numbers("deal", len(wanted))
            changes = [
                self._begin(command, deal, deal_id, at)
                for (deal, command), deal_id in zip(wanted, ids, strict=True)
            ]
            back: Sequence[Deal] = [change.after for change in changes]
            if not back:
                return Receipt("", "recycle", "No lost deal is due to come back.")
            summary = f"Came back as leads: {named(back)}."
            if dry_run:
                return Receipt("", "recycle", summary, tuple(back))
            done = replace(self._done(str(uuid.uuid4()), at, "recycle", summary), actor=CALENDAR)
            writer.record(done, changes)
            return Receipt(done.id, "recycle", summary, tuple(back))

        return self.store.write(work)

    def _sequel(self, deal: Deal, step: str, due: date, title: str) -> c.Create:
        pipelines = {pipeline.id: pipeline for pipeline in self.reader.pipelines()}
        return sequel(deal, pipelines[deal.pipeline_id], title, step, due)

    def _begin(self, command: c.Create, origin: Deal, deal_id: int, at: datetime) -> Change:
        from pipeboard.store.projecting import Change

        pipelines = {pipeline.id: pipeline for pipeline in self.reader.pipelines()}
        context = c.Context(pipelines[origin.pipeline_id], at, self.settings.zone, self.me)
        events = decide(command, None, context)
        return Change(None, _grown(events, deal_id), tuple(events))


def _grown(events: Sequence[Event], deal_id: int) -> Deal:
    deal = evolve(None, events[0], deal_id)
    for event in events[1:]:
        deal = evolve(deal, event)
    return deal
