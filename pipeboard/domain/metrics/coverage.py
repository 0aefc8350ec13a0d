"""Targets, and whether the pipeline covers what is missing of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.definition import named
from pipeboard.domain.metrics.forecast import NO_DATE
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.needed import needed_coverage
from pipeboard.domain.metrics.result import Metric, Number, Unit, left_out, missing, ratio
from pipeboard.domain.metrics.tally import MoneySum
from pipeboard.domain.metrics.targets import NO_TARGET, target_of
from pipeboard.domain.metrics.winning import win_rate_by_value

TARGET_MET = "target met"
SNOOZED = "snoozed"


class CoverageVerdict(StrEnum):
    """What a coverage means: too little to make the target, too much to work on, or fine."""

    SHORT = "short"
    ENOUGH = "enough"
    TOO_HIGH = "too high"


@dataclass(frozen=True, slots=True)
class Coverage:
    """The pipeline of a period against what its target still lacks.

    `surplus` is what was won beyond the target. `overdue` is the part of the pipeline whose close
    date has passed. `required` is what past periods needed at the same time, `by_win_rate` the old
    rule of the trade, 1 / value win rate. `expected` is the share of the target's rest that the
    pipeline would bring if it came to what past pipelines did.
    """

    target: Metric
    ratio: Metric
    gross: Metric
    required: Metric
    by_win_rate: Metric
    remaining: Number | None
    surplus: Number | None
    pipe: MoneySum
    overdue: MoneySum
    expected: Fraction | None
    standing: CoverageVerdict | None


def coverage(basis: Basis) -> Coverage:
    """Coverage of the period."""
    target, won = target_of(basis), basis.tally(basis.won)
    pipe = basis.tally(_pipe(basis))
    today = basis.today.isoformat()
    overdue = basis.tally(deal for deal in pipe.deals if (deal.close or today) < today)
    required = needed_coverage(basis)
    undated = sum(deal.close is None for deal in basis.deals.open)
    asleep = sum(_sleeps_through(basis, deal) for deal in basis.closing)
    excluded = {**pipe.excluded, **left_out({NO_DATE: undated, SNOOZED: asleep})}
    covered = cover(target, won.whole, pipe.whole, won.reason or pipe.reason)
    covered = replace(covered, n=len(pipe.deals), excluded=excluded, numerator=pipe.deals)
    remaining = _minus(target.value, won.whole)
    whole = basis.tally(basis.deals.open)
    return Coverage(
        target,
        covered,
        _gross(target, whole),
        required,
        required_coverage(win_rate_by_value(basis)),
        remaining,
        -remaining if remaining is not None and remaining <= 0 else None,
        pipe,
        overdue,
        _expected(covered, required),
        _standing(covered, required, basis.rules.high_coverage),
    )


def _pipe(basis: Basis) -> list[DealHistory]:
    """The deals due that can be worked on within the period: not parked until after it."""
    return [deal for deal in basis.closing if not _sleeps_through(basis, deal)]


def _sleeps_through(basis: Basis, deal: DealHistory) -> bool:
    """Parked until after the period."""
    return deal.snoozed_until is not None and deal.snoozed_until >= basis.days[1]


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
    """1 / value win rate: the coverage at which the target would just be met, if nothing else came
    and everything closed in the period."""
    if not rate.value:
        return missing(Unit.TIMES, rate.reason or "win rate is 0")
    metric = ratio(1, rate.value, n=rate.n, nothing="win rate is 0", unit=Unit.TIMES)
    return replace(metric, numerator=rate.denominator, denominator=rate.numerator)


def _gross(target: Metric, whole: MoneySum) -> Metric:
    """All open value over the target, the simple rule of the trade."""
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


def _standing(covered: Metric, required: Metric, high: int) -> CoverageVerdict | None:
    if covered.value is None:
        return None
    if required.value is not None and covered.value < required.value:
        return CoverageVerdict.SHORT
    return CoverageVerdict.TOO_HIGH if covered.value > high else CoverageVerdict.ENOUGH


def _minus(amount: Number | None, less: Number | None) -> Number | None:
    return None if amount is None or less is None else amount - less


@named("coverage", Unit.TIMES, "Coverage", better=True, at_end=True)
def coverage_ratio(basis: Basis) -> Metric:
    """Open value due in the period over what the target still lacks."""
    return basis.once(coverage).ratio


@named("coverage_gross", Unit.TIMES, "Gross coverage", better=True, at_end=True)
def gross_coverage(basis: Basis) -> Metric:
    """All open value over the target."""
    return basis.once(coverage).gross


@named("coverage_required", Unit.TIMES, "Needed coverage", better=False, at_end=True)
def required(basis: Basis) -> Metric:
    """How much pipeline it took for each won amount from the same time of past periods on."""
    return basis.once(coverage).required


@named("coverage_required_by_win_rate", Unit.TIMES, "1 / win rate", better=False, at_end=True)
def required_by_win_rate(basis: Basis) -> Metric:
    """The old rule: 1 over the win rate by value, as if all were won or lost in the period."""
    return basis.once(coverage).by_win_rate
