"""One deal on the whole screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from pipeboard.domain.errors import NotFound
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.sheet import Sheet
from pipeboard.ui import keys
from pipeboard.ui.board_state import BoardState
from pipeboard.ui.draw.line import EMPTY, whole
from pipeboard.ui.draw.pane import finished, head, heading, sections
from pipeboard.ui.draw.section import PaneStyle
from pipeboard.ui.palette import Role, Theme
from pipeboard.ui.screens.deal_text import field_text
from pipeboard.ui.screens.editing import Editing
from pipeboard.ui.screens.moving import Moving
from pipeboard.ui.screens.qualifying import Qualifying
from pipeboard.ui.widgets.page import Page

if TYPE_CHECKING:
    from pipeboard.workspace import Receipt


class DealScreen(Moving, Editing, Qualifying):
    """A `Sheet`, scrolled; the same keys as on the board change the deal."""

    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(keys.DEAL)

    def __init__(self, state: BoardState, deal_id: int, theme: Theme) -> None:
        super().__init__()
        self.state = state
        self.deal_id = deal_id
        self.page = Page(theme)
        self._sheet = self._read()

    def compose(self) -> ComposeResult:
        yield self.page

    def _read(self) -> Sheet:
        sheet = self.state.reader.sheet(self.deal_id)
        if sheet is None:
            raise NotFound(f"There is no deal D-{self.deal_id}.")
        return sheet

    def targets(self) -> tuple[tuple[int, ...], Mapping[int, int]]:
        return (self.deal_id,), {self.deal_id: self._sheet.deal.version}

    def pipeline(self) -> Pipeline:
        return self._sheet.pipeline

    def present(self, field: str) -> str:
        deal = self._sheet.deal
        if field == "name":
            return deal.name
        if field == "next_step":
            return deal.next_step.text if deal.next_step else ""
        return field_text(deal, field)

    def say(self, text: str, role: Role = "status", beside: str = "") -> None:
        line = (whole(text, role),) if text else EMPTY
        right = (whole(beside, "hint.label"),) if beside else EMPTY
        self.page.show(replace(self.page.view, status=line, status_right=right))

    def show_change(self, receipt: Receipt) -> None:
        self.reload()

    @on(Page.Resized)
    def reload(self) -> None:
        self._sheet = self._read()
        lens, glyphs = self.state.lens, self.state.view.glyphs
        style = PaneStyle(self.page.size.width, lens.today, lens.zone, glyphs)
        lines = []
        for section in sections(self._sheet, style):
            lines += [heading(section), *section.lines, ()]
        view = replace(
            self.page.view,
            head=finished(head(self._sheet, style), style),
            lines=finished(lines, style),
            hints=keys.hints(keys.DEAL),
            glyphs=glyphs,
        )
        self.page.show(replace(view, top=view.scrolled(0, self.page.size.height)))

    def _scroll(self, lines: int) -> None:
        view = self.page.view
        self.page.show(replace(view, top=view.scrolled(lines, self.page.size.height)))

    @on(Page.Scrolled)
    def _wheel(self, event: Page.Scrolled) -> None:
        self._scroll(event.lines)

    def action_down(self) -> None:
        self._scroll(1)

    def action_up(self) -> None:
        self._scroll(-1)

    def action_page_down(self) -> None:
        self._scroll(self.page.view.room(self.page.size.height) - 1)

    def action_page_up(self) -> None:
        self._scroll(1 - self.page.view.room(self.page.size.height))

    def action_top(self) -> None:
        self._scroll(-self.page.view.top)

    def action_bottom(self) -> None:
        self._scroll(len(self.page.view.lines))

    def action_step_back(self) -> None:
        self.app.pop_screen()
