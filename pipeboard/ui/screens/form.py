"""Several fields at once: a row each, checked as they are typed, saved together."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from textual.binding import Binding
from textual.events import Click, Key

from pipeboard.ui.draw.glyphs import AFTER, BEFORE
from pipeboard.ui.draw.line import Line, Span, blank, left, whole
from pipeboard.ui.palette import Role
from pipeboard.ui.screens.drafting import Draft
from pipeboard.ui.screens.overlay import CANCEL, Panel, TypingOverlay, heading, indented
from pipeboard.ui.terminal.width import cell_width
from pipeboard.ui.widgets.line_input import LineInput, one_line


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form: what it is called, and what it holds as one would type it.

    One with `choices` takes nothing else. `help` says what can be typed; `check` why a text cannot
    be taken, or None.
    """

    name: str
    label: str
    value: str
    choices: Sequence[str] = ()
    help: str = ""
    check: Callable[[str], str | None] | None = None


class Form(TypingOverlay[dict[str, str]]):
    """Dismisses with the fields that were changed, by name, or with None.

    Only the current field is an input, which moves from row to row. Unsaved changes are kept
    under `draft_key`.
    """

    BINDINGS = [  # noqa: RUF012 - as Textual's own documentation writes it
        Binding("escape", "cancel", show=False),
        Binding("ctrl+s", "save", show=False),
        Binding("enter", "next_or_save", show=False),
        Binding("tab,down", "go(1)", show=False),
        Binding("shift+tab,up", "go(-1)", show=False),
    ]

    def __init__(self, title: str, fields: Sequence[Field], *, draft_key: str = "") -> None:
        super().__init__(LineInput())
        self._heading = title
        self._fields = tuple(fields)
        self._before = [one_line(field.value) for field in fields]
        self._values = [*self._before]
        self._draft = Draft(self, draft_key, self._unsaved, self.refuse)
        self._current = self._top = self._rows = 0
        self._note = ""

    def prepare(self) -> None:
        self._take_up(self._draft.found())
        self._enter(0)

    @property
    def has_changes(self) -> bool:
        return bool(self._changed())

    @property
    def field(self) -> Field:
        """The current field."""
        return self._fields[self._current]

    def draw(self, width: int, height: int) -> Panel:
        count = len(self._fields)
        self._rows = max(1, min(count, height - 4))
        self._top = min(max(self._top, self._current - self._rows + 1), self._current)
        rows = [
            self._field_row(place, width)
            for place in range(self._top, min(count, self._top + self._rows))
        ]
        here = self._current - self._top
        place = f"{self._current + 1} of {count}" if count > self._rows else ""
        top = heading(self._heading, width, place)
        label, below = rows[here], [*rows[here + 1 :], self._said(width)]
        if self.field.choices:
            return Panel((top, *rows[: here + 1]), self._hints(), below)
        return Panel((top, *rows[:here]), self._hints(), below, label)

    def keep_draft(self) -> None:
        self._draft.keep()

    def leave(self, result: dict[str, str] | None) -> None:
        self._draft.settled()
        super().leave(result)

    def resume(self) -> None:
        self._enter(self._current)

    def take_key(self, event: Key) -> None:
        if not self.field.choices:
            return
        if event.key in ("right", "space", "left"):
            event.stop()
            self._choose_near(-1 if event.key == "left" else 1)
        elif event.is_printable and event.character is not None:
            event.stop()
            self._choose_by_letter(event.character)

    def on_input_changed(self) -> None:
        if not self.field.choices:
            self._set(self.text)

    def on_input_submitted(self) -> None:
        self.action_next_or_save()

    def on_click(self, event: Click) -> None:
        row = event.screen_y - self._above.region.y - 1
        if 0 <= row < self._rows:
            self._enter(self._top + row)

    def action_go(self, places: int) -> None:
        """So many fields down; after the last comes the first."""
        self._enter((self._current + places) % len(self._fields))

    def action_next_or_save(self) -> None:
        """The next field; after the last, save."""
        if self._current + 1 < len(self._fields):
            self.action_go(1)
        else:
            self.action_save()

    def action_save(self) -> None:
        """Dismiss with the changes, unless one cannot be taken."""
        for place in range(len(self._fields)):
            why = self._objection(place)
            if why:
                self._enter(place)
                self.refuse(f"{self.field.label}: {why}")
                return
        self.leave(self._changed())

    def _enter(self, place: int) -> None:
        self._current = place
        if self.field.choices:
            self.is_typing = False
        else:
            self.line.write(self._values[place])
            self.is_typing = True
        self.forgive()
        self.redraw()

    def _set(self, value: str) -> None:
        if value != self._values[self._current]:
            self.forgive()
            self._values[self._current] = value
            self._note = ""
            self._draft.changed()
            self.redraw()

    def _choose_near(self, places: int) -> None:
        choices = self.field.choices
        value = self._values[self._current]
        at = choices.index(value) if value in choices else -places
        self._set(choices[(at + places) % len(choices)])

    def _choose_by_letter(self, letter: str) -> None:
        choices = self.field.choices
        value = self._values[self._current]
        at = choices.index(value) + 1 if value in choices else 0
        for choice in (*choices[at:], *choices[:at]):
            if choice.casefold().startswith(letter.casefold()):
                self._set(choice)
                return
        self.refuse(f"None of the choices begins with {letter}.")

    def _changed(self) -> dict[str, str]:
        rows = zip(self._fields, self._before, self._values, strict=True)
        return {field.name: value for field, before, value in rows if value != before}

    def _objection(self, place: int) -> str | None:
        check = self._fields[place].check
        return check(self._values[place]) if check is not None else None

    def _unsaved(self) -> str:
        changed = self._changed()
        return json.dumps(changed) if changed else ""

    def _take_up(self, draft: str) -> None:
        found = None
        with suppress(ValueError):
            found = json.loads(draft)
        if not isinstance(found, dict):
            return
        for place, field in enumerate(self._fields):
            value = found.get(field.name)
            if isinstance(value, str):
                self._values[place] = one_line(value)
                self._note = "Kept from when you left, marked *; Esc lets go of it."

    def _field_row(self, place: int, width: int) -> Line:
        field, value, is_current = self._fields[place], self._values[place], place == self._current
        is_wrong, is_changed = bool(self._objection(place)), value != self._before[place]
        sign: Span = ("!", "input.error") if is_wrong else ("*" if is_changed else " ", "pane.tag")
        widest = max(cell_width(each.label) for each in self._fields)
        role: Role = "input.label" if is_current else "text.dim"
        start: Line = (blank(1), sign, blank(1), left(field.label, min(widest, width // 3), role))
        if not is_current:
            return (*start, blank(2), whole(value, "text"))
        if not field.choices:
            return (*start, blank(2))
        around: tuple[Span, Span] = ((f"{BEFORE} ", "input.label"), (f" {AFTER}", "input.label"))
        return (*start, around[0], whole(value or "none", "text.strong"), around[1])

    def _said(self, width: int) -> Line:
        why = self._objection(self._current)
        if why:
            return (blank(3), whole(why, "input.error"))
        shown = self.field.help or self._note
        return indented(shown, width)[0] if shown else ()

    def _hints(self) -> list[tuple[str, str]]:
        choose = [("←→", "Choose")] if self.field.choices else []
        last = self._current + 1 == len(self._fields)
        return [("↵", "Save" if last else "Next"), ("^s", "Save all"), *choose, CANCEL]
