"""Changes that keys make: commands of the domain, and use cases that are more than one command."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from pipeboard.domain.commands import Assign, Edit, Move, Reopen, SetFields, Step, Win
from pipeboard.domain.errors import PipeboardError
from pipeboard.domain.lazy_dataclass import dataclass, replace

if TYPE_CHECKING:
    from pipeboard.domain.commands import Command
    from pipeboard.domain.pipeline import Pipeline
    from pipeboard.workspace import Seen, Workspace
    from pipeboard.workspace.recording import Receipt

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


@dataclass(frozen=True, slots=True)
class AddDeal:
    """A new deal as it is typed in one line, in a stage of a pipeline."""

    line: str
    pipeline: Pipeline
    stage_id: int
    new_rep: bool = False

    def __call__(self, workspace: Workspace, ids: Sequence[int], seen: Seen) -> Receipt:
        from pipeboard.workspace.new_deals import add_deal

        return add_deal(
            workspace,
            self.line,
            pipeline=self.pipeline,
            stage_id=self.stage_id,
            tui=True,
            new_rep=self.new_rep,
        )


def with_new_rep(change: Change) -> Change | None:
    """The same change, whose owner may be somebody new; None where it gives a deal to nobody."""
    match change:
        case Assign() | Edit() | SetFields() | AddDeal():
            return replace(change, new_rep=True)
        case _:
            return None


def with_owner(change: Change, typed: str, meant: str) -> Change | None:
    """The same change with the owner who was meant by what was `typed`."""
    match change:
        case Assign():
            return replace(change, rep=meant)
        case Edit(changes):
            return replace(change, changes={**changes, "owner": meant})
        case SetFields(assignments):
            return replace(change, assignments=(*assignments, f"owner={meant}"))
        case AddDeal(line):
            named = rf"(?<!\S)(@|owner:){re.escape(typed)}(?!\S)"
            return replace(change, line=re.sub(named, lambda m: m[1] + meant, line))
        case _:
            return None


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
