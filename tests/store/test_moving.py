"""A workspace that goes to another file: what is copied, and what nothing is written over."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipeboard.domain.errors import BadInput, DatabaseError, Refused
from pipeboard.domain.events import Kind, change_to, evolve
from pipeboard.domain.settings import Rep
from pipeboard.store import Store, dialect, moving
from pipeboard.store.database import Database
from pipeboard.store.moving import contents_of, move
from pipeboard.store.projecting import Change
from pipeboard.store.whole import check_deals
from pipeboard.store.writing import Done
from tests.store.made_up import NOW, deal, store_with


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Store]:
    with closing(store_with(tmp_path / "here.db", [deal(1), deal(2, owner="ana")])) as made:
        yield made


def database(store: Store) -> Database:
    return store.reader.whole().database


def work(store: Store, name: str) -> None:
    before = store.reader.deal(1)
    assert before is not None
    event = change_to(before, Kind.EDITED, NOW, {"source": name})
    done = Done(name, NOW, "ana", "", "set", "Set.")
    store.write(
        lambda writer: writer.record(done, [Change(before, evolve(before, event), (event,))])
    )


def test_all_of_it_goes_there_and_the_old_one_says_where_it_is(here: Store, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    counts, digest = contents_of(database(here))
    dry = move(here, str(there), dry_run=True)
    assert (dry.rows, dry.digest, there.exists()) == (counts, digest, False)
    moved = move(here, str(there))
    assert (moved.to, moved.rows, moved.digest) == (str(there), counts, digest)
    assert (counts["deal"], counts["command"]) == (2, 1)
    marks = f"select value from setting where name = '{dialect.MOVED_TO}'"
    assert database(here).column(marks) == [f'"{there}"']
    with closing(Store.open(str(there))) as new:
        assert contents_of(database(new)) == (counts, digest)
        assert database(new).column(marks) == []
        assert new.reader.deals([1, 2]) == here.reader.deals([1, 2])
    assert contents_of(database(here)) == (counts, digest)


def test_the_place_itself_and_another_workspace_are_refused(here: Store, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="is there already"):
        move(here, str(tmp_path / "here.db"))
    store_with(tmp_path / "other.db", [deal(1)]).close()
    with pytest.raises(Refused, match="another workspace"):
        move(here, str(tmp_path / "other.db"))


def test_what_somebody_went_on_to_work_in_is_not_written_over(here: Store, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    move(here, str(there))
    with closing(Store.open(str(there))) as new:
        moving._check_standing(database(here), database(new), new.identity)
        work(new, "c2")
        with pytest.raises(Refused, match="Somebody has worked in"):
            moving._check_standing(database(here), database(new), new.identity)
        moving._check_standing(database(new), database(here), here.identity)


def test_a_copy_that_is_not_what_was_copied_is_refused(
    here: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill = moving._fill
    lacking = "event"

    def most(source: Database, target: Database, table: str) -> None:
        if table != lacking:
            fill(source, target, table)

    monkeypatch.setattr(moving, "_fill", most)
    before = contents_of(database(here))
    with pytest.raises(DatabaseError):
        move(here, str(tmp_path / "there.db"))
    assert contents_of(database(here)) == before
    lacking = "pipeline_version"
    with pytest.raises(DatabaseError, match="is not what was copied") as refused:
        move(here, str(tmp_path / "there.db"))
    assert refused.value.details["reason"] == "differs"


@pytest.mark.parametrize(
    ("spoiled", "sound"),
    [
        ("", True),
        ("UPDATE event SET data = '[' WHERE deal_id = 2", False),
        ("UPDATE event SET kind = 'umber' WHERE deal_id = 2", False),
        ("DELETE FROM event WHERE deal_id = 2", False),
        ("UPDATE deal SET title = 'x' WHERE id = 2", False),
        ("UPDATE deal SET doc = '[' WHERE id = 2", False),
    ],
)
def test_deals_are_checked_against_their_events(here: Store, spoiled: str, sound: bool) -> None:
    if spoiled:
        with closing(sqlite3.connect(str(here.location))) as connection, connection:
            connection.execute(spoiled)
    if sound:
        check_deals(database(here))
        return
    with pytest.raises(BadInput, match="D-2"):
        check_deals(database(here))


@pytest.mark.parametrize("worked", ["nowhere", "here", "there"])
def test_a_move_that_was_broken_off_before_its_mark_is_finished_by_the_next(
    worked: str, here: Store, tmp_path: Path
) -> None:
    there = tmp_path / "there.db"
    shutil.copy(tmp_path / "here.db", there)
    if worked == "here":
        work(here, "c2")
    if worked == "there":
        with closing(Store.open(str(there))) as new:
            work(new, "c2")
        with pytest.raises(Refused, match="Somebody has worked in"):
            move(here, str(there))
        return
    before = there.stat().st_mtime_ns
    counts, digest = contents_of(database(here))
    dry = move(here, str(there), dry_run=True)
    assert (dry.digest, there.stat().st_mtime_ns) == (digest, before)
    moved = move(here, str(there))
    assert (moved.to, moved.rows, moved.digest) == (str(there), counts, digest)
    with closing(Store.open(str(there))) as new:
        assert contents_of(database(new)) == (counts, digest)
    assert (there.stat().st_mtime_ns == before) is (worked == "nowhere")


def test_a_workspace_is_moved_whole_however_few_rows_go_at_a_time(
    here: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "_AT_ONCE", 1)
    work(here, "c2")
    wanted = contents_of(database(here))
    there = tmp_path / "there.db"
    assert move(here, str(there)).digest == wanted[1]
    with closing(Store.open(str(there))) as new:
        assert contents_of(database(new)) == wanted
        assert new.database_id == here.database_id


@pytest.mark.parametrize(
    "change",
    ["DELETE FROM note", "UPDATE deal SET rank = 9 WHERE id = 2", "UPDATE command SET undone = 1",
     "INSERT INTO setting VALUES ('x', '1')", "DELETE FROM saved_filter",
     f"INSERT INTO setting VALUES ('{dialect.MOVED_TO}', '\"x\"')"],
)  # fmt: skip
def test_two_workspaces_are_the_same_by_every_row_but_the_mark_of_a_move(
    change: str, tmp_path: Path
) -> None:
    with closing(store_with(tmp_path / "one.db", [deal(1), deal(2)], {1: "note"})) as one:
        before = contents_of(database(one))
    with closing(sqlite3.connect(tmp_path / "one.db")) as raw, raw:
        raw.execute(change)
    with closing(store_with(tmp_path / "two.db", [])) as two:
        assert contents_of(database(two))[0]["deal"] == 0
    with closing(sqlite3.connect(tmp_path / "one.db")) as raw:
        connection = Database(raw, one.identity)
        after = contents_of(connection)
    is_same = dialect.MOVED_TO in change or "saved_filter" in change
    assert (after == before) is is_same
    assert (after[1] == before[1]) is is_same


def test_a_workspace_comes_back_to_a_place_that_it_had_left(here: Store, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    shutil.copy(tmp_path / "here.db", there)
    mark = f"INSERT INTO setting VALUES ('{dialect.MOVED_TO}', '\"x\"')"
    with closing(sqlite3.connect(there)) as raw, raw:
        raw.execute(mark)
    wanted = contents_of(database(here))
    with closing(Store.open(str(tmp_path / "here.db"))) as again:
        assert not again.has_stored
        move(again, str(there))
        assert again.has_stored
    with closing(Store.open(str(there))) as new:
        assert contents_of(database(new)) == wanted
        new.write(lambda writer: writer.save_rep(Rep("cy")))  # nothing says that it has moved
