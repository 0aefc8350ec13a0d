"""Agreements changed, and changed back: pipelines, reps, targets, rates, filters, settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipeboard.domain.agreements import Agreement, Contents, Topic, changed_names, rows_of
from pipeboard.domain.errors import Conflict, Refused
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.settings import Rep, Settings
from pipeboard.domain.text import fold
from pipeboard.store.reading.setup import pipeline_data, pipeline_from_data

if TYPE_CHECKING:
    from datetime import datetime

    from pipeboard.domain.deal import Deal
    from pipeboard.domain.pipeline import Pipeline, Stage
    from pipeboard.store.projecting import Change
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


def reverted(
    service: Service, command_id: str, cannot: str, deals: Sequence[Change] = ()
) -> tuple[tuple[Agreement, ...], tuple[str, ...]]:
    """What takes back the agreements that a command changed, and remarks on those that stay.

    `Conflict` when one has been changed since, `Refused` when deals rest on it. Where `deals` go
    back with the same command, what was made for them stays instead, if others use it by now.
    """
    found: list[Agreement] = []
    kept: list[str] = []
    for seq, done in reversed(service.reader.agreements.of_command(command_id)):
        may_stay = bool(deals) and done.before is None
        said = f"The {done.name} stays" if may_stay else cannot
        present = service.reader.agreements.contents(done.topic, done.key)
        if deals and present == done.before:  # as it is to be again already
            continue
        try:
            if not _same(done, present, done.after):
                raise _changed_since(service, done, present, seq, said)
            found.append(_back(service, done, present, said, deals))
        except (Conflict, Refused) as error:
            if not may_stay:
                raise
            kept.append(error.message)
    return tuple(found), tuple(kept)


def _same(agreement: Agreement, one: Contents | None, other: Contents | None) -> bool:
    if one is None or other is None:
        return one == other
    if agreement.topic in _DEFAULTS:  # an older log says nothing of what came later
        defaults = _DEFAULTS[agreement.topic]
        return {**defaults, **one} == {**defaults, **other}
    if agreement.topic is not Topic.PIPELINE:
        return one == other
    return _comparable(one, other) == _comparable(other, one)


def _comparable(contents: Contents, other: Contents) -> Contents:
    """A pipeline without its version, and without what only stays in it because it was retired."""
    known = {stage["id"] for stage in rows_of(other, "stages")}
    stages = [
        {name: value for name, value in stage.items() if name not in _OF_THE_ROW}
        for stage in rows_of(contents, "stages")
        if stage["id"] in known or not stage["retired"]
    ]
    return {**{n: v for n, v in contents.items() if n not in _OF_THE_ROW}, "stages": stages}


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


def _back(
    service: Service,
    done: Agreement,
    present: Contents | None,
    cannot: str,
    deals: Sequence[Change],
) -> Agreement:
    """The inverse of a change, from what is agreed now and once `deals` are as they will be."""
    back = replace(done.inverse, before=present)
    if done.topic is Topic.REP and back.after is None:
        _check_rep_unused(service, str(done.key[0]), cannot, deals)
    if done.topic is Topic.PIPELINE and back.after is not None:
        _check_name_free(service, back.after, cannot)
    if done.topic is Topic.PIPELINE and present is not None:
        return _pipeline_back(service, back, present, cannot, deals)
    return back


def _check_rep_unused(service: Service, rep: str, cannot: str, deals: Sequence[Change]) -> None:
    count = service.truth.agreements.deals_of(rep)
    for change in deals:
        count -= _is_of(change.before, rep) - _is_of(change.after, rep)
    if count:
        whose = "a deal is" if count == 1 else f"{count} deals are"
        raise Refused(f"{cannot}: {whose} {rep}'s.", hint="Assign them first.")
    if service.reader.agreements.targets(owner=rep):
        raise Refused(f"{cannot}: {rep} has a target.", hint="Take the target away first.")


def _is_of(deal: Deal | None, rep: str) -> bool:
    return deal is not None and deal.owner == rep and not deal.removed


def _check_name_free(service: Service, wanted: Contents, cannot: str) -> None:
    for pipeline in service.reader.pipelines():
        if pipeline.id != wanted["id"] and fold(pipeline.name) == fold(str(wanted["name"])):
            raise Refused(
                f"{cannot}: there is another pipeline {pipeline.name} by now.",
                hint="Rename that one first: pipeboard pipeline edit",
            )


def _pipeline_back(
    service: Service, back: Agreement, present: Contents, cannot: str, deals: Sequence[Change]
) -> Agreement:
    """A pipeline as it was: stages that were new go, unless deals have been in them."""
    now = pipeline_from_data(present)
    if back.after is None:
        _check_pipeline_unused(service, now, cannot, deals)
        return back
    before = pipeline_from_data(back.after)
    kept = {stage.id for stage in before.stages}
    new = [stage for stage in now.stages if stage.id not in kept]
    ids = [stage.id for stage in new]
    for stage_id, count in service.truth.agreements.deals_in(ids).items():
        stand = "a deal stands" if count == 1 else f"{count} deals stand"
        raise Refused(f"{cannot}: {stand} in {now.stage(stage_id).name}.", hint="Move them first.")
    used = service.truth.agreements.stages_ever_used(ids)
    left = [replace(stage, retired=True) for stage in new if stage.id in used]
    wanted = with_retired(replace(before, version=now.version + 1), left)
    return replace(back, after=pipeline_data(wanted))


def _check_pipeline_unused(
    service: Service, pipeline: Pipeline, cannot: str, deals: Sequence[Change]
) -> None:
    """`Refused` where other deals than those that go with it have been in a pipeline."""
    gone = {change.after.id for change in deals if change.after.removed}
    stages = [stage.id for stage in pipeline.stages]
    if service.truth.agreements.deals_ever_in(stages) - gone:
        raise Refused(
            f"{cannot}: deals have been in {pipeline.name}.",
            hint="Move or archive them; the pipeline stays for their history.",
        )
    if deals and len(service.reader.pipelines()) == 1:
        raise Refused(f"{cannot}: it is the only one.", hint="Rename or change it as you like.")
    if service.reader.agreements.targets(pipeline_id=pipeline.id):
        raise Refused(
            f"{cannot}: {pipeline.name} has targets by now.", hint="Take them away first."
        )


def with_retired(pipeline: Pipeline, retired: Sequence[Stage]) -> Pipeline:
    """The pipeline with retired stages behind its open ones, before the outcomes."""
    open_stages = tuple(stage for stage in pipeline.stages if stage.is_open)
    outcomes = tuple(stage for stage in pipeline.stages if not stage.is_open)
    return replace(pipeline, stages=(*open_stages, *retired, *outcomes))


def contents_of(value: Rep | Settings) -> Contents:
    """A rep or the settings as JSON data."""
    plain = {name: getattr(value, name) for name in value.__slots__}
    return {n: list(item) if isinstance(item, tuple) else item for n, item in plain.items()}


_DEFAULTS: Mapping[Topic, Contents] = {
    Topic.REP: {name: value for name, value in contents_of(Rep("")).items() if name != "name"},
    Topic.SETTINGS: contents_of(Settings()),
}
