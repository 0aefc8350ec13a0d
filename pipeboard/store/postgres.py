"""What PostgreSQL has to be asked in its own words, and a connection that is asked like SQLite's.

The store speaks SQL that both take, with `?` or `:name` for values. What differs is said here:
placeholders, the few phrases of `dialect.py`, numbers of rows (no serials: PostgreSQL and what is
compatible with it number them each in its own order), and the driver's errors as `sqlite3` has
them. Nothing lasts beyond a transaction, no setting, no prepared statement, no lock, so that a
pooler may hand each transaction to another server process.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, TypeAlias

from pipeboard.store import dialect
from pipeboard.store.dialect import ServerTrouble
from pipeboard.store.locating import Server
from pipeboard.store.server_driver import connect, told_of_driver
from pipeboard.store.sql import names

if TYPE_CHECKING:
    import psycopg

    from pipeboard.store.answering import AnsweredConnection

Values: TypeAlias = Sequence[Any] | Mapping[str, Any]
Question: TypeAlias = tuple[str, Values]

LOCK_TIMEOUT_MS, STATEMENT_TIMEOUT_MS, IDLE_TIMEOUT_MS = 5_000, 20_000, 30_000
ANSWER_S = 25.0
"""How long nothing need come from a server: somewhat longer than it may take for a statement."""
HASTY_LOCK_MS, HASTY_STATEMENT_MS, HASTY_ANSWER_S = 250, 4_000, 5.0
"""The same, and how long nothing need come, for a screen, which hears no keys meanwhile."""
_DOWN_S = 1.0
"""How long a server that could not be reached is not asked again by somebody without patience."""
_PAUSES = 4
"""So many times what it took to find that out comes on top."""
_PAUSE_S = 0.1
_HOME = (
    "coalesce((SELECT nspname FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace AS home"
    " ON home.oid = relnamespace WHERE pg_class.oid = to_regclass('counter')), current_schema())"
)
"""The schema whose tables are meant by their bare names, which need not be the first in which the
account may make some; where there are none yet, that one."""
_IN_SCHEMA = f"table_schema = {_HOME}"
_COLUMNS = f"FROM information_schema.columns WHERE {_IN_SCHEMA} AND table_name = %s"
_BEGIN = {
    dialect.BEGIN_READING: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    dialect.BEGIN_WRITING: "BEGIN ISOLATION LEVEL READ COMMITTED",
}
_PHRASES = {
    dialect.TABLES: "SELECT table_name FROM information_schema.tables"
    f" WHERE {_IN_SCHEMA} AND table_type = 'BASE TABLE'",
    dialect.COLUMNS: f"SELECT column_name {_COLUMNS} ORDER BY ordinal_position",
    dialect.TRUTHS: f"SELECT column_name {_COLUMNS} AND data_type = 'boolean'",
    dialect.KEY: "SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid"
    " AND attnum = ANY (indkey) WHERE indisprimary AND indrelid = %s::regclass"
    " ORDER BY array_position(indkey::int[], attnum::int)",
    dialect.VERSION: "SELECT version()",
    dialect.MAY_WRITE: "SELECT has_table_privilege(to_regclass('event'), 'INSERT')"
    " AND current_setting('default_transaction_read_only') = 'off'",
    dialect.NAMES: f"SELECT tablename FROM pg_tables WHERE schemaname = {_HOME}"
    f" UNION ALL SELECT indexname FROM pg_indexes WHERE schemaname = {_HOME}",
    dialect.HOME: f"SELECT {_HOME}",
    dialect.ENCODING: "SELECT current_setting('server_encoding')",
    dialect.COMMITS_OF_OTHERS: "SELECT value FROM counter WHERE name = 'change'",
}
OF_OTHER_TYPES = (
    "SELECT table_name, column_name, data_type FROM information_schema.columns"
    f" WHERE {_IN_SCHEMA} AND (data_type = 'integer' OR"
    " (data_type IN ('text', 'character varying') AND collation_name IS DISTINCT FROM 'C'))"
)
"""Columns that a step of the schema has made with other types than new tables have."""
_NUMBERED = {"command": "seq", "event": "seq", "workspace_event": "seq", "target": "id"}
_INSERTING = re.compile(r"INSERT INTO (\w+) \(([^)]*)\) VALUES \(")
_TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|\?|(?<!:):([a-z_]\w*)|%")


@lru_cache(maxsize=512)
def translated(sql: str) -> str:
    """A statement of the store in the words of PostgreSQL and the placeholders of its driver."""
    if (known := _PHRASES.get(sql)) is not None:
        return known
    sql = sql.replace(" main.", " ").replace(
        dialect.EACH_OF_JSON, "SELECT json_array_elements_text(?::json)"
    )
    found = _INSERTING.match(sql)
    if found and (number := _NUMBERED.get(found[1])) and f'"{number}"' not in found[2]:
        # Only one transaction writes at a time, so that the next number is nobody else's.
        following = f"(SELECT coalesce(max({number}), 0) + 1 FROM {found[1]})"
        start = f'INSERT INTO {found[1]} ("{number}", {found[2]}) VALUES ({following}, '
        sql = start + sql[found.end() :]
    return _TOKEN.sub(_placeholder, sql)


def _placeholder(found: re.Match[str]) -> str:
    if found[1]:
        return f"%({found[1]})s"
    return "%s" if found[0] == "?" else found[0].replace("%", "%%")


class ServerRow(tuple[Any, ...]):
    """A row by position and by name, as `sqlite3.Row` is."""

    __slots__ = ()
    places: Mapping[str, int] = {}

    def __getitem__(self, key: Any) -> Any:
        return tuple.__getitem__(self, self.places[key] if isinstance(key, str) else key)

    def keys(self) -> list[str]:
        return list(self.places)


@lru_cache(maxsize=256)
def _row_of(names: tuple[str, ...]) -> type[ServerRow]:
    places = {name: place for place, name in enumerate(names)}
    return type("ServerRow", (ServerRow,), {"places": places, "__slots__": ()})


class Reply:
    """What a statement came to."""

    def __init__(self, rows: list[ServerRow], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def fetchall(self) -> list[ServerRow]:
        return self._rows

    def fetchone(self) -> ServerRow | None:
        return self._rows[0] if self._rows else None

    def __iter__(self) -> Iterator[ServerRow]:
        return iter(self._rows)


Check: TypeAlias = Callable[[int], None]
"""What is made of how many rows a statement has changed, once that is known."""


class ServerConnection:
    """A connection to a server that is asked as one of SQLite's is, and connects anew by itself.

    What changes something waits for the next question or the commit, and goes there in the same
    round trip (`trips` counts them). A question outside of a transaction is asked once more where
    the connection was lost, for `wait_ms` at most.
    """

    def __init__(self, server: Server, *, read_only: bool, wait_ms: int) -> None:
        self.server = server
        self.read_only = read_only
        self.wait_ms = wait_ms
        self.is_hasty = False
        self.trips = 0
        self.has_changed = False
        self.in_transaction = False
        self._raw: AnsweredConnection | None = None
        self._opening: list[str] = []
        self._waiting: list[tuple[str, Sequence[Values], Check | None]] = []
        self._at_hand: dict[Hashable, Reply] = {}
        self._is_ending = False
        self._down: tuple[float, ServerTrouble] | None = None

    # As `sqlite3.Connection`.

    def cursor(self) -> ServerCursor:
        return ServerCursor(self)

    def execute(self, sql: str, values: Values = ()) -> Reply:
        """Asks, or puts what changes something with what waits for the next question."""
        if sql in _BEGIN:
            self._begin(_BEGIN[sql])
        elif sql == "COMMIT":
            self._commit()
        elif sql == "ROLLBACK":
            self._roll_back()
        elif sql.startswith(dialect.WAITING):
            self.wait_ms = int(sql.removeprefix(dialect.WAITING))
            self.is_hasty = self.wait_ms < 1_000
        elif _asks(sql):
            return self._answered(sql, values)
        else:
            self.executemany(sql, [values])
        return Reply([], -1)

    def executemany(self, sql: str, rows: Sequence[Values], check: Check | None = None) -> Reply:
        """Puts statements with what waits; `check` is called with how many rows they changed."""
        self._at_hand.clear()
        self.has_changed = True
        self._waiting.append((translated(sql), rows, check))
        return Reply([], -1)

    def copy(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Brings in many rows, those of a table that numbers its rows with the next numbers."""
        number = _NUMBERED.get(table)
        if number is not None and number not in columns:
            last = self._ask(f"SELECT coalesce(max({number}), 0) FROM {table}", ()).fetchall()[0][0]
            columns = (number, *columns)
            rows = [(last + place, *row) for place, row in enumerate(rows, 1)]
        self._at_hand.clear()
        self.has_changed = True
        asked = "SELECT row_security_active(%s::regclass)"
        if self._trip([(asked, (table,))])[0].fetchall()[0][0]:  # which COPY knows nothing of
            marks = ", ".join("?" * len(columns))
            texts = [[v if v is None else str(v) for v in row] for row in rows]  # of any type
            self.executemany(f"INSERT INTO {table} ({names(columns)}) VALUES ({marks})", texts)
            return
        assert self._raw is not None
        said = f"COPY {table} ({names(columns)}) FROM STDIN"
        with told_of_driver(self._lose), self._raw.cursor() as cursor, cursor.copy(said) as copy:
            for row in rows:
                copy.write_row(row)

    def close(self) -> None:
        self.in_transaction = False
        self._waiting.clear()
        self._drop()

    def ahead(self, questions: Iterable[Question]) -> None:
        """Asks in one round trip what will be asked one after another in this transaction."""
        wanted = [one for one in questions if _name_of(*one) not in self._at_hand]
        if self.in_transaction and wanted:
            self._put_at_hand(wanted)

    def _put_at_hand(self, wanted: Sequence[Question]) -> None:
        answers = self._ask_all([(translated(sql), values) for sql, values in wanted])
        asked = (_name_of(*one) for one in wanted)
        self._at_hand.update(zip(asked, answers, strict=True))

    def _answered(self, sql: str, values: Values) -> Reply:
        """The answer; in a transaction the one of before, as long as nothing was changed in it:
        nobody else writes beside, or is seen to."""
        name = _name_of(sql, values)
        answer = self._at_hand.get(name)
        if answer is None:
            answer = self._ask(sql, values)
            if self.in_transaction:
                self._at_hand[name] = answer
        return answer

    def __del__(self) -> None:
        """Lets go of the connection, as those of SQLite's do."""
        self._drop()

    # Transactions.

    def _begin(self, statement: str) -> None:
        """Begins with the first question, in the same round trip."""
        self._opening = [statement, self._terms()]
        self._at_hand.clear()
        self.has_changed = False
        self.in_transaction = True

    def begin_writing(
        self, at_hand: Iterable[str], lock_ms: int, *, lock: str = dialect.LOCK_WRITING
    ) -> None:
        """Begins a transaction that nobody else writes beside: in one round trip the lock, and
        answers to the questions that every use case asks."""
        self._begin(_BEGIN[dialect.BEGIN_WRITING])
        self._opening = [self._opening[0], _terms(lock_ms), *([lock] if lock else [])]
        self._put_at_hand([(sql, ()) for sql in at_hand])

    def _commit(self) -> None:
        if not self._opening or self._waiting:  # else nothing was asked, and nothing had begun
            self._trip([("COMMIT", ())])
        self._end()

    def _roll_back(self) -> None:
        """Ends without waiting for the answer, which comes before that to the next question."""
        if not self._opening and self._raw is not None and not self._raw.closed:
            with suppress(Exception):  # a connection that is lost has nothing to take back
                self._raw.pgconn.send_query(b"ROLLBACK")
                self._raw.pgconn.flush()
                self._is_ending = True
        self._end()

    def _end(self) -> None:
        self._opening, self.in_transaction = [], False
        self._waiting.clear()
        self._at_hand.clear()

    # Round trips.

    def _terms(self) -> str:
        if self.is_hasty:
            return _terms(HASTY_LOCK_MS, HASTY_STATEMENT_MS)
        return _terms(LOCK_TIMEOUT_MS)

    def _ask(self, sql: str, values: Values) -> Reply:
        return self._ask_all([(translated(sql), values)])[0]

    def _ask_all(self, questions: Sequence[Question]) -> list[Reply]:
        """The answers; asked again on a new connection where nothing had been answered yet."""
        if self.in_transaction and not self._opening:
            return self._trip(questions)
        opening = list(self._opening)
        until = time.monotonic() + self.wait_ms / 1000
        while True:
            self._opening = list(opening) or [self._terms()]
            try:
                return self._trip(questions)
            except ServerTrouble as error:
                if error.kind not in ("lost", "refused") or time.monotonic() > until:
                    raise
                self._opening = opening
                time.sleep(_PAUSE_S if self._raw is None else 0)

    def _trip(self, questions: Sequence[tuple[str, Values]]) -> list[Reply]:
        """Sends all that waits and some questions, and takes their answers: one round trip."""
        raw = self._connected()
        waiting, self._waiting = self._waiting, []
        opening, self._opening = self._opening, []
        self.trips += 1
        cursors = []
        with told_of_driver(self._lose):
            self._settle(raw)
            with raw.pipeline():
                for statement in opening:
                    raw.execute(statement)
                changed = []
                for sql, rows, check in waiting:
                    cursor = raw.cursor()
                    cursor.executemany(sql, rows)
                    changed.append((cursor, check))
                for sql, values in questions:
                    cursor = raw.cursor()
                    cursor.execute(sql, values or None, prepare=False)
                    cursors.append(cursor)
        for cursor, check in changed:
            if check is not None:
                check(cursor.rowcount)
        return [_answer(cursor) for cursor in cursors]

    def _settle(self, raw: AnsweredConnection) -> None:
        """Takes the answer to the end of the transaction before."""
        if self._is_ending:
            self._is_ending = False
            raw.settle()

    # The connection itself.

    def _connected(self) -> AnsweredConnection:
        if self._raw is None or self._raw.closed:
            now = time.monotonic()
            if self._down is not None and now < self._down[0] and self.wait_ms < 1_000:
                raise self._down[1]
            with told_of_driver(partial(self._note_down, now)):
                self._raw = connect(self.server, read_only=self.read_only, wait_ms=self.wait_ms)
            self._is_ending, self._down = False, None
        self._raw.answer_s = HASTY_ANSWER_S if self.is_hasty else ANSWER_S
        return self._raw

    def _note_down(self, since: float, trouble: ServerTrouble) -> None:
        now = time.monotonic()
        self._down = (now + _DOWN_S + _PAUSES * (now - since), trouble)

    def _lose(self, trouble: ServerTrouble) -> None:
        if trouble.kind == "standby" and self._only_reads():
            trouble.kind = "only_reads"
        elif trouble.kind in ("lost", "standby"):
            self._drop()

    def _only_reads(self) -> bool:
        """Whether the account, and no host of a team's, is kept from changes: it stays so. A server
        tells of both since PostgreSQL 14."""
        if self._raw is None:
            return False
        told = self._raw.pgconn.parameter_status
        is_kept = told(b"default_transaction_read_only") == b"on"
        return is_kept and told(b"in_hot_standby") != b"on"

    def _drop(self) -> None:
        raw, self._raw = self._raw, None
        if raw is not None:
            with suppress(Exception):  # whatever a lost connection says of being closed
                raw.close()


