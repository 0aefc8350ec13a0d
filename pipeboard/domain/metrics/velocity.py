"""Pipeline velocity: what the open deals bring a day, against what really came in."""

from __future__ import annotations

from fractions import Fraction

from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.cycle import mean_cycle, mean_size
from pipeboard.domain.metrics.deals import SNOOZED, is_qualified
from pipeboard.domain.metrics.history import WON, DealHistory
from pipeboard.domain.metrics.result import Metric, Number, Unit, count, left_out, missing, ratio
from pipeboard.domain.metrics.win_rates import win_rate_of
from pipeboard.domain.metrics.wording import named

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
