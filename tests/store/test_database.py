"""One connection to a database: answers by row and column, what is put into it, and how long what
was found is remembered."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeboard import SCHEMA
from pipeboard.domain.errors import BadInput, Conflict, DatabaseError, ReadOnly
from pipeboard.domain.signs import Limits
from pipeboard.store import Store, backups, checking
from pipeboard.store.connecting import connect_at
from pipeboard.store.database import MOST_REMEMBERED, Database
from pipeboard.store.grants import shows_all
from pipeboard.store.locating import Location, Server, check_names, make_file
from pipeboard.store.opening import (
    TABLES,
    Identity,
    ServerIdentity,
    check_schema,
    look,
    schema_of,
    stat_of,
)
from pipeboard.store.projecting.deals import _update, contributed
from pipeboard.store.projecting.events import _put
from pipeboard.store.reading import attention, finding
from pipeboard.store.reading.board import _strays
from pipeboard.store.sql import Sql
from pipeboard.store.whole import _fill, restore

PLACE: Any = SimpleNamespace(location=Location(Path("team.db")))


@pytest.fixture
def database() -> Iterator[Database]:
    """A table of three words by their numbers, in memory."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT, note TEXT)")
        made = Database(connection, PLACE)
        made.insert("word", [{"id": 1, "text": "one"}, {"id": 2, "text": "two"}])
        yield made


def words(database: Database) -> list[tuple[object, ...]]:
    return database.records("SELECT id, text, note FROM word ORDER BY id")


def test_an_answer_is_read_by_rows_by_its_first_row_or_by_its_first_column(
    database: Database,
) -> None:
    every, none = "SELECT text, id FROM word ORDER BY id", "SELECT text FROM word WHERE id > 9"
    assert [row["id"] for row in database.rows(every)] == [1, 2]
    first = database.row(every)
    assert first is not None and first["text"] == "one"
    assert database.record(every) == ("one", 1)
    assert database.records(every) == [("one", 1), ("two", 2)]
    assert database.column(every) == ["one", "two"]
    assert database.number("SELECT id FROM word WHERE text = ?", ("two",)) == 2
    assert (database.row(none), database.record(none), database.records(none)) == (None, (), [])
    assert (database.column(none), database.number(none)) == ([], 0)
    assert database.number("SELECT max(id) FROM word WHERE id > 9") == 0


def test_a_question_that_cannot_be_answered_is_told_in_words(database: Database) -> None:
    with pytest.raises(DatabaseError):
        database.rows("SELECT nothing FROM word")


def test_rows_are_put_in_or_change_what_is_there_under_their_key(database: Database) -> None:
    database.put("word", [{"id": 2, "text": "deux"}, {"id": 3, "text": "trois"}])
    assert words(database) == [(1, "one", None), (2, "deux", None), (3, "trois", None)]
    database.fill("word", ("note", "id"), [("n", 4), ("m", 5)])
    assert words(database)[3:] == [(4, None, "n"), (5, None, "m")]
    database.insert("word", [{"id": 6}])
    database.insert("word", [{"id": 6}], otherwise="ON CONFLICT DO NOTHING")
    database.put("word", [])
    database.insert("word", [])
    database.fill("word", (), [])
    database.change_each("no statement", [])
    assert len(words(database)) == 6


@pytest.mark.parametrize(("ids", "changed"), [([1, 2], 2), ([1, 9], 1), ([9], 0)])
def test_whoever_changes_rows_is_told_how_many_were_there(
    ids: list[int], changed: int, database: Database
) -> None:
    told: list[int] = []
    rows = [("x", one) for one in ids]
    database.change_each("UPDATE word SET note = ? WHERE id = ?", rows, told.append)
    assert told == [changed]


def test_what_was_found_is_remembered_by_its_key(database: Database) -> None:
    found: list[str] = []

    def find(name: str) -> str:
        found.append(name)
        return name

    for name in ("a", "b", "a", "b"):
        assert database.remembered(name, partial(find, name)) == name
    assert found == ["a", "b"]


def test_so_many_answers_are_remembered_and_then_begun_anew(database: Database) -> None:
    asked: list[int] = []

    def ask(number: int) -> None:
        database.remembered(number, lambda: asked.append(number))

    for number in range(MOST_REMEMBERED):
        ask(number)
    ask(0)
    assert len(asked) == MOST_REMEMBERED
    ask(MOST_REMEMBERED)
    ask(0)
    assert asked[MOST_REMEMBERED:] == [MOST_REMEMBERED, 0]


