"""The forecast in the rep's own words: closed, commit, best case, pipeline; and by month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from pipeboard.domain.dates import add_months
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.definition import named
from pipeboard.domain.metrics.forecast import forecast_of
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.result import Metric, Unit
from pipeboard.domain.pipeline import Category

COMMIT = frozenset((Category.COMMIT,))
BEST = COMMIT | {Category.BEST}
PIPELINE = BEST | {Category.PIPELINE}
MOST_MONTHS = 24


def category(basis: Basis, deal: DealHistory) -> str:
    """The rep's category, else the default of the stage."""
    return deal.category or basis.rules.pipeline.stage(deal.stage_id).category


def _with_won(basis: Basis, categories: AbstractSet[str]) -> Metric:
    """What is won in the period, and the whole value of the open deals of some categories."""
    chosen = [deal for deal in basis.closing if category(basis, deal) in categories]
    return basis.tally([*basis.won, *chosen]).metric()


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


def overdue_deals(basis: Basis) -> list[DealHistory]:
    """The open deals whose expected close date has passed."""
    today = basis.today.isoformat()
    return [deal for deal in basis.deals.open if deal.close is not None and deal.close < today]


@named("forecast_overdue", Unit.MINOR, "Overdue", better=False, at_end=True)
def forecast_overdue(basis: Basis) -> Metric:
    """Open value whose close date has passed; in no month's forecast."""
    return basis.tally(overdue_deals(basis)).metric()


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
