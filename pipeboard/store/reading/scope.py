"""Which deals a lens lets through, as a condition, or looked for once where they are few."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType

from pipeboard.domain.board import Lens, Sort
from pipeboard.domain.filter_nodes import narrows
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.pipeline import Pipeline
from pipeboard.store.database import Database, Row
from pipeboard.store.sql import TRUE, Sql, among, either, every

# The orders of a column's cards: each total, ending in the id, with what is missing last.


@dataclass(frozen=True, slots=True)
class SortKey:
    """One expression to order by; only an `optional` one may be NULL."""

    text: str
    descending: bool = False
    optional: bool = False

    def __str__(self) -> str:
        direction = " desc" if self.descending else ""
        return f"{self.text}{direction}{' nulls last' if self.optional else ''}"


Order = Sequence[SortKey]

NAME = "deal.folded"  # begins with the name

# The largest value, the longest in its stage, the latest change or answer come first. Amounts of
# several currencies are compared by their number: there is no rate that every deal has.
_ORDERS: Mapping[Sort, Order] = MappingProxyType(
    {
        Sort.MANUAL: (SortKey("deal.rank"), SortKey("deal.id")),
        Sort.VALUE: (
            SortKey("deal.value_minor", descending=True, optional=True),
            SortKey("deal.id", descending=True),
        ),
        Sort.NEXT_STEP: (SortKey("deal.next_due", optional=True), SortKey("deal.id")),
        Sort.AGE: (SortKey("deal.stage_entered_at"), SortKey("deal.id")),
        Sort.CLOSE: (SortKey("deal.expected_close", optional=True), SortKey("deal.id")),
        Sort.NAME: (SortKey(NAME), SortKey("deal.id")),
        Sort.UPDATED: (
            SortKey("deal.updated_at", descending=True),
            SortKey("deal.id", descending=True),
        ),
        Sort.WARM: (
            SortKey("deal.last_reply_at", descending=True, optional=True),
            SortKey("deal.last_touch_at", descending=True, optional=True),
            SortKey("deal.id", descending=True),
        ),
    }
)


def order_of(lens: Lens) -> Order:
    """The keys of a lens's sort, unless that is the queue's (`cards.in_order`); reversed, what is
    missing still comes last."""
    order = _ORDERS[lens.sort]
    return reversed_order(order) if lens.reverse else order


def reversed_order(order: Order) -> Order:
    return tuple(replace(key, descending=not key.descending) for key in order)


def order_by(order: Order) -> str:
    """The text after ORDER BY."""
    return ", ".join(map(str, order))


def comes_before(order: Order, values: Sequence[object]) -> Sql:
    """Whether a deal stands before the one that has these values for the keys."""
    first, rest = order[0], order[1:]
    value = values[0]
    sign = ">" if first.descending else "<"
    if value is None:
        earlier, same = Sql(f"{first.text} is not null"), Sql(f"{first.text} is null")
    else:
        known = f"{first.text} is not null and " if first.optional else ""
        earlier = Sql(f"{known}{first.text} {sign} ?", (value,))
        same = Sql(f"{known}{first.text} = ?", (value,))
    if not rest:
        return earlier
    either_way = either((earlier, every((same, comes_before(rest, values[1:])))))
    # Says again what the rest implies, so that the part before can be read off an index.
    bound = TRUE if value is None else Sql(f"{first.text} {sign}= ?", (value,))
    return every((bound, either_way))


MOST_LAST = 8


@dataclass(frozen=True, slots=True)
class InOrder:
    """All deals under a lens, by stage and there in the lens's order."""

    ids_by_stage: Mapping[int, Sequence[int]]

    def ids(self, stage_id: int) -> Sequence[int]:
        """The deals of a stage in their order."""
        return self.ids_by_stage.get(stage_id, ())

    def place(self, deal_id: int) -> tuple[int, int] | None:
        """The stage of a deal and its index there; None when it is not among them."""
        for stage_id, ids in self.ids_by_stage.items():
            if deal_id in ids:
                return stage_id, ids.index(deal_id)
        return None


