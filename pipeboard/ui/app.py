"""The app: what all screens share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from textual.actions import ActionParseResult
from textual.binding import Binding, BindingType
from textual.dom import DOMNode

from pipeboard.domain.errors import PipeboardError, ReadOnly
from pipeboard.domain.settings import Settings
from pipeboard.ui.board_state import BoardState
from pipeboard.ui.clerk import Clerk
from pipeboard.ui.draw.glyphs import Glyphs
from pipeboard.ui.keys import BOARD, Command, rebound
from pipeboard.ui.palette import Theme
from pipeboard.ui.screens.board import BoardScreen
from pipeboard.ui.screens.deal_actions import Change, DealActions
from pipeboard.ui.screens.overlay import Overlay
from pipeboard.ui.terminal.display import CellDisplay
from pipeboard.ui.terminal.drafts import Drafts
from pipeboard.ui.terminal.session import Session
from pipeboard.ui.terminal.typeahead import TypeAhead

_CHANGING = frozenset(command.action for command in BOARD if command.changes)


@dataclass(frozen=True)
class Look:
    """What a person has chosen in the configuration, as far as screens care.

    `edit` gives a text to the person's editor and returns it; None where none may be run.
    """

    theme: Theme
    keymap: Mapping[str, str] = field(default_factory=dict)
    digits_count: bool = False
    copy_command: str = ""
    edit: Callable[[str], str] | None = None

    @cached_property
    def commands(self) -> tuple[Command, ...]:
        """The board's keys, as this person has them."""
        return rebound(BOARD, self.keymap)


class PipeboardApp(TypeAhead[None], Session[None], CellDisplay[None]):
    """Holds the clerk, the drafts and the last change; screens do the rest."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "Screen, ModalScreen { background: transparent; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, id="app.suspend"),
        Binding("ctrl+q", "leave", "Quit", show=False, id="app.leave", priority=True),
    ]

    def __init__(
        self, clerk: Clerk, state: BoardState, look: Look, folder: Path, drafts: Drafts
    ) -> None:
        super().__init__()
        self.clerk = clerk
        self.look = look
        self.theme_inks = look.theme
        self.drafts = drafts
        self.crash_log = folder / "crash.log"
        self.last_change: Change | None = None
        self.settings: Settings = state.reader.settings()
        self._state = state

    @property
    def today(self) -> date:
        return self._state.lens.today

    @property
    def glyphs(self) -> Glyphs:
        """The signs that the terminal knows, as the view menu has set them."""
        return self._state.view.glyphs

    def get_default_screen(self) -> BoardScreen:
        """The board is the first screen, so that the first frame of Textual holds it."""
        return BoardScreen(self._state, self.look.theme)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Textual's way; what a key cannot do is said on the screen that it was meant for."""
        screen = self.screen
        if not isinstance(screen, DealActions):
            return await super().run_action(action, default_namespace, namespaces)
        try:
            if action in _CHANGING and self._state.view.read_only:
                raise ReadOnly(
                    "The database was opened for reading only.",
                    hint="Open it to write for that.",
                )
            return await super().run_action(action, default_namespace, namespaces)
        except PipeboardError as error:
            screen.say(f"{error.message} {error.hint}".strip(), "status.warn")
            return True

    def on_mount(self) -> None:
        self.set_keymap(dict(self.look.keymap))

    def save_drafts(self) -> None:
        """What is half typed on any screen."""
        for screen in self.screen_stack:
            if isinstance(screen, Overlay):
                screen.keep_draft()

    def action_leave(self) -> None:
        self.leave(0)