CHANGES: dict[str, Callable[[Database], None]] = {
    "change": lambda db: db.change("UPDATE word SET note = 'x' WHERE id = 1"),
    "change_each": lambda db: db.change_each("UPDATE word SET note = ? WHERE id = 1", [("x",)]),
    "insert": lambda db: db.insert("word", [{"id": 7}]),
    "put": lambda db: db.put("word", [{"id": 1, "text": "un"}]),
    "fill": lambda db: db.fill("word", ("id",), [(8,)]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_found_is_forgotten_once_the_connection_itself_changes_something(
    change: str, database: Database
) -> None:
    before = database.remembered("words", lambda: words(database))
    CHANGES[change](database)
    after = database.remembered("words", lambda: words(database))
    assert before != after == words(database)


def test_what_is_kept_lasts_through_changes_until_its_mark_is_another(database: Database) -> None:
    assert database.kept("facts", 1, lambda: "first") == "first"
    database.change("UPDATE word SET note = 'x'")
    assert database.kept("facts", 1, lambda: "again") == "first"
    assert database.kept("others", 1, lambda: "else") == "else"
    assert database.kept("facts", 2, lambda: "second") == "second"
    assert database.kept("facts", 1, lambda: "third") == "third"


def test_questions_of_one_snapshot_are_one_transaction_that_is_left_again(
    database: Database,
) -> None:
    connection: Any = database.driver
    with database.snapshot():
        assert connection.in_transaction
        with database.snapshot():
            database.rows("SELECT 1")
        assert connection.in_transaction
    assert not connection.in_transaction


# Places.


@pytest.mark.parametrize("busy_ms", [7, 1500])
def test_a_connection_to_any_place_waits_as_long_as_it_is_told(
    busy_ms: int, tmp_path: Path
) -> None:
    path = tmp_path / "deals.db"
    sqlite3.connect(path).close()
    with closing(connect_at(Location(path), busy_ms=busy_ms)) as connection:
        (found,) = connection.execute("PRAGMA busy_timeout").fetchall()
        assert tuple(found) == (busy_ms,)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (("id-1", None), ""),
        (("id-2", None), "Another database was put in the place of"),
        ((None, None), "Another database was put in the place of"),
        (("id-1", "moved.db"), ""),
    ],
)
def test_a_server_is_looked_at_whether_it_still_holds_what_was_opened(
    found: tuple[Any, ...], said: str
) -> None:
    row = (found[0], SCHEMA if found[0] else None, found[1])
    connection: Any = SimpleNamespace(execute=lambda sql: SimpleNamespace(fetchone=lambda: row))
    identity = ServerIdentity(Server("postgresql://box/sales"), "id-1")
    if not said:
        assert identity.check_since(connection, None) is None
        return
    with pytest.raises(DatabaseError, match=said):
        identity.check_since(connection, None)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({}, "The file is of schema None, this program of"),
        ({"database_schema": 1, "tables": {}}, "The file is of schema 1, this program of"),
        ({"database_schema": "now"}, "The file holds no tables."),
        ({"database_schema": "now", "tables": []}, "The file holds no tables."),
    ],
)
def test_a_file_that_is_no_whole_workspace_of_this_program_fills_nothing(
    document: dict[str, object], said: str, database: Database
) -> None:
    if document.get("database_schema") == "now":
        document = document | {"database_schema": SCHEMA}
    with pytest.raises(BadInput, match=said):
        restore(database, document)
    assert len(words(database)) == 2


# PostgreSQL's own programs, which make its copies.


@pytest.mark.parametrize(
    ("url", "words_of_it", "password"),
    [
        (None, [], None),
        ("postgresql://ana@box/sales", ["--dbname=postgresql://ana@box/sales"], None),
        ("postgresql://ana:s%2Fx@box/sales", ["--dbname=postgresql://ana@box/sales"], "s/x"),
    ],
)
def test_a_password_goes_to_a_program_by_its_environment_alone(
    url: str | None, words_of_it: list[str], password: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[list[str], str | None]] = []

    def run(words: list[str], **more: Any) -> Any:
        asked.append((words, more["env"].get("PGPASSWORD")))
        return SimpleNamespace(returncode=0, stdout="listed", stderr="")

    monkeypatch.delenv("PGPASSWORD", raising=False)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr("subprocess.run", run)
    server = None if url is None else Server(url)
    assert backups._run(server, ["pg_dump", "--no-owner"]) == "listed"
    assert asked == [(["pg_dump", "--no-owner", *words_of_it], password)]


