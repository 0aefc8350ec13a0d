"""The hints of every screen at every kind of spot: what is named works there, and what does not
work there is not named."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.deal import Loss, NextStep
from pipeboard.domain.errors import GateNotMet, PipeboardError
from pipeboard.domain.people import Actor
from pipeboard.store import Store
from pipeboard.ui import actions, execute
from pipeboard.ui.draw.layout import Pane, layout
from pipeboard.ui.draw.review import ref_of, stops
from pipeboard.ui.host import Host, Outcome, work_of
from pipeboard.ui.key_table import DealTab
from pipeboard.ui.keys import UNBOUND, Key
from pipeboard.ui.last_view import FOLLOW_S, Choices
from pipeboard.ui.screens import deal as deal_screen
from pipeboard.ui.screens import live
from pipeboard.ui.screens import review as review_screen
from pipeboard.ui.screens import triage as triage_screen
from pipeboard.ui.screens.board import BoardScreen
from pipeboard.ui.screens.import_screen import ImportScreen
from pipeboard.ui.screens.live import LiveScreen
from pipeboard.ui.screens.page_screen import CountingScreen
from pipeboard.ui.screens.review import ReviewScreen, show_past
from tests.domain.deciding_cases import new
from tests.team import NOW
from tests.ui.board_scene import TODAY, ZONE, scene, sheet_of
from tests.ui.desk import Desk, desk
from tests.ui.test_import_screen import ROWS, choose, press, written
from tests.verbs import Workspace

ACTIONS = tuple(iter_modules(actions.__path__))
NO_MATTER = {
    "help", "quit", "step_back", "palette", "undo", "find", "filter", "import_now",
}  # fmt: skip
"""Hinted keys that have nothing to do with the spot."""
SOME_WORK = {"board.advance": ("board.back",)}
"""A hint that names two keys tells of both."""

Spots = Callable[[Desk], AsyncIterator[object]]


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Changes that keys have asked for: tried, and not stored."""
    found: list[object] = []

    async def only_tried(
        host: Host,
        change: Any,
        ids: Sequence[int] = (),
        seen: Mapping[int, int] | None = None,
        **_: object,
    ) -> Outcome:
        try:
            if not callable(change):
                await host.program.write_queue.ask(
                    lambda workspace: workspace.execute(change, ids, dry_run=True)
                )
        except GateNotMet:
            pass
        except PipeboardError as error:
            host.failed(error)
            return Outcome(error=error)
        found.append(work_of(change, ids, {}))
        return Outcome()

    # Actions take it by its name, and those that are imported while it is another keep that.
    carry_out = execute.carry_out
    modules = [import_module(f"{actions.__name__}.{one.name}") for one in ACTIONS]
    for module in (execute, *modules):
        if getattr(module, "carry_out", None) is carry_out:
            monkeypatch.setattr(module, "carry_out", only_tried)
    return found


def on_top(board: Desk) -> LiveScreen:
    screen = board.app.screen
    assert isinstance(screen, LiveScreen)
    return screen


def named(screen: LiveScreen) -> dict[str, str]:
    """The hints as they are handed to be drawn, cut by no width."""
    page = getattr(screen, "page", None)
    return dict(screen.state.view.hints if page is None else page.view.hints)


async def works(board: Desk, key: Key, tried: list[object]) -> bool:
    """Whether a key does something here; nothing is left of it."""
    screen = on_top(board)
    screen.say("")
    await board.settle()
    before = board.lines()[:-2]
    tried.clear()
    screen.press(key.id)
    await board.settle()
    if board.app.screen is screen and isinstance(screen, CountingScreen):
        await screen.counted()
    if board.app.screen is not screen or tried:
        return True
    is_refused = screen._said.role in ("status.warn", "status.error")
    return not is_refused and (bool(screen._said.text) or board.lines()[:-2] != before)


async def on_the_board(board: Desk) -> AsyncIterator[object]:
    columns = len(board.state.board.columns)
    for text in ("", "archived"):
        board.board.perform("navigation.set_filter", text)
        await board.settle()
        for place in range(columns):
            for row in range(3):
                board.state.show(cursor=(place, row))
                board.board.move_cursor(0, 0)
                yield text, board.board.stage_shown().name


async def on_a_deal(board: Desk) -> AsyncIterator[object]:
    deals = {deal.status: deal.id for deal in board.workspace.reader.each(today=NOW.date())}
    for status, deal_id in deals.items():
        board.board.perform("navigation.go_to_deal", deal_id)
        await board.settle()
        for tab in "123456":
            for row in range(8):
                if board.app.screen is board.board:
                    board.board.perform("navigation.go_to_deal", deal_id)
                    await board.settle()
                    await board.press("enter")
                await board.press(tab, "home")
                screen = on_top(board)
                screen.move_cursor(0, row)
                if row and row >= len(screen.items):  # type: ignore[attr-defined]
                    break
                yield status, tab
        await board.press("escape")


async def on_triage(board: Desk) -> AsyncIterator[object]:
    await board.press("T")
    yield "first"
    await board.press("j")
    yield "second"
    while on_top(board).triage.record is not None:  # type: ignore[attr-defined]
        await board.press("j")
    yield "end"


