"""What the open deals will bring: as stated, by the stages' table, and as measured (C7, C8)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.cycle import P90, cycles, days
from pipeboard.domain.metrics.history import WON, History
from pipeboard.domain.metrics.result import (
    Metric,
    Number,
    Unit,
    left_out,
    missing,
    nearest_rank,
    ratio,
)
from pipeboard.domain.metrics.tally import Tally
from pipeboard.domain.metrics.winning import stale_open
from pipeboard.domain.score import half_up

CERTAIN_BP = 10_000
NO_PROBABILITY = "no probability"
NO_DATE = "no close date"


@dataclass(frozen=True, slots=True)
class Chance:
    """How often deals that were in a stage were won: `won` of `closed`, drawn towards what the
    pipeline says while there are few. `value` is None where neither says anything."""

    value: Fraction | None
    won: int
    closed: int
    prior_bp: int | None

    @property
    def is_prior_only(self) -> bool:
        return self.closed == 0


@dataclass(frozen=True, slots=True)
class Forecast:
    """Three readings of the same open deals, in minor units, rounded once.

    `stated` takes the rep's probability, else the stage's; `table` always the stage's; `measured`
    what deals from that stage really came to. `rose_tint` is stated less measured, and
    `rose_share` the same as a share of measured.
    """

    stated: Metric
    table: Metric
    measured: Metric
    rose_tint: Metric
    rose_share: Metric


def smoothed(won: int, closed: int, prior_bp: int | None, strength: int) -> Fraction | None:
    """(w + k p0) / (c + k); without a prior the plain share, without either None (C8)."""
    if prior_bp is None:
        return Fraction(won, closed) if closed else None
    prior = Fraction(prior_bp, CERTAIN_BP)
    return (won + strength * prior) / (closed + strength)


def chances(basis: Basis) -> Mapping[int, Chance]:
    """What becomes of the deals that entered each stage and closed in the trailing window (C8).

    Taken over the whole pipeline also for one group, which would have too few of its own.
    """
    if basis.whole is not None:
        return basis.whole.once(chances)
    return _chances(basis, basis.closed_within(basis.rules.measured_days))


def chances_if_stale_lost(basis: Basis) -> Mapping[int, Chance]:
    """As `chances`, with open deals older than the P90 cycle as losses: closed deals alone leave
    out the losers that nobody has marked yet."""
    if basis.whole is not None:
        return basis.whole.once(chances_if_stale_lost)
    closed = basis.closed_within(basis.rules.measured_days)
    spans = cycles([deal for deal in closed if deal.outcome == WON])
    stale = stale_open(basis, days(nearest_rank(spans, P90))) if spans else []
    return _chances(basis, [*closed, *stale])


def _chances(basis: Basis, closed: Iterable[History]) -> Mapping[int, Chance]:
    totals: Counter[int] = Counter()
    wins: Counter[int] = Counter()
    for deal in closed:
        entered = {stage for _, stage in deal.path}
        totals.update(entered)
        if deal.outcome == WON:
            wins.update(entered)
    strength = basis.rules.prior_strength
    return {
        stage_id: Chance(
            smoothed(wins[stage_id], totals[stage_id], prior, strength),
            wins[stage_id],
            totals[stage_id],
            prior,
        )
        for stage_id, prior in basis.stage_chances.items()
    }


def forecast(basis: Basis) -> Forecast:
    """The forecast of the period: what is won, and the open deals that should close in it; those
    without a date are in none."""
    found = forecast_of(basis, basis.closing, basis.tally(basis.won))
    undated = left_out({NO_DATE: sum(deal.close is None for deal in basis.deals.open)})

    def told(metric: Metric) -> Metric:
        return replace(metric, excluded={**metric.excluded, **undated})

    return replace(
        found, stated=told(found.stated), table=told(found.table), measured=told(found.measured)
    )


def cautious_forecast(basis: Basis) -> Metric:
    """The measured forecast if every open deal that is older than nine of ten wins were lost."""
    really = basis.once(chances_if_stale_lost)
    return _by_chance(basis, basis.closing).at(
        lambda stage, bp: really[stage].value, basis.tally(basis.won)
    )


def forecast_of(basis: Basis, deals: Sequence[History], won: Tally | None = None) -> Forecast:
    """The three forecasts of any open deals, on top of what is won."""
    expected = _by_chance(basis, deals)
    won = won or basis.tally(())
    table, really = basis.stage_chances, basis.once(chances)
    stated = expected.at(lambda stage, bp: _share(table[stage] if bp is None else bp), won)
    by_table = expected.at(lambda stage, bp: _share(table[stage]), won)
    measured = expected.at(lambda stage, bp: really[stage].value, won)
    return Forecast(stated, by_table, measured, *_rose(stated, measured))


def weighted_value(basis: Basis, deals: Sequence[History]) -> Metric:
    """What open deals come to at their effective probabilities."""
    table = basis.stage_chances
    return _by_chance(basis, deals).at(
        lambda stage, bp: _share(table[stage] if bp is None else bp), basis.tally(())
    )


def _share(bp: int | None) -> Fraction | None:
    return None if bp is None else Fraction(bp, CERTAIN_BP)


@dataclass(frozen=True, slots=True)
class _ByChance:
    """Open deals, and what they are worth by stage and probability by hand: all that a chance is
    made of, so that a product is taken once for many deals."""

    tally: Tally
    amounts: Mapping[tuple[int, int | None], Number]
    deals: Mapping[tuple[int, int | None], Sequence[History]]

    def at(self, share: Callable[[int, int | None], Fraction | None], won: Tally) -> Metric:
        """Won plus the sum of value x probability, rounded once; a deal without a probability is
        left out and counted, never taken as certain."""
        expected: Number = won.amount
        counted = list(won.deals)
        unknown = 0
        for key, amount in self.amounts.items():
            chance = share(*key)
            if chance is None:
                unknown += len(self.deals[key])
            else:
                expected += amount * chance
                counted += self.deals[key]
        reason = won.no_rate or self.tally.no_rate
        return Metric(
            None if reason else half_up(Fraction(expected)),
            Unit.MINOR,
            num=expected,
            n=len(counted) - len(won.deals),
            reason=reason,
            excluded={**self.tally.excluded, **left_out({NO_PROBABILITY: unknown})},
            numerator=counted,
        )


def _by_chance(basis: Basis, deals: Sequence[History]) -> _ByChance:
    tally = basis.tally(deals)
    by_key: defaultdict[tuple[int, int | None], list[History]] = defaultdict(list)
    for deal in tally.deals:
        by_key[deal.stage_id, deal.bp].append(deal)
    amounts = {key: basis.tally(same).amount for key, same in by_key.items()}
    return _ByChance(tally, amounts, by_key)


def _rose(stated: Metric, measured: Metric) -> tuple[Metric, Metric]:
    """Stated less measured, as money and as a share of measured (C8)."""
    if stated.value is None or measured.value is None:
        reason = stated.reason or measured.reason or "no forecast"
        return missing(Unit.MINOR, reason), missing(Unit.RATIO, reason)
    tint = stated.value - measured.value
    money = Metric(tint, Unit.MINOR, num=tint, n=stated.n, numerator=stated.numerator)
    return money, ratio(tint, measured.value, n=stated.n, nothing="nothing measured")


def rose_tint_by_stage(basis: Basis) -> dict[int, Metric]:
    """The rose tint of the open deals in each stage, whenever they should close."""
    return {
        stage_id: forecast_of(basis, deals).rose_tint
        for stage_id, deals in basis.once(open_by_stage).items()
    }


def open_by_stage(basis: Basis) -> Mapping[int, Sequence[History]]:
    """The open deals in each stage of the work."""
    stages: dict[int, list[History]] = {stage.id: [] for stage in basis.rules.open_stages}
    for deal in basis.deals.open:
        stages[deal.stage_id].append(deal)
    return stages
