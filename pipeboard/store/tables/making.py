"""The statements that make every table with its indices, for either engine."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from pipeboard.store import tables as t
from pipeboard.store.opening import Engine

_DIALECTS = {"sqlite": sqlite.dialect, "postgresql": postgresql.dialect}
_TYPES = re.compile(r"\b(?:VARCHAR(?:\(\d+\))?|(?:TEXT|BIGSERIAL|SERIAL|INTEGER)\b)")


def definitions(engine: Engine) -> Iterator[str]:
    """What makes the tables, those that others point to first."""
    dialect = _DIALECTS[engine]()
    for definition in t.ALL:
        table: Table = definition.__table__  # type: ignore[attr-defined]
        made = str(CreateTable(table).compile(dialect=dialect))
        yield made if engine == "sqlite" else _TYPES.sub(_as_in_sqlite, made)
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield str(CreateIndex(index).compile(dialect=dialect))


def _as_in_sqlite(found: re.Match[str]) -> str:
    """Texts in the order of their bytes, whole numbers of 64 bits, none of them by a serial."""
    return 'TEXT COLLATE "C"' if found[0][0] in "VT" else "BIGINT"