async def on_metrics(board: Desk) -> AsyncIterator[object]:
    for tab in "1234567":
        for row in range(0, 24, 3):
            if board.app.screen is board.board:
                await board.press("escape", "escape", "M")
            await board.press(tab)
            screen = on_top(board)
            await screen.counted()  # type: ignore[attr-defined]
            screen.move_cursor(0, row)
            yield tab


async def on_hygiene(board: Desk) -> AsyncIterator[object]:
    for kind in range(11):
        await board.press(*["escape"] * 3, "g", "h", *["l"] * kind)
        yield on_top(board).view.group  # type: ignore[attr-defined]


async def on_the_review(board: Desk) -> AsyncIterator[object]:
    for past in (False, True):
        for tab in "123456":
            for row in range(12):
                if not isinstance(board.app.screen, ReviewScreen):
                    await board.press(*["escape"] * 3, "g", "r")
                await board.press(tab)
                screen = board.app.screen
                assert isinstance(screen, ReviewScreen) and screen.found is not None
                if past is not (screen.past is not None):
                    show_past(screen, screen.found.held[0] if past else None)
                if row and row >= len(stops(screen.items)):
                    break
                screen.move_cursor(0, row - screen.cursor)
                yield past, tab, screen.item_key.partition(".")[0]


async def on_the_import(board: Desk) -> AsyncIterator[object]:
    """Every tab but the preview, where Enter imports."""
    await board.press("I")
    await choose(board, written(board.app.seat.folder.parent, ROWS))
    screen = board.app.screen
    assert isinstance(screen, ImportScreen)
    for tab in "123":
        for row in range(9):
            await press(board, screen, tab, "home")
            screen.move_cursor(0, row)
            yield tab, screen.item_key


SPOTS: Mapping[str, Spots] = {
    "import": on_the_import,
    "board": on_the_board,
    "deal": on_a_deal,
    "triage": on_triage,
    "metrics": on_metrics,
    "hygiene": on_hygiene,
    "review": on_the_review,
}


@pytest.fixture
def path(demo: Path) -> Path:
    """The demo with a note of bo's, deals won, lost and archived, and a review that was held."""
    store = Store.open(str(demo))
    bo = Workspace(store, lambda: NOW, Actor("bo"))
    deals = [deal.id for deal in bo.reader.each(today=NOW.date()) if deal.is_open]
    bo.archive(deals[:1])
    bo.lose(deals[1:2], Loss("price"))
    bo.win(deals[2:3], override="agreed")
    for deal in bo.reader.each(today=NOW.date()):
        bo.add_note([deal.id], "They called.")
    from pipeboard.workspace.review import gather, hold

    pipeline = bo.pipelines()[0]
    found = gather(bo, pipeline)
    hold(bo, pipeline, found.document, at=found.at)
    store.close()
    return demo


def moved_since(
    screen: LiveScreen, drawn: str, places: dict[tuple[object, ...], dict[str, int]]
) -> list[str]:
    """The hints that stand elsewhere than they did on this sheet, with the same ones known."""
    assert screen.hinted is not None
    known = places.setdefault((screen.hinted.sheet, frozenset(screen.hinted.seen)), {})
    found = {key: drawn.find(f" {key} {label}") for key, label in named(screen).items() if key}
    return [
        f"{screen.hinted.sheet} {key}: {known[key]} → {x}"
        for key, x in found.items()
        if x >= 0 and known.setdefault(key, x) != x
    ]


async def untrue(board: Desk, tried: list[object]) -> AsyncIterator[str]:
    """Hints of this spot that are wrong, or that are missing."""
    here = on_top(board)
    # What opens a deal may not come back to the same spot.
    for key in sorted(here.keys, key=lambda key: key.keys.startswith("enter")):
        if not key.rank or key.keys == UNBOUND or key.action in NO_MATTER:
            continue
        shown, answers = named(here), []
        for each in (key, *(k for k in here.keys if k.id in SOME_WORK.get(key.id, ()))):
            answers.append(await works(board, each, tried))
            for _ in range(4):
                if board.app.screen is here or not here.is_attached:
                    break
                await board.press("escape")
        if any(answers) is not (key.key_hinted in shown):
            yield f"{key.id}: {answers} {here._said.text}"
        if board.app.screen is not here:
            break


@pytest.mark.parametrize("screen", SPOTS)
async def test_hints_name_what_works_at_the_spot_and_nothing_else(
    path: Path, tried: list[object], screen: str
) -> None:
    wrong: list[str] = []
    moved: list[str] = []
    places: dict[tuple[object, ...], dict[str, int]] = {}
    async with desk(path, size=(109, 40)) as board:
        done = set[tuple[object, frozenset[tuple[str, str]]]]()
        async for spot in SPOTS[screen](board):
            await board.settle()
            moved += moved_since(on_top(board), board.hints_drawn(), places)
            kind = spot, frozenset(named(on_top(board)).items())
            if kind not in done:
                done.add(kind)
                wrong += [f"{spot} {one}" async for one in untrue(board, tried)]
    assert (wrong, moved) == ([], []), "\n".join((*wrong, *moved))


