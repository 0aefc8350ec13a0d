"""Past periods of the kind that is looked at, and what stood open in them, from events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeboard.domain.errors import BadInput
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.history import WON, History
from pipeboard.domain.metrics.result import Number
from pipeboard.domain.periods import Period

MOST_PERIODS = 4


@dataclass(frozen=True, slots=True)
class Standing:
    """A past period as it stood at an instant `at` in it (or just before it): the deals open then,
    and those that were won from then to its end."""

    period: Period
    at: int
    end: int
    open: Sequence[History]
    won: Sequence[History]


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


def at_starts(basis: Basis) -> Sequence[Standing]:
    """The past periods as they stood just before they began."""
    if basis.whole is not None:
        return [_own(basis, standing) for standing in basis.whole.once(at_starts)]
    return [_standing(basis, period, -1) for period in past_periods(basis)]


def at_same_time(basis: Basis) -> Sequence[Standing]:
    """The past periods as they stood as long after their start as this one has run."""
    if basis.whole is not None:
        return [_own(basis, standing) for standing in basis.whole.once(at_same_time)]
    run = max(-1, basis.now - basis.start)
    return [_standing(basis, period, run) for period in past_periods(basis)]


def standing_in(basis: Basis, period: Period, run: int) -> Standing:
    """A past period as it stood so many microseconds after its start, of this group."""
    if basis.whole is not None:
        return _own(basis, standing_in(basis.whole, period, run))
    return _standing(basis, period, run)


def _standing(basis: Basis, period: Period, run: int) -> Standing:
    start, end = basis.calendar.start(period.start), basis.calendar.start(period.end)
    at = min(start + run, end - 1)
    return Standing(
        period,
        at,
        end,
        [deal for deal in basis.deals.created if deal.created_at <= at and _was_open(deal, at)],
        [
            deal
            for deal in basis.deals.closed
            if deal.outcome == WON and deal.closed_at is not None and at < deal.closed_at < end
        ],
    )


def _was_open(deal: History, us: int) -> bool:
    if deal.closed_at is not None and deal.closed_at <= us and not deal.reopened:
        return False
    return deal.is_open_at(us)


def _own(basis: Basis, standing: Standing) -> Standing:
    """The part of a standing that belongs to one group."""
    grouping = basis.grouping
    if grouping is None:
        return standing
    at, group = standing.at, basis.group
    return Standing(
        standing.period,
        at,
        standing.end,
        [deal for deal in standing.open if grouping.standing(deal, at) == group],
        [deal for deal in standing.won if grouping.event(deal, deal.visit_began_at) == group],
    )


def was_due(deal: History, standing: Standing) -> bool:
    """Whether a deal was expected to close in the period then."""
    close = deal.close_at(standing.at)
    first, after = standing.period.start.isoformat(), standing.period.end.isoformat()
    return close is not None and first <= close < after


def worth_at(basis: Basis, deal: History, us: int) -> Number | None:
    """What a deal was worth at an instant, at the rate of that day; None without value or rate."""
    minor, currency = deal.value_at(us)
    if minor is None or currency is None:
        return None
    return basis.in_currency(minor, currency, basis.calendar.day(us))
