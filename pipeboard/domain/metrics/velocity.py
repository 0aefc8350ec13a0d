"""Win rates: by count, by value, against competitors, of a cohort, and at their worst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil, erfc, sqrt
from typing import NamedTuple

from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.cycle import cycle_p90, mean_cycle, mean_size
from pipeboard.domain.metrics.deals import NO_RATE, NO_VALUE, SNOOZED, is_qualified
from pipeboard.domain.metrics.history import LOST, NOT_SAID, WON, DealHistory
from pipeboard.domain.metrics.result import (
    DAY_US,
    Metric,
    Number,
    Unit,
    count,
    left_out,
    missing,
    proportion,
    ratio,
)
from pipeboard.domain.metrics.wording import named

NO_CLOSED = "no closed deals"
NO_LOSSES = "no loss was ever recorded"
NO_REASONS = "no loss has a reason"
LOSS_WITHOUT_REASON = "loss without a reason"
LOSS_WORTH_NOTHING = "loss without a value"
COMPETITIVE = frozenset(("competitor", "price"))


@named("win_rate", Unit.RATIO, "Win rate", better=True)
def win_rate(basis: Basis) -> Metric:
    """Won of all deals closed in the period; deals that nobody closes are not in it."""
    return win_rate_of(basis, basis.closed)


def win_rate_of(basis: Basis, closed: Sequence[DealHistory]) -> Metric:
    """As `win_rate`, of any closed deals."""
    if closed and not basis.everybody.once(any_loss):
        return missing(Unit.RATIO, NO_LOSSES, n=len(closed))
    return proportion([deal for deal in closed if deal.outcome == WON], closed, NO_CLOSED)


def any_loss(basis: Basis) -> bool:
    """Whether losses are recorded at all."""
    return any(deal.outcome == LOST for deal in basis.population)


@named("win_rate_value", Unit.RATIO, "Win rate by value", better=True)
def win_rate_by_value(basis: Basis) -> Metric:
    """Won value of all value closed in the period.

    A loss at a value of 0 says no more than one without: where what was lost is not known, what
    was won is no share of anything.
    """
    won = basis.tally(basis.won)
    lost = basis.tally(deal for deal in basis.lost if deal.minor != 0)
    worthless = sum(deal.minor == 0 for deal in basis.lost)
    unvalued = {reason: won.excluded.get(reason, 0) + lost.excluded.get(reason, 0)
                for reason in (NO_VALUE, NO_RATE)}  # fmt: skip
    excluded = left_out({**unvalued, LOSS_WORTH_NOTHING: worthless})
    deals = [*won.deals, *lost.deals]
    reason = None
    if not basis.closed:
        reason = NO_CLOSED
    elif not basis.everybody.once(any_loss):
        reason = NO_LOSSES
    elif not deals:
        reason = won.no_rate or lost.no_rate or "no closed deal has a value"
    elif basis.lost and not lost.deals:
        reason = "no lost deal has a value"
    if reason:
        return replace(missing(Unit.RATIO, reason), excluded=excluded)
    metric = ratio(
        won.amount, won.amount + lost.amount, n=len(deals), empty_reason="closed deals worth 0"
    )
    return replace(metric, excluded=excluded, numerator=won.deals, denominator=deals)


@named("win_rate_competitive", Unit.RATIO, "Competitive win rate", better=True)
def win_rate_competitive(basis: Basis) -> Metric:
    """Won of the deals that were won, or lost to a competitor or on price."""
    contested = [deal for deal in basis.closed if deal.outcome == WON or deal.loss in COMPETITIVE]
    unsaid = sum(deal.loss == NOT_SAID for deal in basis.lost)
    excluded = left_out({LOSS_WITHOUT_REASON: unsaid})
    if basis.closed and not basis.everybody.once(any_loss):
        return replace(missing(Unit.RATIO, NO_LOSSES), excluded=excluded)
    if unsaid and unsaid == len(basis.lost):
        return replace(missing(Unit.RATIO, NO_REASONS, n=len(contested)), excluded=excluded)
    return proportion(basis.won, contested, NO_CLOSED, excluded=excluded)


@named("win_rate_cohort", Unit.RATIO, "Win rate of new deals", better=True)
def win_rate_of_cohort(basis: Basis) -> Metric:
    """Won by now of the deals created in the period; it can still grow while some are open."""
    won = [deal for deal in basis.created if deal.outcome == WON]
    pending = sum(deal.closed_at is None for deal in basis.created)
    return proportion(won, basis.created, "no deals created", pending=pending)


@named(
    "win_rate_pessimistic",
    Unit.RATIO,
    "Win rate if stale deals were lost",
    better=True,
    at_end=True,
)
def win_rate_pessimistic(basis: Basis) -> Metric:
    """The win rate if every open deal older than nine of ten wins were lost."""
    longest = cycle_p90(basis)
    if longest.value is None:
        return missing(Unit.RATIO, "no won deals")
    stale = stale_open(basis, longest.value)
    if not stale and not basis.everybody.once(any_loss):
        return missing(Unit.RATIO, NO_LOSSES)
    return proportion(basis.won, [*basis.closed, *stale], NO_CLOSED)


def stale_open(basis: Basis, longest_days: Fraction | int) -> list[DealHistory]:
    """The open deals older than a number of days."""
    before = ceil(basis.now - longest_days * DAY_US)
    return [d for d in basis.deals.open if d.is_dated and d.created_at < before]


# Whether win rates differ by more than chance, with one false claim in twenty over all of them.

LEVEL = 0.05
LEAST_EXPECTED = 5
"""Wins and losses that must be expected on either side for the normal approximation to hold."""


class RateDifference(NamedTuple):
    """A rate that differs from that of all others together."""

    name: str
    won: int
    closed: int
    others_won: int
    others_closed: int

    @property
    def is_higher(self) -> bool:
        return self.won * self.others_closed > self.others_won * self.closed


def differing(rates: Mapping[str, Metric]) -> list[RateDifference]:
    """The rates that differ from the others by more than chance, the surest first.

    Each is held against all others together by the pooled two-proportion z-test; Holm's step-down
    (1979) keeps the chance of any false claim below one in twenty, however many there are.
    """
    total_won = sum(int(rate.num or 0) for rate in rates.values())
    total = sum(int(rate.den or 0) for rate in rates.values())
    tested: list[tuple[float, RateDifference]] = []
    for name, rate in rates.items():
        won, closed = int(rate.num or 0), int(rate.den or 0)
        found = RateDifference(name, won, closed, total_won - won, total - closed)
        p = p_value(found)
        if p is not None:
            tested.append((p, found))
    tested.sort(key=lambda one: (one[0], one[1].name))
    # Of two, the second is the first seen from the other side: one claim, not two.
    claims = 1 if len(rates) == 2 else len(tested)
    kept: list[RateDifference] = []
    for place, (p, found) in enumerate(tested[:claims]):
        if p > LEVEL / (claims - place):
            break
        kept.append(found)
    return kept


def p_value(found: RateDifference) -> float | None:
    """How likely chance alone makes such a difference; None where there are too few to say."""
    n, m = found.closed, found.others_closed
    if not n or not m:
        return None
    pooled = (found.won + found.others_won) / (n + m)
    if min(n, m) * min(pooled, 1 - pooled) < LEAST_EXPECTED:
        return None
    off = found.won / n - found.others_won / m
    return erfc(abs(off) / sqrt(pooled * (1 - pooled) * (1 / n + 1 / m)) / sqrt(2))


# Pipeline velocity: what the open deals bring a day, against what really came in.

STALE_RATIO = 2


@dataclass(frozen=True, slots=True)
class Velocity:
    """The four numbers that a velocity is made of, over the rules' trailing window."""

    opportunities: Metric
    win_rate: Metric
    deal_size: Metric
    cycle: Metric

    @property
    def per_day(self) -> Metric:
        """Opportunities x win rate x deal size / cycle, in minor units a day."""
        for name, part in (
            ("win rate", self.win_rate),
            ("deal size", self.deal_size),
            ("cycle", self.cycle),
        ):
            if part.value is None:
                return missing(Unit.MINOR_PER_DAY, f"no {name}: {part.reason}")
        number, rate = _value(self.opportunities), _value(self.win_rate)
        return replace(
            velocity(number, rate, _value(self.deal_size), _value(self.cycle)),
            n=self.win_rate.n,
            numerator=self.opportunities.numerator,
            excluded=self.opportunities.excluded,
        )


