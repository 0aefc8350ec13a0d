"""The deal under the cursor beside the board: shown at once, or when a cursor on its way rests."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.ui.draw.facts import PaneStyle
from pipeboard.ui.draw.layout import layout
from pipeboard.ui.draw.line import Line
from pipeboard.ui.draw.pane import pane_lines

if TYPE_CHECKING:
    from textual.timer import Timer

    from pipeboard.domain.deal import Deal
    from pipeboard.ui.board_state import BoardState
    from pipeboard.ui.screens.live import LiveScreen
    from pipeboard.ui.widgets.page import BoardCanvas

PANE_S = 0.2
"""How long after a cursor key the next one counts as on its way, for which the pane waits."""
HELD_S = 0.05
"""Cursor keys that come closer than this are one key that is held down."""
_LATE = 1.05
"""How much later than expected the next one of a held key may come."""


class DealPane:
    """What the pane shows, and when it follows the cursor."""

    def __init__(self, screen: LiveScreen, state: BoardState, canvas: BoardCanvas) -> None:
        self._screen, self._state, self._canvas = screen, state, canvas
        self._shown: tuple[int, int] | None = None
        """The deal that the pane shows, and its version."""
        self.deal: Deal | None = None
        """The deal that the pane shows, as it was read."""
        self._timer: Timer | None = None
        self._followed_at = 0.0

    @property
    def rests(self) -> bool:
        """Whether the cursor has stood still for long enough that the pane goes with it at once."""
        return self._timer is None

    def forget(self) -> None:
        """The deal is to be read again: what it was shown by has changed."""
        self._shown = None

    def follow(self) -> None:
        """Fills the pane with the deal under the cursor, unless it shows that already: in the same
        frame as the cursor moves, or once it rests where keys come one upon the other."""
        state = self._state
        view, card = state.view, state.card
        if view.pane is None or not layout(view).pane_width:
            return
        wanted = (card.id, card.version) if card else None
        if wanted == self._shown and wanted is not None:
            return
        is_on_its_way = not self.rests
        self._stop()
        if wanted is not None:
            self._wait()
            if is_on_its_way and self._shown is not None:
                # A cursor on its way would be slowed by deals that nobody reads.
                return
        self._shown, self.deal = wanted, None
        lines: tuple[Line, ...] = ()
        try:
            eyes = self._screen.program.seat.eyes
            record = state.reader.record(card.id, eyes) if card is not None else None
        except DatabaseError:
            # The board says so, and looks again.
            self._shown = None
            self._stop()
            return
        if record is not None:
            self.deal = record.deal
            style = PaneStyle(
                layout(view).pane_width - 1, self._screen.today, state.lens.zone, view.glyphs
            )
            lines = pane_lines(record, style)
        state.show(pane=replace(view.pane, lines=lines, top=0))

    def _wait(self) -> None:
        now = time.monotonic()
        pause, self._followed_at = pause_after(now - self._followed_at), now
        self._timer = self._screen.set_timer(pause, self._rest)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _rest(self) -> None:
        """The cursor has not moved for a while: the pane shows where it is."""
        self._timer = None
        self.follow()
        self._canvas.show(self._state.view)


def pause_after(gap: float) -> float:
    """Seconds for which the pane waits for the next cursor key, `gap` after the last one: of a held
    key no longer than it would take, so that the pane is right as soon as the key is let go."""
    return gap * _LATE if gap < HELD_S else PANE_S
