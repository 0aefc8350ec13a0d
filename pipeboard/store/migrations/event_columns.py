"""The step that gives each thing that numbers ask of an event a column of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Boolean, Column, Integer, String, text

if TYPE_CHECKING:
    from alembic.operations import Operations

_FILLED = (
    "probability_bp = value_minor, value_minor = NULL WHERE kind = 'probability'",
    "owner = detail WHERE kind IN ('created', 'owner')",
    "category = detail WHERE kind = 'category'",
    "loss_category = detail WHERE kind = 'lost'",
    "touch_type = substr(detail, 1, length(detail) - 3), touch_direction = 'in'"
    " WHERE kind = 'touch' AND detail LIKE '% in'",
    "touch_type = substr(detail, 1, length(detail) - 4), touch_direction = 'out'"
    " WHERE kind = 'touch' AND detail LIKE '% out'",
    "has_step = (detail IS NOT NULL) WHERE kind = 'next_step'",
    "overrides = true WHERE kind IN ('moved', 'won', 'reopened') AND detail IS NOT NULL",
)


def split_event_columns(operations: Operations) -> None:
    """Basis points out of `value_minor`, and the meanings of `detail` into columns of their own."""
    operations.add_column("event", Column("probability_bp", Integer))
    for name in ("owner", "category", "loss_category", "touch_type", "touch_direction"):
        operations.add_column("event", Column(name, String))
    operations.add_column("event", Column("has_step", Boolean))
    operations.add_column(
        "event", Column("overrides", Boolean, nullable=False, server_default=text("false"))
    )
    for change in _FILLED:
        operations.execute(f"UPDATE event SET {change}")
    operations.drop_column("event", "detail")
