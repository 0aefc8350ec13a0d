"""What moves by itself on a screen, and where the terminal's cursor stands: for magnifiers, Braille
displays, input methods, and for whoever wants a still screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeboard.domain.money import Money
from pipeboard.ui.last_view import FOLLOW_S, Choices
from pipeboard.ui.screens import live
from tests.ui.desk import Desk, desk
from tests.ui.pseudo_terminal import PseudoTerminal
from tests.ui.test_board_sharing import somebody_else

BAR = "▌"


def _cell(terminal: PseudoTerminal) -> tuple[int, int, str]:
    """Where the cursor stands, and the sign there."""
    screen = terminal.screen()
    x, y = screen.cursor.x, screen.cursor.y
    return x, y, screen.buffer[y][x].data


@pytest.mark.parametrize("cursor", ["hidden", "shown"])
def test_the_cursor_stands_on_the_card_that_is_selected(
    demo: Path, tmp_path: Path, cursor: str
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'cursor = "{cursor}"\n')
    environ = {"PIPEBOARD_CONFIG": str(config), "HOME": str(tmp_path)}
    with PseudoTerminal(["-m", "pipeboard", "--db", str(demo)], environ=environ) as terminal:
        terminal.wait_for_text("a Add")
        terminal.wait_for(lambda: _cell(terminal)[2] == BAR, "the cursor on a card")
        x, y, _ = _cell(terminal)
        terminal.type("j")
        terminal.wait_for(lambda: _cell(terminal)[1] > y, "the cursor one card down")
        assert _cell(terminal)[0::2] == (x, BAR)
        terminal.type("l")
        terminal.wait_for(lambda: _cell(terminal)[0] > x, "the cursor one stage on")
        assert _cell(terminal)[2] == BAR
        assert (terminal.raw.rfind(b"\x1b[?25h") > terminal.raw.rfind(b"\x1b[?25l")) is (
            cursor == "shown"
        )
        terminal.type("\x11")
        assert terminal.wait_for_end() == 0


def _pause(board: Desk) -> None:
    """A look at what others have done, which comes by itself twice a second."""
    board.board._look()


@pytest.mark.parametrize("follow", FOLLOW_S)
async def test_what_others_change_is_shown_as_often_as_the_person_wants(
    demo: Path, follow: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr(live, "monotonic", lambda: now)
    async with desk(demo, choices=Choices(follow=follow)) as board:
        _pause(board)
        deal = board.deal
        with somebody_else(demo) as bo:
            bo.edit([deal.id], {"value": Money(98_700_000, "EUR")})
        _pause(board)
        await board.settle()
        assert board.shows("987k") is (follow == "always")
        now += 61
        _pause(board)
        await board.settle()
        assert board.shows("987k") is (follow != "never")
        await board.press("R")
        assert board.shows("987k")
