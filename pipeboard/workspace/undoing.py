"""Undo and redo: one's own last command taken back, whole, and put again.

Both are new commands made of inverse events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from shlex import quote
from typing import TYPE_CHECKING, Unpack

from pipeboard.domain import commands as c
from pipeboard.domain.agreements import (
    Agreement,
    Contents,
    Topic,
    changed_names,
    contents_of,
    rows_of,
)
from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.deal import Deal
from pipeboard.domain.deciding import decide
from pipeboard.domain.errors import Conflict, Refused
from pipeboard.domain.events import Kind
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.locales import written
from pipeboard.domain.people import named
from pipeboard.domain.pipeline_rules import with_retired
from pipeboard.domain.settings import Rep, Settings
from pipeboard.domain.text import fold
from pipeboard.domain.timeline import field_label
from pipeboard.store.reading.setup import pipeline_data, pipeline_from_data
from pipeboard.workspace.conflicts import FOLLOWING, to_name
from pipeboard.workspace.execution import MOST_NAMED, change_of
from pipeboard.workspace.recording import Decision, Once, Receipt, as_command, record
from pipeboard.workspace.service import Service

if TYPE_CHECKING:
    from pipeboard.domain.deal_record import Entry
    from pipeboard.domain.pipeline import Pipeline
    from pipeboard.store.projecting import Change
    from pipeboard.store.reading.history import Did


@dataclass(frozen=True, slots=True)
class _ChangedSince:
    """A deal with what stands on it since a command."""

    deal: Deal
    entries: Sequence[Entry]

    @property
    def fields(self) -> list[str]:
        return sorted({name for entry in self.entries for name in entry.event.changed} - {"rank"})

    @property
    def records(self) -> list[str]:
        """What was put down or rewritten, which is no field of the deal."""
        told = (_RECORDS.get(entry.event.kind) for entry in self.entries)
        return [name for name in dict.fromkeys(told) if name]


_RECORDS: Mapping[Kind, str] = {
    Kind.NOTE: "a note",
    Kind.NOTE_EDITED: "the words of a note",
    Kind.TOUCH: "an interaction",
    Kind.RANKED: "its place in the column",
}


@as_command("undo")
def undo_last(
    service: Service,
    *,
    which: str = "",
    rest: bool = False,
    **once: Unpack[Once],
) -> Receipt:
    """Takes back my last command, or the one with the id `which`; `Conflict` when somebody changed
    since what it changed.

    With `rest` those deals stay as they are, and all others go back.
    """
    last = _mine(service, which) if which else service.reader.history.undoable(service.actor)
    if last is None:
        raise Refused("There is nothing of yours to undo.")
    back = _reverted(service, last.id, f"Can't undo '{last.summary}'", rest=rest)
    decision = replace(
        back,
        summary=f"Undid: {last.summary}",
        undoes=last.id,
        marks=last.id,
        about=_about(service, last),
    )
    return record(service, "undo", decision, **once)


@as_command("")
def redo_last(service: Service, **once: Unpack[Once]) -> Receipt:
    """Puts back what my last undo took, unless I did something else since."""
    found = service.reader.history.redoable(service.actor)
    if found is None:
        raise Refused("There is nothing to redo.")
    undoing, last = found
    back = _reverted(service, undoing.id, f"Can't redo '{last.summary}'", rest=False)
    decision = replace(
        back, summary=last.summary, redoes=last.id, marks=undoing.id, about=_about(service, last)
    )
    receipt = record(service, last.verb, decision, **once)
    return replace(receipt, verb="redo", summary=f"Redid: {receipt.summary}", agreements=())


def undo_list(service: Service, limit: int = 20) -> tuple[Did, ...]:
    """My last commands that stand, newest first: what undo would take back, in that order."""
    done = service.reader.history.commands(service.actor, 10 * limit)
    return tuple(did for did in done if did.undoes is None and not did.undone)[:limit]


def _mine(service: Service, command_id: str) -> Did:
    """A command of mine that stands; `Refused` for any other."""
    found = service.reader.history.command(command_id)
    if found is None or not service.actor.did(found):
        raise Refused("Only what you did yourself is taken back.")
    if found.undone:
        raise Refused(f"'{found.summary}' was taken back already.")
    return found


def _about(service: Service, done: Did) -> str:
    """Whose a command was, and when."""
    at = written().moment(done.at.astimezone(service.settings.zone))
    return f"{named(done.actor, done.acting_as)}, {at}"


def _reverted(service: Service, command_id: str, cannot: str, *, rest: bool) -> Decision:
    """What takes a command back, whole or with `rest` but for the deals that were changed since;
    its summary is still to be said. `Refused` for one that nothing is known of."""
    by_deal = service.truth.history.events_of(command_id)
    service.come_after(by_deal)
    contexts = service.contexts()
    deals = service.reader.deals(by_deal)
    if given := by_deal.keys() - deals:  # who gave one away knows it until somebody changes it
        known = service.truth.deals(given).values()
        deals |= {deal.id: deal for deal in known if deal.version == by_deal[deal.id][-1][0]}
    for deal_id in by_deal.keys() - deals:
        raise service.rights.no_deal(deal_id)
    changes: list[Change] = []
    changed_since: list[_ChangedSince] = []
    for deal_id, numbered in by_deal.items():
        deal, version = deals[deal_id], numbered[-1][0]
        if deal.version != version and (
            since := service.reader.history.standing_since(deal.id, version)
        ):
            changed_since.append(_ChangedSince(deal, since))
            continue
        revert = c.Revert(tuple(event for _, event in numbered))
        changes.append(change_of(deal, decide(revert, deal, contexts(deal.pipeline_id))))
    if changed_since and not (rest and changes):
        raise _somebody_else_since(service, changed_since, len(by_deal), cannot)
    agreements, kept = reverted(service, command_id, cannot, changes)
    if not changes and not agreements:
        raise Refused(
            f"{cannot}: it cannot be taken back.",
            hint="What came before it can be changed back by hand.",
        )
    notes = (*_staying(service, changed_since), *kept)
    return Decision("", tuple(changes), agreements, notes)


def _somebody_else_since(
    service: Service, found: Sequence[_ChangedSince], of: int, cannot: str
) -> Conflict:
    """Why a command cannot be taken back: what stands on its deals since."""
    first, last = found[0].deal, found[0].entries[-1]
    several = f" {in_figures(len(found))} of its {in_figures(of)} deals have been changed since."
    more = several if len(found) > 1 else ""
    others = " Undo the others: pipeboard undo --rest" if len(found) < of else ""
    return Conflict(
        f"{cannot}: {_who_changed(service, found[0], 'after you')}.{more}",
        hint=f"See what changed: pipeboard history {first.ref}{'.' if others else ''}{others}",
        details={
            "deal": first.ref,
            "by": last.who,
            "at": last.recorded_at.isoformat(),
            "fields": found[0].fields,
            "deals": [one.deal.ref for one in found],
        },
    )


def _staying(service: Service, found: Sequence[_ChangedSince]) -> tuple[str, ...]:
    """Which deals are left as they are, and why."""
    if not found:
        return ()
    named = [f"{_who_changed(service, one, 'since')}." for one in found[:MOST_NAMED]]
    left = len(found) - len(named)
    more = (f"And {in_figures(left)} more.",) if left else ()
    stay = "A deal stays as it is:" if len(found) == 1 else f"{in_figures(len(found))} deals stay:"
    return (stay, *named, *more)


def _who_changed(service: Service, one: _ChangedSince, when: str) -> str:
    last = one.entries[-1]
    at = written().moment(last.recorded_at.astimezone(service.settings.zone))
    what = _named(service, [name for name in to_name(one.fields) if name not in FOLLOWING], one)
    return f"{last.who} changed {one.deal.ref} {one.deal.name} at {at} {when}{what}"


def _named(service: Service, fields: Sequence[str], one: _ChangedSince) -> str:
    pipelines = service.reader.pipelines()
    labels = ", ".join((*(field_label(name, pipelines) for name in fields), *one.records))
    return f" ({labels})" if labels else ""


# Agreements changed back: pipelines, reps, targets, rates, filters, settings.

_OF_THE_ROW = ("version", "position", "pipeline_id")


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
    at = written().moment(last.recorded_at.astimezone(service.settings.zone))
    return Conflict(
        f"{cannot}: {last.who} changed the {done.name} at {at} after you{what}.",
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
        whose = how_many(count, "deal is", "deals are")
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
                hint=f"Rename that one first: pipeboard pipeline edit {quote(pipeline.name)}",
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
        stand = how_many(count, "deal stands", "deals stand")
        raise Refused(f"{cannot}: {stand} in {now.stage(stage_id).name}.", hint="Move them first.")
    used = service.truth.agreements.stages_ever_used(ids)
    left = [replace(stage, retired=True) for stage in new if stage.id in used]
    wanted = with_retired(replace(before, version=now.version + 1), left, now.stages)
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


_DEFAULTS: Mapping[Topic, Contents] = {
    Topic.REP: contents_of(Rep("")),
    Topic.SETTINGS: contents_of(Settings()),
}
