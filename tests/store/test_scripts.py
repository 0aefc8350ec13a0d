"""What owners of servers run and what databases are made of, as it was written down.

Whoever changes a rule of either changes its file too: `PIPEBOARD_REDRAW=1` writes it anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Table, UniqueConstraint

from pipeboard.domain.settings import Rep
from pipeboard.store.grants import identifier, script
from pipeboard.store.tables import ALL

REPS = (
    Rep("olga", role="owner"), Rep("mia", role="manager"), Rep('o"b', role="rep"),
    Rep("val", role="viewer"), Rep("gone", active=False, role="rep"), Rep("none"),
)  # fmt: skip


def written_down(name: str, lines: list[str]) -> list[str]:
    file = Path(__file__).with_name(name)
    if os.environ.get("PIPEBOARD_REDRAW"):
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file.read_text(encoding="utf-8").splitlines()


def test_the_script_of_rights_is_the_one_that_was_written_down() -> None:
    lines = script('team"s', REPS).splitlines()
    assert lines == written_down("grants.sql", lines)


def test_a_name_stands_in_a_script_as_a_name() -> None:
    assert identifier('a"b\0') == '"a""b"'


def lines_of(table: Table) -> Iterator[str]:
    """What a table holds its rows to: columns, conditions, keys and indices."""
    for column in table.columns:
        default = column.server_default
        words = [str(column.type), "" if column.nullable else "not null"]
        if default is not None:
            words.append(f"default {getattr(default, 'arg', '')!s}".rstrip())
        yield f"{table.name}.{column.name} {' '.join(filter(None, words))}"
    for held in table.constraints:
        match held:
            case CheckConstraint():
                yield f"{table.name} check {held.sqltext}"
            case UniqueConstraint():
                yield f"{table.name} unique {', '.join(c.name for c in held.columns)}"
            case ForeignKeyConstraint():
                (key,) = held.elements
                yield f"{table.name} {key.parent.name} is one of {key.target_fullname}"
    for index in table.indexes:
        where = index.dialect_options["sqlite"]["where"]
        same = index.dialect_options["postgresql"]["where"]
        assert str(where) == str(same)
        kind = "unique index" if index.unique else "index"
        condition = "" if where is None else f" where {where}"
        columns = ", ".join(column.name for column in index.columns)
        yield f"{table.name} {kind} {index.name} on {columns}{condition}"


def test_the_tables_hold_their_rows_to_what_was_written_down() -> None:
    lines = [line for one in ALL for line in sorted(lines_of(one.__table__))]  # type: ignore[attr-defined]
    assert lines == written_down("tables.txt", lines)
