"""Stated probabilities are held against what became of the deals."""

from __future__ import annotations

from fractions import Fraction

from pipeboard.domain.metrics.calibration import Sample, calibration, scored
from pipeboard.domain.metrics.history import History
from tests.domain.metrics.log import NEGOTIATE, PROPOSAL, Log


def deal(one: int) -> History:
    return History(one, 0, 1, None, None, None, "")


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
        "not enough closed deals",
        9,
    )


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
    found = calibration(log.basis(80))
    # 1 February at 50 % and 1 March at 80 %; the probability by hand came after both.
    assert found.brier.n == 10
    assert found.brier.value == Fraction(1, 2) * (Fraction(1, 4) + Fraction(1, 25))
    assert found.brier.excluded == {"still open": 2}
    assert still_open not in found.brier.den_ids and early not in found.brier.den_ids


def test_a_reopened_deal_was_not_open_while_it_was_closed() -> None:
    log = Log()
    for _ in range(10):
        one = log.add(10, PROPOSAL)
        log.lose(one, 20)
        log.reopen(one, 40, PROPOSAL)
        log.win(one, 70)
    assert calibration(log.basis(80)).brier.n == 10
