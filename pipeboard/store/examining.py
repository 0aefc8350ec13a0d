"""The examination of a database and of the place where it is: what is so, what is wrong, and what
cures it."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path

from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.errors import DatabaseError, PipeboardError
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.locales import written
from pipeboard.store import dialect
from pipeboard.store.agreed import agreement_faults
from pipeboard.store.backups import backups_of, left_behind, remove
from pipeboard.store.checking import Flaw, faults, log_faults
from pipeboard.store.connecting import connect, connect_at, wal_is_safe
from pipeboard.store.database import Database, Heard, unheard
from pipeboard.store.engine import write_once
from pipeboard.store.grants import shows_all
from pipeboard.store.locating import Location, Place, Server
from pipeboard.store.opening import SCHEMA, FoundDatabase, Identity, look
from pipeboard.store.projecting import Change
from pipeboard.store.projecting.deals import add_totals
from pipeboard.store.rows import DEALS, stored_deal
from pipeboard.store.sealing import check_seal, is_in_the_log, last_digest
from pipeboard.store.tables import definitions
from pipeboard.store.troubles import RECOVERED

_MARGIN = 64 * 1024 * 1024
_SLACK = timedelta(minutes=5)
_OLD_BACKUP = timedelta(days=7)


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, in a sentence, and its cure; `mend` does it where that is safe."""

    check: str
    level: Level
    text: str
    cure: str = ""
    mend: Callable[[], object] | None = None


def ok(check: str, text: str) -> Finding:
    return Finding(check, Level.OK, text)


def note(check: str, text: str, cure: str = "") -> Finding:
    return Finding(check, Level.NOTE, text, cure)


def problem(check: str, text: str, cure: str, mend: Callable[[], object] | None = None) -> Finding:
    return Finding(check, Level.PROBLEM, text, cure, mend)


def examine(
    location: Place,
    now: datetime,
    known_digest: str = "",
    *,
    copies: Location,
    heard: Heard = unheard,
) -> Iterator[Finding]:
    """Every check of a database, the place first; it stops where nothing more can be looked at.
    `known_digest` is a seal that was written down before; `copies` says where backups lie."""
    try:
        if isinstance(location, Server):
            yield from _examine_server(location, now, known_digest, copies, heard)
            return
        if not location.exists:
            raise DatabaseError(
                f"There is no database at {location}.",
                hint="Bring back a backup ('pipeboard backup restore FILE'), or make one with "
                "'pipeboard init'.",
            )
        yield ok("place", f"{location}, on a local file system.")
        files = _about_files(location)
        try:
            found = look(location)
        except DatabaseError as error:
            is_ours = error.details.get("reason") not in ("foreign", "corrupt")
            # Rights that another program gave its file are nobody's business here.
            yield from files if is_ours else (replace(one, mend=None) for one in files)
            raise
        yield from files
        if found is None:
            raise DatabaseError(f"{location} has no tables.", hint="Make them: pipeboard init")
        if found.recovered:
            yield note("journal", RECOVERED)
        if found.moved:
            yield note("moved", found.moved)
        yield from _about_place(location, now)
        with closing(connect(location, read_only=True)) as connection:
            database = Database(connection, found.identity)
            yield from _about_contents(database, found, heard)
            if found.schema == SCHEMA:
                yield from _about_log(database, now, known_digest, heard)
                yield from _about_last_backup(database, location)
    except PipeboardError as error:
        yield problem("database", error.message, error.hint)


