"""Text of several lines: notes and answers, typed here or in the person's own editor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from textual.app import App, ComposeResult, SuspendNotSupported
from textual.binding import Binding
from textual.containers import Horizontal

from pipeboard.domain.errors import PipeboardError, Refused
from pipeboard.ui.screens.drafting import Draft
from pipeboard.ui.screens.overlay import CANCEL, Overlay, Panel, indented, upper_edge
from pipeboard.ui.widgets.text_box import TextBox, harmless

Edit: TypeAlias = Callable[[str], str]
"""Has a text edited by another program, and gives it back; raises PipeboardError."""


class TextScreen(Overlay[str]):
    """Dismisses with the text, or with None.

    `hint` says what is wanted. Unsaved text is kept under `draft_key`. ^g goes on in the editor,
    where there is one to `edit`.
    """

    DEFAULT_CSS = """
    TextScreen > Vertical > Horizontal { height: 3; }
    """
    BINDINGS = [  # noqa: RUF012 - as Textual's own documentation writes it
        Binding("escape", "cancel", show=False),
        Binding("ctrl+s", "save", show=False),
        Binding("ctrl+g", "edit_outside", show=False),
    ]

    def __init__(
        self,
        title: str,
        text: str = "",
        *,
        draft_key: str = "",
        hint: str = "",
        edit: Edit | None = None,
    ) -> None:
        super().__init__()
        self._heading = title
        self._hint = hint
        self._edit = edit
        self._box = TextBox(text)
        self._first_text = self._box.text
        self._frame = Horizontal()
        self._draft = Draft(self, draft_key, self._unsaved, self.refuse)

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

    def on_mount(self) -> None:
        found = self._draft.found()
        if found and found != self._first_text:
            self._box.text = harmless(found)
            self._hint = "Kept from when you left."
        self._box.move_cursor(self._box.document.end)
        self._box.focus()

    def draw(self, width: int, height: int) -> Panel:
        hint = indented(self._hint, width) if self._hint else []
        above = [*upper_edge(self._heading, width), *hint]
        room = max(1, height - len(above) - 1)
        self._frame.styles.height = min(room, max(5, height // 2))
        editor = [("^g", "Editor")] if self._edit else []
        return Panel(above, [("^s", "Save"), *editor, CANCEL])

    def keep_draft(self) -> None:
        self._draft.keep()

    def leave(self, result: str | None) -> None:
        self._draft.settled()
        super().leave(result)

    def resume(self) -> None:
        self._box.focus()

    def on_text_area_changed(self) -> None:
        self.forgive()
        self._draft.changed()

    def action_save(self) -> None:
        """Dismiss with what is typed."""
        self.leave(self.text)

    def action_edit_outside(self) -> None:
        """Go on in the editor; what was written there stands here to be saved."""
        self._draft.keep()
        try:
            edited = edit_outside(self.app, self.text, self._edit)
        except PipeboardError as error:
            self.refuse(f"{error.message} {error.hint}".strip())
            return
        if edited is not None:
            self._box.text = edited
            self._box.move_cursor(self._box.document.end)

    def _unsaved(self) -> str:
        return self.text if self.has_changes else ""


def edit_outside(app: App[Any], text: str, edit: Edit | None) -> str | None:
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
