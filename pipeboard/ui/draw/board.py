"""The board screen, line by line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pipeboard.domain.board import Card
from pipeboard.domain.counts import in_figures
from pipeboard.domain.deal import Status
from pipeboard.domain.locales import written
from pipeboard.domain.signs import Sign
from pipeboard.ui.draw.card import SIGN_ROLES, card_lines, ended, owner_text
from pipeboard.ui.draw.heading import (
    NARROWEST_HEAD,
    found,
    head_lines,
    stage_names,
    strip,
    title_line,
)
from pipeboard.ui.draw.layout import SMALLEST, BoardView, Slot, card_rows, cards_below, layout
from pipeboard.ui.draw.line import (
    BELOW,
    BETWEEN,
    DOT,
    FOCUSED,
    Line,
    Span,
    blank,
    count_said,
    exactly,
    hint_line,
    left,
    spelled,
    status_line,
    status_lines,
    whole,
    width_of,
    wrap,
)
from pipeboard.ui.palette import Role
from pipeboard.ui.terminal.width import clusters

_SEPARATOR: Final[Span] = (BETWEEN, "rule")
_LEAST_SAID: Final = 12
"""Cells below which nothing is said of a deal and its step: there is no room for either."""


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
    elif (said := _said(view, y)) is not None:
        line = said
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
    if y == shown.rule_y:
        return strip(view).line
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
        of, key = found(view)[1], view.clears
        none = "0 found" if of is None else f"0 of {in_figures(of)} match"
        text = f" {none}; {key} clears" if y else ""
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
    rows = card_rows(view, slot.column)
    place, sub = divmod(y, rows)
    top = view.top(slot.column)
    row = top + place
    if y == layout(view).body_rows - 1 and cards_below(view, slot.column):
        return (left(_more(view, slot, sub), slot.width, "more"),)
    card = view.card(slot.column, row)
    if card is None or row >= column.count:
        return (blank(slot.width),)
    under_cursor = view.cursor == (slot.column, row)
    style = view.card_style(slot.width, rows)
    return card_lines(card, style, under_cursor, card.id in view.marks)[sub]


def _more(view: BoardView, slot: Slot, sub: int) -> str:
    """How many cards there are below; one of which the name can be read is not among them."""
    unseen = cards_below(view, slot.column) - bool(sub)
    return f"  {BELOW} {in_figures(unseen)} more" if unseen else f"  {BELOW} more"


def _empty_cell(view: BoardView, slot: Slot, y: int) -> Line:
    here = view.cursor[0] == slot.column
    if not here and slot.width < NARROWEST_HEAD:
        # The name downwards, a letter in each row.
        letters = [sign for sign, _ in clusters(stage_names(view)[slot.column])]
        letter = letters[y] if y < len(letters) else ""
        return (left(f"{'':{(slot.width - 1) // 2}}{letter}", slot.width, "empty"),)
    is_open = view.board.columns[slot.column].stage.is_open
    can_add = here and is_open and not view.read_only
    lines = wrap(f"no deals; {view.adds} adds here" if can_add else "no deals", slot.width - 2)
    return (left(f" {lines[y]}" if y < len(lines) else "", slot.width, "empty"),)


def status_rows(view: BoardView) -> tuple[Line, ...]:
    """The status line, and what is said that needs more, over the lowest cards."""
    right = view.status_right
    if view.status:
        return status_lines(view.status, right, view.width, view.height)
    room = view.width - 2 - (width_of(right) + 2 if right else 0)
    return (status_line(cursor_status(view, room), right, view.width),)


def _said(view: BoardView, y: int) -> Line | None:
    """What is said in a line of the screen; None where cards are seen there."""
    above = layout(view).status_y - y
    rows = status_rows(view) if view.status or not above else ()
    return rows[-1 - above] if above < len(rows) else None


def _marked(view: BoardView) -> str:
    """How many deals keys act on, and how many of them a filter hides, where all that it finds is
    at hand."""
    found = {card.id for window in view.windows for card in window.cards}
    is_known = view.filter_text and len(found) == sum(view.counts)
    hidden = len(view.marks - found) if is_known else 0
    said = f"{in_figures(len(view.marks))} marked"
    return f"{said}, {in_figures(hidden)} not among these" if hidden else said


def cursor_status(view: BoardView, width: int) -> Line:
    """The deal under the cursor in words: which deal of the company it is, what is to be done on
    which day, what its sign means, and whose it is. Where that is too much the reason of the sign
    goes first, then its number, then the ends of the title and of the step."""
    only_marked: Line = ((_marked(view), "status"),) if view.marks else ()
    marked: Line = (*only_marked, (f" {DOT} ", "status")) if view.marks else ()
    card = view.cursor_card
    if card is None:
        return only_marked
    room = width - width_of(marked)
    why = whole(_why(card, view), SIGN_ROLES[card.sign])
    step = _next(card, view)
    owner = whole(owner_text(card), "status")
    ref, subject = whole(f"{card.ref} ", "status"), f" / {card.subject}" if card.subject else ""
    name: Line = (whole(card.name, "status.name"), whole(subject, "status.name"))
    for head, tail in (
        ((ref, *name), (step, (why,), (owner,))),
        ((ref, *name), (step, (owner,))),
        (name, (step, (owner,))),
    ):
        line = (*head, *_joined(tail))
        if width_of(line) <= room:
            return (*marked, *line)
    # Half for which deal it is, half for what is next on it, and what one leaves to the other.
    rest = room - width_of(_joined(((owner,),))) - 3
    if rest < _LEAST_SAID:  # marks, or what others did, take nearly all of the line
        is_told = room >= min(width_of(name), _LEAST_SAID)
        return (*marked, *exactly(name, min(width_of(name), room))) if is_told else only_marked
    least = min(width_of(name), max(rest - width_of(step), rest // 2))
    return (
        *marked,
        *exactly(name, least),
        *_joined((exactly(step, min(width_of(step), rest - least)), (owner,))),
    )


def _joined(parts: Iterable[Line]) -> Line:
    """The parts with a dot before each, without those that are empty."""
    dot: Span = (f" {DOT} ", "status")
    return tuple(span for part in parts if width_of(part) for span in (dot, *part))


def _next(card: Card, view: BoardView) -> Line:
    """What is next on a deal, the day first; how it stands where nothing is to be done."""
    today = view.board.lens.today
    if card.status is not Status.OPEN:
        return (whole(ended(card, today), "status"),)
    if card.snoozed_until is not None and card.is_snoozed(today):
        return (whole(f"snoozed until {written().day(card.snoozed_until, today)}", "status"),)
    if not card.next_text and card.next_due is None:
        return (("no next step", SIGN_ROLES[Sign.NO_NEXT_STEP]),)
    if card.next_due is None:
        missing: Span = ("no day", SIGN_ROLES[Sign.NO_NEXT_STEP])
        return (missing, whole(f" {card.next_text}", "status.step"))
    late = (today - card.next_due).days
    day = f"{late} d overdue" if late > 0 else written().day(card.next_due, today)
    role: Role = SIGN_ROLES[Sign.OVERDUE] if late > 0 else "status.step"
    return (whole(day, role), whole(f" {card.next_text}".rstrip(), "status.step"))


def _why(card: Card, view: BoardView) -> str:
    """Why a deal counts as stalled; the other signs repeat what its next step says."""
    if card.sign is not Sign.STALLED or card.status is not Status.OPEN:
        return ""
    stage = view.board.pipeline.stage(card.stage_id)
    if card.over_limit:
        if not card.entry_known:
            return f"{card.days_in_stage} d or more in {stage.name} (limit {stage.expected_days})"
        return f"{card.days_in_stage} d in {stage.name} (limit {stage.expected_days})"
    return f"untouched for {card.days_untouched} d (limit {stage.idle_days})"


def _pane_edge(view: BoardView) -> Span:
    focused = view.pane is not None and view.pane.focused
    return (FOCUSED, "cursor") if focused else _SEPARATOR


def _pane_part(view: BoardView, y: int) -> Line:
    shown, pane = layout(view), view.pane
    if pane is None:
        return ()
    index = y - 1 + pane.top
    line = pane.lines[index] if 0 <= index < len(pane.lines) else ()
    if y == shown.status_y - 1 and (below := count_said(pane.lines[index + 1 :])):
        below += count_said((line,))
        line = (whole(f"{BELOW} {in_figures(below)} more line{'s' * (below > 1)}", "more"),)
    return exactly((blank(1), *exactly(line, shown.pane_width - 1)), shown.pane_width)
