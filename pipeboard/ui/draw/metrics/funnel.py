"""The funnel: who entered each stage, who went on, how long it took; and how leads grow."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import islice

from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.metrics import Metric, Report
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.outcomes import competitors, lost_from
from pipeboard.domain.metrics.readings import (
    funnel_reading,
    loss_reading,
    reps_reading,
    skips_reading,
    timing_reading,
)
from pipeboard.domain.metrics.report import StageNumbers
from pipeboard.domain.metrics.rules import Group
from pipeboard.domain.metrics.velocity import LeadMonth
from pipeboard.domain.people import rep_name
from pipeboard.ui.draw.charts import (
    ChartStyle,
    TableRow,
    aside,
    counted,
    decimal,
    ground,
    is_pale,
    number,
    percent,
    share_of,
)
from pipeboard.ui.draw.line import Span
from pipeboard.ui.draw.metrics.sections import (
    Block,
    Figures,
    TabLayout,
    figures,
    section,
)

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
MARKETING = ("mql_conversion", "mql_to_sql_days_median")
"""Shown where a stage is marked for them."""
_SHOWN_MONTHS = 7


def funnel_tab(shown: Figures, whole: ChartStyle, half: ChartStyle) -> TabLayout:
    """Cohorts, win rates, what was skipped, lead velocity."""
    names = WIN_RATES + MARKETING if shown.report.basis.rules.marketing else WIN_RATES
    return TabLayout(
        figures(names, shown, whole),
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
        TableRow(
            shown.won_stage,
            (number(won, style),),
            f"Won in {report.basis.period.label}",
            won.numerator,
            "Deals won in the period, whenever they came in.",
            full=Fraction(won.n, most),
            bar_role="chart.good",
        )
    )
    return section(
        f"Funnel: entered in {report.basis.period.label}",
        ("deals", "go on", "KM d", "p80 d", "limit"),
        entries,
        style,
        funnel_reading(report, style.say) if reading else "",
    )


def _cohort(row: StageNumbers, share: Fraction, style: ChartStyle) -> TableRow:
    limit = row.stage.expected_days
    cells = (
        counted(row.entered),
        rate(row.conversion, style),
        days(row.dwell.km_median),
        days(row.dwell.p80, limit),
        aside("" if limit is None else str(limit)),
    )
    conversion = row.conversion
    went = f"{in_figures(int(conversion.num or 0))} of {in_figures(row.entered)}"
    words = (
        f"{row.stage.name}: {went} went on{ground(conversion)}"
        if row.entered
        else f"{row.stage.name}: nobody entered it in the period."
    )
    entered = conversion.denominator
    return TableRow(row.stage.name, cells, f"Entered {row.stage.name}", entered, words, full=share)


def rate(metric: Metric, style: ChartStyle) -> Span:
    """The share of a cohort; `+` behind it while so many are undecided that it will still grow."""
    text, role = number(metric, style)
    return (f"{text}+", role) if metric.is_immature else (text, role)


def days(metric: Metric, limit: int | None = None) -> Span:
    """Days in a column headed so; past the limit they bear a `!`."""
    if metric.value is None:
        return ("-", "text.dim")
    text = decimal(Fraction(metric.value))
    if limit is not None and metric.value > limit:
        return (f"{text}!", "text.dim" if is_pale(metric) else "chart.bad")
    return (text, "text.dim" if is_pale(metric) else "text")


def paths(shown: Figures, style: ChartStyle) -> Block:
    """Off the straight path: stages skipped, and returned to."""
    entries = [
        TableRow(
            row.stage.name,
            (
                number(row.resolved, style),
                number(row.skipped, style),
                counted(row.regressions),
            ),
            f"Skipped {row.stage.name}",
            row.skipped.numerator,
            f"{row.stage.name} was never entered by {share_of(row.skipped)} "
            "deals that got beyond it in the period.",
        )
        for row in shown.report.stages
    ]
    heads = ("go on", "skipped", "back")
    reading = skips_reading(shown.report, style.say)
    return section("Decided, skipped, came back", heads, entries, style, reading)


def values(shown: Figures, style: ChartStyle) -> Block:
    """What stands in each stage now: the three numbers that every column should have, and value."""
    report = shown.report
    most = max([Fraction(row.open_value.value or 0) for row in report.stages] + [Fraction(1)])
    entries = [
        TableRow(
            row.stage.name,
            (
                number(row.open_count, style),
                number(row.open_value, style),
                number(row.weighted_value, style),
            ),
            f"Open in {row.stage.name}",
            row.open_count.numerator,
            f"{row.stage.name}: open now, whole and at the deals' chances{ground(row.open_value)}",
            full=Fraction(row.weighted_value.value or 0) / most,
            whole=Fraction(row.open_value.value or 0) / most,
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
        TableRow(
            _month_name(month),
            (counted(month.leads), number(month.rate, style)),
            f"Qualified in {month.month}",
            [
                deal
                for at, deal in report.basis.deals.qualified
                if report.basis.calendar.month(at) == month.month
            ],
            f"{how_many(month.leads, 'lead')} qualified in {month.month}, growth over the "
            f"month before {style.say.explained(month.rate)}.",
            full=Fraction(month.leads, most),
            bar_role="chart.rest" if month.partial else "chart.full",
        )
        for month in months
    ]
    return section("Qualified leads by month", ("leads", "growth"), entries, style)


# Why deals are lost, how much they were worth, and from which stage.

LOSSES = ("lost_count", "lost_value", "win_rate", "win_rate_competitive")


def losses_tab(shown: Figures, whole: ChartStyle, half: ChartStyle) -> TabLayout:
    """The reasons, and the stages that deals are lost from."""
    return TabLayout(
        figures(LOSSES, shown, whole),
        (reasons(shown, half, reading=True),),
        (by_stage(shown, half), rivals(shown, half)),
    )


def reasons(shown: Figures, style: ChartStyle, *, reading: bool = False) -> Block:
    """The reasons of the period, the most frequent first."""
    found = shown.report.loss_reasons
    total = sum(len(reason.deals) for reason in found)
    losses = how_many(total, "loss", "losses")
    entries = [
        _lost(one.category, f"Lost: {one.category}", one.deals, one.value, len(found[0].deals),
              f"{in_figures(len(one.deals))} of {losses}: {one.category}.", style)
        for one in found
    ]  # fmt: skip
    return section(
        f"Loss reasons ({in_figures(total)} lost)",
        ("deals", "value"),
        entries,
        style,
        loss_reading(shown.report, style.say) if reading else "",
        empty_reason="Nothing was lost in the period.",
    )


def rivals(shown: Figures, style: ChartStyle) -> Block:
    """To whom deals were lost."""
    found = competitors(shown.report.basis)
    entries = [
        _lost(one.competitor, f"Lost to {one.competitor}", one.deals, one.value,
              len(found[0].deals),
              f"{how_many(len(one.deals), 'deal')} lost to {one.competitor} in the period.", style)
        for one in found
    ]  # fmt: skip
    return section("Lost to", ("deals", "value"), entries, style)


def by_stage(shown: Figures, style: ChartStyle) -> Block:
    """From which stage deals were lost: early losses cost little, late ones much."""
    basis = shown.report.basis
    most = max(lost_from(basis.lost).values(), default=1)
    entries = []
    for stage in basis.rules.open_stages if basis.lost else ():
        deals = [deal for deal in basis.lost if deal.stage_id == stage.id]
        if deals or not stage.retired:
            value = basis.tally(deals).metric()
            losses = how_many(len(basis.lost), "loss", "losses")
            words = f"{in_figures(len(deals))} of {losses} came from {stage.name}."
            title = f"Lost from {stage.name}"
            entries.append(_lost(stage.name, title, deals, value, most, words, style))
    reading = timing_reading(shown.report, style.say)
    return section("Lost from", ("deals", "value"), entries, style, reading)


def _lost(
    name: str,
    title: str,
    deals: Sequence[DealHistory],
    value: Metric,
    most: int,
    words: str,
    style: ChartStyle,
) -> TableRow:
    cells = (counted(len(deals)), number(value, style))
    return TableRow(name, cells, title, deals, words, full=Fraction(len(deals), most))


# Each rep beside the others, with how many deals every rate rests on: no bare ranking.

FIRST = 6
"""Reps that the overview shows."""


def reps_tab(shown: Figures, whole: ChartStyle, half: ChartStyle) -> TabLayout:
    """What each rep won, has open, promises, and how sure that is."""
    return TabLayout(
        attainment(shown, whole, reading=True),
        (rates(shown, half),),
        (hopes(shown, half), calls(shown, half)),
    )


def _won(rep: Report) -> Fraction:
    return Fraction(rep.metric("won_value").value or 0)


def attainment(shown: Figures, style: ChartStyle, *, reading: bool = False) -> Block:
    """What each rep won, against their target; the overview has the first few."""
    reps = dict(sorted(shown.reps.items(), key=lambda rep: _won(rep[1]), reverse=True))
    most = max([_won(rep) for rep in reps.values()] + [Fraction(1)])
    listed = reps if reading else dict(islice(reps.items(), FIRST))
    entries = [_rep(name, rep, most, style) for name, rep in listed.items()]
    return section(
        "Reps: won" if len(listed) == len(reps) else f"Reps: won (first {FIRST} of {len(reps)})",
        ("won", "target", "done", "open", "forecast", "win", "n"),
        entries,
        style,
        reps_reading(reps, style.say) if reading else "",
        empty_reason="Nobody has a deal in this period.",
    )


def _rep(name: Group, rep: Report, most: Fraction, style: ChartStyle) -> TableRow:
    won, target, rate = rep.metric("won_value"), rep.metric("target"), rep.metric("win_rate")
    share = (
        Fraction(won.value) / Fraction(target.value)
        if won.value is not None and target.value
        else None
    )
    reached: Span = (percent(share), "text") if share is not None else ("-", "text.dim")
    cells: tuple[Span, ...] = (
        number(won, style),
        number(target, style) if target.value is not None else ("-", "text.dim"),
        reached,
        number(rep.metric("open_value"), style),
        number(rep.metric("forecast_weighted"), style),
        number(rate, style),
        aside(in_figures(rate.n)),
    )
    return TableRow(
        rep_name(name),
        cells,
        f"{rep_name(name)}: open deals",
        rep.metric("open_count").numerator,
        f"{rep_name(name)}: win rate {style.say.explained(rate)}{ground(rate)}, "
        f"target {style.say.explained(target)}.",
        rate.denominator,
        base_name=f"{rep_name(name)}: closed deals",
        full=Fraction(won.value or 0) / most,
    )


def _row(
    name: Group, rep: Report, cells: Sequence[Span], called: str, deals: str, words: str
) -> TableRow:
    """A rep's row; the deals behind it are those of a number, under a name of their own."""
    shown = rep_name(name)
    behind = rep.metric(deals).numerator
    return TableRow(shown, cells, f"{shown}: {called}", behind, f"{shown}: {words}")


