"""Every number by name, in the order in which they are listed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pipeboard.domain.metrics import (
    conversion,
    coverage,
    cycle,
    forecast,
    outcomes,
    process,
    targets,
    time_in_stage,
    waterfall,
    win_rates,
)
from pipeboard.domain.metrics import coverage as pace
from pipeboard.domain.metrics import cycle as size
from pipeboard.domain.metrics import forecast as categories
from pipeboard.domain.metrics import targets as own_call
from pipeboard.domain.metrics import win_rates as velocity
from pipeboard.domain.metrics.wording import Definition

# fmt: off
_NUMBERS = (
    outcomes.won_count, outcomes.lost_count, outcomes.open_count, outcomes.created_count,
    outcomes.qualified_count, process.quotes_sent, outcomes.won_value, outcomes.lost_value,
    outcomes.open_value, win_rates.win_rate, win_rates.win_rate_by_value,
    win_rates.win_rate_competitive,
    win_rates.win_rate_of_cohort, win_rates.win_rate_pessimistic, cycle.cycle_median,
    cycle.cycle_mean,
    cycle.cycle_p90, cycle.close_median, size.deal_size_mean, size.deal_size_median,
    size.open_deal_size_mean, cycle.active_cycle, cycle.cycle_since_qualified, size.kept_value,
    outcomes.created_value, outcomes.created_and_won_share, velocity.velocity_per_day,
    velocity.run_rate_per_day, coverage.coverage_ratio, coverage.gross_coverage, coverage.required,
    coverage.required_by_win_rate, targets.target_of, forecast.weighted_forecast,
    forecast.measured_forecast, forecast.rose_tint, categories.forecast_commit,
    categories.forecast_best, categories.forecast_pipeline, own_call.own_call,
    categories.forecast_overdue, conversion.lead_velocity_rate, conversion.lead_growth,
    process.first_response, waterfall.slip_rate, waterfall.push_count, forecast.cautious_forecast,
    conversion.lead_velocity_average, process.adherence_rate, forecast.win_chance,
    time_in_stage.single_contact, pace.next_coverage, pace.attainment, pace.pace, pace.leads_needed,
)
# fmt: on

METRICS: Mapping[str, Definition] = MappingProxyType({number.name: number for number in _NUMBERS})
