"""Bars, hints, boxes and tables of keys fit their width and keep what matters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.ui.draw.line import (
    Glyphs,
    KeyGroup,
    Line,
    box,
    hint_keys,
    hint_line,
    key_table,
    rule,
    tagged,
    text_of,
    title_bar,
    whole,
    width_of,
)
from pipeboard.ui.keys import KeptKey
from tests.ui.board_scene import HINTS
from tests.ui.golden_screens import assert_looks_like
from tests.ui.hostile import TEXTS

GROUPS = (
    KeyGroup(
        "MOVE AROUND",
        (("h j k l", "stage, card"), ("1-9", "go to stage n"), ("G", "last card"), ("f", "find")),
    ),
    KeyGroup("NARROW", (("/", "filter"), ("O", "mine / everyone"))),
    KeyGroup("CHANGE A DEAL", (("a", "add (one line)"), ("↵", "open deal"), ("t", "next step"))),
    KeyGroup("UNDO", (("u", "undo"), ("U ^r", "redo"))),
)


def test_hints_show_as_many_keys_as_fit() -> None:
    assert text_of(hint_line(HINTS, 80)) == (
        " a Add  ↵ Open  H/L Move  m Move…  t Next  n Note  / Filter  u Undo  ? Help     "
    )
    assert text_of(hint_line(HINTS, 30)) == " a Add  ↵ Open  t Next  ? Help"


def test_help_is_kept_when_nothing_else_fits() -> None:
    assert text_of(hint_line(HINTS, 8)) == " ? Help "


def test_the_ways_to_help_and_back_are_kept_whatever_else_there_is() -> None:
    more = (*HINTS[:-1], (KeptKey("q"), "Quit"), ("Esc", "Back"), HINTS[-1])
    for width in (24, 26, 40):
        keys = [key.key for key in hint_keys(more, width)]
        assert keys[-3:] == ["q", "Esc", "?"]
    assert [key.key for key in hint_keys(more, 25)] == ["q", "Esc", "?"]


def test_what_must_be_known_of_a_database_is_never_left_out_of_a_bar() -> None:
    tags: Line = ((" DEMO ", "tag.demo"), ("  ", "bar"))
    what: Line = (("M" * 31, "bar.title"),)
    for bar in (
        title_bar(what[:1], (), 40),
        title_bar((("Metrics", "bar.title"),), (("2026Q4", "bar.dim"),), 40),
        ((" ", "bar"), *what, ("2026Q4", "bar.dim")),
    ):
        told = tagged(bar, tags)
        assert text_of(told).startswith("  DEMO ")
        assert width_of(told) == width_of(bar)
    hints = hint_line(HINTS, 32)
    assert tagged(hints, tags) == hints


@pytest.mark.parametrize("width", [24, 30, 34, 40, 60])
def test_a_tag_takes_its_cells_from_the_end_of_what_a_screen_is_not_from_its_name(
    width: int,
) -> None:
    tags: Line = ((" DEMO ", "tag.demo"), ("  ", "bar"))
    start: Line = (whole("Hygiene", "bar.title"), ("  ", "bar"), whole("N" * 30, "bar.product"))
    for end in ((), (whole("9 ok", "bar.dim"),), ((" ", "bar"), whole("9 ok", "bar.dim"))):
        told = text_of(tagged(title_bar(start, end, width), tags))
        assert len(told) == width
        assert told.split()[:2] == ["DEMO", "Hygiene"]
        assert ("9 ok" in told) is bool(end)


def test_keys_without_a_sign_of_their_own_are_named() -> None:
    assert "Enter Open" in text_of(hint_line(HINTS, 80, Glyphs.ASCII))


@given(
    st.lists(st.tuples(st.text("aHL/↵日", min_size=1, max_size=3), TEXTS), max_size=8),
    st.integers(8, 120),
)
def test_hints_are_where_they_say(hints: list[tuple[str, str]], width: int) -> None:
    line = hint_line(hints, width)
    assert width_of(line) == width
    assert all(key.x + key.width <= width for key in hint_keys(hints, width))


@given(TEXTS, TEXTS, st.integers(1, 120))
def test_a_bar_fills_the_screen(start: str, end: str, width: int) -> None:
    bar = title_bar((whole(start, "bar.title"),), (("4 of 12", "bar.sum"),), width)
    assert width_of(bar) == width
    assert width_of(rule(width, end)) == width


def test_a_rule_carries_its_title() -> None:
    assert text_of(rule(30, "Add to Qualify")) == "─ Add to Qualify ─────────────"


def test_a_box_has_its_title_above() -> None:
    lines = box("4 Authority", [(("Who signs?", "text"),)], 30)
    assert [text_of(line) for line in lines] == [
        "┌─ 4 Authority ──────────────┐",
        "│ Who signs?                 │",
        "└────────────────────────────┘",
    ]


@given(TEXTS, TEXTS, st.integers(12, 100))
def test_a_box_is_as_wide_as_it_should_be(title: str, body: str, width: int) -> None:
    for line in box(title, [(whole(body, "text"),)], width):
        assert width_of(line) == width


def test_the_table_of_keys_looks_as_it_should() -> None:
    assert_looks_like("keys-80", key_table(GROUPS, 80))
    assert_looks_like("keys-44-ascii", key_table(GROUPS, 44, Glyphs.ASCII))


@given(st.integers(20, 160))
def test_the_table_of_keys_fits(width: int) -> None:
    assert {width_of(line) for line in key_table(GROUPS, width)} == {width}
