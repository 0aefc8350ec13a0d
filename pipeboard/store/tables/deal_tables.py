"""The kinds of columns that the tables share."""

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


def instant(*, nullable: bool = True) -> Column[int]:
    """Microseconds since 1970 UTC."""
    return Column(BigInteger, nullable=nullable)


def long_text() -> Column[str]:
    """A text without a bound."""
    return Column(Text, nullable=False)


def later_text() -> Column[str]:
    """A text that came into its table later: empty for the rows that were there."""
    return Column(String, nullable=False, server_default="")


def row_number() -> Column[int]:
    """What orders the rows of a log."""
    number = BigInteger().with_variant(Integer, "sqlite")
    return Column(number, primary_key=True, autoincrement=True)


def partial_index(name: str, condition: str, *columns: str, unique: bool = False) -> Index:
    """An index of the rows that a condition is true of."""
    holds = text(condition)
    return Index(name, *columns, unique=unique, sqlite_where=holds, postgresql_where=holds)


# The present state of a deal, one row each, and the indices that the board is read by.


def _of_live(name: str, *columns: str) -> Index:
    """An index of the deals that are on the board."""
    return partial_index(name, "live", *columns)


class StoredDeal(SQLModel, table=True):
    """The present state of a deal; `doc` holds its keyed fields and lists as JSON.

    `folded` is what words are looked for in, beginning with the name on the card, and `ratings`
    all that a score asks of the answers; both are bounded, since they stand in an index (`sql.py`).
    `folded_whole` has all words where they are more than that.
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
            "created_precision",
            "entry_precision",
        ),
        partial_index("deal_put_away", "not live", "removed", "folded"),
        # Few deals each: those that somebody was given, and those with an offer that runs out.
        partial_index("deal_given", "live and given_by <> ''", "given_by"),
        partial_index("deal_by_offer", "live and offer_expires_on is not null", "offer_expires_on"),
        partial_index("deal_of_many_words", "folded_whole is not null", "id"),
        partial_index("deal_to_return", "recycle_on is not null", "recycle_on"),
        partial_index("deal_returned", "recycled_from is not null", "recycled_from"),
        partial_index(
            "deal_by_external_id",
            "external_id is not null and not removed",
            "external_id",
            "external_source",
            "pipeline_id",
            unique=True,
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
    given_by: str = Field(sa_column=later_text())
    source: str
    source_detail: str
    contact_reason: str
    value_minor: int | None = Field(sa_column=Column(BigInteger))
    value_currency: str | None = Field(sa_column=Column(String(3)))
    probability_bp: int | None
    category: str | None
    expected_close: str | None
    created_at: int = Field(sa_column=instant(nullable=False))
    created_precision: str = Field(sa_column=later_text())
    stage_entered_at: int = Field(sa_column=instant(nullable=False))
    entry_precision: str = Field(sa_column=later_text())
    qualified_at: int | None = Field(sa_column=instant())
    closed_at: int | None = Field(sa_column=instant())
    closed_from: int | None
    loss_category: str | None
    loss_reason: str | None
    loss_competitor: str | None
    recycle_on: str | None
    loss_objection: str | None
    has_step: bool
    next_text: str | None
    next_due: str | None
    next_every: str | None
    snoozed_until: str | None
    snooze_reason: str
    last_touch_at: int | None = Field(sa_column=instant())
    last_outbound_at: int | None = Field(sa_column=instant())
    last_reply_at: int | None = Field(sa_column=instant())
    outbound_since_reply: int
    trial_close: str
    quote_sent_at: int | None = Field(sa_column=instant())
    offer_expires_on: str | None
    floor_minor: int | None = Field(sa_column=Column(BigInteger))
    floor_currency: str | None = Field(sa_column=Column(String(3)))
    archived_at: int | None = Field(sa_column=instant())
    merged_into: int | None
    recycled_from: int | None
    external_id: str | None
    external_source: str = Field(sa_column=later_text())
    rank: int = Field(sa_column=Column(BigInteger, nullable=False))
    answered: int
    ratings: str
    folded: str
    folded_whole: str | None = Field(sa_column=Column(Text))
    updated_at: int = Field(sa_column=instant(nullable=False))
    doc: str = Field(sa_column=long_text())


# What stands around a deal: tags, fields, answers, people, notes, touches; totals of stages.


class DealTag(SQLModel, table=True):
    """A tag of a deal, for finding."""

    __tablename__ = "deal_tag"
    deal_id: int = Field(primary_key=True, foreign_key="deal.id")
    tag: str = Field(primary_key=True, index=True)


class DealFieldRow(SQLModel, table=True):
    """A custom field of a deal, for finding and grouping; `folded` is what stands for the value
    when it is searched."""

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
        partial_index("answer_present", "replaced_at is null", "question", "rating", "deal_id"),
    )
    deal_id: int = Field(primary_key=True, foreign_key="deal.id")
    question: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    text: str = Field(sa_column=long_text())
    rating: int | None
    evidence: str
    by: str
    at: int = Field(sa_column=instant(nullable=False))
    replaced_at: int | None = Field(sa_column=instant())


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


class AskRow(SQLModel, table=True):
    """What is wanted of a rep on a deal, for their queue; the words stand on the deal."""

    __tablename__ = "deal_ask"
    deal_id: int = Field(primary_key=True, foreign_key="deal.id")
    rep: str = Field(primary_key=True, index=True)
    due: str | None


class NoteRow(SQLModel, table=True):
    """A note; `removed` once the command that wrote it was undone; `folded` for searching."""

    __tablename__ = "note"
    __table_args__ = (partial_index("note_of_deal", "not removed", "deal_id"),)
    id: str = Field(primary_key=True)
    deal_id: int = Field(foreign_key="deal.id")
    author: str
    at: int = Field(sa_column=instant(nullable=False))
    text: str = Field(sa_column=long_text())
    folded: str = Field(sa_column=long_text())
    edited_at: int | None = Field(sa_column=instant())
    removed: bool


class TouchRow(SQLModel, table=True):
    """An interaction with a buyer; `removed` once the command that logged it was undone."""

    __tablename__ = "touch"
    __table_args__ = (
        CheckConstraint("direction in ('in', 'out', '')"),
        Index("touch_of_deal", "deal_id", "at"),
    )
    id: str = Field(primary_key=True)
    deal_id: int = Field(foreign_key="deal.id")
    type: str
    direction: str
    outcome: str
    by: str
    at: int = Field(sa_column=instant(nullable=False))
    removed: bool
    objection: str = Field(sa_column=later_text())
    variant: str = Field(sa_column=later_text())


class DealFacts(SQLModel, table=True):
    """What numbers ask of the events of a deal that stand, in their order, each as `,[at,kind,…]`
    (`projecting/facts.py`): right for instants from `holds_from` on, when something was taken back
    or put again for the last time."""

    __tablename__ = "deal_facts"
    deal_id: int = Field(primary_key=True, foreign_key="deal.id")
    pipeline_id: int
    holds_from: int = Field(sa_column=instant(nullable=False))
    facts: str = Field(sa_column=long_text())


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
