"""The one face of waiting: told on the screen that is on top once keys wait long enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.timer import Timer

from pipeboard.store.holders import lock_holder
from pipeboard.ui.busy import Busy
from pipeboard.ui.host import target_names
from pipeboard.ui.overlays.overlay import Overlay
from pipeboard.ui.screens.live import LiveScreen

if TYPE_CHECKING:
    from textual.app import App

    from pipeboard.ui.host import Program
    from pipeboard.ui.turns import Turn

PATIENCE_S: Final = 0.4
"""How long keys wait before the person is told."""
_AGAIN_S: Final = 1.0
"""How often it is looked up who holds the database."""
_BESIDE: Final = len("  ^c gives up   ")
"""Cells of the status line that are not for these words."""


class Waiting:
    """From the first key that waits for an action until none does."""

    def __init__(self, app: App[None], program: Program) -> None:
        self._program = program
        self._app = app
        self._timer: Timer | None = None
        self._clicked = False
        self._holder = ""
        self._turns: list[Turn] = []
        self._words = ""

    @property
    def words(self) -> str:
        """For whom and with what keys wait; empty while they do not, or not for long."""
        return self._words

    def begin(self, turn: Turn) -> None:
        """An action begins: keys wait for its questions or its end."""
        self._turns.append(turn)
        self._program.key_queue.acts()

    def end(self, turn: Turn) -> None:
        """It has ended."""
        self._turns.remove(turn)
        self._program.key_queue.has_acted()

    @property
    def pending(self) -> str:
        """What is under way, in a few words."""
        turn = next((turn for turn in reversed(self._turns) if turn.what), None)
        if turn is None:
            return ""
        screen = turn.screen
        ids = turn.targets[0] if turn.targets and turn.of_deals else ()
        whom = target_names(screen, ids) if ids and isinstance(screen, LiveScreen) else ""
        return f"{turn.what}: {whom}" if whom else turn.what

    def notice(self, clicked: bool) -> None:
        """Something about what waits has changed."""
        if not self._program.key_queue.is_waiting:
            self._end()
            return
        self._clicked = self._clicked or clicked
        if self._words or clicked:
            self._tell()
        elif self._timer is None:
            self._timer = self._app.set_timer(PATIENCE_S, self._look)

    def _look(self) -> None:
        """Finds out for whom the keys wait, now and from time to time."""
        self._timer = None
        if self._program.key_queue.is_waiting:
            holder = lock_holder(self._program.seat.file.location)
            self._holder = str(holder).replace(" is ", ", who is ", 1) if holder else ""
            self._tell()
            self._timer = self._app.set_timer(_AGAIN_S, self._look)

    def _tell(self) -> None:
        busy = Busy(self._holder, self.pending, self._program.key_queue.names, self._clicked)
        self._words = busy.words(self._app.size.width - _BESIDE)
        self._show()

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._clicked, self._holder = False, ""
        if self._words:
            self._words = ""
            self._show()

    def _show(self) -> None:
        stack = self._app.screen_stack
        for screen in stack:
            if isinstance(screen, LiveScreen):
                screen.show_status()
        if stack and isinstance(stack[-1], Overlay):
            stack[-1].refuse(self.words)
