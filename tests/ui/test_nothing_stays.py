"""What a board that is open all day keeps in memory of screens that were left: nothing."""

from __future__ import annotations

import gc
from collections import Counter
from pathlib import Path

import pytest
from textual.strip import Strip
from textual.widget import Widget

from pipeboard.ui.overlays.overlay import Overlay
from tests.ui.desk import Desk, desk

LEADS_TO = {
    "a deal": "enter", "numbers": "M", "triage": "T", "review": "W", "hygiene": "asterisk",
    "help": "question_mark", "search": "f", "commands": "colon", "a menu": "m", "quick add": "a",
    "an edit": "e", "a note": "n", "a next step": "t", "filter": "slash",
}  # fmt: skip


def drawn() -> Counter[str]:
    """How many lines, widgets and overlays are in memory."""
    gc.collect()
    kinds = (Strip, Overlay, Widget)
    return Counter(
        kind.__name__ for each in gc.get_objects() for kind in kinds if isinstance(each, kind)
    )


async def there_and_back(board: Desk, key: str) -> None:
    await board.press(key)
    await board.press("escape")
    await board.press("escape")


@pytest.mark.parametrize("place", LEADS_TO)
async def test_a_screen_that_was_left_leaves_no_lines_in_memory(demo: Path, place: str) -> None:
    async with desk(demo, size=(100, 30)) as board:
        for _ in range(3):
            await there_and_back(board, LEADS_TO[place])
        before = drawn()
        for _ in range(6):
            await there_and_back(board, LEADS_TO[place])
        more = drawn() - before
    assert more.total() < 40, f"{place}: {dict(more)}"
