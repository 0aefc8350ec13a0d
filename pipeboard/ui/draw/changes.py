"""Changes of the screen: which cells look different after a change of the view."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from pipeboard.domain.board import Card
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.ui.draw.board import draw_line, hides_all, status_rows
from pipeboard.ui.draw.heading import head_lines, strip, title_line
from pipeboard.ui.draw.layout import (
    BoardLayout,
    BoardView,
    Region,
    Slot,
    card_region,
    card_rows,
    cards_below,
    column_at,
    column_region,
    layout,
    places,
)
from pipeboard.ui.draw.line import ABOVE, hint_keys, text_of, width_of
from pipeboard.ui.palette import Role
from pipeboard.ui.terminal.width import cell_width

# Pointing: what a click on the board hits.


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
    if y > shown.status_y - len(status_rows(view)):
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


def changes(before: BoardView, after: BoardView) -> list[Region]:
    """The regions to draw again; the whole screen where its layout is another.

    A cursor key changes two cards and the status line, a moved card the cards under it in two
    columns. Windows and marks that are the same objects as before are not looked into.
    """
    if before == after:
        return []
    shown = layout(after)
    if (
        _without_slots(before) != _without_slots(after)
        or before.glyphs != after.glyphs
        or after.is_too_small
        or not _same_stages(before, after)
    ):
        return [Region(0, 0, after.width, after.height)]
    regions = [Region(0, y, after.width, 1) for y in _changed_edges(before, after)]
    regions += _changed_heads(before, after)
    if hides_all(before) or hides_all(after):
        regions.append(Region(0, shown.body_y, shown.board_width, shown.body_rows))
    else:
        for slot in shown.slots:
            if slot not in layout(before).slots:
                regions.append(_whole_column(after, slot))
            else:
                regions += _changed_cards(before, after, slot)
    if before.pane != after.pane and shown.pane_width:
        regions.append(Region(shown.board_width, 1, shown.pane_width + 1, shown.status_y - 1))
    return regions


def _same_stages(before: BoardView, after: BoardView) -> bool:
    """Are the columns those of before? Else there is none to compare some of them with."""
    was, now = before.board.columns, after.board.columns
    return was is now or [one.stage.id for one in was] == [one.stage.id for one in now]


def _without_slots(view: BoardView) -> BoardLayout:
    return replace(layout(view), slots=())


def _whole_column(view: BoardView, slot: Slot) -> Region:
    """A column from its head to its last line, with the line after it."""
    shown = layout(view)
    y = shown.head_y if shown.head_y is not None else shown.body_y
    width = min(slot.width + 1, shown.board_width - slot.x)
    return Region(slot.x, y, width, shown.status_y - y)


def _changed_edges(before: BoardView, after: BoardView) -> Iterator[int]:
    """The lines from side to side: title, status, hints."""
    shown = layout(after)
    if not _same_board(before, after) and title_line(before) != title_line(after):
        yield 0
    rows = max(len(status_rows(before)), len(status_rows(after)))
    for y in range(shown.hint_y - rows, shown.hint_y):
        if draw_line(before, y) != draw_line(after, y):
            yield y
    if before.hints != after.hints:
        yield shown.hint_y


def _same_board(before: BoardView, after: BoardView) -> bool:
    return before.board is after.board and (before.filter_text, before.demo, before.read_only) == (
        after.filter_text,
        after.demo,
        after.read_only,
    )


def _changed_heads(before: BoardView, after: BoardView) -> Iterator[Region]:
    shown = layout(after)
    if shown.rule_y is not None and strip(before) != strip(after):
        yield Region(0, shown.rule_y, shown.board_width, 1)
    if shown.head_y is None or (
        before.board is after.board
        and before.cursor[0] == after.cursor[0]
        and before.tops == after.tops
    ):
        return
    for slot in shown.slots:
        heads = [
            head_lines(view, slot.column, slot.width, shown.head_rows) for view in (before, after)
        ]
        if heads[0] != heads[1]:
            yield Region(slot.x, shown.head_y, slot.width, shown.head_rows)


def _changed_cards(before: BoardView, after: BoardView, slot: Slot) -> list[Region]:
    column = slot.column
    if _is_drawn_otherwise(before, after, slot):
        return [column_region(after, slot)]
    if _stands_still(before, after, column):
        return []
    old, new = _shown(before, column), _shown(after, column)
    regions = [
        card_region(after, slot, place)
        for place, (was, now) in enumerate(zip(old, new, strict=True))
        if was != now
    ]
    if cards_below(before, column) != cards_below(after, column):
        regions.append(Region(slot.x, layout(after).status_y - 1, slot.width, 1))
    return regions


def _is_drawn_otherwise(before: BoardView, after: BoardView, slot: Slot) -> bool:
    was, now = before.board.columns[slot.column], after.board.columns[slot.column]
    return was.stage.id != now.stage.id or (
        before.card_style(slot.width, card_rows(before, slot.column))
        != after.card_style(slot.width, card_rows(after, slot.column))
    )


def _stands_still(before: BoardView, after: BoardView, column: int) -> bool:
    return (
        before.windows[column] is after.windows[column]
        and before.top(column) == after.top(column)
        and before.marks is after.marks
        and before.board.columns[column].count == after.board.columns[column].count
        and (before.cursor == after.cursor or column not in (before.cursor[0], after.cursor[0]))
    )


def _shown(view: BoardView, column: int) -> list[tuple[Card | None, bool, bool]]:
    """What decides how each card of a column looks, from the first on the screen on."""
    top = view.top(column)
    shown = []
    for row in range(top, top + places(view, column)):
        card = view.card(column, row)
        marked = card is not None and card.id in view.marks
        shown.append((card, view.cursor == (column, row), marked))
    return shown
