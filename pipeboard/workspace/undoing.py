"""Use cases: taking one's own last command back, whole, and putting it again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Deal
from pipeboard.domain.deciding import decide
from pipeboard.domain.errors import Conflict, Refused
from pipeboard.domain.events import Event, evolve
from pipeboard.workspace.desk import Desk, Receipt

if TYPE_CHECKING:
    from pipeboard.store.projecting import Change
    from pipeboard.store.reading.history import Did
    from pipeboard.store.writing import Doable, Writer


class Undoing(Desk):
    """Undo and redo are new commands made of inverse events."""

    def undo(self, *, dry_run: bool = False) -> Receipt:
        """Takes back my last command; `Conflict` when somebody changed one of its deals since."""

        def work(writer: Writer) -> Receipt:
            last = writer.undoable(self.actor.name)
            if last is None:
                raise Refused("There is nothing of yours to undo.")
            changes = self._reverted(writer, last.id, f"Can't undo '{last.summary}'")
            command_id = str(uuid.uuid4())
            if not dry_run:
                summary = f"Undid: {last.summary}"
                done = self._done(command_id, self.now(), "undo", summary, undoes=last.id)
                writer.record(done, changes)
                writer.mark(last.id, undone=True)
            return _receipt("undo", "Undid", command_id, last, changes)

        return self.store.write(work)

    def redo(self, *, dry_run: bool = False) -> Receipt:
        """Puts back what my last undo took, unless I did something else since."""

        def work(writer: Writer) -> Receipt:
            undo = writer.redoable(self.actor.name)
            last = writer.undone_by(undo.id) if undo else None
            if undo is None or last is None:
                raise Refused("There is nothing to redo.")
            changes = self._reverted(writer, undo.id, f"Can't redo '{last.summary}'")
            command_id = str(uuid.uuid4())
            if not dry_run:
                done = self._done(command_id, self.now(), last.verb, last.summary, redoes=last.id)
                writer.record(done, changes)
                writer.mark(undo.id, undone=True)
            return _receipt("redo", "Redid", command_id, last, changes)

        return self.store.write(work)

    def undo_list(self, limit: int = 20) -> tuple[Did, ...]:
        """My last commands that stand, newest first: what undo would take back, in that order."""
        done = self.reader.commands(self.actor.name, 10 * limit)
        return tuple(did for did in done if did.undoes is None and not did.undone)[:limit]

    def _reverted(self, writer: Writer, command_id: str, cannot: str) -> list[Change]:
        from pipeboard.store.projecting import Change

        context = self._contexts(self.now())
        by_deal = writer.events_of(command_id)
        deals = writer.deals(by_deal)
        changes = []
        for deal_id, numbered in by_deal.items():
            deal = deals[deal_id]
            if deal.version != numbered[-1][0]:
                self._nobody_else_since(writer, deal, numbered[-1][0], cannot)
            revert = c.Revert(tuple(event for _, event in numbered))
            events = decide(revert, deal, context(deal))
            changes.append(Change(deal, _evolved(deal, events), tuple(events)))
        return changes

    def _nobody_else_since(self, writer: Writer, deal: Deal, version: int, cannot: str) -> None:
        """Nothing stands on a deal since that version: undoing has cancelled it out."""
        since = writer.standing_since(deal.id, version)
        if not since:
            return
        last = since[-1]
        when = f"{last.recorded_at.astimezone(self.settings.zone):%d %b %H:%M}"
        fields = sorted({name for entry in since for name in entry.event.changed} - {"rank"})
        raise Conflict(
            f"{cannot}: {last.actor} changed {deal.ref} {deal.name} at {when} after you"
            f"{' (' + ', '.join(fields).replace('_', ' ') + ')' if fields else ''}.",
            hint=f"See what changed: pipeboard history {deal.ref}",
            details={
                "deal": deal.ref,
                "by": last.actor,
                "at": last.recorded_at.isoformat(),
                "fields": fields,
            },
        )


def _evolved(deal: Deal, events: Sequence[Event]) -> Deal:
    for event in events:
        deal = evolve(deal, event)
    return deal


def _receipt(
    verb: str, word: str, command_id: str, last: Doable, changes: Sequence[Change]
) -> Receipt:
    deals = tuple(change.after for change in changes)
    return Receipt(command_id, verb, f"{word}: {last.summary}", deals)
