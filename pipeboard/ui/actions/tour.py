"""The tour: eight keys, each tried before the next is told, on the line of the hints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.ui.draw.line import Hint
from pipeboard.ui.keys import UNBOUND, Key, key_for

STEPS: Final = (
    ("board.down", "goes one card down"),
    ("board.advance", "moves the deal on"),
    ("board.undo", "takes that back"),
    ("board.next_step", "plans what is next"),
    ("board.filter", "shows some deals"),
    ("board.triage", "what is due; {quits} is back"),
    ("board.metrics", "numbers; {quits} is back"),
    ("board.help", "shows every key"),
)
"""Ids of the key table, and what the key does."""


@dataclass(frozen=True, slots=True)
class Tour:
    """How far somebody has come; `keys` are those of the board, as this person has them."""

    keys: tuple[Key, ...]
    place: int = 0

    @property
    def steps(self) -> Sequence[tuple[Key, str]]:
        """The keys that this board has, with what they do."""
        known = {key.id: key for key in self.keys if key.keys != UNBOUND}
        quits = key_for(self.keys, "quit")
        return [
            (known[key_id], does.format(quits=quits)) for key_id, does in STEPS if key_id in known
        ]

    @property
    def is_over(self) -> bool:
        return self.place >= len(self.steps)

    def after(self, key_id: str) -> Tour:
        """The tour once a key was pressed: one step on where it was the one that is waited for."""
        waits = not self.is_over and self.steps[self.place][0].id == key_id
        return Tour(self.keys, self.place + 1) if waits else self

    def hints(self) -> tuple[Hint, ...]:
        """The key that is waited for, and the way out."""
        key, does = self.steps[self.place]
        return (
            (key.first_key, does),
            (key_for(self.keys, "step_back"), f"Ends tour {self.place + 1}/{len(self.steps)}"),
        )


def over(commands: Sequence[Key]) -> str:
    """What is said at its end."""
    finds, shows = key_for(commands, "palette"), key_for(commands, "help")
    return f"That was the tour. {finds} finds every command by name, {shows} shows every key."


def left(commands: Sequence[Key]) -> str:
    """What is said to who leaves it."""
    return f"The tour has ended; {key_for(commands, 'tour')} begins it again."


class Toured(Protocol):
    """The board, as far as the tour changes it."""

    tour: Tour | None

    @property
    def keys(self) -> tuple[Key, ...]: ...
    def say(self, text: str) -> None: ...
    def redraw(self) -> None: ...


def begin(host: Toured) -> None:
    """From its first key on."""
    host.tour = Tour(host.keys)
    host.say("Eight keys, one after another: press the one in the last line.")
    host.redraw()
