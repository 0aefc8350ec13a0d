"""Where reps see their own deals only, no key of any screen shows another's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from pipeboard.domain.commands import Edit
from pipeboard.domain.deal_record import EVERYBODYS
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.money import Money
from pipeboard.domain.roles import NotAllowed, Role, rights, who_may
from pipeboard.domain.settings import SEEN
from pipeboard.store import Store
from pipeboard.ui.key_table import ALL
from pipeboard.ui.keys import UNBOUND
from pipeboard.ui.last_view import Choices, only_looks
from pipeboard.ui.screens.metrics import MetricsScreen
from pipeboard.workspace import Actor, Workspace
from pipeboard.workspace.configuration import change_rep, save_settings
from pipeboard.workspace.execution import execute
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


# What a deal keeps for its owner alone.


def with_floors(path: Path, *, managers_see: bool) -> None:
    """Every deal is bo's, and not to be sold below 31337; ana is a manager, who sees that or does
    not."""
    store = Store.open(str(path))
    owner = Workspace(store, lambda: NOW, Actor("olga"))
    ids = [deal.id for deal in store.reader.each(today=NOW.date(), sort="id")]
    floor = Money(31_337_00, "EUR")
    execute(owner, Edit({"owner": "bo", "floor_value": floor}, new_rep=True), ids)
    ana = next(rep for rep in owner.reader.reps() if rep.name == "ana")
    change_rep(owner, replace(ana, role="manager"))
    save_settings(owner, replace(owner.settings, managers_see_floors=managers_see))
    store.close()


SHOWING = {
    "timeline": ("enter", "4"),
    "terms": ("enter", "6"),
    "form": ("e",),
    "pane": ("space",),
    "Markdown": ("y", "m"),
    "form of triage": ("T", "O", "e"),
    "Markdown of triage": ("T", "O", "y", "m"),
}
"""By what is to be shown, the keys to it from the board."""


@pytest.mark.parametrize("managers_see", [False, True])
@pytest.mark.parametrize("what", [*SHOWING, "file"])
async def test_the_floor_of_a_deal_is_shown_by_no_key_but_to_whom_it_is_to_be(
    what: str, managers_see: bool, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_floors(demo, managers_see=managers_see)
    monkeypatch.delenv("TMUX", raising=False)
    async with desk(
        demo, size=(120, 60), choices=Choices(copy_command="/no/such/command")
    ) as board:
        if what == "file":
            path = demo.parent / "deals.csv"
            await board.press("colon")
            await board.type("export")
            await board.press("enter")
            await board.press("ctrl+u")
            await board.type(str(path))
            await board.press("enter")
            await board.until(path.exists)
            text = path.read_text()
        else:
            await board.press(*SHOWING[what])
            text = "\n".join((*board.lines(), board.app.clipboard))
        assert ("31337" in text.replace(",", "")) is managers_see


# What is agreed on while a board stands open holds there from the next look on.


def agreed(path: Path, *, role: str = "", zone: str = "", floors: bool | None = None) -> None:
    """Olga, the owner, sets ana's role, the zone, or whether managers see what deals keep."""
    store = Store.open(str(path))
    olga = Workspace(store, lambda: NOW, Actor("olga"))
    if role:
        ana = next(rep for rep in olga.reader.reps() if rep.name == "ana")
        change_rep(olga, replace(ana, role=role))
    settings = olga.settings
    if zone:
        settings = replace(settings, zone_name=zone)
    if floors is not None:
        settings = replace(settings, managers_see_floors=floors)
    save_settings(olga, settings)
    store.close()


@pytest.mark.parametrize("way", ["board", *WAYS])
async def test_a_new_role_holds_on_every_screen_that_stands_open(demo: Path, way: str) -> None:
    agreed(demo, role="rep")
    async with desk(demo, size=(120, 40)) as board:
        await board.press(*(WAYS[way][0] if way in WAYS else ()))
        board.app.check_writable()
        working = board.app.seat.rights
        assert working is not None
        looking = replace(working, own_role=Role.VIEWER, role=Role.VIEWER)
        agreed(demo, role="viewer")
        await board.until(lambda: board.app.seat.rights == looking)
        with pytest.raises(NotAllowed, match="@ana is a viewer here"):
            board.app.check_writable()
        agreed(demo, role="rep")
        await board.until(lambda: board.app.seat.rights == working)
        board.app.check_writable()


