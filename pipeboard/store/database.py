"""The one door to the driver: everything that is asked of a database or written to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from pipeboard.store import dialect
from pipeboard.store.opening import AnyIdentity
from pipeboard.store.sql import names
from pipeboard.store.troubles import as_database_error, damaged, translate_errors

if TYPE_CHECKING:
    from pipeboard.store.connecting import Connection

Row: TypeAlias = Mapping[str, Any]
RowTuple: TypeAlias = tuple[Any, ...]
"""What a driver gives back, by name and by position."""
Values: TypeAlias = Sequence[object] | Mapping[str, object]
"""What goes into a statement."""
T = TypeVar("T")

CHUNK = 500
MOST_REMEMBERED = 50
LOG = ("command", "event", "workspace_event")


def from_row(kind: type[T], row: Row, **others: object) -> T:
    """A value of the columns that are called as its fields, and of `others` in place of those."""
    make: Callable[..., T] = kind
    names = (one.name for one in attrgetter("__fields__")(kind))
    return make(**{name: row[name] for name in names if name not in others}, **others)


class Sight(Protocol):
    """What somebody sees of a database; `owners` is None for those who see everything, `everyone`
    says so in words, `version` is the state of the database that was looked at last."""

    owners: tuple[str, ...] | None
    everyone: str
    version: int | None

    def look(self) -> bool: ...

    def narrowed(self, sql: str) -> str: ...


Heard = Callable[[int, float, str], object]
"""Told how many of what were looked through, and which share of all that is."""


def unheard(count: int, share: float, of: str) -> None:
    """Where nobody listens."""


def at_length(
    connection: Connection, work: Callable[[], T], heard: Callable[[], object] = lambda: None
) -> T:
    """What `work` asks of a file, `heard` of it each second: a signal that ends this program also
    ends the question, which no handler of Python's could before it is answered."""
    if not isinstance(connection, sqlite3.Connection):
        return work()
    from concurrent.futures import ThreadPoolExecutor, wait

    with ThreadPoolExecutor(max_workers=1) as aside:
        answer = aside.submit(work)
        try:
            while not wait((answer,), timeout=1).done:
                heard()
            return answer.result()
        except BaseException:
            connection.interrupt()
            raise


