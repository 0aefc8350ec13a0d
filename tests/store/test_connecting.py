"""From a path to a connection: odd paths, rights, damaged files, and the pragmas of every door."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from pipeboard.domain.errors import DatabaseError, ReadOnly
from pipeboard.store import Store, locating
from pipeboard.store.connecting import (
    BUSY_MS,
    READING_CACHE_KB,
    connect,
    connect_to_write,
    wal_is_safe,
)
from pipeboard.store.engine import Engine, write
from pipeboard.store.holders import lock_holder
from pipeboard.store.locating import (
    Location,
    Server,
    locate,
    locate_file,
    shown,
    without_password,
)
from tests.team import SETTINGS

NAMES = (
    "deals.db",
    "with space.db",
    "what?.db",
    "a#b.db",
    "100%.db",
    "%3F.db",
    "ünï ©.db",
    "a&b=c;d.db",
    "'quoted\".db",
    "-dash.db",
    "file:x.db",
    "x" * 200 + ".db",
    os.fsdecode(b"latin-\xe9.db"),
)


@pytest.mark.parametrize("name", NAMES)
def test_a_database_is_made_under_exactly_the_name_that_was_given(
    name: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    Store.create(str(path), SETTINGS).close()
    assert [found for found in os.listdir(tmp_path) if "journal" not in found] == [name]
    with closing(Store.open(str(path))) as store:
        store.write(lambda writer: writer.save_settings(SETTINGS))
        assert store.reader.settings() == SETTINGS


def test_a_relative_path_and_a_home_are_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for given in ("deals.db", "./deals.db", "~/deals.db", f"sqlite:///{tmp_path}/deals.db"):
        assert locate_file(given).path == tmp_path / "deals.db"
    assert locate_file("sqlite:///deals.db").path == tmp_path / "deals.db"


NETWORKS = (
    "nfs nfs4 cifs smb3 smbfs 9p virtiofs afs openafs ceph lustre glusterfs ncpfs vboxsf prl_fs"
    " davfs fuse.sshfs fuse.s3fs"
)


@pytest.mark.parametrize("kind", NETWORKS.split())
def test_no_database_lies_on_a_network_file_system_however_it_is_reached(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "deals.db").touch()
    (tmp_path / "link.db").symlink_to(tmp_path / "far" / "deals.db")
    far = tmp_path / "far"
    monkeypatch.setattr(locating, "_file_system", lambda at: kind if at == far else "ext4")
    for given in ("far/deals.db", "far/new.db", "link.db"):
        with pytest.raises(DatabaseError, match=f"network file system .{kind}") as told:
            locate_file(str(tmp_path / given))
        assert "local disk" in told.value.hint
    assert locate_file(str(tmp_path / "deals.db")).path == tmp_path / "deals.db"


@pytest.mark.parametrize("kind", ["ext4", "btrfs", "xfs", "zfs", "tmpfs", "overlay", "apfs", ""])
def test_a_file_system_of_this_machine_holds_a_database(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locating, "_file_system", lambda folder: kind)
    assert locate_file(str(tmp_path / "deals.db")).path.parent == tmp_path


MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /srv rw - nfs4 box:/srv rw
31 30 0:41 / /srv/local rw shared:2 master:3 - xfs /dev/sdb1 rw
32 22 0:42 / /mnt/our\\040team rw - cifs //box/team rw
33 22 0:43 / /again rw - ext4 /dev/sdc1 rw
34 33 0:44 / /again rw - ceph box:/again rw
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [("/home/ana", "ext4"), ("/", "ext4"), ("/srv", "nfs4"), ("/srv/deals", "nfs4"),
     ("/srv/local", "xfs"), ("/srv/local/a/b", "xfs"), ("/srv/locally", "nfs4"),
     ("/srvice", "ext4"), ("/mnt/our team/x", "cifs"), ("/again/x", "ceph")],
)  # fmt: skip
def test_a_folder_is_on_the_mount_that_is_nearest_and_latest(
    folder: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "read_text", lambda *_: MOUNTS)
    assert locating._file_system(Path(folder)) == kind


def test_where_the_system_tells_no_mounts_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(*_: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", missing)
    assert locating._file_system(Path("/srv")) == ""


@pytest.mark.parametrize(
    ("url", "said"),
    [("postgresql://ana:s3cret@box/sales", "postgresql://ana@box/sales"),
     ("postgres://ana:s3cret@box,two:5433/sales?sslmode=require", "postgresql://ana@box,two:5433/sales"),
     ("POSTGRESQL+psycopg://box/sales", "postgresql://box/sales"),
     ("postgresql://a%40b:s3cret@box/sales", "postgresql://a@b@box/sales")],
)  # fmt: skip
def test_a_server_is_shown_without_its_password_and_opened_with_it(url: str, said: str) -> None:
    found = locate(url)
    assert isinstance(found, Server)
    assert str(found) == said
    assert shown(url).rpartition("//")[2] == said.rpartition("//")[2]
    assert found.name.rpartition("//")[2] == url.rpartition("//")[2]
    bare, password = found.without_password()
    assert "s3cret" not in bare
    assert password == ("s3cret" if "s3cret" in url else "")
    assert bare == found.name.replace(":s3cret", "")
    assert without_password(url) == bare


@pytest.mark.parametrize(
    ("url", "bare"),
    [("postgresql://box/sales?user=ana&password=s3cret", "postgresql://box/sales?user=ana"),
     ("postgresql://box/sales?password=s3cret", "postgresql://box/sales"),
     ("postgresql://box/sales?pass%77ord=s3cret&x=a%40b", "postgresql://box/sales?x=a%40b"),
     ("postgresql:///sales?host=/run/pg&sslpassword=key&password=s3cret",
      "postgresql:///sales?host=/run/pg"),
     ("postgresql://ana:old@box/sales?password=s3cret", "postgresql://ana@box/sales"),
     ("postgresql://ana:s3cret@box/sales?scram_client_key=key&passfile=f",
      "postgresql://ana@box/sales?passfile=f")],
)  # fmt: skip
def test_a_password_is_found_wherever_a_url_may_have_it(url: str, bare: str) -> None:
    found = locate(url)
    assert isinstance(found, Server)
    assert found.without_password() == (bare, "s3cret")
    assert without_password(url) == bare
    assert "s3cret" not in str(found)


@pytest.mark.parametrize("password", ["s3cret?x#y", "s3cret#y"])
def test_signs_that_end_other_urls_stand_in_a_password(password: str) -> None:
    found = locate(f"postgresql://ana:{password}@box/sales")
    assert isinstance(found, Server)
    assert (str(found), found.without_password()[1]) == ("postgresql://ana@box/sales", password)


@pytest.mark.parametrize(
    "database",
    ["postgresql://ana:p@s3cret@box/sales", "postgresql://ana:p/s3cret@box/sales",
     "mysql://ana:s3cret@box/sales", "postgresql:s3cret", "host=box password=s3cret dbname=sales",
     "dbname = sales password = s3cret"],
)  # fmt: skip
def test_what_cannot_be_opened_is_refused_and_shown_without_its_password(database: str) -> None:
    """The driver would look for a host named as the rest of the password, and say so."""
    with pytest.raises(DatabaseError) as refused:
        locate(database)
    words = (refused.value.message, refused.value.hint, shown(database), without_password(database))
    assert "s3cret" not in " ".join(words)


@pytest.mark.parametrize(
    ("url", "bare"),
    [("postgresql:///sales?password=s3cr%65t", "postgresql:///sales"),
     ("postgresql://ana@box/sales?sslmode=require&password=s3cret&port=2",
      "postgresql://ana@box/sales?sslmode=require&port=2"),
     ("postgresql://ana:other@box/sales?password=s3cret", "postgresql://ana@box/sales")],
)  # fmt: skip
def test_a_password_among_the_options_is_in_no_words_of_a_command(url: str, bare: str) -> None:
    found = locate(url)
    assert isinstance(found, Server)
    assert found.without_password() == (bare, "s3cret")


@pytest.mark.parametrize(
    ("url", "name"),
    [("postgresql://ana:x@Box.example:5433/Sales", "box.example-5433-sales"),
     ("postgresql://one,two/sales", "one-two-sales"),
     ("postgresql:///sales?host=%2Frun%2Fa&user=ana", "-run-a-sales"),
     ("postgresql:///sales?host=/run/b&port=5433", "-run-b-5433-sales")],
)  # fmt: skip
def test_files_of_a_server_are_named_by_host_and_database(url: str, name: str) -> None:
    found = locate(url)
    assert isinstance(found, Server)
    assert found.file_name == name
    assert (found.folder, found.exists) == (None, True)


def test_what_is_no_server_is_shown_as_it_was_typed() -> None:
    for given in ("~/deals.db", "sqlite:///deals.db", "postgresql.db", "C:/deals.db"):
        assert shown(given) == given


@pytest.mark.parametrize("given", ["", ":memory:", "sqlite://", "sqlite:///", "a\0b.db"])
def test_a_path_that_names_no_file_is_refused(given: str) -> None:
    with pytest.raises(DatabaseError, match="path"):
        locate_file(given)


@pytest.mark.parametrize("given", ["~nobody-of-that-name/deals.db", "missing/deals.db"])
def test_a_folder_that_is_not_there_is_named(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DatabaseError, match="is not there"):
        locate_file(given)


def test_a_folder_a_pipe_and_a_device_are_no_database(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/null"), tmp_path / ".."):
        with pytest.raises(DatabaseError, match="not a regular file"):
            locate_file(str(path))


def test_a_file_in_the_place_of_a_folder_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseError):
        locate_file(str(tmp_path / "file" / "deals.db"))


def test_a_link_to_a_database_opens_it_and_a_link_to_a_pipe_is_refused(tmp_path: Path) -> None:
    Store.create(str(tmp_path / "deals.db"), SETTINGS).close()
    (tmp_path / "link.db").symlink_to(tmp_path / "deals.db")
    Store.open(str(tmp_path / "link.db")).close()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "to pipe").symlink_to(tmp_path / "pipe")
    with pytest.raises(DatabaseError, match="not a regular file"):
        Store.open(str(tmp_path / "to pipe"))


def test_a_link_to_nowhere_and_a_link_to_itself_are_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "nowhere.db").symlink_to(tmp_path / "gone.db")
    (tmp_path / "itself.db").symlink_to(tmp_path / "itself.db")
    (tmp_path / "there.db").symlink_to(tmp_path / "back.db")
    (tmp_path / "back.db").symlink_to(tmp_path / "there.db")
    with pytest.raises(DatabaseError):
        Store.create(str(tmp_path / "nowhere.db"), SETTINGS)
    for name in ("itself.db", "there.db", "back.db"):
        with pytest.raises(DatabaseError, match=f"{name} is a link that leads back to itself"):
            Store.create(str(tmp_path / name), SETTINGS)


def test_what_cannot_be_set_up_is_let_go_of_at_once(tmp_path: Path) -> None:
    text = tmp_path / "text.db"
    text.write_text("no database " * 1000)
    for read_only in (True, False):
        # Who holds the error, with its frames, holds no file.
        with pytest.raises(DatabaseError) as caught:
            connect(Location(text), read_only=read_only)
        assert caught.value.__cause__ is not None
        assert [fd for fd in Path("/proc/self/fd").iterdir() if _leads_to(fd, text)] == []


def _leads_to(descriptor: Path, file: Path) -> bool:
    with suppress(OSError):  # the one that lists them
        return descriptor.readlink() == file
    return False


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_a_database_is_private_whatever_the_umask(umask: int, tmp_path: Path) -> None:
    before = os.umask(umask)
    try:
        Store.create(str(tmp_path / "deals.db"), SETTINGS).close()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "deals.db").stat().st_mode) == 0o600


def test_a_database_in_a_folder_of_a_team_belongs_to_the_team(tmp_path: Path) -> None:
    folder = tmp_path / "team"
    folder.mkdir()
    folder.chmod(0o2770)
    Store.create(str(folder / "deals.db"), SETTINGS).close()
    assert stat.S_IMODE((folder / "deals.db").stat().st_mode) == 0o660


def test_a_database_is_not_made_over_another_and_not_opened_where_there_is_none(
    tmp_path: Path,
) -> None:
    path = str(tmp_path / "deals.db")
    with pytest.raises(DatabaseError, match="There is no database") as missing:
        Store.open(path)
    assert missing.value.details["reason"] == "missing"
    assert list(tmp_path.iterdir()) == []
    Store.create(path, SETTINGS).close()
    with pytest.raises(DatabaseError, match="is there already"):
        Store.create(path, SETTINGS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "deals.db"
    Store.create(str(path), SETTINGS).close()
    return path


def spoil(path: Path, offset: int, data: bytes) -> bytes:
    whole = bytearray(path.read_bytes())
    whole[offset : offset + len(data)] = data
    path.write_bytes(whole)
    return bytes(whole)


@pytest.mark.parametrize(
    ("offset", "data"),
    [(0, b"Nothing of SQLite's"), (100, b"\xff" * 400), (0, b"\0" * 16)],
    ids=["a text", "a damaged schema", "a lost header"],
)
def test_a_damaged_file_is_told_in_one_sentence_and_left_as_it_is(
    offset: int, data: bytes, path: Path
) -> None:
    spoiled = spoil(path, offset, data)
    with pytest.raises(DatabaseError) as refused:
        Store.open(str(path))
    assert refused.value.details["reason"] == "corrupt"
    assert "\n" not in refused.value.message
    assert path.read_bytes() == spoiled


def test_the_database_of_another_program_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE song (title)")
        other.commit()
    before = path.read_bytes()
    with pytest.raises(DatabaseError, match="not one of Pipeboard's"):
        Store.open(str(path))
    with pytest.raises(DatabaseError, match="not one of Pipeboard's"):
        Store.create(str(path), SETTINGS)
    assert path.read_bytes() == before


def test_a_newer_database_is_neither_read_nor_written(path: Path) -> None:
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("UPDATE counter SET value = 99 WHERE name = 'schema'")
        newer.commit()
    before = path.read_bytes()
    with pytest.raises(DatabaseError, match="schema 99") as refused:
        Store.open(str(path))
    assert refused.value.details["reason"] == "newer"
    assert path.read_bytes() == before


def test_a_database_opened_for_reading_refuses_every_write(path: Path) -> None:
    with closing(Store.open(str(path), read_only=True)) as store:
        assert store.reader.settings() == SETTINGS
        with pytest.raises(ReadOnly, match="for reading only"):
            store.write(lambda writer: writer.save_settings(SETTINGS))


def test_the_reader_itself_cannot_write_where_it_was_opened_for_reading(path: Path) -> None:
    with (
        closing(connect(locate_file(str(path)), read_only=True)) as connection,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        connection.execute("DELETE FROM setting")


PRAGMAS = {
    "foreign_keys": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "busy_timeout": 5000,
    "synchronous": 2,
    "secure_delete": 1,
}


def pragmas(connection: sqlite3.Connection) -> dict[str, object]:
    return {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS}


def test_the_plain_reader_and_the_engine_have_the_same_pragmas(path: Path) -> None:
    location = locate_file(str(path))
    with closing(connect(location)) as connection:
        assert pragmas(connection) == PRAGMAS
        mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    assert mode == ("wal" if wal_is_safe(sqlite3.sqlite_version_info) else "truncate")
    with closing(Engine(location)) as engine, engine.lend() as writing:
        assert pragmas(writing) == PRAGMAS
        assert writing.isolation_level is None


def test_a_reader_for_looking_only_has_query_only(path: Path) -> None:
    with closing(connect(locate_file(str(path)), read_only=True)) as connection:
        assert connection.execute("PRAGMA query_only").fetchone()[0] == 1


@pytest.mark.parametrize("busy_ms", [0, 250, 7_000])
@pytest.mark.parametrize("read_only", [True, False])
def test_whoever_looks_waits_for_a_busy_database_as_long_as_was_asked(
    path: Path, read_only: bool, busy_ms: int
) -> None:
    found = connect(Location(path), read_only=read_only, busy_ms=busy_ms)
    with closing(found) as connection:
        assert connection.execute("PRAGMA busy_timeout").fetchone()[0] == busy_ms
        assert connection.execute("PRAGMA cache_size").fetchone()[0] == -READING_CACHE_KB
    with closing(connect_to_write(Location(path))) as writing:
        assert writing.execute("PRAGMA busy_timeout").fetchone()[0] == BUSY_MS


def test_the_journal_mode_of_a_database_in_use_is_never_changed(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode=WAL")
    with closing(connect(locate_file(str(path)))) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((4, 0, 0), True),
    ],
)
def test_the_write_ahead_log_is_used_only_where_sqlite_is_past_its_race(
    version: tuple[int, ...], safe: bool
) -> None:
    assert wal_is_safe(version) is safe


@pytest.fixture
def writing_process(path: Path) -> Iterator[int]:
    """Another process in the middle of a write; its id."""
    script = (
        "import sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('BEGIN IMMEDIATE')\nprint('writing', flush=True)\nsys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"writing\n"
        yield process.pid
        process.kill()


def test_a_busy_database_says_which_process_is_writing_to_it(
    path: Path, writing_process: int
) -> None:
    with (
        closing(Store.open(str(path))) as store,
        closing(Engine(locate_file(store.location.name))) as engine,
        pytest.raises(DatabaseError) as busy,
    ):
        write(engine, store.identity, lambda database: None, patience_s=0)
    assert busy.value.message.startswith(
        f"The database is busy and cannot be written to now: process {writing_process} ("
    )
    assert busy.value.message.endswith(") is writing to it.")
    assert busy.value.details["reason"] == "locked"


def locks(path: Path) -> set[str]:
    """The locks on a file. The kernel tells them in pieces: while other processes come and go a
    line may stand there twice, or be left out of one reading."""
    inode = str(path.stat().st_ino)
    readings = [Path("/proc/locks").read_text("ascii").splitlines() for _ in range(3)]
    lines = [line for reading in readings for line in reading if f":{inode} " in line]
    return {line.split(maxsplit=1)[1] for line in lines}


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="no /proc/locks here")
def test_looking_at_a_database_drops_no_lock_that_this_process_holds(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        held = locks(path)
        assert held
        assert locate_file(str(path)).exists
        with pytest.raises(DatabaseError, match="is there already"):
            Store.create(str(path), SETTINGS)
        with closing(Store.open(str(path))) as store:
            store.reader.settings()
            assert locks(path) == held
        lock_holder(locate_file(str(path)))
        assert locks(path) == held


def test_a_writing_connection_makes_room_when_its_cache_is_full(tmp_path: Path) -> None:
    path = tmp_path / "deals.db"
    Store.create(str(path), SETTINGS).close()
    with closing(connect(locate_file(str(path)))) as connection:
        connection.execute("ATTACH DATABASE '' AS beside")
        for schema in ("main", "beside"):
            (pages,) = connection.execute(f"PRAGMA {schema}.cache_spill").fetchone()
            assert pages > 0, f"{schema} would hold all that is written in memory"


def test_a_connection_to_look_is_to_a_file_that_was_opened_for_that_alone(tmp_path: Path) -> None:
    place = Location(tmp_path / "deals.db")
    Store.create(str(place.path), SETTINGS).close()
    with closing(connect(place, read_only=True)) as connection:
        connection.execute("PRAGMA query_only=OFF")
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("DELETE FROM counter")
    with closing(connect_to_write(place)) as connection:
        assert connection.execute("DELETE FROM counter").rowcount > 0


def test_a_connection_waits_and_keeps_as_much_as_it_is_told(tmp_path: Path) -> None:
    place = Location(tmp_path / "deals.db")
    Store.create(str(place.path), SETTINGS).close()

    def asked(connection: sqlite3.Connection, pragma: str) -> object:
        return connection.execute(f"PRAGMA {pragma}").fetchone()[0]

    with (
        closing(connect(place, read_only=True, busy_ms=7)) as looking,
        closing(connect_to_write(place)) as writing,
    ):
        assert asked(looking, "busy_timeout") == 7
        assert asked(looking, "cache_size") == -READING_CACHE_KB
        assert (asked(looking, "query_only"), asked(writing, "query_only")) == (1, 0)
        assert asked(writing, "busy_timeout") == BUSY_MS
        assert asked(writing, "cache_size") != -READING_CACHE_KB
        assert asked(writing, "synchronous") == 2


UNCLEAR = (
    "postgresql://ana:secret@more@box/sales",
    "postgresql://ana:secret/more@box/sales",
    "postgresql://ana:12/more@box/sales",
    "postgresql://box:secret/sales",
)
"""Where the password ends nobody can tell."""


@pytest.mark.parametrize("url", UNCLEAR)
def test_a_url_whose_password_may_end_anywhere_is_refused_without_a_word_of_it(url: str) -> None:
    with pytest.raises(DatabaseError) as refused:
        locate(url)
    said = f"{refused.value.message} {refused.value.hint} {refused.value.details}"
    assert "%40" in said
    assert not {"secret", "more", "12"} & set(re.findall(r"\w+", said))
    told = f"{shown(url)} {without_password(url)}"
    assert not {"secret", "more", "12"} & set(re.findall(r"\w+", told))


@pytest.mark.parametrize(
    ("database", "said"),
    [
        ("postgresql://ana:secret@box/sales", "postgresql://ana@box/sales"),
        ("POSTGRES://ana:secret@box/sales", "postgresql://ana@box/sales"),
        ("PostgreSQL+psycopg://ana:secret@a,b/sales", "postgresql://ana@a,b/sales"),
        ("postgresql://box:5433/sales", "postgresql://box:5433/sales"),
        ("postgresql://an%40a:x@box/sales", "postgresql://an@a@box/sales"),
        ("/srv/a:b@c.db", "/srv/a:b@c.db"),
        ("postgresql://[::1]:5433,box/sales", "postgresql://[::1]:5433,box/sales"),
        ("sqlite:////srv/deals.db", "sqlite:////srv/deals.db"),
        ("mysql://ana:secret@box/sales", "mysql:…"),
    ],
)
def test_a_place_is_shown_without_a_password_however_it_is_spelt(database: str, said: str) -> None:
    assert shown(database) == said
