"""Commands in one sentence each, as receipts, history and undo tell them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeboard.domain import commands as c
from pipeboard.domain.dates import format_day
from pipeboard.domain.deal import Deal
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.text import clean_line

VERBS: Mapping[type, str] = {
    c.Move: "move",
    c.Step: "move",
    c.Win: "won",
    c.Lose: "lost",
    c.Reopen: "reopen",
    c.Edit: "set",
    c.Assign: "assign",
    c.TagWith: "tag",
    c.Rank: "reorder",
    c.SetNextStep: "next",
    c.Reschedule: "next",
    c.CompleteNextStep: "done",
    c.Snooze: "snooze",
    c.AnswerQuestion: "answer",
    c.SetContact: "contact",
    c.SetTerm: "terms",
    c.Check: "check",
    c.AddNote: "note",
    c.EditNote: "note",
    c.LogTouch: "log",
    c.AskRep: "ask",
    c.Archive: "archive",
    c.Unarchive: "unarchive",
}
"""The verb under which a command on deals is recorded."""


def named(deals: Sequence[Deal], most: int = 3) -> str:
    """Deals in a sentence: `Lumen Oy`, or `5 deals: Lumen Oy, Acme, Borealis and 2 more`."""
    if len(deals) == 1:
        return deals[0].name
    names = ", ".join(deal.name for deal in deals[:most])
    more = f" and {len(deals) - most} more" if len(deals) > most else ""
    return f"{len(deals)} deals: {names}{more}"


@dataclass(frozen=True)
class Sentences:
    """How commands read in a workspace with these pipelines, on this day."""

    pipelines: tuple[Pipeline, ...]
    today: date

    def of(self, command: c.Command, deals: Sequence[Deal]) -> str:
        """What a command did to deals, which are as it left them."""
        return SENTENCES[type(command)](self, command, named(deals), deals)

    def pipeline(self, deal: Deal) -> Pipeline:
        return next(pipeline for pipeline in self.pipelines if pipeline.id == deal.pipeline_id)

    def stage(self, deals: Sequence[Deal]) -> str:
        """Where the deals stand, if all of them stand in one place."""
        if len({deal.stage_id for deal in deals}) > 1:
            return "the next stage"
        return self.pipeline(deals[0]).stage(deals[0].stage_id).name

    def label(self, deal: Deal, question: str) -> str:
        """What the deal's pipeline calls a question."""
        found = self.pipeline(deal).question(question)
        return found.label if found else question


_Says = Callable[[Sentences, Any, str, Sequence[Deal]], str]


def _edited(words: Sentences, command: c.Edit, whom: str, deals: Sequence[Deal]) -> str:
    fields = ", ".join(field_words(command.changes))
    return f"Set {fields} of {whom}."


def field_words(names: Iterable[str]) -> list[str]:
    """Fields as a sentence names them: `expected close`, `probability`, `product`."""
    return [name.removeprefix("fields.").removesuffix("_bp").replace("_", " ") for name in names]


def _assigned(words: Sentences, command: c.Assign, whom: str, deals: Sequence[Deal]) -> str:
    note = clean_line(command.note, field="note for the new owner")
    return f"{whom} now with {command.rep or 'nobody'}{f': {note}' if note else ''}."


def _tagged(words: Sentences, command: c.TagWith, whom: str, deals: Sequence[Deal]) -> str:
    marks = [*(f"+{tag}" for tag in command.add), *(f"-{tag}" for tag in command.remove)]
    return f"Tagged {whom} {' '.join(marks)}."


def _planned(words: Sentences, command: c.SetNextStep, whom: str, deals: Sequence[Deal]) -> str:
    day = f" {format_day(command.due, words.today)}" if command.due else ""
    return f"Set: {whom} › {f'{command.text}{day}'.strip() or 'no next step'}."


def _rescheduled(words: Sentences, command: c.Reschedule, whom: str, deals: Sequence[Deal]) -> str:
    steps = {deal.next_step.text for deal in deals if deal.next_step}
    step = steps.pop() if len(steps) == 1 else "next steps"
    return f"Set: {whom} › {step} {format_day(command.due, words.today)}."


def _snoozed(words: Sentences, command: c.Snooze, whom: str, deals: Sequence[Deal]) -> str:
    if command.until is None:
        return f"Woke {whom}."
    return f"Snoozed {whom} until {format_day(command.until, words.today)}."


def _answered(words: Sentences, command: c.AnswerQuestion, whom: str, deals: Sequence[Deal]) -> str:
    label = words.label(deals[0], command.question)
    if command.answer is None:
        return f"{label} of {whom} is open again."
    return f"Answered {label} of {whom}."


def _person(words: Sentences, command: c.SetContact, whom: str, deals: Sequence[Deal]) -> str:
    if command.contact is None:
        return f"Removed {command.key} of {whom}."
    return f"Noted {command.contact.name} of {whom}."


SENTENCES: Mapping[type, _Says] = {
    c.Move: lambda words, _, whom, deals: f"Moved {whom} to {words.stage(deals)}.",
    c.Step: lambda words, _, whom, deals: f"Moved {whom} to {words.stage(deals)}.",
    c.Win: lambda words, _, whom, deals: f"Won {whom}.",
    c.Lose: lambda words, lost, whom, deals: f"Lost {whom}: {lost.loss.category}.",
    c.Reopen: lambda words, _, whom, deals: f"Reopened {whom}.",
    c.Edit: _edited,
    c.Assign: _assigned,
    c.TagWith: _tagged,
    c.Rank: lambda words, _, whom, deals: f"Moved {whom} in its column.",
    c.SetNextStep: _planned,
    c.Reschedule: _rescheduled,
    c.CompleteNextStep: lambda words, _, whom, deals: f"Done: the next step of {whom}.",
    c.Snooze: _snoozed,
    c.AnswerQuestion: _answered,
    c.SetContact: _person,
    c.SetTerm: lambda words, _, whom, deals: f"Changed the terms of {whom}.",
    c.Check: lambda words, tick, whom, deals: (
        f"{'Checked' if tick.done else 'Cleared'} '{tick.item}' of {whom}."
    ),
    c.AddNote: lambda words, _, whom, deals: f"Noted on {whom}.",
    c.EditNote: lambda words, _, whom, deals: f"Changed a note on {whom}.",
    c.LogTouch: lambda words, log, whom, deals: (
        f"Logged {'an' if log.type == 'email' else 'a'} {log.type} ({log.direction}) with {whom}."
    ),
    c.AskRep: lambda words, ask, whom, deals: f"Asked @{ask.rep} on {whom}: {ask.text}.",
    c.Archive: lambda words, _, whom, deals: f"Archived {whom}.",
    c.Unarchive: lambda words, _, whom, deals: f"Unarchived {whom}.",
}
