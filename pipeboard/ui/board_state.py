"""State of the board screen, and how keys change it; no Textual, for the first frame's sake.

The state reads through a `Reader` and holds one `BoardView`; whoever shows it compares the view
before with the view after.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from pipeboard.domain.board import Board, Card, Lens, Sort, usual_sort
from pipeboard.domain.deal import Status
from pipeboard.domain.errors import DatabaseError, NotFound
from pipeboard.domain.filter_nodes import EVERYTHING, with_state
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.people import new_rep_mark
from pipeboard.domain.text import fold
from pipeboard.ui.draw.layout import (
    BoardView,
    Window,
    card_rows,
    followed,
    layout,
    wanted,
    whole_cards,
)

if TYPE_CHECKING:
    from pipeboard.domain.pipeline import Pipeline
    from pipeboard.store.reading import Reader

MARGIN = 16
"""Cards read beyond those shown, so that most keys need no reading."""


class ViewPlace(NamedTuple):
    """Where the cursor stood, and how far the board was scrolled; named as in `BoardView`."""

    cursor: tuple[int, int]
    tops: tuple[int, ...]
    first_column: int


class LookedAt(NamedTuple):
    """What a board showed, to come back to."""

    lens: Lens
    filter_text: str
    place: ViewPlace
    deal_id: int | None
    """The deal under the cursor."""


class Hidden(NamedTuple):
    """The deal under the cursor that a lens hid, and the one that the cursor went to instead."""

    deal_id: int
    place: ViewPlace
    instead: int | None


def last_written(pipelines: Sequence[Pipeline], reader: Reader) -> Pipeline:
    """The pipeline of the last change, else the first."""
    written = reader.numbers.last_written_pipeline()
    return next((one for one in pipelines if one.id == written), pipelines[0])


def as_it_is(pipeline: Pipeline, reader: Reader) -> Pipeline:
    """The pipeline by its name and rules of now; where it was taken back, the one that was written
    last, for screens that look at one of their own."""
    pipelines = reader.pipelines()
    same = next((one for one in pipelines if one.id == pipeline.id), None)
    return same or (last_written(pipelines, reader) if pipelines else pipeline)


def gone_words(before: Pipeline, now: Pipeline) -> str:
    """What is said where another pipeline is shown than before, empty where it is the same."""
    return "" if before.id == now.id else f"{before.name} is there no more; this is {now.name}."


class BoardState:
    """A board under a lens, read window by window as it is scrolled.

    While the database cannot be read, cards that are not at hand stay blank and `trouble` says
    why; `load` and `catch_up` raise `DatabaseError` then, and leave everything as it was. The signs
    are those of the last count until `count_signs`; `version` is that of the database when all
    was last read.
    """

    def __init__(self, reader: Reader, lens: Lens, view: BoardView) -> None:
        self.reader = reader
        self.view = view
        self.version = 0
        self.sort: Sort | None = None
        """The order that was chosen; else it is the usual one of what is looked at."""
        self._error: DatabaseError | None = None
        self._hidden: Hidden | None = None
        self._lens = lens
        self.load(lens)

    @property
    def lens(self) -> Lens:
        return self._lens

    @property
    def board(self) -> Board:
        return self.view.board

    @property
    def card(self) -> Card | None:
        """The card under the cursor."""
        return self.view.cursor_card

    @property
    def cards(self) -> Mapping[int, Card]:
        """All cards that have been read, by the ids of their deals."""
        return {card.id: card for window in self.view.windows for card in window.cards}

    @property
    def trouble(self) -> str:
        """Why there are cards that cannot be shown; empty where all are."""
        return self._error.message if self._error else ""

    def sorted(self, lens: Lens) -> Lens:
        """The lens in the order that was chosen, or that is usual for it."""
        return replace(lens, sort=self.sort or usual_sort(lens))

    @property
    def place(self) -> ViewPlace:
        """Where the cursor stands, to come back to."""
        return ViewPlace(self.view.cursor, self.view.tops, self.view.first_column)

    @property
    def looked_at(self) -> LookedAt:
        """All that `come_back` needs."""
        return LookedAt(self._lens, self.view.filter_text, self.place, self._card_id)

    def come_back(self, before: LookedAt) -> None:
        """The board as it was, its cursor on the same deal wherever that stands now; raises
        DatabaseError."""
        self.load(before.lens)
        self.show(filter_text=before.filter_text, **before.place._asdict())
        if before.deal_id is not None:
            self.go_to_deal(before.deal_id)

    def catch_up(self) -> None:
        """Reads the cards that could not be read before; raises why they still cannot."""
        if self._error is not None:
            self.view = self._read(self.view)
        if self._error is not None:
            raise self._error

    def load(
        self,
        lens: Lens | None = None,
        *,
        follow: int | None = None,
        touched: frozenset[int] | None = None,
        stays: bool = False,
    ) -> None:
        """Reads everything again, under another lens if one is given.

        The cursor stays on its deal, or goes to the deal `follow`; where its deal is gone it stays
        at its place, on the neighbour, with `stays` also where it is in another stage now. Another
        lens, or the filter, that leaves nothing there takes it to the nearest deal; the next lens
        that shows its deal takes it back, unless it was moved meanwhile. With `touched` the cards
        of other stages are kept where their totals stand.
        """
        lens = lens or self._lens
        with self.reader.snapshot(), self.reader.snapshot(of_file=False):
            version = self.reader.data_version()
            board, there = self._board(lens)
            is_gone, lens = there != lens, there
            deal_id = self._card_id if follow is None else follow
            hidden = self._still_hidden(follow) if lens != self._lens else None
            place = self.reader.place(lens, hidden.deal_id) if hidden is not None else None
            returns = hidden.place if hidden is not None and place is not None else None
            if returns is None and deal_id is not None:
                place = self.reader.place(lens, deal_id)
            if place is not None and stays and follow is None and place[0] != self._stage_id:
                place = None
            before, error = self._lens, self._error
            self._lens, self._error = lens, None
            view = replace(
                self.view,
                board=replace(board, stage_signs=self.board.stage_signs),
                windows=self._kept(board, touched),
            )
            if returns is not None:
                view = replace(view, tops=returns.tops, first_column=returns.first_column)
            if len(board.columns) != len(self.view.board.columns):
                view = replace(view, tops=(), first_column=0)
            if is_gone:
                place = None
                view = replace(view, cursor=(0, 0), tops=(), marks=frozenset(), filter_text="")
            view = _at(view, board, place)
            is_other = lens != before or follow is not None
            if place is None and (is_other or lens.filter is not None):
                view = _nearest(view)
            view = self._read(view)
            if self._error is not None:
                failed = self._error
                self._lens, self._error = before, error
                raise failed
            if hidden is None and place is None and deal_id is not None:
                hidden = Hidden(deal_id, self.place, None)
            self.view, self.version = view, version
            if lens != before:
                self._hidden = (
                    None
                    if hidden is None or returns is not None
                    else hidden._replace(instead=self._card_id)
                )

    def _board(self, lens: Lens) -> tuple[Board, Lens]:
        """The board under a lens, and that; where its pipeline is gone, one to all of another."""
        try:
            return self.reader.board(lens), lens
        except NotFound:
            pipelines = self.reader.pipelines()
            if not pipelines or any(one.id == lens.pipeline_id for one in pipelines):
                raise
        other = last_written(pipelines, self.reader)
        lens = replace(lens, pipeline_id=other.id, filter=None)
        return self.reader.board(lens), lens

    def _still_hidden(self, follow: int | None) -> Hidden | None:
        """The deal that a lens has hidden, where nobody has gone elsewhere since."""
        hidden = self._hidden if follow is None else None
        return hidden if hidden is not None and hidden.instead == self._card_id else None

    def _kept(self, board: Board, touched: frozenset[int] | None) -> tuple[Window, ...]:
        """A window for each column: as it was where nothing can have changed, else empty."""
        if touched is None:
            return tuple(Window() for _ in board.columns)
        before = dict(zip(self.board.columns, self.view.windows, strict=True))
        return tuple(
            Window() if column.stage.id in touched else before.get(column, Window())
            for column in board.columns
        )

    def left_in_archive(self, ended: Literal["won", "lost"] | None = None) -> str:
        """What the filter, or the column of what `ended` so, leaves out of what was won or lost: a
        sentence (`Reader.left_in_archive`); raises DatabaseError."""
        from pipeboard.store.reading.listing import Listing

        lens, query = self._lens, self._lens.filter or EVERYTHING
        if ended is not None:
            query = with_state(query, ended)
        return self.reader.left_in_archive(
            Listing(lens.today, lens.zone, lens.me, lens.pipeline_id, lens.owner, query)
        )

    def count_signs(self) -> None:
        """Reads how many deals carry each sign, which takes longer than all the rest."""
        signs = self.reader.stage_signs(self._lens)
        self.view = replace(self.view, board=replace(self.board, stage_signs=signs))

    def show(self, **changes: object) -> None:
        """Another cursor, size, density, status… and the cards that it takes to show them."""
        self.view = self._read(replace(self.view, **changes))  # type: ignore[arg-type]

    def move_cursor(self, columns: int, rows: int) -> None:
        """The cursor so many columns and places on; over empty columns too."""
        column, row = self.view.cursor
        last = len(self.board.columns) - 1
        target = max(0, min(column + columns, last))
        if columns:
            row = self._row_beside(target)
        self.show(cursor=(target, max(0, row + rows)))

    def _row_beside(self, column: int) -> int:
        """The place in another column at the height of the cursor, so that the eye stays."""
        here, row = self.view.cursor
        y = max(0, row - self.view.top(here)) * card_rows(self.view, here)
        return self.view.top(column) + y // card_rows(self.view, column)

    def page(self, halves: int) -> None:
        """The cursor so many half pages down, or up."""
        half = max(1, whole_cards(self.view, self.view.cursor[0]) // 2)
        self.move_cursor(0, halves * half)

    def scroll(self, column: int, rows: int) -> None:
        """The cards of a column moved under the wheel; the cursor stays on the screen."""
        count = self.board.columns[column].count
        fits = layout(self.view).body_rows // card_rows(self.view, column)
        top = max(0, min(self.view.top(column) + rows, count - fits))
        tops = [self.view.top(index) for index in range(len(self.board.columns))]
        tops[column] = top
        cursor = self.view.cursor
        if cursor[0] == column:
            shown = max(1, whole_cards(replace(self.view, tops=tuple(tops)), column))
            cursor = (column, max(top, min(cursor[1], top + shown - 1)))
        self.show(tops=tuple(tops), cursor=cursor)

    def go_to_stage(self, number: int) -> bool:
        """The cursor to the stage with that number; False when there is none."""
        if number not in self.view.numbers:
            return False
        column = self.view.numbers.index(number)
        self.show(cursor=(column, self._row_beside(column)))
        return True

    def go_to_deal(self, deal_id: int) -> bool:
        """The cursor to a deal; False when the lens hides it."""
        place = self.reader.place(self._lens, deal_id)
        if place is None:
            return False
        self.view = self._read(_at(self.view, self.board, place))
        return True

    def seen(self, ids: tuple[int, ...]) -> Mapping[int, int]:
        """The versions of these deals as far as they stand on the screen."""
        cards = self.cards
        return {deal_id: cards[deal_id].version for deal_id in ids if deal_id in cards}

    def column_ids(self) -> tuple[int, ...]:
        """All deals of the column under the cursor."""
        column = self.board.columns[self.view.cursor[0]]
        cards = self.reader.window(self._lens, column.stage.id, 0, column.count)
        return tuple(card.id for card in cards)

    def ids_between(self, column: int, first: int, last: int) -> tuple[int, ...]:
        """The deals of a column from one place to another, both included."""
        first, last = min(first, last), max(first, last)
        stage_id = self.board.columns[column].stage.id
        cards = self.reader.window(self._lens, stage_id, first, last - first + 1)
        return tuple(card.id for card in cards)

    def open_deal_of(self, account: str) -> str:
        """An open deal with that company in words; "" when there is none, or nobody can tell."""
        try:
            alike = self.reader.find(account, limit=5)
        except DatabaseError:
            return ""
        for found in alike:
            if found.status is Status.OPEN and fold(found.name) == fold(account):
                return f"open with {found.name}: {found.ref} {found.title}"
        return ""

    def new_rep_mark(self, owner: str) -> str:
        """What is said of an owner whom nobody knows; "" where there is nothing to say."""
        try:
            return new_rep_mark(owner, self.reader.reps(), self.lens.me)
        except DatabaseError:
            return ""

    @property
    def _card_id(self) -> int | None:
        """The deal under the cursor."""
        return self.card.id if self.card is not None else None

    @property
    def _stage_id(self) -> int | None:
        """The stage of the column under the cursor."""
        columns = self.board.columns
        return columns[self.view.cursor[0]].stage.id if columns else None

    def _read(self, view: BoardView) -> BoardView:
        """The view scrolled to its cursor, with a window for each column that needs one."""
        view = followed(view)
        self._error = None
        windows = list(view.windows)
        for column, first, most in wanted(view):
            have, count = windows[column], view.board.columns[column].count
            last = min(first + most, count)
            if have.offset <= first and last <= have.offset + len(have.cards):
                continue
            offset = max(0, first - MARGIN // 2)
            stage_id = view.board.columns[column].stage.id
            try:
                cards = self.reader.window(self._lens, stage_id, offset, most + MARGIN)
            except DatabaseError as error:
                self._error = error
                break
            windows[column] = Window(offset, cards)
        if all(new is old for new, old in zip(windows, view.windows, strict=True)):
            return view
        return replace(view, windows=tuple(windows))


def _at(view: BoardView, board: Board, place: tuple[int, int] | None) -> BoardView:
    """The view with its cursor on a stage and place in it."""
    if place is None:
        return view
    for column, each in enumerate(board.columns):
        if each.stage.id == place[0]:
            return replace(view, cursor=(column, place[1]))
    return view


def _nearest(view: BoardView) -> BoardView:
    """The view with its cursor in the nearest column that holds deals."""
    here, row = view.cursor
    filled = [column for column, count in enumerate(view.counts) if count]
    if not filled or here in filled:
        return view
    return replace(view, cursor=(min(filled, key=lambda column: abs(column - here)), row))
