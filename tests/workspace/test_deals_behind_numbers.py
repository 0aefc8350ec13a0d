"""Every number opens its deals, but for those that are of no deals: a target, and time gone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeboard.domain.board import Lens
from pipeboard.domain.filter_nodes import Filter, These
from pipeboard.domain.metrics import Report
from pipeboard.domain.metrics.result import Metric, Unit
from pipeboard.workspace.reports import ReportQuery, groups_of
from tests.oracle.walking import walked
from tests.team import sales

OF_NO_DEALS = {"target", "pace"}


@pytest.mark.parametrize("label", ["2026Q4", "2026Q3", "2026-11", "all"])
def test_every_number_that_is_not_zero_has_its_deals(tmp_path: Path, label: str) -> None:
    team = walked(tmp_path / "team.db", "Europe/Berlin", 3, 240)
    ana = team.rep("ana")
    for at in (team.clock(), team.clock() - timedelta(days=40)):
        report = ana.report(ReportQuery(sales(ana), ana.period(label, at=at), at))
        bare = {
            name
            for name, metric in report.metrics.items()
            if metric.value and not (metric.numerator or metric.denominator)
        }
        assert bare <= OF_NO_DEALS
    team.close()


GROUPS = ("owner", "source", "month")


RESTS_ON_OTHERS = {*OF_NO_DEALS, "velocity_per_day", "leads_needed", "coverage_required"}
"""What `n` counts beside the deals behind a number: closed ones, or periods."""
SAID = {"forecast_call"}
AT_CHANCES = {"forecast_weighted", "forecast_measured", "forecast_cautious", "rose_tint"}


@pytest.mark.parametrize("label", ["2026Q4", "2026Q3", "2026-11", "2026-W47", "last90d", "all"])
def test_the_deals_behind_a_number_are_as_many_as_it_says_and_add_up_to_it(
    tmp_path: Path, label: str
) -> None:
    team = walked(tmp_path / "team.db", "UTC", 5, 300)
    ana, at = team.rep("ana"), team.clock()
    question = ReportQuery(sales(ana), ana.period(label, at=at), at)
    whole = ana.report(question)
    filters = ("source:web", "owner:bo", "value>20k", "-owner:ana open")
    asked = [whole, *(ana.report(replace(question, query=ana.parse_filter(f))) for f in filters)]
    for name in ("owner", "team", "source", "month", "size", "stage", "customer"):
        asked += groups_of(ana, whole, name).values()
    tried = Counter[str]()
    for report in asked:
        for name, metric in report.metrics.items():
            if metric.value is not None and name not in RESTS_ON_OTHERS | SAID:
                tried[name] += _adds_up(name, metric, report)
    assert tried.keys() >= SUMS.keys() - {"lost_value"}
    team.close()


SUMS = {
    "won_value": False, "lost_value": False, "open_value": True, "created_value": False,
    "forecast_commit": True, "forecast_best": True, "forecast_pipeline": True,
    "forecast_overdue": True,
}  # fmt: skip
"""The sums of whole values, and whether they are asked of the end of a period."""


def _adds_up(name: str, metric: Metric, report: Report) -> bool:
    counts, every = len(metric.numerator), len(metric.denominator)
    if metric.low is not None:  # a proportion
        assert (metric.num, metric.den, metric.n) == (counts, every, every), name
        assert {d.id for d in metric.numerator} <= {d.id for d in metric.denominator}, name
    elif metric.unit is Unit.COUNT:
        assert metric.value == metric.n == counts, name
    elif metric.unit is Unit.MINOR:
        assert metric.n == counts, name
    else:
        assert metric.n in (counts, every), name
    if name in SUMS:
        over = report.stock if SUMS[name] else report.basis
        assert over.tally(metric.numerator).whole == metric.value, name
    if name in AT_CHANCES:
        assert len({deal.id for deal in metric.numerator}) == counts, name
    return bool(counts)


def test_the_board_shows_every_deal_behind_a_number_archived_ones_too(tmp_path: Path) -> None:
    team = walked(tmp_path / "team.db", "Europe/Berlin", 5, 240)
    ana = team.rep("ana")
    closed = [deal.id for deal in ana.reader.each(today=ana.today) if not deal.is_open]
    ana.archive(closed[::2])
    pipeline = sales(ana)
    report = ana.report(ReportQuery(pipeline, ana.period("all", at=team.clock()), team.clock()))
    asked = [("", report)]
    asked += [(name, part) for name in GROUPS for part in groups_of(ana, report, name).values()]
    lens = Lens(pipeline.id, ana.today, ana.settings.zone, me="ana")
    archived = 0
    for group, numbers in asked:
        for name, metric in numbers.metrics.items():
            for deals in (metric.numerator, metric.denominator):
                ids = frozenset(deal.id for deal in deals)
                archived += len(ids & set(closed[::2]))
                board = ana.reader.board(
                    Lens(lens.pipeline_id, lens.today, lens.zone, filter=Filter(name, These(ids)))
                )
                shown = sum(column.count for column in board.columns)
                assert shown == len(ids), (group, name)
            if metric.unit is Unit.COUNT and metric.numerator:
                assert metric.value == len(metric.numerator), (group, name)
    assert archived
    team.close()


def test_a_list_of_what_was_won_and_its_archive_are_what_the_number_counts(tmp_path: Path) -> None:
    team = walked(tmp_path / "team.db", "Europe/Berlin", 5, 240)
    ana = team.rep("ana")
    for outcome in ("won", "lost"):
        closed = [deal.id for deal in ana.reader.each(ana.parse_filter(outcome), today=ana.today)]
        ana.archive(closed[::2])
    pipeline = sales(ana)
    report = ana.report(ReportQuery(pipeline, ana.period("all", at=team.clock()), team.clock()))
    for outcome in ("won", "lost"):
        typed = (outcome, f"{outcome} archived")
        listed = [
            {deal.id for deal in ana.reader.each(ana.parse_filter(text), today=ana.today)}
            for text in typed
        ]
        counted = {deal.id for deal in report.metrics[f"{outcome}_count"].numerator}
        assert all(listed) and not listed[0] & listed[1]
        # What is lost as invalid is in no number.
        assert counted <= listed[0] | listed[1]
        assert outcome == "lost" or counted == listed[0] | listed[1]
    team.close()
