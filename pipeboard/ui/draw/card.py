"""One deal as a card of one row or more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Final

from pipeboard.domain.board import Card
from pipeboard.domain.deal import Status
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.locales import written
from pipeboard.domain.signs import Sign
from pipeboard.domain.text import printable
from pipeboard.ui.draw.line import (
    BAR,
    FULL,
    MARKED,
    OPEN,
    OR_MORE,
    STEP,
    Glyphs,
    Line,
    Span,
    blank,
    exactly,
    left,
    money_text,
    right,
    spelled,
    spread,
    width_of,
)
from pipeboard.ui.palette import Role
from pipeboard.ui.terminal.width import cell_width, fit

SIGN_ROLES: Final[Mapping[Sign, Role]] = {
    Sign.OVERDUE: "sign.overdue",
    Sign.NO_NEXT_STEP: "sign.none",
    Sign.STALLED: "sign.stalled",
    Sign.NONE: "text",
}
_UNDER_CURSOR: Final[Mapping[Role, Role]] = {
    "text": "cursor.text",
    "card.name": "cursor.name",
    "card.marked": "cursor.name",
    "card.asleep": "cursor.name",
    "card.money": "cursor.money",
    "sign.overdue": "cursor.overdue",
    "sign.none": "cursor.none",
    "sign.stalled": "cursor.stalled",
    "mark": "cursor.name",
}
"""What each part of a card's first row becomes on the background of the one under the cursor. The
bar goes down all of its rows: a background there would cost twice the bytes of a cursor key."""
_ASLEEP: Final[Mapping[Role, Role]] = {
    "card.name": "card.asleep",
    "card.money": "card.asleep",
    "card.days.over": "card.asleep",
}
"""A deal that sleeps is dimmer than all that are awake."""
_INDENT: Final = 3  # cursor, sign, mark
_LONGEST_OWNER: Final = 12
_ROWS_WITHOUT_FACTS: Final = 3  # of a card with a title
_LEAST_TITLE: Final = 12  # cells that a title keeps beside its owner
_PERCENT: Final = 5
_DATE: Final = 9


@dataclass(frozen=True, slots=True)
class CardStyle:
    """What all cards of a column have in common.

    `rows` is how many lines each has, `questions` how many questions the pipeline asks, `symbol`
    whether amounts name their currency, `owner` whether the cards name theirs.
    """

    width: int
    rows: int
    today: date
    questions: int = 0
    symbol: bool = False
    owner: bool = True
    glyphs: Glyphs = Glyphs.UNICODE


@lru_cache(maxsize=4096)
def card_lines(
    card: Card, style: CardStyle, under_cursor: bool = False, marked: bool = False
) -> tuple[Line, ...]:
    """The card's rows, as many as the style says, each exactly as wide as the column.

    One row has the name; two, what comes next; three, which deal of the company it is and whose;
    four, the small facts; what is left over goes to a step that is long, or to a long title.
    """
    room = style.width - _INDENT
    rows = [_name_row(card, style, marked)]
    if style.rows > 1:
        has_title = style.rows > 2 and bool(card.subject)
        has_facts = style.rows > 2 + has_title
        left_over = max(0, style.rows - 2 - has_title - has_facts)
        steps = _step_rows(card, style, room, 1 + left_over)
        left_over -= len(steps) - 1
        titles = _title_rows(card, style, room, 1 + left_over) if has_title else []
        facts = [_facts(card, style, room)] if has_facts else []
        rows += [_indented(row) for row in (*titles, *steps, *facts)]
    edge: Span = (BAR, "cursor") if under_cursor else blank(1)
    lines: list[Line] = [(edge, *exactly(row, style.width - 1)) for row in rows]
    if card.is_snoozed(style.today):
        lines = [tuple((text, _ASLEEP.get(role, role)) for text, role in line) for line in lines]
    if under_cursor:
        lines[0] = tuple((text, _UNDER_CURSOR.get(role, role)) for text, role in lines[0])
    lines += [(blank(style.width),)] * (style.rows - len(lines))
    return tuple(spelled(line, style.glyphs) for line in lines)


def _indented(row: Line) -> Line:
    return (blank(_INDENT - 1), *row)


def _name_row(card: Card, style: CardStyle, marked: bool) -> Line:
    role: Role = "card.marked" if marked else "card.name"
    money = money_text(card.value, style.glyphs, symbol=style.symbol) if card.value else ""
    room = style.width - _INDENT
    # An amount without its last digits is a wrong amount: the name gives way.
    money = money if cell_width(money) < room else ""
    name_room = room - cell_width(money) - bool(money)
    return (
        (str(card.sign), SIGN_ROLES[card.sign]),
        (MARKED, "mark") if marked else blank(1),
        left(cut(printable(card.name), name_room), name_room, role),
        *((blank(1), (money, "card.money")) if money else ()),
    )


def _title_rows(card: Card, style: CardStyle, room: int, most: int) -> list[Line]:
    """Which deal of the company it is, and whose where no row for small facts says so."""
    owner = owner_text(card) if style.owner and style.rows == _ROWS_WITHOUT_FACTS else ""
    if room - cell_width(owner) - 1 < _LEAST_TITLE:
        owner = ""
    end: Line = (blank(1), (owner, "card.fact")) if owner else ()
    room -= width_of(end)
    first, rest = broken(printable(card.subject), room)
    if not first or not rest or most < 2:
        return [(left(cut(printable(card.subject), room), room, "card.title"), *end)]
    return [((first, "card.title"),), (left(cut(rest, room), room, "card.title"),)]


def owner_text(card: Card) -> str:
    """Whose deal it is."""
    return f"@{printable(card.owner)}" if card.owner else "no owner"


def _step_rows(card: Card, style: CardStyle, room: int, most: int) -> list[Line]:
    """What happens next, in up to `most` rows, with the days in the stage at the first's end."""
    days, role = days_text(card)
    end: Line = (blank(1), (days, role)) if days else ()
    room -= width_of(end)
    first, *rest = _what_next(card, style, room, most)
    return [(*exactly(first, room), *end), *rest]


