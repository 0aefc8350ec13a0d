"""A day's work: what is overdue is put off, done or lost with at most two keys a deal."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Status
from pipeboard.domain.deal_record import EVERYBODYS
from pipeboard.domain.filter_nodes import EVERYTHING
from pipeboard.domain.people import Actor
from pipeboard.store import Store
from pipeboard.store.reading.listing import Listing
from pipeboard.ui.overlays.presets import step_days
from pipeboard.ui.screens.live import LiveScreen
from pipeboard.ui.screens.metrics import MetricsScreen
from pipeboard.ui.screens.triage import TriageScreen
from tests.team import NOW
from tests.ui.desk import Desk, desk
from tests.verbs import Workspace

TODAY = NOW.date()
PUT_OFF, DONE, LOST, AGAIN = ("r", "2"), ("N", "escape"), ("x", "2"), (".",)
DAY = (*[PUT_OFF] * 3, AGAIN, DONE, *[PUT_OFF] * 3, LOST, AGAIN, DONE, LOST)
"""What a person does with twelve deals, one after another."""


def make_overdue(path: Path, wanted: int) -> dict[int, str]:
    """So many open deals with a step of the day before yesterday, and its words."""
    with closing(Store.open(str(path))) as store:
        work = Workspace(store, lambda: NOW, Actor("ana"))
        found = work.reader.deals(range(1, 200)).values()
        deals = [deal for deal in found if deal.is_open and not deal.archived_at]
        meant = {deal.id: f"ask {deal.name} about forks" for deal in deals[:wanted]}
        for deal in deals:
            words = meant.get(deal.id, "")
            due = TODAY - timedelta(days=2) if words else TODAY + timedelta(days=9)
            work.execute(c.SetNextStep(words or "wait", due), [deal.id])
        return meant


async def test_twelve_overdue_deals_take_two_keys_each_and_lose_no_words(demo: Path) -> None:
    meant = make_overdue(demo, len(DAY))
    async with desk(demo) as board:
        await board.press("!")
        done: dict[int, tuple[str, ...]] = {}
        did: tuple[str, ...] = PUT_OFF
        for keys in DAY:
            deal_id = board.card.id
            assert deal_id in meant and deal_id not in done, "the next one is under the cursor"
            await board.press(*keys)
            assert not board.is_asking, "two keys are all that it takes"
            did = did if keys is AGAIN else keys
            done[deal_id] = did
        assert set(done) == set(meant)
        for deal_id, keys in done.items():
            deal = board.stored(deal_id)
            match keys:
                case ("r", _):
                    assert deal.next_step is not None
                    assert deal.next_step.text == meant[deal_id]
                    assert deal.next_step.due is not None and deal.next_step.due > TODAY
                case ("N", _):
                    assert deal.next_step is None and deal.last_touch_at is not None
                    assert any(meant[deal_id] in facts for facts in _course(board, deal_id))
                case _:
                    assert deal.status is Status.LOST


def _course(board: Desk, deal_id: int) -> list[str]:
    record = board.workspace.reader.record(deal_id, EVERYBODYS)
    assert record is not None
    return [str(entry.event.facts) for entry in record.entries]


@pytest.mark.parametrize("place", range(5))
async def test_a_step_is_put_off_by_the_keys_that_plan_one(demo: Path, place: int) -> None:
    """`r` and `t` know the same days; `r` needs no Enter."""
    meant = make_overdue(demo, 1)
    key, typed = step_days(TODAY)[place]
    async with desk(demo) as board:
        await board.press("!")
        deal_id = board.card.id
        await board.press("r", key)
        put_off = board.stored(deal_id).next_step
        await board.press("u", "t", key, "enter")
        assert put_off == board.stored(deal_id).next_step, typed
        assert put_off is not None and put_off.text == meant[deal_id]


@pytest.mark.parametrize("way", [(), ("enter",)], ids=["board", "deal"])
async def test_only_a_step_that_there_is_is_called_put_off(
    demo: Path, way: tuple[str, ...]
) -> None:
    async with desk(demo) as board:
        stage = board.board.stage_shown()
        for typed, asked in (
            ("mon call Rita", "Put off the next step of"),
            ("-", f"has no next step yet: plan '{stage.next_step}' for"),
        ):
            await board.press("t")
            await board.type(typed)
            await board.press("enter", *way, "r")
            assert board.shows(asked)
            assert board.shows("1 today   2 Tue   3 Thu   w 30 Nov   m 23 Dec   d another day…")
            await board.press("escape", "escape")
        if not way:
            await board.press(" ", " ", "r")
            assert board.shows("Next step of 2 deals on")


async def test_several_are_put_off_together_and_each_keeps_its_words(demo: Path) -> None:
    meant = make_overdue(demo, 12)
    async with desk(demo) as board:
        await board.press("!", "*")
        marked = board.state.view.marks
        await board.press("r", "w")
        steps = {deal_id: board.stored(deal_id).next_step for deal_id in marked}
        assert {i: step.text for i, step in steps.items() if step} == {i: meant[i] for i in marked}


@pytest.mark.parametrize("board_first", [True, False])
@pytest.mark.parametrize("keys", ["", "enter", "enter 4", "T", "T enter", "g h 9", "g h 9 enter"])
async def test_a_screen_left_open_over_night_counts_from_the_new_day(
    demo: Path, keys: str, board_first: bool
) -> None:
    """Whichever of the screens that lie over one another notices first."""
    async with desk(demo) as board:
        await board.press(*keys.split())
        before = board.lines()
        tomorrow = NOW + timedelta(days=1)
        board.app.seat = replace(board.app.seat, clock=lambda: tomorrow)
        screens = [screen for screen in board.app.screen_stack if isinstance(screen, LiveScreen)]
        for screen in screens if board_first else reversed(screens):
            screen._look()
        await board.settle()
        after = board.lines()
        assert all(screen.today == TODAY + timedelta(days=1) for screen in screens)
        if keys not in ("enter 4", "g h 9"):  # which tell no days from today
            assert after != before
        await board.press("R")
        assert board.lines()[:-2] == after[:-2]


@pytest.mark.parametrize(
    ("keys", "typed", "told"),
    [
        ("t", "tomorrow call", "{:%a %-d %b %Y}   call"),
        ("t", "2", "{:%a %-d %b %Y}"),
        (":", "close tomorrow", "Close date {:%a %-d %b %Y}"),
    ],
)
async def test_what_is_typed_before_midnight_is_told_as_it_is_meant_after_it(
    demo: Path, keys: str, typed: str, told: str
) -> None:
    at = [NOW]
    async with desk(demo) as board:
        board.app.seat = replace(board.app.seat, clock=lambda: at[0])
        await board.press(keys)
        await board.type(typed)
        for days in (1, 2):
            assert board.shows(told.format(TODAY + timedelta(days=days)))
            at[0] = NOW + timedelta(days=days)
            board.board._look()
            await board.settle()


@pytest.mark.parametrize(("keys", "typed"), [("t", "tomorrow call"), (":", "next tomorrow call")])
async def test_what_was_told_before_midnight_is_what_is_stored_after_it(
    demo: Path, keys: str, typed: str
) -> None:
    """The day that the screen shows is meant, not that of the instant at which it is stored."""
    async with desk(demo) as board:
        deal_id = board.card.id
        await board.press(keys)
        await board.type(typed)
        tomorrow = NOW + timedelta(days=1)
        await board.app.write_queue.ask(lambda work: setattr(work, "_clock", lambda: tomorrow))
        await board.press("enter")
        step = board.stored(deal_id).next_step
        assert step is not None and step.due == TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("keys", "left", "again"), [("", "", ""), ("T", "", ""), ("M", "", ""), ("M", "g b", "M")]
)
async def test_a_filter_that_stays_over_night_finds_what_it_would_find_in_the_morning(
    demo: Path, keys: str, left: str, again: str
) -> None:
    """On each screen that keeps one; also on one that was left before."""
    make_overdue(demo, 2)
    at = [NOW]
    async with desk(demo, size=(120, 40)) as board:
        board.app.seat = replace(board.app.seat, clock=lambda: at[0])
        deal_id = board.card.id
        await board.press("t")
        await board.type("today call")
        await board.press("enter", *keys.split(), "/")
        await board.type("next<today")
        await board.press("enter")
        before = _found(board)
        await board.press(*left.split())
        at[0] += timedelta(days=1)
        screen = board.app.screen
        assert isinstance(screen, LiveScreen)
        screen._look()
        await board.settle()
        await board.press(*again.split())
        assert _found(board) == {*before, deal_id}


def _found(board: Desk) -> set[int]:
    """The deals that the filter of the screen finds, whatever is drawn of them."""
    match board.app.screen:
        case MetricsScreen() as screen:
            query = screen.asked.query
        case TriageScreen() as screen:
            query = screen.triage.listing.filter
        case _:
            query = board.state.lens.filter
    listing = Listing(TODAY, board.state.lens.zone, filter=query or EVERYTHING)
    return set(board.workspace.reader.ids(listing))


async def test_a_step_put_off_to_today_is_not_put_to_yesterday_after_midnight(demo: Path) -> None:
    async with desk(demo) as board:
        deal_id = board.card.id
        await board.press("r")
        tomorrow = NOW + timedelta(days=1)
        board.app.seat = replace(board.app.seat, clock=lambda: tomorrow)
        board.board._look()
        await board.press("1")
        step = board.stored(deal_id).next_step
        assert step is not None and step.due == TODAY + timedelta(days=1)
