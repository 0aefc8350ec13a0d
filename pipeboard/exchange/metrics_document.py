"""The numbers of a pipeline as the JSON that scripts rely on, and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from pipeboard.domain.dates import instant
from pipeboard.domain.json_data import Document, Json, with_nulls
from pipeboard.domain.metrics import Metric, Report, compare
from pipeboard.domain.metrics.calibration import Band, Calibration
from pipeboard.domain.metrics.chances import AGES
from pipeboard.domain.metrics.coverage import conversion_of_pipeline
from pipeboard.domain.metrics.deals import NO_RATE, by_currency
from pipeboard.domain.metrics.forecast import chances_in_use
from pipeboard.domain.metrics.readings import (
    activity_reading,
    calibration_reading,
    forecast_reading,
    funnel_reading,
    loss_reading,
    movement_reading,
    skips_reading,
    stuck_reading,
    target_reading,
    timing_reading,
    velocity_reading,
)
from pipeboard.domain.metrics.report import scope_of, windows_of
from pipeboard.domain.metrics.result import WITHOUT_SAMPLE, Number
from pipeboard.domain.metrics.waterfall import Waterfall
from pipeboard.domain.metrics.wording import Wording
from pipeboard.domain.money import half_up
from pipeboard.exchange import metrics_tables as tables
from pipeboard.exchange.metrics_tables import Figure, FullReport, NumberChange, Rows, Value, number
from pipeboard.exchange.tables import defuse

# One number with all that it is made of, and rows of them.


def metric_document(metric: Metric) -> Document:
    """One number with what it is made of; proportions have their 95 % interval."""
    document: Document = {
        "value": number(metric.told),
        "unit": str(metric.unit),
        "num": number(metric.num),
        "den": number(metric.den),
        "n": metric.n,
        "reason": metric.reason,
        "excluded": dict(metric.excluded),
    }
    if metric.low is not None:
        document |= {"low": metric.low, "high": metric.high}
    if metric.bounds is not None:
        document |= {"pending": metric.pending, "bounds": [float(end) for end in metric.bounds]}
    return document


def listed(rows: Rows) -> list[Document]:
    """The rows as JSON; a sum or a count of them is one whole number, as the row says why it is
    not known, a rate or a time has all that it is made of."""
    return [{name: _as_json(value) for name, value in row.items()} for row in rows]


def _of_reps(rows: Rows) -> list[Document]:
    """Rows of a rep each, and of nobody."""
    return [
        {**row, "rep": None if row["rep"] == tables.NOBODY else row["rep"]} for row in listed(rows)
    ]


def _as_json(value: Value) -> Json:
    if isinstance(value, Metric):
        return value.rounded if value.unit in WITHOUT_SAMPLE else metric_document(value)
    return number(value.value) if isinstance(value, NumberChange | Figure) else value


def amount(value: Number | None) -> int | None:
    """Money in whole minor units."""
    return None if value is None else half_up(Fraction(value))


# What is to come as JSON: chances, coverage, and how right forecasts were before.


def chance_documents(report: Report) -> list[Document]:
    """Every chance that the measured forecast rests on: of each stage, and of each band of age in
    it that an open deal is in."""
    basis = report.stock
    return [
        {
            "stage": basis.rules.pipeline.stage(chance.stage_id).name,
            "from_days": None if chance.band is None else AGES[chance.band],
            "open": deals,
            "won": chance.won,
            "reached": number(chance.reached),
            "prior": number(chance.prior),
            "prior_only": chance.is_prior_only,
            "chance": number(chance.value),
        }
        for chance, deals in basis.once(chances_in_use)
    ]


def backtest_document(report: Report) -> Document:
    """How right the forecasts were at the starts of past periods."""
    tested = report.backtest
    return {
        "believed": tested.believed,
        "reason": tested.reason,
        "errors": {name: number(error) for name, error in tested.errors.items()},
        "errors_of": "wins" if tested.by_count else "value",
        "periods": listed(tables.backtests(report)),
    }


def coverage_document(report: Report) -> Document:
    """What stands beside the ratio: the pipeline, its overdue part, and what it would bring."""
    found = report.coverage
    return {
        "pipe": amount(found.pipe.whole),
        "overdue": amount(found.overdue.whole),
        "remaining": amount(found.remaining),
        "surplus": amount(found.surplus),
        "expected": number(found.expected),
        "standing": None if found.standing is None else str(found.standing),
    }


def needed_document(report: Report) -> Document:
    found = report.stock.once(conversion_of_pipeline)
    return {
        "periods": found.periods,
        "pipe": half_up(found.pipe),
        "won": half_up(found.won),
        "created_inside": half_up(found.inside),
        "created_inside_share": number(found.inside_share),
    }


def metrics_document(told: FullReport) -> Document:
    """All numbers, with what is told beside them.

    Amounts are minor units of `currency`. Whatever is unknown is null, with its reason beside it.
    """
    report = told.report
    scope = scope_of(report, told.filter_text, told.owner)
    document: Document = {
        **{name: scope[name] for name in ("as_of", "stock_as_of", "zone", "currency", "pipeline")},
        "owner": told.owner,
        "filter": told.filter_text,
        "period": period_document(report),
        "windows": dict(windows_of(report)),
        "metrics": metric_documents(report),
        "by_currency": _by_currency(report),
        "stages": listed(tables.stages(report)),
        "ages": listed(tables.ages(report)),
        "bottleneck": _bottleneck(report),
        "lead_velocity": listed(tables.leads(report)),
        "forecast_months": listed(tables.months(report)),
        "unsupported_commits": listed(tables.commits(report)),
        "won_weeks": listed(tables.weeks(report)),
        "calibration": _calibration(report.calibration),
        "chances": chance_documents(report),
        "backtest": backtest_document(report),
        "call": {
            "error": number(report.call_record.error),
            "periods": listed(tables.calls(report)),
        },
        "needed": needed_document(report),
        "coverage": coverage_document(report),
        "velocity_is_stale": report.velocity_is_stale,
        "time_to_win": [
            {"days": float(days), "share": share} for days, share in report.time_to_win
        ],
        "waterfall": _waterfall(report, told.waterfall),
        "loss_reasons": listed(tables.losses(report)),
        "competitors": listed(tables.rivals(report)),
        "touches": _of_reps(tables.touches(report)),
        "adherence": _of_reps(tables.adherence(report)),
        "readings": with_nulls(readings(report, Wording(report.basis.rules.currency))),
    }
    if told.before is not None:
        document["compared_with"] = _compared(report, told.before)
    if told.history:
        document["forecast_history"] = listed(tables.weekly_forecasts(report))
    document["grouped_by"] = told.grouped_by or None
    document["groups"] = [
        {"key": name, "metrics": metric_documents(group)} for name, group in told.groups.items()
    ]
    return document


def period_document(report: Report) -> Document:
    """The period of a report, with its instants in the workspace's zone."""
    period = report.basis.period
    start, end = period.instants(report.basis.rules.zone)
    return {"label": period.label, "start": _local(report, start), "end": _local(report, end)}


