"""From the place of a database to an open SQLite connection, set up the one way that loses nothing.

The one place that knows pragmas; what reads and what writes both come here. The
file itself is never opened otherwise once it is in use: closing any other handle on it would
drop SQLite's POSIX locks for the whole process.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, TypeAlias

from pipeboard.store.locating import Location, Place, Server
from pipeboard.store.troubles import translate_errors

if TYPE_CHECKING:
    from pipeboard.store.postgres import ServerConnection

    Connection: TypeAlias = sqlite3.Connection | ServerConnection

BUSY_MS = 5_000
READING_CACHE_KB = 512
"""Pages that a reading connection keeps: a board needs few, and ten reps share one box."""
WRITING_CACHE_PAGES = 65_535
"""Changed pages that a writing connection keeps before it must shut readers out to make room: with
pages of 4 KiB 256 MiB, a bulk change of some 100,000 deals.

Never a multiple of 256: SQLite takes the lowest byte for a truth, and with 0 it would never make
room, in attached databases neither."""


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite is past the race between checkpoint and WAL reset (3.7.0 to 3.51.2)."""
    return (
        version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    )


def prepare(connection: sqlite3.Connection, *, read_only: bool, busy_ms: int = BUSY_MS) -> None:
    """Every pragma that this program relies on; the journal mode is chosen once, for a new file."""
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={busy_ms}",
        "foreign_keys=ON",
        "trusted_schema=OFF",
        "cell_size_check=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
    if read_only:
        connection.execute("PRAGMA query_only=ON")
        return
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    if mode not in ("wal", "truncate"):
        safe = wal_is_safe(sqlite3.sqlite_version_info)
        wanted = "WAL" if safe and not _is_made(connection) else "TRUNCATE"
        connection.execute(f"PRAGMA journal_mode={wanted}")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute(f"PRAGMA cache_spill={WRITING_CACHE_PAGES}")


def _is_made(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0])


def connect_to_write(location: Location) -> sqlite3.Connection:
    """An open connection for a writer; raises the driver's errors."""
    return _open(location, read_only=False, busy_ms=BUSY_MS)


def _open(
    location: Location, *, read_only: bool, busy_ms: int, cache_kb: int | None = None
) -> sqlite3.Connection:
    connection = sqlite3.connect(
        location.uri(read_only=read_only),
        uri=True,
        timeout=busy_ms / 1000,
        check_same_thread=False,
    )
    try:
        prepare(connection, read_only=read_only, busy_ms=busy_ms)
        if cache_kb is not None:
            connection.execute(f"PRAGMA cache_size=-{cache_kb}")
    except BaseException:  # a traceback would hold the file open
        connection.close()
        raise
    return connection


def connect_at(location: Place, *, read_only: bool = False, busy_ms: int = BUSY_MS) -> Connection:
    """An open connection to a file, or one to a server, that connects when it is first asked."""
    if isinstance(location, Server):
        from pipeboard.store.postgres import ServerConnection

        return ServerConnection(location, read_only=True, wait_ms=busy_ms)
    return connect(location, read_only=read_only, busy_ms=busy_ms)


def connect(
    location: Location, *, read_only: bool = False, busy_ms: int = BUSY_MS
) -> sqlite3.Connection:
    """An open connection with named rows; `DatabaseError` in words when it cannot be had.

    It may be handed from thread to thread, but is used by one at a time.
    """
    with translate_errors(location):
        connection = _open(
            location, read_only=read_only, busy_ms=busy_ms, cache_kb=READING_CACHE_KB
        )
        connection.row_factory = sqlite3.Row
        return connection
