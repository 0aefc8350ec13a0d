"""What a workspace is set up with: its settings, its pipelines and its reps."""

from __future__ import annotations

import json
from collections.abc import Iterable
from operator import index

from pipeboard.domain.criteria import parse_criterion
from pipeboard.domain.json_data import Document
from pipeboard.domain.lazy_dataclass import fields, with_values
from pipeboard.domain.pipeline import Category, Factor, Pipeline, Question, Stage, StageKind, Trait
from pipeboard.domain.settings import Rep, Settings
from pipeboard.store import dialect
from pipeboard.store.database import Database, Row, RowTuple, from_row
from pipeboard.store.troubles import readable

# Between pipelines and their rows, and the document of a pipeline as JSON.

_SAME = (
    "id",
    "name",
    "probability_bp",
    "outcome",
    "expected_days",
    "idle_days",
    "qualified",
    "marketing_qualified",
    "playbook",
    "next_step",
    "retired",
)
_NUMBERS = ("probability_bp", "expected_days", "idle_days")
_MOST = 100_000
TAKEN_BACK = "\x7f"
"""Stands between name and number of a pipeline that was taken back; nobody can type it."""


def rep_row(rep: Rep) -> dict[str, object]:
    """The row of the table `rep`."""
    return {name: getattr(rep, name) for name in Rep.__slots__}


def pipeline_row(pipeline: Pipeline, position: int) -> Document:
    """The row of the table `pipeline`."""
    return {
        "id": pipeline.id,
        "name": pipeline.name,
        "currency": pipeline.currency,
        "position": position,
        "version": pipeline.version,
        "questions": json.dumps([_question_data(question) for question in pipeline.questions]),
        "traits": json.dumps([_trait_data(trait) for trait in pipeline.traits]),
    }


def stage_row(stage: Stage, pipeline_id: int, position: int) -> Document:
    """The row of the table `stage`."""
    row = {name: getattr(stage, name) for name in _SAME}
    return row | {
        "kind": str(stage.kind),
        "category": str(stage.category),
        "pipeline_id": pipeline_id,
        "position": position,
        "criteria": json.dumps([str(criterion) for criterion in stage.criteria]),
        "checklist": json.dumps(stage.checklist),
    }


def pipeline_data(pipeline: Pipeline) -> Document:
    """The whole pipeline as JSON data, for the history of its edits."""
    stages = [stage_row(stage, pipeline.id, place) for place, stage in enumerate(pipeline.stages)]
    data = {**pipeline_row(pipeline, 0), "stages": stages}
    if not pipeline.traits:  # as history says it that is older than traits
        del data["traits"]
    return data


def pipeline_document(pipeline: Pipeline) -> str:
    """The whole pipeline as JSON."""
    return json.dumps(pipeline_data(pipeline), ensure_ascii=False)


def pipeline_from_data(data: Row) -> Pipeline:
    """The pipeline that its JSON data stand for."""
    return pipeline_from_rows({"traits": "[]", **data}, data["stages"])


def pipeline_from_rows(row: Row, stages: Iterable[Row]) -> Pipeline:
    """The pipeline that its row and the rows of its stages (in order) stand for."""
    own = tuple(map(_stage, stages))
    if not {StageKind.WON, StageKind.LOST} <= {stage.kind for stage in own}:
        raise ValueError("a pipeline in which nothing can be won or lost")
    return Pipeline(
        row["id"],
        row["name"].partition(TAKEN_BACK)[0],
        row["currency"],
        own,
        tuple(_question(data) for data in json.loads(row["questions"])),
        row["version"],
        tuple(_trait(data) for data in json.loads(row["traits"])),
    )


def _stage(row: Row) -> Stage:
    values = {name: row[name] for name in _SAME if name in row.keys()}  # noqa: SIM118
    for name in _NUMBERS:  # SQLite takes a text there
        if values[name] is not None and not 0 <= index(values[name]) <= _MOST:
            raise ValueError("a number that no stage can have")
    return Stage(
        **values
        | {
            "kind": StageKind(row["kind"]),
            "category": Category(row["category"]),
            "qualified": bool(row["qualified"]),
            "marketing_qualified": bool(values.get("marketing_qualified")),
            "retired": bool(row["retired"]),
            "criteria": tuple(parse_criterion(line) for line in json.loads(row["criteria"])),
            "checklist": tuple(json.loads(row["checklist"])),
        }
    )


def _question_data(question: Question) -> dict[str, object]:
    values = {name: getattr(question, name) for name in ("key", "label", "ask", "why", "good")}
    return values | {"proves": [str(factor) for factor in question.proves]}


def _question(data: Row) -> Question:
    proves = tuple(Factor(name) for name in data["proves"])
    return Question(**{**data, "proves": proves})


def _trait_data(trait: Trait) -> dict[str, object]:
    return {"field": trait.field, "wanted": trait.wanted, "weight": trait.weight}


def _trait(data: Row) -> Trait:
    wanted, weight = tuple(map(str, data["wanted"])), index(data["weight"])
    if not wanted or not 1 <= weight <= _MOST:
        raise ValueError("a trait that no pipeline can have")
    return Trait(str(data["field"]), wanted, weight)


@readable("the settings")
def read_settings(database: Database) -> Settings:
    """The settings; what was never set keeps its default, what a later version set is ignored."""
    known = {field.name for field in fields(Settings)}
    found: dict[str, object] = {}
    for row in database.rows(dialect.SETTINGS):
        value = json.loads(row["value"])
        if row["name"] in known:
            found[row["name"]] = tuple(value) if isinstance(value, list) else value
    settings = with_values(Settings(), found)
    _ = settings.zone  # whether there is such a zone
    return settings


def read_reps(database: Database) -> tuple[Rep, ...]:
    """Everybody who owns or owned deals, by name."""
    rows = database.rows(dialect.REPS)
    return tuple(from_row(Rep, row, active=bool(row["active"])) for row in rows)


def read_saved_filters(database: Database, me: str) -> tuple[tuple[str, str], ...]:
    """Name and text of my filters and of those shared with everybody, by name."""
    rows = database.rows(
        "select name, filter from saved_filter where owner in (?, '') order by name, owner", (me,)
    )
    return tuple((row["name"], row["filter"]) for row in rows)


class Pipelines:
    """The pipelines in order, read again only when one has changed.

    The board asks for them with every frame, and parsing questions and criteria takes longer than
    all its other reading.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._mark: tuple[RowTuple, ...] | None = None
        self._pipelines: tuple[Pipeline, ...] = ()

    def all(self) -> tuple[Pipeline, ...]:
        rows = self._database.rows(dialect.PIPELINE_MARKS)
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
    for stage in database.rows(dialect.STAGES):
        stages.setdefault(stage["pipeline_id"], []).append(stage)
    return tuple(
        pipeline_from_rows(row, stages.get(row["id"], ()))
        for row in database.rows(dialect.PIPELINES_REMOVED if removed else dialect.PIPELINES)
    )
