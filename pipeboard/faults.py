"""Faults of the program written down: where it happened and how, without anybody's data."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from traceback import extract_tb

from pipeboard import outlet

# What these say is about files and locks; all others may quote a deal, a name, an amount.
MOST_BYTES = 1_000_000
_HARMLESS = (OSError, sqlite3.Error, ImportError, RecursionError, MemoryError)


def write_down(error: BaseException, log: Path) -> None:
    """The fault and its causes into a log that only its owner can read. Raises OSError.

    Messages and values of variables are left out where they may be customers' data. A log that has
    grown long becomes the old one (`.1`), of which there is one.
    """
    chain = "\n".join(map(_told, _causes(error)))
    with suppress(FileNotFoundError):
        if log.stat().st_size > MOST_BYTES:
            log.replace(log.with_name(f"{log.name}.1"))
    outlet.append_private(log, f"{datetime.now(UTC).isoformat(timespec='seconds')}\n{chain}\n\n")


def last_fault(log: Path) -> str:
    """What was written down last, empty where nothing was."""
    try:
        whole = log.read_text("utf-8", "replace")
    except OSError:
        return ""
    return whole.strip().rpartition("\n\n")[2]


def origin(error: BaseException) -> BaseException:
    """What failed in a worker, where the error only carries it about; else the error itself."""
    carried = getattr(error, "error", None)
    return carried if isinstance(carried, BaseException) else error


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, then what it came from, also where a worker carries it about."""
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        carried = getattr(found, "error", None) or getattr(found, "orig", None)
        found = (
            carried if isinstance(carried, BaseException) else found.__cause__ or found.__context__
        )


def _told(error: BaseException) -> str:
    said = f": {error}" if isinstance(error, _HARMLESS) else ""
    frames = [
        f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
        for frame in extract_tb(error.__traceback__)
    ]
    return "\n".join((f"{type(error).__module__}.{type(error).__qualname__}{said}", *frames))
