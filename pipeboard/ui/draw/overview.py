"""The first tab of one deal's screen: what is missing, what to do here, what is known."""

from __future__ import annotations

from pipeboard.domain.criteria import unmet_of_stage
from pipeboard.domain.going_on import PERSISTENCE, follow_ups
from pipeboard.domain.sheet import Sheet
from pipeboard.ui.draw.answers import score_section
from pipeboard.ui.draw.facts import details
from pipeboard.ui.draw.glyphs import OPEN, UNKNOWN, YES
from pipeboard.ui.draw.items import GUTTER, Item
from pipeboard.ui.draw.line import Line, Span, blank, whole, wrap
from pipeboard.ui.draw.section import PaneStyle, Section, paragraph, titled
from pipeboard.ui.draw.timeline import notes, touches

GATE, CHECK, SCORE, PLAYBOOK, FIELDS, NOTES, TOUCHES = (
    "gate", "check/", "score", "playbook", "fields", "notes", "touches",
)  # fmt: skip
"""The keys of the items; a checklist item's is followed by its place."""

_LATEST = 3


def overview_items(sheet: Sheet, style: PaneStyle) -> tuple[Item, ...]:
    """Gate, checklist and playbook of the stage, score, latest notes and interactions, fields."""
    inner = PaneStyle(style.width - GUTTER, style.today, style.zone, style.glyphs)
    items = [
        *_gate(sheet, inner),
        *_checklist(sheet),
        *_playbook(sheet, inner),
        *_section(SCORE, score_section(sheet, inner)),
        *_section(NOTES, _latest(notes(sheet, inner, _LATEST), len(sheet.notes), "3")),
        *_section(TOUCHES, _with_follow_ups(touches(sheet, inner, _LATEST), sheet)),
        *_section(FIELDS, details(sheet, inner)),
    ]
    return tuple(items)


def _section(key: str, section: Section) -> list[Item]:
    if not section.lines:
        return []
    return [Item(key, ((), titled(section), *section.lines))]


def _latest(section: Section, count: int, tab: str) -> Section:
    more = f"{count}, the latest here, all on {tab}" if count > _LATEST else str(count)
    return Section(section.title, more, section.lines)


def _with_follow_ups(section: Section, sheet: Sheet) -> Section:
    said = _latest(section, len(sheet.touches), "4").beside
    sent_at = sheet.deal.quote_sent_at
    if sent_at is not None and sheet.deal.is_open:
        count = follow_ups(sent_at, sheet.touches)
        said = f"{said}  follow-ups since the proposal {count}/{PERSISTENCE}"
    return Section(section.title, said, section.lines)


def _gate(sheet: Sheet, style: PaneStyle) -> list[Item]:
    deal, pipeline = sheet.deal, sheet.pipeline
    if not deal.is_open:
        return []
    stage = pipeline.stage(deal.stage_id)
    target = pipeline.neighbour(stage.id, 1) or pipeline.won
    lacking = unmet_of_stage(stage, deal, pipeline, style.today)
    if not lacking:
        ready: Line = ((f"{YES} ", "pane.yes"), whole(f"ready for {target.name}", "text"))
        return [Item(GATE, (ready,))]
    start: tuple[Span, ...] = (
        (f"{UNKNOWN} ", "pane.unknown"),
        whole(f"{target.name} asks: ", "text"),
    )
    text = "; ".join(lack.text for lack in lacking)
    return [Item(GATE, tuple(paragraph(start, text, "pane.unknown", style.width)))]


def _checklist(sheet: Sheet) -> list[Item]:
    deal, stage = sheet.deal, sheet.pipeline.stage(sheet.deal.stage_id)
    items = []
    for place, text in enumerate(stage.checklist):
        done = deal.is_checked(stage.id, text)
        mark: Span = (f"{YES} ", "pane.yes") if done else (f"{OPEN} ", "pane.label")
        items.append(Item(f"{CHECK}{place}", ((mark, whole(text, "text")),)))
    return items


def _playbook(sheet: Sheet, style: PaneStyle) -> list[Item]:
    lines = playbook_lines(sheet, style)
    return [Item(PLAYBOOK, ((), *lines))] if lines else []


def playbook_lines(sheet: Sheet, style: PaneStyle) -> list[Line]:
    """What the stage is for, and how it is worked."""
    stage = sheet.pipeline.stage(sheet.deal.stage_id)
    lines: list[Line] = []
    if stage.outcome:
        lines += paragraph((("Goal  ", "pane.head"),), stage.outcome, "text", style.width)
    for line in stage.playbook.split("\n") if stage.playbook else ():
        lines += [(blank(6), whole(part, "text.dim")) for part in wrap(line, style.width - 6)]
    return lines
