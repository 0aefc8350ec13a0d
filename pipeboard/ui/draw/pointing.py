"""Pointing: what a click on the board hits."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from pipeboard.ui.draw.frame import hint_keys
from pipeboard.ui.draw.glyphs import ABOVE
from pipeboard.ui.draw.heading import head_lines, strip, title_line
from pipeboard.ui.draw.layout import Slot, card_rows, cards_below, column_at, layout
from pipeboard.ui.draw.line import text_of, width_of
from pipeboard.ui.draw.view import BoardView
from pipeboard.ui.palette import Role
from pipeboard.ui.terminal.width import cell_width


class BoardPlace(StrEnum):
    """A part of the board screen."""

    TITLE = "title"
    TAB = "tab"
    HEAD = "head"
    CARD = "card"
    ABOVE = "above"
    BELOW = "below"
    COLUMN = "column"
    PANE = "pane"
    STATUS = "status"
    HINT = "hint"
    NOWHERE = "nowhere"


class Hit(NamedTuple):
    """What lies under a cell: the board column of a tab, head or card (-1: none), the place of a
    card in its column or the line of the pane, the key of a hint or the filter of a count."""

    place: BoardPlace
    column: int = -1
    row: int = -1
    key: str = ""


def hit(view: BoardView, x: int, y: int) -> Hit:
    """What lies under the cell `x` across and `y` down, both from 0."""
    shown = layout(view)
    if view.is_too_small or not (0 <= x < view.width and 0 <= y < view.height):
        return Hit(BoardPlace.NOWHERE)
    if y == 0:
        return Hit(BoardPlace.TITLE, key=_sign_filter(view, x))
    if y == shown.hint_y:
        return _hint(view, x)
    if y >= shown.hint_y - max(1, len(view.foot)):
        return Hit(BoardPlace.STATUS)
    if x >= shown.board_width:
        pane = view.pane
        return (
            Hit(BoardPlace.PANE, row=y - 1 + pane.top)
            if pane and x > shown.board_width
            else _NOWHERE
        )
    tab = _tab(view, x) if y == shown.rule_y else None
    slot = column_at(view, x)
    if tab is not None or slot is None:
        return tab or _NOWHERE
    if y < shown.body_y:
        head = head_lines(view, slot.column, slot.width, shown.head_rows)
        before, arrow, _ = text_of(head[0]).partition(ABOVE) if head else ("", "", "")
        is_above = y == shown.head_y and arrow and x >= slot.x + cell_width(before)
        return Hit(BoardPlace.ABOVE if is_above else BoardPlace.HEAD, slot.column)
    return _card(view, slot, y - shown.body_y)


_NOWHERE = Hit(BoardPlace.NOWHERE)


SIGN_FILTERS: Final[Mapping[Role, str]] = {
    "bar.overdue": "overdue -snoozed",
    "bar.none": "open next:none -overdue -snoozed",
    "bar.stalled": "stalled -overdue -next:none",
}
"""The filter that finds the deals of each count in the title, the gravest first."""


def _sign_filter(view: BoardView, x: int) -> str:
    """The filter behind the count under a cell of the title; empty elsewhere."""
    end = 0
    for span in title_line(view):
        end += width_of((span,))
        if x < end:
            return SIGN_FILTERS.get(span[1], "")
    return ""


def _hint(view: BoardView, x: int) -> Hit:
    for key in hint_keys(view.hints, view.width, view.glyphs):
        if key.x <= x < key.x + key.width:
            return Hit(BoardPlace.HINT, key=key.key)
    return _NOWHERE


def _tab(view: BoardView, x: int) -> Hit | None:
    for tab in strip(view).tabs:
        if tab.x <= x < tab.x + tab.width:
            return Hit(BoardPlace.TAB, tab.column)
    return None


def _card(view: BoardView, slot: Slot, y: int) -> Hit:
    count = view.board.columns[slot.column].count
    top = view.top(slot.column)
    if y == layout(view).body_rows - 1 and cards_below(view, slot.column):
        return Hit(BoardPlace.BELOW, slot.column)
    row = top + y // card_rows(view, slot.column)
    return (
        Hit(BoardPlace.CARD, slot.column, row)
        if row < count
        else Hit(BoardPlace.COLUMN, slot.column)
    )