# What the spot tells of the hints, asked of the functions behind the screens.


def fake(**facts: Any) -> Any:
    return SimpleNamespace(**facts)


@pytest.mark.parametrize(
    ("deal", "skipped", "passed", "gone"),
    [
        (True, 0, [], {"triage.previous"}),
        (True, 0, [1], set()),
        (False, 0, [1], {"triage.skip"}),
        (False, 2, [1], set()),
        (False, 0, [], {"triage.skip", "triage.previous"}),
    ],
)
def test_triage_hints_at_ways_that_there_are(
    deal: bool, skipped: int, passed: list[int], gone: set[str]
) -> None:
    record = fake(deal=new(next_step=NextStep("call"))) if deal else None
    walked = fake(record=record, skipped=skipped, walk=fake(passed=passed))
    here = triage_screen._hinted_here(fake(triage=walked))
    assert {key for key, label in here.items() if not label} == gone


@pytest.mark.parametrize(
    ("key", "past", "held", "gone"),
    [
        ("deal.D-1", False, True, set()),
        ("deal.D-1", True, True, {"review.discussed", "review.hold"}),
        ("data.value", False, False, {"review.discussed", "review.past"}),
        ("number.won", False, True, {"review.discussed"}),
        ("number.target", False, True, {"review.open", "review.discussed"}),
        ("number.won", True, True, {"review.open", "review.discussed", "review.hold"}),
    ],
)
def test_the_review_hints_at_what_its_line_can_do(
    key: str, past: bool, held: bool, gone: set[str]
) -> None:
    found = fake(behind={"number.won": {1}}, held=[1] if held else [])
    screen = fake(item_key=key, found=found, past=1 if past else None, deal_id=ref_of(key))
    here = review_screen._hinted_here(screen)
    assert {key for key, label in here.items() if not label} == gone


@pytest.mark.parametrize(
    ("tab", "key", "enter", "space"),
    [
        (DealTab.OVERVIEW, "check/0", "Tick", "Tick"),
        (DealTab.OVERVIEW, "gate", "Open", ""),
        (DealTab.OVERVIEW, "playbook", "Open", ""),
        (DealTab.OVERVIEW, "touches", "Open", ""),
        (DealTab.OVERVIEW, "fields", "Edit", ""),
        (DealTab.QUESTIONS, "need", "Edit", "Rate"),
        (DealTab.TIMELINE, "7", "Open", ""),
        (DealTab.NOTES, "n1", "Edit", ""),
        (DealTab.NOTES, "n2", "", ""),
        (DealTab.PEOPLE, "mika", "Edit", ""),
        (DealTab.PEOPLE, "", "", ""),
    ],
)
def test_a_deal_hints_at_what_its_item_can_do(
    tab: DealTab, key: str, enter: str, space: str
) -> None:
    screen = fake(item_key=key, tab=tab, record=sheet_of(), program=fake(me="ana"))
    here = deal_screen._hinted_here(screen)
    assert (here["deal.edit_item"], here["deal.tick"]) == (enter, space)
    assert deal_screen._only_leads_on(screen) is (enter == "Open")


@pytest.mark.parametrize(
    ("follow", "waited", "shown"),
    [("always", 0, True), ("slow", 59, False), ("slow", 61, True), ("never", 10**6, False)],
)
def test_what_others_store_is_shown_as_often_as_is_wanted(
    follow: str, waited: float, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    shows: list[str] = []
    clock = fake(now=1_000.0)
    monkeypatch.setattr(live, "monotonic", lambda: clock.now)
    seat = fake(today=lambda zone: TODAY)
    program = fake(
        seat=seat, settings=fake(zone=ZONE), choices=Choices(follow=follow),
        take_up=lambda: shows.append("agreed"),
    )  # fmt: skip
    reader = fake(data_version=lambda: 2)
    screen = fake(
        program=program, state=fake(lens=fake(today=TODAY, zone=ZONE), reader=reader),
        _day_shown=TODAY,
        version=1, reads_again=False, needs_reading=False, _said=live.Said(),
        show_news=lambda: shows.append("news"),
        _next_news=clock.now + FOLLOW_S[follow],
    )  # fmt: skip
    clock.now += waited
    live._follow(screen)
    assert shows == (["agreed", "news"] if shown else [])
    assert (screen.version == 2) is shown
    # What has to be read is read whatever is wanted.
    screen.needs_reading = True
    live._follow(screen)
    assert screen.version == 2 and shows


def test_the_pane_is_scrolled_to_its_last_line_and_no_further() -> None:
    board = BoardScreen.__new__(BoardScreen)
    view = scene(width=120, height=20, pane=Pane(((("x", "text"),),) * 40))
    state = fake(view=view)
    state.show = lambda **facts: setattr(state, "view", replace(state.view, **facts))
    board.state = state
    board.redraw = lambda: None  # type: ignore[method-assign]
    tops = []
    for lines in (3, -5, 100, -1, 1):
        board.scroll_pane(lines)
        tops.append(state.view.pane.top)
    room = layout(view).status_y - 1
    assert tops == [3, 0, 40 - room, 39 - room, 40 - room]
