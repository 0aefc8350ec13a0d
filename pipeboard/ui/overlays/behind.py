"""Rows behind an overlay: the screens below it, as many cells as are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from textual._context import visible_screen_stack
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip


@runtime_checkable
class SeeThrough(Protocol):
    """A screen that shows what is behind it wherever it has nothing of its own."""

    behind: Sequence[Strip] | None
    """The rows behind it while they are known; None when they are to be asked for."""


def rows_behind(screen: Screen[Any]) -> Sequence[Strip]:
    """The rows of the screens below, each at the size that it was last laid out for.

    They are drawn from the lowest that can be seen upwards, each handed to the next, so that no
    screen asks another. A screen that is not laid out yet, or is being closed, has no rows.
    """
    stack = screen.app.screen_stack
    below = stack[: stack.index(screen)] if screen in stack else []
    seen = [place for place, other in enumerate(below) if not isinstance(other, SeeThrough)]
    rows: Sequence[Strip] = ()
    for other in below[seen[-1] if seen else 0 :]:
        rows = _drawn(other, rows)
    return rows


def fitted(rows: Sequence[Strip], region: Region) -> list[Strip]:
    """Exactly the cells of a region: rows are cropped or padded, those that are missing blank."""
    wanted = [row.crop(region.x, region.right) for row in rows[region.y : region.bottom]]
    blank = Strip.blank(region.width)
    return [
        *(row.adjust_cell_length(region.width) for row in wanted),
        *[blank] * (region.height - len(wanted)),
    ]


def _drawn(screen: Screen[Any], behind: Sequence[Strip]) -> Sequence[Strip]:
    compositor = screen._compositor
    if not compositor.size or compositor.root is None or not screen.is_attached:
        return behind
    if isinstance(screen, SeeThrough):
        screen.behind = behind
    # Else Textual, for what a screen leaves free, asks the screen on top, which has asked for this.
    stack = visible_screen_stack.set([])
    try:
        return compositor.render_strips()
    finally:
        visible_screen_stack.reset(stack)
        if isinstance(screen, SeeThrough):
            screen.behind = None
