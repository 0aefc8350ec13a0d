"""Bringing an older database up to date, with steps made up for the purpose."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from alembic.operations import Operations
from sqlalchemy import Column, Text

from pipeboard import store
from pipeboard.domain.errors import DatabaseError
from pipeboard.store import Store, migrating, schema
from pipeboard.store.connecting import locate
from pipeboard.store.engine import make_engine
from pipeboard.store.migrating import back_up, migrate
from tests.ledger import disagreements
from tests.team import Team, add


def add_a_column(operations: Operations) -> None:
    operations.add_column("rep", Column("phone", Text, nullable=False, server_default=""))


def make_the_table_anew(operations: Operations) -> None:
    with operations.batch_alter_table("rep", recreate="always") as table:
        table.add_column(Column("desk", Text))


def fail(operations: Operations) -> None:
    operations.drop_table("saved_filter")
    raise RuntimeError("half way")


def leave_orphans(operations: Operations) -> None:
    operations.execute("DELETE FROM pipeline")


Step = Callable[[Operations], None]
NOW = schema.SCHEMA
TWO: Mapping[int, Step] = {NOW: add_a_column, NOW + 1: make_the_table_anew}


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    team = Team.make(tmp_path / "team.db")
    deal = add(team.rep("ana"), "Lumen Oy: pilot 40k #pilot")
    assert deal.id == 1
    team.close()
    yield tmp_path / "team.db"


def run(path: Path, steps: Mapping[int, Step], wanted: int) -> None:
    location = locate(str(path))
    engine = make_engine(location)
    try:
        migrate(engine, location, steps=steps, wanted=wanted)
    finally:
        engine.dispose()


def state(path: Path) -> tuple[int, list[str], list[str]]:
    """The schema's number, the columns of `rep`, and the tables."""
    with closing(sqlite3.connect(path)) as connection:
        (number,) = connection.execute("SELECT value FROM counter WHERE name = 'schema'").fetchone()
        columns = [row[1] for row in connection.execute("PRAGMA table_info(rep)")]
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema")]
    return number, columns, tables


def test_every_step_that_is_due_is_run_in_order(path: Path) -> None:
    run(path, TWO, NOW + 2)
    number, columns, _ = state(path)
    assert number == NOW + 2
    assert columns[-2:] == ["phone", "desk"]
    assert disagreements(path) == []


def test_what_is_up_to_date_is_left_as_it_is(path: Path) -> None:
    run(path, TWO, NOW + 2)
    before = state(path)
    run(path, TWO, NOW + 2)
    assert state(path) == before


def test_a_step_that_fails_undoes_the_steps_before_it_as_well(path: Path) -> None:
    before = state(path)
    with pytest.raises(RuntimeError, match="half way"):
        run(path, {NOW: add_a_column, NOW + 1: fail}, NOW + 2)
    assert state(path) == before
    assert disagreements(path) == []


def test_a_step_that_leaves_rows_pointing_to_nothing_is_undone(path: Path) -> None:
    with pytest.raises(DatabaseError, match="rows point to nothing"):
        run(path, {NOW: leave_orphans}, NOW + 1)
    assert state(path)[0] == NOW
    assert disagreements(path) == []


def test_a_table_that_is_made_anew_takes_nothing_else_with_it(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        before = connection.execute("SELECT count(*) FROM event").fetchone()
    run(path, {NOW: make_the_table_anew}, NOW + 1)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM event").fetchone() == before


def test_a_database_newer_than_the_program_is_not_migrated(path: Path) -> None:
    run(path, TWO, NOW + 2)
    with pytest.raises(DatabaseError, match=f"schema {NOW + 2}"):
        run(path, TWO, NOW)


def test_a_backup_is_a_whole_database_that_only_its_owner_reads(path: Path) -> None:
    first = Path(back_up(locate(str(path)), 1))
    second = Path(back_up(locate(str(path)), 1))
    assert (first.name, second.name) == (
        "team.db.schema-1.backup",
        "team.db.schema-1.backup-1",
    )
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert disagreements(first) == []
    with closing(Store.open(str(first))) as store:
        found = store.reader.deal(1)
        assert found is not None
        assert found.account == "Lumen Oy"


def test_a_backup_that_cannot_be_made_leaves_the_database_as_it_was(path: Path) -> None:
    long = path.with_name("x" * 250)
    path.rename(long)
    with pytest.raises(DatabaseError, match="cannot be made: File name too long"):
        back_up(locate(str(long)), 1)
    assert state(long)[0] == NOW


def test_a_step_that_the_database_refuses_is_told_in_words(path: Path) -> None:
    def twice(operations: Operations) -> None:
        add_a_column(operations)
        add_a_column(operations)

    with pytest.raises(DatabaseError, match="duplicate column"):
        run(path, {NOW: twice}, NOW + 1)
    assert state(path)[0] == NOW


def test_opening_an_older_database_backs_it_up_and_brings_it_up_to_date(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "SCHEMA", NOW + 1)
    monkeypatch.setattr(schema, "SCHEMA", NOW + 1)
    monkeypatch.setattr(store, "check_schema", lambda found: schema.check_schema(found, NOW + 1))
    monkeypatch.setattr(
        migrating,
        "migrate",
        lambda engine, location: migrate(
            engine, location, steps={NOW: add_a_column}, wanted=NOW + 1
        ),
    )
    Store.open(str(path)).close()
    assert state(path)[0] == NOW + 1
    assert state(path.with_name(f"team.db.schema-{NOW}.backup"))[0] == NOW


AT_ONCE = 8 if os.environ.get("PIPEBOARD_THOROUGH") else 3
MIGRATING = """
import sys
from alembic.operations import Operations
from sqlalchemy import Column, Text
from pipeboard.store.connecting import locate
from pipeboard.store.engine import make_engine
from pipeboard.store.migrating import back_up, migrate
from pipeboard.store.schema import SCHEMA

def add_a_column(operations):
    operations.add_column("rep", Column("phone", Text, nullable=False, server_default=""))

location = locate(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
back_up(location, SCHEMA)
engine = make_engine(location)
migrate(engine, location, steps={SCHEMA: add_a_column}, wanted=SCHEMA + 1)
engine.dispose()
"""


def test_several_at_once_bring_it_up_to_date_once(path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", MIGRATING, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            text=True,
        )
        for _ in range(AT_ONCE)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * AT_ONCE, said
    number, columns, _ = state(path)
    assert (number, columns.count("phone")) == (NOW + 1, 1)
    assert len(list(path.parent.glob("*.backup*"))) == AT_ONCE
    assert disagreements(path) == []


def test_a_database_of_the_first_version_gets_the_tables_that_came_since(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        wanted = _shape(connection)
        connection.execute("DROP TABLE workspace_event")
        connection.execute("UPDATE counter SET value = 1 WHERE name = 'schema'")
        connection.commit()
    Store.open(str(path)).close()
    with closing(sqlite3.connect(path)) as connection:
        assert _shape(connection) == wanted
    assert disagreements(path) == []


def _shape(connection: sqlite3.Connection) -> dict[str, object]:
    """Columns and indices of the table that the step makes."""
    return {
        kind: sorted(row[1:4] for row in connection.execute(f"PRAGMA {kind}(workspace_event)"))
        for kind in ("table_info", "index_list")
    }
