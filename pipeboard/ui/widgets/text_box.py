"""Several lines to type in, drawn like the others, that take no character that steers."""

from __future__ import annotations

from textual.events import Paste
from textual.widgets import TextArea
from textual.widgets.text_area import TextAreaTheme

from pipeboard.domain.text import printable_lines
from pipeboard.ui.net import under_net
from pipeboard.ui.styles import style_of
from pipeboard.ui.widgets.lines import theme_of

_THEME = "pipeboard"


@under_net
class TextBox(TextArea):
    """Textual's `TextArea` without a border; what cannot be printed never gets in."""

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
        self.replace(harmless(event.text), *self.selection, maintain_selection_offset=False)


def harmless(text: str) -> str:
    """The text with `\\n` between its lines, blanks for tabs, and nothing that is not printable."""
    return printable_lines("\n".join(text.expandtabs(4).splitlines()))
