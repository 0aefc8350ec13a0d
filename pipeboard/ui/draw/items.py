"""Lists of one deal's screen: items of one or more lines, one of them under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeboard.ui.draw.glyphs import BAR
from pipeboard.ui.draw.line import Line, Span, blank

GUTTER = 2
"""Cells in front of an item, which hold the bar of the cursor."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something that the cursor can stand on: its lines, and the key by which it is meant."""

    key: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ShownItems:
    """Items under each other; those of the cursor are the lines `first` up to `last`."""

    lines: tuple[Line, ...]
    first: int
    last: int


def listed(items: Sequence[Item], cursor: int, below: Sequence[Line] = ()) -> ShownItems:
    """The items with a bar at the one under the cursor; `below` stands under them all."""
    lines: list[Line] = []
    first = last = 0
    for place, item in enumerate(items):
        is_current = place == cursor
        if is_current:
            first = len(lines)
        for line in item.lines:
            mark: Span = (BAR, "cursor") if is_current else blank(1)
            lines.append((mark, blank(1), *line))
        if is_current:
            last = len(lines)
    return ShownItems((*lines, *below), first, last)


def scrolled_to(top: int, room: int, shown: ShownItems) -> int:
    """The `top` from which the item under the cursor is seen: whole, or its beginning."""
    if shown.last > top + room:
        top = shown.last - room
    return max(0, min(top, shown.first))
