"""A pipeline: its ordered stages, the questions it asks, and how to find either by name."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from functools import cached_property

from pipeboard.domain.errors import Ambiguous, Criterion, NotFound
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.text import did_you_mean, fold, slug

OWN = "field."
"""Before the name of a field that people make for themselves."""


class StageKind(StrEnum):
    """What being in a stage means for a deal: a step of the work, or one of the two outcomes."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class Category(StrEnum):
    """The forecast category, the rep's own word for a deal."""

    OMITTED = "omitted"
    PIPELINE = "pipeline"
    BEST = "best"
    COMMIT = "commit"


class Factor(StrEnum):
    """What an answer proves; the first five carry the deal score (`score.py`)."""

    BUDGET = "budget"
    AUTHORITY = "authority"
    NEED = "need"
    TIMELINE = "timeline"
    INTEREST = "interest"
    FIT = "fit"


@dataclass(frozen=True, slots=True)
class Question:
    """A qualification question: what to ask, why, what a good answer is, and what it proves."""

    key: str
    label: str
    ask: str
    why: str = ""
    good: str = ""
    proves: tuple[Factor, ...] = ()


@dataclass(frozen=True, slots=True)
class Trait:
    """Something that the ideal customer is or has: in which field of a deal it stands, what is
    wanted there (one of some words, or of some ranges of numbers), and how much it weighs."""

    field: str
    wanted: tuple[str, ...]
    weight: int = 1

    @property
    def key(self) -> str:
        return self.field

    @property
    def label(self) -> str:
        return self.own_field or self.field.replace("_", " ")

    @property
    def own_field(self) -> str:
        """Which of the fields that people make for themselves it is about; "" for another one."""
        return self.field.removeprefix(OWN) if self.field.startswith(OWN) else ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One column of the board.

    `probability_bp` is the chance to win in basis points (0..10000), `expected_days` how long a
    deal should stay, `idle_days` how long it may go without a touch; None means no limit.
    """

    id: int
    name: str
    kind: StageKind = StageKind.OPEN
    probability_bp: int | None = None
    outcome: str = ""
    expected_days: int | None = None
    idle_days: int | None = None
    qualified: bool = False
    category: Category = Category.PIPELINE
    criteria: tuple[Criterion, ...] = ()
    checklist: tuple[str, ...] = ()
    playbook: str = ""
    next_step: str = ""
    retired: bool = False
    marketing_qualified: bool = False

    @property
    def is_open(self) -> bool:
        return self.kind is StageKind.OPEN


@dataclass(frozen=True)
class Pipeline:
    """Stages in their order, the outcomes last, the questions that qualify a deal, and the traits
    of the ideal customer, none where the pipeline does not say what that is like."""

    id: int
    name: str
    currency: str
    stages: tuple[Stage, ...]
    questions: tuple[Question, ...] = ()
    version: int = 1
    traits: tuple[Trait, ...] = ()

    @cached_property
    def _by_id(self) -> dict[int, Stage]:
        return {stage.id: stage for stage in self.stages}

    @cached_property
    def _position(self) -> dict[int, int]:
        return {stage.id: index for index, stage in enumerate(self.stages)}

    @cached_property
    def _between(self) -> dict[tuple[int, int], tuple[Stage, ...]]:
        """The stages between two others, of which deals go through the same ones."""
        return {}

    @cached_property
    def open_stages(self) -> tuple[Stage, ...]:
        """The stages that deals in work go through, without the retired ones."""
        return tuple(stage for stage in self.stages if stage.is_open and not stage.retired)

    @cached_property
    def won(self) -> Stage:
        return next(stage for stage in self.stages if stage.kind is StageKind.WON)

    @cached_property
    def lost(self) -> Stage:
        return next(stage for stage in self.stages if stage.kind is StageKind.LOST)

    @cached_property
    def qualifying(self) -> frozenset[int]:
        """The stages that qualify a deal which enters them: from the first one in use that is
        flagged `qualified` up to the win, and retired ones that are flagged; empty where no stage
        is."""
        return self._from_first([stage for stage in self.stages if stage.qualified])

    @cached_property
    def marketing_qualifying(self) -> frozenset[int]:
        """The same of the flag `marketing_qualified`: what makes an MQL of a deal."""
        return self._from_first([stage for stage in self.stages if stage.marketing_qualified])

    def _from_first(self, marked: Sequence[Stage]) -> frozenset[int]:
        flagged = [stage for stage in marked if stage.is_open]
        first = next((self.position(s.id) for s in flagged if not s.retired), len(self.stages))
        later = {stage.id for stage in self.stages[first:] if stage.kind is not StageKind.LOST}
        return (
            frozenset(later | {self.won.id} | {s.id for s in flagged}) if flagged else frozenset()
        )

    def stage(self, stage_id: int) -> Stage:
        """The stage with that id; `KeyError` when it belongs to another pipeline."""
        return self._by_id[stage_id]

    def position(self, stage_id: int) -> int:
        """The place of a stage in the order of the board, from 0."""
        return self._position[stage_id]

    def neighbour(self, stage_id: int, step: int) -> Stage | None:
        """The open stage in use `step` places on (or back), also from a retired one; None beyond
        either end."""
        in_use = {stage.id for stage in self.open_stages}
        places = [one.id for one in self.stages if one.id in in_use or one.id == stage_id]
        index = places.index(stage_id) + step
        return self.stage(places[index]) if 0 <= index < len(places) else None

    def after(self, stage_id: int) -> Stage:
        """The stage that a deal goes on to from there: the next one in use, else the win."""
        return self.neighbour(stage_id, 1) or self.won

    def stages_between(self, start_id: int, target_id: int) -> tuple[Stage, ...]:
        """The open stages that a move forwards leaves behind: `start` and all before `target`.

        Empty when the move goes back. An outcome lies behind the last open stage.
        """
        known = self._between.get((start_id, target_id))
        if known is None:
            start, target = self.position(start_id), self.position(target_id)
            known = self._between[start_id, target_id] = tuple(
                stage
                for stage in self.stages[start:target]
                if stage.is_open and (not stage.retired or stage.id == start_id)
            )
        return known

    def is_qualified_at(self, stage_id: int) -> bool:
        """Whether a deal that enters this stage counts as qualified."""
        return stage_id in self.qualifying

    def find_stage(self, text: str) -> Stage:
        """The stage that a person means by a number from 1, a name, or part of a name."""
        wanted = fold(text)
        usable = [stage for stage in self.stages if not stage.retired]
        if wanted.isdigit() and 1 <= int(wanted) <= len(usable):
            return usable[int(wanted) - 1]
        for matches in (
            [stage for stage in usable if fold(stage.name) == wanted],
            [stage for stage in usable if wanted and fold(stage.name).startswith(wanted)],
            [stage for stage in usable if wanted and wanted in fold(stage.name)],
        ):
            if len(matches) == 1:
                return matches[0]
            if matches:
                raise Ambiguous(
                    f"'{text}' could be {_listed([stage.name for stage in matches])}.",
                    hint="Type more of the stage's name.",
                    details={"candidates": [stage.name for stage in matches]},
                )
        names = [stage.name for stage in usable]
        raise NotFound(
            f"No stage '{text}' in {self.name}.",
            hint=did_you_mean(text, names) or f"Its stages: {', '.join(names)}.",
        )

    def question(self, key: str) -> Question | None:
        """The question with that key, number from 1, or the first that proves that factor."""
        known = self._questions
        if key not in known:
            known[key] = self._question(slug(key))
        return known[key]

    @cached_property
    def _questions(self) -> dict[str, Question | None]:
        """The questions by what they were called so far: criteria ask for the same ones."""
        return {}

    def _question(self, wanted: str) -> Question | None:
        if wanted.isdigit() and 1 <= int(wanted) <= len(self.questions):
            return self.questions[int(wanted) - 1]
        for question in self.questions:
            if question.key == wanted:
                return question
        return next((q for q in self.questions if wanted in q.proves), None)


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
