"""Recycling: the leads that closed deals become again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from pipeboard.domain.commands import Win
from pipeboard.domain.deal import Deal, Status
from pipeboard.domain.deciding import decide
from pipeboard.domain.deciding.rules import deal_names
from pipeboard.domain.errors import Refused
from pipeboard.domain.going_on import POST_SALE, sequel
from pipeboard.workspace.decisions import beginning_of
from pipeboard.workspace.execution import execute
from pipeboard.workspace.receipts import Decision, Receipt
from pipeboard.workspace.recording import as_command, record
from pipeboard.workspace.service import Service, in_transaction

if TYPE_CHECKING:
    from pipeboard.store.projecting import Change

CALENDAR = "calendar"
"""Who acts where nobody does: the day has come that somebody named."""

NONE_DUE = Receipt("", "recycle", "No lost deal is due to come back.")


@as_command("follow up")
def follow_up(
    service: Service,
    deal_id: int,
    due: date | None = None,
    step: str = "",
    *,
    title: str = "",
    dry_run: bool = False,
    token: str = "",
) -> Receipt:
    """A lead for the next sale to the customer of a won deal: ask how it goes, in two weeks
    unless `due` says otherwise."""
    (deal,) = service.load([deal_id])
    if deal.outcome is not Status.WON:
        raise Refused(f"{deal.ref} {deal.name} is not won.", hint="Set a next step instead.")
    day = due or service.today + POST_SALE
    change = _sequel(service, deal, step or "ask how it goes", day, title or "next order")
    summary = f"Added {change.after.name} to follow up on {deal.ref}."
    decision = Decision(summary, (change,))
    return record(service, "follow up", decision, dry_run=dry_run, token=token)


@in_transaction
def win_with_sequels(
    service: Service,
    command: Win,
    ids: Sequence[int],
    due: date,
    *,
    dry_run: bool = False,
    token: str = "",
) -> Receipt:
    """Deals won, and a lead for the next sale to each customer: all of it, or nothing."""
    won = execute(service, command, ids, dry_run=dry_run, token=token)
    if dry_run:
        return won
    leads = [
        follow_up(service, deal.id, due, token=f"{token}/follow-up-{deal.id}" if token else "")
        for deal in won.deals
    ]
    return replace(
        won,
        deals=(*won.deals, *(deal for lead in leads for deal in lead.deals)),
        notes=(*won.notes, *(lead.summary for lead in leads)),
    )


def recycle_due(service: Service, *, dry_run: bool = False, token: str = "") -> Receipt:
    """A new lead for each lost deal whose day to try again has come, each of them once.

    Nobody's undo reaches it: the one who happens to look did not do it.
    """
    # Whoever only looks takes no lock where nothing is due; what was done once is told again.
    if not token and not service.reader.due_to_return(service.today):
        return NONE_DUE
    return _recycle(service, dry_run=dry_run, token=token)


@as_command("recycle", by=CALENDAR)
def _recycle(service: Service, *, dry_run: bool, token: str) -> Receipt:
    lost = service.reader.deals(service.reader.due_to_return(service.today)).values()
    changes = tuple(_sequel(service, deal, "try again", service.today, "") for deal in lost)
    if not changes:
        return NONE_DUE
    summary = f"Came back as leads: {deal_names([change.after for change in changes])}."
    decision = Decision(summary, changes, actor=CALENDAR)
    return record(service, "recycle", decision, dry_run=dry_run, token=token)


def _sequel(service: Service, deal: Deal, step: str, due: date, title: str) -> Change:
    pipeline = service.pipeline_now(deal.pipeline_id)
    command = sequel(deal, pipeline, title, step, due)
    return beginning_of(decide(command, None, service.contexts()(pipeline.id)))
