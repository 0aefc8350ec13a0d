"""Use cases: pipelines, reps and settings of the workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeboard.domain.errors import Ambiguous, BadInput, NotFound, Refused
from pipeboard.domain.near import did_you_mean
from pipeboard.domain.pipeline import Pipeline, StageKind
from pipeboard.domain.settings import Rep, Settings
from pipeboard.domain.text import clean_line, fold
from pipeboard.workspace.desk import Desk

if TYPE_CHECKING:
    from pipeboard.store.writing import Writer

MOST_STAGES = 40


class SettingUp(Desk):
    """What a team agrees on before it works."""

    def pipelines(self) -> tuple[Pipeline, ...]:
        """All pipelines, in their order."""
        return self.reader.pipelines()

    def pipeline(self, name: str | None = None) -> Pipeline:
        """The pipeline of that name or part of it; without a name the first."""
        return named_pipeline(self.pipelines(), name)

    def save_pipeline(self, wanted: Pipeline) -> Pipeline:
        """A new pipeline (id 0), or the next version of a known one.

        Stages keep their id; one that is left out is retired when a deal has been in it. New
        stages come with id 0 (or an id that no stage has) and get one.
        """
        return self.store.write(lambda writer: self.store_pipeline(writer, wanted))

    def store_pipeline(self, writer: Writer, wanted: Pipeline) -> Pipeline:
        """As `save_pipeline`, within a transaction that does more."""
        check_pipeline(wanted, self.pipelines())
        saved = self._numbered(writer, wanted)
        writer.save_pipeline(saved, self.now(), self.actor.name)
        return saved

    def _numbered(self, writer: Writer, wanted: Pipeline) -> Pipeline:
        known = {p.id: p for p in self.pipelines()}.get(wanted.id)
        kept = {stage.id for stage in known.stages} if known else set()
        fresh = [stage for stage in wanted.stages if stage.id not in kept]
        numbers = iter(writer.numbers("stage", len(fresh)))
        stages = tuple(
            stage if stage.id in kept else replace(stage, id=next(numbers))
            for stage in wanted.stages
        )
        if known is None:
            return replace(wanted, id=writer.numbers("pipeline", 1)[0], stages=stages, version=1)
        named = {stage.id for stage in stages}
        gone = tuple(replace(s, retired=True) for s in known.stages if s.id not in named)
        outcomes = tuple(stage for stage in stages if not stage.is_open)
        stages = tuple(stage for stage in stages if stage.is_open) + gone + outcomes
        return replace(wanted, stages=stages, version=known.version + 1)

    def save_rep(self, rep: Rep) -> Rep:
        """A rep, new or changed."""
        name = clean_line(rep.name, field="rep", limit=100).removeprefix("@")
        if not name:
            raise BadInput("A rep needs a name.", hint="For example: pipeboard rep add ana")
        clean = Rep(
            name,
            clean_line(rep.display_name, field="display name"),
            clean_line(rep.team, field="team", limit=100),
            rep.active,
        )
        self.store.write(lambda writer: writer.save_rep(clean))
        return clean

    def save_settings(self, settings: Settings) -> None:
        """All settings of the workspace."""
        self.store.write(lambda writer: writer.save_settings(settings))


def named_pipeline(pipelines: Sequence[Pipeline], name: str | None) -> Pipeline:
    """The one of that name or part of it, the first without a name; else `NotFound`."""
    if not pipelines:
        raise NotFound("There is no pipeline yet.", hint="Make one: pipeboard pipeline new Sales")
    if name is None:
        return pipelines[0]
    wanted = fold(name)
    exact = [p for p in pipelines if fold(p.name) == wanted]
    near = exact or [p for p in pipelines if wanted and wanted in fold(p.name)]
    if len(near) == 1:
        return near[0]
    names = [pipeline.name for pipeline in near or pipelines]
    if near:
        raise Ambiguous(
            f"'{name}' could be {', '.join(names)}.",
            hint="Type more of the name.",
            details={"candidates": names},
        )
    raise NotFound(
        f"There is no pipeline '{name}'.",
        hint=did_you_mean(name, names) or f"There are: {', '.join(names)}.",
    )


def check_pipeline(wanted: Pipeline, known: Sequence[Pipeline]) -> None:
    """`BadInput` or `Refused` for what cannot be a pipeline beside those that are known."""
    if not clean_line(wanted.name, field="pipeline"):
        raise BadInput("A pipeline needs a name.")
    if any(fold(p.name) == fold(wanted.name) and p.id != wanted.id for p in known):
        raise Refused(f"There is a pipeline '{wanted.name}' already.", hint="Choose another name.")
    kinds = [stage.kind for stage in wanted.stages]
    if not any(stage.is_open and not stage.retired for stage in wanted.stages):
        raise BadInput("A pipeline needs at least one open stage.")
    if kinds.count(StageKind.WON) != 1 or kinds.count(StageKind.LOST) != 1:
        raise BadInput("A pipeline needs one stage of kind won and one of kind lost.")
    if len(kinds) > MOST_STAGES:
        raise BadInput(f"A pipeline has {MOST_STAGES} stages at most.")
    names = [fold(stage.name) for stage in wanted.stages if not stage.retired]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None or "" in names:
        raise BadInput(f"Each stage needs a name of its own{f': {twice}' if twice else ''}.")
