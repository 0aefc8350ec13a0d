"""Whether there is time left: attainment beside the time gone, and what is still needed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from pipeboard.domain.errors import BadInput
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.coverage import TARGET_MET, coverage
from pipeboard.domain.metrics.definition import named
from pipeboard.domain.metrics.result import DAY_US, Metric, Unit, missing, ratio
from pipeboard.domain.metrics.targets import NO_TARGET, target_of
from pipeboard.domain.metrics.velocity import velocity_parts

DAYS_A_WEEK = 7


@named("attainment", Unit.RATIO, "Attained", better=True)
def attainment(basis: Basis) -> Metric:
    """What was won of the target."""
    target, won = target_of(basis), basis.tally(basis.won)
    if target.value is None or won.whole is None:
        return missing(Unit.RATIO, target.reason or won.reason or NO_TARGET)
    metric = ratio(won.whole, target.value, n=len(won.deals), nothing="target is 0")
    return replace(metric, numerator=won.deals)


@named("pace", Unit.RATIO, "Time gone")
def pace(basis: Basis) -> Metric:
    """How much of the period has gone by: what attainment is held against."""
    if basis.period.kind == "all":
        return missing(Unit.RATIO, "the period has no end")
    gone = min(max(basis.now - basis.start, 0), basis.end - basis.start)
    days = (basis.period.end - basis.period.start).days
    return ratio(gone, basis.end - basis.start, n=days, nothing="")


@named("coverage_next", Unit.TIMES, "Coverage of the next", better=True, at_end=True)
def next_coverage(basis: Basis) -> Metric:
    """Open value due in the period after this one over its target."""
    try:
        after = basis.period.next()
    except BadInput:
        return missing(Unit.TIMES, "there is no period after this one")
    return coverage(basis.during(after)).ratio


@named("leads_needed", Unit.COUNT, "Needed a week", better=False, at_end=True)
def leads_needed(basis: Basis) -> Metric:
    """New deals a week that would close the gap, at the win rate and size of lately."""
    found = basis.once(coverage)
    if found.remaining is None:
        return missing(Unit.COUNT, found.target.reason or NO_TARGET)
    if found.remaining <= 0:
        return missing(Unit.COUNT, TARGET_MET)
    if basis.now >= basis.end - 1:
        return missing(Unit.COUNT, "the period is over")
    parts = velocity_parts(basis)
    for part in (parts.win_rate, parts.deal_size):
        if not part.value:
            return missing(Unit.COUNT, part.reason or "the win rate or size of lately is 0")
    each = Fraction(parts.win_rate.value or 0) * Fraction(parts.deal_size.value or 0)
    weeks = Fraction(basis.end - basis.now, DAYS_A_WEEK * DAY_US)
    new = Fraction(found.remaining) / each
    metric = ratio(new, weeks, n=parts.win_rate.n, nothing="", unit=Unit.COUNT)
    return replace(metric, numerator=parts.deal_size.numerator)
