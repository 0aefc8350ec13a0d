"""Forecasts are summed exactly, rounded once, and held against what stages really come to."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from pipeboard.domain.dates import micros
from pipeboard.domain.metrics.chances import AGES, band_of, chances, smoothed, stay_at, window
from pipeboard.domain.metrics.forecast import (
    NO_DATE,
    cautious_forecast,
    forecast,
    forecast_best,
    forecast_commit,
    forecast_overdue,
    forecast_pipeline,
    months,
    rose_tint_by_stage,
    unsupported_commits,
    win_chance,
)
from pipeboard.domain.metrics.past_forecasts import backtest
from pipeboard.domain.metrics.result import DAY_US
from pipeboard.domain.metrics.rules import by_owner
from pipeboard.domain.money import half_up
from pipeboard.domain.pipeline import Stage
from tests.domain.metrics.log import (
    LEAD,
    NEGOTIATE,
    PIPELINE,
    PROPOSAL,
    QUALIFY,
    UTC_RULES,
    Log,
    at,
    ids,
    period,
)

QUARTER = period("2026Q1")
DUE = "2026-03-01"


def test_three_deals_of_one_cent_at_one_half_come_to_two() -> None:
    log = Log()
    for _ in range(3):
        log.add(0, PROPOSAL, value=1, close=DUE)
    assert forecast(log.basis(9, QUARTER)).stated.value == 2


def test_the_reps_probability_comes_before_the_stages_and_can_be_taken_back() -> None:
    log = Log()
    deal = log.add(0, PROPOSAL, value=1_000, close=DUE)
    log.probability(deal, 1, 9_000)
    found = forecast(log.basis(2, QUARTER))
    assert (found.stated.value, found.table.value) == (900, 500)
    log.move(deal, 3, NEGOTIATE)
    assert forecast(log.basis(4, QUARTER)).stated.value == 900
    log.probability(deal, 5, None)
    assert forecast(log.basis(6, QUARTER)).stated.value == 800


def test_a_rep_who_gives_a_deal_no_chance_is_taken_at_their_word() -> None:
    log = Log()
    log.probability(log.add(0, PROPOSAL, value=100, close="2026-02-01"), 1, 0)
    found = forecast(log.basis(9, period("2026Q1")))
    assert (found.stated.value, found.table.value) == (0, 50)


def test_won_value_is_in_the_forecast_whole() -> None:
    log = Log()
    log.win(log.add(0, value=1_000), 3, 700)
    log.add(0, PROPOSAL, value=1_000, close=DUE)
    log.add(0, PROPOSAL, value=1_000, close="2026-04-01")
    assert forecast(log.basis(9, QUARTER)).stated.value == 1_200


def test_a_deal_without_any_probability_is_counted_and_never_certain() -> None:
    stages = (Stage(LEAD, "Lead"), *PIPELINE.stages[1:])
    rules = replace(UTC_RULES, pipeline=replace(PIPELINE, stages=stages))
    log = Log()
    log.add(0, LEAD, value=1_000, close=DUE)
    stated = forecast(log.basis(9, QUARTER, rules=rules)).stated
    assert (stated.value, stated.excluded) == (None, {"no probability": 1})


def test_an_edited_stage_rewrites_no_forecast() -> None:
    log = Log()
    log.add(0, PROPOSAL, value=1_000, close=DUE)
    edits = {PROPOSAL: ((micros(at(-9)), 4_000), (micros(at(5)), 2_000))}
    rules = replace(UTC_RULES, chances=edits)
    assert forecast(log.basis(4, QUARTER, rules=rules)).stated.value == 400
    assert forecast(log.basis(6, QUARTER, rules=rules)).stated.value == 200


def test_few_deals_are_drawn_towards_what_the_pipeline_says() -> None:
    assert smoothed(2, 5, Fraction(3, 5), 10) == Fraction(8, 15)
    assert smoothed(0, 0, Fraction(3, 5), 10) == Fraction(3, 5)
    assert smoothed(1, 4, None, 10) == Fraction(1, 4)
    assert smoothed(0, 0, None, 10) is None


def test_a_stage_that_nobody_came_from_has_its_prior_only() -> None:
    chance = chances(Log().basis(9)).of_stage(PROPOSAL, 0)
    assert chance.is_prior_only
    assert chance.value == Fraction(1, 2)


def test_rose_tint_is_stated_less_measured() -> None:
    log = Log()
    for _ in range(10):
        log.lose(log.path(PROPOSAL), 2)
    log.add(0, PROPOSAL, value=1_000, close=DUE)
    found = forecast(log.basis(9, QUARTER))
    # Ten were lost; it has itself been followed for nine days, and for two past its seventh.
    stage = (0 + 10 * Fraction(1, 2)) / (10 + Fraction(9 + 2, 14) + 10)
    wanted = half_up(1_000 * (0 + 10 * stage) / (Fraction(2, 14) + 10))
    assert (found.stated.value, found.measured.value) == (500, wanted)
    assert found.rose_tint.value == 500 - wanted
    assert rose_tint_by_stage(log.basis(9, QUARTER))[PROPOSAL].value == 500 - wanted


def test_one_rep_is_measured_by_everybodys_chances() -> None:
    log = Log()
    for _ in range(10):
        log.lose(log.path(PROPOSAL), 2)
    log.add(0, PROPOSAL, value=1_000, close=DUE, owner="bo")
    whole = log.basis(9, QUARTER)
    part = whole.only(by_owner(UTC_RULES), "bo")
    assert forecast(part).measured.value == forecast(whole).measured.value


def test_a_chance_is_that_of_deals_as_long_in_the_stage() -> None:
    log = Log()
    for _ in range(20):
        log.win(log.path(PROPOSAL), 5)
        log.lose(log.path(PROPOSAL), 65)
    known, quarter = chances(log.basis(70)), 90 * DAY_US
    young, old = (known.of_band(PROPOSAL, band_of(days * DAY_US), quarter) for days in (3, 62))
    assert (young.won, young.reached) == (20, Fraction(40))
    assert (old.won, old.reached) == (0, Fraction(20))
    assert (young.value or 0) > Fraction(1, 3) > (old.value or 0)


def test_deals_that_nobody_closes_count_as_not_won() -> None:
    log = Log()
    for _ in range(20):
        log.win(log.path(PROPOSAL), 5)
        log.path(PROPOSAL)
    found = chances(log.basis(100)).of_band(PROPOSAL, 0, 90 * DAY_US)
    assert (found.won, found.reached) == (20, Fraction(40))


def test_a_win_after_the_time_asked_is_no_win_in_it() -> None:
    log = Log()
    for _ in range(20):
        log.win(log.path(PROPOSAL), 30)
    known = chances(log.basis(100))
    assert known.of_band(PROPOSAL, 0, 29 * DAY_US).won == 0
    assert known.of_band(PROPOSAL, 0, 30 * DAY_US).won == 20


@pytest.mark.parametrize(
    ("ahead", "back"), [(0, 180), (90, 180), (91, 182), (365, 730), (366, 730), (9_999, 730)]
)
def test_one_looks_back_twice_as_far_as_ahead_within_limits(ahead: int, back: int) -> None:
    assert window(ahead * DAY_US) == back * DAY_US


def test_the_bands_of_age_begin_where_they_say() -> None:
    for band, days in enumerate(AGES):
        assert band_of(days * DAY_US) == band
        assert band_of(days * DAY_US - 1) == max(0, band - 1)


def test_categories_add_up_from_commit_to_pipeline() -> None:
    log = Log()
    log.win(log.add(0, value=1), 3)
    log.add(0, NEGOTIATE, value=10, close=DUE)
    log.add(0, PROPOSAL, value=100, close=DUE)
    log.add(0, QUALIFY, value=1_000, close=DUE)
    omitted = log.add(0, QUALIFY, value=9, close=DUE)
    log.say(omitted, 1, "category", what="omitted")
    basis = log.basis(9, QUARTER)
    lines = (forecast_commit, forecast_best, forecast_pipeline)
    assert [line(basis).value for line in lines] == [11, 111, 1_111]


def test_of_categories_those_without_a_date_are_counted_and_are_no_0() -> None:
    log = Log()
    log.add(0, NEGOTIATE, value=10)
    commit, pipeline = (one(log.basis(9, QUARTER)) for one in (forecast_commit, forecast_pipeline))
    assert (commit.value, commit.reason, commit.excluded) == (None, NO_DATE, {NO_DATE: 1})
    log.add(0, PROPOSAL, value=100, close=DUE)
    commit, pipeline = (one(log.basis(9, QUARTER)) for one in (forecast_commit, forecast_pipeline))
    assert (commit.value, pipeline.value, pipeline.excluded) == (None, 100, {NO_DATE: 1})


def test_the_reps_category_stays_when_the_deal_moves() -> None:
    log = Log()
    deal = log.add(0, PROPOSAL, value=10, close=DUE)
    log.say(deal, 1, "category", what="pipeline")
    log.move(deal, 2, NEGOTIATE)
    assert forecast_commit(log.basis(9, QUARTER)).value == 0


def test_a_commit_without_evidence_is_unsupported() -> None:
    log = Log()
    proved, hoped = (log.add(0, NEGOTIATE, value=10, close=DUE) for _ in range(2))
    log.add(0, PROPOSAL, value=10, close=DUE)  # which nobody commits
    basis = replace(log.basis(9, QUARTER), supported=frozenset((proved,)))
    assert ids(unsupported_commits(basis)) == [hoped]


def test_a_deal_that_should_close_today_is_not_overdue_and_in_its_month() -> None:
    log = Log()
    log.add(0, PROPOSAL, value=10, close=log.basis(9, QUARTER).today.isoformat())
    basis = log.basis(9, QUARTER)
    assert forecast_overdue(basis).value == 0
    assert next(month.open_value.value for month in months(basis)) == 10


def test_overdue_deals_stand_apart_from_the_months() -> None:
    log = Log()
    log.add(0, PROPOSAL, value=10, close="2026-01-05")
    log.add(0, PROPOSAL, value=100, close="2026-01-20")
    log.add(0, PROPOSAL, value=1_000, close="2026-06-20")
    basis = log.basis(9, QUARTER)
    assert forecast_overdue(basis).value == 10
    assert [(m.month, m.open_value.value, m.weighted.value) for m in months(basis)] == [
        ("2026-01", 100, 50),
        ("2026-02", 0, 0),
        ("2026-03", 0, 0),
        ("2026-06", 1_000, 500),
    ]


def test_of_a_long_period_the_months_of_two_years_are_shown() -> None:
    log = Log()
    log.add(0, PROPOSAL, value=10, close="2029-01-20")
    found = [month.month for month in months(log.basis(9, period("2026-01-01..2030-12-31")))]
    assert (found[0], found[-2:], len(found)) == ("2026-01", ["2027-12", "2029-01"], 25)


def test_deals_without_a_date_are_in_no_forecast_and_counted() -> None:
    log = Log()
    log.win(log.add(0, value=7), 3)
    log.add(0, PROPOSAL, value=100)
    log.add(0, PROPOSAL, close=DUE)
    stated = forecast(log.basis(9, QUARTER)).stated
    assert (stated.value, stated.excluded) == (7, {"no value": 1, "no close date": 1})


def test_the_cautious_forecast_takes_old_deals_as_lost() -> None:
    log = Log()
    log.win(log.path(PROPOSAL), 5, 0)
    old = log.add(0, PROPOSAL, value=2_400, close="2026-03-31")
    fresh = log.add(88, PROPOSAL, value=2_400, close="2026-03-31")
    basis = log.basis(89, QUARTER)
    assert set(ids(forecast(basis).measured.numerator)) == {1, fresh, old}
    assert ids(cautious_forecast(basis).numerator) == [1, fresh]


def test_what_is_old_for_one_rep_is_said_by_the_wins_of_everybody() -> None:
    log = Log()
    log.win(log.path(PROPOSAL), 5, 0)
    old, fresh = (log.add(day, PROPOSAL, value=100, close=DUE, owner="bo") for day in (0, 88))
    part = log.basis(89, QUARTER).only(by_owner(UTC_RULES), "bo")
    assert ids(cautious_forecast(part).numerator) == [fresh]
    assert set(ids(forecast(part).measured.numerator)) == {old, fresh}


def test_only_wins_of_the_last_year_say_when_a_deal_is_old() -> None:
    log = Log()
    log.win(log.path(PROPOSAL), 5, 0)
    log.lose(log.add(-30, PROPOSAL), 80)
    log.win(log.add(-900, PROPOSAL), -600, 0)
    log.add(0, PROPOSAL, value=2_400, close="2026-03-31")
    fresh = log.add(88, PROPOSAL, value=2_400, close="2026-03-31")
    assert ids(cautious_forecast(log.basis(89, QUARTER)).numerator) == [1, fresh]


def test_the_chance_of_open_deals_is_the_mean_of_theirs() -> None:
    log = Log()
    deals = [log.add(0, stage) for stage in (PROPOSAL, NEGOTIATE, LEAD)]
    found = win_chance(log.basis(9, QUARTER))
    assert (ids(found.numerator), found.n, found.excluded) == (deals, 3, {})
    of_each = []
    for deal in deals:
        alone = Log([fact for fact in log.facts if fact.deal_id == deal])
        of_each.append(win_chance(alone.basis(9, QUARTER)).value)
    assert None not in of_each
    assert found.value == sum(Fraction(one or 0) for one in of_each) / 3
    assert win_chance(Log().basis(9, QUARTER)).reason == "no open deals"


def test_a_deal_due_today_is_not_overdue() -> None:
    log = Log()
    log.add(0, value=1_000, close="2026-01-10")
    log.add(0, value=200, close="2026-01-09")
    assert forecast_overdue(log.basis(9, QUARTER)).value == 200


def test_an_age_that_a_deal_reached_in_the_archive_is_no_look_at_it() -> None:
    log = Log()
    away, back = log.add(0, PROPOSAL), log.add(0, PROPOSAL)
    for deal in (away, back):
        log.say(deal, 6, "archived")
    log.say(back, 20, "unarchived")
    known = chances(log.basis(30))
    # Both were seen at 0 days; at 7 and 14 they were away, at 21 one of them was back.
    assert [bool(known.cell(PROPOSAL, band, 0).reached) for band in range(4)] == [1, 0, 0, 1]


@pytest.mark.parametrize("wins", [9, 10])
def test_ten_wins_in_past_periods_are_enough_to_believe_a_forecast(wins: int) -> None:
    log = Log()
    log.add(0)
    for begin, number in ((1, wins - 5), (91, 5)):
        for _ in range(number):
            deal = log.add(begin, PROPOSAL, value=100, close=f"{at(begin + 120):%Y-%m-%d}")
            log.probability(deal, begin, 10_000)
            log.win(deal, begin + 120)
    tested = backtest(log.basis(280, period("2026Q4")))
    assert tested.errors["stated"] == 0
    assert tested.believed == ("stated" if wins == 10 else None)


@pytest.mark.parametrize(("valued", "by_count"), [(10, True), (11, False)])
def test_forecasts_of_deals_without_a_value_are_held_against_wins(
    valued: int, by_count: bool
) -> None:
    """Half of the deals at least have to have a value for money to say how right one was."""
    log = Log()
    log.add(0)
    for begin, before in ((1, 0), (91, 10)):
        for number in range(before, before + 10):
            value = 100 if number < valued else None
            deal = log.add(begin, PROPOSAL, value=value, close=f"{at(begin + 120):%Y-%m-%d}")
            log.probability(deal, begin, 10_000)
            log.win(deal, begin + 120)
    tested = backtest(log.basis(280, period("2026Q4")))
    assert tested.by_count is by_count
    assert [score.wins for score in tested.scores][:2] == [10, 10]
    assert sum(score.valued for score in tested.scores) == valued
    assert tested.errors["stated"] == 0


@pytest.mark.parametrize(
    ("wins", "error", "is_believed"),
    [(5, Fraction(3), False), (10, Fraction(1), False), (11, Fraction(9, 11), True)],
)
def test_forecasts_that_were_off_by_as_much_as_came_are_not_believed(
    wins: int, error: Fraction, is_believed: bool
) -> None:
    log = Log()
    log.add(0)
    for begin in (1, 91):
        for number in range(20):
            deal = log.add(begin, PROPOSAL, value=100, close=f"{at(begin + 120):%Y-%m-%d}")
            if number < wins:
                log.win(deal, begin + 120)
    certain = replace(UTC_RULES, prior_strength=10**9, chances={PROPOSAL: ((0, 10_000),)})
    tested = backtest(log.basis(280, period("2026Q4"), rules=certain))
    assert tested.errors["stated"] == error
    assert (tested.believed is not None) is is_believed
    reason = "every forecast has been off by as much as came, or more"
    assert tested.reason == (None if is_believed else reason)


def test_a_deal_stands_in_a_stage_from_the_instant_at_which_it_enters() -> None:
    log = Log()
    log.path(LEAD, QUALIFY, PROPOSAL)
    (deal,) = log.histories()
    found = {day: stay_at(deal, micros(at(day))) for day in (0, 0.5, 1, 1.5, 2, 9)}
    assert {day: stage for day, (_, stage, _) in found.items()} == {
        0: LEAD, 0.5: LEAD, 1: QUALIFY, 1.5: QUALIFY, 2: PROPOSAL, 9: PROPOSAL,
    }  # fmt: skip
    assert found[1.5] == (micros(at(1)), QUALIFY, 0)


def test_without_a_period_only_months_with_a_deal_are_shown() -> None:
    log = Log()
    log.add(0, PROPOSAL, value=10, close="2026-04-20")
    assert [month.month for month in months(log.basis(9))] == ["2026-04"]
    quarter = [month.month for month in months(log.basis(9, period("2026Q1")))]
    assert quarter == ["2026-01", "2026-02", "2026-03", "2026-04"]


def test_what_came_of_a_forecast_in_money_is_of_deals_that_had_a_value_then() -> None:
    log = Log()
    log.add(0)
    for begin, amounts in ((1, (100, 50, None)), (91, (100, 50, 30))):
        for amount in amounts:
            deal = log.add(begin, PROPOSAL, value=amount, close=f"{at(begin + 120):%Y-%m-%d}")
            log.win(deal, begin + 120, 70)
    tested = backtest(log.basis(280, period("2026Q4")))
    found = [(score.deals, score.valued, score.wins, score.came) for score in tested.scores]
    assert found[:2] == [(4, 3, 3, Fraction(210)), (4, 2, 3, Fraction(140))]
    assert not tested.by_count


def test_a_forecast_by_the_table_leaves_out_stages_that_say_nothing() -> None:
    mute = tuple(replace(one, probability_bp=None) for one in PIPELINE.stages)
    rules = replace(UTC_RULES, pipeline=replace(PIPELINE, stages=mute))
    log = Log()
    log.add(0)
    for begin in (1, 91):
        deal = log.add(begin, PROPOSAL, value=10_000_000, close=f"{at(begin + 120):%Y-%m-%d}")
        log.win(deal, begin + 120)
    for score in backtest(log.basis(280, period("2026Q4"), rules=rules)).scores[:2]:
        assert not any((score.said["table"], score.said["stated"], score.said_wins["table"]))


def test_nothing_open_is_a_forecast_of_nothing_and_no_known_day_is_none() -> None:
    log = Log()
    expected: tuple[object, ...] = (0, None, {})
    for _ in range(2):
        found = forecast(log.basis(9))
        for metric in (found.stated, found.table):
            assert (metric.value, metric.reason, metric.excluded) == expected
        log.add(0, LEAD, value=100)
        expected = (None, "no close date", {"no close date": 1})
