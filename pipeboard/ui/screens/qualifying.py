"""Keys that make a deal true: the interview, question by question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeboard.domain.deal import Answer, Deal
from pipeboard.domain.pipeline import Pipeline, Question
from pipeboard.ui.outcome import Outcome
from pipeboard.ui.overlays.draft import key_of
from pipeboard.ui.screens.deal_actions import in_turn
from pipeboard.ui.screens.questions import Came, Meeting, Questions, until_stored
from pipeboard.ui.screens.working import Working

if TYPE_CHECKING:
    from pipeboard.ui.overlays.question import Given


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
        from pipeboard.ui.overlays.conflict import joined
        from pipeboard.ui.overlays.question import QuestionCard

        async def ask(questions: Questions) -> Came:
            deal, pipeline = await self.deal_now(deal_id)
            present = deal.answers.get(question.key)
            place = f"{pipeline.questions.index(question) + 1}/{len(pipeline.questions)}"
            given = await questions.ask(
                lambda: QuestionCard(
                    question,
                    present,
                    place,
                    deal.name,
                    draft_key=key_of("answer", [deal_id], question.key),
                    edit=self.board_app.look.edit,
                    goes_on=goes_on,
                    outside=outside,
                )
            )
            if given is None:
                return None
            return given.is_empty or await self._answer(deal, question, given)

        def both(deal: Deal, mine: Given, _theirs: str) -> Given:
            return joined(deal.answers.get(question.key) or Answer(""), mine)

        async def theirs(mine: Given) -> Outcome:
            note = f"{question.label}, answered at the same time: {mine.text or mine.rating}"
            return await self.change(lambda w, *_: w.add_note([deal_id], note), repeats=False)

        return bool(await until_stored(self, ask, Meeting(both, theirs)))

    async def _answer(self, deal: Deal, question: Question, given: Given) -> Outcome:
        """Stores an answer over what was seen."""
        return await self.change(
            lambda w, *_: w.answer(
                [deal.id],
                question.key,
                given.text,
                given.rating,
                given.evidence,
                seen={deal.id: deal.version},
            ),
            repeats=False,
        )

    async def deal_now(self, deal_id: int) -> tuple[Deal, Pipeline]:
        """A deal as it stands in the database, with its pipeline."""
        sheet = await self.board_app.write_queue.ask(lambda workspace: workspace.sheet(deal_id))
        return sheet.deal, sheet.pipeline
