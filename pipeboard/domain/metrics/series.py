"""Numbers week by week, for a trend at a glance."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.history import WON, DealHistory
from pipeboard.domain.metrics.result import Metric, count

SHOWN_WEEKS = 13


@dataclass(frozen=True, slots=True)
class Week:
    """One week from its first day: what was won, and the deals created with what they are worth."""

    start: date
    won: Metric
    won_deals: Sequence[DealHistory]
    created: Metric
    created_value: Metric
    partial: bool


def weeks(basis: Basis) -> list[Week]:
    """The last thirteen weeks up to the end of the period or now, oldest first."""
    last = min(basis.today, basis.period.end - timedelta(days=1))
    first_day = basis.rules.settings.week_start
    monday = last - timedelta(days=(last.weekday() - first_day) % 7)
    starts = [monday - timedelta(weeks=back) for back in range(SHOWN_WEEKS - 1, -1, -1)]
    edges = [basis.calendar.start(day) for day in (*starts, monday + timedelta(weeks=1))]
    wins = [deal for deal in basis.deals.closed if deal.outcome == WON]
    won = _by_week(wins, [deal.closed_at or 0 for deal in wins], edges)
    dated = [deal for deal in basis.deals.created if deal.is_dated]
    created = _by_week(dated, [deal.created_at for deal in dated], edges)
    return [
        Week(
            start,
            basis.tally(won[place]).metric(),
            won[place],
            count(created[place]),
            basis.tally(created[place]).metric(),
            edges[place + 1] > basis.now,
        )
        for place, start in enumerate(starts)
    ]


def _by_week(
    deals: Sequence[DealHistory], instants: Sequence[int], edges: Sequence[int]
) -> list[list[DealHistory]]:
    found: list[list[DealHistory]] = [[] for _ in edges[1:]]
    for deal, us in zip(deals, instants, strict=True):
        place = bisect_right(edges, us) - 1
        if 0 <= place < len(found):
            found[place].append(deal)
    return found
