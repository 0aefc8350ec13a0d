"""New deals from quick-add lines."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Contact
from pipeboard.domain.deciding import decide
from pipeboard.domain.deciding.moves import target_stage
from pipeboard.domain.errors import PipeboardError
from pipeboard.domain.people import about_owner
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.quick_add import QuickAdd, parse_quick_add
from pipeboard.domain.text import slug
from pipeboard.workspace.decisions import beginning_of
from pipeboard.workspace.receipts import Decision, Receipt
from pipeboard.workspace.recording import as_command, record
from pipeboard.workspace.service import Service, in_transaction

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue


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
