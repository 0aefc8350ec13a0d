"""From every screen to every other, and back to the board: nothing hangs, nothing is left over."""

from __future__ import annotations

from contextlib import closing
from math import inf
from pathlib import Path
from typing import cast

import pytest
from textual.strip import Strip

from pipeboard.domain.counts import how_many
from pipeboard.domain.people import Actor
from pipeboard.domain.templates import template
from pipeboard.store import Store
from pipeboard.ui.key_table import SCREENS as TABLES
from pipeboard.ui.keys import Group
from pipeboard.ui.overlays.file_picker import FilePicker
from pipeboard.ui.overlays.menu import Menu, MenuChoice
from pipeboard.ui.screens.board import BoardScreen
from pipeboard.ui.screens.live import LiveScreen
from pipeboard.ui.widgets.page import Page
from pipeboard.workspace.configuration import make_workspace
from tests.team import NOW, REPS, SETTINGS
from tests.ui.desk import Desk, desk
from tests.ui.lock import KINDS, held
from tests.ui.test_keys import _live_screens
from tests.ui.test_restricted import WAYS as SCREENS
from tests.verbs import Workspace

WAYS = {
    "board": (),
    "deal": ("enter",),
    "metrics": ("M",),
    "triage": ("T",),
    "a deal of triage": ("T", "enter"),
    "triage from metrics": ("M", "T"),
    "a deal of triage from metrics": ("M", "T", "enter"),
    "hygiene": ("g", "h"),
    "a deal of hygiene": ("g", "h", "enter"),
    "review": ("g", "r"),
    "a deal of the review": ("g", "r", "4", "enter"),
}
ONWARD = (("T",), ("M",), ("g", "t"), ("g", "m"), ("g", "h"), ("g", "r"), ("g", "a"), ("I",))


