"""What a file of any tool becomes: neutral rows that know nothing of the tool they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from pipeboard.domain.commands import Precision
from pipeboard.domain.money import Money

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue

Outcome = Literal["open", "won", "lost"]


class Entered(NamedTuple):
    """The instant at which a deal came into an open stage."""

    stage: str
    at: datetime


class RowContact(NamedTuple):
    """A person named in the row; unknown parts are None."""

    name: str
    role: str | None = None
    email: str | None = None
    phone: str | None = None
    title: str | None = None


class RowNote(NamedTuple):
    """A remark of the file; tools that export no history leave author and instant out."""

    text: str
    author: str | None = None
    at: datetime | None = None


class RowTouch(NamedTuple):
    """A call, meeting or message that the file tells of."""

    type: str
    direction: str | None = None
    outcome: str | None = None
    by: str | None = None
    at: datetime | None = None
    objection: str | None = None
    variant: str | None = None


class RowAnswer(NamedTuple):
    """An answer to a qualification question; `rating` is 0 to 4."""

    question: str
    text: str
    rating: int | None = None
    by: str | None = None
    at: datetime | None = None
    evidence: str | None = None


class RowTerm(NamedTuple):
    """One line of a negotiation: our position, theirs, and what was agreed."""

    item: str
    ours: str | None = None
    theirs: str | None = None
    agreed: str | None = None


# Not frozen: that would make a row take 12 µs instead of 2, a third of the time of reading it.
@dataclass(slots=True)
class DealRow:
    """One deal as a file tells it; what the file does not tell is None or empty.

    Instants are UTC. `stage` is the stage that the deal stands in or, when it is closed, last
    stood in, if the file tells; a name such as "Closed Won" is an `outcome` and never a stage.
    `entered` holds open stages in time order, one perhaps twice.
    `created_at` is the created date of the file, else the earliest instant of the row;
    `precision` says of it and of `closed_at` where the file tells the day alone, or not even that.
    `probability_bp` is that of an open deal, in pipeboard's own files only if set by hand.
    `ref` is the reference ("D-142") that pipeboard gave the deal where it was exported, `version`
    that of the deal then, `external_source` the tool of `external_id` (None: the file's own).
    `others` are fields of the deal by name that nothing here treats apart.
    `remarks` name what is odd in the row, for the report to count.
    """

    line: int
    raw: Mapping[str, str]
    title: str
    external_id: str | None = None
    ref: str | None = None
    version: int | None = None
    external_source: str | None = None
    account: str | None = None
    pipeline: str | None = None
    stage: str | None = None
    outcome: Outcome | None = None
    archived: bool = False
    value: Money | None = None
    owner: str | None = None
    source: str | None = None
    tags: tuple[str, ...] = ()
    probability_bp: int | None = None
    forecast_category: str | None = None
    created_at: datetime | None = None
    closed_at: datetime | None = None
    precision: Mapping[str, Precision] = field(default_factory=dict)
    expected_close: date | None = None
    entered: tuple[Entered, ...] = ()
    lost_category: str | None = None
    lost_reason: str | None = None
    competitor: str | None = None
    recycle_on: date | None = None
    lost_objection: str | None = None
    next_text: str | None = None
    next_due: date | None = None
    next_every: str | None = None
    snoozed_until: date | None = None
    snooze_reason: str | None = None
    contacts: tuple[RowContact, ...] = ()
    notes: tuple[RowNote, ...] = ()
    touches: tuple[RowTouch, ...] = ()
    answers: tuple[RowAnswer, ...] = ()
    terms: tuple[RowTerm, ...] = ()
    checklist: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, FieldValue] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that is no deal: where it starts, the column and cell to blame, and why.

    `raw` holds the cells as they stood, for the file of rejected rows.
    """

    line: int
    column: str
    value: str
    reason: str
    raw: Mapping[str, str] = field(default_factory=dict)
