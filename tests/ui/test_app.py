"""What the program decides for all of its screens: of an app that is not running."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import AsyncMock

import pytest
from textual.events import Key

from pipeboard.domain.errors import Refused, Way
from pipeboard.domain.people import Actor
from pipeboard.store import Store
from pipeboard.ui.app import PipeboardApp, show_theme
from pipeboard.ui.draw.board import draw_board
from pipeboard.ui.draw.line import text_of
from pipeboard.ui.key_table import read_keymap
from pipeboard.ui.last_view import Choices
from pipeboard.ui.launch import first_state, make_app
from pipeboard.ui.net import MOST_AGAIN
from pipeboard.ui.palette import theme
from pipeboard.ui.terminal.reading import BackgroundTold
from tests.team import NOW, Team
from tests.ui.desk import desk

Makes = Callable[[Choices], PipeboardApp]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Makes]:
    """Makes the program over a database of its own; it never runs."""
    Team.make(tmp_path / "sales.db").close()
    store, ana, apps = Store.open(str(tmp_path / "sales.db")), Actor("ana"), list[PipeboardApp]()

    def make(choices: Choices) -> PipeboardApp:
        state = first_state(store, lambda: NOW, ana, choices, {})
        apps.append(
            make_app(store, lambda: NOW, ana, choices, state, theme("dark"), tmp_path / "state")
        )
        return apps[-1]

    yield make
    for app in apps:
        app._state.reader.close()
    store.close()


def test_what_a_refusal_advises_is_told_with_the_keys_of_the_person(made: Makes) -> None:
    app = made(Choices(keymap=read_keymap({"board.archive": "X"})))
    error = Refused("It is archived.", hint="Unarchive it first.", way=Way.UNARCHIVE)
    assert app.net.words(error) == "It is archived. Unarchive it first (f finds it, X)."


async def test_what_goes_wrong_again_after_a_key_is_not_the_same_again_and_again(
    made: Makes,
) -> None:
    app = made(Choices(restricted=True))
    told: list[str] = []
    app.say_on_top = told.append  # type: ignore[method-assign, assignment]
    for _ in range(MOST_AGAIN):
        assert app.net.holds(ZeroDivisionError())
    await app.run_action("suspend_process")
    assert told[-1].startswith("This account has the board alone")
    assert app.net.holds(ZeroDivisionError())


async def test_it_stops_for_the_shell_only_once_nothing_is_being_stored(
    made: Makes, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, told = made(Choices()), list[str]()
    monkeypatch.setattr(app, "action_suspend_process", lambda: told.append("stopped"))
    monkeypatch.setattr(asyncio, "sleep", AsyncMock(side_effect=lambda _s: end()))
    order = app.housekeeper._order

    def end() -> None:
        told.append("stored")
        order.end_of_storing(stored=True)

    order.begin_to_store()
    app.key_queue.put(Key("x", "x"))
    await app.run_action("suspend_process")
    assert told == ["stored", "stopped"]
    assert (app.key_queue.names, app.key_queue.dropped) == ((), 1)  # typed for the shell


@pytest.mark.parametrize(
    ("setting", "chosen", "name"),
    [
        ("auto", None, "light"),
        ("auto", "dark", "dark"),
        ("auto", "auto", "light"),
        ("dark", None, "dark"),
        ("dark", "auto", "light"),
    ],
)
def test_the_theme_follows_the_terminal_until_the_person_chooses_one(
    made: Makes, monkeypatch: pytest.MonkeyPatch, setting: str, chosen: str | None, name: str
) -> None:
    monkeypatch.setenv("COLORTERM", "truecolor")
    app = made(Choices(theme=setting))
    if chosen is not None:
        show_theme(app, chosen)
    app.on_background_told(BackgroundTold(is_light=True))
    assert app.theme_inks.name == name


@pytest.mark.parametrize(("given", "adds"), [({}, "a"), ({"board.add": "I"}, "I")])
def test_an_empty_column_names_the_key_that_adds(
    made: Makes, given: dict[str, str], adds: str
) -> None:
    view = made(Choices(keymap=given))._state.view
    assert any(f"no deals; {adds} adds" in text_of(line) for line in draw_board(view))


@pytest.mark.parametrize("keys", [(), ("n",), ("m",), ("question_mark",), ("enter",), ("M",)])
async def test_the_screen_is_drawn_anew_wherever_that_is_asked_for(
    demo: Path, monkeypatch: pytest.MonkeyPatch, keys: tuple[str, ...]
) -> None:
    async with desk(demo) as board:
        await board.press(*keys)
        before, drawn = board.app.screen, list[bool]()
        monkeypatch.setattr(board.app, "action_repaint", lambda: drawn.append(True))
        await board.press("ctrl+l")
        assert drawn == [True] and board.app.screen is before
