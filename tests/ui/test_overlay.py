from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from pipeboard.ui.draw.line import Glyphs, Line, text_of, width_of
from pipeboard.ui.overlays import question
from pipeboard.ui.overlays.menu import Menu, MenuChoice
from pipeboard.ui.overlays.overlay import folded, heading
from pipeboard.ui.overlays.prompt import Prompt
from tests.ui.overlays import opened

CHIPS: Line = (
    ("company ", "text.dim"),
    ("Lumen Oy", "input.chip"),
    ("   ", "text"),
    ("value ", "text.dim"),
    ("€40,000", "input.chip"),
)


def test_a_line_is_folded_between_its_parts() -> None:
    assert [text_of(line) for line in folded(CHIPS, 24)] == ["company Lumen Oy   ", "value €40,000"]


def test_a_part_wider_than_the_line_is_folded_between_its_words() -> None:
    line: Line = (("this amount is not a number", "input.error"),)
    assert [text_of(part).strip() for part in folded(line, 12)] == [
        "this amount",
        "is not a",
        "number",
    ]


def test_a_line_that_fits_stays_one() -> None:
    assert folded(CHIPS, 80) == [CHIPS]
    assert folded((), 80) == [()]


@given(st.lists(st.text(max_size=30), max_size=8), st.integers(1, 60))
def test_no_folded_line_is_wider_than_it_may_be(texts: list[str], width: int) -> None:
    line: Line = tuple((text, "text") for text in texts)
    assert all(width_of(part) <= width for part in folded(line, width))


async def test_the_board_behind_an_overlay_keeps_its_colours() -> None:
    async with opened(Menu("Move to", [MenuChoice("1", "Lead")])) as stage:
        behind = stage.cells()[0]
        await stage.press("escape")
        alone = stage.cells()[0]

    assert has_own_colours(behind)
    assert has_own_colours(alone)


def has_own_colours(line: list[tuple[str, Style | None]]) -> bool:
    """Is all of the line in the terminal's own colours?"""
    inks = [ink for _, style in line if style for ink in (style.color, style.bgcolor) if ink]
    return all(ink.is_default for ink in inks)


async def test_an_overlay_lies_at_the_bottom_and_the_board_is_seen_above_it() -> None:
    async with opened(Menu("Move to", [MenuChoice("1", "Lead")])) as stage:
        lines = stage.lines()
        assert all(line.startswith("board") for line in lines[:21])
        assert lines[21].startswith("─ Move to ─")
        assert lines[22] == "  1 Lead"
        assert lines[23] == " Esc Cancel"


async def test_an_overlay_follows_the_size_of_the_terminal() -> None:
    async with opened(Prompt("Add to Qualify")) as stage:
        await stage.pilot.resize_terminal(40, 12)
        while len(stage.lines()) != 12:  # its size is known before it is drawn
            await stage.pilot.pause()
        assert stage.lines()[-3].startswith("─ Add to Qualify ─")
        assert len(stage.lines()[-3]) == 40


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_a_terminal_without_unicode_gets_ascii(size: tuple[int, int]) -> None:
    menu = Menu("Sort by", [MenuChoice("v", "value", mark="*"), MenuChoice("l", "Lost…")])
    async with opened(menu, size=size, glyphs=Glyphs.ASCII) as stage:
        assert all(line.isascii() for line in stage.lines())
        assert stage.shows("- Sort by -")


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("title", ["Owner", "A title that is far too long " * 4])
def test_the_upper_edge_of_an_overlay_fills_its_line(width: int, title: str) -> None:
    for end in ("", "3 of 5,000"):
        line = heading(title, width, end)
        assert width_of(line) == width
        assert end in text_of(line)


@pytest.mark.parametrize("row", question._LABELS)
def test_a_long_answer_stands_whole_beside_its_label(row: str) -> None:
    text = "They decide in spring.\n" + "Budget is agreed with the board. " * 6
    rows = question._text_rows(row, text, 40)
    assert all(width_of(line) <= 40 for line in rows)
    told = [text_of(line[-1:]).strip() for line in rows]
    assert " ".join(told).split() == text.split() and told[0] == "They decide in spring."
