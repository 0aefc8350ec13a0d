"""An error of our own: the details into a file for its owner, one sentence for the person."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pipeboard.domain.errors import PipeboardError


def record(error: BaseException, log: Path | None) -> str:
    """Append the error to the log, if any, readable by its owner only, and say so in a sentence.

    Values of variables are left out, and so is what a refusal says: both are customers' data.
    """
    what = f"Pipeboard stopped because of an error of its own ({type(origin(error)).__name__})"
    if log is None:
        return f"{what}. What was saved is safe."
    try:
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        descriptor = os.open(log, flags, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(f"{datetime.now(UTC).isoformat(timespec='seconds')}\n{_details(error)}\n")
    except OSError as trouble:
        return f"{what}; the details could not be written to {log} ({trouble.strerror})."
    return f"{what}. What was saved is safe; please report the details in {log}"


def origin(error: BaseException) -> BaseException:
    """The error itself, or that of the worker which it tells of."""
    inner = getattr(error, "error", None)
    return origin(inner) if isinstance(inner, BaseException) else error


def _details(error: BaseException) -> str:
    return "\nwhich led to:\n".join(map(_told, reversed([*_chain(error)])))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, what it came from, and so on back to the first."""
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        yield at
        at = _cause(at)


def _cause(error: BaseException) -> BaseException | None:
    # A worker that failed keeps why under `error`, and nowhere else.
    inner = getattr(error, "error", None)
    if isinstance(inner, BaseException):
        return inner
    return error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _told(error: BaseException) -> str:
    where = "".join(traceback.format_tb(error.__traceback__))
    return f"{where}{type(error).__name__}: {_words(error)}"


def _words(error: BaseException) -> str:
    """What an error says of itself, as far as that is about the program.

    The database's own errors tell the statement in their first line, and rows in those below.
    """
    if isinstance(error, PipeboardError) or isinstance(getattr(error, "error", None), Exception):
        return "(left out)"
    return next(iter(str(error).splitlines()), "")
