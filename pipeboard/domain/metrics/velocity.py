"""Velocity: what the open deals bring a day, how leads grow by month, and the last weeks."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from operator import itemgetter

from pipeboard.domain.counted_days import add_months
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.metrics.basis import Basis, Happened
from pipeboard.domain.metrics.cycle import mean_cycle, mean_size
from pipeboard.domain.metrics.deals import NO_QUALIFIED, NOT_BEGUN, SNOOZED, is_qualified
from pipeboard.domain.metrics.history import WON, DealHistory
from pipeboard.domain.metrics.outcomes import win_rate_of
from pipeboard.domain.metrics.result import (
    Metric,
    Number,
    Unit,
    count,
    left_out,
    missing,
    ratio,
)
from pipeboard.domain.metrics.wording import named
from pipeboard.domain.periods import last_weeks

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
        return missing(Unit.MINOR_PER_DAY, NO_QUALIFIED)
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


# How fast leads grow from month to month.

NO_PRIOR = "no prior"
SHOWN_MONTHS = 13
AVERAGED_MONTHS = 3


@dataclass(frozen=True, slots=True)
class LeadMonth:
    """The leads of a local month (`2026-10`) and their growth over the month before.

    It is compared with the `before` of the month before, while it is running (`partial`) with the
    same days of it. In a month in which the bar moved, growth may come from counting otherwise.
    """

    month: str
    leads: int
    before: int
    rate: Metric
    partial: bool
    bar_moved: bool = False
    deals: Sequence[DealHistory] = ()
    deals_before: Sequence[DealHistory] = ()


def growth(current: int, previous: int) -> Metric:
    """(current - previous) / previous: 100 and then 120 is 20 %."""
    metric = ratio(current - previous, previous, n=current, empty_reason=NO_PRIOR)
    return replace(metric, den=previous)


def lead_velocity(basis: Basis) -> list[LeadMonth]:
    """Qualified leads by month, oldest first, up to the month in question."""
    return _series(basis, basis.deals.qualified, SHOWN_MONTHS)


def qualified_lately(basis: Basis) -> list[LeadMonth]:
    """Qualified leads of the last months alone, which is what each group is asked for."""
    return _series(basis, basis.deals.qualified, AVERAGED_MONTHS)


def created_lately(basis: Basis) -> list[LeadMonth]:
    """All created leads of the month in question."""
    created = basis.deals.dated.between(_first_asked(basis, 1), basis.now + 1)
    return _series(basis, [(deal.created_at, deal) for deal in created], 1)


@named("lead_velocity_rate", Unit.RATIO, "Lead velocity", better=True)
def lead_velocity_rate(basis: Basis) -> Metric:
    """Growth of qualified leads over the month before."""
    if not basis.rules.qualifying:
        return missing(Unit.RATIO, NO_QUALIFIED)
    return _rate_of_last(basis, qualified_lately)


@named("lead_growth", Unit.RATIO, "Lead growth", better=True)
def lead_growth(basis: Basis) -> Metric:
    """Growth of all created leads over the month before."""
    return _rate_of_last(basis, created_lately)


def _rate_of_last(basis: Basis, series: Callable[[Basis], list[LeadMonth]]) -> Metric:
    if basis.start > basis.now:
        return missing(Unit.RATIO, NOT_BEGUN)
    return basis.once(series)[-1].rate


@named("lead_velocity_average", Unit.RATIO, "Lead velocity, 3 months", better=True)
def lead_velocity_average(basis: Basis) -> Metric:
    """Growth of qualified leads over the last three months, over all of them together."""
    if not basis.rules.qualifying:
        return missing(Unit.RATIO, NO_QUALIFIED)
    if basis.start > basis.now:
        return missing(Unit.RATIO, NOT_BEGUN)
    months = basis.once(qualified_lately)
    rate = growth(sum(month.leads for month in months), sum(month.before for month in months))
    return replace(
        rate,
        numerator=[deal for month in months for deal in month.deals],
        denominator=[deal for month in months for deal in month.deals_before],
    )


def _last_month(basis: Basis) -> date:
    return min(basis.today, basis.period.end - timedelta(days=1)).replace(day=1)


def _first_asked(basis: Basis, number: int) -> int:
    """When the month before the first of so many began, which that is compared with."""
    return basis.calendar.start(add_months(_last_month(basis), -number))


def _series(basis: Basis, happened: Happened, number: int) -> list[LeadMonth]:
    last, first = _last_month(basis), _first_asked(basis, number)
    leads = sorted([one for one in happened if one[0] >= first], key=itemgetter(0))
    months = [add_months(last, -back) for back in range(number - 1, -1, -1)]
    return [_month(basis, month, leads) for month in months]


def _month(basis: Basis, month: date, happened: Happened) -> LeadMonth:
    after, before = add_months(month, 1), add_months(month, -1)
    partial = basis.today < after
    end_of_previous = month
    if partial:
        same_day = add_months(basis.today, -1)
        end_of_previous = same_day + timedelta(days=1)
    leads = _between(basis, happened, month, after)
    previous = _between(basis, happened, before, end_of_previous)
    start, end = basis.calendar.start(month), basis.calendar.start(after)
    rate = growth(len(leads), len(previous))
    return LeadMonth(
        f"{month:%Y-%m}",
        len(leads),
        len(previous),
        replace(rate, numerator=leads, denominator=previous),
        partial,
        any(start <= at < end for at in basis.rules.bar_moved_at),
        leads,
        previous,
    )


def _between(basis: Basis, happened: Happened, first: date, after: date) -> list[DealHistory]:
    """The deals of what happened from a day to before another."""
    start, end = basis.calendar.start(first), basis.calendar.start(after)
    from_place = bisect_left(happened, start, key=itemgetter(0))
    return [d for _, d in happened[from_place : bisect_left(happened, end, key=itemgetter(0))]]


# Numbers week by week, for a trend at a glance.

SHOWN_WEEKS = 13


@dataclass(frozen=True, slots=True)
class Week:
    """One week from its first day: what was won, and the deals created with what they are worth."""

    start: date
    won: Metric
    won_deals: Sequence[DealHistory]
    created: Metric
    created_value: Metric
    partial: bool


def weeks(basis: Basis) -> list[Week]:
    """The last thirteen weeks up to the end of the period or now, oldest first."""
    last = min(basis.today, basis.period.end - timedelta(days=1))
    starts = last_weeks(last, SHOWN_WEEKS, basis.rules.settings.week_start)
    edges = [basis.calendar.start(day) for day in (*starts, starts[-1] + timedelta(weeks=1))]
    span = edges[0], edges[-1]
    won = _by_week([(d.closed_at or 0, d) for d in basis.deals.wins.between(*span)], edges)
    created = _by_week([(d.created_at, d) for d in basis.deals.dated.between(*span)], edges)
    return [
        Week(
            start,
            basis.tally(won[place]).metric(),
            won[place],
            count(created[place]),
            basis.tally(created[place]).metric(),
            edges[place + 1] > basis.now,
        )
        for place, start in enumerate(starts)
    ]


def _by_week(happened: Happened, edges: Sequence[int]) -> list[list[DealHistory]]:
    found: list[list[DealHistory]] = [[] for _ in edges[1:]]
    for us, deal in happened:
        found[bisect_right(edges, us) - 1].append(deal)
    return found
