"""Where the cursor of the board goes and what is read for it, over a reader that holds cards."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.board import Board, Lens, Sort
from pipeboard.domain.deal import Status
from pipeboard.domain.errors import DatabaseError, NotFound
from pipeboard.domain.filter_nodes import EVERYTHING
from pipeboard.ui.board_state import BoardState, _nearest
from pipeboard.ui.draw.layout import Window, card_rows, whole_cards
from tests.ui.board_scene import board_of, card, scene

COUNTS = (30, 0, 3, 0, 12, 0, 0)
"""Cards of each stage: those of stage 1 are 100 to 129, those of stage 3 are 300 to 302."""


class Cards:
    """A reader of made-up cards, which writes down which windows it is asked for."""

    def __init__(self, counts: tuple[int, ...] = COUNTS) -> None:
        self.columns = {
            stage: [card(stage * 100 + n, f"Deal {stage}.{n}", None, stage_id=stage)
                    for n in range(count)]
            for stage, count in enumerate(counts, 1)
        }  # fmt: skip
        self.asked: list[tuple[int, int, int]] = []
        self.error: DatabaseError | None = None

    def snapshot(self, *, of_file: bool = True) -> Any:
        return nullcontext()

    def data_version(self) -> int:
        return 12

    def board(self, lens: Lens) -> Board:
        if self.error:
            raise self.error
        made = board_of(tuple(tuple(cards) for cards in self.columns.values()))
        return replace(made, lens=lens)

    def window(self, lens: Lens, stage_id: int, offset: int, count: int) -> Any:
        if self.error:
            raise self.error
        self.asked.append((stage_id, offset, count))
        return tuple(self.columns[stage_id][offset : offset + count])

    def place(self, lens: Lens, deal_id: int) -> tuple[int, int] | None:
        found = ((stage, [one.id for one in cards]) for stage, cards in self.columns.items())
        return next(((stage, ids.index(deal_id)) for stage, ids in found if deal_id in ids), None)


def state_of(counts: tuple[int, ...] = COUNTS, **view: Any) -> Any:
    cards = Cards(counts)
    board = cards.board(scene().board.lens)
    windows = tuple(Window() for _ in board.columns)
    bare = {"cursor": (0, 0), "windows": windows, "tops": (), "first_column": 0, "pane": None}
    view = {**bare, "width": 120, "height": 24, "density": 3, **view}
    state: Any = BoardState(cards, board.lens, replace(scene(), board=board, **view))  # type: ignore[arg-type]
    cards.asked.clear()
    return state


@pytest.mark.parametrize(
    ("cursor", "columns", "rows", "comes_to"),
    [
        ((0, 0), 0, 1, (0, 1)),
        ((0, 0), 0, -1, (0, 0)),
        ((0, 5), 0, -9, (0, 0)),
        ((0, 0), 0, 99, (0, 29)),
        ((0, 0), 1, 0, (1, 0)),
        ((0, 0), 9, 0, (6, 0)),
        ((2, 1), -9, 0, (0, 1)),
        ((0, 1), 2, 0, (2, 1)),
        ((0, 5), 2, 0, (2, 2)),
        ((0, 1), 2, 1, (2, 2)),
    ],
)
def test_the_cursor_goes_by_columns_and_places_and_keeps_its_height(
    cursor: tuple[int, int], columns: int, rows: int, comes_to: tuple[int, int]
) -> None:
    state = state_of(cursor=cursor)
    state.move_cursor(columns, rows)
    assert state.view.cursor == comes_to


def test_beside_a_column_that_is_scrolled_the_cursor_keeps_its_height_on_the_screen() -> None:
    state = state_of(cursor=(0, 12), tops=(10, 0, 0, 0, 0, 0, 0))
    top = state.view.top(0)
    assert state._row_beside(4) == 12 - top
    state.show(tops=(10, 0, 0, 0, 4, 0, 0))
    assert state._row_beside(4) == 4 + 12 - top


@pytest.mark.parametrize("halves", [1, 2, -1, 3])
def test_half_a_page_is_half_of_the_cards_that_are_seen_whole(halves: int) -> None:
    state = state_of(cursor=(0, 10))
    half = whole_cards(state.view, 0) // 2
    assert half > 1
    state.page(halves)
    assert state.view.cursor == (0, max(0, 10 + halves * half))
    low = state_of(cursor=(0, 10), height=12, density=5)
    assert whole_cards(low.view, 0) // 2 == 0
    low.page(halves)
    assert low.view.cursor == (0, 10 + halves)


@pytest.mark.parametrize(
    ("column", "rows", "top"), [(0, 3, 3), (0, -3, 0), (0, 99, 25), (2, 3, 0), (4, 2, 2)]
)
def test_the_wheel_scrolls_a_column_as_far_as_it_has_cards_and_the_cursor_stays_seen(
    column: int, rows: int, top: int
) -> None:
    state = state_of()
    fits = 19 // card_rows(state.view, 0)
    assert 30 - fits >= 24
    state.scroll(column, rows)
    assert state.view.top(column) == min(top, max(0, COUNTS[column] - fits))
    if column:
        assert state.view.cursor == (0, 0)
    else:
        assert state.view.cursor == (0, state.view.top(0))
    state.show(cursor=(0, 29))
    state.scroll(0, -99)
    assert state.view.cursor == (0, whole_cards(state.view, 0) - 1)


@pytest.mark.parametrize(
    ("number", "is_there", "column"), [(1, True, 0), (3, True, 2), (9, False, 4), (0, False, 4)]
)
def test_a_stage_is_gone_to_by_its_number(number: int, is_there: bool, column: int) -> None:
    state = state_of(cursor=(4, 1))
    assert state.go_to_stage(number) is is_there
    assert state.view.cursor == (column, 1)


@pytest.mark.parametrize(
    ("deal_id", "cursor"), [(302, (2, 2)), (100, (0, 0)), (129, (0, 29)), (999, None)]
)
def test_a_deal_is_gone_to_where_the_lens_shows_it(
    deal_id: int, cursor: tuple[int, int] | None
) -> None:
    state = state_of(cursor=(4, 1))
    assert state.go_to_deal(deal_id) is (cursor is not None)
    assert state.view.cursor == (cursor or (4, 1))
    if cursor:
        assert state.card.id == deal_id


def test_deals_are_those_of_a_column_or_between_two_places_of_it() -> None:
    state = state_of(cursor=(2, 0))
    assert state.column_ids() == (300, 301, 302)
    assert state.ids_between(0, 3, 5) == (103, 104, 105)
    assert state.ids_between(0, 5, 3) == (103, 104, 105)
    assert state.ids_between(0, 4, 4) == (104,)
    assert state.seen((300, 100, 999)) == {300: 1, 100: 1}


@pytest.mark.parametrize(("here", "comes_to"), [(0, 0), (1, 0), (3, 2), (5, 4), (6, 4), (2, 2)])
def test_the_nearest_column_with_deals_is_gone_to(here: int, comes_to: int) -> None:
    view = replace(state_of().view, cursor=(here, 1))
    assert _nearest(view).cursor == (comes_to, 1)
    empty = replace(state_of((0,) * 7).view, cursor=(here, 1))
    assert _nearest(empty) is empty


def test_only_cards_that_are_not_at_hand_are_read() -> None:
    state = state_of()
    state.move_cursor(0, 1)
    state.move_cursor(2, 0)
    assert state.reader.asked == []
    state.move_cursor(-2, 29)
    (read,) = state.reader.asked
    assert (read, state.card.id) == ((1, 16, 23), 129)
    state.move_cursor(0, -6)
    assert state.reader.asked == [read]


def test_what_cannot_be_read_is_trouble_until_it_can() -> None:
    state = state_of((200, 0, 0, 0, 0, 0, 0))
    state.reader.error = DatabaseError("Busy.")
    state.move_cursor(0, 150)
    assert (state.trouble, state.card, state.view.cursor) == ("Busy.", None, (0, 150))
    with pytest.raises(DatabaseError):
        state.catch_up()
    with pytest.raises(DatabaseError):
        state.load(replace(state.lens, owner="bo"))
    assert (state.lens.owner, state.view.cursor) == ("ana", (0, 150))
    state.reader.error = None
    state.catch_up()
    assert (state.trouble, state.card.id) == ("", 250)


@pytest.mark.parametrize(
    ("moved", "more", "cursor"),
    [
        ("away", {}, (4, 12)),
        ("away", {"stays": True}, (2, 1)),
        ("away", {"stays": True, "follow": 301}, (4, 12)),
        ("away", {"follow": 100}, (0, 0)),
        ("gone", {}, (2, 1)),
        ("up", {"stays": True}, (2, 0)),
    ],
)
def test_after_a_change_the_cursor_is_on_its_deal_or_at_its_place(
    moved: str, more: dict[str, Any], cursor: tuple[int, int]
) -> None:
    state = state_of(cursor=(2, 1))
    assert state.card.id == 301
    deal = state.reader.columns[3].pop(1)
    if moved == "away":
        state.reader.columns[5].append(deal)
    elif moved == "up":
        state.reader.columns[3].insert(0, deal)
    state.load(**more)
    assert (state.view.cursor, state.version) == (cursor, 12)


@pytest.mark.parametrize(("query", "column"), [(None, 2), ("value>1", 4)])
def test_in_a_stage_that_became_empty_the_cursor_stays_unless_a_filter_is_on(
    query: Any, column: int
) -> None:
    state = state_of((0, 0, 1, 0, 12, 0, 0), cursor=(2, 0))
    state.load(replace(state.lens, filter=query))
    state.reader.columns[3].clear()
    state.load()
    assert state.view.cursor[0] == column


@pytest.mark.parametrize(("touched", "stages"), [(None, {1, 3, 5}), ({3}, {3}), (set(), set())])
def test_of_stages_that_nothing_touched_the_cards_are_kept(
    touched: set[int] | None, stages: set[int]
) -> None:
    state = state_of()
    state.load(touched=None if touched is None else frozenset(touched))
    assert {stage for stage, *_ in state.reader.asked} == stages


def test_a_lens_that_hides_the_deal_brings_the_cursor_back_to_it_unless_it_was_moved() -> None:
    def hide(state: Any) -> list[Any]:
        hidden: list[Any] = state.reader.columns[3]
        state.reader.columns[3] = []
        state.load(replace(state.lens, owner="bo"))
        return hidden

    state = state_of(cursor=(2, 1))
    hidden = hide(state)
    assert state.view.cursor[0] in (0, 4)
    state.reader.columns[3] = hidden
    state.load(replace(state.lens, owner=None))
    assert (state.card.id, state.view.cursor) == (301, (2, 1))
    hidden = hide(state)
    state.go_to_deal(105)
    state.reader.columns[3] = hidden
    state.load(replace(state.lens, owner=None))
    assert state.card.id == 105


def test_what_was_looked_at_is_come_back_to_on_the_same_deal() -> None:
    state = state_of(cursor=(2, 1))
    before = state.looked_at
    state.show(filter_text="won", cursor=(0, 20))
    state.reader.columns[5].insert(3, state.reader.columns[3].pop(1))
    state.come_back(before)
    assert (state.view.filter_text, state.view.cursor, state.card.id) == (
        before.filter_text, (4, 3), 301,
    )  # fmt: skip


def test_the_order_is_the_one_that_was_chosen_or_the_usual_one() -> None:
    state = state_of()
    assert state.sorted(replace(state.lens, owner="ana")).sort is Sort.NEEDS
    assert state.sorted(replace(state.lens, owner=None)).sort is Sort.MANUAL
    state.sort = Sort.VALUE
    assert state.sorted(state.lens).sort is Sort.VALUE


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("Lumen Oy", Status.OPEN, "open with lumen OY: D-3 Pilot"),
        ("Lumen Oy", Status.WON, ""),
        ("Lumen", Status.OPEN, ""),
    ],
)
def test_a_company_that_has_an_open_deal_is_told(name: str, status: Status, said: str) -> None:
    state = state_of()
    found = SimpleNamespace(status=status, name="lumen OY", ref="D-3", title="Pilot")
    state.reader.find = lambda account, limit: [found]
    assert state.open_deal_of(name) == said

    def fails(*_: Any, **__: Any) -> Any:
        raise DatabaseError("Busy.")

    state.reader.find = state.reader.reps = fails
    assert (state.open_deal_of(name), state.new_rep_mark("cy")) == ("", "")


def test_where_the_pipeline_was_taken_back_there_is_all_of_another_one() -> None:
    state = state_of(cursor=(2, 1), marks=frozenset({300}), filter_text="rot", tops=(0, 0, 1))
    here, elsewhere = state.board.pipeline, replace(state.board.pipeline, id=9, name="Other")
    state.load(replace(state.lens, filter=EVERYTHING))
    whole = state.reader.board

    def board(lens: Lens) -> Board:
        if lens.pipeline_id != elsewhere.id:
            raise NotFound("That pipeline is there no more.")
        made: Board = whole(lens)
        return replace(made, pipeline=elsewhere)

    last: Any = replace(here, id=8, name="Last but not written")
    state.reader.board, state.reader.pipelines = board, lambda: (last, elsewhere)
    state.reader.numbers = SimpleNamespace(last_written_pipeline=lambda: 9)
    state.load()
    assert state.board.pipeline == elsewhere and state.lens.pipeline_id == 9
    assert (state.lens.filter, state.view.filter_text, state.view.marks) == (None, "", frozenset())
    assert (state.view.cursor, state.view.tops[:3]) == ((0, 0), (0, 0, 0))
    for left in ((), (here,)):  # none at all, or it is not the pipeline that is missing
        state = state_of()
        state.reader.board, state.reader.pipelines = board, lambda left=left: left
        with pytest.raises(NotFound):
            state.load()
