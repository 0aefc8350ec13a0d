"""What is known about a buyer: the qualification questions, the gate ahead, the checklist."""

from __future__ import annotations

from pipeboard.domain.criteria import unmet_of_stage
from pipeboard.domain.deal import Answer
from pipeboard.domain.pipeline import Question
from pipeboard.domain.score import BEST
from pipeboard.domain.sheet import Sheet
from pipeboard.ui.draw.glyphs import DOT, FULL, NO, OPEN, UNKNOWN, YES
from pipeboard.ui.draw.line import Line, Span
from pipeboard.ui.draw.section import PaneFact, PaneStyle, Section, paragraph, table

_WEAKEST = 1
"""An answer rated so, or lower, speaks against the deal."""


def qualification(sheet: Sheet, style: PaneStyle) -> Section:
    """Each question with its answer, what the next stage still asks, and the stage's checklist."""
    deal, pipeline = sheet.deal, sheet.pipeline
    facts = [_fact(question, deal.answers.get(question.key)) for question in pipeline.questions]
    lines = [*table(facts, style), *_gate(sheet, style), *_checklist(sheet)]
    given, total = len(deal.answered(pipeline)), len(pipeline.questions)
    pips = f"  {FULL * given}{OPEN * (total - given)}" if total <= 12 else ""
    beside = f"{given}/{total}{pips}" if total else ""
    return Section("Qualification", beside, tuple(lines))


def _fact(question: Question, answer: Answer | None) -> PaneFact:
    sign = mark_of(answer)
    if answer is None or not answer.is_given:
        return PaneFact(question.label, question.ask, "pane.label", (sign,), in_one_line=True)
    evidence = f" ({answer.evidence})" if answer.evidence else ""
    rating = f" {DOT} {answer.rating}/{BEST}" if answer.rating is not None else ""
    return PaneFact(question.label, f"{answer.text}{evidence}{rating}", sign=(sign,))


def mark_of(answer: Answer | None) -> Span:
    """`?` without an answer, `✗` where it speaks against the deal, else `✓`."""
    if answer is None or not answer.is_given:
        return f"{UNKNOWN} ", "pane.unknown"
    weak = answer.rating is not None and answer.rating <= _WEAKEST
    return (f"{NO} ", "pane.no") if weak else (f"{YES} ", "pane.yes")


def _gate(sheet: Sheet, style: PaneStyle) -> list[Line]:
    deal, stage = sheet.deal, sheet.pipeline.stage(sheet.deal.stage_id)
    lacking = unmet_of_stage(stage, deal, sheet.pipeline, style.today) if deal.is_open else ()
    if not lacking:
        return []
    text = ", ".join(lack.text for lack in lacking)
    start: tuple[Span, ...] = ((f" to leave {stage.name}: ", "pane.unknown"),)
    return paragraph(start, text, "text", style.width)


def _checklist(sheet: Sheet) -> list[Line]:
    deal, stage = sheet.deal, sheet.pipeline.stage(sheet.deal.stage_id)
    lines: list[Line] = []
    for item in stage.checklist:
        done = deal.is_checked(stage.id, item)
        mark: Span = (f" {YES} ", "pane.yes") if done else (f" {OPEN} ", "pane.label")
        lines.append((mark, (item, "text")))
    return lines
