"""The verbs that look after a workspace: backup, doctor and logs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from pipeboard import __version__
from pipeboard.cli.arguments import number
from pipeboard.cli.call import Call
from pipeboard.cli.config import account_name
from pipeboard.cli.folders import default_database, log_file, state_folder
from pipeboard.cli.output import BOLD, DIM, GREEN, RED, YELLOW, Progress, progress_told
from pipeboard.cli.tables import Table, tell
from pipeboard.cli.verbs import takes, takes_json, verb
from pipeboard.domain.counts import how_many
from pipeboard.domain.errors import BadInput, DatabaseError, PipeboardError
from pipeboard.domain.locales import written
from pipeboard.domain.text import printable, quoted
from pipeboard.faults import last_fault
from pipeboard.outlet import with_database
from pipeboard.store.locating import Location, Server, locate

if TYPE_CHECKING:
    from pipeboard.store.backups import Backup
    from pipeboard.store.examining import Finding
    from pipeboard.store.locating import Place

_SPAN = re.compile(r"(\d{1,4})([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _span(text: str) -> timedelta:
    """A length of time: `90m`, `12h`, `1d`, `2w`."""
    found = _SPAN.fullmatch(text.strip().lower())
    if found is None:
        raise BadInput(f"{quoted(text)} is no length of time.", hint="Such as 12h, 1d or 2w.")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


@verb("backup make", "[FILE]", "pipeboard backup make --if-older 1d")
@takes("file", nargs="?", metavar="FILE", help="where to, else beside the database")
@takes("--if-older", metavar="AGE", help="only when the last one is older: 12h, 1d, 1w; for cron")
@takes("--keep", type=number(1), metavar="N", help="how many stay beside the database, else 14")
@takes_json
def back_up(call: Call) -> int:
    """A whole copy, looked through before it counts."""
    from pipeboard.store.backups import BY_HAND, KEPT, back_up, back_up_server, backups_of

    asked, at = call.arguments, call.clock()
    longest = None if asked.if_older is None else _span(asked.if_older)
    if asked.file is not None and asked.keep is not None:
        raise BadInput(
            "--keep is of copies beside the database.", hint="Leave it out, or the FILE."
        )
    call.workspace.rights.check("backup")
    location = call.workspace.store.location
    copies = _copies(location)
    last = next((one for one in backups_of(copies) if not one.kind), None)
    if longest is not None and last is not None and at - last.at < longest:
        if asked.json:
            call.out.document({"backup": _document(last)})
        call.out.say(f"The last backup is young enough: {last.path.name}.")
        return 0
    if call.only_tries("make a backup", backup=None):
        return 0
    to = None if asked.file is None else Path(asked.file).expanduser()
    if isinstance(location, Server):
        copies.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        keep = KEPT[BY_HAND] if asked.keep is None else asked.keep
        path, how = back_up_server(location, copies, at, to=to, keep=keep), "read through"
    else:
        with progress_told(call.out) as heard:
            path = back_up(location, at, to=to, keep=asked.keep, heard=heard)
        how = "and every deal in it checked"
    size = path.stat().st_size
    if asked.json:
        call.out.document({"backup": {"path": str(path), "at": at.isoformat(), "size": size}})
    call.out.say(f"Made {printable(str(path))} ({written().megabytes(size)}), {how}.")
    return 0


def _copies(place: Place) -> Location:
    """Beside which file copies lie: the database's own, or one for a server in a folder of one's
    own."""
    if not isinstance(place, Server):
        return place
    return Location(default_database().parent / "backups" / place.file_name)


def _document(backup: Backup) -> dict[str, object]:
    return {
        "path": str(backup.path),
        "at": backup.at.isoformat(),
        "size": backup.size,
        "kind": backup.kind or "backup",
    }


@verb("backup list", "", "pipeboard backup list")
@takes_json
def list_backups(call: Call) -> int:
    """The copies beside the database, the newest first."""
    from pipeboard.store.backups import backups_of

    call.expect_folder()
    found = backups_of(_copies(locate(call.config.database)))
    document = {"backups": [_document(backup) for backup in found]}
    rows = (
        (
            f"{one.at:%Y-%m-%d %H:%M} UTC",
            one.kind or "backup",
            written().megabytes(one.size),
            str(one.path),
        )
        for one in found
    )
    empty = "There is no backup yet. Make one: pipeboard backup"
    return tell(call, document, Table(("when", "what", "size", "file"), right=(2,)), rows, empty)


@verb("backup restore", "FILE", "pipeboard backup restore deals-2026-11-20.db")
@takes("file", metavar="FILE", help="a backup, as 'backup list' names it")
@takes_json
def restore(call: Call) -> int:
    """A backup put in the place of the database, which is kept."""
    from pipeboard.store.backups import expect_backup, faults_of, restore

    backup = Path(call.arguments.file).expanduser()
    location = locate(call.config.database)
    if isinstance(location, Server):
        raise BadInput(
            f"{location} is brought back by PostgreSQL's own program.",
            hint="With all boards closed: pg_restore --clean --if-exists --single-transaction "
            f"--no-owner --dbname={quote(location.without_password()[0])} "
            f"{quote(printable(str(backup)))}",
        )
    expect_backup(location, backup)
    _check_may(call, "restore")
    if call.arguments.dry_run:
        faults = faults_of(Location(backup))
        state = "it is not whole" if faults else "it is whole"
        put = f"put {backup} in place of {location}; {state}"
        call.only_tries(put, restored=str(backup), whole=not faults)
        return 1 if faults else 0
    if not call.may_ask and not call.arguments.yes:
        raise BadInput(
            f"This puts {printable(str(backup))} in the place of {location}.",
            hint="Add -y to go on; what is there now is kept.",
        )
    call.confirm(f"Put {backup.name} in the place of {location}? What is there is kept.")
    with progress_told(call.out) as heard:
        done = restore(location, backup, call.clock(), heard)
    if call.arguments.json:
        kept = None if done.kept is None else str(done.kept)
        told = {"restored": str(backup), "kept": kept, "database_schema": done.schema}
        call.out.document({**told, "seal_broken_at": done.broken_at or None})
    kept_too = "" if done.kept is None else f" What was there is in {printable(str(done.kept))}."
    call.out.say(f"{location} is again what {backup.name} holds.{kept_too}")
    if done.broken_at:
        call.out.say(
            f"Its history is not what was sealed, from command {done.broken_at} on or before: "
            "'pipeboard doctor' says more."
        )
    return 0


def _check_may(call: Call, what: str) -> None:
    """`NotAllowed` for another's work, as long as the database can be asked whose it is."""
    with suppress(DatabaseError):
        call.workspace.rights.check(what)


