"""What came of deals: counts and sums of a period and of what stands open, win rates, losses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import erfc, exp, floor, lgamma, sqrt
from typing import NamedTuple

from pipeboard.domain.deal import NOT_SAID
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.cycle import NO_VALUED_WIN, cycle_p90, span
from pipeboard.domain.metrics.deals import NO_QUALIFIED, NO_RATE, NO_VALUE, UNCLOSED, UNDATED
from pipeboard.domain.metrics.history import LOST, WON, DealHistory
from pipeboard.domain.metrics.result import (
    DAY_US,
    Metric,
    Unit,
    added,
    count,
    left_out,
    missing,
    proportion,
    ratio,
)
from pipeboard.domain.metrics.wording import named

MERGED, INVALID = "merged into another deal", "invalid"


@named("won_count", Unit.COUNT, "Won", better=True)
def won_count(basis: Basis) -> Metric:
    """Deals won in the period, archived since or not."""
    return _with_left(basis, count(basis.won), WON)


@named("lost_count", Unit.COUNT, "Lost", better=False)
def lost_count(basis: Basis) -> Metric:
    """Deals lost in the period, archived since or not."""
    return _with_left(basis, count(basis.lost), LOST)


@named("open_count", Unit.COUNT, "Open", at_end=True)
def open_count(basis: Basis) -> Metric:
    """Deals open now."""
    return count(basis.deals.open)


@named("created_count", Unit.COUNT, "New", better=True)
def created_count(basis: Basis) -> Metric:
    """Deals created in the period, archived since or not."""
    unknown = left_out({UNDATED: len(basis.deals.rare.undated)})
    return replace(count(basis.created), excluded=unknown)


@named("qualified_count", Unit.COUNT, "Qualified", better=True)
def qualified_count(basis: Basis) -> Metric:
    """Deals that first became qualified in the period."""
    if not basis.rules.qualifying:
        return missing(Unit.COUNT, NO_QUALIFIED)
    return count([deal for at, deal in basis.deals.qualified if basis.holds(at)])


@named("won_value", Unit.MINOR, "Won value", better=True)
def won_value(basis: Basis) -> Metric:
    """What the deals won in the period brought, archived since or not."""
    return _with_left(basis, basis.tally(basis.won).metric(), WON)


@named("lost_value", Unit.MINOR, "Lost value", better=False)
def lost_value(basis: Basis) -> Metric:
    """What the deals lost in the period were last worth, archived since or not."""
    return _with_left(basis, basis.tally(basis.lost).metric(), LOST)


@named("open_value", Unit.MINOR, "Open value", at_end=True)
def open_value(basis: Basis) -> Metric:
    """What all open deals are worth, whenever they should close."""
    return basis.tally(basis.deals.open).metric()


@named("created_value", Unit.MINOR, "New value", better=True)
def created_value(basis: Basis) -> Metric:
    """What the deals created in the period are worth by now, archived since or not."""
    return basis.tally(basis.created).metric()


@named("created_and_won_share", Unit.RATIO, "Created and won")
def created_and_won_share(basis: Basis) -> Metric:
    """The share of the won value that was created in the period itself."""
    dated = [deal for deal in basis.won if deal.is_dated]
    won = basis.tally(dated)
    inside = basis.tally(d for d in won.deals if basis.holds(d.created_at))
    excluded = added(won.excluded, left_out({UNDATED: len(basis.won) - len(dated)}))
    if not won.deals:
        reason = won.reason or (UNDATED if basis.won else "no won deals")
        return replace(missing(Unit.RATIO, reason), excluded=excluded)
    metric = ratio(inside.amount, won.amount, n=len(won.deals), empty_reason="wins are worth 0")
    return replace(metric, excluded=excluded, numerator=inside.deals, denominator=won.deals)


def _with_left(basis: Basis, metric: Metric, outcome: int) -> Metric:
    """A number that says how many deals with that outcome are in none: merged away, invalid, or
    closed nobody knows when."""
    merged = sum(deal.outcome == outcome for deal in basis.merged)
    invalid = len(basis.invalid) if outcome == LOST else 0
    unknown = sum(deal.outcome == outcome for deal in basis.deals.rare.closed_sometime)
    left = left_out({MERGED: merged, INVALID: invalid, UNCLOSED: unknown})
    return replace(metric, excluded={**metric.excluded, **left}) if left else metric


# Win rates: by count, by value, against competitors, of a cohort, and at their worst.

NO_CLOSED = "no closed deals"
NO_LOSSES = "no loss was ever recorded"
NO_REASONS = "no loss has a reason"
LOSS_WITHOUT_REASON = "loss without a reason"
LOSS_WORTH_NOTHING = "loss without a value"
COMPETITIVE = frozenset(("competitor", "price"))


@named("win_rate", Unit.RATIO, "Win rate", better=True)
def win_rate(basis: Basis) -> Metric:
    """Won of all deals closed in the period; deals that nobody closes are not in it."""
    return win_rate_of(basis, basis.closed)


def win_rate_of(basis: Basis, closed: Sequence[DealHistory]) -> Metric:
    """As `win_rate`, of any closed deals."""
    if closed and not basis.everybody.once(any_loss):
        return missing(Unit.RATIO, NO_LOSSES, n=len(closed))
    return proportion([deal for deal in closed if deal.outcome == WON], closed, NO_CLOSED)


def any_loss(basis: Basis) -> bool:
    """Whether losses are recorded at all."""
    return any(deal.outcome == LOST for deal in basis.population)


@named("win_rate_value", Unit.RATIO, "Win rate by value", better=True)
def win_rate_by_value(basis: Basis) -> Metric:
    """Won value of all value closed in the period.

    A loss at a value of 0 says no more than one without: where what was lost is not known, what
    was won is no share of anything, and neither is what was lost where no win has a value.
    """
    won = basis.tally(basis.won)
    lost = basis.tally(deal for deal in basis.lost if deal.minor != 0)
    worthless = sum(deal.minor == 0 for deal in basis.lost)
    unvalued = {reason: won.excluded.get(reason, 0) + lost.excluded.get(reason, 0)
                for reason in (NO_VALUE, NO_RATE)}  # fmt: skip
    excluded = left_out({**unvalued, LOSS_WORTH_NOTHING: worthless})
    deals = [*won.deals, *lost.deals]
    reason = None
    if not basis.closed:
        reason = NO_CLOSED
    elif not basis.everybody.once(any_loss):
        reason = NO_LOSSES
    elif not deals:
        reason = won.no_rate or lost.no_rate or "no closed deal has a value"
    elif basis.lost and not lost.deals:
        reason = lost.no_rate or "no lost deal has a value"
    elif basis.won and not won.deals:
        reason = won.no_rate or NO_VALUED_WIN
    if reason:
        return replace(missing(Unit.RATIO, reason), excluded=excluded)
    metric = ratio(
        won.amount, won.amount + lost.amount, n=len(deals), empty_reason="closed deals worth 0"
    )
    return replace(metric, excluded=excluded, numerator=won.deals, denominator=deals)


@named("win_rate_competitive", Unit.RATIO, "Competitive win rate", better=True)
def win_rate_competitive(basis: Basis) -> Metric:
    """Won of the deals that were won, or lost to a competitor or on price."""
    contested = [deal for deal in basis.closed if deal.outcome == WON or deal.loss in COMPETITIVE]
    unsaid = sum(deal.loss == NOT_SAID for deal in basis.lost)
    excluded = left_out({LOSS_WITHOUT_REASON: unsaid})
    if basis.closed and not basis.everybody.once(any_loss):
        return replace(missing(Unit.RATIO, NO_LOSSES), excluded=excluded)
    if unsaid and unsaid == len(basis.lost):
        return replace(missing(Unit.RATIO, NO_REASONS, n=len(contested)), excluded=excluded)
    return proportion(basis.won, contested, NO_CLOSED, excluded=excluded)


@named("win_rate_cohort", Unit.RATIO, "Win rate of new deals", better=True)
def win_rate_of_cohort(basis: Basis) -> Metric:
    """Won by now of the deals created in the period; it can still grow while some are open."""
    won = [deal for deal in basis.created if deal.outcome == WON]
    pending = sum(deal.closed_at is None for deal in basis.created)
    return proportion(won, basis.created, "no deals created", pending=pending)


@named("win_rate_pessimistic", Unit.RATIO, "Win rate if stale deals were lost", better=True)
def win_rate_pessimistic(basis: Basis) -> Metric:
    """The win rate if every open deal older than nine of ten wins were lost."""
    longest = cycle_p90(basis)
    if longest.value is None:
        return missing(Unit.RATIO, "no won deals")
    closed = {deal.id for deal in basis.closed}
    stale = [d for d in stale_open(basis.stock, longest.value) if d.id not in closed]
    if not stale and not basis.everybody.once(any_loss):
        return missing(Unit.RATIO, NO_LOSSES)
    return proportion(basis.won, [*basis.closed, *stale], NO_CLOSED)


def stale_open(basis: Basis, longest_days: Fraction | int) -> list[DealHistory]:
    """The open deals older than a number of days."""
    longest = floor(longest_days * DAY_US)  # as spans are: whole numbers are quick to compare
    return [d for d in basis.deals.open if d.is_dated and span(basis, d, 0) > longest]


# Whether win rates differ by more than chance, with one false claim in twenty over all of them.

LEVEL = 0.05
LEAST_EXPECTED = 5
"""Wins and losses that must be expected on either side for the normal approximation to hold; with
fewer the exact test is made."""


class RateDifference(NamedTuple):
    """A rate that differs from that of all others together."""

    name: str
    won: int
    closed: int
    others_won: int
    others_closed: int

    @property
    def is_higher(self) -> bool:
        return self.won * self.others_closed > self.others_won * self.closed


def differing(rates: Mapping[str, Metric]) -> list[RateDifference]:
    """The rates that differ from the others by more than chance, the surest first.

    Each is held against all others together by the pooled two-proportion z-test, or by Fisher's
    exact test (1922) where few are expected; Holm's step-down (1979) keeps the chance of any false
    claim below one in twenty, however many there are.
    """
    total_won = sum(int(rate.num or 0) for rate in rates.values())
    total = sum(int(rate.den or 0) for rate in rates.values())
    tested: list[tuple[float, RateDifference]] = []
    for name, rate in rates.items():
        won, closed = int(rate.num or 0), int(rate.den or 0)
        found = RateDifference(name, won, closed, total_won - won, total - closed)
        p = p_value(found)
        if p is not None:
            tested.append((p, found))
    tested.sort(key=lambda one: (one[0], one[1].name))
    # Of two, the second is the first seen from the other side: one claim, not two.
    claims = 1 if len(tested) == 2 else len(tested)
    kept: list[RateDifference] = []
    for place, (p, found) in enumerate(tested[:claims]):
        if p > LEVEL / (claims - place):
            break
        kept.append(found)
    return kept


def p_value(found: RateDifference) -> float | None:
    """How likely chance alone makes such a difference, by both sides; None where one has none."""
    n, m = found.closed, found.others_closed
    if not n or not m:
        return None
    pooled = (found.won + found.others_won) / (n + m)
    if min(n, m) * min(pooled, 1 - pooled) < LEAST_EXPECTED:
        return _exact_p_value(found)
    off = found.won / n - found.others_won / m
    return erfc(abs(off) / sqrt(pooled * (1 - pooled) * (1 / n + 1 / m)) / sqrt(2))


def _exact_p_value(found: RateDifference) -> float:
    """Fisher's exact test: the share of all ways to deal out the wins that are as rare as this."""
    n, m, won = found.closed, found.others_closed, found.won + found.others_won

    def chance(own: int) -> float:
        return exp(_log_ways(n, own) + _log_ways(m, won - own) - _log_ways(n + m, won))

    rarity = chance(found.won) * (1 + 1e-9)  # what is as rare may differ in the last digit
    each = map(chance, range(max(0, won - m), min(n, won) + 1))
    return min(1.0, sum(one for one in each if one <= rarity))


