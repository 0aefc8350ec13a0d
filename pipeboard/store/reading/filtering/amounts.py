"""The comparisons of a filter: money, days, dates, numbers and percent."""

from __future__ import annotations

from datetime import date, timedelta

from pipeboard.domain.filter_nodes import Compare, Op
from pipeboard.domain.money import Money
from pipeboard.store.reading.attention import TOUCHED_AT, micros_at
from pipeboard.store.reading.filtering.asked import Asked
from pipeboard.store.sql import Sql, compares, every

# Where a day is counted back from today, more days mean an earlier date.
_BACKWARDS: dict[Op, Op] = {"<": ">", "<=": ">=", "=": "=", ">=": "<=", ">": "<"}

_INSTANTS = {
    "created": "deal.created_at",
    "closed": "deal.closed_at",
    "age": "deal.stage_entered_at",
    "idle": TOUCHED_AT,
}
_DATES = {"next": "deal.next_due", "close": "deal.expected_close"}


def compared(node: Compare, asked: Asked) -> Sql:
    """The condition for one comparison; false where the deal lacks what is compared."""
    field, op, value = node.field, node.op, node.value
    if isinstance(value, Money):
        same_currency = compares("deal.value_currency", "=", value.currency)
        return every((same_currency, compares("deal.value_minor", op, value.minor)))
    if isinstance(value, date):
        if field in _DATES:
            return compares(_DATES[field], op, value.isoformat())
        return _on_day(_INSTANTS[field], op, value, asked)
    match field:
        case "age" | "idle":
            day = asked.today - timedelta(days=value)
            return _on_day(_INSTANTS[field], _BACKWARDS[op], day, asked)
        case "probability":
            return compares(effective_probability(asked), op, value)
        case _:
            return compares("deal.answered", op, value)


def _on_day(column: str, op: Op, day: date, asked: Asked) -> Sql:
    """Whether the local date of an instant compares so with a day."""
    start = micros_at(day, asked.zone)
    end = micros_at(day + timedelta(days=1), asked.zone)
    match op:
        case "<" | ">=":
            return compares(column, op, start)
        case "<=":
            return compares(column, "<", end)
        case ">":
            return compares(column, ">=", end)
        case _:
            return every((compares(column, ">=", start), compares(column, "<", end)))


def effective_probability(asked: Asked) -> str:
    """The expression for the probability by hand, else the stage's, in basis points."""
    whens = " ".join(
        f"when {stage.id} then {stage.probability_bp}"
        for pipeline in asked.pipelines
        for stage in pipeline.stages
        if stage.probability_bp is not None
    )
    if not whens:
        return "deal.probability_bp"
    return f"coalesce(deal.probability_bp, case deal.stage_id {whens} end)"
