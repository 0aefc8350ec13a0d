"""A deal as it stands now, and the small values that it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Never, TypeAlias

from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.domain.text import fold

if TYPE_CHECKING:
    from pipeboard.domain.money import Money
    from pipeboard.domain.pipeline import Pipeline, Question


# The words for where a deal stands and why it was lost; apart from the deal itself, of which a
# board needs no more to be drawn.

LOSS_CATEGORIES = (
    "competitor",
    "price",
    "no-decision",
    "disqualified",
    "timing",
    "unresponsive",
    "other",
    "invalid",
)


UNKNOWN: Final = "unknown"
"""The precision of an instant that stands for one that nobody knows."""


class Status(StrEnum):
    """Where a deal stands; an archived deal keeps its outcome for the day it comes back."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"
    ARCHIVED = "archived"


# Whether a deal came to us or we went to it, as its source tells.

CHANNELS = ("in", "out")

# Calls, e-mails and messages are how we approach somebody; the rest is how they find us.
CHANNEL_OF: Mapping[str, str] = MappingProxyType(
    {
        "referral": "in",
        "inbound": "in",
        "web": "in",
        "event": "in",
        "partner": "in",
        "advertising": "in",
        "cold-call": "out",
        "email": "out",
        "social": "out",
        "outbound": "out",
    }
)


def channel_of(source: str, channels: Mapping[str, str] = CHANNEL_OF) -> str:
    """`in` or `out`, as a workspace says (`Settings.channels`); empty where the source does not
    tell."""
    return channels.get(source.strip().lower(), "")


NOTHING: Mapping[str, Never] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class NextStep:
    """What happens next on a deal, by which day, and after how long again (`2w`, "" for once)."""

    text: str
    due: date | None = None
    every: str = ""

    @property
    def words(self) -> str:
        """What it is, and how often it comes again: `call Bob every 2w`."""
        return f"{self.text} every {self.every}".lstrip() if self.every else self.text


NOT_SAID = "not said"
"""The loss category of a deal that was lost without a word about why."""


@dataclass(frozen=True, slots=True)
class Loss:
    """Why a deal was lost; `recycle_on` is the day it becomes a lead again, `objection` the one
    that was not overcome, as a tag."""

    category: str
    reason: str = ""
    competitor: str = ""
    recycle_on: date | None = None
    objection: str = ""

    @property
    def told(self) -> str:
        """The category; of `other` without a reason, which stands where nothing was said, that."""
        return self.category if self.category != "other" or self.reason else NOT_SAID


@dataclass(frozen=True, slots=True)
class Answer:
    """The present answer to a qualification question; a rating of None is unknown, never 0."""

    text: str
    rating: int | None = None
    evidence: str = ""
    by: str = ""
    at: datetime | None = None

    @property
    def is_given(self) -> bool:
        return bool(self.text) or self.rating is not None


def role_name(role: str) -> str:
    """The role of a person in a deal as it is read: `decision-maker`."""
    return role.replace("_", "-")