def _log_ways(n: int, k: int) -> float:
    """The logarithm of how many ways there are to choose k of n."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


# Why deals were lost, and where in the pipeline.


@dataclass(frozen=True, slots=True)
class LossReason:
    """The deals lost for one reason in the period, their last value, and from which stage (by id)
    how many: an early loss costs little, a late one much."""

    category: str
    deals: Sequence[DealHistory]
    value: Metric
    stages: Mapping[int, int]


def loss_reasons(basis: Basis) -> list[LossReason]:
    """The reasons of the period, the most frequent first."""
    by_category: dict[str, list[DealHistory]] = {}
    for deal in basis.lost:
        by_category.setdefault(deal.loss or NOT_SAID, []).append(deal)
    reasons = [
        LossReason(category, deals, basis.tally(deals).metric(), lost_from(deals))
        for category, deals in by_category.items()
    ]
    return sorted(reasons, key=lambda reason: (-len(reason.deals), reason.category))


def lost_from(deals: Sequence[DealHistory]) -> Counter[int]:
    """From which stage how many of these deals were lost."""
    return Counter(deal.stage_id for deal in deals)


@dataclass(frozen=True, slots=True)
class Rival:
    """The deals of the period that were lost to one competitor, and their last value."""

    competitor: str
    deals: Sequence[DealHistory]
    value: Metric


def competitors(basis: Basis) -> list[Rival]:
    """To whom deals were lost in the period, whom most first."""
    by_name: dict[str, list[DealHistory]] = {}
    for deal in basis.lost:
        if deal.competitor:
            by_name.setdefault(deal.competitor, []).append(deal)
    rivals = [Rival(name, deals, basis.tally(deals).metric()) for name, deals in by_name.items()]
    return sorted(rivals, key=lambda rival: (-len(rival.deals), rival.competitor))
