"""Configuration of the workspace: pipelines, reps and settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from shlex import join, quote
from typing import TYPE_CHECKING, Unpack

from pipeboard.domain.agreements import Agreement, Topic, contents_of
from pipeboard.domain.counts import how_many
from pipeboard.domain.dates import format_date, local_date
from pipeboard.domain.errors import Ambiguous, BadInput, Conflict, Difference, NotFound, Refused
from pipeboard.domain.filter import with_stage_renamed
from pipeboard.domain.lazy_dataclass import dataclass, field, replace
from pipeboard.domain.locales import written
from pipeboard.domain.people import Actor, match_rep, name_of_rep
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.pipeline_changes import PipelineChange, pipeline_changes
from pipeboard.domain.pipeline_rules import (
    check_pipeline,
    clean_pipeline,
    merge,
    same,
    with_retired,
)
from pipeboard.domain.roles import ANYBODY, Role, given_role
from pipeboard.domain.settings import Rep, Settings, about_sources, told, with_choice
from pipeboard.domain.text import clean_line, did_you_mean, fold, in_quotes, quoted
from pipeboard.store import Store
from pipeboard.store.reading.setup import pipeline_data
from pipeboard.workspace.recording import (
    Decision,
    Once,
    Receipt,
    agree,
    as_command,
    changed,
    record,
    retried,
)
from pipeboard.workspace.service import Service, in_transaction

if TYPE_CHECKING:
    from pathlib import Path

    from pipeboard.store.reading.agreements import PipelineEdit
    from pipeboard.store.writing import Writer


# Edits of a pipeline that began from an older version: merged, refused, or set over the others.


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
    merged = merge(base, with_retired(wanted, gone, base.stages) if gone else wanted, known)
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
        hint="Apply with --overwrite, or see it and change that: "
        f"pipeboard pipeline show {quote(known.name)}",
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
    at = written().moment(since[-1].at.astimezone(service.settings.zone))
    return f"{names} ({at})"


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
            deals = how_many(count, "deal stays in it", "deals stay in it")
            target = saved.neighbour(stage.id, 1) or saved.open_stages[-1]
            theirs = f"pipeline:{in_quotes(saved.name)} stage:{in_quotes(stage.name)}"
            command = join(("pipeboard", "move", "--where", theirs, target.name))
            notes.append(f"{stage.name} is retired; {deals} until moved, for example: {command}")
    return tuple(notes)


@dataclass(frozen=True, slots=True)
class PipelineSaved:
    """What came of saving a pipeline, the pipeline as it is now, what that changes of the one
    before (nothing where there was none), and how many deals stand in each stage of it."""

    receipt: Receipt
    pipeline: Pipeline
    changes: tuple[PipelineChange, ...] = ()
    standing: Mapping[int, int] = field(default_factory=dict)


@in_transaction
def change_pipeline(
    service: Service,
    wanted: Pipeline,
    *,
    by_name: bool = False,
    overwrite: bool = False,
    **once: Unpack[Once],
) -> PipelineSaved:
    """A new pipeline, or the next version of a known one.

    It is known by its id, or with `by_name` by its name and its stages by theirs. A stage that
    is left out is retired, with the deals that stand in it. `wanted.version` is the version
    that the edit began from, 0 stands for the present one: what somebody else changed since is
    merged where both edits touch different things, else it is a `Conflict`, unless `overwrite`
    takes mine.
    """
    if (done := retried(service, once.get("token"), "pipeline")) is not None:
        return PipelineSaved(done, _pipeline_of(service, done.command_id))
    wanted = clean_pipeline(wanted)
    if by_name:
        from pipeboard.exchange.pipeline_toml import with_known_ids

        base = wanted.version if wanted.id else 0
        wanted = replace(with_known_ids(wanted, service.reader.pipelines()), version=base)
    known = {pipeline.id: pipeline for pipeline in service.reader.pipelines()}.get(wanted.id)
    edit = pipeline_edit(service, wanted, known, overwrite=overwrite)
    saved = _with_numbers(service, edit.pipeline, known)
    check_pipeline(saved, service.reader.pipelines())
    if known is not None and same(known, saved):
        nothing = f"Nothing to change: {known.name} is so already."
        return PipelineSaved(Receipt("", "pipeline", nothing, (), edit.notes), known)
    before = None if known is None else pipeline_data(known)
    agreement = Agreement(Topic.PIPELINE, (saved.id,), before, pipeline_data(saved))
    stages = ", ".join(stage.name for stage in saved.open_stages)
    did = "Made" if known is None else "Changed"
    filters, followed = following_filters(service, known, saved)
    decision = Decision(
        f"{did} {saved.name}: {stages}.{edit.over}",
        agreements=(agreement, *filters),
        notes=(*edit.notes, *followed, *retired_notes(service, known, saved)),
    )
    receipt = record(service, "pipeline", decision, **once)
    if known is None:
        return PipelineSaved(receipt, saved)
    standing = service.reader.agreements.deals_in([stage.id for stage in saved.stages])
    return PipelineSaved(receipt, saved, pipeline_changes(known, saved), standing)


def _pipeline_of(service: Service, command_id: str) -> Pipeline:
    _, agreement = service.reader.agreements.of_command(command_id)[0]
    return service.pipeline_now(int(agreement.key[0]))


def _with_numbers(service: Service, wanted: Pipeline, known: Pipeline | None) -> Pipeline:
    """With numbers for what is new, and the stages that are left out retired."""
    kept = {stage.id for stage in known.stages} if known else set()
    fresh = [stage for stage in wanted.stages if stage.id not in kept]
    numbers = iter(service.fresh_numbers("stage", len(fresh)))
    stages = tuple(
        stage if stage.id in kept else replace(stage, id=next(numbers)) for stage in wanted.stages
    )
    if known is None:
        number = service.fresh_numbers("pipeline", 1)[0]
        return replace(wanted, id=number, stages=stages, version=1)
    named = {stage.id for stage in stages}
    gone = [replace(stage, retired=True) for stage in known.stages if stage.id not in named]
    whole = replace(wanted, stages=stages, version=known.version + 1)
    return with_retired(whole, gone, known.stages) if gone else whole


def _is_other_rep(service: Service, command_id: str, rep: Rep, **_: object) -> bool:
    agreed = service.reader.agreements.of_command(command_id)
    return all(one.key != (rep.name.removeprefix("@"),) for _, one in agreed)


@as_command("rep", is_other=_is_other_rep)
def change_rep(service: Service, rep: Rep, **once: Unpack[Once]) -> Receipt:
    """A rep, new or changed.

    The first role that anybody is given makes whoever gives it the owner, and all others reps.
    """
    reps = service.reader.reps()
    name = clean_line(rep.name, field="rep").removeprefix("@")
    is_known = any(known.name == name for known in reps)
    name = name if is_known else name_of_rep(name)
    clean = Rep(
        name,
        clean_line(rep.display_name, field="display name"),
        clean_line(rep.team, field="team"),
        rep.active,
        _role(rep.role),
        _acted_for(service, rep.acts_for),
    )
    did = "Changed" if is_known else "Added"
    others = [one for one in given_role(clean, reps, service.actor) if one.name != name]
    agreed = tuple(one for rep in (clean, *others) for one in rep_agreed(service, rep))
    if not agreed:
        contents = contents_of(clean)
        as_it_is = (Agreement(Topic.REP, (name,), contents, contents),)
        return Receipt("", "rep", "Nothing to change: it is so already.", agreements=as_it_is)
    given = [f"@{other.name} is {other.role}" for other in others]
    notes = (f"Roles hold from now on: {', '.join(given)}.",) if given else ()
    decision = Decision(f"{did} rep {name}.", agreements=agreed, notes=notes)
    return record(service, "rep", decision, **once)


def rep_agreed(service: Service, rep: Rep) -> tuple[Agreement, ...]:
    """What is agreed anew where a rep is to be so; nothing where they are so already."""
    return changed(service, Topic.REP, (rep.name,), contents_of(rep))


def _role(typed: str) -> str:
    """The role that a word names; "" for none."""
    word = fold(typed.strip())
    if word in ("", "none"):
        return ""
    if word not in tuple(Role):
        hint = did_you_mean(word, tuple(Role)) or f"It is one of {', '.join(Role)}, or none."
        raise BadInput(f"There is no role {quoted(typed)}.", hint=hint)
    return word


def _acted_for(service: Service, typed: str) -> str:
    """The reps that the words name, `*` for all; "" for none."""
    words = typed.replace(",", " ").split()
    if words == ["none"]:
        return ""
    reps = service.reader.reps() if words and words != [ANYBODY] else ()
    return " ".join(
        ANYBODY if word == ANYBODY else match_rep(word, reps, service.me).name for word in words
    )


def save_settings(
    service: Service,
    settings: Settings,
    summary: str = "Changed the settings of the workspace.",
    **once: Unpack[Once],
) -> Receipt:
    """All settings of the workspace."""
    contents = contents_of(settings)
    return agree(
        service,
        "settings",
        summary,
        Topic.SETTINGS,
        (),
        contents,
        **once,
    )


@in_transaction
def choose_setting(service: Service, name: str, value: str, **once: Unpack[Once]) -> Receipt:
    """One setting, by its name and the word for what it may be, beside what others are now."""
    settings = with_choice(service.settings, name, value)
    moved = tuple(_periods_moved(service, settings))
    remarks = about_sources(settings) if name == "sources" else ()
    receipt = save_settings(service, settings, told(settings, name), **once)
    return replace(receipt, notes=(*receipt.notes, *moved, *remarks))


def _periods_moved(service: Service, after: Settings) -> Iterator[str]:
    """Which days targets and calls are for once periods begin on other days: they are kept by the
    names of their periods."""
    from pipeboard.domain.metrics.targets import period_labelled
    from pipeboard.workspace.reports import calls_of, targets_of

    today, labels = local_date(service.now(), after.zone), set[str]()
    for pipeline in service.reader.pipelines():
        labels.update(target.period for target in targets_of(service, pipeline))
        labels.update(label for label, _rep in calls_of(service, pipeline))
    for label in sorted(labels):
        now = period_labelled(label, today, after)
        if now is not None and now != period_labelled(label, today, service.settings):
            last = now.end - timedelta(days=1)
            days = f"{format_date(now.start)} to {format_date(last)}"
            yield f"The targets and calls of {label} are for {days} now."


def make_workspace(
    database: str,
    settings: Settings,
    pipeline: Pipeline | None,
    *,
    at: datetime,
    actor: Actor,
    reps: Sequence[Rep] = (),
) -> Store:
    """A new database with its settings, its first pipeline and reps, in one transaction: all of
    it is there, or nothing.

    `BadInput` for a pipeline that cannot be worked in, `DatabaseError` when there is a database
    already.
    """
    first = None if pipeline is None else clean_pipeline(pipeline)
    if first is not None:
        check_pipeline(first, ())

    def begin(writer: Writer) -> None:
        if first is not None:
            begin_workspace(writer, first, reps, at, actor)

    return Store.create(database, settings, begin)


def begin_workspace(
    writer: Writer, pipeline: Pipeline, reps: Sequence[Rep], at: datetime, actor: Actor
) -> Pipeline:
    """The pipeline and the reps that a workspace begins with: no command, nothing to undo."""
    for rep in reps:
        writer.save_rep(rep)
    ids = writer.numbers("stage", len(pipeline.stages))
    stages = tuple(replace(s, id=number) for s, number in zip(pipeline.stages, ids, strict=True))
    number = writer.numbers("pipeline", 1)[0]
    made = replace(pipeline, id=number, stages=stages, version=1)
    writer.save_pipeline(made, at, actor.label)
    return made


def check_empty(service: Service, path: Path) -> None:
    """`Refused` where a whole workspace would be poured over deals."""
    if service.truth.known_deals().count():
        raise Refused(
            f"{path.name} is a whole workspace, and there are deals here already.",
            hint="Import it into an empty one: --db NEW.db",
        )


def take_whole(service: Service, path: Path) -> int:
    """A whole workspace out of a file, in place of an empty one; how many deals are here then.

    Raises Refused where there are deals, BadInput for a file that is damaged; nothing is written.
    """
    from pipeboard.exchange.deal_files import read_whole

    document = read_whole(path)

    def take() -> int:
        check_empty(service, path)
        service.transaction.writer.restore(document)
        return service.truth.known_deals().count()

    return service.transact(take)
