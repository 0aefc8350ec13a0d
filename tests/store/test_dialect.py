"""The phrases that only SQLite understands: what each of them answers, and in which order."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.settings import Rep, Settings
from pipeboard.store import Store, dialect
from pipeboard.store.backups import part_of, put_in_place
from pipeboard.store.dialect import is_busy, is_taken, listed, wait_at_most
from pipeboard.store.locating import Location
from pipeboard.store.opening import Identity
from pipeboard.store.writing import Writer
from tests.store.made_up import pipelines, store_with

MADE = (
    "CREATE TABLE one (b TEXT, yes BOOLEAN, a INTEGER, no BOOLEAN, PRIMARY KEY (a, b))",
    "CREATE TABLE other (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE)",
    "CREATE INDEX by_yes ON one (yes)",
    "CREATE TABLE kept (of_one INTEGER REFERENCES other (id))",
)


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(tmp_path / "plain.db", isolation_level=None, timeout=0)) as made:
        for statement in MADE:
            made.execute(statement)
        yield made


def column(connection: sqlite3.Connection, sql: str, *values: object) -> list[object]:
    return [row[0] for row in connection.execute(sql, values)]


def test_tables_and_indices_are_those_that_somebody_has_defined(plain: sqlite3.Connection) -> None:
    plain.execute("INSERT INTO other (name) VALUES ('x')")  # SQLite keeps a table of its own for it
    assert sorted(map(str, column(plain, dialect.NAMES))) == ["by_yes", "kept", "one", "other"]
    assert sorted(map(str, column(plain, dialect.TABLES))) == [
        "by_yes", "kept", "one", "other",
    ]  # fmt: skip


def test_what_is_defined_can_be_made_again_in_its_order(plain: sqlite3.Connection) -> None:
    definitions = list(map(str, column(plain, dialect.DEFINITIONS)))
    assert definitions == list(MADE)
    with closing(sqlite3.connect(":memory:")) as again:
        for statement in definitions:
            again.execute(statement)


def test_a_table_tells_its_columns_its_truths_and_its_key_in_their_order(
    plain: sqlite3.Connection,
) -> None:
    assert column(plain, dialect.COLUMNS, "one") == ["b", "yes", "a", "no"]
    assert column(plain, dialect.TRUTHS, "one") == ["yes", "no"]
    assert column(plain, dialect.KEY, "one") == ["a", "b"]
    assert column(plain, dialect.KEY, "other") == ["id"]
    assert column(plain, dialect.KEY, "kept") == []


def test_the_number_of_commits_is_another_once_somebody_else_has_committed(
    plain: sqlite3.Connection, tmp_path: Path
) -> None:
    (before,) = column(plain, dialect.COMMITS_OF_OTHERS)
    plain.execute("INSERT INTO one VALUES ('x', 1, 1, 0)")
    assert column(plain, dialect.COMMITS_OF_OTHERS) == [before]
    with closing(sqlite3.connect(tmp_path / "plain.db")) as other, other:
        other.execute("INSERT INTO one VALUES ('y', 1, 1, 0)")
    assert column(plain, dialect.COMMITS_OF_OTHERS) != [before]


@pytest.mark.parametrize(
    ("held", "wanted", "is_kept_out"),
    [
        (dialect.BEGIN_WRITING, dialect.BEGIN_WRITING, True),
        (dialect.BEGIN_WRITING, dialect.BEGIN_READING, False),
        (dialect.BEGIN_WRITING, "SELECT count(*) FROM one", False),
        (dialect.BEGIN_READING, dialect.BEGIN_WRITING, False),
        (dialect.BEGIN_ALONE, "SELECT count(*) FROM one", True),
    ],
)
def test_whoever_begins_to_write_keeps_other_writers_out_at_once(
    held: str, wanted: str, is_kept_out: bool, plain: sqlite3.Connection, tmp_path: Path
) -> None:
    plain.execute(held)
    path = tmp_path / "plain.db"
    with closing(sqlite3.connect(path, isolation_level=None, timeout=9)) as other:
        other.execute(wait_at_most(0))
        if not is_kept_out:
            other.execute(wanted)
            return
        with pytest.raises(sqlite3.OperationalError) as refused:
            other.execute(wanted)
        assert is_busy(refused.value)


def test_a_lock_that_is_kept_lasts_beyond_the_commit(
    plain: sqlite3.Connection, tmp_path: Path
) -> None:
    plain.execute(dialect.KEEP_LOCKS)
    plain.execute(dialect.BEGIN_ALONE)
    plain.execute("COMMIT")
    with (
        closing(sqlite3.connect(tmp_path / "plain.db", timeout=0)) as other,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("SELECT count(*) FROM one").fetchone()


def test_keys_that_point_to_nothing_are_found_where_they_were_not_checked(
    plain: sqlite3.Connection,
) -> None:
    plain.execute("PRAGMA foreign_keys=ON")
    plain.execute(dialect.KEYS_UNCHECKED)
    plain.execute("INSERT INTO kept VALUES (7)")
    assert column(plain, dialect.CHECK_KEYS) == ["kept"]
    assert column(plain, dialect.CHECK_PAGES) == ["ok"]


def test_who_may_only_look_may_write_once_that_is_said(plain: sqlite3.Connection) -> None:
    plain.execute("PRAGMA query_only=ON")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        plain.execute("DELETE FROM one")
    plain.execute(dialect.READ_AND_WRITE)
    plain.execute("DELETE FROM one")


def test_the_way_of_the_journal_is_told_and_set_back(plain: sqlite3.Connection) -> None:
    plain.execute("PRAGMA journal_mode=WAL")
    assert column(plain, dialect.JOURNAL_MODE) == ["wal"]
    assert column(plain, dialect.TO_ROLLBACK) == ["truncate"]
    (version,) = column(plain, dialect.VERSION)
    assert version == sqlite3.sqlite_version


@pytest.mark.parametrize(
    ("words", "rows"), [((), []), (("x",), [1]), (("x", "z", "o'b"), [1, 3]), (("X",), [])]
)
def test_a_column_is_one_of_some_words(
    words: tuple[str, ...], rows: list[int], plain: sqlite3.Connection
) -> None:
    for name in ("x", "y", "o'b"):
        plain.execute("INSERT INTO other (name) VALUES (?)", (name,))
    asked = listed("name", words)
    sql = f"SELECT id FROM other WHERE {asked.text} ORDER BY id"
    assert column(plain, sql, *asked.values) == rows
    with pytest.raises(sqlite3.IntegrityError) as refused:
        plain.execute("INSERT INTO other (name) VALUES ('x')")
    assert is_taken(refused.value, "name") and not is_taken(refused.value, "yes")


def test_what_every_use_case_asks_comes_in_the_order_of_the_team(tmp_path: Path) -> None:
    with closing(store_with(tmp_path / "deals.db", [])) as store:
        for name in ("cy", "ana", "Bo"):
            store.write(partial(Writer.save_rep, rep=Rep(name)))
        store.write(lambda writer: _put(writer, 9, 1))
        database = store.reader.whole().database
        asked = dict(zip(("settings", "reps", "stages", "pipelines", "gone", "marks", "may"),
                         dialect.ALWAYS_ASKED, strict=True))  # fmt: skip
        assert [row["name"] for row in database.rows(asked["reps"])] == ["Bo", "ana", "cy"]
        assert [row["id"] for row in database.rows(asked["pipelines"])] == [1, 2, 9]
        assert [row["id"] for row in database.rows(asked["marks"])] == [1, 2, 9]
        assert database.rows(asked["gone"]) == []
        stages = [(row["pipeline_id"], row["id"]) for row in database.rows(asked["stages"])]
        assert stages == [(one.id, stage.id) for one in pipelines() for stage in one.stages]
        assert "currency" in {row["name"] for row in database.rows(asked["settings"])}
        for change in ("version = 7", "position = 4", "name = 'x'", "currency = 'CHF'"):
            before = [tuple(row) for row in database.rows(asked["marks"])]
            store.write(partial(_change, change=change))
            assert [tuple(row) for row in database.rows(asked["marks"])] != before, change
        store.write(partial(_change, change="position = 1"))
        store.write(lambda writer: _change(writer, "removed = true"))
        assert [row["id"] for row in database.rows(asked["pipelines"])] == [1, 9]
        assert [row["id"] for row in database.rows(asked["marks"])] == [1, 9]
        assert [row["id"] for row in database.rows(asked["gone"])] == [2]
        store.write(lambda writer: writer._database.change("UPDATE pipeline SET removed = true"))
        store.write(lambda writer: writer._database.change("UPDATE pipeline SET position = -id"))
        assert [row["id"] for row in database.rows(asked["gone"])] == [9, 2, 1]


def _put(writer: Writer, pipeline_id: int, position: int) -> None:
    writer._database.change(
        "INSERT INTO pipeline (id, name, currency, position, version, questions, removed)"
        " VALUES (?, ?, 'EUR', ?, 1, '[]', false)",
        (pipeline_id, f"P{pipeline_id}", position),
    )


def _change(writer: Writer, change: str) -> None:
    writer._database.change(f"UPDATE pipeline SET {change} WHERE id = 2")


# Files beside a database.


@pytest.mark.parametrize("side", ["", "-journal", "-wal", "-shm"])
def test_nothing_stays_of_a_copy_that_was_not_put_in_its_place(side: str, tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="full"),
        part_of(tmp_path / "x", Location(tmp_path / "db")) as part,
    ):
        Path(f"{part}{side}").write_bytes(b"half")
        raise ValueError("full")
    assert list(tmp_path.iterdir()) == []
    with part_of(tmp_path / "x", Location(tmp_path / "db")) as part:
        part.write_bytes(b"whole")
        Path(f"{part}{side}").touch()
        whole = put_in_place(part, tmp_path / "x")
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    assert whole.read_bytes() == b"whole"


def test_a_file_that_gets_a_second_name_is_written_to_no_more(tmp_path: Path) -> None:
    store = Store.create(str(tmp_path / "deals.db"), Settings())
    with closing(store):
        (tmp_path / "other.db").hardlink_to(tmp_path / "deals.db")
        with pytest.raises(DatabaseError, match=r"has 2 names \(hard links\)") as refused:
            store.write(lambda writer: writer.save_rep(Rep("ana")))
        assert refused.value.details["reason"] == "linked"
        found = (tmp_path / "deals.db").stat()
        identity = Identity(Location(tmp_path / "deals.db"), found.st_dev, found.st_ino, "x")
        with pytest.raises(DatabaseError, match="has 2 names"):
            identity.check_file()
        (tmp_path / "other.db").unlink()
        store.write(lambda writer: writer.save_rep(Rep("ana")))
        assert [rep.name for rep in store.reader.reps()] == ["ana"]
