"""In every overlay Esc and a key that comes with it are Esc and then that key; a paste is text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.screen import Screen

from pipeboard.ui.last_view import Choices
from pipeboard.ui.overlays.form import Form
from pipeboard.ui.overlays.overlay import Overlay, TypingOverlay
from pipeboard.ui.overlays.text import TextScreen
from pipeboard.ui.screens.first_run import FirstRun
from pipeboard.ui.terminal.reading import PASTE_BEGINS, PASTE_ENDS, KeyReader
from pipeboard.workspace.reports import save_filter
from tests.ui.shown import Shown, shown
from tests.ui.test_first_run import welcome
from tests.ui.test_resizing import OVERLAYS, THOROUGH

BOARD = OVERLAYS["board"]
FAST = ["d", "j", "l", "x", "1", "y", "/", "f", "\r", "\x1b", "\x1b[B", "\x1bOB", "\t", " "]


async def opened(show: Shown, key: str) -> Overlay[object]:
    await show.desk.app.write_queue.ask(lambda w: save_filter(w, "Mine", "owner:me"))
    await show.desk.press(*key.split())
    overlay = show.desk.app.screen
    assert isinstance(overlay, Overlay)
    return overlay


async def log_of(show: Shown) -> list[str]:
    return [did.summary for did in show.desk.workspace.reader.history.commands(limit=5_000)]


@pytest.mark.parametrize("name", BOARD)
async def test_esc_and_a_key_typed_fast_close_what_is_open(demo: Path, name: str) -> None:
    async with shown(demo) as show:
        overlay = await opened(show, BOARD[name])
        place = [*BOARD].index(name)
        for key in FAST if THOROUGH else FAST[place % 4 :: 4]:
            if name == "gate" and key in ("d", "x"):
                # The card that is held up would be gone.
                continue
            await show.type(f"\x1b{key}")
            assert overlay not in show.desk.app.screen_stack, f"Esc and {key!r}"
            while show.desk.is_asking or show.desk.app.screen is not show.desk.board:
                await show.desk.press("escape")
            await show.desk.press("escape", "escape")
            overlay = await opened(show, BOARD[name])


@pytest.mark.parametrize("name", ["add", "edit", "note", "interview", "next step", "find"])
async def test_esc_leaves_a_line_with_text_and_the_key_goes_to_what_is_below(
    demo: Path, name: str
) -> None:
    async with shown(demo) as show:
        overlay = await opened(show, BOARD[name])
        await show.type("abc")
        await show.type("\x1bj")
        assert overlay not in show.desk.app.screen_stack or overlay._asks_to_leave
        assert not any("abcj" in line for line in show.desk.lines())


async def test_a_key_with_alt_that_a_person_has_bound_works_where_it_is_bound(demo: Path) -> None:
    choices = Choices(keymap={"board.archive": "alt+d"})
    async with shown(demo, choices=choices) as show:
        await opened(show, "m")
        before = await log_of(show)
        await show.type("\x1bd")
        await show.desk.until(lambda: not show.desk.is_asking)
        assert await log_of(show) == before
        await show.type("\x1bd")
        await show.type("d")
        assert len(await log_of(show)) == len(before) + 1


def hostile(text: str) -> str:
    return f"{PASTE_BEGINS}{text}{PASTE_ENDS}"


PASTES = [
    "hello\x1b[31mLLd",
    "one\x07\x1b]52;c;x\x07two",
    f"one{PASTE_ENDS}LLd{PASTE_BEGINS}two",
    "one\r\ntwo\x1bd\x9b31m",
    "\x07\x00\x1b.",
]


GROWS = {"note"}
"""What is asked in a line that takes several lines too."""


@pytest.mark.parametrize("name", BOARD)
async def test_a_paste_never_acts_as_keys(demo: Path, name: str) -> None:
    async with shown(demo) as show:
        overlay: Screen[Any] = await opened(show, BOARD[name])
        before = await log_of(show)
        for text in PASTES:
            await show.type(hostile(text))
            top = show.desk.app.screen
            if name in GROWS and isinstance(top, Overlay):
                # Of several lines a line becomes a box.
                overlay = top
            assert show.desk.app.screen is overlay
            assert await log_of(show) == before
            assert all(line.isprintable() for line in await show.lines())
        takes_text = isinstance(overlay, Form | TextScreen) or (
            isinstance(overlay, TypingOverlay) and overlay.is_typing
        )
        assert takes_text or "paste" in show.desk.lines()[-1]


@pytest.mark.parametrize("keys", [(), ("p",), ("enter",), ("M",)])
async def test_a_paste_where_nothing_is_typed_is_ignored_with_a_word(
    demo: Path, keys: tuple[str, ...]
) -> None:
    async with shown(demo) as show:
        await show.desk.press(*keys)
        before = await log_of(show)
        await show.type(hostile("LLd"))
        assert await log_of(show) == before
        assert any("pasted" in line for line in show.desk.lines())


async def test_a_paste_on_the_welcome_screen_chooses_nothing() -> None:
    async with welcome() as (app, stage):
        assert isinstance(app, FirstRun)
        for event in (
            *(reader := KeyReader(app.has_alt_key)).feed(hostile("dnq")),
            *reader.quiet(),
        ):
            app.post_message(event)
        await stage.pilot.pause()
        assert stage.shows("Welcome")
        assert app.return_value is None
