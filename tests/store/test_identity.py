"""Which database it is: whatever happens to the file while it is open is noticed, said, and never
written over."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.settings import Settings
from pipeboard.store import Store
from pipeboard.store.opening import SCHEMA
from pipeboard.store.writing import Writer
from tests.team import SETTINGS, Team, add


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "a").mkdir()
    team = Team.make(tmp_path / "a" / "team.db", anew=True)
    add(team.rep("ana"), "Old One: pilot")
    team.close()
    return team.path


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Another team's database, written exactly as often."""
    team = Team.make(tmp_path / "other.db", anew=True)
    add(team.rep("ana"), "Other One: pilot")
    team.close()
    return team.path


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with closing(Store.open(str(path))) as store:
        store.reader.check()
        yield store


def replace(path: Path, other: Path) -> None:
    os.replace(other, path)


def write_over(path: Path, other: Path) -> None:
    """As `cp` does it: the same file, with all of another in it."""
    path.write_bytes(other.read_bytes())
    os.utime(path, ns=(0, 0))


def delete(path: Path, other: Path) -> None:
    path.unlink()


def rename(path: Path, other: Path) -> None:
    path.rename(path.with_name("elsewhere.db"))


def take_the_folder_away(path: Path, other: Path) -> None:
    shutil.rmtree(path.parent)


def empty(path: Path, other: Path) -> None:
    os.truncate(path, 0)


def cut_short(path: Path, other: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def fill_with_garbage(path: Path, other: Path) -> None:
    path.write_bytes(b"\xa5" * path.stat().st_size)


def put_a_text_there(path: Path, other: Path) -> None:
    path.write_text("a text that somebody saved under this name\n" * 300)


def link(path: Path, other: Path) -> None:
    os.link(path, path.with_name("second name.db"))


def put_a_folder_there(path: Path, other: Path) -> None:
    path.unlink()
    path.mkdir()


def put_a_newer_one_there(path: Path, other: Path) -> None:
    with closing(sqlite3.connect(path)) as newer:
        newer.execute(f"UPDATE counter SET value = {SCHEMA + 97} WHERE name = 'schema'")
        newer.commit()


def put_an_older_one_there(path: Path, other: Path) -> None:
    with closing(sqlite3.connect(other)) as older:
        older.executescript(
            "DROP TABLE workspace; UPDATE counter SET value = 1 WHERE name='schema'"
        )
    write_over(path, other)


FAULTS: dict[Callable[[Path, Path], None], tuple[str, ...]] = {
    replace: ("replaced",),
    write_over: ("replaced",),
    delete: ("deleted",),
    rename: ("deleted",),
    take_the_folder_away: ("deleted",),
    empty: ("truncated",),
    cut_short: ("corrupt",),
    fill_with_garbage: ("corrupt",),
    put_a_text_there: ("corrupt",),
    link: ("linked",),
    put_a_folder_there: ("replaced",),
    put_a_newer_one_there: ("newer",),
    put_an_older_one_there: ("replaced",),
}
faults = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)


def everything_in(folder: Path) -> dict[Path, bytes]:
    return {found: found.read_bytes() for found in folder.rglob("*") if found.is_file()}


@faults
def test_what_happens_to_the_file_is_noticed_by_the_next_look(
    fault: Callable[[Path, Path], None], store: Store, path: Path, other: Path
) -> None:
    store.reader.check()
    fault(path, other)
    for look in (store.reader.check, partial(store.new_reader, None)):
        with pytest.raises(DatabaseError) as noticed:
            look()
        assert noticed.value.details["reason"] in FAULTS[fault]
        assert noticed.value.hint
        assert "\n" not in noticed.value.message


@pytest.mark.parametrize("wrote_before", [False, True])
@faults
def test_a_change_is_not_written_to_what_was_not_opened(
    fault: Callable[[Path, Path], None],
    wrote_before: bool,
    store: Store,
    path: Path,
    other: Path,
    tmp_path: Path,
) -> None:
    if wrote_before:
        store.write(lambda writer: writer.save_settings(SETTINGS))
    fault(path, other)
    before = everything_in(tmp_path)
    with pytest.raises(DatabaseError) as refused:
        store.write(lambda writer: writer.save_settings(Settings(currency="USD")))
    assert refused.value.details["reason"] in FAULTS[fault]
    assert {p: d for p, d in everything_in(tmp_path).items() if "journal" not in p.name} == {
        p: d for p, d in before.items() if "journal" not in p.name
    }


def test_a_file_that_is_replaced_while_the_lock_is_awaited_or_held_is_not_written_to(
    store: Store, path: Path, other: Path
) -> None:
    whole = other.read_bytes()

    def work(writer: Writer) -> None:
        writer.save_settings(Settings(currency="USD"))
        os.replace(other, path)

    with pytest.raises(DatabaseError, match="Another file was put in the place"):
        store.write(work)
    assert path.read_bytes() == whole


def test_others_changes_and_a_restored_backup_are_nothing_to_speak_of(
    store: Store, path: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "backup.db"
    shutil.copy(path, copy)
    with closing(Store.open(str(path))) as colleague:
        colleague.write(lambda writer: writer.save_settings(Settings(currency="USD")))
    store.reader.check()
    assert store.reader.settings().currency == "USD"
    with closing(Store.open(str(copy))) as restored:
        assert restored.database_id == store.database_id
    path.write_bytes(copy.read_bytes())
    store.reader.check()
    assert store.reader.settings() == SETTINGS


def test_every_database_has_an_id_of_its_own(store: Store, other: Path) -> None:
    with closing(Store.open(str(other))) as another:
        assert another.database_id != store.database_id
    assert re.fullmatch(r"[\w-]{22}", store.database_id)


def test_a_look_opens_the_file_only_after_a_change(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    connect = sqlite3.connect

    def counted(*arguments: object, **options: object) -> sqlite3.Connection:
        opened.append(arguments)
        return connect(*arguments, **options)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(sqlite3, "connect", counted)
    for _ in range(5):
        store.reader.check()
    assert opened == []
    store.write(lambda writer: writer.save_settings(SETTINGS))
    opened.clear()
    for _ in range(5):
        store.reader.check()
    assert len(opened) == 1


def test_a_file_with_a_second_name_is_not_opened(path: Path) -> None:
    link(path, path)
    for read_only in (False, True):
        with pytest.raises(DatabaseError, match="2 names") as refused:
            Store.open(str(path), read_only=read_only)
        assert "-samefile" in refused.value.hint
    path.with_name("second name.db").unlink()
    Store.open(str(path)).close()


def test_a_symbolic_link_leads_to_the_one_file(path: Path, tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(path)
    with closing(Store.open(str(tmp_path / "link.db"))) as store:
        store.write(lambda writer: writer.save_settings(Settings(currency="USD")))
        store.reader.check()
        (tmp_path / "link.db").unlink()
        with pytest.raises(DatabaseError, match="was deleted or renamed"):
            store.reader.check()
    with closing(Store.open(str(path))) as store:
        assert store.reader.settings().currency == "USD"
