"""A connection to a server over a driver that writes down what it is asked, trip by trip."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard import SCHEMA
from pipeboard.domain.errors import DatabaseError
from pipeboard.store import dialect, postgres, server_driver, serving
from pipeboard.store.dialect import ServerTrouble
from pipeboard.store.locating import Server
from pipeboard.store.making import make_tables
from pipeboard.store.opening import ServerIdentity
from pipeboard.store.postgres import Reply, ServerConnection, _answer, _row_of, translated
from pipeboard.store.server_driver import told_of_driver
from pipeboard.store.serving import _Attempt
from pipeboard.store.tables import definitions

psycopg = pytest.importorskip("psycopg")
LIMITS = (
    "SELECT set_config('lock_timeout', '{}', true), set_config('statement_timeout', '20000', true),"
    " set_config('idle_in_transaction_session_timeout', '30000', true),"
    " set_config('standard_conforming_strings', 'on', true)"
)
PLAIN = LIMITS.format(5_000)
BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED"


class Driver:
    """Answers each question with one row of its number; `fails` is raised by the next trip."""

    def __init__(self) -> None:
        self.trips: list[list[str]] = []
        self.fails: list[BaseException] = []
        self.closed = False
        self.told: dict[bytes, bytes] = {}
        self.answer_s = 0.0
        self.pgconn = SimpleNamespace(
            send_query=lambda sql: self.trips.append([sql.decode()]),
            flush=lambda: None,
            parameter_status=self.told.get,
        )

    @contextmanager
    def pipeline(self) -> Iterator[None]:
        self.trips.append([])
        if self.fails:
            raise self.fails.pop(0)
        yield

    def execute(self, sql: str) -> None:
        self.trips[-1].append(sql)

    def cursor(self) -> Any:
        def execute(sql: str, values: object, *, prepare: bool) -> None:
            assert not prepare
            self.trips[-1].append(sql)
            made.description = [SimpleNamespace(name="a"), SimpleNamespace(name="b")]

        def executemany(sql: str, rows: Sequence[object]) -> None:
            self.trips[-1].append(f"{sql} x{len(rows)}")
            made.rowcount = len(rows)

        made = SimpleNamespace(
            description=None, rowcount=1, execute=execute, executemany=executemany,
            fetchall=lambda: [(len(self.trips), "x")],
        )  # fmt: skip
        return made

    def settle(self) -> None:
        """Takes the answers to all that was asked."""

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def drivers(monkeypatch: pytest.MonkeyPatch) -> list[Driver]:
    made: list[Driver] = []

    def connect(server: Server, *, read_only: bool, wait_ms: int) -> Driver:
        made.append(Driver())
        return made[-1]

    monkeypatch.setattr(postgres, "connect", connect)
    monkeypatch.setattr(postgres, "_PAUSE_S", 0)
    return made


@pytest.fixture
def server(drivers: list[Driver]) -> ServerConnection:
    return ServerConnection(Server("postgresql://box/sales"), read_only=False, wait_ms=5_000)


def test_a_question_alone_is_one_trip_with_its_limits(
    server: ServerConnection, drivers: list[Driver]
) -> None:
    (row,) = server.execute("select a, b from t where a = ?", (1,)).fetchall()
    assert (row["a"], row["b"], row[1], row.keys()) == (1, "x", "x", ["a", "b"])
    assert drivers[0].trips == [[PLAIN, "select a, b from t where a = %s"]]
    assert server.execute("select 1").fetchone() is not None
    assert (len(drivers), server.trips, server.has_changed) == (1, 2, False)


def test_a_transaction_begins_with_its_first_question_and_asks_nothing_twice(
    server: ServerConnection, drivers: list[Driver]
) -> None:
    server.execute(dialect.BEGIN_READING)
    assert not drivers and server.in_transaction
    first = server.execute("select 1", ())
    assert server.execute("select 1", ()) is first
    assert server.execute("select 1", (5,)) is not first
    server.ahead([("select 1", ()), ("select 2", ()), ("select 3", {"a": 1})])
    server.execute("select 2")
    server.execute("select 3", {"a": 1})
    server.execute("COMMIT")
    assert drivers[0].trips == [
        [BEGIN, PLAIN, "select 1"], ["select 1"], ["select 2", "select 3"], ["COMMIT"],
    ]  # fmt: skip
    assert not server.in_transaction
    server.execute("select 1")
    assert drivers[0].trips[-1] == [PLAIN, "select 1"]


def test_what_changes_something_waits_for_the_next_question_or_the_end(
    server: ServerConnection, drivers: list[Driver]
) -> None:
    changed: list[int] = []
    server.begin_writing(["select 1", "select 2"], 700)
    assert drivers[0].trips == [
        [WRITE, LIMITS.format(700), dialect.LOCK_WRITING, "select 1", "select 2"]
    ]
    before = server.execute("select 1")
    server.executemany("UPDATE t SET a = ?", [(1,), (2,)], changed.append)
    assert (len(drivers[0].trips), changed, server.has_changed) == (1, [], True)
    assert server.execute("select 1") is not before
    server.execute("DELETE FROM t")
    server.execute("COMMIT")
    assert drivers[0].trips[1:] == [
        ["UPDATE t SET a = %s x2", "select 1"], ["DELETE FROM t x1", "COMMIT"],
    ]  # fmt: skip
    assert changed == [2]


def test_without_a_lock_none_is_asked_for(server: ServerConnection, drivers: list[Driver]) -> None:
    server.begin_writing(["select 1"], 700, lock="")
    assert drivers[0].trips == [[WRITE, LIMITS.format(700), "select 1"]]


@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK"])
def test_a_transaction_in_which_nothing_was_asked_is_no_trip(
    server: ServerConnection, drivers: list[Driver], end: str
) -> None:
    server.execute(dialect.BEGIN_WRITING)
    server.execute(end)
    assert not drivers and not server.in_transaction


def test_what_waits_is_dropped_by_a_rollback_that_nobody_waits_for(
    server: ServerConnection, drivers: list[Driver]
) -> None:
    server.execute(dialect.BEGIN_WRITING)
    server.execute("select 1")
    server.execute("DELETE FROM t")
    server.execute("ROLLBACK")
    server.execute("select 2")
    assert drivers[0].trips == [[WRITE, PLAIN, "select 1"], ["ROLLBACK"], [PLAIN, "select 2"]]


def lost() -> BaseException:
    error: BaseException = psycopg.errors.lookup("57P01")("gone")
    return error


def test_a_question_is_asked_anew_where_the_connection_was_lost_before_its_answer(
    server: ServerConnection, drivers: list[Driver]
) -> None:
    server.execute("select 1")
    drivers[0].fails.append(lost())
    server.execute(dialect.BEGIN_READING)
    assert server.execute("select 2").fetchall()
    assert drivers[0].closed and drivers[1].trips == [[BEGIN, PLAIN, "select 2"]]
    drivers[1].fails.append(lost())
    with pytest.raises(ServerTrouble, match="gone"):
        server.execute("select 3")
    assert drivers[1].closed and len(drivers) == 2


@pytest.mark.parametrize(
    ("failure", "raised", "closed"),
    [
        (psycopg.errors.lookup("57P01")("x"), ServerTrouble, True),
        (psycopg.errors.lookup("55P03")("x"), ServerTrouble, False),
        (KeyboardInterrupt(), KeyboardInterrupt, True),
    ],
)
def test_nobody_goes_on_with_a_connection_that_was_lost_or_interrupted(
    server: ServerConnection, drivers: list[Driver], failure: BaseException,
    raised: type[BaseException], closed: bool,
) -> None:  # fmt: skip
    server.execute(dialect.BEGIN_READING)
    server.execute("select 1")
    drivers[0].fails.append(failure)
    with pytest.raises(raised):
        server.execute("select 2")
    assert drivers[0].closed is closed


def test_what_a_driver_raises_is_told_and_what_interrupts_it_loses_the_connection() -> None:
    told: list[str] = []

    def raising(error: BaseException) -> None:
        with told_of_driver(lambda trouble: told.append(trouble.kind)):
            raise error

    with pytest.raises(ServerTrouble):
        raising(psycopg.errors.lookup("53100")("x"))
    with pytest.raises(dialect.ServerRefusal):
        raising(psycopg.errors.UniqueViolation("x"))
    for error in (KeyboardInterrupt(), ValueError("x")):
        with pytest.raises(type(error)):
            raising(error)
    assert told == ["disk", "lost", "lost"]


def test_who_has_no_patience_asks_a_server_that_is_down_once_a_second(
    server: ServerConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def refuse(where: Server, *, read_only: bool, wait_ms: int) -> Driver:
        asked.append(wait_ms)
        raise psycopg.OperationalError("connection refused")

    monkeypatch.setattr(postgres, "connect", refuse)
    server.execute("PRAGMA busy_timeout=0")
    for _ in range(3):
        with pytest.raises(ServerTrouble, match="refused"):
            server.execute("select 1")
    assert set(asked) == {0}
    assert len(asked) <= 2


def test_a_server_is_asked_again_the_later_the_longer_it_held_somebody_up(
    server: ServerConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A screen hears no key while it tries to connect."""
    now, asked = [100.0], []

    def wait(seconds: float) -> None:
        now[0] += max(seconds, 0.1)

    def refuse(where: Server, *, read_only: bool, wait_ms: int) -> Driver:
        asked.append(round(now[0]))
        wait(2)
        raise psycopg.OperationalError("connection timeout expired")

    monkeypatch.setattr(postgres, "connect", refuse)
    clock = SimpleNamespace(monotonic=lambda: now[0], sleep=wait)
    monkeypatch.setattr(postgres, "time", clock)
    server.execute("PRAGMA busy_timeout=15")
    while now[0] < 120:
        with pytest.raises(ServerTrouble, match="expired"):
            server.execute("select 1")
        wait(0.5)
    assert asked == [100, 111]


