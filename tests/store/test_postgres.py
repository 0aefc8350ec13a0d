"""A server that goes away, comes again, keeps somebody waiting: no half command, and a sentence."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import pytest

from pipeboard.domain.errors import Conflict, DatabaseError
from pipeboard.domain.filter import parse_filter
from pipeboard.domain.people import Actor
from pipeboard.store import Store, dialect, postgres, serving
from pipeboard.store.dialect import ServerRefusal, ServerTrouble
from pipeboard.store.grants import schema_in
from pipeboard.store.locating import Server, locate, shown
from pipeboard.store.migrating import migrate_on_server
from pipeboard.store.opening import SCHEMA, look
from pipeboard.store.postgres import ServerConnection, translated
from pipeboard.store.reading.listing import Listing
from pipeboard.store.server_driver import trouble_of
from pipeboard.store.tables import definitions
from pipeboard.store.writing import Writer
from tests.ledger import asked, disagreements, recorded
from tests.postgres import Databases, PostgresServer, own_server
from tests.store.made_up import PRECISIONS, take_over_late, take_over_undated
from tests.team import PROPOSAL, SETTINGS, TODAY, Team, add, now_of, sales
from tests.verbs import Workspace

THOROUGH = bool(os.environ.get("PIPEBOARD_THOROUGH"))
ROOT = Path(__file__).parents[2]
T = TypeVar("T")


@pytest.fixture
def team(postgres_databases: Databases) -> Iterator[Team]:
    team = Team(postgres_databases.kept("resilient", lambda url: Team.make(url).close()))
    yield team
    team.close()


@pytest.fixture
def ana(team: Team) -> Workspace:
    return team.rep("ana")


def terminate(url: str) -> int:
    """Ends every other session of a database, as an administrator may at any time."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        return len(
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ).fetchall()
        )


def move_on(workspace: Workspace, deal_id: int) -> str:
    """Moves a deal to one of two stages, where it is not; the command's id."""
    stage = 2 if now_of(workspace, deal_id).stage_id == PROPOSAL else PROPOSAL
    return workspace.move([deal_id], stage, override="agreed").command_id


def test_every_placeholder_is_translated_and_no_text_touched() -> None:
    assert translated("a = ? and b = :name and c like '%?:x%'") == (
        "a = %s and b = %(name)s and c like '%%?:x%%'"
    )
    assert translated('INSERT INTO event ("deal_id") VALUES (?)').startswith(
        'INSERT INTO event ("seq", "deal_id") VALUES ((SELECT coalesce(max(seq), 0) + 1'
    )
    assert translated(dialect.COMMITS_OF_OTHERS).startswith("SELECT value FROM counter")


@pytest.mark.parametrize(
    "url", ["postgresql://ana:secret@db:5432/sales?x=1", "postgres://a:secret@b,c/d"]
)
def test_no_sentence_holds_a_password(url: str) -> None:
    place = locate(url)
    assert isinstance(place, Server)
    assert "secret" not in f"{place}{shown(url)}"
    assert str(place).startswith("postgresql://a")


@pytest.mark.parametrize(
    "url",
    ["postgresql://", "postgresql://host", "postgresql://[/x", "postgresql:ana:geheim@host/x"],
)
def test_a_url_that_names_no_database_is_refused(url: str) -> None:
    with pytest.raises(DatabaseError) as refused:
        locate(url)
    assert "postgresql://ana@db.example.com" in refused.value.hint
    assert "geheim" not in f"{refused.value.message}{refused.value.hint}"


def test_a_server_that_is_not_there_is_said_in_a_sentence() -> None:
    with pytest.raises(DatabaseError, match="does not answer") as error:
        Store.open("postgresql://ana:secret@127.0.0.1:1/sales")
    assert error.value.details["reason"] == "unreachable"
    assert "secret" not in f"{error.value.message}{error.value.hint}"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ana:sec%ret@127.0.0.1:1/sales",
        "postgresql://ana:x@127.0.0.1:secret/sales",
        "postgresql://ana@127.0.0.1:1/sales?secret=1",
        "postgresql://ana@127.0.0.1:1/sales?sslmode=secret",
    ],
)
def test_a_url_that_the_driver_cannot_read_is_told_without_any_part_of_it(url: str) -> None:
    with pytest.raises(DatabaseError, match="URL of the database cannot be read") as error:
        Store.open(url)
    assert error.value.details == {"reason": "url"}
    assert "secret" not in f"{error.value.message}{error.value.hint}"
    assert "sec%ret" not in f"{error.value.message}{error.value.hint}"


