"""Bringing an older database up to date: that of 0.1.0, and with steps made up for the purpose."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from alembic.operations import Operations
from sqlalchemy import Column, Text

from pipeboard.domain.deal import Loss
from pipeboard.domain.errors import DatabaseError, ReadOnly
from pipeboard.store import Store
from pipeboard.store.checking import check_copy
from pipeboard.store.locating import locate_file
from pipeboard.store.migrating import back_up, migrate
from pipeboard.store.migration_steps import FIND_NEW_COLUMNS, STEPS
from pipeboard.store.opening import SCHEMA
from pipeboard.store.projecting.events import event_row
from pipeboard.store.rows import event_from_row
from pipeboard.store.tables.workspace_tables import RepRow
from tests.ledger import disagreements
from tests.store.made_up import PRECISIONS, take_over_late, take_over_undated
from tests.team import SETTINGS, Team, add, now_of


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
TWO: Mapping[int, Step] = {1: add_a_column, 2: make_the_table_anew}


OLD = (Path(__file__).parent / "schema_1.sql").read_text("utf-8")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A small team's database as 0.1.0 made it."""
    path = tmp_path / "team.db"
    path.touch(0o600)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(OLD)
    return path


def run(path: Path, steps: Mapping[int, Step], wanted: int) -> None:
    migrate(locate_file(str(path)), steps=steps, wanted=wanted)


def state(path: Path) -> tuple[int, list[str], list[str]]:
    """The schema's number, the columns of `rep`, and the tables."""
    with closing(sqlite3.connect(path)) as connection:
        (number,) = connection.execute("SELECT value FROM counter WHERE name = 'schema'").fetchone()
        columns = [row[1] for row in connection.execute("PRAGMA table_info(rep)")]
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema")]
    return number, columns, tables


def test_every_step_that_is_due_is_run_in_order(path: Path) -> None:
    run(path, TWO, 3)
    number, columns, _ = state(path)
    assert number == 3
    assert columns.index("phone") < columns.index("desk")
    assert disagreements(path) == []


def test_columns_that_are_empty_to_begin_with_need_no_step(path: Path) -> None:
    run(path, {}, 3)
    number, columns, _ = state(path)
    assert number == 3
    assert set(columns) == set(RepRow.model_fields)
    assert disagreements(path) == []


def test_a_step_finds_the_columns_that_it_fills(path: Path) -> None:
    """Whichever release the database is of: that of 0.1.0 gets them in an earlier step already."""
    run(path, {}, FIND_NEW_COLUMNS)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE rep DROP COLUMN acts_for")
        connection.commit()
    fill = "UPDATE rep SET acts_for = '*'"
    run(path, {FIND_NEW_COLUMNS: lambda steps: steps.execute(fill)}, FIND_NEW_COLUMNS + 1)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT DISTINCT acts_for FROM rep").fetchall() == [("*",)]


def test_what_is_up_to_date_is_left_as_it_is(path: Path) -> None:
    run(path, TWO, 3)
    before = state(path)
    run(path, TWO, 3)
    assert state(path) == before


def test_a_step_that_fails_undoes_the_steps_before_it_as_well(path: Path) -> None:
    before = state(path)
    with pytest.raises(RuntimeError, match="half way"):
        run(path, {1: add_a_column, 2: fail}, 3)
    assert state(path) == before
    assert disagreements(path) == []


def test_a_step_that_leaves_rows_pointing_to_nothing_is_undone(path: Path) -> None:
    with pytest.raises(DatabaseError, match="rows point to nothing"):
        run(path, {1: leave_orphans}, 2)
    assert state(path)[0] == 1
    assert disagreements(path) == []


