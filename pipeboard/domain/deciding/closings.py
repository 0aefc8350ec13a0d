"""Deciding how a deal ends, won or lost, and what is known better of that later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from functools import partial
from typing import TYPE_CHECKING

from pipeboard.domain import commands as c
from pipeboard.domain.corrections import as_corrected
from pipeboard.domain.criteria import pass_gate
from pipeboard.domain.dates import format_date, local_date, micros
from pipeboard.domain.deal import LOSS_CATEGORIES, UNKNOWN, Deal, Loss, Status
from pipeboard.domain.deciding.edits import changed_fields
from pipeboard.domain.deciding.moves import logged, must_be_open, not_before_entry
from pipeboard.domain.deciding.rules import Telling, rule
from pipeboard.domain.errors import BadInput, Refused, SoAlready
from pipeboard.domain.events import (
    NO_FACTS,
    Event,
    EventFacts,
    Kind,
    change_to,
    evolve_all,
    value_of,
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
        if command.value not in (None, deal.value):
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
        events += _corrected(deal, {"loss": replace(was, **said)}, context)
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
    if day > context.today:
        raise BadInput(f"{format_date(day)} lies ahead: a deal closes today or earlier.")
    _check_entered(deal, day, context)
    return datetime.combine(day, time(12), context.zone).astimezone(context.at.tzinfo)


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


@rule(c.Correct)
def correct(command: c.Correct, deal: Deal, context: c.Context) -> list[Event]:
    """Another beginning, another end of a deal that is closed; `Refused` where it cannot be."""
    loss = command.loss if deal.loss is not None else None
    said = [] if loss is None else _corrected(deal, {"loss": _clean(loss, context)}, context)
    began_at = command.created_at
    ended_at = command.closed_at if deal.closed_at is not None else None
    if began_at is None or ended_at is None:
        return _put_on(deal, began_at, ended_at, command.precision, context) + said
    try:
        events = _in_turn(deal, ((began_at, None), (None, ended_at)), command.precision, context)
    except Refused:  # both lie later: it has to end later before it can begin later
        events = _in_turn(deal, ((None, ended_at), (began_at, None)), command.precision, context)
    return events + said


def _in_turn(
    deal: Deal,
    steps: Iterable[tuple[datetime | None, datetime | None]],
    known: Mapping[str, c.Precision],
    context: c.Context,
) -> list[Event]:
    events: list[Event] = []
    for began_at, ended_at in steps:
        course = tuple(as_corrected([*context.course(deal.id), *events]))
        then = replace(context, course=partial(_given, course))
        events += _put_on(evolve_all(deal, events), began_at, ended_at, known, then)
    return events


def _given(course: Sequence[Event], _: int) -> Sequence[Event]:
    return course


def _put_on(
    deal: Deal,
    began_at: datetime | None,
    ended_at: datetime | None,
    known: Mapping[str, c.Precision],
    context: c.Context,
) -> list[Event]:
    """The beginning or the end on another instant."""
    if began_at is not None:
        at = _not_after_it_went_on(began_at, deal, context)
        return _begun(deal, at, known.get("created_at", ""), context)
    if ended_at is None:
        return []
    before = _before_it_closed(deal, context)
    _check_entered(before, local_date(ended_at, context.zone), context)
    at = not_before_entry(before, ended_at)
    return _ended(deal, at, known.get("closed_at", ""), context)


def _on_another_day(deal: Deal, day: date | None, context: c.Context) -> list[Event]:
    """A deal that is closed ended on that day; nothing follows where it did."""
    was = deal.known_closed_at
    if day is None or (was is not None and local_date(was, context.zone) == day):
        return []
    before = _before_it_closed(deal, context)
    at = not_before_entry(before, _close_instant(None, day, before, context))
    return _ended(deal, at, "", context)


def _before_it_closed(deal: Deal, context: c.Context) -> Deal:
    """The deal in the stage that it was closed from; as it is where nobody tells its course."""
    course = context.course(deal.id)[:-1]
    if not course:
        return replace(deal, stage_id=deal.closed_from or deal.stage_id, entry_precision=UNKNOWN)
    return evolve_all(None, course, deal.id)


def _ended(deal: Deal, at: datetime, known: c.Precision, context: c.Context) -> list[Event]:
    after: dict[str, FieldValue] = {
        "closed_at": at,
        "stage_entered_at": at,
        "entry_precision": known,
        **_carried(deal, deal.closed_at, at, context.course(deal.id)[-1:]),
    }
    return _corrected(deal, after, context, known)


def _begun(deal: Deal, at: datetime, known: c.Precision, context: c.Context) -> list[Event]:
    course = context.course(deal.id)
    after: dict[str, FieldValue] = {"created_at": at, "created_precision": known}
    carried = _carried(deal, deal.created_at, at, course[:1])
    if len(course) <= 1 and deal.stage_entered_at == deal.created_at:
        after |= {"stage_entered_at": at, "entry_precision": known, **carried}
    elif "qualified_at" in carried:
        after["qualified_at"] = at
    return _corrected(deal, after, context, known)


def _carried(deal: Deal, was: datetime | None, at: datetime, by: Sequence[Event]) -> Values:
    """What an entry has taken from its instant, and goes along with it."""
    found: dict[str, FieldValue] = {}
    if was is not None and deal.rank == -micros(was):
        found["rank"] = -micros(at)
    if deal.qualified_at == was and all("qualified_at" in event.after for event in by):
        found["qualified_at"] = at
    return found


def _corrected(
    deal: Deal, after: Values, context: c.Context, known: c.Precision = ""
) -> list[Event]:
    facts: EventFacts = {"precision": known} if known else NO_FACTS
    event = change_to(deal, Kind.CORRECTED, context.at, after, facts)
    return [event] if event.changed else []


def _not_after_it_went_on(at: datetime, deal: Deal, context: c.Context) -> datetime:
    """The instant at which a deal began, which was not after it came to its next stage; `Refused`
    for a later day."""
    course = context.course(deal.id)
    came_at = [value_of(one.after, "stage_entered_at", datetime) or one.at for one in course[:1]]
    came_at = [one for one in came_at if one > deal.created_at]
    went_at = [event.at for event in course[1:] if event.facts.get("precision") != UNKNOWN]
    if not (known := came_at + went_at):
        return at
    later_at = known[0]
    day, next_day = (local_date(one, context.zone) for one in (at, later_at))
    if day > next_day:
        raise Refused(
            f"{deal.ref} came to a stage on {format_date(next_day)}, so it cannot have begun on "
            f"{format_date(day)}.",
            hint="Give an earlier day.",
        )
    return min(at, later_at)
