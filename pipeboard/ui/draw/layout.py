"""Where everything on the board screen stands: columns, rows, what a click hits, what to scroll."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from pipeboard.ui.draw.view import SMALLEST, BoardView

NARROWEST_COLUMN = 19
_NARROW = 60  # below this width there is one stage, with the others as tabs above it
_WIDE = 110  # from this width on a pane stands beside the board
_LOW = 16  # below this height what is said twice is said once
_TALL = 30  # from this height on each currency of a stage has a row of its own
_MOST_SUMS = 3


class Region(NamedTuple):
    """A rectangle of cells, counted from 0 at the top left."""

    x: int
    y: int
    width: int
    height: int


class Slot(NamedTuple):
    """A column on the screen: its index on the board, and the cells it takes."""

    column: int
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class BoardLayout:
    """Which lines and columns of the screen hold what; a `y` of None: it is left out.

    `board_width` are the cells that the columns share, a pane of `pane_width` begins behind a
    line after them. Lines from `body_y` on show cards.
    """

    board_width: int
    pane_width: int
    slots: tuple[Slot, ...]
    strip_y: int | None
    head_y: int | None
    head_rows: int
    rule_y: int | None
    body_y: int
    body_rows: int
    status_y: int
    hint_y: int

    def slot(self, column: int) -> Slot | None:
        """Where a column stands; None when it is scrolled off."""
        for slot in self.slots:
            if slot.column == column:
                return slot
        return None


def layout(view: BoardView) -> BoardLayout:
    """Where everything of a view stands; on a terminal that is too small, where it would."""
    width, height = max(view.width, SMALLEST[0]), max(view.height, SMALLEST[1])
    split = view.pane is not None and has_room_for_pane(width)
    columns = len(view.board.columns)
    return _laid_out(width, height, split, columns, view.first_column, view.most_sums)


def has_room_for_pane(width: int) -> bool:
    """Is the screen wide enough for a pane beside the board?"""
    return width >= _WIDE


@lru_cache(maxsize=64)
def _laid_out(
    width: int, height: int, split: bool, columns: int, first: int, most_sums: int
) -> BoardLayout:
    board_width, at_once = _columns_shown(width, split)
    low, narrow = height < _LOW, width < _NARROW
    rows = itertools.count(1)
    strip_y = None if low and not narrow else next(rows)
    head_rows = 0 if low and narrow else min(most_sums, _MOST_SUMS) if height >= _TALL else 1
    head_y = next(rows) if head_rows else None
    for _ in range(head_rows - 1):
        next(rows)
    rule_y = None if low else next(rows)
    body_y = next(rows)
    return BoardLayout(
        board_width=board_width,
        pane_width=width - board_width - 1 if split else 0,
        slots=_slots(board_width, max(1, min(at_once, columns)), columns, first),
        strip_y=strip_y,
        head_y=head_y,
        head_rows=head_rows,
        rule_y=rule_y,
        body_y=body_y,
        body_rows=height - 2 - body_y,
        status_y=height - 2,
        hint_y=height - 1,
    )


def _columns_shown(width: int, split: bool) -> tuple[int, int]:
    """Cells for the board, and how many columns share them."""
    if width < _NARROW:
        return width, 1
    if not split:
        return width, width // (NARROWEST_COLUMN + 1)
    count = width * 11 // 20 // (NARROWEST_COLUMN + 1)
    return count * (NARROWEST_COLUMN + 1) - 1, count


def _slots(board_width: int, count: int, columns: int, first: int) -> tuple[Slot, ...]:
    first = max(0, min(first, columns - count))
    each, extra = divmod(board_width - (count - 1), count)
    slots = []
    x = 0
    for place in range(min(count, columns)):
        width = each + (place < extra)
        slots.append(Slot(first + place, x, width))
        x += width + 1
    return tuple(slots)


def whole_cards(view: BoardView, column: int) -> int:
    """How many cards of a column can be seen whole, with a line kept for `n more` where needed."""
    rows = layout(view).body_rows
    count = view.board.columns[column].count
    if (count - view.top(column)) * view.density <= rows:
        return rows // view.density
    return max(1, (rows - 1) // view.density)


def cards_below(view: BoardView, column: int) -> int:
    """How many cards of a column cannot be seen whole, below those that can."""
    count = view.board.columns[column].count
    return max(0, count - view.top(column) - whole_cards(view, column))


def wanted(view: BoardView) -> tuple[tuple[int, int, int], ...]:
    """The cards that the screen shows: (column, first place, how many) for each column on it."""
    shown = layout(view)
    most = -(-shown.body_rows // view.density)
    return tuple((slot.column, view.top(slot.column), most) for slot in shown.slots)


def followed(view: BoardView) -> BoardView:
    """The view with the cursor on a card that exists, scrolled so that this card is seen.

    Scrolling goes by half a screen, so that most cursor keys change two cards and not a column.
    """
    columns = view.board.columns
    if not columns:
        return replace(view, cursor=(0, 0), tops=(), first_column=0)
    column = max(0, min(view.cursor[0], len(columns) - 1))
    row = max(0, min(view.cursor[1], columns[column].count - 1))
    tops = tuple(max(0, min(view.top(index), each.count - 1)) for index, each in enumerate(columns))
    view = replace(view, cursor=(column, row), tops=tops)
    view = replace(view, first_column=_first_column(view))
    top = _top(view)
    if top != tops[column]:
        view = replace(view, tops=(*tops[:column], top, *tops[column + 1 :]))
    return view


def _first_column(view: BoardView) -> int:
    slots, column = layout(view).slots, view.cursor[0]
    if column < slots[0].column:
        return column
    return slots[0].column + max(0, column - slots[-1].column)


def _top(view: BoardView) -> int:
    column, row = view.cursor
    top, whole = view.top(column), whole_cards(view, column)
    last = max(0, view.board.columns[column].count - layout(view).body_rows // view.density)
    if top > last:
        top = last
    if top <= row < top + whole:
        return top
    half = max(1, whole // 2)
    jumped = row - half if row >= top + whole else row - whole + half
    return max(0, min(jumped, last))


def column_at(view: BoardView, x: int) -> Slot | None:
    """The column at that cell across; None between columns and beside the board."""
    for slot in layout(view).slots:
        if slot.x <= x < slot.x + slot.width:
            return slot
    return None


def card_region(view: BoardView, slot: Slot, place: int) -> Region:
    """The cells of the card at `place` of those on the screen, the uppermost being 0."""
    shown = layout(view)
    y = place * view.density
    height = min(view.density, shown.body_rows - y)
    return Region(slot.x, shown.body_y + y, slot.width, height)


def column_region(view: BoardView, slot: Slot) -> Region:
    """The cells of all cards of a column."""
    shown = layout(view)
    return Region(slot.x, shown.body_y, slot.width, shown.body_rows)
