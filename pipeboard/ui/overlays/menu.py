"""Menus and lists to choose from: a key for each choice, or lines that typing narrows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar, Final, TypeAlias

from textual.binding import BindingType
from textual.events import Click, Key

from pipeboard.domain.counts import in_figures
from pipeboard.domain.errors import PipeboardError
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.text import fold, spelled_by
from pipeboard.ui.draw.line import (
    BAR,
    Hint,
    Line,
    Span,
    blank,
    exactly,
    spread,
    text_of,
    whole,
    width_of,
)
from pipeboard.ui.keys import name_of
from pipeboard.ui.overlays.draft import Draft
from pipeboard.ui.overlays.overlay import (
    CANCEL,
    Overlay,
    Panel,
    TypingOverlay,
    bound,
    heading,
    indented,
    key_refused,
    upper_edge,
)
from pipeboard.ui.palette import Role
from pipeboard.ui.terminal.typeahead import KeyQueue, TypeAhead
from pipeboard.ui.terminal.width import fit
from pipeboard.ui.terminal.workers import beside
from pipeboard.ui.widgets.line_input import LineInput
from pipeboard.ui.write_queue import is_busy, suppress_busy

_GAP = 3
_LEAST_LABEL: Final = 4
DIGITS: Final = 9
"""So many choices of a menu have a digit; a key of two digits would act on its first."""


@dataclass(frozen=True, slots=True)
class MenuChoice:
    """A key of a menu, in Textual's name or as the character itself.

    A choice that is not `enabled` says `why`; `mark` stands behind the label (what is chosen now).
    """

    key: str
    label: str
    enabled: bool = True
    why: str = ""
    mark: str = ""


class Menu(Overlay[str]):
    """Dismisses with the key of a choice, or with None; `leaving` says what Esc does."""

    def __init__(
        self, title: str, choices: Sequence[MenuChoice], *, note: str = "", leaving: Hint = CANCEL
    ) -> None:
        super().__init__()
        self._leaving = leaving
        self._heading = title
        self._choices = tuple(choices)
        self._note = note
        self._first_row = 1
        self._grid: list[list[tuple[MenuChoice, Line]]] = []

    def draw(self, width: int, height: int) -> Panel:
        note = indented(self._note, width) if self._note else []
        edge = upper_edge(self._heading, width)
        cells = [(choice, _cell(choice)) for choice in self._choices]
        self._first_row = len(edge)
        self._grid = _grid(cells, width - 2, max(1, height - len(edge) - len(note) - 2))
        rows = [(blank(2), *(span for _, cell in row for span in cell)) for row in self._grid]
        return Panel((*edge, *rows, *note), (self._leaving,))

    def take_key(self, event: Key) -> None:
        for choice in self._choices:
            if choice.key in (event.key, event.character):
                event.stop()
                self._choose(choice)
                return
        if event.is_printable or event.key in ("enter", "up", "down", "left", "right"):
            event.stop()
            self.refuse(key_refused(event))

    def on_click(self, event: Click) -> None:
        y = event.screen_y - self._above.region.y - self._first_row
        if not 0 <= y < len(self._grid):
            return
        x = event.screen_x - 2
        for choice, cell in self._grid[y]:
            if 0 <= x < width_of(cell):
                self._choose(choice)
                return
            x -= width_of(cell)

    def _choose(self, choice: MenuChoice) -> None:
        if choice.enabled:
            self.leave(choice.key)
        else:
            self.refuse(choice.why or f"{choice.label} cannot be done here.")


def _cell(choice: MenuChoice) -> Line:
    key = whole(name_of(choice.key), "input.label" if choice.enabled else "text.dim")
    label = whole(f" {choice.label}", "text" if choice.enabled else "text.dim")
    mark: tuple[Span, ...] = (whole(f" {choice.mark}", "pane.tag"),) if choice.mark else ()
    return (key, label, *mark)


def _shortened(cell: Line, width: int) -> Line:
    """A choice in so many cells: its label is cut, and not what stands behind it."""
    (key, (label, role)), mark = cell[:2], cell[2:]
    room = width - width_of((key, *mark))
    if width_of(cell) > width and room > 1 + _LEAST_LABEL:
        cell = (key, (fit(label, room), role), *mark)
    return exactly(cell, width)


def _grid(
    cells: Sequence[tuple[MenuChoice, Line]], width: int, most_rows: int
) -> list[list[tuple[MenuChoice, Line]]]:
    """The cells in one row where they fit, else in columns of equal width, of no more than
    `most_rows` rows: then labels are cut."""
    sizes = [width_of(cell) + _GAP for _, cell in cells]
    if sum(sizes) <= width + _GAP:
        # Else the gap behind the last is what is cut, and the label for it.
        sizes[-1:] = [size - _GAP for size in sizes[-1:]]
        return [
            [
                (choice, exactly(cell, size))
                for (choice, cell), size in zip(cells, sizes, strict=True)
            ]
        ]
    columns = max(1, width // max(sizes), -(-len(cells) // most_rows))
    each = width // columns
    fitted = [(choice, (*_shortened(cell, each - _GAP), blank(_GAP))) for choice, cell in cells]
    return [fitted[at : at + columns] for at in range(0, len(fitted), columns)]


# A list of any length: typing narrows it, digits choose.

_LABEL: Final[Line] = ((" › ", "input.label"),)
_DIGITS: Final = tuple("123456789")
_BRIGHT: Final[dict[Role, Role]] = {"card.name": "cursor.name", "text": "cursor.name"}


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a list: drawn or plain, with something at its right end. One that cannot be
    chosen says `why`. By the words in `also` it is found too, though they do not stand there."""

    id: str
    line: Line | str
    right: str = ""
    why: str = ""
    also: str = ""

    @property
    def text(self) -> str:
        """All of it as plain text: what typing looks for."""
        shown = self.line if isinstance(self.line, str) else text_of(self.line)
        return f"{shown} {self.right} {self.also}"

    @property
    def name(self) -> str:
        """What it is called: the first part of its line."""
        return self.line if isinstance(self.line, str) else self.line[0][0]


