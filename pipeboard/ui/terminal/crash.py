"""An error of our own: the details into a file for its owner, one sentence for the person."""

from __future__ import annotations

from pathlib import Path

from pipeboard.faults import origin, write_down


def record(error: BaseException, log: Path | None) -> str:
    """Append the error that ends the program to the log, if any, and say so in a sentence."""
    what = f"Pipeboard stopped because of an error of its own ({type(origin(error)).__name__})"
    if log is None:
        return f"{what}. What was saved is safe."
    trouble = _append(error, log)
    if trouble:
        return f"{what}; the details could not be written to {log} ({trouble})."
    return f"{what}. What was saved is safe; please report the details in {log}"


def note(error: BaseException, log: Path | None) -> str:
    """The same for an error after which the program goes on."""
    what = f"An error of Pipeboard's own ({type(origin(error)).__name__})"
    if log is None or _append(error, log):
        return f"{what} could not be logged; what was saved is safe."
    return f"{what} was logged in {log}; what was saved is safe."


def _append(error: BaseException, log: Path) -> str:
    """Writes the details to the file; why not, where that fails."""
    try:
        write_down(error, log)
    except OSError as trouble:
        return trouble.strerror or str(trouble)
    return ""
