"""Several fields at once: a row each, checked as they are typed, saved together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import ClassVar, TypeAlias

from textual.binding import BindingType
from textual.events import Click, Key

from pipeboard.domain.dates import local_date
from pipeboard.domain.deal import NOTHING, Answer, Deal, custom_key
from pipeboard.domain.deal_fields import BEGINNING, FIELDS, parse_field
from pipeboard.domain.deal_record import deal_seen_by, may_see
from pipeboard.domain.errors import PipeboardError
from pipeboard.domain.events import read
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.pipeline import Category, Pipeline
from pipeboard.domain.settings import Settings
from pipeboard.ui.draw.line import Hint, Line, blank, left, whole, wrap
from pipeboard.ui.draw.questions import field_text, rating_words, value_text, written_value
from pipeboard.ui.overlays.draft import Draft, TypedValues
from pipeboard.ui.overlays.menu import Menu, MenuChoice
from pipeboard.ui.overlays.overlay import (
    ANEW,
    SAVES,
    Panel,
    TypingOverlay,
    between_arrows,
    bound,
    heading,
    indented,
)
from pipeboard.ui.overlays.question import Given
from pipeboard.ui.palette import Role
from pipeboard.ui.terminal.width import cell_width
from pipeboard.ui.widgets.line_input import LineInput, one_line


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of a form: what it is called, and what it holds as one would type it.

    One with `choices` takes nothing else. `help` says what can be typed; `check` why a text cannot
    be taken, or None; `remark` what is to be known of one that can, or "".
    """

    name: str
    label: str
    value: str
    choices: Sequence[str] = ()
    help: str = ""
    check: Callable[[str], str | None] | None = None
    remark: Callable[[str], str] | None = None

    def beside(self, value: str, places: int) -> str:
        """The choice so many places on from a value."""
        at = self.choices.index(value) if value in self.choices else -places
        return self.choices[(at + places) % len(self.choices)]

    def beginning(self, letter: str, value: str) -> str | None:
        """The next choice after a value that begins with a letter; None where none does."""
        at = self.choices.index(value) + 1 if value in self.choices else 0
        ahead = (*self.choices[at:], *self.choices[:at])
        return next((one for one in ahead if one.casefold().startswith(letter.casefold())), None)


