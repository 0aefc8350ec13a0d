"""Past periods of the kind that is looked at, and what stood open in them, from events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeboard.domain.errors import BadInput
from pipeboard.domain.metrics.basis import Basis, shared_out
from pipeboard.domain.metrics.grouping import Group, Grouping
from pipeboard.domain.metrics.history import WON, DealHistory
from pipeboard.domain.metrics.result import Number
from pipeboard.domain.periods import Period

MOST_PERIODS = 4


@dataclass(frozen=True, slots=True)
class PastStanding:
    """A past period as it stood at an instant `at` in it (or just before it): the deals open then,
    and those that were won from then to its end."""

    period: Period
    at: int
    end: int
    open: Sequence[DealHistory]
    won: Sequence[DealHistory]


def past_periods(basis: Basis) -> list[Period]:
    """The periods that are over of `periods_before`; none from before the first deal."""
    everyone = basis.everybody.deals.created
    first = min((deal.created_at for deal in everyone), default=basis.now)
    return [p for p in periods_before(basis) if basis.calendar.start(p.start) >= first]


def periods_before(basis: Basis) -> list[Period]:
    """Up to four periods of the same kind before this one that are over, the latest first."""
    found: list[Period] = []
    period = basis.period
    while period.kind != "all" and len(found) < MOST_PERIODS:
        try:
            period = period.previous()
        except BadInput:
            break
        if basis.calendar.start(period.end) <= basis.now:
            found.append(period)
    return found


def at_starts(basis: Basis) -> Sequence[PastStanding]:
    """The past periods as they stood just before they began."""
    return _standings(basis, _at_starts, -1)


def at_same_time(basis: Basis) -> Sequence[PastStanding]:
    """The past periods as they stood as long after their start as this one has run."""
    return _standings(basis, _at_same_time, _run(basis))


class _Stood(NamedTuple):
    """A deal that stood open in a past period, by its place, or was `won` since."""

    place: int
    at: int
    deal: DealHistory
    won: bool


def _group_of(grouping: Grouping, stood: _Stood) -> Group:
    return (grouping.event if stood.won else grouping.standing)(stood.deal, stood.at)


@shared_out(_group_of)
def _at_starts(basis: Basis) -> Sequence[_Stood]:
    return _stood(basis, -1)


@shared_out(_group_of)
def _at_same_time(basis: Basis) -> Sequence[_Stood]:
    return _stood(basis, _run(basis))


def _run(basis: Basis) -> int:
    return max(-1, basis.now - basis.start)


def _stood(basis: Basis, run: int) -> list[_Stood]:
    found: list[_Stood] = []
    for place, period in enumerate(past_periods(basis)):
        standing = _standing(basis, period, run)
        found += [_Stood(place, standing.at, deal, False) for deal in standing.open]
        found += [_Stood(place, deal.visit_began_at, deal, True) for deal in standing.won]
    return found


def _standings(
    basis: Basis, find: Callable[[Basis], Sequence[_Stood]], run: int
) -> Sequence[PastStanding]:
    periods = basis.everybody.once(past_periods)
    open_then: list[list[DealHistory]] = [[] for _ in periods]
    won: list[list[DealHistory]] = [[] for _ in periods]
    for one in basis.once(find):
        (won if one.won else open_then)[one.place].append(one.deal)
    return [
        PastStanding(period, *_bounds(basis, period, run), open_then[place], won[place])
        for place, period in enumerate(periods)
    ]


def _bounds(basis: Basis, period: Period, run: int) -> tuple[int, int]:
    """The instant so long after the start of a period, and its end."""
    start, end = basis.calendar.start(period.start), basis.calendar.start(period.end)
    return min(start + run, end - 1), end


def standing_in(basis: Basis, period: Period, run: int) -> PastStanding:
    """A past period as it stood so many microseconds after its start, of this group."""
    if basis.whole is not None:
        return _own(basis, standing_in(basis.whole, period, run))
    return _standing(basis, period, run)


def _standing(basis: Basis, period: Period, run: int) -> PastStanding:
    at, end = _bounds(basis, period, run)
    return PastStanding(
        period,
        at,
        end,
        [
            deal
            for deal in basis.deals.created
            if deal.created_at <= at
            and (deal.closed_at is None or deal.closed_at > at or deal.reopened)
            and deal.is_open_at(at)
        ],
        [
            deal
            for deal in basis.deals.closed
            if deal.outcome == WON and deal.closed_at is not None and at < deal.closed_at < end
        ],
    )


def _own(basis: Basis, standing: PastStanding) -> PastStanding:
    """The part of a standing that belongs to one group."""
    grouping = basis.grouping
    if grouping is None:
        return standing
    at, group = standing.at, basis.group
    return PastStanding(
        standing.period,
        at,
        standing.end,
        [deal for deal in standing.open if grouping.standing(deal, at) == group],
        [deal for deal in standing.won if grouping.event(deal, deal.visit_began_at) == group],
    )


def was_due(deal: DealHistory, standing: PastStanding) -> bool:
    """Whether a deal was expected to close in the period then."""
    close = deal.close_at(standing.at)
    first, after = standing.period.start.isoformat(), standing.period.end.isoformat()
    return close is not None and first <= close < after


def worth_at(basis: Basis, deal: DealHistory, us: int) -> Number | None:
    """What a deal was worth at an instant, at the rate of that day; None without value or rate."""
    minor, currency = deal.value_at(us)
    if minor is None or currency is None:
        return None
    return basis.in_currency(minor, currency, basis.calendar.day(us))
