"""Screens that are one page of lines: what they show, how it is scrolled, and what is counted for
them beside."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult

from pipeboard.domain.lazy_dataclass import replace
from pipeboard.ui.draw.facts import PaneStyle
from pipeboard.ui.draw.line import Hint, Line
from pipeboard.ui.draw.questions import Item, ShownItems, scrolled_to
from pipeboard.ui.screens.live import LiveScreen
from pipeboard.ui.widgets.page import Page

if TYPE_CHECKING:
    from pipeboard.ui.board_state import BoardState


class PageScreen(LiveScreen):
    """A live screen that is one page of lines."""

    wheel_moves_cursor: ClassVar[bool] = False
    """Else the wheel scrolls."""
    items: tuple[Item, ...] = ()

    def __init__(self, state: BoardState) -> None:
        super().__init__()
        self.state = state
        self.version: int = state.reader.data_version()
        self.page = Page(self.redraw)

    def compose(self) -> ComposeResult:
        yield self.page

    def put_status(self, line: Line, right: Line) -> None:
        view = replace(self.page.view, status=line, status_right=right)
        if (line, right) != (self.page.view.status, self.page.view.status_right):
            view = view.followed(self.page.size.height)
        self.page.show(view)

    def turn_day(self, today: date) -> None:
        self.reads_again = True

    @abstractmethod
    def redraw(self) -> None:
        """Shows what there is to be shown, as wide as the page is."""

    def move_pages(self, pages: float) -> None:
        self.move_cursor(0, round(pages * (self.page.view.seen(self.page.size.height) - 1)))

    def move_to_end(self, direction: int) -> None:
        self.move_cursor(0, direction * len(self.items))

    @on(Page.Resized)
    def _fit(self) -> None:
        self.redraw()

    @on(Page.Scrolled)
    def _wheel(self, event: Page.Scrolled) -> None:
        if self.wheel_moves_cursor:
            self.move_cursor(0, event.lines)
        else:
            scroll(self, event.lines)


class CountingScreen(PageScreen):
    """A page of what is counted beside the screen; the old stays until the new is there."""

    counting = 0
    """How much is being counted, to replace what is shown."""
    share = 0.0
    """Of what is counted, how much has been read: told by the thread that counts."""
    under_way = "counting"
    """What is said meanwhile."""

    def on_mount(self) -> None:
        self.set_interval(TOLD_EVERY_S, partial(_tell, self))

    def put_status(self, line: Line, right: Line) -> None:
        if self.counting and not right:
            far = f" {self.share:.0%}" if 0 < self.share < 1 else ""
            right = ((f"{self.under_way}…{far} esc gives up", "hint.label"),)
        super().put_status(line, right)

    async def counted(self) -> None:
        """Waits until what is shown is what was asked for; raises GivenUp."""
        while self.counting:
            await self.program.key_queue.pause()


def scroll(screen: PageScreen, lines: int) -> None:
    """Shows the page so many lines further down."""
    view, height = screen.page.view, screen.page.size.height
    screen.page.show(replace(view, top=view.scrolled(lines, height)))


def show_items(
    screen: PageScreen, head: Sequence[Line], shown: ShownItems, hints: tuple[Hint, ...]
) -> None:
    """Shows items under a heading, scrolled so that the one under the cursor is seen."""
    view, height = screen.page.view, screen.page.size.height
    view = replace(
        view, head=tuple(head), lines=shown.lines, hints=hints, glyphs=screen.state.view.glyphs
    )
    top = scrolled_to(view.top, view.seen(height), shown)
    screen.page.show(replace(view, top=view.scrolled(top - view.top, height)))


def pane_style(screen: PageScreen) -> PaneStyle:
    """How the items of a screen are drawn now."""
    lens, width = screen.state.lens, screen.page.size.width
    return PaneStyle(width, lens.today, lens.zone, screen.state.view.glyphs)


TOLD_EVERY_S = 0.5
"""How often a screen says how far it is with what takes long."""


def _tell(screen: CountingScreen) -> None:
    """How far the counting is."""
    if screen.counting:
        screen.show_status()
