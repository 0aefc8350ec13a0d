"""Which groups there are: nothing that is counted in the whole is in none of them."""

from __future__ import annotations

from collections.abc import Iterator

from pipeboard.domain.metrics.activity import quotes
from pipeboard.domain.metrics.adherence import advances
from pipeboard.domain.metrics.basis import Basis, in_order
from pipeboard.domain.metrics.grouping import Group, Grouping
from pipeboard.domain.metrics.own_call import own_call
from pipeboard.domain.metrics.slipping import due_at_start, pushes_of
from pipeboard.domain.metrics.targets import target_of

_HAPPENED = (quotes, advances, pushes_of)


def partition(basis: Basis, grouping: Grouping) -> dict[Group, Basis]:
    """Every group with a deal or an event that some number of the report counts, a target or a
    call of its own, by name; what is unknown comes last."""
    parts, busy = basis.split(grouping), set(_by_events(basis, grouping))
    for name in (*busy, *_with_goals(basis, grouping)):
        if name not in parts:
            parts[name] = basis.nothing_of(grouping, name)
    return {
        name: parts[name]
        for name in in_order(parts)
        if name in busy
        or _counts(parts[name])
        or target_of(parts[name]).value is not None
        or own_call(parts[name].stock).value is not None
    }


def _counts(part: Basis) -> bool:
    """Whether a number of the group's own deals, of the period or the trailing window, is not 0."""
    days = max(part.rules.run_rate_days, part.rules.velocity_days)
    return bool(
        part.deals.open
        or part.stock.deals.open
        or part.created
        or part.closed
        or part.left
        or part.closed_within(days)
        or part.stock.closed_within(days)
        or any(part.holds(at) for at, _ in part.deals.qualified)
    )


def _by_events(basis: Basis, grouping: Grouping) -> Iterator[Group]:
    """The groups of what happened to deals in the period, and of those due at its start."""
    for happened in _HAPPENED:
        for us, deal in basis.once(happened):
            yield grouping.event(deal, us)
    for us, deal in basis.once(due_at_start) if basis.start <= basis.now else ():
        yield grouping.standing(deal, us)
    start, end = basis.start, basis.end
    for deal in basis.population:
        for at, _ in deal.touches:
            if start <= at < end and basis.happened_in_group(deal, at):
                yield grouping.event(deal, at)
    yield from basis.grouped_visits(grouping)


def _with_goals(basis: Basis, grouping: Grouping) -> Iterator[Group]:
    """The groups that somebody has set any target for, or that have called any period."""
    for _, owner in basis.stock.rules.calls:
        if grouping.scope == "owner":
            yield owner
        elif grouping.scope == "team":
            yield basis.stock.rules.teams.get(owner) or None
    for target in basis.rules.targets:
        if grouping.scope == "owner" and target.owner:
            yield target.owner
        elif grouping.scope == "team":
            yield target.team or basis.rules.teams.get(target.owner) or None
