"""The upper edge of one deal's screen: what it is, how it stands, and the tabs."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar

from pipeboard.domain.attention import Sign
from pipeboard.domain.dates import local_date
from pipeboard.domain.sheet import Sheet
from pipeboard.ui.draw.card import SIGN_ROLES
from pipeboard.ui.draw.facts import chips, next_step_line, outcome_lines, parked, sign_of
from pipeboard.ui.draw.glyphs import DOT
from pipeboard.ui.draw.line import Line, Span, blank, exactly, spread, whole, width_of
from pipeboard.ui.draw.section import PaneStyle
from pipeboard.ui.palette import Role

Tab = TypeVar("Tab", bound=StrEnum)
_NARROW: Final = 60


def head(sheet: Sheet, style: PaneStyle) -> tuple[Line, ...]:
    """Three lines: name and stage, amount and dates, and what happens next or how it ended."""
    deal = sheet.deal
    name = f"{deal.account} / {deal.title}" if deal.account and deal.title else deal.name
    start: Line = (blank(1), (deal.ref, "pane.label"), blank(2), whole(name, "pane.title"))
    standing, small = _standing(sheet, style), chips(sheet, style, weighted=True)
    if style.width < _NARROW:
        # The company is what one looks for; the stage is small beside it.
        first, small = exactly(start, style.width), [standing, *small]
    else:
        first = spread(start, (blank(1), *standing, blank(1)), style.width)
    return (
        first,
        (blank(1), *_dotted(small, style.width - 1)),
        (blank(1), *_what_next(sheet, style)),
    )


def _standing(sheet: Sheet, style: PaneStyle) -> Line:
    """`Qualify 2/6  ~26d/14`: the stage and its place, the days in it and the limit."""
    deal, pipeline = sheet.deal, sheet.pipeline
    stage = pipeline.stage(deal.stage_id)
    if not deal.is_open:
        return (whole(str(deal.status), "pane.yes" if deal.status == "won" else "pane.no"),)
    stages = pipeline.open_stages
    place = f" {stages.index(stage) + 1}/{len(stages)}" if stage in stages else ""
    days = (style.today - local_date(deal.stage_entered_at, style.zone)).days
    limit = stage.expected_days
    mark = sign_of(sheet, style)
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


def _what_next(sheet: Sheet, style: PaneStyle) -> Line:
    lines = [*parked(sheet.deal, style)]
    if sheet.deal.is_open:
        lines = [*next_step_line(sheet.deal, style), *lines]
    else:
        lines = [*outcome_lines(sheet.deal, style), *lines]
    return lines[0] if lines else ()


def tab_strip(current: Tab, counts: Mapping[Tab, str], width: int) -> Line:
    """The tabs with what is in them, the current one in brackets; on a narrow screen the others
    are their numbers."""
    for named in (True, False):
        line = [blank(1)]
        for number, tab in enumerate(type(current), 1):
            is_current = tab is current
            words = f"{number} {tab}" if named or is_current else str(number)
            count = counts.get(tab, "") if named or is_current else ""
            text = f"{words} {count}".rstrip()
            shown = f"[{text}]" if is_current else f" {text} "
            line.append((shown, "strip.shown" if is_current else "strip"))
        if width_of(line) <= width:
            break
    return exactly(line, width)
