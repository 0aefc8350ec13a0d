"""The sentences under the charts say what the numbers say, and no more."""

from __future__ import annotations

from dataclasses import replace

from pipeboard.domain.metrics import Report, Target
from pipeboard.domain.metrics.grouping import by_owner
from pipeboard.domain.metrics.readings import (
    activity_reading,
    calibration_reading,
    forecast_reading,
    funnel_reading,
    loss_reading,
    reps_reading,
    stuck_reading,
    target_reading,
    weeks_reading,
)
from pipeboard.domain.metrics.wording import Wording
from pipeboard.domain.money import Money
from tests.domain.metrics.log import LEAD, LOST, PROPOSAL, QUALIFY, UTC_RULES, WON, Log, period

SAY = Wording("EUR")
JANUARY = period("2026-01")


def targeted(log: Log, day: float, target: int) -> Report:
    rules = replace(UTC_RULES, targets=(Target("2026-01", Money(target, "EUR")),))
    return Report(log.basis(day, JANUARY, rules=rules))


def test_without_a_target_it_says_how_to_set_one() -> None:
    said = target_reading(Report(Log().basis(9, JANUARY)), SAY)
    assert said == "No target for 2026-01: 'pipeboard target set 2026-01 130k' sets one."


def test_a_running_period_says_what_is_missing_and_whether_the_pipeline_covers_it() -> None:
    log = Log()
    log.win(log.add(0, value=3_000_000), 2, 3_000_000)
    log.lose(log.add(0, value=9_000_000), 2)
    log.add(1, value=2_000_000, close="2026-01-20")
    said = target_reading(targeted(log, 9, 10_000_000), SAY)
    assert said == (
        "€30k of €100k won (30%), €70k to go; €20k is due (0.3x), "
        "and a win rate of 25% by value needs 4.0x: short."
    )


def test_a_target_is_met_or_missed_in_the_end() -> None:
    log = Log()
    log.win(log.add(0), 2, 3_000_000)
    assert target_reading(targeted(log, 9, 2_000_000), SAY) == (
        "Target met: €30k of €20k won, €10k above."
    )
    assert target_reading(targeted(log, 40, 4_000_000), SAY) == (
        "Target missed: €30k of €40k won (75%), €10k short."
    )


def test_the_bottleneck_is_named_with_its_deals_value_and_days() -> None:
    log = Log()
    log.add(0, QUALIFY, value=4_000_000)
    log.add(0, QUALIFY, value=100_000)
    said = stuck_reading(Report(log.basis(20)), SAY)
    assert said.startswith("Qualify is the bottleneck: 2 deals, €41k, 12 deal-days past 14 d")


def test_where_nothing_is_late_nothing_is_stuck() -> None:
    log = Log()
    log.add(0, QUALIFY)
    assert stuck_reading(Report(log.basis(2)), SAY).startswith("Nothing is stuck")


def test_few_closed_deals_are_no_ground_for_a_belief() -> None:
    log = Log()
    log.add(0, PROPOSAL, value=100_000, close="2026-01-20")
    said = forecast_reading(Report(log.basis(9, JANUARY)), SAY)
    assert said.startswith("Too few deals have closed (n=0)")


def hopeful(won: int, lost: int) -> Report:
    """Deals that were open over three months' starts at half a chance, and one to come."""
    log = Log()
    for number in range(won + lost):
        deal = log.add(0, PROPOSAL, value=100_000)
        if number < won:
            log.win(deal, 70)
        else:
            log.lose(deal, 70)
    log.add(71, PROPOSAL, value=10_000_000, close="2026-03-20")
    return Report(log.basis(72, period("2026-03")))


def test_hope_is_what_is_stated_beyond_what_was_measured() -> None:
    said = forecast_reading(hopeful(won=1, lost=19), SAY)
    assert said.startswith("Believe €21") and "of it is hope" in said
    assert calibration_reading(hopeful(won=1, lost=19)) == (
        "Stated chances are 45 points too hopeful (n=60)."
    )


def test_what_comes_better_than_stated_is_said_too() -> None:
    assert "more than anybody says" in forecast_reading(hopeful(won=19, lost=1), SAY)
    assert "too cautious" in calibration_reading(hopeful(won=19, lost=1))
    assert calibration_reading(hopeful(won=10, lost=10)).startswith("Stated chances come true")


def test_the_weakest_step_of_the_funnel_needs_enough_decided_deals() -> None:
    log = Log()
    for _ in range(4):
        log.path(LEAD, LOST)
    assert funnel_reading(Report(log.basis(9))).startswith("Too few deals")
    log.path(LEAD, WON)
    log.add(0, LEAD)
    assert funnel_reading(Report(log.basis(9))) == (
        "Lead is the weakest step: 20% of 5 that were decided went on; 1 of 6 are undecided."
    )


def test_the_most_frequent_loss_is_named_with_where_it_came_from() -> None:
    log = Log()
    log.lose(log.add(0, QUALIFY, value=500_000), 1, "price")
    log.lose(log.add(0, QUALIFY), 1, "price")
    log.lose(log.add(0, LEAD), 1, "timing")
    assert loss_reading(Report(log.basis(9)), SAY) == (
        "Most often price: 2 of 3 losses, €5k, mostly from Qualify."
    )
    assert loss_reading(Report(Log().basis(9)), SAY) == "Nothing was lost in the period."


def test_leads_that_nobody_answered_are_counted() -> None:
    log = Log()
    log.say(log.add(0), 0.25, "touch", what="call out")
    log.add(0)
    assert activity_reading(Report(log.basis(9)), SAY) == (
        "Half of the new deals heard from us within 6 h; 1 open deal never heard from us."
    )


def test_reps_are_compared_only_beyond_chance() -> None:
    def rates(ana: tuple[int, int], bo: tuple[int, int]) -> str:
        log = Log()
        for owner, (won, lost) in (("ana", ana), ("bo", bo)):
            for number in range(won + lost):
                deal = log.add(0, owner=owner)
                if number < won:
                    log.win(deal, 1)
                else:
                    log.lose(deal, 1)
        return reps_reading(Report(log.basis(9)).groups(by_owner(UTC_RULES)))

    assert rates((4, 5), (1, 8)).startswith("Fewer than two reps have 10 closed deals")
    assert "by no more than chance" in rates((6, 6), (5, 7))
    assert rates((18, 2), (2, 18)).startswith("@ana wins more (")


def test_the_last_four_full_weeks_are_held_against_the_four_before() -> None:
    log = Log()
    log.win(log.add(0), 36, 400_000)
    log.win(log.add(0), 60, 800_000)
    report = Report(log.basis(72, period("2026-03")))
    assert weeks_reading(report.weeks, SAY) == (
        "€2k a week in the last four full weeks, €1k in the four before."
    )
