"""How long deals usually stay in a stage, soon enough for the heads of a board."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, pairwise
from operator import itemgetter

from pipeboard.store.database import Database, Row
from pipeboard.store.sql import among
from pipeboard.store.troubles import readable

LOOKED_AT = 20_000
SAMPLE = 1_000
LEAST = 5
_DAY_US = 86_400_000_000

_LEFT = "kind in ('moved', 'won', 'lost')"
_ENTERED = "kind in ('created', 'moved', 'won', 'lost', 'reopened')"
_STANDS = "not undoes and command_id not in (select id from command where undone)"


@readable("the history")
def read_usual_days(database: Database, pipeline_id: int) -> Mapping[int, int]:
    """The median of the stays in each open stage that are over, in whole days, by stage.

    Of the deals that were moved lately, a thousand at most: the metrics screen counts all. A stage
    that fewer than five of them have left is left out.
    """
    last = database.number("select max(seq) from event")
    recent = database.column(
        "select deal.id from deal join (select deal_id, max(seq) as moved from event"
        f" where seq > ? and {_LEFT} group by deal_id) as lately on deal.id = lately.deal_id"
        " where deal.pipeline_id = ? and deal.live order by lately.moved desc limit ?",
        (last - LOOKED_AT, pipeline_id, SAMPLE),
    )
    deals = among("deal_id", recent)
    rows = database.rows(
        f"select deal_id, stage_id, at from event where {deals.text} and {_ENTERED} and {_STANDS}"
        " order by deal_id, version"
    )
    stays: dict[int, list[int]] = {}
    for stage_id, length in _stays(rows):
        stays.setdefault(stage_id, []).append(length)
    return {
        stage_id: round(_median(lengths) / _DAY_US)
        for stage_id, lengths in stays.items()
        if len(lengths) >= LEAST
    }


def _median(lengths: list[int]) -> float:
    """As `statistics.median`, whose module would be imported for this alone."""
    ordered = sorted(lengths)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _stays(rows: Iterable[Row]) -> Iterator[tuple[int, int]]:
    """Each stage that was left, and after how many microseconds."""
    for _, entries in groupby(rows, key=itemgetter("deal_id")):
        for entry, later in pairwise(entries):
            if entry["stage_id"] is not None:
                yield entry["stage_id"], later["at"] - entry["at"]
