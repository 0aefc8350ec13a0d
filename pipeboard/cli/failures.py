"""From a failure to one sentence on stderr and an exit code; the only place that does so."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from pipeboard.domain.errors import (
    BadInput,
    DatabaseError,
    NotFound,
    PipeboardError,
    Refused,
)
from pipeboard.domain.text import printable

DONE, FAILED, USAGE, NOT_FOUND, REFUSED, DATABASE, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130

_EXIT_CODES: tuple[tuple[type[PipeboardError], int], ...] = (
    (BadInput, USAGE),
    (NotFound, NOT_FOUND),
    (Refused, REFUSED),
    (DatabaseError, DATABASE),
)


def exit_code(error: PipeboardError) -> int:
    """The exit code that scripts may rely on (`cli.md` section 2)."""
    return next((code for kind, code in _EXIT_CODES if isinstance(error, kind)), FAILED)


def report(error: BaseException, arguments: Sequence[str]) -> int:
    """Tell what went wrong, as JSON where `--json` was asked for; returns the exit code."""
    match error:
        case PipeboardError():
            known = error
        case KeyboardInterrupt():
            return INTERRUPTED
        case OSError():
            known = PipeboardError(_system_sentence(error))
        case _:
            known = _unexpected(error)
    code = exit_code(known)
    _print(_as_json(known) if "--json" in arguments else _as_text(known))
    return code


def _as_text(error: PipeboardError) -> str:
    message = printable(error.message)
    lines = [f"pipeboard: {message}" + ("" if message.endswith((".", "?", "!")) else ".")]
    if error.hint:
        lines.append(printable(error.hint))
    return "\n".join(lines)


def _as_json(error: PipeboardError) -> str:
    said = {
        "code": error.code,
        "message": error.message,
        "hint": error.hint or None,
        "details": dict(error.details),
    }
    return json.dumps({"error": said}, default=str)


def _print(text: str) -> None:
    if sys.stderr is None:
        return
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        return  # nobody can read it, and the exit code still tells


def _system_sentence(error: OSError) -> str:
    what = f"{error.filename}: " if isinstance(error.filename, str) else ""
    return f"{what}{error.strerror or error}."


def _unexpected(error: BaseException) -> PipeboardError:
    """A fault of the program: the traceback, without values, into a file that only we can read."""
    summary = f"Something went wrong in pipeboard ({type(error).__name__})."
    try:
        log = write_log("".join(traceback.format_exception(error)))
    except OSError:
        return PipeboardError(summary, hint="The log could not be written either.")
    return PipeboardError(summary, hint=f"Nothing is half done. The details are in {log}.")


def write_log(text: str) -> Path:
    """Append to the log file (0600) in the state folder; returns its path. Raises OSError."""
    from datetime import UTC, datetime

    from pipeboard.cli.environment import state_folder

    folder = state_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    log = folder / "pipeboard.log"
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(log, flags, 0o600), "a", encoding="utf-8", errors="replace") as file:
        file.write(f"{datetime.now(UTC).isoformat()} {text}\n")
    return log