@pytest.mark.parametrize(
    ("code", "stderr", "said"),
    [
        (1, "first\nthe last line\n", "'pg_dump' made no copy: the last line."),
        (2, "", "'pg_dump' made no copy: it gave no reason."),
        (None, "", ""),
    ],
)
def test_a_program_that_makes_no_copy_is_told_with_its_reason(
    code: int | None, stderr: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = SimpleNamespace(returncode=code, stdout="", stderr=stderr)
    found = None if code is None else "/usr/bin/pg_dump"
    monkeypatch.setattr("shutil.which", lambda name: found)
    monkeypatch.setattr("subprocess.run", lambda *words, **more: done)
    with pytest.raises(DatabaseError) as refused:
        backups._run(None, ["pg_dump"])
    if code is None:
        assert refused.value.hint == "Install the package postgresql-client."
        return
    assert (refused.value.message, refused.value.hint) == (said, "Nothing was changed.")


def test_what_a_transaction_puts_into_the_log_is_noted_where_that_is_asked_for(
    database: Database,
) -> None:
    database.change("CREATE TABLE command (id TEXT, verb TEXT)")
    rows = [{"id": f"c{number}", "verb": "add"} for number in range(3)]
    database.insert("command", rows[:1])
    assert database.log_rows is None
    database.log_rows = {}
    database.insert("word", [{"id": 9}])
    assert database.log_rows == {}
    database.insert("command", rows[1:2])
    database.insert("command", rows[2:])
    assert database.log_rows == {"command": rows[1:]}
    assert len(database.records("SELECT id FROM command")) == 3


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (sqlite3.OperationalError("no such table: workspace"), "replaced"),
        (sqlite3.OperationalError("out of patience"), "other"),
    ],
)
def test_only_missing_tables_say_that_another_database_is_there(
    error: sqlite3.OperationalError, reason: str
) -> None:
    def execute(sql: str) -> Any:
        raise error

    connection: Any = SimpleNamespace(execute=execute)
    identity = ServerIdentity(Server("postgresql://box/sales"), "id-1")
    with pytest.raises(DatabaseError) as refused:
        identity.check_since(connection, None)
    assert refused.value.details["reason"] == reason


def test_a_store_that_was_opened_to_read_writes_nothing_and_says_how_it_would() -> None:
    engine = object()
    reading, writing = (
        SimpleNamespace(read_only=read_only, _engine=engine) for read_only in (True, False)
    )
    store: Any = Store
    assert store._writing(writing) is engine
    with pytest.raises(ReadOnly) as refused:
        store._writing(reading)
    assert refused.value.message == "The database was opened for reading only."
    assert refused.value.hint == "Open it without --read-only."


@pytest.mark.parametrize(("found", "is_newer"), [(6, False), (7, False), (8, True)])
def test_a_schema_that_is_newer_than_the_program_is_told_with_its_number(
    found: int, is_newer: bool
) -> None:
    if not is_newer:
        check_schema(found, 7)
        return
    with pytest.raises(DatabaseError) as refused:
        check_schema(found, 7)
    assert refused.value.message == "The database has schema 8, this Pipeboard knows 7 at most."
    assert refused.value.hint == "Update Pipeboard; nothing was read or written."
    assert refused.value.details == {"reason": "newer", "schema": 8}


@pytest.mark.parametrize(
    ("events", "there"),
    [
        ([[("n1", False)]], ["n1"]),
        ([[("n1", False), ("n2", False)]], ["n1", "n2"]),
        ([[("n1", False)], [("n1", True)]], []),
        ([[("n1", False)], [("n1", True)], [("n1", False)]], ["n1"]),
        ([[("n1", False), ("n1", True)]], []),
        ([[("n1", False), ("n2", False)], [("n2", True)]], ["n1"]),
        ([[]], []),
    ],
)
def test_a_note_that_is_undone_goes_and_comes_back_when_it_is_redone(
    events: list[list[tuple[str, bool]]], there: list[str], database: Database
) -> None:
    database.change("CREATE TABLE note (id TEXT PRIMARY KEY, text TEXT, removed INTEGER)")
    for remarks in events:
        rows = [(undone, {"id": one, "text": "x", "removed": False}) for one, undone in remarks]
        _put(database, "note", rows)
    assert database.column("SELECT id FROM note WHERE NOT removed ORDER BY id") == there


