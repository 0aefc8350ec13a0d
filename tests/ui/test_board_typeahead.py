"""Keys that come faster than the screen: each finds what the keys before it have made."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.events import Key

from pipeboard.domain.commands import Lose
from pipeboard.domain.deal import Loss, Status
from pipeboard.ui.key_table import ALL, BOARD
from pipeboard.ui.keys import _ASK_NOTHING
from pipeboard.ui.terminal.reading import AltKey
from pipeboard.ui.terminal.typeahead import IN_ONE_GO_S
from tests.ui.desk import KEYS, Desk, desk
from tests.ui.test_refused_unasked import ASKED, BY_THE_SPOT, SEVERAL, TABLES, changing


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


async def lost(board: Desk) -> int:
    """The deal under the cursor, lost, and the cursor on it where it stands now."""
    deal_id = board.card.id
    await board.app.write_queue.ask(lambda w: w.execute(Lose(Loss("price")), [deal_id]))
    await board.press("g", "l")
    assert board.card.id == deal_id
    return deal_id


REFUSED = ("next_step", "put_off", "done", "snooze")
"""Keys of which a lost deal refuses what they ask for."""


@pytest.mark.parametrize("action", REFUSED)
async def test_a_text_whose_question_is_refused_is_no_keys_for_the_board(
    demo: Path, action: str
) -> None:
    async with desk(demo) as board:
        deal_id = await lost(board)
        before, where = board.workspace.reader.history.commands(limit=1), board.state.view.cursor
        key = changing(BOARD)[action]
        await board.burst(key.keys, *"2w", "enter", *"dd 3 call")
        assert board.workspace.reader.history.commands(limit=1) == before
        assert board.card.id == deal_id and board.state.view.cursor == where
        assert not board.is_asking
        assert "Reopen it first" in board.status and board.status.endswith("12 keys dropped.")


async def test_what_still_follows_in_one_go_is_dropped_and_the_next_key_is_heard(
    demo: Path,
) -> None:
    async with desk(demo) as board:
        deal_id = await lost(board)
        await board.burst("z")
        refused = board.status

        async def follows(key: str, seconds: float) -> None:
            event = Key(KEYS.get(key, key), key if len(key) == 1 else None)
            event.time = board.app.key_queue.typed_at + seconds
            board.app.post_message(event)
            await board.settle()

        for key in ("2", "w", "enter"):
            await follows(key, IN_ONE_GO_S / 2)
        assert board.stored(deal_id).status is Status.LOST and not board.is_asking
        assert board.status == f"{refused} 3 keys dropped."
        await follows("m", 2 * IN_ONE_GO_S)
        assert board.is_asking
        await board.press("escape")
        # Esc and arrows are no text.
        await board.burst("z")
        await follows("down", IN_ONE_GO_S / 2)
        assert board.card.id != deal_id


async def test_keys_behind_one_that_asks_nothing_are_heard(demo: Path) -> None:
    async with desk(demo) as board:
        await lost(board)
        await board.burst("L", "m")
        assert board.is_asking


async def test_why_a_key_was_refused_is_not_taken_away_by_keys_that_came_before_it_was_said(
    demo: Path,
) -> None:
    async with desk(demo) as board:
        deal_id = await lost(board)
        await board.burst("L", "O", "O")
        assert "dropped" not in board.status  # of what is done behind it nothing is refused
        await board.press("g", "l")
        await board.burst("L", "j")
        assert board.card.id != deal_id and "Reopen it first" in board.status
        assert "dropped" not in board.status
        await board.press("j")
        assert "Reopen it first" not in board.status


def test_keys_that_ask_nothing_are_known() -> None:
    does = {key.does for key in ALL.values()}
    assert does >= _ASK_NOTHING
    asking = {*ASKED, *SEVERAL, *BY_THE_SPOT, "done", "open", "undo_list"}
    for table in TABLES.values():
        for action, key in changing(table).items():
            assert key.asks_nothing != (action in asking), key.id
