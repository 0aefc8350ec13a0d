"""Accounts that have the board alone, and people who may only look: by no key, no command."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeboard import outlet
from pipeboard.cli.board import restrict
from pipeboard.domain.programs import read_programs
from pipeboard.store import Store
from pipeboard.ui.key_table import (
    ALL,
    BOARD,
    DEAL,
    FIRST,
    HYGIENE,
    IMPORT,
    METRICS,
    REVIEW,
    SCREENS,
    TRIAGE,
)
from pipeboard.ui.keys import REACHES_OUT, UNBOUND, Key
from pipeboard.ui.last_view import Choices
from pipeboard.ui.overlays.help import Help
from pipeboard.ui.screens.live import hints_of
from pipeboard.workspace import Actor, Workspace
from pipeboard.workspace.configuration import change_rep
from tests.team import NOW
from tests.ui.desk import Desk, desk

RESTRICTED = Choices(restricted=True)


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What tries to leave the database: a program, a file, a signal to the shell."""
    found: list[str] = []

    def noted(name: str) -> Any:
        def run(*arguments: object, **more: object) -> None:
            if "state" not in Path(str(arguments[0])).parts:  # drafts, views and rounds are ours
                found.append(f"{name} {arguments}")
            raise OSError("not here")

        return run

    for where, name in (
        (subprocess, "run"),
        (subprocess, "Popen"),
        (os, "system"),
        (os, "execvp"),
        (outlet, "write_file"),
    ):
        monkeypatch.setattr(where, name, noted(name))
    monkeypatch.setattr(os, "kill", noted("kill"))
    return found


async def press_all(board: Desk, keys: tuple[Key, ...], there: tuple[str, ...]) -> None:
    """Every key that the screen has but those that leave it; whatever opens is shut again, and
    where the screen itself is gone it is opened anew."""
    screen = board.app.screen
    for key in keys:
        if key.keys == UNBOUND or key.action in ("quit", "step_back", "leave", "palette"):
            continue
        screen.press(key.id)  # type: ignore[attr-defined]
        await board.pilot.pause()
        for _ in range(4):
            if board.app.screen is screen:
                break
            await board.pilot.press("escape")
        if not screen.is_attached:
            await board.press(*there)
            screen = board.app.screen


WAYS: dict[str, tuple[tuple[str, ...], tuple[Key, ...]]] = {
    "board": ((), BOARD),
    "deal": (("enter",), DEAL),
    "metrics": (("M",), METRICS),
    "triage": (("T",), TRIAGE),
    "hygiene": (("g", "h"), HYGIENE),
    "review": (("g", "r"), REVIEW),
}
"""Every screen that a restricted board has, the keys to it and those on it."""


def test_every_screen_is_tried_here_but_those_of_files() -> None:
    ways = {keys for _, keys in WAYS.values()}
    lacking = [keys[-1].id for keys in SCREENS if keys not in {*ways, IMPORT, FIRST}]
    assert lacking == [], "WAYS wants the way to a new screen"
    assert not ways & {IMPORT, FIRST}


@pytest.mark.parametrize("way", WAYS)
async def test_no_key_leads_out_of_the_restricted_board(
    demo: Path, left: list[str], way: str
) -> None:
    there, keys = WAYS[way]
    async with desk(demo, choices=RESTRICTED) as board:
        await board.press(*there)
        await press_all(board, keys, there)
    assert left == []


TYPED = [
    "move qual", "snooze 2w", "owner bo", "next fri call", "note hello", "theme light",
    "filter open", "Pipeline", "Sort by", "lines a card", "Import", "Export", "Edit", "Program",
    "Suspend", "Screenshot", "Copy", "Quit",
]  # fmt: skip
"""What stands in the palette besides keys, and words that anybody would try there."""


@pytest.mark.parametrize("typed", TYPED)
async def test_no_line_of_the_palette_leads_out_either(
    demo: Path, left: list[str], typed: str
) -> None:
    async with desk(demo, choices=RESTRICTED) as board:
        await board.press(":")
        await board.type(typed)
        await board.press("enter")
        await board.pilot.pause()
    assert left == []


@pytest.mark.parametrize("does", sorted(REACHES_OUT - {"app.suspend_process"}))
async def test_whatever_leads_out_is_refused_with_the_reason(demo: Path, does: str) -> None:
    async with desk(demo, choices=RESTRICTED) as board:
        key = next((key for key in ALL.values() if key.does == does), None)
        if key is None:  # a program of one's own, of which there is none here
            with pytest.raises(Exception, match="the board alone"):
                board.board.perform(does, "mail")
            return
        board.board.press(key.id)
        await board.until(lambda: "the board alone" in board.status)
        assert not board.is_asking


async def test_the_shell_is_not_to_be_had(demo: Path, left: list[str]) -> None:
    async with desk(demo, choices=RESTRICTED) as board:
        await board.press("ctrl+z")
        assert left == []
        assert "the board alone" in board.status


def test_the_keys_that_lead_out_are_still_such() -> None:
    known = {key.does for key in ALL.values()} | {"export.run_program"}
    assert known >= REACHES_OUT
    assert read_programs({}) == ()


@pytest.mark.parametrize(
    "name",
    [
        "EDITOR", "VISUAL", "TEXTUAL_DRIVER", "TEXTUAL_LOG", "PIPEBOARD_DB", "PIPEBOARD_CONFIG",
        "PIPEBOARD_NOW", "PYTHONPATH", "TMUX", "TMPDIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME",
        "XDG_CONFIG_DIRS", "PATH", "BROWSER", "PAGER", "LD_PRELOAD",
    ],
)  # fmt: skip
def test_nothing_of_the_environment_names_a_file_a_program_or_a_module(name: str) -> None:
    environ = {name: "/tmp/x", "TERM": "xterm", "LC_ALL": "C.UTF-8", "LANG": "C", "HOME": "/tmp"}
    restrict(environ)
    assert set(environ) == {"TERM", "LC_ALL", "LANG", "HOME"}
    assert environ["HOME"] != "/tmp"


# Somebody who may only look.


def make_viewer(path: Path) -> None:
    store = Store.open(str(path))
    owner = Workspace(store, lambda: NOW, Actor("olga"))
    ana = next(rep for rep in owner.reader.reps() if rep.name == "ana")
    change_rep(owner, replace(ana, role="viewer"))
    store.close()


async def test_a_viewer_sees_that_they_only_look_and_no_key_asks_for_more(demo: Path) -> None:
    make_viewer(demo)
    async with desk(demo) as board:
        assert "READ-ONLY" in board.lines()[0]
        for key in BOARD:
            if key.changes and key.keys != UNBOUND and key.action != "undo_list":
                board.board.press(key.id)
                await board.pilot.pause()
                assert not board.is_asking, key.id
        await board.until(lambda: "viewer" in board.status)
        assert board.workspace.reader.history.commands(limit=1)[0].verb == "rep"


@pytest.mark.parametrize("way", WAYS)
async def test_no_key_that_leads_out_is_hinted_or_told_on_the_restricted_board(
    demo: Path, way: str
) -> None:
    there, keys = WAYS[way]
    out = [key for key in keys if key.does in REACHES_OUT]
    async with desk(demo, choices=RESTRICTED, size=(120, 60)) as board:
        await board.press(*there)
        hinted = {key for key, _ in hints_of(board.app.screen)}  # type: ignore[arg-type]
        assert hinted.isdisjoint(key.key_hinted for key in out if key.rank)
        await board.press("?")
        assert isinstance(board.app.screen, Help)
        assert not any(board.shows(key.help[:12]) for key in out)
