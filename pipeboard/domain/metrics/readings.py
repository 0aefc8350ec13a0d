"""What the numbers say, in one sentence each: on target, what is stuck, what to believe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from pipeboard.domain.metrics.activity import waiting
from pipeboard.domain.metrics.coverage import Standing
from pipeboard.domain.metrics.report import Report
from pipeboard.domain.metrics.result import Metric, mean
from pipeboard.domain.metrics.series import Week
from pipeboard.domain.metrics.winning import win_rate_by_value
from pipeboard.domain.metrics.wording import Wording, decimal, percent, tenths

ENOUGH = 10
"""Closed deals from which on a measured rate is worth more than a stated one."""
_WEEKS_COMPARED = 4


def target_reading(report: Report, say: Wording) -> str:
    """Are we on target?"""
    coverage, label = report.coverage, report.basis.period.label
    won = report.metric("won_value")
    if coverage.target.value is None or coverage.remaining is None:
        reason = coverage.target.reason or won.reason or "no amount"
        hint = f": 'pipeboard target set {label} 130k' sets one" if reason == "no target" else ""
        return f"{reason.capitalize()} for {label}{hint}."
    target, remaining = Fraction(coverage.target.value), coverage.remaining
    done = f"{say.money(target - remaining)} of {say.money(target)} won"
    if coverage.surplus is not None:
        return f"Target met: {done}, {say.money(coverage.surplus)} above."
    share = f" ({percent((target - remaining) / target)})" if target else ""
    if report.basis.now >= report.basis.end:
        return f"Target missed: {done}{share}, {say.money(remaining)} short."
    return f"{done}{share}, {say.money(remaining)} to go; {_cover(report, say)}."


def _cover(report: Report, say: Wording) -> str:
    coverage = report.coverage
    ratio, needed = coverage.ratio.value, coverage.required.value
    if ratio is None:
        return "what the pipeline covers is unknown"
    due = f"{say.money(coverage.pipe.amount)} is due ({tenths(Fraction(ratio))}x)"
    if needed is None:
        return f"{due}; no win rate says yet whether that is enough"
    rate = win_rate_by_value(report.basis)
    wins = percent(Fraction(rate.value)) if rate.value is not None else ""
    against = f"{due}, and a win rate of {wins} by value needs {tenths(Fraction(needed))}x"
    match coverage.standing:
        case Standing.SHORT:
            return f"{against}: short"
        case Standing.TOO_HIGH:
            return f"{against}: more than can be worked on"
        case _:
            return f"{against}: enough"


def stuck_reading(report: Report, say: Wording) -> str:
    """What is stuck, and where to look?"""
    found = report.bottleneck
    if found is None:
        return "Nothing is stuck: no open deal is past what its stage should take."
    late, limit = found.overstay, found.expected
    deals = f"{len(late.deals)} deal{'s' * (len(late.deals) != 1)}"
    worth = f", {say.money(late.value.amount)}" if late.value.deals else ""
    over = f" past {decimal(Fraction(limit))} d" if limit is not None else ""
    usual = found.km_median.value
    half = f"; half stay {decimal(Fraction(usual))} d" if usual is not None else ""
    return (
        f"{found.stage.name} is the bottleneck: {deals}{worth}, "
        f"{decimal(late.deal_days)} deal-days{over}{half}. {found.hint}"
    )


def forecast_reading(report: Report, say: Wording) -> str:
    """Which forecast should be believed?"""
    forecast, n = report.forecast, report.calibration.bias.n
    stated, measured = forecast.stated.value, forecast.measured.value
    if stated is None or measured is None:
        return f"No forecast: {forecast.stated.reason or forecast.measured.reason}."
    both = f"stated {say.money(stated)}, measured {say.money(measured)}"
    if n < ENOUGH:
        return f"Too few deals have closed (n={n}) to check what is stated: {both}."
    if stated == measured:
        return f"Stated and measured agree on {say.money(measured)}."
    share = forecast.rose_share.value
    by = f" ({percent(abs(Fraction(share)))})" if share is not None else ""
    tint = say.money(abs(Fraction(stated) - measured))
    if stated > measured:
        return f"Believe {say.money(measured)}: {both}, so {tint}{by} of it is hope."
    return f"Believe {say.money(measured)}: {both}, so {tint}{by} more than anybody says."


def calibration_reading(report: Report) -> str:
    """Do stated probabilities come true?"""
    bias = report.calibration.bias
    if bias.value is None:
        return f"Whether probabilities come true is unknown: {bias.reason} (n={bias.n})."
    points = f"{decimal(abs(Fraction(bias.value)) * 100)} points"
    if abs(Fraction(bias.value)) < Fraction(1, 50):
        return f"Stated chances come true, within 2 points (n={bias.n})."
    way = "too hopeful" if bias.value > 0 else "too cautious"
    return f"Stated chances are {points} {way} (n={bias.n})."


def funnel_reading(report: Report) -> str:
    """Where does the funnel lose most?"""
    steps = [row for row in report.stages if row.resolved.value is not None]
    steps = [row for row in steps if not row.resolved.is_low()]
    if not steps:
        return "Too few deals have gone on or been lost to say which step is the weakest."
    worst = min(
        steps, key=lambda row: (row.resolved.value or 0, report.basis.rules.rank[row.stage.id])
    )
    share = percent(Fraction(worst.resolved.value or 0))
    pending = worst.conversion.pending
    still = f"; {pending} of {worst.entered} are undecided" if pending else ""
    return (
        f"{worst.stage.name} is the weakest step: {share} of {worst.resolved.n} "
        f"that were decided went on{still}."
    )


def weeks_reading(weeks: Sequence[Week], say: Wording) -> str:
    """Is more or less won than a month ago?"""
    full = [week for week in weeks if not week.partial]
    if any(week.won.value is None for week in full) or len(full) < 2 * _WEEKS_COMPARED:
        return ""
    amounts = [Fraction(week.won.value or 0) for week in full]
    late = mean(amounts[-_WEEKS_COMPARED:])
    early = mean(amounts[-2 * _WEEKS_COMPARED : -_WEEKS_COMPARED])
    return (
        f"{say.money(late)} a week in the last four full weeks, {say.money(early)} in the four "
        "before."
    )


def activity_reading(report: Report, say: Wording) -> str:
    """Are leads answered soon?"""
    response, silent = report.metric("first_response_hours_median"), len(waiting(report.basis))
    waits = f"{silent} open deal{'s' * (silent != 1)} never heard from us"
    if response.value is None:
        return f"{waits.capitalize()}." if silent else "No new deals in the period to answer."
    return f"Half of the new deals heard from us within {say.number(response)}; {waits}."


def loss_reading(report: Report, say: Wording) -> str:
    """Why are deals lost, and how late?"""
    reasons = report.loss_reasons
    if not reasons:
        return "Nothing was lost in the period."
    first, total = reasons[0], sum(len(reason.deals) for reason in reasons)
    worth = f", {say.number(first.value)}" if first.value.n else ""
    stage_id = max(first.stages, key=lambda one: first.stages[one])
    stage = report.basis.rules.pipeline.stage(stage_id).name
    return (
        f"Most often {first.category}: {len(first.deals)} of {total} losses{worth}, "
        f"mostly from {stage}."
    )


def reps_reading(reps: Mapping[str, Report]) -> str:
    """Do reps differ by more than chance?"""
    rates = {name: rep.metric("win_rate") for name, rep in reps.items() if name}
    known = {name: rate for name, rate in rates.items() if rate.n >= ENOUGH}
    if len(known) < 2:
        return f"Fewer than two reps have {ENOUGH} closed deals: comparing win rates would mislead."
    best = max(known, key=lambda name: known[name].low or 0)
    worst = min(known, key=lambda name: known[name].high or 0)
    if (known[best].low or 0) > (known[worst].high or 0):
        return f"@{best} wins more ({_range(known[best])}) than @{worst} ({_range(known[worst])})."
    return "Win rates differ by no more than chance would make them (their intervals overlap)."


def _range(rate: Metric) -> str:
    return f"{percent(rate.low or 0)}-{percent(rate.high or 0)}"