@pytest.mark.parametrize(
    ("function_is", "seen_is_null", "all_"),
    [(False, None, True), (True, True, True), (True, False, False)],
)
def test_a_login_is_shown_all_where_no_script_narrows_it(
    function_is: bool, seen_is_null: bool | None, all_: bool
) -> None:
    answers = {"to_regproc": function_is, "pipeboard_seen()": seen_is_null}
    server: Any = SimpleNamespace(
        column=lambda sql: [next(found for part, found in answers.items() if part in sql)]
    )
    assert shows_all(server) is all_


def test_a_copy_of_a_server_counts_once_every_table_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, str]] = []
    held = list(TABLES)

    def run(server: object, command: list[str]) -> str:
        asked.append((server, command[0]))
        for word in command:
            if word.startswith("--file="):
                Path(word.removeprefix("--file=")).write_bytes(b"copy")
        return "".join(f"7; 0 1 TABLE DATA public {table} ana\n" for table in held)

    monkeypatch.setattr(backups, "_run", run)
    server, copies = Server("postgresql://box/sales"), Location(tmp_path / "box.sales")
    for hour in range(3):
        at = datetime(2026, 11, 23, hour, tzinfo=UTC)
        whole = backups.back_up_server(server, copies, at, to=None, keep=2)
        assert whole.read_bytes() == b"copy"
    assert asked == [(server, "pg_dump"), (None, "pg_restore")] * 3
    assert [one.at.hour for one in backups.backups_of(copies)] == [2, 1]
    elsewhere = tmp_path / "own.dump"
    assert backups.back_up_server(server, copies, at, to=elsewhere, keep=1) == elsewhere
    assert len(backups.backups_of(copies)) == 2
    held.remove("deal")
    held.remove("note")
    with pytest.raises(DatabaseError) as refused:
        backups.back_up_server(server, copies, at, to=tmp_path / "bad.dump", keep=1)
    assert refused.value.message == "No backup was made: the copy lacks deal, note."
    assert sorted(path.name for path in tmp_path.iterdir() if "dump" in path.name) == ["own.dump"]


def test_a_file_is_known_by_what_the_system_says_of_it(tmp_path: Path) -> None:
    place = Location(tmp_path / "deals.db")
    assert (place.mark, place.exists, place.folder) == (None, False, tmp_path)
    assert not place.may_write_beside
    place.path.touch()
    found = place.path.stat()
    assert (place.mark, place.exists) == ((found.st_dev, found.st_ino), False)
    assert place.may_write_beside
    place.path.write_bytes(b"x")
    assert place.exists
    server = Server("postgresql://box/sales")
    assert (server.mark, server.folder) == ((0, 0), None)


@pytest.mark.parametrize("is_shared", [False, True])
@pytest.mark.parametrize("there", [False, True])
def test_the_file_of_a_new_database_has_the_rights_that_its_folder_implies(
    there: bool, is_shared: bool, tmp_path: Path
) -> None:
    folder = tmp_path / "place"
    folder.mkdir()
    folder.chmod(0o2770 if is_shared else 0o700)
    place = Location(folder / "deals.db")
    if there:
        place.path.touch(0o644)
    make_file(place)
    assert place.path.stat().st_mode & 0o777 == (0o660 if is_shared else 0o600)
    assert place.path.stat().st_size == 0


def test_a_file_that_cannot_be_made_is_told_in_words(tmp_path: Path) -> None:
    long = Location(tmp_path / ("x" * 300))
    with pytest.raises(DatabaseError, match="cannot be made: File name too long") as refused:
        make_file(long)
    assert refused.value.hint == "Name another path with --db."


@pytest.mark.parametrize(
    ("said", "is_of_index"),
    [
        ("row 7 missing from index deal_by_name", True),
        ("wrong # of entries in index deal_by_name", True),
        ("Page 9: btreeInitPage() returns error code 11", False),
        ("missing from somewhere", False),
        ("index deal_by_name is odd", False),
    ],
)
def test_a_damaged_index_is_told_from_a_damaged_page(said: str, is_of_index: bool) -> None:
    assert checking._is_of_index(said) is is_of_index


