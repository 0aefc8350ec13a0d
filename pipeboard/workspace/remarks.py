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
from pipeboard.domain.text import quoted
from pipeboard.workspace.owners import about_owner
from pipeboard.workspace.service import Service

if TYPE_CHECKING:
    from pipeboard.store.projecting import Change


def remarks(service: Service, command: c.Command, changes: Sequence[Change]) -> tuple[str, ...]:
    """What to say of the command beside its sentence."""
    before = [change.before for change in changes if change.before is not None]
    match command:
        case c.Assign(owner):
            return about_owner(service.reader.reps(), owner, service.me)
        case c.Edit(fields) if "owner" in fields:
            return about_owner(service.reader.reps(), str(fields["owner"] or ""), service.me)
        case c.AnswerQuestion(question, answer) if answer is not None:
            return tuple(filter(None, (_replaced(service, deal, question) for deal in before)))
        case c.LogTouch(direction="out"):
            early = _too_soon(service, before, command.at or service.now())
            counted = () if command.quote else _follow_ups(service, before, command)
            return (*early, *counted)
        case _:
            return ()


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
