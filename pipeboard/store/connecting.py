"""From a path or URL to an open SQLite connection, set up the one way that loses nothing.

The one place that knows pragmas; the plain reader and SQLAlchemy's engine both come here. The
file itself is never opened otherwise once it is in use: closing any other handle on it would
drop SQLite's POSIX locks for the whole process.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.text import printable

BUSY_MS = 5_000
READING_CACHE_KB = 512
"""Pages that a reading connection keeps: a board needs few, and ten reps share one box."""
APPLICATION_ID = 0x50425231  # "PBR1"

_NETWORK = frozenset(
    (
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "virtiofs",
        "afs",
        "openafs",
        "ceph",
        "lustre",
        "glusterfs",
        "ncpfs",
        "vboxsf",
        "prl_fs",
        "davfs",
    )
)


@dataclass(frozen=True, slots=True)
class Location:
    """Where a database is: a file of SQLite's."""

    path: Path

    def __str__(self) -> str:
        return printable(str(self.path))

    @property
    def exists(self) -> bool:
        """Whether the file is there with something in it (`stat` drops no locks)."""
        try:
            return self.path.stat().st_size > 0
        except OSError:
            return False

    def uri(self, *, read_only: bool) -> str:
        """The SQLite URI; built by quoting, since `?` and `#` in a path open another file."""
        return f"file:{quote(os.fsencode(self.path))}?mode={'ro' if read_only else 'rw'}"


def locate(database: str) -> Location:
    """The place that a path or `sqlite:///` URL names; `DatabaseError` for what cannot hold one."""
    if database.startswith(("postgresql:", "postgres:", "postgresql+psycopg:")):
        raise DatabaseError(
            "This version of Pipeboard cannot open PostgreSQL yet.",
            hint="Give the path of a SQLite file with --db.",
        )
    if database.startswith("sqlite:"):
        database = unquote(urlsplit(database).path).removeprefix("/")
    if not database or database == ":memory:":
        raise DatabaseError("No database path given.", hint="For example: --db ~/deals.db")
    if "\0" in database:
        raise DatabaseError("A path cannot hold a NUL character.")
    raw = Path(database)
    try:
        raw = raw.expanduser()
        path = raw.parent.resolve(strict=True) / raw.name
    except (OSError, RuntimeError) as error:
        raise DatabaseError(
            f"The folder {Location(raw.parent)} is not there.",
            hint="Make it first, or name another path.",
        ) from error
    _check_file(path)
    return Location(path)


def _check_file(path: Path) -> None:
    kind = _file_system(path.parent)
    if kind in _NETWORK or kind.startswith("fuse."):
        raise DatabaseError(
            f"{Location(path)} is on a network file system ({kind}), where SQLite's locks do not "
            "hold.",
            hint="Put the file on a local disk.",
        )
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise DatabaseError(f"{Location(path)} cannot be looked at: {error.strerror}.") from error
    if stat.S_ISLNK(mode):
        _check_file(_target(path))
    elif not stat.S_ISREG(mode):
        raise DatabaseError(
            f"{Location(path)} is not a regular file.", hint="Name a file with --db."
        )


def _target(link: Path) -> Path:
    try:
        return link.resolve()
    except (OSError, RuntimeError) as error:
        raise DatabaseError(
            f"{Location(link)} is a link that leads back to itself.", hint="Name another path."
        ) from error


def _file_system(folder: Path) -> str:
    """The type of the mount that `folder` is on; "" where the system does not tell."""
    best, kind = "", ""
    try:
        lines = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    for line in lines:
        left, _, right = line.partition(" - ")
        mount = left.split()[4].replace("\\040", " ")
        inside = f"{folder}/".startswith(f"{mount.rstrip('/')}/")
        if inside and len(mount) >= len(best):
            best, kind = mount, right.split()[0]
    return kind


