"""Remarks on a command that a person should hear: an owner who is new or away, a call too soon."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pipeboard.domain import commands as c
from pipeboard.domain.cadence import hours_too_soon
from pipeboard.domain.dates import format_day, local_date
from pipeboard.domain.deal import Deal
from pipeboard.domain.going_on import PERSISTENCE, follow_ups
from pipeboard.domain.people import about_owner
from pipeboard.domain.text import quoted
from pipeboard.workspace.service import Service

if TYPE_CHECKING:
    from pipeboard.store.projecting import Change


def remarks(service: Service, command: c.Command, changes: Sequence[Change]) -> tuple[str, ...]:
    """What to say of the command beside its sentence."""
    before = [change.before for change in changes if change.before is not None]
    match command:
        case c.Assign() | c.Edit() | c.SetFields():
            return _about_owners(service, changes)
        case c.AnswerQuestion(question, answer) if answer is not None:
            return tuple(filter(None, (_replaced(service, deal, question) for deal in before)))
        case c.Move() | c.Step() | c.Win() | c.Reopen() if command.override:
            return _overridden(changes)
        case c.LogTouch(direction="out"):
            early = _too_soon(service, before, command.at or service.now())
            counted = () if command.quote else _follow_ups(service, before, command)
            return (*early, *counted)
        case _:
            return ()


def _about_owners(service: Service, changes: Sequence[Change]) -> tuple[str, ...]:
    owners = {
        change.after.owner: None
        for change in changes
        if change.before is not None and change.before.owner != change.after.owner
    }
    reps = service.reader.reps() if owners else ()
    return tuple(note for owner in owners for note in about_owner(reps, owner, service.me))


def _replaced(service: Service, deal: Deal, question: str) -> str:
    """Whose answer gives way to mine, and what it said; nothing where it was my own."""
    found = service.pipeline_now(deal.pipeline_id).question(question)
    present = deal.answers.get(found.key) if found else None
    if present is None or not present.is_given or present.by in ("", service.me):
        return ""
    when = (
        f" of {format_day(local_date(present.at, service.settings.zone), service.today)}"
        if present.at
        else ""
    )
    rating = "" if present.rating is None else f" ({present.rating}/4)"
    said = quoted(present.text) if present.text else "no words"
    return f"{present.by}'s answer{when} stays in the history: {said}{rating}."


def _overridden(changes: Sequence[Change]) -> tuple[str, ...]:
    """How many criteria a reason stood in for."""
    count = sum(len(event.facts.get("missing", ())) for each in changes for event in each.events)
    return (
        (f"{count} {'criterion' if count == 1 else 'criteria'} overridden, logged.",)
        if count
        else ()
    )


def _follow_ups(service: Service, deals: Sequence[Deal], command: c.LogTouch) -> tuple[str, ...]:
    """Where a proposal stands: how often it was followed up, with this time."""
    if len(deals) != 1 or (sent_at := deals[0].quote_sent_at) is None:
        return ()
    count = follow_ups(sent_at, service.reader.touches(deals[0].id))
    count += (command.at or service.now()) > sent_at
    return (f"Follow-up {count} of {PERSISTENCE} since the proposal.",) if count else ()


def _too_soon(service: Service, deals: Sequence[Deal], at: datetime) -> tuple[str, ...]:
    least = service.settings.min_gap_hours
    return tuple(
        f"{deal.name} was last contacted {hours} h before: fewer than {least}."
        for deal in deals
        if (hours := hours_too_soon(deal, at, least)) is not None
    )
