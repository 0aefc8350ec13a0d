"""Writers, readers and what they wait for: a long change shuts nobody out before its commit."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import pytest

from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.settings import Settings
from pipeboard.store import Store, patience
from pipeboard.store.checking import log_faults
from pipeboard.store.database import at_length
from pipeboard.store.locating import locate_file
from pipeboard.store.writing import Writer
from tests.team import SETTINGS, Team, add

ROOT = Path(__file__).parents[2]
MANY = 50_000
LOOKING = """
import sqlite3, sys
from contextlib import closing, suppress
from functools import partial
with closing(sqlite3.connect(sys.argv[1], timeout=0)) as c:
    print(c.execute("SELECT count(*), sum(length(filter)) FROM saved_filter").fetchone())
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    Store.create(str(tmp_path / "team.db"), SETTINGS).close()
    return tmp_path / "team.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with closing(Store.open(str(path))) as store:
        yield store


def insert_many(writer: Writer) -> None:
    writer._database.insert(
        "saved_filter",
        [{"name": f"{n:06}", "owner": "ana", "filter": "x" * 400} for n in range(MANY)],
    )


def test_a_change_of_many_rows_lets_others_read_until_it_is_committed(
    store: Store, path: Path
) -> None:
    store.write(insert_many)
    seen = []

    def change_all(writer: Writer) -> None:
        writer._database.change("UPDATE saved_filter SET filter = filter || 'y'")
        seen.append(
            subprocess.run(
                [sys.executable, "-c", LOOKING, str(path)], capture_output=True, text=True
            )
        )

    store.write(change_all)
    (looked,) = seen
    assert looked.stderr == ""
    assert looked.stdout.strip() == f"({MANY}, {MANY * 400})"