class Form(TypingOverlay[dict[str, str]]):
    """Dismisses with the fields that were changed, by name, or with None.

    Only the current field is an input, which moves from row to row. Unsaved changes are kept
    under `draft_key`. `theirs` tells, by field, what somebody else has put there meanwhile.
    """

    BINDINGS: ClassVar[list[BindingType]] = bound(
        {
            **SAVES,
            **ANEW,
            "enter": "next_or_save",
            "tab,down": "go(1)",
            "shift+tab,up": "go(-1)",
        }
    )

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
        self._values = TypedValues({field.name: one_line(field.value) for field in fields})
        self._theirs = theirs
        self.draft: Draft = Draft(self, draft_key, title, self._values.as_draft, self.refuse)
        self._current = self._top = self._rows = 0
        self._left: set[str] = set()

    def prepare(self) -> None:
        self._values.take_up(self.draft.found())
        met = (place for place, field in enumerate(self._fields) if field.name in self._theirs)
        self._enter(next(met, 0))

    @property
    def has_changes(self) -> bool:
        return bool(self._values.changed)

    @property
    def field(self) -> FormField:
        """The current field."""
        return self._fields[self._current]

    @property
    def value(self) -> str:
        """What stands in the current field."""
        return self._values.now[self.field.name]

    def draw(self, width: int, height: int) -> Panel:
        count = len(self._fields)
        self._rows = max(1, min(count, height - 4))
        self._top = min(max(self._top, self._current - self._rows + 1), self._current)
        shown = self._fields[self._top : self._top + self._rows]
        widest = max(cell_width(field.label) for field in self._fields)
        changed, now = self._values.changed, self._values.now
        rows = [
            _row(
                field,
                now[field.name],
                "!" if _complaint(self, field) else "*" if field.name in changed else " ",
                is_current=field is self.field,
                room=min(widest, width // 3),
            )
            for field in shown
        ]
        here = self._current - self._top
        place = f"{self._current + 1} of {count}" if count > self._rows else ""
        top = heading(self._heading, width, place)
        label, below = rows[here], [*rows[here + 1 :], *self._said(width)]
        hints = _hints(self.field, is_last=self._current + 1 == count, has_changes=bool(changed))
        if self.field.choices:
            return Panel((top, *rows[: here + 1]), (*hints, self.leaving), below)
        return Panel((top, *rows[:here]), (*hints, self.leaving), below, label)

    def resume(self) -> None:
        self._enter(self._current)

    def take_key(self, event: Key) -> None:
        if not self.field.choices:
            return
        if event.key in ("right", "space", "left"):
            event.stop()
            self._set(self.field.beside(self.value, -1 if event.key == "left" else 1))
        elif event.is_printable and event.character is not None:
            event.stop()
            choice = self.field.beginning(event.character, self.value)
            if choice is None:
                self.refuse(f"None of the choices begins with {event.character}.")
            else:
                self._set(choice)

    def on_input_changed(self) -> None:
        if not self.field.choices:
            self._set(self.text)

    def on_click(self, event: Click) -> None:
        row = event.screen_y - self._above.region.y - 1
        if 0 <= row < self._rows:
            self._enter(self._top + row)

    def roll(self, lines: int) -> None:
        if len(self._fields) > self._rows:
            self._enter(max(0, min(self._current + lines, len(self._fields) - 1)))

    def action_go(self, places: int) -> None:
        """So many fields down; after the last comes the first."""
        self._enter((self._current + places) % len(self._fields))

    def action_next_or_save(self) -> None:
        """The next field; after the last, save."""
        if self._current + 1 < len(self._fields):
            self.action_go(1)
        else:
            self.action_save()

    on_input_submitted = action_next_or_save

    def action_save(self) -> None:
        """Dismiss with the changes, unless one cannot be taken."""
        self._left.update(self._values.now)
        for place, field in enumerate(self._fields):
            why = _complaint(self, field)
            if why:
                self._enter(place)
                self.refuse(f"{field.label}: {why}")
                return
        self.leave(self._values.changed)

    def action_start_anew(self) -> None:
        """As it was before anything was typed; once more, as it was typed."""
        self._values.start_anew()
        self.draft.forgiven()
        self.draft.changed()
        self._enter(self._current)

    def _enter(self, place: int) -> None:
        if place != self._current:
            self._left.add(self.field.name)
        self._current = place
        if self.field.choices:
            self.is_typing = False
        else:
            self.line.write(self.value)
            self.is_typing = True
        self.forgive()
        self.redraw()

    def _set(self, value: str) -> None:
        if value != self.value:
            self.forgive()
            self._values.now[self.field.name] = value
            self.draft.forgiven()
            self.draft.changed()
            self.redraw()

    def _said(self, width: int) -> list[Line]:
        """What there is to say of the field, in one line or more; an empty one keeps the place."""
        why, theirs = _complaint(self, self.field), self._theirs.get(self.field.name)
        if why:
            return [(blank(3), whole(why, "input.error"))]
        remark = self.field.remark(self.value) if self.field.remark is not None else ""
        if theirs or remark:
            return [(blank(3), whole(theirs or remark, "status.warn"))]
        shown = self.draft.said(width)[: max(1, self.app.size.height - self._rows - 3)]
        if shown and (self.draft.why or not self.field.help):
            return shown
        return indented(self.field.help, width)[:1] if self.field.help else [()]


def _complaint(form: Form, field: FormField) -> str | None:
    """What is wrong with a field that was left: one that is still typed is not complained of."""
    if field.check is None or field.name not in form._left:
        return None
    return field.check(form._values.now[field.name])


def _hints(field: FormField, *, is_last: bool, has_changes: bool) -> list[Hint]:
    choose = [("←→", "Choose")] if field.choices else []
    anew = [("^r", "As it was")] if has_changes else []
    return [("↵", "Save" if is_last else "Next"), ("^s", "Save all"), *choose, *anew]


def _row(field: FormField, value: str, sign: str, *, is_current: bool, room: int) -> Line:
    """A field with its value, unless that stands in the input beside it."""
    role: Role = "input.label" if is_current else "text.dim"
    start: Line = (
        blank(1),
        (sign, "input.error" if sign == "!" else "pane.tag"),
        blank(1),
        left(field.label, room, role),
    )
    if not is_current:
        return (*start, blank(2), whole(value, "text"))
    if not field.choices:
        return (*start, blank(2))
    return (*start, *between_arrows(whole(value or "none", "text.strong")))


# The edit form of a deal: which fields it has, what they hold, and how each is checked.


def deal_form(
    deal: Deal,
    pipeline: Pipeline,
    today: date,
    settings: Settings,
    me: str,
    new_rep: Callable[[str], str] | None = None,
) -> tuple[str, list[FormField]]:
    """Title and fields of the form for one deal; custom fields come last, also those that it lacks
    and an ideal customer would have. `new_rep` says of an owner that nobody knows them. What is the
    owner's own is in nobody else's form.
    """
    currency = deal.currency_in(pipeline)
    ideal = [custom_key(deal.fields, one.own_field) for one in pipeline.traits if one.own_field]
    own = {**dict.fromkeys(ideal, ""), **deal.fields}
    choices = {
        "category": ("", *(str(category) for category in Category)),
        "source": ("", *settings.source_names),
    }
    fields = [
        FormField(
            field.typed,
            field.label,
            field_text(deal, field.typed),
            choices=choices.get(field.name, ()),
            check=_check(field.typed, today, currency),
            remark=new_rep if field.name == "owner" else None,
        )
        for field in FIELDS
        if field.label and may_see(field.name, deal.owner, me)
    ]
    began = deal.known_created_at
    day = value_text(began and local_date(began, settings.zone))
    fields.append(FormField(BEGINNING, "Created", day, check=_check(BEGINNING, today, currency)))
    fields += [FormField(f"fields.{name}", name, value) for name, value in sorted(own.items())]
    return f"{deal.ref}  {deal.name}", fields


def _check(name: str, today: date, currency: str) -> Callable[[str], str | None]:
    def check(text: str) -> str | None:
        try:
            parse_field(name, text.strip(), today, currency)
        except PipeboardError as error:
            return error.message
        return "A deal needs a title." if name == "title" and not text.strip() else None

    return check


# A conflict: both changes of one thing side by side, and whose is to stand.


class Side(StrEnum):
    """Whose change stands: whatever is chosen, the history keeps every version."""

    MINE = "m"
    BOTH = "b"
    FIELDS = "f"
    THEIRS = "t"


Typed: TypeAlias = tuple[date, str]
"""What typed words mean: from which day on, and in which currency."""


@dataclass(frozen=True, slots=True)
class Met:
    """Two changes of one thing: a heading, what they have put there (`fields` by name, in words),
    who and when, and what I have typed."""

    heading: str
    who: str
    theirs: str
    mine: str
    fields: Mapping[str, str]


def about(
    deal: Deal, eyes: str, details: Mapping[str, object], mine: object, zone: tzinfo, typed: Typed
) -> Met:
    """What the details of a conflict say, as the deal is now for those eyes, beside what was
    typed."""
    deal = deal_seen_by(deal, eyes)
    at, by = details.get("at"), str(details.get("by") or "somebody")
    when = f" at {datetime.fromisoformat(str(at)).astimezone(zone):%H:%M}" if at else ""
    fields = {
        name.removesuffix("_bp"): str(
            details.get("theirs") or written_value(name, _value(deal, name, zone))
        )
        for name in _names(details)
    }
    names = ", ".join(_label(name) for name in fields)
    one = next(iter(fields.values())) if len(fields) == 1 else ""
    theirs = one or "\n".join(f"{_label(name)}: {text}" for name, text in fields.items())
    heading = f"{by} changed {names} of {deal.name}{when}"
    return Met(heading, f"@{by}{when}", theirs, _words(mine, fields, typed), fields)


def _names(details: Mapping[str, object]) -> Sequence[str]:
    names = details["fields"]
    return names if isinstance(names, list | tuple) else ()


def _value(deal: Deal, name: str, zone: tzinfo) -> object:
    try:
        value = read(deal, name)
    except AttributeError:
        return ""
    return value.astimezone(zone).date() if isinstance(value, datetime) else value


def _label(name: str) -> str:
    return name.partition(".")[2].replace("_", " ") or name.removesuffix("_at").replace("_", " ")


def _words(mine: object, fields: Mapping[str, str], typed: Typed) -> str:
    """What was typed, as it is understood; of a form what stands against their fields, or else all
    of it."""

    def understood(name: str, text: str) -> str:
        try:
            return written_value(name, parse_field(name, text, *typed)[1]) if text else ""
        except PipeboardError:  # not typed as a field, such as a next step with its day
            return text

    if isinstance(mine, dict):
        both = {name: text for name, text in mine.items() if name in fields} or mine
        told = {name: understood(name, str(text or "")) for name, text in both.items()}
        return "\n".join(f"{_label(name)}: {text or '(empty)'}" for name, text in told.items())
    if isinstance(mine, Given):
        return f"{mine.text}   {rating_words(mine.rating)}"
    if isinstance(mine, str) and len(fields) == 1:
        return understood(next(iter(fields)), mine)
    return str(mine) if mine else ""


class ConflictMenu(Menu):
    """Dismisses with the side that is taken, or with None: then nothing is stored yet.

    `joins` where both can be put together, `by_field` where the fields of a form can be gone
    through; `notes` where mine becomes a note if theirs stands, and not a draft.
    """

    def __init__(
        self, met: Met, *, joins: bool = False, by_field: bool = False, notes: bool = False
    ) -> None:
        kept = "mine goes into a note" if notes else "mine is kept as a draft"
        choices = [MenuChoice(Side.MINE, "mine, theirs stays in the history")]
        choices += [MenuChoice(Side.BOTH, "both, theirs first")] if joins else []
        choices += [MenuChoice(Side.FIELDS, "field by field")] if by_field else []
        choices.append(MenuChoice(Side.THEIRS, f"theirs, {kept}"))
        super().__init__(met.heading, choices)
        self._sides = ((met.who, met.theirs), ("you", met.mine))

    def draw(self, width: int, height: int) -> Panel:
        panel = super().draw(width, height)
        edge, *choices = panel.above
        room = max(2, (height - len(choices) - 3) // 2)
        both = [line for side in self._sides for line in _side(*side, width)[:room]]
        return Panel((edge, *choices, *both), panel.hints)


def _side(who: str, text: str, width: int) -> list[Line]:
    lines: list[Line] = [(whole(f"   {who}", "pane.who"),)]
    for line in (text or "(empty)").split("\n"):
        lines += [(whole(f"     {part}", "text"),) for part in wrap(line, width - 6)]
    return lines


def joined(theirs: Answer, mine: Given) -> Given:
    """Both answers in one, theirs first; the rating is mine where I gave one."""
    rating = theirs.rating if mine.rating is None else mine.rating
    texts = [text for text in (theirs.text, mine.text) if text]
    evidence = [text for text in (theirs.evidence, mine.evidence) if text]
    return Given("\n".join(texts), "\n".join(evidence), rating)
