from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from pipeboard.domain.filter_fields import FIELDS, FORMS, STATES
from pipeboard.domain.signs import Sign
from pipeboard.ui.draw.line import Glyphs, KeyGroup, key_name, text_of, whole
from pipeboard.ui.key_table import BOARD, SCREENS, read_keymap
from pipeboard.ui.keys import Key, hints, rebound
from pipeboard.ui.overlays.help import Help, filter_lines, groups_of, legend_lines
from tests.team import TODAY
from tests.ui.desk import desk
from tests.ui.overlays import HOSTILE, Stage, is_harmless, opened


def board_help() -> Help:
    return Help("Board", groups_of(BOARD), filter_lines())


async def all_lines(stage: Stage) -> str:
    """Everything the help says, read to its end, without the places of blanks."""
    read: list[str] = []
    while True:
        page = stage.lines()[2:-1]
        read += page
        await stage.press("pagedown")
        if stage.lines()[2:-1] == page:
            return " ".join(" ".join(read).split())


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 12)])
async def test_every_command_is_explained_in_full(size: tuple[int, int]) -> None:
    async with opened(Help("Board", groups_of(BOARD)), size=size) as stage:
        said = await all_lines(stage)
        assert "…" not in said.replace(" …", "")
    for command in BOARD:
        if not command.action.startswith("stage_"):
            assert set(command.help.split()) <= set(said.split())
    assert "1-9" in said


async def test_the_filter_syntax_is_the_second_part() -> None:
    async with opened(board_help(), size=(120, 40)) as stage:
        said = await all_lines(stage)
    assert "FILTER: FIELDS" in said
    for typed, text in ((field.example, field.help) for field in FIELDS):
        assert f"{typed} {text}" in said
    for typed, text in (*STATES.items(), *FORMS):
        assert f"{typed} {text}" in said


async def test_typing_leaves_what_holds_every_word() -> None:
    async with opened(board_help()) as stage:
        await stage.type("stage back")
        assert stage.shows("one stage back")
        assert not stage.shows("one stage on")
        # What a group is called finds all that is in it.
        await stage.press("ctrl+u")
        await stage.type("undo redo")
        assert stage.shows("redo it")
        assert not stage.shows("one stage back")
        await stage.press("ctrl+u")
        await stage.type("owner:")
        assert stage.shows("owner:me")
        await stage.type("zzz")
        assert stage.shows("nothing matches")


async def test_the_help_fills_the_screen_and_escape_closes_it() -> None:
    async with opened(board_help()) as stage:
        assert stage.lines()[0].startswith(" Help: Board")
        assert not stage.shows("board board")
        await stage.press("escape")
        assert stage.answer is None


async def test_scrolling_stops_at_both_ends() -> None:
    async with opened(board_help()) as stage:
        first = stage.lines()
        await stage.press("up", "pageup")
        assert stage.lines() == first
        await stage.press(*["pagedown"] * 9)
        last = stage.lines()
        assert last != first
        await stage.press("down", "enter")
        assert stage.lines() == last


def test_the_keys_to_the_stages_are_one_line() -> None:
    keys = [key for group in groups_of(BOARD) for key, _ in group.keys]
    assert keys.count("1-9") == 1
    assert "2" not in keys


def test_what_can_be_typed_comes_before_what_it_means() -> None:
    lines = [text_of(line) for line in filter_lines()]
    assert lines[0] == "FILTER: FIELDS"
    assert "stage:demothe stage it is in" in lines


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("width", [80, 40])
async def test_hostile_text_stays_text(text: str, width: int) -> None:
    groups = [KeyGroup(text, ((text[:8], text),))]
    extra = [(whole(text, "pane.tag"), whole(text, "text"))]
    async with opened(Help(text, groups, extra), size=(width, 24)) as stage:
        assert is_harmless(stage, width)


def board_help_with_legend(glyphs: Glyphs = Glyphs.UNICODE) -> Help:
    legend = legend_lines(BOARD, date(2026, 11, 24), glyphs)
    return Help("Board", groups_of(BOARD), filter_lines(), legend)


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (44, 20)])
async def test_the_help_begins_with_a_card_as_the_board_draws_it(size: tuple[int, int]) -> None:
    async with opened(board_help_with_legend(), size=size) as stage:
        card = [line.rstrip() for line in stage.lines()[3:7]]
        assert "Lumen Oy" in card[0] and "€40k" in card[0]
        assert "Packaging line" in card[1]
        assert "-2d call Mika" in card[2] and card[2].endswith("26d")
        assert "@ana" in card[3] and card[3].endswith("=60%")


@pytest.mark.parametrize("word", ["overd", "no next step", "wtd", "=60%", "med 9d", "gate"])
async def test_every_sign_is_found_by_what_it_means_or_looks_like(word: str) -> None:
    async with opened(board_help_with_legend()) as stage:
        await stage.type(word)
        assert any(word in line for line in stage.lines()[2:-1])
        assert not stage.shows("A CARD") and not stage.shows("Packaging line  ")


def test_the_legend_names_the_keys_that_a_person_has() -> None:
    own = read_keymap({"board.attention": "W", "board.metrics": "X", "board.currency": ""})
    told = [text_of(line) for line in legend_lines(rebound(BOARD, own), TODAY, Glyphs.UNICODE)]
    for words in ("; W walks through them", "(X: due in", "currency ('One currency')"):
        assert any(words in line for line in told), words
    assert told[0] == "A CARD AND ITS SIGNS"
    assert "AROUND THE CARDS" in told
    for part in ("40k", "26d", "@ana", "Q3/7", "60%", "Packaging line", "med 9d", "5d/14", "gate"):
        assert any(line.startswith(part) for line in told), part


def test_a_key_of_its_own_to_a_stage_is_told_beside_those_that_are_digits() -> None:
    for stage in (1, 2):
        own = rebound(BOARD, read_keymap({f"board.stage_{stage}": "W"}))
        keys = {key: help for group in groups_of(own) for key, help in group.keys}
        assert (keys["W"], keys["1-9"]) == (f"go to stage {stage}", "go to stage n")


@pytest.mark.parametrize("sign", [sign for sign in Sign if sign is not Sign.NONE])
@pytest.mark.parametrize("glyphs", Glyphs)
def test_the_legend_names_every_sign_of_a_card(sign: Sign, glyphs: Glyphs) -> None:
    assert any(line[0][0] == sign for line in legend_lines(BOARD, date(2026, 11, 24), glyphs))


@pytest.mark.parametrize("table", SCREENS, ids=lambda table: table[-1].id)
def test_without_arrows_no_key_is_written_as_if_it_were_another(table: tuple[Key, ...]) -> None:
    shown = [key for group in groups_of(table) for key, _ in group.keys]
    hinted = [key for key, _ in hints(table)]
    for key in (*shown, *hinted, "↑↓", "←→"):
        name = key_name(key, Glyphs.ASCII).replace("…", "")
        assert name.isascii()
        single = {part for part in name.split() if len(part) == 1}
        assert single <= set(key.split()), (key, name)
        assert not re.search(r"\^[^a-z\]]|\^v", name) or "^" in key


async def test_in_ascii_the_palette_names_the_keys_too(demo: Path) -> None:
    ascii_only = {"TERM": "linux", "LANG": "C"}
    async with desk(demo, environ=ascii_only) as board:
        await board.press(":")
        (row,) = (line for line in board.lines() if "open the deal" in line)
        assert row.endswith("Enter")
        assert board.hints == "Enter Do  up/down Move  Esc Cancel"
        await board.press("escape", "?")
        await board.type("one stage")
        assert board.shows("h left")
        assert not board.shows("h < ")
