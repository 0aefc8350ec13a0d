"""Every number by name, in the order in which they are listed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pipeboard.domain.errors import BadInput
from pipeboard.domain.metrics import (
    coverage,
    cycle,
    forecast,
    outcomes,
    process,
    targets,
    time_in_stage,
    velocity,
    waterfall,
)
from pipeboard.domain.metrics.wording import Definition
from pipeboard.domain.text import did_you_mean, quoted

# fmt: off
_NUMBERS = (
    outcomes.won_count, outcomes.lost_count, outcomes.open_count, outcomes.created_count,
    outcomes.qualified_count, process.quotes_sent, outcomes.won_value, outcomes.lost_value,
    outcomes.open_value, outcomes.win_rate, outcomes.win_rate_by_value,
    outcomes.win_rate_competitive, outcomes.win_rate_of_cohort, outcomes.win_rate_pessimistic,
    cycle.cycle_median, cycle.cycle_mean, cycle.cycle_p90, cycle.close_median, cycle.deal_size_mean,
    cycle.deal_size_median, cycle.open_deal_size_mean, cycle.active_cycle,
    cycle.cycle_since_qualified, cycle.kept_value, outcomes.created_value,
    outcomes.created_and_won_share, velocity.velocity_per_day, velocity.run_rate_per_day,
    coverage.coverage_ratio, coverage.gross_coverage, coverage.required,
    coverage.required_by_win_rate, targets.target_of, forecast.weighted_forecast,
    forecast.measured_forecast, forecast.rose_tint, forecast.forecast_commit,
    forecast.forecast_best, forecast.forecast_pipeline, targets.own_call, forecast.forecast_overdue,
    velocity.lead_velocity_rate, velocity.lead_growth, process.first_response,
    waterfall.slip_rate, waterfall.push_count, forecast.cautious_forecast,
    velocity.lead_velocity_average, process.adherence_rate, forecast.win_chance,
    time_in_stage.single_contact, coverage.next_coverage, coverage.attainment, coverage.pace,
    coverage.leads_needed, cycle.mql_conversion, cycle.mql_to_sql,
)
# fmt: on

METRICS: Mapping[str, Definition] = MappingProxyType({number.name: number for number in _NUMBERS})


def numbers_named(text: str) -> tuple[str, ...]:
    """The numbers that the setting `figures` names; BadInput for a name of none."""
    names = tuple(dict.fromkeys(text.replace(",", " ").split()))
    for name in names:
        if name not in METRICS:
            every = did_you_mean(name, METRICS) or "'pipeboard metrics --csv' has all by name."
            raise BadInput(f"figures: {quoted(name)} is no number.", hint=every)
    return names
