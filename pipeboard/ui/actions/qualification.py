"""Keys that make a deal true: the interview, question by question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Answer, Deal
from pipeboard.domain.pipeline import Pipeline, Question
from pipeboard.ui.changes import Outcome
from pipeboard.ui.execute import execute
from pipeboard.ui.host import Host, Ids, on_deals
from pipeboard.ui.overlays.draft import key_of
from pipeboard.ui.questions import Came, Meeting, Questions, until_stored
from pipeboard.workspace.finding import deal_sheet

if TYPE_CHECKING:
    from pipeboard.ui.overlays.question import Given


@on_deals
async def interview(host: Host, ids: Ids) -> None:
    """All questions without an answer, or where none is left, all of them; Esc ends it."""
    if len(ids) > 1:
        host.say("The interview is with one deal at a time.", "status.warn")
        return
    deal, pipeline = await deal_now(host, ids[0])
    if not pipeline.questions:
        host.say(f"{pipeline.name} asks no questions.", "status.warn")
        return
    answered = {question.key for question in deal.answered(pipeline)}
    still = [question for question in pipeline.questions if question.key not in answered]
    for question in still or pipeline.questions:
        if not await ask_question(host, ids[0], question):
            break
    deal, pipeline = await deal_now(host, ids[0])
    count, total = len(deal.answered(pipeline)), len(pipeline.questions)
    host.say(f"{count} of {total} questions of {deal.name} are answered.", "status.ok")


async def ask_question(
    host: Host, deal_id: int, question: Question, *, goes_on: bool = True, outside: bool = False
) -> bool:
    """Asks one question and stores what is given; False when it was cancelled or refused."""
    from pipeboard.ui.overlays.conflict import joined
    from pipeboard.ui.overlays.question import QuestionCard

    async def attempt(questions: Questions) -> Came:
        deal, pipeline = await deal_now(host, deal_id)
        present = deal.answers.get(question.key)
        place = f"{pipeline.questions.index(question) + 1}/{len(pipeline.questions)}"
        given = await questions.ask(
            lambda: QuestionCard(
                question,
                present,
                place,
                deal.name,
                draft_key=key_of("answer", [deal_id], question.key),
                edit=host.program.look.edit,
                goes_on=goes_on,
                outside=outside,
            )
        )
        if given is None:
            return None
        return given.is_empty or await _answer(host, deal, question, given)

    def both(deal: Deal, mine: Given, _theirs: str) -> Given:
        return joined(deal.answers.get(question.key) or Answer(""), mine)

    async def theirs(mine: Given) -> Outcome:
        note = f"{question.label}, answered at the same time: {mine.text or mine.rating}"
        return await execute(host, c.AddNote(note), ids=[deal_id], seen={}, repeats=False)

    return bool(await until_stored(host, attempt, Meeting(both, theirs)))


async def _answer(host: Host, deal: Deal, question: Question, given: Given) -> Outcome:
    """Stores an answer over what was seen."""
    return await execute(
        host,
        c.AnswerQuestion(question.key, Answer(given.text, given.rating, given.evidence)),
        ids=[deal.id],
        seen={deal.id: deal.version},
        repeats=False,
    )


async def deal_now(host: Host, deal_id: int) -> tuple[Deal, Pipeline]:
    """A deal as it stands in the database, with its pipeline."""
    sheet = await host.program.write_queue.ask(lambda workspace: deal_sheet(workspace, deal_id))
    return sheet.deal, sheet.pipeline
