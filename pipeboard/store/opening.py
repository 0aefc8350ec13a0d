"""The first look at a database, which takes back a change that was cut off."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import ClassVar, Literal, TypeAlias

from pipeboard import SCHEMA as SCHEMA
from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.text import printable
from pipeboard.store import dialect
from pipeboard.store.connecting import BUSY_MS, connect, connect_at
from pipeboard.store.locating import Location, Place, Server, check_names, make_file
from pipeboard.store.troubles import cut_off, replaced, translate_errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pipeboard.store.connecting import Connection
    from pipeboard.store.postgres import ServerConnection

OF_DEALS = (
    "deal_tag", "deal_field", "answer", "contact", "deal_ask", "note", "touch", "deal_facts",
)  # fmt: skip
"""The tables beside `deal` whose rows are a deal's, by `deal_id`."""
TABLES = (
    *("workspace", "setting", "counter", "pipeline", "stage", "rep", "deal", *OF_DEALS),
    *("stage_total", "command", "event", "workspace_event", "pipeline_version", "target"),
    *("fx_rate", "import_recipe", "saved_filter"),
)
"""Every table, those that others point to first."""


def schema_of(connection: Connection, location: Place) -> int | None:
    """The schema's number, None before the first table; `DatabaseError` for another program's
    database, or where the number is lost."""
    with translate_errors(location):
        tables = {row[0] for row in connection.execute(dialect.TABLES)}
        if not tables:
            return None
        if not {"counter", "deal", "event"} <= tables:
            raise DatabaseError(
                f"{location} is a database, but not one of Pipeboard's.",
                hint="Name another file with --db.",
                details={"reason": "foreign"},
            )
        row = connection.execute(SCHEMA_NUMBER).fetchone()
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


# Which database it is: the file that was opened, and the id that it holds.
#
# The file under a path may be replaced, deleted, cut short or written over while it is open. What
# is held open then is a file that nobody else sees, or another team's deals under the same
# numbers.

SCHEMA_NUMBER = "SELECT value FROM counter WHERE name = 'schema'"
ID = "SELECT id FROM workspace"
_MOVED_TO = f"(SELECT value FROM setting WHERE name = '{dialect.MOVED_TO}')"
ID_AND_SCHEMA = f"SELECT ({ID}), ({SCHEMA_NUMBER}), {_MOVED_TO}"
_ID_AND_PLACE = f"SELECT id, {_MOVED_TO} FROM workspace"


Engine = Literal["sqlite", "postgresql"]


@dataclass(frozen=True, slots=True)
class Identity:
    """A database as it was when it was opened: `device` and `inode` of its file, and its own id.

    A copy and a restored backup have the same id in another file.
    """

    location: Location
    device: int
    inode: int
    database_id: str
    engine: ClassVar[Engine] = "sqlite"

    def check_file(self) -> os.stat_result:
        """What the system says of the file; `DatabaseError` when it is not the one that was opened.

        One `stat`, which costs microseconds and drops no lock.
        """
        found = stat_of(self.location)
        if found is None or (found.st_dev, found.st_ino) != (self.device, self.inode):
            raise replaced(self.location, is_gone=found is None)
        check_names(self.location, found)
        if not found.st_size:
            raise DatabaseError(
                f"{self.location} was emptied since it was opened.",
                hint="Nothing was written. Bring back a backup, and open it again.",
                details={"reason": "truncated"},
            )
        return found

    def check_since(self, connection: Connection, mark: object) -> object:
        """`DatabaseError` when it is not what was opened; the mark of what was looked at.

        A `stat` costs microseconds. Only when somebody has written to the file since the last
        check is it looked into, over a connection of its own: this one could answer from pages
        that it has kept.
        """
        found = self.check_file()
        now = (found.st_mtime_ns, found.st_size)
        if now != mark:
            with closing(connect(self.location, read_only=True, busy_ms=_CHECKING_BUSY_MS)) as own:
                check_contents(self, own)
        return now


@dataclass(frozen=True, slots=True)
class ServerIdentity:
    """A database on a server as it was when it was opened: where, and its own id."""

    location: Server
    database_id: str
    engine: ClassVar[Engine] = "postgresql"

    def check_file(self) -> None:
        """There is no file that could be replaced."""

    def check_since(self, connection: Connection, mark: object) -> object:
        """`DatabaseError` when it is not what was opened."""
        check_contents(self, connection)
        return None


AnyIdentity: TypeAlias = Identity | ServerIdentity
_CHECKING_BUSY_MS = 100


def identity_of_new(location: Place, database_id: str) -> AnyIdentity:
    """That of a database that is to be made at a place, where an empty file is made for it."""
    if isinstance(location, Server):
        return ServerIdentity(location, database_id)
    make_file(location)
    found = location.path.stat()
    return Identity(location, found.st_dev, found.st_ino, database_id)


def new_id() -> str:
    """An id that no other database has: 22 characters that are safe in paths and URLs."""
    from secrets import token_urlsafe  # who only looks makes none

    return token_urlsafe(16)


