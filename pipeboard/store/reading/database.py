"""The door to the driver: every question that this package asks goes through it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from pipeboard.domain.errors import DatabaseError
from pipeboard.store.connecting import Location, in_words

Row: TypeAlias = sqlite3.Row
CHUNK = 500


class Database:
    """One connection, used by one thread at a time, with rows by name.

    Everything is asked in SQL that SQLite and PostgreSQL both understand, with `?` for values;
    what only SQLite has (`version`) stands here and nowhere else.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """All rows of an answer; `DatabaseError` in words when there is none to be had."""
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._in_words(error) from error

    def row(self, sql: str, values: Sequence[Any] = ()) -> Row | None:
        """The first row of an answer."""
        rows = self.rows(sql, values)
        return rows[0] if rows else None

    def number(self, sql: str, values: Sequence[Any] = ()) -> int:
        """The one number that a question has for an answer; 0 for none."""
        row = self.row(sql, values)
        return int(row[0] or 0) if row else 0

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Several questions about one state of the database; keep it short, writers wait."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("ROLLBACK")

    def version(self) -> int:
        """A number that differs once another connection has committed."""
        return self.number("PRAGMA data_version")

    def close(self) -> None:
        self._connection.close()

    def _in_words(self, error: sqlite3.DatabaseError) -> DatabaseError:
        try:
            files = self._connection.execute("PRAGMA database_list").fetchall()
        except sqlite3.DatabaseError:
            files = []
        return in_words(error, Location(Path(files[0]["file"] if files else "the database")))
