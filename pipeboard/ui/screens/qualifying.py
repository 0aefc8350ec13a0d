"""Keys that make a deal true: the interview, question by question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeboard.domain.deal import Answer, Deal
from pipeboard.domain.errors import Conflict
from pipeboard.domain.pipeline import Pipeline, Question
from pipeboard.ui.screens.deal_actions import in_turn
from pipeboard.ui.screens.working import Working

if TYPE_CHECKING:
    from pipeboard.ui.screens.question import Given
    from pipeboard.workspace import Receipt


class Qualifying(Working):
    """Questions and their answers, one at a time."""

    @in_turn
    async def action_interview(self) -> None:
        """All questions without an answer, or where none is left, all of them; Esc ends it."""
        ids = self.selected()
        if not ids:
            return
        if len(ids) > 1:
            self.say("The interview is with one deal at a time.", "status.warn")
            return
        deal, pipeline = await self.deal_now(ids[0])
        if not pipeline.questions:
            self.say(f"{pipeline.name} asks no questions.", "status.warn")
            return
        answered = {question.key for question in deal.answered(pipeline)}
        still = [question for question in pipeline.questions if question.key not in answered]
        for question in still or pipeline.questions:
            if not await self.ask_question(ids[0], question):
                break
        deal, pipeline = await self.deal_now(ids[0])
        count, total = len(deal.answered(pipeline)), len(pipeline.questions)
        self.say(f"{count} of {total} questions of {deal.name} are answered.", "status.ok")

    async def ask_question(
        self, deal_id: int, question: Question, *, goes_on: bool = True, outside: bool = False
    ) -> bool:
        """Asks one question and stores what is given; False when it was cancelled or refused."""
        from pipeboard.ui.screens.question import QuestionCard

        deal, pipeline = await self.deal_now(deal_id)
        place = pipeline.questions.index(question) + 1
        key = f"answer-{deal_id}-{question.key}"
        given = await self.ask(
            QuestionCard(
                question,
                deal.answers.get(question.key),
                f"{place}/{len(pipeline.questions)}",
                draft_key=key,
                edit=self.board_app.look.edit,
                goes_on=goes_on,
                outside=outside,
            )
        )
        if given is None:
            return False
        if given.is_empty or await self._store_answer(deal, question, given):
            self.board_app.drafts.discard(key)
            return True
        return False

    async def _store_answer(self, deal: Deal, question: Question, given: Given) -> bool:
        """Stores an answer over what was seen; where somebody was quicker, asks which stands."""
        seen = {deal.id: deal.version}

        def call(given: Given) -> Answer:
            return Answer(given.text, given.rating, given.evidence)

        try:
            self._tell(await self._answer(deal.id, question, call(given), seen))
            return True
        except Conflict:
            return await self._choose_between(deal.id, question, given)

    async def _choose_between(self, deal_id: int, question: Question, mine: Given) -> bool:
        """Both answers are shown; the one that gives way stays in the history or in a note."""
        from pipeboard.ui.screens.differing import Differing, Side, joined

        deal, _ = await self.deal_now(deal_id)
        theirs = deal.answers.get(question.key) or Answer("")
        zone = self.board_app.settings.zone
        when = f"at {theirs.at.astimezone(zone):%H:%M}" if theirs.at else "meanwhile"
        side = await self.ask(Differing(question.label, theirs, mine, when))
        if side is None:
            self.say("Your answer is kept as a draft; nothing is stored of it.", "status.warn")
            return False
        if side == Side.THEIRS:
            note = f"{question.label}, answered at the same time: {mine.text or mine.rating}"
            receipt = await self.board_app.clerk.ask(lambda w: w.add_note([deal_id], note))
        else:
            given = joined(theirs, mine) if side == Side.BOTH else mine
            answer = Answer(given.text, given.rating, given.evidence)
            receipt = await self._answer(deal_id, question, answer, {deal_id: deal.version})
        self._tell(receipt)
        return True

    async def _answer(
        self, deal_id: int, question: Question, answer: Answer, seen: dict[int, int]
    ) -> Receipt:
        return await self.board_app.clerk.ask(
            lambda w: w.answer(
                [deal_id], question.key, answer.text, answer.rating, answer.evidence, seen=seen
            )
        )

    def _tell(self, receipt: Receipt) -> None:
        """Shows what was stored, and takes its version for the one that is seen."""
        self.take_note_of(receipt)
        self.show_change(receipt)
        words = " ".join((receipt.summary, *receipt.notes))
        self.say(words, "status.warn" if receipt.notes else "status.ok", "u undo")

    async def deal_now(self, deal_id: int) -> tuple[Deal, Pipeline]:
        """A deal as it stands in the database, with its pipeline."""
        sheet = await self.board_app.clerk.ask(lambda workspace: workspace.sheet(deal_id))
        return sheet.deal, sheet.pipeline
