"""The orders of a column's cards: each total, ending in the id, with what is missing last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from pipeboard.domain.board import Lens, Sort
from pipeboard.domain.pipeline import Pipeline
from pipeboard.store.reading.attention import need
from pipeboard.store.sql import TRUE, Sql, either, every


@dataclass(frozen=True, slots=True)
class Key:
    """One expression to order by; only an `optional` one may be NULL."""

    text: str
    descending: bool = False
    optional: bool = False

    def __str__(self) -> str:
        direction = " desc" if self.descending else ""
        return f"{self.text}{direction}{' nulls last' if self.optional else ''}"


Order = Sequence[Key]

NAME = "deal.folded"  # begins with the name

# The largest value, the longest in its stage and the latest change come first. Amounts of several
# currencies are compared by their number: there is no rate that every deal has.
_ORDERS: Mapping[Sort, Order] = MappingProxyType(
    {
        Sort.MANUAL: (Key("deal.rank"), Key("deal.id")),
        Sort.VALUE: (
            Key("deal.value_minor", descending=True, optional=True),
            Key("deal.id", descending=True),
        ),
        Sort.NEXT_STEP: (Key("deal.next_due", optional=True), Key("deal.id")),
        Sort.AGE: (Key("deal.stage_entered_at"), Key("deal.id")),
        Sort.CLOSE: (Key("deal.expected_close", optional=True), Key("deal.id")),
        Sort.NAME: (Key(NAME), Key("deal.id")),
        Sort.UPDATED: (Key("deal.updated_at", descending=True), Key("deal.id", descending=True)),
    }
)


def order_of(pipeline: Pipeline, lens: Lens) -> Order:
    """The keys of a lens's sort; reversed, what is missing still comes last."""
    if lens.sort is Sort.NEEDS:
        urgency = Key(need(pipeline, lens.today, lens.zone))
        order: Order = (urgency, Key("deal.next_due", optional=True), *_ORDERS[Sort.MANUAL])
    else:
        order = _ORDERS[lens.sort]
    return reversed_order(order) if lens.reverse else order


def reversed_order(order: Order) -> Order:
    return tuple(replace(key, descending=not key.descending) for key in order)


def order_by(order: Order) -> str:
    """The text after ORDER BY."""
    return ", ".join(map(str, order))


def comes_before(order: Order, values: Sequence[Any]) -> Sql:
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
