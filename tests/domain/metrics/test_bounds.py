"""What happens in a period is counted in it, from its first instant to its last; by local days."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeboard.domain.dates import micros, start_of_day
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.conversion import cohort, regressions
from pipeboard.domain.metrics.cycle import close_median
from pipeboard.domain.metrics.names import METRICS
from pipeboard.domain.metrics.outcomes import competitors, loss_reasons
from pipeboard.domain.metrics.past_forecasts import periods_before
from pipeboard.domain.metrics.process import touches
from pipeboard.domain.metrics.report import Report
from pipeboard.domain.metrics.rules import MetricRules
from pipeboard.domain.metrics.time_in_stage import dwell
from tests.domain.metrics.log import (
    BERLIN_RULES,
    LEAD,
    PIPELINE,
    PROPOSAL,
    QUALIFY,
    UTC_RULES,
    Log,
    at,
    period,
)

FEBRUARY = period("2026-02")
Happens = Callable[[Log], object]
Counts = Callable[[Basis], int | None]


def number(name: str) -> Counts:
    return lambda basis: int(METRICS[name](basis).value or 0)


def began(log: Log, stage: int = LEAD) -> int:
    """A deal of the year before, about which the last fact is told."""
    return log.add(-60, stage, value=1, close="2026-02-10")


def lose_to_acme(log: Log) -> None:
    log.lose(began(log), 40)
    log.facts[-1] = log.facts[-1]._replace(competitor="Acme")


HAPPENINGS: dict[str, tuple[Happens, Counts]] = {
    "created": (lambda log: log.add(40), number("created_count")),
    "created value": (lambda log: log.add(40, value=1), number("created_value")),
    "closed or open": (lambda log: log.add(40), lambda basis: close_median(basis).n),
    "won": (lambda log: log.win(began(log), 40), number("won_count")),
    "won value": (lambda log: log.win(began(log), 40), number("won_value")),
    "lost": (lambda log: log.lose(began(log), 40), number("lost_count")),
    "lost value": (lambda log: log.lose(began(log), 40), number("lost_value")),
    "lost for": (lambda log: log.lose(began(log), 40), lambda basis: len(loss_reasons(basis))),
    "lost to": (lose_to_acme, lambda basis: len(competitors(basis))),
    "invalid": (
        lambda log: log.lose(began(log), 40, "invalid"),
        lambda basis: METRICS["lost_count"](basis).excluded.get("invalid", 0),
    ),
    "qualified": (lambda log: log.move(began(log), 40, PROPOSAL), number("qualified_count")),
    "advanced": (
        lambda log: log.move(began(log), 40, QUALIFY),
        lambda basis: int(METRICS["adherence"](basis).den or 0),
    ),
    "entered": (
        lambda log: log.move(began(log), 40, QUALIFY),
        lambda basis: len(cohort(basis, PIPELINE.stage(QUALIFY)).everyone),
    ),
    "stayed": (
        lambda log: log.move(began(log), 40, QUALIFY),
        lambda basis: dwell(basis, PIPELINE.stage(QUALIFY)).running,
    ),
    "went back": (
        lambda log: log.move(began(log, PROPOSAL), 40, LEAD),
        lambda basis: regressions(basis, PIPELINE.stage(LEAD)),
    ),
    "quoted": (lambda log: log.quote(began(log), 40), number("quotes_sent")),
    "pushed": (lambda log: log.close(began(log), 40, "2026-04-01"), number("push_count")),
    "touched": (
        lambda log: log.say(began(log), 40, "touch", what="call out"),
        lambda basis: sum(rep.total for rep in touches(basis)),
    ),
}


def told(what: str, us: int) -> Log:
    """A log whose last fact, the one that is counted, is of that instant."""
    happens, _ = HAPPENINGS[what]
    log = Log()
    happens(log)
    last = log.facts[-1]
    log.facts[-1] = last._replace(at=us, quoted_at=None if last.quoted_at is None else us)
    return log


@pytest.mark.parametrize("rules", [UTC_RULES, BERLIN_RULES], ids=["UTC", "Berlin"])
@pytest.mark.parametrize("what", HAPPENINGS)
def test_what_happens_counts_from_the_first_instant_to_the_last(
    what: str, rules: MetricRules
) -> None:
    _, counted = HAPPENINGS[what]
    first, after = (micros(start_of_day(day, rules.zone)) for day in (FEBRUARY.start, FEBRUARY.end))
    found = {
        us: counted(told(what, us).basis(90, FEBRUARY, rules=rules))
        for us in (first - 1, first, after - 1, after)
    }
    assert list(found.values()) == [0, 1, 1, 0]


@pytest.mark.parametrize("what", HAPPENINGS)
def test_what_has_not_happened_yet_does_not_count(what: str) -> None:
    _, counted = HAPPENINGS[what]
    now = micros(at(42))
    found = [counted(told(what, now + us).basis(42, FEBRUARY)) for us in (-1, 0, 1)]
    assert found == [1, 1, 0]


@pytest.mark.parametrize(
    ("label", "before"),
    [("1904", ["1903", "1902", "1901", "1900"]), ("1902", ["1901", "1900"]), ("1900", [])],
)
def test_before_a_period_there_are_as_many_as_the_calendar_has(
    label: str, before: list[str]
) -> None:
    assert [one.label for one in periods_before(Log().basis(9, period(label)))] == before


@pytest.mark.parametrize(("day", "over"), [(30.9, False), (31, True)])
def test_a_period_is_past_from_the_first_instant_after_it_on(day: float, over: bool) -> None:
    found = [one.label for one in periods_before(Log().basis(day, FEBRUARY))]
    assert found[0] == ("2026-01" if over else "2025-12")


def test_a_report_says_each_number_by_its_name_as_its_function_does() -> None:
    log = Log()
    log.win(began(log), 40)
    report = Report(log.basis(42, FEBRUARY))
    assert list(report.metrics) == list(METRICS)
    for name, metric in report.metrics.items():
        assert metric == METRICS[name](report.basis), name
