"""The number of the schema: what a start compares before it reads anything."""

from __future__ import annotations

import sqlite3

from pipeboard.domain.errors import DatabaseError
from pipeboard.store import dialect
from pipeboard.store.locating import Location
from pipeboard.store.troubles import told

SCHEMA = 8
TABLES = (
    "workspace",
    "setting",
    "counter",
    "pipeline",
    "stage",
    "rep",
    "deal",
    "deal_tag",
    "deal_field",
    "answer",
    "contact",
    "deal_ask",
    "note",
    "touch",
    "stage_total",
    "command",
    "event",
    "workspace_event",
    "pipeline_version",
    "target",
    "fx_rate",
    "import_recipe",
    "saved_filter",
)
"""Every table, those that others point to first."""


def schema_of(connection: sqlite3.Connection, location: Location) -> int | None:
    """The schema's number, None before the first table; `DatabaseError` for another program's
    database, or where the number is lost."""
    with told(location):
        tables = {row[0] for row in connection.execute(dialect.TABLES)}
        if not tables:
            return None
        if not {"counter", "deal", "event"} <= tables:
            raise DatabaseError(
                f"{location} is a database, but not one of Pipeboard's.",
                hint="Name another file with --db.",
                details={"reason": "foreign"},
            )
        row = connection.execute("SELECT value FROM counter WHERE name = 'schema'").fetchone()
    if row is None or not isinstance(row[0], int) or row[0] < 1:
        raise DatabaseError(
            f"{location} is damaged: the number of its schema is lost.",
            hint="Bring back a backup; the file was left as it is.",
            details={"reason": "corrupt"},
        )
    return int(row[0])


def check_schema(found: int, wanted: int = SCHEMA) -> None:
    """`DatabaseError` when the database was made by a newer Pipeboard than this one."""
    if found > wanted:
        raise DatabaseError(
            f"The database has schema {found}, this Pipeboard knows {wanted} at most.",
            hint="Update Pipeboard; nothing was read or written.",
            details={"reason": "newer", "schema": found},
        )
