"""The tour: each of its keys is waited for, tried on the board, and left with Esc."""

from __future__ import annotations

from pathlib import Path

from pipeboard.ui.actions.tour import STEPS, Tour, left, over
from pipeboard.ui.key_table import BOARD, read_keymap
from pipeboard.ui.keys import rebound
from pipeboard.ui.last_view import Choices
from pipeboard.ui.screens.metrics import MetricsScreen
from pipeboard.ui.screens.triage import TriageScreen
from tests.ui.desk import Desk, desk

TOURED = Choices(begin=("tour.begin",))


async def escape_until_board(board: Desk) -> None:
    while board.is_asking:
        await board.press("escape")


async def test_the_tour_waits_for_the_real_keys_one_after_another(demo: Path) -> None:
    async with desk(demo, choices=TOURED) as board:
        await board.until(lambda: board.board.tour is not None)
        tour = board.board.tour
        assert tour is not None
        steps = tour.steps
        assert len(steps) == len(STEPS) == 8
        for number, (key, does) in enumerate(steps, 1):
            assert board.hints.startswith(f"{key.first_key} {does}")
            assert f"{number}/8" in board.hints
            await board.press(key.keys.partition(",")[0])
            if isinstance(board.app.screen, MetricsScreen | TriageScreen):
                await board.press("q")
            await escape_until_board(board)
        assert board.board.tour is None
        assert board.status == over(BOARD)
        assert "Help" in board.hints


async def test_another_key_does_what_it_does_and_the_tour_waits(demo: Path) -> None:
    async with desk(demo, choices=TOURED) as board:
        await board.until(lambda: board.board.tour is not None)
        await board.press("l", "l")
        assert board.state.view.cursor[0] == 2
        assert board.hints.startswith("j goes one card down")


async def test_esc_ends_the_tour_and_the_palette_begins_it_again(demo: Path) -> None:
    async with desk(demo, choices=TOURED) as board:
        await board.until(lambda: board.board.tour is not None)
        await board.press("j", "escape")
        assert board.status == left(BOARD)
        assert board.board.tour is None and "Add" in board.hints
        await board.press(":")
        await board.type("tour")
        await board.press("enter")
        assert board.hints.startswith("j goes one card down")


def test_the_tour_tells_the_keys_that_a_person_has() -> None:
    keys = rebound(BOARD, read_keymap({"board.down": "W"}))
    assert Tour(keys).hints()[0] == ("W", "goes one card down")
    assert left(rebound(BOARD, read_keymap({"board.palette": "W"}))) == (
        "The tour has ended; W tour begins it again."
    )
    keys = rebound(BOARD, read_keymap({"board.help": "W"}))
    assert over(keys).endswith(": finds every command by name, W shows every key.")


async def test_every_step_is_whole_on_a_narrow_screen(demo: Path) -> None:
    async with desk(demo, size=(44, 20), choices=TOURED) as board:
        await board.until(lambda: board.board.tour is not None)
        for place in range(len(STEPS)):
            board.board.tour = Tour(board.board.keys, place)
            board.board.redraw()
            await board.settle()
            assert board.hints.endswith(f"Esc Ends tour {place + 1}/8")
