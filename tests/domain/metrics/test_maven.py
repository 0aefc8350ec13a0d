"""The numbers of 8,800 real deals are those that a few lines over the file give."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import UTC, date, datetime, time
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import TypedDict

import pytest

from pipeboard.domain.dates import micros
from pipeboard.domain.metrics import Basis, Report
from pipeboard.domain.metrics.folding import Fact
from pipeboard.domain.metrics.rules import Grouping, MetricRules, by_attribute, by_owner, by_quarter
from pipeboard.domain.periods import parse_period
from pipeboard.domain.settings import Settings
from pipeboard.domain.templates import from_stage_names
from tests.domain.metrics.log import fold, off_by

DEALS = Path(__file__).resolve().parents[4] / "shared/data/maven-crm/sales_pipeline.csv"
NOW = datetime(2017, 12, 31, 12, tzinfo=UTC)
pytestmark = pytest.mark.skipif(not DEALS.exists(), reason="the real deals are not here")

PIPELINE = from_stage_names(("Prospecting", "Engaging"), pipeline_name="Hardware", currency="USD")
PROSPECTING, ENGAGING, WON, LOST = (stage.id for stage in PIPELINE.stages)
RULES = MetricRules(PIPELINE, Settings(currency="USD", zone_name="UTC"))


class Row(TypedDict):
    sales_agent: str
    product: str
    deal_stage: str
    engage_date: str
    close_date: str
    close_value: str


def rows() -> list[Row]:
    with DEALS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))  # type: ignore[arg-type]


def midnight(day: str) -> int:
    return micros(datetime.combine(date.fromisoformat(day), time(), UTC))


def facts() -> list[Fact]:
    told = []
    for deal, row in enumerate(rows(), 1):
        began = midnight(row["engage_date"]) if row["engage_date"] else micros(NOW)
        stage = ENGAGING if row["engage_date"] else PROSPECTING
        told.append(Fact(deal, began, "created", stage, detail=row["sales_agent"]))
        if row["close_date"]:
            closed = midnight(row["close_date"])
            if row["deal_stage"] == "Won":
                value = int(row["close_value"]) * 100
                told.append(Fact(deal, closed, "won", WON, value, "USD"))
            else:
                told.append(Fact(deal, closed, "lost", LOST, detail="other"))
    return told


@pytest.fixture(scope="module")
def report() -> Report:
    return Report(Basis.over(fold(facts()), RULES, NOW, parse_period("all", NOW.date())))


def test_the_numbers_of_the_whole_file(report: Report) -> None:
    value = {name: metric.value for name, metric in report.metrics.items()}
    assert (value["won_count"], value["lost_count"]) == (4_238, 2_473)
    assert value["open_count"] == 500 + 1_589
    assert value["won_value"] == 1_000_553_400
    assert value["win_rate"] == Fraction(4_238, 6_711)
    assert round(float(value["win_rate"] or 0), 4) == 0.6315
    assert value["cycle_days_median"] == 57
    assert round(float(value["cycle_days_mean"] or 0), 2) == 51.78
    assert round(float(value["deal_size_mean"] or 0) / 100, 2) == 2_360.91


def test_the_interval_of_the_win_rate(report: Report) -> None:
    rate = report.metric("win_rate")
    assert (round(rate.low or 0, 4), round(rate.high or 0, 4)) == (0.6199, 0.643)


def quarter(row: Row) -> str:
    day = date.fromisoformat(row["close_date"])
    return f"{day.year}Q{(day.month + 2) // 3}"


def key_of(row: Row, by: str) -> str:
    match by:
        case "quarter":
            return quarter(row)
        case "owner":
            return row["sales_agent"]
        case _:
            return row["product"]


@pytest.mark.parametrize("by", ["owner", "quarter", "product"])
def test_groups_are_those_of_the_file(report: Report, by: str) -> None:
    products = {deal: row["product"] for deal, row in enumerate(rows(), 1)}
    ways: dict[str, Grouping] = {
        "owner": by_owner(RULES),
        "quarter": by_quarter(report.basis.calendar),
        "product": by_attribute("product", products),
    }
    closed: dict[str, list[Row]] = defaultdict(list)
    for row in rows():
        if row["close_date"]:
            closed[key_of(row, by)].append(row)
    groups = report.groups(ways[by])
    assert {name for name, group in groups.items() if group.metric("win_rate").n} == set(closed)
    for name, theirs in closed.items():
        won = [row for row in theirs if row["deal_stage"] == "Won"]
        spans = [
            (date.fromisoformat(row["close_date"]) - date.fromisoformat(row["engage_date"])).days
            for row in won
        ]
        group = groups[name]
        assert group.metric("win_rate").value == Fraction(len(won), len(theirs))
        assert group.metric("won_value").value == sum(int(row["close_value"]) for row in won) * 100
        assert group.metric("cycle_days_median").value == median(spans)


def test_every_part_of_the_report_holds_up(report: Report) -> None:
    assert off_by(report.waterfall) == 0
    assert [stage.entered for stage in report.stages] == [500, 8_300]
    assert [stage.open_count.value for stage in report.stages] == [500, 1_589]
    assert report.metric("close_days_km_median").value is not None
    assert sum(reason.value.n for reason in report.loss_reasons) == 0


def test_as_of_half_a_year_earlier_the_rest_has_not_happened() -> None:
    then = datetime(2017, 6, 30, 12, tzinfo=UTC)
    known = fold(fact for fact in facts() if fact.at <= micros(then))
    earlier = Report(Basis.over(known, RULES, then, parse_period("all", then.date())))
    closed = [row for row in rows() if row["close_date"] and row["close_date"] <= "2017-06-30"]
    won = [row for row in closed if row["deal_stage"] == "Won"]
    assert earlier.metric("win_rate").value == Fraction(len(won), len(closed))
