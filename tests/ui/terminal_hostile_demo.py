"""Widgets of all kinds full of hostile text, for the tests to run: `... [fallback]`.

`fallback` makes believe that Textual's private parts have changed.
"""

from __future__ import annotations

import os
import sys

os.environ["TEXTUAL_ANIMATIONS"] = "none"  # where a second page goes depends on the time otherwise

from rich.segment import Segment
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import DataTable, Input, OptionList, Static

from pipeboard.ui.terminal import session

if "fallback" in sys.argv:
    session.FRAMES_ARE_KNOWN = False  # type: ignore[misc]
    session.KEYS_ARE_KNOWN = False  # type: ignore[misc]

from pipeboard.ui.terminal.display import CellDisplay
from pipeboard.ui.terminal.session import Session

HOSTILE = (
    "plain ACME [EMEA] [/b] [@click=app.quit]x[/]",
    "esc \x1b[2J\x1b[31mred\x1b[?1049l",
    "title \x1b]0;owned\x07 \x1b]2;owned\x1b\\",
    "clip \x1b]52;c;b3duZWQ=\x07",
    "link \x1b]8;;http://owned\x1b\\y\x1b]8;;\x1b\\",
    "c1 \x9b31m \x9d0;owned\x9c \x90q\x9c \x85",
    "c0 a\rb\x08c\x07d\x0ee\x0ff\x7fg",
    "bidi \u202eevil\u202c \u2066iso\u2069 \u200f",
    "tags \U000e0041\ufeff\ufff9\u2028\u2029",
    "wide 日本語한국 combining e\u0301 zalgo " + "a" + "\u0301\u0316" * 30,
)


class Lines(Widget):
    """Draws the texts as they are."""

    DEFAULT_CSS = "Lines { height: 10; }"

    def render_line(self, y: int) -> Strip:
        """One hostile text."""
        text = HOSTILE[y] if y < len(HOSTILE) else ""
        return Strip([Segment(text)]).adjust_cell_length(self.size.width)


class Asking(ModalScreen[None]):
    """A dialog over the rest, which grows dim behind it."""

    CSS = """
    Asking, Asking:ansi { align: center middle; background: black 60%; }
    #dialog { width: 40; height: 8; border: round red; }
    """
    BINDINGS = [Binding("escape", "dismiss")]  # noqa: RUF012 - as Textual documents it

    def compose(self) -> ComposeResult:
        """A box with a title of somebody else's."""
        box = Static("\n".join(HOSTILE[:6]), markup=False, id="dialog")
        box.border_title = Text(HOSTILE[3])
        yield box


class Hostile(Session[None], CellDisplay[None]):
    """m opens a dialog, escape closes it, down and up scroll, q quits."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [  # noqa: RUF012 - as Textual documents it
        Binding("m", "ask"),
        Binding("n", "tell"),
        Binding("q", "quit"),
    ]

    def compose(self) -> ComposeResult:
        """Every way of showing text that the screens use."""
        yield Lines()
        with VerticalScroll():
            for text in HOSTILE:
                yield Static(text, markup=False)
            yield OptionList(*map(Text, HOSTILE))
            yield DataTable()
            yield Input(HOSTILE[1])
        yield Static("the end", markup=False)

    def on_mount(self) -> None:
        """Fill the table."""
        table = self.query_one(DataTable)
        table.add_column("text")
        for text in HOSTILE:
            table.add_row(Text(text))
        self.query_one(VerticalScroll).focus()

    def action_ask(self) -> None:
        """Open the dialog."""
        self.push_screen(Asking())

    def action_tell(self) -> None:
        """Show a toast."""
        self.notify(HOSTILE[2], markup=False, timeout=600)


if __name__ == "__main__":
    Hostile().run()
