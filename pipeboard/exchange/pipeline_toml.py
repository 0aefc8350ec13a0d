"""A pipeline as one TOML document that a sales manager reads and edits, and back."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

import tomli_w

from pipeboard.domain.criteria import Criterion, parse_criterion
from pipeboard.domain.errors import BadInput
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.money import exponent, parse_percent
from pipeboard.domain.pipeline import Category, Factor, Pipeline, Question, Stage, StageKind, Trait
from pipeboard.domain.pipeline_rules import check_criteria
from pipeboard.domain.text import (
    as_own_field,
    clean_line,
    clean_text,
    did_you_mean,
    fold,
    printable,
    quoted,
    slug,
)

if TYPE_CHECKING:
    from pipeboard.domain.json_data import Document, JsonObject

T = TypeVar("T")
C = TypeVar("C", bound=StrEnum)

_INTRODUCTION = """\
# A pipeline of pipeboard. Change it and apply it: pipeboard pipeline apply FILE
# version: what this text was written from; leave it, so that nobody's change is lost.
# Stages stand in their order. A stage keeps its id when it is renamed or moved; one that is left
# out is retired, and its history stays. A new stage has no id.
# probability: percent. expected_days, idle_days: limits, leave them out for none.
# qualified: deals count as sales-qualified from there on; marketing_qualified = true on an earlier
# stage tells how many marketing-qualified ones become that, and how soon.
# criteria: what a deal must have to move on, such as value, answer timeline,
# rating authority >= 2, answers >= 4, contact decision_maker, next step, checklist.
# traits: what the ideal customer is like, if you want to know how well deals fit it (0 to 100):
# [[traits]]
# field = "field.employees"  # a field of your own, or source, channel, tags, value
# wanted = ["50..500"]       # ranges of numbers, also ">=1m", or words: ["software", "media"]
# weight = 2                 # 1 where it is left out
"""


def write_pipeline(pipeline: Pipeline) -> str:
    """The document of a pipeline; `read_pipeline` gives back an equal one."""
    top = {
        "id": pipeline.id or None,
        "version": pipeline.version if pipeline.id else None,
        "name": pipeline.name,
        "currency": pipeline.currency,
    }
    tables = {
        "stages": [_filled(_stage_values(stage)) for stage in pipeline.stages],
        "questions": [_filled(_question_values(question)) for question in pipeline.questions],
        "traits": [_trait_values(trait) for trait in pipeline.traits],
    }
    document = tomli_w.dumps(_filled(top) | _filled(tables), multiline_strings=True)
    return _INTRODUCTION + "".join(map(_shown, document))


def _filled(values: JsonObject) -> Document:
    return {key: value for key, value in values.items() if value not in (None, "", [])}


def _shown(char: str) -> str:
    """A character as TOML: what nobody would see is escaped."""
    return char if char.isprintable() or char == "\n" else f"\\U{ord(char):08x}"


def _stage_values(stage: Stage) -> Document:
    probability = stage.probability_bp
    return {
        "id": stage.id or None,
        "name": stage.name,
        "kind": str(stage.kind),
        "probability": None if probability is None else _percent(probability),
        "expected_days": stage.expected_days,
        "idle_days": stage.idle_days,
        "qualified": stage.qualified,
        "marketing_qualified": stage.marketing_qualified or None,
        "forecast_category": str(stage.category),
        "outcome": stage.outcome,
        "criteria": [str(criterion) for criterion in stage.criteria],
        "checklist": list(stage.checklist),
        "next_step": stage.next_step,
        "playbook": stage.playbook,
        "retired": stage.retired or None,
    }


def _percent(basis_points: int) -> int | float:
    whole, rest = divmod(basis_points, 100)
    return basis_points / 100 if rest else whole


def _question_values(question: Question) -> Document:
    return {
        "key": question.key,
        "label": question.label,
        "ask": question.ask,
        "why": question.why,
        "good": question.good,
        "proves": [str(factor) for factor in question.proves],
    }


def _trait_values(trait: Trait) -> Document:
    return {"field": trait.field, "wanted": list(trait.wanted), "weight": trait.weight}


def read_pipeline(document: str) -> Pipeline:
    """The pipeline that a document describes; ids that it does not give are 0, and so is the
    version that the document of a known one was written from.

    Stages of kind won and lost are added where it has none. Raises BadInput, naming the stage and
    the key, for what cannot be read.
    """
    try:
        data = tomllib.loads(document)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(
            f"The document is not TOML: {printable(str(error))}.",
            hint="Texts stand in quotes; see one with 'pipeboard pipeline show'.",
        ) from error
    top = _Table("the pipeline", data, _KEYS)
    stages = tuple(_stage(table) for table in top.tables("stages", "stage", _STAGE_KEYS))
    questions = tuple(_question(t) for t in top.tables("questions", "question", _QUESTION_KEYS))
    traits = tuple(_trait(table) for table in top.tables("traits", "trait", _TRAIT_KEYS))
    currency = top.line("currency").upper()
    if currency:
        exponent(currency)  # refuses what is no currency
    pipeline_id = top.number("id") or 0
    pipeline = Pipeline(
        pipeline_id,
        top.name("name"),
        currency,
        _with_outcomes(stages),
        questions,
        top.number("version") or (0 if pipeline_id else 1),
        traits,
    )
    _check(pipeline)
    return pipeline


_KEYS = ("id", "version", "name", "currency", "stages", "questions", "traits")
_STAGE_KEYS = tuple(_stage_values(Stage(0, "")))
_QUESTION_KEYS = tuple(_question_values(Question("", "", "")))
_TRAIT_KEYS = tuple(_trait_values(Trait("", ())))


class _Table:
    """One table of the document, read key by key with messages that name it."""

    def __init__(self, what: str, data: JsonObject, known: tuple[str, ...]) -> None:
        self._what = what
        self._data = data
        for key in data:
            if key not in known:
                raise self.wrong(f"has no key {quoted(key)}", did_you_mean(key, known))

    def wrong(self, why: str, hint: str = "") -> BadInput:
        return BadInput(f"{self._what[:1].upper()}{self._what[1:]} {why}.", hint=hint)

    def get(self, key: str, kind: type[T], article: str) -> T | None:
        value = self._data.get(key)
        if value is None:
            return None
        if isinstance(value, kind) and type(value) is kind:  # true is no number
            return value
        raise self.wrong(f"wants {article} as {key}, not {quoted(str(value))}")

    def line(self, key: str) -> str:
        return clean_line(self.get(key, str, "a text in quotes") or "", field=key)

    def lines(self, key: str) -> str:
        return clean_text(self.get(key, str, "a text in quotes") or "", field=key)

    def name(self, key: str) -> str:
        return self.needed(key, self.line(key))

    def needed(self, key: str, text: str) -> str:
        if not text:
            raise self.wrong(f"needs a {key}")
        return text

    def number(self, key: str) -> int | None:
        value = self.get(key, int, "a whole number")
        if value is not None and not 0 <= value < 2**31:
            raise self.wrong(f"wants a number from 0 as {key}, not {value}")
        return value

    def flag(self, key: str) -> bool:
        return bool(self.get(key, bool, "true or false"))

    def percent(self, key: str) -> int | None:
        value = self._data.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise self.wrong(f"wants a percentage as {key}, not {quoted(str(value))}")
        return parse_percent(str(value).removesuffix(".0"))

    def words(self, key: str) -> tuple[str, ...]:
        found = self.get(key, list, "a list of texts") or []
        if not all(isinstance(word, str) for word in found):
            raise self.wrong(f"wants a list of texts as {key}")
        cleaned = (clean_line(word, field=key) for word in found)
        return tuple(dict.fromkeys(word for word in cleaned if word))

    def choice(self, key: str, choices: type[C], default: C) -> C:
        word = self.line(key) or str(default)
        if word not in list(choices):
            hint = did_you_mean(word, list(choices)) or f"Known are: {', '.join(choices)}."
            raise self.wrong(f"wants another {key} than {quoted(word)}", hint)
        return choices(word)

    def tables(self, key: str, what: str, known: tuple[str, ...]) -> list[_Table]:
        found = self.get(key, list, f"tables [[{key}]]") or []
        if not all(isinstance(table, dict) for table in found):
            raise self.wrong(f"wants tables [[{key}]]")
        return [
            _Table(f"{what} {_label(table, number)}", table, known)
            for number, table in enumerate(found, 1)
        ]


def _label(table: JsonObject, number: int) -> str:
    name = table.get("name") or table.get("label") or table.get("field")
    return quoted(name) if isinstance(name, str) else str(number)


def _stage(table: _Table) -> Stage:
    kind = table.choice("kind", StageKind, StageKind.OPEN)
    return Stage(
        table.number("id") or 0,
        table.name("name"),
        kind,
        table.percent("probability") if kind is StageKind.OPEN else _certain(kind),
        table.lines("outcome"),
        table.number("expected_days"),
        table.number("idle_days"),
        table.flag("qualified"),
        table.choice("forecast_category", Category, Category.PIPELINE),
        _criteria(table),
        table.words("checklist"),
        table.lines("playbook"),
        table.line("next_step"),
        table.flag("retired"),
        table.flag("marketing_qualified"),
    )


def _certain(kind: StageKind) -> int:
    return 10_000 if kind is StageKind.WON else 0


def _criteria(table: _Table) -> tuple[Criterion, ...]:
    criteria = []
    for line in table.words("criteria"):
        try:
            criteria.append(parse_criterion(line))
        except BadInput as error:
            raise table.wrong(
                f"has criteria that cannot be read: {quoted(line)}", error.hint
            ) from error
    return tuple(criteria)


def _question(table: _Table) -> Question:
    label = table.name("label")
    proves = []
    for word in table.words("proves"):
        if word not in list(Factor):
            hint = did_you_mean(word, list(Factor)) or f"Known are: {', '.join(Factor)}."
            raise table.wrong(f"cannot prove {quoted(word)}", hint)
        proves.append(Factor(word))
    return Question(
        table.needed("key", slug(table.line("key") or label)),
        label,
        table.lines("ask") or label,
        table.lines("why"),
        table.lines("good"),
        tuple(proves),
    )


def _trait(table: _Table) -> Trait:
    weight = table.number("weight")
    field = as_own_field(table.name("field"))
    return Trait(field, table.words("wanted"), 1 if weight is None else weight)


def _with_outcomes(stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """The open stages, then won, then lost, as every pipeline ends."""
    ends = []
    for kind, name in ((StageKind.WON, "Won"), (StageKind.LOST, "Lost")):
        found = [stage for stage in stages if stage.kind is kind]
        if len(found) > 1:
            raise BadInput(f"A pipeline has one stage of kind {kind}, not {len(found)}.")
        ends.append(found[0] if found else Stage(0, name, kind, _certain(kind)))
    return (*(stage for stage in stages if stage.is_open), *ends)


def _check(pipeline: Pipeline) -> None:
    if not pipeline.open_stages:
        raise BadInput("A pipeline needs at least one stage to work in.", hint="Add a [[stages]].")
    _refuse_twice("stage", [stage.name for stage in pipeline.stages], str.casefold)
    _refuse_twice("question", [question.key for question in pipeline.questions], str)
    _refuse_twice("id", [str(stage.id) for stage in pipeline.stages if stage.id], str)
    check_criteria(pipeline)


def _refuse_twice(what: str, names: list[str], same: Callable[[str], str]) -> None:
    seen: set[str] = set()
    for name in names:
        if same(name) in seen:
            raise BadInput(f"The {what} {quoted(name)} is there twice.")
        seen.add(same(name))


# Which of the known pipelines and stages a document means, so that renaming keeps their deals.


def with_known_ids(wanted: Pipeline, known: Sequence[Pipeline]) -> Pipeline:
    """The pipeline under the ids that it has in this workspace; 0 for it or a stage that is new.

    A pipeline is known by its name, else by its id; a stage by its id, else by its name, and an
    outcome by its kind. An id that belongs to another pipeline counts as none.
    """
    before = _known_pipeline(wanted, known)
    if before is None:
        fresh = tuple(replace(stage, id=0) for stage in wanted.stages)
        return replace(wanted, id=0, stages=fresh)
    left = {stage.id: stage for stage in before.stages}
    by_id = {stage.id: left.pop(stage.id) for stage in wanted.stages if stage.id in left}
    stages = []
    for stage in wanted.stages:
        found = by_id.get(stage.id) or _same(stage, left.values())
        if found is not None:
            left.pop(found.id, None)
        stages.append(replace(stage, id=found.id if found else 0))
    return replace(wanted, id=before.id, stages=tuple(stages))


def _known_pipeline(wanted: Pipeline, known: Sequence[Pipeline]) -> Pipeline | None:
    named = (pipeline for pipeline in known if fold(pipeline.name) == fold(wanted.name))
    numbered = (pipeline for pipeline in known if pipeline.id == wanted.id)
    return next(named, None) or next(numbered, None)


def _same(wanted: Stage, stages: Iterable[Stage]) -> Stage | None:
    candidates = [stage for stage in stages if stage.kind is wanted.kind]
    if not wanted.is_open:
        return next(iter(candidates), None)
    return next((stage for stage in candidates if fold(stage.name) == fold(wanted.name)), None)
