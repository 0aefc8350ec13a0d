"""The board's columns: how many deals each holds, what they come to, and the signs they carry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from pipeboard.domain.board import Board, Column, Lens, Signs
from pipeboard.domain.money import Money, half_up, rounded_share
from pipeboard.domain.pipeline import Pipeline, Stage
from pipeboard.store.database import Database
from pipeboard.store.reading import attention
from pipeboard.store.reading.scope import scope
from pipeboard.store.reading.totals import (
    Total,
    added,
    closed_totals,
    counted_totals,
    kept_totals,
)
from pipeboard.store.sql import among, every, negated

if TYPE_CHECKING:
    from fractions import Fraction

    Convert = Callable[[int, str, date | None], Fraction | None]


def read_board(database: Database, pipeline: Pipeline, lens: Lens) -> Board:
    """The board under a lens, without its cards; `signs` is left to `read_signs`.

    Without a filter it costs the same for twenty deals as for a hundred thousand.
    """
    kept = kept_totals(database, pipeline, lens.owner)
    shown = kept
    if lens.filter is not None and lens.filter.root is not None:
        shown = counted_totals(database, pipeline, lens)
    convert = _converter(database, lens) if lens.currency else None
    if convert is not None:
        shown = {**shown, **closed_totals(database, pipeline, lens)}
    in_work = [stage for stage in pipeline.stages if stage.is_open]
    everything = added(t for stage in in_work for t in shown.get(stage.id, ()))
    whole = _column(in_work[0], everything, lens, convert)
    return Board(
        pipeline,
        lens,
        tuple(
            _column(stage, shown.get(stage.id, ()), lens, convert)
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


def _converter(database: Database, lens: Lens) -> Convert:
    """Minor units of a currency in those of the lens, at the rate of a day (today)."""
    from pipeboard.store.reading.setup import read_settings  # few boards convert
    from pipeboard.store.reading.yardsticks import read_rates

    rates = read_rates(database, read_settings(database).currency)
    return lambda minor, currency, day: rates.convert(
        minor, currency, lens.currency, day or lens.today
    )


def _column(stage: Stage, totals: Sequence[Total], lens: Lens, convert: Convert | None) -> Column:
    """A column with the currency of most deals first; rounded once a currency (`metrics.md` C7)."""
    ordered = sorted(
        (total for total in totals if total.currency), key=lambda t: (-t.deals, t.currency)
    )
    sums: dict[str, int | Fraction] = {}
    weighted: dict[str, int | Fraction] = {}
    is_converted = False
    for total in ordered:
        code, parts = total.currency, ((sums, total.minor), (weighted, total.weighted))
        for into, amount in parts:
            if amount is None:
                continue
            found = None if convert is None else convert(amount, code, total.day)
            shown = code if found is None else lens.currency
            into[shown] = into.get(shown, 0) + (amount if found is None else found)
            is_converted |= shown != code
    return Column(
        stage,
        sum(total.deals for total in totals),
        tuple(Money(half_up(minor), code) for code, minor in sums.items()),
        tuple(Money(rounded_share(minor), code) for code, minor in weighted.items()),
        is_converted,
    )


def _owners(database: Database, pipeline: Pipeline) -> tuple[str, ...]:
    """Who owns live deals of the pipeline, by name."""
    stages = among("stage_id", (stage.id for stage in pipeline.stages)).text
    rows = database.rows(
        f"select owner from stage_total where {stages} and owner <> ''"
        " group by owner having sum(deals) > 0 order by owner"
    )
    return tuple(row["owner"] for row in rows)


def read_signs(database: Database, pipeline: Pipeline, lens: Lens) -> Mapping[int, Signs]:
    """How many open deals of each stage carry each sign, as `domain.attention.sign` gives them."""
    wanted = every(
        (
            scope(database, pipeline, lens, [s.id for s in pipeline.stages if s.is_open]),
            attention.OPEN,
            negated(attention.snoozed(lens.today)),
        )
    )
    past = attention.past_limit((pipeline,), lens.today, lens.zone)
    return attention.signs_by_stage(database, wanted, past, lens.today)