@pytest.mark.parametrize(
    ("tables", "value", "schema", "said", "hint", "reason"),
    [
        ((), None, None, "", "", ""),
        (("counter", "deal", "event"), 7, 7, "", "", ""),
        (("counter", "deal", "event", "more"), 1, 1, "", "", ""),
        (
            ("counter", "deal"), 7, None,
            "team.db is a database, but not one of Pipeboard's.",
            "Name another file with --db.", "foreign",
        ),
        (
            ("song",), 7, None,
            "team.db is a database, but not one of Pipeboard's.",
            "Name another file with --db.", "foreign",
        ),
        *(
            (
                ("counter", "deal", "event"), lost, None,
                "team.db is damaged: the number of its schema is lost.",
                "Bring back a backup; the file was left as it is.", "corrupt",
            )
            for lost in (None, 0, -1, "seven")
        ),
    ],
)  # fmt: skip
def test_a_database_is_ours_by_its_tables_and_the_number_of_its_schema(
    tables: tuple[str, ...], value: object, schema: int | None, said: str, hint: str, reason: str
) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        for table in tables:
            connection.execute(f"CREATE TABLE {table} (name, value)")
        if "counter" in tables:
            connection.execute("INSERT INTO counter VALUES ('other', 5)")
            if value is not None:
                connection.execute("INSERT INTO counter VALUES ('schema', ?)", (value,))
        if not said:
            assert schema_of(connection, PLACE.location) == schema
            return
        with pytest.raises(DatabaseError) as refused:
            schema_of(connection, PLACE.location)
    assert (refused.value.message, refused.value.hint) == (said, hint)
    assert refused.value.details["reason"] == reason


@pytest.mark.parametrize("gone", [False, True])
def test_a_file_that_was_replaced_or_emptied_is_written_to_no_more(
    gone: bool, tmp_path: Path
) -> None:
    place = Location(tmp_path / "team.db")
    place.path.write_bytes(b"x")
    found = place.path.stat()
    identity = Identity(place, found.st_dev, found.st_ino, "id-1")
    assert identity.check_file().st_ino == found.st_ino
    place.path.write_bytes(b"")
    with pytest.raises(DatabaseError, match="was emptied since it was opened") as emptied:
        identity.check_file()
    assert emptied.value.details == {"reason": "truncated"}
    assert emptied.value.hint.startswith("Nothing was written. Bring back a backup")
    other = tmp_path / "other.db"
    other.write_bytes(b"y")
    other.replace(place.path)
    if gone:
        place.path.unlink()
    with pytest.raises(DatabaseError) as refused:
        identity.check_file()
    assert refused.value.details["reason"] == ("deleted" if gone else "replaced")


def test_a_file_with_a_second_name_is_told_how_many_it_has(tmp_path: Path) -> None:
    place = Location(tmp_path / "team.db")
    place.path.write_bytes(b"x")
    check_names(place, place.path.stat())
    for number in (2, 3):
        (tmp_path / f"link{number}").hardlink_to(place.path)
        with pytest.raises(DatabaseError, match=rf"has {number} names \(hard links\)") as refused:
            check_names(place, place.path.stat())
        assert refused.value.details == {"reason": "linked"}
        assert "find FOLDER -samefile FILE" in refused.value.hint


COLUMNS = ["id", "text", "note"]
NO_TABLE, DAMAGED = "The file has no table word", "The rows of word"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"columns": COLUMNS, "rows": []}, ""),
        ({"columns": COLUMNS, "rows": [[7, "seven", None], [8, "", "n"]]}, ""),
        ({"columns": COLUMNS[::-1], "rows": [[None, "seven", 7]]}, ""),
        (None, NO_TABLE),
        ([], NO_TABLE),
        ({"rows": []}, NO_TABLE),
        ({"columns": ["id", "text"], "rows": []}, NO_TABLE),
        ({"columns": [*COLUMNS, "more"], "rows": []}, NO_TABLE),
        ({"columns": "id", "rows": []}, NO_TABLE),
        ({"columns": COLUMNS}, DAMAGED),
        ({"columns": COLUMNS, "rows": {}}, DAMAGED),
        ({"columns": COLUMNS, "rows": [[7, "seven"]]}, DAMAGED),
        ({"columns": COLUMNS, "rows": [[7, "seven", None, 1]]}, DAMAGED),
        ({"columns": COLUMNS, "rows": [[7, "seven", 1.5]]}, DAMAGED),
        ({"columns": COLUMNS, "rows": [[7, "seven", ["n"]]]}, DAMAGED),
        ({"columns": COLUMNS, "rows": [{"id": 7}]}, DAMAGED),
        ({"columns": COLUMNS, "rows": [[7, "a", None], [8, "b"]]}, DAMAGED),
    ],
)
def test_a_table_of_a_whole_workspace_comes_in_with_all_its_columns_and_rows(
    content: object, said: str, database: Database
) -> None:
    database.change("DELETE FROM word")
    if said:
        with pytest.raises(BadInput, match=said):
            _fill(database, "word", content)
        assert words(database) == []
        return
    _fill(database, "word", content)
    assert isinstance(content, dict)
    order = [content["columns"].index(name) for name in COLUMNS]
    assert words(database) == [tuple(row[place] for place in order) for row in content["rows"]]


