"""The log of what a team agrees on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.operations import Operations


def add_workspace_events(operations: Operations) -> None:
    """Changes of pipelines, reps, targets, rates, filters and settings get a log of their own."""
    from sqlalchemy import BigInteger, Column, Integer, String, Text

    operations.create_table(
        "workspace_event",
        Column(
            "seq",
            BigInteger().with_variant(Integer, "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        Column("command_id", String, nullable=False),
        Column("topic", String, nullable=False),
        Column("key", String, nullable=False),
        Column("before", Text),
        Column("after", Text),
    )
    operations.create_index("workspace_event_of_command", "workspace_event", ["command_id"])
    operations.create_index("workspace_event_of_agreement", "workspace_event", ["topic", "key"])
