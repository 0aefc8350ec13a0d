"""A workspace with a word for each command, so that tests read as sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pipeboard import workspace
from pipeboard.domain import commands as c
from pipeboard.domain.criteria import unmet
from pipeboard.domain.deal import Answer, Contact, Deal, Loss, Term
from pipeboard.domain.errors import Unmet
from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.settings import Rep
from pipeboard.workspace import (
    configuration,
    execution,
    finding,
    import_rows,
    new_deals,
    reports,
    triage,
    undoing,
)
from pipeboard.workspace import import_rows as joining
from pipeboard.workspace import new_deals as recycling
from pipeboard.workspace import reports as targets
from pipeboard.workspace.recording import Receipt

Ids = Sequence[int]


class Workspace(workspace.Workspace):
    """The use cases, and each command by the word of the command line."""

    add = new_deals.add_deal
    add_all = new_deals.add_all
    change_pipeline = configuration.change_pipeline
    change_rep = configuration.change_rep
    create = new_deals.create_deal
    find_deal = finding.find_deal
    find_deals = finding.find_deals
    follow_up = recycling.follow_up
    groups = reports.groups_of
    import_rows = import_rows.import_rows
    join = joining.join
    lens = finding.lens
    loads = triage.loads_of
    merge = execution.merge_deals
    parse_filter = finding.parse_filter
    period = finding.typed_period
    pipeline = finding.find_pipeline
    recycle = recycling.recycle_due
    redo = undoing.redo_last
    reorder = execution.reorder
    report = reports.report_of
    rename_filter = targets.rename_filter
    save_filter = targets.save_filter
    save_settings = configuration.save_settings
    record = finding.deal_record
    calls = targets.calls_of
    set_call = targets.set_call
    set_rate = targets.set_rate
    set_target = targets.set_target
    targets = targets.targets_of
    undo = undoing.undo_last
    undo_list = undoing.undo_list

    def end_of(self, day: date) -> datetime:
        return finding.end_of(day, self.settings, self.now())

    def gate(self, ids: Ids, stage_id: int) -> tuple[tuple[Deal, tuple[Unmet, ...]], ...]:
        """For each deal what it lacks to get to that stage."""
        pipelines = {pipeline.id: pipeline for pipeline in self.reader.pipelines()}
        deals = self.reader.deals(ids)
        return tuple(
            (deals[one], unmet(deals[one], pipelines[deals[one].pipeline_id], stage_id, self.today))
            for one in ids
        )

    def saved_filters(self) -> tuple[tuple[str, str], ...]:
        return self.reader.saved_filters(self.me)

    def pipelines(self) -> tuple[Pipeline, ...]:
        return self.reader.pipelines()

    def plan(self, ids: Ids, typed: str, **more: Any) -> Receipt:
        return self.execute(c.Plan(typed), ids, **more)

    def set_fields(
        self, ids: Ids, assignments: Sequence[str], *, new_rep: bool = False, **more: Any
    ) -> Receipt:
        return self.execute(c.SetFields(tuple(assignments), new_rep), ids, **more)

    def edit_note(
        self, deal_id: int, note_id: str, text: str, *, before: str | None = None, **more: Any
    ) -> Receipt:
        return self.execute(c.EditNote(note_id, text, before), [deal_id], **more)

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

    def save_rep(self, rep: Rep) -> Receipt:
        return self.change_rep(rep)
