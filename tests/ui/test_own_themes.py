"""Themes of one's own: what a file may say, what is refused, and what is only said."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import get_args

import pytest

from pipeboard.domain.errors import BadInput
from pipeboard.ui.last_view import Choices
from pipeboard.ui.own_themes import (
    COLORS,
    Themes,
    contrast,
    document_of,
    made_theme,
    read_theme,
)
from pipeboard.ui.palette import BASES, Role, theme
from pipeboard.ui.terminal.ink import ColorDepth, pen_of
from tests.ui.desk import desk
from tests.ui.test_palette import say


def themes(folder: Path, **files: str) -> Themes:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return Themes((folder,))


@pytest.mark.parametrize("base", BASES)
def test_a_base_as_a_file_is_that_theme_and_can_be_read(base: str) -> None:
    made = made_theme(base, tomllib.loads(document_of(base)))
    assert made.theme == theme(base)
    assert made.remarks == ()


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("color", COLORS)
def test_each_colour_is_used_and_nothing_loses_its_ink(base: str, color: str) -> None:
    made = made_theme("mine", {"base": base, color: "#12AB34"}).theme
    inks = [made.ink(role) for role in get_args(Role)]
    assert any("#12ab34" in (ink.fg, ink.bg) for ink in inks)
    assert all(ink.fg is not None for ink in inks if ink.bg is not None)
    assert all(pen_of(ink, depth) for ink in inks for depth in ColorDepth)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('acent = "#ffffff"', "Did you mean accent?"),
        ("base = 'drak'", "base is dark or light"),
        ('red = "ff0000"', "red is no colour: 'ff0000'."),
        ('red = "#ff00"', "red is no colour"),
        ('red = "#ff00gg"', "red is no colour"),
        ('red = "#+1ffff"', "red is no colour"),
        ("red = 16711680", "red is no colour"),
        ("red = ", "is not TOML"),
    ],
)
def test_what_is_no_theme_is_refused_with_its_file(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        themes(tmp_path, mine=text).shown("mine", ColorDepth.TRUECOLOR)
    assert f"The file is {tmp_path / 'mine.toml'}." in refused.value.hint
    assert said in f"{refused.value.message} {refused.value.hint}"


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"red": "#300000"}, "red is hard to read on a terminal's #121212"),
        ({"base": "light", "amber": "#ffff00"}, "amber is hard to read on a terminal's #ffffff"),
        ({"bar-text": "#333333"}, "bar-text is hard to read on bar: contrast 1.2, 4.5 is wanted."),
        ({"violet": "#555555"}, "violet is hard to read on selected"),
    ],
)
def test_too_weak_a_contrast_is_said_and_nothing_is_refused(
    document: dict[str, object], said: str
) -> None:
    assert any(remark.startswith(said) for remark in made_theme("mine", document).remarks)


def test_words_stay_readable_on_a_selection_of_any_colour() -> None:
    for selected in ("#000000", "#777777", "#ffffff", "#ffff00"):
        ink = made_theme("mine", {"selected": selected}).theme.ink("cursor.text")
        assert ink.fg is not None and contrast(ink.fg, selected) >= 4.5


@pytest.mark.parametrize(
    ("depth", "shown"),
    [
        (ColorDepth.TRUECOLOR, "mine"),
        (ColorDepth.EIGHT_BIT, "mine"),
        (ColorDepth.STANDARD, "ansi16"),
        (ColorDepth.NONE, "mono"),
    ],
)
def test_a_theme_of_ones_own_is_shown_as_far_as_the_terminal_can(
    tmp_path: Path, depth: ColorDepth, shown: str
) -> None:
    assert themes(tmp_path, mine='accent = "#00ffff"').shown("mine", depth).name == shown


def test_a_name_that_is_no_theme_is_refused_with_the_near_one(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no theme 'minee'") as refused:
        themes(tmp_path, mine="").shown("minee", ColorDepth.TRUECOLOR)
    assert "mine" in refused.value.hint


def test_a_file_named_like_one_of_ours_does_not_stand_in_its_way(tmp_path: Path) -> None:
    own = themes(tmp_path, dark='accent = "#00ffff"', auto="")
    assert own.shown("dark", ColorDepth.TRUECOLOR) == theme("dark")
    assert own.files() == {}


async def test_a_theme_of_ones_own_is_taken_and_left_by_the_palette(
    demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    own = themes(tmp_path, dusk='accent = "#00ffff"', wrong="accent = 3")
    async with desk(demo, choices=Choices(themes=own)) as board:
        await say(board, "theme dusk")
        assert board.app.theme_inks.ink("cursor").fg == "#00ffff"
        await say(board, "theme wrong")
        assert board.is_asking and any("accent is no colour" in line for line in board.lines())
        assert board.app.theme_inks.name == "dusk"
        await board.press("escape")
        await say(board, "theme light")
        assert board.app.theme_inks == theme("light")


@pytest.mark.parametrize(
    ("name", "meant"), [("autoo", "auto"), ("drak", "dark"), ("minee", "mine")]
)
def test_every_name_that_can_be_chosen_is_suggested(tmp_path: Path, name: str, meant: str) -> None:
    with pytest.raises(BadInput) as refused:
        themes(tmp_path, mine="").own(name)
    assert meant in refused.value.hint


def test_a_file_that_an_editor_begins_with_a_mark_is_read(tmp_path: Path) -> None:
    for name, begins in (("plain", b""), ("marked", b"\xef\xbb\xbf")):
        path = tmp_path / f"{name}.toml"
        path.write_bytes(begins + b'base = "dark"\n')
        assert read_theme(path)
