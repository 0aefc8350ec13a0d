"""The tables: the append-only log of commands and events, and the rows kept in step with it; and
making a database of them.

Instants are microseconds since 1970 UTC, dates ISO 8601 text, money integer minor units. Every
constraint that matters is a CHECK, so that SQLite and PostgreSQL refuse the same things.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import SQLModel

from pipeboard.domain.errors import DatabaseError
from pipeboard.store.database import Database
from pipeboard.store.engine import engine_at, write
from pipeboard.store.locating import Place, Server, make_file
from pipeboard.store.opening import AnyIdentity, Engine, Identity, ServerIdentity, look
from pipeboard.store.tables.deal_tables import (
    AnswerRow,
    AskRow,
    ContactRow,
    DealFacts,
    DealFieldRow,
    DealTag,
    NoteRow,
    StageTotal,
    StoredDeal,
    TouchRow,
)
from pipeboard.store.tables.workspace_tables import (
    CommandRow,
    Counter,
    EventRow,
    FxRate,
    ImportRecipe,
    PipelineRow,
    PipelineVersion,
    RepRow,
    SavedFilter,
    Setting,
    StageRow,
    TargetRow,
    WorkspaceEventRow,
    WorkspaceRow,
)
from pipeboard.store.writing import Writer

if TYPE_CHECKING:
    from pipeboard.domain.settings import Settings

ALL: tuple[type[SQLModel], ...] = (
    WorkspaceRow,
    Setting,
    Counter,
    PipelineRow,
    StageRow,
    RepRow,
    StoredDeal,
    DealTag,
    DealFieldRow,
    AnswerRow,
    ContactRow,
    AskRow,
    NoteRow,
    TouchRow,
    DealFacts,
    StageTotal,
    CommandRow,
    EventRow,
    WorkspaceEventRow,
    PipelineVersion,
    TargetRow,
    FxRate,
    ImportRecipe,
    SavedFilter,
)

__all__ = ["ALL", "definitions"]

# What makes every table with its indices, for either engine.

_DIALECTS = {"sqlite": sqlite.dialect, "postgresql": postgresql.dialect}
_TYPES = re.compile(r"\b(?:VARCHAR(?:\(\d+\))?|(?:TEXT|BIGSERIAL|SERIAL|INTEGER)\b)")


def definitions(engine: Engine = "sqlite") -> dict[str, str]:
    """What makes each table and its indices, by their names: those that others point to first."""
    dialect = _DIALECTS[engine]()
    made: dict[str, str] = {}
    for definition in ALL:
        table: Table = definition.__table__  # type: ignore[attr-defined]
        statement = str(CreateTable(table).compile(dialect=dialect)).strip()
        made[table.name] = statement if engine == "sqlite" else _TYPES.sub(_as_in_sqlite, statement)
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            made[str(index.name)] = str(CreateIndex(index).compile(dialect=dialect))
    return made


def _as_in_sqlite(found: re.Match[str]) -> str:
    """Texts in the order of their bytes, whole numbers of 64 bits, none of them by a serial."""
    return 'TEXT COLLATE "C"' if found[0][0] in "VT" else "BIGINT"


# Making a database: its tables, its id and what it begins with, in one transaction.


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
