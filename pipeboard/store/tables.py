"""The tables: the append-only log of commands and events, and the rows kept in step with it.

Instants are microseconds since 1970 UTC, dates ISO 8601 text, money integer minor units. Every
constraint that matters is a CHECK, so that SQLite and PostgreSQL refuse the same things.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel


def _instant(*, nullable: bool = True) -> Column[int]:
    return Column(BigInteger, nullable=nullable)


def _of_live(name: str, *columns: str) -> Index:
    """An index of the deals that are on the board."""
    return Index(name, *columns, sqlite_where=text("live"), postgresql_where=text("live"))


class Setting(SQLModel, table=True):
    """What holds for the whole workspace: currency, zone, lists that people edit; JSON values."""

    name: str = Field(primary_key=True)
    value: str


class Counter(SQLModel, table=True):
    """Numbers given out in the writing transaction: deal ids, stage ids, the count of changes."""

    name: str = Field(primary_key=True)
    value: int = Field(sa_column=Column(BigInteger, nullable=False))


class PipelineRow(SQLModel, table=True):
    """A pipeline; its questions as JSON."""

    __tablename__ = "pipeline"
    id: int = Field(primary_key=True)
    name: str = Field(unique=True)
    currency: str
    position: int
    version: int
    questions: str


class StageRow(SQLModel, table=True):
    """A stage; never deleted once a deal has been in it, only retired."""

    __tablename__ = "stage"
    __table_args__ = (CheckConstraint("kind in ('open', 'won', 'lost')"),)
    id: int = Field(primary_key=True)
    pipeline_id: int = Field(foreign_key="pipeline.id", index=True)
    position: int
    name: str
    kind: str
    probability_bp: int | None
    outcome: str
    expected_days: int | None
    idle_days: int | None
    qualified: bool
    category: str
    criteria: str
    checklist: str
    playbook: str
    next_step: str
    retired: bool


class Rep(SQLModel, table=True):
    """Somebody who owns deals."""

    name: str = Field(primary_key=True)
    display_name: str
    team: str
    active: bool


class DealRow(SQLModel, table=True):
    """The present state of a deal; `doc` holds its keyed fields and lists as JSON.

    `folded` is what words are looked for in, beginning with the name on the card, and `ratings`
    all that a score asks of the answers.
    """

    __tablename__ = "deal"
    __table_args__ = (
        CheckConstraint("outcome in ('open', 'won', 'lost')"),
        CheckConstraint("probability_bp between 0 and 10000"),
        CheckConstraint("(value_minor is null) = (value_currency is null)"),
        _of_live("deal_by_rank", "stage_id", "rank", "id"),
        _of_live("deal_by_value", "stage_id", "value_minor", "id"),
        _of_live("deal_by_due", "stage_id", "next_due", "id"),
        _of_live("deal_by_entry", "stage_id", "stage_entered_at", "id"),
        _of_live("deal_by_owner", "owner", "stage_id", "rank"),
        # All that filters, sums and signs ask of live deals, so that the rows, which are four
        # times as long, are looked at for the cards on the screen alone.
        _of_live(
            "deal_at_a_glance",
            "stage_id",
            "value_currency",
            "probability_bp",
            "outcome",
            "has_step",
            "next_due",
            "snoozed_until",
            "stage_entered_at",
            "last_touch_at",
            "created_at",
            "closed_at",
            "owner",
            "value_minor",
            "category",
            "expected_close",
            "source",
            "loss_category",
            "answered",
            "updated_at",
            "rank",
            "live",
            "folded",
            "ratings",
            "trial_close",
            "last_outbound_at",
            "last_reply_at",
        ),
        Index(
            "deal_put_away",
            "removed",
            "folded",
            sqlite_where=text("not live"),
            postgresql_where=text("not live"),
        ),
        Index(
            "deal_by_external_id",
            "external_id",
            unique=True,
            sqlite_where=text("external_id is not null and not removed"),
            postgresql_where=text("external_id is not null and not removed"),
        ),
    )
    id: int = Field(primary_key=True)
    version: int
    pipeline_id: int = Field(foreign_key="pipeline.id")
    stage_id: int = Field(foreign_key="stage.id")
    live: bool
    removed: bool
    outcome: str
    title: str
    account: str
    owner: str
    source: str
    source_detail: str
    contact_reason: str
    value_minor: int | None = Field(sa_column=Column(BigInteger))
    value_currency: str | None = Field(sa_column=Column(String(3)))
    probability_bp: int | None
    category: str | None
    expected_close: str | None
    created_at: int = Field(sa_column=_instant(nullable=False))
    stage_entered_at: int = Field(sa_column=_instant(nullable=False))
    qualified_at: int | None = Field(sa_column=_instant())
    closed_at: int | None = Field(sa_column=_instant())
    closed_from: int | None
    loss_category: str | None
    loss_reason: str | None
    loss_competitor: str | None
    recycle_on: str | None
    has_step: bool
    next_text: str | None
    next_due: str | None
    snoozed_until: str | None
    snooze_reason: str
    last_touch_at: int | None = Field(sa_column=_instant())
    last_outbound_at: int | None = Field(sa_column=_instant())
    last_reply_at: int | None = Field(sa_column=_instant())
    outbound_since_reply: int
    trial_close: str
    quote_sent_at: int | None = Field(sa_column=_instant())
    offer_expires_on: str | None
    floor_minor: int | None = Field(sa_column=Column(BigInteger))
    floor_currency: str | None = Field(sa_column=Column(String(3)))
    archived_at: int | None = Field(sa_column=_instant())
    merged_into: int | None
    recycled_from: int | None
    external_id: str | None
    rank: int = Field(sa_column=Column(BigInteger, nullable=False))
    answered: int
    ratings: str
    folded: str
    updated_at: int = Field(sa_column=_instant(nullable=False))
    doc: str = Field(sa_column=Column(Text, nullable=False))


class DealTag(SQLModel, table=True):
    """A tag of a deal, for finding."""

    __tablename__ = "deal_tag"
    deal_id: int = Field(primary_key=True, foreign_key="deal.id")
    tag: str = Field(primary_key=True, index=True)


class DealField(SQLModel, table=True):
    """A custom field of a deal, for finding and grouping; `folded` is the value for searching."""

    __tablename__ = "deal_field"
    __table_args__ = (Index("deal_field_by_value", "name", "folded"),)
    deal_id: int = Field(primary_key=True, foreign_key="deal.id")
    name: str = Field(primary_key=True)
    value: str
    folded: str


class AnswerRow(SQLModel, table=True):
    """Every version of every answer; the one without `replaced_at` is the present one."""

    __tablename__ = "answer"
    __table_args__ = (
        UniqueConstraint("deal_id", "question", "version"),
        CheckConstraint("rating between 0 and 4"),
        Index(
            "answer_present",
            "question",
            "rating",
            "deal_id",
            sqlite_where=text("replaced_at is null"),
            postgresql_where=text("replaced_at is null"),
        ),
    )
    deal_id: int = Field(primary_key=True, foreign_key="deal.id")
    question: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    text: str = Field(sa_column=Column(Text, nullable=False))
    rating: int | None
    evidence: str
    by: str
    at: int = Field(sa_column=_instant(nullable=False))
    replaced_at: int | None = Field(sa_column=_instant())


class ContactRow(SQLModel, table=True):
    """A person of a deal and the part they play."""

    __tablename__ = "contact"
    deal_id: int = Field(primary_key=True, foreign_key="deal.id")
    key: str = Field(primary_key=True)
    name: str
    role: str = Field(index=True)
    email: str
    phone: str
    title: str


class NoteRow(SQLModel, table=True):
    """A note; `removed` once the command that wrote it was undone; `folded` for searching."""

    __tablename__ = "note"
    __table_args__ = (
        Index(
            "note_of_deal",
            "deal_id",
            "folded",
            sqlite_where=text("not removed"),
            postgresql_where=text("not removed"),
        ),
    )
    id: str = Field(primary_key=True)
    deal_id: int = Field(foreign_key="deal.id")
    author: str
    at: int = Field(sa_column=_instant(nullable=False))
    text: str = Field(sa_column=Column(Text, nullable=False))
    folded: str = Field(sa_column=Column(Text, nullable=False))
    edited_at: int | None = Field(sa_column=_instant())
    removed: bool


class TouchRow(SQLModel, table=True):
    """An interaction with a buyer; `removed` once the command that logged it was undone."""

    __tablename__ = "touch"
    __table_args__ = (
        CheckConstraint("direction in ('in', 'out')"),
        Index("touch_of_deal", "deal_id", "at"),
    )
    id: str = Field(primary_key=True)
    deal_id: int = Field(foreign_key="deal.id")
    type: str
    direction: str
    outcome: str
    by: str
    at: int = Field(sa_column=_instant(nullable=False))
    removed: bool


class StageTotal(SQLModel, table=True):
    """What the live deals of a stage come to, by owner and currency, kept with every change.

    `currency` is "" for deals without a value. The weighted sum of the deals without a
    probability by hand follows from `stage_minor` and the stage's present probability.
    """

    __tablename__ = "stage_total"
    stage_id: int = Field(primary_key=True, foreign_key="stage.id")
    owner: str = Field(primary_key=True)
    currency: str = Field(primary_key=True)
    deals: int
    value_minor: int = Field(sa_column=Column(BigInteger, nullable=False))
    stage_minor: int = Field(sa_column=Column(BigInteger, nullable=False))
    hand_minor_bp: int = Field(sa_column=Column(BigInteger, nullable=False))


class CommandRow(SQLModel, table=True):
    """One thing that somebody did; its id is made by the client, which makes retries safe."""

    __tablename__ = "command"
    __table_args__ = (Index("command_of_actor", "actor", "seq"),)
    seq: int | None = Field(
        sa_column=Column(
            BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
        )
    )
    id: str = Field(unique=True)
    at: int = Field(sa_column=_instant(nullable=False))
    actor: str
    acting_as: str
    verb: str
    summary: str
    undoes: str | None
    redoes: str | None
    undone: bool


class EventRow(SQLModel, table=True):
    """One change of one deal, never altered; the columns beside `data` are what metrics read."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("deal_id", "version"),
        Index("event_of_command", "command_id"),
        {"sqlite_autoincrement": True},
    )
    seq: int | None = Field(
        sa_column=Column(
            BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
        )
    )
    deal_id: int
    version: int
    command_id: str
    at: int = Field(sa_column=_instant(nullable=False))
    kind: str
    undoes: bool
    stage_id: int | None
    value_minor: int | None = Field(sa_column=Column(BigInteger))
    currency: str | None = Field(sa_column=Column(String(3)))
    on_date: str | None
    detail: str | None
    data: str = Field(sa_column=Column(Text, nullable=False))


