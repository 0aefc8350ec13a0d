"""One question of the interview: why it is asked, what a good answer is, and the answer."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Final

from textual.binding import Binding

from pipeboard.domain.deal import Answer
from pipeboard.domain.pipeline import Question
from pipeboard.ui.draw.frame import Hint
from pipeboard.ui.draw.glyphs import AFTER, BEFORE
from pipeboard.ui.draw.line import Line, Span, blank, left, whole, wrap
from pipeboard.ui.draw.questions import rating_words
from pipeboard.ui.overlays.draft import Draft
from pipeboard.ui.overlays.overlay import Panel, TypingOverlay, heading, indented
from pipeboard.ui.overlays.text import Edit, edited_outside
from pipeboard.ui.palette import Role
from pipeboard.ui.widgets.line_input import LineInput, harmless

_ROWS: Final = ("text", "evidence")
_LABELS: Final = {"text": "answer", "evidence": "evidence", "rating": "rating"}
_RATINGS: Final = (None, 0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Given:
    """What was answered; all of it empty where the question was passed over."""

    text: str = ""
    evidence: str = ""
    rating: int | None = None

    @property
    def is_empty(self) -> bool:
        return not self.text.strip() and self.rating is None


class QuestionCard(TypingOverlay[Given]):
    """Dismisses with what was given, or with None.

    What is typed is kept under `draft_key`. A text of several lines is changed in the editor.
    """

    BINDINGS = [  # noqa: RUF012 - as Textual's own documentation writes it
        Binding("escape", "cancel", show=False),
        Binding("tab", "rate(1)", show=False),
        Binding("shift+tab", "rate(-1)", show=False),
        Binding("up", "go(-1)", show=False),
        Binding("down", "go(1)", show=False),
        Binding("ctrl+g", "edit_outside", show=False),
        Binding("ctrl+r", "start_anew", show=False),
        Binding("ctrl+s,enter", "save", show=False),
    ]

    def __init__(
        self,
        question: Question,
        present: Answer | None,
        place: str,
        whom: str = "",
        *,
        draft_key: str = "",
        edit: Edit | None = None,
        goes_on: bool = True,
        outside: bool = False,
    ) -> None:
        """`place` is where the question stands, such as `4/7`, `whom` the deal; with `goes_on`
        others follow, with `outside` the editor comes first."""
        super().__init__(LineInput(placeholder="their words; Enter alone passes over it"))
        self._question = question
        self._place = place
        self._edit = edit
        self._goes_on = goes_on
        self._outside = outside
        self._first = Given(present.text, present.evidence, present.rating) if present else Given()
        self._values = asdict(self._first)
        self._field = _ROWS[0]
        self._aside = ""
        self.line.takes_more = True
        self._title = f"{question.label} · {whom}" if whom else question.label
        self.draft: Draft = Draft(self, draft_key, self._title, self._unsaved, self.refuse)

    def prepare(self) -> None:
        self._take_up(self.draft.found())
        self._enter(self._field)

    def on_mount(self) -> None:
        self.call_after_refresh(self.line.show_end)
        if self._outside:
            self.call_after_refresh(self.action_edit_outside)

    @property
    def has_changes(self) -> bool:
        return self._given() != self._first

    def draw(self, width: int, height: int) -> Panel:
        question = self._question
        above: list[Line] = [heading(f"{self._place}  {self._title}", width)]
        above += [(blank(3), whole(part, "text.strong")) for part in wrap(question.ask, width - 4)]
        above += indented(f"Why: {question.why}", width) if question.why else []
        above += indented(f"Good answer: {question.good}", width) if question.good else []
        rows = {row: self._shown(row, width) for row in _ROWS}
        below = [*self._rating(), *self.draft.said(width)]
        room = max(0, height - len(above) - len(below) - 3)
        if not self.is_typing:
            above += rows["text"][:room]
            return Panel(above, self._hints(), [*rows["evidence"], *below])
        if self._field == "text":
            return Panel(above, self._hints(), [*rows["evidence"], *below], _label("text"))
        return Panel([*above, *rows["text"][:room]], self._hints(), below, _label("evidence"))

    def resume(self) -> None:
        self._enter(self._field)

    def on_input_changed(self) -> None:
        if self.is_typing and self.text != self._values[self._field]:
            self._values[self._field] = self.text
            self._changed()

    def on_input_submitted(self) -> None:
        self.action_save()

    def on_line_input_longer(self, event: LineInput.Longer) -> None:
        self._take(harmless(event.text))

    def action_rate(self, places: int) -> None:
        """The next rating, from unknown over 0 to 4."""
        at = _RATINGS.index(self._values["rating"])
        self._values["rating"] = _RATINGS[(at + places) % len(_RATINGS)]
        self._changed()

    def action_go(self, places: int) -> None:
        """From the answer to its evidence, or back."""
        self._enter(_ROWS[(_ROWS.index(self._field) + places) % len(_ROWS)])
        self.redraw()

    def action_save(self) -> None:
        """Dismiss with what is given."""
        given = self._given()
        if given.is_empty and not self._first.is_empty:
            self.refuse("An answer needs words or a rating; Esc leaves it as it was.")
        elif given.is_empty and given.evidence:
            self.refuse("Evidence of what? The answer is empty.")
        else:
            self.leave(given)

    def action_edit_outside(self) -> None:
        """Go on in the editor; what was written there stands here to be saved, and is kept."""
        self.draft.keep()
        edited, why = edited_outside(self.app, self._values[self._field], self._edit)
        if edited:
            self._take(edited)
            self.draft.keep()
        if why:
            self.refuse(why)

    def action_start_anew(self) -> None:
        """As it was before anything was typed; once more, as it was typed."""
        typed, self._aside = self._unsaved() or self._aside, ""
        if self.has_changes:
            self._aside, self._values = typed, asdict(self._first)
        else:
            self._take_up(typed)
        self._enter(self._field)
        self._changed()

    def _take(self, text: str) -> None:
        self._values[self._field] = text
        self._enter(self._field)
        self._changed()

    def _changed(self) -> None:
        self.draft.changed()
        self.draft.forgiven()
        self.forgive()
        self.redraw()

    def _enter(self, row: str) -> None:
        self._field = row
        value = self._values[row]
        one_line = "\n" not in value
        if one_line:
            self.line.write(value)
        self.is_typing = one_line

    def _given(self) -> Given:
        return Given(**self._values)

    def _unsaved(self) -> str:
        return json.dumps(self._values) if self.has_changes else ""

    def _take_up(self, draft: str) -> None:
        found = None
        with suppress(ValueError):
            found = json.loads(draft)
        if not isinstance(found, dict):
            return
        for row in _ROWS:
            if isinstance(found.get(row), str):
                self._values[row] = found[row]
        if found.get("rating") in _RATINGS:
            self._values["rating"] = found.get("rating")

    def _shown(self, row: str, width: int) -> list[Line]:
        lines: list[Line] = []
        for number, text in enumerate(self._values[row].split("\n")):
            for piece, part in enumerate(wrap(text, width - len(_LABELS["evidence"]) - 5)):
                start = (
                    _label(row) if number == piece == 0 else (blank(len(_LABELS["evidence"]) + 4),)
                )
                lines.append((*start, whole(part, "text")))
        return lines

    def _rating(self) -> list[Line]:
        rating = self._values["rating"]
        role: Role = "pane.unknown" if rating is None else "text.strong"
        before: Span = (f"{BEFORE} ", "input.label")
        after: Span = (f" {AFTER}", "input.label")
        words = whole(rating_words(rating), role)
        return [(*_label("rating"), before, words, after, ("   Tab", "text.dim"))]

    def _hints(self) -> list[Hint]:
        other = "Answer" if self._field == "evidence" else "Evidence"
        editor = [("^g", "Editor")] if self._edit else []
        save = "Save, next" if self._goes_on else "Save"
        anew = [("^r", "As it was")] if self.has_changes else []
        return [("↵", save), ("⇥", "Rating"), ("↓", other), *editor, *anew, self.leaving]


def _label(row: str) -> Line:
    return (
        blank(1),
        left(_LABELS[row], len(_LABELS["evidence"]), "input.label"),
        (f" {AFTER} ", "input.label"),
    )
