"""Writers that stop at any moment: whoever opens the database next gets on without outside help."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from pipeboard.domain.errors import DatabaseError
from pipeboard.store import Store
from tests.ledger import disagreements
from tests.store.crashing import ROOT, Cut, Files, killed_at, put, states, watched
from tests.team import SETTINGS, Team, add

TAGGING = """
import sys
from datetime import UTC, datetime
from pipeboard.store import Store
from pipeboard.workspace import Actor
from tests.verbs import Workspace
at = lambda: datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
Workspace(Store.open(sys.argv[1]), at, Actor("ana")).tag([1, 2, 3], ["x"])
"""
MAKING = """
import sys
from pipeboard.domain.settings import Settings
from pipeboard.store import Store
Store.create(sys.argv[1], Settings())
"""
OPENING = "import sys; from pipeboard.store import Store; Store.open(sys.argv[1])"
CUT_OFF = "The last change was cut off and has been taken back."
OLD = (Path(__file__).parent / "schema_1.sql").read_text("utf-8")


@pytest.fixture(params=["truncate", "wal"])
def path(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A team's database, in each journal mode."""
    team = Team.make(tmp_path / "team.db")
    ana = team.rep("ana")
    for number in range(3):
        add(ana, f"Company {number}: pilot")
    team.close()
    if request.param == "wal":
        with closing(sqlite3.connect(team.path)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
    return team.path


def content(path: Path) -> Files:
    return {
        found: found.read_bytes()
        for end in ("", "-journal", "-wal")
        if (found := path.with_name(f"{path.name}{end}")).exists()
    }


def tags(store: Store) -> set[tuple[str, ...]]:
    return {deal.tags for deal in store.reader.deals((1, 2, 3)).values()}


@pytest.mark.parametrize("cut", list(Cut))
def test_wherever_a_change_stops_the_next_open_finds_all_of_it_or_nothing(
    cut: Cut, path: Path, tmp_path: Path
) -> None:
    before = content(path)
    calls = watched(TAGGING, path)
    assert len(calls) > 10
    seen = []
    for number, files in enumerate(states(before, calls, cut, Random(5))):
        folder = tmp_path / f"state{number}"
        put(files, folder)
        with closing(Store.open(str(folder / path.name))) as store:
            found = tags(store)
            assert found in ({()}, {("x",)}), number
            seen.append((bool(store.recovered), found))
            assert store.recovered in ("", CUT_OFF)
        assert disagreements(folder / path.name) == []
    assert seen[-1] == (False, {("x",)})
    assert (True, {("x",)}) not in seen
    if cut is not Cut.LOST and b"\x01\x01" in before[path][18:20]:
        assert (True, {()}) in seen


@pytest.mark.parametrize("cut", list(Cut))
def test_wherever_making_a_database_stops_it_can_be_made_then(cut: Cut, tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    calls = watched(MAKING, path)
    assert len(calls) > 50
    every = 1 if os.environ.get("PIPEBOARD_THOROUGH") else 3
    made = 0
    for number, files in enumerate(states({}, calls, cut, Random(5))):
        if number % every and number < len(calls) - 5:
            continue
        folder = tmp_path / f"state{number}"
        put(files, folder)
        there = str(folder / path.name)
        try:
            Store.open(there).close()
            made += 1
        except DatabaseError as error:
            assert error.details["reason"] == "missing", number
            Store.create(there, SETTINGS).close()
        with closing(Store.open(there)) as store:
            assert store.recovered == ""
    assert made >= 1


@pytest.mark.parametrize("cut", list(Cut))
def test_wherever_bringing_a_database_up_to_date_stops_the_next_open_does_it(
    cut: Cut, tmp_path: Path
) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(OLD)
    before = content(path)
    log = "SELECT seq, deal_id, version, command_id, at, kind, undoes, data FROM event ORDER BY seq"
    with closing(sqlite3.connect(path)) as connection:
        events = connection.execute(log).fetchall()
    for number, files in enumerate(states(before, watched(OPENING, path), cut, Random(5))):
        folder = tmp_path / f"state{number}"
        put(files, folder)
        Store.open(str(folder / path.name)).close()
        Store.open(str(folder / path.name)).close()
        assert len(list(folder.glob("*.backup*"))) <= 1
        with closing(sqlite3.connect(folder / path.name)) as connection:
            assert connection.execute(log).fetchall() == events
        assert disagreements(folder / path.name) == []


@pytest.fixture
def hot(tmp_path: Path) -> Path:
    """A database whose writer was killed in the middle of a commit."""
    team = Team.make(tmp_path / "team.db")
    ana = team.rep("ana")
    for number in range(3):
        add(ana, f"Company {number}: pilot")
    team.close()
    before = content(team.path)
    calls = watched(TAGGING, team.path)
    writes = [n for n, call in enumerate(calls) if call.path == team.path and call.data]
    half = writes[len(writes) // 2]
    for found, data in list(states(before, calls, Cut.KILLED, Random(1)))[half].items():
        found.write_bytes(data)
    return team.path


def test_a_really_killed_writer_is_said_once(path: Path) -> None:
    calls = watched(TAGGING, path)
    with closing(Store.open(str(path))) as store:
        store.write(lambda writer: None)
    writes = [call for call in calls if call.what == "write"]
    first = next(n for n, call in enumerate(writes) if call.path == path or "wal" in call.path.name)
    killed_at(TAGGING.replace('"x"', '"y"'), path, first + 3)
    with closing(Store.open(str(path))) as store:
        assert tags(store) == {("x",)}
    with closing(Store.open(str(path))) as store:
        assert store.recovered == ""
    assert disagreements(path) == []


def test_opening_for_reading_only_leaves_a_cut_off_change_to_whoever_may_write(hot: Path) -> None:
    with pytest.raises(DatabaseError, match="was cut off and must be taken back") as refused:
        Store.open(str(hot), read_only=True)
    assert refused.value.details["reason"] == "cut_off"
    assert "without --read-only" in refused.value.hint
    with closing(Store.open(str(hot))) as store:
        assert store.recovered == CUT_OFF
    Store.open(str(hot), read_only=True).close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody without the right")
def test_a_viewer_is_told_who_has_to_open_it_and_changes_nothing(hot: Path, tmp_path: Path) -> None:
    for folder in (tmp_path, *list(tmp_path.parents)[:3]):
        folder.chmod(0o755)
    for found in content(hot):
        found.chmod(0o644)
    before = content(hot)
    code = (
        "import os, sys\nfrom pipeboard.store import Store\n"
        "import pipeboard.store.reading.reader\n"
        "from pipeboard.domain.errors import DatabaseError\nos.setuid(65534)\n"
        "try:\n    Store.open(sys.argv[1])\nexcept DatabaseError as error:\n"
        "    print(error.message, error.hint)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(hot)], capture_output=True, text=True)
    assert done.stderr == ""
    assert "was cut off and must be taken back" in done.stdout
    assert "such as root" in done.stdout
    assert content(hot) == before


def test_a_reader_that_is_open_takes_a_cut_off_change_back_by_itself(hot: Path) -> None:
    files = content(hot)
    with closing(Store.open(str(hot))) as store:
        assert tags(store) == {()}
        for found, data in files.items():
            if found != hot:
                found.write_bytes(data)
        with closing(sqlite3.connect(hot)):
            assert tags(store) == {()}


@pytest.mark.parametrize("size", range(0, 60_000, 4_096 * 3))
def test_a_file_that_may_not_grow_in_the_middle_of_a_commit_is_told_and_recovered(
    size: int, path: Path
) -> None:
    """As `ulimit -f`, a quota or a full disk: the system refuses the write."""
    most = path.stat().st_size + size
    code = TAGGING.replace(
        "Workspace(",
        "import resource\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({most}, {most}))\nw = Workspace(",
        1,
    ).replace(
        '.tag([1, 2, 3], ["x"])',
        "\nfrom pipeboard.domain.errors import DatabaseError\n"
        "try:\n    w.add_note([1, 2, 3], 'x' * 9000)\n"
        "except DatabaseError as error:\n    print(error.details['reason'], error.hint)",
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stderr == ""
    assert done.stdout == "" or done.stdout.startswith(("io ", "full "))
    with closing(Store.open(str(path))) as store:
        notes = {len(store.reader.history.notes(deal_id)) for deal_id in (1, 2, 3)}
        assert notes == ({0} if done.stdout else {1})
    assert disagreements(path) == []
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
