"""The tabs by number, and the two lines above them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction

from pipeboard.domain.locales import written
from pipeboard.domain.metrics import Metric, Report
from pipeboard.domain.metrics.coverage import CoverageVerdict
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.readings import forecast_reading, stuck_reading, target_reading
from pipeboard.domain.periods import Period
from pipeboard.outlet import with_database
from pipeboard.ui.draw.charts import ChartStyle, bar
from pipeboard.ui.draw.facts import calendar_day
from pipeboard.ui.draw.line import (
    DOT,
    Line,
    Span,
    blank,
    left,
    tab_strip,
    title_bar,
    whole,
    width_of,
    wrap,
)
from pipeboard.ui.draw.metrics import TABS, TabName
from pipeboard.ui.draw.metrics.activity import activity_tab, age_bands, ageing_tab, won_weeks
from pipeboard.ui.draw.metrics.forecast import forecast_tab, months, slipping
from pipeboard.ui.draw.metrics.funnel import (
    attainment,
    cohorts,
    funnel_tab,
    losses_tab,
    reasons,
    reps_tab,
)
from pipeboard.ui.draw.metrics.sections import (
    GUTTER,
    Block,
    Draw,
    Figures,
    ReportView,
    Row,
    TabLayout,
    below,
    figure_columns,
    figures,
    laid_out,
    rows,
)
from pipeboard.ui.palette import Role

# The first tab: are we on target, what is stuck, which forecast to believe.

FIRST = (
    "won_value",
    "win_rate",
    "cycle_days_median",
    "created_count",
    "open_value",
    "forecast_weighted",
    "coverage",
    "slip_rate",
    "forecast_measured",
    "deal_size_mean",
    "forecast_commit",
    "forecast_overdue",
)
_LABEL = 10
_BAR = 20


def overview_tab(shown: Figures, whole: ChartStyle, half: ChartStyle) -> TabLayout:
    """The three answers, the figures, and the charts that bear them out."""
    return TabLayout(
        below(
            whole.width,
            (answers(shown, whole), figures(_names(shown, whole), shown, whole)),
        ),
        (cohorts(shown, half), won_weeks(shown, half), age_bands(shown, half)),
        (
            months(shown, half),
            attainment(shown, half),
            reasons(shown, half),
            slipping(shown, half),
        ),
    )


def _names(shown: Figures, style: ChartStyle) -> Sequence[str]:
    """The figures that somebody wants first, else as many as fill two or three lines."""
    if shown.first:
        return shown.first
    columns = figure_columns(FIRST, style)
    return FIRST[: len(FIRST) // columns * columns]


def answers(shown: Figures, style: ChartStyle) -> Block:
    """A sentence each on the target, the bottleneck and the forecast, with a sign in front."""
    report = shown.report
    stuck, target = report.bottleneck, with_database(target_reading(report, style.say))
    given = [
        *_answer("Target", _target_role(shown), target, style,
                 report.basis.won, "Won", _progress(shown, style)),
        *_answer("Stuck", "chart.bad" if stuck else "chart.good", stuck_reading(report, style.say),
                 style, stuck.overstay.deals if stuck else (), "Past their limit"),
        *_answer("Forecast", "pane.head", forecast_reading(report, style.say), style,
                 believed(report).numerator, "Behind the forecast"),
    ]  # fmt: skip
    return rows(style.width, given)


def believed(report: Report) -> Metric:
    """The forecast that was right before, else the stated one."""
    forecasts = {"table": report.forecast.table, "measured": report.forecast.measured}
    return forecasts.get(report.backtest.believed or "", report.forecast.stated)


def _answer(
    label: str,
    role: Role,
    reading: str,
    style: ChartStyle,
    deals: Sequence[DealHistory],
    title: str,
    in_front: Line = (),
) -> list[Row]:
    room = style.width - GUTTER - _LABEL - 1
    taken = sum(len(text) for text, _ in in_front)
    first, *rest = wrap(reading, room - taken, room)
    line: Line = (left(label, _LABEL, role), *in_front, (first, "text"))
    return [
        Row(line, title, deals, reading),
        *(Row((blank(_LABEL), (part, "text"))) for part in rest),
    ]


def _target_role(shown: Figures) -> Role:
    coverage = shown.report.coverage
    if coverage.surplus is not None:
        return "chart.good"
    over = shown.report.basis.now >= shown.report.basis.end
    if coverage.remaining is not None and (over or coverage.standing is CoverageVerdict.SHORT):
        return "chart.bad"
    return "pane.head"


def _progress(shown: Figures, style: ChartStyle) -> Line:
    """How much of the target is won, as a bar."""
    target, remaining = shown.report.coverage.target.value, shown.report.coverage.remaining
    if not target or remaining is None:
        return ()
    share = (Fraction(target) - remaining) / Fraction(target)
    role: Role = _target_role(shown) if share >= 1 else "chart.full"
    filled = bar(share, _BAR, style.glyphs, role)
    text = filled[0][0] if len(filled) > 1 else ""  # else nothing is won
    empty = "░" if style.glyphs.value == "unicode" else "."
    return (
        (text, role),
        (empty * (_BAR - len(text)), "chart.rest"),
        blank(2),
    )


_DRAW: dict[TabName, Draw] = {
    TabName.OVERVIEW: overview_tab,
    TabName.FUNNEL: funnel_tab,
    TabName.AGEING: ageing_tab,
    TabName.FORECAST: forecast_tab,
    TabName.ACTIVITY: activity_tab,
    TabName.LOSSES: losses_tab,
    TabName.REPS: reps_tab,
}


def draw_tab(tab: TabName, shown: Figures, style: ChartStyle) -> Block:
    """A tab as lines and spots; finds every number that it shows."""
    return laid_out(_DRAW[tab], shown, style)


# Heading of the metrics: whose numbers of which period, and as of when.

_LONGEST_FILTER = 30


def heading(asked: ReportView, width: int, *, at: datetime, taken: int = 0) -> tuple[Line, ...]:
    """The title bar and the tabs; `at` is local, `taken` are cells that tags will need. A past day
    stands in front, where nothing is cut."""
    past = asked.as_of
    product: list[Span] = [("Metrics", "bar.product")]
    if past is not None:
        product += [blank(2), whole(f"as of {written().date(past)}", "bar.none")]
    owner = f"@{asked.owner}" if asked.owner is not None else asked.everyone
    lens: list[Span] = []
    if filter_text := asked.filter_text:
        shown = filter_text if len(filter_text) <= _LONGEST_FILTER else f"{filter_text[:29]}…"
        lens.append(whole(f"  /{shown}", "tag.filter"))
    if asked.currency:
        lens.append(whole(f" {DOT} in {asked.currency}", "bar.dim"))
    start: list[Span] = [
        *product,
        whole(f"  {asked.pipeline.name}", "bar.title"),
        whole(f" {DOT} {owner} {DOT} ", "bar.dim"),
        whole(asked.period.label, "bar.title"),
        *lens,
    ]
    day: Span = whole(f" ({how_far(asked.period, past or at.date())})", "bar.dim")
    end: list[Span] = []
    if asked.compares and asked.period.kind != "all":
        end.append(whole(f"against {asked.period.previous().label}  ", "bar.sum"))
    if past is None:
        end.append((f"as of {at:%H:%M}", "bar.dim"))
    room = width - taken - (2 if taken else 4)
    if width_of([*start, day, *end]) <= room:
        start.append(day)
    elif width_of([*start, *end]) > room:
        end = []
    if width_of(start) > width - taken - 2:  # what is cut is the end: not of when the numbers are
        whose: Line = (whole(f" {DOT} {owner}", "bar.dim"),) if asked.owner is not None else ()
        pipeline = whole(f" {DOT} {asked.pipeline.name}", "bar.title")
        period = whole(f"  {asked.period.label}", "bar.title")
        start = [*product[-1:], period, *whose, *lens, pipeline]
    return (title_bar(start, end, width), tab_strip(TABS, asked.tab, width))


def how_far(period: Period, today: date) -> str:
    """`day 53 of 92`, or the days of a period that does not run."""
    days = (period.end - period.start).days
    if period.kind == "all":
        return "since the beginning"
    if period.start <= today < period.end:
        return f"day {(today - period.start).days + 1} of {days}"
    last = period.end - timedelta(days=1)
    first = calendar_day(period.start, last)
    return f"{first} to {calendar_day(last, today)}"
