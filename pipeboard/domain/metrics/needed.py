"""The coverage that is needed: how much pipeline it took at the same time of past periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.past import PastStanding, at_same_time, was_due, worth_at
from pipeboard.domain.metrics.result import Metric, Number, Unit, missing, ratio

NO_PAST = "no past period to learn it from"


@dataclass(frozen=True, slots=True)
class Conversion:
    """What past periods made of the pipeline that stood at the same time in them.

    `pipe` was due then and `won` came from then to their ends, of which `inside` was not yet there:
    created and closed meanwhile. Amounts are minor units, summed over `periods` periods; `deals`
    are those that were due then.
    """

    periods: int
    pipe: Fraction
    won: Fraction
    inside: Fraction
    deals: Sequence[DealHistory] = field(default=(), compare=False)

    @property
    def inside_share(self) -> Fraction | None:
        """The share of what came that was created and closed inside."""
        return self.inside / self.won if self.won else None


def conversion_of_pipeline(basis: Basis) -> Conversion:
    """The conversion over up to four past periods of the same kind."""
    standings = basis.once(at_same_time)
    won = inside = Fraction(0)
    pipe: Number = 0
    deals: list[DealHistory] = []
    for standing in standings:
        due = _due_then(standing)
        deals += due
        pipe += sum(worth_at(basis, deal, standing.at) or 0 for deal in due)
        won += basis.tally(standing.won).amount
        born = [deal for deal in standing.won if deal.created_at > standing.at]
        inside += basis.tally(born).amount
    return Conversion(len(standings), Fraction(pipe), won, inside, deals)


def _due_then(standing: PastStanding) -> list[DealHistory]:
    """What was due then and could be worked on: not parked until after the period."""
    after = standing.period.end.isoformat()
    return [
        deal
        for deal in standing.open
        if was_due(deal, standing) and (_parked(deal, standing.at) or "") < after
    ]


def _parked(deal: DealHistory, us: int) -> str | None:
    """Until which day a deal was snoozed at an instant."""
    until = None
    for at, day in deal.snoozes:
        if at <= us:
            until = day
    return until


def needed_coverage(basis: Basis) -> Metric:
    """Pipeline over what came of it from the same time on: with so much, a rest of the target would
    just be made; `n` counts the periods that it rests on."""
    found = basis.once(conversion_of_pipeline)
    if not found.periods:
        return missing(Unit.TIMES, NO_PAST)
    if not found.won:
        return missing(Unit.TIMES, "nothing was won then", num=found.pipe, n=found.periods)
    if not found.pipe:
        return missing(Unit.TIMES, "nothing was due then", n=found.periods)
    metric = ratio(found.pipe, found.won, n=found.periods, nothing="", unit=Unit.TIMES)
    return replace(metric, numerator=found.deals)
