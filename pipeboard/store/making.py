"""Where a workspace is made: all tables, in a database that keeps what people write."""

from __future__ import annotations

from pipeboard.domain.errors import DatabaseError
from pipeboard.store import dialect
from pipeboard.store.database import Database
from pipeboard.store.tables import definitions


def make_tables(database: Database) -> None:
    """All tables in an empty database; `DatabaseError` where it could not keep every letter."""
    if database.identity.engine == "postgresql":
        (encoding,) = database.column(dialect.ENCODING)
        if encoding not in ("UTF8", "SQL_ASCII"):  # which keeps bytes as they come
            raise DatabaseError(
                f"The database {database.identity.location} is in {encoding}, which lacks letters "
                "that people write.",
                hint="Make one that has them all: createdb -E UTF8 -T template0 NAME",
                details={"reason": "letters"},
            )
    for statement in definitions(database.identity.engine).values():
        database.change(statement)
