"""Deciding what is known better later of a deal: the log keeps both, numbers and looks back take
what is known now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from pipeboard.domain import commands as c
from pipeboard.domain.dates import format_date, local_date, micros
from pipeboard.domain.deal import UNKNOWN, Deal
from pipeboard.domain.errors import Refused
from pipeboard.domain.events import NO_FACTS, Event, EventFacts, Kind, change_to, value_of

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue, Values


def began_on(day: date, deal: Deal, context: c.Context) -> list[Event]:
    """A deal began on that day; nothing follows where it did. `Refused` for one on which it was
    further already."""
    was = deal.known_created_at
    if was is not None and local_date(was, context.zone) == day:
        return []
    return begin(noon_of(day, context), "day", deal, context.course(deal.id), context)


def noon_of(day: date, context: c.Context) -> datetime:
    """The instant that stands for a day of which no more is known: its noon, not after now."""
    noon = datetime.combine(day, time(12), context.zone).astimezone(context.at.tzinfo)
    return min(noon, context.at)


def begin(
    at: datetime,
    known: c.Precision,
    deal: Deal,
    course: Sequence[Event],
    context: c.Context,
) -> list[Event]:
    """A deal began at an instant that is known so exactly, by its course until now."""
    at = _not_after_it_went_on(at, deal, course, context)
    after: dict[str, FieldValue] = {"created_at": at, "created_precision": known}
    along = carried(deal, deal.created_at, at, course[:1])
    if len(course) <= 1 and deal.stage_entered_at == deal.created_at:
        after |= {"stage_entered_at": at, "entry_precision": known, **along}
    elif "qualified_at" in along:
        after["qualified_at"] = at
    return corrected(deal, after, context, known)


def carried(deal: Deal, was: datetime | None, at: datetime, by: Sequence[Event]) -> Values:
    """What an entry has taken from its instant, and goes along with it."""
    found: dict[str, FieldValue] = {}
    if was is not None and deal.rank == -micros(was):
        found["rank"] = -micros(at)
    if deal.qualified_at == was and all("qualified_at" in event.after for event in by):
        found["qualified_at"] = at
    return found


def corrected(
    deal: Deal, after: Values, context: c.Context, known: c.Precision = ""
) -> list[Event]:
    """The one event of a correction; nothing where it is known so already."""
    facts: EventFacts = {"precision": known} if known else NO_FACTS
    event = change_to(deal, Kind.CORRECTED, context.at, after, facts)
    return [event] if event.changed else []


def _not_after_it_went_on(
    at: datetime, deal: Deal, course: Sequence[Event], context: c.Context
) -> datetime:
    """The instant at which a deal began, which was not after it came to its next stage; `Refused`
    for a later day."""
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
