"""Columns share the screen, and the cursor is always to be seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.domain.board import Card
from pipeboard.ui.draw.layout import (
    BoardView,
    Pane,
    Window,
    _Sizes,
    _slots,
    card_region,
    card_rows,
    followed,
    layout,
    wanted,
    whole_cards,
)
from tests.ui.board_scene import card, scene, view_of
from tests.ui.board_views import views


def many(count: int) -> tuple[tuple[Card, ...], ...]:
    return (tuple(card(number, f"Deal {number}", None) for number in range(count)), *((),) * 6)


def widths(view: BoardView) -> list[int]:
    return [slot.width for slot in layout(view).slots]


ALL = tuple((card(stage, f"Deal {stage}", None),) for stage in range(1, 8))


@pytest.mark.parametrize(
    ("width", "columns"),
    [
        (40, [40]),
        (59, [59]),
        (60, [23, 36]),
        (80, [18, 23, 18, 18]),
        (120, [18, 25, 18, 18, 18, 18]),
        (220, [28, 46, 28, 28, 28, 28, 28]),
    ],
)
def test_the_column_under_the_cursor_is_wider_than_the_others(
    width: int, columns: list[int]
) -> None:
    assert widths(view_of(ALL, width=width, cursor=(1, 0))) == columns


@pytest.mark.parametrize(
    ("filled", "width", "shown"),
    [
        ("#######", 60, "01 23 56"),
        ("#######", 61, "012 234 456"),
        ("#######", 79, "012 234 456"),
        ("#######", 80, "0123 2345 3456"),
        ("#######", 136, "012345 123456 123456"),
        ("#######", 137, "0123456 0123456 0123456"),
        ("##.#.##", 64, "012 2345 456"),
        ("##.#.##", 65, "0123 2345 3456"),
        ("##.#.##", 106, "012345 123456 123456"),
        ("##.#.##", 107, "0123456 0123456 0123456"),
        ("###....", 76, "012345 123456 123456"),
        ("###....", 77, "0123456 0123456 0123456"),
        ("#.....#", 60, "01 23 56"),
        ("#.....#", 61, "012 234 456"),
    ],
)
def test_as_many_columns_are_shown_as_find_room_and_the_last_ones_fill_the_screen(
    filled: str, width: int, shown: str
) -> None:
    deals = tuple(cards if mark == "#" else () for cards, mark in zip(ALL, filled, strict=True))
    view = view_of(deals, width=width, cursor=(0, 0))
    scrolled = (layout(replace(view, first_column=first)).slots for first in (0, 2, 6))
    assert " ".join("".join(str(slot.column) for slot in slots) for slots in scrolled) == shown


def test_a_step_to_the_next_column_moves_nothing_but_the_line_between_them() -> None:
    before, after = (layout(view_of(ALL, cursor=(column, 0))).slots for column in (1, 2))
    assert (before[0], before[3]) == (after[0], after[3])
    assert before[1].x == after[1].x


def test_a_stage_without_deals_is_a_sliver_that_opens_under_the_cursor() -> None:
    view = view_of((*ALL[:2], (), *ALL[3:]))
    assert widths(view)[2] == 3
    opened = widths(replace(view, cursor=(2, 0)))
    assert opened[2] > 3
    assert sum(opened) == sum(widths(view))


@pytest.mark.parametrize(("filled", "narrowest"), [(0, 18), (1, 18), (2, 18), (3, 3)])
def test_a_board_that_begins_shows_its_stages_by_name(filled: int, narrowest: int) -> None:
    view = view_of((*ALL[:filled], *((),) * (7 - filled)))
    assert min(widths(view)) == narrowest


def test_a_card_that_is_seen_in_part_takes_only_the_rows_that_there_are() -> None:
    view = view_of(many(100), cursor=(0, 0), density=3)
    shown = layout(view)
    assert shown.body_rows == 19
    regions = [card_region(view, shown.slots[0], place) for place in (0, 5, 6)]
    assert [(region.y, region.height) for region in regions] == [(3, 3), (18, 3), (21, 1)]


def test_amounts_name_their_currency_where_one_would_be_taken_for_another() -> None:
    assert not scene().is_mixed
    assert scene(foreign="USD").is_mixed
    converted = replace(scene().board.columns[0], is_converted=True)
    board = replace(scene().board, columns=(converted, *scene().board.columns[1:]))
    assert replace(scene(), board=board).is_mixed


def test_no_stage_is_folded_where_there_is_room_for_all() -> None:
    assert min(widths(view_of((ALL[0], *((),) * 6), width=200, cursor=(0, 0)))) > 18
    assert min(widths(view_of(((),) * 7))) > 8


@pytest.mark.parametrize(("count", "rows"), [(1, 5), (3, 5), (4, 4), (6, 3), (9, 2), (40, 2)])
def test_cards_take_the_rows_that_are_left_over(count: int, rows: int) -> None:
    view = view_of(many(count), cursor=(0, 0))
    assert layout(view).body_rows == 19
    assert card_rows(view, 0) == rows


@given(views())
def test_columns_fill_the_board_with_a_line_between_them(view: BoardView) -> None:
    shown = layout(view)
    ends = [0, *[slot.x + slot.width + 1 for slot in shown.slots]]
    assert ends[:-1] == [slot.x for slot in shown.slots]
    assert ends[-1] == shown.board_width + 1


@pytest.mark.parametrize(("width", "pane"), [(109, 0), (110, 48), (120, 48), (160, 64), (220, 72)])
def test_a_pane_stands_beside_a_wide_board(width: int, pane: int) -> None:
    assert layout(scene(width=width, pane=Pane(()))).pane_width == pane


@pytest.mark.parametrize(
    ("density", "cards"), [(1, 19), (2, 9), (3, 6)], ids=["one row", "two rows", "three rows"]
)
def test_a_screen_of_24_rows_shows_19_rows_of_cards(density: int, cards: int) -> None:
    assert whole_cards(scene(height=24, density=density), 3) == cards


@given(views(), st.integers(0, 6), st.integers(0, 20))
def test_the_cursor_can_always_be_seen(view: BoardView, column: int, row: int) -> None:
    view = followed(replace(view, cursor=(column, row)))
    at, place = view.cursor
    assert layout(view).slot(at) is not None
    assert view.top(at) <= place or not view.board.columns[at].count
    assert place < view.top(at) + whole_cards(view, at)


@given(views())
def test_a_view_that_was_followed_stays_as_it_is(view: BoardView) -> None:
    assert followed(view) == view


def test_scrolling_goes_by_half_a_screen() -> None:
    view = view_of(many(100), cursor=(0, 8))
    assert followed(view).top(0) == 0
    down = followed(replace(view, cursor=(0, 9)))
    assert down.top(0) == 5
    assert followed(replace(down, cursor=(0, 10))).top(0) == down.top(0)
    up = followed(replace(down, tops=(50, *down.tops[1:]), cursor=(0, 49)))
    assert up.top(0) == 44


def test_the_last_cards_fill_the_screen() -> None:
    assert followed(view_of(many(100), cursor=(0, 99))).top(0) == 91
    assert followed(view_of(many(5), cursor=(0, 4), tops=(3,))).top(0) == 0


def test_the_cards_that_are_shown_are_wanted() -> None:
    view = followed(view_of(many(100), cursor=(0, 99)))
    assert wanted(view)[:2] == ((0, 91, 10), (1, 0, 4))


def test_columns_scroll_no_further_than_the_cursor_needs() -> None:
    assert followed(scene(cursor=(3, 0))).first_column == 0
    assert followed(scene(cursor=(5, 0))).first_column == 2
    assert followed(scene(cursor=(3, 0), first_column=2)).first_column == 2
    assert followed(scene(cursor=(1, 0), first_column=2)).first_column == 1


@pytest.mark.parametrize(
    ("column", "row", "read"),
    [(0, 1, None), (0, 2, "c"), (0, 3, "d"), (0, 4, None), (1, 0, None), (-1, 0, None),
     (2, 0, "x"), (3, 0, None), (0, -1, None)],
)  # fmt: skip
def test_a_card_is_at_its_place_as_far_as_it_has_been_read(
    column: int, row: int, read: Any
) -> None:
    cards: Any = ("c", "d")
    last: Any = ("x",)
    windows = (Window(2, cards), Window(), Window(0, last))
    view = BoardView(scene().board, windows, 80, 24, cursor=(column, row))
    assert view.card(column, row) == read
    assert view.cursor_card == read


@pytest.mark.parametrize(
    ("width", "filled", "focus", "widths"),
    [
        (66, "TFFFF", 0, [50, 3, 3, 3, 3]),
        (66, "TFFFF", 1, [32, 21, 3, 3, 3]),
        (120, "TFTFT", 2, [31, 3, 48, 3, 31]),
        (120, "TFTFT", 1, [31, 20, 31, 3, 31]),
        (160, "TTTTT", 4, [28, 28, 28, 28, 44]),
        (260, "TTFTF", 0, [48, 32, 72, 32, 72]),
        (100, "FFFFF", 3, [19, 19, 19, 20, 19]),
        (90, "TTTTT", 0, [30, 19, 19, 19]),
    ],
)
def test_columns_share_the_board_by_what_is_in_them_and_where_the_cursor_is(
    width: int, filled: str, focus: int, widths: list[int]
) -> None:
    sizes = _Sizes(tuple(letter == "T" for letter in filled), 0, focus)
    assert [slot.width for slot in _slots(width, sizes)] == widths