class ServerCursor:
    """What `Database` asks through, as through a cursor of SQLite's."""

    row_factory: object = None

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Values = ()) -> Reply:
        return self._connection.execute(sql, values)

    def close(self) -> None:
        """Nothing is kept open."""


def _asks(sql: str) -> bool:
    return translated(sql).lower().startswith(("select", "with "))


def _name_of(sql: str, values: Values) -> Hashable:
    """What an answer is known by."""
    return sql, tuple(values.items()) if isinstance(values, Mapping) else tuple(values)


def _terms(lock_ms: int, statement_ms: int | None = None) -> str:
    """Limits for the transaction that it stands in, and for nothing after it; and a backslash is
    one, whatever the server or the account has been set to."""
    terms = {
        "lock_timeout": lock_ms,
        "statement_timeout": statement_ms or STATEMENT_TIMEOUT_MS,
        "idle_in_transaction_session_timeout": IDLE_TIMEOUT_MS,
        "standard_conforming_strings": "on",
    }
    return "SELECT " + ", ".join(f"set_config('{k}', '{v}', true)" for k, v in terms.items())


def _answer(cursor: psycopg.Cursor[Any]) -> Reply:
    if cursor.description is None:
        return Reply([], cursor.rowcount)
    row = _row_of(tuple(column.name for column in cursor.description))
    return Reply([row(found) for found in cursor.fetchall()], cursor.rowcount)