class PipelineVersion(SQLModel, table=True):
    """A pipeline as it was from a moment on, a whole document as JSON: the history of edits."""

    __tablename__ = "pipeline_version"
    pipeline_id: int = Field(primary_key=True, foreign_key="pipeline.id")
    version: int = Field(primary_key=True)
    at: int = Field(sa_column=_instant(nullable=False))
    actor: str
    document: str = Field(sa_column=Column(Text, nullable=False))


class Target(SQLModel, table=True):
    """What is to be won in a period by a rep, a team or (both empty) everybody."""

    __table_args__ = (UniqueConstraint("pipeline_id", "period", "owner", "team", "currency"),)
    id: int | None = Field(default=None, primary_key=True)
    pipeline_id: int = Field(foreign_key="pipeline.id")
    period: str
    owner: str
    team: str
    currency: str = Field(sa_column=Column(String(3), nullable=False))
    amount_minor: int = Field(sa_column=Column(BigInteger, nullable=False))


class FxRate(SQLModel, table=True):
    """How many units of the workspace's currency one unit of `currency` is worth from a day on."""

    __tablename__ = "fx_rate"
    currency: str = Field(sa_column=Column(String(3), primary_key=True))
    on_date: str = Field(primary_key=True)
    numerator: int = Field(sa_column=Column(BigInteger, nullable=False))
    denominator: int = Field(sa_column=Column(BigInteger, nullable=False))


class SavedFilter(SQLModel, table=True):
    """A filter under a name; an empty owner shares it with everybody."""

    __tablename__ = "saved_filter"
    name: str = Field(primary_key=True)
    owner: str = Field(primary_key=True)
    filter: str


ALL: tuple[type[SQLModel], ...] = (
    Setting,
    Counter,
    PipelineRow,
    StageRow,
    Rep,
    DealRow,
    DealTag,
    DealField,
    AnswerRow,
    ContactRow,
    NoteRow,
    TouchRow,
    StageTotal,
    CommandRow,
    EventRow,
    PipelineVersion,
    Target,
    FxRate,
    SavedFilter,
)
