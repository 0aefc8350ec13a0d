"""Where the parts of a tab stand: under each other, or in two columns where there is room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from pipeboard.ui.draw.metrics.block import Block, below, beside
from pipeboard.ui.draw.metrics.figures import Figures
from pipeboard.ui.draw.numbers import ChartStyle

WIDE = 100
"""Cells from which on there are two columns."""


_MARGIN = 2


@dataclass(frozen=True, slots=True)
class TabLayout:
    """The parts of a tab: across the screen, and in its left and right columns."""

    top: Block
    left: tuple[Block, ...] = ()
    right: tuple[Block, ...] = ()


Draw: TypeAlias = Callable[[Figures, ChartStyle, ChartStyle], TabLayout]


def laid_out(draw: Draw, shown: Figures, style: ChartStyle) -> Block:
    """A tab over the width of the screen."""
    width = style.width
    if width < WIDE:
        tab = draw(shown, style, style)
        return below(width, (tab.top, *tab.left, *tab.right))
    half = width // 2
    tab = draw(shown, style, replace(style, width=half - _MARGIN))
    columns = beside(
        replace(below(half, tab.left), width=half),
        replace(below(half - _MARGIN, tab.right), width=width - half - 1),
    )
    return below(width, (tab.top, columns))
