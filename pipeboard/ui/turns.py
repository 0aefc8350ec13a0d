"""The turn of an action: from the key that began it until all that it does is done."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeAlias

Targets: TypeAlias = tuple[tuple[int, ...], Mapping[int, int]]
"""The deals that a key is meant for, and the versions of them that the person has seen."""


@dataclass(eq=False)
class Turn:
    """An action under way: `what` it is in a few words, `of_deals` if it is done to some.

    `targets` are its deals: the cursor may come to stand on others meanwhile. It `has_begun` once
    it has asked or stored something; until then it can be begun anew without anybody noticing.
    """

    screen: object
    what: str
    of_deals: bool = False
    targets: Targets | None = None
    has_begun: bool = False


TURN: ContextVar[Turn | None] = ContextVar("turn", default=None)
"""The turn of the task that runs; what an action starts inherits it."""


def turn_of(screen: object) -> Turn | None:
    """The action of this screen that runs."""
    turn = TURN.get()
    return turn if turn is not None and turn.screen is screen else None
