"""What the deals of each stage come to: from the totals that are kept, or counted for a filter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from pipeboard.domain.board import Lens
from pipeboard.domain.dates import local_date
from pipeboard.domain.events import instant
from pipeboard.domain.pipeline import Pipeline, Stage
from pipeboard.store.database import Database
from pipeboard.store.reading.scope import Few, few, scope
from pipeboard.store.sql import among
from pipeboard.store.troubles import readable

WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Total:
    """The deals of one stage with a value in one currency ("" for those without a value).

    `minor` is their sum in minor units, `weighted` the same times its basis points, which is None
    where no probability is known: open deals by hand or by their stage, closed ones never. `day`
    is the day whose rate converts it, where that is not today's.
    """

    currency: str
    deals: int
    minor: int
    weighted: int | None
    day: date | None = None


Totals = Mapping[int, list[Total]]


class Amount(NamedTuple):
    """What some deals of a stage come to that share a currency and a probability by hand."""

    stage_id: int
    currency: str | None
    by_hand: int | None
    deals: int
    minor: int


@readable("the totals of the columns")
def kept_totals(database: Database, pipeline: Pipeline, owner: str | None) -> Totals:
    """The totals of all live deals by stage, as every change keeps them: no deal is looked at."""
    stages = among("stage_id", (stage.id for stage in pipeline.stages)).text
    mine = "" if owner is None else " and owner = ?"
    rows = database.rows(
        "select stage_id, currency, sum(deals) as deals, sum(value_minor) as minor,"
        " sum(stage_minor) as stage_minor, sum(hand_minor_bp) as hand_minor_bp"
        f" from stage_total where {stages}{mine} group by stage_id, currency having sum(deals) > 0",
        () if owner is None else (owner,),
    )
    totals: dict[int, list[Total]] = {}
    for row in rows:
        weighted = _weighted(
            pipeline.stage(row["stage_id"]), int(row["stage_minor"]), int(row["hand_minor_bp"])
        )
        total = Total(row["currency"], int(row["deals"]), int(row["minor"]), weighted)
        totals.setdefault(row["stage_id"], []).append(total)
    return totals


@readable("the totals of the columns")
def counted_totals(database: Database, pipeline: Pipeline, lens: Lens) -> Totals:
    """The totals by stage of the deals that a lens with a filter lets through."""
    found = few(database, pipeline, lens)
    if found is not None:
        return _totals(pipeline, _amounts(found))
    wanted = scope(database, pipeline, lens)
    rows = database.rows(
        "select stage_id, value_currency, probability_bp, count(*) as deals,"
        " coalesce(sum(value_minor), 0) as minor"
        f" from deal where {wanted.text} group by stage_id, value_currency, probability_bp",
        wanted.values,
    )
    return _totals(
        pipeline,
        (
            Amount(
                row["stage_id"],
                row["value_currency"],
                row["probability_bp"],
                row["deals"],
                int(row["minor"]),
            )
            for row in rows
        ),
    )


@readable("the totals of the columns")
def closed_totals(database: Database, pipeline: Pipeline, lens: Lens) -> Totals:
    """The totals of the closed stages, in other currencies than the lens's by the day of the close,
    whose rate converts them."""
    wanted = scope(database, pipeline, lens, (pipeline.won.id, pipeline.lost.id))
    rows = database.rows(
        "select stage_id, value_currency, case when value_currency <> ? then closed_at end as at,"
        " count(*) as deals, coalesce(sum(value_minor), 0) as minor"
        f" from deal where {wanted.text} group by stage_id, value_currency, at",
        (lens.currency, *wanted.values),
    )
    totals: dict[int, list[Total]] = {}
    for row in rows:
        day = None if row["at"] is None else local_date(instant(row["at"]), lens.zone)
        total = Total(row["value_currency"] or "", row["deals"], int(row["minor"]), None, day)
        totals.setdefault(row["stage_id"], []).append(total)
    return totals


def _amounts(found: Few) -> Iterator[Amount]:
    for stage_id, rows in found.by_stage.items():
        sums: dict[tuple[str | None, int | None], list[int]] = defaultdict(lambda: [0, 0])
        for row in rows:
            of_kind = sums[row["value_currency"], row["probability_bp"]]
            of_kind[0] += 1
            of_kind[1] += row["value_minor"] or 0
        for (currency, by_hand), (deals, minor) in sums.items():
            yield Amount(stage_id, currency, by_hand, deals, minor)


def _totals(pipeline: Pipeline, amounts: Iterable[Amount]) -> Totals:
    totals: dict[int, list[Total]] = {}
    for stage_id, currency, by_hand, deals, minor in amounts:
        weighted = _weighted(
            pipeline.stage(stage_id),
            minor if by_hand is None else 0,
            0 if by_hand is None else minor * by_hand,
        )
        totals.setdefault(stage_id, []).append(Total(currency or "", deals, minor, weighted))
    return {stage_id: added(parts) for stage_id, parts in totals.items()}


def added(totals: Iterable[Total]) -> list[Total]:
    """One total a currency, never two currencies in one."""
    by_currency: dict[str, Total] = {}
    for total in totals:
        so_far = by_currency.get(total.currency)
        by_currency[total.currency] = total if so_far is None else _sum(so_far, total)
    return list(by_currency.values())


def _sum(one: Total, other: Total) -> Total:
    known = [part.weighted for part in (one, other) if part.weighted is not None]
    return Total(
        one.currency,
        one.deals + other.deals,
        one.minor + other.minor,
        sum(known) if known else None,
    )


def _weighted(stage: Stage, stage_minor: int, hand_minor_bp: int) -> int | None:
    if not stage.is_open:
        return None
    if stage.probability_bp is None:
        return hand_minor_bp or None
    return stage_minor * stage.probability_bp + hand_minor_bp
