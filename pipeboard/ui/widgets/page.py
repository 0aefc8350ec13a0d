"""A screenful of lines that is scrolled: what stays on top, what moves, a status and the keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.events import Click, MouseDown, MouseScrollDown, MouseScrollUp, MouseUp, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from pipeboard.domain.counts import in_figures
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.phrases import aloud
from pipeboard.ui.draw.board import draw_line
from pipeboard.ui.draw.changes import BoardPlace, Hit, changes, hit
from pipeboard.ui.draw.layout import BoardView, cursor_cell
from pipeboard.ui.draw.line import (
    ABOVE,
    BELOW,
    EMPTY,
    Glyphs,
    Hint,
    Line,
    count_said,
    exactly,
    hint_keys,
    hint_line,
    rule,
    spelled,
    status_lines,
    tagged,
    width_of,
)
from pipeboard.ui.net import under_net
from pipeboard.ui.palette import Role, Theme
from pipeboard.ui.palette import theme as named_theme
from pipeboard.ui.terminal.ink import Ink
from pipeboard.ui.terminal.typeahead import is_still
from pipeboard.ui.terminal.width import cell_width

# A widget that shows drawn lines, and what it finds out about the app that it is shown in.


@lru_cache(maxsize=512)
def style_of_ink(ink: Ink) -> Style:
    """The Rich style of an ink."""
    return Style(
        color=ink.fg,
        bgcolor=ink.bg,
        bold=ink.bold or None,
        reverse=ink.reverse or None,
    )


def style_of(role: Role, theme: Theme) -> Style:
    """The Rich style of a role in a theme."""
    return style_of_ink(theme.ink(role))


def strip_of(line: Line, theme: Theme) -> Strip:
    """A drawn line as a strip; its text has been made safe when it was drawn."""
    return Strip([Segment(aloud(text), style_of_ink(theme.ink(role))) for text, role in line])


def theme_of(app: App[object]) -> Theme:
    """The theme that the app has chosen, `app.theme_inks`; dark where it has not."""
    theme = getattr(app, "theme_inks", None)
    return theme if isinstance(theme, Theme) else named_theme("dark")


def glyphs_of(app: App[object]) -> Glyphs:
    """The signs that the app's terminal knows, `app.glyphs`."""
    glyphs = getattr(app, "glyphs", None)
    return glyphs if isinstance(glyphs, Glyphs) else Glyphs.UNICODE


@under_net
class Lines(Widget):
    """As many lines high as it is given lines; draws those again that have changed."""

    DEFAULT_CSS = "Lines { width: 1fr; height: 0; }"
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._drawn: tuple[Line, ...] = ()

    def show(self, lines: Iterable[Line]) -> None:
        """Other lines, cut or padded to the width of the widget when they are drawn."""
        before, self._drawn = self._drawn, tuple(lines)
        if len(before) != len(self._drawn):
            self.styles.height = len(self._drawn)
            self.refresh()
            return
        changed = [
            Region(0, y, self.size.width, 1)
            for y, (old, new) in enumerate(zip(before, self._drawn, strict=True))
            if old != new
        ]
        if changed:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        if y >= len(self._drawn):
            return Strip.blank(self.size.width)
        line = exactly(self._drawn[y], self.size.width)
        return strip_of(spelled(line, glyphs_of(self.app)), theme_of(self.app))


_AROUND = 3  # the rule, the status line and the hints


