"""The tour of the board, begun and ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeboard.ui.tour import Tour

if TYPE_CHECKING:
    from pipeboard.ui.screens.board import BoardScreen


def begin(host: BoardScreen) -> None:
    """From its first key on."""
    host.tour = Tour(host.keys)
    host.say("Eight keys, one after another: press the one in the last line.")
    host.redraw()
