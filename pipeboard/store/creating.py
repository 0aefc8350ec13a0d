"""Making a database: its tables, its id and what it begins with, in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

from pipeboard.domain.errors import DatabaseError
from pipeboard.store.database import Database
from pipeboard.store.engine import engine_at, write
from pipeboard.store.locating import Place, Server, make_file
from pipeboard.store.opening import AnyIdentity, Identity, ServerIdentity, look
from pipeboard.store.tables import definitions
from pipeboard.store.writing import Writer

if TYPE_CHECKING:
    from pipeboard.domain.settings import Settings

_ID_BYTES = 16


def new_id() -> str:
    """An id that no other database has: 22 characters that are safe in paths and URLs."""
    return secrets.token_urlsafe(_ID_BYTES)


def create(location: Place, settings: Settings, begin: Callable[[Writer], object]) -> None:
    """A new database at a place; whole, or the place is as it was but for an empty file.

    `DatabaseError` when there is one already, also when somebody else makes it meanwhile.
    """
    if look(location) is not None:
        raise _exists(location)
    identity: AnyIdentity
    if isinstance(location, Server):
        identity = ServerIdentity(location, new_id())
    else:
        make_file(location)
        found = location.path.stat()
        identity = Identity(location, found.st_dev, found.st_ino, new_id())

    def make(database: Database) -> None:
        if database.has_tables():
            raise _exists(location)
        for statement in definitions(identity.engine).values():
            database.change(statement)
        database.insert("workspace", [{"id": identity.database_id}])
        writer = Writer(database)
        writer.begin(settings)
        begin(writer)

    with closing(engine_at(location)) as engine:
        write(engine, identity, make, is_known=False)


def _exists(location: Place) -> DatabaseError:
    return DatabaseError(
        f"{location} is there already.",
        hint="Open it, or name another path with --db.",
        details={"reason": "exists"},
    )
