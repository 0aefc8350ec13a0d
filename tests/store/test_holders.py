"""Who keeps a database busy: named by what they do to it, and never an innocent one."""

from __future__ import annotations

import os
import pwd
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeboard import FLAGS_WITH_VALUE, verb_place
from pipeboard.cli import verbs
from pipeboard.cli.arguments import Parser
from pipeboard.domain.errors import DatabaseError
from pipeboard.store import Store, holders
from pipeboard.store.holders import LockHolder, Wanting, lock_holder
from pipeboard.store.locating import Location, locate
from tests.team import SETTINGS

pytestmark = pytest.mark.skipif(
    not Path("/proc/locks").exists(), reason="this system does not tell who holds locks"
)
ME = pwd.getpwuid(os.geteuid()).pw_name
ACTING = """
import sqlite3, sys
c = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=0)
for statement in sys.argv[2].split(";"):
    try:
        c.execute(statement).fetchone()
    except sqlite3.OperationalError:
        pass
print("there", flush=True)
sys.stdin.read()
"""
READING = "BEGIN;SELECT count(*) FROM counter"
WRITING = "BEGIN IMMEDIATE;UPDATE counter SET value = value + 1"
COMMITTING = f"{WRITING};COMMIT"
EXCLUSIVE = "BEGIN EXCLUSIVE"

Act = Callable[[str], int]


