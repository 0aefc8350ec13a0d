"""The board: columns of deals, worked by keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.timer import Timer

from pipeboard.domain.errors import DatabaseError, PipeboardError
from pipeboard.domain.pipeline import Pipeline, Stage
from pipeboard.ui import keys
from pipeboard.ui.board_state import BoardState
from pipeboard.ui.draw.layout import has_room_for_pane, layout
from pipeboard.ui.draw.line import Line
from pipeboard.ui.draw.pane import pane_lines
from pipeboard.ui.draw.section import PaneStyle
from pipeboard.ui.draw.view import Pane
from pipeboard.ui.palette import Theme
from pipeboard.ui.screens.answering import Answering
from pipeboard.ui.screens.copying import Copying
from pipeboard.ui.screens.counting import Counting
from pipeboard.ui.screens.deal_actions import in_turn
from pipeboard.ui.screens.deal_text import field_text
from pipeboard.ui.screens.editing import Editing
from pipeboard.ui.screens.marking import Marking
from pipeboard.ui.screens.pointing import Pointing
from pipeboard.ui.unstored import told_unstored
from pipeboard.ui.widgets.canvas import BoardCanvas

if TYPE_CHECKING:
    from pipeboard.store.reading.history import Did
    from pipeboard.workspace import Receipt

SIGNS_S = 0.3
"""How long after a change the deals that carry a sign are counted again."""
WARM_UP_S = 0.8
"""When what writing needs is imported: after the first key, before the first change."""
_MOST_NEWS = 100


class BoardScreen(Pointing, Counting, Editing, Answering, Marking, Copying):
    """Shows a `BoardState`; hands keys on to it, or to the clerk."""

    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(keys.BOARD)

    def __init__(self, state: BoardState, theme: Theme) -> None:
        super().__init__()
        self.state = state
        self.canvas = BoardCanvas(state.view, theme)
        self._pane_of: tuple[int, int] | None = None
        self._signs_timer: Timer | None = None
        self._last_seq: int | None = None
        self._version = state.version

    def compose(self) -> ComposeResult:
        yield self.canvas

    def on_mount(self) -> None:
        self.call_after_refresh(self._catch_up)

    def _catch_up(self) -> None:
        """What the first frame did not wait for."""
        self._look()
        self._count_signs()
        self.say(self._first_words())
        self.set_timer(WARM_UP_S, self._keep_house)

    def _first_words(self) -> str:
        """What was left behind or taken back the last time, or how to begin."""
        app = self.board_app
        left = (app.seat.first_words, told_unstored(app.drafts), *app.drafts.kept_lines())
        before = " ".join(filter(None, left))
        if before or self.state.board.total or self.state.lens.filter is not None:
            return before
        return "No deals yet: a adds one in a line, 'pipeboard import FILE' brings many."

    def _keep_house(self) -> None:
        self.run_worker(self._get_ready(), group="house")

    async def _get_ready(self) -> None:
        """The lost deals whose day has come are leads again."""
        house = self.board_app.housekeeper
        await self.measure()
        if not self.state.view.read_only:
            receipt = await house.ask(lambda workspace: workspace.recycle())
            if receipt.deals:
                await self._show_at_last(self.reload)
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
        self.show_status()
        self.canvas.show(self.state.view)

    @property
    def trouble(self) -> str:
        unread = f"{self.state.trouble} Shown as far as it is known." if self.state.trouble else ""
        return self._trouble or unread

    @property
    def needs_reading(self) -> bool:
        return super().needs_reading or bool(self.state.trouble)

    def put_status(self, line: Line, right: Line) -> None:
        if (line, right) != (self.state.view.status, self.state.view.status_right):
            self.state.show(status=line, status_right=right)
            self.canvas.show(self.state.view)

    def count_signs(self) -> None:
        # Of many changes in a row only the last is counted: it takes longer than all the rest.
        if self._signs_timer is not None:
            self._signs_timer.stop()
        self._signs_timer = self.set_timer(SIGNS_S, self._count_signs)

    def _count_signs(self) -> None:
        # Where the database is busy they are counted after the next look at it.
        try:
            self.state.count_signs()
        except DatabaseError:
            self.reads_again = True
            return
        self.canvas.show(self.state.view)

    def reload(self) -> None:
        self.state.load()
        self.board_app.settings = self.state.reader.settings()
        self._pane_of = None
        self.redraw()
        self.count_signs()

    # What others do.

    def show_news(self) -> None:
        try:
            self.reload()
        except DatabaseError:
            raise
        except PipeboardError as error:
            # A filter that somebody's change has made meaningless: the board without it.
            self.state.load(replace(self.state.lens, filter=None))
            self.state.show(filter_text="")
            self.redraw()
            self.say(f"{error.message} Shown without the filter.", "status.warn")
        self._tell_news()

    def _look(self) -> None:
        super()._look()
        if self._last_seq is None and not self._trouble:
            # Whatever was done before the board was opened is no news.
            self._last_seq = self._newest()

    def _newest(self) -> int | None:
        try:
            return max((did.seq for did in self.state.reader.commands(limit=1)), default=0)
        except DatabaseError:
            return None

    def _tell_news(self) -> None:
        """Who has changed something since the last look, unless it was this person."""
        done, me = self.state.reader.commands(limit=_MOST_NEWS), self.board_app.seat.actor.name
        last, self._last_seq = self._last_seq, max((did.seq for did in done), default=0)
        news = [] if last is None else [d for d in done if d.seq > last and d.actor != me]
        if news:
            self.say_beside(_told(news, f"{news[0].at.astimezone(self.state.lens.zone):%H:%M}"))

    def turn_day(self, today: date) -> None:
        """A board left open over night shows the new day's ages and due steps."""
        self.state.load(replace(self.state.lens, today=today))
        self.reload()

    @on(BoardCanvas.Resized)
    def _fit(self, event: BoardCanvas.Resized) -> None:
        self.state.show(width=event.width, height=event.height)
        self._pane_of = None
        self.redraw()

    # Which deals are meant.

    def targets(self) -> tuple[tuple[int, ...], Mapping[int, int]]:
        self.state.catch_up()
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
        moved = receipt.verb in ("move", "reorder", "reopen", "add", "undo", "redo")
        follow = receipt.deals[0].id if moved and len(receipt.deals) == 1 and not marked else None
        touched = frozenset(deal.stage_id for deal in receipt.deals)
        self.state.load(follow=follow, touched=touched)
        if marked:
            self.state.show(marks=frozenset())
        self._pane_of = None
        self.redraw()
        self.count_signs()

    # The pane and the screen of one deal.

    @in_turn
    async def action_pane(self) -> None:
        await self._open_pane()

    async def _open_pane(self) -> None:
        view = self.state.view
        if not has_room_for_pane(view.width):
            await self._open_screen()
            return
        self._pane_of = None
        self.state.show(pane=Pane(()) if view.pane is None else None)
        self.redraw()

    @in_turn
    async def action_switch(self) -> None:
        pane = self.state.view.pane
        if pane is None:
            await self._open_pane()
        else:
            self.state.show(pane=replace(pane, focused=not pane.focused))
            self.redraw()

    @in_turn
    async def action_open(self) -> None:
        if self.state.card is None:
            self.say("No deal is selected here.", "status.warn")
        elif has_room_for_pane(self.state.view.width) and self.state.view.pane is None:
            await self._open_pane()
        else:
            await self._open_screen()

    async def _open_screen(self) -> None:
        """The screen of the deal under the cursor, once it has been read."""
        from pipeboard.ui.screens.deal import DealScreen

        card = self.state.card
        if card is None:
            self.say("No deal is selected here.", "status.warn")
            return
        await self.app.push_screen(DealScreen(self.state, card.id, self.canvas.theme))

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

    @in_turn
    async def action_step_back(self) -> None:
        self._step_back()

    def _step_back(self) -> None:
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
        elif self._said.text:
            self.say("")
        else:
            self.say("q or ^q quits.")
            return
        self.redraw()

    @in_turn
    async def action_quit(self) -> None:
        """q: one step back, and out of the program where there is nothing to go back from."""
        view = self.state.view
        if view.marks or view.filter_text or view.pane is not None:
            self._step_back()
        else:
            self.board_app.leave(0)


def _told(news: list[Did], when: str) -> str:
    who = ", ".join(dict.fromkeys(f"@{did.actor}" for did in news))
    if len(news) == 1:
        return f"{who} {when}: {news[0].summary}"
    return f"{len(news)} changes by {who} {when}"
