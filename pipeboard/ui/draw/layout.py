"""Where everything on the board screen stands: columns, rows, what a click hits, what to scroll."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import NamedTuple

from pipeboard.domain.board import Board, Card
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.ui.draw.card import CardStyle
from pipeboard.ui.draw.line import EMPTY, Glyphs, Line

# The view of the board, as one frozen value.

SMALLEST = (40, 12)
"""Cells, across and down, below which there is no board."""
AUTO = 0
"""The density at which each column gives its cards the rows that are left over."""


@dataclass(frozen=True, slots=True)
class Window:
    """The cards of one column that are at hand: those from place `offset` on."""

    offset: int = 0
    cards: tuple[Card, ...] = ()

    def card(self, row: int) -> Card | None:
        """The card at that place of the column; None where it has not been read."""
        index = row - self.offset
        return self.cards[index] if 0 <= index < len(self.cards) else None


@dataclass(frozen=True, slots=True)
class Pane:
    """The lines beside the board, scrolled so that line `top` is the first shown."""

    lines: tuple[Line, ...]
    top: int = 0
    focused: bool = False


@dataclass(frozen=True)
class BoardView:
    """The board, where the cursor stands on it, and what is written around it.

    `windows` holds one window a column of `board`; `cursor` is (column, place in it), `tops` the
    first place shown of each column, `first_column` the first column shown. `status` is
    what there is to say; while it is empty the deal under the cursor is told. `pane` is None where
    the person has shut it; it shows where there is room. `usual_days` has the stages in which it is
    known how long deals stay, `adds` is the key of a new deal, `clears` the one that takes the
    filter off. Equal views look the same.
    """

    board: Board
    windows: tuple[Window, ...]
    width: int
    height: int
    cursor: tuple[int, int] = (0, 0)
    tops: tuple[int, ...] = ()
    first_column: int = 0
    density: int = AUTO
    marks: frozenset[int] = frozenset()
    glyphs: Glyphs = Glyphs.UNICODE
    filter_text: str = ""
    demo: bool = False
    read_only: bool = False
    status: Line = EMPTY
    status_right: Line = EMPTY
    hints: tuple[tuple[str, str], ...] = ()
    adds: str = "a"
    clears: str = "Esc"
    pane: Pane | None = None
    usual_days: tuple[tuple[int, int], ...] = ()

    @property
    def is_too_small(self) -> bool:
        return self.width < SMALLEST[0] or self.height < SMALLEST[1]

    @property
    def cursor_card(self) -> Card | None:
        """The card under the cursor; None in an empty column."""
        return self.card(*self.cursor)

    def card(self, column: int, row: int) -> Card | None:
        """The card at a place of a column; None where there is none, or it has not been read."""
        if not 0 <= column < len(self.windows):
            return None
        return self.windows[column].card(row)

    def top(self, column: int) -> int:
        return self.tops[column] if column < len(self.tops) else 0

    def card_style(self, width: int, rows: int) -> CardStyle:
        """How a card of `rows` lines is drawn in a column of `width` cells."""
        style = self._card_styles.get((width, rows))
        if style is None:
            lens = self.board.lens
            style = self._card_styles[width, rows] = CardStyle(
                width=width,
                rows=rows,
                today=lens.today,
                questions=len(self.board.pipeline.questions),
                symbol=self.is_mixed,
                owner=lens.owner is None,
                glyphs=self.glyphs,
            )
        return style

    @cached_property
    def _card_styles(self) -> dict[tuple[int, int], CardStyle]:
        return {}

    @cached_property
    def counts(self) -> tuple[int, ...]:
        """How many deals each column has."""
        return tuple(column.count for column in self.board.columns)

    @cached_property
    def is_mixed(self) -> bool:
        """Does the board hold several currencies, so that each amount has to name its own?"""
        columns = self.board.columns
        shown = {money.currency for column in columns for money in column.sums}
        return len(shown) > 1 or any(column.is_converted for column in columns)

    @cached_property
    def most_sums(self) -> int:
        """How many currencies there are in the column that has the most, at least 1."""
        return max((len(column.sums) for column in self.board.columns), default=0) or 1

    @cached_property
    def numbers(self) -> tuple[int | None, ...]:
        """The number of each column's stage, the one that its digit goes to; None: retired."""
        usable = [stage.id for stage in self.board.pipeline.stages if not stage.retired]
        places = {stage_id: number for number, stage_id in enumerate(usable, 1)}
        return tuple(places.get(column.stage.id) for column in self.board.columns)