@pytest.fixture(params=["truncate", "wal"])
def path(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    path = tmp_path / "team.db"
    Store.create(str(path), SETTINGS).close()
    if request.param == "wal":
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
    return path


@pytest.fixture
def act(path: Path) -> Iterator[Act]:
    """Starts another process that executes statements and stays; its id."""
    with ExitStack() as stack:

        def start(statements: str) -> int:
            process = subprocess.Popen(
                [sys.executable, "-c", ACTING, str(path), statements],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            assert process.stdout is not None
            assert process.stdout.readline() == b"there\n"
            return process.pid

        yield start


def blocker(path: Path, wanting: Wanting) -> tuple[int, str] | None:
    found = lock_holder(locate(str(path)), wanting)
    return None if found is None else (found.pid, found.doing)


def is_log(path: Path) -> bool:
    return path.with_name("team.db-wal").exists()


def test_nobody_is_named_where_nobody_is_in_the_way(path: Path) -> None:
    assert blocker(path, "read") is None
    assert blocker(path, "write") is None


def test_a_writer_before_its_commit_keeps_writers_out_and_no_readers(path: Path, act: Act) -> None:
    writer = act(WRITING)
    act(READING)
    assert blocker(path, "write") == (writer, "writing")
    assert blocker(path, "read") is None


def test_a_writer_that_has_the_file_to_itself_keeps_everybody_out(path: Path, act: Act) -> None:
    writer = act(EXCLUSIVE)
    assert blocker(path, "write") == (writer, "writing")
    assert blocker(path, "read") == (None if is_log(path) else (writer, "writing"))


def test_a_reader_keeps_out_whoever_wants_to_commit(path: Path, act: Act) -> None:
    reader = act(READING)
    assert blocker(path, "read") is None
    assert blocker(path, "write") == (None if is_log(path) else (reader, "reading"))


def test_a_writer_that_waits_for_a_reader_is_not_the_one_that_is_named(
    path: Path, act: Act
) -> None:
    reader = act(READING)
    act(COMMITTING)
    wantings: tuple[Wanting, ...] = ("read", "write")
    for wanting in wantings:  # in a write-ahead log nobody waits for readers
        assert blocker(path, wanting) == (None if is_log(path) else (reader, "reading"))


def test_this_process_never_names_itself(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as mine:
        for statement in EXCLUSIVE, "ROLLBACK", *READING.split(";"):
            mine.execute(statement).fetchone()
            assert blocker(path, "write") is None
            assert blocker(path, "read") is None


LOCKS = """\
1: POSIX  ADVISORY  READ  {reader} {file} 1073741826 1073742335
1: -> POSIX  ADVISORY  WRITE {waiting} {file} 1073741825 1073741825
2: POSIX  ADVISORY  READ  {beginning} {file} 1073741824 1073741824
3: FLOCK  ADVISORY  WRITE {flock} {file} 0 EOF
4: POSIX  ADVISORY  WRITE -1 {file} 1073741825 1073741825
5: POSIX  ADVISORY  WRITE {elsewhere} {file} 0 10
6: POSIX  ADVISORY  WRITE {another} 00:00:1 0 EOF
"""


def test_only_locks_that_are_held_on_sqlites_bytes_of_this_file_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, listed = tmp_path / "x.db", tmp_path / "locks"
    database.touch()
    at = database.stat()
    file = f"{os.major(at.st_dev):02x}:{os.minor(at.st_dev):02x}:{at.st_ino}"
    names = ("reader", "waiting", "beginning", "flock", "elsewhere", "another")
    listed.write_text(LOCKS.format(file=file, **dict(zip(names, range(11, 17), strict=True))))
    monkeypatch.setattr(holders, "_LOCKS", listed)
    assert blocker(database, "write") == (11, "reading")
    assert blocker(database, "read") is None


@pytest.mark.parametrize("flags", [(), ("-q",), *((flag, "secret") for flag in FLAGS_WITH_VALUE)])
@pytest.mark.parametrize("verb", verbs.VERBS)
def test_the_verb_is_found_among_flags_and_nothing_else(verb: str, flags: tuple[str, ...]) -> None:
    words = [*flags, verb, "secret"]
    at = verb_place(words)
    assert at is not None
    assert words[at] == verb
    assert holders._VERB.fullmatch(verb)


def test_each_flag_of_every_verb_that_takes_a_value_is_known() -> None:
    parser = Parser("tag", "", "", takes_token=True)
    taking = {
        flag
        for action in parser._actions
        for flag in action.option_strings
        if action.nargs is None and action.option_strings
    }
    assert taking == FLAGS_WITH_VALUE


def test_a_holder_says_who_with_which_verb_and_since_when_but_nothing_that_was_typed(
    path: Path, tmp_path: Path
) -> None:
    program = tmp_path / "pipeboard"
    acting = ACTING.replace("sys.argv[1]", "sys.argv[-2]").replace("sys.argv[2]", "sys.argv[-1]")
    program.write_text(f"#!{sys.executable}\n{acting}")
    program.chmod(0o700)
    words = [str(program), "-q", "add", "Secret Oy: note", str(path), EXCLUSIVE]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"there\n"
        holder = lock_holder(locate(str(path)))
        process.kill()
    assert holder is not None
    assert holder.what == "pipeboard add"
    assert holder.account == ME
    assert holder.since is not None
    assert str(holder).startswith(
        f"process {process.pid} ({ME}, pipeboard add) is writing to it since "
    )
    assert "Secret" not in str(holder)


def test_a_holder_in_words_and_for_scripts() -> None:
    at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    whole = LockHolder(4711, "ana", "writing", "pipeboard import", at)
    since = f"{at.astimezone():%H:%M}"
    assert str(whole) == f"process 4711 (ana, pipeboard import) is writing to it since {since}"
    named = f"ana (pid 4711, pipeboard import), who is writing to it since {since}"
    assert whole.waited_for() == named
    unknown = LockHolder(4711, "", "reading", "")
    assert str(unknown) == "process 4711 is reading it"
    assert unknown.waited_for() == "process 4711, who is reading it"
    assert whole.details() == {
        "pid": 4711,
        "account": "ana",
        "doing": "writing",
        "what": "pipeboard import",
        "since": "2026-11-23T09:00:00+00:00",
    }


def test_a_busy_database_says_what_cannot_be_done_and_who_is_in_the_way(
    path: Path, act: Act
) -> None:
    with (
        closing(Store.open(str(path))) as store,
        closing(store.new_reader(None, busy_ms=1)) as reader,
    ):
        writer = act(EXCLUSIVE)
        with pytest.raises(DatabaseError) as write:
            store.write(lambda writer: None, patience_s=0)
        assert write.value.message.startswith(
            f"The database is busy and cannot be written to now: process {writer} ({ME}, "
        )
        assert write.value.details["wanting"] == "write"
        assert f"'pid': {writer}," in str(write.value.details["holder"])
        if is_log(path):
            assert reader.settings() == SETTINGS
            return
        with pytest.raises(DatabaseError, match="busy and cannot be read now") as read:
            reader.settings()
        assert "'doing': 'writing'" in str(read.value.details["holder"])


def test_nothing_is_known_of_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert lock_holder(Location(tmp_path / "none.db")) is None


PENDING, RESERVED, SHARED = 0x4000_0000, 0x4000_0001, 0x4000_0002
LAST = SHARED + 509
ME_TOO = -7
"""Stands for the process that asks."""


def held(*locks: tuple[int, str, int, int]) -> list[holders._Lock]:
    """Locks by process, way, first and last byte."""
    mine = os.getpid()
    return [
        holders._Lock(mine if pid == ME_TOO else pid, "f", way == "w", first, last)
        for pid, way, first, last in locks
    ]


@pytest.mark.parametrize(
    ("locks", "of_a_writer", "of_a_reader"),
    [
        ((), None, None),
        (((7, "r", SHARED, LAST),), (7, "reading"), None),
        (((7, "r", LAST, LAST),), (7, "reading"), None),
        (((7, "r", LAST + 1, LAST + 9),), None, None),
        (((7, "r", PENDING, PENDING),), None, None),
        (((7, "w", RESERVED, RESERVED),), (7, "writing"), None),
        (((7, "w", RESERVED, RESERVED), (7, "r", SHARED, LAST)), (7, "writing"), None),
        (((7, "w", RESERVED, RESERVED), (8, "r", SHARED, LAST)), (7, "writing"), None),
        (((7, "w", PENDING, PENDING),), (7, "writing"), (7, "writing")),
        (
            ((7, "w", PENDING, RESERVED), (7, "r", SHARED, LAST)),
            (7, "writing"),
            (7, "writing"),
        ),
        (
            ((7, "w", PENDING, RESERVED), (8, "r", SHARED, LAST)),
            (8, "reading"),
            (8, "reading"),
        ),
        (((7, "w", PENDING, LAST), (8, "r", SHARED, LAST)), (7, "writing"), (7, "writing")),
        (((ME_TOO, "w", PENDING, LAST),), None, None),
        (((0, "w", PENDING, LAST),), None, None),
        (((-1, "w", PENDING, LAST),), None, None),
    ],
)
def test_of_the_locks_of_a_rollback_journal_the_one_that_decides_is_named(
    locks: tuple[tuple[int, str, int, int], ...],
    of_a_writer: tuple[int, str] | None,
    of_a_reader: tuple[int, str] | None,
) -> None:
    assert holders._blocker(held(*locks), "write") == of_a_writer
    assert holders._blocker(held(*locks), "read") == of_a_reader


@pytest.mark.parametrize(
    ("locks", "of_a_writer", "of_a_reader"),
    [
        (((7, "r", 123, 123),), None, None),
        (((7, "w", 120, 120),), (7, "writing"), None),
        (((7, "r", 120, 120),), None, None),
        (((7, "w", 121, 121),), None, None),
        (((7, "w", 122, 122),), (7, "writing"), (7, "writing")),
        (((7, "w", 120, 122),), (7, "writing"), (7, "writing")),
        (((7, "r", 122, 122),), None, None),
        (((ME_TOO, "w", 120, 122),), None, None),
    ],
)
def test_of_the_locks_of_a_write_ahead_log_those_that_keep_others_out_are_named(
    locks: tuple[tuple[int, str, int, int], ...],
    of_a_writer: tuple[int, str] | None,
    of_a_reader: tuple[int, str] | None,
) -> None:
    assert holders._blocker_of_log(held(*locks), "write") == of_a_writer
    assert holders._blocker_of_log(held(*locks), "read") == of_a_reader


def test_a_file_is_known_by_its_number_alone_where_its_device_has_another_name(
    tmp_path: Path,
) -> None:
    database = tmp_path / "x.db"
    database.touch()
    at = database.stat()
    device = f"{os.major(at.st_dev):02x}:{os.minor(at.st_dev):02x}"
    locks = {
        name: holders._Lock(7, f"{known}:{number}", True, PENDING, PENDING)
        for name, known, number in (
            ("ours", device, at.st_ino),
            ("elsewhere", "ff:ff", at.st_ino),
            ("another", device, at.st_ino + 1),
        )
    }
    ours, elsewhere, another = locks.values()
    assert holders._locks_on(database, (elsewhere, another, ours)) == [ours]
    assert holders._locks_on(database, (another, elsewhere)) == [elsewhere]
    assert holders._locks_on(database, (another,)) == []
    assert holders._locks_on(tmp_path / "none.db", (ours,)) == []


def test_a_lock_on_a_file_to_its_end_covers_all_that_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = tmp_path / "locks"
    listed.write_text(
        "1: POSIX  ADVISORY  WRITE 11 00:01:5 3 EOF\n"
        "2: -> POSIX  ADVISORY  WRITE 12 00:01:5 3 4\n"
        "3: FLOCK  ADVISORY  WRITE 13 00:01:5 0 EOF\n"
        "4: POSIX  ADVISORY  READ 14 00:01:5 3 4\n"
    )
    monkeypatch.setattr(holders, "_LOCKS", listed)
    whole, part = holders._locks()
    assert (whole.pid, whole.file, whole.writing, whole.first) == (11, "00:01:5", True, 3)
    assert (part.pid, part.writing, part.first, part.last) == (14, False, 3, 4)
    asked = {first: whole.covers(first) for first in (2, 3, 1 << 62)}
    assert asked == {2: False, 3: True, 1 << 62: True}
    assert [part.covers(first, last) for first, last in ((1, 2), (1, 3), (4, 9), (5, 9))] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("stat", "booted", "began"),
    [
        ("7 (sh) S " + "0 " * 18 + "250 9", "btime 1000", 1002.5),
        ("7 (a b) c) S " + "0 " * 18 + "100 9", "cpu 1 2\nbtime 1000\nprocesses 3", 1001.0),
        ("7 (sh) S " + "0 " * 18 + "250 9", "cpu 1 2", None),
        (None, "btime 1000", None),
    ],
)
def test_a_program_was_started_so_many_ticks_after_the_machine(
    stat: str | None, booted: str, began: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"/proc/7/stat": stat, "/proc/stat": booted}

    def read_text(path: Path, *_: str) -> str:
        found = told[str(path)]
        if found is None:
            raise FileNotFoundError
        return found

    monkeypatch.setattr(Path, "read_text", read_text)
    monkeypatch.setattr("os.sysconf", lambda name: 100)
    found = holders._started(7)
    assert found == (None if began is None else datetime.fromtimestamp(began, UTC))


@pytest.mark.parametrize(
    ("words", "program"),
    [
        ("pipeboard add x", ("pipeboard add", True)),
        ("/usr/bin/python /usr/bin/pipeboard add x", ("pipeboard add", True)),
        ("python -X dev /bin/pipeboard list", ("pipeboard list", True)),
        ("env A=1 python -m /bin/pipeboard list", ("sh", False)),
        ("pipeboard", ("pipeboard", False)),
        ("pipeboard -q --db x.db move 1", ("pipeboard move", True)),
        ("pipeboard --db add", ("pipeboard", False)),
        ("pipeboard ADD", ("pipeboard", False)),
        ("pipeboard x", ("pipeboard", False)),
        ("pipeboard abcdefghijkl", ("pipeboard abcdefghijkl", True)),
        ("pipeboard abcdefghijklm", ("pipeboard", False)),
        ("sqlite3 pipeboard.db", ("sh", False)),
        (None, ("", False)),
    ],
)
def test_a_program_is_called_by_its_name_and_by_its_verb_where_it_is_ours(
    words: str | None, program: tuple[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_bytes(path: Path) -> bytes:
        if words is None:
            raise ProcessLookupError
        assert str(path) == "/proc/7/cmdline"
        return "\0".join(words.split()).encode() + b"\0"

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    monkeypatch.setattr(Path, "read_text", lambda path, *_: "sh\n")
    assert holders._program(7) == program
    monkeypatch.setattr(holders, "_started", lambda pid: datetime(2026, 1, 1, tzinfo=UTC))
    monkeypatch.setattr(holders, "_account", lambda pid: "ana")
    found = holders._described(7, "writing")
    assert (found.pid, found.account, found.doing, found.what) == (7, "ana", "writing", program[0])
    assert (found.since is not None) is program[1]
