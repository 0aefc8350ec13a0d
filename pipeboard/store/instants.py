"""Instants as they are recorded: never before one that is recorded already.

A clock that was set back would else let a deal enter a stage before it was created.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session

from pipeboard.domain.events import instant, micros
from pipeboard.store.troubles import readable

_A_MOMENT = timedelta(microseconds=1)


class Instants:
    """The instants of one transaction's commands."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def now(self, clock: datetime) -> datetime:
        """The instant to decide and record at: what the clock shows, or just after the last one
        that was recorded where the clock shows an earlier time than that."""
        found = self._session.execute(text("SELECT value FROM counter WHERE name = 'instant'"))
        with readable("the counters"):
            last = int(found.scalar() or 0)
        return clock if micros(clock) >= last else instant(last) + _A_MOMENT

    def reached(self, at: datetime) -> None:
        """Notes that something is recorded with that instant."""
        self._session.execute(
            text("UPDATE counter SET value = :at WHERE name = 'instant' AND value < :at"),
            {"at": micros(at)},
        )
