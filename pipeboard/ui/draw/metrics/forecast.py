"""Forecast: by month, in the reps' words, as measured, and why it changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.metrics import METRICS, Basis
from pipeboard.domain.metrics.chances import AGES, Chance, chances
from pipeboard.domain.metrics.forecast import (
    Month,
    chances_in_use,
    open_by_stage,
    unsupported_commits,
)
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.past_forecasts import FORECASTS
from pipeboard.domain.metrics.readings import calibration_reading, forecast_reading
from pipeboard.domain.metrics.time_in_stage import ONE_DAY
from pipeboard.domain.metrics.waterfall import GOING, most_pushed
from pipeboard.domain.metrics.wording import NOTHING
from pipeboard.domain.phrases import spoken
from pipeboard.ui.draw.charts import (
    ChartStyle,
    TableRow,
    aside,
    counted,
    decimal,
    ground,
    metric_summary,
    number,
    percent,
)
from pipeboard.ui.draw.facts import calendar_day
from pipeboard.ui.draw.line import Span, whole
from pipeboard.ui.draw.metrics.sections import (
    NAMED,
    Block,
    Figures,
    TabLayout,
    and_the_rest,
    figures,
    section,
)

# Chances that the measured forecast rests on, to be checked by hand, and how right it was.


def chance_table(shown: Figures, style: ChartStyle) -> Block:
    """Won of reached, the prior and the chance, of every stage and age that an open deal is in."""
    stock = shown.report.stock
    in_band: dict[tuple[int, int | None], list[DealHistory]] = {}
    for deal, chance in stock.once(chances_of_open):
        in_band.setdefault((chance.stage_id, chance.band), []).append(deal)
    entries = []
    for chance, _ in stock.once(chances_in_use):
        deals: Sequence[DealHistory] = in_band.get((chance.stage_id, chance.band), ())
        if chance.band is None:  # the stage as a whole: its ages follow
            deals = stock.once(open_by_stage)[chance.stage_id]
        stage = shown.stage_name(chance.stage_id)
        name = stage if chance.band is None else f" from {AGES[chance.band]} d"
        entries.append(_entry(chance, name, stage, deals))
    days = max(0, stock.end - stock.now) // 86_400_000_000
    within = f"within {how_many(days, 'day')}" if days else "by the end of the period"
    title = f"Chance to be won{', ever' if stock.period.kind == 'all' else f' {within}'}"
    return section(title, ("open", "won", "of", "prior", "chance"), entries, style)


def _entry(chance: Chance, name: str, stage: str, deals: Sequence[DealHistory]) -> TableRow:
    value, prior = chance.value or Fraction(0), chance.prior
    summary = (
        "prior only"
        if chance.is_prior_only
        else f"{in_figures(chance.won)} of {decimal(chance.reached)}"
    )
    cells: tuple[Span, ...] = (
        counted(len(deals)),
        counted(chance.won),
        aside(decimal(chance.reached)),
        aside("-" if prior is None else percent(prior)),
        ("-", "text.dim") if chance.value is None else (percent(value), "text"),
    )
    words = (
        f"{name.strip()}: {summary} like it were won in time, drawn towards "
        f"{'nothing' if prior is None else percent(prior)}; open deals are in part not won."
    )
    title = f"Open in {stage}" if chance.band is None else f"{stage}, {name.strip()}"
    return TableRow(name, cells, title, deals, words, full=value)


def past_forecasts(shown: Figures, style: ChartStyle) -> Block:
    """What each forecast said at the start of past periods, and what came."""
    tested = shown.report.backtest
    entries = []
    for score in tested.scores:
        said = score.said_wins if tested.by_count else score.said
        came = Fraction(score.wins) if tested.by_count else score.came
        word = decimal if tested.by_count else style.say.money
        cells: list[Span] = [(word(said[name]), "text") for name in FORECASTS]
        cells.append((word(came), "text.strong"))
        entries.append(
            TableRow(
                score.period.label,
                cells,
                f"Open at the start of {score.period.label}",
                score.won,
                f"{score.period.label}: {in_figures(score.wins)} of "
                f"{how_many(score.deals, 'deal')} open at its start were won in it.",
                score.open,
            )
        )
    return section(
        "What was forecast at the start of past periods",
        (*FORECASTS, "came"),
        entries,
        style,
        "" if tested.believed else f"None is believed: {tested.reason}." if entries else "",
    )


def chances_of_open(basis: Basis) -> list[tuple[DealHistory, Chance]]:
    """The chance of every open deal by the end of the period."""
    known, ahead = basis.once(chances), max(0, basis.end - basis.now)
    return [(deal, known.of(deal, basis.now, ahead)) for deal in basis.deals.open]


COVERAGE_FIGURES = (
    "target",
    "coverage",
    "coverage_required",
    "coverage_required_by_win_rate",
    "coverage_gross",
    "coverage_next",
    "attainment",
    "pace",
    "leads_needed",
    "velocity_per_day",
    "run_rate_per_day",
    "slip_rate",
    "push_count",
)
_LINES = (
    "won_value",
    "forecast_commit",
    "forecast_best",
    "forecast_pipeline",
    "forecast_call",
    "forecast_weighted",
    "forecast_measured",
    "rose_tint",
    "forecast_overdue",
)
_MOST_MONTHS = 6


def forecast_tab(shown: Figures, whole: ChartStyle, half: ChartStyle) -> TabLayout:
    """The forecasts side by side, what covers the target, and how true forecasts were."""
    return TabLayout(
        figures(COVERAGE_FIGURES, shown, whole),
        (
            lines(shown, half),
            months(shown, half),
            chance_table(shown, half),
            unsupported(shown, half),
        ),
        (
            waterfall(shown, half),
            past_forecasts(shown, half),
            calibration(shown, half),
            slipping(shown, half),
        ),
    )


def lines(shown: Figures, style: ChartStyle) -> Block:
    """Closed, commit, best case, pipeline; weighted, measured, and the hope between them."""
    report = shown.report
    found = {name: report.metric(name) for name in _LINES}
    if found["forecast_call"].value is None:
        del found["forecast_call"]
    most = max([abs(Fraction(metric.value or 0)) for metric in found.values()] + [Fraction(1)])
    entries = [
        TableRow(
            spoken(METRICS[name].label),
            (number(metric, style),),
            spoken(METRICS[name].label),
            metric.numerator,
            metric_summary(name, metric, style),
            base=metric.denominator,
            full=max(Fraction(metric.value or 0), Fraction(0)) / most,
            bar_role="chart.mark" if name in ("rose_tint", "forecast_overdue") else "chart.full",
        )
        for name, metric in found.items()
    ]
    return section(
        f"Forecast of {report.basis.period.label}",
        ("",),
        entries,
        style,
        forecast_reading(report, style.say),
    )


def months(shown: Figures, style: ChartStyle) -> Block:
    """The open deals by month of expected close: weighted in front of the rest."""
    found = shown.report.months[:_MOST_MONTHS]
    most = max([Fraction(month.open_value.value or 0) for month in found] + [Fraction(1)])
    entries = [_month(month, most, style) for month in found]
    return section(
        "Open deals by month of close",
        ("deals", "open", "weighted", "measured"),
        entries,
        style,
        empty_reason="No open deal has a close date to come.",
    )


def _month(month: Month, most: Fraction, style: ChartStyle) -> TableRow:
    cells = (
        counted(len(month.deals)),
        number(month.open_value, style),
        number(month.weighted, style),
        number(month.measured, style),
    )
    words = (
        f"{how_many(len(month.deals), 'open deal')} to close in {month.month}"
        f"{ground(month.weighted)}."
    )
    return TableRow(
        month.month,
        cells,
        f"Closing in {month.month}",
        month.deals,
        words,
        full=Fraction(month.weighted.value or 0) / most,
        whole=Fraction(month.open_value.value or 0) / most,
    )


def unsupported(shown: Figures, style: ChartStyle) -> Block:
    """Commits without what a commit rests on."""
    found = unsupported_commits(shown.report.stock)
    value = shown.report.stock.tally(found).metric()
    if not found:
        return Block(0)
    entry = TableRow(
        "no timeline, budget or decider",
        (counted(len(found)), number(value, style)),
        "Unsupported commits",
        found,
        "In commit, but timeline and budget are not answered or no decision-maker is named.",
    )
    return section("Commits without evidence", ("deals", "value"), (entry,), style)


CHANGED: Final = "Pipeline, "
"""How the names of all numbers begin that say why the pipeline changed."""


def waterfall(shown: Figures, style: ChartStyle) -> Block:
    """Why the pipeline due in the period changed since it began, or in the days asked for."""
    flow, when = shown.flow, _when(shown)
    parts = [(name, -1 if name in GOING else 1, line) for name, line in flow.lines.items()]
    kept = [part for part in parts if part[0] in ("start", "end") or part[2].deals]
    most = max([Fraction(line.amount) for _, _, line in kept] + [Fraction(1)])
    entries = []
    for name, sign, line in kept:
        ends = name in ("start", "end")
        mark = "" if ends else "+" if sign > 0 else "-"
        words = name.replace("_", " ")
        entries.append(
            TableRow(
                words,
                (
                    counted(len(line.deals)),
                    (
                        NOTHING if flow.reason else f"{mark}{style.say.money(line.amount)}",
                        "text.strong" if ends else "text",
                    ),
                ),
                f"{CHANGED}{words}",
                line.deals,
                f"{how_many(len(line.deals), 'deal')}, {words}: open deals due in the period"
                f"{when or ', from its start'}.",
                full=Fraction(line.amount) / most,
                bar_role="chart.full" if ends else "chart.good" if sign > 0 else "chart.bad",
            )
        )
    title = f"Why the pipeline changed{when}"
    return section(title, ("deals", "value"), entries, style)


def _when(shown: Figures) -> str:
    """` since 16 Nov`, or the days from one to before another."""
    if shown.since is None:
        return ""
    (first, after), today = shown.since, shown.report.basis.today
    if after is None:
        return f" since {calendar_day(first, today)}"
    return f", {calendar_day(first, today)} to {calendar_day(after - ONE_DAY, today)}"


def calibration(shown: Figures, style: ChartStyle) -> Block:
    """What was stated at each month's start against what came."""
    found = shown.report.calibration
    entries = []
    for band in found.bands:
        if band.stated is None:
            continue
        name = f"{band.low_bp // 100}-{band.high_bp // 100}%"
        stated = percent(band.stated)
        entries.append(
            TableRow(
                f"given {name}",
                (counted(band.won.n), whole(stated, "text"), number(band.won, style)),
                f"Given {name}",
                list(dict.fromkeys(band.won.denominator)),
                f"Of {how_many(int(band.won.den or 0), 'time')} that {name} was given, "
                f"{how_many(int(band.won.num or 0), 'was', 'were')} won{ground(band.won)}.",
                full=Fraction(band.won.value or 0),
            )
        )
    return section(
        "Do chances come true?",
        ("deals", "given", "won"),
        entries,
        style,
        calibration_reading(shown.report, style.say),
        empty_reason=calibration_reading(shown.report, style.say),
    )


def slipping(shown: Figures, style: ChartStyle) -> Block:
    """The open deals whose close date moves away."""
    stock = shown.report.stock
    found = most_pushed(stock)
    entries = []
    for deal, times in found[:NAMED]:
        value = stock.tally((deal,)).metric()
        moved = f"{times}x"
        now = calendar_day(date.fromisoformat(deal.close), stock.today) if deal.close else ""
        name = shown.name_of(deal)
        entries.append(
            TableRow(
                name,
                (
                    number(value, style),
                    (moved, "chart.bad" if times > 2 else "text"),
                    aside(now),
                ),
                name,
                (deal,),
                f"{name}: the close date was moved to a later month {times} times.",
            )
        )
    entries += and_the_rest("Close date moved twice or more", [deal for deal, _ in found])
    return section(
        f"Close date moved twice or more ({in_figures(len(found))})",
        ("value", "moved", "now"),
        entries,
        style,
    )