class Database:
    """One connection, used by one thread at a time, with rows by name.

    Everything is asked in SQL that SQLite and PostgreSQL both understand, with `?` or `:name` for
    values; what only SQLite has comes from `dialect.py`. What writes leaves the driver's errors as
    they are: the transaction around it knows which of them pass when it is tried again.

    With a `sight` every question is asked as somebody may see it.
    """

    def __init__(
        self, connection: Connection, identity: AnyIdentity, sight: Sight | None = None
    ) -> None:
        self._connection = connection
        self.identity = identity
        self._sight = sight
        self._has_looked = False
        self._looked_at: object = None
        self._remembered: dict[Hashable, Any] = {}
        self._remembered_at = -1
        self.began: list[str] = []
        """The commands that were recorded in this transaction, by which it is known again."""
        self.log_rows: dict[str, list[Row]] | None = None
        """What a transaction on a server has put into the log, by table, as long as it is all."""
        self._kept: dict[str, tuple[Hashable, Any]] = {}
        self.told_ahead: dict[str, Iterable[bytes]] = {}
        """By command, the events of this transaction as they are sealed, where that is known."""

    def rows(self, sql: str, values: Values = ()) -> list[Row]:
        """All rows of an answer; `DatabaseError` in words when there is none to be had."""
        return self._answer(sql, values, sqlite3.Row)  # a writing connection has none

    def _answer(self, sql: str, values: Values, made: type[sqlite3.Row] | None) -> list[Row]:
        sql = self._as_seen(sql)
        try:
            # Closed even where a row cannot be read: the lock would last as long as the error.
            with closing(self._connection.cursor()) as cursor:
                cursor.row_factory = made
                return list(cursor.execute(sql, values).fetchall())
        except sqlite3.DatabaseError as error:
            raise as_database_error(error, self.identity.location) from error
        except UnicodeDecodeError as error:
            raise damaged("its structure", error) from error

    def row(self, sql: str, values: Values = ()) -> Row | None:
        """The first row of an answer."""
        rows = self.rows(sql, values)
        return rows[0] if rows else None

    def record(self, sql: str, values: Values = ()) -> RowTuple:
        """The first row by position; empty when there is none."""
        rows = self.records(sql, values)
        return rows[0] if rows else ()

    def records(self, sql: str, values: Values = ()) -> list[RowTuple]:
        """All rows by position: many rows of many columns take half the time so."""
        return [tuple(row) for row in self._answer(sql, values, None)]

    def ahead(self, *questions: tuple[str, Values]) -> None:
        """Says what will be asked next in this transaction: a server answers all of it at once."""
        if not isinstance(self._connection, sqlite3.Connection):
            asked = [(self._as_seen(sql), values) for sql, values in questions]
            with translate_errors(self.identity.location):
                self._connection.ahead(asked)

    def shown(self, sight: Sight) -> Database:
        """The same database, asked over the same connection, as somebody sees it."""
        return Database(self._connection, self.identity, sight)

    @property
    def is_narrowed(self) -> bool:
        """Whether some deals are not shown."""
        self._look()
        return self._sight is not None and self._sight.owners is not None

    @property
    def everyone(self) -> str:
        """Whose deals are shown where nobody in particular is asked for."""
        self._look()
        return "everyone" if self._sight is None else self._sight.everyone

    def _as_seen(self, sql: str) -> str:
        """A question as whoever asks may ask it. Whose deals they see is looked at before each
        question to a file, and on a server with each look at its version, which is a round trip:
        a server has its own policies besides."""
        if self._sight is None:
            return sql
        if not self._has_looked or isinstance(self._connection, sqlite3.Connection):
            self._look()
        return self._sight.narrowed(sql)

    def _look(self) -> None:
        self._has_looked = True
        if self._sight is not None and self._sight.look():
            self._remembered.clear()
            self._kept.clear()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Several questions that a server answers about one state, some of them at once; a file
        answers each so quickly that nobody need wait for that."""
        if isinstance(self._connection, sqlite3.Connection):
            yield
            return
        with self.snapshot():
            self.ahead(*((sql, ()) for sql in (dialect.COMMITS_OF_OTHERS, *dialect.ALWAYS_ASKED)))
            yield

    def has(self, table: str) -> bool:
        """Whether the database has a table: an older one may lack what came later."""
        if not isinstance(self._connection, sqlite3.Connection):
            return True  # no server was ever asked by an older program
        return table in self.column(dialect.TABLES)

    def has_tables(self) -> bool:
        """Whether anything is in the database already."""
        return bool(self.rows(dialect.TABLES))

    def columns(self, table: str) -> tuple[str, ...]:
        """The columns of a table in their order."""
        return tuple(self.column(dialect.COLUMNS, (table,)))

    def key(self, table: str) -> tuple[str, ...]:
        """The columns of a table's primary key in their order."""
        return tuple(self.column(dialect.KEY, (table,)))

    def empty_copy(self, *, quick: bool = True) -> Database:
        """A database in memory with the same tables and nothing in them; to be closed. Not `quick`,
        it has no index but those that keep rows from being there twice."""
        connection = sqlite3.connect(":memory:", isolation_level=None)
        try:
            for statement in self._definitions():
                if quick or not statement.startswith("CREATE INDEX"):
                    connection.execute(statement)
        except sqlite3.Error as error:
            connection.close()
            raise damaged("its structure", error) from error
        return Database(connection, self.identity)

    def _definitions(self) -> Iterable[str]:
        """What makes the tables in SQLite."""
        if isinstance(self._connection, sqlite3.Connection):
            return self.column(dialect.DEFINITIONS)
        from pipeboard.store.tables import definitions

        return definitions("sqlite").values()

    def truths(self, table: str) -> frozenset[str]:
        """The columns of a table that say yes or no."""
        return frozenset(self.column(dialect.TRUTHS, (table,)))

    # What writes, within a transaction.

    @property
    def driver(self) -> Connection:
        """The driver's connection."""
        return self._connection

    def change(self, sql: str, values: Values = ()) -> None:
        """Executes a statement."""
        self._remembered.clear()
        self._connection.execute(sql, values)

    def change_each(
        self,
        sql: str,
        rows: Sequence[Values],
        check: Callable[[int], None] | None = None,
    ) -> None:
        """Executes a statement once for the values of each row; `check` is told how many rows were
        changed, by a server not before the next question or the commit."""
        if not rows:
            return
        self._remembered.clear()
        if isinstance(self._connection, sqlite3.Connection):
            changed = self._connection.executemany(sql, rows).rowcount
            if check is not None:
                check(changed)
        else:
            self._connection.executemany(sql, rows, check)

    def insert(
        self, table: str, rows: Sequence[Mapping[str, object]], *, otherwise: str = ""
    ) -> None:
        """New rows, which all have the same columns; `otherwise` says what becomes of those that
        are there already (`ON CONFLICT …`)."""
        if not rows:
            return
        if table in LOG and self.log_rows is not None:
            self.log_rows.setdefault(table, []).extend(rows)
        columns = tuple(rows[0])
        marks = ", ".join("?" * len(columns))
        values = itemgetter(*columns) if len(columns) > 1 else lambda row: tuple(row.values())
        self.change_each(
            f"INSERT INTO {table} ({names(columns)}) VALUES ({marks}) {otherwise}",
            list(map(values, rows)),
        )

    def fill(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Many new rows, their values in the order of the columns."""
        if not rows:
            return
        self._remembered.clear()
        if isinstance(self._connection, sqlite3.Connection):
            marks = ", ".join("?" * len(columns))
            self.change_each(f"INSERT INTO {table} ({names(columns)}) VALUES ({marks})", rows)
        else:
            if table in LOG:
                self.log_rows = None
            self._connection.copy(table, columns, rows)

    def put(self, table: str, rows: Sequence[Mapping[str, object]], *, key: str = "id") -> None:
        """Inserts rows, or changes those that are there under the same key."""
        if not rows:
            return
        changes = ", ".join(f'"{name}" = excluded."{name}"' for name in rows[0] if name != key)
        self.insert(table, rows, otherwise=f"ON CONFLICT ({key}) DO UPDATE SET {changes}")

    def column(self, sql: str, values: Values = ()) -> list[Any]:
        """The first column of an answer."""
        return [next(iter(tuple(row))) for row in self.rows(sql, values)]

    def number(self, sql: str, values: Values = ()) -> int:
        """The one number that a question has for an answer; 0 for none."""
        return int(next(iter(self.column(sql, values)), 0) or 0)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Several questions about one state of the database; keep it short, writers wait."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute(dialect.BEGIN_READING)
        try:
            yield
        finally:
            if self._connection.in_transaction:  # an I/O error ends it by itself
                self._connection.execute("ROLLBACK")

    def check(self) -> None:
        """`DatabaseError` when this is no more the database that was opened."""
        self._looked_at = self.identity.check_since(self._connection, self._looked_at)

    def wait_at_most(self, busy_ms: int) -> None:
        """How long a question waits for a writer from here on."""
        self._connection.execute(dialect.wait_at_most(busy_ms))

    def version(self) -> int:
        """A number that differs once another connection has committed."""
        self._look()
        if self._sight is not None and self._sight.version is not None:
            return self._sight.version
        return self.number(dialect.COMMITS_OF_OTHERS)

    def remembered(self, key: Hashable, find: Callable[[], T]) -> T:
        """What `find` found, kept until another connection commits.

        For what takes long and is asked again with every frame: the deals behind a filter.
        """
        self._forget()
        if key not in self._remembered:
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = find()
        found: T = self._remembered[key]
        return found

    def kept(self, name: str, mark: Hashable, make: Callable[[], T]) -> T:
        """What `make` made under that name, kept through commits as long as `mark` is the same."""
        if name not in self._kept or self._kept[name][0] != mark:
            self._kept[name] = (mark, make())
        made: T = self._kept[name][1]
        return made

    def _forget(self) -> None:
        version = self.version()
        if version != self._remembered_at:
            self._remembered.clear()
            self._remembered_at = version

    def close(self) -> None:
        self._connection.close()
