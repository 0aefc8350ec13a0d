"""The write transaction: whole or not at all, and every failure told in words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from pipeboard.domain.agreements import Agreement, Topic
from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.settings import Settings
from pipeboard.store import Store
from pipeboard.store.engine import make_engine, write
from pipeboard.store.locating import locate
from pipeboard.store.writing import Writer
from tests.team import SETTINGS


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
        store.write(lambda writer: writer.agree(wanted))
    with pytest.raises(DatabaseError, match="does not answer as it should"):
        store.reader.saved_filters("ana")


def test_a_transaction_that_was_refused_for_a_moment_is_done_again_whole(path: Path) -> None:
    location = locate(str(path))
    engine, tried = make_engine(location), list[str]()

    def work(session: Session) -> None:
        session.execute(text("UPDATE counter SET value = value + 1 WHERE name = 'change'"))
        tried.append("once more")
        if len(tried) < 3:
            raise _busy()

    before = changes(path)
    write(engine, location, work)
    engine.dispose()
    assert len(tried) == 3
    assert changes(path) == before + 1


def changes(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        (count,) = connection.execute("SELECT value FROM counter WHERE name = 'change'").fetchone()
    return int(count)


def _busy() -> Exception:
    cause = sqlite3.OperationalError("database is locked")
    cause.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return OperationalError("UPDATE", {}, cause)


def test_a_full_disk_is_told_and_nothing_was_changed(path: Path, store: Store) -> None:
    location = locate(str(path))
    engine = make_engine(location)

    def no_more_pages(connection: sqlite3.Connection, _record: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages}")

    event.listen(engine, "connect", no_more_pages)

    def work(session: Session) -> None:
        for number in range(50):
            session.execute(
                text("INSERT INTO saved_filter VALUES (:name, 'ana', :text)"),
                {"name": str(number), "text": "x" * 4_000},
            )

    with pytest.raises(DatabaseError, match="disk is full: nothing was changed") as full:
        write(engine, location, work)
    engine.dispose()
    assert full.value.details["reason"] == "full"
    assert store.reader.saved_filters("ana") == ()
