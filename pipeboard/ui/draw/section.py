"""Sections of a deal: titled lines, rows of small facts, paragraphs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pipeboard.domain.dates import format_date, local_date
from pipeboard.domain.text import printable
from pipeboard.ui.draw.glyphs import Glyphs
from pipeboard.ui.draw.line import EMPTY, Line, Span, blank, left, whole, width_of, wrap
from pipeboard.ui.palette import Role
from pipeboard.ui.terminal.width import cell_width

_WIDEST_LABEL = 18


@dataclass(frozen=True, slots=True)
class PaneStyle:
    """How wide the lines are, what day it is, where the days begin, and which signs there are."""

    width: int
    today: date
    zone: ZoneInfo
    glyphs: Glyphs = Glyphs.UNICODE

    def day(self, at: datetime) -> str:
        """The local day of an instant: `19 Dec`, with its year where that is not this year's."""
        return calendar_day(local_date(at, self.zone), self.today)

    def day_and_time(self, at: datetime) -> str:
        """`19 Dec 16:02`, local."""
        local = at.astimezone(self.zone)
        return f"{self.day(at)} {local.hour:02}:{local.minute:02}"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of what is known of a deal: its title, what stands beside it, and its lines."""

    title: str
    beside: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class PaneFact:
    """A row of a table: a sign, what it is, and what there is to say, in one line or in several."""

    label: str
    text: str
    role: Role = "text"
    sign: Line = EMPTY
    in_one_line: bool = False


def titled(section: Section) -> Line:
    """The title of a section with what stands beside it."""
    beside: Line = (whole(f"  {section.beside}", "pane.label"),) if section.beside else ()
    return (whole(section.title, "pane.head"), *beside)


def calendar_day(day: date, today: date) -> str:
    """`19 Dec`, and `19 Dec 2025` in another year."""
    _weekday, rest = format_date(day).split(" ", 1)
    return rest.removesuffix(f" {today.year}")


def flow(chips: Sequence[Line], width: int) -> list[Line]:
    """Small facts one after the other, as many in a line as fit."""
    lines: list[list[Span]] = [[]]
    for chip in chips:
        gap = 2 if lines[-1] else 0
        if gap and width_of(lines[-1]) + gap + width_of(chip) > width:
            lines.append([])
            gap = 0
        lines[-1] += [blank(gap), *chip] if gap else chip
    return [tuple(line) for line in lines]


def paragraph(start: Sequence[Span], text: str, role: Role, width: int) -> list[Line]:
    """`text` behind `start`, its further lines under its first."""
    indent = width_of(start)
    if width - indent < 12:
        return [tuple(start), *[(blank(2), (line, role)) for line in wrap(text, width - 2)]]
    first, *rest = wrap(text, width - indent)
    return [(*start, (first, role)), *[(blank(indent), (line, role)) for line in rest]]


def table(facts: Sequence[PaneFact], style: PaneStyle) -> tuple[Line, ...]:
    """The facts under each other, their labels as wide as the widest."""
    labels = [printable(fact.label) for fact in facts]
    wide = min(_WIDEST_LABEL, max(map(cell_width, labels), default=0), style.width // 3)
    lines: list[Line] = []
    for label, fact in zip(labels, facts, strict=True):
        start = (blank(1), *fact.sign, left(label, wide, "pane.label"), blank(2))
        if fact.in_one_line:
            lines.append((*start, whole(fact.text, fact.role)))
        else:
            lines += paragraph(start, fact.text, fact.role, style.width)
    return tuple(lines)
