"""What was forecast and what came, as tables."""

from __future__ import annotations

from collections.abc import Sequence

from pipeboard.domain.metrics import Report
from pipeboard.domain.metrics.said_before import FORECAST_LINES
from pipeboard.domain.money import half_up
from pipeboard.exchange.table_values import Figure, FigureTable, Value


def backtest_table(report: Report) -> FigureTable:
    rows: list[tuple[str, Sequence[Value]]] = [
        (
            score.period.label,
            (
                score.deals,
                score.wins,
                *(Figure(half_up(score.said[name])) for name in ("stated", "table", "measured")),
                Figure(half_up(score.came)),
            ),
        )
        for score in report.backtest.scores
    ]
    columns = ("deals", "wins", "stated", "table", "measured", "came")
    title = "What forecasts said at the start of past periods"
    return FigureTable("backtest", title, columns, columns, rows)


def calls_table(report: Report) -> FigureTable:
    rows: list[tuple[str, Sequence[Value]]] = [
        (kept.period.label, (Figure(half_up(kept.said)), Figure(half_up(kept.came))))
        for kept in report.call_record.periods
    ]
    columns = ("said", "came")
    return FigureTable("call", "What reps first called for past periods", columns, columns, rows)


def forecast_table(report: Report) -> FigureTable:
    """What forecasts said week by week in past periods."""
    rows: list[tuple[str, Sequence[Value]]] = [
        (
            f"{call.period.label} week {call.week}",
            (
                *(Figure(half_up(call.said[name])) for name in FORECAST_LINES),
                Figure(half_up(call.came)),
            ),
        )
        for call in report.forecast_history
    ]
    columns = (*FORECAST_LINES, "came")
    title = "What forecasts said at the start of each week of past periods"
    return FigureTable("forecast_history", title, columns, columns, rows)
