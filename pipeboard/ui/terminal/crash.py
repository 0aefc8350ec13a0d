"""An error of our own: the details into a file for its owner, one sentence for the person."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from traceback import TracebackException


def record(error: BaseException, log: Path | None) -> str:
    """Append the error that ends the program to the log, if any, and say so in a sentence.

    Values of variables are left out: they are customers' data.
    """
    what = f"Pipeboard stopped because of an error of its own ({type(error).__name__})"
    if log is None:
        return f"{what}. What was saved is safe."
    trouble = _append(error, log)
    if trouble:
        return f"{what}; the details could not be written to {log} ({trouble})."
    return f"{what}. What was saved is safe; please report the details in {log}"


def note(error: BaseException, log: Path | None) -> str:
    """The same for an error after which the program goes on."""
    what = f"An error of Pipeboard's own ({type(error).__name__})"
    trouble = _append(error, log) if log is not None else ""
    if log is None or trouble:
        return f"{what} could not be logged; what was saved is safe."
    return f"{what} was logged in {log}; what was saved is safe."


def _append(error: BaseException, log: Path) -> str:
    """Writes the details to the file, readable by its owner only; why not, where that fails."""
    details = "".join(TracebackException.from_exception(error, capture_locals=False).format())
    try:
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        descriptor = os.open(log, flags, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(f"{datetime.now(UTC).isoformat(timespec='seconds')}\n{details}\n")
    except OSError as trouble:
        return trouble.strerror or str(trouble)
    return ""
