"""The board: columns of deals, worked by keys."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.timer import Timer

from pipeboard.domain.board import Card
from pipeboard.domain.errors import DatabaseError, PipeboardError
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.pipeline import Pipeline, Stage
from pipeboard.domain.text import quoted
from pipeboard.ui import keys
from pipeboard.ui.actions.tour import Tour, left, over
from pipeboard.ui.board_state import BoardState, LookedAt, ViewPlace, gone_words
from pipeboard.ui.draw.changes import BoardPlace
from pipeboard.ui.draw.layout import Pane, layout
from pipeboard.ui.draw.line import Line, whole
from pipeboard.ui.execute import show_at_last
from pipeboard.ui.key_table import BOARD
from pipeboard.ui.news import News, first_words, told
from pipeboard.ui.screens.deal_pane import DealPane
from pipeboard.ui.screens.live import LiveScreen, hints_of, press_hint
from pipeboard.ui.terminal.workers import beside
from pipeboard.ui.widgets.page import BoardCanvas
from pipeboard.ui.write_queue import Targets

if TYPE_CHECKING:
    from pipeboard.domain.deal import Deal
    from pipeboard.ui.metrics_worker import MetricsWorker
    from pipeboard.ui.screens.metrics import LeftAt
    from pipeboard.ui.screens.review import ReviewPlace
    from pipeboard.workspace import Workspace
    from pipeboard.workspace.recording import Receipt

_MOST_PLACES = 99
_CLOSES = ("won", "lost", "archive")
SIGNS_S = 0.3
"""How long after a change the deals that carry a sign are counted again."""
HOUSEKEEPING_S = 0.8
"""When lost deals come back and usual days are read: after the first key was answered."""


class BoardScreen(LiveScreen):
    """Shows a `BoardState`; hands keys on to it, or to the write queue."""

    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(BOARD)
    TABLE = BOARD
    title_of_help = "Board"
    GO = "b"
    NEEDS_ROOM = True
    range_start: tuple[int, int] | None = None
    """From where on a range of cards is being marked."""
    metrics_worker: MetricsWorker | None = None
    """Counts for the metrics screen; made when that is first wanted."""
    metrics_left_at: LeftAt | None = None
    review_left_at: ReviewPlace | None = None
    tour: Tour | None = None
    """The tour that is under way, whose next key stands in the last line."""

    def __init__(self, state: BoardState) -> None:
        super().__init__()
        self.hinted_here = partial(_hinted_here, self)
        self.state = state
        self.canvas = BoardCanvas(state.view)
        self.pane = DealPane(self, state, self.canvas)
        self._signs_timer: Timer | None = None
        self._news = News()
        self._places: dict[str, ViewPlace] = {}
        """Where deals were changed by each command of this board: taking it back leads there."""
        self._fitted: tuple[ViewPlace, ViewPlace] = (state.place, state.place)
        """Where the board was scrolled to before its window got other sizes, and since."""
        self.shown_behind: tuple[LookedAt, str] | None = None
        """What was looked at before deals behind a number, and the key back to that."""
        self.version = state.version

    def compose(self) -> ComposeResult:
        yield self.canvas

    def on_mount(self) -> None:
        self.call_after_refresh(_catch_up, self)

    def on_unmount(self) -> None:
        if self.metrics_worker is not None:
            self.metrics_worker.close()

    # What is shown.

    def redraw(self) -> None:
        self.pane.follow()
        view = self.state.view
        hints = (
            self.tour.hints()
            if self.tour is not None
            else hints_of(self, has_deal=view.cursor_card is not None)
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
        if self.range_start is not None and not right:
            right = (
                whole(f"{keys.key_for(self.keys, 'mark_range')} ends the range", "hint.label"),
            )
        if (line, right) != (self.state.view.status, self.state.view.status_right):
            self.state.show(status=line, status_right=right)
            self.canvas.show(self.state.view)

    def count_signs(self) -> None:
        # Of many changes in a row only the last is counted: it takes longer than all the rest.
        if self._signs_timer is not None:
            self._signs_timer.stop()
        self._signs_timer = self.set_timer(SIGNS_S, self._count_signs)

    def _look(self) -> None:
        super()._look()
        if not self._trouble:
            with suppress(DatabaseError):  # the next look begins
                self._news.begin(self.state)

    def _count_signs(self) -> None:
        # Where the database is busy they are counted after the next look at it.
        try:
            self.state.count_signs()
        except DatabaseError:
            self.reads_again = True
            return
        self.canvas.show(self.state.view)

    def reload(self) -> None:
        before = self.pipeline()
        self.state.load()
        if gone := gone_words(before, self.pipeline()):
            self.shown_behind = None
            self.say(gone, "status.warn")
        self.pane.forget()
        self.redraw()
        self.count_signs()

    def press(self, key_id: str) -> None:
        super().press(key_id)
        if self.tour is not None:
            self.tour = self.tour.after(key_id)
            if self.tour.is_over:
                self.tour = None
                self.say(over(self.keys), "status.ok")
            self.redraw()

    action_press = press

    # What others do.

    def show_news(self) -> None:
        try:
            self.reload()
        except DatabaseError:
            raise
        except PipeboardError:
            # A filter that somebody's change has made meaningless: the board without it.
            text = quoted(self.state.view.filter_text)
            self.state.load(replace(self.state.lens, filter=None))
            self.state.show(filter_text="")
            self.redraw()
            self.say(f"Nothing is meant by {text} any more: shown without it.", "status.warn")
        done = self._news.since(self.state)
        news = told(done, self.state, self.program.seat.actor)
        if news:
            self.say(self._said.text, self._said.role, news)

    def turn_day(self, today: date) -> None:
        """A board left open over night shows the new day's ages and due steps."""
        self.reload()

    @on(BoardCanvas.Resized)
    def _fit(self, event: BoardCanvas.Resized) -> None:
        # Scrolled from where it was before the first of several sizes, so that what a small window
        # has scrolled away is back in a large one.
        before = self.state.place
        if before == self._fitted[1]:
            before = self._fitted[0]
        self.state.show(width=event.width, height=event.height, **before._asdict())
        self._fitted = before, self.state.place
        pane = self.state.view.pane
        if pane is not None and not layout(self.state.view).pane_width:
            self.state.show(pane=replace(pane, focused=False))
        self.pane.forget()
        self.redraw()

    # Which deals are meant.

    def targets(self) -> Targets:
        self.state.catch_up()
        marks, card = self.state.view.marks, self.state.card
        ids = tuple(sorted(marks)) if marks else ((card.id,) if card else ())
        return ids, self.state.seen(ids)

    def pipeline(self) -> Pipeline:
        return self.state.board.pipeline

    def stage_shown(self) -> Stage:
        return self.state.board.columns[self.state.view.cursor[0]].stage

    def at_hand(self, deal_id: int) -> Card | Deal | None:
        card, deal = self.state.cards.get(deal_id), self.pane.deal
        if card is None or deal is None or (deal.id, deal.version) != (card.id, card.version):
            return card
        return deal

    def show_change(self, receipt: Receipt) -> None:
        view, state, place = self.state.view, self.state, self.state.place
        touched = frozenset(deal.stage_id for deal in receipt.deals)
        # Who closes or archives a deal goes on with the one beside it.
        moves = receipt.verb in ("move", "reorder", "reopen", "add", "undo", "redo")
        one = receipt.deals[0] if len(receipt.deals) == 1 and not view.marks else None
        follows = one is not None and moves and one.is_open
        # A deal that a colleague has moved meanwhile is followed there, as by the next look.
        stays = bool(receipt.deals) and not follows and (moves or receipt.verb in _CLOSES)
        state.load(follow=one.id if one and follows else None, touched=touched, stays=stays)
        if receipt.undoes in self._places and state.board.pipeline.id == view.board.pipeline.id:
            state.show(**self._places.pop(receipt.undoes)._asdict())
            if one is not None:
                state.go_to_deal(one.id)
        elif receipt.command_id and receipt.deals:
            self._places[receipt.command_id] = place
            if len(self._places) > _MOST_PLACES:
                del self._places[next(iter(self._places))]
        with suppress(DatabaseError):  # else all is read once more at the next look
            if self.version is not None and self._news.is_only(state, receipt.command_id):
                self.version = state.version
        if view.marks:
            state.show(marks=frozenset())
        self.pane.forget()
        self.redraw()
        self.count_signs()

    # The cursor, and the mouse.

    def scroll_pane(self, lines: int) -> None:
        """The lines beside the board scrolled."""
        pane = self.state.view.pane
        if pane is not None:
            room = layout(self.state.view).status_y - 1
            top = max(0, min(pane.top + lines, len(pane.lines) - room))
            self.state.show(pane=replace(pane, top=top))
            self.redraw()

    def move_cursor(self, columns: int, rows: int) -> None:
        self.say("")
        pane = self.state.view.pane
        if pane is None or not pane.focused:
            self.state.move_cursor(columns, rows)
        elif columns < 0:
            self.state.show(pane=replace(pane, focused=False))
        else:
            self.scroll_pane(rows)
        self.redraw()

    def move_to_end(self, direction: int) -> None:
        pane = self.state.view.pane
        if pane is not None and pane.focused:
            rows = len(pane.lines)
        else:
            rows = self.state.board.columns[self.state.view.cursor[0]].count
        self.move_cursor(0, direction * rows)

    def move_pages(self, pages: float) -> None:
        self.say("")
        halves, pane = round(2 * pages), self.state.view.pane
        if pane is not None and pane.focused:
            self.scroll_pane(halves * layout(self.state.view).body_rows // 2)
        else:
            self.state.page(halves)
        self.redraw()

    @on(BoardCanvas.Pointed)
    def _point(self, event: BoardCanvas.Pointed) -> None:
        """A click selects, a second one opens."""
        hit = event.hit
        self.say("")
        match hit.place:
            case BoardPlace.CARD:
                self.state.show(cursor=(hit.column, hit.row))
                if event.count > 1:
                    self.press("board.open")
            case BoardPlace.TAB | BoardPlace.HEAD | BoardPlace.COLUMN:
                self.state.show(cursor=(hit.column, self.state.view.top(hit.column)))
            case BoardPlace.ABOVE:
                self.state.scroll(hit.column, -3)
            case BoardPlace.BELOW:
                self.state.scroll(hit.column, 3)
            case BoardPlace.TITLE if hit.key:
                self.perform("filters.show_needs", hit.key)
                return
            case BoardPlace.HINT:
                press_hint(self, hit.key, event.count)
                return
        self.redraw()

    @on(BoardCanvas.Dragged)
    def _drop(self, event: BoardCanvas.Dragged) -> None:
        """A card that is dragged moves to the stage where it is let go."""
        card = self.state.view.card(event.start.column, event.start.row)
        if card is None or card.id != event.card_id:
            self.say("Not moved: another deal has come to stand there meanwhile.", "status.warn")
            return
        self.state.show(cursor=(event.start.column, event.start.row))
        if card.id not in self.state.view.marks:
            self.state.show(marks=frozenset())
        self.perform("stages.move_to", self.state.board.columns[event.end.column].stage)

    @on(BoardCanvas.Scrolled)
    def _wheel(self, event: BoardCanvas.Scrolled) -> None:
        if event.hit.place is BoardPlace.PANE:
            self.scroll_pane(event.lines)
        elif event.hit.column >= 0:
            self.state.scroll(event.hit.column, 1 if event.lines > 0 else -1)
            self.redraw()

    # The pane, and steps back.

    def show_pane(self, pane: Pane | None) -> None:
        """The deal under the cursor beside the board; None takes it away."""
        self.pane.forget()
        self.state.show(pane=pane)
        self.redraw()

    async def step_back(self) -> None:
        """Esc: marks, then filter, or back to the number that led here; q leaves the program."""
        view = self.state.view
        self.range_start = None
        if self.tour is not None:
            self.tour = None
            self.say(left(self.keys))
        elif view.marks:
            self.state.show(marks=frozenset())
        elif self.shown_behind is not None:
            self.perform("selection.back_to_number")
            return
        elif view.filter_text:
            self.state.load(replace(self.state.lens, filter=None))
            self.state.show(filter_text="")
            self.say("")
            self.count_signs()
        elif view.pane is not None and view.pane.focused:
            self.state.show(pane=replace(view.pane, focused=False))
            self.say("")
        else:
            quits, leaves = (keys.key_for(self.keys, action) for action in ("quit", "leave"))
            self.say("" if self._said.text else f"{quits} or {leaves} quits.")
        self.redraw()

    async def quit(self) -> None:
        """q: one step back, and out of the program where there is nothing to go back from."""
        view = self.state.view
        if view.marks or view.filter_text or (view.pane is not None and view.pane.focused):
            await self.step_back()
        else:
            self.program.leave(0)


def _catch_up(board: BoardScreen) -> None:
    """What the first frame did not wait for."""
    board._look()
    board._count_signs()
    board.say(first_words(board))
    if begin := board.program.choices.begin:
        try:
            board.perform(str(begin[0]), *begin[1:])
        finally:
            board.program.key_queue.has_acted()
    board.set_timer(HOUSEKEEPING_S, lambda: beside(board, "house", _get_ready, board))


async def _get_ready(board: BoardScreen) -> None:
    """For the first change; and the lost deals whose day has come are leads again."""
    house = board.program.housekeeper
    board.state.show(usual_days=await house.ask(_usual_days))
    board.redraw()
    if not board.state.view.read_only:
        receipt = await house.ask(_recycled)
        if receipt.deals:
            await show_at_last(board, board.reload)
            board.say(receipt.summary, "status.ok")


def _recycled(workspace: Workspace) -> Receipt:
    from pipeboard.workspace.new_deals import recycle_due

    return recycle_due(workspace, by_itself=True)


def _usual_days(workspace: Workspace) -> tuple[tuple[int, int], ...]:
    """How long deals usually stay in each stage, for the heads of the columns."""
    reader = workspace.reader
    found = (reader.numbers.usual_days(p.id) for p in reader.pipelines())
    return tuple(pair for usual in found for pair in usual.items())


def _hinted_here(screen: BoardScreen) -> Mapping[str, str]:
    """What all that are meant refuse; the first that refuses none of it ends the look, since
    thousands may be marked."""
    view = screen.state.view
    meant = map(screen.state.cards.get, view.marks) if view.marks else iter((view.cursor_card,))
    refused = _refused_by(next(meant))
    for card in meant:
        if not refused:
            break
        each = _refused_by(card)
        refused = {key: hint for key, hint in refused.items() if key in each}
    return refused


def _refused_by(card: Card | None) -> Mapping[str, str]:
    """Nothing for a card that is not at hand."""
    return {} if card is None else keys.refused_by(card)
