"""How long deals take to close."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.deals import UNDATED, MoneySum, qualified_at
from pipeboard.domain.metrics.history import BY_DAY, LOST, WON, DealHistory
from pipeboard.domain.metrics.result import (
    DAY_US,
    Metric,
    Number,
    Unit,
    aalen_johansen,
    kaplan_meier,
    left_out,
    mean,
    median,
    missing,
    nearest_rank,
    ratio,
)
from pipeboard.domain.metrics.wording import named

P90 = Fraction(9, 10)
NO_WON = "no won deals"


def days(us: Number) -> Fraction:
    """A duration in elapsed days of 24 hours."""
    return Fraction(us) / DAY_US


def lasted(basis: Basis, deal: DealHistory) -> int:
    """From the creation of a closed deal to its close, in microseconds; in whole days between the
    local dates where one of the two is known by its day only."""
    closed = basis.now if deal.closed_at is None else deal.closed_at
    if BY_DAY in (deal.created_by, deal.closed_by):
        day = basis.calendar.day
        return max(0, (day(closed) - day(deal.created_at)).days) * DAY_US
    return closed - deal.created_at


def cycles(basis: Basis, closed: Sequence[DealHistory]) -> list[int]:
    """How long closed deals took, ascending, in microseconds; deals without a created date are
    left out."""
    return sorted(lasted(basis, deal) for deal in closed if deal.is_dated)


def of_durations(value: Number | None, deals: Sequence[DealHistory], empty_reason: str) -> Metric:
    """A number of days that a duration in microseconds comes to."""
    if value is None:
        return missing(Unit.DAYS, empty_reason, n=len(deals))
    return Metric(days(value), Unit.DAYS, num=days(value), n=len(deals), numerator=deals)


def _of_wins(value: Number | None, won: Sequence[DealHistory]) -> Metric:
    """As `of_durations`, of wins; those without a created date are left out and counted."""
    dated = [deal for deal in won if deal.is_dated]
    metric = of_durations(value, dated, "no win has a created date" if won else NO_WON)
    return replace(metric, excluded=left_out({UNDATED: len(won) - len(dated)}))


@named("cycle_days_median", Unit.DAYS, "Cycle", better=False)
def cycle_median(basis: Basis) -> Metric:
    """Half of the wins of the period came within so many days of their creation."""
    spans = cycles(basis, basis.won)
    return _of_wins(median(spans) if spans else None, basis.won)


@named("cycle_days_mean", Unit.DAYS, "Mean cycle", better=False)
def cycle_mean(basis: Basis) -> Metric:
    """Average days from creation to win."""
    return mean_cycle(basis, basis.won)


def mean_cycle(basis: Basis, won: Sequence[DealHistory]) -> Metric:
    """As `cycle_mean`, of any won deals."""
    spans = cycles(basis, won)
    return _of_wins(mean(spans) if spans else None, won)


@named("cycle_days_p90", Unit.DAYS, "Long cycle", better=False)
def cycle_p90(basis: Basis) -> Metric:
    """Nine of ten wins came within so many days."""
    spans = cycles(basis, basis.won)
    return _of_wins(nearest_rank(spans, P90) if spans else None, basis.won)


@named("cycle_days_qualified_median", Unit.DAYS, "Cycle once qualified", better=False)
def cycle_since_qualified(basis: Basis) -> Metric:
    """Half of the wins came within so many days of qualifying."""
    starts = ((qualified_at(deal, basis.rules), deal) for deal in basis.won)
    spans = sorted(
        max(0, deal.closed_at - at)
        for at, deal in starts
        if at is not None and deal.closed_at is not None
    )
    return _of_wins(median(spans) if spans else None, basis.won)


@named("cycle_days_active_median", Unit.DAYS, "Active cycle", better=False)
def active_cycle(basis: Basis) -> Metric:
    """Half of the wins came within so many days, time parked not counted."""
    spans = sorted(
        max(0, lasted(basis, deal) - snoozed_time(deal, basis))
        for deal in basis.won
        if deal.is_dated
    )
    return _of_wins(median(spans) if spans else None, basis.won)


def snoozed_time(deal: DealHistory, basis: Basis) -> int:
    """For how long a deal was parked until it closed or until now, in microseconds."""
    last = basis.now if deal.closed_at is None else deal.closed_at
    ends = [at for at, _ in deal.snoozes[1:]] + [last]
    total = 0
    for (at, until), end in zip(deal.snoozes, ends, strict=False):
        if until is not None:
            woken = basis.calendar.start(date.fromisoformat(until))
            total += max(0, min(woken, end, last) - at)
    return total


@named("close_days_km_median", Unit.DAYS, "Time to close", better=False)
def close_median(basis: Basis) -> Metric:
    """Half of the deals created in the period close either way within so many days, with those
    still open taken into account."""
    deals = [deal for deal in basis.created if deal.is_close_dated]
    if not deals:
        return missing(Unit.DAYS, "no deals created")
    ended = [lasted(basis, deal) for deal in deals if deal.closed_at is not None]
    running = [watched(basis, deal) for deal in deals if deal.closed_at is None]
    return of_durations(kaplan_meier(ended, running).median(), deals, "not reached")


def watched(basis: Basis, deal: DealHistory) -> int:
    """For how long a deal that has not closed has been seen open: until now, or until it was
    archived; in microseconds."""
    changes = deal.archived_changes
    last = changes[-1][0] if deal.archived and changes else basis.now
    return max(0, last - deal.created_at)


def time_to_win(basis: Basis) -> list[tuple[Fraction, float]]:
    """The share of the deals created in the period that is won within so many days, by
    Aalen-Johansen with losing as the competing outcome."""
    spans = {
        outcome: [
            lasted(basis, deal) if outcome else watched(basis, deal)
            for deal in basis.created
            if deal.outcome == outcome
        ]
        for outcome in (WON, LOST, 0)
    }
    curve = aalen_johansen(spans[WON], spans[LOST], spans[0])
    return [(days(us), share) for us, share in curve]


# How large deals are, and how much of their first value is left at the win.

NO_VALUED_WIN = "no won deal has a value"


@named("deal_size_mean", Unit.MINOR, "Deal size", better=True)
def deal_size_mean(basis: Basis) -> Metric:
    """Average value of the deals won in the period."""
    return mean_size(basis, basis.won, NO_VALUED_WIN)


def mean_size(
    basis: Basis, deals: Sequence[DealHistory], empty_reason: str = NO_VALUED_WIN
) -> Metric:
    """Mean value of deals."""
    tally = basis.tally(deals)
    metric = ratio(tally.amount, len(tally.deals), n=len(tally.deals), empty_reason=empty_reason)
    return _of(tally, replace(metric, unit=Unit.MINOR))


@named("deal_size_median", Unit.MINOR, "Median deal size", better=True)
def deal_size_median(basis: Basis) -> Metric:
    """Half of the wins of the period were worth at most this."""
    tally = basis.tally(basis.won)
    values = sorted(worth for deal in tally.deals if (worth := basis.worth(deal)) is not None)
    if not values:
        return _of(tally, missing(Unit.MINOR, NO_VALUED_WIN))
    middle = median(values)
    return _of(tally, Metric(middle, Unit.MINOR, num=middle, n=len(values)))


@named("open_deal_size_mean", Unit.MINOR, "Open deal size", at_end=True)
def open_deal_size_mean(basis: Basis) -> Metric:
    """Average value of the open deals."""
    return mean_size(basis, basis.deals.open, "no open deal has a value")


@named("value_kept", Unit.RATIO, "Value kept", better=True)
def kept_value(basis: Basis) -> Metric:
    """What wins brought over what they were first said to be worth."""
    num: Number = 0
    den: Number = 0
    deals = []
    for deal in basis.tally(basis.won).deals:
        final, first = basis.worth(deal), _first_worth(basis, deal)
        if final is not None and first is not None:
            num, den = num + final, den + first
            deals.append(deal)
    metric = ratio(num, den, n=len(deals), empty_reason=NO_VALUED_WIN)
    return replace(metric, numerator=deals)


def _first_worth(basis: Basis, deal: DealHistory) -> Number | None:
    """The first value at the rate of the day on which the deal closed, as the final one is."""
    if deal.first_minor is None or deal.first_currency is None or deal.closed_at is None:
        return None
    day = basis.calendar.day(deal.closed_at)
    return basis.in_currency(deal.first_minor, deal.first_currency, day)


def _of(tally: MoneySum, metric: Metric) -> Metric:
    return replace(metric, excluded=tally.excluded, numerator=tally.deals)
