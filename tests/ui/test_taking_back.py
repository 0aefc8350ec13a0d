"""Taking back on the board what was stored on any screen: without a question, and as it was."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from pipeboard.domain.people import Actor
from pipeboard.domain.templates import template
from pipeboard.store import Store
from pipeboard.store.reading.listing import Listing
from pipeboard.ui.last_view import Choices, Opening
from pipeboard.ui.screens.metrics import MetricsScreen
from tests.team import NOW
from tests.ui.desk import Desk, desk
from tests.verbs import Workspace


async def on_numbers(board: Desk, *keys: str) -> None:
    """Presses keys on the numbers and comes back."""
    await board.press("M")
    await board.until(lambda: isinstance(board.app.screen, MetricsScreen))
    screen = board.app.screen
    assert isinstance(screen, MetricsScreen)
    await board.until(lambda: screen.drawn is not None and not screen.counting)
    before = set(board.app.done_here)
    await board.press(*keys)
    await board.until(lambda: board.app.done_here != before)
    await board.until(lambda: not screen.counting)
    await board.press("q")


async def a_setting(board: Desk) -> None:
    await on_numbers(board, "S", "down", "enter", "down", "down", "down", "enter")
    await board.until(lambda: board.app.settings.fiscal_shift == 3)


async def a_target(board: Desk) -> None:
    await on_numbers(board, "t", *"777k", "enter")


async def a_filter(board: Desk) -> None:
    await board.press("/", *"value", ">", *"20k", "enter", "F", "enter", *"big", "enter", "escape")


async def a_deal(board: Desk) -> None:
    await board.press("$", *"4711", "enter")


WAYS = [a_setting, a_target, a_filter, a_deal]


@pytest.mark.parametrize("way", WAYS)
async def test_what_was_stored_here_is_taken_back_unasked(
    demo: Path, way: Callable[[Desk], Awaitable[None]]
) -> None:
    async with desk(demo) as board:
        await way(board)
        history = board.workspace.reader.history
        last = history.undoable(Actor("ana"))
        assert last is not None and board.app.done_here == {last.id}
        await board.press("u")
        assert not board.is_asking and board.status.startswith("Undid"), board.status
        found = history.command(last.id)
        assert found is not None and found.undone
        await board.press("U")
        assert board.status.startswith("Redid"), board.status


async def test_a_setting_that_is_taken_back_or_put_again_holds_at_once(demo: Path) -> None:
    async with desk(demo) as board:
        await a_setting(board)
        for key, shift in (("u", 0), ("U", 3), ("u", 0)):
            # As if nobody had done anything since the last look: there will be no news then.
            board.board._news.begin(board.state)
            board.board.version = board.state.version
            await board.press(key)
            assert board.app.settings.fiscal_shift == shift


async def test_what_is_chosen_from_the_list_leads_where_it_was_done(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("2")
        first = board.state.view.cursor
        await board.press("$", *"4711", "enter", "3", "j", "$", *"4712", "enter")
        second = board.state.view.cursor
        assert first[0] != second[0]
        board.board.perform("selection.undo_list")
        await board.settle()
        await board.press("down", "enter")  # the one before the last
        assert board.state.view.cursor == first, board.status
        await board.press("u")
        assert board.state.view.cursor == second


async def test_a_filter_that_is_taken_back_leaves_the_view_as_it_is(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("2", "$", *"4711", "enter")
        await a_filter(board)
        await board.press("4")
        here = board.state.view.cursor
        await board.press("u")
        assert "big" not in dict(board.workspace.saved_filters())
        assert board.state.view.cursor == here
        await board.press("u")
        assert board.state.view.cursor[0] == 1


def elsewhere(path: Path) -> Workspace:
    """Ana in another window."""
    return Workspace(Store.open(str(path)), lambda: NOW, Actor("ana"))


async def test_what_was_taken_back_in_another_window_is_offered_no_more(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("$", *"4711", "enter", "j", "$", *"4712", "enter")
        assert board.status.endswith("u undo")
        other = elsewhere(demo)
        other.undo()
        other.store.close()
        board.board._next_news = 0.0
        board.board._look()
        assert "Set value" in board.status and not board.status.endswith("u undo")


async def test_undo_means_what_was_told_last_and_not_what_was_done_before_it(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("$", *"4711", "enter")
        first = board.card.id
        await board.press("j", "$", *"4712", "enter")
        other = elsewhere(demo)
        other.undo()
        other.store.close()
        before = board.stored(first)
        await board.press("u")
        assert "was taken back already. u again undoes 'Set value" in board.status
        assert board.stored(first) == before
        await board.press("u")
        assert board.status.startswith("Undid") and board.stored(first).value != before.value


async def test_what_is_not_the_last_any_more_is_offered_no_more(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("$", *"4711", "enter")
        assert board.status.endswith("u undo")
        await on_numbers(board, "t", *"777k", "enter")
        board.board._next_news = 0.0
        board.board._look()
        assert not board.status.endswith("u undo")


async def test_the_question_about_another_sessions_change_has_room_for_long_names(
    demo: Path,
) -> None:
    other = elsewhere(demo)
    first = other.reader.ids(Listing(other.today, other.settings.zone))[0]
    other.edit([first], {"title": "Long " * 30, "account": "Gesellschaft " * 8})
    other.add_note([first], "hello")
    other.store.close()
    async with desk(demo, size=(40, 20)) as board:
        await board.press("u")
        assert board.shows("Undo what @ana did, ")
        told = " ".join(" ".join(board.lines()[-8:]).split())
        assert "was not done in this session." in told


@pytest.mark.parametrize("keys", ["M", "gh", "gr"])
async def test_a_pipeline_that_is_taken_back_leaves_no_screen_of_its_own(
    demo: Path, keys: str
) -> None:
    with closing(Store.open(str(demo))) as store:
        bo = Workspace(store, lambda: NOW, Actor("bo"))
        stages = template("needs", pipeline_name="Mini", currency="EUR", first_stage_id=0)
        bo.save_pipeline(stages)
        async with desk(demo, choices=Choices(opening=Opening(pipeline="Mini"))) as board:
            await board.press(*keys)
            await board.until(lambda: board.shows("Mini"))
            bo.undo()
            await board.press("R")
            await board.until(lambda: not board.lines()[0].count("Mini"))
            assert board.shows("New business")
            assert board.status.startswith("Mini is there no more; this is New business."), (
                board.status
            )
