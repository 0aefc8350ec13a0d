"""What forecasts said week by week in past periods, against what came in the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.categories import BEST, COMMIT, PIPELINE
from pipeboard.domain.metrics.chances import CERTAIN_BP, Chances, chances_at
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.past import PastStanding, past_periods, standing_in, was_due, worth_at
from pipeboard.domain.metrics.result import DAY_US
from pipeboard.domain.periods import Period

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
