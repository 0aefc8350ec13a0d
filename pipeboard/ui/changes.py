"""Changes that keys make: commands of the domain, and use cases that are more than one command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Protocol, TypeAlias

from pipeboard.domain.commands import Command, Move, Reopen, Step, Win
from pipeboard.domain.errors import PipeboardError

if TYPE_CHECKING:
    from pipeboard.domain.board import Lens
    from pipeboard.domain.pipeline import Pipeline
    from pipeboard.workspace import Receipt, Seen, Workspace


class UseCase(Protocol):
    """What is done to deals by a use case of its own."""

    def __call__(self, workspace: Workspace, ids: Sequence[int], seen: Seen) -> Receipt: ...


Change: TypeAlias = Command | UseCase
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


@dataclass(frozen=True, slots=True)
class AddDeal:
    """A deal from one line, into a stage."""

    line: str
    pipeline: Pipeline
    stage_id: int

    def __call__(self, workspace: Workspace, ids: Sequence[int], seen: Seen) -> Receipt:
        return workspace.add(self.line, pipeline=self.pipeline, stage_id=self.stage_id, tui=True)


@dataclass(frozen=True, slots=True)
class TakeBack:
    """My last change taken back, or put again."""

    redo: bool = False

    def __call__(self, workspace: Workspace, ids: Sequence[int], seen: Seen) -> Receipt:
        return workspace.redo() if self.redo else workspace.undo()


@dataclass(frozen=True, slots=True)
class Plan:
    """The next step as it was typed, its day first."""

    typed: str

    def __call__(self, workspace: Workspace, ids: Sequence[int], seen: Seen) -> Receipt:
        return workspace.plan(ids, self.typed, seen=seen)


@dataclass(frozen=True, slots=True)
class RewriteNote:
    """One's own note rewritten; `before` is how it was seen, None where that does not matter."""

    note_id: str
    text: str
    before: str | None

    def __call__(self, workspace: Workspace, ids: Sequence[int], seen: Seen) -> Receipt:
        (deal_id,) = ids
        return workspace.edit_note(deal_id, self.note_id, self.text, before=self.before)


@dataclass(frozen=True, slots=True)
class SetFields:
    """Fields as they were typed, `value=40k`."""

    assignments: tuple[str, ...]

    def __call__(self, workspace: Workspace, ids: Sequence[int], seen: Seen) -> Receipt:
        return workspace.set_fields(ids, self.assignments, seen=seen)


@dataclass(frozen=True, slots=True)
class Reorder:
    """A deal some places down in its column, or up."""

    places: int
    lens: Lens

    def __call__(self, workspace: Workspace, ids: Sequence[int], seen: Seen) -> Receipt:
        (deal_id,) = ids
        return workspace.reorder(deal_id, self.places, self.lens, seen=seen)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A lead that asks a customer how it goes, on a day."""

    due: date | None

    def __call__(self, workspace: Workspace, ids: Sequence[int], seen: Seen) -> Receipt:
        (deal_id,) = ids
        return workspace.follow_up(deal_id, self.due)
