"""The board screen, line by line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pipeboard.domain.attention import Sign
from pipeboard.domain.board import Card
from pipeboard.domain.dates import format_day
from pipeboard.domain.status import Status
from pipeboard.ui.draw.card import SIGN_ROLES, card_lines
from pipeboard.ui.draw.frame import hint_line
from pipeboard.ui.draw.glyphs import BELOW, BETWEEN, DOT, FOCUSED, spelled
from pipeboard.ui.draw.heading import head_lines, rule_line, strip, title_line
from pipeboard.ui.draw.layout import Slot, cards_below, layout
from pipeboard.ui.draw.line import Line, Span, blank, exactly, left, spread, whole, wrap
from pipeboard.ui.draw.view import SMALLEST, BoardView

_SEPARATOR: Final[Span] = (BETWEEN, "rule")


def draw_board(view: BoardView) -> list[Line]:
    """All lines of the screen, each exactly as wide as it."""
    return [draw_line(view, y) for y in range(view.height)]


def draw_line(view: BoardView, y: int) -> Line:
    """One line of the screen, counted from 0 at the top."""
    if view.is_too_small:
        return _too_small(view, y)
    shown = layout(view)
    if y == 0:
        line = title_line(view)
    elif y == shown.hint_y:
        line = hint_line(view.hints, view.width, view.glyphs)
    elif y >= shown.hint_y - len(view.foot):
        line = exactly(view.foot[y - shown.hint_y + len(view.foot)], view.width)
    elif y == shown.status_y:
        line = _status(view)
    elif shown.pane_width:
        line = (*_board_part(view, y), _pane_edge(view), *_pane_part(view, y))
    else:
        line = _board_part(view, y)
    return spelled(line, view.glyphs)


def _too_small(view: BoardView, y: int) -> Line:
    across, down = SMALLEST
    text = f"{view.width}x{view.height} is too small (min {across}x{down})."
    lines = wrap(text, max(1, view.width))
    return (left(lines[y] if y < len(lines) else "", view.width, "text"),)


def _board_part(view: BoardView, y: int) -> Line:
    shown = layout(view)
    if y == shown.strip_y:
        return strip(view).line
    if y == shown.rule_y:
        return rule_line(view)
    if y >= shown.body_y:
        return _body_line(view, y - shown.body_y)
    row = y - (shown.head_y or 0)
    return _side_by_side(
        head_lines(view, slot.column, slot.width, shown.head_rows)[row] for slot in shown.slots
    )


def _side_by_side(cells: Iterable[Line]) -> Line:
    spans: list[Span] = []
    for cell in cells:
        if spans:
            spans.append(_SEPARATOR)
        spans += cell
    return tuple(spans)


def _body_line(view: BoardView, y: int) -> Line:
    shown = layout(view)
    if y < 2 and hides_all(view):
        text = f" 0 of {view.board.total} match; Esc clears" if y else ""
        return (left(text, shown.board_width, "empty"),)
    return _side_by_side(_cell(view, slot, y) for slot in shown.slots)


def hides_all(view: BoardView) -> bool:
    """Has the filter left nothing on the board?"""
    return view.board.lens.filter is not None and not any(
        column.count for column in view.board.columns
    )


def _cell(view: BoardView, slot: Slot, y: int) -> Line:
    """Line `y` of the cards of one column."""
    column = view.board.columns[slot.column]
    if not column.count:
        return _empty_cell(view, slot, y)
    place, sub = divmod(y, view.density)
    top = view.top(slot.column)
    row = top + place
    if y == layout(view).body_rows - 1 and cards_below(view, slot.column):
        return (left(_more(view, slot, sub), slot.width, "more"),)
    card = view.card(slot.column, row)
    if card is None or row >= column.count:
        return (blank(slot.width),)
    under_cursor = view.cursor == (slot.column, row)
    return card_lines(card, view.card_style(slot.width), under_cursor, card.id in view.marks)[sub]


def _more(view: BoardView, slot: Slot, sub: int) -> str:
    """How many cards there are below; one of which the name can be read is not among them."""
    unseen = cards_below(view, slot.column) - bool(sub)
    return f"  {BELOW} {unseen} more" if unseen else f"  {BELOW} more"


def _empty_cell(view: BoardView, slot: Slot, y: int) -> Line:
    text = "no deals"
    if view.cursor[0] == slot.column and view.board.columns[slot.column].stage.is_open:
        text = "no deals; a adds here"
    lines = wrap(text, slot.width - 4)
    return (left(f"   {lines[y]}" if y < len(lines) else "", slot.width, "empty"),)


def _status(view: BoardView) -> Line:
    line = view.status or cursor_status(view)
    return spread((blank(1), *line), (*view.status_right, blank(1)), view.width)


def cursor_status(view: BoardView) -> Line:
    """The deal under the cursor in words, for those whose card says too little: which deal of the
    company it is, and what its sign means."""
    spans: list[Span] = []
    if view.marks:
        spans.append((f"{len(view.marks)} marked {DOT} ", "status"))
    card = view.cursor_card
    if card is None:
        return tuple(spans)
    title = f" / {card.title}" if card.account and card.title else ""
    spans.append(whole(f"{card.ref} {card.name}{title}", "status"))
    why = _why(card, view)
    if why:
        spans += [(f" {DOT} ", "status"), whole(why, SIGN_ROLES[card.sign])]
    return tuple(spans)


def _why(card: Card, view: BoardView) -> str:
    today = view.board.lens.today
    if card.status is not Status.OPEN:
        return ""
    match card.sign:
        case Sign.OVERDUE if card.next_due is not None:
            late = (today - card.next_due).days
            return f"next step {late} d overdue"
        case Sign.NO_NEXT_STEP:
            return "no next step"
        case Sign.STALLED if card.over_limit:
            stage = view.board.pipeline.stage(card.stage_id)
            return f"{card.days_in_stage} d in {stage.name} (limit {stage.expected_days})"
        case Sign.STALLED:
            return "nothing happens: no touch, nothing planned"
        case _:
            if card.snoozed_until is not None and card.snoozed_until > today:
                return f"snoozed until {format_day(card.snoozed_until, today)}"
            return ""


def _pane_edge(view: BoardView) -> Span:
    focused = view.pane is not None and view.pane.focused
    return (FOCUSED, "cursor") if focused else _SEPARATOR


def _pane_part(view: BoardView, y: int) -> Line:
    shown, pane = layout(view), view.pane
    if pane is None:
        return ()
    index = y - 1 + pane.top
    line = pane.lines[index] if 0 <= index < len(pane.lines) else ()
    return exactly((blank(1), *exactly(line, shown.pane_width - 1)), shown.pane_width)
