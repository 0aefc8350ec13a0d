"""The tables: the append-only log of commands and events, and the rows kept in step with it.

Instants are microseconds since 1970 UTC, dates ISO 8601 text, money integer minor units. Every
constraint that matters is a CHECK, so that SQLite and PostgreSQL refuse the same things.
"""

from __future__ import annotations

import re

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import SQLModel

from pipeboard.store.opening import Engine
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

__all__ = ["ALL", "definitions"]

# What makes every table with its indices, for either engine.

_DIALECTS = {"sqlite": sqlite.dialect, "postgresql": postgresql.dialect}
_TYPES = re.compile(r"\b(?:VARCHAR(?:\(\d+\))?|(?:TEXT|BIGSERIAL|SERIAL|INTEGER)\b)")


def definitions(engine: Engine = "sqlite") -> dict[str, str]:
    """What makes each table and its indices, by their names: those that others point to first."""
    dialect = _DIALECTS[engine]()
    made: dict[str, str] = {}
    for definition in ALL:
        table: Table = definition.__table__  # type: ignore[attr-defined]
        statement = str(CreateTable(table).compile(dialect=dialect)).strip()
        made[table.name] = statement if engine == "sqlite" else _TYPES.sub(_as_in_sqlite, statement)
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            made[str(index.name)] = str(CreateIndex(index).compile(dialect=dialect))
    return made


def _as_in_sqlite(found: re.Match[str]) -> str:
    """Texts in the order of their bytes, whole numbers of 64 bits, none of them by a serial."""
    return 'TEXT COLLATE "C"' if found[0][0] in "VT" else "BIGINT"
