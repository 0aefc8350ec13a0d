"""What a terminal shows of the app that a pilot drives: the pilot alone never sends a frame."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import pyte
from textual.app import App
from textual.drivers.headless_driver import HeadlessDriver

from pipeboard.ui.last_view import Choices
from pipeboard.ui.terminal.reading import KeyReader
from tests.ui.desk import Desk, desk

STALE = "▒"
"""What stands in every cell after the size has changed, until something is written there."""

_PRIVATE = re.compile(r"\x1b\[[<>=?][0-9;]*\$?[a-zA-Z]|\x1b\]22;[a-z]*\x07")


class Glass(HeadlessDriver):
    """A driver with a screen at its other end."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._terminal = pyte.Screen(*self._get_terminal_size())
        self._stream = pyte.Stream(self._terminal)

    @property
    def is_headless(self) -> bool:
        """Frames are sent."""
        return False

    def write(self, data: str) -> None:
        """Show it."""
        self._stream.feed(_PRIVATE.sub("", data))

    def resize(self, width: int, height: int) -> None:
        """Another size, with nothing left that could be relied on."""
        self._terminal.resize(height, width)
        self._terminal.reset()
        for y in range(height):
            self._terminal.cursor_position(y + 1, 1)
            self._stream.feed(STALE * width)

    def lines(self) -> list[str]:
        """The rows of the terminal, without the blanks at their ends."""
        return [line.rstrip() for line in self._terminal.display]


@dataclass
class Shown:
    """A board that is open, and the terminal that shows it."""

    desk: Desk

    @property
    def glass(self) -> Glass:
        return cast("Glass", self.desk.app._driver)

    async def resize(self, width: int, height: int) -> None:
        """Give the terminal another size, and wait until the app has followed."""
        self.glass.resize(width, height)
        await self.desk.resize(width, height)

    async def type(self, text: str) -> None:
        """Type all of this at once, as it comes from a terminal."""
        app = self.desk.app
        reader = KeyReader(app.has_alt_key)
        for event in (*reader.feed(text), *reader.quiet()):
            app.post_message(event)
        await self.desk.settle()

    async def lines(self) -> list[str]:
        """What the terminal shows; fails unless it is what the app means it to show."""
        await self.desk.until(lambda: self.glass.lines() == self.desk.lines())
        return self.glass.lines()


@asynccontextmanager
async def shown(
    path: Path, *, size: tuple[int, int] = (80, 24), choices: Choices | None = None
) -> AsyncIterator[Shown]:
    """The board of a database on a terminal."""
    with patch("textual.drivers.headless_driver.HeadlessDriver", Glass):
        async with desk(path, size=size, choices=choices) as opened:
            yield Shown(opened)
