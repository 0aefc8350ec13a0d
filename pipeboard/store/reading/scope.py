"""Which deals a lens lets through, as a condition."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from pipeboard.domain.board import Lens, Sort
from pipeboard.domain.pipeline import Pipeline
from pipeboard.store.reading.database import Database
from pipeboard.store.reading.sql import TRUE, Sql, among, every

FEW = 10_000


def scope(
    database: Database,
    pipeline: Pipeline,
    lens: Lens,
    stage_ids: Collection[int] | None = None,
    *,
    probing: bool = False,
) -> Sql:
    """The deals of a lens in some stages or all: live ones, unless its filter asks for archived.

    `probing` is for queries that stop after a few hits.
    """
    mine = TRUE if lens.owner is None else Sql("deal.owner = ?", (lens.owner,))
    all_ids = [stage.id for stage in pipeline.stages]
    wanted_ids = all_ids if stage_ids is None else stage_ids
    # Stages are named even when all are meant, since the indices begin with the stage.
    stages = among("deal.stage_id", wanted_ids)
    if lens.filter is None or lens.filter.root is None:
        return every((stages, Sql("deal.live"), mine))
    from pipeboard.store.reading.filtering import Asked, condition  # a first frame has no filter

    query, asked = lens.filter, Asked((pipeline,), lens.today, lens.zone, lens.me)
    unsorted = replace(lens, sort=Sort.MANUAL, reverse=False)
    few = database.remembered(
        (unsorted, pipeline.version),
        lambda: _few(database, every((condition(database, query, asked), mine))),
    )
    if few is not None:
        return among("deal.id", (deal_id for deal_id, stage in few if stage in wanted_ids))
    found = condition(database, query, asked, probing=probing)
    return every((found, mine)) if stage_ids is None else every((stages, found, mine))


def _few(database: Database, wanted: Sql) -> list[tuple[int, int]] | None:
    """The ids and stages of the deals behind a condition, None when they are many.

    A board asks ten questions about the same few deals: it looks for them once.
    """
    rows = database.rows(
        f"select deal.id, deal.stage_id from deal where {wanted.text} limit {FEW + 1}",
        wanted.values,
    )
    return [(row["id"], row["stage_id"]) for row in rows] if len(rows) <= FEW else None
