"""How fast leads grow from month to month."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from operator import itemgetter

from pipeboard.domain.dates import add_months
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.metrics.basis import Basis, Happened
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.result import Metric, Unit, count, missing, ratio
from pipeboard.domain.metrics.wording import named

NO_PRIOR = "no prior"
NO_QUALIFIED = "no stage is marked as qualified"
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
    return _series(basis, basis.deals.qualified)


def lead_growth_series(basis: Basis) -> list[LeadMonth]:
    """All created leads by month, oldest first."""
    created = basis.deals.dated.between(_first_asked(basis), basis.now + 1)
    return _series(basis, [(deal.created_at, deal) for deal in created])


@named("lead_velocity_rate", Unit.RATIO, "Lead velocity", better=True)
def lead_velocity_rate(basis: Basis) -> Metric:
    """Growth of qualified leads over the month before."""
    if not basis.rules.qualifying:
        return missing(Unit.RATIO, NO_QUALIFIED)
    return basis.once(lead_velocity)[-1].rate


@named("lead_growth", Unit.RATIO, "Lead growth", better=True)
def lead_growth(basis: Basis) -> Metric:
    """Growth of all created leads over the month before."""
    return basis.once(lead_growth_series)[-1].rate


@named("lead_velocity_average", Unit.RATIO, "Lead velocity, 3 months", better=True)
def lead_velocity_average(basis: Basis) -> Metric:
    """Growth of qualified leads over the last three months, over all of them together."""
    if not basis.rules.qualifying:
        return missing(Unit.RATIO, NO_QUALIFIED)
    months = basis.once(lead_velocity)[-AVERAGED_MONTHS:]
    rate = growth(sum(month.leads for month in months), sum(month.before for month in months))
    return replace(
        rate,
        numerator=[deal for month in months for deal in month.deals],
        denominator=[deal for month in months for deal in month.deals_before],
    )


def _last_month(basis: Basis) -> date:
    return min(basis.today, basis.period.end - timedelta(days=1)).replace(day=1)


def _first_asked(basis: Basis) -> int:
    """When the month before the first one shown began, which that is compared with."""
    return basis.calendar.start(add_months(_last_month(basis), -SHOWN_MONTHS))


def _series(basis: Basis, happened: Happened) -> list[LeadMonth]:
    last, first = _last_month(basis), _first_asked(basis)
    leads = sorted([one for one in happened if one[0] >= first], key=itemgetter(0))
    months = [add_months(last, -back) for back in range(SHOWN_MONTHS - 1, -1, -1)]
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
    first_day = basis.rules.settings.week_start
    monday = last - timedelta(days=(last.weekday() - first_day) % 7)
    starts = [monday - timedelta(weeks=back) for back in range(SHOWN_WEEKS - 1, -1, -1)]
    edges = [basis.calendar.start(day) for day in (*starts, monday + timedelta(weeks=1))]
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