def _examine_server(
    server: Server, now: datetime, known_digest: str, copies: Location, heard: Heard
) -> Iterator[Finding]:
    """As `examine`; what is below the rows is the server's own to look after."""
    found = look(server)
    if found is None:
        raise DatabaseError(f"{server} has no tables.", hint="Make them: pipeboard init")
    with closing(connect_at(server, read_only=True)) as connection:
        database = Database(connection, found.identity)
        version = str(database.record(dialect.VERSION)[0]).split(",")[0].partition(" on ")[0]
        yield ok("place", f"{server}, {version}, schema {found.schema}.")
        yield _about_copies(copies, now)
        yield from _about_definitions(database)
        if not shows_all(database):
            yield note(
                "contents",
                "This login is shown a part of the deals: their history was not looked through.",
                "Let a login that sees all of them ask: a manager's, or the owner's.",
            )
            return
        with database.snapshot():
            broken = [*log_faults(database, heard), *agreement_faults(database)]
            yield from (_finding(database, fault) for fault in broken)
            if not broken:
                yield ok("contents", "Every row is what the history says.")
            yield from _about_log(database, now, known_digest, heard)
    yield note(
        "pages",
        "The files below are looked after by the server.",
        "On its machine, as its owner: pg_amcheck --install-missing DATABASE",
    )


# The files: whose they are, who may read and write them, what was left behind.


def _about_files(location: Location) -> Iterator[Finding]:
    folder, file = location.path.parent.stat(), location.path.stat()
    shared = bool(folder.st_mode & stat.S_ISGID)
    wrong = [
        *_about_folder(location.path.parent, folder, shared=shared),
        *_about_mode(location.path, file, folder, shared=shared),
    ]
    for side in ("-journal", "-wal", "-shm"):
        beside = Path(f"{location.path}{side}")
        with suppress(FileNotFoundError):
            wrong += _about_mode(beside, beside.stat(), folder, shared=shared)
    yield from wrong
    if not wrong:
        use = "the group of its folder" if shared else "you alone" if _is_mine(file) else "one"
        yield ok("rights", f"Mode {_octal(file)}, for {use}.")
    if file.st_nlink > 1:
        yield problem(
            "names",
            f"{location} has {file.st_nlink} names (hard links).",
            "Remove all names but one ('find FOLDER -samefile FILE' lists them).",
        )


def _about_folder(path: Path, folder: os.stat_result, *, shared: bool) -> Iterator[Finding]:
    where = Location(path)
    if folder.st_mode & stat.S_IWOTH and not folder.st_mode & stat.S_ISVTX:
        yield problem(
            "folder",
            f"Everybody on this machine may replace files in {where} (mode {_octal(folder)}).",
            f"chmod o-w '{where}'",
            _change_mode(path, folder, stat.S_IMODE(folder.st_mode) & ~stat.S_IWOTH),
        )
    if shared and not folder.st_mode & stat.S_IWGRP:
        yield problem(
            "folder",
            f"The group may not write in {where}, so that only one can change anything.",
            f"chmod 2770 '{where}'",
            _change_mode(path, folder, 0o2770),
        )
    if shared and folder.st_mode & stat.S_ISVTX:
        yield problem(
            "folder",
            f"{where} has the sticky bit: nobody can put another's journal away.",
            f"chmod -t '{where}'",
            _change_mode(path, folder, stat.S_IMODE(folder.st_mode) & ~stat.S_ISVTX),
        )


def _about_mode(
    path: Path, file: os.stat_result, folder: os.stat_result, *, shared: bool
) -> Iterator[Finding]:
    where, wanted = Location(path), 0o660 if shared else 0o600
    mode = stat.S_IMODE(file.st_mode)
    if shared and file.st_gid != folder.st_gid:
        yield problem(
            "rights",
            f"{where} is not of the group of its folder, whose members cannot open it.",
            f"chgrp --reference='{where.path.parent}' '{where}'",
            (lambda: os.chown(path, -1, folder.st_gid)) if _is_mine(file) else None,
        )
    if mode & 0o077 & ~wanted:
        who = "Everybody on this machine" if mode & 0o007 else "The group"
        yield problem(
            "rights",
            f"{who} may open {where} (mode {_octal(file)}).",
            f"chmod {wanted:o} '{where}'",
            _change_mode(path, file, wanted),
        )
    elif mode & wanted != wanted:
        yield problem(
            "rights",
            f"{where} has mode {_octal(file)}: those who share it cannot write to it.",
            f"chmod {wanted:o} '{where}'",
            _change_mode(path, file, wanted),
        )