def check_contents(
    identity: AnyIdentity, connection: Connection, *, to_write: bool = False
) -> None:
    """`DatabaseError` when a connection leads to another database or another schema than were
    opened, or `to_write` to one that has moved; within a transaction, so that it holds until the
    commit."""
    with translate_errors(identity.location):
        try:
            found = tuple(connection.execute(ID_AND_SCHEMA).fetchone() or ())
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
            found = ("", 0, None)  # another program's, or ours of an older schema
    if isinstance(found[1], int):
        check_schema(found[1])
    if found[:2] != (identity.database_id, SCHEMA):
        raise DatabaseError(
            f"Another database was put in the place of {identity.location} since it was opened.",
            hint="Nothing was written. Leave and open it again to work with what is there now.",
            details={"reason": "replaced"},
        )
    if to_write and found[2] is not None:
        raise DatabaseError(
            f"This workspace has moved to {_place(found[2])}.",
            hint=f"Nothing was written here. {_OPEN_IT} {_IF_LOST}",
            details={"reason": "moved"},
        )


_OPEN_IT = "Open it there, with --db or PIPEBOARD_DB."
_IF_LOST = (
    "Where that one is lost, 'pipeboard export --whole --to FILE' gives all of this one, and "
    "'pipeboard --db NEW import FILE' takes it in."
)


def _place(moved_to: object) -> str:
    """Where a workspace has moved to, as it is kept; "" for nowhere."""
    return "" if moved_to is None else printable(str(moved_to)).strip('"')


def stat_of(location: Location) -> os.stat_result | None:
    """What the system says of a file, None when it is not there; `DatabaseError` when it does not
    say."""
    try:
        return location.path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise DatabaseError(
            f"{location} cannot be looked at: {error.strerror}.",
            hint="Look at the rights of its folders.",
            details={"reason": "unreachable"},
        ) from error


@dataclass(frozen=True, slots=True)
class FoundDatabase:
    """A database of ours: its schema's number, which one it is (without its id while the schema is
    older than the program's), whether a change that was cut off was taken back for this look, and
    where the workspace has moved to since, "" for nowhere.
    """

    schema: int
    identity: AnyIdentity
    recovered: bool
    moved_to: str = ""

    @property
    def moved(self) -> str:
        """A sentence for whoever reads what is there no more but as it was; empty where it is."""
        if not self.moved_to:
            return ""
        return f"This workspace has moved to {self.moved_to}: here it is as it was. {_OPEN_IT}"


def look(location: Place, *, read_only: bool = False) -> FoundDatabase | None:
    """What is at a place; None where there is no file, an empty one or one without tables.

    A change that was cut off (its writer was killed, the power failed) is taken back, which needs
    the right to write. Raises `DatabaseError` without it, for what is no database of ours, and for
    one that is newer than the program.
    """
    if isinstance(location, Server):
        there = _contents(location, read_only=read_only)
        return there and FoundDatabase(
            there[0], ServerIdentity(location, there[1]), False, there[2]
        )
    before = stat_of(location)
    if before is None or not before.st_size:
        return None
    check_names(location, before)
    recovered = False
    try:
        contents = _contents(location, read_only=True)
    except DatabaseError as error:
        if error.details.get("reason") != "cut_off":
            raise
        if read_only:
            raise cut_off(location, read_only=True) from error
        contents, recovered = _contents(location, read_only=False), True
    after = stat_of(location)
    if after is None or (after.st_dev, after.st_ino) != (before.st_dev, before.st_ino):
        return look(location, read_only=read_only)  # it was replaced just now
    if contents is None:
        return None
    schema, database_id, moved_to = contents
    return FoundDatabase(
        schema, Identity(location, after.st_dev, after.st_ino, database_id), recovered, moved_to
    )


def _ask_ahead(connection: ServerConnection) -> None:
    """All that a look asks of a server at once, where there are tables."""
    connection.execute(dialect.BEGIN_READING)
    with translate_errors(connection.server):
        try:
            connection.ahead(((dialect.TABLES, ()), (SCHEMA_NUMBER, ()), (_ID_AND_PLACE, ())))
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
            connection.execute("ROLLBACK")


def _contents(location: Place, *, read_only: bool) -> tuple[int, str, str] | None:
    """The number of the schema, the id and where it has moved to; None before the first table."""
    busy_ms = 0 if isinstance(location, Server) else BUSY_MS  # one that is not there is said so
    with closing(connect_at(location, read_only=read_only, busy_ms=busy_ms)) as connection:
        if not isinstance(connection, sqlite3.Connection):
            _ask_ahead(connection)
        schema = schema_of(connection, location)
        if schema is None:
            return None
        check_schema(schema)
        if schema < SCHEMA:
            return schema, "", ""
        with translate_errors(location):
            row = connection.execute(_ID_AND_PLACE).fetchone()
    if row is None or not isinstance(row[0], str):
        raise DatabaseError(
            f"{location} is damaged: its id is lost.",
            hint="Bring back a backup; the file was left as it is.",
            details={"reason": "corrupt"},
        )
    return schema, row[0], _place(row[1])
