"""What steps of the schema ask of the engine, where both are told the same."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from pipeboard.store import migration_steps


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
