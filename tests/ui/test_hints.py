"""The hints of every screen at every kind of spot: what is named works there, and what does not
work there is not named."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

from pipeboard.domain.deal import Loss
from pipeboard.domain.errors import GateNotMet, PipeboardError
from pipeboard.domain.people import Actor
from pipeboard.store import Store
from pipeboard.ui import actions, execute
from pipeboard.ui.draw.review import stops
from pipeboard.ui.host import Host, Outcome, work_of
from pipeboard.ui.keys import UNBOUND, Key
from pipeboard.ui.screens.import_screen import ImportScreen
from pipeboard.ui.screens.live import LiveScreen
from pipeboard.ui.screens.review import ReviewScreen
from tests.team import NOW
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
                    screen.show_past(screen.found.held[0] if past else None)
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
