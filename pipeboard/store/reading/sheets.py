"""A deal with everything around it."""

from __future__ import annotations

from collections.abc import Mapping

from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.sheet import Sheet
from pipeboard.store.database import Database
from pipeboard.store.reading.deals import read_deal
from pipeboard.store.reading.history import read_entries, read_notes, read_touches
from pipeboard.store.troubles import readable


def read_sheet(database: Database, pipelines: Mapping[int, Pipeline], deal_id: int) -> Sheet | None:
    """The deal with its pipeline, notes, touches and history as of one moment; None for no deal."""
    with database.snapshot():
        deal = read_deal(database, deal_id)
        if deal is None:
            return None
        with readable(f"the pipeline of the deal D-{deal_id}"):
            pipeline = pipelines[deal.pipeline_id]
        return Sheet(
            deal,
            pipeline,
            read_notes(database, deal_id),
            read_touches(database, deal_id),
            read_entries(database, deal_id=deal_id),
        )
