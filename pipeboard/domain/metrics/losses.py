"""Why deals were lost, and where in the pipeline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.history import NOT_SAID, DealHistory
from pipeboard.domain.metrics.result import Metric


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
