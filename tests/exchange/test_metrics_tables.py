"""The rows of each table of numbers: what stands under which name, and what is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pipeboard.domain.metrics import Report, Unit
from pipeboard.domain.metrics.waterfall import Waterfall
from pipeboard.exchange import metrics_tables as tables
from pipeboard.exchange.metrics_document import metrics_document
from pipeboard.exchange.metrics_tables import Figure, FullReport, number
from tests.exchange.test_metrics_document import reports

Row = Mapping[str, object]


def like(**values: object) -> Any:
    return SimpleNamespace(**values)


def metric(name: str, reason: str = "", **excluded: int) -> Any:
    return like(name=name, reason=reason, excluded=excluded)


def report(**values: object) -> Report:
    return cast(Report, like(**values))


VALUE, WEIGHTED, MEASURED = metric("value"), metric("weighted", usd=2), metric("measured")
MONTH = like(month="2026-07", deals=(1, 2), open_value=VALUE, weighted=WEIGHTED, measured=MEASURED)


@pytest.mark.parametrize(
    ("reasons", "reason"),
    [(("", "", ""), ""), (("a", "b", "c"), "a"), (("", "b", "c"), "b"), (("", "", "c"), "c")],
)
def test_a_month_says_why_a_number_of_it_is_not_known(
    reasons: tuple[str, ...], reason: str
) -> None:
    names = ("open_value", "weighted", "measured")
    parts = {name: metric(name, why, eur=3) for name, why in zip(names, reasons, strict=True)}
    (row,) = tables.months(report(months=[like(month="2026-07", deals=(1,), **parts)]))
    assert row["reason"] == reason


OF_EACH: list[tuple[Callable[[Report], Any], Report, list[Row]]] = [
    (
        tables.months, report(months=[MONTH]),
        [{"month": "2026-07", "open_count": 2, "open_value": VALUE, "weighted_value": WEIGHTED,
          "measured_value": MEASURED, "reason": "", "excluded": {"usd": 2}}],
    ),
    (
        tables.leads,
        report(lead_months=[like(month="2026-07", leads=5, before=4, rate=VALUE, partial=True,
                                 bar_moved=False)]),
        [{"month": "2026-07", "qualified": 5, "before": 4, "rate": VALUE, "partial": True,
          "bar_moved": False}],
    ),
    (
        tables.weeks,
        report(weeks=[like(start=date(2026, 7, 6), won=metric("won", "why"), won_deals=(1, 2, 3),
                           created=7, created_value=VALUE, partial=False)]),
        [{"week": "2026-07-06", "won_value": metric("won", "why"), "won_count": 3,
          "created_count": 7, "created_value": VALUE, "reason": "why", "partial": False}],
    ),
    (
        tables.backtests,
        report(backtest=like(scores=[
            like(period=like(label="2026Q1"), deals=9, wins=4, came=Fraction(25, 2),
                 said_wins={"table": Fraction(7, 2)},
                 said={"stated": Fraction(5, 2), "table": Fraction(10, 3)}),
        ])),
        [{"period": "2026Q1", "deals": 9, "wins": 4, "wins_said": {"table": 3.5},
          "came": Figure(13), "stated": Figure(3), "table": Figure(3)}],
    ),
    (
        tables.calls,
        report(call_record=like(periods=[
            like(period=like(label="2026Q1"), said=Fraction(5, 2), came=Fraction(7, 3)),
        ])),
        [{"period": "2026Q1", "said": Figure(3), "came": Figure(2)}],
    ),
    (
        tables.losses,
        report(
            basis=like(rules=like(pipeline=like(stage=lambda one: like(name=f"Stage {one}")))),
            loss_reasons=[like(category="price", deals=(1, 2), value=VALUE, stages={3: 2})],
        ),
        [{"category": "price", "count": 2, "value": VALUE, "stages": {"Stage 3": 2}}],
    ),
    (
        tables.touches,
        report(touches=[like(owner="ana", total=5, on_new=2), like(owner="", total=1, on_new=0)]),
        [{"rep": "ana", "total": 5, "on_new": 2}, {"rep": "nobody", "total": 1, "on_new": 0}],
    ),
    (
        tables.adherence,
        report(adherence=[like(owner="ana", rate=like(n=7)), like(owner="", rate=like(n=5))]),
        [
            {"rep": "ana", "rate": like(n=7), "advances": 7},
            {"rep": "nobody", "rate": like(n=5), "advances": 5},
        ],
    ),
    (
        tables._bands,
        report(calibration=like(bands=[
            like(low_bp=0, high_bp=2_500, stated=Fraction(1, 8), won=VALUE),
            like(low_bp=2_500, high_bp=5_000, stated=None, won=VALUE),
        ])),
        [{"band": "0-25%", "stated": Figure(Fraction(1, 8), Unit.RATIO), "won": VALUE}],
    ),
    (
        tables.weekly_forecasts,
        report(forecast_history=[
            like(period=like(label="2026Q1"), week=3, came=Fraction(5, 2),
                 said={"call": Fraction(9, 2)}, off=lambda name: Fraction(1, 2)),
        ]),
        [{"period": "2026Q1", "week": 3, "call": Figure(5), "came": Figure(3),
          "off": {"call": 0.5}}],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rows_of", "told", "rows"), OF_EACH)
def test_each_row_says_every_value_under_its_name(
    rows_of: Callable[[Report], Any], told: Report, rows: list[Row]
) -> None:
    assert list(rows_of(told)) == rows


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, None), (3, 3), (Fraction(4, 2), 2), (Fraction(1, 2), 0.5), (Fraction(-3, 4), -0.75)],
)
def test_a_whole_number_is_one_and_any_other_as_near_as_can_be(
    value: int | Fraction | None, said: float | None
) -> None:
    found = number(value)
    assert (found, type(found)) == (said, type(said))


SHOWN = {
    "stages": "entered=entered open_count=open open_value=open value weighted_value=weighted"
    " conversion=conversion resolved=resolved dwell_median_days=median days"
    " dwell_km_median_days=KM median days dwell_p90_days=P90 days expected_days=limit"
    " overstay_deal_days=overstay deal-days stalled_count=stalled skipped=skipped"
    " regressions=came back",
    "ages": "count=deals value=value",
    "forecast_months": "open_count=deals open_value=open value weighted_value=weighted"
    " measured_value=measured",
    "unsupported_commits": "value=value",
    "lead_velocity": "qualified=leads rate=growth",
    "won_weeks": "won_value=won created_count=new created_value=new value",
    "calibration": "stated=stated won=won",
    "backtest": "deals=deals wins=wins stated=stated table=table measured=measured came=came",
    "call": "said=said came=came",
    "loss_reasons": "count=deals value=value",
    "competitors": "count=deals value=value",
    "touches": "total=touches on_new=on new deals",
    "adherence": "rate=share advances=of advances",
}
"""What each table of every report shows of its rows, and under which head."""


def told_of_a_year() -> Report:
    return reports()["whole"].report


def test_every_table_shows_its_columns_in_their_order() -> None:
    found = [make(told_of_a_year()) for make in tables._TABLES]
    assert {
        one.name: " ".join(f"{name}={head}" for name, head in one.columns.items()) for one in found
    } == SHOWN
    assert {one.name: one.bar for one in found} == {
        "stages": "open_value", "ages": "value", "forecast_months": "weighted_value",
        "unsupported_commits": "value", "lead_velocity": "qualified", "won_weeks": "won_value",
        "calibration": "", "backtest": "came", "call": "came", "loss_reasons": "count",
        "competitors": "count", "touches": "total", "adherence": "rate",
    }  # fmt: skip
    assert {one.name for one in found if one.goes} == {"loss_reasons", "competitors"}


@pytest.mark.parametrize(
    ("amount", "excluded", "said"),
    [(5, {}, 5), (5, {"no rate": 1}, 5), (0, {}, 0), (0, {"no rate": 1}, None)],
)
def test_a_ledger_of_amounts_that_all_have_no_rate_says_none_of_them(
    amount: int, excluded: dict[str, int], said: int | None
) -> None:
    flow = Waterfall(0, 1)
    flow.excluded.update(excluded)
    for line in (*flow.lines.values(), flow.created_and_won, flow.created_and_lost):
        line.amount = amount
    document = metrics_document(FullReport(told_of_a_year(), flow=flow))["waterfall"]
    assert isinstance(document, dict)
    off = document["off_ledger"]
    assert isinstance(off, dict)
    assert (document["start"], document["won"], document["end"]) == (said,) * 3
    assert (off["created_and_won"], off["created_and_lost"]) == (said,) * 2
    assert (document["reason"] is None) is (said is not None)
    assert document["excluded"] == excluded
