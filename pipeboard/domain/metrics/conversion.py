"""Stage-to-stage conversion of cohorts, with what was skipped and what came back."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from operator import itemgetter
from typing import NamedTuple

from pipeboard.domain.dates import add_months
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.metrics.basis import Basis, Happened, shared_out
from pipeboard.domain.metrics.deals import NO_QUALIFIED, NO_RATE, NO_VALUE, NOT_BEGUN
from pipeboard.domain.metrics.history import LOST, UNKNOWN, WON, DealHistory, Places
from pipeboard.domain.metrics.result import (
    Metric,
    Number,
    Unit,
    count,
    left_out,
    missing,
    proportion,
    ratio,
)
from pipeboard.domain.metrics.rules import Group, Grouping
from pipeboard.domain.metrics.wording import named
from pipeboard.domain.pipeline import Stage

NO_ENTRIES = "no entries"


@dataclass(frozen=True, slots=True)
class Cohort:
    """The deals that first entered a stage in the period, by what became of them since.

    Advanced: entered a later open stage, or won; else lost; else pending. Stages are counted by
    actual entries, so a deal that skipped a stage is in no cohort of it.
    """

    stage: Stage
    advanced: Sequence[DealHistory]
    lost: Sequence[DealHistory]
    pending: Sequence[DealHistory]

    @property
    def everyone(self) -> Sequence[DealHistory]:
        return [*self.advanced, *self.lost, *self.pending]


def cohort(basis: Basis, stage: Stage) -> Cohort:
    """The cohort of a stage: a deal belongs to it by its first entry, whatever came later."""
    advanced: list[DealHistory] = []
    lost: list[DealHistory] = []
    pending: list[DealHistory] = []
    later = later_stages(basis, stage)
    goes_on = cache(lambda places, since: not later.isdisjoint(places[since:]))
    for deal, place, first in basis.visits.get(stage.id, ()):
        if not first:
            continue
        if deal.outcome == WON or goes_on(deal.places, place + 1):
            advanced.append(deal)
        elif deal.outcome == LOST:
            lost.append(deal)
        else:
            pending.append(deal)
    return Cohort(stage, advanced, lost, pending)


def later_stages(basis: Basis, stage: Stage) -> frozenset[int]:
    """The open stages behind a stage."""
    rank = basis.rules.rank
    return frozenset(s.id for s in basis.rules.open_stages if rank[s.id] > rank[stage.id])


def conversion(group: Cohort) -> Metric:
    """Advanced of all that entered, with the bounds while some are pending."""
    return proportion(group.advanced, group.everyone, NO_ENTRIES, pending=len(group.pending))


def resolved(group: Cohort) -> Metric:
    """Advanced of those that advanced or were lost, the secondary view."""
    return proportion(group.advanced, [*group.advanced, *group.lost], "nothing decided yet")


def conversion_by_value(basis: Basis, group: Cohort) -> Metric:
    """As `conversion`, each deal weighing what it was worth when it entered."""
    went, others = (_Entered.of(basis, deals, group.stage.id) for deals in _parts(group))
    excluded = left_out(
        {
            NO_VALUE: went.without_value + others.without_value,
            NO_RATE: went.without_rate + others.without_rate,
        }
    )
    whole, n = went.amount + others.amount, went.number + others.number
    metric = ratio(went.amount, whole, n=n, empty_reason="no value entered")
    return replace(metric, excluded=excluded)


def _parts(group: Cohort) -> tuple[Sequence[DealHistory], Sequence[DealHistory]]:
    return group.advanced, [*group.lost, *group.pending]


class _Entered(NamedTuple):
    """What deals were worth when they entered a stage, and how many say nothing of it."""

    amount: Number
    number: int
    without_value: int
    without_rate: int

    @classmethod
    def of(cls, basis: Basis, deals: Sequence[DealHistory], stage_id: int) -> _Entered:
        amount: Number = 0
        without_value = without_rate = 0
        base, day = basis.rules.currency, basis.calendar.day
        for deal in deals:
            at = deal.entered_at[deal.places.index(stage_id)]
            minor, currency = (
                deal.value_at(at) if deal.value_changes else (deal.minor, deal.currency)
            )
            if minor is None or currency is None:
                without_value += 1
                continue
            worth = minor if currency == base else basis.in_currency(minor, currency, day(at))
            if worth is None:
                without_rate += 1
            else:
                amount += worth
        number = len(deals) - without_value - without_rate
        return cls(amount, number, without_value, without_rate)


def regressions(basis: Basis, stage: Stage) -> int:
    """How often a deal came back to a stage from a later one in the period."""
    later = later_stages(basis, stage)
    stays = basis.visits.get(stage.id, ())
    return sum(place > 0 and deal.places[place - 1] in later for deal, place, _ in stays)


class Pass(NamedTuple):
    """When a deal first got beyond an open stage (by its place), and whether it had ever been in
    it."""

    at: int
    deal: DealHistory
    place: int
    is_skip: bool


def skipped(basis: Basis) -> dict[int, Metric]:
    """For each stage, the share of the deals that first got beyond it in the period without ever
    having been in it; a deal that began beyond a stage did not pass it."""
    stages = basis.rules.open_stages
    passed: list[list[DealHistory]] = [[] for _ in stages]
    skipping: list[list[DealHistory]] = [[] for _ in stages]
    for _, deal, place, is_skip in basis.once(passes):
        passed[place].append(deal)
        if is_skip:
            skipping[place].append(deal)
    return {
        stage.id: proportion(skipping[place], passed[place], "no deal passed it")
        for place, stage in enumerate(stages)
    }


def _who_passed(grouping: Grouping, one: Pass) -> Group:
    return grouping.event(one.deal, one.at)


@shared_out(_who_passed)
def passes(basis: Basis) -> Sequence[Pass]:
    """Every stage that a deal first got beyond in the period."""
    start, end, rank = basis.start, basis.end, basis.rules.rank
    passed = cache(lambda places: list(_passed(places, rank)))
    found: list[Pass] = []
    for deal in basis.deals.alive_after(start - 1):
        entered_at = deal.entered_at
        if len(entered_at) > 1 and entered_at[-1] >= start:
            found += [
                Pass(entered_at[when], deal, beyond, is_skip)
                for when, beyond, is_skip in passed(deal.places)
                if start <= entered_at[when] < end and deal.known_by(when) != UNKNOWN
            ]
    return found


def _passed(places: Places, rank: Mapping[int, int]) -> Iterator[tuple[int, int, bool]]:
    """With which place of a deal it first got beyond which stage, and whether it had never been
    in it."""
    furthest = rank[places[0]]
    entered = {furthest}
    for when, stage in enumerate(places[1:], 1):
        place = rank.get(stage, -1)
        if place > furthest:
            for beyond in range(furthest, place):
                yield when, beyond, beyond not in entered
            furthest = place
        entered.add(place)


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
    return _rate_of_last(basis, lead_velocity)


@named("lead_growth", Unit.RATIO, "Lead growth", better=True)
def lead_growth(basis: Basis) -> Metric:
    """Growth of all created leads over the month before."""
    return _rate_of_last(basis, lead_growth_series)


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
