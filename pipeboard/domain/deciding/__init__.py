"""decide: from a command and a deal to the events that follow, or a refusal with its reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Deal
from pipeboard.domain.deciding import beginning, edits, merging, moves, reverting, work
from pipeboard.domain.deciding.work import answered, taken_up
from pipeboard.domain.errors import Refused
from pipeboard.domain.events import Event

_Rule = Callable[[Any, Deal, c.Context], list[Event]]

BEGINNINGS: dict[type, Callable[[Any, c.Context], list[Event]]] = {
    c.Create: beginning.create,
    c.TakeOver: beginning.take_over,
}
RULES: dict[type, _Rule] = {
    c.Move: moves.move,
    c.Step: moves.step,
    c.Win: moves.win,
    c.Lose: moves.lose,
    c.Reopen: moves.reopen,
    c.Archive: moves.archive,
    c.Unarchive: moves.unarchive,
    c.MergeInto: merging.merge_into,
    c.Absorb: merging.absorb,
    c.Edit: edits.edit,
    c.Assign: work.assign,
    c.TagWith: edits.tag,
    c.Rank: edits.rank,
    c.SetContact: edits.set_contact,
    c.SetTerm: edits.set_term,
    c.Check: edits.check,
    c.SetNextStep: work.set_next_step,
    c.Reschedule: work.reschedule,
    c.CompleteNextStep: work.complete_next_step,
    c.Snooze: work.snooze,
    c.AnswerQuestion: work.answer,
    c.AddNote: work.add_note,
    c.EditNote: work.edit_note,
    c.LogTouch: work.log_touch,
    c.AskRep: work.ask_rep,
    c.Revert: reverting.revert,
}
TAKES_UP = frozenset(
    (
        c.SetNextStep, c.Reschedule, c.CompleteNextStep, c.Snooze, c.LogTouch, c.Move, c.Step,
        c.Win, c.Lose,
    )
)  # fmt: skip
"""What takes up a deal that woke, or that its owner was given: from then on it is no news."""


def decide(command: c.Command, deal: Deal | None, context: c.Context) -> list[Event]:
    """The events that follow from `command` for `deal` (None for a deal that begins).

    Raises `Refused` (or `GateNotMet`) where a rule says no, `SoAlready` where it is so already,
    `BadInput` where a value is wrong.
    An empty list means that nothing would change.
    """
    if deal is None:
        return BEGINNINGS[type(command)](command, context)
    if deal.merged_into is not None and not isinstance(command, c.Revert):
        raise Refused(
            f"{deal.ref} was merged into D-{deal.merged_into}.",
            hint=f"Work on D-{deal.merged_into} instead.",
        )
    events = RULES[type(command)](command, deal, context)
    if type(command) in TAKES_UP:
        return taken_up(events, deal, context)
    return answered(events, deal, context) if type(command) is c.AddNote else events
