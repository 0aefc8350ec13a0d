"""Backups: whole copies that SQLite makes, looked through before they count, kept a few, and
brought back without losing what they replace.

No file of a database is ever copied or read but through SQLite, and the copies are their owner's
alone: they hold everything.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from pipeboard import outlet
from pipeboard.domain.errors import BadInput, DatabaseError, NotFound
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.text import printable
from pipeboard.store import dialect
from pipeboard.store.checking import Flaw, broken_seal, check_copy, in_a_sentence
from pipeboard.store.connecting import connect, connect_to_write
from pipeboard.store.database import Heard, at_length, unheard
from pipeboard.store.locating import Location, Server, make_file
from pipeboard.store.opening import TABLES, schema_of
from pipeboard.store.patience import Patience, in_line
from pipeboard.store.troubles import translate_errors

BY_HAND, BEFORE_IMPORT, REPLACED = "", "before-import", "replaced"
KEPT = {BY_HAND: 14, BEFORE_IMPORT: 5, REPLACED: 5}
"""How many of each kind stay; older ones of one's own go when a new one is whole."""
STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"\.(?:(\d{8}T\d{6}Z)|schema-\d+)(?:\.([a-z-]+))?\.backup(?:-\d+)?$")
_PART = re.compile(
    r"\.(?:(?:\d{8}T\d{6}Z|schema-\d+)(?:\.[a-z-]+)?\.backup(?:-\d+)?|demo)\.part(?:-\d+)?$"
)
_SIDES = ("", "-journal", "-wal", "-shm")
_OLD_PART = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy beside a database: when it was made, what for, and how many bytes it has."""

    path: Path
    at: datetime
    kind: str
    size: int
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup brought back: where what it replaced is kept (None where there was nothing), and
    the command at which its history is not what was sealed ("" where all of it is)."""

    kept: Path | None
    schema: int
    broken_at: str


def backups_of(location: Location) -> list[Backup]:
    """The copies beside a database, the newest first; those before a migration too."""
    folder, name = location.path.parent, location.path.name
    found: list[Backup] = []
    for entry in os.scandir(folder) if folder.is_dir() else ():
        match = _NAME.match(entry.name, len(name)) if entry.name.startswith(name) else None
        if match is None or not entry.is_file(follow_symlinks=False):
            continue
        seen = entry.stat(follow_symlinks=False)
        at = datetime.fromtimestamp(seen.st_mtime, UTC)
        if match[1]:
            at = datetime.strptime(match[1], STAMP).replace(tzinfo=UTC)
        kind = match[2] or ("" if match[1] else "before-migration")
        mine = seen.st_uid == os.geteuid()
        found.append(Backup(Path(entry.path), at, kind, seen.st_size, mine))
    return sorted(found, key=lambda backup: (backup.at, backup.path.name), reverse=True)


def back_up(
    location: Location,
    at: datetime,
    *,
    kind: str = BY_HAND,
    to: Path | None = None,
    keep: int | None = None,
    checks: bool = True,
    heard: Heard = unheard,
) -> Path:
    """A whole copy, beside the database or `to` another place; where it is.

    It gets its name once it is on the disk and was looked through (every deal replayed from the
    log). Raises `DatabaseError` when it cannot be made or the database is not whole; then nothing
    of it stays. Beside the database only so many of a kind are kept.
    """
    target = _target(location, at, kind, to)
    if not is_utf8(target):
        raise BadInput(f"{Location(target)} is no UTF-8 text.", hint="Name another file.")
    with closing(connect(location, read_only=True)) as connection:
        whole = _copy(connection, location, target, checks=checks, heard=heard)
    if to is None:
        forget_oldest(location, kind, KEPT[kind] if keep is None else keep)
    return whole


def _beside(location: Location, at: datetime, kind: str) -> Path:
    """The name of a copy beside the database."""
    named = ".".join(filter(None, (location.path.name, at.strftime(STAMP), kind, "backup")))
    return location.path.with_name(named)


def _target(location: Location, at: datetime, kind: str, to: Path | None) -> Path:
    """Where a copy is to be; `BadInput` where that cannot be."""
    target = _beside(location, at, kind) if to is None else to
    if to is not None and to.exists():
        raise BadInput(f"{Location(to)} is there already.", hint="Name another file.")
    if not target.parent.is_dir():
        raise BadInput(f"The folder {Location(target.parent)} is not there.", hint="Make it first.")
    return target


def _copy(
    connection: sqlite3.Connection,
    location: Location,
    target: Path,
    *,
    checks: bool,
    heard: Heard = unheard,
) -> Path:
    with part_of(target, location) as part:
        with translate_errors(location):
            connection.execute(dialect.READ_AND_WRITE)
            at_length(connection, lambda: connection.execute(dialect.COPY_INTO, (str(part),)))
        flush(part)
        if checks and (found := check_copy(Location(part), heard)):
            raise DatabaseError(
                f"No backup was made, since {location} is not whole: {in_a_sentence(found)}.",
                hint="'pipeboard doctor' says more; 'pipeboard backup list' shows earlier copies.",
                details={"reason": "damaged", "faults": [fault.text for fault in found]},
            )
        return put_in_place(part, target)


