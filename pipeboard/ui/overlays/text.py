"""Text of several lines: notes and answers, typed here or in the person's own editor."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final, TypeAlias, TypeVar

from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.events import Paste
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import EditResult, Location, Selection, TextAreaTheme

from pipeboard.domain.errors import PipeboardError, Refused
from pipeboard.ui.keys import said
from pipeboard.ui.net import under_net
from pipeboard.ui.overlays.draft import Draft
from pipeboard.ui.overlays.overlay import (
    ANEW,
    EDITOR,
    SAVES,
    Overlay,
    Panel,
    bound,
    left_out,
    upper_edge,
)
from pipeboard.ui.terminal.session import AnyApp
from pipeboard.ui.terminal.width import WORD_BEGINS_OR_ENDS, cut_signs, whole_signs
from pipeboard.ui.widgets.line_input import harmless
from pipeboard.ui.widgets.page import style_of, theme_of

_THEME = "pipeboard"
LONGEST_TEXT: Final = 100_000
"""Characters that the box takes: more than any text that can be stored, and still quick."""

T = TypeVar("T")
Edit: TypeAlias = Callable[[str], str]
"""Has a text edited by another program, and gives it back; raises PipeboardError."""


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
        self._word_pattern = WORD_BEGINS_OR_ENDS

    def validate_selection(self, selection: Selection) -> Selection:
        """The caret stands beside what is shown as one sign, never in it, as in a line."""
        start, end = selection
        row, at = end
        goes_back = end < self.selection.end
        signs = cut_signs(self.document.get_line(row), at)
        beside = (row, next((a if goes_back else b for a, b in signs), at))
        return Selection(beside if start == end else start, beside)

    def _delete_via_keyboard(self, start: Location, end: Location) -> EditResult | None:
        """A joined sign goes as a whole, as in a line."""
        (top, first), (bottom, last) = sorted((start, end))
        first, _ = whole_signs(self.document.get_line(top), first, first)
        _, last = whole_signs(self.document.get_line(bottom), last, last)
        return super()._delete_via_keyboard((top, first), (bottom, last))

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


class TextScreen(Overlay[str]):
    """Dismisses with the text, or with None.

    What is `begun` or was kept under `draft_key` stands there instead
    of the `text`. ^g goes on in the editor, where there is one to `edit`; with `outside` it comes
    first.
    """

    DEFAULT_CSS = """
    TextScreen > Vertical > Horizontal { height: 3; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bound({**SAVES, **ANEW, **EDITOR})

    def __init__(
        self,
        title: str,
        text: str = "",
        *,
        draft_key: str = "",
        begun: str = "",
        edit: Edit | None = None,
        outside: bool = False,
    ) -> None:
        super().__init__()
        self._heading = title
        self._edit = edit
        self._box = TextBox(text)
        self._first_text = self._box.text
        self._begun = begun
        self._outside = outside
        self._aside = self._first_text
        self._frame = Horizontal()
        self.draft: Draft = Draft(self, draft_key, title, self._unsaved, self.refuse)

    @property
    def text(self) -> str:
        """What is typed."""
        return self._box.text

    @property
    def has_changes(self) -> bool:
        return self.text != self._first_text

    def middle(self) -> ComposeResult:
        with self._frame:
            yield self._box

    def prepare(self) -> None:
        found = harmless(self.draft.found() or self._begun)
        if self._begun:
            found = harmless(self._begun)
            self.draft.forgiven()
        self._offered = found or self._first_text

    def on_mount(self) -> None:
        self._write(self._offered)
        self._box.focus()
        if self._begun:
            self.draft.keep()
        if self._outside:
            self.call_after_refresh(self.action_edit_outside)

    def draw(self, width: int, height: int) -> Panel:
        above = [*upper_edge(self._heading, width), *self.draft.said(width)]
        room = max(1, height - len(above) - 1)
        self._frame.styles.height = min(room, max(5, height // 2))
        editor = [("^g", "Editor")] if self._edit else []
        anew = [("^r", "As it was")] if self.has_changes else []
        return Panel(above, [("^s", "Save"), *editor, *anew, self.leaving])

    def resume(self) -> None:
        self._box.focus()

    def on_text_area_changed(self) -> None:
        if self.text != self._offered:
            self.forgive()
            self.draft.forgiven()
        self.draft.changed()
        self.redraw()

    def on_text_box_too_long(self, event: TextBox.TooLong) -> None:
        self.refuse(left_out(event.cut, LONGEST_TEXT))

    def action_save(self) -> None:
        """Dismiss with what is typed."""
        self.leave(self.text)

    def action_start_anew(self) -> None:
        """As it was before anything was typed; once more, as it was typed."""
        typed = self.text if self.has_changes else self._aside
        self._write(self._first_text if self.has_changes else typed)
        self._aside = typed
        self.draft.forgiven()

    def action_edit_outside(self) -> None:
        """Go on in the editor; what was written there stands here to be saved, and is kept."""
        go_on_outside(self, self.text, self._edit, self._take)

    def _take(self, text: str) -> None:
        self._write(text)
        self.draft.forgiven()

    def _write(self, text: str) -> None:
        self._offered = self._box.text = text
        self._box.move_cursor(self._box.document.end)

    def _unsaved(self) -> str:
        return self.text if self.has_changes else ""


def go_on_outside(
    overlay: Overlay[T], text: str, edit: Edit | None, take: Callable[[str], None]
) -> None:
    """Goes on in the editor; what was written there is taken, and kept as a draft. Where something
    goes wrong on the way it is said, and taken what was written so far, if that could be read."""
    overlay.keep_draft()
    why = ""
    try:
        written = edit_outside(overlay.app, text, edit)
    except PipeboardError as error:
        kept = harmless(str(error.details.get("text") or "")).strip("\n")
        written, why = kept or None, said(error)
    if written is not None and written != text.strip("\n"):
        take(written)
        overlay.keep_draft()
    if why:
        overlay.refuse(why)


def edit_outside(app: AnyApp, text: str, edit: Edit | None) -> str | None:
    """The text as it comes back from the editor, None where it was left as it is.

    `edit` runs the editor while the app is suspended (`cli.editor.write_text` does it in a folder
    that nobody else can enter, without a shell); None says that none may be run here, as in the
    restricted mode. However the editor ends, the app has its terminal back. Raises Refused, and
    what `edit` raises.
    """
    if edit is None:
        raise Refused("There is no editor to go to here.", hint="Type it in the line.")
    try:
        with app.suspend():
            edited = harmless(edit(text)).strip("\n")
    except SuspendNotSupported as error:
        raise Refused("This terminal cannot be lent to an editor.") from error
    except OSError as error:
        raise PipeboardError(
            f"The text could not be handed to an editor: {error.strerror or error}.",
            hint="Go on here.",
        ) from error
    return None if edited == text.strip("\n") else edited
