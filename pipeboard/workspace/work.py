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
from pipeboard.domain.text import quoted
from pipeboard.workspace.desk import NOTHING_SEEN, Desk, Receipt, Seen, as_command, named


class Work(Desk):
    """What moves a deal on between two stages."""

    @as_command("next")
    def plan(
        self,
        ids: Sequence[int],
        words: str,
        *,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
        token: str = "",
    ) -> Receipt:
        """The next step as typed, its day first: `thu call Bob`; `-` or nothing clears it."""
        due, text = None, ""
        if words.strip() not in ("", "-", "none"):
            due, text = split_leading_date(words, self.today)
        return self.set_next_step(ids, text, due, seen=seen, dry_run=dry_run, token=token)

    @as_command("next")
    def reschedule(
        self,
        ids: Sequence[int],
        due: date,
        usual: str = "",
        *,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
        token: str = "",
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

        return self.carry_out("next", ids, command, says, seen=seen, dry_run=dry_run, token=token)

    def set_next_step(
        self,
        ids: Sequence[int],
        text: str,
        due: date | None,
        *,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
        token: str = "",
    ) -> Receipt:
        """What happens next, and by which day."""
        command = c.SetNextStep(text, due)
        return self.execute(command, ids, seen=seen, dry_run=dry_run, token=token)

    def complete_next_step(
        self,
        ids: Sequence[int],
        outcome: str = "",
        *,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
        token: str = "",
    ) -> Receipt:
        """The next step was done."""
        command = c.CompleteNextStep(outcome)
        return self.execute(command, ids, seen=seen, dry_run=dry_run, token=token)

    def snooze(
        self,
        ids: Sequence[int],
        until: date | None,
        reason: str = "",
        *,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
        token: str = "",
    ) -> Receipt:
        """Parked until a day, or with None woken."""
        command = c.Snooze(until, reason)
        return self.execute(command, ids, seen=seen, dry_run=dry_run, token=token)

    @as_command("answer")
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
        token: str = "",
    ) -> Receipt:
        """An answer to a question named by key, number or what it proves.

        The receipt tells whose answer it replaces; that one stays in the history.
        """
        before = self.reader.deals(ids)
        command = c.AnswerQuestion(question, Answer(text, rating, evidence))
        receipt = self.execute(command, ids, seen=seen, dry_run=dry_run, token=token)
        said = (self._replaced(before[deal.id], question) for deal in receipt.deals)
        return replace(receipt, notes=(*receipt.notes, *filter(None, said)))

    def take_answer_back(
        self,
        deal_id: int,
        question: str,
        *,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
        token: str = "",
    ) -> Receipt:
        """A question without an answer again; what was said stays in the history."""
        command = c.AnswerQuestion(question, None)
        return self.execute(command, [deal_id], seen=seen, dry_run=dry_run, token=token)

    def _replaced(self, deal: Deal, question: str) -> str:
        """Whose answer gives way to mine, and what it said; nothing where it was my own."""
        found = self.pipeline_now(deal.pipeline_id).question(question)
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

    @as_command("note")
    def add_note(
        self, ids: Sequence[int], text: str, *, dry_run: bool = False, token: str = ""
    ) -> Receipt:
        """A note on each deal, signed by who writes, and for whom."""
        return self.execute(
            lambda deal: c.AddNote(Note(str(uuid.uuid4()), text, self.actor.label, self.now())),
            ids,
            verb="note",
            dry_run=dry_run,
            token=token,
        )

    @as_command("note")
    def edit_note(
        self,
        deal_id: int,
        note_id: str,
        text: str,
        *,
        before: str | None = None,
        dry_run: bool = False,
        token: str = "",
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
                command = c.EditNote(note, text)
                return self.execute(command, [deal_id], dry_run=dry_run, token=token)
        raise NotFound("There is no such note.")

    @as_command("log")
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
        token: str = "",
    ) -> Receipt:
        """An interaction with the buyer, with `quote` the proposal; the receipt warns when it
        follows the last too soon, and counts the follow-ups of a proposal."""
        self.come_after(ids)
        when = at or self.now()
        if when > self.now():
            raise BadInput("A touch cannot lie ahead.", hint="Set a next step instead.")
        before = self.reader.deals(ids)
        receipt = self.execute(
            lambda deal: c.LogTouch(
                Touch(str(uuid.uuid4()), type_, direction, outcome, self.me, when),
                quote,
                trial_close,
            ),
            ids,
            verb="log",
            seen=seen,
            dry_run=dry_run,
            token=token,
        )
        if direction != "out":
            return receipt
        early = self._too_soon([before[deal.id] for deal in receipt.deals], when)
        counted = () if quote else self._follow_ups(receipt.deals)
        return replace(receipt, notes=(*receipt.notes, *early, *counted))

    def _follow_ups(self, deals: Sequence[Deal]) -> tuple[str, ...]:
        """Where a proposal stands: how often it was followed up, with this time."""
        if len(deals) != 1 or (sent_at := deals[0].quote_sent_at) is None:
            return ()
        count = follow_ups(sent_at, self.reader.touches(deals[0].id))
        return (f"Follow-up {count} of {PERSISTENCE} since the proposal.",) if count else ()

    def _too_soon(self, deals: Sequence[Deal], at: datetime) -> tuple[str, ...]:
        gap = timedelta(hours=self.settings.min_gap_hours)
        return tuple(
            f"{deal.name} was last contacted {int((at - last) / timedelta(hours=1))} h before: "
            f"fewer than {self.settings.min_gap_hours}."
            for deal in deals
            if (last := deal.last_outbound_at) is not None and timedelta(0) <= at - last < gap
        )
