"""The board's columns: how many deals each holds, what they come to, and the signs they carry."""

from __future__ import annotations

from collections.abc import Sequence

from pipeboard.domain.board import Board, Column, Lens, Signs
from pipeboard.domain.money import Money, rounded_share
from pipeboard.domain.pipeline import Pipeline, Stage
from pipeboard.store.database import Database
from pipeboard.store.reading import attention
from pipeboard.store.reading.scope import scope
from pipeboard.store.reading.totals import Total, added, counted_totals, kept_totals
from pipeboard.store.sql import among, every, negated


def read_board(database: Database, pipeline: Pipeline, lens: Lens) -> Board:
    """The board under a lens, without its cards; `signs` is left to `read_signs`.

    Without a filter it costs the same for twenty deals as for a hundred thousand.
    """
    kept = kept_totals(database, pipeline, lens.owner)
    shown = kept
    if lens.filter is not None and lens.filter.root is not None:
        shown = counted_totals(database, pipeline, lens)
    in_work = [stage for stage in pipeline.stages if stage.is_open]
    whole = _column(in_work[0], added(t for stage in in_work for t in shown.get(stage.id, ())))
    return Board(
        pipeline,
        lens,
        tuple(
            _column(stage, shown.get(stage.id, ()))
            for stage in (*in_work, pipeline.won, pipeline.lost)
            if not stage.retired or shown.get(stage.id)
        ),
        open_count=whole.count,
        open_sums=whole.sums,
        open_weighted=whole.weighted,
        matching=whole.count,
        total=sum(total.deals for stage in in_work for total in kept.get(stage.id, ())),
        owners=_owners(database, pipeline),
    )


def _column(stage: Stage, totals: Sequence[Total]) -> Column:
    """A column with the currency of most deals first; rounded once a currency (`metrics.md` C7)."""
    ordered = sorted(
        (total for total in totals if total.currency), key=lambda t: (-t.deals, t.currency)
    )
    return Column(
        stage,
        sum(total.deals for total in totals),
        tuple(Money(total.minor, total.currency) for total in ordered),
        tuple(
            Money(rounded_share(total.weighted), total.currency)
            for total in ordered
            if total.weighted is not None
        ),
    )


def _owners(database: Database, pipeline: Pipeline) -> tuple[str, ...]:
    """Who owns live deals of the pipeline, by name."""
    stages = among("stage_id", (stage.id for stage in pipeline.stages)).text
    rows = database.rows(
        f"select owner from stage_total where {stages} and owner <> ''"
        " group by owner having sum(deals) > 0 order by owner"
    )
    return tuple(row["owner"] for row in rows)


def read_signs(database: Database, pipeline: Pipeline, lens: Lens) -> Signs:
    """How many open deals under the lens carry each sign, as `domain.attention.sign` gives them."""
    wanted = every(
        (
            scope(database, pipeline, lens, [s.id for s in pipeline.stages if s.is_open]),
            attention.OPEN,
            negated(attention.snoozed(lens.today)),
        )
    )
    past = attention.past_limit((pipeline,), lens.today, lens.zone)
    return attention.count_signs(database, wanted, past, lens.today)
