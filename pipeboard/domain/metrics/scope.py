"""What a report is of: said beside every output, so that no number stands without its question."""

from __future__ import annotations

from collections.abc import Mapping

from pipeboard.domain.metrics.report import Report


def scope_of(report: Report, filter_text: str = "", owner: str | None = None) -> Mapping[str, str]:
    """Pipeline, period, instant, filter, owner, zone, currency and windows, in words by name; what
    was not asked for is ""."""
    basis, rules = report.basis, report.basis.rules
    start, end = basis.period.instants(rules.zone)
    stock = report.stock.as_of
    over = report.stock is not basis
    return {
        "pipeline": rules.pipeline.name,
        "period": basis.period.label,
        "start": start.astimezone(rules.zone).isoformat(),
        "end": end.astimezone(rules.zone).isoformat(),
        "as_of": basis.as_of.astimezone(rules.zone).isoformat(),
        "stock_as_of": (stock if over else basis.as_of).astimezone(rules.zone).isoformat(),
        "filter": filter_text,
        "owner": owner or "",
        "zone": rules.settings.zone_name,
        "currency": rules.currency,
    }


def windows_of(report: Report) -> Mapping[str, int]:
    """How many days numbers look back that are not of the period: by what they are for."""
    rules = report.basis.rules
    return {
        "velocity": rules.velocity_days,
        "run_rate": rules.run_rate_days,
        "calibration": rules.measured_days,
        "win_given": rules.measured_days,
    }


def headline(report: Report, filter_text: str = "", owner: str | None = None) -> str:
    """`New business: 2026Q4, @mara, /source:referral, as of 2026-10-31 23:59 (Europe/Berlin)`."""
    basis, rules = report.basis, report.basis.rules
    parts = [f"{rules.pipeline.name}: {basis.period.label}"]
    if owner is not None:
        parts.append(f"@{owner}")
    if filter_text:
        parts.append(f"/{filter_text}")
    at = basis.as_of.astimezone(rules.zone)
    parts.append(f"as of {at:%Y-%m-%d %H:%M} ({rules.settings.zone_name})")
    return ", ".join(parts)


def footnote(report: Report) -> str:
    """What the days and sums rest on, in one sentence."""
    rules, days = report.basis.rules, windows_of(report)
    over = "" if report.stock is report.basis else ", of the open deals at the end of the period"
    return (
        f"Amounts in {rules.currency}{over}; velocity over {days['velocity']} days, run rate over "
        f"{days['run_rate']}, calibration over {days['calibration']}."
    )
