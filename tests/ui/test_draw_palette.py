"""Every role has a look in every theme, and none is told by its colour alone."""

from __future__ import annotations

from typing import get_args

import pytest

from pipeboard.ui.palette import THEMES, Role, theme, theme_for
from pipeboard.ui.terminal.ink import ColorDepth, pen_of


@pytest.mark.parametrize("name", THEMES)
def test_every_role_has_an_ink(name: str) -> None:
    assert set(theme(name).inks) == set(get_args(Role))


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("depth", ColorDepth)
def test_every_ink_can_be_written_at_every_depth(name: str, depth: ColorDepth) -> None:
    for role in get_args(Role):
        pen_of(theme(name).ink(role), depth)


@pytest.mark.parametrize("name", THEMES)
def test_a_background_comes_with_a_foreground(name: str) -> None:
    assert all(ink.fg is not None for ink in theme(name).inks.values() if ink.bg is not None)


@pytest.mark.parametrize("name", THEMES)
def test_the_cursor_is_told_without_colour(name: str) -> None:
    cursor, card = theme(name).ink("cursor.name"), theme(name).ink("card.name")
    assert (cursor.bold, cursor.reverse) != (card.bold, card.reverse)


@pytest.mark.parametrize("name", THEMES)
def test_days_past_the_limit_are_told_without_colour(name: str) -> None:
    assert theme(name).ink("card.days.over").bold
    assert not theme(name).ink("card.days").bold


def test_mono_has_no_colour() -> None:
    assert all(ink.fg is ink.bg is None for ink in theme("mono").inks.values())


@pytest.mark.parametrize(
    ("name", "depth", "shown"),
    [
        ("light", ColorDepth.TRUECOLOR, "light"),
        ("light", ColorDepth.EIGHT_BIT, "light"),
        ("light", ColorDepth.STANDARD, "ansi16"),
        ("light", ColorDepth.NONE, "mono"),
        ("mono", ColorDepth.STANDARD, "mono"),
        ("no such theme", ColorDepth.TRUECOLOR, "dark"),
    ],
)
def test_a_theme_is_shown_as_far_as_the_terminal_can(
    name: str, depth: ColorDepth, shown: str
) -> None:
    assert theme_for(name, depth).name == shown
