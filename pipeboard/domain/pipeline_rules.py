"""What a pipeline must be like before anybody works in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeboard.domain.errors import BadInput, Refused
from pipeboard.domain.near import did_you_mean
from pipeboard.domain.pipeline import Pipeline, Question, Stage, StageKind
from pipeboard.domain.text import clean_line, clean_text, fold, quoted

MOST_STAGES = 40


def clean_pipeline(pipeline: Pipeline) -> Pipeline:
    """The pipeline with all its texts safe to show; `BadInput` for one that is too long."""
    return replace(
        pipeline,
        name=clean_line(pipeline.name, field="pipeline"),
        stages=tuple(map(_clean_stage, pipeline.stages)),
        questions=tuple(map(_clean_question, pipeline.questions)),
    )


def _clean_stage(stage: Stage) -> Stage:
    return replace(
        stage,
        name=clean_line(stage.name, field="stage"),
        outcome=clean_text(stage.outcome, field="outcome of a stage"),
        checklist=tuple(clean_line(item, field="checklist item") for item in stage.checklist),
        playbook=clean_text(stage.playbook, field="playbook"),
        next_step=clean_line(stage.next_step, field="next step"),
    )


def _clean_question(question: Question) -> Question:
    return replace(
        question,
        key=clean_line(question.key, field="key of a question"),
        label=clean_line(question.label, field="label"),
        ask=clean_text(question.ask, field="question"),
        why=clean_text(question.why, field="why of a question"),
        good=clean_text(question.good, field="good answer"),
    )


def check_pipeline(wanted: Pipeline, known: Iterable[Pipeline]) -> None:
    """Raises `BadInput` or `Refused` for a pipeline that cannot be worked in beside the others."""
    if not wanted.name:
        raise BadInput("A pipeline needs a name.")
    if any(fold(p.name) == fold(wanted.name) and p.id != wanted.id for p in known):
        raise Refused(f"There is a pipeline '{wanted.name}' already.", hint="Choose another name.")
    _check_stages(wanted.stages)
    check_criteria(wanted)


def _check_stages(stages: Sequence[Stage]) -> None:
    kinds = [stage.kind for stage in stages]
    if not any(stage.is_open and not stage.retired for stage in stages):
        raise BadInput("A pipeline needs at least one open stage.")
    if kinds.count(StageKind.WON) != 1 or kinds.count(StageKind.LOST) != 1:
        raise BadInput("A pipeline needs one stage of kind won and one of kind lost.")
    if len(kinds) > MOST_STAGES:
        raise BadInput(f"A pipeline has {MOST_STAGES} stages at most.")
    names = [fold(stage.name) for stage in stages if not stage.retired]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None or "" in names:
        raise BadInput(f"Each stage needs a name of its own{f': {twice}' if twice else ''}.")


def check_criteria(pipeline: Pipeline) -> None:
    """Raises `BadInput` when a stage in use asks for what is no question of the pipeline."""
    for stage in pipeline.stages:
        for criterion in () if stage.retired else stage.criteria:
            asked = criterion.subject if criterion.about in ("answer", "rating") else ""
            if asked and pipeline.question(asked) is None:
                raise BadInput(
                    f"Stage {quoted(stage.name)} asks for {quoted(asked)}, which is no question.",
                    hint=did_you_mean(asked, [question.key for question in pipeline.questions]),
                )
