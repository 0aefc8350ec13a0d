"""The rules that numbers go by, as they were at an instant; retired stages have a history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from pipeboard.domain.dates import micros
from pipeboard.domain.metrics.forecast import forecast, forecast_commit
from pipeboard.domain.metrics.history import WON as WON_PLACE
from pipeboard.domain.metrics.rules import (
    Calendar,
    Grouping,
    MetricRules,
    by_attribute,
    by_customer,
    by_matching,
    by_month,
    by_owner,
    by_quarter,
    by_size,
    by_stage,
    by_team,
)
from pipeboard.domain.money import Rates
from tests.domain.metrics.log import (
    BERLIN,
    LEAD,
    LOST,
    NEGOTIATE,
    PIPELINE,
    PROPOSAL,
    QUALIFY,
    UTC_RULES,
    WON,
    Log,
    at,
    period,
)

DAY = timedelta(days=1)
RETIRED = replace(
    UTC_RULES,
    pipeline=replace(
        PIPELINE,
        stages=tuple(replace(one, retired=one.id == NEGOTIATE) for one in PIPELINE.stages),
    ),
)


@pytest.mark.parametrize("rules", [UTC_RULES, RETIRED], ids=["in use", "retired"])
def test_a_retired_stage_is_a_stage_of_the_work_like_the_others(rules: MetricRules) -> None:
    assert [stage.id for stage in rules.open_stages] == [LEAD, QUALIFY, PROPOSAL, NEGOTIATE]
    assert rules.rank == {LEAD: 0, QUALIFY: 1, PROPOSAL: 2, NEGOTIATE: 3, WON_PLACE: 4}
    assert set(rules.categories) == {LEAD, QUALIFY, PROPOSAL, NEGOTIATE, WON, LOST}
    assert (rules.categories[NEGOTIATE], rules.categories[PROPOSAL]) == ("commit", "best")
    assert rules.chance_at(NEGOTIATE, 0) == 8_000


@pytest.mark.parametrize("rules", [UTC_RULES, RETIRED], ids=["in use", "retired"])
def test_a_deal_in_a_retired_stage_is_forecast_as_before(rules: MetricRules) -> None:
    log = Log()
    log.add(0, NEGOTIATE, value=1_000, close="2026-03-01")
    basis = log.basis(9, period("2026Q1"), rules=rules)
    assert forecast(basis).stated.value == 800
    assert forecast_commit(basis).value == 1_000


def test_a_stage_has_the_probability_that_it_had_at_the_instant() -> None:
    rules = replace(UTC_RULES, chances={PROPOSAL: ((10, 4_000), (20, None), (30, 6_000))})
    expected = {0: 4_000, 9: 4_000, 10: 4_000, 19: 4_000, 20: None, 29: None, 30: 6_000}
    assert {us: rules.chance_at(PROPOSAL, us) for us in expected} == expected
    assert rules.chance_at(LEAD, 0) == 1_000
    assert [rules.said_by(PROPOSAL, us) for us in (9, 10, 99)] == [False, True, True]
    assert rules.said_by(LEAD, 0)


def test_sums_are_in_the_currency_of_the_pipeline_unless_another_is_asked_for() -> None:
    assert UTC_RULES.currency == "EUR"
    assert replace(UTC_RULES, view="USD").currency == "USD"
    assert UTC_RULES.exchange == Rates("EUR")


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-03-01T00:00+01:00", "2026-03-01"),
        ("2026-03-27T23:59:59.999999+01:00", "2026-03-27"),
        ("2026-03-28T00:00+01:00", "2026-03-28"),
        ("2026-03-28T23:59:59.999999+01:00", "2026-03-28"),
        ("2026-03-29T00:00+01:00", "2026-03-29"),
        ("2026-03-29T23:59:59.999999+02:00", "2026-03-29"),
        ("2026-03-30T00:00+02:00", "2026-03-30"),
        ("2026-03-30T23:59:59.999999+02:00", "2026-03-30"),
        ("2026-03-31T00:00+02:00", "2026-03-31"),
        ("2026-04-01T00:00+02:00", "2026-04-01"),
        ("2027-01-01T00:00+01:00", "2027-01-01"),
    ],
)
def test_an_instant_falls_on_its_local_day_within_a_calendar_and_outside(
    instant: str, day: str
) -> None:
    calendar = Calendar(BERLIN, date(2026, 3, 28), date(2026, 3, 30))
    us = micros(datetime.fromisoformat(instant))
    assert (calendar.day(us).isoformat(), calendar.month(us)) == (day, day[:7])
    assert calendar.start(calendar.day(us)) <= us < calendar.start(date.fromisoformat(day) + DAY)


def test_groups_stand_in_their_order_then_by_name_and_what_is_unknown_last() -> None:
    def nobody(*_: object) -> None:
        return None

    plain = Grouping("x", nobody, nobody)
    assert plain.sorted(["b", None, "a", "C"]) == ["C", "a", "b", None]
    ordered = replace(plain, order=("high", "mid", "low"), unknown="no size")
    assert ordered.sorted(["low", None, "mid", "high"]) == ["high", "mid", "low", None]
    assert (ordered.called(None), ordered.called("low"), plain.called(None)) == (
        "no size", "low", "none",
    )  # fmt: skip


# Groups: at an event, and of a deal as it stands.


def history(change: Callable[[Log, int], None] = lambda log, deal: None, **said: Any) -> Any:
    """A deal that began on the fifth of January and was changed since."""
    log = Log()
    change(log, log.add(4, LEAD, **said))
    return log.histories()[0]


def given(log: Log, deal: int) -> None:
    log.owner(deal, 10, "bo")


def advanced(log: Log, deal: int) -> None:
    log.move(deal, 10, QUALIFY)


TEAMS = replace(UTC_RULES, teams={"ana": "north", "bo": "", "cy": "south"})
NOW_OWNED = replace(TEAMS, owner_now=True)
CALENDAR = Calendar(UTC_RULES.zone, at(0).date(), at(60).date())


@pytest.mark.parametrize(
    ("grouping", "deal", "groups"),
    [
        (by_owner(TEAMS), history(given), ("ana", "bo")),
        (by_owner(NOW_OWNED), history(given), ("bo", "bo")),
        (by_owner(TEAMS), history(owner=""), (None, None)),
        (by_owner(NOW_OWNED), history(owner=""), (None, None)),
        (by_team(TEAMS), history(given), ("north", None)),
        (by_team(NOW_OWNED), history(given), (None, None)),
        (by_team(TEAMS), history(owner="cy"), ("south", "south")),
        (by_team(TEAMS), history(owner="dee"), (None, None)),
        (by_team(TEAMS), history(owner=""), (None, None)),
        (
            by_stage(TEAMS),
            history(lambda log, one: log.move(one, 10, QUALIFY)),
            ("Lead", "Qualify"),
        ),
        (by_stage(TEAMS), history(lambda log, one: log.lose(one, 10)), ("Lead", "Lead")),
        (by_attribute("source", {1: "web"}), history(), ("web", "web")),
        (by_attribute("source", {1: "WEB", 2: "web", 3: "web"}), history(), ("web", "web")),
        (by_attribute("source", {1: "", 2: "web"}), history(), (None, None)),
        (by_matching("x", (1,)), history(), ("matching", "matching")),
        (by_matching("x", (2,)), history(), (None, None)),
        (by_matching("x", (1,), "ana"), history(), ("ana", "ana")),
    ],
)
def test_a_deal_falls_into_the_group_that_it_was_in_at_the_instant(
    grouping: Grouping, deal: Any, groups: tuple[str | None, str | None]
) -> None:
    days = (micros(at(5)), micros(at(20)))
    assert tuple(grouping.event(deal, us) for us in days) == groups
    assert tuple(grouping.standing(deal, us) for us in days) == groups


@pytest.mark.parametrize(
    ("shift", "event", "standing"),
    [(0, "2026Q1", "2026Q2"), (1, "2025Q4", "2026Q1"), (3, "2025Q4", "2026Q1")],
)
def test_an_event_falls_into_its_own_time_and_an_open_deal_into_that_of_its_close(
    shift: int, event: str, standing: str
) -> None:
    deal = history(close="2026-04-30")
    us = micros(at(4))
    months, quarters = by_month(CALENDAR), by_quarter(CALENDAR, shift)
    assert (months.event(deal, us), months.standing(deal, us)) == ("2026-01", "2026-04")
    assert (quarters.event(deal, us), quarters.standing(deal, us)) == (event, standing)
    assert months.standing(history(), us) is None
    undated = history(lambda log, one: log.forget_when(one))
    assert months.event(undated, us) is None
    assert months.event(undated, us + 1) == "2026-01"


@pytest.mark.parametrize(
    ("value", "size"),
    [
        (None, None),
        (0, "under 10k"),
        (9_999_99, "under 10k"),
        (10_000_00, "10k to 50k"),
        (49_999_99, "10k to 50k"),
        (50_000_00, "50k to 250k"),
        (249_999_99, "50k to 250k"),
        (250_000_00, "250k and more"),
    ],
)
def test_sizes_begin_at_round_amounts(value: int | None, size: str | None) -> None:
    grouping = by_size(UTC_RULES, CALENDAR)
    assert grouping.event(history(value=value), micros(at(9))) == size
    assert grouping.event(history(value=value, currency="USD"), micros(at(9))) is None


def test_a_customer_is_an_existing_one_after_the_first_win_with_another_deal() -> None:
    log = Log()
    log.win(log.add(0), 10)
    log.win(log.add(0), 10)
    log.win(log.add(0), 20)
    for _ in range(3):
        log.add(0)
    deals = log.histories()
    accounts = {1: "Acme", 2: "ACME", 3: "Acme", 4: "acme ", 5: "Lumen", 6: ""}
    grouping = by_customer(accounts, deals)

    def asked(day: float) -> list[str | None]:
        return [grouping.event(deal, micros(at(day))) for deal in deals]

    assert asked(10) == ["new", "new", "new", "new", "new", None]
    assert asked(11) == ["new", "existing", "existing", "existing", "new", None]


def test_how_far_numbers_look_back_and_how_many_they_need() -> None:
    rules = MetricRules(PIPELINE, UTC_RULES.settings)
    assert (rules.velocity_days, rules.measured_days, rules.run_rate_days) == (180, 365, 90)
    assert (rules.prior_strength, rules.high_coverage, rules.silent_touches) == (10, 6, 5)
    assert (rules.visits_needed, rules.samples_needed) == (10, 10)
    assert (rules.targets, rules.bar_moved_at, rules.owner_now, rules.view) == ((), (), False, "")
    assert (dict(rules.teams), dict(rules.chances), dict(rules.calls)) == ({}, {}, {})
    assert (rules.currency, rules.exchange) == ("EUR", Rates("EUR"))
