"""The head of a column says how long deals usually stay in it, where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.domain.board import Sort
from pipeboard.domain.filter import parse_filter
from pipeboard.domain.filter_nodes import Filter, These
from pipeboard.domain.money import Money
from pipeboard.ui.draw.heading import (
    _abbreviated,
    _amounts,
    found,
    found_words,
    head_lines,
    short_names,
    strip,
    title_line,
)
from pipeboard.ui.draw.layout import BoardView, followed
from pipeboard.ui.draw.line import text_of, width_of
from tests.ui.board_scene import TODAY, scene

QUALIFY = 1
WON = 5


def under(view: BoardView, **facts: Any) -> BoardView:
    """The view under another lens."""
    return replace(view, board=replace(view.board, lens=replace(view.board.lens, **facts)))


def titled(view: BoardView) -> str:
    return text_of(title_line(view))


@pytest.mark.parametrize(
    ("sort", "says"),
    [
        (Sort.MANUAL, "@ana  "),
        (Sort.VALUE, "@ana · by value  "),
        (Sort.NEXT_STEP, "@ana · by next step  "),
        (Sort.AGE, "@ana · by age  "),
        (Sort.CLOSE, "@ana · by close date  "),
        (Sort.NAME, "@ana · by name  "),
        (Sort.NEEDS, "@ana · what needs you first  "),
        (Sort.UPDATED, "@ana · by last change  "),
    ],
)
def test_the_title_says_in_which_order_the_cards_are(sort: Sort, says: str) -> None:
    assert says in titled(under(scene(width=140), sort=sort))


@pytest.mark.parametrize("width", [40, 44, 50, 60, 70, 80])
@pytest.mark.parametrize("owner", ["ana", None])
@pytest.mark.parametrize("demo", [False, True])
def test_a_filter_is_seen_in_a_title_of_every_width(
    width: int, owner: str | None, demo: bool
) -> None:
    view = under(scene(width=width, filter_text="rot", demo=demo), owner=owner, sort=Sort.NEEDS)
    title = titled(view)
    assert "/rot " in title
    assert title.rstrip().endswith("!2 ?2 ~3")
    assert "@ana" in title or owner is None
    assert len(title) == width


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_long_filter_leaves_room_for_how_many_it_finds(width: int) -> None:
    text = "owner:ana value>20k " * 5
    named = parse_filter(text, today=TODAY, currency="EUR")
    title = titled(under(scene(width=width, filter_text=text), filter=named))
    assert "/owner:" in title and " 20 found " in title and len(title) == width


def test_the_title_says_to_which_currency_sums_are_converted() -> None:
    view = under(scene(width=140), currency="EUR")
    board = view.board
    assert " · in EUR  " in titled(view)
    assert "≈" not in titled(view)
    some = replace(board.columns[QUALIFY], is_converted=True)
    columns = (board.columns[0], some, *board.columns[2:])
    view = replace(view, board=replace(board, columns=columns))
    assert "≈€1.6M  wtd ≈€406k" in titled(view)
    # Not where nothing was, nor in the head of a stage that has nothing in it.
    heads = [text_of(head_lines(view, column, 40, 1)[0]) for column in (0, QUALIFY)]
    assert ["≈" in head for head in heads] == [False, True]
    two = replace(view.board, open_sums=(Money(100_00, "EUR"), Money(200_00, "CHF")))
    assert "≈€100 + CHF 200" in titled(replace(view, board=two))


@pytest.mark.parametrize(
    ("text", "ids", "matching", "found_of", "words"),
    [
        ("owner:ana", (), 20, (20, 90), "20 of 90 open deals"),
        ("won", (), 7, (20, None), "20 found, 7 of 90 open deals"),
        ("archived", (), 20, (20, None), "20 found"),
        ("Behind it", range(50), 20, (20, 50), "20 of 50 open deals"),
        ("Behind it", range(50), 7, (20, 50), "20 of 50 open deals"),
    ],
)
def test_what_a_filter_finds_is_told_of_those_that_it_could_find(
    text: str, ids: Sequence[int], matching: int, found_of: tuple[int, int | None], words: str
) -> None:
    named = (
        Filter(text, These(frozenset(ids)))
        if ids
        else parse_filter(text, today=TODAY, currency="EUR")
    )
    view = under(scene(), filter=named)
    view = replace(view, board=replace(view.board, matching=matching, total=90))
    assert (found(view), found_words(view)) == (found_of, words)


def test_what_is_over_is_not_weighted() -> None:
    assert text_of(head_lines(scene(), WON, 40, 1)[0]).rstrip().endswith(" 31k")
    assert "wtd" in text_of(head_lines(scene(), QUALIFY, 40, 1)[0])


@pytest.mark.parametrize(
    ("width", "first", "named"),
    [(50, 0, [1, 2]), (44, 3, [2, 4]), (60, 2, [1, 4, 5]), (50, 6, [4, 5])],
)
def test_of_the_stages_off_the_screen_the_nearest_are_named(
    width: int, first: int, named: list[int]
) -> None:
    view = scene(width=width, cursor=(first, 0), first_column=first)
    columns = tuple(
        replace(column, stage=replace(column.stage, name=f"Aaaa{place} Bbbb Cccc"), count=5_000)
        for place, column in enumerate(view.board.columns)
    )
    view = followed(replace(view, board=replace(view.board, columns=columns)))
    assert [tab.column for tab in strip(view).tabs] == named


@pytest.mark.parametrize(
    ("width", "says"),
    [(19, "1.4M"), (25, "med 12d"), (30, "wtd 349k"), (40, "wtd 349k · med 12d")],
)
def test_the_usual_days_take_what_room_there_is(width: int, says: str) -> None:
    view = replace(scene(), usual_days=((2, 12),))
    (head,) = head_lines(view, QUALIFY, width, 1)
    assert width_of(head) == width
    assert says in text_of(head)


@pytest.mark.parametrize("width", [44, 60, 80])
@pytest.mark.parametrize("first", range(7))
def test_a_tab_is_where_a_click_on_it_goes(width: int, first: int) -> None:
    view = followed(scene(width=width, cursor=(first, 0), first_column=first))
    drawn = strip(view)
    text = text_of(drawn.line)
    assert drawn.tabs
    for tab in drawn.tabs:
        number = view.numbers[tab.column]
        label = text[tab.x : tab.x + tab.width]
        assert label.startswith(
            (f" {number} ", f"[{number} ") if number else (" W", " L", "[W", "[L")
        )
        assert label.endswith((" ", "]"))


def test_a_column_too_narrow_for_a_head_has_its_number_but_where_the_cursor_is() -> None:
    view = scene(cursor=(QUALIFY, 0))
    told = [text_of(head_lines(view, QUALIFY, width, 2)[0]).strip() for width in (6, 7, 12)]
    away = replace(view, cursor=(0, 0))
    beside = [text_of(head_lines(away, QUALIFY, width, 2)[0]).strip() for width in (6, 7, 12)]
    assert told == ["▌Qua 5", "▌Qual 5", "▌Qualify 5"]
    assert beside == ["2", "2", "Qualify 5"]


NAMES = ("Lead Generation", "Lead Qualification", "Needs Assessment", "Negotiation", "Won", "Lost")


def test_names_of_stages_are_shortened_word_by_word() -> None:
    assert short_names(NAMES, 20) == NAMES
    assert short_names(NAMES, 9)[:3] == ("Lead Gen", "Lead Qual", "Needs As")


def test_a_name_that_stands_whole_is_not_numbered_for_one_that_is_cut_to_it() -> None:
    assert short_names(("A", "Answers"), 1) == ("A", "2")


def test_a_name_that_is_cut_ends_in_a_consonant() -> None:
    assert short_names(("Negotiation", "Oua"), 10) == ("Negotiat", "Oua")
    assert short_names(("Negotiation", "Oua"), 2) == ("Ne", "Ou")


@given(
    st.lists(st.text("abc d", min_size=1), min_size=1, max_size=9, unique=True), st.integers(3, 20)
)
def test_no_two_shortened_names_look_alike_or_are_too_wide(names: list[str], width: int) -> None:
    stripped = tuple(dict.fromkeys(" ".join(name.split()) or "x" for name in names))
    short = short_names(stripped, width)
    assert len(set(short)) == len(short)
    assert all(width_of(((name, "text"),)) <= width for name in short)


@pytest.mark.parametrize(
    ("word", "size", "short"),
    [
        ("Gate", 4, "Gate"),
        ("Generation", 4, "Gen"),
        ("Assessment", 4, "As"),
        ("Assessment", 3, "As"),
        ("Proposal", 4, "Prop"),
        ("Proposal", 2, "Pr"),
        ("Lead", 3, "Lea"),
        ("Aeon", 2, "Ae"),
    ],
)
def test_a_word_gives_way_to_its_beginning(word: str, size: int, short: str) -> None:
    assert _abbreviated(word, size) == short


@pytest.mark.parametrize(
    ("codes", "said"),
    [((), ""), (("EUR",), "€1"), (("EUR", "USD"), "€1 + $1"),
     (("EUR", "USD", "SEK"), "3 currencies")],
)  # fmt: skip
def test_sums_of_two_currencies_stand_side_by_side_and_of_more_are_counted(
    codes: tuple[str, ...], said: str
) -> None:
    assert _amounts([Money(100, code) for code in codes], scene()) == said
