"""From every screen to every other, and back to the board: nothing hangs, nothing is left over."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeboard.ui.screens.board import BoardScreen
from tests.ui.desk import desk
from tests.ui.test_restricted import WAYS as SCREENS

WAYS = {
    "board": (),
    "deal": ("enter",),
    "metrics": ("M",),
    "triage": ("T",),
    "a deal of triage": ("T", "enter"),
    "triage from metrics": ("M", "T"),
    "a deal of triage from metrics": ("M", "T", "enter"),
    "hygiene": ("g", "h"),
    "a deal of hygiene": ("g", "h", "enter"),
    "review": ("g", "r"),
    "a deal of the review": ("g", "r", "4", "enter"),
}
ONWARD = (("T",), ("M",), ("g", "t"), ("g", "m"), ("g", "h"), ("g", "r"), ("g", "a"), ("I",))


def test_every_screen_is_left_here() -> None:
    assert set(SCREENS) <= set(WAYS)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_every_screen_is_left_for_every_other_and_back(
    way: tuple[str, ...], demo: Path
) -> None:
    async with desk(demo, size=(100, 30)) as board:
        for onward in ONWARD:
            await board.press(*way, *onward)
            for _ in range(12):
                if not board.is_asking:
                    break
                await board.press("escape")
            assert isinstance(board.app.screen, BoardScreen), onward
            assert len(board.app.screen_stack) == 1, onward
            if board.state.view.filter_text or board.board.shown_behind is not None:
                await board.press("escape", "escape")
