"""The deal score, explained: a line for each factor with its points and where they come from."""

from __future__ import annotations

from pipeboard.domain.score import BEST, FactorScore, Score, score
from pipeboard.domain.sheet import Sheet
from pipeboard.ui.draw.glyphs import FULL, OPEN
from pipeboard.ui.draw.line import Line, left, right
from pipeboard.ui.draw.section import PaneStyle, Section, paragraph

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