@pytest.mark.parametrize(("wait_ms", "lock", "statement", "answer_s"), [
    (5_000, 5_000, 20_000, 25), (1_000, 5_000, 20_000, 25), (999, 250, 4_000, 5),
    (15, 250, 4_000, 5),
])  # fmt: skip
def test_a_screen_waits_for_neither_locks_nor_answers_for_long(
    wait_ms: int, lock: int, statement: int, answer_s: float, server: ServerConnection,
    drivers: list[Driver],
) -> None:  # fmt: skip
    server.execute(f"PRAGMA busy_timeout={wait_ms}")
    server.execute("select 1")
    server.execute(dialect.BEGIN_READING)
    server.execute("select 1")
    for asked in drivers[0].trips:
        (terms,) = (one for one in asked if "set_config" in one)
        assert f"'lock_timeout', '{lock}'" in terms
        assert f"'statement_timeout', '{statement}'" in terms
    assert drivers[0].answer_s == answer_s


@pytest.mark.parametrize(
    ("told", "kind", "closed"),
    [({}, "standby", True),
     ({b"in_hot_standby": b"on", b"default_transaction_read_only": b"on"}, "standby", True),
     ({b"in_hot_standby": b"on"}, "standby", True),
     ({b"in_hot_standby": b"off", b"default_transaction_read_only": b"off"}, "standby", True),
     ({b"in_hot_standby": b"off", b"default_transaction_read_only": b"on"}, "only_reads", False)],
)  # fmt: skip
def test_an_account_that_is_kept_from_changes_is_told_from_a_standby(
    told: dict[bytes, bytes], kind: str, closed: bool, server: ServerConnection,
    drivers: list[Driver],
) -> None:  # fmt: skip
    """Another host may take them; from an account they are kept as long as it is so."""
    server.execute(dialect.BEGIN_WRITING)
    server.execute("select 1")
    drivers[0].told.update(told)
    drivers[0].fails.append(psycopg.errors.lookup("25006")("read-only"))
    with pytest.raises(ServerTrouble) as refused:
        server.execute("select 2")
    assert (refused.value.kind, drivers[0].closed) == (kind, closed)
    server.execute("PRAGMA busy_timeout=1000")
    assert server.wait_ms == 1_000


