"""A rep's own call of a period: kept, changed, taken back, and held against what came."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from pipeboard.domain.errors import BadInput, NotFound
from pipeboard.domain.metrics import Report
from pipeboard.domain.settings import Rep
from pipeboard.workspace.reports import ReportQuery
from tests.team import CLOSING, Team, add, sales
from tests.verbs import Workspace


@pytest.fixture
def ana(team: Team) -> Workspace:
    ana = team.rep("ana")
    ana.save_rep(Rep("ana", team="north"))
    ana.save_rep(Rep("bo", team="north"))
    return ana


def report(who: Workspace, period: str = "2026Q4", owner: str | None = None) -> Report:
    return who.report(ReportQuery(sales(who), who.period(period), who.now(), owner))


def called(found: Report) -> int | None:
    return found.metric("forecast_call").rounded


def test_a_call_is_the_reps_own_and_the_teams_is_the_sum(team: Team, ana: Workspace) -> None:
    ana.set_call(sales(ana), "2026Q4", "120k")
    ana.set_call(sales(ana), "2026Q4", "50k", owner="@BO")
    assert called(report(ana, owner="ana")) == 12_000_000
    assert called(report(ana, owner="bo")) == 5_000_000
    assert called(report(ana)) == 17_000_000
    teams = ana.groups(report(ana), "team")
    assert called(teams["north"]) == 17_000_000
    assert called(report(ana, "2026Q3")) is None


def test_whoever_has_open_deals_and_calls_nothing_is_counted(team: Team, ana: Workspace) -> None:
    add(ana, "Acme: spare parts 10k @bo")
    ana.set_call(sales(ana), "2026Q4", "120k")
    assert report(ana).metric("forecast_call").excluded == {"no call": 1}
    assert report(ana, owner="bo").metric("forecast_call").reason == "no call"


def test_parts_of_the_deals_have_no_call(team: Team, ana: Workspace) -> None:
    add(ana, "Acme: spare parts 10k source:web")
    ana.set_call(sales(ana), "2026Q4", "120k")
    (web,) = ana.groups(report(ana), "source").values()
    assert called(web) is None
    query = ana.parse_filter("value>1k")
    wanted = ReportQuery(sales(ana), ana.period("2026Q4"), ana.now(), query=query)
    assert called(ana.report(wanted)) is None


def test_undo_and_redo_take_a_call_back_and_put_it_again(team: Team, ana: Workspace) -> None:
    ana.set_call(sales(ana), "2026Q4", "120k")
    ana.set_call(sales(ana), "2026Q4", "90k")
    ana.undo()
    assert called(report(ana)) == 12_000_000
    ana.undo()
    assert (called(report(ana)), ana.calls(sales(ana))) == (None, {})
    ana.redo()
    assert called(report(ana)) == 12_000_000
    (entry, *_) = ana.reader.agreements.entries()
    assert entry.agreement.name == "call for 2026Q4, @ana"


def test_as_of_an_earlier_day_a_call_is_what_was_called_then(team: Team, ana: Workspace) -> None:
    ana.set_call(sales(ana), "2026Q4", "120k")
    then = ana.now()
    team.clock.wait(days=2)
    ana.set_call(sales(ana), "2026Q4", "90k")
    wanted = ReportQuery(sales(ana), ana.period("2026Q4"), then)
    assert called(ana.report(wanted)) == 12_000_000
    assert called(ana.report(replace(wanted, as_of=ana.now()))) == 9_000_000


def test_a_past_call_is_the_first_that_stood_overnight_against_what_came(
    team: Team, ana: Workspace
) -> None:
    deal = add(ana, "Lumen Oy: pilot 40k @ana", stage=CLOSING)
    ana.set_call(sales(ana), "2026Q4", "500k")
    team.clock.wait(hours=1)
    ana.set_call(sales(ana), "2026Q4", "50k")
    team.clock.wait(days=3)
    ana.win([deal.id], override="signed")
    ana.set_call(sales(ana), "2026Q4", "40k")
    team.clock.wait(days=60)
    found = report(ana, "2027Q1", owner="ana").call_record
    assert [(kept.period.label, kept.said, kept.came) for kept in found.periods] == [
        ("2026Q4", Fraction(5_000_000), Fraction(4_000_000))
    ]
    assert found.error == Fraction(1, 4)
    assert report(ana, "2027Q1", owner="bo").call_record.error is None


def test_a_call_that_changes_nothing_or_is_only_tried_is_not_stored(
    team: Team, ana: Workspace
) -> None:
    ana.set_call(sales(ana), "2026Q4", "50k", dry_run=True)
    assert ana.calls(sales(ana)) == {}
    ana.set_call(sales(ana), "2026Q4", "50k")
    assert ana.set_call(sales(ana), "2026Q4", "50k").command_id == ""
    ana.set_call(sales(ana), "2026Q4", None)
    assert ana.calls(sales(ana)) == {}


@pytest.mark.parametrize("period", ["all", "last90d", "2026-10-01..2026-10-09", "last90x"])
def test_only_whole_periods_are_called(ana: Workspace, period: str) -> None:
    with pytest.raises(BadInput, match=r"no period for a call|is not a period") as refused:
        ana.set_call(sales(ana), period, "50k")
    assert refused.value.hint == "Name a year, quarter, month or week, such as 2026Q4."


def test_only_reps_call(ana: Workspace) -> None:
    with pytest.raises(NotFound):
        ana.set_call(sales(ana), "2026Q4", "50k", owner="zoe")
    assert date(2026, 11, 23) == ana.today
