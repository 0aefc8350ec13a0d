"""The board as a person has it: the real app over a database of its own, a pilot at the keys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from math import inf
from pathlib import Path
from time import process_time, thread_time

from textual.events import Key
from textual.pilot import Pilot

from pipeboard.domain.board import Card
from pipeboard.domain.deal import Deal
from pipeboard.domain.people import Actor
from pipeboard.store import Store
from pipeboard.ui.app import PipeboardApp
from pipeboard.ui.board_state import BoardState
from pipeboard.ui.draw.board import status_rows
from pipeboard.ui.last_view import Choices, kept_as, last_view
from pipeboard.ui.launch import first_state, make_app
from pipeboard.ui.palette import theme_for
from pipeboard.ui.screens.board import BoardScreen
from pipeboard.ui.terminal.ink import ColorDepth
from pipeboard.ui.widgets.page import Page
from tests.team import NOW
from tests.verbs import Workspace

KEYS = {
    " ": "space",
    "/": "slash",
    "$": "dollar_sign",
    "%": "percent_sign",
    "#": "number_sign",
    "+": "plus",
    "-": "minus",
    "*": "asterisk",
    ".": "full_stop",
    ":": "colon",
    "?": "question_mark",
    ">": "greater_than_sign",
    "<": "less_than_sign",
    "@": "at",
}


@dataclass
class Desk:
    """A board that is open, and what stands on it."""

    app: PipeboardApp
    pilot: Pilot[None]
    workspace: Workspace

    @property
    def board(self) -> BoardScreen:
        """The board, under whatever lies over it."""
        (board,) = (s for s in self.app.screen_stack if isinstance(s, BoardScreen))
        return board

    @property
    def state(self) -> BoardState:
        return self.board.state

    @property
    def card(self) -> Card:
        """The card under the cursor."""
        card = self.state.card
        assert card is not None, "no card is under the cursor"
        return card

    @property
    def deal(self) -> Deal:
        """The deal under the cursor as the database has it now."""
        return self.stored(self.card.id)

    def stored(self, deal_id: int) -> Deal:
        """A deal as the database has it now."""
        deal = self.workspace.reader.deal(deal_id)
        assert deal is not None
        return deal

    async def press(self, *keys: str) -> None:
        """Press keys by name, each once it has been seen what the one before it has done."""
        for key in keys:
            self.app.key_queue.typed_at = -inf
            await self.pilot.press(KEYS.get(key, key))
            await self.settle()

    async def type(self, text: str) -> None:
        """Press the keys of a text, as fast as can be."""
        await self.burst(*text)

    async def burst(self, *keys: str) -> None:
        """Press keys all at once, as a slow line delivers them."""
        for key in keys:
            character = key if len(key) == 1 else None
            self.app.post_message(Key(KEYS.get(key, key), character))
        await self.settle()

    async def settle(self) -> None:
        """Wait until all keys are done with and what follows from them is drawn."""
        await self.pilot.pause()
        await self.until(
            lambda: (
                self.app.key_queue.has_settled
                and not self.app.write_queue.waiting
                and not self.app.housekeeper.waiting
            )
        )
        await self.pilot.pause()

    async def resize(self, width: int, height: int) -> None:
        """Give the terminal another size, and wait until the program has followed."""
        await self.pilot.resize_terminal(width, height)
        await self.until(lambda: self.app.screen.size == (width, height))
        await self.settle()

    async def until(self, condition: Callable[[], object]) -> None:
        """Go on once the condition holds."""
        for _ in range(1_500):
            if condition():
                return
            await self.pilot.pause(0.005)
        raise AssertionError("it never came to that:\n" + "\n".join(self.lines()))

    def lines(self) -> list[str]:
        """What is on the screen, as plain text."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(text for text, _, _ in strip).rstrip() for strip in strips]

    def shows(self, text: str) -> bool:
        """Is the text on the screen, in one line or as what is said?"""
        return any(text in line for line in (*self.lines(), self.status))

    @property
    def status(self) -> str:
        """What is said above the hints, in however many lines."""
        screen, height = self.app.screen, self.app.size.height
        pages = screen.query(Page)
        if pages:
            rows = len(pages.first().view.said(height))
        else:
            rows = len(status_rows(screen.state.view)) if isinstance(screen, BoardScreen) else 1
        return " ".join(line.strip() for line in self.lines()[-1 - rows : -1])

    @property
    def hints(self) -> str:
        return self.lines()[-1].strip()

    def hints_drawn(self) -> str:
        """The hints with the cells that they stand in."""
        return self.lines()[-1]

    @property
    def bugs(self) -> list[BaseException]:
        """Errors of our own that the net has caught; a test that makes some empties it."""
        return self.app.net.bugs

    @property
    def is_asking(self) -> bool:
        """Does something lie over the board?"""
        return self.app.screen is not self.board


LOOK_S, IDLE_S, MOST_LOOKS = 0.003, 0.00015, 300


async def idle(min_sleep: float = 0, max_sleep: float = 0) -> None:
    """Wait until the loop has nothing to do and no other thread works: what every pilot does three
    times for each key, in the place of `textual._wait.wait_for_idle`. That looks less often, and
    asks whether the whole process rested, which a look itself keeps it from where others run."""
    loop = asyncio.get_running_loop()
    for _ in range(MOST_LOOKS):
        worked = process_time() - thread_time()
        await asyncio.sleep(LOOK_S)
        beside = process_time() - thread_time() - worked
        if not loop._ready and beside < IDLE_S:  # type: ignore[attr-defined]
            return


ANA = Actor("ana")


@asynccontextmanager
async def desk(
    path: Path,
    *,
    size: tuple[int, int] = (80, 24),
    read_only: bool = False,
    choices: Choices | None = None,
    environ: Mapping[str, str] | None = None,
    now: datetime = NOW,
    place: str = "",
    actor: Actor = ANA,
) -> AsyncIterator[Desk]:
    """The board of a database, as ana sees it unless another `actor` does: of a file, or of a
    `place` on a server, and then what is kept beside lies beside the file."""
    place = place or str(path)
    choices = choices or Choices()
    environ = environ or {"TERM": "xterm-256color", "LANG": "C.UTF-8"}
    store = Store.open(place, read_only=read_only)
    last = last_view(path.parent / "state", kept_as(store.database_id, actor))
    state = first_state(store, lambda: now, actor, choices, environ, last)
    theme = theme_for(choices.theme, ColorDepth.TRUECOLOR)
    app = make_app(store, lambda: now, actor, choices, state, theme, path.parent / "state")
    reading = Store.open(place, read_only=True)
    try:
        async with app.run_test(size=size) as pilot:
            found = Desk(app, pilot, Workspace(reading, lambda: now, actor))
            await found.settle()
            yield found
            assert found.bugs == []
    finally:
        app.write_queue.close()
        app.housekeeper.close()
        state.reader.close()
        store.close()
        reading.close()
