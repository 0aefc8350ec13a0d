"""Stated probabilities are held against what became of the deals."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import sqrt

import pytest

from pipeboard.domain.dates import micros
from pipeboard.domain.metrics.calibration import (
    FORECAST_LINES,
    Sample,
    calibration,
    forecast_history,
    reviewed,
    scored,
)
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.past_forecasts import at_same_time, at_starts
from pipeboard.domain.metrics.rules import by_month, by_owner
from pipeboard.domain.pipeline import Stage
from tests.domain.metrics.log import (
    LEAD,
    NEGOTIATE,
    PIPELINE,
    PROPOSAL,
    UTC_RULES,
    WON,
    Log,
    at,
    period,
)


def deal(one: int) -> DealHistory:
    return DealHistory(one, 0, 1, None, None, None, "")


def test_five_times_eighty_percent_with_one_win() -> None:
    outcomes = (True, False, False, True, False)
    found = scored([Sample(8_000, won, deal(n)) for n, won in enumerate(outcomes)], 5)
    assert found.brier.value == Fraction(2, 5)
    assert found.skill.den == Fraction(6, 25)
    assert found.skill.value == Fraction(-2, 3)
    assert found.bias.value == Fraction(2, 5)


def test_ten_samples_are_needed() -> None:
    found = scored([Sample(8_000, True, deal(n)) for n in range(9)], 10)
    assert (found.brier.value, found.brier.reason, found.brier.n) == (
        None,
        "not enough deals are old enough to be decided",
        9,
    )


def test_without_samples_nothing_is_calibrated_however_few_are_needed() -> None:
    assert scored([], 0).brier.reason == "not enough deals are old enough to be decided"


def test_many_reviews_of_few_deals_are_not_enough() -> None:
    thrice = [Sample(8_000, n % 2 == 0, deal(n)) for n in range(9)] * 3
    assert scored(thrice, 10).brier.reason == "not enough deals are old enough to be decided"
    assert scored(thrice, 9).brier.n == 9


def test_a_bands_interval_is_that_of_as_many_deals_not_reviews() -> None:
    once = [Sample(5_000, n % 2 == 0, deal(n)) for n in range(20)]
    one, three = (scored(samples, 1).bands[2].won for samples in (once, once * 3))
    assert (one.value, one.low, one.high) == (three.value, three.low, three.high)
    assert (one.den, three.den) == (20, 60)


@pytest.mark.parametrize(("now", "reviews"), [(90.0, 1), (91.0, 2), (90.9, 1)])
def test_a_month_counts_once_its_deals_have_had_as_long_as_nine_of_ten_took(
    now: float, reviews: int
) -> None:
    """They took 60 days: 1 February (day 31) is decided on day 91, to the instant."""
    log = Log()
    for _ in range(10):
        log.win(log.add(0, PROPOSAL), 60)
    found = calibration(log.basis(now))
    assert (found.brier.n, found.brier.den) == (10, 10 * reviews)


def test_a_deal_that_closes_this_instant_has_been_open_at_the_reviews_before() -> None:
    log = Log()
    for _ in range(10):
        log.win(log.add(0, PROPOSAL), 30)
    log.win(log.add(0, PROPOSAL), 100)
    found = calibration(log.basis(100)).brier
    assert (found.n, found.den) == (11, 10 + 3)


@pytest.mark.parametrize(("days", "reviews"), [(30, 1), (31, 2), (61, 2), (62, 3)])
def test_reviews_go_back_to_the_first_day_of_the_window(days: int, reviews: int) -> None:
    """On 4 March: 1 February is 31 days back, and 1 January 62."""
    log = Log()
    log.add(-5, PROPOSAL)
    log.win(log.add(57, PROPOSAL), 58)
    found = reviewed(log.basis(62, rules=replace(UTC_RULES, measured_days=days)))
    assert len(found) == reviews


def test_how_long_deals_take_is_asked_of_losses_too() -> None:
    log = Log()
    for _ in range(10):
        log.win(log.add(0, PROPOSAL), 5)
        log.lose(log.add(0, PROPOSAL), 60)
    assert calibration(log.basis(90)).brier.den == 20


def test_a_deal_that_nobody_knows_the_beginning_of_says_nothing_of_how_long_deals_take() -> None:
    log = Log()
    for _ in range(10):
        log.win(log.add(0, PROPOSAL), 60)
    for _ in range(10):
        vague = log.add(0, PROPOSAL)
        log.forget_when(vague)
        log.win(vague, 2)
    assert calibration(log.basis(90)).brier.den == 20


def test_a_deal_was_not_open_at_a_review_while_it_lay_in_the_archive() -> None:
    log = Log()
    for _ in range(10):
        one = log.add(10, PROPOSAL)
        log.say(one, 20, "archived")
        log.say(one, 40, "unarchived")
        log.win(one, 70)
    found = calibration(log.basis(140)).brier
    assert (found.n, found.den) == (10, 10)


def test_there_is_no_skill_where_every_deal_ended_the_same_way() -> None:
    found = scored([Sample(8_000, True, deal(n)) for n in range(10)], 10)
    assert found.brier.value == Fraction(1, 25)
    assert found.skill.reason == "every deal ended the same way"


def test_the_reliability_table_puts_certainty_in_its_last_band() -> None:
    samples = [Sample(bp, won, deal(bp)) for bp, won in ((0, False), (2_000, True), (10_000, True))]
    bands = scored(samples, 1).bands
    assert [band.won.n for band in bands] == [1, 1, 0, 0, 1]
    assert bands[1].won.value == 1
    assert bands[1].stated == Fraction(1, 5)
    assert bands[2].won.reason == "no deal was given such a chance"


def test_each_month_start_that_a_deal_was_open_is_a_sample_of_what_was_said_then() -> None:
    log = Log()
    for _ in range(5):
        one = log.add(10, PROPOSAL)
        log.move(one, 40, NEGOTIATE)
        log.probability(one, 62, 9_000)
        log.win(one, 70)
    still_open = log.add(10, PROPOSAL)
    early = log.add(10, PROPOSAL)
    log.lose(early, 20)
    rules = replace(UTC_RULES, samples_needed=5)
    found = calibration(log.basis(125, rules=rules))
    # 1 February at 50 % and 1 March at 80 %; the probability by hand came after both. The reviews
    # after 6 March are not old enough: nine of ten deals took 60 days. What is open is not won.
    quarter = Fraction(1, 4)
    assert (found.brier.n, found.brier.den, found.by_hand) == (6, 12, 0)
    assert found.brier.num == 5 * (quarter + Fraction(1, 25)) + 2 * quarter
    assert still_open in found.brier.den_ids and early not in found.brier.den_ids


def test_a_chance_that_the_stage_was_given_later_says_nothing_about_before() -> None:
    log = Log()
    for _ in range(10):
        log.win(log.add(10, PROPOSAL), 70)
    rules = replace(UTC_RULES, chances={PROPOSAL: ((micros(at(50)), 5_000),)})
    found = calibration(log.basis(125, rules=rules))
    assert (found.said, found.brier.den) == (10, 10)
    assert found.brier.excluded == {"the stage was given its chance later": 10}


def test_the_interval_takes_all_reviews_of_a_deal_together() -> None:
    once = [Sample(5_000, n % 2 == 0, deal(n)) for n in range(20)]
    thrice = [sample for sample in once for _ in range(3)]
    one, three = (scored(samples, 10).bias for samples in (once, thrice))
    assert (one.n, one.value) == (three.n, three.value) == (20, 0)
    assert one.low == pytest.approx(three.low) and one.high == pytest.approx(three.high)
    assert one.low is not None and one.low < -0.2


def test_a_reopened_deal_was_not_open_while_it_was_closed() -> None:
    log = Log()
    for _ in range(10):
        one = log.add(10, PROPOSAL)
        log.lose(one, 20)
        log.reopen(one, 40, PROPOSAL)
        log.win(one, 70)
    found = calibration(log.basis(140)).brier
    assert (found.n, found.den) == (10, 10)


def test_the_interval_of_the_bias_is_that_of_the_deals_errors() -> None:
    samples = [
        Sample(8_000, True, deal(1)),
        Sample(2_000, False, deal(2)),
        Sample(5_000, False, deal(3)),
    ]
    found = scored(samples, 1)
    # Off by -0.2, 0.2 and 0.5, one sixth on average; the spread of the three around it by n - 1.
    errors = [-0.2 - 1 / 6, 0.2 - 1 / 6, 0.5 - 1 / 6]
    reach = 1.959964 * sqrt(sum(error**2 for error in errors) * 3 / 2) / 3
    assert found.bias.value == Fraction(1, 6)
    assert (found.bias.low, found.bias.high) == pytest.approx((1 / 6 - reach, 1 / 6 + reach), 1e-6)
    two, one = scored(samples[:2], 1), scored(samples[:1], 1)
    assert two.bias.low is not None and one.bias.low is None


def test_what_came_of_a_past_forecast_is_of_whoever_won_it() -> None:
    log = Log()
    deal = log.add(-100, PROPOSAL, value=100)
    log.owner(deal, 40, "bo")
    log.win(deal, 50)
    basis = log.basis(120, period("2026Q2"))
    came = {
        rep: {call.came for call in forecast_history(basis.only(by_owner(UTC_RULES), rep))}
        for rep in ("ana", "bo")
    }
    assert came == {"ana": {0}, "bo": {0, 100}}


def test_what_was_won_in_the_last_instant_before_a_week_was_won_by_then() -> None:
    log = Log()
    log.win(log.add(0, PROPOSAL, value=100), 56)
    log.facts[-1] = log.facts[-1]._replace(at=micros(at(56)) - 1)
    calls = forecast_history(log.basis(120, period("2026Q2")))
    assert [call.said["commit"] for call in calls] == [0] * 8 + [100] * 5


def test_each_week_of_a_past_period_says_what_was_won_and_what_was_to_come_by_then() -> None:
    """A win on day 60 that its rep called best; a lead that they called commit before it was lost;
    deals that were due later, had no value or no day count in no forecast of theirs."""
    log = Log()
    log.win(log.add(0, PROPOSAL, value=100, close="2026-03-20"), 60)
    log.add(8, NEGOTIATE, value=1_000, close="2026-04-01")
    log.add(8, NEGOTIATE, value=1_000, close="2025-12-31")
    log.add(8, NEGOTIATE, close="2026-03-28")
    log.add(8, LEAD, value=100_000)
    lead = log.add(8, LEAD, value=10_000, close="2026-03-31")
    log.probability(lead, 20, 7_000)
    log.say(lead, 25, "category", what="commit")
    log.lose(lead, 30)
    calls = forecast_history(log.basis(120, period("2026Q2")))
    assert [(call.period.label, call.week) for call in calls] == [
        ("2026Q1", week) for week in range(1, 14)
    ]
    assert {call.came for call in calls} == {100}
    said = [[call.said[name] for name in ("commit", "best", "pipeline")] for call in calls]
    rest = [[0, 100, 100]] * 4 + [[100, 100, 100]] * 4
    assert said == [
        [0, 0, 0],
        [0, 100, 100],
        [0, 100, 10_100],
        [0, 100, 10_100],
        [10_000, 10_100, 10_100],
        *rest,
    ]
    weighted = [call.said["weighted"] for call in calls]
    assert weighted == [0, 50, 1_050, 7_050, 7_050, *[50] * 4, *[100] * 4]
    assert calls[0].off("best") == -1
    assert calls[4].off("best") == 100


def test_a_deal_of_which_no_chance_is_known_was_to_bring_nothing() -> None:
    unknown = Stage(LEAD, "Lead")
    rules = replace(UTC_RULES, pipeline=replace(PIPELINE, stages=(unknown, *PIPELINE.stages[1:])))
    log = Log()
    log.add(0, LEAD, value=100, close="2026-03-20")
    calls = forecast_history(log.basis(120, period("2026Q2"), rules=rules))
    assert {call.said[name] for call in calls for name in ("measured", "weighted")} == {Fraction(0)}
    assert {call.off("measured") for call in calls} == {None}


def test_what_reps_said_week_by_week_adds_up_to_what_all_said() -> None:
    log = Log()
    for number in range(6):
        owner = "ana" if number % 2 else "bo"
        deal = log.add(number, PROPOSAL, value=10**number, close="2026-03-20", owner=owner)
        if number % 3 == 0:
            log.owner(deal, 30 + number, "cy")
        if number < 4:
            log.win(deal, 60 + number)
        if number == 1:
            log.owner(deal, 80, "bo")
    basis = log.basis(120, period("2026Q2"))
    parts = basis.split(by_owner(UTC_RULES)).values()
    whole = forecast_history(basis)
    of_reps = [forecast_history(part) for part in parts]
    assert len(of_reps) == 3
    for week, call in enumerate(whole):
        weeks = [calls[week] for calls in of_reps]
        assert sum(one.came for one in weeks) == call.came
        for name in FORECAST_LINES:
            assert sum(one.said[name] for one in weeks) == call.said[name], (week, name)


def test_a_deal_that_was_given_away_was_said_by_who_had_it_in_each_week() -> None:
    log = Log()
    deal = log.add(0, PROPOSAL, value=100, close="2026-03-20", owner="bo")
    log.owner(deal, 30, "cy")
    parts = log.basis(120, period("2026Q2")).split(by_owner(UTC_RULES))
    said = {rep: [call.said["weighted"] for call in forecast_history(parts[rep])] for rep in parts}
    assert said == {"bo": [0, *[50] * 4, *[0] * 8], "cy": [*[0] * 5, *[50] * 8]}


def test_what_reps_had_open_and_won_in_past_periods_adds_up_to_what_all_had() -> None:
    log = Log()
    for number in range(8):
        owner = "ana" if number % 2 else "bo"
        deal = log.add(number, PROPOSAL, value=10, close="2026-05-20", owner=owner)
        if number % 3 == 0:
            log.owner(deal, 95 + number, "cy")
        if number < 6:
            log.win(deal, 100 + number)
    basis = log.basis(200, period("2026Q3"))
    parts = list(basis.split(by_owner(UTC_RULES)).values())
    for find in (at_starts, at_same_time):
        for place, standing in enumerate(find(basis)):
            of_reps = [find(part)[place] for part in parts]
            for name in ("open", "won"):
                deals = [deal.id for one in of_reps for deal in getattr(one, name)]
                assert sorted(deals) == sorted(deal.id for deal in getattr(standing, name))
    assert next(len(one.won) for one in at_starts(basis)) == 6


def test_a_past_period_began_with_what_stood_open_just_before_it() -> None:
    log = Log()
    before, at_its_start = log.add(0), log.add(90)
    moment = micros(at(90)) - 1
    log.facts.append(log.facts[0]._replace(deal_id=3, at=moment))
    won = log.add(0)
    log.facts[-1] = log.facts[-1]._replace(deal_id=4)
    log.facts.append(log.facts[-1]._replace(kind="won", at=moment, stage_id=WON))
    assert (before, at_its_start, won) == (1, 2, 3)
    (standing, *_) = at_starts(log.basis(200, period("2026Q3")))
    assert (standing.period.label, standing.at) == ("2026Q2", moment)
    assert sorted(deal.id for deal in standing.open) == [1, 3]


def test_a_past_win_is_of_its_own_month_and_what_stood_open_of_that_of_its_date() -> None:
    log = Log()
    for number in range(4):
        deal = log.add(-30, PROPOSAL, value=10, close="2026-03-20")
        if number < 3:
            log.win(deal, 35)
    basis = log.basis(120, period("2026Q2"))
    months = by_month(basis.calendar)
    found = {
        month: next((len(one.open), len(one.won)) for one in at_starts(basis.only(months, month)))
        for month in ("2026-02", "2026-03")
    }
    assert found == {"2026-02": (0, 3), "2026-03": (4, 0)}
