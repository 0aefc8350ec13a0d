"""One deal as a card of one, two or three rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from pipeboard.domain.attention import Sign
from pipeboard.domain.board import Card
from pipeboard.domain.dates import format_day
from pipeboard.domain.status import Status
from pipeboard.domain.text import printable
from pipeboard.ui.draw.glyphs import BAR, FULL, MARKED, OPEN, STEP, Glyphs, money_text, spelled
from pipeboard.ui.draw.line import Line, Span, blank, exactly, left, right, spread
from pipeboard.ui.palette import Role
from pipeboard.ui.terminal.width import cell_width, fit

SIGN_ROLES: Final[Mapping[Sign, Role]] = {
    Sign.OVERDUE: "sign.overdue",
    Sign.NO_NEXT_STEP: "sign.none",
    Sign.STALLED: "sign.stalled",
    Sign.NONE: "text",
}
_INDENT: Final = 3  # cursor, sign, mark
_LONGEST_OWNER: Final = 12
_PERCENT: Final = 5
_DATE: Final = 9


@dataclass(frozen=True, slots=True)
class CardStyle:
    """What all cards of a column have in common.

    `questions` is how many questions the pipeline asks, `symbol` whether amounts name their
    currency, `owner` whether the cards name theirs.
    """

    width: int
    density: int
    today: date
    questions: int = 0
    symbol: bool = False
    owner: bool = True
    glyphs: Glyphs = Glyphs.UNICODE


@lru_cache(maxsize=4096)
def card_lines(
    card: Card, style: CardStyle, under_cursor: bool = False, marked: bool = False
) -> tuple[Line, ...]:
    """The card's rows, as many as the density says, each exactly as wide as the column."""
    rows = [_name_row(card, style, under_cursor, marked)]
    if style.density > 1:
        rows.append(_step_row(card, style, under_cursor))
    if style.density > 2:
        rows.append(_fact_row(card, style, under_cursor))
    return tuple(spelled(exactly(row, style.width), style.glyphs) for row in rows)


def _name_row(card: Card, style: CardStyle, under_cursor: bool, marked: bool) -> Line:
    role: Role = "cursor.name" if under_cursor else "card.marked" if marked else "card.name"
    money = money_text(card.value, style.glyphs, symbol=style.symbol) if card.value else ""
    room = style.width - _INDENT
    # An amount without its last digits is a wrong amount: the name gives way.
    money = money if cell_width(money) <= room else ""
    name_room = room - cell_width(money) - bool(money)
    return (
        _edge(under_cursor),
        (str(card.sign), SIGN_ROLES[card.sign]),
        (MARKED, "mark") if marked else blank(1),
        left(card.name, name_room, role),
        *((blank(1), (money, "cursor.money" if under_cursor else "card.money")) if money else ()),
    )


def _edge(under_cursor: bool) -> Span:
    return (BAR, "cursor") if under_cursor else blank(1)


def _step_row(card: Card, style: CardStyle, under_cursor: bool) -> Line:
    days, role = days_text(card)
    room = style.width - _INDENT - (len(days) + 1 if days else 0)
    end: Line = (blank(1), (days, role)) if days else ()
    return (
        _edge(under_cursor),
        blank(_INDENT - 1),
        *exactly(_what_next(card, style, room), room),
        *end,
    )


def days_text(card: Card) -> tuple[str, Role]:
    """Days in the stage, in at most four cells: `9d`, `412d`, `3y`; nothing for a closed deal."""
    if card.status is not Status.OPEN:
        return "", "card.days"
    days = max(0, card.days_in_stage)
    text = f"{days}d" if days < 1000 else f"{min(days // 365, 99)}y"
    return text, "card.days.over" if card.over_limit else "card.days"


def _what_next(card: Card, style: CardStyle, room: int) -> Line:
    match card.status:
        case Status.OPEN:
            return _step(card, style, room)
        case Status.WON:
            return ((_ended("won", card, style), "card.won"),)
        case Status.LOST:
            return ((_ended("lost", card, style), "card.lost"),)
        case Status.ARCHIVED:
            return (("archived", "card.lost"),)


def _ended(word: str, card: Card, style: CardStyle) -> str:
    day = format_day(card.closed_on, style.today) if card.closed_on else ""
    return f"{word} {day[1:]} ago" if day.startswith("-") else f"{word} {day}".rstrip()


def _step(card: Card, style: CardStyle, room: int) -> Line:
    today = style.today
    if card.snoozed_until is not None and card.snoozed_until > today:
        return ((f"snoozed {format_day(card.snoozed_until, today)}", "card.next"),)
    if not card.next_text and card.next_due is None:
        return (("no next step", "card.missing"),)
    due = format_day(card.next_due, today) if card.next_due else ""
    late = card.next_due is not None and card.next_due < today
    words = printable(card.next_text)
    space = room - 1 - (len(due) + 1 if due and words else len(due))
    if cell_width(words) > space:
        words = fit(words, max(0, space)).rstrip()
    return (
        (STEP, "card.next"),
        (f"{words} " if words and due else words, "card.next"),
        (due, "card.due.over" if late else "card.due"),
    )


def _fact_row(card: Card, style: CardStyle, under_cursor: bool) -> Line:
    """Owner or close date, answers and probability, each in its place so that they line up."""
    room = style.width - _INDENT
    percent = _percent(card)
    answers = _answers(card, style, room - _PERCENT)
    room -= _PERCENT + (len(answers) + 1 if answers else 0)
    return (
        _edge(under_cursor),
        blank(_INDENT - 1),
        *_who_and_when(card, style, room),
        *((blank(1), (answers, "card.fact")) if answers else ()),
        right(percent, _PERCENT, "card.fact"),
    )


def _percent(card: Card) -> str:
    """`60%`; a rep's own word is told from the stage's by the `=` before it."""
    if card.probability_bp is None or card.status is not Status.OPEN:
        return ""
    percent = (card.probability_bp + 50) // 100
    return f"={percent}%" if card.probability_by_hand and percent < 100 else f"{percent}%"


def _answers(card: Card, style: CardStyle, room: int) -> str:
    """`Q●●●○○○` where the owner keeps enough room beside it, else `Q3/6`."""
    if not style.questions or card.status is not Status.OPEN:
        return ""
    given = min(card.answered, style.questions)
    pips = f"Q{FULL * given}{OPEN * (style.questions - given)}"
    least = _DATE if not style.owner else 5
    if style.glyphs is Glyphs.UNICODE and room - len(pips) - 1 >= least:
        return pips
    return f"Q{given}/{style.questions}"


def _who_and_when(card: Card, style: CardStyle, room: int) -> Line:
    close = format_day(card.expected_close, style.today) if card.expected_close else ""
    if card.status is not Status.OPEN:
        close = ""
    if not style.owner:
        return (left(close, room, "card.fact"),)
    owner = f"@{printable(card.owner)}" if card.owner else "no owner"
    if room < _LONGEST_OWNER + 1 + _DATE:
        return (left(owner, room, "card.fact"),)
    return spread(((owner, "card.fact"),), (right(close, _DATE, "card.fact"),), room)