def test_work_begins_once_the_lock_is_held(store: Store, path: Path) -> None:
    """What it reads then is what will be true at its commit."""

    def work(writer: Writer) -> None:
        with (
            closing(sqlite3.connect(path, timeout=0)) as other,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            other.execute("BEGIN IMMEDIATE")

    store.write(work)


@pytest.fixture
def held(path: Path) -> Iterator[Callable[[], None]]:
    """Somebody else writes; call it to have them end."""
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as holder:
        holder.execute("BEGIN IMMEDIATE")

        def end() -> None:
            holder.execute("ROLLBACK")

        yield end


def test_a_writer_that_is_told_to_give_up_stores_nothing(
    store: Store, held: Callable[[], None]
) -> None:
    asked = []

    def give_up() -> bool:
        asked.append(True)
        return len(asked) == 3

    with pytest.raises(DatabaseError, match="Given up: nothing was stored") as given_up:
        store.write(
            lambda writer: writer.save_settings(Settings(currency="USD")),
            patience_s=600,
            give_up=give_up,
        )
    assert given_up.value.details["reason"] == "given_up"
    assert store.reader.settings() == SETTINGS


def test_a_patient_writer_stores_as_soon_as_the_other_is_done(
    store: Store, held: Callable[[], None]
) -> None:
    asked = threading.Event()

    def give_up() -> bool:
        asked.set()
        return False

    def end_once_somebody_waits() -> None:
        asked.wait(60)
        held()

    other = threading.Thread(target=end_once_somebody_waits)
    other.start()
    store.write(
        lambda writer: writer.save_settings(Settings(currency="USD")),
        patience_s=60,
        give_up=give_up,
    )
    other.join()
    assert store.reader.settings().currency == "USD"


def test_a_commit_waits_for_a_reader_and_the_work_is_done_once(store: Store, path: Path) -> None:
    asked, done = threading.Event(), []

    def give_up() -> bool:
        asked.set()
        return False

    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM setting").fetchone()

        def end_once_somebody_waits() -> None:
            asked.wait(60)
            reader.execute("ROLLBACK")

        other = threading.Thread(target=end_once_somebody_waits)
        other.start()

        def work(writer: Writer) -> None:
            done.append(True)
            writer.save_settings(Settings(currency="USD"))

        store.write(work, patience_s=60, give_up=give_up)
        other.join()
    assert done == [True]
    assert store.reader.settings().currency == "USD"


@pytest.fixture
def started() -> Iterator[list[threading.Thread]]:
    """Threads that are waited for at the end."""
    threads = list[threading.Thread]()
    yield threads
    for thread in threads:
        thread.join(60)


def begin_waiting(path: Path, work: Callable[[Writer], None]) -> threading.Thread:
    """Another writer, which waits by now."""
    waits = threading.Event()

    def give_up() -> bool:
        waits.set()
        return False

    def write() -> None:
        with closing(Store.open(str(path))) as own:
            own.write(work, patience_s=60, give_up=give_up)

    thread = threading.Thread(target=write)
    thread.start()
    assert waits.wait(60)
    return thread


def wrote_as(wrote: list[int], number: int, _: Writer) -> None:
    wrote.append(number)


def test_who_came_first_writes_first(
    store: Store, path: Path, held: Callable[[], None], started: list[threading.Thread]
) -> None:
    came, wrote = list(range(8)), list[int]()
    for number in came:
        started += [begin_waiting(path, partial(wrote_as, wrote, number))]
    held()
    for thread in started:
        thread.join(60)
    assert wrote == came


def test_nobody_is_sent_away_while_others_take_turns(
    store: Store, path: Path, held: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of those before takes less than the patience, all of them take more."""
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", lambda _: now.__setitem__(0, now[0] + 4.0))
    before = [patience.PlaceInLine(locate_file(str(path))) for _ in range(6)]
    asked = list[float]()

    def give_up() -> bool:
        asked.append(now[0])
        if len(asked) % 3 == 0:
            before[len(asked) // 3 - 1].leave()
        if len(asked) == 3 * len(before):
            held()
        return False

    store.write(lambda writer: writer.save_settings(Settings(currency="USD")), give_up=give_up)
    assert asked[-1] > 4 * patience.PATIENCE_S
    assert store.reader.settings().currency == "USD"


def test_nobody_waits_longer_than_their_patience_for_one_that_does_not_go_on(
    store: Store, path: Path, held: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", lambda _: now.__setitem__(0, now[0] + 4.0))
    with patience.in_line(locate_file(str(path))), pytest.raises(DatabaseError, match="busy"):
        store.write(lambda writer: writer.save_settings(Settings(currency="USD")))
    assert now[0] <= patience.PATIENCE_S + 4.0


WAITING = """
import sys
from pipeboard.store import Store
def give_up():
    print("waits", flush=True)
    return False
store = Store.open(sys.argv[1])
store.write(lambda writer: writer.numbers("deal", 1), patience_s=600, give_up=give_up)
"""


@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGKILL])
def test_one_in_line_that_is_stopped_or_killed_holds_nobody_up(
    store: Store, path: Path, held: Callable[[], None], number: signal.Signals
) -> None:
    before = subprocess.Popen(
        [sys.executable, "-c", WAITING, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert before.stdout is not None
        assert before.stdout.readline() == "waits\n"
        before.send_signal(number)
        held()
        store.write(lambda writer: writer.save_settings(Settings(currency="USD")))
    finally:
        before.kill()
        before.communicate()
    assert store.reader.settings().currency == "USD"


@pytest.mark.parametrize("what", ["link", "pipe", "folder", "nothing", "read-only"])
def test_where_there_is_no_line_to_be_had_writers_wait_as_they_can(
    path: Path, tmp_path: Path, what: str
) -> None:
    """What stands in the place of the journal is neither followed nor waited for."""
    journal, elsewhere = path.with_name(f"{path.name}-journal"), tmp_path / "elsewhere"
    elsewhere.write_text("theirs")
    journal.unlink(missing_ok=True)
    if what == "link":
        journal.symlink_to(elsewhere)
    elif what == "pipe":
        os.mkfifo(journal)
    elif what == "folder":
        journal.mkdir()
    elif what == "read-only":
        journal.touch(0o400)
    with patience.in_line(locate_file(str(path))) as place:
        place.look()
        assert place.may_ask
    assert elsewhere.read_text() == "theirs"


COUNTING = """
import sys
from pipeboard.store import Store
store = Store.open(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[2])):
    store.write(lambda writer: writer.numbers("deal", 1))
"""


def test_sixteen_writers_at_once_all_get_their_turns(store: Store, path: Path) -> None:
    turns = 6
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", COUNTING, str(path), str(turns)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(16)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    said = [process.communicate("go\n")[1] for process in processes]
    assert said == [""] * 16
    store.write(lambda writer: writer.numbers("deal", 1))
    with closing(sqlite3.connect(path)) as connection:
        (value,) = connection.execute("SELECT value FROM counter WHERE name = 'deal'").fetchone()
    assert value == 16 * turns + 1


def test_a_doctor_finds_nothing_wrong_while_others_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Colleagues commit whenever they may between two of its questions."""
    team = Team.make(tmp_path / "crowd.db")
    with closing(team):
        ana = team.rep("ana")
        for number in range(3):
            add(ana, f"Company {number}: pilot 5k")
        database = team.rep("bo").reader.whole().database
        assert isinstance(database.driver, sqlite3.Connection)
        monkeypatch.setattr(ana.store, "write", partial(ana.store.write, patience_s=0))
        stored = list[int]()

        def meanwhile(_: str) -> None:
            with suppress(DatabaseError):
                ana.set_fields([1, 2, 3], [f"value={len(stored) + 1}k"])
                stored.append(len(stored))

        database.driver.set_trace_callback(meanwhile)
        found = list(log_faults(database))
        database.driver.set_trace_callback(None)
        assert stored
        assert found == []


def test_who_breaks_off_need_not_wait_for_an_answer_that_takes_long(path: Path) -> None:
    def ended(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, ended)
    with closing(sqlite3.connect(path, check_same_thread=False)) as connection:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        try:
            with pytest.raises(KeyboardInterrupt):
                at_length(connection, lambda: connection.execute(ENDLESS).fetchall())
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        assert connection.execute("SELECT count(*) FROM setting").fetchone()


ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