@dataclass(frozen=True, slots=True)
class SmallResult:
    """All deals under a lens with a filter, by stage and there in the lens's order (by hand, where
    that is the queue's).

    Each row has `id`, `value_minor`, `value_currency` and `probability_bp`. A board asks ten
    questions about the same few deals: they are looked for once.
    """

    by_stage: Mapping[int, Sequence[Row]]
    in_order: InOrder


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
    wanted_ids = [stage.id for stage in pipeline.stages] if stage_ids is None else stage_ids
    found = small_result(database, pipeline, lens)
    if found is not None:
        ids = (one for stage_id in wanted_ids for one in found.in_order.ids(stage_id))
        return among("deal.id", ids)
    # Stages are named even when all are meant, since the indices begin with the stage.
    stages = among("deal.stage_id", wanted_ids)
    return every((stages, _condition(database, pipeline, lens, probing=probing)))


def small_result(database: Database, pipeline: Pipeline, lens: Lens) -> SmallResult | None:
    """The deals behind the filter of a lens; None where they are many, or nothing is filtered."""
    if lens.filter is None or lens.filter.root is None:
        return None
    if lens.sort is Sort.NEEDS:
        lens = replace(lens, sort=Sort.MANUAL)
    return database.remembered(
        (lens, pipeline.version), lambda: _look_for_few(database, pipeline, lens)
    )


def _look_for_few(database: Database, pipeline: Pipeline, lens: Lens) -> SmallResult | None:
    from pipeboard.store.reading.filtering import FEW

    last = _among_last(database, lens)
    wanted = _condition(database, pipeline, lens, within=last)
    order = order_of(lens)
    keys = ", ".join(f"{key.text} as key_{place}" for place, key in enumerate(order))
    by_keys = order_by([replace(key, text=f"key_{place}") for place, key in enumerate(order)])
    # All that is asked here stands in one index, which is taken for the sake of its order.
    along = " order by deal.stage_id, deal.value_currency, deal.probability_bp" if not last else ""
    rows = database.rows(
        "select * from (select deal.id, deal.stage_id, deal.value_minor, deal.value_currency,"
        f" deal.probability_bp, {keys} from deal where {wanted.text}{along}"
        f" limit {FEW + 1}) as found order by stage_id, {by_keys}",
        wanted.values,
    )
    if len(rows) > FEW:
        return None
    last_found = _last(database, lens)
    last_found[lens] = [row["id"] for row in rows]
    if len(last_found) > MOST_LAST:
        del last_found[next(iter(last_found))]
    by_stage = {stage: list(found) for stage, found in groupby(rows, itemgetter("stage_id"))}
    ids = {stage: [row["id"] for row in found] for stage, found in by_stage.items()}
    return SmallResult(by_stage, InOrder(ids))


def _last(database: Database, lens: Lens) -> dict[Lens, list[int]]:
    """The deals that the same person was shown last, by the lens that found them."""
    whose = (lens.pipeline_id, lens.today, lens.zone.key, lens.me, lens.owner)
    return database.remembered(("last few", whose), dict)


def _among_last(database: Database, lens: Lens) -> Sql | None:
    """Who types on narrows what was found before, so that nothing else need be looked at."""
    for before, ids in reversed(_last(database, lens).items()):
        if lens.filter and before.filter and narrows(lens.filter, before.filter):
            return among("deal.id", ids)
    return None


def _condition(
    database: Database,
    pipeline: Pipeline,
    lens: Lens,
    *,
    probing: bool = False,
    within: Sql | None = None,
) -> Sql:
    mine = TRUE if lens.owner is None else Sql("deal.owner = ?", (lens.owner,))
    if lens.filter is None or lens.filter.root is None:
        return every((Sql("deal.live"), mine))
    from pipeboard.store.reading.filtering import (  # a first frame has no filter
        FilterScope,
        condition,
    )

    asked = FilterScope((pipeline,), lens.today, lens.zone, lens.me)
    found = condition(database, lens.filter, asked, probing=probing, within=within)
    return every((found, mine))