def _is_mine(file: os.stat_result) -> bool:
    return os.geteuid() in (0, file.st_uid)


def _change_mode(path: Path, file: os.stat_result, mode: int) -> Callable[[], object] | None:
    return (lambda: path.chmod(mode)) if _is_mine(file) else None


def _octal(file: os.stat_result) -> str:
    return f"{stat.S_IMODE(file.st_mode):04o}"


# The place: room, copies, what was left behind.


def _about_place(location: Location, now: datetime) -> Iterator[Finding]:
    size, room = location.path.stat().st_size, os.statvfs(location.path.parent)
    free = room.f_bavail * room.f_frsize
    said = f"{in_figures(free // 1_000_000)} MB free; the database has {written().megabytes(size)}."
    if free < size + _MARGIN:
        yield problem("space", said, "Free some room, or move the database to a larger disk.")
    else:
        yield ok("space", said)
    left = left_behind(location)
    if left:
        yield problem(
            "left behind",
            f"{how_many(len(left), 'unfinished copy lies', 'unfinished copies lie')} beside the "
            f"database: {_named(left)}.",
            f"Remove {'it' if len(left) == 1 else 'them'}.",
            lambda: remove(left),
        )
    yield _about_copies(location, now)


def _about_copies(location: Location, now: datetime) -> Finding:
    copies = [backup for backup in backups_of(location) if backup.kind != "replaced"]
    command = "Make one: pipeboard backup; for cron: pipeboard backup --if-older 1d -q"
    if not copies:
        return note("backups", f"There is no backup in {Location(location.path.parent)}.", command)
    if now - copies[0].at > _OLD_BACKUP:
        return note("backups", f"The last backup is {(now - copies[0].at).days} days old.", command)
    return ok("backups", f"{len(copies)}, the last of {copies[0].at:%Y-%m-%d %H:%M} UTC.")


def make_private(paths: Sequence[Path]) -> None:
    """Leaves files to their owner alone."""
    for path in paths:
        path.chmod(0o600)


def _named(paths: Sequence[Path]) -> str:
    return ", ".join(str(Location(Path(path.name))) for path in paths[:3])


# The contents: SQLite's own checks, tables and indices, every deal replayed.

_CURES = {
    "indices": "Make them anew: pipeboard doctor --fix",
    "totals": "Add them up anew: pipeboard doctor --fix",
    "agreed": "Agree on it anew, or bring back a backup: pipeboard backup list",
}


def _about_contents(database: Database, found: FoundDatabase, heard: Heard) -> Iterator[Finding]:
    yield _about_versions(database, found)
    if found.schema < SCHEMA:
        yield note(
            "schema",
            f"The database has schema {found.schema}, this Pipeboard {SCHEMA}.",
            "Opening it brings it up to date, after a copy: pipeboard list",
        )
    else:
        yield from _about_definitions(database)
    broken = list(faults(database, replays=found.schema == SCHEMA, heard=heard))
    if found.schema == SCHEMA and all(flaw.kind != "pages" for flaw in broken):
        broken += agreement_faults(database)
    yield from (_finding(database, fault) for fault in broken)
    if not broken:
        replayed = ", and every row is what the history says" if found.schema == SCHEMA else ""
        yield ok("contents", f"The database is whole{replayed}.")


def _about_versions(database: Database, found: FoundDatabase) -> Finding:
    logs = database.record(dialect.JOURNAL_MODE) == ("wal",)
    mode = "write-ahead log" if logs else "rollback journal"
    version = ".".join(map(str, sys.version_info[:3]))
    said = f"SQLite {sqlite3.sqlite_version} ({mode}), Python {version}, "
    said += f"schema {found.schema}."
    if logs and not wal_is_safe(sqlite3.sqlite_version_info):
        return problem(
            "versions",
            f"{said} This SQLite can damage a database with a write-ahead log.",
            "Update SQLite to 3.51.3 or newer; or close all boards, then: "
            f"sqlite3 '{database.identity.location}' '{dialect.TO_ROLLBACK}'",
        )
    return ok("versions", said)


