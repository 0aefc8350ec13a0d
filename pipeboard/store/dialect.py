"""The SQL that only SQLite understands: what another database has to be asked in its own words.

All other statements of the store are what SQLite and PostgreSQL both take; those of the staging of
imports (`projecting/staging.py`) lean on a database that is attached, and stay with SQLite.
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
JOURNAL_MODE, TO_ROLLBACK = "PRAGMA journal_mode", "PRAGMA journal_mode=TRUNCATE"
COLUMNS = "SELECT name FROM pragma_table_info(?) ORDER BY cid"
KEY = "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk"
COMMITS_OF_OTHERS = "PRAGMA data_version"
"""A number that differs once another connection has committed."""
BEGIN_READING, BEGIN_WRITING = "BEGIN", "BEGIN IMMEDIATE"
"""A deferred BEGIN would fail most read-then-write attempts at once, since SQLite does not wait
when a snapshot has become stale."""
FORGET_PAGES = "PRAGMA shrink_memory"
CHECK_PAGES = "PRAGMA integrity_check(20)"
MAKE_INDICES_ANEW = "REINDEX"
COPY_INTO = "VACUUM INTO ?"
"""Makes a whole copy in an empty file, from one state of the database."""
READ_AND_WRITE = "PRAGMA query_only=OFF"
"""A copy is written by the connection that reads, also where the file is open for reading only."""
KEEP_LOCKS, BEGIN_ALONE = "PRAGMA locking_mode=EXCLUSIVE", "BEGIN EXCLUSIVE"
KEYS_UNCHECKED, CHECK_KEYS = "PRAGMA foreign_keys=OFF", "PRAGMA foreign_key_check"


def wait_at_most(busy_ms: int) -> str:
    """The statement that says how long each one after it waits for somebody else."""
    return f"PRAGMA busy_timeout={int(busy_ms)}"


def listed(column: str, words: Iterable[str]) -> Sql:
    """Whether a text column is one of some words, however many."""
    return Sql(f"{column} IN (SELECT value FROM json_each(?))", (json.dumps(list(words)),))


def is_busy(error: BaseException | None) -> bool:
    """Whether somebody else was in the way."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_taken(error: sqlite3.IntegrityError, column: str) -> bool:
    """Whether another row has the value that must be the only one in a column."""
    return column in str(error)
