"""Overlays: a few drawn lines at the bottom of the screen, the board behind them."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Final, Protocol, TypeVar, runtime_checkable

from textual import on
from textual._context import visible_screen_stack
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Key, MouseEvent, MouseScrollDown, MouseScrollUp, Paste
from textual.geometry import Region
from textual.screen import ModalScreen
from textual.strip import Strip

from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.outlet import with_database
from pipeboard.ui.draw.line import (
    AFTER,
    BEFORE,
    EMPTY,
    ROW,
    Hint,
    Line,
    Span,
    blank,
    exactly,
    hint_line,
    rule,
    text_of,
    whole,
    width_of,
    wrap,
)
from pipeboard.ui.keys import as_pressed
from pipeboard.ui.net import under_net
from pipeboard.ui.overlays.draft import Draft
from pipeboard.ui.terminal.session import AnyScreen
from pipeboard.ui.terminal.width import fit
from pipeboard.ui.widgets.line_input import LONGEST_LINE, LineInput
from pipeboard.ui.widgets.page import Lines, glyphs_of

# Rows behind an overlay: the screens below it, as many cells as are asked for.


@runtime_checkable
class SeeThrough(Protocol):
    """A screen that shows what is behind it wherever it has nothing of its own."""

    behind: Sequence[Strip] | None
    """The rows behind it while they are known; None when they are to be asked for."""


def rows_behind(screen: AnyScreen) -> Sequence[Strip]:
    """The rows of the screens below, each at the size that it was last laid out for.

    They are drawn from the lowest that can be seen upwards, each handed to the next, so that no
    screen asks another. A screen that is not laid out yet, or is being closed, has no rows.
    """
    stack = screen.app.screen_stack
    below = stack[: stack.index(screen)] if screen in stack else []
    seen = [place for place, other in enumerate(below) if not isinstance(other, SeeThrough)]
    rows: Sequence[Strip] = ()
    for other in below[seen[-1] if seen else 0 :]:
        rows = _drawn(other, rows)
    return rows


def fitted(rows: Sequence[Strip], region: Region) -> list[Strip]:
    """Exactly the cells of a region: rows are cropped or padded, those that are missing blank."""
    wanted = [row.crop(region.x, region.right) for row in rows[region.y : region.bottom]]
    blank = Strip.blank(region.width)
    return [
        *(row.adjust_cell_length(region.width) for row in wanted),
        *[blank] * (region.height - len(wanted)),
    ]


def _drawn(screen: AnyScreen, behind: Sequence[Strip]) -> Sequence[Strip]:
    compositor = screen._compositor
    if not compositor.size or compositor.root is None or not screen.is_attached:
        return behind
    if isinstance(screen, SeeThrough):
        screen.behind = behind
    # Else Textual, for what a screen leaves free, asks the screen on top, which has asked for this.
    stack = visible_screen_stack.set([])
    try:
        return compositor.render_strips()
    finally:
        visible_screen_stack.reset(stack)
        if isinstance(screen, SeeThrough):
            screen.behind = None


T = TypeVar("T")
_MOST_TITLE_LINES: Final = 3
_LINES_A_NOTCH: Final = 3
"""As on the screens below."""
CANCEL: Final[Hint] = ("Esc", "Cancel")
KEEP: Final[Hint] = ("Esc", "Keep, close")


def bound(actions: Mapping[str, str]) -> list[BindingType]:
    """Bindings that no hint shows: keys, and the action of the overlay that they call."""
    return [Binding(keys, action, show=False) for keys, action in actions.items()]


SAVES: Final = {"ctrl+s": "save"}
ANEW: Final = {"ctrl+r": "start_anew"}
EDITOR: Final = {"ctrl+g": "edit_outside"}
"""Keys that mean the same wherever something is typed."""


@dataclass(frozen=True, slots=True)
class Panel:
    """The lines of an overlay: those above what is typed, its label, those below, the hints."""

    above: Sequence[Line]
    hints: Sequence[Hint]
    below: Sequence[Line] = ()
    label: Line = EMPTY


def heading(title: str, width: int, end: str = "") -> Line:
    """The upper edge of an overlay: a rule with a title at its left and a count at its right."""
    if not end:
        return rule(width, title)
    tail: Line = (whole(f" {end} ", "text.dim"), (ROW, "rule"))
    return (*rule(width - width_of(tail), title), *tail)


def upper_edge(title: str, width: int) -> list[Line]:
    """The heading of an overlay, with lines under it for a title that is too long for one."""
    first, *rest = wrap(title, width - 6)
    if len(rest) >= _MOST_TITLE_LINES:
        last = " ".join(rest[_MOST_TITLE_LINES - 2 :])
        rest[_MOST_TITLE_LINES - 2 :] = [fit(last, width - 6).rstrip()]
    return [heading(first, width), *((blank(2), (part, "pane.head")) for part in rest)]


def indented(text: str, width: int, line: Line = EMPTY) -> list[Line]:
    """Dim text in as many lines as it takes, each three cells in."""
    return [(blank(3), *line, whole(part, "text.dim")) for part in wrap(text, width - 4)]


def between_arrows(value: Span) -> Line:
    """One of several values, as it is chosen with the arrow keys."""
    return ((f"{BEFORE} ", "input.label"), value, (f" {AFTER}", "input.label"))


def folded(line: Line, width: int) -> list[Line]:
    """The line in as many as it takes at `width` cells.

    It is broken at runs of two blanks or more, and between words only where what stands between
    two such runs is wider than a line.
    """
    lines: list[list[Span]] = [[]]
    used = 0
    for part in _parts(line):
        for piece in [part] if width_of(part) <= width else _words(part):
            size = width_of(piece)
            if used + size > width and lines[-1]:
                lines.append([])
                used = 0
            if used or text_of(piece).strip():
                lines[-1] += piece
                used += size
    return [exactly(spans, min(width, width_of(spans))) for spans in lines]


def _parts(line: Line) -> Iterator[Line]:
    part: list[Span] = []
    for text, role in line:
        if len(text) > 1 and text.isspace():
            yield tuple(part)
            yield ((text, role),)
            part = []
        else:
            part.append((text, role))
    yield tuple(part)


def _words(part: Line) -> Iterator[Line]:
    for text, role in part:
        for word in re.findall(r" *[^ ]+ *", text):
            yield ((word, role),)


@runtime_checkable
class Rolling(Protocol):
    """An overlay with a list."""

    def roll(self, lines: int) -> None:
        """The wheel, by so many lines down: what has no room moves."""


class Rolled(Vertical):
    """The lines of an overlay, which hear the wheel for it."""

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        self._roll(event, _LINES_A_NOTCH)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        self._roll(event, -_LINES_A_NOTCH)

    def _roll(self, event: MouseEvent, lines: int) -> None:
        event.stop()
        if isinstance(self.screen, Rolling):
            self.screen.roll(lines)


@under_net
class Overlay(ModalScreen[T]):
    """Lines at the bottom of the screen. A subclass says what they are by `draw`.

    Esc dismisses with None. What is typed is kept in the `draft`; where there is none, or it cannot
    be written, Esc asks before it throws something away (`has_changes`). What a key cannot do is
    said in the last line until the next key.
    """

    DEFAULT_CSS = """
    Overlay { background: transparent; align: left bottom; overflow: hidden hidden; }
    Overlay:ansi { background: transparent; }
    Overlay > Rolled { height: auto; }
    Overlay > Rolled > Horizontal { height: 1; }
    """
    AUTO_FOCUS: ClassVar[str | None] = ""
    # Textual hides the app's own keys behind a modal screen.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+z", "app.suspend_process", show=False, id="app.suspend"),
        *bound({"escape": "cancel", "ctrl+c": "app.help_quit"}),
    ]
    draft: Draft | None = None
    """Where what is typed here is kept, in overlays that are typed in."""

    def __init__(self) -> None:
        super().__init__()
        self._above, self._below, self._foot = Lines(), Lines(), Lines()
        self._why = ""
        self._asks_to_leave = False
        self.behind: Sequence[Strip] | None = None

    def render_lines(self, crop: Region) -> list[Strip]:
        """The screen below as it is, where Textual would give it this screen's colours: every cell
        would change, and all of them be sent."""
        rows = rows_behind(self) if self.behind is None else self.behind
        return fitted(rows, crop)

    @abstractmethod
    def draw(self, width: int, height: int) -> Panel:
        """The lines, on a screen of so many cells."""

    @property
    def has_changes(self) -> bool:
        """Would leaving now lose something that took time to type?"""
        return False

    def keep_draft(self) -> None:
        """Write down what is half typed; also called by the app before it leaves by force."""
        if self.draft is not None:
            self.draft.keep()

    def prepare(self) -> None:
        """What has to be known before the first frame."""

    def compose(self) -> ComposeResult:
        # Drawn before they are mounted, lines are in the first frame, and there is no second.
        self.prepare()
        self.redraw()
        with Rolled():
            yield self._above
            yield from self.middle()
            yield self._below
            yield self._foot

    def middle(self) -> ComposeResult:
        """What stands between the lines above and below."""
        yield from ()

    def on_resize(self) -> None:
        self.redraw()

    def redraw(self) -> None:
        """Show the lines as they are now."""
        width, height = self.app.size
        self.place(self.draw(width, height), width)

    def place(self, panel: Panel, width: int) -> None:
        """Give each widget its lines."""
        self._above.show(panel.above)
        self._below.show(panel.below)
        self._foot.show(self._feet(panel, width))

    def refuse(self, why: str) -> None:
        """Say in the last line why nothing happens, until the next key."""
        self._why = with_database(why)
        self.redraw()

    def action_cancel(self) -> None:
        """Leave without a result; asked twice where something would be lost."""
        if self._may_leave():
            self.leave(None)
            return
        self._asks_to_leave = True
        self.set_focus(None)
        self.redraw()

    def leave(self, result: T | None) -> None:
        """Dismiss with a result, or with None; what was typed for a result is kept until it is
        stored."""
        if result is not None and self.draft is not None:
            self.draft.left(self.draft.typed)
        self.dismiss(result)

    def _may_leave(self) -> bool:
        draft = self.draft
        if draft is None or not draft.is_kept:
            return not self.has_changes
        typed = draft.typed
        draft.left(typed)
        return not (typed and draft.has_failed)

    @property
    def leaving(self) -> Hint:
        """What Esc does now."""
        draft = self.draft
        return KEEP if draft is not None and draft.is_kept and draft.typed else CANCEL

    def resume(self) -> None:
        """Go on after the question whether to leave."""

    def take_key(self, event: Key) -> None:
        """A key that nothing else has taken; stopped, it means nothing more."""

    def forgive(self) -> None:
        """Something else is done now: what was refused is said no more."""
        if self._why:
            self._why = ""
            self.redraw()

    def on_key(self, event: Key) -> None:
        if self._asks_to_leave:
            event.stop()
            self._answer(event)
            return
        self.forgive()
        self.take_key(event)

    def on_paste(self, event: Paste) -> None:
        """What is pasted is text, never keys; a line that is there to be typed in has taken it."""
        event.stop()
        if not self._asks_to_leave:
            self.refuse("There is no line here to paste into.")

    def _answer(self, event: Key) -> None:
        if event.key == "y":
            if self.draft is not None:
                self.draft.settled()
            self.leave(None)
        elif event.key in ("n", "escape"):
            self._asks_to_leave = False
            self.resume()
            self.redraw()

    def _feet(self, panel: Panel, width: int) -> list[Line]:
        if self._asks_to_leave:
            hints = (("y", "Discard what you changed"), ("n", "Go on"))
            return [hint_line(hints, width, glyphs_of(self.app))]
        if self._why:
            return [
                exactly((blank(1, "hint"), whole(part, "bar.none")), width, "hint")
                for part in wrap(self._why, width - 2)
            ]
        return [hint_line(panel.hints, width, glyphs_of(self.app))]


class TypingOverlay(Overlay[T]):
    """An overlay with one line to type in."""

    def __init__(self, line: LineInput) -> None:
        super().__init__()
        self.line = line
        self._label = Lines()
        self._row = Horizontal()

    @property
    def text(self) -> str:
        """What is typed."""
        return self.line.value

    @property
    def is_typing(self) -> bool:
        """Is the line there to be typed in?"""
        return self._row.display

    @is_typing.setter
    def is_typing(self, wanted: bool) -> None:
        self._row.display = wanted
        if self.is_mounted:
            self.set_focus(self.line if wanted else None)

    def middle(self) -> ComposeResult:
        with self._row:
            yield self._label
            yield self.line

    def on_mount(self) -> None:
        if self._row.display:
            self.line.focus()

    def place(self, panel: Panel, width: int) -> None:
        super().place(panel, width)
        self._label.styles.width = width_of(panel.label)
        self._label.show([panel.label])

    def resume(self) -> None:
        self.line.focus()

    @on(LineInput.TooLong)
    @on(LineInput.Joined)
    def _tell_change(self, event: LineInput.TooLong | LineInput.Joined) -> None:
        """What became of a text that is not as it was pasted."""
        if isinstance(event, LineInput.TooLong):
            self.refuse(left_out(event.cut, LONGEST_LINE))
            return
        self.refuse(
            f"{in_figures(event.lines)} lines were joined: one line is all there is to this."
        )


def left_out(cut: int, most: int) -> str:
    """What is said of so many characters that a line or a box had no room for."""
    did = "character did not fit and was", "characters did not fit and were"
    return f"{how_many(cut, *did)} left out: {in_figures(most)} is the most."


def key_shown(event: Key) -> str:
    """The key as a person would name it."""
    return as_pressed(event.key, event.character)


def key_refused(event: Key) -> str:
    """What is said of a key that an overlay has no use for."""
    return f"{key_shown(event)} does nothing here; Esc cancels."