def test_a_reply_has_rows_and_how_many_were_changed() -> None:
    row = _row_of(("a", "b"))
    rows = [row((1, 2)), row((3, 4))]
    reply = Reply(rows, 7)
    assert (reply.fetchall(), reply.fetchone(), list(reply), reply.rowcount) == (
        rows, rows[0], rows, 7,
    )  # fmt: skip
    assert (Reply([], -1).fetchone(), Reply([], -1).rowcount) == (None, -1)
    names = [SimpleNamespace(name="a"), SimpleNamespace(name="b")]
    asked: Any = SimpleNamespace(description=names, rowcount=2, fetchall=lambda: [(1, 2), (3, 4)])
    answer = _answer(asked)
    assert (answer.fetchall(), answer.rowcount, rows[1]["b"]) == ([(1, 2), (3, 4)], 2, 4)
    changed: Any = SimpleNamespace(description=None, rowcount=5)
    assert (_answer(changed).fetchall(), _answer(changed).rowcount) == ([], 5)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select a from main.t", "select a from t"),
        ("a like '?%' and b = :x::int", "a like '?%%' and b = %(x)s::int"),
        ('select "a?" from t where c = ?', 'select "a?" from t where c = %s'),
        ("(SELECT value FROM json_each(?))", "(SELECT json_array_elements_text(%s::json))"),
        ('INSERT INTO command ("id") VALUES (?)',
         'INSERT INTO command ("seq", "id") VALUES'
         " ((SELECT coalesce(max(seq), 0) + 1 FROM command), %s)"),
        ('INSERT INTO target ("owner") VALUES (?)',
         'INSERT INTO target ("id", "owner") VALUES'
         " ((SELECT coalesce(max(id), 0) + 1 FROM target), %s)"),
        ('INSERT INTO event ("seq") VALUES (?)', 'INSERT INTO event ("seq") VALUES (%s)'),
        ('INSERT INTO deal ("id") VALUES (?)', 'INSERT INTO deal ("id") VALUES (%s)'),
        (dialect.VERSION, "SELECT version()"),
    ],
)  # fmt: skip
def test_a_statement_is_said_in_the_words_of_the_server(sql: str, said: str) -> None:
    assert translated(sql) == said


