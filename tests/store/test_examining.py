"""What the doctor finds, each check at its edge; and which copies lie beside a database."""

from __future__ import annotations

import os
import shutil
import sqlite3
import types
from collections.abc import Iterator
from contextlib import closing, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeboard.domain.errors import DatabaseError
from pipeboard.store import Store, examining
from pipeboard.store.backups import (
    BEFORE_IMPORT,
    KEPT,
    REPLACED,
    back_up,
    backups_of,
    left_behind,
    part_of,
)
from pipeboard.store.checking import Flaw, check_copy
from pipeboard.store.connecting import connect
from pipeboard.store.database import Database
from pipeboard.store.examining import Finding, Level, examine
from pipeboard.store.locating import Location, Server, locate_file
from pipeboard.store.opening import Identity
from pipeboard.store.troubles import RECOVERED
from tests.team import NOW, Team, add

STAMP = "20260330T223000Z"

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    team = Team.make(tmp_path_factory.mktemp("examined") / "team.db")
    add(team.rep("ana"))
    team.close()
    return team.path


@pytest.fixture
def path(kept: Path, tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "place"
    folder.mkdir(mode=0o700)
    path = Path(shutil.copy(kept, folder / "team.db"))
    path.chmod(0o600)
    yield path
    folder.chmod(0o700)


def found(path: Path, check: str, now: datetime = NOW, digest: str = "") -> list[Finding]:
    location = locate_file(str(path))
    return [one for one in examine(location, now, digest, copies=location) if one.check == check]


def level(path: Path, check: str, now: datetime = NOW, digest: str = "") -> str:
    """The worst that a check says, "" where it says nothing."""
    levels = [one.level for one in found(path, check, now, digest)]
    return str(max(levels, key=[*Level].index, default=""))


SGID = 0o2000


@pytest.mark.parametrize(
    ("folder", "file", "said"),
    [
        (0o700, 0o600, "for you alone"),
        (0o700, 0o400, "cannot write"),
        (0o700, 0o200, "cannot write"),
        (0o700, 0o640, "The group may open"),
        (0o700, 0o620, "The group may open"),
        (0o700, 0o604, "Everybody on this machine may open"),
        (0o700, 0o601, "Everybody on this machine may open"),
        (0o700, 0o660, "The group may open"),
        (SGID | 0o770, 0o660, "for the group of its folder"),
        (SGID | 0o770, 0o600, "cannot write"),
        (SGID | 0o770, 0o640, "cannot write"),
        (SGID | 0o770, 0o664, "Everybody on this machine may open"),
        (SGID | 0o770, 0o670, "The group may open"),
    ],
)
def test_a_database_has_the_rights_that_its_folder_implies(
    folder: int, file: int, said: str, path: Path
) -> None:
    path.parent.chmod(folder)
    path.chmod(file)
    (rights,) = found(path, "rights")
    assert said in rights.text
    assert f"{file:04o}" in rights.text
    if rights.level is not Level.OK:
        assert rights.mend is not None
        rights.mend()
        assert path.stat().st_mode & 0o777 == (0o660 if folder & SGID else 0o600)
        (mended,) = found(path, "rights")
        assert mended.level is Level.OK


@pytest.mark.parametrize("side", ["-journal", "-wal", "-shm"])
def test_what_belongs_to_a_database_has_its_rights_too(side: str, path: Path) -> None:
    beside = Path(f"{path}{side}")
    beside.touch()
    beside.chmod(0o644)
    assert [one.level for one in examining._about_files(locate_file(str(path)))] == [Level.PROBLEM]
    beside.chmod(0o600)
    assert [one.level for one in examining._about_files(locate_file(str(path)))] == [Level.OK]


@pytest.mark.parametrize(
    ("mode", "said", "after"),
    [
        (0o700, "", 0o700),
        (0o755, "", 0o755),
        (0o757, "Everybody on this machine may replace", 0o755),
        (0o777, "Everybody on this machine may replace", 0o775),
        (0o1777, "", 0o1777),
        (SGID | 0o770, "", SGID | 0o770),
        (SGID | 0o750, "The group may not write", SGID | 0o770),
        (SGID | 0o1770, "has the sticky bit", SGID | 0o770),
        (0o1770, "", 0o1770),
    ],
)
def test_a_folder_is_as_safe_as_what_lies_in_it(
    mode: int, said: str, after: int, path: Path
) -> None:
    path.parent.chmod(mode)
    path.chmod(0o660 if mode & SGID else 0o600)
    folder = found(path, "folder")
    assert [said in one.text for one in folder] == [True] * bool(said)
    for one in folder:
        assert one.mend is not None and one.level is Level.PROBLEM
        one.mend()
    assert path.parent.stat().st_mode & 0o7777 == after


@pytest.mark.parametrize(
    ("free", "expected"), [(64 * 1024 * 1024 - 1, "problem"), (64 * 1024 * 1024, "ok")]
)
def test_there_is_room_for_a_copy_and_a_little_more(
    free: int, expected: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = types.SimpleNamespace(f_bavail=free + path.stat().st_size, f_frsize=1)
    monkeypatch.setattr(os, "statvfs", lambda folder: room)
    assert level(path, "space") == expected


@pytest.mark.parametrize(
    ("name", "is_left"),
    [
        (f"team.db.{STAMP}.backup.part", True),
        (f"team.db.{STAMP}.before-import.backup.part-2", True),
        ("team.db.schema-3.backup.part", True),
        ("team.db.demo.part", True),
        (f"team.db.{STAMP}.backup", False),
        (f"team.db2.{STAMP}.backup.part", False),
        (f"other.db.{STAMP}.backup.part", False),
        ("team.db.part", False),
    ],
)
def test_an_unfinished_copy_that_nobody_is_at_is_left_behind(
    name: str, is_left: bool, path: Path
) -> None:
    other = path.with_name(name)
    other.touch()
    (left, *_) = found(path, "left behind") or (None,)
    assert (left is not None) is is_left
    if left is not None and left.mend is not None:
        assert name in left.text
        left.mend()
        assert not other.exists()


@pytest.mark.parametrize(("age", "is_left"), [(HOUR / 2, False), (2 * HOUR, True)])
def test_one_that_is_not_ours_to_look_at_is_left_behind_once_it_is_an_hour_old(
    age: timedelta, is_left: bool, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = path.with_name(f"team.db.{STAMP}.backup.part")
    other.touch()
    then = (datetime.now(UTC) - age).timestamp()
    os.utime(other, (then, then))

    def refused(*_: object) -> int:
        raise PermissionError("not yours")

    monkeypatch.setattr("pipeboard.store.backups.os.open", refused)
    assert bool(left_behind(locate_file(str(path)))) is is_left


def copy_of(path: Path, at: datetime, kind: str = "") -> Path:
    return back_up(locate_file(str(path)), at, kind=kind, checks=False)


def test_nothing_stays_of_a_copy_that_is_broken_off(tmp_path: Path) -> None:
    beside = Location(tmp_path / "team.db")
    with pytest.raises(OSError, match="full"), part_of(tmp_path / "copy.db", beside) as part:
        part.with_name(f"{part.name}-journal").touch()
        raise OSError("full")
    assert list(tmp_path.iterdir()) == []


def test_a_backup_is_old_after_a_week(path: Path) -> None:
    assert level(path, "backups") == "note"
    copy_of(path, NOW - 30 * DAY, REPLACED)  # which nobody made to keep
    assert "There is no backup" in found(path, "backups")[0].text
    copy_of(path, NOW - 7 * DAY - SECOND)
    assert (level(path, "backups"), found(path, "backups")[0].text) == (
        "note", "The last backup is 7 days old.",
    )  # fmt: skip
    copy_of(path, NOW - 7 * DAY, BEFORE_IMPORT)
    assert level(path, "backups") == "ok"
    assert found(path, "backups")[0].text.startswith("2, the last of ")


@pytest.mark.parametrize(
    ("ahead", "expected", "said"),
    [(timedelta(minutes=5), "ok", "after the last change"),
     (timedelta(minutes=6), "problem", "6 minutes ahead"),
     (DAY, "problem", "1 day ahead"), (2 * DAY, "problem", "2 days ahead"),
     (-DAY, "ok", "after the last change")],
)  # fmt: skip
def test_a_change_that_lies_ahead_says_that_the_clock_is_wrong(
    ahead: timedelta, expected: str, said: str, path: Path
) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (last,) = connection.execute("SELECT max(at) FROM command").fetchone()
    now = datetime.fromtimestamp(last / 1e6, UTC) - ahead
    (clock,) = found(path, "clock", now)
    assert (clock.level, said in clock.text) == (expected, True)


def test_a_seal_that_was_written_down_is_looked_for_in_the_log(path: Path) -> None:
    (seal,) = found(path, "seal")
    digest = seal.text.rpartition("seal ")[2].rstrip(".")
    assert "begins with" not in seal.text
    (proved,) = found(path, "seal", digest=digest)
    assert (proved.level, "It begins with what your seal proves" in proved.text) == ("ok", True)
    assert level(path, "seal", digest="0" * 64) == "problem"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE command SET summary = 'x' WHERE seq = 1")
        connection.commit()
    (broken,) = found(path, "seal", digest=digest)
    assert "the first 0 commands only" in broken.text


def test_a_backup_that_holds_more_than_the_history_is_told(path: Path) -> None:
    older = Path(shutil.copy(path, path.with_name("older")))
    team = Team(path)
    add(team.rep("ana"))
    team.close()
    copy_of(path, NOW)
    assert level(path, "seal") == "ok"
    shutil.copy(older, path)
    assert level(path, "seal") == "note"
    assert "not in the history any more" in found(path, "seal")[-1].text


def test_missing_tables_are_graver_than_missing_indices(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP INDEX note_of_deal")
        connection.commit()
    (indices,) = found(path, "indices")
    assert "note_of_deal" in indices.text and indices.mend is not None
    indices.mend()
    assert found(path, "indices") == []
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE saved_filter")
        connection.commit()
    assert "saved_filter" in examined_tables(path)


def examined_tables(path: Path) -> str:
    (tables,) = found(path, "tables")
    assert (tables.level, tables.mend) == (Level.PROBLEM, None)
    return tables.text


def test_totals_that_do_not_add_up_are_added_up_anew(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        before = connection.execute("SELECT * FROM stage_total").fetchall()
        connection.execute("UPDATE stage_total SET value_minor = value_minor + 1")
        connection.commit()
    (totals,) = found(path, "totals")
    assert totals.mend is not None
    totals.mend()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT * FROM stage_total").fetchall() == before
    assert level(path, "contents") == "ok"


def test_what_is_no_database_is_a_problem_with_its_cure(path: Path, tmp_path: Path) -> None:
    empty, none = tmp_path / "empty.db", tmp_path / "none.db"
    with closing(sqlite3.connect(empty)) as connection:
        connection.execute("VACUUM")
    for place in (empty, none):
        (problem,) = found(place, "database")
        assert (problem.level, bool(problem.cure)) == (Level.PROBLEM, True)


# Copies beside a database.


def test_copies_are_told_by_their_names_the_newest_first(path: Path) -> None:
    stamp, later = "20261101T090000Z", "20261102T090000Z"
    names = {
        f"team.db.{stamp}.backup": "",
        f"team.db.{later}.backup": "",
        f"team.db.{later}.backup-1": "",
        f"team.db.{stamp}.before-import.backup": "before-import",
        f"team.db.{stamp}.replaced.backup": "replaced",
        "team.db.schema-4.backup": "before-migration",
    }
    for name in (*names, f"team.db.{stamp}.backup.part", f"other.db.{stamp}.backup", "team.db.x"):
        path.with_name(name).write_text("x")
    path.with_name(f"team.db.{stamp}.backup-9").symlink_to(path)
    os.utime(path.with_name("team.db.schema-4.backup"), (0, 0))
    copies = backups_of(locate_file(str(path)))
    assert {one.path.name: one.kind for one in copies} == names
    assert [one.path.name for one in copies[:2]] == [
        f"team.db.{later}.backup-1", f"team.db.{later}.backup",
    ]  # fmt: skip
    assert copies[-1].path.name == "team.db.schema-4.backup"
    assert {(one.size, one.is_mine) for one in copies} == {(1, True)}
    assert copies[0].at == datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize("kind", KEPT)
def test_so_many_copies_of_a_kind_stay(kind: str, path: Path) -> None:
    assert KEPT == {"": 14, "before-import": 5, "replaced": 5}
    for day in range(4):
        path.with_name(f"team.db.2026110{day + 1}T090000Z.backup").touch()
        path.with_name(f"team.db.2026110{day + 1}T090000Z.before-import.backup").touch()
    before = {one.path for one in backups_of(locate_file(str(path))) if one.kind != kind}
    for keep in (3, 1):
        made = back_up(locate_file(str(path)), NOW, kind=kind, keep=keep, checks=False)
        of_kind = [one.path for one in backups_of(locate_file(str(path))) if one.kind == kind]
        assert len(of_kind) <= keep and made in of_kind
        others = {one.path for one in backups_of(locate_file(str(path))) if one.kind != kind}
        assert others == before


@pytest.mark.parametrize(
    ("kind", "cure", "mends"),
    [
        ("indices", "Make them anew: pipeboard doctor --fix", True),
        ("totals", "Add them up anew: pipeboard doctor --fix", True),
        ("deals", "Bring back a backup: pipeboard backup list", False),
    ],
)
def test_what_can_be_made_anew_is_and_the_rest_comes_out_of_a_backup(
    path: Path, kind: str, cure: str, mends: bool
) -> None:
    with closing(Store.open(str(path))) as store:
        database = store.reader.whole().database
        made = examining._finding(database, Flaw(kind, "something is wrong"))
        assert (made.check, made.level, made.text) == (kind, Level.PROBLEM, "Something is wrong.")
        assert (made.cure, made.mend is not None) == (cure, mends)
        if made.mend is not None:
            made.mend()
    assert level(path, "contents") in ("", "ok")


@pytest.mark.parametrize(
    ("mode", "safe", "level_is", "said"),
    [
        ("wal", True, Level.OK, "(write-ahead log)"),
        ("wal", False, Level.PROBLEM, "This SQLite can damage a database with a write-ahead log."),
        ("truncate", True, Level.OK, "(rollback journal)"),
        ("truncate", False, Level.OK, "(rollback journal)"),
        ("delete", False, Level.OK, "(rollback journal)"),
    ],
)
def test_a_write_ahead_log_is_a_problem_where_sqlite_cannot_be_trusted_with_it(
    mode: str, safe: bool, level_is: Level, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examining, "wal_is_safe", lambda version: safe)
    database: Any = types.SimpleNamespace(
        record=lambda sql: (mode,), identity=types.SimpleNamespace(location="team.db")
    )
    known: Any = types.SimpleNamespace(schema=7)
    told = examining._about_versions(database, known)
    assert (told.check, told.level) == ("versions", level_is)
    assert said in told.text and "schema 7" in told.text
    assert ("close all boards" in told.cure) is (level_is is Level.PROBLEM)


def test_only_ones_own_last_backup_is_held_against_the_history(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    copy_of(path, NOW - 2 * DAY)
    copy_of(path, NOW - DAY, BEFORE_IMPORT)
    copy_of(path, NOW, REPLACED)

    def is_in_the_log(database: Database, digest: str) -> bool:
        asked.append(digest)
        return False

    monkeypatch.setattr(examining, "is_in_the_log", is_in_the_log)
    location = locate_file(str(path))
    with closing(connect(location, read_only=True)) as connection:
        database = Database(connection, Identity(location, 0, 0, ""))
        (told,) = examining._about_last_backup(database, location)
    assert (told.check, told.level, len(asked)) == ("seal", Level.NOTE, 1)
    (own,) = (one for one in backups_of(location) if one.kind == "")
    assert f"The last backup ({Location(own.path)}) holds changes" in told.text
    assert told.cure.startswith("An earlier backup was brought back since")


@pytest.mark.parametrize(
    ("there", "shown", "faults", "checks"),
    [
        (True, True, [], ["place", "copies", "contents ok", "log", "pages"]),
        (True, True, [Flaw("replay", "D-1: odd")], ["place", "copies", "replay", "log", "pages"]),
        (True, False, [], ["place", "copies", "contents note"]),
        (False, True, [], None),
    ],
)
def test_what_is_examined_of_a_server_is_what_its_login_is_shown(
    there: bool, shown: bool, faults: list[Flaw], checks: list[str] | None,
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:  # fmt: skip
    database: Any = types.SimpleNamespace(
        record=lambda sql: ("PostgreSQL 15.4 on x86, compiled",), snapshot=nullcontext
    )
    found = types.SimpleNamespace(schema=7, identity=None) if there else None
    stands = {
        "look": lambda server: found,
        "connect_at": lambda server, read_only: types.SimpleNamespace(close=lambda: None),
        "Database": lambda connection, identity: database,
        "_about_copies": lambda copies, now: examining.ok("copies", "There are some."),
        "_about_definitions": lambda database: (),
        "shows_all": lambda database: shown,
        "log_faults": lambda database, heard: iter(faults),
        "agreement_faults": lambda database: iter(()),
        "_about_log": lambda *_: iter([examining.ok("log", "It holds.")]),
        "_finding": lambda database, flaw: examining.problem(flaw.kind, flaw.text, ""),
    }
    for name, stand in stands.items():
        monkeypatch.setattr(examining, name, stand)
    server, copies = Server("postgresql://box/sales"), Location(tmp_path / "box.sales")
    told = examining._examine_server(server, NOW, "", copies, lambda *_: None)
    if checks is None:
        with pytest.raises(DatabaseError, match="has no tables") as refused:
            list(told)
        assert refused.value.hint == "Make them: pipeboard init"
        return
    said = list(told)
    assert said[0].text == "postgresql://box/sales, PostgreSQL 15.4, schema 7."
    assert [
        f"{one.check} {one.level}" if one.check == "contents" else one.check for one in said
    ] == checks


def test_whoever_waits_for_an_examination_hears_how_far_it_is(path: Path) -> None:
    heard: list[tuple[int, float, str]] = []
    location = locate_file(str(path))
    told = list(examine(location, NOW, copies=location, heard=lambda *said: heard.append(said)))
    assert all(one.level is not Level.PROBLEM for one in told)
    assert [said for said in heard if said[2] == "deals"] == [(0, 0.0, "deals"), (1, 1.0, "deals")]
    commands = [said for said in heard if said[2] == "commands"]
    assert commands[-1] == (1, 1.0, "commands")
    assert all(0 <= share <= 1 for _, share, _ in heard)
    backup: list[tuple[int, float, str]] = []
    assert check_copy(location, lambda *said: backup.append(said)) == []
    assert backup[-1] == (1, 1.0, "deals")


def test_a_change_that_was_cut_off_is_only_told_where_one_was(path: Path) -> None:
    assert RECOVERED not in [one.text for one in found(path, "journal")]
