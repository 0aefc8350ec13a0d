"""The write transaction: whole or not at all, and every failure told in words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipeboard.domain.agreements import Agreement, Topic
from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.settings import Settings
from pipeboard.store import Store
from pipeboard.store.database import Database
from pipeboard.store.engine import Engine, write
from pipeboard.store.locating import locate_file
from pipeboard.store.writing import Writer
from tests.team import NOW, SETTINGS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    Store.create(str(tmp_path / "deals.db"), SETTINGS).close()
    return tmp_path / "deals.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with closing(Store.open(str(path))) as store:
        yield store


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
