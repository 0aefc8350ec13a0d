from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style
from textual.events import MouseScrollDown, MouseScrollUp

from pipeboard.ui.actions.hygiene import MergeMenu
from pipeboard.ui.draw.line import Glyphs, Line, text_of, width_of
from pipeboard.ui.key_table import BOARD
from pipeboard.ui.overlays import question
from pipeboard.ui.overlays.file_picker import FilePicker
from pipeboard.ui.overlays.form import Form, FormField
from pipeboard.ui.overlays.help import Help, groups_of
from pipeboard.ui.overlays.menu import Menu, MenuChoice, Option, Picker
from pipeboard.ui.overlays.overlay import Overlay, folded, heading
from pipeboard.ui.overlays.prompt import Prompt
from pipeboard.ui.overlays.question import Playbook
from pipeboard.ui.overlays.text import TextScreen
from pipeboard.ui.screens.first_run import TemplatePicker
from tests.ui.board_scene import DEAL, PIPELINE
from tests.ui.overlays import is_harmless, opened

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


def rolling(kind: str, folder: Path) -> Overlay[Any]:
    """An overlay of this kind with more in it than a small screen has room for."""
    options = [Option(str(n), f"Option {n}") for n in range(40)]
    fields = [FormField(f"f{n}", f"Field {n}", str(n)) for n in range(40)]
    for n in range(40):
        (folder / f"{n}.csv").touch()
    playbook = replace(PIPELINE.stages[0], playbook="\n".join(map(str, range(40))))
    make: dict[str, Callable[[], Overlay[Any]]] = {
        "Picker": lambda: Picker("Why", options),
        "Form": lambda: Form("Deal", fields),
        "FilePicker": lambda: FilePicker("Import", folder),
        "Playbook": lambda: Playbook(PIPELINE, playbook, DEAL),
        "Help": lambda: Help("Board", groups_of(BOARD)),
        "TemplatePicker": lambda: TemplatePicker([(str(n), PIPELINE) for n in range(40)]),
    }
    return make[kind]()


ROLLS = ("Picker", "Form", "FilePicker", "Playbook", "Help", "TemplatePicker")
NOT_ROLLED = {"Prompt", "QuestionCard", "GateSheet", "Menu", "ConflictMenu", "TextScreen"}
NOT_ROLLED |= {MergeMenu.__name__}
"""What has no list: one line or two, a choice by letters, and a box that Textual rolls."""


def test_every_overlay_with_a_list_is_rolled() -> None:
    kinds = [*Overlay.__subclasses__()]
    for kind in kinds:
        kinds += kind.__subclasses__()
    ours = {kind.__name__ for kind in kinds if kind.__module__.startswith("pipeboard.")}
    assert ours - {"TypingOverlay"} == {*ROLLS} | NOT_ROLLED


@pytest.mark.parametrize("kind", ROLLS)
async def test_the_wheel_moves_what_an_overlay_has_no_room_for(kind: str, tmp_path: Path) -> None:
    async with opened(rolling(kind, tmp_path), size=(40, 12)) as stage:
        await stage.until(lambda: not stage.shows("looking"))
        pilot, first = stage.pilot, stage.lines()
        for event in (MouseScrollDown, MouseScrollUp):
            await pilot._post_mouse_events([event], None, offset=(5, 8))
            await pilot.pause()
            assert (stage.lines() == first) == (event is MouseScrollUp), event
        await pilot._post_mouse_events([MouseScrollUp], None, offset=(5, 8))
        await pilot.pause()
        assert stage.lines() == first and stage.is_open


async def test_the_wheel_leaves_a_form_that_fits_where_it_is() -> None:
    fields = [FormField("a", "A", "1"), FormField("b", "B", "2")]
    async with opened(Form("Deal", fields)) as stage:
        before = stage.lines()
        await stage.pilot._post_mouse_events([MouseScrollDown], None, offset=(5, 22))
        assert stage.lines() == before


@pytest.mark.parametrize("kind", ROLLS)
async def test_ctrl_c_says_how_to_leave_over_a_screen_too(kind: str, tmp_path: Path) -> None:
    async with opened(rolling(kind, tmp_path)) as stage:
        told: list[str] = []
        stage.pilot.app.action_help_quit = lambda: told.append("told")  # type: ignore[method-assign]
        await stage.press("ctrl+c")
        assert told == ["told"] and stage.is_open


async def test_nothing_selected_leaves_the_clipboard_as_it_is() -> None:
    async with opened(Prompt("Note", value="a note")) as stage:
        stage.pilot.app.copy_to_clipboard("kept")
        await stage.press("end", "ctrl+x")
        assert (stage.pilot.app.clipboard, stage.shows("a note")) == ("kept", True)
        await stage.press("shift+home", "ctrl+x")
        assert (stage.pilot.app.clipboard, stage.shows("a note")) == ("a note", False)


Editor = Callable[[str], Overlay[str]]
EDITORS: list[Editor] = [
    lambda text: Prompt("Note", value=text),
    lambda text: TextScreen("Note", text),
]
SIGNS = ("🇫🇮", "👩\u200d💻", "👍🏽", "❤\ufe0f", "1\ufe0f\u20e3", "日", "é", "x")


@pytest.mark.parametrize("editor", EDITORS)
@pytest.mark.parametrize("sign", SIGNS)
async def test_the_caret_goes_over_a_joined_sign_and_takes_it_away_whole(
    sign: str, editor: Editor
) -> None:
    async with opened(editor(f"a{sign}b")) as stage:
        await stage.press("home", "right", "right", "X", "left", "left", "Y", "shift+right")
        assert typed(stage.pilot.app.screen) == (f"aY{sign}Xb", sign)
        await stage.press("left", "delete", "backspace", "right", "backspace", "ctrl+s")
        assert stage.answer == "ab"
        assert is_harmless(stage, 80)


def typed(overlay: object) -> tuple[str, str]:
    """What stands in a line or a box, and what of it is selected."""
    if isinstance(overlay, TextScreen):
        return overlay.text, overlay._box.selected_text
    assert isinstance(overlay, Prompt)
    return overlay.line.value, overlay.line.selected_text


@pytest.mark.parametrize("editor", EDITORS)
async def test_of_a_letter_with_marks_the_last_mark_is_taken_away(editor: Editor) -> None:
    async with opened(editor("दी")) as stage:
        await stage.press("end", "backspace", "ctrl+s")
        assert stage.answer == "द"


@pytest.mark.parametrize("editor", EDITORS)
async def test_marks_part_no_words(editor: Editor) -> None:
    async with opened(editor("यह हिन्दी है")) as stage:
        await stage.press("end", "ctrl+w", "ctrl+w", "X", "ctrl+s")
        assert stage.answer == "यह X"
