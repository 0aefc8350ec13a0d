"""Whether stated probabilities come true (C8)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from pipeboard.domain.dates import add_months
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.forecast import CERTAIN_BP, NO_PROBABILITY
from pipeboard.domain.metrics.history import WON, History
from pipeboard.domain.metrics.result import (
    NONE_LEFT_OUT,
    Metric,
    Unit,
    left_out,
    missing,
    proportion,
)

NOT_ENOUGH = "not enough closed deals"
STILL_OPEN = "still open"
BAND_BP = 2_000


class Sample(NamedTuple):
    """What was said of a deal at a review, and what it came to."""

    bp: int
    won: bool
    deal: History


@dataclass(frozen=True, slots=True)
class Band:
    """The samples whose stated probability lay from `low_bp` to below `high_bp` (the last band
    includes 100 %): how many of them were won, and what was said on average."""

    low_bp: int
    high_bp: int
    won: Metric
    stated: Fraction | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """Brier score (0 is best), skill over always saying the base rate, bias (positive: too
    hopeful), and the reliability table."""

    brier: Metric
    skill: Metric
    bias: Metric
    bands: Sequence[Band]


def calibration(basis: Basis) -> Calibration:
    """The calibration at every month's start in the trailing window."""
    reviews = _reviews(basis)
    samples: list[Sample] = []
    unknown = 0
    for deal in basis.deals.closed:
        for us in _open_at(deal, reviews, basis.now):
            bp = _stated(basis, deal, us)
            if bp is None:
                unknown += 1
            else:
                samples.append(Sample(bp, deal.outcome == WON, deal))
    censored = sum(1 for deal in basis.deals.open for _ in _open_at(deal, reviews, basis.now))
    excluded = left_out({STILL_OPEN: censored, NO_PROBABILITY: unknown})
    return scored(samples, basis.rules.samples_needed, excluded)


def scored(
    samples: Sequence[Sample], needed: int, excluded: Mapping[str, int] = NONE_LEFT_OUT
) -> Calibration:
    """The calibration of samples; None while there are fewer than `needed`."""
    n = len(samples)
    if n < needed or not n:
        nothing = Metric(None, Unit.RATIO, n=n, reason=NOT_ENOUGH, excluded=excluded)
        return Calibration(nothing, nothing, nothing, _bands(samples))
    squares = sum((bp - CERTAIN_BP if won else bp) ** 2 for bp, won, _ in samples)
    brier = Fraction(squares, CERTAIN_BP**2 * n)
    rate = Fraction(sum(won for _, won, _ in samples), n)
    bias = Fraction(sum(bp for bp, _, _ in samples), CERTAIN_BP * n) - rate
    reference = rate * (1 - rate)
    skill = (
        Metric(1 - brier / reference, Unit.RATIO, brier, reference)
        if reference
        else missing(Unit.RATIO, "every deal ended the same way")
    )
    deals = list(dict.fromkeys(sample.deal for sample in samples))

    def told(metric: Metric) -> Metric:
        return replace(metric, n=n, excluded=excluded, numerator=deals, denominator=deals)

    return Calibration(
        told(Metric(brier, Unit.RATIO, brier * n, n)),
        told(skill),
        told(Metric(bias, Unit.RATIO, bias * n, n)),
        _bands(samples),
    )


def _reviews(basis: Basis) -> list[int]:
    """The first instants of the local months in the trailing window."""
    calendar, days = basis.calendar, basis.rules.measured_days
    month = basis.today.replace(day=1)
    starts = []
    while (basis.today - month).days <= days:
        starts.append(calendar.start(month))
        month = add_months(month, -1)
    return starts[::-1]


def _open_at(deal: History, reviews: Sequence[int], now: int) -> Iterable[int]:
    """The reviews at which a deal was open."""
    last = now if deal.closed_at is None else deal.closed_at
    if last < reviews[0]:
        return ()
    first = bisect_left(reviews, deal.created_at)
    after = bisect_right(reviews, last)
    within = reviews[first:after]
    # Only a deal that was closed or archived in between needs a look at every review.
    if deal.reopened or deal.archived_changes or (within and within[-1] == last):
        return [us for us in within if deal.is_open_at(us)]
    return within


def _stated(basis: Basis, deal: History, us: int) -> int | None:
    """The effective probability as it stood at a review."""
    by_hand = deal.bp_at(us)
    if by_hand is not None:
        return by_hand
    stage = deal.stage_at(us)
    return None if stage is None else basis.rules.chance_at(stage, us)


def _bands(samples: Sequence[Sample]) -> list[Band]:
    bands = []
    for low in range(0, CERTAIN_BP, BAND_BP):
        high = low + BAND_BP
        within = [s for s in samples if low <= s.bp < high or s.bp == high == CERTAIN_BP]
        won = proportion(
            [sample.deal for sample in within if sample.won],
            [sample.deal for sample in within],
            "no deal was given such a chance",
        )
        stated = Fraction(sum(s.bp for s in within), CERTAIN_BP * len(within)) if within else None
        bands.append(Band(low, high, won, stated))
    return bands
