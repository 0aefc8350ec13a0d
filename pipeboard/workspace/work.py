"""Use cases: the daily work on deals: next steps, snoozes, answers, notes, touches."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from pipeboard.domain import commands as c
from pipeboard.domain.dates import format_day, local_date, split_leading_date
from pipeboard.domain.deal import Answer, Deal, Note, Touch
from pipeboard.domain.errors import BadInput, Conflict, NotFound
from pipeboard.domain.going_on import PERSISTENCE, follow_ups
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.text import quoted
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

    def reschedule(
        self,
        ids: Sequence[int],
        due: date,
        usual: str = "",
        *,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
    ) -> Receipt:
        """Another day for the next step of each deal, its words as they are, or the `usual` ones
        where there are none."""

        def command(deal: Deal) -> c.SetNextStep:
            words = deal.next_step.text if deal.next_step else ""
            return c.SetNextStep(words or usual, due)

        day = format_day(due, self.today)

        def says(deals: Sequence[Deal]) -> str:
            steps = {deal.next_step.text for deal in deals if deal.next_step}
            step = steps.pop() if len(steps) == 1 else "next steps"
            return f"Set: {named(deals)} › {step} {day}."

        return self.carry_out("next", ids, command, says, seen=seen, dry_run=dry_run)

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
        self,
        ids: Sequence[int],
        outcome: str = "",
        *,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
    ) -> Receipt:
        """The next step was done."""
        return self.carry_out(
            "done",
            ids,
            c.CompleteNextStep(outcome),
            lambda deals: f"Done: the next step of {named(deals)}.",
            seen=seen,
            dry_run=dry_run,
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
        """An answer to a question named by key, number or what it proves.

        The receipt tells whose answer it replaces; that one stays in the history.
        """
        replaced: dict[int, str] = {}

        def command(deal: Deal) -> c.AnswerQuestion:
            replaced[deal.id] = self._replaced(deal, question)
            return c.AnswerQuestion(question, Answer(text, rating, evidence))

        receipt = self.carry_out(
            "answer",
            ids,
            command,
            lambda deals: f"Answered {self._label(deals[0], question)} of {named(deals)}.",
            seen=seen,
            dry_run=dry_run,
        )
        said = tuple(replaced[deal.id] for deal in receipt.deals if replaced[deal.id])
        return replace(receipt, notes=(*receipt.notes, *said))

    def take_answer_back(
        self, deal_id: int, question: str, *, seen: Seen = NOTHING_SEEN, dry_run: bool = False
    ) -> Receipt:
        """A question without an answer again; what was said stays in the history."""
        return self.carry_out(
            "answer",
            [deal_id],
            c.AnswerQuestion(question, None),
            lambda deals: f"{self._label(deals[0], question)} of {named(deals)} is open again.",
            seen=seen,
            dry_run=dry_run,
        )

    def _label(self, deal: Deal, question: str) -> str:
        found = self._pipeline_of(deal).question(question)
        return found.label if found else question

    def _pipeline_of(self, deal: Deal) -> Pipeline:
        return next(p for p in self.reader.pipelines() if p.id == deal.pipeline_id)

    def _replaced(self, deal: Deal, question: str) -> str:
        """Whose answer gives way to mine, and what it said; nothing where it was my own."""
        found = self._pipeline_of(deal).question(question)
        present = deal.answers.get(found.key) if found else None
        if present is None or not present.is_given or present.by in ("", self.me):
            return ""
        when = (
            f" of {format_day(local_date(present.at, self.settings.zone), self.today)}"
            if present.at
            else ""
        )
        rating = "" if present.rating is None else f" ({present.rating}/4)"
        said = quoted(present.text) if present.text else "no words"
        return f"{present.by}'s answer{when} stays in the history: {said}{rating}."

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

    def edit_note(
        self,
        deal_id: int,
        note_id: str,
        text: str,
        *,
        before: str | None = None,
        dry_run: bool = False,
    ) -> Receipt:
        """One's own note rewritten; a `Conflict` where it no longer says what it did `before`."""
        for note in self.reader.notes(deal_id):
            if note.id == note_id:
                if before is not None and note.text != before:
                    raise Conflict(
                        f"The note on D-{deal_id} was rewritten meanwhile.",
                        hint="Look at it as it is now, then repeat.",
                        details={
                            "deal": f"D-{deal_id}",
                            "by": note.author,
                            "fields": ["note"],
                            "theirs": note.text,
                        },
                    )
                return self.carry_out(
                    "note",
                    [deal_id],
                    c.EditNote(note, text),
                    lambda deals: f"Changed a note on {named(deals)}.",
                    dry_run=dry_run,
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
        quote: bool = False,
        trial_close: str = "",
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
    ) -> Receipt:
        """An interaction with the buyer, with `quote` the proposal; the receipt warns when it
        follows the last too soon, and counts the follow-ups of a proposal."""
        when = at or self.now()
        if when > self.now():
            raise BadInput("A touch cannot lie ahead.", hint="Set a next step instead.")
        early = self._too_soon(ids, when) if direction == "out" else ()
        receipt = self.carry_out(
            "log",
            ids,
            lambda deal: c.LogTouch(
                Touch(str(uuid.uuid4()), type_, direction, outcome, self.me, when),
                quote,
                trial_close,
            ),
            lambda deals: f"Logged a {type_} ({direction}) with {named(deals)}.",
            seen=seen,
            dry_run=dry_run,
        )
        counted = self._follow_ups(receipt.deals) if direction == "out" and not quote else ()
        return replace(receipt, notes=(*receipt.notes, *early, *counted))

    def _follow_ups(self, deals: Sequence[Deal]) -> tuple[str, ...]:
        """Where a proposal stands: how often it was followed up, with this time."""
        if len(deals) != 1 or (sent_at := deals[0].quote_sent_at) is None:
            return ()
        count = follow_ups(sent_at, self.reader.touches(deals[0].id))
        return (f"Follow-up {count} of {PERSISTENCE} since the proposal.",) if count else ()

    def _too_soon(self, ids: Sequence[int], at: datetime) -> tuple[str, ...]:
        gap = timedelta(hours=self.settings.min_gap_hours)
        return tuple(
            f"{deal.name} was last contacted {int((at - last) / timedelta(hours=1))} h before: "
            f"fewer than {self.settings.min_gap_hours}."
            for deal in self.reader.deals(ids).values()
            if (last := deal.last_outbound_at) is not None and timedelta(0) <= at - last < gap
        )
