"""Changes that keys make: commands of the domain, and use cases that are more than one command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from pipeboard.domain.commands import Move, Reopen, Step, Win
from pipeboard.domain.errors import PipeboardError

if TYPE_CHECKING:
    from pipeboard.domain.commands import Command
    from pipeboard.workspace import Seen, Workspace
    from pipeboard.workspace.receipts import Receipt

UseCase: TypeAlias = "Callable[[Workspace, Sequence[int], Seen], Receipt]"
"""What is more than one command, done to deals that were seen in these versions."""

Change: TypeAlias = "Command | UseCase"
"""What a key does to deals; `.` does the same value to others."""


def overridden(change: Change, reason: str) -> Change:
    """The same change, through a gate that is not met, for that reason."""
    match change:
        case Move() | Step() | Win() | Reopen():
            return replace(change, override=reason)
        case _:
            return change


def work_of(change: Change, ids: Sequence[int], seen: Seen) -> Callable[[Workspace], Receipt]:
    """What the write queue is asked to do."""
    if callable(change):
        use_case = change
        return lambda workspace: use_case(workspace, ids, seen)
    command = change
    return lambda workspace: workspace.execute(command, ids, seen=seen)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a change that was asked for; true where it is stored.

    Neither receipt nor error means that there was nothing to ask for: no deal is selected.
    """

    receipt: Receipt | None = None
    error: PipeboardError | None = None

    def __bool__(self) -> bool:
        return self.receipt is not None
