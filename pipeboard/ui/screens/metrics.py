"""The numbers of a pipeline: tabs of figures and charts, with the deals behind each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import ClassVar, Final, NamedTuple, cast

from textual import on
from textual.binding import BindingType

from pipeboard.domain.errors import GivenUp
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.locales import written
from pipeboard.domain.periods import Kind, Period, parse_period
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.settings import Settings
from pipeboard.ui import keys
from pipeboard.ui.board_state import BoardState, as_it_is, gone_words
from pipeboard.ui.draw.line import text_of, width_of
from pipeboard.ui.draw.metrics.sections import Block, ReportView, Spot, marked, spot_at
from pipeboard.ui.draw.metrics.tabs import heading
from pipeboard.ui.host import patiently
from pipeboard.ui.key_table import METRICS
from pipeboard.ui.last_view import read_anew
from pipeboard.ui.metrics_worker import CountedMoment, Drawn, MetricsWorker
from pipeboard.ui.screens.live import LiveScreen, Said, hints_of, uncover
from pipeboard.ui.screens.page_screen import CountingScreen
from pipeboard.ui.terminal.workers import beside
from pipeboard.ui.widgets.page import Page
from pipeboard.ui.write_queue import suppress_busy


class Wanted(NamedTuple):
    """The deals behind a number, to be shown on the board."""

    title: str
    ids: frozenset[int]


class LeftAt(NamedTuple):
    """Where a person was when they left the screen, and on which day."""

    asked: ReportView
    cursor: int
    day: date


def period_of(kind: Kind, day: date, settings: Settings) -> Period:
    """The year, quarter, month or week that holds a day, as the workspace counts."""
    return parse_period(
        f"this-{kind}", day, week_start=settings.week_start, fiscal_shift=settings.fiscal_shift
    )


def as_counted_now(period: Period, today: date, settings: Settings, seen: date) -> Period:
    """The period of the same kind that holds today, where this one does or was the present one on
    the day when it was `seen`; else the one that holds the day on which this one begins: years and
    weeks may begin on another day by now."""
    if period.kind in ("days", "all"):
        return period
    is_present = any(period.start <= day < period.end for day in (today, seen))
    return period_of(period.kind, today if is_present else period.start, settings)


def _asked_now(asked: ReportView, state: BoardState, settings: Settings, seen: date) -> ReportView:
    """What was asked for on the day when it was `seen`, as it is meant today."""
    lens, query = state.lens, asked.query
    past = asked.as_of
    if seen != lens.today:
        query = read_anew(state.reader, settings, lens.today, lens.me, query)
    if past is not None and past >= lens.today:  # the clock was set back
        seen, past = past, None
    period = as_counted_now(asked.period, past or lens.today, settings, past or seen)
    pipeline = as_it_is(asked.pipeline, state.reader)
    return replace(asked, pipeline=pipeline, period=period, query=query, as_of=past)


class MetricsScreen(CountingScreen):
    """Shows what the metrics worker has drawn; the old stays until the new has been counted."""

    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(METRICS)
    TABLE = METRICS
    title_of_help = "Metrics"
    GO = "m"
    _of_spot = Said()
    """What the number under the cursor has said on the status line."""
    answer = ""
    """What is said once what was asked for is shown."""

    def __init__(
        self,
        state: BoardState,
        metrics_worker: MetricsWorker,
        place: LeftAt | None,
        come_back: Callable[[LeftAt, Wanted | None], None],
        first: tuple[str, ...] = (),
    ) -> None:
        super().__init__(state)
        # Nothing is counted yet: that begins once the page is there.
        self.page.fill, self.page.fills_all = self._redraw, False
        self.hinted_here = partial(_hinted_here, self)
        self._come_back = come_back
        self.metrics_worker = metrics_worker
        lens = state.lens
        settings = state.reader.settings()
        self.asked = ReportView(
            state.board.pipeline,
            period_of("quarter", lens.today, settings),
            lens.owner,
            lens.filter,
            filter_text=state.view.filter_text,
            first=first,
        )
        self.cursor = 0
        seen = lens.today
        if place is not None:
            self.asked, self.cursor, seen = place
        before = self.asked.pipeline
        self.asked = replace(_asked_now(self.asked, state, settings, seen), currency=lens.currency)
        self.answer = gone_words(before, self.asked.pipeline)
        self._day = lens.today
        self.drawn: Drawn | None = None
        self._shown_at: datetime | None = None
        self.give_up = partial(end_counting, self)
        self.put_away = partial(_put_away, self)

    # What is shown.

    def redraw(self) -> None:
        self.look_at(self.asked, self.cursor)

    def reload(self) -> None:
        """Counts again what somebody has changed, in the periods that hold now."""
        self.version = self.state.reader.data_version()
        asked = _asked_now(self.asked, self.state, self.program.settings, self._day)
        self.answer = gone_words(self.asked.pipeline, asked.pipeline) or self.answer
        self._day = self.today
        self.look_at(asked, self.cursor)

    def look_at(self, asked: ReportView, cursor: int = 0) -> None:
        """Shows other numbers: at once where they are known, else as soon as they are counted."""
        view = self.state.view
        width, glyphs = self.page.size.width, view.glyphs
        drawn = partial(replace, width=width, glyphs=glyphs, everyone=view.board.everyone)
        asked = drawn(asked)
        moved = (asked.tab, asked.pipeline) != (self.asked.tab, self.asked.pipeline)
        if asked != drawn(self.asked):
            self._said = Said()
        self.asked, self.cursor = asked, cursor
        if moved:
            self.page.view = replace(self.page.view, top=0)
        known = self.metrics_worker.at_hand(asked, self.moment)
        if known is not None:
            self._show(known)
            return
        self.counting += 1
        self.under_way = "counting" if self.drawn is None else _counting(asked, self.drawn.asked)
        self._redraw()
        beside(self, "counting", _count, self, asked)

    def _show(self, drawn: Drawn) -> None:
        self.drawn, self._shown_at = drawn, self.moment.at
        self.cursor = max(0, min(self.cursor, len(drawn.block.spots) - 1))
        self._redraw()
        if said := " ".join(filter(None, (drawn.remark, self.answer))):
            self.say(said)
            self.answer = ""

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
        # Of what is shown, not of what was asked for and is still being counted.
        head = heading(
            self.drawn.asked if self.drawn else self.asked,
            self.page.size.width,
            at=(self._shown_at or self.moment.at).astimezone(self.state.lens.zone),
            taken=width_of(self.page.tags),
        )
        view = replace(
            view,
            head=head,
            lines=marked(self.block, self.cursor),
            hints=hints_of(self),
            glyphs=self.state.view.glyphs,
        )
        self.page.show(replace(view, top=_top(self, view.seen(height), view.top)))
        # What a key was told stands until the next one, whatever is counted or drawn meanwhile.
        if self.spot is not None and self._said in (self._of_spot, Said()):
            self.say(_about(self.spot, self.block))
            self._of_spot = self._said
        else:
            self.show_status()

    def pipeline(self) -> Pipeline:
        return self.asked.pipeline

    @property
    def moment(self) -> CountedMoment:
        """The state of the database that is shown, its day and its instant."""
        return self.metrics_worker.moment(self.version, self.today)

    # The cursor.

    def move_cursor(self, columns: int, rows: int) -> None:
        """The cursor so many numbers on."""
        last = len(self.block.spots) - 1
        self.cursor = max(0, min(self.cursor + rows, last))
        self._said = Said()
        self._redraw()

    def move_to_end(self, direction: int) -> None:
        self.move_cursor(0, direction * len(self.block.spots))

    def move_pages(self, pages: float) -> None:
        """The cursor to the number that stands a screen further."""
        room, here = self.page.view.seen(self.page.size.height), self.spot
        if here is None:
            return
        goal = here.y + round(pages * (room - 1))
        places = [p for p, spot in enumerate(self.block.spots) if abs(spot.x - here.x) < 2]
        nearest = min(places, key=lambda place: abs(self.block.spots[place].y - goal))
        self.move_cursor(0, nearest - self.cursor)

    @on(Page.Pointed)
    def _point(self, event: Page.Pointed) -> None:
        place = spot_at(self.block, event.x, event.y)
        if place is None:
            return
        self.move_cursor(0, place - self.cursor)
        if event.count > 1:
            self.press("metrics.open")

    async def leave(self, wanted: Wanted | None) -> None:
        """Back to the board, with deals to show there, or to where it was opened."""
        await patiently(self, lambda: _put_away(self, wanted))
        board = cast(LiveScreen, self.app.screen_stack[0])
        self.app.pop_screen()
        if wanted is not None:
            uncover(board)


def _counting(asked: ReportView, shown: ReportView) -> str:
    """What is counted, by the word that tells it from what is shown, if there is one."""
    if asked.pipeline.id != shown.pipeline.id:
        return f"counting {asked.pipeline.name}"
    if asked.as_of != shown.as_of:
        return f"counting as of {written().date(asked.as_of)}" if asked.as_of else "counting now"
    return f"counting {asked.period.label}" if asked.period != shown.period else "counting"


async def _count(screen: MetricsScreen, asked: ReportView) -> None:
    """Asks the metrics worker, again and again while the database is held by others."""
    drawn = None

    def tell(share: float) -> None:
        screen.share = share

    try:
        while asked == screen.asked:
            with suppress_busy():
                drawn = await screen.metrics_worker.ask(asked, screen.moment, tell)
                break
    except GivenUp:  # as it was said
        screen.counting -= 1
        screen.show_status()
        return
    except Exception as error:  # the boundary of what is counted beside the screen
        screen.say(screen.program.net.words(error), "status.error")
    screen.counting -= 1
    if drawn is not None and drawn.asked == screen.asked:
        screen._show(drawn)
    else:
        screen._redraw()


def _put_away(screen: MetricsScreen, wanted: Wanted | None = None) -> None:
    """Keeps where one is; raises DatabaseError where wanted deals cannot be shown now."""
    if screen.counting:
        screen.metrics_worker.give_up()
    screen._come_back(LeftAt(screen.asked, screen.cursor, screen._day), wanted)


_LONGEST_READING: Final = 12  # lines, on the narrowest screen


def _about(spot: Spot, block: Block) -> str:
    """What is to be said of a number: nothing that stands where it is."""
    below = " ".join(map(text_of, block.lines[spot.y : spot.y + _LONGEST_READING]))
    return "" if spot.summary in " ".join(below.split()) else spot.summary


def _top(screen: MetricsScreen, room: int, top: int) -> int:
    """From which line on the number under the cursor is seen, with its heading above it."""
    spot, last = screen.spot, len(screen.block.lines) - room
    if spot is None:
        return 0
    if screen.cursor == 0:
        return 0
    top = max(spot.y - room + 1, min(top, max(0, spot.y - 2)))
    return max(0, min(top, last))


def end_counting(screen: MetricsScreen) -> bool:
    """Ends the counting, and shows again what was shown before; whether there was any."""
    if not screen.counting:
        return False
    screen.metrics_worker.give_up()
    if screen.drawn is None or screen.drawn.asked == screen.asked:
        return False
    screen.asked, screen.answer = screen.drawn.asked, ""
    screen._show(screen.drawn)
    screen.say("Given up: these are the numbers from before.")
    return True


def _hinted_here(screen: MetricsScreen) -> Mapping[str, str]:
    spot = screen.spot
    opens = {} if spot is not None and (spot.deals or spot.base) else {"metrics.open": ""}
    if screen.asked.as_of is not None:
        return {**opens, "metrics.call": "", "metrics.target": "", "metrics.step_back": "Now"}
    return {**opens, "metrics.step_back": "All deals"} if screen.asked.filter_text else opens
