"""What is half typed on a screen, written down a second later at the latest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from textual.app import App
from textual.screen import Screen
from textual.timer import Timer

from pipeboard.ui.terminal.drafts import Drafts

_PAUSE_SECONDS: Final = 1.0


class Draft:
    """The draft of one screen under one key of `app.drafts`; without a key nothing is kept.

    `text` tells what is typed, empty where there is nothing to keep; `complain` is given a
    sentence when it cannot be written.
    """

    def __init__(
        self,
        screen: Screen[Any],
        key: str,
        text: Callable[[], str],
        complain: Callable[[str], None],
    ) -> None:
        self._screen = screen
        self._key = key
        self._text = text
        self._complain = complain
        self._timer: Timer | None = None

    def found(self) -> str:
        """What was left here before; empty where nothing was."""
        drafts = self._drafts()
        return (drafts.load(self._key) or "") if drafts else ""

    def changed(self) -> None:
        """Something was typed: it will be written down soon."""
        if self._timer is None and self._drafts() is not None:
            self._timer = self._screen.set_timer(_PAUSE_SECONDS, self.keep)

    def keep(self) -> None:
        """Write it down now."""
        self._stop()
        drafts = self._drafts()
        if drafts is None:
            return
        try:
            text = self._text()
            if text:
                drafts.save(self._key, text)
            else:
                drafts.discard(self._key)
        except OSError as error:
            self._complain(f"What you type cannot be kept: {error.strerror or error}.")

    def settled(self) -> None:
        """It has been saved or given up: there is nothing to come back to."""
        self._stop()
        drafts = self._drafts()
        if drafts is not None:
            drafts.discard(self._key)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _drafts(self) -> Drafts | None:
        return drafts_of(self._screen.app) if self._key else None


def drafts_of(app: App[Any]) -> Drafts | None:
    """Where the app keeps drafts, `app.drafts`, if it does."""
    drafts = getattr(app, "drafts", None)
    return drafts if isinstance(drafts, Drafts) else None
