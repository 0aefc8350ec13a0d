"""The app: the queue, the drafts and the last change, for all screens."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import ClassVar, Final

from textual.actions import ActionParseResult
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.events import Key
from textual.timer import Timer

from pipeboard.domain.board import Card
from pipeboard.domain.deal import Deal, Status
from pipeboard.domain.errors import DatabaseError, ReadOnly, Refused, Way
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.roles import rights
from pipeboard.domain.settings import Settings
from pipeboard.store.holders import lock_holder
from pipeboard.store.locating import Server
from pipeboard.ui.board_state import BoardState
from pipeboard.ui.draw.line import Glyphs
from pipeboard.ui.host import Change, Walk, target_names
from pipeboard.ui.key_table import BOARD, program_keys
from pipeboard.ui.keys import key_for, rebound, unheard, ways
from pipeboard.ui.last_view import Choices, Seat, Undoable, keep_view, only_looks
from pipeboard.ui.net import Net, under_net
from pipeboard.ui.overlays.overlay import Overlay
from pipeboard.ui.palette import Theme, theme
from pipeboard.ui.screens.board import BoardScreen
from pipeboard.ui.screens.live import LiveScreen, Said, on_top, refusal
from pipeboard.ui.terminal.display import CellDisplay
from pipeboard.ui.terminal.drafts import UNSTORED, Drafts, keep_unstored
from pipeboard.ui.terminal.ink import background, color_depth, keep_background
from pipeboard.ui.terminal.reading import AltKey, BackgroundTold
from pipeboard.ui.terminal.session import Session
from pipeboard.ui.terminal.typeahead import TypeAhead
from pipeboard.ui.terminal.width import measure_spacing_marks
from pipeboard.ui.write_queue import Busy, Turn, WriteQueue, suppress_busy

# The one face of waiting: told on the screen that is on top once keys wait long enough.

PATIENCE_S: Final = 0.4
"""How long keys wait before the person is told."""
_AGAIN_S: Final = 1.0
"""How often it is looked up who holds the database."""
_PAUSE_S: Final = 0.05
"""Between two looks whether something is being stored."""
_BESIDE: Final = len("  ^c gives up   ")
"""Cells of the status line that are not for these words."""


class Waiting:
    """From the first key that waits for an action until none does."""

    def __init__(self, app: PipeboardApp) -> None:
        self._app = app
        self._timer: Timer | None = None
        self._clicked = False
        self._holder = ""
        self._turns: list[Turn] = []
        self._refused_before: dict[Turn, Said | None] = {}
        self._words = ""

    @property
    def words(self) -> str:
        """For whom and with what keys wait; empty while they do not, or not for long."""
        return self._words

    def begin(self, turn: Turn) -> None:
        """An action begins: keys wait for its questions or its end."""
        self._turns.append(turn)
        self._refused_before[turn] = refusal(on_top(self._app))
        self._app.key_queue.acts()

    def end(self, turn: Turn) -> None:
        """It has ended. Keys that were typed for a question which it has refused to ask are none
        for the screen."""
        self._turns.remove(turn)
        before, seen = self._refused_before.pop(turn), refusal(on_top(self._app))
        if turn.may_ask and seen is not None and seen is not before:
            self._app.key_queue.refuse()
            self._show()
        self._app.key_queue.has_acted()

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
        if not self._app.key_queue.is_waiting:
            self._end()
            if self._app.key_queue.dropped:
                self._show()
            return
        self._clicked = self._clicked or clicked
        if self._words or clicked:
            self._tell()
        elif self._timer is None:
            self._timer = self._app.set_timer(PATIENCE_S, self._look)

    def _look(self) -> None:
        """Finds out for whom the keys wait, now and from time to time."""
        self._timer = None
        if self._app.key_queue.is_waiting:
            location = self._app.seat.file.location
            holder = lock_holder(location)
            self._holder = holder.waited_for() if holder else ""
            if isinstance(location, Server):
                self._holder = "the database server"
            self._tell()
            self._timer = self._app.set_timer(_AGAIN_S, self._look)

    def _tell(self) -> None:
        keys = rebound(BOARD, self._app.choices.keymap)
        leaving = (key_for(keys, "quit"), key_for(keys, "leave"))
        names = self._app.key_queue.names
        busy = Busy(self._holder, self.pending, names, self._clicked, leaving)
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


@under_net
class PipeboardApp(TypeAhead[None], Session[None], CellDisplay[None]):
    """Holds the write queues, the drafts and the last change; screens do the rest.

    The `write_queue` does what keys ask; the `housekeeper` what nobody waits for.
    """

    ENABLE_COMMAND_PALETTE = False
    CSS = "Screen, ModalScreen { background: transparent; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, id="app.suspend"),
        Binding("ctrl+l", "repaint", "Repaint", show=False, id="app.repaint", priority=True),
        Binding("ctrl+q", "leave", "Quit", show=False, id="app.leave", priority=True),
    ]

    def __init__(
        self,
        write_queue: WriteQueue,
        housekeeper: WriteQueue,
        state: BoardState,
        choices: Choices,
        theme: Theme,
        seat: Seat,
    ) -> None:
        measure_spacing_marks()
        super().__init__()
        self.write_queue = write_queue
        self.housekeeper = housekeeper
        self.follows_terminal = choices.theme == "auto" and theme.name in ("dark", "light")
        """Is the theme the one for the background that the terminal tells?"""
        self.choices = choices
        self.shows_cursor = choices.shows_cursor
        self.seat = seat
        self.me = seat.me
        """The rep that acts."""
        self.theme_inks = theme
        settings: Settings = state.reader.settings()
        self.drafts = Drafts(
            seat.folder / "drafts", seat.kept_as, now=seat.clock, zone=settings.zone
        )
        self.crash_log = seat.folder / "pipeboard.log"
        self.net = Net(lambda: self.crash_log, self.say_on_top, lambda: _ways_here(self))
        self.waiting = Waiting(self)
        self.last_change: Change | str | None = None
        self.done_here: set[str] = set()
        self.offered = Undoable()
        self.settings = settings
        self._state = state
        if choices.begin:
            # What is typed before the first question has come up is meant for it, not the board.
            self.key_queue.acts()

    @property
    def glyphs(self) -> Glyphs:
        """The signs that the terminal knows, as the view menu has set them."""
        return self._state.view.glyphs

    def get_default_screen(self) -> BoardScreen:
        """The board is the first screen, so that the first frame of Textual holds it."""
        return BoardScreen(self._state)

    def on_mount(self) -> None:
        own = {key.id: key.keys for key in program_keys(self.choices.programs)}
        self.set_keymap({**self.choices.keymap, **own})

    def on_background_told(self, event: BackgroundTold) -> None:
        """The theme follows the terminal, where the person has chosen none."""
        name = "light" if event.is_light else "dark"
        if not self.follows_terminal or name == self.theme_inks.name:
            return
        keep_background(self.seat.folder, name)
        _dress(self, theme(name))

    # What keys may do.

    def take_up(self) -> None:
        """What was agreed on meanwhile holds from here on: the settings, and what their role allows
        whoever sits here. Raises DatabaseError, with all as it was."""
        seat, state = self.seat, self._state
        settings = state.reader.settings()
        allowed = rights(seat.actor, state.reader.reps(), settings)
        self.settings, self.seat = settings, replace(seat, rights=allowed)
        if (read_only := only_looks(seat.store, state.reader, allowed)) != state.view.read_only:
            state.show(read_only=read_only)

    def check_writable(self, what: str = "") -> None:
        """Raises why nothing may be changed here, or not what it takes another role for: ReadOnly,
        NotAllowed, or DatabaseError for another file."""
        if not self.seat.may_write:
            raise ReadOnly(
                "You may only look at this database.",
                hint="Its owner can give you the right to write.",
            )
        if self.seat.store.moved:
            raise ReadOnly(self.seat.store.moved)
        if self.seat.rights is not None:
            self.seat.rights.check_writing()
            if what:
                self.seat.rights.check(what)
        if self._state.view.read_only:
            raise ReadOnly(
                "The database was opened for reading only.", hint="Open it to write for that."
            )
        self.seat.file.check()
        # A change waits for whoever has it; only what is there now must be ours.
        with suppress_busy():
            self._state.reader.check()

    def on_key(self, event: Key) -> None:
        """A key that the screen has no use for: silence would leave it open what it did."""
        screen = self.screen
        if isinstance(screen, LiveScreen) and not isinstance(event, AltKey):
            board = rebound(BOARD, self.choices.keymap)
            said = unheard(event.key, event.character, screen.keys, board)
            if said:
                screen.say(said)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Textual's way, but for the way to the shell where there is none; what goes wrong from
        here on is not the same again."""
        self.net.forget()
        if "suspend_process" in str(action):
            try:
                self.choices.check_reaching_out()
            except Refused as refused:
                self.say_on_top(refused.message)
                return True
            await _come_to_rest(self)
        return await super().run_action(action, default_namespace, namespaces)

    # What waits.

    def notice_waiting(self, clicked: bool) -> None:
        if self.is_running:
            self.waiting.notice(clicked)

    def give_up(self) -> None:
        """^c: what is under way is not stored if it is not being stored already."""
        super().give_up()
        self.write_queue.give_up()
        if isinstance(self.screen, LiveScreen) and self.screen.give_up is not None:
            self.screen.give_up()

    # What goes wrong, and leaving.

    def _handle_exception(self, error: Exception) -> None:
        # Who leaves misses a screen here and there, and nobody is there to be told.
        if self._exit or not self.net.holds(error):
            super()._handle_exception(error)

    def say_on_top(self, text: str) -> None:
        """A sentence on whatever screen the person looks at."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, Overlay):
                screen.refuse(text)
                return
            if isinstance(screen, LiveScreen):
                screen.say(text, "status.error")
                return

    def save_drafts(self) -> None:
        """What is half typed on any screen, what was asked for and is not stored, and the view."""
        keep_view(self.seat.folder, self.seat.kept_as, self._state)
        for screen in self.screen_stack:
            if isinstance(screen, Overlay):
                screen.keep_draft()
            elif isinstance(screen, Walk):
                screen.keep()
        pending = self.waiting.pending if self.write_queue.waiting else ""
        at = self.seat.clock().astimezone(self.settings.zone)
        keep_unstored(self.drafts, pending, self.key_queue.names, at)

    def leave(self, return_code: int) -> None:
        """As any session does. What is on its way into the database is stored first, and its text
        let go of: else it would be told as not stored, and offered to be stored once more."""
        orders = () if self._is_leaving else self.write_queue.waiting
        ends = partial(super().leave, return_code)

        def ends_at_rest() -> None:
            if all(order.has_stored for order in orders):
                with suppress(OSError):
                    self.drafts.discard(UNSTORED)
            ends()

        if orders:
            self.save_drafts()  # there may be no time for more
            self.key_queue.drop()
            self._is_leaving = True
        self.write_queue.close()
        if orders:
            asyncio.get_running_loop().call_later(_PAUSE_S, ends_at_rest)
        else:
            ends()

    def paste_refused(self) -> None:
        """What is pasted is text; the screens below take keys."""
        if isinstance(self.screen, LiveScreen):
            self.screen.say("Nothing is pasted here: open a line or a note first.", "status.warn")

    def action_leave(self) -> None:
        self.leave(0)

    def action_help_quit(self) -> None:
        """^c where nothing waits."""
        quits = key_for(rebound(BOARD, self.choices.keymap), "leave")
        self.say_on_top(f"Nothing is under way; {quits} quits.")


def show_theme(app: PipeboardApp, name: str) -> str:
    """Another theme for this session, by its name; `auto` is the terminal's. What to know of it,
    in a sentence."""
    depth = color_depth(os.environ)
    chosen = app.choices.themes.shown(background(name, os.environ, app.seat.folder), depth)
    app.follows_terminal = name == "auto"
    _dress(app, chosen)
    if chosen.name != name and name != "auto":
        return f"This terminal has too few colours for {name}."
    return f"Theme {name}, until you leave; 'theme = \"{name}\"' in the configuration keeps it."


def _ways_here(app: PipeboardApp) -> Mapping[Way, str]:
    """What does what a refusal advises, on the screen that is looked at."""
    screen = on_top(app) if app.screen_stack else None
    if screen is None:
        return ways(rebound(BOARD, app.choices.keymap))
    seen: list[Deal | Card | None] = []
    with suppress(DatabaseError):  # then nobody can tell what is under the cursor
        seen = [screen.at_hand(deal_id) for deal_id in screen.targets()[0]]
    is_archived = any(deal and deal.status is Status.ARCHIVED for deal in seen)
    return ways(screen.keys, sees_archived=is_archived)


async def _come_to_rest(app: PipeboardApp) -> None:
    """Waits until nothing is on its way into the database: a program that is stopped then keeps
    everybody out until it is fetched back. Keys that wait were typed for the shell."""
    while app.write_queue.is_storing or app.housekeeper.is_storing:
        await asyncio.sleep(_PAUSE_S)
    app.key_queue.drop()


def _dress(app: PipeboardApp, chosen: Theme) -> None:
    app.theme_inks = chosen
    for screen in app.screen_stack:
        for widget in screen.query("*"):
            widget.refresh()