@dataclass(frozen=True, slots=True)
class Contact:
    """A person on the other side, and the part they play in this deal."""

    name: str
    role: str = "other"
    email: str = ""
    phone: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """One line of a negotiation: our position, theirs, and what was agreed ("" while open)."""

    item: str
    ours: str = ""
    theirs: str = ""
    agreed: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """Something that one rep wants of another on a deal, until they do something with it."""

    text: str
    by: str
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A note on a deal; `id` is given by whoever writes it."""

    id: str
    text: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Touch:
    """One interaction with the buyer: `type` call, email, meeting, demo or message.

    A `HANDOVER` from rep to rep is kept like one, in no direction. `objection` is what they had
    against it, `variant` which of our ways of asking was tried, both as tags.
    """

    id: str
    type: str
    direction: str
    outcome: str
    by: str
    at: datetime
    objection: str = ""
    variant: str = ""


TOUCH_TYPES = ("call", "email", "meeting", "demo", "message")
HANDOVER = "handover"
DIRECTIONS = ("in", "out")
TRIAL_CLOSES = ("yes", "no", "conditional")


ENTRY_TYPES = (str, Answer, Contact, Term, Ask)
if TYPE_CHECKING:
    DealPart: TypeAlias = NextStep | Loss | Answer | Contact | Term | Ask | Note | Touch
    """The small values that a deal is made of, and what is kept beside it."""
    EntryValue: TypeAlias = str | Answer | Contact | Term | Ask
    """What stands under a key of a mapping field."""
    FieldValue: TypeAlias = (
        int
        | bool
        | Status
        | Money
        | date
        | datetime
        | tuple[str, ...]
        | NextStep
        | Loss
        | EntryValue
        | Mapping[str, EntryValue]
        | None
    )
    """What a field of a deal, or one entry of it, can hold."""
    Values: TypeAlias = Mapping[str, FieldValue]
    """Fields of a deal by name; `answers.need` is one entry of a mapping field."""


def custom_key(fields: Mapping[str, str], name: str) -> str:
    """What the custom field that somebody calls `name` is called among `fields`: exactly so, else
    but for case and accents, else it is a new one."""
    if name in fields or not fields:
        return name
    wanted = fold(name)
    return next((own for own in fields if fold(own) == wanted), name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """One deal with everything that is decided on; notes and touches are kept beside it.

    `probability_bp` and `category` are the rep's own word and None while the stage speaks for
    the deal. `external_id` is its id in the tool `external_source` ("" where nobody knows), and
    `imported` what that tool's file last said of it, by field; `imported_as` is what 0.1.0 kept
    instead: a fingerprint of the row. `rank` orders a column by hand, lowest on top. `given_by` is
    who gave the deal to its owner, until they have done something with it, and `asks` what is
    wanted of whom. `created_precision` and `entry_precision` say how exactly it is known when it
    began and came to where it stands ("": to the moment, "day", "unknown"). `version` counts its
    events. A deal is `removed` when its creation was undone: it keeps its id and history, and
    counts nowhere.
    """

    id: int
    pipeline_id: int
    stage_id: int
    title: str
    account: str = ""
    value: Money | None = None
    owner: str = ""
    given_by: str = ""
    source: str = ""
    source_detail: str = ""
    contact_reason: str = ""
    tags: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    probability_bp: int | None = None
    category: str | None = None
    expected_close: date | None = None
    created_at: datetime
    created_precision: str = ""
    stage_entered_at: datetime
    entry_precision: str = ""
    qualified_at: datetime | None = None
    outcome: Status = Status.OPEN
    closed_at: datetime | None = None
    closed_from: int | None = None
    loss: Loss | None = None
    next_step: NextStep | None = None
    snoozed_until: date | None = None
    snooze_reason: str = ""
    last_touch_at: datetime | None = None
    last_outbound_at: datetime | None = None
    last_reply_at: datetime | None = None
    outbound_since_reply: int = 0
    trial_close: str = ""
    quote_sent_at: datetime | None = None
    offer_expires_on: date | None = None
    floor_value: Money | None = None
    archived_at: datetime | None = None
    merged_into: int | None = None
    recycled_from: int | None = None
    removed: bool = False
    external_id: str | None = None
    external_source: str = ""
    imported: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    imported_as: str = ""
    rank: int = 0
    answers: Mapping[str, Answer] = field(default_factory=lambda: NOTHING)
    contacts: Mapping[str, Contact] = field(default_factory=lambda: NOTHING)
    checklist: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    terms: Mapping[str, Term] = field(default_factory=lambda: NOTHING)
    asks: Mapping[str, Ask] = field(default_factory=lambda: NOTHING)
    competitors: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    version: int = 0

    @property
    def ref(self) -> str:
        return f"D-{self.id}"

    @property
    def known_created_at(self) -> datetime | None:
        """When it began; None where a file did not say so and `created_at` is when it came here."""
        return self.created_at if self.created_precision != UNKNOWN else None

    @property
    def known_entry_at(self) -> datetime | None:
        """When it came into its stage, also that of won or lost; None where nobody knows."""
        return self.stage_entered_at if self.entry_precision != UNKNOWN else None

    @property
    def known_closed_at(self) -> datetime | None:
        """When it was won or lost; None where nobody knows, and for an open deal."""
        return self.closed_at if self.entry_precision != UNKNOWN else None

    @property
    def name(self) -> str:
        """What a card shows: the account, or the title where there is none."""
        return self.account or self.title

    def custom(self, name: str) -> str:
        """What it says in the custom field that somebody calls `name`; "" for nothing."""
        return self.fields.get(custom_key(self.fields, name), "")

    def currency_in(self, pipeline: Pipeline) -> str:
        """That of an amount typed for it without one: of its value, else the pipeline's."""
        return self.value.currency if self.value else pipeline.currency

    @property
    def is_below_floor(self) -> bool:
        """Whether it is worth less than the least that its owner would take."""
        value, floor = self.value, self.floor_value
        if value is None or floor is None or value.currency != floor.currency:
            return False
        return value.minor < floor.minor

    @property
    def status(self) -> Status:
        return Status.ARCHIVED if self.archived_at is not None else self.outcome

    @property
    def is_open(self) -> bool:
        return self.status is Status.OPEN

    def is_snoozed(self, today: date) -> bool:
        """Parked until a day to come."""
        return self.snoozed_until is not None and self.snoozed_until > today

    def has_woken(self, today: date) -> bool:
        """Parked until a day that has come, and not yet taken up again."""
        return self.snoozed_until is not None and self.snoozed_until <= today

    def answered(self, pipeline: Pipeline) -> tuple[Question, ...]:
        """The pipeline's questions that this deal has an answer to."""
        return tuple(
            question
            for question in pipeline.questions
            if (answer := self.answers.get(question.key)) is not None and answer.is_given
        )

    def is_checked(self, stage_id: int, item: str) -> bool:
        """Whether an item of that stage's checklist is ticked."""
        return f"{stage_id}/{item}" in self.checklist

    def effective_probability_bp(self, pipeline: Pipeline) -> int | None:
        """The rep's probability, else the stage's, in basis points."""
        if self.probability_bp is not None:
            return self.probability_bp
        return pipeline.stage(self.stage_id).probability_bp

    def effective_category(self, pipeline: Pipeline) -> str:
        """The rep's forecast category, else the stage's default."""
        return self.category or pipeline.stage(self.stage_id).category