def forget_oldest(location: Location, kind: str, keep: int) -> None:
    """Leaves so many of one's own copies of a kind."""
    mine = [one for one in backups_of(location) if one.kind == kind and one.is_mine]
    for backup in mine[max(keep, 1) :]:
        with suppress(OSError):
            backup.path.unlink()


def restore(location: Location, backup: Path, at: datetime, heard: Heard = unheard) -> Restored:
    """A backup put in the place of a database, or where there is none.

    What was there is kept as a backup of its own, or set aside with its journal where SQLite can
    make nothing of it any more. Nobody else reads or writes in between; whoever has the database
    open goes on with what came back. `DatabaseError`, and nothing changed, for a backup that is
    not whole, and as long as others are at work.
    """
    source = Location(backup)
    expect_backup(location, backup)
    if found := faults_of(source, heard):
        raise DatabaseError(
            f"{source} is not whole: {in_a_sentence(found)}.",
            hint=_ANOTHER,
            details={"reason": "damaged", "faults": [fault.text for fault in found]},
        )
    with closing(connect(source, read_only=True)) as reading:
        schema = schema_of(reading, source) or 0
        broken_at = broken_seal(reading, source)
        kept = _take_place(location, reading, at)
    return Restored(kept, schema, broken_at)


def expect_backup(location: Location, backup: Path) -> None:
    """`NotFound` for a file that is not there, `BadInput` for the database itself."""
    if not backup.is_file():
        raise NotFound(
            f"There is no backup {Location(backup)}.",
            hint="'pipeboard backup list' shows what there is.",
        )
    if location.exists and backup.samefile(location.path):
        raise BadInput("That is the database itself.", hint="Name one of its backups.")


_ANOTHER = "Nothing was changed. Try an earlier one: pipeboard backup list"
_NO_BACKUP = ("corrupt", "damaged", "empty", "foreign", "truncated")


def faults_of(backup: Location, heard: Heard = unheard) -> list[Flaw]:
    """As `check_copy`, of what is to be brought back: to bring back a backup is no advice here."""
    try:
        return check_copy(backup, heard)
    except DatabaseError as error:
        if error.details.get("reason") in _NO_BACKUP:
            error.hint = _ANOTHER
        raise


def _take_place(location: Location, reading: sqlite3.Connection, at: datetime) -> Path | None:
    aside = _beside(location, at, REPLACED)
    if not location.exists:
        make_file(location)
        _fill(location, reading, None)
        return None
    try:
        kept = _fill(location, reading, aside)
    except DatabaseError as error:
        if error.details.get("reason") not in ("corrupt", "damaged"):
            raise
        kept = _set_aside(location, aside)
        make_file(location)
        _fill(location, reading, None)
    forget_oldest(location, REPLACED, KEPT[REPLACED])
    return kept


def _fill(location: Location, reading: sqlite3.Connection, aside: Path | None) -> Path | None:
    """Copies the backup over the database while nobody else has a lock on it, after a copy of what
    is there."""
    with (
        translate_errors(location, "write"),
        closing(connect_to_write(location)) as connection,
        in_line(location) as place,
    ):
        connection.execute(dialect.KEEP_LOCKS)
        Patience().begin(connection, dialect.BEGIN_ALONE, location, place)
        connection.execute("COMMIT")  # the lock stays until the connection is closed
        kept = None
        if aside is not None:
            kept = _copy(connection, location, aside, checks=False)
        reading.backup(connection)
        return kept


def _set_aside(location: Location, aside: Path) -> Path:
    """Moves a file that is no database any more out of the way, with all that belongs to it."""
    kept = new_file(aside)
    for side in _SIDES:
        with suppress(FileNotFoundError):
            Path(f"{location.path}{side}").replace(Path(f"{kept}{side}"))
    return kept


