"""The questions of a deal as a list, and the one under the cursor in full."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeboard.domain.criteria import About
from pipeboard.domain.deal import Answer, Contact, Deal, NextStep, Term
from pipeboard.domain.deal_record import DealRecord
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.locales import written
from pipeboard.domain.money import Money, format_money, format_percent
from pipeboard.domain.pipeline import Pipeline, Question
from pipeboard.domain.score import BEST
from pipeboard.domain.text import fold
from pipeboard.ui.draw.facts import PaneStyle
from pipeboard.ui.draw.line import (
    BAR,
    DOT,
    FULL,
    OPEN,
    Line,
    Span,
    blank,
    box,
    left,
    spread,
    whole,
    wrap,
)
from pipeboard.ui.draw.pane import is_weak, mark_of
from pipeboard.ui.palette import Role
from pipeboard.ui.terminal.width import cell_width

# Lists of one deal's screen: items of one or more lines, one of them under the cursor.

GUTTER = 2
"""Cells in front of an item, which hold the bar of the cursor."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something that the cursor can stand on: its lines, and the key by which it is meant."""

    key: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ShownItems:
    """Items under each other; those of the cursor are the lines `first` up to `last`."""

    lines: tuple[Line, ...]
    first: int
    last: int


def listed(items: Sequence[Item], cursor: int, below: Sequence[Line] = ()) -> ShownItems:
    """The items with a bar at the one under the cursor; `below` stands under them all."""
    lines: list[Line] = []
    first = last = 0
    for place, item in enumerate(items):
        is_current = place == cursor
        if is_current:
            first = len(lines)
        for line in item.lines:
            mark: Span = (BAR, "cursor") if is_current else blank(1)
            lines.append((mark, blank(1), *line))
        if is_current:
            last = len(lines)
    return ShownItems((*lines, *below), first, last)


def scrolled_to(top: int, room: int, shown: ShownItems) -> int:
    """The `top` from which the item under the cursor is seen: whole, or its beginning."""
    if shown.last > top + room:
        top = shown.last - room
    return max(0, min(top, shown.first))


RATINGS = ("no", "weak", "fair", "good", "proven")
"""What a rating from 0 to 4 means in a word; None is unknown, which is not 0."""

_WIDEST_LABEL = 20


def rating_words(rating: int | None) -> str:
    """`3/4 good`, and `unknown` for None."""
    return "unknown" if rating is None else f"{rating}/{BEST} {RATINGS[rating]}"


def question_items(record: DealRecord, style: PaneStyle) -> tuple[Item, ...]:
    """Each question in one line: its sign, its answer, and who gave it when, or who needs it."""
    deal, pipeline = record.deal, record.pipeline
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
                return pipeline.after(stage.id).name
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
    factors = [factor for factor in question.proves if fold(factor) != fold(question.label)]
    proves = f" {DOT} proves {', '.join(factors)}" if factors else ""
    return box(f"{question.label}{proves}", lines, style.width)


def _answer(answer: Answer, style: PaneStyle, inner: int) -> list[Line]:
    lines: list[Line] = [()]
    for line in answer.text.split("\n"):
        lines += [(whole(part, "text"),) for part in wrap(line, inner)]
    if answer.evidence:
        lines += [(whole(part, "text"),) for part in wrap(f"Evidence: {answer.evidence}", inner)]
    rating = answer.rating
    pips = "" if rating is None else f"{FULL * rating}{OPEN * (BEST - rating)} "
    role: Role = "pane.no" if is_weak(answer) else "pane.yes"
    by = f"  @{answer.by}" if answer.by else ""
    when = f" {style.day_and_time(answer.at)}" if answer.at is not None else ""
    lines.append(((pips, role), (rating_words(rating), "text"), (f"{by}{when}", "pane.who")))
    return lines


# The fields of a deal as a person would type them.


def field_text(deal: Deal, name: str) -> str:
    """A field of a deal as a person would type it."""
    if name == "probability":
        bp = deal.probability_bp
        return "" if bp is None else format_percent(bp)
    return value_text(getattr(deal, name))


def written_value(name: str, value: object) -> str:
    """A value of the field that is stored under that name, as it is written for a person."""
    match value:
        case Money():
            return written().money(value)
        case date():
            return written().date(value)
        case NextStep() if value.due is not None:
            return f"{written().date(value.due)} {value.words}".rstrip()
        case int() if name.endswith("_bp"):
            return f"{format_percent(value)}%"
        case _:
            return value_text(value)


def value_text(value: object) -> str:
    """A value of a deal as a person would type it, or say it where it is made of several."""
    match value:
        case NextStep():
            return f"{value.due.isoformat()} {value.text}" if value.due else value.text
        case Answer():
            return f"{value.text}   {rating_words(value.rating)}"
        case Contact():
            parts = (value.name, value.role, value.title, value.phone, value.email)
            return ", ".join(part for part in parts if part)
        case Term():
            return f"{value.item}: we {value.ours}, they {value.theirs}, agreed {value.agreed}"
        case None:
            return ""
        case Money():
            number, code = format_money(value, style="code").split()
            full, _, rest = number.partition(".")
            return f"{number if rest.strip('0') else full} {code}"
        case date():
            return value.isoformat()
        case tuple():
            return ", ".join(value)
        case _:
            return str(value)
