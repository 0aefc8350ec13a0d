"""How tools say that a deal is won, lost or still open."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from pipeboard.domain.errors import BadInput
from pipeboard.domain.text import quoted, slug
from pipeboard.exchange.rows import Outcome

_WON = {"won", "win", "closedwon", "closewon", "dealwon", "wonclosed"}
_LOST = {"lost", "closedlost", "closelost", "deallost", "lostclosed"}
_OPEN = {"open", "active", "inprogress", "ongoing", "pending", "new", "reopened"}
_AWAY = {"archived", "deleted"}


class Status(NamedTuple):
    """What a status cell says; `outcome` is None where it says only that the deal is put away."""

    outcome: Outcome | None
    archived: bool = False


@lru_cache(maxsize=4096)
def closing_outcome(stage: str) -> Outcome | None:
    """The outcome that the name of a stage stands for, or None for a stage to work in.

    `Closed Won`, `closedwon`, `Won` and `Closed Lost to Competition` (Zoho) are outcomes;
    `Lost customers` is a stage.
    """
    word = slug(stage).replace("_", "")
    if word in _WON or word.startswith("closedwon"):
        return "won"
    if word in _LOST or word.startswith("closedlost"):
        return "lost"
    return None


def is_status(text: str) -> bool:
    """Whether the word is one that tools use for open, won, lost or archived."""
    return slug(text).replace("_", "") in _WON | _LOST | _OPEN | _AWAY


@lru_cache(maxsize=256)
def read_status(text: str) -> Status:
    """What the cell of a status column says; raises BadInput for a word that says nothing."""
    word = slug(text).replace("_", "")
    if word in _AWAY:
        return Status(None, archived=True)
    if word in _OPEN:
        return Status("open")
    outcome = closing_outcome(text)
    if outcome is None:
        raise BadInput(
            f"{quoted(text)} is not a status: open, won, lost or archived",
            hint="Map the column to stage, or leave it out with --map COLUMN=-.",
        )
    return Status(outcome)
