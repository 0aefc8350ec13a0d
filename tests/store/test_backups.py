"""Copies of a database: how they are called, what is kept, and what comes back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeboard.domain.errors import BadInput, DatabaseError, NotFound
from pipeboard.store import Store, backups
from pipeboard.store.backups import (
    BEFORE_IMPORT,
    KEPT,
    REPLACED,
    back_up,
    backups_of,
    forget_oldest,
    new_file,
    part_of,
    restore,
)
from pipeboard.store.locating import Location
from pipeboard.store.opening import SCHEMA
from tests.store.made_up import NOW, deal, store_with

STAMP = "20260330T223000Z"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Location]:
    store_with(tmp_path / "deals.db", [deal(1)]).close()
    yield Location(tmp_path / "deals.db")


def titles(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT title FROM deal ORDER BY id")]


def retitled(place: Location, title: str) -> None:
    with closing(sqlite3.connect(place.path)) as connection, connection:
        connection.execute("UPDATE deal SET title = ?", (title,))


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("", f"deals.db.{STAMP}.backup"),
        (BEFORE_IMPORT, f"deals.db.{STAMP}.before-import.backup"),
        (REPLACED, f"deals.db.{STAMP}.replaced.backup"),
    ],
)
def test_a_copy_is_called_by_its_time_and_kind_and_by_a_number_where_that_is_taken(
    place: Location, kind: str, name: str
) -> None:
    first = back_up(place, NOW, kind=kind, checks=False)
    second = back_up(place, NOW, kind=kind, checks=False)
    assert (first.name, second.name) == (name, f"{name}-1")
    assert titles(first) == titles(place.path)
    found = backups_of(place)
    assert [(one.path, one.at, one.kind, one.is_mine) for one in found] == [
        (second, NOW, kind, True), (first, NOW, kind, True),
    ]  # fmt: skip
    assert found[0].size == second.stat().st_size
    assert first.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (f"deals.db.{STAMP}.backup-12", ""),
        ("deals.db.schema-3.backup", "before-migration"),
        ("deals.db.schema-3.backup-1", "before-migration"),
        (f"deals.db.{STAMP}.odd-kind.backup", "odd-kind"),
        (f"deals.db.{STAMP}.backup.part", None),
        (f"other.db.{STAMP}.backup", None),
        ("deals.db.backup", None),
        ("deals.db.2026.backup", None),
        (f"deals.db.{STAMP}.backups", None),
    ],
)
def test_a_file_is_a_copy_by_its_name(place: Location, name: str, kind: str | None) -> None:
    place.path.with_name(name).touch()
    assert [one.kind for one in backups_of(place)] == ([] if kind is None else [kind])


def test_the_newest_copy_stands_first_and_only_so_many_of_a_kind_stay(place: Location) -> None:
    for hours in (2, 0, 1, 3):
        stamp = f"{NOW + timedelta(hours=hours):%Y%m%dT%H%M%SZ}"
        for kind in ("", ".replaced"):
            place.path.with_name(f"deals.db.{stamp}{kind}.backup").touch()
    ours = [one for one in backups_of(place) if not one.kind]
    assert [one.at for one in ours] == [NOW + timedelta(hours=hours) for hours in (3, 2, 1, 0)]
    forget_oldest(place, "", 2)
    assert [one.at for one in backups_of(place) if not one.kind] == [one.at for one in ours[:2]]
    assert len([one for one in backups_of(place) if one.kind == REPLACED]) == 4
    forget_oldest(place, REPLACED, 0)
    assert len([one for one in backups_of(place) if one.kind == REPLACED]) == 1
    assert KEPT == {"": 14, BEFORE_IMPORT: 5, REPLACED: 5}


def test_a_copy_elsewhere_is_asked_for_by_a_name_that_is_free(
    place: Location, tmp_path: Path
) -> None:
    there = tmp_path / "copy.db"
    assert back_up(place, NOW, to=there, checks=False) == there
    with pytest.raises(BadInput, match="is there already"):
        back_up(place, NOW, to=there)
    with pytest.raises(BadInput, match="is not there"):
        back_up(place, NOW, to=tmp_path / "none" / "copy.db")
    assert backups_of(place) == []


def test_nothing_stays_of_a_copy_that_failed(place: Location, tmp_path: Path) -> None:
    with closing(sqlite3.connect(place.path)) as connection, connection:
        connection.execute("UPDATE deal SET doc = '['")
    with pytest.raises(DatabaseError, match="No backup was made"):
        back_up(place, NOW)
    with pytest.raises(ValueError, match="full"), part_of(tmp_path / "x", place) as part:
        Path(f"{part}-journal").touch()
        raise ValueError("full")
    assert sorted(one.name for one in tmp_path.iterdir() if "backup" in one.name) == []
    assert not list(tmp_path.glob("x*"))
    assert new_file(tmp_path / "x") == tmp_path / "x"
    assert new_file(tmp_path / "x") == tmp_path / "x-1"


def test_a_copy_takes_away_what_killed_ones_left_and_leaves_those_that_are_being_made(
    place: Location,
) -> None:
    left = [
        place.path.with_name(f"{place.path.name}.{name}.part")
        for name in (f"{STAMP}.before-import.backup", "schema-3.backup-2", "demo")
    ]
    others = [place.path.with_name(name) for name in (f"{place.path.name}.part", "x.demo.part")]
    for path in (*left, *others):
        path.touch()
    with part_of(place.path.with_name(f"{place.path.name}.{STAMP}.backup"), place) as held:
        back_up(place, NOW, checks=False)
        assert held.exists()
    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in others)


def test_what_a_copy_replaces_is_kept_beside_it(place: Location) -> None:
    backup = back_up(place, NOW)
    retitled(place, "Since then")
    back = restore(place, backup, datetime(2026, 4, 1, tzinfo=UTC))
    assert (titles(place.path), back.schema) == (["Deal 1"], SCHEMA)
    assert back.kept is not None
    assert back.kept.name == "deals.db.20260401T000000Z.replaced.backup"
    assert titles(back.kept) == ["Since then"]


def test_a_copy_comes_back_where_nothing_is_or_nothing_that_can_be_read(
    place: Location, tmp_path: Path
) -> None:
    backup = back_up(place, NOW)
    place.path.unlink()
    back = restore(place, backup, NOW)
    assert (back.kept, titles(place.path)) == (None, ["Deal 1"])
    place.path.write_bytes(b"no database at all" * 300)
    spoiled = restore(place, backup, NOW)
    assert spoiled.kept is not None and spoiled.kept.read_bytes().startswith(b"no database")
    assert titles(place.path) == ["Deal 1"]
    Store.open(str(place.path)).close()


def test_what_is_no_copy_does_not_come_back(place: Location, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no backup"):
        restore(place, tmp_path / "none.db", NOW)
    with pytest.raises(BadInput, match="the database itself"):
        restore(place, place.path, NOW)
    spoiled = back_up(place, NOW)
    with closing(sqlite3.connect(spoiled)) as connection, connection:
        connection.execute("UPDATE deal SET doc = '['")
    retitled(place, "Since then")
    with pytest.raises(DatabaseError, match="is not whole"):
        restore(place, spoiled, NOW)
    assert titles(place.path) == ["Since then"]


def test_no_copy_is_made_under_a_name_that_is_no_text(place: Location) -> None:
    name = place.path.with_name("copy\udcff.db")
    with pytest.raises(BadInput) as refused:
        back_up(place, NOW, to=name, checks=False)
    assert refused.value.hint == "Name another file."
    assert not [path for path in place.path.parent.iterdir() if "copy" in path.name]


def test_the_copies_of_a_kind_are_counted_apart(place: Location) -> None:
    for kind in ("", BEFORE_IMPORT):
        for hour in range(4):
            back_up(place, NOW + timedelta(hours=hour), kind=kind, keep=9, checks=False)
    forget_oldest(place, BEFORE_IMPORT, 2)
    kept = [(one.kind, one.at.hour) for one in backups_of(place)]
    assert [at for kind, at in kept if kind == BEFORE_IMPORT] == [1, 0]
    assert len([at for kind, at in kept if kind == ""]) == 4
    forget_oldest(place, "", 0)
    assert len([one for one in backups_of(place) if one.kind == ""]) == 1


def test_of_what_is_not_whole_no_copy_is_made_and_what_to_look_at_is_told(place: Location) -> None:
    retitled(place, "Changed by another hand")
    with pytest.raises(DatabaseError, match=r"^No backup was made, since ") as refused:
        back_up(place, NOW)
    assert refused.value.hint == (
        "'pipeboard doctor' says more; 'pipeboard backup list' shows earlier copies."
    )
    assert refused.value.details["reason"] == "damaged"
    assert backups_of(place) == []
    unchecked = back_up(place, NOW, checks=False)
    assert titles(unchecked) == ["Changed by another hand"]


def test_nobody_writes_between_the_copy_of_what_is_there_and_what_comes_back(
    place: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = back_up(place, NOW)
    tried: list[str] = []
    copied = backups._copy

    def copying(*given: Any, **more: Any) -> Path:
        made = copied(*given, **more)
        for sql in ("SELECT count(*) FROM deal", "UPDATE deal SET title = 'x'"):
            with (
                closing(sqlite3.connect(place.path, timeout=0)) as other,
                pytest.raises(sqlite3.OperationalError, match="locked"),
            ):
                other.execute(sql).fetchall()
            tried.append(sql)
        return made

    monkeypatch.setattr(backups, "_copy", copying)
    restore(place, backup, datetime(2026, 4, 1, tzinfo=UTC))
    assert len(tried) == 2
    retitled(place, "goes on")


def test_what_was_set_aside_goes_with_all_that_belongs_to_it(place: Location) -> None:
    backup = back_up(place, NOW)
    for side in ("", "-journal", "-wal", "-shm"):
        Path(f"{place.path}{side}").write_bytes(b"no database" * 300)
    kept = backups._set_aside(place, place.path.with_name("aside"))
    sides = {path.name for path in place.path.parent.iterdir()} - {backup.name}
    assert kept.name == "aside"
    assert sides == {"aside", "aside-journal", "aside-wal", "aside-shm"}


def test_so_many_of_ones_own_copies_of_a_kind_stay_once_a_new_one_is_whole(
    place: Location,
) -> None:
    for hour in range(7):
        back_up(place, NOW + timedelta(hours=hour), kind=BEFORE_IMPORT, checks=False)
    assert [one.at.hour for one in backups_of(place)] == [4, 3, 2, 1, 0]
    back_up(place, NOW + timedelta(hours=9), kind=BEFORE_IMPORT, keep=2, checks=False)
    assert [one.at.hour for one in backups_of(place)] == [7, 4]
    elsewhere = place.path.with_name("elsewhere.db")
    back_up(place, NOW, kind=BEFORE_IMPORT, to=elsewhere, keep=1, checks=False)
    assert len(backups_of(place)) == 2
    for hour in range(7):
        back = back_up(place, NOW + timedelta(hours=hour), checks=False)
        restore(place, back, NOW + timedelta(hours=hour))
    assert len([one for one in backups_of(place) if one.kind == REPLACED]) == KEPT[REPLACED]
