"""The questions of a deal as a list, and the one under the cursor in full."""

from __future__ import annotations

from pipeboard.domain.criteria import About
from pipeboard.domain.deal import Answer, Deal
from pipeboard.domain.pipeline import Pipeline, Question
from pipeboard.domain.score import BEST
from pipeboard.domain.sheet import Sheet
from pipeboard.ui.draw.answers import mark_of
from pipeboard.ui.draw.frame import box
from pipeboard.ui.draw.glyphs import FULL, OPEN
from pipeboard.ui.draw.items import GUTTER, Item
from pipeboard.ui.draw.line import Line, blank, left, spread, whole, wrap
from pipeboard.ui.draw.section import PaneStyle
from pipeboard.ui.terminal.width import cell_width

RATINGS = ("no", "weak", "fair", "good", "proven")
"""What a rating from 0 to 4 means in a word; None is unknown, which is not 0."""

_WIDEST_LABEL = 20


def rating_words(rating: int | None) -> str:
    """`3/4 good`, and `unknown` for None."""
    return "unknown" if rating is None else f"{rating}/{BEST} {RATINGS[rating]}"


def question_items(sheet: Sheet, style: PaneStyle) -> tuple[Item, ...]:
    """Each question in one line: its sign, its answer, and who gave it when, or who needs it."""
    deal, pipeline = sheet.deal, sheet.pipeline
    names = [question.label for question in pipeline.questions]
    wide = min(_WIDEST_LABEL, max(map(cell_width, names), default=0), style.width // 3)
    return tuple(
        Item(question.key, (_line(number, question, wide, deal, pipeline, style),))
        for number, question in enumerate(pipeline.questions, 1)
    )


def _line(
    number: int, question: Question, wide: int, deal: Deal, pipeline: Pipeline, style: PaneStyle
) -> Line:
    answer = deal.answers.get(question.key)
    start: Line = (
        mark_of(answer),
        (f"{number:>2} ", "pane.label"),
        left(question.label, wide, "text"),
        blank(2),
    )
    if answer is None or not answer.is_given:
        stage = needed_for(question, deal, pipeline)
        end: Line = (whole(f"needed: {stage}", "pane.unknown"),) if stage else ()
        start = (*start, whole(question.ask, "pane.label"))
    else:
        when = style.day(answer.at) if answer.at is not None else ""
        end = (
            ("" if answer.rating is None else f"{answer.rating}/{BEST}  ", "pane.label"),
            (f"{when} ", "pane.time"),
            whole(f"@{answer.by}" if answer.by else "", "pane.who"),
        )
        start = (*start, whole(" ".join(answer.text.split()), "text"))
    return spread(start, (blank(2), *end, blank(1)), style.width - GUTTER)


def needed_for(question: Question, deal: Deal, pipeline: Pipeline) -> str:
    """The first stage ahead that a deal enters only with an answer to that question, or ""."""
    ahead = pipeline.stages_between(deal.stage_id, pipeline.won.id) if deal.is_open else ()
    for stage in ahead:
        for criterion in stage.criteria:
            asks = criterion.about in (About.ANSWER, About.RATING)
            if asks and pipeline.question(criterion.subject) is question:
                return (pipeline.neighbour(stage.id, 1) or pipeline.won).name
    return ""


def question_box(question: Question, answer: Answer | None, style: PaneStyle) -> list[Line]:
    """What a question asks, why, what a good answer is, and the present answer in full."""
    inner = style.width - 4
    lines: list[Line] = [(whole(part, "text.strong"),) for part in wrap(question.ask, inner)]
    for label, text in (("Why", question.why), ("Good answer", question.good)):
        if text:
            lines += [(whole(part, "text.dim"),) for part in wrap(f"{label}: {text}", inner)]
    if answer is None or not answer.is_given:
        lines.append((("no answer yet", "pane.unknown"),))
    else:
        lines += _answer(answer, style, inner)
    proves = f" proves {', '.join(question.proves)}" if question.proves else ""
    return box(f"{question.label}{proves}", lines, style.width)


def _answer(answer: Answer, style: PaneStyle, inner: int) -> list[Line]:
    lines: list[Line] = [()]
    for line in answer.text.split("\n"):
        lines += [(whole(part, "text"),) for part in wrap(line, inner)]
    if answer.evidence:
        lines += [(whole(part, "text"),) for part in wrap(f"Evidence: {answer.evidence}", inner)]
    rating = answer.rating
    pips = "" if rating is None else f"{FULL * rating}{OPEN * (BEST - rating)} "
    by = f"  @{answer.by}" if answer.by else ""
    when = f" {style.day_and_time(answer.at)}" if answer.at is not None else ""
    lines.append(((pips, "pane.yes"), (rating_words(rating), "text"), (f"{by}{when}", "pane.who")))
    return lines
