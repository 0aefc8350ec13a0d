"""Deals in a stage that no pipeline has: columns and lists go by stages, and would lose them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.pipeline import Pipeline
from pipeboard.store.database import Database
from pipeboard.store.sql import among, negated

_MOST_NAMED = 5


def check_stages(
    database: Database, pipelines: Sequence[Pipeline], *, with_archive: bool = False
) -> None:
    """`DatabaseError` that names the deals, when some stand in a stage that there is not.

    Only another program can have put them there. Live deals are looked for once a change, with a
    few steps into an index whatever their number.
    """
    known = tuple(sorted(stage.id for pipeline in pipelines for stage in pipeline.stages))
    found = database.remembered(("strays", known), lambda: _live_strays(database, known))
    if with_archive:
        elsewhere = negated(among("stage_id", known)).text
        found = found + database.column(
            f"select id from deal where not live and not removed and {elsewhere}"
            f" limit {_MOST_NAMED + 1}"
        )
    if found:
        refs = [f"D-{deal_id}" for deal_id in found[:_MOST_NAMED]]
        more = " and others" if len(found) > _MOST_NAMED else ""
        raise DatabaseError(
            f"The database is damaged: {', '.join(refs)}{more} "
            f"{'stands' if len(found) == 1 else 'stand'} in a stage that no pipeline has.",
            hint="Bring back a backup; nothing was changed.",
            details={"reason": "damaged", "deals": refs},
        )


def _live_strays(database: Database, known: Sequence[int]) -> list[int]:
    """Live deals before, between and after the known stages."""
    ranges = [f"stage_id > {a} and stage_id < {b}" for a, b in pairwise(known) if b - a > 1]
    if known:
        ranges += [f"stage_id < {known[0]}", f"stage_id > {known[-1]}"]
    return database.column(
        " union all ".join(
            f"select id from (select id from deal where live and {within} order by stage_id"
            f" limit {_MOST_NAMED + 1}) as some"
            for within in ranges or ["true"]
        )
    )
