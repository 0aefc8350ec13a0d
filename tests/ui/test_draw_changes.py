"""Drawing the changed regions again gives the screen that drawing everything gives."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeboard.ui.draw.board import draw_board
from pipeboard.ui.draw.changes import changes
from pipeboard.ui.draw.layout import BoardView, Pane, Region, followed
from pipeboard.ui.draw.line import Glyphs, whole
from pipeboard.ui.terminal.width import clusters
from tests.ui.board_scene import card, scene
from tests.ui.board_views import views

Cells = list[list[tuple[str, str]]]


def cells(view: BoardView) -> Cells:
    """The screen, a sign and its role for every cell; a wide sign fills its second with ''."""
    screen: Cells = []
    for line in draw_board(view):
        row: list[tuple[str, str]] = []
        for text, role in line:
            for sign, size in clusters(text):
                if size:
                    row += [(sign, role), *[("", role)] * (size - 1)]
        screen.append(row)
    return screen


def redrawn(before: BoardView, after: BoardView) -> Cells:
    """The screen of `before` with the changed regions of `after` drawn over it."""
    shown, wanted = cells(before), cells(after)
    for x, y, width, height in changes(before, after):
        for row in range(y, y + height):
            shown[row][x : x + width] = wanted[row][x : x + width]
    return shown


@settings(max_examples=60)
@given(views(width=120, height=30), views(width=120, height=30))
def test_any_view_becomes_any_other(before: BoardView, after: BoardView) -> None:
    assert redrawn(before, after) == cells(after)


@settings(max_examples=60)
@given(views(width=60, height=24), st.integers(1, 8), st.integers(1, 8))
def test_a_board_becomes_one_of_more_stages_or_of_fewer(
    view: BoardView, one: int, two: int
) -> None:
    columns = view.board.columns
    before, after = (
        followed(
            replace(view, board=replace(view.board, columns=columns[:count]), cursor=(count - 1, 0))
        )
        for count in (one, two)
    )
    assert redrawn(before, after) == cells(after)


@settings(max_examples=60)
@given(
    views(width=100, height=24),
    st.integers(-3, 3),
    st.integers(-9, 9),
    st.frozensets(st.sampled_from([100, 101, 202, 303]), max_size=2),
    st.integers(1, 3),
)
def test_a_cursor_a_mark_a_density_are_drawn(
    before: BoardView, across: int, down: int, marks: frozenset[int], density: int
) -> None:
    cursor = (before.cursor[0] + across, before.cursor[1] + down)
    after = followed(replace(before, cursor=cursor, marks=marks, density=density))
    assert redrawn(before, after) == cells(after)


@pytest.mark.parametrize("width", [60, 120, 240])
def test_a_cursor_is_drawn_in_every_column_with_cards_or_without(width: int) -> None:
    board = scene(width=width, height=24)
    for empty in range(len(board.windows)):
        windows, columns = list(board.windows), list(board.board.columns)
        windows[empty] = replace(windows[empty], cards=())
        columns[empty] = replace(columns[empty], count=0)
        shown = replace(
            board, windows=tuple(windows), board=replace(board.board, columns=tuple(columns))
        )
        for place in range(1, len(columns)):
            here, there = (
                followed(replace(shown, cursor=(column, 0))) for column in (place - 1, place)
            )
            assert redrawn(here, there) == cells(there)
            assert redrawn(there, here) == cells(here)


@settings(max_examples=60)
@given(views(width=100, height=24), st.integers(0, 6), st.integers(0, 6))
def test_a_moved_card_is_drawn(before: BoardView, source: int, target: int) -> None:
    cards = [list(window.cards) for window in before.windows]
    if cards[source]:
        cards[target].insert(0, cards[source].pop())
    windows = tuple(
        replace(window, cards=tuple(moved))
        for window, moved in zip(before.windows, cards, strict=True)
    )
    columns = tuple(
        replace(column, count=len(moved))
        for column, moved in zip(before.board.columns, cards, strict=True)
    )
    board = replace(before.board, columns=columns)
    after = followed(replace(before, windows=windows, board=board))
    assert redrawn(before, after) == cells(after)


SAID = st.sampled_from(["", "Moved.", "Lumen Oy is won and cannot be moved. " * 5])


@settings(max_examples=60)
@given(views(width=60, height=24), SAID, SAID, st.integers(-2, 2))
def test_what_is_said_comes_and_goes_over_the_lowest_cards(
    view: BoardView, one: str, two: str, down: int
) -> None:
    before, after = (
        replace(view, status=(whole(text, "status"),) if text else ()) for text in (one, two)
    )
    after = followed(replace(after, cursor=(after.cursor[0], after.cursor[1] + down)))
    assert redrawn(before, after) == cells(after)


def _filled(view: BoardView, column: int, count: int) -> BoardView:
    """The view with so many cards in a column."""
    cards = tuple(card(900 + place, f"New {place}", None) for place in range(count))
    windows, columns = list(view.windows), list(view.board.columns)
    windows[column] = replace(windows[column], cards=cards)
    columns[column] = replace(columns[column], count=count)
    return replace(view, windows=tuple(windows), board=replace(view.board, columns=tuple(columns)))


BESIDE = Pane(((("line", "text"),),) * 40)
BOARD = scene(width=120, height=20, pane=BESIDE)
LENS = BOARD.board.lens


@pytest.mark.parametrize(
    "after",
    [
        replace(BOARD, glyphs=Glyphs.ASCII),
        replace(BOARD, hints=BOARD.hints[1:]),
        replace(BOARD, marks=frozenset({113})),
        replace(BOARD, marks=frozenset({101, 120})),
        replace(BOARD, filter_text="rot"),
        replace(BOARD, demo=True),
        replace(BOARD, read_only=True),
        replace(BOARD, status_right=(whole("2 keys", "text"),)),
        replace(BOARD, density=1),
        replace(BOARD, pane=replace(BESIDE, top=3)),
        replace(BOARD, pane=replace(BESIDE, focused=True)),
        replace(BOARD, pane=None),
        replace(BOARD, tops=(3, 0, 0, 0, 0, 0, 0)),
        replace(BOARD, board=replace(BOARD.board, stage_signs=None)),
        replace(BOARD, board=replace(BOARD.board, lens=replace(LENS, owner=None))),
        replace(BOARD, board=replace(BOARD.board, open_count=1)),
        _filled(BOARD, 0, 10),
        _filled(BOARD, 0, 12),
        _filled(BOARD, 4, 1),
        _filled(BOARD, 2, 0),
        _filled(_filled(BOARD, 4, 1), 3, 0),
    ],
)
def test_whatever_changes_is_drawn_there_and_back(after: BoardView) -> None:
    assert after != BOARD
    assert redrawn(BOARD, after) == cells(after)
    assert redrawn(after, BOARD) == cells(BOARD)


def test_what_others_are_below_a_column_is_counted_anew() -> None:
    """Where no card that is seen is another."""
    before = _filled(BOARD, 0, 30)
    columns = (replace(before.board.columns[0], count=31), *before.board.columns[1:])
    after = replace(before, board=replace(before.board, columns=columns))
    assert redrawn(before, after) == cells(after) != cells(before)


def test_equal_views_redraw_nothing() -> None:
    assert changes(scene(), scene()) == []


def test_a_cursor_key_redraws_two_cards_and_the_status() -> None:
    assert changes(scene(cursor=(1, 1)), scene(cursor=(1, 2))) == [
        Region(0, 22, 80, 1),
        Region(19, 6, 23, 3),
        Region(19, 9, 23, 3),
    ]


def test_a_new_line_in_the_pane_redraws_the_pane_only() -> None:
    before = scene(width=120, pane=Pane((), 0))
    after = replace(before, pane=Pane(((("new", "text"),),), 0))
    assert changes(before, after) == [Region(71, 1, 49, 21)]


def test_another_size_redraws_everything() -> None:
    assert changes(scene(), scene(width=100)) == [Region(0, 0, 100, 24)]
