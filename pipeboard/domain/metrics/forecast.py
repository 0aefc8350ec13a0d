"""What the open deals will bring: as stated, by the stages' table, and as measured."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from fractions import Fraction

from pipeboard.domain.counted_days import add_months
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.chances import CERTAIN_BP, Chance, chances, stay_at
from pipeboard.domain.metrics.cycle import P90, cycles, days
from pipeboard.domain.metrics.deals import MoneySum
from pipeboard.domain.metrics.history import WON, DealHistory
from pipeboard.domain.metrics.outcomes import stale_open
from pipeboard.domain.metrics.result import (
    Metric,
    Number,
    Unit,
    added,
    left_out,
    missing,
    nearest_rank,
    ratio,
)
from pipeboard.domain.metrics.wording import named
from pipeboard.domain.money import half_up
from pipeboard.domain.pipeline import Category

NO_PROBABILITY = "no probability"
NO_DATE = "no close date"
FOREVER = 2**62


@dataclass(frozen=True, slots=True)
class Forecast:
    """Three readings of the same open deals, in minor units, rounded once.

    `stated` takes the rep's probability, else the stage's; `table` always the stage's; `measured`
    what deals that stood like them came to by the same time. `rose_tint` is stated less measured.
    """

    stated: Metric
    table: Metric
    measured: Metric
    rose_tint: Metric


def forecast(basis: Basis) -> Forecast:
    """The forecast of the period: what is won, and what the open deals will bring in it.

    Stated and table take the deals that should close in the period, each at its probability; those
    without a date are in neither, and counted. Measured takes every open deal at the chance that it
    is won before the period ends, whatever its date says.
    """
    won = basis.tally(basis.won)
    due, everything = _by_chance(basis, basis.closing), _by_chance(basis, basis.deals.open)
    undated = left_out({NO_DATE: sum(deal.close is None for deal in basis.deals.open)})
    stated, table = _at_table(basis, due, won)
    stated, table = _with_undated(stated, undated), _with_undated(table, undated)
    measured = everything.at(_measured(basis, basis.end - basis.now), won)
    return Forecast(stated, table, measured, _rose(stated, measured))


def _with_undated(metric: Metric, undated: Mapping[str, int]) -> Metric:
    """A forecast that says how many open deals have no date; none where all of them have none."""
    excluded = added(metric.excluded, undated)
    if undated and not metric.numerator and metric.reason is None:
        return replace(metric, value=None, reason=NO_DATE, excluded=excluded)
    return replace(metric, excluded=excluded)


def forecast_of(basis: Basis, deals: Sequence[DealHistory], until: int | None = None) -> Forecast:
    """The three forecasts of any open deals; measured by an instant, else by whenever."""
    expected, won = _by_chance(basis, deals), basis.tally(())
    stated, table = _at_table(basis, expected, won)
    ahead = FOREVER if until is None else max(0, until - basis.now)
    measured = expected.at(_measured(basis, ahead), won)
    return Forecast(stated, table, measured, _rose(stated, measured))


@named("forecast_cautious", Unit.MINOR, "Cautious", better=True, at_end=True)
def cautious_forecast(basis: Basis) -> Metric:
    """The measured forecast without the open deals that are older than nine of ten wins were."""
    longest = basis.everybody.once(_long_cycle)
    if longest is None:
        return missing(Unit.MINOR, "no won deals")
    stale = {deal.id for deal in stale_open(basis, longest)}
    fresh = [deal for deal in basis.deals.open if deal.id not in stale]
    won = basis.tally(basis.won)
    return _by_chance(basis, fresh).at(_measured(basis, basis.end - basis.now), won)


def _long_cycle(basis: Basis) -> Fraction | None:
    """The days within which nine of ten wins of the last year came."""
    lately = basis.closed_within(basis.rules.measured_days)
    spans = cycles(basis, [deal for deal in lately if deal.outcome == WON])
    return days(nearest_rank(spans, P90)) if spans else None


@named("win_chance", Unit.RATIO, "Chance of open deals", better=True, at_end=True)
def win_chance(basis: Basis) -> Metric:
    """The mean measured chance of the open deals to be won before the period ends."""
    deals, share = basis.deals.open, _measured(basis, basis.end - basis.now)
    times = Counter(basis.once(_keys).values())
    known = {key: chance for key in times if (chance := share(*key)) is not None}
    total = sum((times[key] * chance for key, chance in known.items()), Fraction(0))
    number = sum(times[key] for key in known)
    metric = ratio(total, number, n=number, empty_reason="no open deals")
    excluded = left_out({NO_PROBABILITY: len(deals) - number})
    counted = [deal for deal in deals if basis.once(_keys)[deal.id] in known]
    return replace(metric, excluded=excluded, numerator=counted)


def chances_in_use(basis: Basis) -> list[tuple[Chance, int]]:
    """The chances by the end of the period that open deals have, with how many deals have each:
    for every stage its own, and those of the bands of age in it."""
    known, ahead = basis.once(chances), max(0, basis.end - basis.now)
    times = Counter((stage, band) for stage, _, band in basis.once(_keys).values())
    found: list[tuple[Chance, int]] = []
    for stage in basis.rules.open_stages:
        bands = sorted(band for s, band in times if s == stage.id and band is not None)
        found.append((known.of_stage(stage.id, ahead), times[stage.id, None]))
        found += [(known.of_band(stage.id, band, ahead), times[stage.id, band]) for band in bands]
    return found


Share = Callable[[int, int | None, int | None], Fraction | None]


def _at_table(basis: Basis, expected: _ByChance, won: MoneySum) -> tuple[Metric, Metric]:
    """At the deals' own probabilities, and at those of their stages."""
    table = basis.stage_chances
    stated = expected.at(lambda stage, bp, band: _share(table[stage] if bp is None else bp), won)
    return stated, expected.at(lambda stage, bp, band: _share(table[stage]), won)


