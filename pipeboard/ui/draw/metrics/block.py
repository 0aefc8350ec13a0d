"""Drawn lines with spots in them: a spot is a number, and Enter shows the deals behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeboard.domain.metrics.history import DealHistory
from pipeboard.ui.draw.glyphs import BAR, BETWEEN
from pipeboard.ui.draw.line import EMPTY, Line, Span, blank, exactly, width_of
from pipeboard.ui.terminal.width import clusters

GUTTER = 1
"""Cells in front of a spot, which hold the bar of the cursor."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a number stands, its deals, their name in words, and what the number says; `base` has
    the deals that it is a share of."""

    x: int
    y: int
    width: int
    deals: Sequence[DealHistory]
    title: str
    says: str = ""
    base: Sequence[DealHistory] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of `width` cells and the spots in them, in the order of the cursor."""

    width: int
    lines: tuple[Line, ...] = ()
    spots: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A line that may be one spot; without a `title` it is none."""

    line: Line
    title: str = ""
    deals: Sequence[DealHistory] = ()
    says: str = ""
    base: Sequence[DealHistory] = ()


def rows(width: int, given: Iterable[Row]) -> Block:
    """Rows under each other, each behind the gutter."""
    lines, spots = [], []
    for y, row in enumerate(given):
        lines.append(exactly((blank(GUTTER), *row.line), width) if row.line else EMPTY)
        if row.title:
            spots.append(Spot(GUTTER, y, width - GUTTER, row.deals, row.title, row.says, row.base))
    return Block(width, tuple(lines), tuple(spots))


def below(width: int, blocks: Sequence[Block], gap: int = 1) -> Block:
    """Blocks under each other, empty ones left out."""
    lines: list[Line] = []
    spots: list[Spot] = []
    for block in blocks:
        if not block.lines:
            continue
        lines += [EMPTY] * (gap if lines else 0)
        spots += [replace(spot, y=spot.y + len(lines)) for spot in block.spots]
        lines += block.lines
    return Block(width, tuple(lines), tuple(spots))


def beside(first: Block, second: Block) -> Block:
    """Two blocks with a rule between them; the cursor goes down the first, then the second."""
    height = max(len(first.lines), len(second.lines))
    lines = tuple((*_line(first, y), (BETWEEN, "rule"), *_line(second, y)) for y in range(height))
    shift = first.width + 1
    moved = tuple(replace(spot, x=spot.x + shift) for spot in second.spots)
    return Block(shift + second.width, lines, (*first.spots, *moved))


def _line(block: Block, y: int) -> Line:
    return exactly(block.lines[y] if y < len(block.lines) else EMPTY, block.width)


def marked(block: Block, place: int) -> tuple[Line, ...]:
    """The lines with the bar of the cursor in front of one of the spots."""
    if not 0 <= place < len(block.spots):
        return block.lines
    spot = block.spots[place]
    lines = list(block.lines)
    lines[spot.y] = _put(lines[spot.y], spot.x - GUTTER, (BAR, "cursor"))
    return tuple(lines)


def _put(line: Line, x: int, sign: Span) -> Line:
    """The line with one cell, which was blank, taken by a sign."""
    kept: list[Span] = []
    used = 0
    for text, role in line:
        if not used <= x < used + width_of(((text, role),)):
            kept.append((text, role))
            used += width_of(((text, role),))
            continue
        before = ""
        for cluster, size in clusters(text):
            if used >= x:
                break
            before += cluster
            used += size
        rest = text[len(before) + 1 :]
        kept += [(before, role), sign, (rest, role)]
        used += 1 + width_of(((rest, role),))
    return tuple(span for span in kept if span[0])


def spot_at(block: Block, x: int, y: int) -> int | None:
    """The spot that covers a cell; None where none does."""
    for place, spot in enumerate(block.spots):
        if spot.y == y and spot.x - GUTTER <= x < spot.x + spot.width:
            return place
    return None
