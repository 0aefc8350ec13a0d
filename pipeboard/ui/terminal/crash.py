"""An error of our own: the details into a file for its owner, one sentence for the person."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from traceback import TracebackException


def record(error: BaseException, log: Path | None) -> str:
    """Append the error to the log, if any, readable by its owner only, and say so in a sentence.

    Values of variables are left out: they are customers' data.
    """
    details = "".join(TracebackException.from_exception(error, capture_locals=False).format())
    what = f"Pipeboard stopped because of an error of its own ({type(error).__name__})"
    if log is None:
        return f"{what}. What was saved is safe."
    try:
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        descriptor = os.open(log, flags, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(f"{datetime.now(UTC).isoformat(timespec='seconds')}\n{details}\n")
    except OSError as trouble:
        return f"{what}; the details could not be written to {log} ({trouble.strerror})."
    return f"{what}. What was saved is safe; please report the details in {log}"
