"""What steps of the schema ask of the engine, where both are told the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import create_engine
from sqlalchemy import text as sql

from pipeboard.store import migration_steps
from pipeboard.store.sql import RATINGS_BYTES, VALUE_BYTES, WORDS_BYTES


def asked(
    step: Any, *values: Any, **more: Any
) -> list[tuple[str, tuple[Any, ...], dict[str, str]]]:
    """What a step does, operation by operation."""
    calls: list[tuple[str, tuple[Any, ...], dict[str, str]]] = []

    def noted(name: str) -> Any:
        return lambda *args, **named: calls.append(
            (name, args, {key: str(value) for key, value in named.items()})
        )

    operations = SimpleNamespace(
        **{
            name: noted(name)
            for name in ("create_index", "drop_index", "add_column", "create_table")
        }
    )
    step(cast(Any, operations), *values, **more)
    return calls


@pytest.mark.parametrize("unique", [False, True])
def test_an_index_of_some_rows_is_of_the_same_rows_on_both_engines(unique: bool) -> None:
    made = asked(migration_steps._create_partial, "by_x", "deal", "x > 1", ("x",), unique=unique)
    assert made == [
        ("create_index", ("by_x", "deal", ("x",)),
         {"unique": str(unique), "sqlite_where": "x > 1", "postgresql_where": "x > 1"}),
    ]  # fmt: skip


def test_ids_are_unique_by_source_and_pipeline_among_deals_that_are_there() -> None:
    added, dropped, made, recipes = asked(migration_steps.keep_sources)
    assert (added[0], added[1][0], added[1][1].name) == ("add_column", "deal", "external_source")
    assert added[1][1].server_default.arg == "" and not added[1][1].nullable
    assert dropped[:2] == ("drop_index", ("deal_by_external_id", "deal"))
    assert made[:2] == (
        "create_index",
        ("deal_by_external_id", "deal", ("external_id", "external_source", "pipeline_id")),
    )
    assert made[2]["sqlite_where"] == "external_id is not null and not removed"
    assert made[2]["unique"] == "True"
    assert [one.name for one in recipes[1][1:]] == ["source", "recipe"]


@pytest.mark.parametrize(
    ("change", "most", "name"),
    [
        (migration_steps._words, WORDS_BYTES, "folded"),
        (migration_steps._ratings, RATINGS_BYTES, "ratings"),
        (migration_steps._value, VALUE_BYTES, "folded"),
    ],
)
def test_only_a_text_that_no_index_holds_is_written_anew(
    change: Callable[[str], dict[str, str]], most: int, name: str
) -> None:
    for text in ("", "x", "x" * most, "\U0001f642" * (most // 4)):
        assert change(text) == {}
    for text in ("x" * (most + 1), "\U0001f642" * (most // 4 + 1)):
        found = change(text)
        assert len(found[name].encode()) <= most and found[name] != text
        assert found.get("folded_whole", text) == text
        assert change(found[name]) == {}


@pytest.mark.parametrize(("length", "changed"), [(0, False), (-1, False), (1, True)])
def test_what_may_be_too_long_is_looked_for_by_its_characters(length: int, changed: bool) -> None:
    """A character takes four bytes at most."""
    made = create_engine("sqlite://")
    with made.begin() as connection:
        connection.execute(sql("CREATE TABLE deal (id INTEGER, folded TEXT)"))
        whole = "x" * (RATINGS_BYTES // 4 + length)
        connection.execute(sql("INSERT INTO deal VALUES (7, :text), (8, 'y')"), {"text": whole})
        operations: Any = SimpleNamespace(get_bind=lambda: connection)
        migration_steps._change_long(
            operations, "deal", ("id",), "folded", lambda text: {"folded": text.upper()}
        )
        rows = connection.execute(sql("SELECT id, folded FROM deal ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [
        (7, whole.upper() if changed else whole), (8, "y"),
    ]  # fmt: skip


BEFORE: list[tuple[str, str | None, int | None, dict[str, object]]] = [
    ("probability", None, 4_200, {"probability_bp": 4_200, "value_minor": None}),
    ("value", None, 4_200, {"value_minor": 4_200}),
    ("created", "ana", 5, {"owner": "ana", "value_minor": 5}),
    ("owner", "jo in", None, {"owner": "jo in"}),
    ("category", "best", None, {"category": "best"}),
    ("lost", "price out", None, {"loss_category": "price out"}),
    ("touch", "call in", None, {"touch_type": "call", "touch_direction": "in"}),
    ("touch", "site visit out", None, {"touch_type": "site visit", "touch_direction": "out"}),
    ("touch", "handover", None, {}),
    ("next_step", "step", None, {"has_step": 1}),
    ("next_step", None, None, {"has_step": 0}),
    ("moved", "override", None, {"overrides": 1}),
    ("moved", None, None, {}),
    ("won", "override", None, {"overrides": 1}),
    ("reopened", "override", None, {"overrides": 1}),
    ("edited", "override in", None, {}),
]
"""Events as they were kept, by kind, detail and amount, and what their columns say since."""


def test_each_thing_that_numbers_ask_of_an_event_gets_a_column_of_its_own() -> None:
    names = ("probability_bp", "owner", "category", "loss_category", "touch_type",
             "touch_direction", "has_step", "overrides")  # fmt: skip
    with closing(sqlite3.connect(":memory:")) as raw:
        raw.row_factory = sqlite3.Row
        columns = ", ".join(names)
        raw.execute(f"CREATE TABLE event (kind, detail, value_minor, {columns})")
        for kind, detail, minor, _ in BEFORE:
            marks = ", ".join("?" * (3 + len(names)))
            values = (kind, detail, minor, *[None] * len(names))
            raw.execute(f"INSERT INTO event VALUES ({marks})", values)
        for filled in migration_steps._FILLED:
            raw.execute(f"UPDATE event SET {filled}")
        found = [
            {name: row[name] for name in ("value_minor", *names) if row[name] is not None}
            for row in raw.execute("SELECT * FROM event ORDER BY rowid")
        ]
    assert found == [
        {name: value for name, value in said.items() if value is not None}
        for _, _, _, said in BEFORE
    ]
