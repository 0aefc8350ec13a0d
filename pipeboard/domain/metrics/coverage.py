"""Targets, and whether the pipeline covers what is missing of them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction
from math import ceil

from pipeboard.domain.errors import BadInput
from pipeboard.domain.lazy_dataclass import dataclass, field, replace
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.deals import SNOOZED, MoneySum
from pipeboard.domain.metrics.forecast import NO_DATE
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.outcomes import win_rate_by_value
from pipeboard.domain.metrics.past_forecasts import PastStanding, at_same_time, was_due, worth_at
from pipeboard.domain.metrics.result import DAY_US, Metric, Number, Unit, left_out, missing, ratio
from pipeboard.domain.metrics.targets import NO_TARGET, target_of
from pipeboard.domain.metrics.velocity import velocity_parts
from pipeboard.domain.metrics.wording import named

# The coverage that is needed: how much pipeline it took at the same time of past periods.

NO_PAST = "no past period to learn it from"


@dataclass(frozen=True, slots=True)
class Conversion:
    """What past periods made of the pipeline that stood at the same time in them.

    `pipe` was due then and `won` came from then to their ends, of which `inside` was not yet there:
    created and closed meanwhile. Amounts are minor units, summed over `periods` periods; `deals`
    are those that were due then.
    """

    periods: int
    pipe: Fraction
    won: Fraction
    inside: Fraction
    dated: Fraction
    deals: Sequence[DealHistory] = field(default=(), compare=False)

    @property
    def inside_share(self) -> Fraction | None:
        """The share that was created and closed inside, of what came and has a created date."""
        return self.inside / self.dated if self.dated else None


def conversion_of_pipeline(basis: Basis) -> Conversion:
    """The conversion over up to four past periods of the same kind."""
    standings = basis.once(at_same_time)
    won = inside = dated = Fraction(0)
    pipe: Number = 0
    deals: list[DealHistory] = []
    for standing in standings:
        due = _due_then(standing)
        deals += due
        pipe += sum(worth_at(basis, deal, standing.at) or 0 for deal in due)
        won += basis.tally(standing.won).amount
        known = [deal for deal in standing.won if deal.is_dated]
        dated += basis.tally(known).amount
        inside += basis.tally(deal for deal in known if deal.created_at > standing.at).amount
    return Conversion(len(standings), Fraction(pipe), won, inside, dated, deals)


def _due_then(standing: PastStanding) -> list[DealHistory]:
    """What was due then and could be worked on: not parked until after the period."""
    after = standing.period.end.isoformat()
    return [
        deal
        for deal in standing.open
        if was_due(deal, standing) and (_parked(deal, standing.at) or "") < after
    ]


def _parked(deal: DealHistory, us: int) -> str | None:
    """Until which day a deal was snoozed at an instant."""
    until = None
    for at, day in deal.snoozes:
        if at <= us:
            until = day
    return until


def needed_coverage(basis: Basis) -> Metric:
    """Pipeline over what came of it from the same time on: with so much, a rest of the target would
    just be made; `n` counts the periods that it rests on."""
    found = basis.once(conversion_of_pipeline)
    if not found.periods:
        return missing(Unit.TIMES, NO_PAST)
    if not found.won:
        return missing(Unit.TIMES, "nothing was won then", num=found.pipe, n=found.periods)
    if not found.pipe:
        return missing(Unit.TIMES, "nothing was due then", n=found.periods)
    metric = ratio(found.pipe, found.won, n=found.periods, empty_reason="", unit=Unit.TIMES)
    return replace(metric, numerator=found.deals)


TARGET_MET = "target met"


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

    @property
    def needed(self) -> Number | None:
        """How often over the pipeline has to stand: as past periods needed it, else by the rule."""
        return self.required.value or self.by_win_rate.value


def coverage(basis: Basis) -> Coverage:
    """Coverage of the period."""
    target, won, pipe = target_of(basis), basis.tally(basis.won), basis.tally(_pipe(basis))
    today = basis.today.isoformat()
    overdue = basis.tally(deal for deal in pipe.deals if (deal.close or today) < today)
    covered, required = _covered(basis, target, won, pipe), needed_coverage(basis)
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


def _covered(basis: Basis, target: Metric, won: MoneySum, pipe: MoneySum) -> Metric:
    """The ratio, with what was left out of the pipeline."""
    undated = sum(deal.close is None for deal in basis.deals.open)
    asleep = sum(_sleeps_through(basis, deal) for deal in basis.closing)
    excluded = {**pipe.excluded, **left_out({NO_DATE: undated, SNOOZED: asleep})}
    covered = cover(target, won.whole, pipe.whole, won.reason or pipe.reason)
    return replace(covered, n=len(pipe.deals), excluded=excluded, numerator=pipe.deals)


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
    return ratio(pipe, remaining, n=0, empty_reason=TARGET_MET, unit=Unit.TIMES)


def required_coverage(rate: Metric) -> Metric:
    """1 / value win rate: the coverage at which the target would just be met, if nothing else came
    and everything closed in the period."""
    if not rate.value:
        return missing(Unit.TIMES, rate.reason or "win rate is 0")
    metric = ratio(1, rate.value, n=rate.n, empty_reason="win rate is 0", unit=Unit.TIMES)
    return replace(metric, numerator=rate.denominator, denominator=rate.numerator)


def _gross(target: Metric, whole: MoneySum) -> Metric:
    """All open value over the target, the simple rule of the trade."""
    if target.value is None or whole.whole is None:
        return missing(Unit.TIMES, target.reason or whole.reason or NO_TARGET)
    metric = ratio(
        whole.whole, target.value, n=len(whole.deals), empty_reason="target is 0", unit=Unit.TIMES
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
    if covered.value > high:
        return CoverageVerdict.TOO_HIGH
    return None if required.value is None else CoverageVerdict.ENOUGH


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


@named("coverage_required_by_win_rate", Unit.TIMES, "1 / win rate", better=False)
def required_by_win_rate(basis: Basis) -> Metric:
    """The old rule: 1 over the win rate by value, as if all were won or lost in the period."""
    return required_coverage(win_rate_by_value(basis))


# Whether there is time left: attainment beside the time gone, and what is still needed.

DAYS_A_WEEK = 7


@named("attainment", Unit.RATIO, "Attained", better=True)
def attainment(basis: Basis) -> Metric:
    """What was won of the target."""
    target, won = target_of(basis), basis.tally(basis.won)
    if target.value is None or won.whole is None:
        return missing(Unit.RATIO, target.reason or won.reason or NO_TARGET)
    metric = ratio(won.whole, target.value, n=len(won.deals), empty_reason="target is 0")
    return replace(metric, numerator=won.deals)


@named("pace", Unit.RATIO, "Time gone")
def pace(basis: Basis) -> Metric:
    """How much of the period has gone by: what attainment is held against."""
    if basis.period.kind == "all":
        return missing(Unit.RATIO, "the period has no end")
    gone = min(max(basis.now - basis.start, 0), basis.end - basis.start)
    days = (basis.period.end - basis.period.start).days
    return ratio(gone, basis.end - basis.start, n=days, empty_reason="")


@named("coverage_next", Unit.TIMES, "Coverage of the next", better=True, at_end=True)
def next_coverage(basis: Basis) -> Metric:
    """Open value due in the period after this one over its target."""
    try:
        after = basis.period.next()
    except BadInput:
        return missing(Unit.TIMES, "there is no period after this one")
    next_one = basis.during(after)
    won, pipe = next_one.tally(next_one.won), next_one.tally(_pipe(next_one))
    return _covered(next_one, target_of(next_one), won, pipe)


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
    parts = basis.once(velocity_parts)
    for part in (parts.win_rate, parts.deal_size):
        if not part.value:
            return missing(Unit.COUNT, part.reason or "the win rate or size of lately is 0")
    each = Fraction(parts.win_rate.value or 0) * Fraction(parts.deal_size.value or 0)
    weeks = Fraction(basis.end - basis.now, DAYS_A_WEEK * DAY_US)
    new = Fraction(found.remaining) / each
    metric = ratio(new, weeks, n=parts.win_rate.n, empty_reason="", unit=Unit.COUNT)
    return replace(metric, value=ceil(new / weeks), numerator=parts.deal_size.numerator)