# What the driver is told when it connects.


@pytest.mark.parametrize(
    ("url", "read_only", "wait_ms", "told"),
    [
        ("postgresql://box/sales", True, 5_000, {"connect_timeout": 5}),
        ("postgresql://box/sales", False, 0, {"connect_timeout": 2}),
        ("postgresql://box/sales", False, 2_999, {"connect_timeout": 2}),
        ("postgresql://box/sales", False, 3_000, {"connect_timeout": 3}),
        ("postgresql://box/sales", False, 60_000, {"connect_timeout": 5}),
        (
            "postgresql://a,b/sales",
            True,
            5_000,
            {"connect_timeout": 5, "target_session_attrs": "primary"},
        ),
        (
            "postgresql://a,b/sales",
            False,
            5_000,
            {"connect_timeout": 5, "target_session_attrs": "read-write"},
        ),
        ("postgresql://a,b/sales?target_session_attrs=any&connect_timeout=9", False, 5_000, {}),
        ("postgresql://a/sales?client_encoding=latin1", True, 5_000, {"connect_timeout": 5}),
    ],
)
def test_a_server_is_asked_for_its_writing_host_and_waited_for_some_seconds(
    url: str, read_only: bool, wait_ms: int, told: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    asked: list[tuple[str, dict[str, object]]] = []

    def connect(where: str, **more: object) -> Any:
        asked.append((where, more))
        return SimpleNamespace(adapters=SimpleNamespace(register_loader=lambda *_: None))

    monkeypatch.setattr(server_driver, "connection_class", lambda: SimpleNamespace(connect=connect))
    server_driver.connect(Server(url), read_only=read_only, wait_ms=wait_ms)
    ((where, more),) = asked
    always = {"autocommit": True, "prepare_threshold": None, "application_name": "pipeboard"}
    assert (where, more) == (url, always | {"client_encoding": "UTF8"} | told)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("id-1", SCHEMA, None), ""),
        (("id-1", SCHEMA, '"postgresql://b/x"'), "This workspace has moved to postgresql://b/x."),
        (("id-2", SCHEMA, None), "Another database was put in the place of"),
    ],
)
def test_a_writer_looks_under_the_lock_whether_the_workspace_is_there_still(
    row: tuple[object, ...], said: str
) -> None:
    begun: list[int] = []
    connection: Any = SimpleNamespace(
        begin_writing=lambda asked, lock_ms: begun.append(lock_ms),
        execute=lambda sql: SimpleNamespace(fetchone=lambda: row),
    )
    identity = ServerIdentity(Server("postgresql://box/sales"), "id-1")
    engine: Any = None
    attempt = _Attempt(engine, identity, lambda database: None, True, lambda: None)
    if not said:
        assert attempt._begin(connection, 700) == "id-1"
    else:
        with pytest.raises(DatabaseError, match=said):
            attempt._begin(connection, 700)
    assert begun == [700]


