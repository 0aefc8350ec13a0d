"""Undo and redo: one's own last command taken back, whole, and put again.

Both are new commands made of inverse events.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Deal
from pipeboard.domain.deciding import decide
from pipeboard.domain.errors import Conflict, Refused
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.people import named
from pipeboard.domain.timeline import field_label
from pipeboard.workspace.agreements import reverted
from pipeboard.workspace.execution import change_of
from pipeboard.workspace.recording import Decision, Once, Receipt, as_command, record, retried
from pipeboard.workspace.service import Service, in_transaction

if TYPE_CHECKING:
    from pipeboard.domain.agreements import Agreement
    from pipeboard.domain.deal_record import Entry
    from pipeboard.store.projecting import Change
    from pipeboard.store.reading.history import Did

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class _Reverted:
    """What takes a command back, and remarks on what of it stays."""

    changes: tuple[Change, ...]
    agreements: tuple[Agreement, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _ChangedSince:
    """A deal with what stands on it since a command."""

    deal: Deal
    entries: Sequence[Entry]

    @property
    def fields(self) -> list[str]:
        return sorted({name for entry in self.entries for name in entry.event.changed} - {"rank"})


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
    last = _mine(service, which) if which else service.reader.history.undoable(service.actor.name)
    if last is None:
        raise Refused("There is nothing of yours to undo.")
    found = _reverted(service, last.id, f"Can't undo '{last.summary}'", rest=rest)
    decision = Decision(
        f"Undid: {last.summary}",
        found.changes,
        found.agreements,
        found.notes,
        undoes=last.id,
        marks=last.id,
        about=_about(service, last),
    )
    return record(service, "undo", decision, **once)


@in_transaction
def redo_last(service: Service, **once: Unpack[Once]) -> Receipt:
    """Puts back what my last undo took, unless I did something else since."""
    if (done := retried(service, once.get("token"))) is not None:
        return done
    found = service.reader.history.redoable(service.actor.name)
    if found is None:
        raise Refused("There is nothing to redo.")
    undoing, last = found
    back = _reverted(service, undoing.id, f"Can't redo '{last.summary}'", rest=False)
    decision = Decision(
        last.summary,
        back.changes,
        back.agreements,
        back.notes,
        redoes=last.id,
        marks=undoing.id,
        about=_about(service, last),
    )
    receipt = record(service, last.verb, decision, **once)
    return Receipt(
        receipt.command_id,
        "redo",
        f"Redid: {receipt.summary}",
        receipt.deals,
        receipt.notes,
        receipt.about,
    )


def undo_list(service: Service, limit: int = 20) -> tuple[Did, ...]:
    """My last commands that stand, newest first: what undo would take back, in that order."""
    done = service.reader.history.commands(service.actor.name, 10 * limit)
    return tuple(did for did in done if did.undoes is None and not did.undone)[:limit]


def _mine(service: Service, command_id: str) -> Did:
    """A command of mine that stands; `Refused` for any other."""
    found = service.reader.history.command(command_id)
    if found is None or found.actor != service.actor.name:
        raise Refused("Only what you did yourself is taken back.")
    if found.undone:
        raise Refused(f"'{found.summary}' was taken back already.")
    return found


def _about(service: Service, done: Did) -> str:
    """Whose a command was, and when."""
    at = done.at.astimezone(service.settings.zone)
    return f"{named(done.actor, done.acting_as)}, {at.day} {at:%b %H:%M}"


def _reverted(service: Service, command_id: str, cannot: str, *, rest: bool) -> _Reverted:
    """What takes a command back, whole or with `rest` but for the deals that were changed
    since; `Refused` for one that nothing is known of."""
    by_deal = service.truth.history.events_of(command_id)
    service.come_after(by_deal)
    contexts = service.contexts()
    deals = service.reader.deals(by_deal)
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
    return _Reverted(tuple(changes), agreements, notes)


def _somebody_else_since(
    service: Service, found: Sequence[_ChangedSince], of: int, cannot: str
) -> Conflict:
    """Why a command cannot be taken back: what stands on its deals since."""
    first, last = found[0].deal, found[0].entries[-1]
    more = f" {len(found):,} of its {of:,} deals have been changed since." * (len(found) > 1)
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
    more = (f"And {left:,} more.",) if left else ()
    stay = "A deal stays as it is:" if len(found) == 1 else f"{len(found):,} deals stay:"
    return (stay, *named, *more)


def _who_changed(service: Service, one: _ChangedSince, when: str) -> str:
    last = one.entries[-1]
    at = f"{last.recorded_at.astimezone(service.settings.zone):%d %b %H:%M}"
    fields = _named(service, one.fields)
    return f"{last.who} changed {one.deal.ref} {one.deal.name} at {at} {when}{fields}"


def _named(service: Service, fields: Sequence[str]) -> str:
    pipelines = service.reader.pipelines()
    labels = ", ".join(field_label(name, pipelines) for name in fields)
    return f" ({labels})" if labels else ""