def _numbers(rep: Report, style: ChartStyle, *names: str) -> tuple[Span, ...]:
    return tuple(number(rep.metric(name), style) for name in names)


def _off(error: Fraction | None) -> Span:
    """How far something was off in past periods."""
    return ("-", "text.dim") if error is None else (percent(error), "text")


_RATES = (
    "cycle_days_median", "deal_size_mean", "created_count", "created_value", "slip_rate",
    "open_count",
)  # fmt: skip


def rates(shown: Figures, style: ChartStyle) -> Block:
    """Speed and size: what coaching can change."""
    words = (
        "median cycle, mean size of wins, new deals and their value, share of slipped, open deals "
        "in hand."
    )
    entries = [
        _row(name, rep, _numbers(rep, style, *_RATES), "won", "won_count", words)
        for name, rep in shown.reps.items()
    ]
    heads = ("cycle", "size", "new", "value", "slipped", "load")
    return section("How they win", heads, entries, style)


def calls(shown: Figures, style: ChartStyle) -> Block:
    """What each rep calls for the period, beside what their deals come to."""
    entries = []
    for name, rep in shown.reps.items():
        call, record = rep.metric("forecast_call"), rep.call_record
        if call.value is None and not record.periods:
            continue
        said: Span = number(call, style) if call.value is not None else ("-", "text.dim")
        beside = _numbers(rep, style, "forecast_commit", "forecast_measured")
        words = (
            "their own call beside commit and measured. Past: how far first calls were off over "
            f"{how_many(len(record.periods), 'past period')}."
        )
        cells = (said, *beside, _off(record.error))
        entries.append(_row(name, rep, cells, "due in the period", "forecast_pipeline", words))
    return section("What they call", ("call", "commit", "measured", "past"), entries, style)


def hopes(shown: Figures, style: ChartStyle) -> Block:
    """What each rep states against what deals like theirs came to."""
    entries = []
    for name, rep in shown.reps.items():
        said = _numbers(rep, style, "forecast_weighted", "forecast_measured", "rose_tint")
        words = (
            "stated less measured forecast; what is above 0 is hope. Past: how far stated was off "
            f"over {how_many(len(rep.backtest.scores), 'past period')}."
        )
        cells = (*said, _off(rep.backtest.errors.get("stated")))
        entries.append(_row(name, rep, cells, "due in the period", "forecast_weighted", words))
    return section("What they promise", ("stated", "measured", "hope", "past"), entries, style)
