"""Lines take exactly the cells that they should, whatever is written in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.ui.draw.line import (
    Line,
    Span,
    blank,
    exactly,
    left,
    right,
    spread,
    status_line,
    status_lines,
    tab_strip,
    text_of,
    whole,
    width_of,
    wrap,
)
from pipeboard.ui.terminal.width import cell_width
from tests.ui.hostile import HOSTILE, TEXTS

WIDTHS = st.integers(0, 90)
LINES = st.lists(TEXTS.map(lambda text: whole(text, "text")), max_size=5)


@given(TEXTS, WIDTHS)
def test_a_field_takes_exactly_its_cells(text: str, width: int) -> None:
    for field in (left(text, width, "text"), right(text, width, "text")):
        assert cell_width(field[0]) == width


@given(LINES, WIDTHS)
def test_a_line_takes_exactly_its_cells(line: list[Span], width: int) -> None:
    assert width_of(exactly(line, width)) == width


@given(LINES, LINES, WIDTHS)
def test_two_ends_take_exactly_the_cells_between_them(
    start: list[Span], end: list[Span], width: int
) -> None:
    assert width_of(spread(start, end, width)) == width


@given(TEXTS)
def test_nothing_that_steers_a_terminal_is_drawn(text: str) -> None:
    drawn = left(text, 40, "text")[0] + whole(text, "text")[0] + "".join(wrap(text, 40))
    assert not set(drawn) & set("\x1b\x9b\x07\n\t\r\u202e\ud800")


@given(TEXTS, st.integers(2, 40), st.integers(2, 40))
def test_wrapped_lines_fit(text: str, first: int, rest: int) -> None:
    lines = wrap(text, first, rest)
    assert cell_width(lines[0]) <= first
    assert all(cell_width(line) <= rest for line in lines[1:])


@given(st.lists(st.text("abcé", min_size=1, max_size=30), max_size=20), st.integers(2, 40))
def test_wrapping_loses_no_letter(words: list[str], width: int) -> None:
    assert "".join(wrap(" ".join(words), width)).replace(" ", "") == "".join(words)


def test_words_are_wrapped_whole_where_they_fit() -> None:
    assert wrap("call Mika about the line audit", 12) == ["call Mika", "about the", "line audit"]


def test_a_line_does_not_end_in_the_dot_between_two_things() -> None:
    assert wrap("Emil · champion · emil@lumen.example", 20) == [
        "Emil · champion",
        "· emil@lumen.example",
    ]


def test_an_address_is_not_cut_for_the_dot_before_it() -> None:
    whom = "Emil · champion · emil@lumen.example"
    assert wrap(whom, 18) == ["Emil · champion", "emil@lumen.example"]
    assert wrap(whom, 17) == ["Emil · champion", "· emil@lumen.exam", "ple"]


def test_what_is_cut_off_leaves_a_mark() -> None:
    assert text_of(exactly([("Lumen ", "text"), ("Oy Packaging", "text")], 10)) == "Lumen Oy …"


def test_the_mark_stands_in_the_run_that_ends_at_the_edge() -> None:
    assert text_of(exactly([("Lumen", "text"), (" Oy", "text")], 5)) == "Lume…"


def test_the_start_gives_way_to_the_end() -> None:
    line = spread([("New business", "text")], [("38 open", "text")], 16)
    assert text_of(line) == "New bus… 38 open"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_blank_beside_hostile_text_stays_where_it_is(text: str) -> None:
    line = exactly([blank(3), whole(text, "text"), blank(3)], 30)
    assert text_of(line).startswith("   ")
    assert width_of(line) == 30


@pytest.mark.parametrize("width", [10, 20, 40, 80])
@pytest.mark.parametrize("right", ["", "counting…"])
def test_what_is_said_never_runs_into_what_stands_beside_it(width: int, right: str) -> None:
    beside: Line = (whole(right, "status"),) if right else ()
    line = text_of(status_line((whole("Shown as it was. " * 9, "status"),), beside, width))
    assert cell_width(line) == width
    assert not right or line.endswith(f"  {right} ") or width < 20


@given(TEXTS, st.sampled_from(["", "u undo", "changed meanwhile; R counts again"]), WIDTHS)
def test_what_is_said_takes_exactly_its_cells_and_no_more_than_a_third(
    text: str, right: str, width: int
) -> None:
    beside: Line = (whole(right, "status"),) if right else ()
    lines = status_lines((whole(text, "status"),), beside, width, 24)
    assert 1 <= len(lines) <= 8
    assert [width_of(line) for line in lines] == [width] * len(lines)


@pytest.mark.parametrize("width", [40, 44, 60, 80, 200])
@pytest.mark.parametrize("right", ["", "u undo", "changed meanwhile; R counts again"])
def test_what_is_said_is_said_to_its_end(width: int, right: str) -> None:
    said = (
        "D-1 Ivorerra Pumps is won and cannot be moved to Lead Generation. Reopen it first (m r)."
    )
    beside: Line = (whole(right, "status"),) if right else ()
    lines = status_lines((whole(said, "status"),), beside, width, 24)
    assert " ".join(" ".join(map(text_of, lines)).split()) == f"{said} {right}".strip()


TABS_BY_LANGUAGE = {
    "numbers, in German": "Überblick Trichter Alter Prognose Aktivität Verluste Verkäufer",
    "a deal, in German": "Überblick Fragen Notizen Verlauf Personen Konditionen",
    "numbers": "Overview Funnel Ageing Forecast Activity Losses Reps",
}


@pytest.mark.parametrize("width", [120, 80, 72, 66, 60, 40])
@pytest.mark.parametrize("names", TABS_BY_LANGUAGE.values(), ids=TABS_BY_LANGUAGE)
def test_a_tab_is_told_whole_cut_with_a_sign_or_by_its_number(names: str, width: int) -> None:
    tabs = names.split()
    shown = text_of(tab_strip(tabs, tabs[0], width))
    assert shown.startswith(f" [1 {tabs[0]}]")
    for number, name in enumerate(tabs[1:], 2):
        told = shown.split(f" {number} ", 1)[1].split("  ")[0].strip()
        told = "" if told[:1].isdigit() else told
        assert told in ("", name) or (told[-1] == "…" and name.startswith(told[:-1])), shown
