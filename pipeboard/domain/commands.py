"""Commands: everything that a person can do to a deal, as plain values.

`decide` turns a command into events or refuses it. A command names no deal: the same value is
decided for one deal or, in bulk, for many.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from pipeboard.domain.deal import NOTHING, Answer, Contact, Loss, NextStep, Note, Term, Touch
from pipeboard.domain.lazy_dataclass import dataclass, field

if TYPE_CHECKING:
    from pipeboard.domain.deal import Deal, FieldValue
    from pipeboard.domain.events import Event
    from pipeboard.domain.money import Money
    from pipeboard.domain.pipeline import Pipeline


Precision: TypeAlias = Literal["", "day", "unknown"]
"""How exactly an instant is known: to the moment, its local day only, or not at all."""


def _new_id() -> str:
    import uuid  # who only looks makes none

    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class Context:
    """What a decision is made in: the deal's pipeline, the instant, the workspace's zone, who acts.

    `actor` is the rep that acts, `author` who signs what is written, both of them where one acts
    for another. `loss_categories` are the workspace's; an empty tuple means the standard. `day` is
    today by the clock: it may lie before `at`, since recorded instants never run backwards.
    `new_id` names what is written down: notes and touches. `owner` tells whom a name means, also
    somebody new where that is said; `notes` are those of a deal by its id, `course` the events that
    brought it to stages, as they are known now, oldest first; `reps` those who are at work; `sees`
    tells whether one of them is shown the deals of an owner.
    """

    pipeline: Pipeline
    at: datetime
    zone: ZoneInfo
    actor: str
    loss_categories: tuple[str, ...] = ()
    author: str = ""
    day: date | None = None
    new_id: Callable[[], str] = _new_id
    owner: Callable[[str, bool], str] = lambda name, _: name
    notes: Callable[[int], Sequence[Note]] = lambda _: ()
    course: Callable[[int], Sequence[Event]] = lambda _: ()
    reps: tuple[str, ...] = ()
    sees: Callable[[str, str], bool] = lambda rep, owner: True

    @property
    def today(self) -> date:
        return self.day or self.at.astimezone(self.zone).date()

    @property
    def signature(self) -> str:
        return self.author or self.actor


@dataclass(frozen=True, slots=True)
class Create:
    """A new deal in an open stage; `fields` holds the deal's other fields by name."""

    title: str
    stage_id: int
    fields: Mapping[str, FieldValue] = field(default_factory=lambda: NOTHING)


class StepDone(NamedTuple):
    """A next step that was done elsewhere, with what came of it, and when."""

    step: NextStep
    outcome: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TakeOver:
    """A deal that lived elsewhere: its fields, the stages it entered and when, and how it ended.

    `path` is in time order and starts with the first known stage: where its instant is later than
    `created_at`, the time before is unknown. `origin` names the file, `precision` how exactly the
    instants `created_at` and `closed_at` are known where that is not to the moment. Where nobody
    knows `archived_at`, a deal that is `archived` was so when it closed; so was one that was
    `merged_into` another, by its number.
    """

    title: str
    created_at: datetime
    path: tuple[tuple[int, datetime], ...]
    origin: str
    fields: Mapping[str, FieldValue] = field(default_factory=lambda: NOTHING)
    outcome: str = "open"
    closed_at: datetime | None = None
    loss: Loss | None = None
    notes: tuple[Note, ...] = ()
    touches: tuple[Touch, ...] = ()
    archived: bool = False
    precision: Mapping[str, Precision] = field(default_factory=lambda: NOTHING)
    archived_at: datetime | None = None
    steps_done: tuple[StepDone, ...] = ()
    merged_into: int | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """To another open stage, through the gate; `override` is the typed reason to pass it."""

    stage_id: int
    override: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """To the next open stage (1) or back (-1) from where the deal stands."""

    places: int
    override: str = ""


@dataclass(frozen=True, slots=True)
class Win:
    """Won, at a final value (None keeps the present one), today or `on` an earlier day.

    `precision` says how exactly `at` is known."""

    value: Money | None = None
    on: date | None = None
    override: str = ""
    at: datetime | None = None
    precision: Precision = ""


@dataclass(frozen=True, slots=True)
class Lose:
    """Lost for a reason, today or `on` an earlier day; `precision` is how exactly `at` is known."""

    loss: Loss
    on: date | None = None
    at: datetime | None = None
    precision: Precision = ""


