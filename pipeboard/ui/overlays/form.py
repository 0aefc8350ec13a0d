"""Several fields at once: a row each, checked as they are typed, saved together."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from textual.binding import Binding
from textual.events import Click, Key

from pipeboard.domain.deal import NOTHING
from pipeboard.ui.draw.glyphs import AFTER, BEFORE
from pipeboard.ui.draw.line import Line, Span, blank, left, whole
from pipeboard.ui.overlays.draft import Draft
from pipeboard.ui.overlays.overlay import Panel, TypingOverlay, heading, indented
from pipeboard.ui.palette import Role
from pipeboard.ui.terminal.width import cell_width
from pipeboard.ui.widgets.line_input import LineInput, one_line


@dataclass(frozen=True, slots=True)
class FormField:
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
    under `draft_key`. `theirs` tells, by field, what somebody else has put there meanwhile.
    """

    BINDINGS = [  # noqa: RUF012 - as Textual's own documentation writes it
        Binding("escape", "cancel", show=False),
        Binding("ctrl+s", "save", show=False),
        Binding("ctrl+r", "start_anew", show=False),
        Binding("enter", "next_or_save", show=False),
        Binding("tab,down", "go(1)", show=False),
        Binding("shift+tab,up", "go(-1)", show=False),
    ]

    def __init__(
        self,
        title: str,
        fields: Sequence[FormField],
        *,
        draft_key: str = "",
        theirs: Mapping[str, str] = NOTHING,
    ) -> None:
        super().__init__(LineInput())
        self._heading = title
        self._fields = tuple(fields)
        self._before = [one_line(field.value) for field in fields]
        self._values = [*self._before]
        self._theirs = theirs
        self.draft: Draft = Draft(self, draft_key, title, self._unsaved, self.refuse)
        self._current = self._top = self._rows = 0
        self._left: set[int] = set()
        self._aside = ""

    def prepare(self) -> None:
        self._take_up(self.draft.found())
        met = (place for place, field in enumerate(self._fields) if field.name in self._theirs)
        self._enter(next(met, 0))

    @property
    def has_changes(self) -> bool:
        return bool(self._changed())

    @property
    def field(self) -> FormField:
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
        label, below = rows[here], [*rows[here + 1 :], *self._said(width)]
        if self.field.choices:
            return Panel((top, *rows[: here + 1]), self._hints(), below)
        return Panel((top, *rows[:here]), self._hints(), below, label)

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
        self._left.update(range(len(self._fields)))
        for place in range(len(self._fields)):
            why = self._objection(place)
            if why:
                self._enter(place)
                self.refuse(f"{self.field.label}: {why}")
                return
        self.leave(self._changed())

    def action_start_anew(self) -> None:
        """As it was before anything was typed; once more, as it was typed."""
        typed, self._aside = self._unsaved() or self._aside, ""
        if self.has_changes:
            self._aside, self._values = typed, [*self._before]
        else:
            self._take_up(typed)
        self.draft.forgiven()
        self.draft.changed()
        self._enter(self._current)

    def _enter(self, place: int) -> None:
        if place != self._current:
            self._left.add(self._current)
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
            self.draft.forgiven()
            self.draft.changed()
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

    def _field_row(self, place: int, width: int) -> Line:
        field, value, is_current = self._fields[place], self._values[place], place == self._current
        is_wrong, is_changed = bool(self._complaint(place)), value != self._before[place]
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

    def _complaint(self, place: int) -> str | None:
        """What is wrong with a field that was left: it is too early to complain of one that is
        still being typed."""
        return self._objection(place) if place in self._left else None

    def _said(self, width: int) -> list[Line]:
        """What there is to say of the field, in one line or more; an empty one keeps the place."""
        why, theirs = self._complaint(self._current), self._theirs.get(self.field.name)
        if why:
            return [(blank(3), whole(why, "input.error"))]
        if theirs:
            return [(blank(3), whole(theirs, "status.warn"))]
        room = max(1, self.app.size.height - self._rows - 3)
        shown = self.draft.said(width)[:room]
        if shown and (self.draft.why or not self.field.help):
            return shown
        return indented(self.field.help, width)[:1] if self.field.help else [()]

    def _hints(self) -> list[tuple[str, str]]:
        choose = [("←→", "Choose")] if self.field.choices else []
        last = self._current + 1 == len(self._fields)
        anew = [("^r", "As it was")] if self.has_changes else []
        return [
            ("↵", "Save" if last else "Next"),
            ("^s", "Save all"),
            *choose,
            *anew,
            self.leaving,
        ]
