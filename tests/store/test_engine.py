"""The write transaction: whole or not at all, and every failure told in words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import pipeboard.store
from pipeboard.domain.agreements import Agreement, Topic
from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.settings import Rep, Settings
from pipeboard.store import Store
from pipeboard.store.database import Database
from pipeboard.store.engine import Engine, write
from pipeboard.store.locating import Location, locate_file
from pipeboard.store.opening import look
from pipeboard.store.patience import Patience
from pipeboard.store.writing import Writer
from tests.team import NOW, SETTINGS, Team, add


@pytest.fixture
def path(tmp_path: Path) -> Path:
    Store.create(str(tmp_path / "deals.db"), SETTINGS).close()
    return tmp_path / "deals.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with closing(Store.open(str(path))) as store:
        yield store


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="Linux tells which files are open.")
def test_a_store_that_is_closed_holds_no_file_open(path: Path) -> None:
    def held() -> list[str]:
        links = (one for one in Path("/proc/self/fd").iterdir() if one.is_symlink())
        return [name for one in links if (name := str(_target(one))).startswith(str(path))]

    store = Store.open(str(path))
    assert store.reader.settings() == SETTINGS
    assert held()
    store.close()
    assert not held()


def _target(link: Path) -> Path | None:
    try:
        return link.readlink()
    except OSError:  # closed since
        return None


def test_a_failure_half_way_leaves_nothing_behind(store: Store) -> None:
    def work(writer: Writer) -> None:
        writer.save_settings(Settings(currency="USD"))
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        store.write(work)
    assert store.reader.settings() == SETTINGS


def test_a_statement_that_fails_is_told_in_one_sentence(path: Path, store: Store) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("DROP TABLE saved_filter")
        other.commit()
    wanted = Agreement(Topic.FILTER, ("mine", "ana"), None, {"filter": "stage:won"})
    with pytest.raises(DatabaseError, match="does not answer as it should"):
        store.write(lambda writer: writer.agree(wanted, NOW, "ana"))
    with pytest.raises(DatabaseError, match="does not answer as it should"):
        store.reader.saved_filters("ana")


def test_a_transaction_that_was_refused_for_a_moment_is_done_again_whole(
    path: Path, store: Store
) -> None:
    tried = list[str]()

    def work(database: Database) -> None:
        database.change("UPDATE counter SET value = value + 1 WHERE name = 'change'")
        tried.append("once more")
        if len(tried) < 3:
            raise _busy()

    before = changes(path)
    with closing(Engine(locate_file(store.location.name))) as engine:
        write(engine, store.identity, work)
    assert len(tried) == 3
    assert changes(path) == before + 1


def test_a_connection_is_kept_once_it_is_whole_and_else_given_up(path: Path) -> None:
    with closing(Engine(locate_file(str(path)))) as engine:
        with engine.lend() as first, engine.lend() as second:
            assert first is not second
        with engine.lend() as again:
            assert again is second
            with pytest.raises(sqlite3.ProgrammingError):
                first.execute("SELECT 1")
            again.execute("BEGIN IMMEDIATE")
        with engine.lend() as other:
            assert not other.in_transaction
            with pytest.raises(sqlite3.ProgrammingError):
                again.execute("SELECT 1")


def changes(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        (count,) = connection.execute("SELECT value FROM counter WHERE name = 'change'").fetchone()
    return int(count)


def _busy() -> Exception:
    cause = sqlite3.OperationalError("database is locked")
    cause.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return cause


def test_a_full_disk_is_told_and_nothing_was_changed(path: Path, store: Store) -> None:
    def work(database: Database) -> None:
        pages = database.number("PRAGMA page_count")
        database.number(f"PRAGMA max_page_count={pages}")
        database.insert(
            "saved_filter",
            [{"name": str(n), "owner": "ana", "filter": "x" * 4_000} for n in range(50)],
        )

    with (
        closing(Engine(locate_file(store.location.name))) as engine,
        pytest.raises(DatabaseError, match="disk is full: nothing was changed") as full,
    ):
        write(engine, store.identity, work)
    assert full.value.details["reason"] == "full"
    assert store.reader.saved_filters("ana") == ()


@pytest.mark.parametrize("fails", ["before", "after"])
def test_a_disk_that_fails_in_a_commit_is_told_only_where_nothing_was_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    commit = Patience.commit

    def failing(patience: Patience, connection: sqlite3.Connection, *more: Any) -> None:
        if fails == "after":
            commit(patience, connection, *more)
        trouble = sqlite3.OperationalError("disk I/O error")
        trouble.sqlite_errorcode = sqlite3.SQLITE_IOERR
        raise trouble

    team = Team.make(tmp_path / "team.db")
    ana = team.rep("ana")
    with monkeypatch.context() as patched:
        patched.setattr(Patience, "commit", failing)
        if fails == "after":
            add(ana, "Acme: pilot")
        else:
            with pytest.raises(DatabaseError, match="nothing was changed"):
                add(ana, "Acme: pilot")
    add(ana, "Borealis: pilot")
    assert len(ana.reader.deals(range(9))) == (2 if fails == "after" else 1)
    team.close()


def test_a_store_knows_whether_something_was_stored_through_it(tmp_path: Path) -> None:
    there = str(tmp_path / "new.db")
    with closing(Store.create(there, SETTINGS)) as made:
        assert made.has_stored
    with closing(Store.open(there)) as opened:
        assert not opened.has_stored
        opened.write(lambda writer: None)
        assert not opened.has_stored
        opened.write(lambda writer: writer.save_settings(Settings(currency="USD")))
        assert opened.has_stored


def test_a_database_is_made_with_what_it_begins_with_and_never_over_another(
    tmp_path: Path,
) -> None:
    there = str(tmp_path / "new.db")
    with closing(Store.create(there, SETTINGS, lambda writer: writer.save_rep(Rep("ana")))) as made:
        assert [rep.name for rep in made.reader.reps()] == ["ana"]
        assert made.reader.settings() == SETTINGS
    with pytest.raises(DatabaseError, match="already"):
        Store.create(there, SETTINGS)
    with pytest.raises(ValueError, match="no"):
        Store.create(str(tmp_path / "other.db"), SETTINGS, _refuse)
    assert not Location(tmp_path / "other.db").exists


def _refuse(writer: Writer) -> None:
    raise ValueError("no")


def test_a_snapshot_lasts_for_all_questions_in_it_and_no_longer(store: Store) -> None:
    raw = store.reader._database._connection
    with store.reader.snapshot():
        store.reader.settings()
        with store.reader.snapshot():
            store.reader.settings()
        assert raw.in_transaction
    assert not raw.in_transaction
    with pytest.raises(ValueError, match="no"), store.reader.snapshot():
        raise ValueError("no")
    assert not raw.in_transaction


@pytest.mark.parametrize("recovered", [True, False])
def test_whoever_opens_a_file_hears_that_a_change_was_taken_back(
    recovered: bool, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = look(locate_file(str(path)))
    assert found is not None
    monkeypatch.setattr(
        pipeboard.store, "look", lambda *_, **__: replace(found, recovered=recovered)
    )
    with closing(Store.open(str(path), read_only=True)) as opened:
        assert opened.recovered == (
            "The last change was cut off and has been taken back." if recovered else ""
        )
        assert opened.read_only
