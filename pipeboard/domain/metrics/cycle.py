"""How long deals take to close (C3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.deals import qualified_at
from pipeboard.domain.metrics.history import LOST, WON, History
from pipeboard.domain.metrics.result import (
    DAY_US,
    Metric,
    Number,
    Unit,
    mean,
    median,
    missing,
    nearest_rank,
)
from pipeboard.domain.metrics.survival import aalen_johansen, kaplan_meier

P90 = Fraction(9, 10)
NO_WON = "no won deals"


def days(us: Number) -> Fraction:
    """A duration in elapsed days of 24 hours (`metrics.md` C0)."""
    return Fraction(us) / DAY_US


def cycles(won: Sequence[History]) -> list[int]:
    """From creation to the final win, ascending, in microseconds."""
    return sorted(deal.closed_at - deal.created_at for deal in won if deal.closed_at is not None)


def of_durations(value: Number | None, deals: Sequence[History], nothing: str) -> Metric:
    """A number of days that a duration in microseconds comes to."""
    if value is None:
        return missing(Unit.DAYS, nothing, n=len(deals))
    return Metric(days(value), Unit.DAYS, num=days(value), n=len(deals), numerator=deals)


def cycle_median(basis: Basis) -> Metric:
    """Median days from creation to win of the deals won in the period."""
    spans = cycles(basis.won)
    return of_durations(median(spans) if spans else None, basis.won, NO_WON)


def cycle_mean(basis: Basis) -> Metric:
    """Mean days from creation to win."""
    return mean_cycle(basis.won)


def mean_cycle(won: Sequence[History]) -> Metric:
    """As `cycle_mean`, of any won deals."""
    spans = cycles(won)
    return of_durations(mean(spans) if spans else None, won, NO_WON)


def cycle_p90(basis: Basis) -> Metric:
    """The days within which nine of ten wins came, by nearest rank."""
    spans = cycles(basis.won)
    return of_durations(nearest_rank(spans, P90) if spans else None, basis.won, NO_WON)


def cycle_since_qualified(basis: Basis) -> Metric:
    """Median days from qualification to win; deals that qualified by winning count as 0."""
    starts = ((qualified_at(deal, basis.rules), deal) for deal in basis.won)
    spans = sorted(
        deal.closed_at - at for at, deal in starts if at is not None and deal.closed_at is not None
    )
    return of_durations(median(spans) if spans else None, basis.won, NO_WON)


def active_cycle(basis: Basis) -> Metric:
    """Median days from creation to win without the time that deals were snoozed."""
    spans = sorted(
        deal.closed_at - deal.created_at - snoozed_time(deal, basis)
        for deal in basis.won
        if deal.closed_at is not None
    )
    return of_durations(median(spans) if spans else None, basis.won, NO_WON)


def snoozed_time(deal: History, basis: Basis) -> int:
    """For how long a deal was parked until it closed or until now, in microseconds."""
    last = basis.now if deal.closed_at is None else deal.closed_at
    ends = [at for at, _ in deal.snoozes[1:]] + [last]
    total = 0
    for (at, until), end in zip(deal.snoozes, ends, strict=False):
        if until is not None:
            woken = basis.calendar.start(date.fromisoformat(until))
            total += max(0, min(woken, end, last) - at)
    return total


def close_median(basis: Basis) -> Metric:
    """Median days until a deal created in the period closes either way, by Kaplan-Meier: open
    deals count as lasting at least until now, so that quick closers do not stand for all."""
    deals = basis.created
    if not deals:
        return missing(Unit.DAYS, "no deals created")
    ended = [d.closed_at - d.created_at for d in deals if d.closed_at is not None]
    running = [basis.now - d.created_at for d in deals if d.closed_at is None]
    return of_durations(kaplan_meier(ended, running).median(), deals, "not reached")


def time_to_win(basis: Basis) -> list[tuple[Fraction, float]]:
    """The share of the deals created in the period that is won within so many days, by
    Aalen-Johansen with losing as the competing outcome."""
    spans = {
        outcome: [
            (basis.now if deal.closed_at is None else deal.closed_at) - deal.created_at
            for deal in basis.created
            if deal.outcome == outcome
        ]
        for outcome in (WON, LOST, 0)
    }
    curve = aalen_johansen(spans[WON], spans[LOST], spans[0])
    return [(days(us), share) for us, share in curve]
