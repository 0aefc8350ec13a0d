"""Whole deals, one or many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from pipeboard.domain.deal import Deal
from pipeboard.store.reading.database import CHUNK, Database
from pipeboard.store.reading.sql import among
from pipeboard.store.rows import deal_from_row


def read_deal(database: Database, deal_id: int) -> Deal | None:
    """The deal with that id, archived and removed ones too; None when there never was one."""
    row = database.row("select * from deal where id = ?", (deal_id,))
    return None if row is None else deal_from_row(row)


def read_deals(database: Database, ids: Iterable[int]) -> dict[int, Deal]:
    """The deals with these ids, in their order; ids that nobody has are left out."""
    return {deal.id: deal for deal in each_deal(database, list(dict.fromkeys(ids)))}


def each_deal(database: Database, ids: Sequence[int]) -> Iterator[Deal]:
    """The deals with these ids one by one, in their order, in bounded memory.

    Between the pieces no lock is held, so that whoever consumes them slowly keeps no writer out.
    """
    remaining = iter(ids)
    while chunk := list(islice(remaining, CHUNK)):
        wanted = among("id", chunk)
        rows = database.rows(f"select * from deal where {wanted.text}")
        # A row of the driver's goes through all its names for each that is asked of it.
        names = tuple(rows[0].keys()) if rows else ()
        found = {row["id"]: dict(zip(names, tuple(row), strict=True)) for row in rows}
        yield from (deal_from_row(found[one]) for one in chunk if one in found)
