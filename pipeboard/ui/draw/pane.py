"""A deal with everything around it, as lines of any width: the pane beside the board, and the
sections of the screen of one deal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from pipeboard.domain.counts import in_figures
from pipeboard.domain.criteria import unmet_of_stage
from pipeboard.domain.deal import Answer, Note, Touch
from pipeboard.domain.deal_record import DealRecord, Entry
from pipeboard.domain.fit import TraitFit, fit
from pipeboard.domain.locales import written
from pipeboard.domain.phrases import named
from pipeboard.domain.pipeline import Question
from pipeboard.domain.score import BEST, FactorScore, Score, score, standing, warmth
from pipeboard.domain.text import printable
from pipeboard.domain.timeline import describe
from pipeboard.ui.draw.facts import (
    PaneFact,
    PaneStyle,
    Section,
    details,
    fact_lines,
    flow,
    paragraph,
    people,
    table,
    terms,
    tick,
    titled,
)
from pipeboard.ui.draw.line import (
    DOT,
    FULL,
    NO,
    OPEN,
    UNKNOWN,
    YES,
    Line,
    Span,
    blank,
    exactly,
    left,
    right,
    spelled,
    whole,
    width_of,
)
from pipeboard.ui.palette import Role
from pipeboard.ui.terminal.width import cell_width

# Answers and scores of a deal: the qualification questions, the gate ahead, the checklist.

_WEAKEST = 1
"""An answer rated so, or lower, speaks against the deal."""


def qualification(record: DealRecord, style: PaneStyle) -> Section:
    """Each question with its answer, what the next stage still asks, and the stage's checklist."""
    deal, pipeline = record.deal, record.pipeline
    facts = [_fact(question, deal.answers.get(question.key)) for question in pipeline.questions]
    lines = [*table(facts, style), *_gate(record, style), *_checklist(record)]
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


def is_weak(answer: Answer) -> bool:
    """Does it speak against the deal?"""
    return answer.rating is not None and answer.rating <= _WEAKEST


def mark_of(answer: Answer | None) -> Span:
    """`?` without an answer, `✗` where it speaks against the deal, else `✓`."""
    if answer is None or not answer.is_given:
        return f"{UNKNOWN} ", "pane.unknown"
    return (f"{NO} ", "pane.no") if is_weak(answer) else (f"{YES} ", "pane.yes")


def _gate(record: DealRecord, style: PaneStyle) -> list[Line]:
    deal, stage = record.deal, record.stage
    lacking = unmet_of_stage(stage, deal, record.pipeline, style.today) if deal.is_open else ()
    if not lacking:
        return []
    text = ", ".join(lack.text for lack in lacking)
    start: tuple[Span, ...] = ((f" to leave {stage.name}: ", "pane.unknown"),)
    return paragraph(start, text, "text", style.width)


def _checklist(record: DealRecord) -> list[Line]:
    deal, stage = record.deal, record.stage
    return [
        (blank(1), tick(deal.is_checked(stage.id, item)), (item, "text"))
        for item in stage.checklist
    ]


_POINTS = 8
_NAME = 9


def score_section(record: DealRecord, style: PaneStyle) -> Section:
    """Each factor's rating, its points of those that it carries, and why."""
    found = score(record.deal, record.pipeline, style.today, style.zone)
    if found is None:
        return Section("Score", "", ())
    lines = _standing(record, style) if record.deal.is_open else []
    for factor in found.factors:
        lines += _factor(factor, style)
    return Section("Score", score_words(found), tuple(lines))


def _standing(record: DealRecord, style: PaneStyle) -> list[Line]:
    """`✓ interested  ○ qualified  ○ ready`, and how warm the deal is, which no score says."""
    about = (record.deal, record.pipeline, style.today, style.zone)
    chips: list[Line] = [
        (
            blank(1),
            ("? ", "pane.unknown") if is_so is None else tick(is_so),
            whole(named(name), "text" if is_so else "pane.label"),
        )
        for name, is_so in standing(*about)._asdict().items()
    ]
    if found := warmth(*about):
        chips.append((whole(named(str(found)), "pane.label"),))
    return flow(chips, style.width)


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


def fit_section(record: DealRecord, style: PaneStyle) -> Section:
    """How well the deal fits the ideal customer, and what of that it has and has not."""
    found = fit(record.deal, record.pipeline)
    if found is None:
        return Section("Customer fit", "", ())
    lines = flow([_trait(one) for one in found.traits], style.width)
    return Section("Customer fit", found.words, tuple(lines))


_SIGNS: Mapping[bool | None, Span] = {
    True: (f"{YES} ", "pane.yes"),
    False: (f"{NO} ", "pane.no"),
    None: (f"{UNKNOWN} ", "pane.unknown"),
}


