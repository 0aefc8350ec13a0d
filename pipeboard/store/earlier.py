"""What a filter would have found at an instant in the past.

The deals that have been changed since are made again from their events, in a database in memory,
and asked the very same question; all others are as they were.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from itertools import islice

from pipeboard.domain.events import Event, Kind, event_from_json, instant, micros, replay
from pipeboard.domain.pipeline import Pipeline
from pipeboard.store.database import Database
from pipeboard.store.projecting import Change, project_rows
from pipeboard.store.reading.facts import DEALS_AT_ONCE, read_standing
from pipeboard.store.reading.listing import Listing, read_ids
from pipeboard.store.troubles import readable


@readable("the history of the deals")
def ids_at(
    database: Database, pipelines: Sequence[Pipeline], listing: Listing, as_of: datetime
) -> frozenset[int]:
    """The deals of a listing as they were at an instant."""
    us = micros(as_of)
    changed = database.column(
        "select distinct deal_id from event where at > ?"
        " or command_id in (select id from command where at > ?)",
        (us, us),
    )
    now = frozenset(read_ids(database, pipelines, listing))
    if not changed:
        return now
    pipeline_id = listing.pipeline_id
    wanted = [p.id for p in pipelines if pipeline_id in (None, p.id)]
    changes = (change for one in wanted for change in _changes(database, one, as_of, changed))
    return now - frozenset(changed) | _found(database, changes, pipelines, listing)


def _changes(
    database: Database, pipeline_id: int, as_of: datetime, ids: Collection[int]
) -> Iterator[Change]:
    """Deals from nothing to what they were at the instant."""
    events: list[Event] = []
    deal_id = 0
    for row in read_standing(database, pipeline_id, as_of, ids):
        if row["deal_id"] != deal_id:
            yield from _change(deal_id, events)
            deal_id, events = row["deal_id"], []
        data = json.loads(row["data"])
        events.append(event_from_json(row["kind"], instant(row["at"]), data, undoes=False))
    yield from _change(deal_id, events)


def _change(deal_id: int, events: Sequence[Event]) -> Iterator[Change]:
    if events and events[0].kind is Kind.CREATED:
        yield Change(None, replay(events, deal_id), tuple(events))


def _found(
    database: Database, changes: Iterable[Change], pipelines: Sequence[Pipeline], listing: Listing
) -> frozenset[int]:
    """What the listing finds among these deals alone.

    They are made some at a time, and without the events that no filter asks for: however many deals
    have changed since, only the rows of those that are looked at stand in memory.
    """
    with closing(database.empty_copy()) as beside:
        remaining = iter(changes)
        while part := list(islice(remaining, DEALS_AT_ONCE)):
            project_rows(beside, part)
        return frozenset(read_ids(beside, pipelines, listing))
