"""Where reps see their own deals only, no key of any screen shows another's."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.settings import SEEN
from pipeboard.store import Store
from pipeboard.ui.keys import UNBOUND
from pipeboard.ui.last_view import Choices
from pipeboard.workspace import Actor, Workspace
from pipeboard.workspace.configuration import change_rep, save_settings
from tests.team import NOW
from tests.ui.desk import Desk, desk
from tests.ui.test_restricted import WAYS

LEAVING = ("quit", "step_back", "leave")


def as_set(path: Path, seen: str) -> None:
    """Somebody sets whose deals reps see; with the first time everybody gets a role."""
    store = Store.open(str(path))
    owner = Workspace(store, lambda: NOW, Actor("olga"))
    ana = next(rep for rep in owner.reader.reps() if rep.name == "ana")
    change_rep(owner, replace(ana, role="rep"))
    save_settings(owner, replace(owner.settings, reps_see=SEEN.index(seen)))
    store.close()


def names_of_others(path: Path) -> set[str]:
    """What deals of others are called, and none of ana's or nobody's."""
    store = Store.open(str(path), read_only=True)
    deals = list(store.reader.each(today=NOW.date(), sort="id"))
    store.close()
    named = {True: set[str](), False: set[str]()}
    for deal in deals:
        named[deal.owner in ("", "ana")] |= {deal.title, deal.account} - {""}
    assert named[True]
    assert named[False] - named[True]
    return named[False] - named[True]


def seen_of_others(board: Desk, names: set[str]) -> set[str]:
    shown = "\n".join(board.lines())
    return {name for name in names if name in shown}


@pytest.mark.parametrize("way", WAYS)
async def test_no_key_shows_a_deal_of_another(demo: Path, way: str) -> None:
    as_set(demo, "own")
    names, (there, keys) = names_of_others(demo), WAYS[way]
    async with desk(demo, size=(120, 40), choices=Choices(restricted=True)) as board:
        await board.press(*there)
        screen = board.app.screen
        for key in keys:
            if key.keys == UNBOUND or key.action in LEAVING or key.does.startswith("app."):
                continue
            screen.press(key.id)  # type: ignore[attr-defined]
            await board.pilot.pause()
            assert seen_of_others(board, names) == set(), key.id
            for _ in range(4):
                if board.app.screen is screen or not screen.is_attached:
                    break
                await board.pilot.press("escape")
            if not screen.is_attached:
                await board.press(*there)
                screen = board.app.screen


@pytest.mark.parametrize("typed", ["f", "colon", "slash", "F", "at"])
async def test_no_question_offers_a_deal_of_another(demo: Path, typed: str) -> None:
    as_set(demo, "own")
    names = names_of_others(demo)
    async with desk(demo, size=(120, 40)) as board:
        await board.press(typed)
        for name in sorted(names)[:3]:
            await board.type(name[:6].lower())
            shown = [line for line in board.lines() if name in line]
            assert shown == []
            for _ in range(6):
                await board.press("backspace")


async def test_an_open_board_shows_fewer_deals_as_soon_as_that_is_set(demo: Path) -> None:
    names = names_of_others(demo)
    async with desk(demo, size=(120, 40)) as board:
        assert seen_of_others(board, names)
        as_set(demo, "own")
        await board.until(lambda: not seen_of_others(board, names))
        assert "own deals only" in board.lines()[0]
        as_set(demo, "all")
        await board.until(lambda: seen_of_others(board, names))
        assert "everyone" in board.lines()[0]


@pytest.mark.parametrize("way", ["metrics", "hygiene"])
async def test_the_screens_say_whose_deals_they_are_of(demo: Path, way: str) -> None:
    as_set(demo, "own")
    async with desk(demo, size=(120, 40)) as board:
        await board.press(*WAYS[way][0])
        await board.until(lambda: "own deals only" in "".join(board.lines()[:1]))