def _trait(one: TraitFit) -> Line:
    """`✓ industry software`, `? employees many: no number`."""
    said = ": ".join(filter(None, (one.said, one.why)))
    label = whole(one.trait.label, "pane.label")
    return (blank(1), _SIGNS[one.fits], label, *([whole(f" {said}", "text")] if said else []))


# Timeline of a deal: notes, interactions and events, newest first.

_WIDEST_NAME = 12


def notes(record: DealRecord, style: PaneStyle, most: int | None = None) -> Section:
    """Notes as they were written, lines kept; of many, the latest."""
    shown = record.notes[:most]
    names = names_width([note.author for note in shown])
    lines = [line for note in shown for line in note_lines(note, names, style)]
    return Section("Notes", str(len(record.notes)), tuple(lines))


def note_lines(note: Note, names: int, style: PaneStyle) -> list[Line]:
    """A note behind its day and author, who is given `names` cells."""
    start = _start(style.day(note.at), note.author, names, 6)
    first, *rest = note.text.split("\n")
    lines = paragraph(start, first, "text", style.width)
    under = blank(width_of(start))
    for line in rest:
        lines += paragraph((under,), line, "text", style.width)
    return lines


def touches(record: DealRecord, style: PaneStyle, most: int | None = None) -> Section:
    """Interactions with the buyer; of many, the latest."""
    lines: list[Line] = []
    shown = record.touches[:most]
    names = names_width([touch.by for touch in shown])
    for touch in shown:
        start = _start(style.day_and_time(touch.at), touch.by, names, 12)
        lines += paragraph(start, touch_words(touch), "text", style.width)
    return Section("Interactions", str(len(record.touches)), tuple(lines))


def touch_words(touch: Touch) -> str:
    """An interaction and what came of it: `call out: they will think about it`."""
    words = f"{named(touch.type)} {named(touch.direction)}".rstrip()
    return f"{words}: {touch.outcome}" if touch.outcome else words


def timeline(record: DealRecord, style: PaneStyle) -> Section:
    """Every change with who made it, of many the latest; what was taken back later is dim and says
    so."""
    lines: list[Line] = []
    shown = record.timeline[:_MOST_EVENTS]
    names = names_width([entry.who for entry in shown])
    for entry in shown:
        lines += entry_lines(entry, event_words(entry, record, style), names, style)
    if earlier := len(record.entries) - len(shown):
        words = f"{in_figures(earlier)} earlier: the deal has them all"
        lines.append((blank(1), whole(words, "pane.time")))
    return Section("Timeline", in_figures(len(record.entries)), tuple(lines))


def event_words(entry: Entry, record: DealRecord, style: PaneStyle) -> str:
    """An event in words."""
    pipelines, manner = (record.pipeline,), written()
    return describe(entry.event, pipelines, today=style.today, zone=style.zone, manner=manner)


def entry_lines(entry: Entry, said: str, names: int, style: PaneStyle) -> list[Line]:
    """An event in words behind its instant and who did it, who is given `names` cells."""
    start = _start(style.day_and_time(entry.event.at), entry.who, names, 12)
    role: Role = "pane.label" if entry.undone else "text"
    return paragraph(start, f"{said}  (undone)" if entry.undone else said, role, style.width)


def names_width(names: Sequence[str]) -> int:
    """Cells for the widest of the names with its sigil, within reason."""
    return min(_WIDEST_NAME, 1 + max((cell_width(printable(name)) for name in names), default=0))


def _start(when: str, name: str, names: int, times: int) -> tuple[Span, ...]:
    """When and who, each in a field of its own."""
    return (
        (f" {when:>{times}} ", "pane.time"),
        left(f"@{name}", names, "pane.who"),
        ("  ", "text"),
    )


_MOST_EVENTS: Final = 100
"""Beside the board, where a deal is drawn whenever the cursor comes to it."""
_HEAD_ROWS: Final = 7
"""So many at least, that the questions of most deals stand in the same rows: from one deal to the
next only answers change."""


def pane_lines(record: DealRecord, style: PaneStyle) -> tuple[Line, ...]:
    """All of a deal from top to bottom, each line exactly as wide as the pane."""
    lines = list(fact_lines(record, style))
    lines += [()] * (_HEAD_ROWS - len(lines))
    for section in sections(record, style):
        lines += [(), titled(section), *section.lines]
    return finished(lines, style)


def sections(record: DealRecord, style: PaneStyle) -> tuple[Section, ...]:
    """What is known of a deal, without the parts of which nothing is."""
    parts = (
        qualification(record, style),
        score_section(record, style),
        fit_section(record, style),
        people(record, style),
        notes(record, style),
        terms(record, style),
        details(record, style),
        touches(record, style),
        timeline(record, style),
    )
    return tuple(section for section in parts if section.lines)


def finished(lines: Sequence[Line], style: PaneStyle) -> tuple[Line, ...]:
    """The lines in exactly the width of the pane, in signs that the terminal knows."""
    return tuple(spelled(exactly(line, style.width), style.glyphs) for line in lines)
