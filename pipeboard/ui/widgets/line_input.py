"""One line to type in, in the colours of the drawn lines, that takes no character that steers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.style import Style
from textual.events import Paste
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widgets import Input

from pipeboard.domain.text import printable
from pipeboard.ui.palette import Role
from pipeboard.ui.styles import style_of
from pipeboard.ui.widgets.lines import theme_of

LONGEST: Final = 20_000
"""Characters that a line takes: more than any field, and still quick to draw."""

_ROLES: Final[dict[str, Role]] = {
    "input--cursor": "input.caret",
    "input--selection": "input.caret",
    "input--placeholder": "text.dim",
    "input--suggestion": "text.dim",
}
_WHITE_SPACE: Final = dict.fromkeys(map(ord, "\t\n\v\f\r"), " ")


class LineInput(Input):
    """Textual's `Input`, one row high; what cannot be printed never gets in.

    `suggestions` are completed as they are typed (right or Tab takes one). With `select` the
    first key replaces the value.
    """

    DEFAULT_CSS = """
    LineInput { width: 1fr; background: transparent; }
    LineInput:focus { background-tint: transparent; }
    """
    ALLOW_SELECT = False

    class TooLong(Message):
        """A paste was cut at `LONGEST` characters."""

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        suggestions: Sequence[str] = (),
        select: bool = False,
    ) -> None:
        words = [printable(word) for word in suggestions]
        super().__init__(
            value,
            placeholder=printable(placeholder),
            suggester=SuggestFromList(words, case_sensitive=False) if words else None,
            select_on_focus=select,
            compact=True,
        )
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
        """The value as it may be shown: one line of at most `LONGEST` printable characters."""
        return printable(value.translate(_WHITE_SPACE))[:LONGEST]

    def complete(self) -> None:
        """Take the completion that is shown, if one is."""
        if self.cursor_position == len(self.value):
            self.action_cursor_right()

    def _on_paste(self, event: Paste) -> None:
        # Textual takes the first of several lines and says nothing of the others.
        event.prevent_default()
        event.stop()
        text = " ".join(self.validate_value(event.text).split())
        room = LONGEST - len(self.value) + len(self.selected_text)
        if len(text) > room or len(event.text) > LONGEST:
            self.post_message(self.TooLong())
        self.replace(text[:room], *sorted(self.selection))
