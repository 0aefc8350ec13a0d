"""What stands around a deal: tags, fields, answers, people, notes, touches; totals of stages."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from pipeboard.store.tables.columns import instant


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
    __table_args__ = (
        Index(
            "note_of_deal",
            "deal_id",
            sqlite_where=text("not removed"),
            postgresql_where=text("not removed"),
        ),
    )
    id: str = Field(primary_key=True)
    deal_id: int = Field(foreign_key="deal.id")
    author: str
    at: int = Field(sa_column=instant(nullable=False))
    text: str = Field(sa_column=Column(Text, nullable=False))
    folded: str = Field(sa_column=Column(Text, nullable=False))
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
    objection: str = Field(sa_column=Column(String, nullable=False, server_default=""))
    variant: str = Field(sa_column=Column(String, nullable=False, server_default=""))


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
