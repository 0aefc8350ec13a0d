"""Win rates: by count, by value, against competitors, of a cohort, and at their worst (C2)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.cycle import cycle_p90
from pipeboard.domain.metrics.history import WON, History
from pipeboard.domain.metrics.result import DAY_US, Metric, Unit, missing, proportion, ratio

NO_CLOSED = "no closed deals"
COMPETITIVE = frozenset(("competitor", "price"))


def win_rate(basis: Basis) -> Metric:
    """Won of the deals closed in the period, by count."""
    return proportion(basis.won, basis.closed, NO_CLOSED)


def win_rate_of(closed: list[History]) -> Metric:
    """As `win_rate`, of any closed deals."""
    return proportion([deal for deal in closed if deal.outcome == WON], closed, NO_CLOSED)


def win_rate_by_value(basis: Basis) -> Metric:
    """Won of the deals closed in the period, by their final or last value."""
    won, closed = basis.tally(basis.won), basis.tally(basis.closed)
    if not closed.deals:
        reason = NO_CLOSED if not basis.closed else "no closed deal has a value"
        return replace(missing(Unit.RATIO, reason), excluded=closed.excluded)
    metric = ratio(won.amount, closed.amount, n=len(closed.deals), nothing="closed deals worth 0")
    return replace(metric, excluded=closed.excluded, numerator=won.deals, denominator=closed.deals)


def win_rate_competitive(basis: Basis) -> Metric:
    """Won of the deals that were won, or lost to a competitor or on price (narrow win rate)."""
    contested = [deal for deal in basis.closed if deal.outcome == WON or deal.loss in COMPETITIVE]
    return proportion(basis.won, contested, NO_CLOSED)


def win_rate_of_cohort(basis: Basis) -> Metric:
    """Won by now of the deals created in the period; those still open are pending."""
    won = [deal for deal in basis.created if deal.outcome == WON]
    pending = sum(deal.closed_at is None for deal in basis.created)
    return proportion(won, basis.created, "no deals created", pending=pending)


def win_rate_pessimistic(basis: Basis) -> Metric:
    """The win rate if every open deal older than the P90 cycle were lost (C2, honesty line)."""
    longest = cycle_p90(basis)
    if longest.value is None:
        return missing(Unit.RATIO, "no won deals")
    stale = stale_open(basis, longest.value)
    return proportion(basis.won, [*basis.closed, *stale], NO_CLOSED)


def stale_open(basis: Basis, longest_days: Fraction | int) -> list[History]:
    """The open deals older than a number of days."""
    before = basis.now - longest_days * DAY_US
    return [deal for deal in basis.deals.open if deal.created_at < before]