def _made(path: Path, schema: int, *ids: object) -> Location:
    """As much of a database as a first look asks for."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in (
            "counter (name, value)", "deal (id)", "event (id)", "workspace (id)",
            "setting (name, value)",
        ):  # fmt: skip
            connection.execute(f"CREATE TABLE {table}")
        connection.execute("INSERT INTO counter VALUES ('schema', ?)", (schema,))
        connection.executemany("INSERT INTO workspace VALUES (?)", [(one,) for one in ids])
    return Location(path)


@pytest.mark.parametrize(
    ("schema", "ids", "found"),
    [
        (SCHEMA, ("id-1",), (SCHEMA, "id-1")),
        (SCHEMA - 1, (), (SCHEMA - 1, "")),
        (1, ("id-1",), (1, "")),
        (SCHEMA, (), "corrupt"),
        (SCHEMA, (7,), "corrupt"),
        (SCHEMA + 1, ("id-1",), "newer"),
    ],
)
def test_a_first_look_says_which_database_it_is_or_why_it_cannot_be_worked_in(
    schema: int, ids: tuple[object, ...], found: tuple[int, str] | str, tmp_path: Path
) -> None:
    place = _made(tmp_path / "team.db", schema, *ids)
    if isinstance(found, str):
        with pytest.raises(DatabaseError) as refused:
            look(place)
        assert refused.value.details["reason"] == found
        return
    seen = look(place)
    at = place.path.stat()
    assert seen is not None and not seen.recovered
    assert seen.schema == found[0]
    assert seen.identity == Identity(place, at.st_dev, at.st_ino, found[1])


@pytest.mark.parametrize("there", ["nothing", "an empty file", "no tables"])
def test_where_nothing_was_made_yet_a_first_look_finds_nothing(there: str, tmp_path: Path) -> None:
    place = Location(tmp_path / "team.db")
    if there == "an empty file":
        place.path.touch()
    elif there == "no tables":
        with closing(sqlite3.connect(place.path)) as connection, connection:
            connection.execute("CREATE TABLE x (y)")
            connection.execute("DROP TABLE x")
    assert look(place) is None


@pytest.mark.parametrize(
    ("refused", "may"), [((), True), (("team.db",), False), (("place",), False)]
)
def test_a_change_needs_the_right_to_write_to_the_file_and_to_its_folder(
    refused: tuple[str, ...], may: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def access(path: Path, mode: int) -> bool:
        return mode == os.W_OK and Path(path).name not in refused

    monkeypatch.setattr("os.access", access)
    assert Location(tmp_path / "place" / "team.db").may_write_beside is may


@pytest.mark.parametrize(
    ("deals", "named"),
    [
        (1, "D-1"),
        (2, "D-1, D-2"),
        (3, "D-1, D-2, D-3"),
        (4, "D-1, D-2, D-3 or another of 4 deals"),
    ],
)
def test_a_deal_that_somebody_else_changed_meanwhile_is_not_written_over(
    deals: int, named: str, database: Database
) -> None:
    database.change("CREATE TABLE deal (id INTEGER, version INTEGER, source TEXT)")
    rows: list[dict[str, object]] = [
        {"deal_id": number, "decided_on": 7, "source": "web"} for number in range(1, deals + 1)
    ]
    database.insert("deal", [{"id": row["deal_id"], "version": 7} for row in rows])
    _update(database, ("source",), rows)
    assert database.column("SELECT DISTINCT source FROM deal") == ["web"]
    database.change("UPDATE deal SET version = 8 WHERE id = ?", (deals,))
    with pytest.raises(Conflict) as refused:
        _update(database, ("source",), rows)
    assert refused.value.message == f"{named} was changed by somebody else meanwhile."
    assert refused.value.hint == "Look at it again, then repeat."


@pytest.mark.parametrize(
    ("currency", "minor", "bp", "key", "amounts"),
    [
        ("EUR", 500, None, (3, "ana", "EUR"), (1, 500, 500, 0)),
        ("EUR", 500, 6_000, (3, "ana", "EUR"), (1, 500, 0, 3_000_000)),
        ("USD", 500, 0, (3, "ana", "USD"), (1, 500, 0, 0)),
        ("EUR", 0, None, (3, "ana", "EUR"), (1, 0, 0, 0)),
        (None, None, None, (3, "ana", ""), (1, 0, 0, 0)),
        (None, None, 6_000, (3, "ana", ""), (1, 0, 0, 0)),
    ],
)
def test_a_deal_adds_its_value_to_its_stage_by_the_chance_of_that_or_its_own(
    currency: str | None, minor: int | None, bp: int | None, key: object, amounts: object
) -> None:
    assert contributed(3, "ana", currency, minor, bp) == (key, amounts)


@pytest.mark.parametrize(
    ("known", "strays"),
    [
        ((), [1, 2, 3, 4, 5, 6]),
        ((3,), [1, 2, 4, 5, 6]),
        ((2, 3), [1, 4, 5, 6]),
        ((2, 5), [1, 3, 4, 6]),
        ((1, 2, 3, 4, 5, 6), []),
        ((0, 3, 9), [1, 2, 4, 5, 6]),
    ],
)
def test_a_deal_in_a_stage_that_no_pipeline_has_is_found_by_its_stage(
    known: tuple[int, ...], strays: list[int], database: Database
) -> None:
    database.change("CREATE TABLE deal (id INTEGER, stage_id INTEGER, live INTEGER)")
    rows = [{"id": 10 * stage, "stage_id": stage, "live": stage > 0} for stage in range(-1, 7)]
    database.insert("deal", [row for row in rows if row["stage_id"]])
    found = sorted(database.column(_strays(known)))
    assert found == [10 * stage for stage in strays]
    assert _strays((2, 3)).count("union all") == 1  # between neighbours nothing can stand


@pytest.mark.parametrize(
    ("wanted", "halves"),
    [
        ("lumen", ["lum", "men"]),
        ("ab lumen kiln", ["lum", "men", "kil", "iln"]),
        ("packaging ab lumen", ["pack", "ging", "lum", "men"]),
        ("oy", ["oy"]),
    ],
)
def test_a_name_with_a_wrong_letter_is_looked_for_by_halves_of_its_two_longest_words(
    wanted: str, halves: list[str], monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    asked: list[str] = []

    def called(_: Database, half: str) -> Sql:
        asked.append(half)
        return Sql("true")

    monkeypatch.setattr(finding, "called", called)
    assert finding._nearly(database, wanted).text
    assert asked == halves


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (FileNotFoundError(2, "No such file"), None),
        (NotADirectoryError(20, "Not a directory"), None),
        (PermissionError(13, "Permission denied"), "unreachable"),
    ],
)
def test_a_file_of_which_the_system_says_nothing_is_told_from_one_that_is_not_there(
    error: OSError, reason: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Location(tmp_path / "team.db")

    def stat(path: Path, **_: object) -> object:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(Path, "stat", stat)
        if reason is None:
            assert stat_of(place) is None
            return
        with pytest.raises(DatabaseError, match="cannot be looked at: Permission denied") as told:
            stat_of(place)
    assert told.value.hint == "Look at the rights of its folders."
    assert told.value.details["reason"] == reason


@pytest.mark.parametrize(
    ("overstay", "idle", "parts"),
    [(False, False, []), (True, False, ["entered"]), (False, True, ["touched"]),
     (True, True, ["entered", "touched"])],
)  # fmt: skip
def test_a_stage_asks_for_the_limits_that_it_has(
    overstay: bool, idle: bool, parts: list[str]
) -> None:
    day = date(2026, 11, 23)
    limit = Limits(3, day, day if overstay else None, day if idle else None, day if idle else None)
    found = attention._past(limit, ZoneInfo("Europe/Berlin")).text
    asked = {"entered": "stage_entered_at <", "touched": "deal.next_due"}
    assert [part for part, words in asked.items() if words in found] == parts
    assert (found == "false") is not bool(parts)
