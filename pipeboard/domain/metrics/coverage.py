"""Targets, and whether the pipeline covers what is missing of them (C6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from pipeboard.domain.errors import BadInput
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.deals import qualified_at
from pipeboard.domain.metrics.forecast import NO_DATE
from pipeboard.domain.metrics.history import History
from pipeboard.domain.metrics.result import Metric, Number, Unit, left_out, missing, ratio
from pipeboard.domain.metrics.rules import Target
from pipeboard.domain.metrics.tally import Tally
from pipeboard.domain.metrics.winning import win_rate_by_value
from pipeboard.domain.periods import Period, parse_period

NO_TARGET, TARGET_MET = "no target", "target met"


class Standing(StrEnum):
    """What a coverage means: too little to make the target, too much to work on, or fine."""

    SHORT = "short"
    ENOUGH = "enough"
    TOO_HIGH = "too high"


@dataclass(frozen=True, slots=True)
class Coverage:
    """The pipeline of a period against what its target still lacks.

    `surplus` is what was won beyond the target. `overdue` is the part of the pipeline whose close
    date has passed. `expected` is the share of the target's rest that the pipeline would bring at
    the value win rate.
    """

    target: Metric
    ratio: Metric
    gross: Metric
    required: Metric
    remaining: Number | None
    surplus: Number | None
    pipe: Tally
    overdue: Tally
    expected: Fraction | None
    standing: Standing | None


def coverage(basis: Basis, *, qualified_only: bool = False) -> Coverage:
    """Coverage of the period; with `qualified_only`, by deals that are qualified."""
    target, won = target_of(basis), basis.tally(basis.won)
    pipe = basis.tally(_pipe(basis, basis.closing, qualified_only=qualified_only))
    today = basis.today.isoformat()
    overdue = basis.tally(deal for deal in pipe.deals if (deal.close or today) < today)
    required = required_coverage(win_rate_by_value(basis))
    undated = sum(deal.close is None for deal in basis.deals.open)
    excluded = {**pipe.excluded, **left_out({NO_DATE: undated})}
    covered = cover(target, won.whole, pipe.whole, won.reason or pipe.reason)
    covered = replace(covered, n=len(pipe.deals), excluded=excluded, numerator=pipe.deals)
    remaining = _minus(target.value, won.whole)
    whole = basis.tally(basis.deals.open)
    return Coverage(
        target,
        covered,
        _gross(target, whole),
        required,
        remaining,
        -remaining if remaining is not None and remaining <= 0 else None,
        pipe,
        overdue,
        _expected(covered, required),
        _standing(covered, required, basis.rules.high_coverage),
    )


def _pipe(basis: Basis, deals: Sequence[History], *, qualified_only: bool) -> list[History]:
    """Deals that can be worked on within the period: not parked until after it."""
    _, after = basis.days
    return [
        deal
        for deal in deals
        if (deal.snoozed_until is None or deal.snoozed_until < after)
        and (not qualified_only or qualified_at(deal, basis.rules) is not None)
    ]


def cover(target: Metric, won: Number | None, pipe: Number | None, reason: str | None) -> Metric:
    """Pipeline over what remains of the target; `reason` says why an amount is None."""
    if target.value is None:
        return missing(Unit.TIMES, target.reason or NO_TARGET)
    remaining = _minus(target.value, won)
    if remaining is None or pipe is None:
        return missing(Unit.TIMES, reason or "no amount")
    if remaining <= 0:
        return missing(Unit.TIMES, TARGET_MET, num=pipe)
    return ratio(pipe, remaining, n=0, nothing=TARGET_MET, unit=Unit.TIMES)


def required_coverage(rate: Metric) -> Metric:
    """1 / value win rate: the coverage at which the target would just be met."""
    if not rate.value:
        return missing(Unit.TIMES, rate.reason or "win rate is 0")
    return ratio(1, rate.value, n=rate.n, nothing="win rate is 0", unit=Unit.TIMES)


def _gross(target: Metric, whole: Tally) -> Metric:
    """All open value over the target, the simple rule of the trade (`capabilities.md` 81)."""
    if target.value is None or whole.whole is None:
        return missing(Unit.TIMES, target.reason or whole.reason or NO_TARGET)
    metric = ratio(
        whole.whole, target.value, n=len(whole.deals), nothing="target is 0", unit=Unit.TIMES
    )
    return replace(metric, excluded=whole.excluded, numerator=whole.deals)


def _expected(covered: Metric, required: Metric) -> Fraction | None:
    if covered.value is None or required.value is None:
        return None
    return Fraction(covered.value) / required.value


def _standing(covered: Metric, required: Metric, high: int) -> Standing | None:
    if covered.value is None:
        return None
    if required.value is not None and covered.value < required.value:
        return Standing.SHORT
    return Standing.TOO_HIGH if covered.value > high else Standing.ENOUGH


def _minus(amount: Number | None, less: Number | None) -> Number | None:
    return None if amount is None or less is None else amount - less


def target_of(basis: Basis) -> Metric:
    """The target of the period for the basis' owner, team or everybody, in the report's currency.

    Without one for the very period, targets of shorter periods that fill it exactly are added up;
    without one for everybody (or a team), those of the teams, else of the people in it.
    """
    for targets in _candidates(basis):
        chosen = [part for own in _by_holder(targets) for part in _for_period(basis, own)]
        if chosen:
            return _sum(basis, chosen)
    return missing(Unit.MINOR, NO_TARGET)


def _candidates(basis: Basis) -> list[list[Target]]:
    """Targets of the scope itself, then of its teams, then of its people."""
    targets, teams = basis.rules.targets, basis.rules.teams
    match basis.grouping.name if basis.grouping else "":
        case "":
            return [
                [target for target in targets if not target.owner and not target.team],
                [target for target in targets if target.team],
                [target for target in targets if target.owner],
            ]
        case "owner":
            return [[target for target in targets if target.owner == basis.group]]
        case "team":
            return [
                [target for target in targets if target.team == basis.group],
                [target for target in targets if teams.get(target.owner) == basis.group],
            ]
        case _:
            return []


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