# Doctor.


@verb("doctor", "", "pipeboard doctor", "pipeboard doctor --fix")
@takes("--fix", action="store_true", help="mend what can be mended safely")
@takes("--seal", metavar="DIGEST", default="", help="a seal of the history that you wrote down")
@takes_json
def doctor(call: Call) -> int:
    """What is so, what is wrong and what cures it; exit code 1 when something is wrong."""
    findings: list[Finding] = []
    fixed: list[str] = []
    if call.arguments.fix:
        if call.arguments.read_only:
            raise BadInput("--read-only and --fix do not go together.", hint="Leave one out.")
        _check_may(call, "mend")
    with progress_told(call.out) as heard:
        for finding in _findings(call, heard):
            if call.arguments.fix and finding.mend is not None and not call.arguments.dry_run:
                finding.mend()
                fixed.append(finding.text)
                call.out.say(f"Mended: {finding.text}")
                continue
            findings.append(finding)
            if not call.arguments.json:
                _tell(call, finding)
    bad = [finding for finding in findings if finding.level == "problem"]
    if call.arguments.json:
        call.out.document({"findings": [_as_document(one) for one in findings], "fixed": fixed})
    count = how_many(len(bad), "problem")
    mendable = any(finding.mend is not None for finding in bad)
    more = " 'pipeboard doctor --fix' mends what is marked so." if mendable else ""
    noted = ", ".join(dict.fromkeys(one.check for one in findings if one.level == "note"))
    well = f"Nothing is wrong; what to see to is marked --: {noted}." if noted else "All is well."
    call.out.say(f"{count}.{more}" if bad else well)
    return 1 if bad else 0


