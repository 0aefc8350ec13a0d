"""An error as a person is told it: what happened, and what to do next."""

from __future__ import annotations

from pipeboard.domain.errors import PipeboardError


def said(error: PipeboardError) -> str:
    """Both in sentences, each with its stop."""
    message = error.message.rstrip()
    stop = "." if error.hint and message and message[-1] not in ".!?…:" else ""
    return f"{message}{stop} {error.hint}".strip()
