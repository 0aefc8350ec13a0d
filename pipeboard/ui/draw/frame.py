"""Parts that screens share: title bars, hints, boxes, tables of keys, a line to type in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from pipeboard.ui.draw.line import (
    ROW,
    Glyphs,
    Line,
    Span,
    blank,
    exactly,
    key_name,
    left,
    spread,
    whole,
    width_of,
)
from pipeboard.ui.terminal.width import cell_width

Hint = tuple[str, str]
KEPT: Final = ("?", "q", "Esc")
"""The keys whose hints stay where there is no room for all: the way to help, and back."""


def title_bar(start: Sequence[Span], end: Sequence[Span], width: int) -> Line:
    """A bar across the screen: what this is at the left, how it stands at the right."""
    return spread((blank(1, "bar"), *start), (*end, blank(1, "bar")), width, "bar")


def tagged(bar: Line, tags: Line) -> Line:
    """A title bar with tags at its left, which take their cells from its widest gap; where none is
    wide enough, from what this is, not from how it stands. Another line stays as it is."""
    if not tags or not bar or bar[0][1] != "bar":
        return bar
    width, needed, spans = width_of(bar), width_of(tags), list(bar)
    gaps = [place for place, (text, _) in enumerate(spans) if place and not text.strip()]
    if not gaps:
        return exactly((spans[0], *tags, *spans[1:]), width, "bar")
    widest = max(gaps, key=lambda place: len(spans[place][0]))
    text, role = spans[widest]
    if len(text) > needed:
        spans[widest] = (text[needed:], role)
        return exactly((spans[0], *tags, *spans[1:]), width, "bar")
    # As close as can be read: one cell behind the tags, one before the end.
    end = (blank(1, "bar"), *spans[widest + 1 :])
    close = (spans[0], *tags[:-1], blank(1, "bar"), *spans[1:widest])
    return spread(close, end, width, "bar")


def rule(width: int, title: str = "") -> Line:
    """A line across the screen, with a title let into it."""
    if not title:
        return ((ROW * width, "rule"),)
    start = exactly(
        ((ROW, "rule"), whole(f" {title} ", "pane.head")), min(width, cell_width(title) + 3)
    )
    return (*start, (ROW * (width - width_of(start)), "rule"))


class HintKey(NamedTuple):
    """A hint as drawn: its key, and the cells it takes."""

    key: str
    label: str
    x: int
    width: int


def hint_keys(
    hints: Sequence[Hint], width: int, glyphs: Glyphs = Glyphs.UNICODE
) -> tuple[HintKey, ...]:
    """As many hints as fit in `width` cells, in their order; those of `KEPT` are always there."""
    sizes = [1 + width_of(_hint(hint, glyphs)) for hint in hints]
    kept = sum(size + 1 for hint, size in zip(hints, sizes, strict=True) if hint[0] in KEPT)
    keys: list[HintKey] = []
    x = 0
    for hint, size in zip(hints, sizes, strict=True):
        if hint[0] in KEPT:
            kept -= size + 1
        elif x + size + kept > width:
            continue
        keys.append(HintKey(*hint, x + 1, size - 1))
        x += size + 1
    return tuple(keys)


def hint_line(hints: Sequence[Hint], width: int, glyphs: Glyphs = Glyphs.UNICODE) -> Line:
    """The keys that do something here, each with its label."""
    spans: list[Span] = []
    for key in hint_keys(hints, width, glyphs):
        gap = key.x - width_of(spans)
        spans += [blank(gap, "hint"), *_hint((key.key, key.label), glyphs)]
    return exactly(spans, width, "hint")


def _hint(hint: Hint, glyphs: Glyphs) -> Line:
    key, label = hint
    return (whole(key_name(key, glyphs), "hint.key"), whole(f" {label}", "hint.label"))


def box(title: str, lines: Sequence[Line], width: int, foot: str = "") -> list[Line]:
    """Lines in a box of `width` cells, with a title in its upper and keys in its lower edge."""
    inner = width - 4
    return [
        _edge("┌", title, "┐", width, at_right=False),
        *[(("│ ", "rule"), *exactly(line, inner), (" │", "rule")) for line in lines],
        _edge("└", foot, "┘", width, at_right=True),
    ]


def _edge(corner: str, text: str, other: str, width: int, *, at_right: bool) -> Line:
    if not text:
        return ((corner + ROW * (width - 2) + other, "rule"),)
    label = exactly(
        (whole(f" {text} ", "text.dim" if at_right else "pane.head"),),
        min(cell_width(text) + 2, width - 4),
    )
    dash = width - 2 - width_of(label)
    before, after = (dash - 1, 1) if at_right else (1, dash - 1)
    return ((corner + ROW * before, "rule"), *label, (ROW * after + other, "rule"))


class KeyGroup(NamedTuple):
    """A heading of the help screen, and the keys with what they do under it."""

    title: str
    keys: tuple[Hint, ...]


def key_table(
    groups: Sequence[KeyGroup], width: int, glyphs: Glyphs = Glyphs.UNICODE
) -> list[Line]:
    """Groups of keys in as many columns of equal height as fit (a column takes 38 cells)."""
    columns = max(1, min(3, width // 38))
    each = width // columns
    stacks: list[list[Line]] = [[] for _ in range(columns)]
    rows = sum(len(group.keys) + 2 for group in groups)
    place = 0
    for group in groups:
        size = len(group.keys) + 2
        if (
            stacks[place]
            and place < columns - 1
            and len(stacks[place]) + size // 2 > rows / columns
        ):
            place += 1
        stacks[place] += _group_lines(group, each, glyphs)
    height = max(map(len, stacks))
    padded = [stack + [exactly((), each)] * (height - len(stack)) for stack in stacks]
    return [
        exactly([span for line in row for span in line], width) for row in zip(*padded, strict=True)
    ]


def _group_lines(group: KeyGroup, width: int, glyphs: Glyphs) -> list[Line]:
    names = [key_name(key, glyphs) for key, _ in group.keys]
    wide = max(map(cell_width, names), default=0)
    lines = [exactly((blank(1), whole(group.title, "pane.head")), width)]
    for name, (_, label) in zip(names, group.keys, strict=True):
        lines.append(
            exactly((blank(2), left(name, wide, "pane.tag"), blank(2), whole(label, "text")), width)
        )
    return [*lines, exactly((), width)]
