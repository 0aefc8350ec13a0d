"""The numbers of a pipeline as the JSON that scripts rely on (`cli.md` section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from pipeboard.domain.events import instant
from pipeboard.domain.metrics import Metric, Report, compare
from pipeboard.domain.metrics.calibration import Band, Calibration, WeekForecast
from pipeboard.domain.metrics.chances import AGES, won_of_closed
from pipeboard.domain.metrics.conversion import conversion_by_value
from pipeboard.domain.metrics.coverage import conversion_of_pipeline
from pipeboard.domain.metrics.deals import by_currency
from pipeboard.domain.metrics.forecast import chances_in_use
from pipeboard.domain.metrics.outcomes import LossReason, competitors
from pipeboard.domain.metrics.past_forecasts import Backtest
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
from pipeboard.domain.metrics.report import StageNumbers, scope_of, windows_of
from pipeboard.domain.metrics.result import Number
from pipeboard.domain.metrics.rules import Group
from pipeboard.domain.metrics.targets import CallRecord
from pipeboard.domain.metrics.waterfall import Waterfall
from pipeboard.domain.metrics.wording import Wording
from pipeboard.domain.money import half_up
from pipeboard.domain.pipeline import Pipeline

if TYPE_CHECKING:
    from pipeboard.domain.json_data import Document

# One number as JSON, with all that it is made of.


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


def number(value: Number | None) -> int | float | None:
    """A whole number as it is, else as near as a float comes."""
    if value is None:
        return None
    fraction = Fraction(value)
    return fraction.numerator if fraction.denominator == 1 else float(fraction)


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


def backtest_document(tested: Backtest) -> Document:
    """How right the forecasts were at the starts of past periods."""
    return {
        "believed": tested.believed,
        "reason": tested.reason,
        "errors": {name: number(error) for name, error in tested.errors.items()},
        "errors_of": "wins" if tested.by_count else "value",
        "periods": [
            {
                "period": score.period.label,
                "deals": score.deals,
                "wins": score.wins,
                "wins_said": {name: float(said) for name, said in score.said_wins.items()},
                "came": half_up(score.came),
                **{name: half_up(said) for name, said in score.said.items()},
            }
            for score in tested.scores
        ],
    }


def record_document(record: CallRecord) -> Document:
    """How right the reps' own calls were in past periods."""
    return {
        "error": number(record.error),
        "periods": [
            {
                "period": kept.period.label,
                "said": half_up(kept.said),
                "came": half_up(kept.came),
            }
            for kept in record.periods
        ],
    }


def call_document(call: WeekForecast) -> Document:
    return {
        "period": call.period.label,
        "week": call.week,
        **{name: half_up(said) for name, said in call.said.items()},
        "came": half_up(call.came),
        "off": {name: number(call.off(name)) for name in call.said},
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
    document: Document = {
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
        "conversion_by_value": metric_document(conversion_by_value(report.basis, row.cohort)),
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