def _value(metric: Metric) -> Number:
    return 0 if metric.value is None else metric.value


def velocity(number: Number, win_rate: Number, size: Number, cycle_days: Number) -> Metric:
    """N x W x A / L: open deals, win rate, mean size in minor units, mean cycle in days."""
    value = Fraction(number) * win_rate * size
    return ratio(
        value, cycle_days, n=int(number), empty_reason="cycle is 0", unit=Unit.MINOR_PER_DAY
    )


def velocity_parts(basis: Basis) -> Velocity:
    """The parts of the velocity; the mean cycle goes in, since a rate needs it (Little's law)."""
    closed = basis.closed_within(basis.rules.velocity_days)
    won = [deal for deal in closed if deal.outcome == WON]
    return Velocity(
        replace(
            count(qualified_open(basis)),
            excluded=left_out({SNOOZED: len(qualified_open(basis, asleep=True))}),
        ),
        win_rate_of(basis, closed),
        mean_size(basis, won),
        mean_cycle(basis, won),
    )


def qualified_open(basis: Basis, *, asleep: bool = False) -> list[DealHistory]:
    """The open deals that are qualified and not snoozed, or only those that are."""
    today = basis.today.isoformat()
    return [
        deal
        for deal in basis.deals.open
        if is_qualified(deal, basis.rules)
        and (deal.snoozed_until is not None and deal.snoozed_until > today) is asleep
    ]


@named("velocity_per_day", Unit.MINOR_PER_DAY, "Velocity", better=True, at_end=True)
def velocity_per_day(basis: Basis) -> Metric:
    """What the qualified open deals promise a day: their number x win rate x size / cycle."""
    if not basis.rules.qualifying:
        return missing(Unit.MINOR_PER_DAY, "no stage is marked as qualified")
    return basis.once(velocity_parts).per_day


@named("run_rate_per_day", Unit.MINOR_PER_DAY, "Run rate", better=True, at_end=True)
def run_rate_per_day(basis: Basis) -> Metric:
    """What was really won a day lately; a velocity more than twice as high is not real."""
    days = basis.rules.run_rate_days
    tally = basis.tally(d for d in basis.closed_within(days) if d.outcome == WON)
    if tally.whole is None:
        return replace(tally.metric(), unit=Unit.MINOR_PER_DAY)
    metric = ratio(tally.whole, days, n=len(tally.deals), empty_reason="", unit=Unit.MINOR_PER_DAY)
    return replace(metric, excluded=tally.excluded, numerator=tally.deals)


def is_stale(promised: Metric, realised: Metric) -> bool:
    """The velocity promises more than twice what came in: too many open deals are not real."""
    if promised.value is None or not realised.value:
        return False
    return promised.value / realised.value > STALE_RATIO
