"""Instants as they are recorded: in the log of a deal, never before what it holds already.

A clock that was set back would else let a deal enter a stage before it was created. Each deal has
a clock of its own in that: whoever brings in old deals with a clock set to the past is not put off
by what others did to others.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from pipeboard.domain.events import later_than
from pipeboard.store.database import Database
from pipeboard.store.sql import among
from pipeboard.store.troubles import readable

_BATCH = 500


def instant_after(database: Database, clock: datetime, deal_ids: Collection[int]) -> datetime:
    """What the clock shows, or just after the last change of these deals where it shows an earlier
    time than that."""
    last, ids = 0, list(deal_ids)
    for start in range(0, len(ids), _BATCH):
        some = among("id", ids[start : start + _BATCH]).text
        found = database.column(f"SELECT max(updated_at) FROM deal WHERE {some}")
        with readable("the deals"):
            last = max(last, int(found[0] or 0))
    return later_than(last, clock)