def _measured(basis: Basis, ahead: int) -> Share:
    """The measured chance by stage and band of age."""
    known, ahead = basis.once(chances), max(0, ahead)

    def share(stage_id: int, bp: int | None, band: int | None) -> Fraction | None:
        if band is None:
            return known.of_stage(stage_id, ahead).value
        return known.of_band(stage_id, band, ahead).value

    return share


def weighted_value(basis: Basis, deals: Sequence[DealHistory]) -> Metric:
    """What open deals come to at their effective probabilities."""
    return _at_table(basis, _by_chance(basis, deals), basis.tally(()))[0]


def _share(bp: int | None) -> Fraction | None:
    return None if bp is None else Fraction(bp, CERTAIN_BP)


Key = tuple[int, int | None, int | None]


@dataclass(frozen=True, slots=True)
class _ByChance:
    """Open deals, and what they are worth by stage, probability by hand and band of age: all that a
    chance is made of, so that a product is taken once for many deals."""

    tally: MoneySum
    amounts: Mapping[Key, Number]
    deals: Mapping[Key, Sequence[DealHistory]]

    def at(self, share: Share, won: MoneySum) -> Metric:
        """Won plus the sum of value x probability, rounded once; a deal without a probability is
        left out and counted, never taken as certain. None where deals are there and none of them
        says what it is worth."""
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
        excluded = added(won.excluded, self.tally.excluded, left_out({NO_PROBABILITY: unknown}))
        reason = won.no_rate or self.tally.no_rate
        if not reason and excluded and not counted:
            reason = next(iter(excluded))
        return Metric(
            None if reason else half_up(Fraction(expected)),
            Unit.MINOR,
            num=expected,
            n=len(counted),
            reason=reason,
            excluded=excluded,
            numerator=counted,
        )


def _by_chance(basis: Basis, deals: Sequence[DealHistory]) -> _ByChance:
    tally, keys = basis.tally(deals), basis.once(_keys)
    by_key: defaultdict[Key, list[DealHistory]] = defaultdict(list)
    for deal in tally.deals:
        by_key[keys[deal.id]].append(deal)
    amounts = {key: basis.tally(same).amount for key, same in by_key.items()}
    return _ByChance(tally, amounts, by_key)


def _keys(basis: Basis) -> Mapping[int, Key]:
    """What the chance of each open deal depends on, by its id."""
    keys: dict[int, Key] = {}
    for deal in basis.deals.open:
        _, stage_id, band = stay_at(deal, basis.now)
        keys[deal.id] = stage_id, deal.bp, band
    return keys


def _rose(stated: Metric, measured: Metric) -> Metric:
    """Stated less measured: of deals that are due, set against all that are open."""
    if stated.value is None or measured.value is None:
        return missing(Unit.MINOR, stated.reason or measured.reason or "no forecast")
    tint = stated.value - measured.value
    metric = Metric(tint, Unit.MINOR, num=tint, n=stated.n, numerator=stated.numerator)
    return replace(metric, denominator=measured.numerator)


def rose_tint_by_stage(basis: Basis) -> dict[int, Metric]:
    """The rose tint of the open deals in each stage, whenever they should close."""
    return {
        stage_id: forecast_of(basis, deals).rose_tint
        for stage_id, deals in basis.once(open_by_stage).items()
    }


def open_by_stage(basis: Basis) -> Mapping[int, Sequence[DealHistory]]:
    """The open deals in each stage of the work."""
    stages: dict[int, list[DealHistory]] = {stage.id: [] for stage in basis.rules.open_stages}
    for deal in basis.deals.open:
        stages[deal.stage_id].append(deal)
    return stages


