"""Keys that make a deal true: the interview, and answering what a gate misses."""

from __future__ import annotations

from collections.abc import Sequence

from pipeboard.domain.criteria import About, Unmet
from pipeboard.domain.deal import Contact, Deal
from pipeboard.domain.errors import GateNotMet
from pipeboard.domain.fields import parse_field
from pipeboard.domain.pipeline import Pipeline, Question
from pipeboard.ui.draw.line import Line, whole
from pipeboard.ui.screens import asking
from pipeboard.ui.screens.deal_actions import Change, in_turn
from pipeboard.ui.screens.menu import Choice, Menu
from pipeboard.ui.screens.prompt import Feedback, InEditor, Prompt
from pipeboard.ui.screens.working import Working

_RATINGS = {
    "0": "no",
    "1": "weak",
    "2": "fair",
    "3": "good",
    "4": "proven",
    "u": "unknown",
}


class Qualifying(Working):
    """Questions and their answers, one at a time."""

    @in_turn
    async def action_interview(self) -> None:
        """All questions from the first without an answer on; Esc ends it."""
        ids = self.selected()
        if not ids:
            return
        if len(ids) > 1:
            self.say("The interview is with one deal at a time.", "status.warn")
            return
        deal, pipeline = await self._deal(ids[0])
        answered = {question.key for question in deal.answered(pipeline)}
        still = [q for q in pipeline.questions if q.key not in answered]
        for question in still or pipeline.questions:
            if not await self.ask_question(ids[0], question):
                return
        deal, pipeline = await self._deal(ids[0])
        count, total = len(deal.answered(pipeline)), len(pipeline.questions)
        self.say(f"{count} of {total} questions of {deal.name} are answered.", "status.ok")

    async def ask_question(self, deal_id: int, question: Question) -> bool:
        """Asks one question, then how strong the answer is; False when it was cancelled."""
        deal, pipeline = await self._deal(deal_id)
        present = deal.answers.get(question.key)
        place = pipeline.questions.index(question) + 1
        typed = await self.ask(
            Prompt(
                f"{place}/{len(pipeline.questions)}  {question.ask}",
                value=present.text if present else "",
                live=_guidance(question),
                draft_key=f"answer-{deal_id}-{question.key}",
                editor=True,
            )
        )
        if isinstance(typed, InEditor):
            from pipeboard.ui.screens.writing import edit_outside

            typed = edit_outside(self.app, typed, self.board_app.look.edit) or typed
        if not typed:
            return False
        rating = await self.ask(
            Menu(
                f"How strong is this on {question.label.lower()}?",
                [Choice(key, label) for key, label in _RATINGS.items()],
            )
        )
        if rating is None:
            return False
        number = int(rating) if rating.isdigit() else None
        answer = str(typed)
        return await self.change(
            lambda w, ids, seen, _: w.answer(ids, question.key, answer, number, seen=seen),
            repeats=False,
        )

    async def answer_missing(self, gate: GateNotMet, call: Change, first: int) -> None:
        ids = self.selected()
        if len(ids) != 1:
            self.say("Answer one deal at a time: unmark, and go through the gate again.")
            return
        for lack in (*gate.unmet[first:], *gate.unmet[:first]):
            if not await self._answer_one(ids[0], lack):
                return
        await self.change(call)

    async def _answer_one(self, deal_id: int, lack: Unmet) -> bool:
        criterion = lack.criterion
        match criterion.about:
            case About.FIELD:
                return await self._fill_in(criterion.subject)
            case About.ANSWER | About.RATING:
                question = self.pipeline().question(criterion.subject)
                return question is not None and await self.ask_question(deal_id, question)
            case About.ANSWERS:
                return await self._answer_some(deal_id, criterion.at_least)
            case About.CONTACT:
                return await self._name_contact(deal_id, criterion.subject)
            case About.NEXT_STEP:
                return await self.ask_next_step()
            case About.CHECKLIST:
                return await self._tick(deal_id)

    async def _fill_in(self, field: str) -> bool:
        name = field.replace("field.", "fields.", 1) if field.startswith("field.") else field
        today, currency = self.today, self.pipeline().currency

        def read(text: str) -> str:
            parse_field(name, text, today, currency)
            return ""

        label = name.removeprefix("fields.").replace("_", " ").capitalize()
        typed = await self.ask(Prompt(label, live=asking.live(read)))
        return typed is not None and await self.change(
            lambda w, ids, seen, _: w.set_fields(ids, [f"{name}={typed}"], seen=seen)
        )

    async def _answer_some(self, deal_id: int, wanted: int) -> bool:
        deal, pipeline = await self._deal(deal_id)
        given = {question.key for question in deal.answered(pipeline)}
        still = [q for q in pipeline.questions if q.key not in given]
        for question in still[: wanted - len(given)]:
            if not await self.ask_question(deal_id, question):
                return False
        return True

    async def _name_contact(self, deal_id: int, role: str) -> bool:
        name = await self.ask(Prompt(f"Who is the {role.replace('_', '-')}?"))
        return name is not None and await self.change(
            lambda w, _ids, seen, _: w.set_contact(deal_id, Contact(name, role), seen=seen)
        )

    async def _tick(self, deal_id: int) -> bool:
        """Each open item of the stage's checklist, done or not."""
        deal, pipeline = await self._deal(deal_id)
        stage = pipeline.stage(deal.stage_id)
        for item in _open_items(deal, stage.checklist):
            done = await self.ask(Menu(item, [Choice("y", "done"), Choice("n", "not yet")]))
            if done != "y" or not await self._check(deal_id, stage.id, item):
                return False
        return True

    async def _check(self, deal_id: int, stage_id: int, item: str) -> bool:
        return await self.change(lambda w, *_: w.check(deal_id, stage_id, item), repeats=False)

    async def _deal(self, deal_id: int) -> tuple[Deal, Pipeline]:
        sheet = await self.board_app.clerk.ask(lambda workspace: workspace.sheet(deal_id))
        return sheet.deal, sheet.pipeline


def _open_items(deal: Deal, checklist: Sequence[str]) -> list[str]:
    return [item for item in checklist if not deal.is_checked(deal.stage_id, item)]


def _guidance(question: Question) -> asking.Live:
    """Why it is asked, and what a good answer is, under what is typed."""
    lines: tuple[Line, ...] = (
        (whole(f"Why: {question.why}", "text.dim"),),
        (whole(f"Good: {question.good}", "text.dim"),),
    )
    return lambda _text: Feedback(lines, True)
