"""Every number by name, with what it is in one line: one table for scripts, screens and docs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pipeboard.domain.metrics import activity, categories, counts, cycle, lead_velocity, size
from pipeboard.domain.metrics import velocity as speed
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.coverage import coverage, target_of
from pipeboard.domain.metrics.forecast import forecast
from pipeboard.domain.metrics.result import Metric, Unit
from pipeboard.domain.metrics.slipping import push_count, slip_rate
from pipeboard.domain.metrics.winning import (
    win_rate,
    win_rate_by_value,
    win_rate_competitive,
    win_rate_of_cohort,
    win_rate_pessimistic,
)


@dataclass(frozen=True, slots=True)
class Definition:
    """One number: its name in JSON, its unit, a label for a screen, what it says, and the pure
    function that finds it. `more_is_better` is None where neither direction is good in itself."""

    name: str
    unit: Unit
    label: str
    says: str
    of: Callable[[Basis], Metric]
    more_is_better: bool | None = None


_ALL = (
    Definition(
        "won_count",
        Unit.COUNT,
        "Won",
        "Deals won in the period.",
        counts.won_count,
        True,
    ),
    Definition(
        "lost_count",
        Unit.COUNT,
        "Lost",
        "Deals lost in the period.",
        counts.lost_count,
        False,
    ),
    Definition("open_count", Unit.COUNT, "Open", "Deals open now.", counts.open_count),
    Definition(
        "created_count",
        Unit.COUNT,
        "New",
        "Deals created in the period.",
        counts.created_count,
        True,
    ),
    Definition(
        "qualified_count",
        Unit.COUNT,
        "Qualified",
        "Deals that first became qualified in the period.",
        counts.qualified_count,
        True,
    ),
    Definition(
        "quotes_sent",
        Unit.COUNT,
        "Quotes",
        "Deals to which a quote was sent in the period.",
        activity.quotes_sent,
        True,
    ),
    Definition(
        "won_value",
        Unit.MINOR,
        "Won value",
        "What the deals won in the period brought.",
        counts.won_value,
        True,
    ),
    Definition(
        "lost_value",
        Unit.MINOR,
        "Lost value",
        "What the deals lost in the period were last worth.",
        counts.lost_value,
        False,
    ),
    Definition(
        "open_value",
        Unit.MINOR,
        "Open value",
        "What all open deals are worth, unweighted.",
        counts.open_value,
    ),
    Definition(
        "win_rate",
        Unit.RATIO,
        "Win rate",
        "Won of all deals closed in the period; deals that nobody closes are not in it.",
        win_rate,
        True,
    ),
    Definition(
        "win_rate_value",
        Unit.RATIO,
        "Win rate by value",
        "Won value of all value closed in the period.",
        win_rate_by_value,
        True,
    ),
    Definition(
        "win_rate_competitive",
        Unit.RATIO,
        "Competitive win rate",
        "Won of the deals that were won, or lost to a competitor or on price.",
        win_rate_competitive,
        True,
    ),
    Definition(
        "win_rate_cohort",
        Unit.RATIO,
        "Win rate of new deals",
        "Won by now of the deals created in the period; it can still grow while some are open.",
        win_rate_of_cohort,
        True,
    ),
    Definition(
        "win_rate_pessimistic",
        Unit.RATIO,
        "Win rate if stale deals were lost",
        "The win rate if every open deal older than nine of ten wins were lost.",
        win_rate_pessimistic,
        True,
    ),
    Definition(
        "cycle_days_median",
        Unit.DAYS,
        "Cycle",
        "Half of the wins of the period came within so many days of their creation.",
        cycle.cycle_median,
        False,
    ),
    Definition(
        "cycle_days_mean",
        Unit.DAYS,
        "Mean cycle",
        "Average days from creation to win.",
        cycle.cycle_mean,
        False,
    ),
    Definition(
        "cycle_days_p90",
        Unit.DAYS,
        "Long cycle",
        "Nine of ten wins came within so many days.",
        cycle.cycle_p90,
        False,
    ),
    Definition(
        "close_days_km_median",
        Unit.DAYS,
        "Time to close",
        "Half of the deals created in the period close either way within so many days, with those"
        " still open taken into account.",
        cycle.close_median,
        False,
    ),
    Definition(
        "deal_size_mean",
        Unit.MINOR,
        "Deal size",
        "Average value of the deals won in the period.",
        size.deal_size_mean,
        True,
    ),
    Definition(
        "deal_size_median",
        Unit.MINOR,
        "Median deal size",
        "Half of the wins of the period were worth at most this.",
        size.deal_size_median,
        True,
    ),
    Definition(
        "open_deal_size_mean",
        Unit.MINOR,
        "Open deal size",
        "Average value of the open deals.",
        size.open_deal_size_mean,
    ),
    Definition(
        "velocity_per_day",
        Unit.MINOR_PER_DAY,
        "Velocity",
        "What the qualified open deals promise a day: their number x win rate x size / cycle.",
        speed.velocity_per_day,
        True,
    ),
    Definition(
        "run_rate_per_day",
        Unit.MINOR_PER_DAY,
        "Run rate",
        "What was really won a day lately; a velocity more than twice as high is not real.",
        speed.run_rate_per_day,
        True,
    ),
    Definition(
        "coverage",
        Unit.TIMES,
        "Coverage",
        "Open value due in the period over what the target still lacks.",
        lambda basis: basis.once(coverage).ratio,
        True,
    ),
    Definition(
        "coverage_gross",
        Unit.TIMES,
        "Gross coverage",
        "All open value over the target.",
        lambda basis: basis.once(coverage).gross,
        True,
    ),
    Definition(
        "coverage_required",
        Unit.TIMES,
        "Needed coverage",
        "The coverage at which the win rate by value would just make the target.",
        lambda basis: basis.once(coverage).required,
        False,
    ),
    Definition(
        "target",
        Unit.MINOR,
        "Target",
        "What is to be won in the period.",
        target_of,
    ),
    Definition(
        "forecast_weighted",
        Unit.MINOR,
        "Weighted",
        "Won, and the open deals due in the period at their stated probabilities.",
        lambda basis: basis.once(forecast).stated,
        True,
    ),
    Definition(
        "forecast_measured",
        Unit.MINOR,
        "Measured",
        "The same at the rates at which deals from each stage were really won.",
        lambda basis: basis.once(forecast).measured,
        True,
    ),
    Definition(
        "rose_tint",
        Unit.MINOR,
        "Rose tint",
        "Stated less measured forecast: how much of it is hope.",
        lambda basis: basis.once(forecast).rose_tint,
        False,
    ),
    Definition(
        "forecast_commit",
        Unit.MINOR,
        "Commit",
        "Won, and the open deals that their reps commit to.",
        categories.forecast_commit,
        True,
    ),
    Definition(
        "forecast_best",
        Unit.MINOR,
        "Best case",
        "Commit, and the open deals that may come with luck.",
        categories.forecast_best,
        True,
    ),
    Definition(
        "forecast_pipeline",
        Unit.MINOR,
        "Pipeline",
        "Best case, and all other open deals due in the period.",
        categories.forecast_pipeline,
        True,
    ),
    Definition(
        "forecast_overdue",
        Unit.MINOR,
        "Overdue",
        "Open value whose close date has passed; in no month's forecast.",
        categories.forecast_overdue,
        False,
    ),
    Definition(
        "lead_velocity_rate",
        Unit.RATIO,
        "Lead velocity",
        "Growth of qualified leads over the month before.",
        lead_velocity.lead_velocity_rate,
        True,
    ),
    Definition(
        "lead_growth",
        Unit.RATIO,
        "Lead growth",
        "Growth of all created leads over the month before.",
        lead_velocity.lead_growth,
        True,
    ),
    Definition(
        "first_response_hours_median",
        Unit.HOURS,
        "First response",
        "Half of the new deals heard from us within so many hours.",
        activity.first_response,
        False,
    ),
    Definition(
        "slip_rate",
        Unit.RATIO,
        "Slipped",
        "Of the deals due in the period at its start, the share that did not close in it.",
        slip_rate,
        False,
    ),
    Definition(
        "push_count",
        Unit.COUNT,
        "Pushed",
        "How often a close date was moved to a later month in the period.",
        push_count,
        False,
    ),
)

METRICS: Mapping[str, Definition] = MappingProxyType({metric.name: metric for metric in _ALL})
