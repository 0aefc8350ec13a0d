"""Keys that come faster than the screen: each finds what the keys before it have made."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.events import Key, MouseDown, MouseUp, Paste
from textual.geometry import Offset

from pipeboard.domain.commands import Lose
from pipeboard.domain.deal import Loss, Status
from pipeboard.domain.errors import GivenUp
from pipeboard.ui.key_table import BOARD
from pipeboard.ui.terminal import typeahead
from pipeboard.ui.terminal.reading import AltKey
from pipeboard.ui.terminal.typeahead import IN_ONE_GO_S, IN_WORDS_S, Button, KeyQueue, is_still
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
    asking = {*ASKED, *SEVERAL, *BY_THE_SPOT, "done", "open", "undo_list"}
    for table in TABLES.values():
        for action, key in changing(table).items():
            told = f"{key.id} asks nothing (at_once in its row), or stands in ASKED"
            assert key.asks_nothing != (action in asking), told


# The queue of keys, without a screen.


def key(name: str, at: float = 0.0) -> Key:
    pressed = Key(name, name if len(name) == 1 else None)
    pressed.time = at
    return pressed


def queue_of(*names: str) -> tuple[KeyQueue, list[bool]]:
    noticed: list[bool] = []
    queue = KeyQueue(noticed.append)
    for name in names:
        queue.put(key(name))
    return queue, noticed


def names(typed: tuple[Any, ...]) -> list[str]:
    return [event.key if isinstance(event, Key) else event.text for event in typed]


def test_what_was_typed_first_is_given_out_first() -> None:
    queue, _ = queue_of("c")
    queue.put_first(key("a"), key("b"))
    queue.put(Paste("pasted"))
    assert queue.names == ("a", "b", "c", "pasted")
    assert names(queue.take()) == ["a", "b", "c", "pasted"]
    assert queue.has_settled


async def test_keys_wait_for_an_action_until_it_has_asked_or_ended() -> None:
    queue, noticed = queue_of()
    queue.acts()
    assert queue.is_waiting
    answer = asyncio.get_running_loop().create_future()
    queue.asking(answer)
    assert not queue.is_waiting
    answer.set_result("y")
    await asyncio.sleep(0)
    assert queue.is_waiting
    queue.put(key("j"))
    assert noticed == [False] * 4
    queue.has_acted()
    assert not queue.is_waiting and not queue.has_settled


async def test_who_gives_up_ends_the_waiting_and_what_was_typed_behind() -> None:
    queue, _ = queue_of("j", "k")
    queue.acts()
    await queue.pause()
    queue.give_up()
    assert (queue.names, queue.dropped) == ((), 2)
    with pytest.raises(GivenUp):
        await queue.pause()
    queue.has_acted()
    queue.acts()
    await queue.pause()  # the next action is another


def test_the_rest_of_a_text_whose_question_was_refused_is_dropped() -> None:
    queue, _ = queue_of("n", "a")
    queue.refuse()
    assert queue.dropped == 2
    for name in ("b", "enter", "tab", "backspace"):
        queue.put(key(name, 0.1))
    pasted = Paste("text")
    pasted.time = 0.1
    queue.put(pasted)
    assert queue.dropped == 7
    # What is no text is a key, and so is what follows it.
    queue.put(key("escape", 0.2))
    queue.put(key("x", 0.3))
    assert [*queue.names] == ["Esc", "x"]
    assert queue.dropped == 0


def test_after_a_pause_a_key_is_meant_for_the_screen() -> None:
    queue, _ = queue_of("n")
    queue.refuse()
    queue.put(key("b", 0.0 + IN_ONE_GO_S))
    assert [*queue.names] == []
    queue.put(key("b", 0.1 + 2 * IN_ONE_GO_S))
    assert [*queue.names] == ["b"]


def test_in_words_that_are_dropped_a_pause_is_longer_until_they_are_entered() -> None:
    queue, _ = queue_of(*"cal")
    queue.refuse()
    queue.put(key("b", queue.typed_at + 3 * IN_ONE_GO_S))
    assert [*queue.names] == []
    queue.put(key("enter", queue.typed_at + IN_WORDS_S))
    queue.put(key("b", queue.typed_at + 2 * IN_ONE_GO_S))
    assert [*queue.names] == ["b"]


async def test_a_question_that_comes_all_the_same_gets_its_text() -> None:
    queue, _ = queue_of("n")
    queue.refuse()
    queue.acts()
    queue.asking(asyncio.get_running_loop().create_future())
    queue.put(key("b"))
    assert queue.names == ("b",)


def button(kind: type[Any], x: int = 0, y: int = 0) -> Any:
    return kind(None, x, y, 0, 0, 1, False, False, False, screen_x=x, screen_y=y)


def test_a_click_that_was_begun_while_keys_wait_counts_no_more() -> None:
    queue, noticed = queue_of()
    assert not queue.drops_button(button(MouseDown))
    queue.acts()
    assert queue.drops_button(button(MouseDown)) and noticed[-1]
    queue.has_acted()
    assert queue.drops_button(button(MouseUp))
    assert not queue.drops_button(button(MouseUp))


@pytest.mark.parametrize(
    ("x", "y", "still"), [(5, 5, True), (6, 5, True), (4, 5, True), (7, 5, False), (5, 6, False)]
)
def test_a_hand_may_slip_by_a_cell(x: int, y: int, still: bool) -> None:
    assert is_still(button(MouseDown, 5, 5), button(MouseUp, x, y)) is still


@pytest.mark.parametrize(
    ("begins", "screen", "late"),
    [(False, "board", False), (True, "board", True), (False, "help", True)],
)
def test_a_click_means_the_screen_on_which_nothing_has_begun_since(
    begins: bool, screen: str, late: bool
) -> None:
    queue, _ = queue_of()
    queue.put_button(button(MouseDown), "board")
    queue.put_button(button(MouseUp), screen)
    down, up = queue._typed
    if begins:
        queue.acts()
        queue.has_acted()
    assert isinstance(down, Button) and isinstance(up, Button)
    assert queue.is_late(down, screen) is late
    assert queue.is_late(Button(up.event, screen, queue._begun), screen) is late
    assert (queue.names, queue.take()) == ((), ())


@pytest.mark.parametrize(
    ("seconds", "x", "clicks", "is_modal", "is_line", "is_same_screen", "often"),
    [
        (0.2, 5, 1, False, False, True, False),  # a card is opened
        (0.2, 5, 2, False, False, True, True),
        (0.2, 5, 1, False, False, False, True),  # the first one has brought another screen
        (0.6, 5, 2, False, False, False, False),
        (0.2, 9, 2, False, False, False, False),
        (0.2, 6, 1, False, False, False, True),  # a hand that slips by a cell
        (0.2, 5, 1, True, False, True, True),
        (0.2, 5, 1, True, True, True, False),  # a word of a line is selected
        (0.2, 5, 2, True, True, True, False),
        (0.2, 5, 1, True, True, False, True),
    ],
)
def test_what_has_been_clicked_is_not_clicked_again(
    seconds: float,
    x: int,
    clicks: int,
    is_modal: bool,
    is_line: bool,
    is_same_screen: bool,
    often: bool,
) -> None:
    let_go = button(MouseUp, x, 7)
    screen = SimpleNamespace(is_modal=is_modal)
    app: Any = SimpleNamespace(
        _click_chain_last_time=let_go.time - seconds,
        _click_chain_last_offset=Offset(5, 7),
        CLICK_CHAIN_TIME_THRESHOLD=0.5,
        _chained_clicks=clicks,
        _mouse_down_widget=SimpleNamespace(focusable=is_line),
        _clicked_on=screen if is_same_screen else None,
        screen=screen,
    )
    assert typeahead._is_once_too_often(app, let_go) is often


def test_keys_are_given_out_from_the_first_one_on_once(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Any] = []
    monkeypatch.setattr(typeahead, "beside", lambda app, name, *work: begun.append((name, *work)))
    app: Any = SimpleNamespace(
        _is_begun=False, key_queue=SimpleNamespace(give_out="gives out"), _give="gives"
    )
    typeahead._begin_giving(app)
    typeahead._begin_giving(app)
    assert begun == [("typing", "gives out", "gives")]


def test_what_waited_comes_before_what_the_program_has_not_read_yet() -> None:
    unread: asyncio.Queue[Any] = asyncio.Queue()
    heard = key("h")
    heard._set_forwarded()
    for event in (heard, button(MouseDown), key("c"), Paste("d")):
        unread.put_nowait(event)
    queue, _ = queue_of("a", "b")
    app: Any = SimpleNamespace(_message_queue=unread, key_queue=queue)
    assert names(typeahead.unheard_by(app)) == ["a", "b", "c", "d"]
    assert typeahead.unheard_by(app) == ()


def test_nothing_waits_in_a_queue_that_nobody_has_typed_into() -> None:
    queue, noticed = queue_of()
    assert (queue.names, queue.dropped, noticed) == ((), 0, [])
    assert queue.has_settled and not queue.is_waiting
    assert queue.typed_at == queue.given_at < 0
    assert not queue.drops_button(button(MouseUp))