BUSY, LOST = (ServerTrouble("It said no.", "", kind) for kind in ("busy", "lost"))


@pytest.mark.parametrize(
    ("cause", "in_doubt", "given_up", "waited", "told"),
    [
        (BUSY, False, False, 0, "asked"),
        (BUSY, False, False, 10, "asked"),
        (BUSY, False, True, 0, "asked"),
        (LOST, False, False, 0, ""),
        (LOST, False, False, 9.9, ""),
        (LOST, False, False, 10, "trouble"),
        (LOST, False, True, 0, "asked"),
        (LOST, True, False, 9.9, ""),
        (LOST, True, False, 10, "doubt"),
        (LOST, True, True, 0, "doubt"),
        (BUSY, True, False, 0, "asked"),
        (BUSY, True, True, 0, "doubt"),
    ],
)
def test_whoever_waits_for_a_server_is_told_at_the_end_what_was_waited_for(
    cause: ServerTrouble, in_doubt: bool, given_up: bool, waited: float, told: str
) -> None:
    """Of a commit without an answer nobody says that it changed nothing."""
    asked: list[object] = []
    patience: Any = SimpleNamespace(
        give_up=lambda: given_up, waited_s=waited, most_s=10, check=asked.append
    )
    server = Server("postgresql://box/sales")
    if told in ("", "asked"):
        serving._check(patience, server, cause, is_in_doubt=in_doubt)
        assert asked == ([server] if told else [])
        return
    with pytest.raises(DatabaseError) as refused:
        serving._check(patience, server, cause, is_in_doubt=in_doubt)
    assert (refused.value.details["reason"] == "in_doubt") is (told == "doubt")
    assert asked == []


