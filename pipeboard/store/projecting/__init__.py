"""From changes of deals to the rows of every table.

All rows beside the log follow from the events, so that replaying the log gives them again.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session

from pipeboard.store.projecting.answers import write_answers
from pipeboard.store.projecting.change import Change
from pipeboard.store.projecting.deals import write_deals
from pipeboard.store.projecting.events import write_events
from pipeboard.store.projecting.finding import write_findables, write_owners
from pipeboard.store.projecting.remarks import write_notes, write_touches
from pipeboard.store.projecting.totals import add_totals

__all__ = ["Change", "project", "project_rows"]

CHUNK = 2_000


def project(session: Session, changes: Sequence[Change], command_id: str, at_us: int) -> None:
    """Writes the rows and events of `changes`; `Conflict` when a deal's version is not the one
    that was decided on."""
    for start in range(0, len(changes), CHUNK):
        part = changes[start : start + CHUNK]
        write_deals(session, part, at_us)
        write_events(session, part, command_id)
        _write_around(session, part)
    add_totals(session, changes)


def project_rows(session: Session, changes: Sequence[Change]) -> None:
    """Writes the rows that deals are found by, without their events: for a look at deals as they
    were, in a database that nobody keeps."""
    write_deals(session, changes, 0)
    _write_around(session, changes)


def _write_around(session: Session, changes: Sequence[Change]) -> None:
    write_findables(session, changes)
    write_answers(session, changes)
    write_notes(session, changes)
    write_touches(session, changes)
    write_owners(session, changes)
