"""Which deals a lens lets through, as a condition."""

from __future__ import annotations

from pipeboard.domain.board import Lens
from pipeboard.domain.pipeline import Pipeline
from pipeboard.store.reading.database import Database
from pipeboard.store.reading.sql import TRUE, Sql, among, every

LIVE = Sql("deal.live")


def in_stages(pipeline: Pipeline, table: str = "deal") -> Sql:
    """In the pipeline; its stages are named, since the indices begin with the stage."""
    return among(f"{table}.stage_id", (stage.id for stage in pipeline.stages))


def scope(database: Database, pipeline: Pipeline, lens: Lens) -> Sql:
    """The deals of a lens in whatever stage: live ones, unless its filter speaks of the archive."""
    mine = TRUE if lens.owner is None else Sql("deal.owner = ?", (lens.owner,))
    if lens.filter is None or lens.filter.root is None:
        return every((LIVE, mine))
    from pipeboard.store.reading.filtering import filtered  # the first frame has no filter

    return every((filtered(database, lens.filter, (pipeline,), lens), mine))