def test_a_table_that_is_made_anew_takes_nothing_else_with_it(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        before = connection.execute("SELECT count(*) FROM event").fetchone()
    run(path, {1: make_the_table_anew}, 2)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM event").fetchone() == before


def test_a_database_newer_than_the_program_is_not_migrated(path: Path) -> None:
    run(path, TWO, 3)
    with pytest.raises(DatabaseError, match="schema 3"):
        run(path, TWO, 2)


def test_a_backup_is_a_whole_database_that_only_its_owner_reads(path: Path) -> None:
    first = Path(back_up(locate_file(str(path)), 1))
    again = Path(back_up(locate_file(str(path)), 1))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE counter SET value = value + 1 WHERE name = 'change'")
        connection.commit()
    second = Path(back_up(locate_file(str(path)), 1))
    assert (first.name, again.name, second.name) == (
        "team.db.schema-1.backup",
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
        back_up(locate_file(str(long)), 1)
    assert state(long)[0] == 1


def test_a_step_that_the_database_refuses_is_told_in_words(path: Path) -> None:
    def twice(operations: Operations) -> None:
        add_a_column(operations)
        add_a_column(operations)

    with pytest.raises(DatabaseError, match="duplicate column"):
        run(path, {1: twice}, 2)
    assert state(path)[0] == 1


def shape(path: Path) -> dict[str, object]:
    """Every table with its columns, keys and indices, as SQLite understands them."""
    with closing(sqlite3.connect(path)) as connection:
        tables = [
            row[0]
            for row in connection.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
        ]
        found: dict[str, object] = {}
        for table in tables:
            columns = connection.execute(f"PRAGMA table_info('{table}')").fetchall()
            keys = connection.execute(f"PRAGMA foreign_key_list('{table}')").fetchall()
            indices = {
                row[1]: (row[2:], [(one[0], *one[2:]) for one in _indexed(connection, row[1])])
                for row in connection.execute(f"PRAGMA index_list('{table}')")
            }
            found[table] = (sorted(column[1:] for column in columns), sorted(keys), indices)
        return found


def _indexed(connection: sqlite3.Connection, index: str) -> Iterable[tuple[object, ...]]:
    return connection.execute(f"PRAGMA index_xinfo('{index}')")


def test_an_older_database_becomes_what_a_new_one_is(path: Path, tmp_path: Path) -> None:
    Store.open(str(path)).close()
    Store.create(str(tmp_path / "new.db"), SETTINGS).close()
    assert shape(path) == shape(tmp_path / "new.db")
    names = "SELECT name FROM counter ORDER BY name"
    assert rows(path, names) == rows(tmp_path / "new.db", names)
    assert rows(path, "SELECT value FROM counter WHERE name = 'schema'") == [(SCHEMA,)]


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


LOG = (
    "SELECT seq, id, at, actor, acting_as, verb, summary, undoes, redoes, undone FROM command"
    " ORDER BY seq",
    "SELECT seq, deal_id, version, command_id, at, kind, undoes, stage_id, currency, on_date, data"
    " FROM event ORDER BY seq",
)


def test_nothing_that_was_recorded_is_changed_and_work_goes_on(path: Path) -> None:
    before = [rows(path, sql) for sql in LOG]
    assert all(before)
    team = Team(path)
    ana = team.rep("ana")
    assert [rows(path, sql) for sql in LOG] == before
    assert disagreements(path) == []
    assert check_copy(locate_file(str(path))) == []
    (last, *_) = ana.reader.history.commands(limit=1)
    assert last.verb == "undo"
    ana.redo()
    assert now_of(ana, 2).fields == {"region": "north"}
    add(ana, "Nordlicht: pilot 7k")
    team.close()
    assert disagreements(path) == []


def test_facts_say_when_a_deal_came_to_its_first_stage(tmp_path: Path) -> None:
    team = Team.make(tmp_path / "team.db")
    entered = take_over_late(team, tmp_path)
    now = rows(team.path, "SELECT deal_id, facts FROM deal_facts ORDER BY deal_id")
    assert [entered in str(facts) for _, facts in now] == [True, False]
    with closing(sqlite3.connect(team.path)) as connection:
        connection.execute("UPDATE deal_facts SET facts = replace(facts, ?, 'null]')", (entered,))
        connection.execute("UPDATE counter SET value = 12 WHERE name = 'schema'")
        connection.commit()
    # This step alone: a later one makes the facts of such deals anew for another reason.
    run(team.path, {12: STEPS[12]}, 13)
    assert rows(team.path, "SELECT deal_id, facts FROM deal_facts ORDER BY deal_id") == now
    assert disagreements(team.path) == []


def test_a_deal_says_of_which_of_its_days_nobody_knows(tmp_path: Path) -> None:
    team = Team.make(tmp_path / "team.db")
    take_over_undated(team, tmp_path)
    asked = "SELECT created_precision, entry_precision FROM deal ORDER BY id"
    assert rows(team.path, asked) == PRECISIONS
    with closing(sqlite3.connect(team.path)) as connection:  # as schema 13 had it
        connection.execute("DROP INDEX deal_at_a_glance")
        connection.execute("ALTER TABLE deal DROP COLUMN created_precision")
        connection.execute("ALTER TABLE deal DROP COLUMN entry_precision")
        for said in (',"entry_precision":""', ',"entry_precision":"unknown"'):
            connection.execute("UPDATE event SET data = replace(data, ?, '')", (said,))
        connection.execute("UPDATE counter SET value = 13 WHERE name = 'schema'")
        connection.commit()
    Store.open(str(team.path)).close()
    assert rows(team.path, asked) == PRECISIONS
    assert disagreements(team.path) == []


def test_gates_that_an_import_passed_are_no_overrides_of_anybody_here(tmp_path: Path) -> None:
    team = Team.make(tmp_path / "team.db")
    take_over_undated(team, tmp_path)
    asked = "SELECT deal_id, facts FROM deal_facts ORDER BY deal_id"
    told = rows(team.path, asked)
    assert any('"elsewhere"' in str(facts) for _, facts in told)
    with closing(sqlite3.connect(team.path)) as connection:  # as schema 14 had it
        connection.execute(
            """UPDATE deal_facts SET facts = replace(facts, 'elsewhere', 'override')"""
        )
        connection.execute("UPDATE counter SET value = 14 WHERE name = 'schema'")
        connection.commit()
    assert rows(team.path, asked) != told
    Store.open(str(team.path)).close()
    assert rows(team.path, asked) == told
    assert disagreements(team.path) == []


def test_older_deals_are_found_by_what_was_written_about_them(tmp_path: Path) -> None:
    team = Team.make(tmp_path / "team.db")
    ana = team.rep("ana")
    add(ana, "Acme: pump")
    long = add(ana, "Lumen Oy: pilot").id
    ana.set_fields([long], [f"reason={'leaks ' * 150}"])
    ana.set_fields([long], ["competitors=Rival, Ötker", f"source_detail={'7' * 250}"])
    ana.lose([long], Loss("price", "Budget cut", "Rival"))
    asked = "SELECT id, folded, folded_whole FROM deal ORDER BY id"
    found = rows(team.path, asked)
    with closing(sqlite3.connect(team.path)) as connection:  # as schema 15 had it
        connection.execute("UPDATE deal SET folded_whole = NULL")
        connection.execute("UPDATE deal SET folded = 'lumen oy\npilot' WHERE id = ?", (long,))
        connection.execute("UPDATE counter SET value = 15 WHERE name = 'schema'")
        connection.commit()
    assert rows(team.path, asked) != found
    run(team.path, {15: STEPS[15]}, 16)
    assert rows(team.path, asked) == found
    assert disagreements(team.path) == []


def test_an_older_database_gets_an_id_of_its_own_once(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_bytes(path.read_bytes())
    ids = []
    for one in (path, path, copy):
        with closing(Store.open(str(one))) as store:
            ids.append(store.database_id)
    assert ids[0] == ids[1] != ids[2]
    assert all(re.fullmatch(r"[\w-]{22}", one) for one in ids)


def test_opening_an_older_database_backs_it_up_once(path: Path) -> None:
    Store.open(str(path)).close()
    Store.open(str(path)).close()
    (backup,) = path.parent.glob("*.backup*")
    assert backup.name == "team.db.schema-1.backup"
    assert state(backup)[0] == 1


def test_a_start_that_was_cut_off_after_the_backup_makes_no_second_one(path: Path) -> None:
    back_up(locate_file(str(path)), 1)
    path.with_name("team.db.schema-1.backup.part").touch()  # as a kill leaves it
    Store.open(str(path)).close()
    assert [backup.name for backup in path.parent.glob("*.backup")] == ["team.db.schema-1.backup"]


def test_a_database_that_lost_the_number_of_its_schema_is_told_of_and_not_copied(
    path: Path,
) -> None:
    for change in ("UPDATE counter SET value = 0", "UPDATE counter SET value = 'x'", "DELETE"):
        with closing(sqlite3.connect(path)) as connection:
            if change == "DELETE":
                connection.execute("DELETE FROM counter WHERE name = 'schema'")
            else:
                connection.execute(f"{change} WHERE name = 'schema'")
            connection.commit()
        with pytest.raises(DatabaseError, match="number of its schema is lost"):
            Store.open(str(path))
    assert list(path.parent.glob("*.backup*")) == []


def test_an_older_database_opened_for_reading_only_is_left_as_it_is(path: Path) -> None:
    with pytest.raises(ReadOnly, match="older than this Pipeboard"):
        Store.open(str(path), read_only=True)
    assert state(path)[0] == 1


AT_ONCE = 8 if os.environ.get("PIPEBOARD_THOROUGH") else 3
MIGRATING = """
import sys
from pipeboard.exchange.reading import open_import
from pipeboard.store import Store

print("ready", flush=True)
sys.stdin.readline()
Store.open(sys.argv[1]).close()
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
    assert state(path)[0] == SCHEMA
    assert len(rows(path, "SELECT id FROM workspace")) == 1
    backups = list(path.parent.glob("*.backup*"))
    assert 1 <= len(backups) <= AT_ONCE
    assert {state(backup)[0] for backup in backups} == {1}
    assert disagreements(path) == []


OF_EACH_KIND = {
    "probability": (5_500, None, None, {"after": {"probability_bp": 5_500}}),
    "owner": (None, None, "bo", {"after": {"owner": "bo"}}),
    "category": (None, None, "commit", {"after": {"category": "commit"}}),
    "lost": (None, None, "price", {"after": {"loss": {"category": "price"}}}),
    "won": (None, None, "override", {"facts": {"missing": ["need"]}}),
    "next_step": (
        None,
        "2026-12-01",
        "step",
        {"after": {"next_step": {"text": "call", "due": "2026-12-01"}}},
    ),
    "touch": (
        None,
        None,
        "linkedin message out",
        {"facts": {"touch": {"type": "linkedin message", "direction": "out"}}},
    ),
}
"""Amount, day, `detail` and contents of an event of each kind, as 0.1.0 recorded them."""


def test_every_event_of_before_says_what_a_new_one_would(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany(
            "INSERT INTO event (deal_id, version, command_id, at, kind, undoes, value_minor,"
            " on_date, detail, data) VALUES (900, ?, 'x', 0, ?, 0, ?, ?, ?, ?)",
            [
                (version, kind, minor, day, detail, json.dumps(data))
                for version, (kind, (minor, day, detail, data)) in enumerate(OF_EACH_KIND.items())
            ],
        )
        connection.commit()
    Store.open(str(path)).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        found = connection.execute("SELECT * FROM event").fetchall()
    assert {row["kind"] for row in found} > set(OF_EACH_KIND)
    for row in found:
        again = event_row(event_from_row(row), row["deal_id"], row["version"], row["command_id"])
        assert {n: row[n] for n in again if n != "data"} == {
            n: again[n] for n in again if n != "data"
        }
