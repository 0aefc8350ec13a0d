"""One line to type in, in the colours of the drawn lines, that takes no character that steers."""

from __future__ import annotations

from typing import Final

from rich.style import Style
from textual.events import Paste
from textual.message import Message
from textual.widgets import Input
from textual.widgets.input import Selection

from pipeboard.domain.phrases import aloud
from pipeboard.domain.text import printable, printable_lines
from pipeboard.ui.draw.line import spelled
from pipeboard.ui.net import under_net
from pipeboard.ui.palette import Role
from pipeboard.ui.terminal.width import WORD_BEGINS, cut_signs, fit, whole_signs
from pipeboard.ui.widgets.page import glyphs_of, style_of, theme_of

LONGEST_LINE: Final = 20_000
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
    _WORD_START = WORD_BEGINS

    class TooLong(Message):
        """So many characters were cut: `LONGEST_LINE` are the most."""

        def __init__(self, cut: int) -> None:
            super().__init__()
            self.cut = cut

    class Joined(Message):
        """So many pasted lines were made one."""

        def __init__(self, lines: int) -> None:
            super().__init__()
            self.lines = lines

    class Longer(Message):
        """Too much for a line was pasted where more than a line is taken: the whole text, with
        what stood in the line around it. The line is as it was."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    takes_more = False
    """Is a paste of several lines, or of more than `LONGEST_LINE`, somebody else's to take?"""
    pasted = ""
    """What stood in the line after a paste: nobody is still typing its last word."""

    def __init__(self, *, placeholder: str = "") -> None:
        self._hint = printable(aloud(placeholder))
        super().__init__(placeholder=self._hint, select_on_focus=False, compact=True)
        # A blinking caret would send bytes for as long as nobody types.
        self.cursor_blink = False

    def on_resize(self) -> None:
        """What may be typed is cut with a sign where there is no room for all of it."""
        ((shown, _),) = spelled(((fit(self._hint, self.size.width), "text"),), glyphs_of(self.app))
        self.placeholder = shown.rstrip()

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
        line = printable(value.translate(_WHITE_SPACE))
        if len(line) > LONGEST_LINE:
            self.post_message(self.TooLong(len(line) - LONGEST_LINE))
        return line[:LONGEST_LINE]

    def write(self, value: str) -> None:
        """Another value, with the caret behind it."""
        self.value = value
        self.action_end()

    def validate_selection(self, selection: Selection) -> Selection:
        """The caret stands beside what is shown as one sign, never in it: on the side to which it
        was going."""
        start, end = super().validate_selection(selection)
        goes_back = end < self.selection.end
        beside = next((a if goes_back else b for a, b in cut_signs(self.value, end)), end)
        return Selection(beside if start == end else start, beside)

    def delete(self, start: int, end: int) -> None:
        """A joined sign goes as a whole."""
        super().delete(*whole_signs(self.value, start, end))

    def action_cut(self) -> None:
        """What is selected goes to the clipboard, which nothing selected would empty."""
        if self.selected_text:
            super().action_cut()

    def show_end(self) -> None:
        """Scrolls to the caret behind the text, which a line without a width could not do."""
        self.action_home()
        self.action_end()

    def _on_paste(self, event: Paste) -> None:
        # Textual takes the first of several lines and says nothing of the others.
        event.prevent_default()
        event.stop()
        lines = [line for line in event.text.splitlines() if line.strip()]
        text = " ".join(printable(event.text.translate(_WHITE_SPACE)).split())
        start, end = sorted(self.selection)
        room = LONGEST_LINE - len(self.value) + (end - start)
        if self.takes_more and (len(lines) > 1 or len(text) > room):
            pasted = event.text.strip("\r\n")
            self.post_message(self.Longer(self.value[:start] + pasted + self.value[end:]))
            return
        self.replace(text[:room], start, end)
        self.pasted = self.value
        if len(text) > room:
            self.post_message(self.TooLong(len(text) - room))
        elif len(lines) > 1:
            self.post_message(self.Joined(len(lines)))


def one_line(text: str) -> str:
    """The text as a line takes it: `LONGEST_LINE` printable characters, blanks for line ends."""
    return printable(text.translate(_WHITE_SPACE))[:LONGEST_LINE]


def harmless(text: str) -> str:
    """The text with `\\n` between its lines, blanks for tabs, and nothing that is not printable."""
    return printable_lines("\n".join(text.expandtabs(4).splitlines()))
