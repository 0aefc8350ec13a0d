"""The head of a column says how long deals usually stay in it, where there is room."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeboard.ui.draw.heading import head_lines
from pipeboard.ui.draw.line import text_of, width_of
from tests.ui.board_scene import scene

QUALIFY = 1


@pytest.mark.parametrize(
    ("width", "says"),
    [(19, "1.4M"), (27, "med 12d"), (30, "wtd 349k"), (40, "wtd 349k · med 12d")],
)
def test_the_usual_days_take_what_room_there_is(width: int, says: str) -> None:
    view = replace(scene(), usual_days=((2, 12),))
    (head,) = head_lines(view, QUALIFY, width, 1)
    assert width_of(head) == width
    assert says in text_of(head)
