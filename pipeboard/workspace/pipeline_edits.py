"""Edits of a pipeline that began from an older version: merged, refused, or set over the others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from pipeboard.domain.agreements import Agreement, Topic
from pipeboard.domain.errors import Ambiguous, Conflict, Difference, NotFound
from pipeboard.domain.filter_text import with_stage_renamed
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.pipeline_merging import merge
from pipeboard.domain.text import fold
from pipeboard.workspace.agreements import with_retired

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeboard.store.reading.agreements import PipelineEdit
    from pipeboard.workspace.service import Service


@dataclass(frozen=True, slots=True)
class PipelineEdited:
    """The pipeline that is to be stored, remarks, and what the command is said to go over."""

    pipeline: Pipeline
    notes: tuple[str, ...] = ()
    over: str = ""


def pipeline_edit(
    service: Service, wanted: Pipeline, known: Pipeline | None, *, overwrite: bool
) -> PipelineEdited:
    """The edit on top of what others changed since it began; `Conflict` where they touch the same.

    `wanted.version` is the version it began from, 0 for the present one.
    """
    if known is None or wanted.version in (0, known.version):
        return PipelineEdited(wanted)
    if wanted.version > known.version and not overwrite:
        raise Conflict(
            f"The document is of version {wanted.version}, and {known.name} is at {known.version}: "
            "it comes from elsewhere.",
            hint="Take the line 'version' out to set the pipeline as the document says.",
        )
    since = service.reader.agreements.pipeline_edits(known.id, wanted.version)
    who = _who(service, since)
    if overwrite:
        return PipelineEdited(wanted, over=f" Set over changes by {who}." if since else "")
    base = service.reader.agreements.pipeline_version(known.id, wanted.version)
    if base is None:
        raise _conflict(known, who, since, "the version that it began from is not known")
    named = {stage.id for stage in wanted.stages}
    gone = [replace(stage, retired=True) for stage in base.stages if stage.id not in named]
    merged = merge(base, with_retired(wanted, gone) if gone else wanted, known)
    if merged.differences:
        labels = ", ".join(difference.label for difference in merged.differences)
        raise _conflict(known, who, since, labels, merged.differences)
    taken = f": {', '.join(merged.taken)}" if merged.taken else ""
    return PipelineEdited(merged.pipeline, (f"Merged with what {who} changed meanwhile{taken}.",))


def following_filters(
    service: Service, known: Pipeline | None, saved: Pipeline
) -> tuple[tuple[Agreement, ...], tuple[str, ...]]:
    """Everybody's saved filters that name a stage which this edit renames, and what is said of it.

    Where a stage of another pipeline answers to the old name too, the filter goes on as it is.
    """
    before = {stage.id: stage.name for stage in known.stages} if known else {}
    renamed = [
        (before[stage.id], stage)
        for stage in saved.stages
        if stage.id in before and fold(before[stage.id]) != fold(stage.name)
    ]
    if known is None or not renamed:
        return (), ()
    others = [p for p in service.reader.pipelines() if p.id != saved.id]
    kept = {fold(stage.name) for pipeline in (saved, *others) for stage in pipeline.stages}
    agreements, notes = [], []
    for name, owner, text in service.reader.agreements.every_filter():
        now = text
        for old, stage in renamed:
            if fold(old) not in kept:
                now = with_stage_renamed(now, partial(_means, known, stage.id), stage.name)
        if now != text:
            key = (name, owner)
            agreements.append(Agreement(Topic.FILTER, key, {"filter": text}, {"filter": now}))
            whose = f"@{owner}'s saved filter" if owner else "The shared filter"
            notes.append(f"{whose} {name} follows: {now}.")
    return tuple(agreements), tuple(notes)


def _means(pipeline: Pipeline, stage_id: int, name: str) -> bool:
    try:
        return pipeline.find_stage(name).id == stage_id
    except (NotFound, Ambiguous):
        return False


def _conflict(
    known: Pipeline,
    who: str,
    since: Sequence[PipelineEdit],
    what: str,
    differences: tuple[Difference, ...] = (),
) -> Conflict:
    return Conflict(
        f"{known.name} was changed by {who} since this document was written: {what}.",
        hint="See it with 'pipeboard pipeline show' and change that, or apply with --overwrite.",
        details={
            "pipeline": known.name,
            "version": known.version,
            "by": since[-1].by if since else None,
            "at": since[-1].at.isoformat() if since else None,
            "fields": [difference.label for difference in differences],
        },
        differences=differences,
    )


def _who(service: Service, since: Sequence[PipelineEdit]) -> str:
    """Those who changed it, and when the last of them did."""
    if not since:
        return "somebody"
    names = " and ".join(dict.fromkeys(edit.by for edit in since))
    at = since[-1].at.astimezone(service.settings.zone)
    return f"{names} ({at.day} {at:%b %H:%M})"


def retired_notes(service: Service, known: Pipeline | None, saved: Pipeline) -> tuple[str, ...]:
    """Which deals stand in stages that this edit retires, and where they can go."""
    if known is None:
        return ()
    before = {stage.id for stage in known.stages if stage.retired}
    retired = [stage for stage in saved.stages if stage.retired and stage.id not in before]
    standing = service.reader.agreements.deals_in([stage.id for stage in retired])
    notes = []
    for stage in retired:
        if count := standing.get(stage.id, 0):
            deals = "1 deal stays in it" if count == 1 else f"{count} deals stay in it"
            near = saved.neighbour(stage.id, 1) or saved.open_stages[0]
            target = near if not near.retired else saved.open_stages[0]
            notes.append(
                f"{stage.name} is retired; {deals} until moved, for example: "
                f'pipeboard move --where \'stage:"{stage.name}"\' "{target.name}"'
            )
    return tuple(notes)
