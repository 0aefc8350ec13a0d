"""The numbers of a pipeline: tabs of figures and charts, with the deals behind each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from pipeboard.domain.dates import local_date
from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.periods import parse_period
from pipeboard.domain.pipeline import Pipeline
from pipeboard.ui import keys
from pipeboard.ui.board_state import BoardState
from pipeboard.ui.busy import is_busy
from pipeboard.ui.draw.line import EMPTY, Line
from pipeboard.ui.draw.metrics.asked import Asked
from pipeboard.ui.draw.metrics.block import Block, Spot, marked, spot_at
from pipeboard.ui.draw.metrics.heading import heading
from pipeboard.ui.draw.metrics.tab_names import TABS
from pipeboard.ui.metrics_keys import METRICS
from pipeboard.ui.metrics_worker import Drawn, MetricsWorker
from pipeboard.ui.overlays.help import Help, groups_of
from pipeboard.ui.overlays.picker import Option, Picker
from pipeboard.ui.overlays.prompt import Prompt
from pipeboard.ui.palette import Theme
from pipeboard.ui.screens.counting_choices import ask_how_to_count, ask_which_side
from pipeboard.ui.screens.deal_actions import in_turn
from pipeboard.ui.screens.exporting import Exporting
from pipeboard.ui.screens.questions import Came, Questions, until_stored
from pipeboard.ui.widgets.page import Page

_SPANS = ("quarter", "year", "month")


class Wanted(NamedTuple):
    """The deals behind a number, to be shown on the board."""

    title: str
    ids: frozenset[int]


class Place(NamedTuple):
    """Where a person was when they left the screen."""

    asked: Asked
    filter_text: str
    cursor: int


class MetricsScreen(Exporting):
    """Shows what the metrics worker has drawn; the old stays until the new has been counted."""

    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(METRICS)

    def __init__(
        self,
        state: BoardState,
        metrics_worker: MetricsWorker,
        theme: Theme,
        place: Place | None,
        come_back: Callable[[Place, Wanted | None], None],
    ) -> None:
        super().__init__()
        self._come_back = come_back
        self.state = state
        self.metrics_worker = metrics_worker
        self.page = Page(theme)
        lens = state.lens
        settings = state.reader.settings()
        period = parse_period(
            "this-quarter",
            lens.today,
            week_start=settings.week_start,
            fiscal_shift=settings.fiscal_shift,
        )
        self.asked = Asked(state.board.pipeline, period, lens.owner, lens.filter)
        self.filter_text = state.view.filter_text
        self.cursor = 0
        if place is not None:
            self.asked, self.filter_text, self.cursor = place
        self._settings = settings
        self._version: int = state.reader.data_version()
        self.drawn: Drawn | None = None
        self._counting = 0

    def compose(self) -> ComposeResult:
        yield self.page

    # What is shown.

    @on(Page.Resized)
    def _fit(self) -> None:
        self.look_at(self.asked, self.cursor)

    def reload(self) -> None:
        """Counts again what somebody has changed."""
        self._version = self.state.reader.data_version()
        self.look_at(self.asked, self.cursor)

    def turn_day(self, today: date) -> None:
        self.reads_again = True

    def look_at(self, asked: Asked, cursor: int = 0) -> None:
        """Shows other numbers: at once where they are known, else as soon as they are counted."""
        asked = replace(asked, width=self.page.size.width, glyphs=self.state.view.glyphs)
        moved = (asked.tab, asked.pipeline) != (self.asked.tab, self.asked.pipeline)
        self.asked, self.cursor = asked, cursor
        if moved:
            self.page.view = replace(self.page.view, top=0)
        known = self.metrics_worker.at_hand(asked, self.moment)
        if known is not None:
            self._show(known)
            return
        self._counting += 1
        self._redraw()
        self.run_worker(self._count(asked), group="counting")

    async def _count(self, asked: Asked) -> None:
        """Asks the metrics worker, again and again while the database is held by others."""
        drawn = None
        try:
            while asked == self.asked:
                try:
                    drawn = await self.metrics_worker.ask(asked, self.moment)
                    break
                except DatabaseError as error:
                    if not is_busy(error):
                        raise
        except Exception as error:  # the boundary of what is counted beside the screen
            self.say(self.board_app.net.words(error), "status.error")
        self._counting -= 1
        if drawn is not None and drawn.asked == self.asked:
            self._show(drawn)
        else:
            self._redraw()

    async def counted(self) -> None:
        """Waits until what is shown is what was asked for; raises GivenUp."""
        while self.is_counting:
            await self.board_app.pause()

    @property
    def is_counting(self) -> bool:
        """Is what is shown about to be replaced?"""
        return self._counting > 0

    def _show(self, drawn: Drawn) -> None:
        self.drawn = drawn
        self.cursor = max(0, min(self.cursor, len(drawn.block.spots) - 1))
        self._redraw()

    @property
    def block(self) -> Block:
        """The tab that is drawn, empty before the first."""
        return self.drawn.block if self.drawn else Block(self.page.size.width)

    @property
    def spot(self) -> Spot | None:
        """The number under the cursor."""
        spots = self.block.spots
        return spots[self.cursor] if self.cursor < len(spots) else None

    def _redraw(self) -> None:
        view, height = self.page.view, self.page.size.height
        head = heading(
            self.asked,
            self.page.size.width,
            filter_text=self.filter_text,
            at=self.moment.at.astimezone(self.state.lens.zone),
        )
        view = replace(
            view,
            head=head,
            lines=marked(self.block, self.cursor),
            hints=keys.hints(METRICS),
            glyphs=self.state.view.glyphs,
        )
        self.page.show(replace(view, top=self._top(view.room(height), view.top)))
        if self.spot is not None:
            self.say(self.spot.says)
        else:
            self.show_status()

    def _top(self, room: int, top: int) -> int:
        """From which line on the number under the cursor is seen, with its heading above it."""
        spot, last = self.spot, len(self.block.lines) - room
        if spot is None:
            return 0
        if self.cursor == 0:
            return 0
        top = max(spot.y - room + 1, min(top, max(0, spot.y - 2)))
        return max(0, min(top, last))

    def put_status(self, line: Line, right: Line) -> None:
        counting: Line = (("counting…", "hint.label"),) if self._counting else EMPTY
        self.page.show(replace(self.page.view, status=line, status_right=right or counting))

    # What the verbs of deals ask of a screen; there is no deal under this cursor.

    def targets(self) -> tuple[tuple[int, ...], Mapping[int, int]]:
        return (), {}

    def pipeline(self) -> Pipeline:
        return self.asked.pipeline

    # The cursor.

    def _move(self, numbers: int) -> None:
        last = len(self.block.spots) - 1
        self.cursor = max(0, min(self.cursor + numbers, last))
        self._redraw()

    @in_turn
    async def action_down(self) -> None:
        await self.counted()
        self._move(1)

    @in_turn
    async def action_up(self) -> None:
        await self.counted()
        self._move(-1)

    @in_turn
    async def action_top(self) -> None:
        await self.counted()
        self._move(-self.cursor)

    @in_turn
    async def action_bottom(self) -> None:
        await self.counted()
        self._move(len(self.block.spots))

    def _page(self, direction: int) -> None:
        """The cursor to the number that stands a screen further."""
        room, here = self.page.view.room(self.page.size.height), self.spot
        if here is None:
            return
        goal = here.y + direction * (room - 1)
        places = [p for p, spot in enumerate(self.block.spots) if abs(spot.x - here.x) < 2]
        nearest = min(places, key=lambda place: abs(self.block.spots[place].y - goal))
        self._move(nearest - self.cursor)

    @in_turn
    async def action_page_down(self) -> None:
        await self.counted()
        self._page(1)

    @in_turn
    async def action_page_up(self) -> None:
        await self.counted()
        self._page(-1)

    @on(Page.Scrolled)
    def _wheel(self, event: Page.Scrolled) -> None:
        view = self.page.view
        self.page.show(replace(view, top=view.scrolled(event.lines, self.page.size.height)))

    @on(Page.Pointed)
    async def _point(self, event: Page.Pointed) -> None:
        place = spot_at(self.block, event.x, event.y)
        if place is None:
            return
        self._move(place - self.cursor)
        if event.count > 1:
            await self.run_action("open")

    @in_turn
    async def action_open(self) -> None:
        """The deals behind the number under the cursor, on the board: of a rate those that it
        counts, or all that it is a share of."""
        await self.counted()
        spot = self.spot
        if spot is None or not (spot.deals or spot.base):
            self.say("No deal is behind this number.", "status.warn")
            return
        wanted = await ask_which_side(self, spot)
        if wanted is not None:
            await self.leave(Wanted(*wanted))

    # What is looked at.

    def action_tab(self, number: int) -> None:
        self.look_at(replace(self.asked, tab=TABS[number - 1]))

    def _beside(self, step: int) -> None:
        place = (TABS.index(self.asked.tab) + step) % len(TABS)
        self.look_at(replace(self.asked, tab=TABS[place]))

    def action_next_tab(self) -> None:
        self._beside(1)

    def action_tab_before(self) -> None:
        self._beside(-1)

    def action_earlier(self) -> None:
        self.look_at(replace(self.asked, period=self.asked.period.previous()), self.cursor)

    def action_later(self) -> None:
        self.look_at(replace(self.asked, period=self.asked.period.next()), self.cursor)

    def action_span(self) -> None:
        """Quarter, year, month: the one that holds today, or the beginning of what is shown."""
        period = self.asked.period
        kind = period.kind if period.kind in _SPANS else _SPANS[-1]
        wanted = _SPANS[(_SPANS.index(kind) + 1) % len(_SPANS)]
        today = local_date(self.moment.at, self.state.lens.zone)
        day = today if period.start <= today < period.end else period.start
        found = parse_period(
            f"this-{wanted}",
            day,
            week_start=self._settings.week_start,
            fiscal_shift=self._settings.fiscal_shift,
        )
        self.look_at(replace(self.asked, period=found), self.cursor)

    def action_compare(self) -> None:
        self.look_at(replace(self.asked, compares=not self.asked.compares), self.cursor)

    def action_mine(self) -> None:
        me = self.state.lens.me if self.asked.owner is None else None
        self.look_at(replace(self.asked, owner=me), self.cursor)

    @in_turn
    async def action_rep(self) -> None:
        reps = await self.read(lambda reader: reader.reps())
        options = [Option("", "everyone")]
        options += [Option(rep.name, f"@{rep.name}", rep.display_name) for rep in reps]
        chosen = await self.ask(Picker("Whose numbers", options))
        if chosen is not None:
            self.look_at(replace(self.asked, owner=chosen or None), self.cursor)

    @in_turn
    async def action_pipeline(self) -> None:
        pipelines = await self.read(lambda reader: reader.pipelines())
        options = [Option(str(p.id), p.name, p.currency) for p in pipelines]
        chosen = await self.ask(Picker("Pipeline", options))
        if chosen is not None:
            wanted = next(p for p in pipelines if str(p.id) == chosen)
            self.look_at(replace(self.asked, pipeline=wanted))

    @in_turn
    async def action_filter(self) -> None:
        async def ask(questions: Questions) -> Came:
            typed = await questions.ask(
                lambda: Prompt(
                    "/",
                    value=self.filter_text,
                    accept_empty=True,
                    draft_key="metrics-filter",
                    offers=False,
                    verb="Count these",
                )
            )
            if typed is None:
                return None
            wanted = self.parse(typed)
            self.filter_text = typed.strip()
            self.look_at(replace(self.asked, query=wanted))
            return True

        await until_stored(self, ask)

    @in_turn
    async def action_counting(self) -> None:
        """How the workspace counts: when weeks and years begin, and whom deals count for."""
        said = await ask_how_to_count(self, self._settings)
        if said is not None:
            self._settings, words = said
            self.say(words, "status.ok")
            self._count_anew()

    @in_turn
    async def action_reload(self) -> None:
        self._count_anew()

    def _count_anew(self) -> None:
        self.metrics_worker.begin_anew()
        self.look_at(self.asked, self.cursor)

    @in_turn
    async def action_help(self) -> None:
        await self.ask(Help("Metrics", groups_of(METRICS)))

    @in_turn
    async def action_step_back(self) -> None:
        await self.leave(None)

    async def leave(self, wanted: Wanted | None) -> None:
        """Back to the board, with deals to show there or as it was."""
        place = Place(self.asked, self.filter_text, self.cursor)
        await self.patiently(lambda: self._come_back(place, wanted))
        self.app.pop_screen()
