"""Deciding how a deal ends, won or lost, and what is known better of that later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from functools import partial
from typing import TYPE_CHECKING

from pipeboard.domain import commands as c
from pipeboard.domain.corrections import as_corrected
from pipeboard.domain.criteria import pass_gate
from pipeboard.domain.dates import format_date, local_date, micros
from pipeboard.domain.deal import LOSS_CATEGORIES, UNKNOWN, Deal, Loss, Status
from pipeboard.domain.deciding.correcting import begin, carried, corrected
from pipeboard.domain.deciding.edits import changed_fields
from pipeboard.domain.deciding.moves import logged, must_be_open, not_before_entry
from pipeboard.domain.deciding.rules import Telling, rule
from pipeboard.domain.errors import BadInput, Refused, SoAlready
from pipeboard.domain.events import (
    Event,
    Kind,
    change_to,
    evolve_all,
)
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.pipeline import Stage
from pipeboard.domain.text import clean_line, clean_tag, did_you_mean

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue, Values


def _told(command: c.Win | c.Lose, told: Telling) -> str:
    """`Won Acme.`; of deals that had ended so before, `Corrected Acme: won on 1 Nov.`"""
    is_first = all(deal.is_open for deal in told.before)
    on = f" on {format_date(command.on)}" if command.on else ""
    if isinstance(command, c.Win):
        return f"Won {told.whom}." if is_first else f"Corrected {told.whom}: won{on}."
    why = command.loss.category
    return f"Lost {told.whom}: {why}." if is_first else f"Corrected {told.whom}: lost{on} ({why})."


@rule(c.Win, "won", _told, takes_up=True)
def win(command: c.Win, deal: Deal, context: c.Context) -> list[Event]:
    """Won at its final value; leaves its stage forwards, so it passes the gate. Of one that is won
    another day or value is a correction."""
    if deal.status is Status.WON:
        events = _on_another_day(deal, command.on, context)
        if command.value is not None:
            events += changed_fields({"value": command.value}, deal, context)
        if not events:
            raise SoAlready(f"{deal.ref} {deal.name} is already won.")
        return events
    must_be_open(deal, "won")
    at = _close_instant(command.at, command.on, deal, context)
    fields: dict[str, FieldValue] = {}
    if command.value is not None:
        fields["value"] = command.value
    reason, known = command.override, command.precision
    return [closing(deal, context.pipeline.won, at, Kind.WON, fields, reason, context, known)]


@rule(c.Lose, "lost", _told, takes_up=True)
def lose(command: c.Lose, deal: Deal, context: c.Context) -> list[Event]:
    """Lost, with a category from the workspace's list. Of one that is lost another day or reason is
    a correction; what the new reason does not say stands."""
    was = deal.loss if deal.status is Status.LOST else None
    if was is None:
        must_be_open(deal, "lost")
    loss = _clean(command.loss, context)
    if was is not None:
        said = {name: value for name in Loss.__match_args__ if (value := getattr(loss, name))}
        events = _on_another_day(deal, command.on, context)
        events += corrected(deal, {"loss": replace(was, **said)}, context)
        if not events:
            raise SoAlready(f"{deal.ref} {deal.name} is already lost: {was.category}.")
        return events
    at = _close_instant(command.at, command.on, deal, context)
    lost_in, after = context.pipeline.lost, {"loss": loss}
    return [closing(deal, lost_in, at, Kind.LOST, after, "", context, command.precision)]


def _clean(loss: Loss, context: c.Context) -> Loss:
    known = context.loss_categories or LOSS_CATEGORIES
    if loss.category not in known:
        raise BadInput(
            f"'{loss.category}' is no loss category.",
            hint=did_you_mean(loss.category, known) or f"Known are: {', '.join(known)}.",
        )
    if loss.recycle_on is not None and loss.recycle_on <= context.today:
        raise BadInput("The day to try again must lie ahead.", hint="For example: +6m")
    return Loss(
        loss.category,
        clean_line(loss.reason, field="reason"),
        clean_line(loss.competitor, field="competitor"),
        loss.recycle_on,
        clean_tag(loss.objection, "objection"),
    )


def closing(
    deal: Deal,
    stage: Stage,
    at: datetime,
    kind: Kind,
    fields: Values,
    override: str,
    context: c.Context,
    precision: c.Precision,
) -> Event:
    """The event of an outcome, of which the instant is known so exactly; a win passes the gates
    that lie between."""
    missing = pass_gate(deal, context.pipeline, stage, context.today, override)
    at = not_before_entry(deal, at)
    after: dict[str, FieldValue] = {
        "stage_id": stage.id,
        "stage_entered_at": at,
        "entry_precision": precision,
        "outcome": Status.WON if kind is Kind.WON else Status.LOST,
        "closed_at": at,
        "closed_from": deal.stage_id,
        "next_step": None,
        "snoozed_until": None,
        "rank": -micros(at),
        **fields,
    }
    if kind is Kind.WON and deal.qualified_at is None:
        after["qualified_at"] = at
    facts = logged(override, missing)
    if precision:
        facts = {**facts, "precision": precision}
    return change_to(deal, kind, at, after, facts)


def _close_instant(
    exact: datetime | None, day: date | None, deal: Deal, context: c.Context
) -> datetime:
    """When a deal closed: an exact instant, noon of an earlier day, or now; `closing` sees to it
    that this is not before it came into its stage."""
    if exact is not None:
        return exact
    if day is None or day == context.today:
        return context.at
    check_over(day, context.today)
    _check_entered(deal, day, context)
    return datetime.combine(day, time(12), context.zone).astimezone(context.at.tzinfo)


def check_over(day: date, today: date) -> date:
    """The day on which a deal closed; raises BadInput for one that lies ahead."""
    if day > today:
        raise BadInput(f"{format_date(day)} lies ahead: a deal closes today or earlier.")
    return day


def _check_entered(deal: Deal, day: date, context: c.Context) -> None:
    """A deal cannot have closed before it came to where it stood."""
    since = deal.known_entry_at
    if since is not None and day < (entered := local_date(since, context.zone)):
        stage = context.pipeline.stage(deal.stage_id).name
        raise Refused(
            f"{deal.ref} entered {stage} on {format_date(entered)}, so it cannot have closed on "
            f"{format_date(day)}.",
            hint="Give a later day.",
        )


# What is known better later: the log keeps both, numbers and looks back take what is known now.


Step = Callable[[Deal, Sequence[Event], c.Context], list[Event]]
"""What follows for a deal from one thing that is known better, by its course."""


@rule(c.Correct)
def correct(command: c.Correct, deal: Deal, context: c.Context) -> list[Event]:
    """Another beginning, another end of a deal that is closed; `Refused` where it cannot be."""
    loss = command.loss if deal.loss is not None else None
    said = [] if loss is None else corrected(deal, {"loss": _clean(loss, context)}, context)
    known, steps = command.precision, list[Step]()
    if command.created_at is not None:
        steps.append(partial(begin, command.created_at, known.get("created_at", "")))
    if command.closed_at is not None and deal.closed_at is not None:
        steps.append(partial(_end, command.closed_at, known.get("closed_at", "")))
    try:
        return _in_turn(steps, deal, context) + said
    except Refused:
        if len(steps) == 1:
            raise
        # Where both lie later, it has to end later before it can begin later.
        return _in_turn(steps[::-1], deal, context) + said


def _in_turn(steps: Iterable[Step], deal: Deal, context: c.Context) -> list[Event]:
    course, events = context.course(deal.id), list[Event]()
    for step in steps:
        found = step(deal, course, context)
        deal, course = evolve_all(deal, found), as_corrected([*course, *found])
        events += found
    return events


def _end(
    at: datetime,
    known: c.Precision,
    deal: Deal,
    course: Sequence[Event],
    context: c.Context,
) -> list[Event]:
    before = _before_it_closed(deal, course)
    _check_entered(before, local_date(at, context.zone), context)
    at = not_before_entry(before, at)
    after: dict[str, FieldValue] = {
        "closed_at": at,
        "stage_entered_at": at,
        "entry_precision": known,
        **carried(deal, deal.closed_at, at, course[-1:]),
    }
    return corrected(deal, after, context, known)


def _on_another_day(deal: Deal, day: date | None, context: c.Context) -> list[Event]:
    """A deal that is closed ended on that day; nothing follows where it did."""
    was = deal.known_closed_at
    if day is None or (was is not None and local_date(was, context.zone) == day):
        return []
    course = context.course(deal.id)
    at = _close_instant(None, day, _before_it_closed(deal, course), context)
    return _end(at, "", deal, course, context)


def _before_it_closed(deal: Deal, course: Sequence[Event]) -> Deal:
    """The deal in the stage that it was closed from; as it is where nobody tells its course."""
    if len(course) <= 1:
        return replace(deal, stage_id=deal.closed_from or deal.stage_id, entry_precision=UNKNOWN)
    return evolve_all(None, course[:-1], deal.id)
