"""New deals from quick-add lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Unpack

from pipeboard.domain import commands as c
from pipeboard.domain.cadence import POST_SALE, sequel
from pipeboard.domain.commands import Win
from pipeboard.domain.deal import Contact, Deal, Status
from pipeboard.domain.deciding import decide
from pipeboard.domain.deciding.moves import target_stage
from pipeboard.domain.deciding.rules import deal_names
from pipeboard.domain.errors import PipeboardError, Refused
from pipeboard.domain.events import Kind
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.people import CALENDAR, about_owner, about_source, about_unsaid_source
from pipeboard.domain.pipeline import Pipeline, Stage
from pipeboard.domain.quick_add import QuickAdd, parse_quick_add
from pipeboard.domain.settings import Rep
from pipeboard.domain.text import free_key
from pipeboard.workspace.execution import beginning_of, execute, overridden
from pipeboard.workspace.recording import Decision, Once, Receipt, as_command, record
from pipeboard.workspace.service import NOTHING_SEEN, Seen, Service

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue
    from pipeboard.store.projecting import Change


def _is_other_deal(service: Service, command_id: str, parsed: QuickAdd, **_: object) -> bool:
    return _names_of(service, command_id) != [(parsed.title, parsed.account)]


def _are_other_lines(
    service: Service,
    command_id: str,
    lines: str | Mapping[int, str],
    *,
    pipeline: Pipeline,
    tui: bool = False,
    **_: object,
) -> bool:
    """Whether the lines name other deals than those that were added under the token."""
    currency = service.pipeline_now(pipeline.id).currency
    read = [
        parse_quick_add(line, today=service.today, currency=currency, tui=tui)
        for line in ([lines] if isinstance(lines, str) else lines.values())
    ]
    return _names_of(service, command_id) != [(one.title, one.account) for one in read]


def _names_of(service: Service, command_id: str) -> list[tuple[str, str]]:
    """Title and account of the deals that a command began, as they were called then."""
    began = service.truth.history.events_of(command_id).values()
    values = [first.after for (_, first), *_ in began if first.kind is Kind.CREATED]
    return [(str(one.get("title", "")), str(one.get("account") or "")) for one in values]


@as_command("add", is_other=_are_other_lines)
def add_deal(
    service: Service,
    line: str,
    *,
    pipeline: Pipeline,
    stage_id: int | None = None,
    tui: bool = False,
    new_rep: bool = False,
    source: str | None = None,
    **once: Unpack[Once],
) -> Receipt:
    """A deal as the quick-add line says, in `stage_id` unless the line names a stage.

    An owner whom nobody knows is refused, or made with `new_rep`; `source` is what was answered
    where the line says none.
    """
    currency = service.pipeline_now(pipeline.id).currency
    parsed = parse_quick_add(line, today=service.today, currency=currency, tui=tui)
    if source is not None and not parsed.says_source:
        parsed = replace(parsed, given={**parsed.given, "source": source})
    return create_deal(
        service,
        parsed,
        pipeline=pipeline,
        stage_id=stage_id,
        new_rep=new_rep,
        tui=tui,
        **once,
    )


@as_command("add", is_other=_are_other_lines)
def add_all(
    service: Service,
    lines: Mapping[int, str],
    *,
    pipeline: Pipeline,
    new_rep: bool = False,
    **once: Unpack[Once],
) -> Receipt:
    """A deal from each line, by its number, or from none: one command.

    Raises BadInput, NotFound and what else `add_deal` does, with the number of the line.
    """
    made: list[_Made] = []
    reps = list(service.reader.reps())
    for number, line in lines.items():
        try:
            parsed = parse_quick_add(
                line, today=service.today, currency=service.pipeline_now(pipeline.id).currency
            )
            made.append(_made(service, parsed, reps, pipeline, new_rep=new_rep))
        except PipeboardError as error:
            error.message = f"Line {number}: {error.message}"
            error.details = {**error.details, "line": number}
            raise
    if not made:
        return Receipt("", "add", "Nothing was read, so nothing was added.")
    names = deal_names([one.change.after for one in made])
    stages = {one.stage.name: None for one in made}
    summary = f"Added {names} to {', '.join(stages)}."
    notes = {note: None for one in made for note in one.notes}
    decision = Decision(summary, tuple(one.change for one in made), notes=tuple(notes))
    return record(service, "add", decision, **once)


@as_command("add", is_other=_is_other_deal)
def create_deal(
    service: Service,
    parsed: QuickAdd,
    *,
    pipeline: Pipeline,
    stage_id: int | None = None,
    new_rep: bool = False,
    tui: bool = False,
    **once: Unpack[Once],
) -> Receipt:
    """A deal from what a quick-add line was understood as."""
    reps = list(service.reader.reps())
    made = _made(service, parsed, reps, pipeline, stage_id, new_rep=new_rep, tui=tui)
    summary = f"Added {made.change.after.name} to {made.stage.name}."
    decision = Decision(summary, (made.change,), notes=made.notes)
    return record(service, "add", decision, **once)


@dataclass(frozen=True, slots=True)
class _Made:
    """A deal that begins, where, and what is to be said of its owner and of what it lacks there."""

    change: Change
    stage: Stage
    notes: tuple[str, ...]


def _made(
    service: Service,
    parsed: QuickAdd,
    reps: list[Rep],
    pipeline: Pipeline,
    stage_id: int | None = None,
    *,
    new_rep: bool,
    tui: bool = False,
) -> _Made:
    """The deal of a line; an owner who is new with it is one of the `reps` from then on. What was
    not said is asked for on the screen (`tui`) while the line is typed, else told of."""
    now = service.pipeline_now(pipeline.id)
    if parsed.stage is not None:
        stage_id = now.find_stage(parsed.stage).id
    stage = target_stage(stage_id or now.open_stages[0].id, now)
    command = c.Create(parsed.title, stage.id, _fields(service, parsed, reps, new_rep))
    change = beginning_of(decide(command, None, service.contexts()(now.id)))
    owner = change.after.owner
    unsaid = () if parsed.says_source else about_unsaid_source(service.settings)
    notes = (
        *about_owner(reps, owner, service.me),
        *about_source(change.after.source, service.settings.source_names),
        *(() if tui else unsaid),
        *overridden((change,)),
    )
    if owner and all(rep.name != owner for rep in reps):
        reps.append(Rep(owner))
    return _Made(change, stage, notes)


def _fields(
    service: Service, parsed: QuickAdd, reps: Sequence[Rep], new_rep: bool
) -> dict[str, FieldValue]:
    owner = str(parsed.given.get("owner", service.me))
    fields = {**parsed.given, "owner": service.known_owner(owner, new_rep, reps)}
    if parsed.next_step is not None:
        fields["next_step"] = parsed.next_step
    if parsed.contact:
        key = free_key(parsed.contact, (), "person")
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
    **once: Unpack[Once],
) -> Receipt:
    """A lead for the next sale to the customer of a won deal: ask how it goes, in two weeks
    unless `due` says otherwise."""
    (deal,) = service.load([deal_id])
    if deal.outcome is not Status.WON:
        raise Refused(f"{deal.ref} {deal.name} is not won.", hint="Set a next step instead.")
    change = _follow_up(service, deal, due or service.today + POST_SALE)
    summary = f"Added {change.after.name} to follow up on {deal.ref}."
    decision = Decision(summary, (change,))
    return record(service, "follow up", decision, **once)


def win_with_sequels(
    service: Service,
    command: Win,
    ids: Sequence[int],
    due: date,
    *,
    seen: Seen = NOTHING_SEEN,
    **once: Unpack[Once],
) -> Receipt:
    """Deals won, and a lead for the next sale to each customer: one command."""

    def sequel(deal: Deal) -> Change:
        return _follow_up(service, deal, due)

    return execute(service, command, ids, seen=seen, sequel=sequel, **once)


def recycle_due(service: Service, *, by_itself: bool = False, **once: Unpack[Once]) -> Receipt:
    """A new lead for each lost deal whose day to try again has come, each of them once.

    Nobody's undo reaches what came back `by_itself`: the one who happens to look did not do it.
    """
    # Whoever only looks takes no lock where nothing is due; what was done once is told again.
    if not once.get("token") and not service.reader.due_to_return(service.today):
        return NONE_DUE
    return _returned(service, **once) if by_itself else _brought_back(service, **once)


@as_command("recycle")
def _brought_back(service: Service, **once: Unpack[Once]) -> Receipt:
    return _recycle(service, "", **once)


@as_command("recycle", by=CALENDAR)
def _returned(service: Service, **once: Unpack[Once]) -> Receipt:
    return _recycle(service, CALENDAR, **once)


def _recycle(service: Service, actor: str, **once: Unpack[Once]) -> Receipt:
    lost = service.reader.deals(service.reader.due_to_return(service.today)).values()
    changes = tuple(_sequel(service, deal, "try again", service.today, "") for deal in lost)
    if not changes:
        return NONE_DUE
    summary = f"Came back as leads: {deal_names([change.after for change in changes])}."
    decision = Decision(summary, changes, actor=actor)
    return record(service, "recycle", decision, **once)


def _follow_up(service: Service, deal: Deal, due: date) -> Change:
    return _sequel(service, deal, "ask how it goes", due, "next order")


def _sequel(service: Service, deal: Deal, step: str, due: date, title: str) -> Change:
    pipeline = service.pipeline_now(deal.pipeline_id)
    command = sequel(deal, pipeline, title, step, due)
    return beginning_of(decide(command, None, service.contexts()(pipeline.id)))
