"""An error of our own: the details into a file for its owner, one sentence for the person."""

from __future__ import annotations

from pathlib import Path

from pipeboard.faults import write_down


def record(error: BaseException, log: Path | None) -> str:
    """Append the error to the log, if any, readable by its owner only, and say so in a sentence."""
    what = f"Pipeboard stopped because of an error of its own ({type(error).__name__})"
    if log is None:
        return f"{what}. What was saved is safe."
    try:
        write_down(error, log)
    except OSError as trouble:
        return f"{what}; the details could not be written to {log} ({trouble.strerror})."
    return f"{what}. What was saved is safe; please report the details in {log}"
