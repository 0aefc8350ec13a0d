"""What a workspace is set up with: its settings, its pipelines and its reps."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.settings import Rep, Settings
from pipeboard.store.database import Database, Row
from pipeboard.store.pipeline_rows import pipeline_from_rows
from pipeboard.store.troubles import readable


@readable("the settings")
def read_settings(database: Database) -> Settings:
    """The settings; what was never set keeps its default, what a later version set is ignored."""
    known = {field.name for field in fields(Settings)}
    found: dict[str, Any] = {}
    for row in database.rows("select name, value from setting"):
        value = json.loads(row["value"])
        if row["name"] in known:
            found[row["name"]] = tuple(value) if isinstance(value, list) else value
    settings = Settings(**found)
    _ = settings.zone  # whether there is such a zone
    return settings


def read_reps(database: Database) -> tuple[Rep, ...]:
    """Everybody who owns or owned deals, by name."""
    rows = database.rows("select name, display_name, team, active from rep order by name")
    return tuple(
        Rep(row["name"], row["display_name"], row["team"], bool(row["active"])) for row in rows
    )


def read_saved_filters(database: Database, me: str) -> tuple[tuple[str, str], ...]:
    """Name and text of my filters and of those shared with everybody, by name."""
    rows = database.rows(
        "select name, filter from saved_filter where owner in (?, '') order by name, owner", (me,)
    )
    return tuple((row["name"], row["filter"]) for row in rows)


def read_all_filters(database: Database) -> tuple[tuple[str, str, str], ...]:
    """Name, owner and text of everybody's filters."""
    rows = database.rows("select name, owner, filter from saved_filter order by owner, name")
    return tuple((row["name"], row["owner"], row["filter"]) for row in rows)


class Pipelines:
    """The pipelines in order, read again only when one has changed.

    The board asks for them with every frame, and parsing questions and criteria takes longer than
    all its other reading.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._mark: tuple[tuple[Any, ...], ...] | None = None
        self._pipelines: tuple[Pipeline, ...] = ()

    def all(self) -> tuple[Pipeline, ...]:
        rows = self._database.rows(
            "select id, version, position, name, currency from pipeline where not removed"
            " order by position, id"
        )
        mark = tuple(tuple(row) for row in rows)
        if mark != self._mark:
            self._pipelines = read_pipelines(self._database)
            self._mark = mark
        return self._pipelines

    def by_id(self) -> dict[int, Pipeline]:
        return {pipeline.id: pipeline for pipeline in self.all()}


@readable("the pipelines")
def read_pipelines(database: Database, *, removed: bool = False) -> tuple[Pipeline, ...]:
    """The pipelines in their order, or those that were taken back."""
    stages: dict[int, list[Row]] = {}
    for stage in database.rows("select * from stage order by pipeline_id, position, id"):
        stages.setdefault(stage["pipeline_id"], []).append(stage)
    return tuple(
        pipeline_from_rows(row, stages.get(row["id"], ()))
        for row in database.rows(
            f"select * from pipeline where {'' if removed else 'not '}removed order by position, id"
        )
    )
