"""The step that lets a pipeline be taken back while deals that were taken back still name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Boolean, Column, false

if TYPE_CHECKING:
    from alembic.operations import Operations


def mark_pipelines_taken_back(operations: Operations) -> None:
    """A mark on every pipeline; none of those that are there bears it."""
    operations.add_column(
        "pipeline", Column("removed", Boolean, nullable=False, server_default=false())
    )
