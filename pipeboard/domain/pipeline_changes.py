"""What one version of a pipeline changes of the one before, part by part."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeAlias

from pipeboard.domain.lazy_dataclass import dataclass, fields
from pipeboard.domain.pipeline import Pipeline, Question, Stage, Trait

Part: TypeAlias = Stage | Question | Trait

_NAMES = ("name", "label")
_IN_FULL = ("outcome", "playbook", "ask", "why", "good")
"""Texts of whole sentences, of which a line says that they are others, not how."""


@dataclass(frozen=True, slots=True)
class PipelineChange:
    """One thing that is another: of a `stage`, a `question`, a `trait` or the `pipeline`, by its
    name now.

    `did` is `added`, `removed` (retired), `back` (in use again), `renamed`, `moved` or `changed`;
    `part` is the id of the stage or the key of another part, `field` what changed, `before` and
    `after` are its values, or the old name and the new; of what was added or moved, `after` is the
    part that it stands behind now.
    """

    did: str
    of: str
    name: str
    part: int | str
    field: str = ""
    before: object = None
    after: object = None

    def __str__(self) -> str:
        whose = self.name if self.of == "pipeline" else f"{self.of} {self.name}"
        match self.did:
            case "added" | "moved" | "back":
                verb = {"added": "New", "moved": "Moved", "back": "In use again"}[self.did]
                return f"{verb}: {whose}, {f'behind {self.after}' if self.after else 'first'}"
            case "removed":
                return f"{'Retired' if self.of == 'stage' else 'Removed'}: {whose}"
            case "renamed":
                return f"Renamed: {self.of} {self.before} to {self.name}"
        label = self.field.removesuffix("_bp").replace("_", " ")
        if self.field in _IN_FULL:
            return f"Changed: {whose}, {label}"
        return f"Changed: {whose}, {label} {self._said(self.before)} to {self._said(self.after)}"

    def _said(self, value: object) -> str:
        if self.field.endswith("_bp") and isinstance(value, int):
            return f"{value / 100:g}%"
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, tuple):
            return f"'{', '.join(map(str, value))}'" if value else "none"
        return str(value) if value not in (None, "") else "none"


def pipeline_changes(before: Pipeline, after: Pipeline) -> tuple[PipelineChange, ...]:
    """What `after` changes: the pipeline itself, then its stages, questions and traits."""
    return tuple(_changes(before, after))


def _changes(before: Pipeline, after: Pipeline) -> Iterator[PipelineChange]:
    whole = partial(PipelineChange, of="pipeline", name=after.name, part=after.id)
    if before.name != after.name:
        yield whole("renamed", field="name", before=before.name, after=after.name)
    if before.currency != after.currency:
        yield whole("changed", field="currency", before=before.currency, after=after.currency)
    yield from _of_parts("stage", before.stages, after.stages)
    yield from _of_parts("question", before.questions, after.questions)
    yield from _of_parts("trait", before.traits, after.traits)


def _of_parts(of: str, before: Sequence[Part], after: Sequence[Part]) -> Iterator[PipelineChange]:
    was = {key_of(part): part for part in before if _in_use(part)}
    known = {key_of(part) for part in before}
    now = [part for part in after if _in_use(part)]
    places = {key: place for place, key in enumerate(was)}
    stayed = _longest_rising([places[key] for part in now if (key := key_of(part)) in was])
    behind = ""
    for part in now:
        key = key_of(part)
        change = partial(PipelineChange, of=of, name=name_of(part), part=key)
        if key not in was:
            yield change("back" if key in known else "added", after=behind)
        else:
            if places[key] not in stayed:
                yield change("moved", after=behind)
            yield from _of_values(was[key], part, change)
        behind = name_of(part)
    kept = {key_of(part) for part in now}
    for key, part in was.items():
        if key not in kept:
            yield PipelineChange("removed", of, name_of(part), key)


def _of_values(
    before: Part, after: Part, change: Callable[..., PipelineChange]
) -> Iterator[PipelineChange]:
    for one in fields(after):
        was, now = getattr(before, one.name), getattr(after, one.name)
        if was != now:
            did = "renamed" if one.name in _NAMES else "changed"
            yield change(did, field=one.name, before=was, after=now)


def _longest_rising(places: Sequence[int]) -> set[int]:
    """The most of the places that rise from left to right: what stays while the others move."""
    ends: list[int] = []
    rows: list[list[int]] = []
    for place in places:
        at = bisect_left(ends, place)
        ends[at:] = [place, *ends[at + 1 :]]
        rows[at:] = [[*(rows[at - 1] if at else ()), place], *rows[at + 1 :]]
    return set(rows[-1]) if rows else set()


def _in_use(part: Part) -> bool:
    return not isinstance(part, Stage) or not part.retired


def key_of(part: Part) -> int | str:
    """What a part is known by, whatever it is called."""
    return part.id if isinstance(part, Stage) else part.key


def name_of(part: Part) -> str:
    """What people call a part."""
    return part.name if isinstance(part, Stage) else part.label