def _local(report: Report, at: datetime) -> str:
    return at.astimezone(report.basis.rules.zone).isoformat()


def metric_documents(report: Report) -> Document:
    """Every number by its name."""
    return {name: metric_document(metric) for name, metric in report.metrics.items()}


def _by_currency(report: Report) -> Document:
    """What is not converted: the sums in each currency, where an amount has no rate."""
    parts = {
        "open": report.stock.deals.open,
        "won": report.basis.won,
        "lost": report.basis.lost,
        "created": report.basis.created,
    }
    return {
        name: by_currency(deals)
        for name, deals in parts.items()
        if NO_RATE in report.metric(f"{name}_value").excluded
    }


def _bottleneck(report: Report) -> Document | None:
    found = report.bottleneck
    if found is None:
        return None
    return {
        "stage": found.stage.name,
        "overstay_deal_days": number(found.overstay.deal_days),
        "deals": [f"D-{deal.id}" for deal in found.overstay.deals],
        "why": stuck_reading(report, Wording(report.basis.rules.currency)),
    }


def _calibration(found: Calibration) -> Document:
    return {
        "brier": metric_document(found.brier),
        "skill": metric_document(found.skill),
        "bias": metric_document(found.bias),
        "said": found.said,
        "by_hand": found.by_hand,
        "bands": [_band(band) for band in found.bands],
    }


