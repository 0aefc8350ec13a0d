"""A workspace with a word for each command, so that tests read as sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pipeboard import workspace
from pipeboard.domain import commands as c
from pipeboard.domain.deal import Answer, Contact, Loss, Term
from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.settings import Rep
from pipeboard.workspace import (
    Receipt,
    configuration,
    finding,
    import_rows,
    joining,
    new_deals,
    reports,
    targets,
    undoing,
)

Ids = Sequence[int]


class Workspace(workspace.Workspace):
    """The use cases, and each command by the word of the command line."""

    add_all = new_deals.add_all
    change_rep = configuration.change_rep
    changes_since = reports.changes_since
    create = new_deals.create
    end_of = reports.end_of
    find_deals = finding.find_deals
    groups = reports.groups_of
    import_rows = import_rows.import_rows
    join = joining.join
    period = finding.typed_period
    report = reports.report_of
    report_before = reports.report_before
    saved_filters = finding.saved_filters
    calls = targets.calls_of
    set_call = targets.set_call
    set_rate = targets.set_rate
    set_target = targets.set_target
    targets = targets.targets_of
    undo_list = undoing.undo_list

    def move(self, ids: Ids, stage_id: int, *, override: str = "", **more: Any) -> Receipt:
        return self.execute(c.Move(stage_id, override), ids, **more)

    def step(self, ids: Ids, places: int, *, override: str = "", **more: Any) -> Receipt:
        return self.execute(c.Step(places, override), ids, **more)

    def win(
        self,
        ids: Ids,
        *,
        value: Money | None = None,
        on: date | None = None,
        override: str = "",
        **more: Any,
    ) -> Receipt:
        return self.execute(c.Win(value, on, override), ids, **more)

    def lose(self, ids: Ids, loss: Loss, *, on: date | None = None, **more: Any) -> Receipt:
        return self.execute(c.Lose(loss, on), ids, **more)

    def reopen(
        self, ids: Ids, stage_id: int | None = None, *, override: str = "", **more: Any
    ) -> Receipt:
        return self.execute(c.Reopen(stage_id, override), ids, **more)

    def archive(self, ids: Ids, **more: Any) -> Receipt:
        return self.execute(c.Archive(), ids, **more)

    def unarchive(self, ids: Ids, **more: Any) -> Receipt:
        return self.execute(c.Unarchive(), ids, **more)

    def edit(
        self, ids: Ids, changes: Mapping[str, Any], *, new_rep: bool = False, **more: Any
    ) -> Receipt:
        return self.execute(c.Edit(changes, new_rep), ids, **more)

    def assign(
        self, ids: Ids, rep: str, *, note: str = "", new_rep: bool = False, **more: Any
    ) -> Receipt:
        return self.execute(c.Assign(rep, note, new_rep), ids, **more)

    def tag(self, ids: Ids, add: Sequence[str], remove: Sequence[str] = (), **more: Any) -> Receipt:
        return self.execute(c.TagWith(tuple(add), tuple(remove)), ids, **more)

    def set_contact(
        self, deal_id: int, contact: Contact | None, key: str = "", **more: Any
    ) -> Receipt:
        return self.execute(c.SetContact(key, contact), [deal_id], **more)

    def set_term(self, deal_id: int, term: Term | None, key: str = "", **more: Any) -> Receipt:
        return self.execute(c.SetTerm(key, term), [deal_id], **more)

    def check(
        self, deal_id: int, stage_id: int, item: str, *, done: bool = True, **more: Any
    ) -> Receipt:
        return self.execute(c.Check(stage_id, item, done), [deal_id], **more)

    def reschedule(self, ids: Ids, due: date, usual: str = "", **more: Any) -> Receipt:
        return self.execute(c.Reschedule(due, usual), ids, **more)

    def set_next_step(self, ids: Ids, text: str, due: date | None, **more: Any) -> Receipt:
        return self.execute(c.SetNextStep(text, due), ids, **more)

    def complete_next_step(self, ids: Ids, outcome: str = "", **more: Any) -> Receipt:
        return self.execute(c.CompleteNextStep(outcome), ids, **more)

    def snooze(self, ids: Ids, until: date | None, reason: str = "", **more: Any) -> Receipt:
        return self.execute(c.Snooze(until, reason), ids, **more)

    def answer(
        self,
        ids: Ids,
        question: str,
        text: str,
        rating: int | None = None,
        evidence: str = "",
        **more: Any,
    ) -> Receipt:
        answer = Answer(text, rating, evidence)
        return self.execute(c.AnswerQuestion(question, answer), ids, **more)

    def take_answer_back(self, deal_id: int, question: str, **more: Any) -> Receipt:
        return self.execute(c.AnswerQuestion(question, None), [deal_id], **more)

    def ask_rep(
        self, ids: Ids, rep: str, text: str, due: date | None = None, **more: Any
    ) -> Receipt:
        return self.execute(c.AskRep(rep, text, due), ids, **more)

    def add_note(self, ids: Ids, text: str, **more: Any) -> Receipt:
        return self.execute(c.AddNote(text), ids, **more)

    def log_touch(
        self,
        ids: Ids,
        type_: str,
        direction: str = "out",
        outcome: str = "",
        at: datetime | None = None,
        *,
        quote: bool = False,
        trial_close: str = "",
        **more: Any,
    ) -> Receipt:
        command = c.LogTouch(type_, direction, outcome, at, quote, trial_close)
        return self.execute(command, ids, **more)

    def save_pipeline(self, wanted: Pipeline) -> Pipeline:
        return self.change_pipeline(wanted).pipeline

    def save_rep(self, rep: Rep) -> Rep:
        return configuration.change_rep(self, rep)[1]
