"""The board as one widget: it draws the lines asked for, and refreshes what has changed."""

from __future__ import annotations

from textual.events import Click, MouseDown, MouseScrollDown, MouseScrollUp, MouseUp, Resize
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from pipeboard.ui.draw.board import draw_line
from pipeboard.ui.draw.changes import BoardPlace, Hit, changes, hit
from pipeboard.ui.draw.layout import cursor_cell
from pipeboard.ui.draw.view import BoardView
from pipeboard.ui.failures import under_net
from pipeboard.ui.palette import Theme
from pipeboard.ui.widgets.page import strip_of


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
        """A card was dragged from one column to another."""

        def __init__(self, start: Hit, end: Hit) -> None:
            super().__init__()
            self.start, self.end = start, end

    class Scrolled(Message):
        """The wheel was turned over a part of the board."""

        def __init__(self, hit: Hit, lines: int) -> None:
            super().__init__()
            self.hit, self.lines = hit, lines

    def __init__(self, view: BoardView, theme: Theme) -> None:
        super().__init__()
        self._view = view
        self.theme = theme
        self._held: Hit | None = None

    def show(self, view: BoardView) -> None:
        """Another view: only the cells that look different are drawn again."""
        before, self._view = self._view, view
        if (view.width, view.height) != (before.width, before.height):
            self.refresh()
            return
        regions = [Region(*region) for region in changes(before, view)]
        if regions:
            self.refresh(*regions)

    def paint(self, theme: Theme) -> None:
        """Another theme."""
        self.theme = theme
        self.refresh()

    def parked(self) -> tuple[int, int] | None:
        """The cell where the terminal's cursor stands: the card under the cursor."""
        return cursor_cell(self._view)

    def render_line(self, y: int) -> Strip:
        if y >= self._view.height:
            return Strip.blank(self.size.width)
        return strip_of(draw_line(self._view, y), self.theme)

    def on_resize(self, event: Resize) -> None:
        self.post_message(self.Resized(event.size.width, event.size.height))

    def on_mouse_down(self, event: MouseDown) -> None:
        found = hit(self._view, event.x, event.y)
        self._held = found if found.place is BoardPlace.CARD else None

    def on_mouse_up(self, event: MouseUp) -> None:
        start, self._held = self._held, None
        end = hit(self._view, event.x, event.y)
        if start is not None and end.column not in (-1, start.column):
            self.post_message(self.Dragged(start, end))

    def on_click(self, event: Click) -> None:
        self.post_message(self.Pointed(hit(self._view, event.x, event.y), event.chain))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        self.post_message(self.Scrolled(hit(self._view, event.x, event.y), 3))

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        self.post_message(self.Scrolled(hit(self._view, event.x, event.y), -3))
