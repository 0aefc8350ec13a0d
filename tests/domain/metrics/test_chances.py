"""What is seen of deals when chances are measured: up to its own instant each, and no further."""

from __future__ import annotations

from fractions import Fraction

import pytest

from pipeboard.domain.dates import micros
from pipeboard.domain.metrics import chances as module
from pipeboard.domain.metrics.chances import AGES, Cell, Chances, chances, chances_at, window
from pipeboard.domain.metrics.result import DAY_US
from tests.domain.metrics.log import LEAD, NEGOTIATE, PROPOSAL, Log, at, ids

SECOND = 1 / 86_400
"""In days."""


def bands(known: Chances) -> list[int]:
    """The days from which on a deal was seen in its stage."""
    return [days for band, days in enumerate(AGES) if known.cell(PROPOSAL, band, 0).reached]


def seen(log: Log, day: float, ahead: int = 0) -> Cell:
    return chances(log.basis(day)).cell(PROPOSAL, 0, ahead)


@pytest.mark.parametrize(
    ("stayed", "reached"),
    [
        (0, [0]),
        (7 - SECOND, [0]),
        (7, [0, 7]),
        (14 - SECOND, [0, 7]),
        (14, [0, 7, 14]),
        (90, [0, 7, 14, 21, 30, 45, 60, 75, 90]),
    ],
)
def test_a_stay_reaches_each_age_up_to_the_instant_at_which_it_ends(
    stayed: float, reached: list[int]
) -> None:
    for began, first in ((0, PROPOSAL), (3, LEAD)):
        log = Log()
        deal = log.add(0, first)
        if first == LEAD:
            log.move(deal, began, PROPOSAL)
        log.move(deal, began + stayed, NEGOTIATE)
        assert bands(chances(log.basis(120))) == reached


@pytest.mark.parametrize("first", [PROPOSAL, LEAD])
def test_what_happens_at_the_instant_itself_is_seen(first: int) -> None:
    log = Log()
    deal = log.add(5, first)
    if first == LEAD:
        log.move(deal, 5, PROPOSAL)
    log.win(deal, 5)
    assert seen(log, 5) == Cell(1, Fraction(1))
    assert seen(log, 9) == Cell(1, Fraction(1))


@pytest.mark.parametrize(("day", "reached"), [(5, 0), (5.99, 0), (6, 1), (12, 1)])
def test_an_open_deal_counts_from_its_first_whole_day_on(day: float, reached: int) -> None:
    log = Log()
    log.add(5, PROPOSAL)
    assert seen(log, day) == Cell(0, Fraction(reached))


@pytest.mark.parametrize(("began", "followed"), [(4, 1), (4.5, 0), (5, 0), (6, 0), (9, 0)], ids=str)
def test_what_begins_after_an_instant_says_nothing_of_it(began: float, followed: int) -> None:
    log = Log()
    log.lose(log.add(began, PROPOSAL), 10)
    assert chances_at(log.basis(50), micros(at(5))).cell(PROPOSAL, 0, 0).reached == followed


def test_a_win_counts_within_the_time_asked_its_last_instant_included() -> None:
    log = Log()
    log.win(log.add(0, PROPOSAL), 10)
    assert seen(log, 30, 10 * DAY_US) == Cell(1, Fraction(1))
    assert seen(log, 30, 10 * DAY_US - 1) == Cell(0, Fraction(1))


def test_what_ends_at_the_instant_has_ended() -> None:
    log = Log()
    log.lose(log.add(0, PROPOSAL), 3)
    thrice = 14 * DAY_US
    assert seen(log, 3, thrice) == Cell(0, Fraction(1))
    assert seen(log, 3 - SECOND, thrice) == Cell(0, Fraction(2, 14))


@pytest.mark.parametrize(
    ("ahead", "back"), [(0, 180), (90, 180), (91, 182), (365, 730), (400, 730)]
)
def test_one_looks_back_twice_as_far_as_ahead_and_within_limits(ahead: int, back: int) -> None:
    assert window(ahead * DAY_US) == back * DAY_US
    for early, count in ((0, 1), (SECOND, 0)):
        log = Log()
        log.lose(log.add(-early, PROPOSAL), 1)
        assert seen(log, back, ahead * DAY_US).reached == count