@dataclass(frozen=True)
class PageView:
    """`head` stays, `lines` are shown from `top` on; equal views look the same."""

    head: tuple[Line, ...] = ()
    lines: tuple[Line, ...] = ()
    top: int = 0
    status: Line = EMPTY
    status_right: Line = EMPTY
    hints: tuple[Hint, ...] = ()
    glyphs: Glyphs = Glyphs.UNICODE
    width: int = 0
    """Cells of the page that shows it; 0 before it is shown."""

    def room(self, height: int) -> int:
        """How many of the moving lines a screen of that height shows, where one line is said."""
        return max(1, height - len(self.head) - _AROUND)

    def said(self, height: int) -> tuple[Line, ...]:
        """The status line, in as many lines as it takes: the moving ones above it are fewer then,
        at least one."""
        most = min(height, 3 * self.room(height))
        return status_lines(self.status, self.status_right, self.width, most)

    def seen(self, height: int) -> int:
        """How many of the moving lines are seen, whatever is said."""
        return max(1, self.room(height) + 1 - len(self.said(height)))

    def edge(self, width: int, height: int) -> Line:
        """The rule above the moving lines, with how many of them are out of sight let into it."""
        last = self.top + self.seen(height)
        hidden = ((ABOVE, self.lines[: self.top]), (BELOW, self.lines[last:]))
        counts = [(sign, count_said(lines)) for sign, lines in hidden]
        signs = "  ".join([f"{sign} {in_figures(count)}" for sign, count in counts if count])
        if not signs:
            return rule(width)
        told = f" {signs} more line{'s' * (counts[0][1] + counts[1][1] > 1)} "
        return (*rule(max(0, width - cell_width(told) - 1)), (told, "more"), *rule(1))

    def scrolled(self, lines: int, height: int) -> int:
        """The `top` after scrolling so many lines."""
        return max(0, min(self.top + lines, len(self.lines) - self.seen(height)))

    def followed(self, height: int) -> PageView:
        """The view with what is under the cursor in sight, where much is said below it."""
        here = [y for y, line in enumerate(self.lines) if any(role == "cursor" for _, role in line)]
        last = self.top + self.seen(height)
        if not here or here[-1] < last or here[0] >= self.top + self.room(height):
            return self
        return replace(self, top=min(here[0], here[-1] + 1 - self.seen(height)))


@under_net
class Page(Widget):
    """Shows a `PageView`."""

    DEFAULT_CSS = "Page { width: 1fr; height: 1fr; }"

    class Resized(Message):
        """The page has another size."""

    class Pointed(Message):
        """A cell of the moving lines was clicked, twice perhaps."""

        def __init__(self, x: int, y: int, count: int) -> None:
            super().__init__()
            self.x, self.y, self.count = x, y, count

    class Scrolled(Message):
        """The wheel was turned."""

        def __init__(self, lines: int) -> None:
            super().__init__()
            self.lines = lines

    def __init__(self, fill: Callable[[], None]) -> None:
        """`fill` shows the first view, once it is known how large the page is."""
        super().__init__()
        self.view = PageView()
        self.tags: Line = EMPTY
        """What stands at the left of the title bar, if the first line is one."""
        self.press_hint: Callable[[str, int], None] = lambda key, count: None
        """What a click on the hint of a key does, the second of two perhaps."""
        self.fill: Callable[[], None] | None = fill
        self.fills_all = True
        """Is that all there is to show until it has another size?"""
        self._filled: Size | None = None
        """The size that it was filled for, before Textual has told it."""
        self._drawn_of: tuple[PageView, Line, Size] | None = None
        self._drawn: tuple[Line, ...] = ()
        """What was drawn last, and of what."""
        self._shown: dict[int, Line] = {}
        """What stands on the screen: not always lines of `view`, whose top others set."""

    def show(self, view: PageView) -> None:
        """Another view; only lines that look different are drawn again."""
        width = self.size.width
        self.view = replace(view, width=width)
        changed = [y for y, line in enumerate(self._lines()) if line != self._shown.get(y)]
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def render_line(self, y: int) -> Strip:
        if self.fill is not None:
            # Else the first frame is an empty one, and what was there before flashes.
            fill, self.fill = self.fill, None
            with suppress(Exception):  # it is drawn again under the net, which says why
                fill()
                self._filled = self.size if self.fills_all else None
        line = self._shown[y] = self._lines()[y]
        return strip_of(line, theme_of(self.app))

    def parked(self) -> tuple[int, int] | None:
        """The cell where the terminal's cursor stands: the mark of what is selected here."""
        view, first = self.view, len(self.view.head) + 1
        shown = view.lines[view.top : view.top + view.seen(self.size.height)]
        for y, line in enumerate(shown, first):
            x = 0
            for span in line:
                if span[1] == "cursor":
                    return x, y
                x += width_of((span,))
        return None

    def _lines(self) -> tuple[Line, ...]:
        """All lines from top to bottom, drawn once for what they show."""
        view, tags, size = self.view, self.tags, self.size
        of = self._drawn_of
        if of is None or of[0] is not view or of[1:] != (tags, size):
            self._drawn_of = view, tags, size
            self._drawn = tuple(self._draw(view, *size))
        return self._drawn

    def _draw(self, view: PageView, width: int, height: int) -> Iterator[Line]:
        head, said = len(view.head), view.said(height)
        for y in range(height):
            if y < head:
                line = exactly(view.head[y], width)
                line = line if y else tagged(line, self.tags)
            elif y == height - 1:
                line = hint_line(view.hints, width, view.glyphs)
            elif y >= height - 1 - len(said):
                line = said[y - height + 1]
            elif y == head:
                line = exactly(view.edge(width, height), width)
            else:
                place = view.top + y - head - 1
                line = exactly(view.lines[place] if place < len(view.lines) else (), width)
            yield spelled(line, view.glyphs)

    def on_resize(self, event: Resize) -> None:
        filled, self._filled = self._filled, None
        if event.size != filled:
            self.post_message(self.Resized())

    def on_click(self, event: Click) -> None:
        if event.y == self.size.height - 1:
            for hint in hint_keys(self.view.hints, self.size.width, self.view.glyphs):
                if hint.x <= event.x < hint.x + hint.width:
                    self.press_hint(hint.key, event.chain)
            return
        line = event.y - len(self.view.head) - 1
        if 0 <= line < self.view.seen(self.size.height):
            self.post_message(self.Pointed(event.x, self.view.top + line, event.chain))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        self.post_message(self.Scrolled(3))

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        self.post_message(self.Scrolled(-3))


