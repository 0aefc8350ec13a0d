"""Calls of the screens that still name a verb; each of them is one command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Answer, Contact, Loss, Term
from pipeboard.domain.money import Money
from pipeboard.workspace.execution import execute
from pipeboard.workspace.receipts import Receipt
from pipeboard.workspace.service import NOTHING_SEEN, Seen, Service

Ids = Sequence[int]


class ScreenCalls(Service):
    """Goes once every screen hands commands on."""

    def move(
        self, ids: Ids, stage_id: int, *, override: str = "", seen: Seen = NOTHING_SEEN
    ) -> Receipt:
        return execute(self, c.Move(stage_id, override), ids, seen=seen)

    def step(
        self, ids: Ids, places: int, *, override: str = "", seen: Seen = NOTHING_SEEN
    ) -> Receipt:
        return execute(self, c.Step(places, override), ids, seen=seen)

    def win(
        self, ids: Ids, *, value: Money | None = None, override: str = "", seen: Seen = NOTHING_SEEN
    ) -> Receipt:
        return execute(self, c.Win(value, override=override), ids, seen=seen)

    def lose(self, ids: Ids, loss: Loss, *, seen: Seen = NOTHING_SEEN) -> Receipt:
        return execute(self, c.Lose(loss), ids, seen=seen)

    def reopen(self, ids: Ids, *, override: str = "", seen: Seen = NOTHING_SEEN) -> Receipt:
        return execute(self, c.Reopen(override=override), ids, seen=seen)

    def archive(self, ids: Ids, *, seen: Seen = NOTHING_SEEN) -> Receipt:
        return execute(self, c.Archive(), ids, seen=seen)

    def edit(self, ids: Ids, changes: Mapping[str, Any], *, seen: Seen = NOTHING_SEEN) -> Receipt:
        return execute(self, c.Edit(changes), ids, seen=seen)

    def assign(self, ids: Ids, rep: str, *, seen: Seen = NOTHING_SEEN) -> Receipt:
        return execute(self, c.Assign(rep), ids, seen=seen)

    def tag(
        self, ids: Ids, add: Sequence[str], remove: Sequence[str] = (), *, seen: Seen = NOTHING_SEEN
    ) -> Receipt:
        return execute(self, c.TagWith(tuple(add), tuple(remove)), ids, seen=seen)

    def set_contact(
        self, deal_id: int, contact: Contact | None, key: str = "", *, seen: Seen = NOTHING_SEEN
    ) -> Receipt:
        return execute(self, c.SetContact(key, contact), [deal_id], seen=seen)

    def set_term(
        self, deal_id: int, term: Term | None, key: str = "", *, seen: Seen = NOTHING_SEEN
    ) -> Receipt:
        return execute(self, c.SetTerm(key, term), [deal_id], seen=seen)

    def check(
        self,
        deal_id: int,
        stage_id: int,
        item: str,
        *,
        done: bool = True,
        seen: Seen = NOTHING_SEEN,
    ) -> Receipt:
        return execute(self, c.Check(stage_id, item, done), [deal_id], seen=seen)

    def reschedule(
        self, ids: Ids, due: date, usual: str = "", *, seen: Seen = NOTHING_SEEN
    ) -> Receipt:
        return execute(self, c.Reschedule(due, usual), ids, seen=seen)

    def snooze(
        self, ids: Ids, until: date | None, reason: str = "", *, seen: Seen = NOTHING_SEEN
    ) -> Receipt:
        return execute(self, c.Snooze(until, reason), ids, seen=seen)

    def answer(
        self,
        ids: Ids,
        question: str,
        text: str,
        rating: int | None = None,
        evidence: str = "",
        *,
        seen: Seen = NOTHING_SEEN,
    ) -> Receipt:
        command = c.AnswerQuestion(question, Answer(text, rating, evidence))
        return execute(self, command, ids, seen=seen)

    def take_answer_back(
        self, deal_id: int, question: str, *, seen: Seen = NOTHING_SEEN
    ) -> Receipt:
        return execute(self, c.AnswerQuestion(question, None), [deal_id], seen=seen)

    def add_note(self, ids: Ids, text: str) -> Receipt:
        return execute(self, c.AddNote(text), ids)

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
        seen: Seen = NOTHING_SEEN,
    ) -> Receipt:
        command = c.LogTouch(type_, direction, outcome, at, quote, trial_close)
        return execute(self, command, ids, seen=seen)