def test_without_the_driver_the_person_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(DatabaseError, match="psycopg") as error:
        Store.open("postgresql://ana@127.0.0.1:1/sales")
    assert "pipeboard[postgres]" in error.value.hint


WARNING = """
import logging
from pipeboard.store.server_driver import loaded_driver
loaded_driver()
logging.getLogger("psycopg.pool").warning("error ignored terminating")
"""


def test_what_the_driver_warns_of_is_not_written_over_the_screen() -> None:
    pytest.importorskip("psycopg")
    said = subprocess.run(
        [sys.executable, "-c", WARNING], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert (said.stdout, said.stderr) == ("", "")


def say(url: str, *statements: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def test_a_workspace_is_found_where_its_tables_are_and_no_second_one_made(team: Team) -> None:
    """An account with a schema of its own, which comes before that of the team."""
    say(str(team.place), "DROP SCHEMA IF EXISTS mine", "CREATE SCHEMA mine")
    url = f"{team.place}?options={quote('-csearch_path=mine,public')}"
    with pytest.raises(DatabaseError) as refused:
        Store.create(url, SETTINGS)
    assert refused.value.details["reason"] == "exists"
    with closing(Store.open(url)) as store:
        database = store.reader.whole().database
        assert (schema_in(database), database.key("deal")) == ("public", ("id",))
        assert "title" in database.columns("deal") and "undone" in database.truths("command")
        assert definitions("postgresql").keys() <= set(database.column(dialect.NAMES))
    alone = f"{team.place}?options={quote('-csearch_path=mine')}"
    assert look(locate(alone)) is None
    nowhere = f"{team.place}?options={quote('-csearch_path=nowhere')}"
    with pytest.raises(DatabaseError, match="has no schema in the database"):
        Store.create(nowhere, SETTINGS)


def test_an_empty_database_holds_no_workspace(postgres_databases: Databases) -> None:
    url = postgres_databases.new("empty")
    with pytest.raises(DatabaseError) as error:
        Store.open(url)
    assert error.value.details["reason"] == "missing"
    Store.create(url, SETTINGS).close()
    with pytest.raises(DatabaseError) as again:
        Store.create(url, SETTINGS)
    assert again.value.details["reason"] == "exists"
    postgres_databases.drop(url)


@contextmanager
def counted(workspace: Workspace) -> Iterator[list[int]]:
    """How many round trips all connections make inside."""
    found: list[int] = [0]
    whole = ServerConnection._trip

    def counting(connection: ServerConnection, questions: Any) -> Any:
        found[0] += 1
        return whole(connection, questions)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ServerConnection, "_trip", counting)
        yield found


def test_a_move_takes_three_round_trips_and_a_board_six_at_most(team: Team, ana: Workspace) -> None:
    from pipeboard.ui.last_view import Choices
    from pipeboard.ui.launch import first_state

    deals = [add(ana, f"Deal {number}: pilot 4k").id for number in range(8)]
    move_on(ana, deals[0])
    with counted(ana) as trips:
        ana.move([deals[1]], 2, override="agreed")
    assert trips[0] <= 3
    with counted(ana) as trips, closing(Store.open(str(team.place))) as store:
        state = first_state(store, team.clock, Actor("ana"), Choices(), {})
        assert trips[0] <= 6
        trips[0] = 0
        state.show(cursor=(0, 3))
        state.show(cursor=(0, 4))
        assert state.card is not None
    assert trips[0] == 0
    state.reader.close()


@pytest.mark.parametrize("times", [100 if THOROUGH else 5])
def test_a_session_that_is_ended_by_the_server_is_made_anew(
    team: Team, ana: Workspace, times: int
) -> None:
    deal, done = add(ana).id, []
    for _ in range(times):
        assert terminate(str(team.place))
        done.append(move_on(ana, deal))
    assert set(done) <= recorded(team.place).keys()
    assert len(set(done)) == times
    assert disagreements(team.place) == []


@pytest.mark.parametrize("when", ["before the commit", "after the commit"])
def test_a_commit_whose_answer_was_lost_is_done_once(
    when: str, team: Team, ana: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    deal, whole, left = add(ana).id, ServerConnection._trip, [1]

    def losing(connection: ServerConnection, questions: Any) -> Any:
        if ("COMMIT", ()) not in questions or not left:
            return whole(connection, questions)
        left.pop()
        if when == "after the commit":
            whole(connection, questions)
        connection._drop()
        raise ServerTrouble("the connection was closed", "", "lost")

    monkeypatch.setattr(ServerConnection, "_trip", losing)
    receipt = ana.move([deal], PROPOSAL, override="agreed")
    assert not left
    assert now_of(ana, deal).stage_id == PROPOSAL
    assert recorded(team.place)[receipt.command_id] == 1
    assert len(ana.reader.history.entries(deal)) == 2
    assert disagreements(team.place) == []


def test_whoever_waits_too_long_for_another_writer_is_told(team: Team, ana: Workspace) -> None:
    with asked(team.place, "rw") as other:
        other.begin_writing((), 1_000)
        with pytest.raises(DatabaseError, match="busy") as busy:
            ana.store.write(lambda writer: None, patience_s=0.2)
        assert busy.value.details["reason"] == "locked"
        assert ana.reader.history.commands() == ()  # who reads does not wait
        other.execute("ROLLBACK")
    add(ana)


def test_what_lasts_too_long_is_stopped(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "STATEMENT_TIMEOUT_MS", 50)
    reader = team.rep("ana").reader
    with pytest.raises(DatabaseError, match="took too long") as error:
        reader.whole().database.rows("select pg_sleep(5)")
    assert error.value.details["reason"] == "slow"
    assert reader.pipelines()


SESSION = (
    "-cstandard_conforming_strings=off -cdefault_transaction_isolation=serializable"
    " -ctimezone=America/Lima -cdatestyle=German -cextra_float_digits=-5"
    " -cenable_indexscan=off -cenable_indexonlyscan=off -cenable_bitmapscan=off"
)
"""What an account, a database or a URL may have set for each session."""


def test_all_is_the_same_whatever_a_session_was_set_to(team: Team) -> None:
    plain = team.rep("ana")
    deal = add(plain, r"Zoë: 50%_off\now 'x' ~ 4k").id
    add(plain, r"50 off: pilot 4k")
    with closing(Store.open(f"{team.place}?options={quote(SESSION)}")) as store:
        zoe = Workspace(store, team.clock, Actor("zoë"))
        found = store.new_reader(Actor("Zoë\\"))
        for words in ("0%_", "\\now", "'x'", "~", "zoe"):
            query = parse_filter(f'"{words}"', today=TODAY, currency="EUR")
            assert found.ids(Listing(TODAY, SETTINGS.zone, filter=query)) == (deal,), words
        found.close()
        zoe.add_note([deal], r"a \ and a ' and a %")
        assert now_of(plain, deal) == zoe.reader.deals([deal])[deal]
    assert disagreements(team.place) == []


def test_of_two_who_decide_on_the_same_version_one_is_refused(team: Team, ana: Workspace) -> None:
    from pipeboard.domain.dates import micros
    from pipeboard.store.projecting.deals import Change, write_deals
    from tests.team import NOW

    deal = now_of(ana, add(ana).id)
    stale = replace(deal, title="Other", version=deal.version + 5)
    change = Change(replace(deal, version=deal.version + 4), stale, ())
    with pytest.raises(Conflict, match="changed by somebody else"):
        ana.store.write(lambda writer: write_deals(writer._database, [change], micros(NOW)))
    assert now_of(ana, deal.id) == deal


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    with own_server() as server:
        yield server


def test_a_server_that_is_stopped_and_started_loses_nothing(server: PostgresServer) -> None:
    team = Team(server.url)
    Team.make(server.url).close()
    ana = team.rep("ana")
    deal = add(ana).id
    for how in ("immediate", "fast") * (5 if THOROUGH else 1):
        done = move_on(ana, deal)
        server.stop(how)
        with pytest.raises(DatabaseError, match="does not answer") as lost:
            ana.store.write(lambda writer: writer.reader.deals([deal]), patience_s=0.3)
        assert lost.value.details["reason"] == "unreachable"
        with ThreadPoolExecutor(1) as other:
            waiting = other.submit(ana.store.write, lambda writer: writer.reader.deal(deal))
            server.start()
            assert waiting.result() is not None
        assert recorded(server.url)[done] == 1
        assert now_of(ana, deal).version == len(ana.reader.history.entries(deal))
    assert disagreements(server.url) == []
    team.close()


@pytest.mark.parametrize("gives_up", [False, True])
def test_a_commit_whose_answer_never_comes_is_not_told_as_nothing_changed(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch, gives_up: bool
) -> None:
    team = Team(server.url)
    Team.make(server.url).close()
    ana = team.rep("ana")
    deal = add(ana).id

    def commit_and_go(
        attempt: serving._Attempt, connection: ServerConnection, began: Sequence[str]
    ) -> None:
        attempt._in_doubt = began
        connection.execute("COMMIT")
        server.stop("immediate")
        raise ServerTrouble("gone", "", "lost")

    write = ana.store.write

    def impatient(work: Callable[[Writer], T]) -> T:
        return write(work, patience_s=0.3, give_up=(lambda: True) if gives_up else None)

    monkeypatch.setattr(ana.store, "write", impatient)
    with monkeypatch.context() as unheard:
        unheard.setattr(serving._Attempt, "_commit", commit_and_go)
        with pytest.raises(DatabaseError, match="while this was being stored") as lost:
            ana.add_note([deal], "Once.")
    assert lost.value.details == {"reason": "in_doubt"}
    assert "It may be stored or not" in lost.value.hint
    server.start()
    assert len(ana.reader.history.notes(deal)) == 1
    team.close()


_HOT = """
import sys
import threading
import time
from tests.team import Team
ana, deals = Team(sys.argv[1]).rep(sys.argv[2]), range(1, int(sys.argv[4]) + 1)
for number in range(int(sys.argv[3])):
    deal = deals[number % len(deals)]
    print(ana.add_note([deal], "Seen").command_id, flush=True)
"""


def test_many_processes_in_a_hot_loop_lose_nothing(team: Team, ana: Workspace) -> None:
    processes, times, deals = (16, 60, 8) if THOROUGH else (4, 6, 3)
    for number in range(deals):
        add(ana, f"Deal {number}: pilot 4k")
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _HOT, str(team.place), f"rep{n}", str(times), str(deals)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for n in range(processes)
    ]
    said = [process.communicate(timeout=300) for process in running]
    assert [error for _, error in said] == [""] * processes
    done = [line for out, _ in said for line in out.split()]
    assert len(set(done)) == processes * times
    stored = recorded(team.place)
    assert all(stored[command_id] == 1 for command_id in done)
    assert disagreements(team.place) == []


def test_a_step_of_the_schema_is_run_whole_and_with_the_types_of_new_tables(
    postgres_databases: Databases,
) -> None:
    from sqlalchemy import Column, Integer, String

    url = postgres_databases.new("older")
    Store.create(url, SETTINGS).close()

    def add_columns(operations: Any) -> None:
        operations.add_column("rep", Column("region", String, nullable=False, server_default=""))
        operations.add_column("rep", Column("desk", Integer))

    def fail(operations: Any) -> None:
        add_columns(operations)
        operations.execute("SELECT nothing FROM nowhere")

    place = locate(url)
    assert isinstance(place, Server)
    with pytest.raises(DatabaseError):
        migrate_on_server(place, steps={SCHEMA: fail}, wanted=SCHEMA + 1)
    Store.open(url).close()
    migrate_on_server(place, steps={SCHEMA: add_columns}, wanted=SCHEMA + 1)
    with asked(url) as connection:
        found = connection.execute(
            "SELECT column_name, data_type, collation_name FROM information_schema.columns"
            " WHERE table_name = 'rep' AND column_name IN ('region', 'desk') ORDER BY 1"
        )
        assert [tuple(row) for row in found] == [("desk", "bigint", None), ("region", "text", "C")]
    with pytest.raises(DatabaseError, match=f"knows {SCHEMA} at most"):
        Store.open(url)
    postgres_databases.drop(url)


def test_facts_of_a_server_say_when_a_deal_came_to_its_first_stage(
    postgres_databases: Databases, tmp_path: Path
) -> None:
    """As `test_migrating` has it of files: the step from schema 12 tells the same as an import."""
    url = postgres_databases.new("entered")
    entered = take_over_late(Team.make(url), tmp_path)

    def facts() -> list[tuple[object, ...]]:
        with asked(url) as connection:
            sql = "SELECT deal_id, facts FROM deal_facts ORDER BY deal_id"
            return [tuple(row) for row in connection.execute(sql)]

    now = facts()
    assert [entered in str(told) for _, told in now] == [True, False]
    with asked(url, "rw") as connection:
        connection.execute(dialect.BEGIN_WRITING)
        connection.execute("UPDATE deal_facts SET facts = replace(facts, ?, 'null]')", (entered,))
        connection.execute("UPDATE counter SET value = 12 WHERE name = 'schema'")
        connection.execute("COMMIT")
    assert facts() != now
    Store.open(url).close()
    assert facts() == now
    assert disagreements(url) == []
    postgres_databases.drop(url)


def test_a_deal_of_a_server_says_of_which_of_its_days_nobody_knows(
    postgres_databases: Databases, tmp_path: Path
) -> None:
    """As `test_migrating` has it of files: the step from schema 13 tells the same as an import."""
    url = postgres_databases.new("precise")
    take_over_undated(Team.make(url), tmp_path)
    with asked(url, "rw") as connection:
        connection.execute(dialect.BEGIN_WRITING)
        connection.execute("DROP INDEX deal_at_a_glance")
        connection.execute("ALTER TABLE deal DROP COLUMN created_precision")
        connection.execute("ALTER TABLE deal DROP COLUMN entry_precision")
        connection.execute("UPDATE counter SET value = 13 WHERE name = 'schema'")
        connection.execute("COMMIT")
    Store.open(url).close()
    with asked(url) as connection:
        sql = "SELECT created_precision, entry_precision FROM deal ORDER BY id"
        assert [tuple(row) for row in connection.execute(sql)] == PRECISIONS
    assert disagreements(url) == []
    postgres_databases.drop(url)


@pytest.fixture
def pooled(postgres_databases: Databases, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The URL of a database, and the URL of the same behind PgBouncer in transaction mode."""

    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if program is None:
        pytest.skip("no pgbouncer")
    url = postgres_databases.kept("pooled", lambda url: Team.make(url).close())
    with pooler(program, url, tmp_path) as port:
        yield url, urlsplit(url)._replace(netloc=f"postgres@127.0.0.1:{port}").geturl()


@contextmanager
def pooler(program: str, url: str, folder: Path) -> Iterator[int]:
    """PgBouncer before a server, with two connections to it for everybody."""
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    there = urlsplit(url)
    (folder / "users").write_text('"postgres" ""\n')
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n* = host={there.hostname} port={there.port}\n[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = trust\n"
        f"auth_file = {folder}/users\npool_mode = transaction\ndefault_pool_size = 2\n"
        f"unix_socket_dir =\nlogfile = {folder}/pgbouncer.log\n"
    )
    words = [program, str(folder / "pgbouncer.ini")]
    if os.geteuid() == 0:
        for path in (folder, *folder.parents):
            if path.stat().st_uid == 0 and str(path).startswith(("/tmp/", "/dev/shm/")):
                path.chmod(0o755)
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, "postgres")
        words = ["runuser", "-u", "postgres", "--", *words]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(port)
            yield port
        finally:
            process.terminate()


def wait_for(port: int) -> None:
    """Returns once something listens."""
    import socket

    turn, until = threading.Event(), time.monotonic() + 30
    while time.monotonic() < until:
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return
        turn.wait(0.01)
    raise AssertionError("nothing listens")


def test_all_works_behind_a_pooler_that_shares_two_connections(pooled: tuple[str, str]) -> None:
    url, behind = pooled
    team = Team(behind)
    reps = [team.rep(name) for name in ("ana", "bo", "cy")]
    deals = [add(rep).id for rep in reps]
    with ThreadPoolExecutor(len(reps)) as together:
        done = list(together.map(lambda rep: [move_on(rep, d) for d in deals for _ in "12"], reps))
    assert sum(map(len, done)) == 18
    board = reps[0].reader.board(reps[0].lens(sales(reps[0])))
    assert board.total == 3
    assert disagreements(url) == []
    team.close()


def test_after_a_failover_the_other_host_of_the_url_is_worked_on(server: PostgresServer) -> None:
    with server.standby() as other:
        hosts = f"127.0.0.1:{server.port},127.0.0.1:{other.port}"
        url = f"postgresql://postgres@{hosts}/postgres"
        Team.make(url).close()
        team = Team(url)
        ana = team.rep("ana")
        deal = add(ana).id
        before = move_on(ana, deal)
        other.catch_up(server)
        server.stop("immediate")
        other.promote()
        after = move_on(ana, deal)
        assert {before, after} <= recorded(other.url).keys()
        assert now_of(ana, deal).version == 3
        team.close()
        server.start()


@pytest.mark.parametrize(
    ("states", "kind"),
    [
        ("08000 08003 08006 57P01 57P02 57P03 57P05 25P03", "lost"),
        ("25006", "standby"),
        ("22P05 22021", "letters"),
        ("53300", "full"),
        ("53100", "disk"),
        ("55P03 40001 40P01", "busy"),
        ("57014", "slow"),
        ("28000 28P01", "login"),
        ("3D000", "missing"),
        ("42501", "rights"),
        ("42P01", "no_table"),
        ("3F000", "no_schema"),
        ("42601 22003", "other"),
    ],
)
def test_each_trouble_of_a_server_is_told_by_its_kind(states: str, kind: str) -> None:
    psycopg = pytest.importorskip("psycopg")
    for state in states.split():
        trouble = trouble_of(psycopg.errors.lookup(state)("they said so\nat length"))
        assert isinstance(trouble, ServerTrouble)
        assert (trouble.kind, trouble.state) == (kind, state)
        assert str(trouble) == f"{'no such table: ' * (kind == 'no_table')}they said so"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ('password authentication failed for user "ana"', "login"),
        ("no password supplied", "login"),
        ('role "ana" does not exist', "login"),
        ('database "sales" does not exist', "missing"),
        ("sorry, too many clients already", "full"),
        ("remaining connection slots are reserved", "full"),
        ('too many connections for role "ana"', "full"),
        ('too many connections for database "sales"', "full"),
        ('no pg_hba.conf entry for host "10.0.0.7", user "ana"', "login"),
        ('pg_hba.conf rejects connection for host "10.0.0.7", user "ana", no encryption', "login"),
        ('permission denied for database "sales"', "login"),
        ("server does not support SSL, but SSL was required", "encryption"),
        ("SSL error: certificate verify failed", "encryption"),
        ('root certificate file "/root.crt" does not exist', "encryption"),
        ('definition of service "sales" not found', "url"),
        ("SSL connection has been closed unexpectedly", "lost"),
        ("the database system is starting up", "lost"),
        ("connection refused", "lost"),
        ("connection to server failed: FATAL:  Datenbank »x« existiert nicht", "refused"),
        ("connection to server failed: 致命的エラー:  起動しています", "refused"),
        ("connection to server failed: FATAL:  the database system is starting up", "lost"),
    ],
)
def test_a_trouble_without_a_code_is_told_by_its_words(said: str, kind: str) -> None:
    psycopg = pytest.importorskip("psycopg")
    trouble = trouble_of(psycopg.OperationalError(said))
    assert isinstance(trouble, ServerTrouble) and trouble.kind == kind
    other = trouble_of(psycopg.ProgrammingError(said))
    assert isinstance(other, ServerTrouble) and other.kind in ("other", "url")


@pytest.mark.parametrize("asked", ["used_password", "needs_password"])
def test_a_server_that_asked_for_a_password_is_understood_in_any_language(asked: str) -> None:
    psycopg = pytest.importorskip("psycopg")
    said = "connection to server failed: FATAL:  Passwort-Authentifizierung fehlgeschlagen"
    there = {"used_password": False, "needs_password": False} | {asked: True}
    error = psycopg.OperationalError(said, pgconn=types.SimpleNamespace(**there))
    trouble = trouble_of(error)
    assert isinstance(trouble, ServerTrouble) and trouble.kind == "login"


def test_a_row_that_is_not_taken_is_no_trouble_of_the_server() -> None:
    psycopg = pytest.importorskip("psycopg")
    assert isinstance(trouble_of(psycopg.errors.UniqueViolation("twice")), ServerRefusal)