# The board as one widget: it draws the lines asked for, and refreshes what has changed.


@under_net
class BoardCanvas(Widget):
    """Shows a `BoardView`; says what the mouse points at, decides nothing."""

    DEFAULT_CSS = "BoardCanvas { width: 1fr; height: 1fr; }"

    class Resized(Message):
        """The canvas has another size."""

        def __init__(self, width: int, height: int) -> None:
            super().__init__()
            self.width, self.height = width, height

    class Pointed(Message):
        """A part of the board was clicked; twice on a card opens it."""

        def __init__(self, hit: Hit, count: int) -> None:
            super().__init__()
            self.hit, self.count = hit, count

    class Dragged(Message):
        """A card was dragged from one column to another: `card_id` is the deal that was pressed."""

        def __init__(self, start: Hit, end: Hit, card_id: int) -> None:
            super().__init__()
            self.start, self.end, self.card_id = start, end, card_id

    class Scrolled(Message):
        """The wheel was turned over a part of the board."""

        def __init__(self, hit: Hit, lines: int) -> None:
            super().__init__()
            self.hit, self.lines = hit, lines

    def __init__(self, view: BoardView) -> None:
        super().__init__()
        self._view = view
        self._held: tuple[Hit, int, MouseDown] | None = None

    def show(self, view: BoardView) -> None:
        """Another view: only the cells that look different are drawn again."""
        before, self._view = self._view, view
        if (view.width, view.height) != (before.width, before.height):
            self.refresh()
            return
        regions = [Region(*region) for region in changes(before, view)]
        if regions:
            self.refresh(*regions)

    def parked(self) -> tuple[int, int] | None:
        """The cell where the terminal's cursor stands: the card under the cursor."""
        return cursor_cell(self._view)

    def render_line(self, y: int) -> Strip:
        if y >= self._view.height:
            return Strip.blank(self.size.width)
        return strip_of(draw_line(self._view, y), theme_of(self.app))

    def on_resize(self, event: Resize) -> None:
        self.post_message(self.Resized(event.size.width, event.size.height))

    def on_mouse_down(self, event: MouseDown) -> None:
        found = hit(self._view, event.x, event.y)
        card = self._view.card(found.column, found.row)
        is_card = card is not None and found.place is BoardPlace.CARD
        self._held = (found, card.id, event) if card is not None and is_card else None

    def on_mouse_up(self, event: MouseUp) -> None:
        held, self._held = self._held, None
        if held is None or is_still(held[2], event):
            return
        start, card_id, _ = held
        end = hit(self._view, event.x, event.y)
        if end.column not in (-1, start.column):
            self.post_message(self.Dragged(start, end, card_id))

    def on_click(self, event: Click) -> None:
        self.post_message(self.Pointed(hit(self._view, event.x, event.y), event.chain))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        self.post_message(self.Scrolled(hit(self._view, event.x, event.y), 3))

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        self.post_message(self.Scrolled(hit(self._view, event.x, event.y), -3))
