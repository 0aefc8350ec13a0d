"""Whether stated probabilities come true."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from math import sqrt
from typing import NamedTuple

from pipeboard.domain.counted_days import add_months
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.metrics.basis import Basis, shared_out
from pipeboard.domain.metrics.chances import CERTAIN_BP, Chances, chances_at
from pipeboard.domain.metrics.cycle import P90, lasted
from pipeboard.domain.metrics.forecast import BEST, COMMIT, NO_PROBABILITY, PIPELINE
from pipeboard.domain.metrics.history import WON, DealHistory
from pipeboard.domain.metrics.past_forecasts import (
    PastStanding,
    past_periods,
    standing_in,
    was_due,
    worth_at,
)
from pipeboard.domain.metrics.result import (
    DAY_US,
    NONE_LEFT_OUT,
    Z_95,
    Metric,
    Unit,
    left_out,
    missing,
    nearest_rank,
    wilson,
)
from pipeboard.domain.metrics.rules import Group, Grouping
from pipeboard.domain.periods import Period

NOT_ENOUGH = "not enough deals are old enough to be decided"
SAID_LATER = "the stage was given its chance later"
BAND_BP = 2_000


class Sample(NamedTuple):
    """What was said of a deal at a review, and what it came to."""

    bp: int
    won: bool
    deal: DealHistory


class Review(NamedTuple):
    """A deal that was open at a review; `bp` is None where nobody had said anything of it, or only
    `later`, and `by_hand` a person's word."""

    at: int
    deal: DealHistory
    bp: int | None
    by_hand: bool = False
    later: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """The samples whose stated probability lay from `low_bp` to below `high_bp` (the last band
    includes 100 %): how many of them were won, and what was said on average. `n` counts deals."""

    low_bp: int
    high_bp: int
    won: Metric
    stated: Fraction | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """Brier score (0 is best), skill over always saying the base rate, bias (positive: too
    hopeful), and the reliability table. `n` counts deals, however many reviews saw them, and the
    interval of the bias takes the reviews of one deal together. Of `said` chances, `by_hand` were a
    person's word for the deal, the others its stage's."""

    brier: Metric
    skill: Metric
    bias: Metric
    bands: Sequence[Band]
    said: int = 0
    by_hand: int = 0


def calibration(basis: Basis) -> Calibration:
    """The calibration over every month's start of the trailing window that nine of ten deals which
    stood open then have had the time to close since: what is still open has not been won."""
    found = basis.once(reviewed)
    told = [Sample(r.bp, r.deal.outcome == WON, r.deal) for r in found if r.bp is not None]
    later = sum(review.later for review in found)
    excluded = left_out({NO_PROBABILITY: len(found) - len(told) - later, SAID_LATER: later})
    scores = scored(told, basis.rules.samples_needed, excluded)
    return replace(scores, said=len(told), by_hand=sum(review.by_hand for review in found))


def _with_whom(grouping: Grouping, review: Review) -> Group:
    return grouping.standing(review.deal, review.at)


@shared_out(_with_whom)
def reviewed(basis: Basis) -> Sequence[Review]:
    """Every deal that was open at a review, for the group that it stood in then."""
    reviews, rules = _reviews(basis), basis.rules
    found: list[Review] = []
    if not reviews:
        return found
    chance_at, said_by = cache(rules.chance_at), cache(rules.said_by)
    stood = basis.deals.by_closing.between(reviews[0], basis.now + 1)
    for deal in (*stood, *basis.deals.open):
        for us in _open_at(deal, reviews, basis.now):
            said, stage_id = deal.bp_at(us), deal.stage_at(us)
            if said is not None:
                found.append(Review(us, deal, said, by_hand=True))
            elif stage_id is not None:
                later = not said_by(stage_id, us)
                of_stage = None if later else chance_at(stage_id, us)
                found.append(Review(us, deal, of_stage, later=later))
    return found


def scored(
    samples: Sequence[Sample], needed: int, excluded: Mapping[str, int] = NONE_LEFT_OUT
) -> Calibration:
    """The calibration of samples; None while they are of fewer than `needed` deals."""
    n, deals = len(samples), list(dict.fromkeys(sample.deal for sample in samples))
    if len(deals) < needed or not n:
        empty_reason = Metric(None, Unit.RATIO, n=len(deals), reason=NOT_ENOUGH, excluded=excluded)
        return Calibration(empty_reason, empty_reason, empty_reason, _bands(samples))
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

    def told(metric: Metric) -> Metric:
        return replace(metric, n=len(deals), excluded=excluded, numerator=deals, denominator=deals)

    reach = _reach(samples, bias)
    interval = (None, None) if reach is None else (float(bias) - reach, float(bias) + reach)
    low, high = interval
    return Calibration(
        told(Metric(brier, Unit.RATIO, brier * n, n)),
        told(skill),
        told(Metric(bias, Unit.RATIO, bias * n, n, low=low, high=high)),
        _bands(samples),
    )


def _reach(samples: Sequence[Sample], bias: Fraction) -> float | None:
    """Half the 95 % interval of the bias, the reviews of one deal taken as one observation."""
    off: defaultdict[int, float] = defaultdict(float)
    for bp, won, deal in samples:
        off[deal.id] += bp / CERTAIN_BP - won - float(bias)
    if len(off) < 2:
        return None
    spread = sum(error * error for error in off.values()) * len(off) / (len(off) - 1)
    return Z_95 * sqrt(spread) / len(samples)


