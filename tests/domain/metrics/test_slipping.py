"""A slip is a deal that was due and did not close; a push is a date moved to a later month."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from pipeboard.domain.dates import micros
from pipeboard.domain.metrics.rules import by_month, by_owner
from pipeboard.domain.metrics.waterfall import most_pushed, push_count, slip_rate
from tests.domain.metrics.log import UTC_RULES, Log, at, ids, period

FEBRUARY = period("2026-02")


def test_what_was_due_at_the_start_and_did_not_close_has_slipped() -> None:
    log = Log()
    won, moved, left, archived = (log.add(0, close="2026-02-20") for _ in range(4))
    log.add(0, close="2026-03-20")
    log.add(35, close="2026-02-25")
    log.win(won, 40)
    log.close(moved, 40, "2026-03-02")
    log.say(archived, 40, "archived")
    rate = slip_rate(log.basis(70, FEBRUARY))
    assert (rate.value, ids(rate.numerator)) == (Fraction(3, 4), [moved, left, archived])


def test_while_the_period_runs_a_deal_slips_when_its_date_moves_or_passes() -> None:
    log = Log()
    log.add(0, close="2026-02-05")
    log.add(0, close="2026-02-25")
    moved = log.add(0, close="2026-02-25")
    log.close(moved, 32, "2026-03-02")
    assert slip_rate(log.basis(33, FEBRUARY)).value == Fraction(1, 3)
    assert slip_rate(log.basis(40, FEBRUARY)).value == Fraction(2, 3)


def test_a_deal_that_left_the_board_has_slipped_though_its_date_lies_ahead() -> None:
    log = Log()
    away, back = (log.add(0, close="2026-02-25") for _ in range(2))
    log.say(away, 32, "archived")
    log.say(back, 32, "archived")
    log.say(back, 33, "unarchived")
    rate = slip_rate(log.basis(34, FEBRUARY))
    assert ids(rate.numerator) == [away]


def test_a_date_that_was_moved_away_and_back_has_not_slipped_yet() -> None:
    log = Log()
    deal = log.add(0, close="2026-02-25")
    log.close(deal, 33, "2026-03-02")
    log.close(deal, 34, "2026-02-26")
    assert slip_rate(log.basis(40, FEBRUARY)).value == 0


def test_a_period_to_come_has_no_slips_yet() -> None:
    assert slip_rate(Log().basis(9, FEBRUARY)).reason == "the period has not begun"
    for moment, reason in ((-1, "the period has not begun"), (0, "no deal was due")):
        now = at(31) + moment * timedelta.resolution
        assert slip_rate(Log().basis(0, FEBRUARY, now=now)).reason == reason
    assert slip_rate(Log().basis(40, FEBRUARY)).reason == "no deal was due"


def test_only_moves_to_a_later_month_are_pushes() -> None:
    log = Log()
    deal, other = log.add(0, close="2026-02-10"), log.add(0)
    for day, close in (
        (32, "2026-02-28"),
        (33, "2026-03-01"),
        (34, "2026-02-01"),
        (35, "2026-05-01"),
    ):
        log.close(deal, day, close)
    log.close(other, 36, "2026-03-01")
    count = push_count(log.basis(40, FEBRUARY))
    assert (count.value, count.n, count.num_ids) == (2, 1, (deal,))
    assert [(d.id, pushes) for d, pushes in most_pushed(log.basis(40))] == [(deal, 2)]


def test_the_most_pushed_come_first_and_then_by_number() -> None:
    log = Log()
    deals = [log.add(0, close="2026-02-10") for _ in range(3)]
    for deal, months in zip(deals, (("03", "04"), ("03", "04"), ("03", "04", "05")), strict=True):
        for day, month in enumerate(months, 30):
            log.close(deal, day, f"2026-{month}-10")
    found = [(deal.id, times) for deal, times in most_pushed(log.basis(40))]
    assert found == [(deals[2], 3), (deals[0], 2), (deals[1], 2)]


def test_a_push_is_its_owners_of_that_day() -> None:
    log = Log()
    deal = log.add(0, close="2026-02-10", owner="ana")
    log.close(deal, 32, "2026-03-01")
    log.owner(deal, 33, "bo")
    log.close(deal, 34, "2026-04-01")
    basis = log.basis(40, FEBRUARY)
    for owner in ("ana", "bo"):
        assert push_count(basis.only(by_owner(UTC_RULES), owner)).value == 1


def test_a_deal_that_is_due_today_has_not_slipped_yet() -> None:
    log = Log()
    log.add(0, close="2026-02-05")
    assert [slip_rate(log.basis(day, FEBRUARY)).value for day in (35.9, 36)] == [0, 1]


def test_what_was_due_is_the_month_s_in_which_it_was_expected_and_no_push_is() -> None:
    log = Log()
    won, _late = (log.add(-20, value=10, close=f"2026-{month}-10") for month in ("02", "03"))
    moved = log.add(-20, value=10, close="2026-02-20")
    log.win(won, 35)
    log.close(moved, 40, "2026-05-01")
    basis = log.basis(100, period("2026Q1"))
    months = by_month(basis.calendar)
    rates = {month: slip_rate(basis.only(months, f"2026-{month}")) for month in ("02", "03", "05")}
    assert {month: (rate.num, rate.den or 0) for month, rate in rates.items()} == {
        "02": (1, 2), "03": (1, 1), "05": (None, 0),
    }  # fmt: skip
    pushed = {month: push_count(basis.only(months, f"2026-{month}")).value for month in rates}
    assert pushed == {"02": 1, "03": 0, "05": 0}


@pytest.mark.parametrize(("us", "due"), [(-1, 1), (0, 0), (1, 0)])
def test_what_begins_in_the_first_instant_of_a_period_was_not_due_at_its_start(
    us: int, due: int
) -> None:
    log = Log()
    log.add(0, close="2026-02-20")
    log.facts[-1] = log.facts[-1]._replace(at=micros(at(31)) + us)
    assert (slip_rate(log.basis(40, FEBRUARY)).den or 0) == due
