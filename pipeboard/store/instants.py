"""Instants as they are recorded: never before one that is recorded already.

A clock that was set back would else let a deal enter a stage before it was created.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from pipeboard.domain.deal import Answer
from pipeboard.domain.events import Event, evolve, instant, micros
from pipeboard.store.projecting import Change
from pipeboard.store.troubles import readable

_A_MOMENT = timedelta(microseconds=1)


class Instants:
    """The instants of one transaction's commands."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def recorded(self, at: datetime) -> datetime:
        """The instant at which something is recorded now: `at`, or just after the last one where
        the clock shows an earlier time than that."""
        last = self._last()
        if micros(at) < last:
            at = instant(last) + _A_MOMENT
        self.reached(at)
        return at

    def reached(self, at: datetime) -> None:
        """Notes that something is recorded with that instant."""
        self._session.execute(
            text("UPDATE counter SET value = :at WHERE name = 'instant' AND value < :at"),
            {"at": micros(at)},
        )

    def _last(self) -> int:
        found = self._session.execute(text("SELECT value FROM counter WHERE name = 'instant'"))
        with readable("the counters"):
            return int(found.scalar() or 0)


def put_off(change: Change, decided_at: datetime, at: datetime) -> Change:
    """The change as if it had been decided at another instant.

    What was dated back by hand stays, and so does what an undo brings back.
    """
    events = tuple(_put_off(event, decided_at, at) for event in change.events)
    after = change.before
    for event in events:
        after = evolve(after, event, change.after.id)
    return change if after is None else replace(change, after=after, events=events)


def _put_off(event: Event, decided_at: datetime, at: datetime) -> Event:
    """An event that took effect when it was decided, or after that because of one before it."""
    if not decided_at <= event.at < at:
        return event
    if event.undoes:
        return replace(event, at=at)
    after, facts = (_moved(said, event.at, at) for said in (event.after, event.facts))
    return replace(event, at=at, after=after, facts=facts)


def _moved(value: Any, then: datetime, at: datetime) -> Any:
    """A value with one instant in it moved to another, also where it is written in JSON."""
    match value:
        case datetime():
            return at if value == then else value
        case str():
            return at.isoformat() if value == then.isoformat() else value
        case Mapping():
            return MappingProxyType({k: _moved(item, then, at) for k, item in value.items()})
        case Answer():
            return replace(value, at=_moved(value.at, then, at))
        case _:
            return value
