"""Agreements changed, and changed back: pipelines, reps, targets, rates, filters, settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeboard.domain.agreements import Agreement, Contents, Topic, changed_names
from pipeboard.domain.errors import Conflict, Refused
from pipeboard.domain.settings import Rep, Settings
from pipeboard.store.pipeline_rows import pipeline_data, pipeline_from_data

if TYPE_CHECKING:
    from datetime import datetime

    from pipeboard.domain.pipeline import Pipeline, Stage
    from pipeboard.store.writing import Writer
    from pipeboard.workspace.service import Service

_OF_THE_ROW = ("version", "position", "pipeline_id")


def changed(
    service: Service, topic: Topic, key: tuple[str | int, ...], after: Contents | None
) -> tuple[Agreement, ...]:
    """The change to what is to be agreed from now on; empty when it is so already."""
    before = service.reader.agreements.contents(topic, key)
    return () if before == after else (Agreement(topic, key, before, after),)


def put(writer: Writer, agreement: Agreement, at: datetime, by: str) -> None:
    """Stores what is agreed from now on."""
    if agreement.topic is not Topic.PIPELINE:
        writer.agree(agreement)
    elif agreement.after is None:
        writer.forget_pipeline(int(agreement.key[0]))
    else:
        wanted = pipeline_from_data(agreement.after)
        kept = {stage.id for stage in wanted.stages}
        present = {p.id: p for p in writer.reader.pipelines()}.get(wanted.id)
        gone = [s.id for s in present.stages if s.id not in kept] if present else []
        writer.forget_stages(gone)
        writer.save_pipeline(wanted, at, by)


def reverted(service: Service, command_id: str, cannot: str) -> tuple[Agreement, ...]:
    """What takes back the agreements that a command changed; `Conflict` when one has been changed
    since, `Refused` when deals rest on it."""
    found = []
    for seq, done in reversed(service.reader.agreements.of_command(command_id)):
        present = service.reader.agreements.contents(done.topic, done.key)
        if not _same(done, present, done.after):
            raise _changed_since(service, done, present, seq, cannot)
        found.append(_back(service, done, present, cannot))
    return tuple(found)


def _same(agreement: Agreement, one: Contents | None, other: Contents | None) -> bool:
    if agreement.topic is not Topic.PIPELINE or one is None or other is None:
        return one == other
    return _comparable(one, other) == _comparable(other, one)


def _comparable(contents: Contents, other: Contents) -> Contents:
    """A pipeline without its version, and without what only stays in it because it was retired."""
    known = {stage["id"] for stage in other["stages"]}
    stages = [
        {name: value for name, value in stage.items() if name not in _OF_THE_ROW}
        for stage in contents["stages"]
        if stage["id"] in known or not stage["retired"]
    ]
    return {n: v for n, v in contents.items() if n not in _OF_THE_ROW} | {"stages": stages}


def _changed_since(
    service: Service, done: Agreement, present: Contents | None, seq: int, cannot: str
) -> Conflict:
    """Who changed the same since: said with what differs."""
    since = [e for e in service.reader.agreements.entries(of=done, limit=50) if e.seq > seq]
    now = Agreement(done.topic, done.key, done.after, present)
    fields = changed_names(now)
    what = f" ({', '.join(fields)})" if fields else ""
    if not since:
        return Conflict(
            f"{cannot}: the {done.name} has changed since{what}.", hint="See 'pipeboard history'."
        )
    last = since[0]
    at = last.recorded_at.astimezone(service.settings.zone)
    return Conflict(
        f"{cannot}: {last.who} changed the {done.name} at {at:%d %b %H:%M} after you{what}.",
        hint="See what changed: pipeboard history",
        details={
            "agreement": done.name,
            "by": last.who,
            "at": last.recorded_at.isoformat(),
            "fields": list(fields),
        },
    )


def _back(service: Service, done: Agreement, present: Contents | None, cannot: str) -> Agreement:
    """The inverse of a change, from what is agreed now."""
    back = replace(done.inverse, before=present)
    if done.topic is Topic.REP and back.after is None:
        _check_no_deals(service, str(done.key[0]), cannot)
    if done.topic is Topic.PIPELINE and present is not None:
        return _pipeline_back(service, back, present, cannot)
    return back


def _check_no_deals(service: Service, rep: str, cannot: str) -> None:
    count = service.reader.agreements.deals_of(rep)
    if count:
        deals = "a deal is" if count == 1 else f"{count} deals are"
        raise Refused(f"{cannot}: {deals} {rep}'s.", hint="Assign them first.")


def _pipeline_back(service: Service, back: Agreement, present: Contents, cannot: str) -> Agreement:
    """A pipeline as it was: stages that were new go, unless deals have been in them."""
    now = pipeline_from_data(present)
    if back.after is None:
        if service.reader.agreements.stages_ever_used([stage.id for stage in now.stages]):
            raise Refused(
                f"{cannot}: deals have been in {now.name}.",
                hint="Move or archive them; the pipeline stays for their history.",
            )
        return back
    before = pipeline_from_data(back.after)
    kept = {stage.id for stage in before.stages}
    new = [stage for stage in now.stages if stage.id not in kept]
    ids = [stage.id for stage in new]
    for stage_id, count in service.reader.agreements.deals_in(ids).items():
        deals = "a deal stands" if count == 1 else f"{count} deals stand"
        raise Refused(f"{cannot}: {deals} in {now.stage(stage_id).name}.", hint="Move them first.")
    used = service.reader.agreements.stages_ever_used(ids)
    left = [replace(stage, retired=True) for stage in new if stage.id in used]
    wanted = with_retired(replace(before, version=now.version + 1), left)
    return replace(back, after=pipeline_data(wanted))


def with_retired(pipeline: Pipeline, retired: Sequence[Stage]) -> Pipeline:
    """The pipeline with retired stages behind its open ones, before the outcomes."""
    open_stages = tuple(stage for stage in pipeline.stages if stage.is_open)
    outcomes = tuple(stage for stage in pipeline.stages if not stage.is_open)
    return replace(pipeline, stages=(*open_stages, *retired, *outcomes))


def contents_of(value: Rep | Settings) -> Contents:
    """A rep or the settings as JSON data."""
    plain = {name: getattr(value, name) for name in value.__slots__}
    return {n: list(item) if isinstance(item, tuple) else item for n, item in plain.items()}
