"""The board: columns of deals, worked by keys."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.timer import Timer

from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.pipeline import Pipeline, Stage
from pipeboard.ui import keys
from pipeboard.ui.board_state import BoardState
from pipeboard.ui.draw.layout import has_room_for_pane, layout
from pipeboard.ui.draw.line import EMPTY, Line, whole
from pipeboard.ui.draw.pane import pane_lines
from pipeboard.ui.draw.section import PaneStyle
from pipeboard.ui.draw.view import Pane
from pipeboard.ui.palette import Role, Theme
from pipeboard.ui.screens.answering import Answering
from pipeboard.ui.screens.copying import Copying
from pipeboard.ui.screens.counting import Counting
from pipeboard.ui.screens.deal_text import field_text
from pipeboard.ui.screens.editing import Editing
from pipeboard.ui.screens.marking import Marking
from pipeboard.ui.screens.pointing import Pointing
from pipeboard.ui.screens.watching import Watching
from pipeboard.ui.widgets.canvas import BoardCanvas

if TYPE_CHECKING:
    from pipeboard.workspace import Receipt

SIGNS_S = 0.3
"""How long after a change the deals that carry a sign are counted again."""
WARM_UP_S = 0.8
"""When what writing needs is imported: after the first key, before the first change."""


class BoardScreen(Pointing, Counting, Editing, Answering, Marking, Copying, Watching):
    """Shows a `BoardState`; hands keys on to it, or to the clerk."""

    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(keys.BOARD)

    def __init__(self, state: BoardState, theme: Theme) -> None:
        super().__init__()
        self.state = state
        self.canvas = BoardCanvas(state.view, theme)
        self._pane_of: tuple[int, int] | None = None
        self._signs_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        yield self.canvas

    def on_mount(self) -> None:
        self.call_after_refresh(self._catch_up)

    def _catch_up(self) -> None:
        """What the first frame did not wait for."""
        self.follow()
        self._count_signs()
        if not self.state.board.total and self.state.lens.filter is None:
            self.say("No deals yet: a adds one in a line, 'pipeboard import FILE' brings many.")
        kept = self.board_app.drafts.kept_lines()
        if kept:
            self.say(" ".join(kept))
        self.set_timer(WARM_UP_S, self._get_ready)

    async def _get_ready(self) -> None:
        """For the first change; and the lost deals whose day has come are leads again."""
        clerk = self.board_app.clerk
        await clerk.warm_up()
        await self.measure()
        if self.state.view.read_only:
            return
        # Where the database is busy, whoever opens the board next brings them back.
        with suppress(DatabaseError):
            receipt = await clerk.ask(lambda workspace: workspace.recycle())
            if receipt.deals:
                self.reload()
                self.say(receipt.summary, "status.ok")

    # What is shown.

    def redraw(self) -> None:
        self._show_pane()
        view = self.state.view
        hints = keys.hints(
            self.board_app.look.commands,
            has_deal=view.cursor_card is not None,
            read_only=view.read_only,
        )
        if hints != view.hints:
            self.state.show(hints=hints)
        if self.state.trouble:
            self.say(f"{self.state.trouble} Showing what is at hand.", "status.warn")
        self.canvas.show(self.state.view)

    def say(self, text: str, role: Role = "status", beside: str = "") -> None:
        line = (whole(text, role),) if text else EMPTY
        right = (whole(beside, "hint.label"),) if beside else EMPTY
        if (line, right) != (self.state.view.status, self.state.view.status_right):
            self.state.show(status=line, status_right=right)
            self.canvas.show(self.state.view)

    def say_beside(self, text: str) -> None:
        self.state.show(status_right=(whole(text, "hint.label"),))
        self.canvas.show(self.state.view)

    def count_signs(self) -> None:
        # Of many changes in a row only the last is counted: it takes longer than all the rest.
        if self._signs_timer is not None:
            self._signs_timer.stop()
        self._signs_timer = self.set_timer(SIGNS_S, self._count_signs)

    def _count_signs(self) -> None:
        # Where the database is busy they are counted after the next look at it.
        with suppress(DatabaseError):
            self.state.count_signs()
            self.canvas.show(self.state.view)

    def reload(self) -> None:
        self.state.load()
        self._pane_of = None
        self.redraw()
        self.count_signs()

    @on(BoardCanvas.Resized)
    def _fit(self, event: BoardCanvas.Resized) -> None:
        self.state.show(width=event.width, height=event.height)
        self._pane_of = None
        self.redraw()

    # Which deals are meant.

    def targets(self) -> tuple[tuple[int, ...], Mapping[int, int]]:
        marks, card = self.state.view.marks, self.state.card
        ids = tuple(sorted(marks)) if marks else ((card.id,) if card else ())
        return ids, self.state.seen(ids)

    def pipeline(self) -> Pipeline:
        return self.state.board.pipeline

    def stage_shown(self) -> Stage:
        return self.state.board.columns[self.state.view.cursor[0]].stage

    def present(self, field: str) -> str:
        card = self.state.card
        if card is None:
            return ""
        if field == "name":
            return card.name
        if field == "next_step":
            return card.next_text
        deal = self.state.reader.deal(card.id)
        return field_text(deal, field) if deal else ""

    def show_change(self, receipt: Receipt) -> None:
        marked = bool(self.state.view.marks)
        if marked:
            self.state.show(marks=frozenset())
        moved = receipt.verb in ("move", "reorder", "reopen", "add", "undo", "redo")
        follow = receipt.deals[0].id if moved and len(receipt.deals) == 1 and not marked else None
        touched = frozenset(deal.stage_id for deal in receipt.deals)
        self.state.load(follow=follow, touched=touched)
        self._pane_of = None
        self.redraw()
        self.count_signs()

    # The pane and the screen of one deal.

    def action_pane(self) -> None:
        view = self.state.view
        if not has_room_for_pane(view.width):
            self.action_open()
            return
        self._pane_of = None
        self.state.show(pane=Pane(()) if view.pane is None else None)
        self.redraw()

    def action_switch(self) -> None:
        pane = self.state.view.pane
        if pane is None:
            self.action_pane()
        else:
            self.state.show(pane=replace(pane, focused=not pane.focused))
            self.redraw()

    def action_open(self) -> None:
        card = self.state.card
        if card is None:
            self.say("No deal is selected here.", "status.warn")
        elif has_room_for_pane(self.state.view.width) and self.state.view.pane is None:
            self.action_pane()
        else:
            from pipeboard.ui.screens.deal import DealScreen

            self.app.push_screen(DealScreen(self.state, card.id, self.canvas.theme))

    def _show_pane(self) -> None:
        """Fills the pane with the deal under the cursor, unless it shows that already."""
        view, card = self.state.view, self.state.card
        if view.pane is None:
            return
        wanted = (card.id, card.version) if card else None
        if wanted == self._pane_of and wanted is not None:
            return
        self._pane_of = wanted
        lines: tuple[Line, ...] = ()
        try:
            sheet = self.state.reader.sheet(card.id) if card is not None else None
        except DatabaseError:
            # The board says so, and looks again.
            self._pane_of = None
            return
        if sheet is not None:
            zone = self.state.lens.zone
            style = PaneStyle(layout(view).pane_width - 1, self.today, zone, view.glyphs)
            lines = pane_lines(sheet, style)
        self.state.show(pane=replace(view.pane, lines=lines, top=0))

    def action_step_back(self) -> None:
        """Esc: marks, then filter, then pane, then quit by q only."""
        view = self.state.view
        self.range_start = None
        if view.marks:
            self.state.show(marks=frozenset())
        elif view.filter_text:
            self.state.load(replace(self.state.lens, filter=None))
            self.state.show(filter_text="")
            self.count_signs()
        elif view.pane is not None:
            self.state.show(pane=None)
        elif view.status:
            self.say("")
        else:
            self.say("q or ^q quits.")
            return
        self.redraw()

    def action_quit(self) -> None:
        """q: one step back, and out of the program where there is nothing to go back from."""
        view = self.state.view
        if view.marks or view.filter_text or view.pane is not None:
            self.action_step_back()
        else:
            self.board_app.leave(0)