@named("forecast_weighted", Unit.MINOR, "Won and weighted", better=True, at_end=True)
def weighted_forecast(basis: Basis) -> Metric:
    """Won, and the open deals due in the period at their stated probabilities; what the board calls
    wtd is every open deal, whenever it is due, and nothing won."""
    return basis.once(forecast).stated


@named("forecast_measured", Unit.MINOR, "Measured forecast", better=True, at_end=True)
def measured_forecast(basis: Basis) -> Metric:
    """Won, and every open deal at the chance that deals of its stage and age were won in time."""
    return basis.once(forecast).measured


@named("rose_tint", Unit.MINOR, "Rose tint", better=False, at_end=True)
def rose_tint(basis: Basis) -> Metric:
    """Stated less measured forecast: how much of it is hope."""
    return basis.once(forecast).rose_tint


# The forecast in the rep's own words: closed, commit, best case, pipeline; and by month.

COMMIT = frozenset((Category.COMMIT,))
BEST = COMMIT | {Category.BEST}
PIPELINE = BEST | {Category.PIPELINE}
MOST_MONTHS = 24


def category(basis: Basis, deal: DealHistory) -> str:
    """The rep's category, else the default of the stage."""
    return deal.category or basis.rules.categories[deal.stage_id]


def _with_won(basis: Basis, categories: AbstractSet[str]) -> Metric:
    """What is won in the period, and the whole value of the open deals of some categories; those
    of them without a date are in none, and counted."""
    chosen = [deal for deal in basis.closing if category(basis, deal) in categories]
    undated = [one for one in basis.deals.open if one.close is None]
    missed = sum(category(basis, deal) in categories for deal in undated)
    found = basis.tally([*basis.won, *chosen]).metric()
    return _with_undated(found, left_out({NO_DATE: missed}))


@named("forecast_commit", Unit.MINOR, "Commit", better=True, at_end=True)
def forecast_commit(basis: Basis) -> Metric:
    """Won, and the whole value of the open deals due in category commit, by a rep's word or by
    their stage's default."""
    return _with_won(basis, COMMIT)


@named("forecast_best", Unit.MINOR, "Best case", better=True, at_end=True)
def forecast_best(basis: Basis) -> Metric:
    """Commit, and the open deals due in category best case."""
    return _with_won(basis, BEST)


@named("forecast_pipeline", Unit.MINOR, "Pipeline", better=True, at_end=True)
def forecast_pipeline(basis: Basis) -> Metric:
    """Best case, and all other open deals due in the period."""
    return _with_won(basis, PIPELINE)


@named("forecast_overdue", Unit.MINOR, "Past its close date", better=False, at_end=True)
def forecast_overdue(basis: Basis) -> Metric:
    """Open value whose close date has passed; in no month's forecast."""
    today = basis.today.isoformat()
    passed = [deal for deal in basis.deals.open if deal.close is not None and deal.close < today]
    return basis.tally(passed).metric()


def unsupported_commits(basis: Basis) -> list[DealHistory]:
    """The open deals in commit without evidence: timeline, budget and who decides."""
    return [
        deal
        for deal in basis.closing
        if category(basis, deal) in COMMIT and deal.id not in basis.supported
    ]


@dataclass(frozen=True, slots=True)
class Month:
    """What should close in a local month (`2026-12`): whole, at the deals' probabilities, and at
    the chance that these deals are won before the month ends; past-due deals are in none."""

    month: str
    open_value: Metric
    weighted: Metric
    measured: Metric
    deals: Sequence[DealHistory]


def months(basis: Basis) -> list[Month]:
    """The months to come: each with an open deal, and those of the period."""
    today = basis.today.isoformat()
    by_month: dict[str, list[DealHistory]] = defaultdict(list)
    for deal in basis.deals.open:
        if deal.close is not None and deal.close >= today:
            by_month[deal.close[:7]].append(deal)
    for month in _coming_months(basis):
        by_month.setdefault(month, [])
    return [_month(basis, month, by_month[month]) for month in sorted(by_month)]


def _month(basis: Basis, month: str, deals: Sequence[DealHistory]) -> Month:
    after = add_months(date.fromisoformat(f"{month}-01"), 1)
    forecast = forecast_of(basis, deals, basis.calendar.start(after))
    return Month(month, basis.tally(deals).metric(), forecast.stated, forecast.measured, deals)


def _coming_months(basis: Basis) -> list[str]:
    """The months from now to the end of the period, at most two years of them."""
    if basis.period.kind == "all":
        return []
    first = max(basis.today.replace(day=1), basis.period.start.replace(day=1))
    months = (add_months(first, ahead) for ahead in range(MOST_MONTHS))
    return [f"{month:%Y-%m}" for month in months if month < basis.period.end]
