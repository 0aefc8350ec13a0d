"""What is known better later of a deal's course, put where it belongs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pipeboard.domain.events import Event, EventFacts, Kind, value_of
from pipeboard.domain.lazy_dataclass import replace

_OF_BEGINNING = frozenset(("created_at", "created_precision"))
_OF_INSTANT = _OF_BEGINNING | {"closed_at", "entry_precision"}
_OF_ENTRY = frozenset(
    ("created_at", "closed_at", "stage_entered_at", "qualified_at", "rank", "loss")
)
"""What an entry says of itself and a correction may say otherwise; how exactly its instant is known
stands among its facts."""


def as_corrected(events: Iterable[Event]) -> list[Event]:
    """The events of a deal that stand, oldest first, as what is known now makes them: each
    correction goes into the event that it is about, and is itself none of them."""
    return [event for event in in_their_places(events) if event is not None]


def in_their_places(events: Iterable[Event]) -> list[Event | None]:
    """The same, each in its place; None in that of a correction."""
    found: list[Event | None] = []
    for event in events:
        if event.kind is not Kind.CORRECTED:
            found.append(event)
            continue
        about = [at for at, one in enumerate(found) if one is not None and _is_about(event, one)]
        if about and (wrong := found[about[-1]]) is not None:
            found[about[-1]] = _put_right(wrong, event)
        found.append(None)
    return found


def _is_about(correction: Event, event: Event) -> bool:
    if _OF_BEGINNING.isdisjoint(correction.changed):
        return event.kind in (Kind.WON, Kind.LOST)
    return event.kind is Kind.CREATED


def _put_right(event: Event, better: Event) -> Event:
    """A beginning or an end as its correction has it."""
    at, after = event.at, dict(event.after)
    after |= {name: value for name, value in better.after.items() if name in _OF_ENTRY}
    for name in ("created_at", "closed_at"):
        at = value_of(better.after, name, datetime) or at
    if event.kind is Kind.CREATED and event.after["stage_entered_at"] == event.at:
        after["stage_entered_at"] = at
    facts = event.facts
    if not _OF_INSTANT.isdisjoint(better.changed):
        after.pop("entry_precision", None)
        facts = _of_precision(facts, better.facts.get("precision", ""))
    return replace(event, at=at, after=after, facts=facts)


def _of_precision(facts: EventFacts, known: str) -> EventFacts:
    """The facts of an event whose instant is known so exactly."""
    found = facts.copy()
    found.pop("precision", None)
    if known:
        found["precision"] = known
    return found
