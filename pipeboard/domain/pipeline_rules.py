"""What a pipeline must be like before anybody works in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from pipeboard.domain.errors import BadInput, Difference, Refused
from pipeboard.domain.lazy_dataclass import dataclass, fields, replace, with_values
from pipeboard.domain.pipeline import Pipeline, Question, Stage, StageKind, Trait
from pipeboard.domain.pipeline_changes import key_of, name_of
from pipeboard.domain.text import as_own_field, clean_line, clean_text, did_you_mean, fold, quoted

MOST_STAGES = 40


def clean_pipeline(pipeline: Pipeline) -> Pipeline:
    """The pipeline with all its texts safe to show; `BadInput` for one that is too long."""
    return replace(
        pipeline,
        name=clean_line(pipeline.name, field="pipeline"),
        stages=tuple(map(_clean_stage, pipeline.stages)),
        questions=tuple(map(_clean_question, pipeline.questions)),
        traits=tuple(map(_clean_trait, pipeline.traits)),
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


def _clean_trait(trait: Trait) -> Trait:
    wanted = (clean_line(one, field="what is wanted of a trait") for one in trait.wanted)
    return replace(
        trait, field=clean_line(as_own_field(trait.field), field="trait"), wanted=tuple(wanted)
    )


def check_pipeline(wanted: Pipeline, known: Iterable[Pipeline]) -> None:
    """Raises `BadInput` or `Refused` for a pipeline that cannot be worked in beside the others."""
    if not wanted.name:
        raise BadInput("A pipeline needs a name.")
    if any(fold(p.name) == fold(wanted.name) and p.id != wanted.id for p in known):
        raise Refused(f"There is a pipeline '{wanted.name}' already.", hint="Choose another name.")
    _check_stages(wanted.stages)
    check_criteria(wanted)
    if wanted.traits:
        from pipeboard.domain.fit import check_traits  # with the comparisons of filters

        check_traits(wanted)


def _check_stages(stages: Sequence[Stage]) -> None:
    kinds = [stage.kind for stage in stages]
    if not any(stage.is_open and not stage.retired for stage in stages):
        raise BadInput("A pipeline needs at least one open stage.")
    if kinds.count(StageKind.WON) != 1 or kinds.count(StageKind.LOST) != 1:
        raise BadInput("A pipeline needs one stage of kind won and one of kind lost.")
    if len(kinds) > MOST_STAGES:
        raise BadInput(f"A pipeline has {MOST_STAGES} stages at most, won and lost among them.")
    used = [stage for stage in stages if not stage.retired]
    alike: dict[str, list[Stage]] = {}
    for stage in used:
        alike.setdefault(fold(stage.name), []).append(stage)
    if "" in alike:
        raise BadInput("Each stage needs a name of its own.")
    if twice := next((some for some in alike.values() if len(some) > 1), None):
        end = next((stage for stage in twice if not stage.is_open), None)
        raise BadInput(
            f"Each stage needs a name of its own: {quoted(twice[0].name)} stands twice.",
            hint=f"{end.name} is where {end.kind} deals go, in every pipeline." if end else "",
        )


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


def with_retired(pipeline: Pipeline, retired: Sequence[Stage], places: Sequence[Stage]) -> Pipeline:
    """The pipeline with retired stages where they stood: each behind the stage that it follows
    in `places`, so that what went through it still went forwards."""
    open_stages = [stage for stage in pipeline.stages if stage.is_open]
    outcomes = [stage for stage in pipeline.stages if not stage.is_open]
    back = {stage.id: stage for stage in retired}
    order = [stage.id for stage in places]
    for stage_id in sorted(back, key=order.index):
        before = order[: order.index(stage_id)]
        ahead = [place for place, one in enumerate(open_stages) if one.id in before]
        nearest = max(ahead, key=lambda place: before.index(open_stages[place].id), default=-1)
        open_stages.insert(nearest + 1, back[stage_id])
    return replace(pipeline, stages=(*open_stages, *outcomes))


# Merging two edits of one pipeline that began from the same version.
#
# An edit is taken key by key: what only one of the two changed is as they changed it; what both
# changed to different values is a difference that somebody must look at.

Part = TypeVar("Part", Stage, Question, Trait)
_NOT_MERGED = ("id", "key")


@dataclass(frozen=True, slots=True)
class Merged:
    """The pipeline with both edits in it, what was taken from the other one, and what stands
    against each other: with differences the pipeline is no answer."""

    pipeline: Pipeline
    taken: tuple[str, ...]
    differences: tuple[Difference, ...]


def merge(base: Pipeline, mine: Pipeline, theirs: Pipeline) -> Merged:
    """My edit of `base` and theirs, which is stored already; new stages of mine have the id 0."""
    work = _Merging()
    top: dict[str, object] = {
        name: work.value(name, "", getattr(base, name), getattr(mine, name), getattr(theirs, name))
        for name in ("name", "currency")
    }
    stages = work.parts(base.stages, mine.stages, theirs.stages, "stages")
    questions = work.parts(base.questions, mine.questions, theirs.questions, "questions")
    traits = work.parts(base.traits, mine.traits, theirs.traits, "traits")
    parts = {"stages": tuple(stages), "questions": tuple(questions), "traits": tuple(traits)}
    merged = with_values(theirs, top | parts)
    return Merged(merged, tuple(work.taken), tuple(work.differences))


class _Merging:
    """What comes up on the way through two edits."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.differences: list[Difference] = []

    def value(self, key: str, of: str, base: object, mine: object, theirs: object) -> object:
        """The value that stands of the three."""
        label = key.removesuffix("_bp").replace("_", " ") + (f" of {of}" if of else "")
        if mine in (base, theirs):
            if theirs != mine:
                self.taken.append(label)
            return theirs
        if theirs != base:
            texts = (_text(base), _text(theirs), _text(mine))
            self.differences.append(Difference(key, label, *texts))
        return mine

    def parts(
        self, base: Sequence[Part], mine: Sequence[Part], theirs: Sequence[Part], what: str
    ) -> list[Part]:
        """The parts of one kind of both edits, in the order of the one that changed it."""
        was: dict[int | str, Part] = _by_key(base)
        ours: dict[int | str, Part] = _by_key(mine)
        other: dict[int | str, Part] = _by_key(theirs)
        stand: dict[int | str, Part] = {}
        for key in dict.fromkeys((*was, *other, *ours)):
            found = self._part(was.get(key), ours.get(key), other.get(key))
            if found is not None:
                stand[key] = found
        new = [part for part in mine if key_of(part) == 0]
        order = self._order(base, mine, theirs, what)
        merged = [stand[key] for key in order if key in stand]
        return _with_new(merged, new, mine)

    def _part(self, was: Part | None, mine: Part | None, theirs: Part | None) -> Part | None:
        if was is None:
            if theirs is not None and mine is None:
                self.taken.append(name_of(theirs))
            if mine is not None and theirs is not None:
                return self._values(None, mine, theirs)
            return theirs or mine
        if mine is None or theirs is None:
            left = theirs if mine is None else mine
            if left is not None and left != was:
                texts = (
                    name_of(was),
                    *("" if side is None else "changed" for side in (theirs, mine)),
                )
                self.differences.append(Difference("taken away", name_of(was), *texts))
            elif theirs is None and mine is not None:
                self.taken.append(f"without {name_of(was)}")
            return None
        return self._values(was, mine, theirs)

    def _values(self, was: Part | None, mine: Part, theirs: Part) -> Part:
        values = {
            field.name: self.value(
                field.name,
                name_of(theirs),
                getattr(was, field.name, None),
                getattr(mine, field.name),
                getattr(theirs, field.name),
            )
            for field in fields(theirs)
            if field.name not in _NOT_MERGED
        }
        return with_values(theirs, values)

    def _order(
        self, base: Sequence[Part], mine: Sequence[Part], theirs: Sequence[Part], what: str
    ) -> list[int | str]:
        """All keys in the order of the edit that changed it; those of the other at their places."""
        in_use = _in_use(mine) & _in_use(theirs)
        common, ours, other = (
            [key for part in side if (key := key_of(part)) in in_use]
            for side in (base, mine, theirs)
        )
        if ours not in (common, other) and other != common:
            texts = ("as it was", "changed", "changed")
            self.differences.append(Difference("order", f"order of the {what}", *texts))
        first, second = (mine, theirs) if ours != common else (theirs, mine)
        order = [key_of(part) for part in first if key_of(part) != 0]
        keys = [key_of(part) for part in second]
        for place, key in enumerate(keys):
            if key != 0 and key not in order:
                before = [one for one in keys[:place] if one in order]
                order.insert(order.index(before[-1]) + 1 if before else 0, key)
        return order


def _with_new(merged: list[Part], new: Sequence[Part], mine: Sequence[Part]) -> list[Part]:
    """The parts with those that have no id yet behind the ones that they stand behind in mine."""
    found = list(merged)
    for part in new:
        before = [key_of(one) for one in mine[: mine.index(part)]]
        places = [place for place, one in enumerate(found) if key_of(one) in before]
        found.insert(places[-1] + 1 if places else 0, part)
    return found


def _by_key(parts: Sequence[Part]) -> dict[int | str, Part]:
    return {key_of(part): part for part in parts}


def _in_use(parts: Sequence[Part]) -> set[int | str]:
    """The keys of what is there already and not retired."""
    retired = {key_of(part) for part in parts if isinstance(part, Stage) and part.retired}
    return {key_of(part) for part in parts} - retired - {0}


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def same(one: Pipeline, other: Pipeline) -> bool:
    """Whether two pipelines agree in all but their version."""
    return _contents(one) == _contents(other)


def _contents(pipeline: Pipeline) -> Mapping[str, object]:
    names = ("name", "currency", "stages", "questions", "traits")
    return {name: getattr(pipeline, name) for name in names}