@pytest.mark.parametrize(("is_secured", "last"), [(False, 4), (True, 4), (False, None)])
def test_many_rows_are_copied_unless_the_server_holds_each_row_to_a_policy(
    is_secured: bool, last: int | None, server: ServerConnection, drivers: list[Driver],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Rows that a table numbers by itself go on behind its last number."""
    copied: list[tuple[object, ...]] = []
    said: list[object] = []

    @contextmanager
    def copy(sql: str) -> Iterator[Any]:
        said.append(sql)
        yield SimpleNamespace(write_row=lambda row: copied.append(tuple(row)))

    made = Driver.cursor

    def cursor(driver: Driver) -> Any:
        one = made(driver)
        asked = [is_secured, *([last] if last is not None else [])]

        def fetchall() -> list[tuple[object, ...]]:
            return [(asked[-1] if len(driver.trips) == 1 and last is not None else is_secured, 0)]

        def executemany(sql: str, rows: Sequence[object]) -> None:
            said.append((sql, rows))

        one.fetchall, one.executemany, one.copy = fetchall, executemany, copy

        @contextmanager
        def entered() -> Iterator[Any]:
            yield one

        return _Entered(one, entered)

    monkeypatch.setattr(Driver, "cursor", cursor)
    server.execute(dialect.BEGIN_WRITING)
    table, columns = ("target", ("owner", "amount")) if last is not None else ("note", ("id", "at"))
    server.copy(table, columns, [("ana", 5), ("bo", None)])
    server.execute("COMMIT")
    names = '"id", "owner", "amount"' if last is not None else '"id", "at"'
    rows = [(5, "ana", 5), (6, "bo", None)] if last is not None else [("ana", 5), ("bo", None)]
    assert server.has_changed
    if not is_secured:
        assert (said, copied) == ([f"COPY {table} ({names}) FROM STDIN"], rows)
        return
    texts = [["5", "ana", "5"], ["6", "bo", None]]
    assert said == [(f"INSERT INTO {table} ({names}) VALUES (%s, %s, %s)", texts)]
    assert copied == []


class _Entered:
    """A cursor that may be entered too."""

    def __init__(self, one: Any, entered: Any) -> None:
        self._one, self._entered = one, entered()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._one, name)

    def __enter__(self) -> Any:
        return self._entered.__enter__()

    def __exit__(self, *said: object) -> None:
        self._entered.__exit__(None, None, None)


@pytest.mark.parametrize("left", [True, False], ids=["in the middle", "whole"])
def test_what_failed_is_taken_back_before_the_connection_is_given_to_the_next(
    left: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    connection: Any = SimpleNamespace(
        in_transaction=left, execute=lambda sql: done.append(sql), has_changed=False
    )
    engine: Any = SimpleNamespace(
        take=lambda: connection, give_back=lambda one: done.append("given back")
    )
    identity = ServerIdentity(Server("postgresql://box/sales"), "id-1")

    def fail(database: object) -> None:
        raise ValueError("half way")

    attempt = _Attempt(engine, identity, fail, True, lambda: None)
    monkeypatch.setattr(attempt, "_begin", lambda one, lock_ms: "")
    with pytest.raises(ValueError, match="half way"):
        attempt.run(700)
    assert done == (["ROLLBACK", "given back"] if left else ["given back"])


@pytest.mark.parametrize(
    ("doubtful", "is_there", "was_stored"), [((), True, False), (("c1", "c2"), True, True),
                                            (("c1",), False, False)],
)  # fmt: skip
def test_a_commit_in_doubt_was_one_where_its_first_command_is_there(
    doubtful: tuple[str, ...], is_there: bool, was_stored: bool
) -> None:
    asked: list[tuple[str, object]] = []
    stored: list[int] = []

    def execute(sql: str, values: object) -> Any:
        asked.append((sql, values))
        return SimpleNamespace(fetchone=lambda: (1,) if is_there else None)

    connection: Any = SimpleNamespace(execute=execute)
    identity = ServerIdentity(Server("postgresql://box/sales"), "id-1")
    attempt = _Attempt(None, identity, lambda _: None, True, lambda: stored.append(1))  # type: ignore[arg-type]
    attempt._in_doubt = doubtful
    assert attempt.is_in_doubt is bool(doubtful)
    assert attempt._was_stored(connection) is was_stored
    assert bool(stored) is was_stored and not attempt.is_in_doubt
    expected = [("SELECT 1 FROM command WHERE id = ?", (doubtful[0],))] if doubtful else []
    assert asked == expected


@pytest.mark.parametrize(
    ("kind", "data", "value"),
    [("bool", b"t", 1), ("bool", b"f", 0), ("numeric", b"7", 7), ("numeric", b"-7", -7),
     ("numeric", b"2.5", 2.5), ("numeric", b"7.0", 7.0)],
)  # fmt: skip
def test_truths_and_sums_come_as_those_of_a_file(
    kind: str, data: bytes, value: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaders: dict[str, Any] = {}
    raw = SimpleNamespace(adapters=SimpleNamespace(register_loader=loaders.__setitem__))
    made = SimpleNamespace(connect=lambda *_, **__: raw)
    monkeypatch.setattr(server_driver, "connection_class", lambda: made)
    server_driver.connect(Server("postgresql://box/sales"), read_only=True, wait_ms=0)
    found = loaders[kind](0).load(memoryview(data))
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("kind", "doubtful"), [("lost", True), ("busy", False), ("rights", False), ("disk", False)]
)
def test_a_commit_that_a_server_has_refused_is_not_in_doubt(kind: str, doubtful: bool) -> None:
    def refuse(sql: str) -> None:
        raise ServerTrouble("said", "", kind)

    identity = ServerIdentity(Server("postgresql://box/sales"), "id-1")
    attempt = _Attempt(None, identity, lambda _: None, True, lambda: None)  # type: ignore[arg-type]
    connection: Any = SimpleNamespace(has_changed=False, execute=refuse)
    with pytest.raises(ServerTrouble):
        attempt._commit(connection, ["c1"])
    assert attempt.is_in_doubt is doubtful


@pytest.mark.parametrize("kind", ["full", "login", "slow", "other"])
def test_a_commit_in_doubt_is_asked_for_through_whatever_keeps_the_server_from_telling(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would be told that nothing was changed."""
    tried: list[str] = []

    def run(attempt: _Attempt, lock_ms: int) -> str:
        tried.append("x")
        if len(tried) < 3:
            attempt._in_doubt = ["c1"]
            raise ServerTrouble("said", "", "lost" if len(tried) == 1 else kind)
        return "stored"

    monkeypatch.setattr(_Attempt, "run", run)
    monkeypatch.setattr(serving, "pause", lambda *_, **__: None)
    identity = ServerIdentity(Server("postgresql://box/sales"), "id-1")
    patience: Any = SimpleNamespace(give_up=None, waited_s=0, most_s=10)
    told = serving.write_to_server(
        None, identity, lambda _: "", is_known=True, patience=patience, stored=lambda: None,  # type: ignore[arg-type]
    )  # fmt: skip
    assert (told, len(tried)) == ("stored", 3)


@pytest.mark.parametrize(
    ("encoding", "is_made"),
    [("UTF8", True), ("SQL_ASCII", True), ("LATIN1", False), ("WIN1252", False)],
)
def test_a_database_that_lacks_letters_is_made_no_workspace(encoding: str, is_made: bool) -> None:
    done: list[str] = []
    database: Any = SimpleNamespace(
        identity=ServerIdentity(Server("postgresql://box/sales"), "id-1"),
        column=lambda sql: [encoding] if sql == dialect.ENCODING else [],
        change=done.append,
    )
    if is_made:
        make_tables(database)
        assert done == list(definitions("postgresql").values())
        return
    with pytest.raises(DatabaseError, match=f"{encoding}, which lacks letters") as refused:
        make_tables(database)
    assert (refused.value.details["reason"], done) == ("letters", [])
