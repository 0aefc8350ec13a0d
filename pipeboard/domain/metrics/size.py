"""How large deals are, and how much of their first value is left at the win."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.definition import named
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.result import Metric, Number, Unit, median, missing, ratio
from pipeboard.domain.metrics.tally import MoneySum

NO_VALUED_WIN = "no won deal has a value"


@named("deal_size_mean", Unit.MINOR, "Deal size", better=True)
def deal_size_mean(basis: Basis) -> Metric:
    """Average value of the deals won in the period."""
    return mean_size(basis, basis.won, NO_VALUED_WIN)


def mean_size(basis: Basis, deals: Sequence[DealHistory], nothing: str = NO_VALUED_WIN) -> Metric:
    """Mean value of deals."""
    tally = basis.tally(deals)
    metric = ratio(tally.amount, len(tally.deals), n=len(tally.deals), nothing=nothing)
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
    metric = ratio(num, den, n=len(deals), nothing=NO_VALUED_WIN)
    return replace(metric, numerator=deals)


def _first_worth(basis: Basis, deal: DealHistory) -> Number | None:
    """The first value at the rate of the day on which the deal closed, as the final one is."""
    if deal.first_minor is None or deal.first_currency is None or deal.closed_at is None:
        return None
    day = basis.calendar.day(deal.closed_at)
    return basis.in_currency(deal.first_minor, deal.first_currency, day)


def _of(tally: MoneySum, metric: Metric) -> Metric:
    return replace(metric, excluded=tally.excluded, numerator=tally.deals)
