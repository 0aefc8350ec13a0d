"""How a file says that a deal is won, lost or open: in words of the world or of the person."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from pipeboard.domain.errors import BadInput
from pipeboard.domain.text import fold, quoted
from pipeboard.exchange.rows import Outcome
from pipeboard.exchange.words.outcomes import AWAY, LOST, OPEN, WON, word_key

MEANINGS = ("=won", "=lost", "=open", "=-")
"""What a value can be mapped to besides another value: an outcome, or nothing."""


class RowStatus(NamedTuple):
    """What a status cell says; `outcome` is None where it says only that the deal is put away.

    `is_vague` says only that a record is in use: a stage that closes knows better.
    """

    outcome: Outcome | None
    archived: bool = False
    is_vague: bool = False


_VAGUE = {"active", "aktiv", "actif", "activo", "attivo", "ativo", "open", "new", "pending"}


@lru_cache(maxsize=4096)
def closing_outcome(stage: str) -> Outcome | None:
    """The outcome that the name of a stage stands for, or None for a stage to work in.

    `Closed Won`, `closedwon`, `Gewonnen` and `Closed Lost to Competition` (Zoho) are outcomes;
    `Lost customers` is a stage.
    """
    word = word_key(stage)
    if word in WON or word.startswith("closedwon"):
        return "won"
    if word in LOST or word.startswith("closedlost"):
        return "lost"
    return None


def is_status(text: str) -> bool:
    """Whether the word is one that tools use for open, won, lost or archived."""
    return word_key(text) in WON | LOST | OPEN | AWAY


_MOST_KNOWN = 4096


@dataclass(frozen=True)
class StageWords:
    """What the stages of a file are called here.

    `renamed` are the person's own words, folded: a stage, or one of MEANINGS. `open_names` are
    stages of the pipeline, which are stages whatever they are called; `won` and `lost` its own
    closing names.
    """

    renamed: Mapping[str, str] = field(default_factory=dict)
    open_names: Collection[str] = ()
    won: str = ""
    lost: str = ""
    _known: dict[str, Outcome | None] = field(default_factory=dict, compare=False, repr=False)

    def name(self, stage: str) -> str:
        """The stage as it is called here; empty where the person says that it is none."""
        if not self.renamed:
            return stage
        found = self.renamed.get(fold(stage), stage)
        return "" if found == "=-" else found

    def closing(self, stage: str) -> Outcome | None:
        """The outcome that a stage stands for, None for a stage to work in."""
        if stage not in self._known:
            if len(self._known) > _MOST_KNOWN:
                self._known.clear()
            self._known[stage] = self._closing(stage)
        return self._known[stage]

    def _closing(self, stage: str) -> Outcome | None:
        folded = fold(stage)
        meant = self.renamed.get(folded)
        if meant is not None:
            if meant in ("=won", "=lost"):
                return "won" if meant == "=won" else "lost"
            if meant in MEANINGS:
                return None
            folded = fold(meant)
        if folded in self.open_names:
            return None
        if folded == self.won:
            return "won"
        if folded == self.lost:
            return "lost"
        return closing_outcome(meant or stage)


@lru_cache(maxsize=256)
def read_status(text: str) -> RowStatus:
    """What the cell of a status column says; raises BadInput for a word that says nothing."""
    if text in MEANINGS:
        return RowStatus({"=won": "won", "=lost": "lost", "=open": "open"}.get(text))  # type: ignore[arg-type]
    word = word_key(text)
    if word in AWAY:
        return RowStatus(None, archived=True)
    if word in OPEN:
        return RowStatus("open", is_vague=word in _VAGUE)
    outcome = closing_outcome(text)
    if outcome is None:
        raise BadInput(
            f"{quoted(text)} is not a status: open, won, lost or archived",
            hint="Say what it means with --value 'COLUMN:WORD==lost', map the column to stage, or "
            "leave it out with --map COLUMN=-.",
        )
    return RowStatus(outcome)
