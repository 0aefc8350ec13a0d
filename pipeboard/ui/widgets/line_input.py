"""One line to type in, in the colours of the drawn lines, that takes no character that steers."""

from __future__ import annotations

from typing import Final

from rich.style import Style
from textual.events import Paste
from textual.message import Message
from textual.widgets import Input

from pipeboard.domain.text import printable
from pipeboard.ui.net import under_net
from pipeboard.ui.palette import Role
from pipeboard.ui.styles import style_of
from pipeboard.ui.widgets.lines import theme_of

LONGEST: Final = 20_000
"""Characters that a line takes: more than any field, and still quick to draw."""

_ROLES: Final[dict[str, Role]] = {
    "input--cursor": "input.caret",
    "input--selection": "input.caret",
    "input--placeholder": "text.dim",
}
_WHITE_SPACE: Final = dict.fromkeys(map(ord, "\t\n\v\f\r"), " ")


@under_net
class LineInput(Input):
    """Textual's `Input`, one row high; what cannot be printed never gets in."""

    DEFAULT_CSS = """
    LineInput { width: 1fr; background: transparent; }
    LineInput:focus { background-tint: transparent; }
    """
    ALLOW_SELECT = False

    class TooLong(Message):
        """A paste that does not fit: none of it was put in, rather than a part."""

        def __init__(self, length: int) -> None:
            super().__init__()
            self.length = length

    def __init__(self, *, placeholder: str = "") -> None:
        super().__init__(placeholder=printable(placeholder), select_on_focus=False, compact=True)
        # A blinking caret would send bytes for as long as nobody types.
        self.cursor_blink = False

    @property
    def rich_style(self) -> Style:
        return style_of("input.text", theme_of(self.app))

    def get_component_rich_style(
        self, *names: str, partial: bool = False, default: Style | None = None
    ) -> Style:
        """The style of a part of the input, from the theme of the drawn lines."""
        return style_of(_ROLES.get(names[0], "input.text"), theme_of(self.app))

    def validate_value(self, value: str) -> str:
        """What becomes of a value that is set, by whomever."""
        return one_line(value)

    def write(self, value: str) -> None:
        """Another value, with the caret behind it."""
        self.value = value
        self.action_end()

    def show_end(self) -> None:
        """Scrolls to the caret behind the text, which a line without a width could not do."""
        self.action_home()
        self.action_end()

    def _on_paste(self, event: Paste) -> None:
        # Textual takes the first of several lines and says nothing of the others.
        event.prevent_default()
        event.stop()
        text = " ".join(printable(event.text.translate(_WHITE_SPACE)).split())
        if len(text) > LONGEST - len(self.value) + len(self.selected_text):
            self.post_message(self.TooLong(len(text)))
            return
        start, end = sorted(self.selection)
        self.replace(text, start, end)


def one_line(text: str) -> str:
    """The text as a line takes it: at most `LONGEST` printable characters, blanks for line ends."""
    return printable(text.translate(_WHITE_SPACE))[:LONGEST]
