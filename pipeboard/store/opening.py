"""The first look at a database, which takes back a change that was cut off."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from pipeboard.domain.errors import DatabaseError
from pipeboard.store.connecting import connect
from pipeboard.store.identity import ID, Identity, stat_of
from pipeboard.store.locating import Location, check_names
from pipeboard.store.schema import SCHEMA, check_schema, schema_of
from pipeboard.store.troubles import cut_off, told


@dataclass(frozen=True, slots=True)
class Found:
    """A database of ours: its schema's number, which one it is (without its id while the schema is
    older than the program's), and whether a change that was cut off was taken back for this look.
    """

    schema: int
    identity: Identity
    recovered: bool


def look(location: Location, *, read_only: bool = False) -> Found | None:
    """What is at a place; None where there is no file, an empty one or one without tables.

    A change that was cut off (its writer was killed, the power failed) is taken back, which needs
    the right to write. Raises `DatabaseError` without it, for what is no database of ours, and for
    one that is newer than the program.
    """
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
    schema, database_id = contents
    return Found(schema, Identity(location, after.st_dev, after.st_ino, database_id), recovered)


def _contents(location: Location, *, read_only: bool) -> tuple[int, str] | None:
    """The number of the schema and the id; None before the first table."""
    with closing(connect(location, read_only=read_only)) as connection:
        schema = schema_of(connection, location)
        if schema is None:
            return None
        check_schema(schema)
        if schema < SCHEMA:
            return schema, ""
        with told(location):
            row = connection.execute(ID).fetchone()
    if row is None or not isinstance(row[0], str):
        raise DatabaseError(
            f"{location} is damaged: its id is lost.",
            hint="Bring back a backup; the file was left as it is.",
            details={"reason": "corrupt"},
        )
    return schema, row[0]
