"""Columns share the screen, and the cursor is always to be seen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.domain.board import Card
from pipeboard.ui.draw.layout import followed, layout, wanted, whole_cards
from pipeboard.ui.draw.view import BoardView, Pane
from tests.ui.board_scene import card, scene, view_of
from tests.ui.board_views import views


def many(count: int) -> tuple[tuple[Card, ...], ...]:
    return (tuple(card(number, f"Deal {number}", None) for number in range(count)), *((),) * 6)


@pytest.mark.parametrize(
    ("width", "columns", "narrowest"),
    [(40, 1, 40), (59, 1, 59), (60, 3, 19), (80, 4, 19), (120, 6, 19), (220, 7, 30)],
)
def test_a_column_for_every_twenty_cells(width: int, columns: int, narrowest: int) -> None:
    slots = layout(scene(width=width)).slots
    assert len(slots) == columns
    assert min(slot.width for slot in slots) == narrowest


@given(views())
def test_columns_fill_the_board_with_a_line_between_them(view: BoardView) -> None:
    shown = layout(view)
    ends = [0, *[slot.x + slot.width + 1 for slot in shown.slots]]
    assert ends[:-1] == [slot.x for slot in shown.slots]
    assert ends[-1] == shown.board_width + 1


@pytest.mark.parametrize(("width", "pane"), [(109, 0), (110, 50), (120, 60), (160, 80)])
def test_a_pane_stands_beside_a_wide_board(width: int, pane: int) -> None:
    assert layout(scene(width=width, pane=Pane(()))).pane_width == pane


@pytest.mark.parametrize(
    ("density", "cards"), [(1, 18), (2, 9), (3, 6)], ids=["one row", "two rows", "three rows"]
)
def test_a_screen_of_24_rows_shows_18_rows_of_cards(density: int, cards: int) -> None:
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
    view = view_of(many(100), cursor=(0, 7))
    assert followed(view).top(0) == 0
    down = followed(replace(view, cursor=(0, 8)))
    assert down.top(0) == 4
    assert followed(replace(down, cursor=(0, 9))).top(0) == 4
    up = followed(replace(down, tops=(50, *down.tops[1:]), cursor=(0, 49)))
    assert up.top(0) == 45


def test_the_last_cards_fill_the_screen() -> None:
    assert followed(view_of(many(100), cursor=(0, 99))).top(0) == 91
    assert followed(view_of(many(5), cursor=(0, 4), tops=(3,))).top(0) == 0


def test_the_cards_that_are_shown_are_wanted() -> None:
    view = followed(view_of(many(100), cursor=(0, 99)))
    assert wanted(view)[:2] == ((0, 91, 9), (1, 0, 9))


def test_columns_scroll_no_further_than_the_cursor_needs() -> None:
    assert followed(scene(cursor=(3, 0))).first_column == 0
    assert followed(scene(cursor=(5, 0))).first_column == 2
    assert followed(scene(cursor=(3, 0), first_column=2)).first_column == 2
    assert followed(scene(cursor=(1, 0), first_column=2)).first_column == 1
