"""An owner whom nobody knows: marked while it is typed, and made a rep by nothing but a yes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ui.desk import Desk, desk


@dataclass(frozen=True)
class Way:
    """The key to where an owner is typed, what is typed, and the key that saves it."""

    key: str
    text: str
    save: str = "enter"


WAYS = {
    "quick add": Way("a", "Fork Ltd: forks 5k @{}"),
    "quick add, in words": Way("a", "Fork Ltd: forks 5k owner:{}"),
    "form": Way("e", "{}", "ctrl+s"),
    "owner": Way("o", "{}"),
}
"""Every question in which an owner can be typed."""


def reps(board: Desk) -> set[str]:
    return {rep.name for rep in board.workspace.reader.reps()}


def owners(board: Desk) -> list[str]:
    ids = range(1, 200)
    return [deal.owner for deal in board.workspace.reader.deals(ids).values()]


async def to_owner(board: Desk) -> None:
    """The cursor of the form to the owner, whose row then is the line that is typed into."""
    from pipeboard.ui.overlays.form import Form

    form = board.app.screen
    assert isinstance(form, Form)
    while form.field.name != "owner":
        await board.press("down")
    await board.press("ctrl+u")


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("answer", ["y", "m", "escape"])
async def test_nothing_is_made_of_an_unknown_owner_without_a_yes(
    demo: Path, way: Way, answer: str
) -> None:
    async with desk(demo) as board:
        known, before = reps(board), owners(board)
        near = next(name for name in sorted(known) if len(name) > 3)
        slip = f"{near}x"
        await board.press(way.key)
        if way.key == "e":
            await to_owner(board)
        await board.type(way.text.format(slip))
        assert board.shows(f"new rep? or @{near}")
        await board.press(way.save)
        assert board.shows(f"There is no rep @{slip}.")
        assert (reps(board), owners(board)) == (known, before)
        await board.press(answer)
        after = owners(board)
        match answer:
            case "y":
                assert slip in after and f"@{slip}" not in after
            case "m":
                assert slip not in after and after.count(near) > before.count(near)
            case _:
                assert (reps(board), after) == (known, before)
                if way.key != "o":
                    assert board.is_asking and board.shows(slip)


async def test_a_known_owner_is_not_marked_and_not_asked_about(demo: Path) -> None:
    async with desk(demo) as board:
        near = sorted(reps(board))[0]
        await board.press("a")
        await board.type(f"Fork Ltd: forks 5k @{near}")
        assert not board.shows("new rep?")
        await board.press("enter")
        assert not board.is_asking and "Added Fork Ltd" in board.status
