"""Deals that closed nobody knows when: in no stock of the past, no ledger, no chance, no stay."""

from __future__ import annotations

import pytest

from pipeboard.domain.metrics.chances import followed
from pipeboard.domain.metrics.outcomes import won_value
from pipeboard.domain.metrics.past_forecasts import periods_before, standing_in
from pipeboard.domain.metrics.report import Report
from pipeboard.domain.metrics.waterfall import due_at_start, waterfall, waterfall_since
from tests.domain.metrics.log import Log, off_by, period

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
