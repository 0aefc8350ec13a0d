"""What opens when somebody else has answered the same question meanwhile: both, side by side."""

from __future__ import annotations

from enum import StrEnum

from pipeboard.domain.deal import Answer
from pipeboard.ui.draw.asked import rating_words
from pipeboard.ui.draw.line import Line, whole, wrap
from pipeboard.ui.screens.menu import Choice, Menu
from pipeboard.ui.screens.overlay import Panel
from pipeboard.ui.screens.question import Given


class Side(StrEnum):
    """Which answer stands: whatever is chosen, the history keeps every version."""

    MINE = "m"
    BOTH = "b"
    THEIRS = "t"


_CHOICES = (
    Choice(Side.MINE, "mine, theirs stays in the history"),
    Choice(Side.BOTH, "both, theirs first"),
    Choice(Side.THEIRS, "theirs, mine goes into a note"),
)


class Differing(Menu):
    """Dismisses with the side that is taken, or with None: then nothing is stored yet."""

    def __init__(self, label: str, theirs: Answer, mine: Given, when: str) -> None:
        super().__init__(f"{theirs.by} answered {label} {when}", _CHOICES)
        self._sides = (
            (f"@{theirs.by}", rating_words(theirs.rating), theirs.text),
            ("you", rating_words(mine.rating), mine.text),
        )

    def draw(self, width: int, height: int) -> Panel:
        panel = super().draw(width, height)
        edge, *choices = panel.above
        room = max(2, (height - len(choices) - 3) // 2)
        both = [line for side in self._sides for line in _side(*side, width)[:room]]
        return Panel((edge, *choices, *both), panel.hints)


def _side(who: str, rating: str, text: str, width: int) -> list[Line]:
    lines: list[Line] = [(whole(f"   {who}  ", "pane.who"), whole(rating, "text.dim"))]
    for line in text.split("\n"):
        lines += [(whole(f"     {part}", "text"),) for part in wrap(line, width - 6)]
    return lines


def joined(theirs: Answer, mine: Given) -> Given:
    """Both answers in one, theirs first; the rating is mine where I gave one."""
    rating = theirs.rating if mine.rating is None else mine.rating
    texts = [text for text in (theirs.text, mine.text) if text]
    evidence = [text for text in (theirs.evidence, mine.evidence) if text]
    return Given("\n".join(texts), "\n".join(evidence), rating)