def _findings(call: Call, heard: Progress) -> Iterator[Finding]:
    from pipeboard.store.examining import examine, ok, problem

    try:
        call.expect_folder()
        place, seal = locate(call.config.database), call.arguments.seal
        yield from examine(place, call.clock(), seal, copies=_copies(place), heard=heard)
    except PipeboardError as error:
        yield problem("database", error.message, error.hint)
    yield from _about_own_files()
    yield ok("logs", f"Faults are written to {log_file()}, without anybody's data.")


def _about_own_files() -> Iterator[Finding]:
    """The person's own texts and logs: nobody else's business."""
    from pipeboard.store.backups import remove
    from pipeboard.store.examining import make_private, problem

    files = [path for path in state_folder().rglob("*") if path.is_file() and not path.is_symlink()]
    open_ones = [path for path in files if path.stat().st_mode & 0o077]
    left = [path for path in files if path.name.endswith(".new")]
    if open_ones:
        yield problem(
            "own files",
            f"Others may read {len(open_ones)} of your drafts and logs in {state_folder()}.",
            f"chmod -R go= '{state_folder()}'",
            lambda: make_private(open_ones),
        )
    if left:
        yield problem(
            "drafts",
            f"{how_many(len(left), 'unfinished draft was', 'unfinished drafts were')} left "
            f"behind in {state_folder()}.",
            "Remove them: pipeboard doctor --fix",
            lambda: remove(left),
        )


_FIX = "pipeboard doctor --fix"
_SIGNS = {"ok": ("ok", GREEN), "note": ("--", YELLOW), "problem": ("!!", RED)}


def _tell(call: Call, finding: Finding) -> None:
    sign, style = _SIGNS[str(finding.level)]
    call.out.line((f"{sign} ", style), (f"{finding.check}: ", BOLD), finding.text)
    if finding.cure:
        is_said = finding.mend is None or _FIX in finding.cure
        fixes = "" if is_said else f" (or: {_FIX})"
        call.out.line((f"   {with_database(f'{finding.cure}{fixes}')}", DIM))


def _as_document(finding: Finding) -> dict[str, object]:
    return {
        "check": finding.check,
        "level": str(finding.level),
        "text": finding.text,
        "cure": with_database(finding.cure) or None,
        "fixable": finding.mend is not None,
    }


# Logs.


@verb("logs", "", "pipeboard logs --last")
@takes("--last", action="store_true", help="the last fault as it can be mailed: no deal's data")
@takes_json
def logs(call: Call) -> int:
    """Where faults are written, and the last one."""
    log = log_file()
    if call.arguments.last:
        return _tell_last(call, last_fault(log))
    size = log.stat().st_size if log.is_file() else 0
    if call.arguments.json:
        call.out.document({"log": str(log), "size": size})
    else:
        call.out.line(str(log))
    if not size:
        call.out.say("Nothing has gone wrong yet.")
    return 0


def _tell_last(call: Call, fault: str) -> int:
    if not fault:
        call.out.say("Nothing has gone wrong yet.")
        if call.arguments.json:
            call.out.document({"version": __version__, "fault": None})
        return 0
    home = os.path.expanduser("~")
    said = fault.replace(home, "~").replace(account_name(), "USER")
    if call.arguments.json:
        call.out.document({"version": __version__, "fault": said})
    else:
        call.out.text(f"pipeboard {__version__}\n{said.rstrip()}")
    return 0
