"""Changes of the screen: which cells look different after a change of the view."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeboard.domain.board import Card
from pipeboard.ui.draw.board import draw_line, hides_all
from pipeboard.ui.draw.heading import head_lines, strip, title_line
from pipeboard.ui.draw.layout import (
    BoardLayout,
    Region,
    Slot,
    card_region,
    card_rows,
    cards_below,
    column_region,
    layout,
    places,
)
from pipeboard.ui.draw.view import BoardView


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


def _without_slots(view: BoardView) -> BoardLayout:
    return replace(layout(view), slots=())


def _whole_column(view: BoardView, slot: Slot) -> Region:
    """A column from its head to its last line, with the line after it."""
    shown = layout(view)
    y = shown.head_y if shown.head_y is not None else shown.body_y
    width = min(slot.width + 1, shown.board_width - slot.x)
    return Region(slot.x, y, width, shown.status_y - y)


def _changed_edges(before: BoardView, after: BoardView) -> Iterator[int]:
    """The lines from side to side: title, status, hints, and what lies over the last cards."""
    shown = layout(after)
    if not _same_board(before, after) and title_line(before) != title_line(after):
        yield 0
    foot = max(1, len(before.foot), len(after.foot))
    for y in range(shown.hint_y - foot, shown.hint_y):
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
    if was.stage.id != now.stage.id or (
        before.card_style(slot.width, card_rows(before, slot.column))
        != after.card_style(slot.width, card_rows(after, slot.column))
    ):
        return True
    if was.count and now.count:
        return False
    here = [view.cursor[0] == slot.column for view in (before, after)]
    return was.count != now.count or here[0] != here[1]


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