def days_text(card: Card) -> tuple[str, Role]:
    """Days in the stage, in at most five cells: `9d`, `412d`, `3y`, `40d+` where it is more than
    anybody knows; nothing for a closed deal."""
    if card.status is not Status.OPEN:
        return "", "card.days"
    days = max(0, card.days_in_stage)
    text = f"{days}d" if days < 1000 else f"{min(days // 365, 99)}y"
    text += "" if card.entry_known else OR_MORE
    return text, "card.days.over" if card.over_limit else "card.days"


def _what_next(card: Card, style: CardStyle, room: int, most: int) -> list[Line]:
    match card.status:
        case Status.OPEN:
            return _step(card, style, room, most)
        case Status.WON:
            return [((ended(card, style.today), "card.won"),)]
        case Status.LOST:
            # The column says that it is lost; when and why is said here alone.
            when = _when(card, style.today)
            text = f"{when} {card.loss}".lstrip() if card.loss else ended(card, style.today)
            return [((text, "card.lost"),)]
        case Status.ARCHIVED:
            text = ended(card, style.today)
            return [((text if cell_width(text) <= room else str(card.status), "card.lost"),)]


def ended(card: Card, today: date) -> str:
    """How a deal that is not open ended, when and why; one that is put away too."""
    if card.status is Status.ARCHIVED:
        when = _when(card, today)
        return f"{card.status}, closed {when}" if when else str(card.status)
    why = f": {card.loss}" if card.loss and card.status is Status.LOST else ""
    return f"{card.status} {_when(card, today)}".strip() + why


def _when(card: Card, today: date) -> str:
    day = written().day(card.closed_on, today) if card.closed_on else ""
    return f"{day[1:]} ago" if day.startswith("-") else day


def _step(card: Card, style: CardStyle, room: int, most: int) -> list[Line]:
    today = style.today
    if card.snoozed_until is not None and card.is_snoozed(today):
        return [((f"snoozed {written().day(card.snoozed_until, today)}", "card.asleep"),)]
    if not card.next_text and card.next_due is None:
        missing = "no next step" if room >= len("no next step") else "no step"
        return [((missing, "card.missing"),)]
    due = "no day" if card.next_due is None else written().day(card.next_due, today)
    late = card.next_due is not None and card.next_due < today
    role: Role = "card.missing" if card.next_due is None else "card.due"
    day: Span = (due, "card.due.over" if late else role)
    words = printable(card.next_text)
    space = room - 1 - (len(due) + 1 if due else 0)
    rest = ""
    if cell_width(words) > space:
        if most > 1:
            words, rest = broken(words, space)
        words = cut(words, max(0, space)).rstrip() if words else ""
    rows: list[Line] = [((STEP, "card.next"), day, (f" {words}" if due else words, "card.next"))]
    if rest:
        space = style.width - _INDENT - 1
        rows.append((blank(1), left(cut(rest, space), space, "card.next")))
    return rows


def broken(text: str, width: int) -> tuple[str, str]:
    """As many whole words of a text as fit in a row, and the rest of it."""
    words = text.split()
    first: list[str] = []
    while words and cell_width(" ".join((*first, words[0]))) <= width:
        first.append(words.pop(0))
    return " ".join(first), " ".join(words)


def cut(text: str, width: int) -> str:
    """A text in at most `width` cells, cut between words where half of the room is enough for
    what is left: half a word says little."""
    if cell_width(text) <= width:
        return text
    first, _ = broken(text, width - 2)
    return f"{first} …" if cell_width(first) * 2 >= width else fit(text, width)


def _facts(card: Card, style: CardStyle, room: int) -> Line:
    """Owner or close date, answers and probability, each in its place so that they line up."""
    percent = _percent(card)
    answers = _answers(card, style, room - _PERCENT)
    room -= _PERCENT + (len(answers) + 1 if answers else 0)
    return (
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
    """`Q●●●○○○` where the owner keeps enough room beside it, else `Q3/6`, else nothing."""
    if not style.questions or card.status is not Status.OPEN:
        return ""
    given = min(card.answered, style.questions)
    pips = f"Q{FULL * given}{OPEN * (style.questions - given)}"
    beside = owner_text(card) if style.owner else _close(card, style)
    least = min(cell_width(beside), _LONGEST_OWNER)
    if style.glyphs is Glyphs.UNICODE and room - len(pips) - 1 >= least:
        return pips
    short = f"Q{given}/{style.questions}"
    return short if room - len(short) - 1 >= least else ""


def _close(card: Card, style: CardStyle) -> str:
    if card.expected_close is None or card.status is not Status.OPEN:
        return ""
    return written().day(card.expected_close, style.today)


def _who_and_when(card: Card, style: CardStyle, room: int) -> Line:
    close = _close(card, style)
    if not style.owner:
        return (left(close, room, "card.fact"),)
    owner = owner_text(card)
    if room < _LONGEST_OWNER + 1 + _DATE:
        return (left(owner, room, "card.fact"),)
    return spread(((owner, "card.fact"),), (right(close, _DATE, "card.fact"),), room)
