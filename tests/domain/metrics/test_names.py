"""The names of numbers are a promise to scripts; each says in one line what it is."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from pipeboard.domain import metrics
from pipeboard.domain.metrics import METRICS
from pipeboard.domain.metrics.wording import Definition

PROMISED = (
    "won_count lost_count open_count created_count qualified_count quotes_sent won_value "
    "lost_value open_value win_rate win_rate_value win_rate_competitive win_rate_cohort "
    "win_rate_pessimistic cycle_days_median cycle_days_mean cycle_days_p90 "
    "close_days_km_median deal_size_mean deal_size_median open_deal_size_mean "
    "velocity_per_day run_rate_per_day coverage coverage_gross coverage_required target "
    "forecast_weighted forecast_measured rose_tint forecast_commit forecast_best "
    "forecast_pipeline forecast_overdue lead_velocity_rate lead_growth "
    "first_response_hours_median slip_rate push_count"
)


def test_every_promised_number_is_there_under_its_name() -> None:
    assert [name for name in PROMISED.split() if name not in METRICS] == []
    assert all(name == metric.name for name, metric in METRICS.items())


def test_every_number_has_a_label_and_a_sentence_of_its_own() -> None:
    labels = [metric.label for metric in METRICS.values()]
    assert len(set(labels)) == len(labels)
    assert all(metric.summary.endswith(".") for metric in METRICS.values())
    assert len({metric.summary for metric in METRICS.values()}) == len(METRICS)


def test_no_number_is_left_off_the_list() -> None:
    modules = (
        import_module(f"{metrics.__name__}.{module.name}")
        for module in iter_modules(metrics.__path__)
    )
    defined = {
        value for module in modules for value in vars(module).values()
        if isinstance(value, Definition)
    }  # fmt: skip
    assert defined == set(METRICS.values())


DEFINITIONS = Path(metrics.__file__).with_name("DEFINITIONS.md").read_text("utf-8")


def test_every_number_is_defined_under_its_name() -> None:
    told = set(re.findall(r"[a-z]\w+", " ".join(re.findall(r"\*\*(.*?)\*\*", DEFINITIONS))))
    assert sorted(set(METRICS) - told) == [], "DEFINITIONS.md says what each number is"


def test_the_definitions_name_modules_that_there_are() -> None:
    told = set(re.findall(r"\[(\w+)(?:: `\w+`)?\]", DEFINITIONS))
    assert sorted(told - {module.name for module in iter_modules(metrics.__path__)}) == []
    assert len(told) > 10


MORE_IS_BETTER = (
    "won_count created_count qualified_count quotes_sent won_value win_rate win_rate_value "
    "win_rate_competitive win_rate_cohort win_rate_pessimistic deal_size_mean deal_size_median "
    "value_kept created_value lead_velocity_rate lead_growth lead_velocity_average adherence "
    "attainment velocity_per_day run_rate_per_day coverage coverage_gross coverage_next "
    "forecast_weighted forecast_measured forecast_commit forecast_best forecast_pipeline "
    "forecast_call forecast_cautious win_chance mql_conversion"
)
LESS_IS_BETTER = (
    "lost_count lost_value cycle_days_median cycle_days_mean cycle_days_p90 close_days_km_median "
    "cycle_days_active_median cycle_days_qualified_median first_response_hours_median slip_rate "
    "push_count coverage_required coverage_required_by_win_rate rose_tint forecast_overdue "
    "single_contact leads_needed mql_to_sql_days_median"
)
OF_WHAT_STANDS_OPEN = (
    "open_count open_value open_deal_size_mean velocity_per_day "
    "run_rate_per_day coverage coverage_gross coverage_next coverage_required "
    "forecast_weighted forecast_measured forecast_commit "
    "forecast_best forecast_pipeline forecast_call forecast_cautious forecast_overdue rose_tint "
    "win_chance single_contact leads_needed"
)


def test_which_way_is_good_is_a_promise_too() -> None:
    for names, wanted in ((MORE_IS_BETTER, True), (LESS_IS_BETTER, False)):
        found = {name for name, metric in METRICS.items() if metric.more_is_better is wanted}
        assert found == set(names.split())


def test_what_stands_open_is_asked_of_the_end_of_a_period_that_is_over() -> None:
    found = {name for name, metric in METRICS.items() if metric.at_end}
    assert found == set(OF_WHAT_STANDS_OPEN.split())
