"""Deciding how a deal begins: here, or taken over with the past that it has elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from pipeboard.domain import commands as c
from pipeboard.domain.criteria import unmet
from pipeboard.domain.dates import format_date, local_date, micros
from pipeboard.domain.deal import Contact, Deal, Loss, Status, Term
from pipeboard.domain.deal_fields import BEGINNING, FIELDS
from pipeboard.domain.deal_record import may_see
from pipeboard.domain.deciding import edits, work
from pipeboard.domain.deciding.closings import closing
from pipeboard.domain.deciding.correcting import noon_of
from pipeboard.domain.deciding.edits import clean_fields, given_by
from pipeboard.domain.deciding.moves import entry, target_stage
from pipeboard.domain.deciding.rules import rule
from pipeboard.domain.errors import BadInput, Refused, Way
from pipeboard.domain.events import (
    Event,
    EventFacts,
    Kind,
    change_to,
    evolve,
    evolve_all,
    value_of,
)
from pipeboard.domain.lazy_dataclass import fields, replace
from pipeboard.domain.pipeline import Stage
from pipeboard.domain.text import clean_line, free_key

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue, Values


# What a rep says against the stage's default, an event of its own from the first day.
_OWN_WORD = {
    "probability_bp": Kind.PROBABILITY,
    "category": Kind.CATEGORY,
    "next_step": Kind.NEXT_STEP,
    "snoozed_until": Kind.SNOOZED,
}
_PLANNED = ("next_step", "snoozed_until")


def create(command: c.Create, context: c.Context, deal_id: int) -> tuple[list[Event], Deal]:
    """A deal begins in the stage that it is in, on the day that is said, else now; what earlier
    stages ask is logged, not asked."""
    stage = target_stage(command.stage_id, context.pipeline)
    if not stage.is_open:
        raise Refused(
            f"A new deal cannot begin in {stage.name}.",
            hint="Add it to an open stage, then mark it won or lost.",
        )
    origin = f"new in {stage.name}"
    fields = dict(command.fields)
    if not fields.get("recycled_from"):  # what comes back was given by nobody
        fields["given_by"] = given_by(str(fields.get("owner") or ""), None, context)
    day = value_of(fields, BEGINNING, date)
    fields.pop(BEGINNING, None)
    if day is None or day >= context.today:
        return _beginning(deal_id, command.title, stage, context.at, fields, context, origin)
    at = noon_of(day, context)
    return _beginning(deal_id, command.title, stage, at, fields, context, origin, precision="day")


def take_over(command: c.TakeOver, context: c.Context, deal_id: int) -> tuple[list[Event], Deal]:
    """A deal from elsewhere, with its stages, notes and outcome as events at their own dates."""
    pipeline, fields = context.pipeline, dict(command.fields)
    rank = fields.pop("rank", None)
    # What is planned came after what was done.
    plan = {name: fields.pop(name) for name in _PLANNED if command.steps_done and name in fields}
    first_id, entered_at = command.path[0]
    stage = pipeline.stage(first_id)
    events, deal = _beginning(
        deal_id,
        command.title,
        stage,
        command.created_at,
        fields,
        context,
        command.origin,
        entered_at,
        command.precision.get("created_at", ""),
    )

    def then(*later: Event) -> None:
        nonlocal deal
        if later:
            events.extend(later)
            deal = evolve_all(deal, later)

    for stage_id, at in command.path[1:]:
        if stage_id == deal.stage_id:
            then(_return(deal, at))
        else:
            then(entry(deal, pipeline.stage(stage_id), at, context, command.origin))
    for touch in command.touches:
        then(work.logged(touch, deal, context))
    for done in command.steps_done:
        then(work.step_done(done, deal))
    then(*_own_words(deal, clean_fields(plan), deal.last_touch_at or context.at))
    then(*map(work.noted, command.notes))
    closed_at = command.closed_at or context.at
    then(*_ending(command, deal, closed_at, context))
    if rank is not None:
        then(change_to(deal, Kind.RANKED, deal.stage_entered_at, {"rank": rank}))
    if command.archived or command.merged_into is not None:
        at, kind, into = command.archived_at or closed_at, Kind.ARCHIVED, {}
        if command.merged_into is not None:
            kind, into = Kind.MERGED, {"merged_into": command.merged_into}
        then(change_to(deal, kind, at, {**into, "archived_at": at}))
    return events, deal


def _ending(command: c.TakeOver, deal: Deal, at: datetime, context: c.Context) -> Iterator[Event]:
    """How a deal from elsewhere ended; nothing of one that is open."""
    pipeline, known = context.pipeline, command.precision.get("closed_at", "")
    if command.outcome == Status.WON:
        yield closing(deal, pipeline.won, at, Kind.WON, {}, command.origin, context, known)
    elif command.outcome == Status.LOST:
        after: Values = {"loss": command.loss or Loss("other")}
        yield closing(deal, pipeline.lost, at, Kind.LOST, after, "", context, known)


def _own_words(deal: Deal, said: Values, at: datetime) -> list[Event]:
    """The events of what a rep says, by the fields that it is kept in."""
    return [change_to(deal, _OWN_WORD[name], at, {name: value}) for name, value in said.items()]


def _return(deal: Deal, at: datetime) -> Event:
    """The event of coming back to the stage that a deal stands in: whatever it was closed as in
    between, nobody knows any more."""
    after: Values = {
        "stage_id": deal.stage_id,
        "stage_entered_at": at,
        "entry_precision": "",
        "rank": -micros(at),
    }
    before: Values = {name: getattr(deal, name) for name in after}
    return Event(Kind.REOPENED, at, before, after)


def _beginning(
    deal_id: int,
    title: str,
    stage: Stage,
    at: datetime,
    fields: Mapping[str, FieldValue],
    context: c.Context,
    origin: str,
    entered_at: datetime | None = None,
    precision: c.Precision = "",
) -> tuple[list[Event], Deal]:
    """The first events of a deal that began `at`, which is known so exactly, and the deal; where
    it stood before `entered_at` is unknown."""
    since = max(at, entered_at or at)
    clean = clean_fields(fields)
    own_word = {name: clean.pop(name) for name in _OWN_WORD if name in clean}
    after: dict[str, FieldValue] = {
        "pipeline_id": context.pipeline.id,
        "stage_id": stage.id,
        "title": clean_line(title, field="title"),
        "removed": False,
        "created_at": at,
        "stage_entered_at": since,
        "rank": -micros(since),
        **clean,
    }
    if not after["title"]:
        raise BadInput(
            "A deal needs a title.", hint="For example: Lumen Oy: packaging line pilot 40k"
        )
    if context.pipeline.is_qualified_at(stage.id):
        after["qualified_at"] = since
    exactly: EventFacts = {"precision": precision} if precision else {}
    event = Event(Kind.CREATED, at, {"removed": True}, after, exactly)
    deal = evolve(None, event, deal_id)
    said = _own_words(deal, own_word, at)
    for word in said:
        deal = evolve(deal, word)
    first = context.pipeline.open_stages[0]
    if lacking := unmet(deal, context.pipeline, stage.id, context.today, first.id):
        missing = [lack.text for lack in lacking]
        event = replace(event, facts={"override": origin, "missing": missing, **exactly})
    return [event, *said], deal


# Deciding how deals that are the same one become one: what goes along, and what must be asked.

_CARRIED_ENTRIES = {
    "answers": Kind.ANSWERED,
    "contacts": Kind.CONTACT,
    "terms": Kind.TERM,
    "checklist": Kind.CHECKED,
    "asks": Kind.ASKED,
}
_NAMED = {"contacts": ("name", "person"), "terms": ("item", "term")}
"""What an entry is called by, and what its key is where its name makes none."""


@rule(c.MergeInto)
def merge_into(command: c.MergeInto, deal: Deal, context: c.Context) -> list[Event]:
    """This deal ends in another one, archived, and says in which."""
    if command.kept_id == deal.id:
        raise Refused(f"{deal.ref} cannot be merged into itself.")
    if deal.closed_at is not None and not command.closed:
        at = deal.known_closed_at
        on = f" on {format_date(local_date(at, context.zone))}" if at is not None else ""
        value = f" with {deal.value}" if deal.value else ""
        raise Refused(
            f"{deal.ref} {deal.name} was {deal.outcome}{value}{on}: merged, it leaves the "
            f"numbers{' of that time' if on else ''}.",
            hint=f"Keep {deal.ref} and merge the other into it.",
            way=Way.MERGE_CLOSED,
            details={"deal": deal.ref, "reason": "closed"},
        )
    after: Values = {"merged_into": command.kept_id, "archived_at": deal.archived_at or context.at}
    return [change_to(deal, Kind.MERGED, context.at, after)]


@rule(c.Absorb)
def absorb(command: c.Absorb, deal: Deal, context: c.Context) -> list[Event]:
    """What the others know and this deal does not; their notes and touches at their own dates.

    Where both know something, this deal's stands; the other's stays in its own history.
    """
    others = [other.deal for other in command.others]
    facts: EventFacts = {"merged": [other.id for other in others]}
    filling = _filling(deal, others)
    events = [Event(Kind.ABSORBED, context.at, facts=facts)]
    if filling:
        events += edits.changed_fields(filling, deal, context)
    for whole, kind in _CARRIED_ENTRIES.items():
        if entries := _entries(whole, deal, others):
            events.append(change_to(deal, kind, context.at, entries))
    step = next((other.next_step for other in others if other.next_step), None)
    if deal.is_open and deal.next_step is None and step is not None:
        events.append(change_to(deal, Kind.NEXT_STEP, context.at, {"next_step": step}))
    grown = evolve_all(deal, events)
    for other in command.others:
        for note in other.notes:
            events.append(work.noted(note))
            grown = evolve(grown, events[-1])
        for touch in other.touches:
            events.append(work.logged(touch, grown, context))
            grown = evolve(grown, events[-1])
    return events


def _filling(keep: Deal, others: Sequence[Deal]) -> dict[str, FieldValue]:
    """The plain fields that the others know and the kept deal does not; of what is an owner's own,
    only what its owner goes on to see."""
    owner = keep.owner or next((deal.owner for deal in others if deal.owner), "")
    filling: dict[str, FieldValue] = {}
    for field in FIELDS:
        name = field.name
        if name == "tags":
            tags = {tag for deal in (keep, *others) for tag in deal.tags}
            filling["tags"] = tuple(sorted(tags))
        elif field.merged and getattr(keep, name) in (None, "", ()):
            known = (getattr(deal, name) for deal in others if may_see(name, deal.owner, owner))
            found = next((value for value in known if value not in (None, "", ())), None)
            if found is not None:
                filling[name] = found
    for deal in others:
        for name, value in deal.fields.items():
            if name not in keep.fields:
                filling.setdefault(f"fields.{name}", value)
    return filling


def _entries(whole: str, keep: Deal, others: Sequence[Deal]) -> Values:
    """Answers, people, terms or ticks that the kept deal has none of under that key.

    A person or a term that both have gets what it lacks; another one under the same key gets a key
    of its own.
    """
    found: dict[str, FieldValue] = {}
    have = dict(getattr(keep, whole))
    name, otherwise = _NAMED.get(whole, ("", ""))
    for deal in others:
        for key, told in getattr(deal, whole).items():
            place, ours = key, have.get(key)
            if ours is None:
                wanted = told
            elif not name:
                continue
            elif getattr(ours, name) == getattr(told, name):
                wanted = _filled(ours, told)
            else:
                place, wanted = free_key(getattr(told, name), have, otherwise), told
            if wanted != ours:
                have[place] = found[f"{whole}.{place}"] = wanted
    return found


def _filled(ours: Contact | Term, theirs: Contact | Term) -> Contact | Term:
    """Ours with what it does not say and theirs does."""
    names = [one.name for one in fields(ours) if getattr(ours, one.name) == one.default]
    return replace(ours, **{name: getattr(theirs, name) for name in names})
