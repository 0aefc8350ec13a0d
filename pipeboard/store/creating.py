"""Making a database: its tables, its id and what it begins with, in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import insert, text
from sqlmodel import Session, SQLModel

from pipeboard.domain.errors import DatabaseError
from pipeboard.store import tables as t
from pipeboard.store.engine import make_engine, write
from pipeboard.store.identity import Identity
from pipeboard.store.locating import Location, make_file
from pipeboard.store.opening import look
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
    engine = make_engine(location)

    def make(session: Session) -> None:
        if session.execute(text("SELECT count(*) FROM sqlite_schema")).scalar_one():
            raise _exists(location)
        SQLModel.metadata.create_all(
            session.connection(),
            tables=[table.__table__ for table in t.ALL],  # type: ignore[attr-defined]
        )
        found = location.path.stat()
        identity = Identity(location, found.st_dev, found.st_ino, new_id())
        session.execute(insert(t.WorkspaceRow), {"id": identity.database_id})
        writer = Writer(session, identity)
        writer.begin(settings)
        begin(writer)

    try:
        write(engine, location, make)
    finally:
        engine.dispose()


def _exists(location: Location) -> DatabaseError:
    return DatabaseError(
        f"{location} is there already.",
        hint="Open it, or name another path with --db.",
        details={"reason": "exists"},
    )
