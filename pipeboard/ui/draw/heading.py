"""Heading of the board: the title bar, the strip of stages, a head for each column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from pipeboard.domain.board import Column, Sort
from pipeboard.domain.money import Money
from pipeboard.domain.text import printable
from pipeboard.ui.draw.glyphs import (
    ABOVE,
    AFTER,
    BAR,
    BEFORE,
    CROSS,
    DOT,
    ROW,
    Glyphs,
    money_text,
)
from pipeboard.ui.draw.layout import BoardLayout, layout
from pipeboard.ui.draw.line import Line, Span, blank, exactly, left, right, spread, whole, width_of
from pipeboard.ui.draw.view import BoardView
from pipeboard.ui.palette import Role
from pipeboard.ui.terminal.width import cell_width, fit

PRODUCT: Final = "pipeboard"
_GAP: Final[Span] = ("  ", "bar")
_SORTED: Final = {
    Sort.VALUE: "by value",
    Sort.NEXT_STEP: "by next step",
    Sort.AGE: "by age",
    Sort.CLOSE: "by close date",
    Sort.NAME: "by name",
    Sort.UPDATED: "by last change",
}
_SHORT_NAMES: Final = (6, 4)


def title_line(view: BoardView) -> Line:
    """Product, pipeline and lens at the left, what it comes to at the right; where both do not
    fit, the product goes first, then the weighted sum, the sum, the count, never the signs."""
    tags, names, lens = _tags(view), _names(view), _lens(view)
    signs, count, sums, weighted = _signs(view), _count(view), _sums(view), _weighted(view)
    product: Line = ((PRODUCT, "bar.product"), _GAP)
    for start, end in (
        ((*product, *tags, *names, *lens), (*count, *sums, *weighted, *signs)),
        ((*tags, *names, *lens), (*count, *sums, *weighted, *signs)),
        ((*tags, *names, *lens), (*count, *sums, *signs)),
        ((*tags, *names, *lens), (*count, *signs)),
    ):
        if width_of(start) + width_of(end) + 2 <= view.width:
            return spread((blank(1, "bar"), *start), end, view.width, "bar")
    start = (*tags, *names, *lens)
    return spread((blank(1, "bar"), *start), signs, view.width, "bar")


def _tags(view: BoardView) -> Line:
    tags: list[Span] = []
    if view.demo:
        tags += [(" DEMO ", "tag.demo"), _GAP]
    if view.read_only:
        tags += [(" READ-ONLY ", "tag.readonly"), _GAP]
    return tuple(tags)


def _names(view: BoardView) -> Line:
    lens = view.board.lens
    owner = f"@{lens.owner}" if lens.owner is not None else "everyone"
    return (
        whole(view.board.pipeline.name, "bar.title"),
        whole(f" {DOT} {owner}", "bar.dim"),
    )


def _lens(view: BoardView) -> Line:
    lens = view.board.lens
    spans: list[Span] = []
    if lens.sort in _SORTED:
        spans.append((f" {DOT} {_SORTED[lens.sort]}", "bar.dim"))
    if view.filter_text:
        spans.append(whole(f"  /{view.filter_text}", "tag.filter"))
    return tuple(spans)


def _count(view: BoardView) -> Line:
    board = view.board
    if board.lens.filter is not None:
        return ((f"{board.matching} of {board.total}", "bar.sum"), _GAP)
    return ((f"{board.open_count} open", "bar.sum"), _GAP)


def _sums(view: BoardView) -> Line:
    text = _amounts(view.board.open_sums, view.glyphs)
    return ((text, "bar.title"), _GAP) if text else ()


def _weighted(view: BoardView) -> Line:
    text = _amounts(view.board.open_weighted, view.glyphs)
    return (("wtd ", "bar.dim"), (text, "bar.sum"), _GAP) if text else ()


def _amounts(sums: Sequence[Money], glyphs: Glyphs) -> str:
    """Each currency by itself: amounts in different ones are never added."""
    if len(sums) > 2:
        return f"{len(sums)} currencies"
    return " + ".join(money_text(money, glyphs, symbol=True) for money in sums)


def _signs(view: BoardView) -> Line:
    signs = view.board.signs
    if signs is None:
        return ()
    counted: tuple[tuple[str, int, Role], ...] = (
        ("!", signs.overdue, "bar.overdue"),
        ("?", signs.no_next_step, "bar.none"),
        ("~", signs.stalled, "bar.stalled"),
    )
    spans = [
        span for sign, n, role in counted if n for span in ((f"{sign}{n}", role), blank(1, "bar"))
    ]
    return tuple(spans)


class PipelineTab(NamedTuple):
    """A stage in the strip: the cells it takes, and the column it goes to."""

    x: int
    width: int
    column: int


@dataclass(frozen=True, slots=True)
class Strip:
    """The strip of stages as drawn, and where its tabs are."""

    line: Line
    tabs: tuple[PipelineTab, ...]


def strip(view: BoardView) -> Strip:
    """The stages with their numbers and counts, those on the screen in brackets. Long names are
    shortened where all can be shown then; else the strip begins near the first on the screen."""
    slots = layout(view).slots
    shown = range(slots[0].column, slots[-1].column + 1) if slots else range(0)
    width = layout(view).board_width
    names = tuple(printable(column.stage.name) for column in view.board.columns)
    counts = tuple(column.count for column in view.board.columns)
    heads = layout(view).head_y is not None
    return _strip(names, counts, view.numbers, shown, width, heads)


@lru_cache(maxsize=16)
def _strip(
    names: tuple[str, ...],
    counts: tuple[int, ...],
    numbers: tuple[int | None, ...],
    shown: range,
    width: int,
    heads: bool,
) -> Strip:
    def labels(longest: int, *, all_counted: bool = True) -> list[str]:
        texts = []
        for place, (name, count, number) in enumerate(zip(names, counts, numbers, strict=True)):
            words = [_short(name, longest, place in shown)]
            if number is not None:
                words.insert(0, str(number))
            if all_counted or place not in shown:
                words.append(str(count))
            texts.append(" ".join(words))
        return texts

    whole_names = max(map(len, names), default=0)
    for longest in (whole_names, *_SHORT_NAMES):
        texts = labels(longest)
        for joint in (" ", ""):
            if sum(map(cell_width, texts)) + (2 + len(joint)) * len(texts) <= width - 1:
                return _laid(texts, joint, shown, 0, width)
    # The heads say how many deals there are in the stages on the screen.
    texts = labels(_SHORT_NAMES[-1], all_counted=not heads)
    return _laid(texts, "", shown, _first_tab(texts, shown, width), width)


def _short(name: str, longest: int, is_shown: bool) -> str:
    """The beginning of the name of a stage that is scrolled off."""
    if is_shown or cell_width(name) <= longest:
        return name
    return fit(name, longest, "").rstrip()


def _first_tab(texts: Sequence[str], shown: range, width: int) -> int:
    """The tab to begin with: one before those on the screen, if they still fit then."""
    before = max(0, shown.start - 1)
    size = sum(cell_width(text) + 2 for text in texts[before : shown.stop])
    return before if size <= width - 3 else shown.start


def _laid(texts: Sequence[str], joint: str, shown: range, first: int, width: int) -> Strip:
    spans: list[Span] = [(BEFORE if first else " ", "strip")]
    tabs: list[PipelineTab] = []
    x = 1
    for column in range(first, len(texts)):
        text = texts[column]
        size = cell_width(text) + 2
        is_last = column == len(texts) - 1
        if x + size > width - (0 if is_last else 1) and column > first:
            spans.append((AFTER, "strip"))
            break
        here = column in shown
        spans.append((f"[{text}]", "strip.shown") if here else (f" {text} ", "strip"))
        spans.append((joint, "strip"))
        tabs.append(PipelineTab(x, size, column))
        x += size + len(joint)
    return Strip(exactly([span for span in spans if span[0]], width), tuple(tabs))


SHORTEST_NAME = 7
"""Cells that a stage's name keeps beside its sums: the strip above has the names in full."""


