"""The tables: the append-only log of commands and events, and the rows kept in step with it.

Instants are microseconds since 1970 UTC, dates ISO 8601 text, money integer minor units. Every
constraint that matters is a CHECK, so that SQLite and PostgreSQL refuse the same things.
"""

from __future__ import annotations

from sqlmodel import SQLModel

from pipeboard.store.tables.deal_tables import (
    AnswerRow,
    AskRow,
    ContactRow,
    DealFacts,
    DealFieldRow,
    DealTag,
    NoteRow,
    StageTotal,
    StoredDeal,
    TouchRow,
)
from pipeboard.store.tables.workspace_tables import (
    CommandRow,
    Counter,
    EventRow,
    FxRate,
    ImportRecipe,
    PipelineRow,
    PipelineVersion,
    RepRow,
    SavedFilter,
    Setting,
    StageRow,
    TargetRow,
    WorkspaceEventRow,
    WorkspaceRow,
)

ALL: tuple[type[SQLModel], ...] = (
    WorkspaceRow,
    Setting,
    Counter,
    PipelineRow,
    StageRow,
    RepRow,
    StoredDeal,
    DealTag,
    DealFieldRow,
    AnswerRow,
    ContactRow,
    AskRow,
    NoteRow,
    TouchRow,
    DealFacts,
    StageTotal,
    CommandRow,
    EventRow,
    WorkspaceEventRow,
    PipelineVersion,
    TargetRow,
    FxRate,
    ImportRecipe,
    SavedFilter,
)

__all__ = [
    "ALL",
    "AnswerRow",
    "AskRow",
    "CommandRow",
    "ContactRow",
    "Counter",
    "DealFacts",
    "DealFieldRow",
    "DealRow",
    "DealTag",
    "EventRow",
    "FxRate",
    "ImportRecipe",
    "NoteRow",
    "PipelineRow",
    "PipelineVersion",
    "Rep",
    "SavedFilter",
    "Setting",
    "StageRow",
    "StageTotal",
    "Target",
    "TouchRow",
    "WorkspaceEventRow",
    "WorkspaceRow",
]
