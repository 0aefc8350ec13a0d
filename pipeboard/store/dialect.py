"""The SQL that only SQLite understands, each phrase under a name: `postgres.py` says them in the
words of PostgreSQL.

All other statements of the store are what both take; those of the staging of imports
(`projecting/staging.py`) are asked of a private database of SQLite's.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from pipeboard.store.sql import Sql

TABLES = "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'"
DEFINITIONS = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'"
"""What makes every table and index again, tables before their indices."""
NAMES = "SELECT name FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'"
"""Every table and every index that somebody defined."""
HOME = "SELECT 'main'"
"""The schema that the tables are in."""
ENCODING = "PRAGMA encoding"
VERSION = "SELECT sqlite_version()"
MAY_WRITE = "SELECT 1"
"""Whether the login has the right to change deals; that of a file is the system's to say."""
JOURNAL_MODE, TO_ROLLBACK = "PRAGMA journal_mode", "PRAGMA journal_mode=TRUNCATE"
COLUMNS = "SELECT name FROM pragma_table_info(?) ORDER BY cid"
TRUTHS = "SELECT name FROM pragma_table_info(?) WHERE type = 'BOOLEAN'"
"""The columns of a table that say yes or no."""
KEY = "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk"
COMMITS_OF_OTHERS = "PRAGMA data_version"
"""A number that differs once another connection has committed."""
BEGIN_READING, BEGIN_WRITING = "BEGIN", "BEGIN IMMEDIATE"
"""A deferred BEGIN would fail most read-then-write attempts at once, since SQLite does not wait
when a snapshot has become stale."""
MOVED_TO = "moved_to"
"""The setting that says where a workspace has gone, which nobody writes to any more."""
FORGET_PAGES = "PRAGMA shrink_memory"
CHECK_PAGES = "PRAGMA integrity_check(20)"
MAKE_INDICES_ANEW = "REINDEX"
COPY_INTO = "VACUUM INTO ?"
"""Makes a whole copy in an empty file, from one state of the database."""
READ_AND_WRITE = "PRAGMA query_only=OFF"
"""A copy is written by the connection that reads, also where the file is open for reading only."""
KEEP_LOCKS, BEGIN_ALONE = "PRAGMA locking_mode=EXCLUSIVE", "BEGIN EXCLUSIVE"
KEYS_UNCHECKED, CHECK_KEYS = "PRAGMA foreign_keys=OFF", "PRAGMA foreign_key_check"
WAITING = "PRAGMA busy_timeout="
EACH_OF_JSON = "SELECT value FROM json_each(?)"
LOCK_WRITING = "SELECT value FROM counter WHERE name = 'change' FOR UPDATE"
"""What makes writers of a server wait for each other: no lock that a pooler or a distributed engine
lacks. SQLite's BEGIN IMMEDIATE does it there."""
COMMAND = "SELECT 1 FROM command WHERE id = ?"
SETTINGS = "select name, value from setting"
REPS = "select * from rep order by name"
STAGES = "select * from stage order by pipeline_id, position, id"
PIPELINES = "select * from pipeline where not removed order by position, id"
PIPELINES_REMOVED = "select * from pipeline where removed order by position, id"
PIPELINE_MARKS = (
    "select id, version, position, name, currency from pipeline where not removed"
    " order by position, id"
)
_OF_SETUP = (SETTINGS, REPS, STAGES, PIPELINES, PIPELINES_REMOVED, PIPELINE_MARKS)
ALWAYS_ASKED = (*_OF_SETUP, MAY_WRITE)
"""What every use case and every screen asks, which a server answers all at once."""


class ServerTrouble(sqlite3.OperationalError):
    """What kept a server from answering; `kind` is a word for it, `state` its SQLSTATE."""

    def __init__(self, said: str, state: str, kind: str) -> None:
        super().__init__(said)
        self.state = state
        self.kind = kind


class ServerRefusal(sqlite3.IntegrityError):
    """A row that a server does not take, with the name of the constraint."""

    def __init__(self, said: str, constraint: str) -> None:
        super().__init__(f"{said} ({constraint})")


def wait_at_most(busy_ms: int) -> str:
    """The statement that says how long each one after it waits for somebody else."""
    return f"{WAITING}{int(busy_ms)}"


def listed(column: str, words: Iterable[str]) -> Sql:
    """Whether a text column is one of some words, however many."""
    return Sql(f"{column} IN ({EACH_OF_JSON})", (json.dumps(list(words)),))


def is_busy(error: BaseException | None) -> bool:
    """Whether somebody else was in the way."""
    if isinstance(error, ServerTrouble):
        return error.kind == "busy"
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_taken(error: sqlite3.IntegrityError, column: str) -> bool:
    """Whether another row has the value that must be the only one in a column."""
    return column in str(error)
