"""New deals from quick-add lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from pipeboard.domain import commands as c
from pipeboard.domain.cadence import POST_SALE, sequel
from pipeboard.domain.commands import Win
from pipeboard.domain.deal import Contact, Deal, Status
from pipeboard.domain.deciding import decide
from pipeboard.domain.deciding.moves import target_stage
from pipeboard.domain.deciding.rules import deal_names
from pipeboard.domain.errors import PipeboardError, Refused
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.people import CALENDAR, about_owner
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.quick_add import QuickAdd, parse_quick_add
from pipeboard.domain.text import slug
from pipeboard.workspace.execution import beginning_of, execute
from pipeboard.workspace.recording import Decision, Receipt, as_command, record
from pipeboard.workspace.service import Service, in_transaction

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue
    from pipeboard.store.projecting import Change


@as_command("add")
def add_deal(
    service: Service,
    line: str,
    *,
    pipeline: Pipeline,
    stage_id: int | None = None,
    tui: bool = False,
    new_rep: bool = False,
    dry_run: bool = False,
    token: str = "",
) -> Receipt:
    """A deal as the quick-add line says, in `stage_id` unless the line names a stage.

    An owner whom nobody knows is refused, or made with `new_rep`.
    """
    currency = service.pipeline_now(pipeline.id).currency
    parsed = parse_quick_add(line, today=service.today, currency=currency, tui=tui)
    return create_deal(
        service,
        parsed,
        pipeline=pipeline,
        stage_id=stage_id,
        new_rep=new_rep,
        dry_run=dry_run,
        token=token,
    )


@in_transaction
def add_all(
    service: Service,
    lines: Mapping[int, str],
    *,
    pipeline: Pipeline,
    new_rep: bool = False,
    dry_run: bool = False,
    token: str = "",
) -> tuple[Receipt, ...]:
    """A deal from each line, by its number, or from none.

    Raises BadInput, NotFound and what else `add_deal` does, with the number of the line.
    """
    receipts = []
    for number, line in lines.items():
        try:
            receipts.append(
                add_deal(
                    service,
                    line,
                    pipeline=pipeline,
                    new_rep=new_rep,
                    dry_run=dry_run,
                    token=f"{token}:{number}" if token else "",
                )
            )
        except PipeboardError as error:
            error.message = f"Line {number}: {error.message}"
            error.details = {**error.details, "line": number}
            raise
    return tuple(receipts)


@as_command("add")
def create_deal(
    service: Service,
    parsed: QuickAdd,
    *,
    pipeline: Pipeline,
    stage_id: int | None = None,
    new_rep: bool = False,
    dry_run: bool = False,
    token: str = "",
) -> Receipt:
    """A deal from what a quick-add line was understood as."""
    now = service.pipeline_now(pipeline.id)
    if parsed.stage is not None:
        stage_id = now.find_stage(parsed.stage).id
    stage = target_stage(stage_id or now.open_stages[0].id, now)
    fields = _fields(service, parsed, new_rep)
    command = c.Create(parsed.title, stage.id, fields)
    change = beginning_of(decide(command, None, service.contexts()(now.id)))
    summary = f"Added {change.after.name} to {stage.name}."
    decision = Decision(
        summary, (change,), notes=about_owner(service.reader.reps(), change.after.owner, service.me)
    )
    return record(service, "add", decision, dry_run=dry_run, token=token)


def _fields(service: Service, parsed: QuickAdd, new_rep: bool) -> dict[str, FieldValue]:
    owner = str(parsed.given.get("owner", service.me))
    fields = {**parsed.given, "owner": service.known_owner(owner, new_rep)}
    if parsed.next_step is not None:
        fields["next_step"] = parsed.next_step
    if parsed.contact:
        key = slug(parsed.contact) or "person"
        fields["contacts"] = MappingProxyType({key: Contact(parsed.contact)})
    return fields


# Recycling: the leads that closed deals become again.

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
