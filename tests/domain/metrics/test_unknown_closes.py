"""Deals that closed or began nobody knows when: no number rests on the day put down for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeboard.domain.metrics import METRICS
from pipeboard.domain.metrics.chances import followed
from pipeboard.domain.metrics.conversion import skipped
from pipeboard.domain.metrics.cycle import time_to_win
from pipeboard.domain.metrics.outcomes import won_value
from pipeboard.domain.metrics.past_forecasts import periods_before, standing_in
from pipeboard.domain.metrics.report import Report
from pipeboard.domain.metrics.rules import by_owner
from pipeboard.domain.metrics.velocity import lead_velocity
from pipeboard.domain.metrics.waterfall import due_at_start, waterfall, waterfall_since
from tests.domain.metrics.log import (
    LEAD,
    NEGOTIATE,
    PROPOSAL,
    UTC_RULES,
    Log,
    off_by,
    period,
)

FEBRUARY = period("2026-02")
DUE = "2026-02-20"


@pytest.fixture(params=["won", "lost"])
def log(request: pytest.FixtureRequest) -> Log:
    """A deal that stands open, and one that closed on a day that nobody knows."""
    log = Log()
    log.add(0, value=30, close=DUE)
    closed = log.add(0, value=100, close=DUE)
    (log.win if request.param == "won" else log.lose)(closed, 50)
    log.forget_when(closed)
    return log


def test_it_was_in_no_pipeline_and_is_counted_as_left_out(log: Log) -> None:
    basis = log.basis(55, FEBRUARY)
    for flow in (waterfall(basis), waterfall_since(basis, basis.start + 1)):
        assert (flow.start.amount, flow.end.amount, off_by(flow)) == (30, 30, 0)
        assert flow.lines["won"].amount == won_value(basis).value == 0
        assert list(flow.excluded.values()) == [1]


def test_it_was_not_due_at_the_start_and_stood_in_no_past_period(log: Log) -> None:
    assert [deal.id for _, deal in due_at_start(log.basis(55, FEBRUARY))] == [1]
    basis = log.basis(70, period("2026-03"))
    (february, *_) = periods_before(basis)
    assert [deal.id for deal in standing_in(basis, february, -1).open] == [1]


def test_it_says_nothing_about_chances_or_stays(log: Log) -> None:
    basis = log.basis(55)
    assert [deal.id for deal in followed(basis)] == [1]
    first = Report(basis).stages[0]
    assert (first.dwell.over, first.dwell.running) == (0, 1)


def busy() -> Log:
    """Deals of which everything is known: won, lost, qualified, answered, open, in two months."""
    log = Log()
    for day, value in ((0, 100), (5, 200), (20, 50), (33, 70), (38, 90)):
        deal = log.add(day, value=value, close=DUE, owner="bo" if day > 30 else "ana")
        log.say(deal, day + 1, "touch", what="call out")
        log.move(deal, day + 3, PROPOSAL)
        (log.win if value > 60 else log.lose)(deal, day + 9)
    log.add(34, value=30, close=DUE)
    return log


def won_sometime(log: Log, put_down: float) -> None:
    """Never touched, and straight from its first stage to the win."""
    deal = log.add(32, LEAD, value=40, close=DUE)
    log.win(deal, put_down)
    log.forget_when(deal)


def lost_sometime(log: Log, put_down: float) -> None:
    deal = log.add(32, LEAD, value=40, close=DUE)
    log.lose(deal, put_down)
    log.forget_when(deal)


def won_sometime_and_again(log: Log, put_down: float) -> None:
    deal = log.add(32, LEAD, value=40, close=DUE)
    log.win(deal, put_down)
    log.forget_when(deal)
    log.reopen(deal, 54, LEAD)
    log.win(deal, 56)


def made_sometime(log: Log, put_down: float) -> None:
    """In a qualified stage from the beginning on."""
    deal = log.add(put_down, PROPOSAL, value=40, close=DUE)
    log.forget_when(deal)
    log.say(deal, 54, "touch", what="call out")
    log.move(deal, 55, NEGOTIATE)


@pytest.mark.parametrize(
    "happen", [won_sometime, lost_sometime, won_sometime_and_again, made_sometime]
)
def test_no_number_changes_with_the_day_that_is_put_down(
    happen: Callable[[Log, float], None],
) -> None:
    """Each in another week of the period, and of a deal that is over also after the instant that is
    asked of: an import tells of what was over long before."""
    found = []
    for put_down in (36, 44, 53, 65 if happen in (won_sometime, lost_sometime) else 53):
        log = busy()
        happen(log, put_down)
        basis = log.basis(58, FEBRUARY)
        groups = {None: basis, **basis.split(by_owner(UTC_RULES))}
        numbers = {
            (group, name): metric.of(part)
            for group, part in groups.items()
            for name, metric in METRICS.items()
        }
        rest = (
            time_to_win(basis),
            {stage: part.value for stage, part in skipped(basis).items()},
            [month.leads for month in lead_velocity(basis)],
            [stage.dwell.km_median.value for stage in Report(basis).stages],
        )
        found.append(({key: (m.value, m.n, m.reason) for key, m in numbers.items()}, rest))
    assert found[1:] == found[:1] * 3
