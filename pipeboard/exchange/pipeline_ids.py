"""Which of the known pipelines and stages a document means, so that renaming keeps their deals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeboard.domain.pipeline import Pipeline, Stage
from pipeboard.domain.text import fold


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
