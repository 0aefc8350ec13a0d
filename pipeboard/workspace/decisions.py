"""Decisions for one deal or many: what follows for each, what was so already, what refuses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeboard.domain.commands import Command
from pipeboard.domain.deal import Deal
from pipeboard.domain.deciding import decide
from pipeboard.domain.errors import Conflict, GateNotMet, Refused, SoAlready
from pipeboard.domain.events import Event, evolve_all
from pipeboard.workspace.conflicts import unseen_changes

if TYPE_CHECKING:
    from pipeboard.store.projecting import Change
    from pipeboard.workspace.service import Seen, Service

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Decided:
    """The changes that follow, remarks on them, and what to say where there are none."""

    changes: tuple[Change, ...]
    notes: tuple[str, ...]
    nothing: str


def decide_all(
    service: Service,
    deals: Sequence[Deal],
    command: Command | Callable[[Deal], Command],
    seen: Seen,
) -> Decided:
    """What follows for each deal; refused for all when it is for one."""
    contexts = service.contexts()
    changes: list[Change] = []
    notes: list[str] = []
    refusals: list[Refused] = []
    already: dict[str, str] = {}
    for deal in deals:
        try:
            wanted = command(deal) if callable(command) else command
            unseen = unseen_changes(service, deal, seen)
            unseen.stop_relative(wanted)
            try:
                events = decide(wanted, deal, contexts(deal.pipeline_id))
                events = unseen.side_by_side(wanted, events)
            except SoAlready:
                raise
            except Refused as refused:
                unseen.explain(refused, wanted)
                raise
            notes += unseen.remark(events)
        except SoAlready as so:
            already[deal.name] = so.message
        except Refused as refused:
            refusals.append(refused)
        else:
            if events:
                changes.append(change_of(deal, events))
            else:
                already[deal.name] = "Nothing to change: it is so already."
    _raise(refusals, len(deals))
    if changes and already:
        notes.append(_some_already(already, len(deals)))
    return Decided(tuple(changes), tuple(notes), _nothing(already, len(deals)))


def change_of(deal: Deal, events: Sequence[Event]) -> Change:
    """What events do to a deal, to be stored."""
    from pipeboard.store.projecting import Change

    return Change(deal, evolve_all(deal, events), tuple(events))


def beginning_of(events: Sequence[Event]) -> Change:
    """The deal that events begin, to be stored; it gets its number then."""
    from pipeboard.store.projecting import Change

    return Change(None, evolve_all(None, events, 0), tuple(events))


def _nothing(already: dict[str, str], asked: int) -> str:
    if asked == 1:
        return next(iter(already.values()), "")
    return f"Nothing to change: all {asked} deals are so already."


def _some_already(already: dict[str, str], asked: int) -> str:
    names = list(already)[:MOST_NAMED]
    more = f" and {len(already) - len(names)} more" if len(already) > len(names) else ""
    verb = "was" if len(already) == 1 else "were"
    return f"{len(already)} of {asked} {verb} so already: {', '.join(names)}{more}."


def _raise(refusals: Sequence[Refused], asked: int) -> None:
    if not refusals:
        return
    if asked == 1:
        raise refusals[0]
    whole = "; ".join(refused.message.rstrip(".") for refused in refusals[:MOST_NAMED])
    left = len(refusals) - MOST_NAMED
    more = f"; and {left} more" if left > 0 else ""
    message = f"Nothing was changed: {len(refusals)} of {asked} deals refuse. {whole}{more}."
    conflicts = [refused for refused in refusals if isinstance(refused, Conflict)]
    if conflicts:
        raise Conflict(
            message,
            hint=conflicts[0].hint,
            seen={one: version for part in conflicts for one, version in part.seen.items()},
            parts=tuple(conflicts),
        )
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