def is_utf8(path: Path) -> bool:
    """Whether SQLite can be told of a file by that name."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


# Files of copies: made before anything is written to them, whole on the disk before they count.


def names(wanted: Path) -> Iterator[Path]:
    """A name, and the same with ever higher numbers."""
    yield wanted
    for number in count(1):
        yield wanted.with_name(f"{wanted.name}-{number}")


def new_file(wanted: Path) -> Path:
    """An empty file of that name, or of the first numbered one that nobody else has made, with its
    rights; `VACUUM INTO` accepts it while it is empty."""
    path, descriptor = _held_file(wanted)
    os.close(descriptor)
    return path


def _held_file(wanted: Path) -> tuple[Path, int]:
    """A `new_file`, and the lock on it, by which others know that somebody is at it."""
    for path in names(wanted):
        try:
            held = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
        except FileExistsError:
            continue
        except OSError as error:
            raise DatabaseError(
                f"{str(Location(path)).removesuffix('.part')} cannot be made: {error.strerror}.",
                hint="Nothing was changed; make room or give rights in that folder.",
            ) from error
        with suppress(OSError):  # not every file system knows such locks
            fcntl.flock(held, fcntl.LOCK_EX)
        if os.fstat(held).st_nlink:
            return path, held
        os.close(held)  # somebody took it for one that was left behind
    raise AssertionError("the numbers never end")


@contextmanager
def part_of(target: Path, beside: Location) -> Iterator[Path]:
    """An empty file beside a place, to be filled; nothing of it stays but what is put there, and
    nothing of those beside a database that were left behind."""
    with suppress(OSError):  # those of others stay
        remove(left_behind(beside))
    part, held = _held_file(target.with_name(f"{target.name}.part"))
    try:
        yield part
    finally:
        remove([part])  # the disk may have been full in the middle of a copy
        os.close(held)


def left_behind(location: Location) -> list[Path]:
    """The parts beside a database that whoever filled them has not come back to: they were killed,
    or the power failed."""
    folder, name = location.path.parent, location.path.name
    with suppress(OSError):
        return [
            Path(entry.path)
            for entry in os.scandir(folder)
            if entry.name.startswith(name)
            and _PART.match(entry.name, len(name))
            and entry.is_file(follow_symlinks=False)
            and _is_left(entry)
        ]
    return []


def _is_left(entry: os.DirEntry[str]) -> bool:
    """Whether nobody holds a part; one that is not ours to look at is left once it is old."""
    try:
        asked = os.open(entry.path, os.O_WRONLY | os.O_NOFOLLOW)
    except OSError:
        at = datetime.fromtimestamp(entry.stat(follow_symlinks=False).st_mtime, UTC)
        return datetime.now(UTC) - at > _OLD_PART
    try:
        fcntl.flock(asked, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(asked)
    return True


def remove(paths: Sequence[Path]) -> None:
    """Takes files away that nobody needs, with what SQLite puts beside them."""
    for path in paths:
        for side in _SIDES:
            path.with_name(f"{path.name}{side}").unlink(missing_ok=True)


def put_in_place(part: Path, target: Path) -> Path:
    """Gives a part that is whole on the disk its name, or the first numbered one; where it is."""
    whole = outlet.claim(part, names(target))
    flush(whole.parent)
    return whole


def flush(path: Path) -> None:
    """Has the disk hold what was written to a file that nobody has opened yet, or a folder's
    names."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


# What looks after a database on a server: copies by PostgreSQL's own programs, looked through
# before they count.

_LONGEST_S = 3_600
_NO_PROGRAM = "'{}' is not on this machine, and a server is copied by PostgreSQL's own programs."


def back_up_server(
    server: Server, copies: Location, at: datetime, *, to: Path | None, keep: int
) -> Path:
    """A whole copy of one state by `pg_dump`, `to` a file or among `copies`; where it is.

    It gets its name once `pg_restore` has read its list of contents and every table of ours is in
    it. `DatabaseError` in the server's words when it cannot be made; then nothing of it stays.
    """
    target = _target(copies, at, BY_HAND, to)
    with part_of(target, copies) as part:
        _run(server, ["pg_dump", "--format=custom", "--no-owner", f"--file={part}"])
        listed = _run(None, ["pg_restore", "--list", str(part.absolute())])
        held = set(re.findall(r"TABLE DATA \S+ (\w+) ", listed))
        if missing := sorted(set(TABLES) - held):
            raise DatabaseError(
                f"No backup was made: the copy lacks {', '.join(missing)}.",
                hint="The account must be allowed to read every table ('pipeboard doctor').",
            )
        flush(part)
        whole = put_in_place(part, target)
    if to is None:
        forget_oldest(copies, BY_HAND, keep)
    return whole


def _run(server: Server | None, command: Sequence[str]) -> str:
    """What one of PostgreSQL's programs says; the password goes by the environment, since everybody
    on this machine may read the words of a command."""
    if shutil.which(command[0]) is None:
        raise DatabaseError(
            _NO_PROGRAM.format(command[0]), hint="Install the package postgresql-client."
        )
    environ, words = dict(os.environ), list(command)
    if server is not None:
        url, password = server.without_password()
        words.append(f"--dbname={url}")
        if password:
            environ["PGPASSWORD"] = password
    try:
        done = subprocess.run(
            words, env=environ, capture_output=True, timeout=_LONGEST_S, check=False, text=True
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DatabaseError(f"'{command[0]}' did not finish.", hint="Try again.") from error
    if done.returncode:
        said = printable((done.stderr.strip().splitlines() or ["it gave no reason"])[-1])
        raise DatabaseError(f"'{command[0]}' made no copy: {said}", hint="Nothing was changed.")
    return done.stdout
