"""Bringing an older database up to date: a backup, then every step in one transaction.

The version of the schema is a number in the table `counter`; the steps are functions over
Alembic's operations, imported only when a step is due.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from math import inf
from pathlib import Path

from sqlalchemy import Connection as SqlConnection
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from pipeboard.domain.errors import DatabaseError
from pipeboard.store import dialect
from pipeboard.store.backups import flush, names, part_of, put_in_place
from pipeboard.store.connecting import BUSY_MS, connect, connect_to_write
from pipeboard.store.dialect import ServerTrouble
from pipeboard.store.engine import alone
from pipeboard.store.locating import Location, Server
from pipeboard.store.migration_steps import FIND_NEW_COLUMNS, STEPS, Step, add_new_columns
from pipeboard.store.opening import SCHEMA, SCHEMA_NUMBER, check_schema, schema_of
from pipeboard.store.patience import Patience
from pipeboard.store.troubles import as_database_error, translate_errors

_STATE = (
    f"SELECT ({SCHEMA_NUMBER}),"
    " (SELECT value FROM counter WHERE name = 'change'), (SELECT max(seq) FROM command),"
    " (SELECT id FROM command ORDER BY seq DESC LIMIT 1)"
)


def back_up(location: Location, schema: int) -> str:
    """A copy of the database beside it, made by SQLite and readable by its owner only.

    Returns the copy's path, empty where somebody else has brought the database up to date
    meanwhile; that of one made before where it holds the same, so that a start that is cut off
    leaves no second one. A copy gets its name once it is whole and on the disk.
    """
    wanted = location.path.with_name(f"{location.path.name}.schema-{schema}.backup")
    state = _state(location)
    if (made := _made_before(wanted, state)) is not None:
        return made
    with part_of(wanted, location) as part:
        with closing(connect(location)) as connection, translate_errors(location):
            connection.execute(dialect.COPY_INTO, (str(part),))
        flush(part)
        if _state(Location(part))[0] != schema:
            return ""  # somebody else has brought it up to date meanwhile, and made a copy before
        if (made := _made_before(wanted, state)) is not None:
            return made  # by somebody else meanwhile
        return str(put_in_place(part, wanted))


def _made_before(wanted: Path, state: tuple[object, ...]) -> str | None:
    """The copy under one of the names that holds that state already."""
    for path in names(wanted):
        if not os.path.exists(path):
            return None
        with suppress(DatabaseError):
            if _state(Location(path)) == state:
                return str(path)
    return None


def _state(location: Location) -> tuple[object, ...]:
    """What differs between two states of a database, or between two databases."""
    with closing(connect(location, read_only=True)) as connection, translate_errors(location):
        return tuple(connection.execute(_STATE).fetchone())


def migrate(
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
        with closing(connect_to_write(location)) as connection:
            _migrate(connection, location, steps, wanted)
    except (DBAPIError, sqlite3.DatabaseError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise as_database_error(cause or error, location, "write") from error


def _migrate(
    raw: sqlite3.Connection, location: Location, steps: Mapping[int, Step], wanted: int
) -> None:
    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
    raw.execute(dialect.KEYS_UNCHECKED)
    with engine.connect() as connection, alone(raw, location, Patience()), connection.begin():
        _bring_to(connection, schema_of(raw, location) or wanted, wanted, steps)
        raw.execute("UPDATE counter SET value = ? WHERE name = 'schema'", (wanted,))
        if raw.execute(dialect.CHECK_KEYS).fetchone() is not None:
            raise DatabaseError(
                "The database could not be brought up to date: rows point to nothing.",
                hint="It was left as it was; a backup stands beside it.",
            )


def migrate_on_server(
    server: Server, *, steps: Mapping[int, Step] = STEPS, wanted: int = SCHEMA
) -> None:
    """Runs the steps that are due on a server; all of them or none, while nobody else writes."""
    from pipeboard.store.server_driver import connect

    try:
        with closing(connect(server, read_only=False, wait_ms=BUSY_MS)) as raw:
            engine = create_engine(
                "postgresql+psycopg://", creator=lambda: raw, poolclass=StaticPool
            )
            raw.autocommit, raw.answer_s = False, inf  # a step may take its time
            with engine.begin() as connection:
                connection.exec_driver_sql(dialect.LOCK_WRITING)
                _bring_to(connection, schema_on(connection), wanted, steps)
                _settle_types(connection)
                connection.exec_driver_sql(
                    f"UPDATE counter SET value = {wanted} WHERE name = 'schema'"
                )
    except (DBAPIError, sqlite3.DatabaseError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise as_database_error(_trouble(cause), server, "write") from error


def _bring_to(
    connection: SqlConnection, found: int, wanted: int, steps: Mapping[int, Step]
) -> None:
    """The steps that are due; what only gains columns that are empty to begin with has none."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    check_schema(found, wanted)
    operations = Operations(MigrationContext.configure(connection))
    for number in range(found, wanted):
        if number in steps:
            if number >= FIND_NEW_COLUMNS:
                add_new_columns(operations)
            steps[number](operations)
    add_new_columns(operations)


def schema_on(connection: SqlConnection) -> int:
    """The number of the schema on a server."""
    return int(connection.exec_driver_sql(SCHEMA_NUMBER).scalar_one())


def _settle_types(connection: SqlConnection) -> None:
    """Columns that a step has made are of the types that new databases have."""
    from pipeboard.store.postgres import OF_OTHER_TYPES

    for table, column, kind in connection.exec_driver_sql(OF_OTHER_TYPES).all():
        wanted = "bigint" if kind == "integer" else 'text COLLATE "C"'
        connection.exec_driver_sql(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE {wanted}')


def _trouble(error: BaseException | None) -> BaseException:
    import psycopg

    from pipeboard.store.server_driver import trouble_of

    if isinstance(error, psycopg.Error):
        return trouble_of(error)
    return error or ServerTrouble("", "", "other")
