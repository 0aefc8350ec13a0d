"""The words for where a deal stands and why it was lost; apart from the deal itself, of which a
board needs no more to be drawn."""

from __future__ import annotations

from enum import StrEnum

LOSS_CATEGORIES = (
    "competitor",
    "price",
    "no-decision",
    "disqualified",
    "timing",
    "unresponsive",
    "other",
    "invalid",
)


class Status(StrEnum):
    """Where a deal stands; an archived deal keeps its outcome for the day it comes back."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"
    ARCHIVED = "archived"
