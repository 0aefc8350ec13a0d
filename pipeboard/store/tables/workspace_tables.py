"""What a team has agreed on: settings, pipelines, reps, targets, rates, saved filters."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlmodel import Field, SQLModel

from pipeboard.store.tables.deal_tables import (
    instant,
    later_text,
    long_text,
    partial_index,
    row_number,
)


class WorkspaceRow(SQLModel, table=True):
    """The database's own id, in one row: a copy and a restored backup have the same."""

    __tablename__ = "workspace"
    id: str = Field(primary_key=True)


class Setting(SQLModel, table=True):
    """What holds for the whole workspace: currency, zone, lists that people edit; JSON values."""

    name: str = Field(primary_key=True)
    value: str


class Counter(SQLModel, table=True):
    """Numbers given out in the writing transaction: deal ids, stage ids, the count of changes; the
    number of the schema, and the instant of the command that was recorded last."""

    name: str = Field(primary_key=True)
    value: int = Field(sa_column=Column(BigInteger, nullable=False))


class PipelineRow(SQLModel, table=True):
    """A pipeline; its questions and traits as JSON.

    One that was taken back with all deals that were ever in it is `removed`: they still name it.
    Its name then ends with a mark and its number, so that it is free for another.
    """

    __tablename__ = "pipeline"
    id: int = Field(primary_key=True)
    name: str = Field(unique=True)
    currency: str
    position: int
    version: int
    questions: str
    removed: bool = Field(
        default=False, sa_column=Column(Boolean, nullable=False, server_default=false())
    )
    traits: str = Field(default="[]", sa_column=Column(String, nullable=False, server_default="[]"))


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
    marketing_qualified: bool = Field(
        sa_column=Column(Boolean, nullable=False, server_default=false())
    )
    category: str
    criteria: str
    checklist: str
    playbook: str
    next_step: str
    retired: bool


class PipelineVersion(SQLModel, table=True):
    """A pipeline as it was from a moment on, a whole document as JSON: the history of edits."""

    __tablename__ = "pipeline_version"
    pipeline_id: int = Field(primary_key=True, foreign_key="pipeline.id")
    version: int = Field(primary_key=True)
    at: int = Field(sa_column=instant(nullable=False))
    actor: str
    document: str = Field(sa_column=long_text())


class RepRow(SQLModel, table=True):
    """Somebody who owns deals."""

    __tablename__ = "rep"
    name: str = Field(primary_key=True)
    display_name: str
    team: str
    active: bool
    role: str = Field(default="", sa_column=later_text())
    acts_for: str = Field(default="", sa_column=later_text())


class TargetRow(SQLModel, table=True):
    """What is to be won in a period by a rep, a team or (both empty) everybody."""

    __tablename__ = "target"
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


class ImportRecipe(SQLModel, table=True):
    """How the files of a source were last read: its mapping, as the JSON of a recipe file."""

    __tablename__ = "import_recipe"
    source: str = Field(primary_key=True)
    recipe: str = Field(sa_column=long_text())


class SavedFilter(SQLModel, table=True):
    """A filter under a name; an empty owner shares it with everybody."""

    __tablename__ = "saved_filter"
    name: str = Field(primary_key=True)
    owner: str = Field(primary_key=True)
    filter: str


# The append-only log: commands, and the events that each of them led to.


class CommandRow(SQLModel, table=True):
    """One thing that somebody did; its id is made by the client, which makes retries safe.

    `digest` seals the log up to it (`sealing.py`); NULL within the transaction that writes it.
    """

    __tablename__ = "command"
    __table_args__ = (
        Index("command_of_actor", "actor", "seq"),
        partial_index("command_without_seal", "digest is null", "seq"),
    )
    seq: int | None = Field(sa_column=row_number())
    id: str = Field(unique=True)
    at: int = Field(sa_column=instant(nullable=False))
    actor: str
    acting_as: str
    verb: str
    summary: str
    undoes: str | None
    redoes: str | None
    undone: bool
    digest: str | None = None


class EventRow(SQLModel, table=True):
    """One change of one deal, never altered; the columns beside `data` are what metrics read."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("deal_id", "version"),
        Index("event_of_command", "command_id"),
        {"sqlite_autoincrement": True},
    )
    seq: int | None = Field(sa_column=row_number())
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
    data: str = Field(sa_column=long_text())


class WorkspaceEventRow(SQLModel, table=True):
    """One change of what the team has agreed on, never altered; `key`, `before` and `after` are
    JSON, NULL where nothing was agreed."""

    __tablename__ = "workspace_event"
    __table_args__ = (
        Index("workspace_event_of_command", "command_id"),
        Index("workspace_event_of_agreement", "topic", "key"),
    )
    seq: int | None = Field(sa_column=row_number())
    command_id: str
    topic: str
    key: str
    before: str | None = Field(sa_column=Column(Text))
    after: str | None = Field(sa_column=Column(Text))
