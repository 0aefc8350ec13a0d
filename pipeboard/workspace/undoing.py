"""Undo and redo: one's own last command taken back, whole, and put again.

Both are new commands made of inverse events.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeboard.domain import commands as c
from pipeboard.domain.actor import named
from pipeboard.domain.deal import Deal
from pipeboard.domain.deciding import decide
from pipeboard.domain.errors import Conflict, Refused
from pipeboard.domain.timeline import field_label
from pipeboard.workspace.agreements import reverted
from pipeboard.workspace.decisions import change_of
from pipeboard.workspace.receipts import Decision, Receipt
from pipeboard.workspace.recording import as_command, record, retried
from pipeboard.workspace.service import Service, in_transaction

if TYPE_CHECKING:
    from pipeboard.domain.agreements import Agreement
    from pipeboard.store.projecting import Change
    from pipeboard.store.reading.commands import Recorded
    from pipeboard.store.reading.history import Did


@as_command("undo")
def undo(service: Service, *, dry_run: bool = False, token: str = "") -> Receipt:
    """Takes back my last command; `Conflict` when somebody changed since what it changed."""
    last = service.reader.undoable(service.actor.name)
    if last is None:
        raise Refused("There is nothing of yours to undo.")
    changes, agreements = _reverted(service, last.id, f"Can't undo '{last.summary}'")
    decision = Decision(
        f"Undid: {last.summary}",
        changes,
        agreements,
        undoes=last.id,
        marks=last.id,
        about=_about(service, last),
    )
    return record(service, "undo", decision, dry_run=dry_run, token=token)


@in_transaction
def redo(service: Service, *, dry_run: bool = False, token: str = "") -> Receipt:
    """Puts back what my last undo took, unless I did something else since."""
    if (done := retried(service, token)) is not None:
        return done
    found = service.reader.redoable(service.actor.name)
    if found is None:
        raise Refused("There is nothing to redo.")
    undoing, last = found
    changes, agreements = _reverted(service, undoing.id, f"Can't redo '{last.summary}'")
    decision = Decision(
        last.summary,
        changes,
        agreements,
        redoes=last.id,
        marks=undoing.id,
        about=_about(service, last),
    )
    receipt = record(service, last.verb, decision, dry_run=dry_run, token=token)
    return Receipt(
        receipt.command_id,
        "redo",
        f"Redid: {receipt.summary}",
        receipt.deals,
        about=receipt.about,
    )


def undo_list(service: Service, limit: int = 20) -> tuple[Did, ...]:
    """My last commands that stand, newest first: what undo would take back, in that order."""
    done = service.reader.commands(service.actor.name, 10 * limit)
    return tuple(did for did in done if did.undoes is None and not did.undone)[:limit]


def _about(service: Service, done: Recorded) -> str:
    """Whose a command was, and when."""
    at = done.at.astimezone(service.settings.zone)
    return f"{named(done.actor, done.acting_as)}, {at.day} {at:%b %H:%M}"


def _reverted(
    service: Service, command_id: str, cannot: str
) -> tuple[tuple[Change, ...], tuple[Agreement, ...]]:
    """What takes a command back, whole; `Refused` for one that nothing is known of."""
    by_deal = service.reader.events_of(command_id)
    service.come_after(by_deal)
    contexts = service.contexts()
    deals = service.reader.deals(by_deal)
    changes = []
    for deal_id, numbered in by_deal.items():
        deal = deals[deal_id]
        if deal.version != numbered[-1][0]:
            _nobody_else_since(service, deal, numbered[-1][0], cannot)
        revert = c.Revert(tuple(event for _, event in numbered))
        changes.append(change_of(deal, decide(revert, deal, contexts(deal.pipeline_id))))
    agreements = reverted(service, command_id, cannot)
    if not changes and not agreements:
        raise Refused(
            f"{cannot}: it cannot be taken back.",
            hint="What came before it can be changed back by hand.",
        )
    return tuple(changes), agreements


def _nobody_else_since(service: Service, deal: Deal, version: int, cannot: str) -> None:
    """Nothing stands on a deal since that version: undoing has cancelled it out."""
    since = service.reader.standing_since(deal.id, version)
    if not since:
        return
    last = since[-1]
    when = f"{last.recorded_at.astimezone(service.settings.zone):%d %b %H:%M}"
    fields = sorted({name for entry in since for name in entry.event.changed} - {"rank"})
    raise Conflict(
        f"{cannot}: {last.who} changed {deal.ref} {deal.name} at {when} after you"
        f"{_named(service, fields)}.",
        hint=f"See what changed: pipeboard history {deal.ref}",
        details={
            "deal": deal.ref,
            "by": last.who,
            "at": last.recorded_at.isoformat(),
            "fields": fields,
        },
    )


def _named(service: Service, fields: Sequence[str]) -> str:
    pipelines = service.reader.pipelines()
    labels = ", ".join(field_label(name, pipelines) for name in fields)
    return f" ({labels})" if labels else ""
