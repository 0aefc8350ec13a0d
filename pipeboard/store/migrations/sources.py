"""The step that gives ids of other tools a name space, and imports a memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, String, Text, text

if TYPE_CHECKING:
    from alembic.operations import Operations


def keep_sources(operations: Operations) -> None:
    """The source beside the id of each deal, unknown for those that are there; unique together."""
    operations.add_column(
        "deal", Column("external_source", String, nullable=False, server_default="")
    )
    operations.drop_index("deal_by_external_id", "deal")
    standing = text("external_id is not null and not removed")
    operations.create_index(
        "deal_by_external_id",
        "deal",
        ["external_id", "external_source", "pipeline_id"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    operations.create_table(
        "import_recipe",
        Column("source", String, primary_key=True),
        Column("recipe", Text, nullable=False),
    )
