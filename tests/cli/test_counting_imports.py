"""What a file does not tell, or tells by the day alone, numbers do not make up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Type

HEADING = "id,name,stage,amount,created_at,close_date\n"


@pytest.fixture
def brought(pipe: Type, home: Path) -> Any:
    """The metrics of all time after an import of some lines."""

    def bring(*lines: str) -> Any:
        (home / "deals.csv").write_text(HEADING + "\n".join(lines) + "\n", "utf-8")
        pipe("init", "--template", "minimal", "--currency", "EUR")
        assert pipe("import", str(home / "deals.csv")).code == 0
        return pipe("metrics", "--period", "all", "--json").json["metrics"]

    return bring


def test_a_win_that_nobody_knows_the_date_of_is_in_no_period_and_is_told(brought: Any) -> None:
    metrics = brought(
        "1,Known,Closed Won,100,2017-01-02,2017-01-12",
        "2,Unknown,Closed Won,200,2017-01-02,",
        "3,Lost,Closed Lost,300,2017-01-02,",
    )
    assert metrics["won_count"]["value"] == 1
    assert metrics["won_count"]["excluded"] == {"no closing date": 1}
    assert metrics["won_value"]["value"] == 10_000
    assert metrics["lost_count"]["excluded"] == {"no closing date": 1}
    assert metrics["cycle_days_mean"]["value"] == 10


def test_a_deal_that_nobody_knows_the_beginning_of_is_in_no_cycle(brought: Any) -> None:
    metrics = brought(
        "1,Known,Closed Won,100,2017-01-02,2017-01-12", "2,Unknown,Closed Won,200,,2017-01-12"
    )
    assert metrics["won_count"]["value"] == 2
    assert metrics["created_count"]["excluded"] == {"no created date": 1}
    assert metrics["cycle_days_mean"]["value"] == 10


@pytest.mark.parametrize(
    ("closed", "days"),
    [("2017-01-02", 0), ("2017-01-03", 1), ("2017-01-04 02:00", 1.5)],
)
def test_a_closing_date_without_a_time_is_days_after_the_beginning(
    brought: Any, closed: str, days: float
) -> None:
    metrics = brought(f"1,Acme,Closed Won,100,2017-01-02 14:00,{closed}")
    assert metrics["cycle_days_mean"]["value"] == days


def test_a_known_deal_that_a_later_file_closes_by_the_day_lasted_whole_days(
    brought: Any, pipe: Type, home: Path
) -> None:
    brought("1,Acme,Qualified,100,2017-01-02 14:00,")
    won = home / "won.csv"
    won.write_text(f"{HEADING}1,Acme,Closed Won,100,2017-01-02 14:00,2017-01-05\n", "utf-8")
    assert pipe("import", str(won), "--override", "signed").code == 0
    metrics = pipe("metrics", "--period", "all", "--json").json["metrics"]
    assert metrics["cycle_days_mean"]["value"] == 3
