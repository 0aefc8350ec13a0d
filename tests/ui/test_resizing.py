"""Every overlay on every screen lives through every size, and what is shown then is right."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from textual.geometry import Region, Size
from textual.strip import Strip

from pipeboard.ui.draw.line import text_of
from pipeboard.ui.overlays.menu import Menu, MenuChoice
from pipeboard.ui.overlays.overlay import Overlay, fitted
from pipeboard.ui.overlays.prompt import Prompt
from pipeboard.ui.screens.live import LiveScreen
from pipeboard.ui.widgets.page import Page
from pipeboard.workspace.reports import save_filter
from tests.ui.desk import desk
from tests.ui.shown import STALE, Shown, shown

THOROUGH = bool(os.environ.get("PIPEBOARD_THOROUGH"))

SCREENS = {
    "board": (),
    "pane": ("p",),
    **{f"deal {tab}": ("enter", str(tab)) for tab in range(1, 7)},
    "triage": ("T",),
    **{f"metrics {tab}": ("M", str(tab)) for tab in range(1, 8)},
    "hygiene": ("g", "h", "9"),
    **{f"review {tab}": ("g", "r", str(tab)) for tab in range(1, 7)},
}
"""Each screen, and the keys that lead there from the board."""

ON_A_DEAL = {
    "edit": "e",
    "next step": "t",
    "note": "n",
    "interaction": "i",
    "interview": "Q",
    "move": "m",
    "lose": "x",
    "win": "w",
    "snooze": "z",
    "owner": "o",
    "value": "$",
    "close date": "c",
    "category": "C",
    "tags": "#",
    "playbook": "b",
    "copy": "y",
    "help": "?",
}
"""What opens over the board as over one deal."""

OVERLAYS = {
    "board": {
        **ON_A_DEAL,
        "gate": "2 home L",
        "add": "a",
        "filter": "/",
        "saved filters": "F",
        "sort": "s",
        "view": "v",
        "go": "g",
        "find": "f",
        "palette": ":",
    },
    "pane": {"add": "a", "edit": "e", "help": "?", "interview": "Q"},
    "deal": {**ON_A_DEAL, "search": "/", "add item": "a"},
    "triage": {**ON_A_DEAL, "palette": ":", "gate": "w enter"},
    "metrics": {"filter": "/", "rep": "o", "export": "e", "help": "?"},
    "hygiene": {"mend": "f", "merge": "0 f", "source": "S", "person": "a", "rep": "r", "help": "?"},
    "review": {
        "decide": "4 D",
        "bookmark": "B",
        "since": "s",
        "past": "p",
        "export": "e",
        "help": "?",
    },
}

SIZES = [(81, 24), (79, 24), (40, 12), (200, 60), (80, 25), (1, 1), (240, 80), (30, 9), (80, 24)]
FEW = [(81, 24), (40, 12), (1, 1), (120, 40)]


def overlays_of(screen: str) -> dict[str, str]:
    """What opens there; of what opens on each tab, a part on each in the usual run."""
    kind, _, tab = screen.partition(" ")
    overlays = OVERLAYS[kind]
    if THOROUGH or not tab:
        return overlays
    return {name: overlays[name] for name in [*overlays][int(tab) % 6 :: 6]}


async def opened_on(show: Shown, key: str) -> bool:
    """Presses a key; whether something lies over the screen now."""
    below = show.desk.app.screen
    await show.desk.press(*key.split())
    return show.desk.app.screen is not below and isinstance(show.desk.app.screen, Overlay)


async def close(show: Shown) -> None:
    """Leaves whatever lies over the screen, questions whether to leave included."""
    for _ in range(6):
        if not isinstance(show.desk.app.screen, Overlay):
            return
        await show.desk.press("escape")
        if isinstance(show.desk.app.screen, Overlay) and show.desk.app.screen._asks_to_leave:
            await show.desk.press("y")
    raise AssertionError("it stays open:\n" + "\n".join(show.desk.lines()))


@pytest.mark.parametrize("size", [(40, 12), (80, 24)], ids=["40x12", "80x24"])
@pytest.mark.parametrize("screen", [name for name in SCREENS if name not in ("board", "pane")])
async def test_a_page_counts_the_lines_that_are_out_of_sight(
    screen: str, size: tuple[int, int], demo: Path
) -> None:
    async with desk(demo, size=size) as board:
        await board.press(*SCREENS[screen])
        page = board.app.screen.query_one(Page)
        for top in (0, 1, len(page.view.lines)):
            view = replace(page.view, top=page.view.scrolled(top - page.view.top, size[1]))
            page.show(view)
            await board.pilot.pause()
            last = view.top + view.seen(size[1])
            edge = board.lines()[len(view.head)]
            for sign, hidden in (("▴", view.lines[: view.top]), ("▾", view.lines[last:])):
                count = sum(bool(text_of(line).strip()) for line in hidden)
                assert (f"{sign} {count} " in edge) if count else (sign not in edge)


SAID = "D-1 Ivorerra Pumps is won and cannot be moved to Lead Generation. Reopen it first (m r)."


@pytest.mark.parametrize("size", [(44, 20), (80, 24)], ids=["44x20", "80x24"])
@pytest.mark.parametrize("screen", SCREENS)
async def test_what_is_said_is_read_to_its_end_and_hides_no_cursor(
    screen: str, size: tuple[int, int], demo: Path
) -> None:
    async with desk(demo, size=size) as board:
        await board.press(*SCREENS[screen], "end")
        over = board.app.screen
        assert isinstance(over, LiveScreen)
        over.say(SAID)
        await board.pilot.pause()
        assert board.status == SAID
        hints = board.hints
        for page in over.query(Page):
            marked = [any(role == "cursor" for _, role in line) for line in page.view.lines]
            seen = marked[page.view.top : page.view.top + page.view.seen(size[1])]
            assert any(seen) == any(marked)
        over.say("")
        await board.pilot.pause()
        assert not board.shows("Reopen it first") and board.hints == hints


@pytest.mark.parametrize("screen", SCREENS)
async def test_an_overlay_looks_the_same_whatever_size_it_was_opened_at(
    demo: Path, screen: str
) -> None:
    sizes = SIZES if THOROUGH else FEW
    async with shown(demo) as show:
        await show.desk.app.write_queue.ask(lambda w: save_filter(w, "Mine", "owner:me"))
        await show.desk.press(*SCREENS[screen])
        for place, (name, key) in enumerate(overlays_of(screen).items()):
            assert await opened_on(show, key), f"{name} does not open"
            for width, height in sizes:
                await show.resize(width, height)
                assert STALE not in "".join(await show.lines())
            for width, height in sizes if THOROUGH else [FEW[place % 2]]:
                await show.resize(width, height)
                grown = await show.lines()
                await close(show)
                await opened_on(show, key)
                assert await show.lines() == grown, f"{name} at {width}x{height}"
            await show.resize(80, 24)
            await close(show)


async def test_overlays_over_overlays_follow_the_size_too(demo: Path) -> None:
    async with shown(demo) as show:
        for depth in range(12):
            await show.desk.app.push_screen(
                Menu(f"Menu {depth}", [MenuChoice("1", "one")]) if depth % 2 else Prompt("Prompt")
            )
            await show.desk.settle()
        for width, height in SIZES:
            await show.resize(width, height)
            assert STALE not in "".join(await show.lines())
        await show.desk.press(*["escape"] * 12)
        assert not show.desk.is_asking
        await show.lines()


async def test_what_is_behind_goes_on_living_at_another_size(demo: Path) -> None:
    async with shown(demo) as show:
        await show.desk.press("/")
        await show.resize(100, 30)
        await show.desk.type("lead")
        narrowed = await show.lines()
        await show.desk.press("escape")
        await show.desk.press("/")
        await show.desk.type("lead")
        # The signs of the first line are counted a moment later; the line is told what was kept.
        assert (await show.lines())[1:22] == narrowed[1:22]


async def test_a_terminal_that_was_smaller_for_a_moment_is_drawn_again(demo: Path) -> None:
    async with shown(demo) as show:
        await show.desk.press("a")
        before = await show.lines()
        show.glass.resize(40, 10)
        await show.desk.pilot.resize_terminal(40, 10)
        show.glass.resize(80, 24)
        await show.desk.pilot.resize_terminal(80, 24)
        assert await show.lines() == before


@pytest.mark.parametrize("size", [Size(3, 1), Size(7, 2), Size(12, 5)])
def test_rows_of_another_size_are_cropped_and_padded(size: Size) -> None:
    rows = [Strip.blank(7), Strip.blank(9)]
    for region in (size.region, Region(5, 1, *size), Region(0, 9, *size)):
        cut = fitted(rows, region)
        assert [row.cell_length for row in cut] == [region.width] * region.height


async def test_a_board_that_was_small_for_a_while_is_scrolled_as_before(demo: Path) -> None:
    async with desk(demo, size=(100, 40)) as board:
        await board.press("l", "G")
        before = board.state.place
        for size in ((60, 24), (40, 12), (44, 20), (100, 40)):
            await board.resize(*size)
        assert board.state.place == before
        await board.resize(40, 12)
        # Who goes elsewhere meanwhile sees the board from there.
        await board.press("3", "4")
        place = board.state.place
        await board.resize(40, 14)
        assert (board.state.place.cursor, board.state.place.first_column) == (place.cursor, 3)
