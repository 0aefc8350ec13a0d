"""Whole deals, one or many."""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from pipeboard.domain.deal import Deal
from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.store.database import CHUNK, Database
from pipeboard.store.rows import DEALS, stored_deal
from pipeboard.store.sql import Sql, among, contains, either
from pipeboard.store.troubles import of_deal

# Which lost deals are due to come back, for whoever looks and for whoever writes.

DUE_TO_RETURN: Final = (
    "SELECT id FROM deal"
    " WHERE live AND outcome = 'lost' AND recycle_on <= :today"
    " AND stage_id IN (SELECT id FROM stage WHERE kind = 'lost')"
    " AND id NOT IN (SELECT recycled_from FROM deal"
    " WHERE recycled_from IS NOT NULL AND NOT removed)"
    " ORDER BY id"
)
"""The lost deals, by id, whose day to try again is `:today` (ISO) or before and that have not come
back yet. What a deal went on to is looked for only where there is one."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Deals by their ids, in an order, and the deals themselves to be gone through once."""

    ids: tuple[int, ...]
    deals: Iterator[Deal]


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
        portions = [_portion(database, chunk) for chunk in iter(lambda: _some(remaining), [])]
    return _deals(portions)


def _some(ids: Iterator[int]) -> list[int]:
    return list(islice(ids, CHUNK))


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
