"""The history of one made-up deal, decided command by command as the program would have done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Any
from uuid import UUID

from pipeboard.demo.working_time import WorkingTime
from pipeboard.domain import commands as c
from pipeboard.domain.dates import format_day, local_date
from pipeboard.domain.deal import Answer, Contact, Deal, Loss, Note, Term, Touch
from pipeboard.domain.deciding import decide
from pipeboard.domain.events import Event, evolve
from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.text import slug

PAUSE = 0.7
"""Working minutes between two commands at the least."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One command as it is recorded, and how many events followed from it."""

    at: datetime
    actor: str
    verb: str
    summary: str
    events: int


class Diary:
    """Carries commands out on one deal at moments given in working minutes before now.

    Moments never run backwards: one that would is put a pause after the last. `by` acts.
    """

    def __init__(
        self, deal_id: int, pipeline: Pipeline, clock: WorkingTime, rng: Random, by: str
    ) -> None:
        self.deal_id, self.pipeline, self.by = deal_id, pipeline, by
        self.events: list[Event] = []
        self.deeds: list[Deed] = []
        self._clock, self._rng = clock, rng
        self._deal: Deal | None = None
        self._ago = float("inf")

    @property
    def deal(self) -> Deal:
        """The deal as it stands; `ValueError` before it is created."""
        if self._deal is None:
            raise ValueError("the deal is not created yet")
        return self._deal

    @property
    def first_name(self) -> str:
        """The person of the deal whom one asks for."""
        contacts = self.deal.contacts.values()
        return next((contact.name.split()[0] for contact in contacts), "them")

    def day(self, ago: float) -> date:
        """The local day of a moment."""
        return local_date(self._clock.instant(min(ago, self._ago)), self._clock.zone)

    def new_id(self) -> str:
        """An id in the form of the program's own, the same for a seed."""
        return str(UUID(int=self._rng.getrandbits(128), version=4))

    def create(self, ago: float, title: str, stage_id: int, fields: Mapping[str, Any]) -> None:
        name = self.pipeline.stage(stage_id).name
        self._do(ago, "add", c.Create(title, stage_id, fields), f"Added {{}} to {name}.")

    def move(self, ago: float, stage_id: int, override: str = "") -> None:
        name = self.pipeline.stage(stage_id).name
        self._do(ago, "move", c.Move(stage_id, override), f"Moved {{}} to {name}.")

    def win(self, ago: float, value: Money | None) -> None:
        self._do(ago, "won", c.Win(value), "Won {}.")

    def lose(self, ago: float, loss: Loss) -> None:
        self._do(ago, "lost", c.Lose(loss), f"Lost {{}}: {loss.category}.")

    def reopen(self, ago: float) -> None:
        self._do(ago, "reopen", c.Reopen(), "Reopened {}.")

    def edit(self, ago: float, verb: str = "set", **changes: Any) -> None:
        names = ", ".join(changes).removesuffix("_bp").replace("_", " ")
        said = "{} now with " + changes["owner"] if "owner" in changes else f"Set {names} of {{}}"
        self._do(ago, verb, c.Edit(changes), f"{said}.")

    def plan(self, ago: float, text: str, due: date | None) -> None:
        day = f" {format_day(due, self.day(ago))}" if due else ""
        self._do(ago, "next", c.SetNextStep(text, due), f"Set: {{}} › {text}{day}.")

    def complete(self, ago: float, outcome: str) -> None:
        self._do(ago, "done", c.CompleteNextStep(outcome), "Done: the next step of {}.")

    def snooze(self, ago: float, until: date, reason: str) -> None:
        day = format_day(until, self.day(ago))
        self._do(ago, "snooze", c.Snooze(until, reason), f"Snoozed {{}} until {day}.")

    def touch(self, ago: float, type_: str, direction: str, outcome: str) -> None:
        at = self._next(ago)
        touch = Touch(self.new_id(), type_, direction, outcome, self.by, at)
        article = "an" if type_ == "email" else "a"
        said = f"Logged {article} {type_} ({direction}) with {{}}."
        self._do(ago, "log", c.LogTouch(touch), said)

    def note(self, ago: float, text: str, author: str = "") -> None:
        note = Note(self.new_id(), text, author or self.by, self._next(ago))
        self._do(ago, "note", c.AddNote(note), "Noted on {}.", actor=author)

    def answer(self, ago: float, key: str, answer: Answer) -> None:
        self._do(ago, "answer", c.AnswerQuestion(key, answer), f"Answered {key} of {{}}.")

    def contact(self, ago: float, contact: Contact) -> None:
        said = f"Noted {contact.name} of {{}}."
        self._do(ago, "contact", c.SetContact(slug(contact.name), contact), said)

    def term(self, ago: float, term: Term) -> None:
        self._do(ago, "terms", c.SetTerm(slug(term.item), term), "Changed the terms of {}.")

    def check(self, ago: float, stage_id: int, item: str) -> None:
        self._do(ago, "check", c.Check(stage_id, item, True), f"Checked '{item}' of {{}}.")

    def _next(self, ago: float) -> datetime:
        return self._clock.instant(min(ago, self._ago - PAUSE))

    def _do(self, ago: float, verb: str, command: c.Command, said: str, *, actor: str = "") -> None:
        at, actor = self._next(ago), actor or self.by
        self._ago = min(ago, self._ago - PAUSE)
        context = c.Context(self.pipeline, at, self._clock.zone, actor)
        events = decide(command, self._deal, context)
        deal = self._deal
        for event in events:
            deal = evolve(deal, event, self.deal_id)
        if deal is None or not events:
            return
        self._deal = deal
        self.events += events
        self.deeds.append(Deed(at, actor, verb, said.format(deal.name), len(events)))
