"""A click means what stands under it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pipeboard.ui.draw.board import draw_board
from pipeboard.ui.draw.changes import BoardPlace, Hit, hit
from pipeboard.ui.draw.layout import BoardView, Pane
from pipeboard.ui.draw.line import text_of
from tests.ui.board_scene import scene
from tests.ui.board_views import views


def found(view: BoardView, words: str) -> Hit:
    """What is hit by a click on the first place where the screen shows `words`."""
    for y, line in enumerate(draw_board(view)):
        x = text_of(line).find(words)
        if x >= 0:
            return hit(view, x, y)
    raise AssertionError(f"{words} is not on the screen")


def test_a_click_on_a_card_hits_it_in_each_of_its_rows() -> None:
    assert found(scene(), "Kestrel") == Hit(BoardPlace.CARD, 1, 1)
    assert found(scene(), "send qu") == Hit(BoardPlace.CARD, 1, 1)


def test_a_click_on_a_scrolled_column_hits_the_card_that_is_seen() -> None:
    assert found(scene(tops=(2,)), "Cobalt") == Hit(BoardPlace.CARD, 0, 2)


def test_a_click_on_a_tab_hits_its_stage() -> None:
    assert found(scene(), "6 Won") == Hit(BoardPlace.TAB, 5)
    assert found(scene(width=44), "4 Prop") == Hit(BoardPlace.TAB, 3)


def test_a_click_on_a_head_hits_its_column() -> None:
    view = scene(height=12)
    assert hit(view, 25, 1) == Hit(BoardPlace.HEAD, 1)
    assert hit(scene(), 45, 1) == Hit(BoardPlace.HEAD, 2)


def test_a_click_on_what_is_scrolled_off_hits_that() -> None:
    view = scene(height=20, tops=(2,))
    assert found(view, "▴2") == Hit(BoardPlace.ABOVE, 0)
    assert found(view, "Lead") == Hit(BoardPlace.HEAD, 0)
    assert found(view, "▾ 2 more") == Hit(BoardPlace.BELOW, 0)


def test_a_click_under_the_last_card_hits_the_column() -> None:
    assert hit(scene(), 45, 15) == Hit(BoardPlace.COLUMN, 2)


def test_a_click_on_a_hint_hits_its_key() -> None:
    assert found(scene(), "Open") == Hit(BoardPlace.HINT, key="↵")
    assert found(scene(), "Help") == Hit(BoardPlace.HINT, key="?")


def test_a_click_on_a_count_in_the_title_is_the_filter_that_finds_so_many() -> None:
    title = text_of(draw_board(scene())[0])
    found = {sign: hit(scene(), title.index(sign) + at, 0) for sign in "!?~" for at in (0, 1)}
    assert found == {
        "!": Hit(BoardPlace.TITLE, key="overdue -snoozed"),
        "?": Hit(BoardPlace.TITLE, key="open next:none -overdue -snoozed"),
        "~": Hit(BoardPlace.TITLE, key="stalled -overdue -next:none"),
    }
    assert hit(scene(), title.index("open"), 0) == Hit(BoardPlace.TITLE)


def test_a_click_in_the_pane_hits_its_line() -> None:
    view = replace(scene(width=120), pane=Pane(((("text", "text"),),) * 9, top=4))
    assert hit(view, 80, 3) == Hit(BoardPlace.PANE, row=6)


def test_a_line_between_two_columns_is_nowhere() -> None:
    assert hit(scene(), 18, 8) == Hit(BoardPlace.NOWHERE)


@given(views(), st.integers(-5, 250), st.integers(-5, 60))
def test_every_card_that_is_hit_exists(view: BoardView, x: int, y: int) -> None:
    place = hit(view, x, y)
    if place.place is BoardPlace.CARD:
        assert 0 <= place.row < view.board.columns[place.column].count