Find: TypeAlias = Callable[[str], Sequence[Option]]


def narrowed(
    options: Sequence[Option], other: Callable[[str], Option | None] = lambda _: None
) -> Find:
    """Finds, among these, the options that hold every word that is typed, anywhere; those that
    begin with what is typed, or its first word, come first, and after them those whose name holds
    its letters in their order (`lmlo`). Case and accents do not matter. The last is what `other`
    makes of what is typed."""
    folded = [(fold(option.text), option) for option in options]
    names = [fold(option.name) for option in options]

    def find(text: str) -> Sequence[Option]:
        words = fold(text).split()
        if not words:
            return options
        found = [pair for pair in folded if all(word in pair[0] for word in words)]
        begins = (" ".join(words), words[0])
        found.sort(key=lambda pair: [not pair[0].startswith(begin) for begin in begins])
        letters, held = "".join(words), {option.id for _, option in found}
        spelled = [
            (span, option)
            for name, option in zip(names, options, strict=True)
            if option.id not in held and (span := spelled_by(letters, name)) is not None
        ]
        spelled.sort(key=lambda pair: pair[0])
        last = other(text.strip())
        return [
            *(option for _, option in (*found, *spelled)),
            *([last] if last is not None else []),
        ]

    return find


class Picker(TypingOverlay[str]):
    """Dismisses with the id of an option, or with None.

    The options are all there are, or a function that finds them by what is typed. Of options that
    are all there, a digit chooses as long as nothing is typed. `chosen` is the id that the cursor
    begins on. What is typed in one that `comes_back` is still there where `until_stored` asks
    again.
    """

    BINDINGS: ClassVar[list[BindingType]] = bound(
        {
            "enter,ctrl+s": "choose",
            "up,ctrl+p": "go(-1)",
            "down,ctrl+n": "go(1)",
            "pageup": "go_page(-1)",
            "pagedown": "go_page(1)",
        }
    )

    def __init__(
        self,
        title: str,
        options: Sequence[Option] | Find,
        *,
        chosen: str = "",
        placeholder: str = "",
        verb: str = "Choose",
        other: Callable[[str], Option | None] = lambda _: None,
        comes_back: bool = False,
    ) -> None:
        super().__init__(LineInput(placeholder=placeholder))
        if comes_back:
            self.draft = Draft(self, "", title, lambda: self.text, self.refuse)
        self._heading = title
        self._find = options if callable(options) else narrowed(options, other)
        self._has_digits = not callable(options)
        self._chosen = chosen
        numbers = [("1-9", verb)] if self._has_digits else []
        self._hints = [("↵", verb), ("↑↓", "Move"), *numbers, CANCEL]
        self._options: Sequence[Option] = ()
        self._is_narrowed = False
        self._looked_for = ""
        self._cursor = self._top = self._rows = 0
        self._searches = _Searches()

    def prepare(self) -> None:
        if self.draft is not None and self.draft.handed:
            self.line.write(self.draft.handed)
            self._is_narrowed = True
        self._search()
        if self.draft is not None:
            self.refuse(self.draft.why)

    def draw(self, width: int, height: int) -> Panel:
        count = len(self._options)
        most = max(1, height * 3 // 4 - 3)
        # A list that shrinks while somebody types would make the board jump.
        self._rows = min(most, max(self._rows, count, 1))
        self._top = min(max(self._top, self._cursor - self._rows + 1), self._cursor)
        shown = self._options[self._top : self._top + self._rows]
        numbered = None if not self._has_digits else not self._is_narrowed
        rows = [
            _row(_number(self._top + y, numbered), option, self._top + y == self._cursor, width)
            for y, option in enumerate(shown)
        ]
        if not rows:
            said = "nothing matches" if self.text else "type what to look for"
            rows = [(blank(3), (said, "empty"))]
        rows += [()] * (self._rows - len(rows))
        place = f"{self._cursor + 1} of {in_figures(count)}" if count > self._rows else ""
        return Panel((heading(self._heading, width, place),), self._hints, rows, _LABEL)

    def on_input_changed(self) -> None:
        text = self.text
        if self._has_digits and not self._is_narrowed and text in _DIGITS:
            if int(text) <= len(self._options):
                self._cursor = int(text) - 1
                self.action_choose()
            else:
                self.line.write("")
                self.refuse(f"There is no {text} here.")
            return
        if text != self._looked_for:
            self._is_narrowed = bool(text)
            self._search()

    def understand_anew(self) -> None:
        if not self._has_digits:
            self._chosen = self._options[self._cursor].id if self._options else ""
            self._search()

    def on_input_submitted(self) -> None:
        self.action_choose()

    def on_click(self, event: Click) -> None:
        row = event.screen_y - self._below.region.y
        if 0 <= row < self._rows and self._top + row < len(self._options):
            self._cursor = self._top + row
            self.action_choose()

    def roll(self, lines: int) -> None:
        self.action_go(lines)

    def action_choose(self) -> None:
        """Take the option under the cursor, once it is known which are found."""
        if self._searches.comes_after(self.action_choose):
            return
        if not self._options:
            self.refuse("Nothing matches what is typed; Esc cancels.")
        elif why := self._options[self._cursor].why:
            self.refuse(why)
        else:
            self.leave(self._options[self._cursor].id)

    def action_go(self, places: int) -> None:
        """The cursor so many options down."""
        if self._searches.comes_after(lambda: self.action_go(places)):
            return
        self._cursor = max(0, min(self._cursor + places, len(self._options) - 1))
        self.redraw()

    def action_go_page(self, pages: int) -> None:
        """The cursor so many screens of the list down."""
        self.action_go(pages * max(1, self._rows - 1))

    def _search(self) -> None:
        self._looked_for = self.text
        try:
            self._show(self._find(self.text))
        except PipeboardError as error:
            if is_busy(error) and isinstance(self.app, TypeAhead):
                beside(
                    self, "search", self._search_at_last, self._searches.begin(self.app.key_queue)
                )
            else:
                self._show((), f"{error.message} {error.hint}".strip())

    async def _search_at_last(self, pause: Pause) -> None:
        """Looks again and again while the database is held by others; the old list stays."""
        try:
            self._show(await _found_at_last(lambda: self._find(self.text), pause))
            await self._searches.found()
        except PipeboardError as error:
            self._searches.forget()
            self.refuse(f"{error.message} The list is as it was.")
        finally:
            self._searches.end()

    def _show(self, options: Sequence[Option], why: str = "") -> None:
        self._options = options
        ids = (place for place, option in enumerate(options) if option.id == self._chosen)
        self._cursor, self._chosen = (next(ids, 0) if self._chosen else 0), ""
        self._top = 0
        self.refuse(why)


Pause: TypeAlias = Callable[[], Awaitable[None]]
"""Waits a moment for whoever holds the database; raises GivenUp."""


async def _found_at_last(find: Callable[[], Sequence[Option]], pause: Pause) -> Sequence[Option]:
    while True:
        await pause()
        with suppress_busy():
            return find()


class _Searches:
    """Searches that wait for the database, and the keys that came in the same breath as the last
    letter: they wait until it is known what is found."""

    def __init__(self) -> None:
        self._count = 0
        self._keys: KeyQueue | None = None
        self._behind: list[Callable[[], None]] = []

    def begin(self, keys: KeyQueue) -> Pause:
        self._count += 1
        self._keys = keys
        keys.acts()
        return keys.pause

    def comes_after(self, act: Callable[[], None]) -> bool:
        """Has that to wait for a search? Then it is done once something is found."""
        if self._count:
            self._behind.append(act)
        return bool(self._count)

    async def found(self) -> None:
        if self._count == 1:
            self._count, behind, self._behind = 0, self._behind, []
            for act in behind:
                act()
            # The keys behind a choice are for whatever it leads to.
            await asyncio.sleep(0)

    def forget(self) -> None:
        self._behind.clear()

    def end(self) -> None:
        self._count = max(0, self._count - 1)
        if self._keys is not None:
            self._keys.has_acted()


def _number(place: int, numbered: bool | None) -> str:
    """The digit that chooses an option while they are `numbered`; None where they never are."""
    if numbered is None:
        return ""
    return f"{_DIGITS[place]} " if numbered and place < len(_DIGITS) else "  "


def _row(number: str, option: Option, is_current: bool, width: int) -> Line:
    line: Line = (whole(option.line, "card.name"),) if isinstance(option.line, str) else option.line
    if is_current:
        line = tuple((text, _BRIGHT.get(role, role)) for text, role in line)
    mark: Span = (BAR, "cursor") if is_current else blank(1)
    start: Line = (blank(1), mark, blank(1), (number, "input.label"), *line)
    end: Line = (blank(2), whole(option.right, "text.dim"), blank(1))
    room = max(width // 2, width - width_of(start))
    end = exactly(end, min(width_of(end), room)) if option.right else ()
    return spread(start, end, width)
