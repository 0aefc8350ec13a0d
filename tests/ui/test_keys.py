"""The table of keys, and the `[keys]` of a configuration that change it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from textual.binding import Binding

from pipeboard.domain.errors import BadInput, Refused, Way
from pipeboard.ui import screens
from pipeboard.ui.host import ACTIONS
from pipeboard.ui.key_table import (
    BOARD,
    DEAL,
    FIRST,
    HYGIENE,
    REVIEW,
    SCREENS,
    TRIAGE,
    read_keymap,
)
from pipeboard.ui.keys import UNBOUND, Key, hints, key_named, name_of, rebound, said, ways
from pipeboard.ui.last_view import Choices
from pipeboard.ui.overlays.menu import Menu
from pipeboard.ui.screens.live import LiveScreen
from tests.ui.desk import desk
from tests.ui.test_restricted import WAYS as RESTRICTED_WAYS


def test_every_command_has_an_id_of_its_own() -> None:
    ids = [command.id for command in BOARD]
    assert len(ids) == len(set(ids))


def test_keys_that_a_terminal_cannot_send_are_never_used() -> None:
    keys = {key for command in BOARD for key in command.keys.split(",")}
    assert not keys & {"ctrl+h", "ctrl+i", "ctrl+m", "ctrl+b", "ctrl+a", "shift+enter"}


def test_a_command_gets_the_keys_that_it_is_given() -> None:
    keymap = read_keymap({"board.add": "W, insert", "board.owner": "^o"})
    assert keymap == {"board.add": "W,insert", "board.owner": "ctrl+o"}
    add = next(command for command in rebound(BOARD, keymap) if command.id == "board.add")
    assert add.first_key == "W"
    assert ("W", "Add") in hints(rebound(BOARD, keymap))


def test_an_empty_text_takes_a_key_away() -> None:
    keymap = read_keymap({"board.add": ""})
    assert keymap == {"board.add": UNBOUND}
    assert "Add" not in [label for _, label in hints(rebound(BOARD, keymap))]


def test_an_unknown_command_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(BadInput) as refused:
        read_keymap({"board.ad": "N"})
    assert "board.ad" in refused.value.message
    assert "board.add" in refused.value.hint


def test_a_key_for_two_commands_is_refused_with_both_names() -> None:
    with pytest.raises(BadInput, match=r"'L' stands for both board\.add and board\.advance"):
        read_keymap({"board.add": "L"})


def test_a_key_can_change_hands() -> None:
    assert read_keymap({"board.find": "O", "board.mine": "f"})


@pytest.mark.parametrize("written", ["^i", "^J", "ctrl+m", "^h", "^["])
def test_a_key_that_arrives_as_another_is_refused_with_that_one(written: str) -> None:
    with pytest.raises(BadInput, match=r"A terminal sends (Tab|Enter|Backspace|Esc) for"):
        read_keymap({"board.add": written})


@pytest.mark.parametrize("written", ["$", "^d", "/", "#", "Esc", "L", "f1", "shift+left"])
def test_a_key_is_understood_as_it_is_shown(written: str) -> None:
    assert name_of(key_named(written)) == written


def test_hints_name_only_what_does_something_now() -> None:
    assert dict(hints(BOARD))["H/L"] == "Move"
    assert "H/L" not in dict(hints(BOARD, has_deal=False))
    assert {"a", "u", "H/L"}.isdisjoint(dict(hints(BOARD, read_only=True)))


ASKED_BY_THE_SCREEN = {Way.OVERRIDE, Way.MERGE_CLOSED}


def test_what_a_refusal_advises_has_its_key_the_one_that_a_person_has_given_it() -> None:
    assert {*ways(BOARD), *ASKED_BY_THE_SCREEN} == set(Way)
    own = ways(rebound(BOARD, read_keymap({"board.archive": "X", "board.find": ""})))
    error = Refused("No.", hint="Unarchive it first.", way=Way.UNARCHIVE)
    assert said(error, ways(BOARD)) == "No. Unarchive it first (d)."
    assert (said(error, own), said(error)) == (
        "No. Unarchive it first (X).",
        "No. Unarchive it first.",
    )
    assert Way.FIND not in own


def test_the_keys_of_a_deal_are_those_of_the_board() -> None:
    on_board = {command.id: command.keys for command in BOARD}
    assert all(on_board.get(c.id, c.keys) == c.keys for c in DEAL if c.id.startswith("board."))


ON_THE_BOARD_ALONE = {"open", "order_down", "order_up", "mark", "mark_range"}
NOT_ON: Mapping[str, tuple[tuple[Key, ...], set[str]]] = {
    "deal": (DEAL, {"repeat"}),
    "triage": (TRIAGE, {"put_off"}),  # 1 to 6 do
    "hygiene": (HYGIENE, {"put_off"}),
    "review": (REVIEW, {"put_off", "edit", "tags", "repeat"}),
}
"""What changes a deal and has no key on a screen of deals, beside what only a board has."""


@pytest.mark.parametrize("screen", NOT_ON)
def test_what_changes_a_deal_has_its_key_wherever_a_deal_is_looked_at(screen: str) -> None:
    table, left_out = NOT_ON[screen]
    there = {key.id for key in table}
    missing = {key.action for key in BOARD if key.takes_deal and key.id not in there}
    assert missing - ON_THE_BOARD_ALONE == left_out


@pytest.mark.parametrize("table", SCREENS, ids=lambda table: table[-2].id)
def test_no_key_of_any_screen_stands_for_two_things(table: tuple[Key, ...]) -> None:
    keys = [name for key in table for name in key.keys.split(",") if name != UNBOUND]
    assert len(keys) == len(set(keys))


async def test_the_keys_of_every_screen_can_be_changed(demo: Path) -> None:
    keymap = read_keymap({"metrics.export": "X", "deal.add_item": "I"})
    async with desk(demo, size=(100, 30), choices=Choices(keymap=keymap)) as board:
        await board.press("p", "enter")
        assert "I Add" in board.hints
        await board.press("escape", "M")
        assert "X Export" in board.hints
        await board.press("e")
        assert not board.shows("SVG")
        await board.press("X")
        assert board.shows("SVG")
        await board.press("escape")


WITHOUT_A_LETTER = (BOARD, DEAL, FIRST)
"""The screens that `g` does not lead to: where it is pressed, of one deal, and before all."""


async def test_g_leads_to_every_screen_by_a_letter_of_its_own(demo: Path) -> None:
    letters = [key.go for key in BOARD if key.go]
    assert len(letters) == len(SCREENS) - len(WITHOUT_A_LETTER)
    async with desk(demo, size=(140, 40)) as board:
        await board.press("g")
        asked = board.app.screen
        assert isinstance(asked, Menu)
        taken = [choice.key for choice in asked._choices]
        assert len(taken) == len(set(taken)) and set(letters) <= set(taken)


WAYS = {name: keys for name, (keys, _) in RESTRICTED_WAYS.items()}
"""The keys that lead from the board to each screen."""


def _live_screens() -> tuple[type[LiveScreen], ...]:
    for module in iter_modules(screens.__path__, f"{screens.__name__}."):
        import_module(module.name)
    return tuple(leaf for below in LiveScreen.__subclasses__() for leaf in _leaves(below))


def _leaves(base: type[LiveScreen]) -> Iterator[type[LiveScreen]]:
    """The screens that are shown: what stands between them and their base is not one."""
    for below in base.__subclasses__():
        yield from _leaves(below)
    if not base.__subclasses__():
        yield base


@pytest.mark.parametrize("screen", _live_screens(), ids=lambda screen: screen.__name__)
def test_every_screen_has_a_table_of_keys_that_it_can_do_and_a_name_in_its_help(
    screen: type[LiveScreen],
) -> None:
    assert screen.TABLE in SCREENS
    assert screen.title_of_help
    bound = {binding.id for binding in screen.BINDINGS if isinstance(binding, Binding)}
    assert bound == {key.id for key in screen.TABLE if not key.id.startswith("app.")}
    missing = []
    for key in screen.TABLE:
        where, _, name = key.does.partition(".")
        if where != "app":
            room = screen if where == "screen" else import_module(f"{ACTIONS}.{where}")
            missing += [] if hasattr(room, name) else [key.does]
    assert missing == []


@pytest.mark.parametrize("name", [name for name in WAYS if name != "deal"])
async def test_every_title_bar_says_that_it_is_a_demo(demo: Path, name: str) -> None:
    async with desk(demo, size=(100, 30)) as board:
        await board.press(*WAYS[name])
        assert " DEMO " in board.lines()[0]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_the_hints_of_every_screen_can_be_clicked(demo: Path, way: tuple[str, ...]) -> None:
    async with desk(demo, size=(120, 30)) as board:
        await board.press(*way)
        await board.pilot.click(offset=(board.lines()[-1].index("Help"), 29))
        await board.settle()
        assert board.shows("type to search")


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize(("key", "name"), [("Z", "Z"), ("f7", "f7"), ("ctrl+k", "^k")])
async def test_a_key_without_a_use_says_so_on_every_screen(
    demo: Path, way: tuple[str, ...], key: str, name: str
) -> None:
    async with desk(demo, size=(100, 30)) as board:
        await board.press(*way, key)
        assert board.shows(f"{name} does nothing here. ? tells the keys.")