def make_file(location: Location) -> None:
    """The empty file with the rights that the folder implies, whatever the umask.

    0660 in a set-gid folder (a shared box), 0600 elsewhere: SQLite's own 0644 would keep a second
    rep out.
    """
    path = location.path
    shared = bool(path.parent.stat().st_mode & stat.S_ISGID)
    mode = 0o660 if shared else 0o600
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    except FileExistsError:
        return
    except OSError as error:
        raise DatabaseError(
            f"{location} cannot be made: {error.strerror}.", hint="Name another path with --db."
        ) from error
    os.fchmod(fd, mode)
    os.close(fd)


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite is past the race between checkpoint and WAL reset (3.7.0 to 3.51.2)."""
    return (
        version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    )


def prepare(connection: sqlite3.Connection, *, read_only: bool, busy_ms: int = BUSY_MS) -> None:
    """Every pragma that this program relies on; the journal mode is chosen once, for a new file."""
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={busy_ms}",
        "foreign_keys=ON",
        "trusted_schema=OFF",
        "cell_size_check=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
    if read_only:
        connection.execute("PRAGMA query_only=ON")
        return
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    if mode not in ("wal", "truncate"):
        safe = wal_is_safe(sqlite3.sqlite_version_info)
        wanted = "WAL" if safe and not _is_made(connection) else "TRUNCATE"
        connection.execute(f"PRAGMA journal_mode={wanted}")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")


def _is_made(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0])


def connect(
    location: Location, *, read_only: bool = False, busy_ms: int = BUSY_MS
) -> sqlite3.Connection:
    """An open connection with named rows; `DatabaseError` in words when it cannot be had.

    It may be handed from thread to thread, but is used by one at a time.
    """
    with told(location):
        connection = sqlite3.connect(
            location.uri(read_only=read_only),
            uri=True,
            timeout=busy_ms / 1000,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.row_factory = sqlite3.Row
        prepare(connection, read_only=read_only, busy_ms=busy_ms)
        connection.execute(f"PRAGMA cache_size=-{READING_CACHE_KB}")
        return connection


@contextlib.contextmanager
def told(location: Location) -> Iterator[None]:
    """Turns the driver's errors into one sentence with the cause and what to do next."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise in_words(error, location) from error


def in_words(error: BaseException, location: Location) -> DatabaseError:
    """The driver's error as a sentence; `details["reason"]` is locked, corrupt, full or other."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    said = str(error)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return DatabaseError(
            f"The database is busy: {lock_holder(location)} is writing to it.",
            hint="Try again in a moment.",
            details={"reason": "locked"},
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DatabaseError(
            f"{location} is damaged or not a database ({said}).",
            hint="Bring back a backup; the file was left as it is.",
            details={"reason": "corrupt"},
        )
    if code == sqlite3.SQLITE_FULL:
        return DatabaseError(
            "The disk is full: nothing was changed.",
            hint="Free some space and do it again.",
            details={"reason": "full"},
        )
    if code == sqlite3.SQLITE_CANTOPEN:
        return DatabaseError(
            f"{location} cannot be opened.",
            hint="Look at the path and at its rights.",
            details={"reason": "unreachable"},
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return DatabaseError(
            f"{location} cannot be written to ({said}).",
            hint="Ask for the right to write, or look with --read-only.",
            details={"reason": "read_only"},
        )
    return DatabaseError(
        f"The database does not answer as it should ({said}).",
        hint="Do it once more; if it stays so, look at the disk.",
        details={"reason": "other"},
    )


def lock_holder(location: Location) -> str:
    """Who holds a lock on the file, as far as the system tells: `process 4711`."""
    try:
        at = location.path.stat()
        lines = Path("/proc/locks").read_text("ascii").splitlines()
    except OSError:
        return "another program"
    held = [words for line in lines if len(words := line.split()) > 5]
    theirs = [(words[4], words[5]) for words in held if words[4] != str(os.getpid())]
    exact = f"{os.major(at.st_dev):02x}:{os.minor(at.st_dev):02x}:{at.st_ino}"
    # Some file systems are known to `stat` by another device than to the locks.
    for found in (
        [pid for pid, file in theirs if file == exact],
        [pid for pid, file in theirs if file.rpartition(":")[2] == str(at.st_ino)],
    ):
        if found:
            return f"process {found[0]}"
    return "another program"
