"""Whole deals, one or many."""

from __future__ import annotations

import marshal
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from pipeboard.domain.dates import later_than
from pipeboard.domain.deal import Deal
from pipeboard.domain.errors import DatabaseError
from pipeboard.store.database import CHUNK, Database
from pipeboard.store.rows import DEALS, stored_deal
from pipeboard.store.sql import Sql, among, contains, either
from pipeboard.store.troubles import of_deal, readable

# Which lost deals are due to come back, for whoever looks and for whoever writes.

DUE_TO_RETURN: Final = (
    "SELECT id FROM deal"
    " WHERE live AND outcome = 'lost' AND recycle_on <= :today"
    " AND stage_id + 0 IN (SELECT id FROM stage WHERE kind = 'lost')"
    " AND id NOT IN (SELECT recycled_from FROM deal"
    " WHERE recycled_from IS NOT NULL AND NOT removed)"
    " ORDER BY id + 0"
)
"""The lost deals, by id, whose day to try again is `:today` (ISO) or before and that have not come
back yet. `+ 0` keeps SQLite from going along stages or ids: the day has an index of its own."""


# Instants as they are recorded: in the log of a deal, never before what it holds already.
#
# A clock that was set back would else let a deal enter a stage before it was created. Each deal
# has a clock of its own in that: whoever brings in old deals with a clock set to the past is not
# put off by what others did to others.


def instant_after(database: Database, clock: datetime, deal_ids: Collection[int]) -> datetime:
    """What the clock shows, or just after the last change of these deals where it shows an earlier
    time than that."""
    last, ids = 0, list(deal_ids)
    for start in range(0, len(ids), CHUNK):
        found = database.column(latest(ids[start : start + CHUNK]))
        with readable("the deals"):
            last = max(last, int(found[0] or 0))
    return later_than(last, clock)


def latest(deal_ids: Iterable[int]) -> str:
    """Asks when one of these deals was changed last."""
    return f"SELECT max(updated_at) FROM deal WHERE {among('id', deal_ids).text}"


def read_deal(database: Database, deal_id: int) -> Deal | None:
    """The deal with that id, archived and removed ones too; None when there never was one."""
    return next(iter(read_deals(database, (deal_id,)).values()), None)


def read_deals(database: Database, ids: Iterable[int]) -> dict[int, Deal]:
    """The deals with these ids, in their order; ids that nobody has are left out."""
    return {deal.id: deal for deal in each_deal(database, list(dict.fromkeys(ids)))}


def called(database: Database, text: str) -> Sql:
    """Whether a deal is found by a text, folded: in the beginning of its words, which stands in an
    index, or in all of them where they are too many for one."""
    held = contains("folded_whole", text)
    few: list[int] = database.remembered(
        ("called", text),
        lambda: database.column(
            f"select id from deal where folded_whole is not null and {held.text}", held.values
        ),
    )
    return either((contains("deal.folded", text), among("deal.id", few)))


def each_deal(database: Database, ids: Sequence[int]) -> Iterator[Deal]:
    """The deals with these ids one by one, in their order, all as of one moment.

    The rows are read at once, since writers wait meanwhile, and kept as bytes, which take a fifth
    of the room (30,000 deals: 0.3 s, 26 MB); nobody waits while they are consumed.
    """
    remaining = iter(ids)
    with database.snapshot():
        some = iter(lambda: list(islice(remaining, CHUNK)), [])
        portions = [_portion(database, ids) for ids in some]
    return _deals(portions)


def numbered(ids: Iterable[int]) -> str:
    """Asks for the rows of the deals with these ids."""
    return f"{DEALS} where {among('deal.id', ids).text}"


def _portion(database: Database, ids: Sequence[int]) -> bytes:
    """Names of columns and rows of some deals in their order, packed."""
    try:
        rows = database.rows(numbered(ids))
    except DatabaseError as error:
        if error.details.get("reason") != "damaged":
            raise
        if len(ids) > 1:
            for one in ids:  # which of them it is
                _portion(database, (one,))
        raise of_deal(ids[0], error) from error
    names = tuple(rows[0].keys()) if rows else ()
    found = {row["id"]: tuple(row) for row in rows}
    return marshal.dumps((names, [found[one] for one in ids if one in found]))


def _deals(portions: list[bytes]) -> Iterator[Deal]:
    for place, portion in enumerate(portions):
        names, rows = marshal.loads(portion)
        portions[place] = b""
        # A row of the driver's would go through all its names for each that is asked of it.
        yield from (stored_deal(dict(zip(names, row, strict=True))) for row in rows)
