"""Filtering by the deal score.

A score is fractions over answers whose weight depends on the pipeline's questions and on the day
(`metrics.md` C12). Saying that again in SQL would be a second rule that drifts from the first, so
the domain scores the deals that have anything to score, and their ids go into the condition.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping

from pipeboard.domain.deal import Deal
from pipeboard.domain.events import from_json, instant
from pipeboard.domain.filter_nodes import Op
from pipeboard.domain.score import score
from pipeboard.store.reading.database import CHUNK, Database, Row
from pipeboard.store.reading.filtering.asked import Asked
from pipeboard.store.reading.sql import Sql, among, every, negated

_COMPARE: Mapping[Op, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    ">=": operator.ge,
    ">": operator.gt,
}
_HAS_EVIDENCE = Sql(
    "deal.answered > 0 or deal.trial_close = 'yes'"
    " or deal.last_outbound_at is not null and deal.last_reply_at is not null"
)
_FACTS = (
    "select id, version, pipeline_id, stage_id, created_at, stage_entered_at, trial_close,"
    " last_outbound_at, last_reply_at, doc from deal where {}"
)


def scored(database: Database, asked: Asked, op: Op, value: int, within: Sql) -> Sql:
    """The deals whose low score compares so; only deals `within` are looked at."""
    compare, scores = _COMPARE[op], low_scores(database, asked, within)
    return among("deal.id", (deal_id for deal_id, low in scores.items() if compare(low, value)))


def unscored(database: Database, asked: Asked, within: Sql) -> Sql:
    """The deals of which nothing is known; only deals `within` are looked at."""
    return negated(among("deal.id", low_scores(database, asked, within)))


def low_scores(database: Database, asked: Asked, within: Sql) -> Mapping[int, int]:
    """The low end of the score, by id, of each deal `within` that has one.

    A score stays known as long as its deal, the pipelines and the day are the same.
    """
    pipelines = {pipeline.id: pipeline for pipeline in asked.pipelines}
    versions = tuple((pipeline.id, pipeline.version) for pipeline in asked.pipelines)
    known: dict[int, tuple[int, int | None]] = database.kept(
        "scores", (versions, asked.today, asked.zone.key), dict
    )
    wanted = every((within, _HAS_EVIDENCE))
    rows = database.rows(
        f"select deal.id, deal.version from deal where {wanted.text}", wanted.values
    )
    stale = [row["id"] for row in rows if known.get(row["id"], (0, 0))[0] != row["version"]]
    for start in range(0, len(stale), CHUNK):
        for row in database.rows(_FACTS.format(among("id", stale[start : start + CHUNK]).text)):
            pipeline = pipelines[row["pipeline_id"]]
            found = score(_evidence(row), pipeline, asked.today, asked.zone)
            known[row["id"]] = (row["version"], None if found is None else found.low)
    lows = ((row["id"], known.get(row["id"], (0, None))[1]) for row in rows)
    return {deal_id: low for deal_id, low in lows if low is not None}


def _evidence(row: Row) -> Deal:
    """The deal as far as scoring looks at it."""
    out_at, reply_at = row["last_outbound_at"], row["last_reply_at"]
    return Deal(
        id=row["id"],
        pipeline_id=row["pipeline_id"],
        stage_id=row["stage_id"],
        title="",
        created_at=instant(row["created_at"]),
        stage_entered_at=instant(row["stage_entered_at"]),
        trial_close=row["trial_close"],
        last_outbound_at=None if out_at is None else instant(out_at),
        last_reply_at=None if reply_at is None else instant(reply_at),
        answers=from_json("answers", json.loads(row["doc"]).get("answers", {})),
    )
