"""Help: all keys of a screen and the filter syntax, from the tables the program itself reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import ClassVar, Final

from textual.binding import BindingType

from pipeboard.domain.board import Card
from pipeboard.domain.deal import Status
from pipeboard.domain.filter_fields import FIELDS, FORMS, STATES
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.money import Money
from pipeboard.domain.phrases import spoken
from pipeboard.domain.signs import Sign
from pipeboard.domain.text import fold
from pipeboard.ui.draw.card import SIGN_ROLES, CardStyle, card_lines
from pipeboard.ui.draw.line import (
    ABOUT,
    BAR,
    BEFORE,
    FULL,
    MARKED,
    OPEN,
    STEP,
    Glyphs,
    Hint,
    KeyGroup,
    Line,
    blank,
    exactly,
    key_name,
    key_table,
    left,
    spelled,
    text_of,
    title_bar,
    whole,
    wrap,
)
from pipeboard.ui.keys import UNBOUND, Key, key_for, name_of
from pipeboard.ui.overlays.overlay import Panel, TypingOverlay, bound
from pipeboard.ui.terminal.width import cell_width
from pipeboard.ui.widgets.line_input import LineInput
from pipeboard.ui.widgets.page import glyphs_of

_LABEL: Final[Line] = ((" / ", "input.label"),)
_FIRST_COLUMN: Final = 24
_WIDEST_OTHER: Final = 3
_ARROWS: Final = {"left": "←", "right": "→", "up": "↑", "down": "↓"}
# As wide as `key_table` makes them at least.
_COLUMN_CELLS: Final = 38


def groups_of(commands: Iterable[Key]) -> list[KeyGroup]:
    """The keys under their headings; the digits that go to a stage are one line."""
    groups: dict[str, list[Hint]] = {}
    tells_digits = False
    for command in commands:
        hints = groups.setdefault(spoken(str(command.group)).upper(), [])
        if command.action != f"stage_{command.keys}":
            hints.append((_keys(command), spoken(command.help)))
        elif command.action != "stage_0" and not tells_digits:
            tells_digits = True
            hints.append(("1-9", spoken(_ANY_STAGE)))
    return [KeyGroup(title, tuple(hints)) for title, hints in groups.items()]


_EXAMPLE: Final = Card(
    id=142,
    version=1,
    stage_id=1,
    title="Packaging line",
    account="Lumen Oy",
    owner="ana",
    status=Status.OPEN,
    value=Money(4_000_000, "EUR"),
    sign=Sign.OVERDUE,
    next_text="call Mika",
    next_due=None,
    days_in_stage=26,
    days_untouched=3,
    over_limit=True,
    probability_bp=6_000,
    probability_by_hand=True,
    answered=3,
    expected_close=None,
    closed_on=None,
    snoozed_until=None,
    rank=1,
)
_EXAMPLE_CELLS: Final = 34
_SIGNS: Final[Mapping[Sign, str]] = {
    Sign.OVERDUE: "its next step is overdue",
    Sign.NO_NEXT_STEP: "it has no next step, or one without a day",
    Sign.STALLED: "stalled: too long in its stage, or nobody touched it",
}
_PARTS: Final = (
    ("40k", "its value; in the pipeline's currency where none is named"),
    ("Packaging line", "which deal of the company it is"),
    (STEP, "what comes next: -2d was due two days ago, Thu is the coming one"),
    ("26d", "days in its stage, strong once they are too many; 26d+ is that many or more"),
    ("@ana", "who owns it"),
    ("Q3/7", f"3 of 7 questions answered; so says Q{FULL}{FULL}{FULL}{OPEN}{OPEN}{OPEN}{OPEN}"),
    ("60%", "its probability; =60% is the owner's own word, not the stage's"),
    (MARKED, "marked: keys are for all that are"),
    (BAR, "under the cursor: keys are for this one"),
)
_AROUND: Final = (
    ("Lead 12  88k", "a stage: how many deals it holds, and their sum"),
    ("med 9d", "how long deals usually stay in the stage"),
    ("5d/14", "5 days in its stage, of 14 that are expected"),
    (f"{BEFORE} 2 Qualify 9!2", "a stage off the screen: its number, deals, the gravest sign"),
    ("gate", "what a stage asks for before a deal goes on from it"),
)


def _by_keys(commands: Sequence[Key]) -> tuple[tuple[str, str], ...]:
    """What stands around the cards and is looked into with a key."""
    walks, counts, converts = (
        key_for(commands, action) for action in ("attention", "metrics", "currency")
    )
    return (
        (
            "!9 ?6 ~9",
            f"so many deals carry the sign; {walks} walks through them, a click shows them",
        ),
        (
            "wtd 425k",
            f"every open deal by its probability, whenever it is due ({counts}: due in the period)",
        ),
        (f"{ABOUT}40k", f"converted to the workspace's currency ({converts})"),
    )


_ANY_STAGE: Final = "go to stage n"
_HEADS: Final = ("A card and its signs", "Around the cards")


def legend_words() -> tuple[str, ...]:
    """Every sentence of the legend, and the help of the keys that go to a stage."""
    told = (text for _, text in (*_SIGNS.items(), *_PARTS, *_AROUND))
    return (*_HEADS, *told, _ANY_STAGE)


def legend_lines(commands: Sequence[Key], today: date, glyphs: Glyphs) -> list[Line]:
    """A card as the board draws it, and what each sign on it and around it means, with these keys
    of the board; as `filter_lines` are, but for the rows of the card."""
    card = replace(_EXAMPLE, next_due=today - timedelta(days=2))
    style = CardStyle(_EXAMPLE_CELLS, 4, today, questions=7, symbol=True, glyphs=glyphs)
    lines: list[Line] = [(whole(spoken(_HEADS[0]).upper(), "pane.head"),)]
    lines += [(blank(2), *row) for row in card_lines(card, style, under_cursor=True)]
    lines += [
        ((str(sign), SIGN_ROLES[sign]), whole(spoken(text), "text"))
        for sign, text in _SIGNS.items()
    ]
    lines += [(whole(sign, "pane.tag"), whole(spoken(text), "text")) for sign, text in _PARTS]
    lines.append((whole(spoken(_HEADS[1]).upper(), "pane.head"),))
    around = (*_by_keys(commands), *_AROUND)
    lines += [(whole(sign, "pane.tag"), whole(spoken(text), "text")) for sign, text in around]
    return [spelled(line, glyphs) for line in lines]


def filter_lines() -> list[Line]:
    """The filter syntax: what can be typed, and which deals it lets through. A line of one run is
    a heading; in the others the rest explains the first."""
    parts: list[tuple[str, Iterable[tuple[str, str]]]] = [
        ("FILTER: FIELDS", ((field.example, field.help) for field in FIELDS)),
        ("FILTER: STATES", STATES.items()),
        ("FILTER: HOW TO COMBINE", FORMS),
    ]
    lines: list[Line] = []
    for title, rows in parts:
        lines.append((whole(title, "pane.head"),))
        lines += [(whole(typed, "pane.tag"), whole(text, "text")) for typed, text in rows]
    return lines


class Help(TypingOverlay[None]):
    """Fills the screen with a `legend`, the groups of keys, then the `extra` lines (see
    `filter_lines`); typing leaves those that hold every word."""

    BINDINGS: ClassVar[list[BindingType]] = bound(
        {
            "f1": "cancel",
            "up": "scroll(-1)",
            "down,enter": "scroll(1)",
            "pageup": "scroll_page(-1)",
            "pagedown": "scroll_page(1)",
        }
    )

    def __init__(
        self,
        title: str,
        groups: Sequence[KeyGroup],
        extra: Sequence[Line] = (),
        legend: Sequence[Line] = (),
    ) -> None:
        super().__init__(LineInput(placeholder="type to search"))
        self._heading = title
        self._groups = tuple(groups)
        self._extra = tuple(extra)
        self._legend = tuple(legend)
        self._top = self._page = self._last_top = 0

    def draw(self, width: int, height: int) -> Panel:
        words = fold(self.text).split()
        lines = _explained(self._legend, words, width)
        for part in (self._keys(words, width), _explained(self._extra, words, width)):
            lines += [(), *part] if lines and part and not words else part
        if not lines:
            lines = [(blank(3), ("nothing matches", "empty"))]
        self._page = max(1, height - 3)
        self._last_top = max(0, len(lines) - self._page)
        self._top = min(self._top, self._last_top)
        shown = lines[self._top : self._top + self._page]
        end = f"{self._top + len(shown)} of {len(lines)} lines" if self._last_top else ""
        start = (whole("Help:", "bar.product"), blank(1, "bar"), whole(self._heading, "bar.title"))
        bar = title_bar(start, (whole(end, "bar.dim"),), width)
        hints = [("↑↓", "Scroll"), ("PgDn", "Page"), ("Esc", "Close")]
        return Panel((bar,), hints, shown + [()] * (self._page - len(shown)), _LABEL)

    def on_input_changed(self) -> None:
        if self.text == "/":
            # Who looks for something types that first elsewhere.
            self.line.write("")
        self._top = 0
        self.redraw()

    def on_input_submitted(self) -> None:
        self.action_scroll(1)

    def roll(self, lines: int) -> None:
        self.action_scroll(lines)

    def action_scroll(self, lines: int) -> None:
        """So many lines down."""
        self._top = max(0, min(self._top + lines, self._last_top))
        self.redraw()

    def action_scroll_page(self, pages: int) -> None:
        """So many screens down."""
        self.action_scroll(pages * self._page)

    def _keys(self, words: Sequence[str], width: int) -> list[Line]:
        groups = []
        for title, hints in self._groups:
            kept = tuple(hint for hint in hints if _holds(" ".join((title, *hint)), words))
            if kept:
                groups.append(KeyGroup(title, kept))
        each = width // max(1, min(3, width // _COLUMN_CELLS))
        glyphs = glyphs_of(self.app)
        whole_groups = [_unabridged(group, each, glyphs) for group in groups]
        return key_table(whole_groups, width, glyphs) if groups else []


def _explained(explained: Sequence[Line], words: Sequence[str], width: int) -> list[Line]:
    """The lines that hold every word, in two columns; headings, and rows of a drawing, only where
    nothing is looked for."""
    lines: list[Line] = []
    for line in explained:
        if len(line) == 2:
            lines += _two_columns(line, width) if _holds(text_of(line), words) else []
        elif not words:
            heads = [(blank(1), *line)] if len(line) == 1 else [exactly(line, width)]
            lines += [(), *heads] if lines and len(line) == 1 else heads
    return lines


def _keys(command: Key) -> str:
    """The keys of a command: the first one, and the others that are short."""
    if command.shown or command.keys == UNBOUND:
        return command.shown or command.first_key
    first, *others = (_ARROWS.get(key, name_of(key)) for key in command.keys.split(","))
    return " ".join((first, *(other for other in others if len(other) <= _WIDEST_OTHER)))


def _unabridged(group: KeyGroup, width: int, glyphs: Glyphs) -> KeyGroup:
    """The group with what is too long for `width` cells going on in lines without a key."""
    room = width - max(cell_width(key_name(key, glyphs)) for key, _ in group.keys) - 5
    rows: list[Hint] = []
    for key, label in group.keys:
        first, *rest = wrap(label, room)
        rows += [(key, first), *(("", part) for part in rest)]
    return KeyGroup(group.title, tuple(rows))


def _holds(text: str, words: Sequence[str]) -> bool:
    folded = fold(text)
    return all(word in folded for word in words)


def _two_columns(line: Line, width: int) -> list[Line]:
    (typed, role), *rest = line
    first = min(_FIRST_COLUMN, width // 2)
    room = max(1, width - first - 3)
    parts = wrap(text_of(rest), room)
    names = wrap(typed, first - 1)
    height = max(len(parts), len(names))
    parts += [""] * (height - len(parts))
    names += [""] * (height - len(names))
    return [
        (blank(2), left(name, first, role), whole(part, rest[0][1]))
        for name, part in zip(names, parts, strict=True)
    ]