def _band(band: Band) -> Document:
    return {
        "low_bp": band.low_bp,
        "high_bp": band.high_bp,
        "stated": number(band.stated),
        "won": metric_document(band.won),
    }


def _waterfall(report: Report, flow: Waterfall) -> Document:
    off_ledger = {
        "created_and_won": flow.created_and_won,
        "created_and_lost": flow.created_and_lost,
        "won_above": flow.won_above,
    }
    unknown = flow.reason is not None
    return {
        "since": _local(report, instant(flow.first + 1)),
        "until": _local(report, instant(flow.last)),
        **{name: None if unknown else amount for name, amount in flow.whole().items()},
        "off_ledger": {
            name: None if unknown else half_up(Fraction(line.amount))
            for name, line in off_ledger.items()
        },
        "reason": flow.reason,
        "excluded": flow.excluded,
    }


def readings(report: Report, say: Wording) -> dict[str, str]:
    """What the numbers say, a sentence each."""
    return {
        "target": target_reading(report, say),
        "stuck": stuck_reading(report, say),
        "movement": movement_reading(report, say),
        "forecast": forecast_reading(report, say),
        "calibration": calibration_reading(report, say),
        "velocity": velocity_reading(report, say),
        "funnel": funnel_reading(report, say),
        "skips": skips_reading(report, say),
        "activity": activity_reading(report, say),
        "losses": loss_reading(report, say),
        "loss_timing": timing_reading(report, say),
    }


def _compared(now: Report, before: Report) -> Document:
    return {
        "period": period_document(before),
        "as_of": _local(before, before.basis.as_of),
        "metrics": {
            name: {
                "value": metric_document(change.then)["value"],
                "difference": number(change.difference),
                "share": number(change.share),
                "is_better": change.is_better,
            }
            for name, change in compare(now, before).items()
        },
    }


# The tables of a report as CSV.

_PARTS = ("value", "unit", "num", "den", "n", "low", "high", "pending", "reason")
CSV_COLUMNS = ("table", "key", "name", *_PARTS, "bounds_low", "bounds_high", "excluded")


def metrics_csv(told: FullReport, group_metrics: Sequence[str] = ()) -> str:
    """What the numbers are of, then a line for each value with all that it is made of; amounts are
    in minor units."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    blank = [""] * (len(CSV_COLUMNS) - 4)
    for name, text in scope_of(told.report, told.filter_text, told.owner).items():
        writer.writerow(["report", name, "value", defuse(text), *blank])
    for name, days in windows_of(told.report).items():
        writer.writerow(["windows", name, "value", days, "days", *blank[1:]])
    for table in tables.tables(told, group_metrics):
        for row in table.rows:
            for name in table.columns:
                cells = (table.name, tables.key_of(row), name, *_cells(row[name]))
                writer.writerow(map(defuse, cells))
    return out.getvalue()


def _cells(value: Value) -> list[str]:
    if isinstance(value, Metric):
        document = metric_document(value)
        bounds = [str(float(end)) for end in value.bounds or ()] or ["", ""]
        excluded = "; ".join(f"{reason}: {n}" for reason, n in value.excluded.items())
        parts = ["" if document.get(part) is None else str(document[part]) for part in _PARTS]
        return [*parts, *bounds, excluded]
    blank = [""] * (len(_PARTS) - 2 + 3)
    if isinstance(value, NumberChange | Figure):
        found = number(value.value)
        return ["" if found is None else str(found), str(value.unit), *blank]
    return ["" if value is None else str(value), "", *blank]
