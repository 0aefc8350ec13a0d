"""The head of a column says how long deals usually stay in it, where there is room."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.ui.draw.heading import head_lines, short_names
from pipeboard.ui.draw.line import text_of, width_of
from tests.ui.board_scene import scene

QUALIFY = 1


@pytest.mark.parametrize(
    ("width", "says"),
    [(19, "1.4M"), (25, "med 12d"), (30, "wtd 349k"), (40, "wtd 349k · med 12d")],
)
def test_the_usual_days_take_what_room_there_is(width: int, says: str) -> None:
    view = replace(scene(), usual_days=((2, 12),))
    (head,) = head_lines(view, QUALIFY, width, 1)
    assert width_of(head) == width
    assert says in text_of(head)


NAMES = ("Lead Generation", "Lead Qualification", "Needs Assessment", "Negotiation", "Won", "Lost")


def test_names_of_stages_are_shortened_word_by_word() -> None:
    assert short_names(NAMES, 20) == NAMES
    assert short_names(NAMES, 9)[:3] == ("Lead Gen", "Lead Qual", "Needs As")


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
