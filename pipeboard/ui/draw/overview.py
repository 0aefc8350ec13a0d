"""The first tab of one deal's screen: what is missing, what to do here, what is known."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar

from pipeboard.domain.criteria import unmet_of_stage
from pipeboard.domain.dates import local_date
from pipeboard.domain.follow_up import PERSISTENCE, follow_ups
from pipeboard.domain.locales import spoken
from pipeboard.domain.sheet import DealRecord
from pipeboard.domain.signs import Sign
from pipeboard.ui.draw.card import SIGN_ROLES
from pipeboard.ui.draw.facts import (
    PaneStyle,
    Section,
    chips,
    details,
    next_step_line,
    outcome_lines,
    paragraph,
    parked,
    sign_of,
    titled,
)
from pipeboard.ui.draw.line import (
    DOT,
    OPEN,
    UNKNOWN,
    YES,
    Line,
    Span,
    blank,
    exactly,
    spread,
    whole,
    width_of,
    wrap,
)
from pipeboard.ui.draw.pane import notes, score_section, touches
from pipeboard.ui.draw.questions import GUTTER, Item
from pipeboard.ui.palette import Role

GATE, CHECK, SCORE, PLAYBOOK, FIELDS, NOTES, TOUCHES = (
    "gate", "check/", "score", "playbook", "fields", "notes", "touches",
)  # fmt: skip
"""The keys of the items; a checklist item's is followed by its place."""

_LATEST = 3


def overview_items(record: DealRecord, style: PaneStyle) -> tuple[Item, ...]:
    """Gate, checklist and playbook of the stage, score, latest notes and interactions, fields."""
    inner = PaneStyle(style.width - GUTTER, style.today, style.zone, style.glyphs)
    items = [
        *_gate(record, inner),
        *_checklist(record),
        *_playbook(record, inner),
        *_section(SCORE, score_section(record, inner)),
        *_section(NOTES, _latest(notes(record, inner, _LATEST), len(record.notes), "3")),
        *_section(TOUCHES, _with_follow_ups(touches(record, inner, _LATEST), record)),
        *_section(FIELDS, details(record, inner)),
    ]
    return tuple(items)


def _section(key: str, section: Section) -> list[Item]:
    if not section.lines:
        return []
    return [Item(key, ((), titled(section), *section.lines))]


def _latest(section: Section, count: int, tab: str) -> Section:
    more = f"{count}, the latest here, all on {tab}" if count > _LATEST else str(count)
    return Section(section.title, more, section.lines)


def _with_follow_ups(section: Section, record: DealRecord) -> Section:
    said = _latest(section, len(record.touches), "4").beside
    sent_at = record.deal.quote_sent_at
    if sent_at is not None and record.deal.is_open:
        count = follow_ups(sent_at, record.touches)
        said = f"{said}  follow-ups since the proposal {count}/{PERSISTENCE}"
    return Section(section.title, said, section.lines)


def _gate(record: DealRecord, style: PaneStyle) -> list[Item]:
    deal, pipeline = record.deal, record.pipeline
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


def _checklist(record: DealRecord) -> list[Item]:
    deal, stage = record.deal, record.pipeline.stage(record.deal.stage_id)
    items = []
    for place, text in enumerate(stage.checklist):
        done = deal.is_checked(stage.id, text)
        mark: Span = (f"{YES} ", "pane.yes") if done else (f"{OPEN} ", "pane.label")
        items.append(Item(f"{CHECK}{place}", ((mark, whole(text, "text")),)))
    return items


def _playbook(record: DealRecord, style: PaneStyle) -> list[Item]:
    lines = playbook_lines(record, style)
    return [Item(PLAYBOOK, ((), *lines))] if lines else []


def playbook_lines(record: DealRecord, style: PaneStyle) -> list[Line]:
    """What the stage is for, and how it is worked."""
    stage = record.pipeline.stage(record.deal.stage_id)
    lines: list[Line] = []
    if stage.outcome:
        lines += paragraph((("Goal  ", "pane.head"),), stage.outcome, "text", style.width)
    for line in stage.playbook.split("\n") if stage.playbook else ():
        lines += [(blank(6), whole(part, "text.dim")) for part in wrap(line, style.width - 6)]
    return lines


# The upper edge of one deal's screen: what it is, how it stands, and the tabs.

Tab = TypeVar("Tab", bound=StrEnum)
_NARROW: Final = 60


def head(record: DealRecord, style: PaneStyle) -> tuple[Line, ...]:
    """Three lines: name and stage, amount and dates, and what happens next or how it ended."""
    deal = record.deal
    name = f"{deal.account} / {deal.title}" if deal.account and deal.title else deal.name
    start: Line = (blank(1), (deal.ref, "pane.label"), blank(2), whole(name, "pane.title"))
    standing, small = _standing(record, style), chips(record, style, weighted=True)
    if style.width < _NARROW:
        # The company is what one looks for; the stage is small beside it.
        first, small = exactly(start, style.width), [standing, *small]
    else:
        first = spread(start, (blank(1), *standing, blank(1)), style.width)
    return (
        first,
        (blank(1), *_dotted(small, style.width - 1)),
        (blank(1), *_what_next(record, style)),
    )


def _standing(record: DealRecord, style: PaneStyle) -> Line:
    """`Qualify 2/6  ~26d/14`: the stage and its place, the days in it and the limit."""
    deal, pipeline = record.deal, record.pipeline
    stage = pipeline.stage(deal.stage_id)
    if not deal.is_open:
        return (whole(str(deal.status), "pane.yes" if deal.status == "won" else "pane.no"),)
    stages = pipeline.open_stages
    place = f" {stages.index(stage) + 1}/{len(stages)}" if stage in stages else ""
    days = (style.today - local_date(deal.stage_entered_at, style.zone)).days
    limit = stage.expected_days
    mark = sign_of(record, style)
    sign: Line = ((mark, SIGN_ROLES[mark]),) if mark is not Sign.NONE else ()
    over = limit is not None and days > limit
    age: Span = (f"{days}d" + (f"/{limit}" if limit is not None else ""), _age_role(over=over))
    return (whole(f"{stage.name}{place}", "pane.head"), blank(2), *sign, age)


def _age_role(*, over: bool) -> Role:
    return "card.days.over" if over else "pane.label"


def _dotted(parts: list[Line], width: int) -> Line:
    """As many of the parts as fit, with dots between them."""
    line: list[Span] = []
    for part in parts:
        between: list[Span] = [(f" {DOT} ", "pane.label")] if line else []
        if width_of(line) + width_of(between) + width_of(part) > width:
            break
        line += [*between, *part]
    return tuple(line)


def _what_next(record: DealRecord, style: PaneStyle) -> Line:
    lines = [*parked(record.deal, style)]
    if record.deal.is_open:
        lines = [*next_step_line(record.deal, style), *lines]
    else:
        lines = [*outcome_lines(record.deal, style), *lines]
    return lines[0] if lines else ()


def tab_strip(current: Tab, counts: Mapping[Tab, str], width: int) -> Line:
    """The tabs with what is in them, the current one in brackets; on a narrow screen the others
    are their numbers."""
    for named in (True, False):
        line = [blank(1)]
        for number, tab in enumerate(type(current), 1):
            is_current = tab is current
            words = f"{number} {spoken(str(tab))}" if named or is_current else str(number)
            count = counts.get(tab, "") if named or is_current else ""
            text = f"{words} {count}".rstrip()
            shown = f"[{text}]" if is_current else f" {text} "
            line.append((shown, "strip.shown" if is_current else "strip"))
        if width_of(line) <= width:
            break
    return exactly(line, width)
