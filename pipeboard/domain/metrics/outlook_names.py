"""Numbers about what is to come, by name: velocity, coverage, forecasts, leads, habits."""

from __future__ import annotations

from pipeboard.domain.metrics import activity, categories, lead_velocity
from pipeboard.domain.metrics import velocity as speed
from pipeboard.domain.metrics.adherence import adherence_rate
from pipeboard.domain.metrics.coverage import coverage, target_of
from pipeboard.domain.metrics.definition import Definition
from pipeboard.domain.metrics.forecast import cautious_forecast, forecast
from pipeboard.domain.metrics.result import Unit
from pipeboard.domain.metrics.slipping import push_count, slip_rate

OUTLOOK = (
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
    Definition("target", Unit.MINOR, "Target", "What is to be won in the period.", target_of),
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
    Definition(
        "forecast_cautious",
        Unit.MINOR,
        "Cautious",
        "The measured forecast if every open deal older than nine of ten wins were lost.",
        cautious_forecast,
        True,
    ),
    Definition(
        "lead_velocity_average",
        Unit.RATIO,
        "Lead velocity, 3 months",
        "Mean growth of qualified leads over the last three months.",
        lead_velocity.lead_velocity_average,
        True,
    ),
    Definition(
        "adherence",
        Unit.RATIO,
        "By the process",
        "Of all advances in the period, those that met the exit criteria without an override.",
        adherence_rate,
        True,
    ),
)