def _reviews(basis: Basis) -> list[int]:
    """The first instants of the local months in the trailing window, up to as long ago as nine of
    ten deals took that closed in it."""
    calendar, days = basis.calendar, basis.rules.measured_days
    closed = [deal for deal in basis.closed_within(days) if deal.is_dated]
    if not closed:
        return []
    decided = basis.now - nearest_rank(sorted(lasted(basis, deal) for deal in closed), P90)
    month = basis.today.replace(day=1)
    starts = []
    while (basis.today - month).days <= days:
        if calendar.start(month) <= decided:
            starts.append(calendar.start(month))
        month = add_months(month, -1)
    return starts[::-1]


def _open_at(deal: DealHistory, reviews: Sequence[int], now: int) -> Iterable[int]:
    """The reviews at which a deal was open."""
    last = now if deal.closed_at is None else deal.closed_at
    first = bisect_left(reviews, deal.created_at)
    after = bisect_right(reviews, last)
    within = reviews[first:after]
    # Only a deal that was closed or archived in between needs a look at every review.
    if deal.reopened or deal.archived_changes or (within and within[-1] == last):
        return [us for us in within if deal.is_open_at(us)]
    return within


def _bands(samples: Sequence[Sample]) -> list[Band]:
    bands = []
    for low in range(0, CERTAIN_BP, BAND_BP):
        high = low + BAND_BP
        within = [s for s in samples if low <= s.bp < high or s.bp == high == CERTAIN_BP]
        won = _won_of(within)
        stated = Fraction(sum(s.bp for s in within), CERTAIN_BP * len(within)) if within else None
        bands.append(Band(low, high, won, stated))
    return bands


def _won_of(samples: Sequence[Sample]) -> Metric:
    """The share of samples that were won; its interval is that of as many deals, not reviews."""
    deals = list(dict.fromkeys(sample.deal for sample in samples))
    won = [sample.deal for sample in samples if sample.won]
    if not samples:
        return missing(Unit.RATIO, "no deal was given such a chance")
    share = Fraction(len(won), len(samples))
    low, high = wilson(share * len(deals), len(deals))
    return Metric(
        share, Unit.RATIO, len(won), len(samples), len(deals),
        numerator=list(dict.fromkeys(won)), denominator=deals, low=low, high=high,
    )  # fmt: skip


# What forecasts said week by week in past periods, against what came in the end.

WEEK_US = 7 * DAY_US
FORECAST_LINES = ("commit", "best", "pipeline", "weighted", "measured")


@dataclass(frozen=True, slots=True)
class WeekForecast:
    """What each forecast said at the start of a week of a past period, counted from 1: what was
    won by then and what the open deals were to bring, in minor units."""

    period: Period
    week: int
    said: Mapping[str, Fraction]
    came: Fraction

    def off(self, name: str) -> Fraction | None:
        """By which share of what came a forecast was off; None where nothing came."""
        return (self.said[name] - self.came) / self.came if self.came else None


def forecast_history(basis: Basis) -> Sequence[WeekForecast]:
    """The calls of every week of up to four past periods, the latest period first."""
    calls: list[WeekForecast] = []
    for period in past_periods(basis):
        start, end = basis.calendar.start(period.start), basis.calendar.start(period.end)
        won = standing_in(basis, period, -1).won
        came = Fraction(basis.tally(won).amount)
        for week, at in enumerate(range(start, end, WEEK_US), 1):
            standing = standing_in(basis, period, at - start - 1)
            booked = [deal for deal in won if (deal.closed_at or 0) <= standing.at]
            so_far = Fraction(basis.tally(booked).amount)
            expected = _expected(basis, standing)
            said = {name: so_far + amount for name, amount in expected.items()}
            calls.append(WeekForecast(period, week, said, came))
    return calls


def _expected(basis: Basis, standing: PastStanding) -> dict[str, Fraction]:
    known = chances_at(basis.everybody, standing.at)
    total = dict.fromkeys(FORECAST_LINES, Fraction(0))
    for deal in standing.open:
        worth = worth_at(basis, deal, standing.at)
        if worth is None:
            continue
        for name, share in _shares(basis, known, deal, standing).items():
            total[name] += share * worth
    return total


def _shares(
    basis: Basis, known: Chances, deal: DealHistory, standing: PastStanding
) -> dict[str, Fraction]:
    """How much of a deal each forecast counted then."""
    at, stage_id = standing.at, deal.stage_at(standing.at)
    ahead = standing.end - at - 1
    shares = {"measured": known.of(deal, at, ahead).value or Fraction(0)}
    if stage_id is None or not was_due(deal, standing):
        return shares
    category = deal.category_at(at) or basis.rules.pipeline.stage(stage_id).category
    for name, categories in (("commit", COMMIT), ("best", BEST), ("pipeline", PIPELINE)):
        shares[name] = Fraction(category in categories)
    by_hand = deal.bp_at(at)
    bp = known.table.get(stage_id) if by_hand is None else by_hand
    shares["weighted"] = Fraction(bp or 0, CERTAIN_BP)
    return shares
