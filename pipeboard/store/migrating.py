"""Bringing an older database up to date: a backup, then every step in one transaction.

The version of the schema is a number in the table `counter`; the steps are functions over
Alembic's operations, imported only when a step is due.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError

from pipeboard.domain.errors import DatabaseError
from pipeboard.store.connecting import Location, connect, in_words, told
from pipeboard.store.identity_step import keep_sources
from pipeboard.store.schema import SCHEMA, check_schema, schema_of

if TYPE_CHECKING:
    from alembic.operations import Operations

Step = Callable[["Operations"], None]

# From a schema's number to the step that leads away from it. Version 1 is the first.
STEPS: Mapping[int, Step] = {1: keep_sources}


def back_up(location: Location, schema: int) -> str:
    """A copy of the database beside it, made by SQLite and readable by its owner only.

    Returns the copy's path. The file is pre-made with its rights, which `VACUUM INTO` accepts
    while it is empty.
    """
    path = _new_file(location.path.with_name(f"{location.path.name}.schema-{schema}.backup"))
    connection = connect(location)
    try:
        with told(location):
            connection.execute("VACUUM INTO ?", (str(path),))
    finally:
        connection.close()
    return str(path)


def _new_file(wanted: Path) -> Path:
    """An empty file of that name, or of the first numbered one that nobody else has made."""
    path = wanted
    for number in count(1):
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600))
        except FileExistsError:
            path = wanted.with_name(f"{wanted.name}-{number}")
        except OSError as error:
            raise DatabaseError(
                f"The backup {Location(path)} cannot be made: {error.strerror}.",
                hint="The database was left as it was; make room or give rights beside it.",
            ) from error
        else:
            break
    return path


def migrate(
    engine: Engine,
    location: Location,
    *,
    steps: Mapping[int, Step] = STEPS,
    wanted: int = SCHEMA,
) -> None:
    """Runs the steps that are due; all of them or none.

    Foreign keys are off meanwhile, since a table that is made anew must not cascade, and checked
    as a whole before the commit.
    """
    try:
        _migrate(engine, location, steps, wanted)
    except DBAPIError as error:
        raise in_words(error.orig or error, location) from error


def _migrate(engine: Engine, location: Location, steps: Mapping[int, Step], wanted: int) -> None:
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                found = schema_of(raw, location) or wanted
                check_schema(found, wanted)
                operations = Operations(MigrationContext.configure(connection))
                for number in range(found, wanted):
                    steps[number](operations)
                connection.execute(
                    text("UPDATE counter SET value = :v WHERE name = 'schema'"), {"v": wanted}
                )
                if raw.execute("PRAGMA foreign_key_check").fetchone() is not None:
                    raise DatabaseError(
                        "The database could not be brought up to date: rows point to nothing.",
                        hint="It was left as it was; a backup stands beside it.",
                    )
        finally:
            raw.execute("PRAGMA foreign_keys=ON")
