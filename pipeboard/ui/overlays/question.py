"""One question of the interview: why it is asked, what a good answer is, and the answer."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.binding import BindingType
from textual.events import Key

from pipeboard.domain.criteria import asked_to_leave
from pipeboard.domain.deal import Answer, Deal
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.pipeline import Pipeline, Question, Stage
from pipeboard.ui.draw.facts import tick
from pipeboard.ui.draw.line import AFTER, Hint, Line, blank, left, whole, wrap
from pipeboard.ui.draw.questions import rating_words
from pipeboard.ui.overlays.draft import Draft, TypedValues
from pipeboard.ui.overlays.overlay import (
    ANEW,
    CANCEL,
    EDITOR,
    SAVES,
    Overlay,
    Panel,
    TypingOverlay,
    between_arrows,
    bound,
    heading,
    indented,
    key_shown,
)
from pipeboard.ui.overlays.text import Edit, go_on_outside
from pipeboard.ui.palette import Role
from pipeboard.ui.widgets.line_input import LineInput, harmless

_ROWS: Final = ("text", "evidence")
_LABELS: Final = {"text": "answer", "evidence": "evidence", "rating": "rating"}
_RATINGS: Final = ("", "0", "1", "2", "3", "4")


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

    BINDINGS: ClassVar[list[BindingType]] = bound(
        {
            **SAVES,
            **ANEW,
            **EDITOR,
            "enter": "save",
            "tab": "rate(1)",
            "shift+tab": "rate(-1)",
            "up": "go(-1)",
            "down": "go(1)",
        }
    )

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
        before = present or Answer("")
        rating = "" if before.rating is None else str(before.rating)
        self._values = TypedValues(
            {"text": before.text, "evidence": before.evidence, "rating": rating}
        )
        self._had_answer = bool(before.text.strip() or rating)
        self._field = _ROWS[0]
        self.line.takes_more = True
        self._title = f"{question.label} · {whom}" if whom else question.label
        self.draft: Draft = Draft(self, draft_key, self._title, self._values.as_draft, self.refuse)

    def prepare(self) -> None:
        self._values.take_up(self.draft.found())
        self._enter(self._field)

    def on_mount(self) -> None:
        self.call_after_refresh(self.line.show_end)
        if self._outside:
            self.call_after_refresh(self.action_edit_outside)

    @property
    def has_changes(self) -> bool:
        return bool(self._values.changed)

    def draw(self, width: int, height: int) -> Panel:
        question = self._question
        above: list[Line] = [heading(f"{self._place}  {self._title}", width)]
        above += [(blank(3), whole(part, "text.strong")) for part in wrap(question.ask, width - 4)]
        above += indented(f"Why: {question.why}", width) if question.why else []
        above += indented(f"Good answer: {question.good}", width) if question.good else []
        rows = {row: _text_rows(row, self._values.now[row], width) for row in _ROWS}
        below = [_rating_row(_rating(self._values.now["rating"])), *self.draft.said(width)]
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
        if self.is_typing and self.text != self._values.now[self._field]:
            self._values.now[self._field] = self.text
            self._changed()

    def on_input_submitted(self) -> None:
        self.action_save()

    def on_line_input_longer(self, event: LineInput.Longer) -> None:
        self._take(harmless(event.text))

    def action_rate(self, places: int) -> None:
        """The next rating, from unknown over 0 to 4."""
        at = _RATINGS.index(self._values.now["rating"])
        self._values.now["rating"] = _RATINGS[(at + places) % len(_RATINGS)]
        self._changed()

    def action_go(self, places: int) -> None:
        """From the answer to its evidence, or back."""
        self._enter(_ROWS[(_ROWS.index(self._field) + places) % len(_ROWS)])
        self.redraw()

    def action_save(self) -> None:
        """Dismiss with what is given."""
        now = self._values.now
        given = Given(now["text"], now["evidence"], _rating(now["rating"]))
        if given.is_empty and self._had_answer:
            self.refuse("An answer needs words or a rating; Esc leaves it as it was.")
        elif given.is_empty and given.evidence:
            self.refuse("Evidence of what? The answer is empty.")
        else:
            self.leave(given)

    def action_edit_outside(self) -> None:
        """Go on in the editor; what was written there stands here to be saved, and is kept."""
        go_on_outside(self, self._values.now[self._field], self._edit, self._take)

    def action_start_anew(self) -> None:
        """As it was before anything was typed; once more, as it was typed."""
        self._values.start_anew()
        self._enter(self._field)
        self._changed()

    def _take(self, text: str) -> None:
        self._values.now[self._field] = text
        self._enter(self._field)
        self._changed()

    def _changed(self) -> None:
        self.draft.forgiven()
        self.draft.changed()
        self.forgive()
        self.redraw()

    def _enter(self, row: str) -> None:
        self._field = row
        value = self._values.now[row]
        one_line = "\n" not in value
        if one_line:
            self.line.write(value)
        self.is_typing = one_line

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


def _rating(text: str) -> int | None:
    return int(text) if text in _RATINGS[1:] else None


def _rating_row(rating: int | None) -> Line:
    role: Role = "pane.unknown" if rating is None else "text.strong"
    words = whole(rating_words(rating), role)
    return (*_label("rating"), *between_arrows(words), ("   Tab", "text.dim"))


def _text_rows(row: str, text: str, width: int) -> list[Line]:
    """A text of several lines beside its label."""
    room, under = width - len(_LABELS["evidence"]) - 5, (blank(len(_LABELS["evidence"]) + 4),)
    parts = [part for line in text.split("\n") for part in wrap(line, room)]
    return [
        (*(under if place else _label(row)), whole(part, "text"))
        for place, part in enumerate(parts)
    ]


# The playbook of a stage: what it is for and how it is worked, with its checklist.


class Playbook(Overlay[int]):
    """Dismisses with the place of a checklist item to tick or clear, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = bound(
        {"enter,q": "cancel", "up": "scroll(-1)", "down": "scroll(1)"}
    )

    def __init__(
        self,
        pipeline: Pipeline,
        stage: Stage,
        deal: Deal | None,
        *,
        only_looks: bool = False,
        top: int = 0,
    ) -> None:
        """`deal` is whose checklist it is; without one, or for who `only_looks`, nothing can be
        ticked. `top` is the first line that is shown."""
        super().__init__()
        self._pipeline = pipeline
        self._stage = stage
        self._deal = deal
        self._ticks = () if deal is None or only_looks else stage.checklist
        self.top, self._last_top = top, 0
        whose = f"{deal.name} · " if deal else ""
        self._title = f"{whose}{stage.name}: {_limits(stage)}".rstrip(": ")

    def draw(self, width: int, height: int) -> Panel:
        stage = self._stage
        head = heading(self._title, width)
        lines = _labelled("Goal", stage.outcome, width)
        for line in stage.playbook.split("\n") if stage.playbook else ():
            lines += indented(line, width)
        lines += _labelled("To leave it", asked_to_leave(stage, self._pipeline), width)
        lines += _labelled("Usual next step", stage.next_step, width)
        lines += [self._item(place, item) for place, item in enumerate(stage.checklist)]
        if not lines:
            lines.append((blank(3), ("nothing is written about this stage yet", "empty")))
        room = max(1, height - 2)
        self._last_top = max(0, len(lines) - room)
        self.top = min(self.top, self._last_top)
        keys = [("1-9", "Tick")] if self._ticks else []
        keys += [("↑↓", "Scroll")] if self._last_top else []
        return Panel([head, *lines[self.top : self.top + room]], [*keys, (CANCEL[0], "Close")])

    def roll(self, lines: int) -> None:
        self.action_scroll(lines)

    def action_scroll(self, lines: int) -> None:
        """So many lines down, where there are more than fit."""
        self.top = max(0, min(self.top + lines, self._last_top))
        self.redraw()

    def take_key(self, event: Key) -> None:
        if not event.is_printable:
            return
        event.stop()
        place = int(event.key) - 1 if event.key.isdigit() else -1
        if 0 <= place < len(self._ticks):
            self.leave(place)
        else:
            self.refuse(f"{key_shown(event)} does nothing here; Esc closes.")

    def _item(self, place: int, item: str) -> Line:
        done = self._deal is not None and self._deal.is_checked(self._stage.id, item)
        number = f"{place + 1} " if place < 9 else "  "
        return (blank(3), (number, "input.label"), tick(done), whole(item, "text"))


def _limits(stage: Stage) -> str:
    """How long a deal should stay, and how long it may lie idle."""
    limits = ((stage.expected_days, "d here"), (stage.idle_days, "d without a touch"))
    said = ", ".join(f"{days}{what}" for days, what in limits if days)
    return f"limit {said}" if said else ""


def _labelled(label: str, text: str, width: int) -> list[Line]:
    if not text:
        return []
    first, *rest = wrap(text, width - len(label) - 6, width - 6)
    line: Line = (blank(3), (f"{label}  ", "pane.head"), whole(first, "text"))
    return [line, *[(blank(5), whole(part, "text")) for part in rest]]
