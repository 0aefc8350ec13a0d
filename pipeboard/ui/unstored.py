"""What was asked for and typed when the program had to leave: said when it is opened again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pipeboard.ui.terminal.drafts import Drafts

UNSTORED: Final = "unstored"
TYPED_AHEAD: Final = "typed-ahead"


def keep_unstored(drafts: Drafts, pending: str, typed_ahead: Sequence[str], at: datetime) -> None:
    """Writes down what is not stored and which keys were not given out; nothing where all was."""
    typed = "".join(key if len(key) == 1 else f" {key} " for key in typed_ahead).strip()
    with suppress(OSError):  # there is nobody left to tell
        if pending:
            drafts.save(UNSTORED, f"{pending} ({at:%H:%M})")
        if typed:
            drafts.save(TYPED_AHEAD, typed)


def told_unstored(drafts: Drafts) -> str:
    """What was left behind the last time, in one line; empty where nothing was."""
    parts = []
    unstored, typed = drafts.load(UNSTORED), drafts.load(TYPED_AHEAD)
    if unstored:
        parts.append(f"Not stored when you left: {unstored}.")
    if typed:
        parts.append(f"Keys: {typed}")
    return " ".join(parts)


def forget_unstored(drafts: Drafts) -> None:
    """It has been told."""
    with suppress(OSError):
        drafts.discard(UNSTORED)
        drafts.discard(TYPED_AHEAD)
