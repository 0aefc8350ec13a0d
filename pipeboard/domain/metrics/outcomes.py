"""Counts and sums of a period, and of what stands open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.deals import NO_QUALIFIED
from pipeboard.domain.metrics.history import LOST, NOT_SAID, WON, DealHistory
from pipeboard.domain.metrics.result import Metric, Unit, count, left_out, missing, ratio
from pipeboard.domain.metrics.wording import named

MERGED, INVALID, UNDATED = "merged into another deal", "invalid", "no created date"
UNCLOSED = "no closing date"


@named("won_count", Unit.COUNT, "Won", better=True)
def won_count(basis: Basis) -> Metric:
    """Deals won in the period."""
    return _with_left(basis, count(basis.won), WON)


@named("lost_count", Unit.COUNT, "Lost", better=False)
def lost_count(basis: Basis) -> Metric:
    """Deals lost in the period."""
    return _with_left(basis, count(basis.lost), LOST)


@named("open_count", Unit.COUNT, "Open", at_end=True)
def open_count(basis: Basis) -> Metric:
    """Deals open now."""
    return count(basis.deals.open)


@named("created_count", Unit.COUNT, "New", better=True)
def created_count(basis: Basis) -> Metric:
    """Deals created in the period."""
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
    """What the deals won in the period brought."""
    return _with_left(basis, basis.tally(basis.won).metric(), WON)


@named("lost_value", Unit.MINOR, "Lost value", better=False)
def lost_value(basis: Basis) -> Metric:
    """What the deals lost in the period were last worth."""
    return _with_left(basis, basis.tally(basis.lost).metric(), LOST)


@named("open_value", Unit.MINOR, "Open value", at_end=True)
def open_value(basis: Basis) -> Metric:
    """What all open deals are worth, whenever they should close."""
    return basis.tally(basis.deals.open).metric()


@named("created_value", Unit.MINOR, "New value", better=True)
def created_value(basis: Basis) -> Metric:
    """What the deals created in the period are worth by now."""
    return basis.tally(basis.created).metric()


@named("created_and_won_share", Unit.RATIO, "Created and won")
def created_and_won_share(basis: Basis) -> Metric:
    """The share of the won value that was created in the period itself."""
    won = basis.tally(basis.won)
    inside = basis.tally(d for d in won.deals if d.is_dated and basis.holds(d.created_at))
    if not won.deals:
        return missing(Unit.RATIO, won.reason or "no won deals")
    metric = ratio(inside.amount, won.amount, n=len(won.deals), empty_reason="wins are worth 0")
    return replace(metric, excluded=won.excluded, numerator=inside.deals, denominator=won.deals)


def _with_left(basis: Basis, metric: Metric, outcome: int) -> Metric:
    """A number that says how many deals with that outcome are in none: merged away, invalid, or
    closed nobody knows when."""
    merged = sum(deal.outcome == outcome for deal in basis.merged)
    invalid = len(basis.invalid) if outcome == LOST else 0
    unknown = sum(deal.outcome == outcome for deal in basis.deals.rare.closed_sometime)
    left = left_out({MERGED: merged, INVALID: invalid, UNCLOSED: unknown})
    return replace(metric, excluded={**metric.excluded, **left}) if left else metric


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
