"""The database's own id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, String, column, table

from pipeboard.store.creating import new_id

if TYPE_CHECKING:
    from alembic.operations import Operations


def add_workspace_id(operations: Operations) -> None:
    """Makes the table `workspace` with an id."""
    operations.create_table("workspace", Column("id", String, primary_key=True))
    operations.bulk_insert(table("workspace", column("id", String)), [{"id": new_id()}])