OF_MANAGERS = {
    "target": (("M",), "t"), "settings": (("M",), "S"), "review": (("g", "r"), "B"),
}  # fmt: skip


def test_keys_that_need_a_role_say_which_of_what_roles_rule() -> None:
    needed = {key.needs for key in ALL.values() if key.needs}
    assert needed == OF_MANAGERS.keys()
    assert {who_may()[what] for what in needed} == {Role.MANAGER}
    assert all(key.changes for key in ALL.values() if key.needs)


@pytest.mark.parametrize("what", OF_MANAGERS)
@pytest.mark.parametrize("role", ["rep", "manager"])
async def test_what_takes_a_manager_is_not_asked_of_a_rep_in_vain(
    demo: Path, what: str, role: str
) -> None:
    agreed(demo, role=role)
    there, key = OF_MANAGERS[what]
    async with desk(demo, size=(120, 40)) as board:
        await board.press(*there)
        screen = board.app.screen
        await board.until(lambda: not getattr(screen, "counting", 0))
        await board.press(key)
        if role == "manager":
            await board.until(lambda: board.app.screen is not screen)
            return
        assert board.app.screen is screen
        typed = {"settings": "setting set"}.get(what, what)
        assert f"@ana is a rep here, and '{typed}' is for a manager or more" in " ".join(
            line.strip() for line in board.lines()[-4:]
        )


@pytest.mark.parametrize(("owner", "asks"), [(None, True), ("ana", True), ("jonas", False)])
async def test_a_rep_calls_for_nobody_else(demo: Path, owner: str | None, asks: bool) -> None:
    agreed(demo, role="rep")
    async with desk(demo, size=(120, 40)) as board:
        await board.press("M")
        screen = board.app.screen
        assert isinstance(screen, MetricsScreen)
        screen.look_at(replace(screen.asked, owner=owner))
        await board.until(lambda: not screen.counting)
        await board.press("C")
        await board.until(lambda: (board.app.screen is not screen) is asks)
        told = "".join(board.lines()[-4:])
        assert ("is for a manager or more" in told) is not asks


async def test_a_board_says_that_it_is_read_only_as_soon_and_as_long_as_it_is(demo: Path) -> None:
    agreed(demo, role="rep")
    async with desk(demo, size=(120, 40)) as board:
        assert "READ-ONLY" not in board.lines()[0]
        assert "Add" in board.lines()[-1]
        agreed(demo, role="viewer")
        await board.until(lambda: "READ-ONLY" in board.lines()[0])
        assert "Add" not in board.lines()[-1]
        await board.press("a")
        assert "@ana is a viewer here" in "".join(board.lines()[-4:])
        agreed(demo, role="rep")
        await board.until(lambda: "READ-ONLY" not in board.lines()[0])
        await board.press("a")
        await board.until(lambda: "Add" in "".join(board.lines()))


async def test_another_zone_and_what_managers_see_hold_on_an_open_board(demo: Path) -> None:
    agreed(demo, role="manager", zone="Europe/Berlin", floors=False)
    async with desk(demo) as board:
        assert board.app.seat.eyes == "ana"
        day = board.app._state.lens.today
        agreed(demo, zone="Pacific/Pago_Pago", floors=True)
        await board.until(lambda: board.app._state.lens.today == day - timedelta(days=1))
        assert str(board.app._state.lens.zone) == "Pacific/Pago_Pago"
        assert board.app.seat.eyes == EVERYBODYS


@pytest.mark.parametrize("way", [(), ("M",), ("enter",), ("H",)])
async def test_a_board_that_does_not_follow_takes_up_a_new_role_when_it_reads_again(
    demo: Path, way: Sequence[str]
) -> None:
    agreed(demo, role="rep")
    async with desk(demo, size=(120, 40), choices=Choices(follow="never")) as board:
        await board.press(*way)
        agreed(demo, role="viewer")
        await board.settle()
        board.app.check_writable()
        await board.press("R")
        await board.until(lambda: board.app._state.view.read_only)
        with pytest.raises(NotAllowed, match="@ana is a viewer here"):
            board.app.check_writable()


def test_a_store_to_read_only_stays_so_whatever_the_role(demo: Path) -> None:
    store = Store.open(str(demo), read_only=True)
    owner = rights(Actor("olga"), store.reader.reps(), store.reader.settings())
    assert only_looks(store, store.reader, owner)
    store.close()
