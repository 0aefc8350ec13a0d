"""Every number by name, in the order in which they are listed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pipeboard.domain.metrics import (
    activity,
    adherence,
    ageing,
    categories,
    counts,
    coverage,
    cycle,
    forecast,
    lead_velocity,
    own_call,
    pace,
    size,
    slipping,
    targets,
    velocity,
    winning,
)
from pipeboard.domain.metrics.definition import Definition

# fmt: off
_NUMBERS = (
    counts.won_count, counts.lost_count, counts.open_count, counts.created_count,
    counts.qualified_count, activity.quotes_sent, counts.won_value, counts.lost_value,
    counts.open_value, winning.win_rate, winning.win_rate_by_value, winning.win_rate_competitive,
    winning.win_rate_of_cohort, winning.win_rate_pessimistic, cycle.cycle_median, cycle.cycle_mean,
    cycle.cycle_p90, cycle.close_median, size.deal_size_mean, size.deal_size_median,
    size.open_deal_size_mean, cycle.active_cycle, cycle.cycle_since_qualified, size.kept_value,
    counts.created_value, counts.created_and_won_share, velocity.velocity_per_day,
    velocity.run_rate_per_day, coverage.coverage_ratio, coverage.gross_coverage, coverage.required,
    coverage.required_by_win_rate, targets.target_of, forecast.weighted_forecast,
    forecast.measured_forecast, forecast.rose_tint, categories.forecast_commit,
    categories.forecast_best, categories.forecast_pipeline, own_call.own_call,
    categories.forecast_overdue, lead_velocity.lead_velocity_rate, lead_velocity.lead_growth,
    activity.first_response, slipping.slip_rate, slipping.push_count, forecast.cautious_forecast,
    lead_velocity.lead_velocity_average, adherence.adherence_rate, forecast.win_chance,
    ageing.single_contact, pace.next_coverage, pace.attainment, pace.pace, pace.leads_needed,
)
# fmt: on

METRICS: Mapping[str, Definition] = MappingProxyType({number.name: number for number in _NUMBERS})
