"""Several lines to type in, drawn like the others, that take no character that steers."""

from __future__ import annotations

from typing import Final

from textual.events import Paste
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import TextAreaTheme

from pipeboard.ui.net import under_net
from pipeboard.ui.widgets.line_input import harmless
from pipeboard.ui.widgets.lines import style_of, theme_of

_THEME = "pipeboard"
LONGEST_TEXT: Final = 100_000
"""Characters that the box takes: more than any text that can be stored, and still quick."""


@under_net
class TextBox(TextArea):
    """Textual's `TextArea` without a border; what cannot be printed never gets in."""

    class TooLong(Message):
        """So many characters were cut: `LONGEST_TEXT` are the most."""

        def __init__(self, cut: int) -> None:
            super().__init__()
            self.cut = cut

    DEFAULT_CSS = """
    TextBox { padding: 0 1; background: ansi_default; color: ansi_default; }
    """

    def __init__(self, text: str) -> None:
        super().__init__(harmless(text), compact=True, highlight_cursor_line=False)
        # A blinking caret would send bytes for as long as nobody types.
        self.cursor_blink = False

    def on_mount(self) -> None:
        theme = theme_of(self.app)
        caret = style_of("input.caret", theme)
        self.register_theme(
            TextAreaTheme(
                _THEME,
                cursor_style=caret,
                selection_style=caret,
                bracket_matching_style=style_of("input.text", theme),
            )
        )
        self.theme = _THEME

    async def _on_paste(self, event: Paste) -> None:
        event.prevent_default()
        event.stop()
        text = harmless(event.text)
        room = max(0, LONGEST_TEXT - len(self.text) + len(self.selected_text))
        self.replace(text[:room], *self.selection, maintain_selection_offset=False)
        if len(text) > room:
            self.post_message(self.TooLong(len(text) - room))