def head_lines(view: BoardView, column: int, width: int, rows: int) -> tuple[Line, ...]:
    """Name, count and sums of a column in `rows` rows; a sum never adds up two currencies."""
    here = view.cursor[0] == column
    shown = view.board.columns[column]
    days = dict(view.usual_days).get(shown.stage.id) if shown.stage.is_open else None
    return _heads(shown, days, width, rows, here, view.is_mixed, view.glyphs)


@lru_cache(maxsize=256)
def _heads(
    column: Column,
    days: int | None,
    width: int,
    rows: int,
    here: bool,
    symbol: bool,
    glyphs: Glyphs,
) -> tuple[Line, ...]:
    def text(money: Money) -> str:
        return money_text(money, glyphs, symbol=symbol)

    name = printable(column.stage.name)
    room = width - 1
    facts = _richest(
        _choices(column, days, rows, text), room - min(cell_width(name), SHORTEST_NAME) - 1
    )
    role: Role = "column.head.current" if here else "column.head"
    first: Line = (
        (BAR, "column.mark") if here else blank(1),
        left(name, room - cell_width(facts) - 1, role),
        blank(1),
        (facts, "column.sum"),
    )
    further: list[Line] = [
        (right(_further_sum(column.sums, row, rows, text), width, "column.sum"),)
        for row in range(1, rows)
    ]
    return (exactly(first, width), *further)


def _choices(
    column: Column, days: int | None, rows: int, text: Callable[[Money], str]
) -> list[str]:
    """What may be said beside the name, the most first; `days` deals usually stay here."""
    count = str(column.count)
    if not column.sums:
        return [count]
    if len(column.sums) > 1 and rows == 1:
        return [f"{count} {DOT} {len(column.sums)} cur.", count]
    total = f"{count} {DOT} {text(column.sums[0])}"
    if len(column.sums) == 1 and len(column.weighted) == 1 and column.stage.is_open:
        weighted = f"{total} {DOT} wtd {text(column.weighted[0])}"
        if days is None:
            return [weighted, total, count]
        usual = f"{DOT} med {days}d"
        return [f"{weighted} {usual}", weighted, f"{total} {usual}", total, count]
    return [total, count]


def _richest(choices: Sequence[str], room: int) -> str:
    return next((choice for choice in choices if cell_width(choice) <= room), choices[-1])


def _further_sum(sums: Sequence[Money], row: int, rows: int, text: Callable[[Money], str]) -> str:
    if row >= len(sums):
        return ""
    hidden = len(sums) - rows
    if row == rows - 1 and hidden > 0:
        return f"{text(sums[row])} + {hidden} cur."
    return text(sums[row])


def rule_line(view: BoardView) -> Line:
    """The line under the heads, which also says how many cards are scrolled off above."""
    shown: BoardLayout = layout(view)
    spans: list[Span] = []
    for place, slot in enumerate(shown.slots):
        if place:
            spans.append((CROSS, "rule"))
        spans += _rule_of(view.top(slot.column), slot.width)
    return exactly(spans, shown.board_width)


def _rule_of(above: int, width: int) -> Line:
    if not above:
        return ((ROW * width, "rule"),)
    text = f" {ABOVE} {above} more "
    return ((ROW * 2, "rule"), (text, "more"), (ROW * (width - 2 - cell_width(text)), "rule"))
