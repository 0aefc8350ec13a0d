"""Targets: what is to be won in a period, by everybody, a team or a rep."""

from __future__ import annotations

from collections.abc import Sequence

from pipeboard.domain.errors import BadInput
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.definition import named
from pipeboard.domain.metrics.grouping import Group, Scope
from pipeboard.domain.metrics.result import Metric, Unit, missing
from pipeboard.domain.metrics.rules import Target
from pipeboard.domain.periods import Period, parse_period

NO_TARGET = "no target"
NOBODYS = "nobody has a target here"
PART = "targets are of everybody, a team or a rep, not of a part of their deals"


@named("target", Unit.MINOR, "Target")
def target_of(basis: Basis) -> Metric:
    """What is to be won in the period.

    Without one for the very period, targets of shorter periods that fill it exactly are added up;
    without one for everybody (or a team), those of the teams, else of the people in it. A target
    stands where it was set: nobody's deals have none, nor have a source or the deals of a filter.
    """
    scope: Scope = ""
    if basis.whole is not None and basis.grouping is not None:
        if basis.group is None and basis.grouping.scope:
            return missing(Unit.MINOR, NOBODYS)
        if basis.whole.whole is not None or not basis.grouping.scope:
            return missing(Unit.MINOR, PART)
        scope = basis.grouping.scope
    for targets in _candidates(basis, scope, basis.group):
        chosen = [part for own in _by_holder(targets) for part in _for_period(basis, own)]
        if chosen:
            return _sum(basis, chosen)
    return missing(Unit.MINOR, NO_TARGET)


def _candidates(basis: Basis, scope: Scope, holder: Group) -> list[list[Target]]:
    """Targets of the scope itself, then of its teams, then of its people."""
    targets, teams = basis.rules.targets, basis.rules.teams
    match scope:
        case "owner":
            return [[target for target in targets if target.owner == holder]]
        case "team":
            return [
                [target for target in targets if target.team == holder],
                [target for target in targets if teams.get(target.owner) == holder],
            ]
        case _:
            return [
                [target for target in targets if not target.owner and not target.team],
                [target for target in targets if target.team],
                [target for target in targets if target.owner],
            ]


def _by_holder(targets: Sequence[Target]) -> list[list[Target]]:
    holders: dict[tuple[str, str], list[Target]] = {}
    for target in targets:
        holders.setdefault((target.owner, target.team), []).append(target)
    return list(holders.values())


def _for_period(basis: Basis, targets: Sequence[Target]) -> list[Target]:
    """The target of the period itself, else those of quarters, months or weeks that fill it."""
    whole = basis.period
    exact = [target for target in targets if target.period == whole.label]
    if exact:
        return exact
    parts = [(_period_of(basis, target), target) for target in targets]
    for kind in ("quarter", "month", "week"):
        inside = [
            (period, target)
            for period, target in parts
            if period is not None
            and period.kind == kind
            and whole.start <= period.start
            and period.end <= whole.end
        ]
        if _fill(whole, [period for period, _ in inside]):
            return [target for _, target in inside]
    return []


def _period_of(basis: Basis, target: Target) -> Period | None:
    """The days of a target; None for a label that no longer reads as a period."""
    settings = basis.rules.settings
    try:
        return parse_period(
            target.period,
            basis.today,
            week_start=settings.week_start,
            fiscal_shift=settings.fiscal_shift,
        )
    except BadInput:
        return None


def _fill(whole: Period, parts: Sequence[Period]) -> bool:
    """Whether periods follow on one another from the start of `whole` to its end."""
    reached = whole.start
    for start, end in sorted({(part.start, part.end) for part in parts}):
        if start != reached:
            return False
        reached = end
    return bool(parts) and reached == whole.end


def _sum(basis: Basis, targets: Sequence[Target]) -> Metric:
    amounts = [
        basis.in_currency(target.amount.minor, target.amount.currency, basis.today)
        for target in targets
    ]
    known = [amount for amount in amounts if amount is not None]
    if len(known) < len(amounts):
        return missing(Unit.MINOR, "no rate for the target's currency")
    return Metric(sum(known), Unit.MINOR, num=sum(known), n=len(known))
