"""The numbers of a pipeline as the JSON that scripts rely on (`cli.md` section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from pipeboard.domain.metrics import Metric, Report, Unit, compare
from pipeboard.domain.metrics.calibration import Band, Calibration
from pipeboard.domain.metrics.losses import LossReason
from pipeboard.domain.metrics.readings import (
    activity_reading,
    calibration_reading,
    forecast_reading,
    funnel_reading,
    loss_reading,
    stuck_reading,
    target_reading,
)
from pipeboard.domain.metrics.report import StageNumbers
from pipeboard.domain.metrics.result import Number
from pipeboard.domain.metrics.waterfall import Waterfall
from pipeboard.domain.metrics.wording import Wording
from pipeboard.domain.pipeline import Pipeline

Document = dict[str, Any]

_WHOLE = (Unit.COUNT, Unit.MINOR)


def metrics_document(
    report: Report,
    *,
    filter_text: str = "",
    owner: str | None = None,
    before: Report | None = None,
    groups: Mapping[str, Report] | None = None,
    grouped_by: str = "",
) -> Document:
    """One report; with `before` against that of another period, with `groups` also of each group.

    Amounts are minor units of `currency`. Whatever is unknown is null, with its reason beside it.
    """
    rules, basis = report.basis.rules, report.basis
    document = {
        "as_of": _local(report, basis.as_of),
        "zone": rules.settings.zone_name,
        "currency": rules.currency,
        "pipeline": rules.pipeline.name,
        "owner": owner,
        "filter": filter_text,
        "period": period_document(report),
        "metrics": metric_documents(report),
        "stages": [_stage(row) for row in report.stages],
        "bottleneck": _bottleneck(report),
        "lead_velocity": _lead_months(report),
        "forecast_months": _forecast_months(report),
        "won_weeks": _won_weeks(report),
        "calibration": _calibration(report.calibration),
        "waterfall": _waterfall(report.waterfall),
        "loss_reasons": [_loss_reason(rules.pipeline, reason) for reason in report.loss_reasons],
        "readings": readings(report),
    }
    if before is not None:
        document["compared_with"] = _compared(report, before)
    document["grouped_by"] = grouped_by or None
    document["groups"] = [
        {"key": name or None, "metrics": metric_documents(group)}
        for name, group in (groups or {}).items()
    ]
    return document


def _lead_months(report: Report) -> list[Document]:
    return [
        {
            "month": month.month,
            "qualified": month.leads,
            "rate": metric_document(month.rate),
            "partial": month.partial,
        }
        for month in report.lead_months
    ]


def _forecast_months(report: Report) -> list[Document]:
    return [
        {
            "month": month.month,
            "open_count": len(month.deals),
            "open_value": month.open_value.rounded,
            "weighted_value": month.weighted.rounded,
            "measured_value": month.measured.rounded,
        }
        for month in report.months
    ]


def _won_weeks(report: Report) -> list[Document]:
    return [
        {
            "week": week.start.isoformat(),
            "won_value": week.won.rounded,
            "created_count": week.created.rounded,
            "partial": week.partial,
        }
        for week in report.weeks
    ]


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


def metric_document(metric: Metric) -> Document:
    """One number with what it is made of; proportions have their 95 % interval."""
    document: Document = {
        "value": metric.rounded if metric.unit in _WHOLE else _number(metric.value),
        "unit": str(metric.unit),
        "num": _number(metric.num),
        "den": _number(metric.den),
        "n": metric.n,
        "reason": metric.reason,
        "excluded": dict(metric.excluded),
    }
    if metric.low is not None:
        document |= {"low": metric.low, "high": metric.high}
    if metric.bounds is not None:
        document |= {"pending": metric.pending, "bounds": [float(end) for end in metric.bounds]}
    return document


def _number(value: Number | None) -> int | float | None:
    """A whole number as it is, else as near as a float comes."""
    if value is None:
        return None
    fraction = Fraction(value)
    return fraction.numerator if fraction.denominator == 1 else float(fraction)


def _stage(row: StageNumbers) -> Document:
    return {
        "stage": row.stage.name,
        "entered": row.entered,
        "open_count": row.open_count.rounded,
        "open_value": row.open_value.rounded,
        "weighted_value": row.weighted_value.rounded,
        "conversion": metric_document(row.conversion),
        "resolved": metric_document(row.resolved),
        "dwell_median_days": metric_document(row.dwell.median),
        "dwell_km_median_days": metric_document(row.dwell.km_median),
        "dwell_p80_days": metric_document(row.dwell.p80),
        "dwell_p90_days": metric_document(row.dwell.p90),
        "expected_days": row.stage.expected_days,
        "overstay_deal_days": _number(row.overstay.deal_days),
        "stalled_count": row.stalled_count,
        "skipped": metric_document(row.skipped),
        "regressions": row.regressions,
    }


def _bottleneck(report: Report) -> Document | None:
    found = report.bottleneck
    if found is None:
        return None
    return {
        "stage": found.stage.name,
        "overstay_deal_days": _number(found.overstay.deal_days),
        "deals": [f"D-{deal.id}" for deal in found.overstay.deals],
        "why": stuck_reading(report, Wording(report.basis.rules.currency)),
    }


def _calibration(found: Calibration) -> Document:
    return {
        "brier": metric_document(found.brier),
        "skill": metric_document(found.skill),
        "bias": metric_document(found.bias),
        "bands": [_band(band) for band in found.bands],
    }


def _band(band: Band) -> Document:
    return {
        "low_bp": band.low_bp,
        "high_bp": band.high_bp,
        "stated": _number(band.stated),
        "won": metric_document(band.won),
    }


def _waterfall(flow: Waterfall) -> Document:
    lines = {"start": flow.start, **flow.coming, **flow.going, "end": flow.end}
    off_ledger = {
        "created_and_won": flow.created_and_won,
        "created_and_lost": flow.created_and_lost,
        "won_above": flow.won_above,
    }
    return {
        **{name: _number(line.amount) for name, line in lines.items()},
        "off_ledger": {name: _number(line.amount) for name, line in off_ledger.items()},
        "excluded": flow.excluded,
    }


def _loss_reason(pipeline: Pipeline, reason: LossReason) -> Document:
    return {
        "category": reason.category,
        "count": len(reason.deals),
        "value": reason.value.rounded,
        "stages": {pipeline.stage(stage).name: n for stage, n in reason.stages.items()},
    }


def readings(report: Report) -> dict[str, str]:
    """What the numbers say, a sentence each."""
    say = Wording(report.basis.rules.currency)
    return {
        "target": target_reading(report, say),
        "stuck": stuck_reading(report, say),
        "forecast": forecast_reading(report, say),
        "calibration": calibration_reading(report),
        "funnel": funnel_reading(report),
        "activity": activity_reading(report, say),
        "losses": loss_reading(report, say),
    }


def _compared(now: Report, before: Report) -> Document:
    return {
        "period": period_document(before),
        "as_of": _local(before, before.basis.as_of),
        "metrics": {
            name: {
                "value": metric_document(change.then)["value"],
                "difference": _number(change.difference),
                "share": _number(change.share),
                "is_better": change.is_better,
            }
            for name, change in compare(now, before).items()
        },
    }
