"""The append-only log: commands, and the events that each of them led to."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from pipeboard.store.tables.columns import instant


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
    at: int = Field(sa_column=instant(nullable=False))
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
    at: int = Field(sa_column=instant(nullable=False))
    kind: str
    undoes: bool
    stage_id: int | None
    value_minor: int | None = Field(sa_column=Column(BigInteger))
    currency: str | None = Field(sa_column=Column(String(3)))
    probability_bp: int | None
    on_date: str | None
    owner: str | None
    category: str | None
    loss_category: str | None
    touch_type: str | None
    touch_direction: str | None
    has_step: bool | None
    overrides: bool = Field(sa_column=Column(Boolean, nullable=False, server_default=text("false")))
    data: str = Field(sa_column=Column(Text, nullable=False))


class WorkspaceEventRow(SQLModel, table=True):
    """One change of what the team has agreed on, never altered; `key`, `before` and `after` are
    JSON, NULL where nothing was agreed."""

    __tablename__ = "workspace_event"
    __table_args__ = (
        Index("workspace_event_of_command", "command_id"),
        Index("workspace_event_of_agreement", "topic", "key"),
    )
    seq: int | None = Field(
        sa_column=Column(
            BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
        )
    )
    command_id: str
    topic: str
    key: str
    before: str | None = Field(sa_column=Column(Text))
    after: str | None = Field(sa_column=Column(Text))
