"""From changes of deals to the rows of every table.

All rows beside the log follow from the events, so that replaying the log gives them again.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeboard.store.database import Database
from pipeboard.store.projecting.deals import (
    Change,
    add_totals,
    write_deals,
    write_findables,
    write_owners,
)
from pipeboard.store.projecting.events import (
    write_answers,
    write_events,
    write_notes,
    write_touches,
)
from pipeboard.store.projecting.facts import write_facts, write_facts_anew

__all__ = ["Change", "project", "project_rows", "write_facts_anew"]

CHUNK = 2_000


def project(
    database: Database,
    changes: Sequence[Change],
    command_id: str,
    at_us: int,
    *,
    takes_back: bool = False,
) -> None:
    """Writes the rows and events of `changes`; `takes_back` where they take a command back or put
    it again. `Conflict` when a deal's version is not the one that was decided on."""
    for start in range(0, len(changes), CHUNK):
        part = changes[start : start + CHUNK]
        write_deals(database, part, at_us)
        events = write_events(database, part, command_id)
        write_facts(database, part, events, anew=takes_back)
        _write_around(database, part)
    add_totals(database, changes)


def project_rows(database: Database, changes: Sequence[Change]) -> None:
    """Writes the rows that deals are found by, without their events: for a look at deals as they
    were, in a database that nobody keeps."""
    write_deals(database, changes, 0)
    _write_around(database, changes)


def _write_around(database: Database, changes: Sequence[Change]) -> None:
    write_findables(database, changes)
    write_answers(database, changes)
    write_notes(database, changes)
    write_touches(database, changes)
    write_owners(database, changes)
