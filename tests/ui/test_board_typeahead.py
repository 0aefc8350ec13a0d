"""Keys that come faster than the screen: each finds what the keys before it have made."""

from __future__ import annotations

from pathlib import Path

from textual.events import Key

from pipeboard.ui.terminal.reading import AltKey
from tests.ui.desk import desk


async def test_a_key_typed_ahead_of_a_menu_is_the_menus(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("2")
        first = board.card.id
        await board.burst("m", "1")
        assert board.stored(first).stage_id == board.state.board.columns[0].stage.id


async def test_a_key_typed_ahead_of_a_move_acts_after_it(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("2")
        first = board.card.id
        stage = board.card.stage_id
        await board.burst("m", "1", "j", "u")
        assert board.stored(first).stage_id == stage
        assert "Undid" in board.status


async def test_a_whole_command_with_its_text_can_be_typed_ahead(demo: Path) -> None:
    async with desk(demo) as board:
        first = board.card.id
        await board.burst("n", *"hello", "enter", "j")
        notes = board.workspace.reader.history.notes(first)
        assert notes[0].text == "hello"
        assert board.state.view.cursor == (0, 1)


async def test_a_key_with_alt_is_esc_and_that_key_before_any_that_comes_behind(
    demo: Path,
) -> None:
    async with desk(demo) as board:
        await board.press("2")
        first = board.card.id
        for key in (AltKey(Key("m", "m")), Key("1", "1")):
            board.app.post_message(key)
        await board.settle()
        assert not board.is_asking
        assert board.stored(first).stage_id == board.state.board.columns[0].stage.id


async def test_esc_and_a_key_at_once_leave_the_question_and_reach_the_board(demo: Path) -> None:
    async with desk(demo) as board:
        await board.burst("n", "x", "escape", "j")
        assert not board.is_asking
        assert board.state.view.cursor == (0, 1)
