"""On a real terminal too an overlay lives through every size, and shows what a new one would."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from tests.ui.test_leaving import board, fresh, open_by
from tests.ui.test_resizing import ON_A_DEAL, OVERLAYS, THOROUGH

SCREENS = {"board": "", "deal": "\r3", "metrics": "M2"}
FEW = [("board", "add"), ("board", "palette"), ("deal", "edit"), ("metrics", "filter")]
EVERY = [
    *product(["board"], OVERLAYS["board"].keys() - {"gate", "saved filters"}),
    *product(["deal"], ON_A_DEAL.keys() - {"edit item"}),
    *product(["metrics"], OVERLAYS["metrics"]),
]
SIZES = [(81, 24), (200, 60), (1, 1), (240, 80), (40, 12), (120, 30), (40, 12), (81, 25)]


@pytest.mark.parametrize(("screen", "overlay"), EVERY if THOROUGH else FEW)
def test_after_many_sizes_the_terminal_shows_what_a_new_one_does(
    demo: Path, screen: str, overlay: str
) -> None:
    keys = SCREENS[screen] + OVERLAYS[screen][overlay]
    right = fresh(demo, keys, *SIZES[-1])
    with board(demo) as terminal:
        open_by(terminal, keys)
        for place, (width, height) in enumerate(SIZES):
            terminal.resize(width, height)
            terminal.read_for(0.02 * (place % 3))
        terminal.wait_for(lambda: terminal.lines() == right, "\n".join(right))
        assert terminal.process.poll() is None
