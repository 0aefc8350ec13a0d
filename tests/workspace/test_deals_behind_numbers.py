"""Every number opens its deals, but for those that are of no deals: a target, and time gone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from pipeboard.workspace.reports import ReportQuery
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
