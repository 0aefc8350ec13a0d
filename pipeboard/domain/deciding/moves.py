"""Deciding where a deal stands: move, reopen, archive, undo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pipeboard.domain import commands as c
from pipeboard.domain.criteria import pass_gate, unmet
from pipeboard.domain.dates import micros
from pipeboard.domain.deal import NOTHING, Deal, Status
from pipeboard.domain.deciding.rules import rule
from pipeboard.domain.errors import Conflict, NotFound, Refused, SoAlready, Way
from pipeboard.domain.events import (
    NO_FACTS,
    Event,
    EventFacts,
    Kind,
    change_to,
    evolve,
    inverse,
    read,
    value_of,
)
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.pipeline import Pipeline, Stage
from pipeboard.domain.text import clean_line
from pipeboard.domain.timeline import field_label

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue, Values


REOPEN_FIRST = "Reopen it first."
BACK_FIRST = "Unarchive it first."


def in_stage(deal: Deal, stage_id: int) -> Deal:
    """The deal as it would be in another stage, to ask what is missing there."""
    return evolve(deal, Event(Kind.MOVED, deal.created_at, after={"stage_id": stage_id}))


@rule(c.Move, "move", lambda _, told: f"Moved {told.whom} to {told.stage}.", takes_up=True)
def move(command: c.Move, deal: Deal, context: c.Context) -> list[Event]:
    """To another open stage; forwards only through the gate."""
    stage = target_stage(command.stage_id, context.pipeline)
    must_be_open(deal, f"moved to {stage.name}")
    if not stage.is_open:
        outcome = "won" if stage is context.pipeline.won else "lost, with a reason"
        raise Refused(f"{stage.name} is an outcome, not a step.", hint=f"Mark it {outcome}.")
    if stage.id == deal.stage_id:
        raise SoAlready(f"{deal.ref} {deal.name} is already in {stage.name}.")
    return [entry(deal, stage, context.at, context, command.override)]


@rule(c.Step, "move", lambda _, told: f"Moved {told.whom} to {told.stage}.", takes_up=True)
def step(command: c.Step, deal: Deal, context: c.Context) -> list[Event]:
    """To a neighbour of the stage that the deal is in."""
    pipeline = context.pipeline
    stage = pipeline.stage(deal.stage_id)
    must_be_open(deal, "moved")
    target = pipeline.neighbour(stage.id, command.places)
    if target is not None:
        return move(c.Move(target.id, command.override), deal, context)
    if command.places < 0:
        raise Refused(
            f"{deal.name} has nowhere to go back to: {stage.name} is the first stage.",
        )
    raise Refused(
        f"{stage.name} is the last stage of {pipeline.name}.", hint="Mark the deal won or lost."
    )


def target_stage(stage_id: int, pipeline: Pipeline) -> Stage:
    """The stage that a deal is to go to; `NotFound` for another pipeline's, `Refused` for one
    that was retired."""
    if not any(stage.id == stage_id for stage in pipeline.stages):
        raise NotFound(
            f"{pipeline.name} has no such stage.", hint="Choose one of the stages on the board."
        )
    stage = pipeline.stage(stage_id)
    if stage.retired:
        raise Refused(f"{stage.name} is retired.", hint="Choose one of the stages on the board.")
    return stage


def entry(deal: Deal, stage: Stage, at: datetime, context: c.Context, override: str) -> Event:
    """The event of entering an open stage; an advance counts as a touch."""
    pipeline = context.pipeline
    missing = pass_gate(deal, pipeline, stage, context.today, override)
    at = not_before_entry(deal, at)
    after: dict[str, FieldValue] = {
        "stage_id": stage.id,
        "stage_entered_at": at,
        "entry_precision": "",
        "rank": -micros(at),
    }
    if pipeline.position(stage.id) > pipeline.position(deal.stage_id):
        after["last_touch_at"] = max(at, deal.last_touch_at or at)
    if deal.qualified_at is None and pipeline.is_qualified_at(stage.id):
        after["qualified_at"] = at
    return change_to(deal, Kind.MOVED, at, after, logged(override, missing))


def not_before_entry(deal: Deal, at: datetime) -> datetime:
    """The instant, or when the deal came to where it stands if that was later; nobody may know."""
    since = deal.known_entry_at
    return at if since is None else max(at, since)


def logged(override: str, missing: Sequence[str]) -> EventFacts:
    """The facts of a gate that was passed with a reason."""
    if not missing:
        return NO_FACTS
    reason = clean_line(override, field="reason")
    return {"override": reason, "missing": list(missing)}


@rule(c.Reopen, "reopen", lambda _, told: f"Reopened {told.whom}.")
def reopen(command: c.Reopen, deal: Deal, context: c.Context) -> list[Event]:
    """A closed deal back to work; to a later stage than it left, only through the gate."""
    if deal.status is Status.ARCHIVED:
        raise Refused(f"{deal.ref} {deal.name} is archived.", hint=BACK_FIRST, way=Way.UNARCHIVE)
    if deal.is_open:
        raise SoAlready(f"{deal.ref} {deal.name} is open already.")
    pipeline = context.pipeline
    left_id = deal.closed_from or pipeline.open_stages[0].id
    stage = target_stage(command.stage_id or left_id, pipeline)
    if not stage.is_open:
        raise Refused(f"A deal cannot be reopened in {stage.name}.", hint="Name an open stage.")
    missing = pass_gate(in_stage(deal, left_id), pipeline, stage, context.today, command.override)
    at = not_before_entry(deal, context.at)
    after: Values = {
        "stage_id": stage.id,
        "stage_entered_at": at,
        "entry_precision": "",
        "outcome": Status.OPEN,
        "closed_at": None,
        "closed_from": None,
        "loss": None,
        "rank": -micros(at),
    }
    return [change_to(deal, Kind.REOPENED, at, after, logged(command.override, missing))]


def must_be_open(deal: Deal, what: str) -> None:
    if deal.status is Status.ARCHIVED:
        raise Refused(
            f"{deal.ref} {deal.name} is archived and cannot be {what}.",
            hint=BACK_FIRST,
            way=Way.UNARCHIVE,
        )
    if not deal.is_open:
        raise Refused(
            f"{deal.ref} {deal.name} is {deal.outcome} and cannot be {what}.",
            hint=REOPEN_FIRST,
            way=Way.REOPEN,
        )


@rule(c.Archive, "archive", lambda _, told: f"Archived {told.whom}.")
def archive(command: c.Archive, deal: Deal, context: c.Context) -> list[Event]:
    """Out of sight; undoable, and nothing is deleted."""
    if deal.archived_at is not None:
        raise SoAlready(f"{deal.ref} {deal.name} is archived already.")
    return [change_to(deal, Kind.ARCHIVED, context.at, {"archived_at": context.at})]


@rule(c.Unarchive, "unarchive", lambda _, told: f"Unarchived {told.whom}.")
def unarchive(command: c.Unarchive, deal: Deal, context: c.Context) -> list[Event]:
    """Back where it was."""
    if deal.archived_at is None:
        raise SoAlready(f"{deal.ref} {deal.name} is not archived.")
    return [change_to(deal, Kind.UNARCHIVED, context.at, {"archived_at": None})]


def touched(
    deal: Deal,
    at: datetime,
    facts: EventFacts,
    direction: str,
    also: Values = NOTHING,
) -> Event:
    """The event of a touch: it stops the idle clock, and counts towards or ends a silence. What is
    said in no direction, at a handover, does neither: nobody spoke with the customer.

    `also` are fields that it changes besides.
    """
    after: dict[str, FieldValue] = {**also}
    if direction:
        after["last_touch_at"] = max(at, deal.last_touch_at or at)
    if direction == "out":
        after["last_outbound_at"] = max(at, deal.last_outbound_at or at)
        after["outbound_since_reply"] = deal.outbound_since_reply + 1
    elif direction == "in":
        after["last_reply_at"] = max(at, deal.last_reply_at or at)
        after["outbound_since_reply"] = 0
    return change_to(deal, Kind.TOUCH, at, after, facts)


# Deciding undo and redo: the inverse of what a command did, through the same gate.

TAKEN_BACK = "undo"
"""The reason that is logged where taking a step back returns a deal past an unmet gate."""


@rule(c.Revert)
def revert(command: c.Revert, deal: Deal, context: c.Context) -> list[Event]:
    """The inverses of the command's events, last first.

    Refused when the deal is no longer as the events left it, or when a stage's exit criteria
    have been tightened since so that a redo would now need a reason. An undo returns the deal to
    where it was in any case, and logs what is missing there.
    """
    reverted = []
    for event in reversed(command.events):
        back = inverse(event)
        for name, value in back.before.items():
            if read(deal, name) != value:
                label = field_label(name, (context.pipeline,))
                raise Conflict(
                    f"{deal.ref} {deal.name} has changed since: {label}.",
                    hint="See its history.",
                    details={"deal": deal.ref, "field": name},
                )
        facts = _facts(back, deal, context)
        reverted.append(replace(back, at=max(context.at, event.at), facts=facts))
        if back.after or back.before:
            deal = evolve(deal, back)
    return reverted


def _facts(back: Event, deal: Deal, context: c.Context) -> EventFacts:
    """What an event that is put again says: its reason to pass a gate, if it needs one."""
    target_id = value_of(back.after, "stage_id", int)
    if target_id is None or (back.undoes and "outcome" in back.after):
        return back.facts
    target, reason = context.pipeline.stage(target_id), str(back.facts.get("override", ""))
    if not back.undoes:
        pass_gate(deal, context.pipeline, target, context.today, reason)
        return back.facts if reason != TAKEN_BACK else NO_FACTS
    lacking = unmet(deal, context.pipeline, target_id, context.today)
    if not lacking:
        return back.facts
    return {**back.facts, "override": TAKEN_BACK, "missing": [lack.text for lack in lacking]}
