"""Instants as they are recorded: never before one that is recorded already.

A clock that was set back would else let a deal enter a stage before it was created.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from pipeboard.domain.events import instant, micros
from pipeboard.store.projecting import Change

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
        return int(found.scalar() or 0)


def put_off(change: Change, decided_at: datetime, at: datetime) -> Change:
    """The change as if it had been decided at another instant: whatever happened at the one is
    moved to the other, and all else (what was dated back by hand) stays."""
    return replace(
        change,
        after=_moved(change.after, decided_at, at),
        events=tuple(_moved(event, decided_at, at) for event in change.events),
    )


def _moved(value: Any, decided_at: datetime, at: datetime) -> Any:
    match value:
        case datetime():
            return at if value == decided_at else value
        case Mapping():
            return MappingProxyType({k: _moved(v, decided_at, at) for k, v in value.items()})
        case tuple():
            return tuple(_moved(item, decided_at, at) for item in value)
        case str() if value == decided_at.isoformat():
            return at.isoformat()
        case _ if is_dataclass(value) and not isinstance(value, type):
            found = {f.name: getattr(value, f.name) for f in fields(value)}
            moved = {name: _moved(item, decided_at, at) for name, item in found.items()}
            differs = {name: new for name, new in moved.items() if new != found[name]}
            return replace(value, **differs) if differs else value
        case _:
            return value