def _about_definitions(database: Database) -> Iterator[Finding]:
    there = set(database.column(dialect.NAMES))
    wanted = definitions(database.identity.engine)
    missing = {name: made for name, made in wanted.items() if name not in there}
    tables = [name for name, made in missing.items() if made.startswith("CREATE TABLE")]
    if tables:
        yield problem("tables", f"Tables are missing: {', '.join(tables)}.", "Bring back a backup.")
    elif missing:
        yield problem(
            "indices",
            f"Indices are missing, which makes everything slow: {', '.join(missing)}.",
            _CURES["indices"],
            lambda: write_once(database.identity, lambda inside: _make(inside, missing.values())),
        )


def _make(inside: Database, definitions: Iterable[str]) -> None:
    for definition in definitions:
        inside.change(definition)


def _finding(database: Database, fault: Flaw) -> Finding:
    text = f"{fault.text[:1].upper()}{fault.text[1:]}."
    cure = _CURES.get(fault.kind, "Bring back a backup: pipeboard backup list")
    mends: dict[str, Callable[[Database], object]] = {
        "indices": lambda inside: inside.change(dialect.MAKE_INDICES_ANEW),
        "totals": _add_up,
    }
    mend = mends.get(fault.kind)
    return problem(
        fault.kind, text, cure, partial(write_once, database.identity, mend) if mend else None
    )


def _add_up(inside: Database) -> None:
    inside.change("DELETE FROM stage_total")
    deals = (stored_deal(row) for row in inside.rows(DEALS))
    add_totals(inside, [Change(None, deal, ()) for deal in deals])


# The log: its seal, its clock, and whether it still begins as the last backup did.


def _about_log(
    database: Database, now: datetime, known_digest: str, heard: Heard
) -> Iterator[Finding]:
    last = database.number("SELECT max(at) FROM command")
    if last and (ahead := datetime.fromtimestamp(last / 1e6, UTC) - now) > _SLACK:
        yield problem(
            "clock",
            f"The last change is {_long(ahead)} ahead of this machine's clock.",
            "Set the clock right ('timedatectl'); until then ages and days are wrong.",
        )
    else:
        yield ok("clock", f"{now:%Y-%m-%d %H:%M} UTC, after the last change.")
    seal = check_seal(database, heard)
    if seal.broken_at:
        yield problem(
            "seal",
            f"The history was changed by another hand at command {seal.broken_at}, or before it: "
            f"the seal holds for the first {how_many(seal.commands, 'command')} only.",
            "See 'pipeboard history', and compare with a backup from before.",
        )
        return
    if known_digest and not is_in_the_log(database, known_digest):
        yield problem(
            "seal",
            "The history does not begin with the one whose seal you gave: it was changed or "
            "shortened since.",
            "Compare with a backup from then.",
        )
        return
    proved = " It begins with what your seal proves." if known_digest else ""
    yield ok("seal", f"{how_many(seal.commands, 'command')}, seal {seal.digest or 'none'}.{proved}")


def _long(span: timedelta) -> str:
    return how_many(span.days, "day") if span.days else how_many(span.seconds // 60, "minute")


def _about_last_backup(database: Database, location: Location) -> Iterator[Finding]:
    mine = [one for one in backups_of(location) if one.kind == "" and one.is_mine]
    if not mine:
        return
    place = Location(mine[0].path)
    try:
        with closing(connect(place, read_only=True)) as connection:
            digest = last_digest(Database(connection, Identity(place, 0, 0, "")))
    except DatabaseError as error:
        yield problem("backups", error.message, "Make another: pipeboard backup")
        return
    if digest and not is_in_the_log(database, digest):
        yield note(
            "seal",
            f"The last backup ({place}) holds changes that are not in the history any more.",
            "An earlier backup was brought back since, or somebody shortened the history.",
        )