@dataclass(frozen=True, slots=True)
class Correct:
    """What is known better of when a deal began, and of when and why it closed; None leaves it.

    `precision` says how exactly the instants are known, by their names."""

    created_at: datetime | None = None
    closed_at: datetime | None = None
    loss: Loss | None = None
    precision: Mapping[str, Precision] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Reopen:
    """Back to work, in the stage it was closed from unless another is named."""

    stage_id: int | None = None
    override: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """New values for fields by name; `fields.NAME` is a custom field, None empties.

    An owner whom nobody knows is a mistake, or with `new_rep` somebody new.
    """

    changes: Mapping[str, FieldValue]
    new_rep: bool = False


@dataclass(frozen=True, slots=True)
class SetFields:
    """`Edit` as it is typed, `value=40k`, read on the day and in the currency of then."""

    assignments: tuple[str, ...]
    new_rep: bool = False


@dataclass(frozen=True, slots=True)
class Assign:
    """Another owner, who is known unless `new_rep`; a note to them is kept among the touches."""

    rep: str
    note: str = ""
    new_rep: bool = False


@dataclass(frozen=True, slots=True)
class TagWith:
    """Tags put on and taken off."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rank:
    """A place in the column by hand."""

    rank: int


@dataclass(frozen=True, slots=True)
class SetNextStep:
    """What happens next; an empty text with a date is allowed, neither clears the step.

    `every` makes it come again when it is done: `2w`."""

    text: str
    due: date | None
    every: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The next step as it is typed, with its day: `thu call Bob`; `-` or nothing clears it."""

    typed: str


@dataclass(frozen=True, slots=True)
class Reschedule:
    """Another day for the next step, its words as they are, or the `usual` ones without any."""

    due: date
    usual: str = ""


@dataclass(frozen=True, slots=True)
class CompleteNextStep:
    """The next step was done, which counts as a touch."""

    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Snooze:
    """Parked until a day to come; None wakes the deal."""

    until: date | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AnswerQuestion:
    """An answer to a question by key, number or what it proves; None takes the answer back."""

    question: str
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class SetContact:
    """A person of the deal under a key, made of the name if empty; None removes them."""

    key: str
    contact: Contact | None


@dataclass(frozen=True, slots=True)
class SetTerm:
    """A line of the terms sheet under a key, made of the item if empty; None removes it."""

    key: str
    term: Term | None


@dataclass(frozen=True, slots=True)
class Check:
    """An item of a stage's checklist ticked or not."""

    stage_id: int
    item: str
    done: bool


@dataclass(frozen=True, slots=True)
class AddNote:
    """A note, appended, signed by who writes it; an empty `id` is made."""

    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class EditNote:
    """A note's text replaced, unless it no longer says what it did `before`; the old text stays in
    the history."""

    note_id: str
    text: str
    before: str | None = None


@dataclass(frozen=True, slots=True)
class LogTouch:
    """An interaction with the buyer, now or `at` an earlier instant, which stops the idle clock.

    With `quote` the proposal went out with it; `trial_close` is how a question for a small
    commitment was answered: yes, no or conditional, empty where none was asked.
    """

    type: str
    direction: str = "out"
    outcome: str = ""
    at: datetime | None = None
    quote: bool = False
    trial_close: str = ""
    objection: str = ""
    variant: str = ""


@dataclass(frozen=True, slots=True)
class AskRep:
    """Something that another rep is to do on the deal, by a day or today."""

    rep: str
    text: str
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Archive:
    """Out of sight and out of every number, with its outcome kept."""


@dataclass(frozen=True, slots=True)
class Unarchive:
    """Back from the archive."""


@dataclass(frozen=True, slots=True)
class MergeInto:
    """This deal was the same as another and goes into it.

    A won or lost one does so only with `closed`: its outcome leaves the numbers of its period.
    """

    kept_id: int
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Absorbed:
    """A deal that goes into another, with its notes and touches under ids of their own there."""

    deal: Deal
    notes: tuple[Note, ...] = ()
    touches: tuple[Touch, ...] = ()


@dataclass(frozen=True, slots=True)
class Absorb:
    """Other deals come into this one: what they know and this one does not, and all their notes
    and touches."""

    others: tuple[Absorbed, ...]


@dataclass(frozen=True, slots=True)
class Revert:
    """The events of one command on this deal taken back (undo) or put again (redo)."""

    events: tuple[Event, ...]


Command = (
    Create
    | TakeOver
    | Move
    | Step
    | Win
    | Lose
    | Correct
    | Reopen
    | Edit
    | SetFields
    | Assign
    | TagWith
    | Rank
    | SetNextStep
    | Plan
    | Reschedule
    | CompleteNextStep
    | Snooze
    | AnswerQuestion
    | SetContact
    | SetTerm
    | Check
    | AddNote
    | EditNote
    | LogTouch
    | AskRep
    | Archive
    | Unarchive
    | MergeInto
    | Absorb
    | Revert
)
