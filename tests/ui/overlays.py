"""A host for overlays under test: a board of letters, what is on the screen, what was answered."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.style import Style
from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen

from pipeboard.domain.text import printable
from pipeboard.ui.draw.line import Glyphs
from pipeboard.ui.overlays.overlay import Overlay
from pipeboard.ui.palette import theme
from pipeboard.ui.terminal.drafts import Drafts
from pipeboard.ui.terminal.width import cell_width
from pipeboard.ui.widgets.page import Lines

HOSTILE = {
    "markup": "[b]Acme[/b] [@click=app.quit]x[/] [/]",
    "escapes": "\x1b]52;c;aGk=\x07 \x1b[31mred\x9b2J",
    "hidden": "\u202egnp.exe\u2066 \ufeff\u200b",
    "wide": "東京エレクトロン株式会社の大きな取引",
    "joined": "e\u0301\u0301\u0301 👨‍👩‍👧 \ud800",
    "long": "x" * 5_000,
    "lines": "two\nlines\tand a tab",
}


class Board(Screen[None]):
    """What an overlay opens over."""

    def __init__(self) -> None:
        super().__init__()
        self._lines = Lines()

    def compose(self) -> Any:
        yield self._lines

    def on_mount(self) -> None:
        self._lines.show([(("board " * 40, "card.name"),)] * 24)


class Host(App[None]):
    """An app with what overlays look for."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "Screen, ModalScreen { background: transparent; }"

    def __init__(self, folder: Path | None, glyphs: Glyphs) -> None:
        super().__init__(ansi_color=True)
        self.theme_inks = theme("dark")
        self.glyphs = glyphs
        self.drafts = Drafts(folder) if folder else None

    def get_default_screen(self) -> Board:
        return Board()


@dataclass
class Stage:
    """An overlay on its host, and its answers: one when it has been dismissed."""

    pilot: Pilot[None]
    answers: list[Any] = field(default_factory=list)

    @property
    def answer(self) -> Any:
        """What it was dismissed with."""
        (answer,) = self.answers
        return answer

    @property
    def is_open(self) -> bool:
        """Does it still wait for an answer?"""
        return not self.answers

    async def press(self, *keys: str) -> None:
        """Press keys, and let what follows from them be drawn."""
        await self.pilot.press(*keys)
        await self.pilot.pause()
        for _ in range(40):  # a screen that is on its way out is not drawn any more
            if self._is_drawn():
                break
            await self.pilot.pause(0.005)
        await self.pilot.pause()

    def _is_drawn(self) -> bool:
        """Is nothing left to draw, nor to be done once it is drawn?"""
        screen = self.pilot.app.screen
        return not (screen._dirty_widgets or screen._callbacks)

    async def type(self, text: str) -> None:
        """Press the keys of a text."""
        names = {" ": "space", ">": "greater_than_sign"}
        await self.press(*(names.get(letter, letter) for letter in text))

    def cells(self) -> list[list[tuple[str, Style | None]]]:
        """What is on the screen, line by line, in runs of text with their style."""
        strips = self.pilot.app.screen._compositor.render_strips()
        return [[(text, style) for text, style, _ in strip] for strip in strips]

    def lines(self) -> list[str]:
        """What is on the screen, as plain text."""
        return ["".join(text for text, _ in line).rstrip() for line in self.cells()]

    def shows(self, text: str) -> bool:
        """Is the text on the screen, in one line?"""
        return any(text in line for line in self.lines())

    @property
    def last_line(self) -> str:
        return self.lines()[-1].strip()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Go on once the condition holds."""
        for _ in range(2_000):
            if condition():
                return
            await self.pilot.pause(0.005)
        raise AssertionError("it never came to that")


@asynccontextmanager
async def opened(
    overlay: Overlay[Any],
    *,
    size: tuple[int, int] = (80, 24),
    folder: Path | None = None,
    glyphs: Glyphs = Glyphs.UNICODE,
) -> AsyncIterator[Stage]:
    """The overlay, open over a board."""
    app = Host(folder, glyphs)
    async with app.run_test(size=size) as pilot:
        stage = Stage(pilot)
        await app.push_screen(overlay, stage.answers.append)
        await pilot.pause()
        yield stage


def is_harmless(stage: Stage, width: int) -> bool:
    """Is every line as wide as the screen, and every character safe to print?"""
    return all(
        all(text == printable(text) for text, _ in line)
        and sum(cell_width(text) for text, _ in line) == width
        for line in stage.cells()
    )
