"""Hygiene and the weekly review on a real terminal, with and without colour."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.test_leaving import board, wait_for_board

WORLDS: dict[str, dict[str, str]] = {
    "colour": {},
    "no colour": {"NO_COLOR": "1"},
    "ascii": {"LC_ALL": "C", "TERM": "vt100"},
}


@pytest.mark.parametrize("world", WORLDS)
def test_a_review_is_held_from_the_data_to_the_bookmark(world: str, demo: Path) -> None:
    with board(demo, width=120, height=40, **WORLDS[world]) as terminal:
        wait_for_board(terminal)
        terminal.type("gr")
        terminal.wait_for_text("Weekly review")
        terminal.wait_for_text("[1 Data")
        for number, said in enumerate(("Rose tint", "Unlike the plan", "Discuss 0/"), 2):
            terminal.type(str(number))
            terminal.wait_for_text(said)
        terminal.type("Dthu send the offer @jonas\r")
        terminal.wait_for_text("send the offer (@jonas by 26 Nov)")
        terminal.type("6BB")
        terminal.wait_for_text("Held the review of")
        terminal.type("p2")
        terminal.wait_for_text("Review as it was held")
        terminal.type("qq")
        terminal.wait_for_text("Negotiat")
        assert terminal.process.poll() is None


def test_what_the_data_lacks_is_mended_on_a_narrow_terminal(demo: Path) -> None:
    with board(demo, width=44, height=20) as terminal:
        wait_for_board(terminal)
        terminal.type("gh9")
        terminal.wait_for_text("no next step")
        terminal.type("f+3d call them\r")
        terminal.wait_for_text("1 mended")
        terminal.resize(80, 24)
        terminal.wait_for_text("[no next step")
        terminal.type("u")
        terminal.wait_for_text("Undid")
        assert terminal.process.poll() is None
