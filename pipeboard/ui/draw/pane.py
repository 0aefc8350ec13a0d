"""A deal with everything around it, as lines of any width: the pane beside the board, and the
sections of the screen of one deal."""

from __future__ import annotations

from collections.abc import Sequence

from pipeboard.domain.sheet import Sheet
from pipeboard.ui.draw.answers import qualification, score_section
from pipeboard.ui.draw.facts import details, fact_lines, people, terms
from pipeboard.ui.draw.glyphs import spelled
from pipeboard.ui.draw.line import Line, exactly
from pipeboard.ui.draw.section import PaneStyle, Section, titled
from pipeboard.ui.draw.timeline import notes, timeline, touches


def pane_lines(sheet: Sheet, style: PaneStyle) -> tuple[Line, ...]:
    """All of a deal from top to bottom, each line exactly as wide as the pane."""
    lines = list(head(sheet, style))
    for section in sections(sheet, style):
        lines += [(), titled(section), *section.lines]
    return finished(lines, style)


def head(sheet: Sheet, style: PaneStyle) -> tuple[Line, ...]:
    """What stands above all sections: name, amount and dates, stage, next step."""
    return fact_lines(sheet, style)


def sections(sheet: Sheet, style: PaneStyle) -> tuple[Section, ...]:
    """What is known of a deal, without the parts of which nothing is."""
    parts = (
        qualification(sheet, style),
        score_section(sheet, style),
        people(sheet, style),
        notes(sheet, style),
        terms(sheet, style),
        details(sheet, style),
        touches(sheet, style),
        timeline(sheet, style),
    )
    return tuple(section for section in parts if section.lines)


def finished(lines: Sequence[Line], style: PaneStyle) -> tuple[Line, ...]:
    """The lines in exactly the width of the pane, in signs that the terminal knows."""
    return tuple(spelled(exactly(line, style.width), style.glyphs) for line in lines)
