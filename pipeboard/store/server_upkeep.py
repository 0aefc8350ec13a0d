"""What looks after a database on a server: copies by PostgreSQL's own programs, looked through
before they count."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pipeboard.domain.errors import BadInput, DatabaseError
from pipeboard.domain.text import printable
from pipeboard.store.backups import STAMP, flush, forget_oldest, new_file
from pipeboard.store.locating import Location, Server
from pipeboard.store.opening import TABLES

_LONGEST_S = 3_600
_NO_PROGRAM = "'{}' is not on this machine, and a server is copied by PostgreSQL's own programs."


def back_up_server(
    server: Server, copies: Location, at: datetime, *, to: Path | None, keep: int
) -> Path:
    """A whole copy of one state by `pg_dump`, `to` a file or among `copies`; where it is.

    It gets its name once `pg_restore` has read its list of contents and every table of ours is in
    it. `DatabaseError` in the server's words when it cannot be made; then nothing of it stays.
    """
    target = to if to is not None else copies.path.with_name(_named(copies, at))
    if to is not None and to.exists():
        raise BadInput(f"{Location(to)} is there already.", hint="Name another file.")
    if not target.parent.is_dir():
        raise BadInput(f"The folder {Location(target.parent)} is not there.", hint="Make it first.")
    part = new_file(target.with_name(f"{target.name}.part"))
    try:
        _run(server, ["pg_dump", "--format=custom", "--no-owner", f"--file={part}"])
        listed = _run(None, ["pg_restore", "--list", str(part.absolute())])
        held = set(re.findall(r"TABLE DATA \S+ (\w+) ", listed))
        if missing := sorted(set(TABLES) - held):
            raise DatabaseError(
                f"No backup was made: the copy lacks {', '.join(missing)}.",
                hint="The account must be allowed to read every table ('pipeboard doctor').",
            )
        flush(part)
        whole = part.replace(new_file(target))
        flush(whole.parent)
    finally:
        part.unlink(missing_ok=True)
    if to is None:
        forget_oldest(copies, "", keep)
    return whole


def _named(copies: Location, at: datetime) -> str:
    return f"{copies.path.name}.{at.strftime(STAMP)}.backup"


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
