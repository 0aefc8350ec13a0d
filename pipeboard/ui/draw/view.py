"""The view of the board, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pipeboard.domain.board import Board, Card
from pipeboard.ui.draw.card import CardStyle
from pipeboard.ui.draw.glyphs import Glyphs
from pipeboard.ui.draw.line import EMPTY, Line

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
    first place shown of each column, `first_column` the first column shown. `foot` are lines that
    lie over the last of the board, above the hints: a question, an input. `status` is what there
    is to say; while it is empty the deal under the cursor is told. `pane` is None where the person
    has shut it; it shows where there is room. `usual_days` has the stages in which it is known how
    long deals stay. Equal views look the same.
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
    foot: tuple[Line, ...] = ()
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
