"""The numbers of a pipeline as the JSON that scripts rely on (`cli.md` section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction

from pipeboard.domain.events import instant
from pipeboard.domain.metrics import Report, compare
from pipeboard.domain.metrics.calibration import Band, Calibration
from pipeboard.domain.metrics.chances import won_of_closed
from pipeboard.domain.metrics.conversion import cohort, conversion_by_value
from pipeboard.domain.metrics.grouping import Group
from pipeboard.domain.metrics.losses import LossReason, competitors
from pipeboard.domain.metrics.readings import (
    activity_reading,
    calibration_reading,
    forecast_reading,
    funnel_reading,
    loss_reading,
    stuck_reading,
    target_reading,
    velocity_reading,
)
from pipeboard.domain.metrics.report import StageNumbers
from pipeboard.domain.metrics.scope import scope_of, windows_of
from pipeboard.domain.metrics.tally import by_currency
from pipeboard.domain.metrics.waterfall import Waterfall
from pipeboard.domain.metrics.wording import Wording
from pipeboard.domain.money import half_up
from pipeboard.domain.pipeline import Pipeline
from pipeboard.exchange.metric_document import Document, metric_document, number
from pipeboard.exchange.outlook_document import (
    backtest_document,
    call_document,
    chance_documents,
    coverage_document,
    needed_document,
    record_document,
)


def metrics_document(
    report: Report,
    *,
    filter_text: str = "",
    owner: str | None = None,
    before: Report | None = None,
    groups: Mapping[Group, Report] | None = None,
    grouped_by: str = "",
    flow: Waterfall | None = None,
    history: bool = False,
) -> Document:
    """One report; with `before` against that of another period, with `groups` also of each group,
    with `flow` another waterfall than that of the whole period, with `history` what forecasts said
    in past periods.

    Amounts are minor units of `currency`. Whatever is unknown is null, with its reason beside it.
    """
    rules, scope = report.basis.rules, scope_of(report, filter_text, owner)
    document = {
        **{name: scope[name] for name in ("as_of", "stock_as_of", "zone", "currency", "pipeline")},
        "owner": owner,
        "filter": filter_text,
        "period": period_document(report),
        "windows": dict(windows_of(report)),
        "metrics": metric_documents(report),
        "by_currency": _by_currency(report),
        "stages": [_stage(report, row) for row in report.stages],
        "bottleneck": _bottleneck(report),
        "lead_velocity": _lead_months(report),
        "forecast_months": _forecast_months(report),
        "won_weeks": _won_weeks(report),
        "calibration": _calibration(report.calibration),
        "chances": chance_documents(report),
        "backtest": backtest_document(report.backtest),
        "call": record_document(report.call_record),
        "needed": needed_document(report),
        "coverage": coverage_document(report),
        "velocity_is_stale": report.velocity_is_stale,
        "time_to_win": [
            {"days": float(days), "share": share} for days, share in report.time_to_win
        ],
        "waterfall": _waterfall(report, flow or report.waterfall),
        "loss_reasons": [_loss_reason(rules.pipeline, reason) for reason in report.loss_reasons],
        "competitors": [
            {"competitor": one.competitor, "count": len(one.deals), "value": one.value.rounded}
            for one in competitors(report.basis)
        ],
        "readings": readings(report),
    }
    if before is not None:
        document["compared_with"] = _compared(report, before)
    if history:
        document["forecast_history"] = [call_document(call) for call in report.forecast_history]
    document["grouped_by"] = grouped_by or None
    document["groups"] = [
        {"key": name, "metrics": metric_documents(group)} for name, group in (groups or {}).items()
    ]
    return document


def _lead_months(report: Report) -> list[Document]:
    return [
        {
            "month": month.month,
            "qualified": month.leads,
            "before": month.before,
            "rate": metric_document(month.rate),
            "partial": month.partial,
            "bar_moved": month.bar_moved,
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
            "reason": month.open_value.reason or month.weighted.reason or month.measured.reason,
            "excluded": dict(month.weighted.excluded),
        }
        for month in report.months
    ]


def _won_weeks(report: Report) -> list[Document]:
    return [
        {
            "week": week.start.isoformat(),
            "won_value": week.won.rounded,
            "won_count": len(week.won_deals),
            "created_count": week.created.rounded,
            "created_value": week.created_value.rounded,
            "reason": week.won.reason,
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
        if report.stock.tally(deals).lacking
    }


def _stage(report: Report, row: StageNumbers) -> Document:
    stage_id = row.stage.id
    return {
        "stage": row.stage.name,
        "entered": row.entered,
        "open_count": row.open_count.rounded,
        "open_value": row.open_value.rounded,
        "weighted_value": row.weighted_value.rounded,
        "conversion": metric_document(row.conversion),
        "resolved": metric_document(row.resolved),
        "conversion_by_value": metric_document(
            conversion_by_value(report.basis, cohort(report.basis, row.stage))
        ),
        "dwell_median_days": metric_document(row.dwell.median),
        "dwell_km_median_days": metric_document(row.dwell.km_median),
        "dwell_p80_days": metric_document(row.dwell.p80),
        "dwell_p90_days": metric_document(row.dwell.p90),
        "expected_days": row.stage.expected_days,
        "limit_days": None if row.limit is None else number(row.limit),
        "win_given": metric_document(report.stock.once(won_of_closed)[stage_id]),
        "rose_tint": report.rose_tint_by_stage[stage_id].rounded,
        "reason": row.open_value.reason or row.weighted_value.reason,
        "overstay_deal_days": number(row.overstay.deal_days),
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
        "velocity": velocity_reading(report, say),
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
                "difference": number(change.difference),
                "share": number(change.share),
                "is_better": change.is_better,
            }
            for name, change in compare(now, before).items()
        },
    }
