"""Making a database: its tables, its id and what it begins with, in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from pipeboard.domain.errors import DatabaseError
from pipeboard.store import tables as t
from pipeboard.store.database import Database
from pipeboard.store.engine import Engine, write
from pipeboard.store.locating import Location, make_file
from pipeboard.store.opening import Identity, look
from pipeboard.store.writing import Writer

if TYPE_CHECKING:
    from pipeboard.domain.settings import Settings

_ID_BYTES = 16


def new_id() -> str:
    """An id that no other database has: 22 characters that are safe in paths and URLs."""
    return secrets.token_urlsafe(_ID_BYTES)


def create(location: Location, settings: Settings, begin: Callable[[Writer], object]) -> None:
    """A new database at a place; whole, or the place is as it was but for an empty file.

    `DatabaseError` when there is one already, also when somebody else makes it meanwhile.
    """
    if look(location) is not None:
        raise _exists(location)
    make_file(location)
    found = location.path.stat()
    identity = Identity(location, found.st_dev, found.st_ino, new_id())

    def make(database: Database) -> None:
        if database.has_tables():
            raise _exists(location)
        for statement in definitions().values():
            database.change(statement)
        database.insert("workspace", [{"id": identity.database_id}])
        writer = Writer(database)
        writer.begin(settings)
        begin(writer)

    with closing(Engine(location)) as engine:
        write(engine, identity, make, is_known=False)


def definitions() -> dict[str, str]:
    """What makes every table and its indices, by their names."""
    made: dict[str, str] = {}
    for definition in t.ALL:
        table: Table = definition.__table__  # type: ignore[attr-defined]
        made[table.name] = str(CreateTable(table).compile(dialect=sqlite.dialect())).strip()
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            made[str(index.name)] = str(CreateIndex(index).compile(dialect=sqlite.dialect()))
    return made


def _exists(location: Location) -> DatabaseError:
    return DatabaseError(
        f"{location} is there already.",
        hint="Open it, or name another path with --db.",
        details={"reason": "exists"},
    )