@pytest.mark.parametrize(
    ("away", "back", "reached"),
    [
        (3, 10, [0, 14, 21]),
        (7, 14, [0, 14, 21]),
        (7 + SECOND, 14 + SECOND, [0, 7, 21]),
        (7 - SECOND, 14 - SECOND, [0, 14, 21]),
    ],
)
def test_a_deal_reaches_no_age_while_it_is_put_away(
    away: float, back: float, reached: list[int]
) -> None:
    log = Log()
    deal = log.add(0, PROPOSAL)
    log.say(deal, away, "archived")
    log.say(deal, back, "unarchived")
    assert bands(chances(log.basis(25))) == reached


def test_a_deal_that_is_put_away_has_ended_without_a_win() -> None:
    log = Log()
    deal = log.add(0, PROPOSAL)
    log.say(deal, 3, "archived")
    known = log.basis(9)
    month = 30 * DAY_US
    assert chances_at(known, micros(at(3))).cell(PROPOSAL, 0, month) == Cell(0, Fraction(1))
    assert chances_at(known, micros(at(3)) - 1).cell(PROPOSAL, 0, month).reached == Fraction(2, 14)


def test_a_reopened_deal_is_seen_as_it_was_at_each_instant() -> None:
    log = Log()
    deal = log.add(2, PROPOSAL)
    log.win(deal, 5)
    log.reopen(deal, 9, NEGOTIATE)
    known = log.basis(20)
    month = 30 * DAY_US
    cells = {
        day: chances_at(known, micros(at(day))).cell(PROPOSAL, 0, month)
        for day in (1, 2, 4, 5, 8, 9, 16)
    }
    assert cells == {
        1: Cell(0, Fraction(0)),
        2: Cell(0, Fraction(0)),
        4: Cell(0, Fraction(2, 14)),
        5: Cell(1, Fraction(1)),
        8: Cell(1, Fraction(1)),
        9: Cell(0, Fraction(7, 14)),
        16: Cell(0, Fraction(1)),
    }


@pytest.mark.parametrize("asked", [(5, 10, 30), (30, 10, 5), (10, 5, 10)])
def test_a_chance_is_of_the_time_ahead_that_is_asked_for_whatever_was_asked_before(
    asked: tuple[int, ...],
) -> None:
    """Won after ten days, lost after twenty; five in ten of such a stage were said to be won."""
    log = Log()
    log.win(log.add(0, PROPOSAL), 10)
    log.lose(log.add(0, PROPOSAL), 20)
    log.win(log.add(0, LEAD), 10)
    known = chances(log.basis(60))
    won = {5: (1, 0), 10: (2, 1), 30: (2, 1)}  # seen from its beginning, and from seven days on
    for days in asked:
        ahead = days * DAY_US
        stage, band = known.of_stage(PROPOSAL, ahead), known.of_band(PROPOSAL, 0, ahead)
        assert (stage.won, band.won) == won[days]
        assert (stage.band, band.band) == (None, 0)
        assert stage.stage_id == band.stage_id == PROPOSAL
        assert (stage.prior, band.prior) == (Fraction(1, 2), stage.value)
        assert (
            known.of_stage(PROPOSAL, ahead)
            == stage
            == chances(log.basis(60)).of_stage(PROPOSAL, ahead)
        )
        assert known.of_stage(LEAD, ahead).prior == Fraction(1, 10)
        assert known.of_band(PROPOSAL, 1, ahead) != band


def test_a_deal_of_which_nobody_knows_since_when_it_stands_there_has_the_chance_of_its_stage() -> (
    None
):
    log = Log()
    log.win(log.add(0, PROPOSAL), 10)
    log.add(0, PROPOSAL)
    log.forget_when(2)
    basis, ahead = log.basis(60), 30 * DAY_US
    known = chances(basis)
    (deal,) = basis.deals.open
    assert known.of(deal, micros(at(60)), ahead) == known.of_stage(PROPOSAL, ahead)


def test_of_very_many_deals_every_second_or_third_by_number_is_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_FOLLOWED", 4)
    for number, expected in ((3, [1, 2, 3]), (4, [2, 4]), (7, [2, 4, 6]), (8, [3, 6])):
        log = Log()
        for _ in range(number):
            log.add(0)
        assert ids(module.followed(log.basis(9))) == expected


def test_a_deal_has_no_stay_before_it_began() -> None:
    log = Log()
    log.add(5)
    (deal,) = log.histories()
    assert module.stay_at(deal, micros(at(5)))[:2] == (micros(at(5)), LEAD)
    with pytest.raises(ValueError, match="deal 1 had not begun"):
        module.stay_at(deal, micros(at(5)) - 1)
