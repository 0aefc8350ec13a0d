"""The funnel: who entered each stage, who went on, how long it took; and how leads grow."""

from __future__ import annotations

from fractions import Fraction

from pipeboard.domain.metrics import Metric
from pipeboard.domain.metrics.leads import LeadMonth
from pipeboard.domain.metrics.readings import funnel_reading
from pipeboard.domain.metrics.report import StageNumbers
from pipeboard.ui.draw.charts import (
    ChartStyle,
    TableRow,
    aside,
    counted,
    decimal,
    ground,
    is_pale,
    number,
)
from pipeboard.ui.draw.line import Span
from pipeboard.ui.draw.metrics.figures import Figures
from pipeboard.ui.draw.metrics.sections import Block, TabLayout, TableEntry, figures, section

WIN_RATES = (
    "win_rate",
    "win_rate_value",
    "win_rate_competitive",
    "win_rate_cohort",
    "win_rate_pessimistic",
    "qualified_count",
    "lead_velocity_rate",
    "lead_growth",
)
_SHOWN_MONTHS = 7


def funnel_tab(shown: Figures, whole: ChartStyle, half: ChartStyle) -> TabLayout:
    """Cohorts, win rates, what was skipped, lead velocity."""
    return TabLayout(
        figures(WIN_RATES, shown, whole),
        (cohorts(shown, half, reading=True), paths(shown, half)),
        (values(shown, half), leads(shown, half)),
    )


def cohorts(shown: Figures, style: ChartStyle, *, reading: bool = False) -> Block:
    """The deals that entered each stage in the period, and what became of them."""
    report = shown.report
    won = report.metric("won_count")
    most = max([row.entered for row in report.stages] + [won.n, 1])
    entries = [_cohort(row, Fraction(row.entered, most), style) for row in report.stages]
    entries.append(
        TableEntry(
            TableRow(
                shown.won_stage,
                (number(won, style),),
                Fraction(won.n, most),
                bar_role="chart.good",
            ),
            f"Won in {report.basis.period.label}",
            won.numerator,
            "Deals won in the period, whenever they came in.",
        )
    )
    return section(
        f"Funnel: entered in {report.basis.period.label}",
        ("deals", "go on", "KM d", "p80 d", "limit"),
        entries,
        style,
        funnel_reading(report) if reading else "",
    )


def _cohort(row: StageNumbers, share: Fraction, style: ChartStyle) -> TableEntry:
    limit = row.stage.expected_days
    cells = (
        counted(row.entered),
        rate(row.conversion, style),
        days(row.dwell.km_median, style),
        days(row.dwell.p80, style, limit),
        aside("" if limit is None else str(limit)),
    )
    conversion = row.conversion
    words = (
        f"{row.stage.name}: {conversion.num or 0} of {row.entered} went on{ground(conversion)}"
        if row.entered
        else f"{row.stage.name}: nobody entered it in the period."
    )
    entered = conversion.denominator
    return TableEntry(
        TableRow(row.stage.name, cells, share),
        f"Entered {row.stage.name}",
        entered,
        words,
    )


def rate(metric: Metric, style: ChartStyle) -> Span:
    """The share of a cohort; `+` behind it while so many are undecided that it will still grow."""
    text, role = number(metric, style)
    return (f"{text}+", role) if metric.is_immature else (text, role)


def days(metric: Metric, style: ChartStyle, limit: int | None = None) -> Span:
    """Days in a column headed so; past the limit they bear a `!`."""
    if metric.value is None:
        return ("-", "text.dim")
    text = decimal(Fraction(metric.value))
    if limit is not None and metric.value > limit:
        return (f"{text}!", "text.dim" if is_pale(metric, style) else "chart.bad")
    return (text, "text.dim" if is_pale(metric, style) else "text")


def paths(shown: Figures, style: ChartStyle) -> Block:
    """Off the straight path: stages skipped, and returned to."""
    entries = [
        TableEntry(
            TableRow(
                row.stage.name,
                (
                    number(row.resolved, style),
                    number(row.skipped, style),
                    counted(row.regressions),
                ),
            ),
            f"Skipped {row.stage.name}",
            row.skipped.numerator,
            f"{row.stage.name} was never entered by {row.skipped.num or 0} of "
            f"{row.skipped.den or 0} deals that got beyond it in the period.",
        )
        for row in shown.report.stages
    ]
    return section("Decided, skipped, came back", ("go on", "skipped", "back"), entries, style)


def values(shown: Figures, style: ChartStyle) -> Block:
    """What stands in each stage now: the three numbers that every column should have, and value."""
    report = shown.report
    most = max([Fraction(row.open_value.value or 0) for row in report.stages] + [Fraction(1)])
    entries = [
        TableEntry(
            TableRow(
                row.stage.name,
                (
                    number(row.open_count, style),
                    number(row.open_value, style),
                    number(row.weighted_value, style),
                ),
                Fraction(row.weighted_value.value or 0) / most,
                Fraction(row.open_value.value or 0) / most,
            ),
            f"Open in {row.stage.name}",
            row.open_count.numerator,
            f"{row.stage.name}: open now, whole and at the deals' chances{ground(row.open_value)}",
        )
        for row in report.stages
    ]
    return section("Open now", ("deals", "value", "weighted"), entries, style)


def _month_name(month: LeadMonth) -> str:
    """The month, and whether it is running or the bar of qualification moved in it."""
    moved = " bar moved" if month.bar_moved else ""
    return f"{month.month}{' so far' if month.partial else ''}{moved}"


def leads(shown: Figures, style: ChartStyle) -> Block:
    """Qualified leads by month, and how fast they grow."""
    report = shown.report
    months = report.lead_months[-_SHOWN_MONTHS:]
    if not report.basis.rules.qualifying:
        return section(
            "Qualified leads", (), (), style, empty_reason="No stage is marked as qualified."
        )
    most = max([month.leads for month in months] + [1])
    entries = [
        TableEntry(
            TableRow(
                _month_name(month),
                (counted(month.leads), number(month.rate, style)),
                Fraction(month.leads, most),
                bar_role="chart.rest" if month.partial else "chart.full",
            ),
            f"Qualified in {month.month}",
            [
                deal
                for at, deal in report.basis.deals.qualified
                if report.basis.calendar.month(at) == month.month
            ],
            f"{month.leads} leads qualified in {month.month}, growth over the month before "
            f"{style.say.explained(month.rate)}.",
        )
        for month in months
    ]
    return section("Qualified leads by month", ("leads", "growth"), entries, style)
