"""The Textual half of `terminal_demo.py`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.binding import Binding
from textual.events import Key
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from pipeboard.ui.terminal.display import CellDisplay
from pipeboard.ui.terminal.drafts import Drafts
from pipeboard.ui.terminal.first_frame import Row
from pipeboard.ui.terminal.session import Session

Rows = Callable[[int, str], Sequence[Row]]


class Cards(Widget, can_focus=True):
    """Draws rows of (text, ink) by the line API."""

    DEFAULT_CSS = "Cards { width: 1fr; height: 1fr; }"

    def __init__(self, rows: Rows) -> None:
        super().__init__()
        self.rows = rows
        self.chosen = 0
        self.keys = ""

    def render_line(self, y: int) -> Strip:
        """One row of the screen."""
        rows = self.rows(self.chosen, self.keys)
        if y >= len(rows):
            return Strip.blank(self.size.width)
        return Strip(
            [
                Segment(text, Style(color=ink.fg, bgcolor=ink.bg, bold=ink.bold))
                for text, ink in rows[y]
            ]
        )


class Demo(Session[None], CellDisplay[None]):
    """j moves down, i opens a field, ! fails, E runs another program, ctrl+z suspends, q quits."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [  # noqa: RUF012 - as Textual's own documentation writes it
        Binding("j", "down"),
        Binding("i", "field"),
        Binding("exclamation_mark,f9", "fail"),
        Binding("E", "edit"),
        Binding("f10", "pressed", id="pressed"),
        Binding("ctrl+z", "suspend_process"),
        Binding("q", "quit"),
    ]

    def __init__(self, folder: Path, rows: Rows) -> None:
        super().__init__()
        self.crash_log = folder / "crash.log"
        self.drafts = Drafts(folder / "drafts")
        self.cards = Cards(rows)

    def on_mount(self) -> None:
        self.set_keymap({"pressed": "alt+p"})

    def compose(self) -> ComposeResult:
        yield self.cards

    def save_drafts(self) -> None:
        for field in self.query(Input):
            self.drafts.save("field", field.value)

    def on_key(self, event: Key) -> None:
        if event.key == "escape" or (event.is_printable and not event.key.startswith("alt+")):
            self.tell(event.key)

    def tell(self, word: str) -> None:
        self.cards.keys += f"{word} "
        self.cards.refresh()

    def action_down(self) -> None:
        self.cards.chosen += 1
        self.cards.refresh()

    def action_field(self) -> None:
        field = Input(placeholder="half typed")
        self.mount(field)
        field.focus()

    def action_pressed(self) -> None:
        self.tell("bound")

    def action_edit(self) -> None:
        with self.suspend():
            subprocess.run([sys.executable, "-c", "print('the other program')"], check=True)

    def action_fail(self) -> None:
        secret = "hunter2"
        raise RuntimeError(f"a failure of {len(secret)} letters")