def test_every_screen_is_left_here() -> None:
    assert set(SCREENS) <= set(WAYS), "WAYS wants the way to a new screen, ONWARD too"


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_every_screen_is_left_for_every_other_and_back(
    way: tuple[str, ...], demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What Textual would draw of the screens below, each time that one opens: nobody sees it.
    monkeypatch.setattr("textual.screen.BackgroundScreen", None)
    async with desk(demo, size=(100, 30)) as board:
        for onward in ONWARD:
            await board.press(*way, *onward)
            for _ in range(12):
                if not board.is_asking:
                    break
                await board.press("escape")
            assert isinstance(board.app.screen, BoardScreen), onward
            assert len(board.app.screen_stack) == 1, onward
            if board.state.view.filter_text or board.board.shown_behind is not None:
                await board.press("escape", "escape")
        assert board.bugs == []


@pytest.mark.parametrize("way", ["deal", "a deal of triage", "triage", "review", "hygiene"])
async def test_a_letter_that_opens_a_screen_on_the_board_opens_it_elsewhere_too(
    way: str, demo: Path
) -> None:
    async with desk(demo, size=(100, 30)) as board:
        for key, goes in (("M", "m"), ("T", "t")):
            if (way, key) == ("hygiene", "M"):
                continue  # there it merges
            await board.press(*WAYS[way])
            here = board.app.screen
            await board.press(key)
            top = board.app.screen
            assert isinstance(top, LiveScreen) and goes == top.GO
            await board.press("escape")
            while board.app.screen is top:  # a walk that is left asks first, or tells what it did
                await board.press("escape")
            assert board.app.screen is here or "triage" in way
            await board.press("g", "b")


async def test_deals_behind_a_number_are_shown_on_the_board_from_wherever_it_was(
    demo: Path,
) -> None:
    async with desk(demo, size=(100, 30)) as board:
        await board.press("enter", "M")
        metrics = board.app.screen
        spots = [spot for spot in metrics.block.spots if spot.deals]  # type: ignore[attr-defined]
        metrics.cursor = metrics.block.spots.index(spots[0])  # type: ignore[attr-defined]
        await board.press("enter")
        assert not board.is_asking and "behind" in board.status


# The menu of `g`, on every screen.

BY_G = {
    screen.GO: screen for screen in _live_screens() if screen.GO and screen.GO != BoardScreen.GO
}
"""Every screen that `g` leads to, by its letter."""


def offered(board: Desk) -> dict[str, MenuChoice]:
    """What the menu that is open offers, by its keys."""
    menu = board.app.screen
    assert isinstance(menu, Menu)
    return {choice.key: choice for choice in menu._choices}


def on_top(board: Desk) -> LiveScreen:
    screen = board.app.screen
    assert isinstance(screen, LiveScreen)
    return screen


async def back_to_the_board(board: Desk) -> int:
    """Esc until nothing lies over the board; how often it took."""
    for times in range(12):
        if not board.is_asking:
            return times
        await board.press("escape")
    raise AssertionError(board.app.screen_stack)


async def as_it_was(board: Desk) -> None:
    """Nothing over the board, and all of it shown."""
    await back_to_the_board(board)
    if board.state.view.filter_text or board.board.shown_behind is not None:
        await board.press("escape", "escape")
        await back_to_the_board(board)


def test_every_screen_that_the_board_leads_to_has_its_letter() -> None:
    letters = {key.go for table in TABLES for key in table if key.go}
    assert letters == set(BY_G), "BY_G wants the letter of a new screen"
    on_board = {key.label: key.go for key in TABLES[0] if key.go}
    for letter, screen in BY_G.items():
        assert any(
            label.startswith(screen.title_of_help) and go == letter
            for label, go in on_board.items()
        )


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_g_offers_what_makes_sense_on_every_screen(way: tuple[str, ...], demo: Path) -> None:
    async with desk(demo, size=(100, 30)) as board:
        await board.press(*way)
        here = on_top(board)
        await board.press("g")
        keys = offered(board)
        assert here.GO not in keys
        assert set(BY_G) - {here.GO} <= set(keys)
        usable = here.pipeline() if here.GO != "i" else board.board.pipeline()
        digits = {str(number) for number, _ in enumerate(usable.open_stages, 1)}
        assert {key for key in keys if key.isdigit()} == digits
        assert {"w", "l", "a"} <= set(keys)
        assert ("b" in keys) == (here is not board.board)
        assert ("g" in keys) == any(key.action == "top" for key in here.keys)
        assert all(choice.enabled for choice in keys.values())
        await board.press("escape")
        assert board.app.screen is here


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_every_target_of_g_is_reached_from_every_screen_and_left_by_esc(
    way: tuple[str, ...], demo: Path
) -> None:
    async with desk(demo, size=(100, 30)) as board:
        await board.press(*way, "g")
        targets = list(offered(board))
        await board.press("escape")
        await as_it_was(board)
        for target in targets:
            await board.press(*way)
            stack = board.app.screen_stack
            here, open_before = on_top(board), {type(screen) for screen in stack}
            await board.press("g", target)
            there = board.app.screen
            if target == "g":
                assert there is here
            elif target == "i":
                assert isinstance(there, FilePicker)
                await board.press("escape")
                assert board.app.screen is here
            elif target in BY_G:
                assert type(there) is BY_G[target], target
                most = 1 + len(stack) if type(there) in open_before else 2
                assert len(board.app.screen_stack) <= most, target
            else:
                assert there is board.board, target
                assert len(board.app.screen_stack) == 1
            if target.isdigit() or target in "wl":
                outcome = {"w": board.board.pipeline().won, "l": board.board.pipeline().lost}
                stage = board.board.stage_shown()
                assert stage == outcome.get(
                    target,
                    board.board.pipeline().open_stages[int(target) - 1 if target.isdigit() else 0],
                )
            if target == "a":
                assert board.state.view.filter_text == "archived"
            if target in BY_G and target != "i":
                assert await back_to_the_board(board) <= len(stack)
            await as_it_was(board)


@pytest.mark.parametrize("way", ["metrics", "hygiene", "review"])
@pytest.mark.parametrize("target", ["2", "w", "l", "a", "h", "r"])
async def test_g_stays_with_the_pipeline_that_was_chosen_where_it_is_pressed(
    demo: Path, way: str, target: str
) -> None:

    with closing(Store.open(str(demo))) as store:
        wanted = template("needs", pipeline_name="Partners", currency="EUR", first_stage_id=100)
        Workspace(store, lambda: NOW, Actor("ana")).save_pipeline(wanted)
    async with desk(demo, size=(100, 30)) as board:
        home = board.board.pipeline()
        await board.press(*WAYS[way])
        here = on_top(board)
        await board.press("P")
        await board.type("part")
        await board.press("enter")
        assert here.pipeline().name == "Partners"
        await board.press("g")
        if target not in offered(board):
            return
        assert offered(board)["2"].label == wanted.open_stages[1].name
        await board.press(target)
        there = on_top(board)
        assert there.pipeline().name == "Partners"
        assert (there is board.board) is (target not in BY_G)
        if target in "2wl":
            stage = {"w": wanted.won, "l": wanted.lost}.get(target, wanted.open_stages[1])
            assert board.board.stage_shown().name == stage.name
        await as_it_was(board)
        await board.press(*WAYS[way], "g", "b")
        assert board.board.pipeline().name == "Partners"
        assert home.name != "Partners"


async def test_what_keeps_deals_of_its_own_leaves_the_board_where_it_is(demo: Path) -> None:
    """Where another pipeline is looked at on the screen that is left."""
    with closing(Store.open(str(demo))) as store:
        wanted = template("needs", pipeline_name="Partners", currency="EUR", first_stage_id=100)
        Workspace(store, lambda: NOW, Actor("ana")).save_pipeline(wanted)
    async with desk(demo, size=(100, 30)) as board:
        home = board.board.pipeline()
        for target in "mti":
            await board.press(*WAYS["hygiene"], "P", *"part", "enter")
            assert on_top(board).pipeline().name == "Partners"
            await board.press("g", target)
            assert board.board.pipeline() == home, target
            await as_it_was(board)


async def test_going_round_and_round_heaps_nothing_up(demo: Path) -> None:
    async with desk(demo, size=(100, 30)) as board:
        for _ in range(3):
            for letter in BY_G:
                if letter != "i":
                    await board.press("g", letter)
                    assert type(on_top(board)) is BY_G[letter]
                    assert len(board.app.screen_stack) == 2
        await board.press("escape")
        assert not board.is_asking


async def test_g_typed_fast_reaches_the_same_on_the_way_through_every_screen(demo: Path) -> None:
    keys = "gmgtghgrgbghgmG"
    async with desk(demo, size=(100, 30)) as board:
        await board.burst(*keys)
        await board.until(lambda: type(board.app.screen) is BY_G["m"])
        assert len(board.app.screen_stack) == 2
        await board.burst("g", "g", "g", "2")
        assert not board.is_asking
        assert board.board.stage_shown() == board.board.pipeline().open_stages[1]


@pytest.mark.parametrize("way", [way for way in WAYS if not way.startswith("triage")])
async def test_gg_goes_to_the_top_of_what_has_one(way: str, demo: Path) -> None:
    async with desk(demo, size=(100, 20)) as board:
        await board.press(*WAYS[way])
        here = on_top(board)

        def cursor() -> object:
            return board.state.view.cursor[1] if here is board.board else here.cursor  # type: ignore[attr-defined]

        await board.press("home")
        first = cursor()
        await board.press("G", "g", "g")
        assert cursor() == first and board.app.screen is here


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("target", [*sorted(set(BY_G) - {"i"}), "b", "2", "a"])
@pytest.mark.parametrize("way", ["deal", "metrics", "triage", "hygiene", "review"])
async def test_a_held_database_is_waited_for_and_given_up_where_one_stands(
    way: str, target: str, kind: str, demo: Path
) -> None:
    async with desk(demo, size=(100, 30)) as board:
        await board.press(*WAYS[way])
        here = on_top(board)
        if target == here.GO:
            return
        with held(demo, kind):
            await board.pilot.press("g")
            await board.pilot.pause()
            await board.pilot.press(target)
            await board.pilot.pause()
            queue = board.app.key_queue
            await board.until(lambda: not queue.is_waiting or board.shows("gives up"))
            if queue.is_waiting:
                if target in BY_G:
                    assert board.app.screen is here or type(board.app.screen) is BY_G[target]
                await board.pilot.press("ctrl+c")
            await board.until(lambda: not queue.is_waiting)
            await board.pilot.pause()
        if board.app.screen is here:
            await board.until(lambda: "Given up" in board.status)
        await board.settle()
        await board.press("g", "b" if board.is_asking else "1")
        assert not board.is_asking and len(board.app.screen_stack) == 1


async def test_what_others_do_while_g_asks_does_not_hinder_it(demo: Path) -> None:
    async with desk(demo, size=(100, 30)) as board:
        await board.press("T", "g")
        other = Workspace(board.app.seat.store, lambda: NOW, Actor("bo"))
        shown = board.app.screen_stack[1].triage.record  # type: ignore[attr-defined]
        other.archive([shown.deal.id])
        await board.pilot.pause(1.2)
        await board.press("m")
        assert type(on_top(board)) is BY_G["m"]
        await board.press("escape")
        assert not board.is_asking


async def test_what_stood_on_a_screen_that_g_left_stands_there_again(demo: Path) -> None:
    async with desk(demo, size=(100, 30)) as board:
        await board.press("M", "3", "j", "j", "g", "t")
        skipped = board.app.screen.triage  # type: ignore[attr-defined]
        await board.press("j", "j", "g", "r", "4", "j", "space")
        discussed = board.app.screen.place.discussed  # type: ignore[attr-defined]
        assert discussed and skipped.skipped == 2
        await board.press("g", "m")
        assert (board.app.screen.asked.tab, board.app.screen.cursor) == ("Ageing", 2)  # type: ignore[attr-defined]
        await board.press("g", "t")
        assert board.app.screen.triage.skipped == 2  # type: ignore[attr-defined]
        await board.press("g", "r")
        place = board.app.screen.place  # type: ignore[attr-defined]
        assert (place.discussed, place.tab) == (discussed, "Discuss")


@pytest.fixture
def a_file(tmp_path: Path) -> Path:
    path = tmp_path / "deals.csv"
    path.write_text("Deal,Amount,Stage,Odd\nOne,10,Lead,x\nTwo,20,Lead,y\n", "utf-8")
    return path


async def test_an_import_is_left_by_g_unless_something_would_be_lost(
    demo: Path, a_file: Path
) -> None:
    async with desk(demo, size=(100, 30)) as board:
        await board.press("M", "g", "i")
        await board.type(str(a_file))
        await board.press("enter")
        await board.until(lambda: isinstance(board.app.screen, LiveScreen))
        there = on_top(board)
        assert there.GO == "i" and len(board.app.screen_stack) == 2
        await board.until(lambda: there.view.seen is not None and there.looking is None)  # type: ignore[attr-defined]
        await board.press("G", "g", "g", "2", "j", "minus", "g")
        assert all(not choice.enabled for key, choice in offered(board).items() if key != "g")
        await board.press("t")
        assert board.shows("would be lost") and board.app.screen is not there
        await board.press("escape", "escape", "y")
        assert not board.is_asking
        await board.press("g", "i")
        await board.type(str(a_file))
        await board.press("enter", "g", "h")
        assert type(on_top(board)) is BY_G["h"] and len(board.app.screen_stack) == 2


async def test_what_may_not_be_done_is_said_on_the_screen_that_is_seen(demo: Path) -> None:
    async with desk(demo, size=(100, 30), read_only=True) as board:
        await board.press("M", "g", "i")
        assert type(on_top(board)) is BY_G["m"]
        assert "reading only" in board.status


# Deals that were won or lost, and put away.


async def test_the_board_says_what_it_leaves_out_of_what_ended(demo: Path) -> None:
    async with desk(demo, size=(180, 30)) as board:
        state, reader = board.state, board.workspace.reader
        won = [
            d.id for d in reader.each(board.workspace.parse_filter("won"), today=board.board.today)
        ]
        other = Workspace(board.app.seat.store, lambda: NOW, Actor("bo"))
        other.archive(won[:2])
        await board.press("g", "w")
        assert "2 archived deals match too: 'won archived' finds them." in board.status
        await board.press("g", "l")
        assert "archived" not in board.status
        for typed, count in (("won", len(won) - 2), ("won archived", 2)):
            await board.press("/")
            await board.type(typed)
            await board.press("enter")
            assert sum(state.view.counts) == count
            assert ("'won archived' finds them" in board.status) == (typed == "won")
            await board.press("escape")
        await board.press("M", "g", "w")
        assert "'won archived' finds them" in board.status


async def test_archived_deals_behind_a_number_are_shown_with_the_others(demo: Path) -> None:
    async with desk(demo, size=(100, 30)) as board:
        reader = board.workspace.reader
        won = [
            d.id for d in reader.each(board.workspace.parse_filter("won"), today=board.board.today)
        ]
        Workspace(board.app.seat.store, lambda: NOW, Actor("bo")).archive(won)
        await board.press("M")
        metrics = board.app.screen
        spots = [spot for spot in metrics.block.spots if spot.title == "Won value"]  # type: ignore[attr-defined]
        metrics.cursor = metrics.block.spots.index(spots[0])  # type: ignore[attr-defined]
        ids = {deal.id for deal in spots[0].deals}
        assert ids and ids <= set(won)
        await board.press("enter")
        assert not board.is_asking
        assert sum(board.state.view.counts) == len(ids)
        assert f"{len(ids)} of {how_many(len(ids), 'deal')} behind" in board.status
        await board.press("escape", "escape")


@pytest.fixture
def nothing(tmp_path: Path) -> Path:
    """A workspace without a deal."""
    path = tmp_path / "nothing.db"
    wanted = template("needs", pipeline_name="Sales", currency="EUR", first_stage_id=0)
    make_workspace(str(path), SETTINGS, wanted, at=NOW, actor=Actor("ana"), reps=REPS).close()
    return path


@pytest.mark.parametrize("way", [way for way in SCREENS if way != "deal"])
async def test_every_key_of_a_screen_without_deals_is_answered(nothing: Path, way: str) -> None:
    there, keys = SCREENS[way]
    async with desk(nothing) as board:
        await board.press(*there)
        home = cast(LiveScreen, board.app.screen)
        for key in keys:
            moves = key.group is Group.AROUND and key.action not in ("open", "find")
            unseen = ("quit", "step_back", "leave", "suspend", "repaint", "denser", "roomier")
            if moves or key.action in unseen:
                continue
            board.app.key_queue.given_at = inf  # it is pressed by nobody, once all was read
            home.say("")
            await board.settle()
            before = board.lines()
            home.press(key.id)
            await board.settle()
            assert board.lines() != before, f"{key.id}: silence"
            for _ in range(4):
                if board.app.screen is home:
                    break
                await board.press("escape")
            if not home.is_attached:
                await board.press(*there)
                home = cast(LiveScreen, board.app.screen)
        # A line of a review may lead to a number, too.
        for hint in ("Mark", "Move", "Next step", *(["Open"] if way != "review" else [])):
            assert hint not in board.hints
        assert not board.shows("0 marked")
        assert not board.shows("the last one again")


@pytest.mark.parametrize("way", ["enter", "T", "M", "g h", "g r"])
async def test_a_screen_is_there_with_its_first_frame(
    demo: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    drawn: dict[Page, list[str]] = {}
    draw = Page.render_line

    def noted(page: Page, y: int) -> Strip:
        strip = draw(page, y)
        drawn.setdefault(page, []).append(strip.text)
        return strip

    monkeypatch.setattr(Page, "render_line", noted)
    async with desk(demo) as board:
        await board.press(*way.split())
        (lines,) = drawn.values()
        assert lines[0].strip() and not lines[0].startswith("─"), "its title"
        assert "Help" in lines[board.app.size.height - 1], "its keys"
