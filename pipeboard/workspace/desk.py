"""Where a command is carried out: load, decide, save, in one transaction, with a receipt."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pipeboard.domain.actor import Actor
from pipeboard.domain.commands import Command, Context
from pipeboard.domain.deal import Deal
from pipeboard.domain.deciding import decide
from pipeboard.domain.errors import Conflict, GateNotMet, NotFound, Refused
from pipeboard.domain.events import Event, evolve
from pipeboard.domain.settings import Settings

if TYPE_CHECKING:
    from pipeboard.store import Store
    from pipeboard.store.projecting import Change
    from pipeboard.store.reading import Reader
    from pipeboard.store.writing import Done, Writer

Seen = Mapping[int, int]
NOTHING_SEEN: Seen = {}

# Fields that follow from others and never stand against somebody else's change.
_FOLLOWING = frozenset(
    (
        "rank",
        "last_touch_at",
        "last_outbound_at",
        "last_reply_at",
        "outbound_since_reply",
        "imported",
        "imported_as",
        "external_source",
    )
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a command did: a sentence, the deals as they are now, and remarks on the way.

    `command_id` is empty when nothing had to change or the command was only tried.
    """

    command_id: str
    verb: str
    summary: str
    deals: tuple[Deal, ...] = ()
    notes: tuple[str, ...] = ()


def named(deals: Sequence[Deal], most: int = 3) -> str:
    """Deals in a sentence: `Lumen Oy`, or `5 deals: Lumen Oy, Acme, Borealis and 2 more`."""
    if len(deals) == 1:
        return deals[0].name
    names = ", ".join(deal.name for deal in deals[:most])
    more = f" and {len(deals) - most} more" if len(deals) > most else ""
    return f"{len(deals)} deals: {names}{more}"


class Desk:
    """A workspace's store, clock and actor, and the one way in which commands are carried out."""

    def __init__(self, store: Store, clock: Callable[[], datetime], actor: Actor) -> None:
        self.store = store
        self.actor = actor
        self._clock = clock

    @property
    def reader(self) -> Reader:
        return self.store.reader

    @property
    def settings(self) -> Settings:
        return self.reader.settings()

    @property
    def me(self) -> str:
        """The rep that acts."""
        return self.actor.rep

    def now(self) -> datetime:
        """The instant of the clock, in UTC."""
        return self._clock()

    @property
    def today(self) -> date:
        """The date in the workspace's zone."""
        return self.now().astimezone(self.settings.zone).date()

    def carry_out(
        self,
        verb: str,
        ids: Sequence[int],
        command: Command | Callable[[Deal], Command],
        says: Callable[[Sequence[Deal]], str],
        *,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
    ) -> Receipt:
        """Decides `command` for each deal and stores what follows: for all of them or for none.

        `seen` holds the versions that the person saw: a change of somebody else since then is
        kept where it touches other fields (and the receipt says so), else it is a `Conflict`.
        Raises what `decide` raises; for several deals, one `Refused` that names each.
        """
        command_id, at = str(uuid.uuid4()), self.now()
        context = self._contexts(at)
        changes: list[Change] = []
        notes: list[str] = []

        def work(writer: Writer) -> None:
            if writer.is_recorded(command_id):  # it was stored, but the answer got lost
                return
            changes[:], notes[:] = self._decide(writer, ids, command, context, seen)
            if changes and not dry_run:
                summary = says([change.after for change in changes])
                writer.record(self._done(command_id, at, verb, summary), changes)

        self.store.write(work)
        if not changes:
            return Receipt("", verb, "Nothing to change: it is so already.", (), tuple(notes))
        deals = tuple(change.after for change in changes)
        return Receipt("" if dry_run else command_id, verb, says(deals), deals, tuple(notes))

    def _contexts(self, at: datetime) -> Callable[[Deal], Context]:
        """In which context something is decided for a deal."""
        settings = self.settings
        pipelines = {pipeline.id: pipeline for pipeline in self.reader.pipelines()}
        return lambda deal: Context(
            pipelines[deal.pipeline_id], at, settings.zone, self.me, settings.loss_categories
        )

    def _decide(
        self,
        writer: Writer,
        ids: Sequence[int],
        command: Command | Callable[[Deal], Command],
        context: Callable[[Deal], Context],
        seen: Seen,
    ) -> tuple[list[Change], list[str]]:
        """What follows for each deal, and remarks; refused for all when it is for one."""
        changes: list[Change] = []
        notes: list[str] = []
        refusals: list[Refused] = []
        for deal in self._load(writer, ids):
            try:
                wanted = command(deal) if callable(command) else command
                events = decide(wanted, deal, context(deal))
                notes += self._on_top(writer, deal, events, seen)
            except Refused as refused:
                refusals.append(refused)
            else:
                if events:
                    changes.append(_change(deal, events))
        _raise(refusals, len(ids))
        return changes, notes

    def _done(self, command_id: str, at: datetime, verb: str, summary: str, **links: Any) -> Done:
        from pipeboard.store.writing import Done

        return Done(command_id, at, self.actor.name, self.actor.acting_as, verb, summary, **links)

    def _load(self, writer: Writer, ids: Iterable[int]) -> list[Deal]:
        wanted = list(dict.fromkeys(ids))
        found = writer.deals(wanted)
        for deal_id in wanted:
            if deal_id not in found or found[deal_id].removed:
                raise NotFound(f"There is no deal D-{deal_id}.", hint="Look for it with f or list.")
        return [found[deal_id] for deal_id in wanted]

    def _on_top(self, writer: Writer, deal: Deal, events: Sequence[Event], seen: Seen) -> list[str]:
        """A remark when the events go on top of a change that the person has not seen."""
        version = seen.get(deal.id)
        if version is None or version >= deal.version:
            return []
        since = writer.standing_since(deal.id, version)
        if not since:
            return []
        mine = frozenset().union(*(event.changed for event in events)) - _FOLLOWING
        last = since[-1]
        when = f"{last.recorded_at.astimezone(self.settings.zone):%H:%M}"
        for entry in since:
            both = sorted(mine & entry.event.changed)
            if both:
                raise Conflict(
                    f"{entry.actor} changed {deal.ref} {deal.name} at {when}: "
                    f"{', '.join(name.replace('_', ' ') for name in both)}.",
                    hint="Look at it as it is now, then repeat.",
                    details={
                        "deal": deal.ref,
                        "by": entry.actor,
                        "at": entry.recorded_at.isoformat(),
                        "fields": both,
                    },
                )
        return [f"Set on top of a change by {last.actor} at {when}."]


def _change(deal: Deal, events: Sequence[Event]) -> Change:
    from pipeboard.store.projecting import Change

    after = deal
    for event in events:
        after = evolve(after, event)
    return Change(deal, after, tuple(events))


def _raise(refusals: Sequence[Refused], asked: int) -> None:
    if not refusals:
        return
    if asked == 1:
        raise refusals[0]
    whole = "; ".join(refused.message.rstrip(".") for refused in refusals[:5])
    more = f"; and {len(refusals) - 5} more" if len(refusals) > 5 else ""
    message = f"Nothing was changed: {len(refusals)} of {asked} deals refuse. {whole}{more}."
    gates = [refused for refused in refusals if isinstance(refused, GateNotMet)]
    if gates:
        lacking = {lack.text: lack for gate in gates for lack in gate.unmet}
        raise GateNotMet(
            message,
            target=gates[0].target,
            unmet=tuple(lacking.values()),
            hint=gates[0].hint,
            parts=tuple(gates),
        )
    raise Refused(
        message, hint=refusals[0].hint, details={"refused": [r.message for r in refusals]}
    )
