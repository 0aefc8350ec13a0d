"""One line to type, with what is understood of it told underneath."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from textual.binding import Binding

from pipeboard.ui.draw.line import Line, blank
from pipeboard.ui.screens.drafting import Draft
from pipeboard.ui.screens.overlay import CANCEL, Panel, TypingOverlay, folded, indented, upper_edge
from pipeboard.ui.screens.presets import Presets
from pipeboard.ui.widgets.line_input import LineInput, one_line

_LABEL: Final[Line] = ((" › ", "input.label"),)


class InEditor(str):
    """What was typed so far, by somebody who wants to go on in the editor."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What is understood of a text, line by line. Unless `ok` the text is not taken: `why` not."""

    lines: tuple[Line, ...]
    ok: bool
    why: str = ""


class Prompt(TypingOverlay[str]):
    """Dismisses with the text that was typed, with an `InEditor` after ^g, or with None.

    `live` is asked for its feedback after each change, in the thread of the screen: it has to be
    quick. `on_change` is told each text. `presets` are keys and the texts that they stand for;
    Tab takes the first of the `suggestions` that begins with what is typed. A text that was left
    unfinished under `draft_key` is offered again. With `select` the first key replaces the
    `value`.
    """

    BINDINGS = [  # noqa: RUF012 - as Textual's own documentation writes it
        Binding("escape", "cancel", show=False),
        Binding("tab", "complete", show=False),
        Binding("ctrl+g", "go_on_in_editor", show=False),
    ]

    def __init__(
        self,
        label: str,
        *,
        value: str = "",
        live: Callable[[str], Feedback] | None = None,
        on_change: Callable[[str], None] | None = None,
        accept_empty: bool = False,
        suggestions: Sequence[str] = (),
        presets: Sequence[tuple[str, str]] = (),
        placeholder: str = "",
        draft_key: str = "",
        editor: bool = False,
        select: bool = False,
        verb: str = "Save",
    ) -> None:
        super().__init__(LineInput(placeholder=placeholder))
        self._heading = label
        self._select = select
        self._first_value = one_line(value)
        self._live = live
        self._on_change = on_change
        self._accept_empty = accept_empty
        self._presets = Presets(presets)
        self._suggestions = tuple(suggestions)
        self._editor = editor
        self._verb = verb
        self._draft = Draft(self, draft_key, self._unfinished, self.refuse)
        self._feedback = Feedback((), True)
        self._note = ""
        self._tallest = 0
        self._is_behind = False

    def prepare(self) -> None:
        self.line.write(self._first_value)
        if self._select:
            self.line.action_select_all()
        found = self._draft.found()
        if found and found != self._first_value:
            self.line.write(found)
            self._note = "Kept from when you left; ^u clears it."
        self._understand()

    def draw(self, width: int, height: int) -> Panel:
        edge = upper_edge(self._heading, width)
        room = max(1, height - len(edge) - 3)
        lines = self._lines_below(width)[:room]
        # Lines that come and go while somebody types would make the board jump.
        self._tallest = min(max(self._tallest, len(lines)), room)
        lines += [()] * (self._tallest - len(lines))
        completion = self._completion()
        hints = [
            ("↵", self._verb),
            *([("⇥", completion)] if completion else []),
            *([("^g", "Editor")] if self._editor else []),
            CANCEL,
        ]
        return Panel(edge, hints, lines, _LABEL)

    def on_resize(self) -> None:
        self._tallest = 0

    def keep_draft(self) -> None:
        self._draft.keep()

    def leave(self, result: str | None) -> None:
        self._draft.settled()
        super().leave(result)

    def on_input_changed(self) -> None:
        self.forgive()
        written = self._presets.written(self.text)
        if written != self.text:
            self.line.write(written)
        self._draft.changed()
        if not self._is_behind:
            self._is_behind = True
            self.call_after_refresh(self._understand)

    def on_input_submitted(self) -> None:
        text = self._presets.meant(self.text)
        self._understand()
        if not text.strip() and not self._accept_empty:
            self.refuse("Nothing is typed yet; Esc cancels.")
        elif not self._feedback.ok:
            self.refuse(self._feedback.why or "This cannot be read; Esc cancels.")
        else:
            self.leave(text)

    def action_complete(self) -> None:
        """Take the suggestion that is shown."""
        completion = self._completion()
        if completion:
            self.line.write(completion)

    def action_go_on_in_editor(self) -> None:
        """Leave the rest to the editor, where there is one for this."""
        if self._editor:
            self.leave(InEditor(self.text))
        else:
            self.refuse("One line is all there is to this; no editor.")

    def _unfinished(self) -> str:
        return "" if self.text == self._first_value else self.text

    def _completion(self) -> str:
        """The first suggestion that begins with what is typed, empty where none does."""
        typed = self.text.casefold()
        begun = (word for word in self._suggestions if word.casefold().startswith(typed))
        return next((word for word in begun if word != self.text), "") if typed else ""

    def _understand(self) -> None:
        self._is_behind = False
        text = self._presets.meant(self.text)
        if self._live is not None:
            self._feedback = self._live(text)
        if self._on_change is not None:
            self._on_change(text)
        self.redraw()

    def _lines_below(self, width: int) -> list[Line]:
        keys = self._presets.line(self.text)
        lines = [keys] if keys else []
        return [
            *[
                (blank(3), *part)
                for line in (*lines, *self._feedback.lines)
                for part in folded(line, width - 4)
            ],
            *(indented(self._note, width) if self._note else []),
        ]
