"""Use cases: the daily work on deals: next steps, snoozes, answers, notes, touches."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from pipeboard.domain import commands as c
from pipeboard.domain.dates import format_day, split_leading_date
from pipeboard.domain.deal import Answer, Note, Touch
from pipeboard.domain.errors import BadInput, NotFound
from pipeboard.workspace.desk import NOTHING_SEEN, Desk, Receipt, Seen, named


class Work(Desk):
    """What moves a deal on between two stages."""

    def plan(
        self,
        ids: Sequence[int],
        words: str,
        *,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
    ) -> Receipt:
        """The next step as typed, its day first: `thu call Bob`; `-` or nothing clears it."""
        if words.strip() in ("", "-", "none"):
            return self.set_next_step(ids, "", None, seen=seen, dry_run=dry_run)
        due, text = split_leading_date(words, self.today)
        return self.set_next_step(ids, text, due, seen=seen, dry_run=dry_run)

    def set_next_step(
        self,
        ids: Sequence[int],
        text: str,
        due: date | None,
        *,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
    ) -> Receipt:
        """What happens next, and by which day."""
        day = f" {format_day(due, self.today)}" if due else ""
        step = f"{text}{day}".strip() or "no next step"
        return self.carry_out(
            "next",
            ids,
            c.SetNextStep(text, due),
            lambda deals: f"Set: {named(deals)} › {step}.",
            seen=seen,
            dry_run=dry_run,
        )

    def complete_next_step(
        self, ids: Sequence[int], outcome: str = "", *, seen: Seen = NOTHING_SEEN
    ) -> Receipt:
        """The next step was done."""
        return self.carry_out(
            "done",
            ids,
            c.CompleteNextStep(outcome),
            lambda deals: f"Done: the next step of {named(deals)}.",
            seen=seen,
        )

    def snooze(
        self,
        ids: Sequence[int],
        until: date | None,
        reason: str = "",
        *,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
    ) -> Receipt:
        """Parked until a day, or with None woken."""
        day = format_day(until, self.today) if until else ""
        return self.carry_out(
            "snooze",
            ids,
            c.Snooze(until, reason),
            lambda deals: (
                f"Snoozed {named(deals)} until {day}." if day else f"Woke {named(deals)}."
            ),
            seen=seen,
            dry_run=dry_run,
        )

    def answer(
        self,
        ids: Sequence[int],
        question: str,
        text: str,
        rating: int | None = None,
        evidence: str = "",
        *,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
    ) -> Receipt:
        """An answer to a question named by key, number or what it proves."""
        return self.carry_out(
            "answer",
            ids,
            c.AnswerQuestion(question, Answer(text, rating, evidence)),
            lambda deals: f"Answered {question} of {named(deals)}.",
            seen=seen,
            dry_run=dry_run,
        )

    def add_note(self, ids: Sequence[int], text: str, *, dry_run: bool = False) -> Receipt:
        """A note on each deal."""
        at = self.now()
        return self.carry_out(
            "note",
            ids,
            lambda deal: c.AddNote(Note(str(uuid.uuid4()), text, self.me, at)),
            lambda deals: f"Noted on {named(deals)}.",
            dry_run=dry_run,
        )

    def edit_note(self, deal_id: int, note_id: str, text: str) -> Receipt:
        """One's own note rewritten."""
        for note in self.reader.notes(deal_id):
            if note.id == note_id:
                return self.carry_out(
                    "note",
                    [deal_id],
                    c.EditNote(note, text),
                    lambda deals: f"Changed a note on {named(deals)}.",
                )
        raise NotFound("There is no such note.")

    def log_touch(
        self,
        ids: Sequence[int],
        type_: str,
        direction: str = "out",
        outcome: str = "",
        at: datetime | None = None,
        *,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
    ) -> Receipt:
        """An interaction with the buyer; the receipt warns when it follows the last too soon."""
        when = at or self.now()
        if when > self.now():
            raise BadInput("A touch cannot lie ahead.", hint="Set a next step instead.")
        early = self._too_soon(ids, when) if direction == "out" else ()
        receipt = self.carry_out(
            "log",
            ids,
            lambda deal: c.LogTouch(
                Touch(str(uuid.uuid4()), type_, direction, outcome, self.me, when)
            ),
            lambda deals: f"Logged a {type_} ({direction}) with {named(deals)}.",
            seen=seen,
            dry_run=dry_run,
        )
        return Receipt(
            receipt.command_id,
            receipt.verb,
            receipt.summary,
            receipt.deals,
            (*receipt.notes, *early),
        )

    def _too_soon(self, ids: Sequence[int], at: datetime) -> tuple[str, ...]:
        gap = timedelta(hours=self.settings.min_gap_hours)
        return tuple(
            f"{deal.name} was last contacted {int((at - last) / timedelta(hours=1))} h before: "
            f"fewer than {self.settings.min_gap_hours}."
            for deal in self.reader.deals(ids).values()
            if (last := deal.last_outbound_at) is not None and timedelta(0) <= at - last < gap
        )
