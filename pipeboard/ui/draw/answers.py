"""Answers and scores of a deal: the qualification questions, the gate ahead, the checklist."""

from __future__ import annotations

from pipeboard.domain.criteria import unmet_of_stage
from pipeboard.domain.deal import Answer
from pipeboard.domain.pipeline import Question
from pipeboard.domain.score import BEST, FactorScore, Score, score
from pipeboard.domain.sheet import Sheet
from pipeboard.ui.draw.glyphs import DOT, FULL, NO, OPEN, UNKNOWN, YES
from pipeboard.ui.draw.line import Line, Span, left, right
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


_POINTS = 8
_NAME = 9


def score_section(sheet: Sheet, style: PaneStyle) -> Section:
    """Each factor's rating, its points of those that it carries, and why (`metrics.md` C12)."""
    found = score(sheet.deal, sheet.pipeline, style.today, style.zone)
    if found is None:
        return Section("Score", "", ())
    lines: list[Line] = []
    for factor in found.factors:
        lines += _factor(factor, style)
    return Section("Score", score_words(found), tuple(lines))


def score_words(found: Score) -> str:
    """`62 to 77 of 100 (85% known)`, and `62 of 100` where nothing is unknown."""
    if found.low == found.high:
        return f"{found.low} of 100"
    return f"{found.low} to {found.high} of 100 ({found.known}% known)"


def _factor(factor: FactorScore, style: PaneStyle) -> list[Line]:
    known = factor.rating is not None
    full = round(factor.rating) if factor.rating is not None else 0
    pips = f" {FULL * full}{OPEN * (BEST - full)} " if known else f" {' ' * BEST} "
    points = f"{factor.points_text}/{factor.weight}"
    start: Line = (
        (" ", "text"),
        left(str(factor.factor), _NAME, "pane.label"),
        (pips, "pane.yes" if full > 1 else "pane.no"),
        right(points, _POINTS, "text" if known else "pane.unknown"),
        ("  ", "text"),
    )
    return paragraph(start, factor.why, "text" if known else "pane.label", style.width)