NARROWEST_COLUMN = 18
_SLIVER = 3  # cells of a column without deals: its name, downwards
_FOLDS_FROM = 3  # stages with deals below which none is folded: a new board shows its stages
_WIDER = 5  # cells that the column under the cursor has more than another, at least
_WIDEST = 48  # beyond these a card says no more
_NARROW = 60  # below this width there is one stage, with the others as tabs above it
_WIDE = 110  # from this width on a pane stands beside the board
_PANE = (48, 72)  # cells of the narrowest and the widest pane
_LOW = 16  # below this height what is said twice is said once
_TALL = 30  # from this height on each currency of a stage has a row of its own
_MOST_SUMS = 3
_FEWEST_ROWS, _MOST_ROWS = 2, 5  # of a card that takes what is left over


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
    line after them. The rule under the heads has the stages that are off the screen let into it.
    Lines from `body_y` on show cards.
    """

    board_width: int
    pane_width: int
    slots: tuple[Slot, ...]
    head_y: int | None
    head_rows: int
    rule_y: int | None
    body_y: int
    body_rows: int
    status_y: int
    hint_y: int

    def slot(self, column: int) -> Slot | None:
        """Where a column stands; None when it is scrolled off."""
        return next((slot for slot in self.slots if slot.column == column), None)


def layout(view: BoardView) -> BoardLayout:
    """Where everything of a view stands; on a terminal that is too small, where it would."""
    width, height = max(view.width, SMALLEST[0]), max(view.height, SMALLEST[1])
    split = view.pane is not None and has_room_for_pane(width)
    filled = tuple(map(bool, view.counts))
    if sum(filled) < _FOLDS_FROM:
        filled = (True,) * len(filled)
    sizes = _Sizes(filled, view.first_column, view.cursor[0])
    return _laid_out(width, height, split, sizes, view.most_sums)


def has_room_for_pane(width: int) -> bool:
    """Is the screen wide enough for a pane beside the board?"""
    return width >= _WIDE


class _Sizes(NamedTuple):
    """What decides how wide the columns are: which are filled or count as such, the first on the
    screen, and the one under the cursor."""

    filled: tuple[bool, ...]
    first: int
    focus: int


@lru_cache(maxsize=64)
def _laid_out(width: int, height: int, split: bool, sizes: _Sizes, most_sums: int) -> BoardLayout:
    pane_width = max(_PANE[0], min(width * 2 // 5, _PANE[1])) if split else 0
    board_width = width - pane_width - 1 if split else width
    low, narrow = height < _LOW, width < _NARROW
    head_rows = 0 if low and narrow else min(most_sums, _MOST_SUMS) if height >= _TALL else 1
    rule_y = None if low and not narrow else 1 + head_rows
    body_y = 1 + head_rows + (rule_y is not None)
    return BoardLayout(
        board_width=board_width,
        pane_width=pane_width,
        slots=_one_slot(board_width, sizes) if narrow else _slots(board_width, sizes),
        head_y=1 if head_rows else None,
        head_rows=head_rows,
        rule_y=rule_y,
        body_y=body_y,
        body_rows=height - 2 - body_y,
        status_y=height - 2,
        hint_y=height - 1,
    )


def _one_slot(board_width: int, sizes: _Sizes) -> tuple[Slot, ...]:
    return (Slot(max(0, min(sizes.first, len(sizes.filled) - 1)), 0, board_width),)


def _slots(board_width: int, sizes: _Sizes) -> tuple[Slot, ...]:
    """The columns from the first on, each as wide as it deserves.

    The one under the cursor is half as wide again as the others, an empty one a sliver, or as much
    wider under the cursor. So a step from a column to the next moves the line between them only.
    """
    first, stop = _columns_shown(board_width, sizes)
    shown = range(first, stop)
    filled = sum(sizes.filled[column] for column in shown)
    empty = len(shown) - filled
    room = board_width - (len(shown) - 1)
    sliver = _SLIVER if filled else room // max(1, empty)
    base = max(NARROWEST_COLUMN, 2 * (room - sliver * empty) // (2 * filled + 1))
    base = min(base, _WIDEST * 2 // 3)
    rest = room - sliver * empty - base * filled
    if empty and filled and base + rest > _WIDEST:
        sliver += (base + rest - _WIDEST) // empty
        rest = room - sliver * empty - base * filled
    elif filled and base + rest > _WIDEST:
        base += (base + rest - _WIDEST) // filled
        rest = room - base * filled
    focus = sizes.focus if sizes.focus in shown else first
    slots = []
    x = 0
    for column in shown:
        width = (base if sizes.filled[column] else sliver) + (rest if column == focus else 0)
        slots.append(Slot(column, x, width))
        x += width + 1
    return tuple(slots)


def _columns_shown(board_width: int, sizes: _Sizes) -> tuple[int, int]:
    """The first column on the screen, and the first after it that is not; the screen is filled
    where there are enough of them."""
    needs = [1 + (NARROWEST_COLUMN if filled else _SLIVER) for filled in sizes.filled]
    room = board_width + 1 - _WIDER
    last = len(needs)
    while last and sum(needs[last - 1 :]) <= room:
        last -= 1
    first = max(0, min(sizes.first, last))
    stop = first
    while stop < len(needs) and sum(needs[first : stop + 1]) <= room:
        stop += 1
    return first, stop


def card_rows(view: BoardView, column: int) -> int:
    """How many rows a card of a column has: those of the density, or what is left over."""
    if view.density:
        return view.density
    rows = layout(view).body_rows // max(1, view.counts[column])
    return max(_FEWEST_ROWS, min(rows, _MOST_ROWS))


def whole_cards(view: BoardView, column: int) -> int:
    """How many cards of a column can be seen whole, with a line kept for `n more` where needed."""
    rows, each = layout(view).body_rows, card_rows(view, column)
    if (view.counts[column] - view.top(column)) * each <= rows:
        return rows // each
    return max(1, (rows - 1) // each)


def cards_below(view: BoardView, column: int) -> int:
    """How many cards of a column cannot be seen whole, below those that can."""
    return max(0, view.counts[column] - view.top(column) - whole_cards(view, column))


def wanted(view: BoardView) -> tuple[tuple[int, int, int], ...]:
    """The cards that the screen shows: (column, first place, how many) for each column on it."""
    return tuple(
        (slot.column, view.top(slot.column), places(view, slot.column))
        for slot in layout(view).slots
    )


def places(view: BoardView, column: int) -> int:
    """How many cards of a column can be seen, also in part."""
    return -(-layout(view).body_rows // card_rows(view, column))


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
    column = view.cursor[0]
    slots = layout(view).slots
    if column < slots[0].column:
        return column
    while column > slots[-1].column:
        view = replace(view, first_column=slots[0].column + 1)
        slots = layout(view).slots
    return slots[0].column


def _top(view: BoardView) -> int:
    column, row = view.cursor
    top, whole = view.top(column), whole_cards(view, column)
    fits = layout(view).body_rows // card_rows(view, column)
    last = max(0, view.counts[column] - fits)
    if top > last:
        top = last
    if top <= row < top + whole:
        return top
    half = max(1, whole // 2)
    jumped = row - half if row >= top + whole else row - whole + half
    return max(0, min(jumped, last))


def column_at(view: BoardView, x: int) -> Slot | None:
    """The column at that cell across; None between columns and beside the board."""
    slots = layout(view).slots
    return next((slot for slot in slots if slot.x <= x < slot.x + slot.width), None)


def card_region(view: BoardView, slot: Slot, place: int) -> Region:
    """The cells of the card at `place` of those on the screen, the uppermost being 0."""
    shown, rows = layout(view), card_rows(view, slot.column)
    y = place * rows
    height = min(rows, shown.body_rows - y)
    return Region(slot.x, shown.body_y + y, slot.width, height)


def cursor_cell(view: BoardView) -> tuple[int, int] | None:
    """Where the card under the cursor begins on the screen; None where none is shown."""
    column, row = view.cursor
    slot = layout(view).slot(column)
    place = row - view.top(column)
    if view.is_too_small or slot is None or not 0 <= place < places(view, column):
        return None
    region = card_region(view, slot, place)
    return (region.x, region.y) if row < view.board.columns[column].count else None


def column_region(view: BoardView, slot: Slot) -> Region:
    """The cells of all cards of a column."""
    shown = layout(view)
    return Region(slot.x, shown.body_y, slot.width, shown.body_rows)
