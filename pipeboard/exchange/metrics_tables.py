"""The numbers of a pipeline as rows, of which JSON, CSV and what people read are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias, cast

from pipeboard.domain.json_data import Json
from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.domain.metrics import METRICS, Metric, Report, Unit, compare
from pipeboard.domain.metrics.calibration import FORECAST_LINES
from pipeboard.domain.metrics.chances import won_of_closed
from pipeboard.domain.metrics.conversion import conversion_by_value
from pipeboard.domain.metrics.forecast import unsupported_commits
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.outcomes import competitors
from pipeboard.domain.metrics.report import headline
from pipeboard.domain.metrics.result import Number
from pipeboard.domain.metrics.rules import Group
from pipeboard.domain.metrics.time_in_stage import by_age, of_unknown_age
from pipeboard.domain.metrics.waterfall import GOING, Waterfall
from pipeboard.domain.money import half_up


def number(value: Number | None) -> int | float | None:
    """A whole number as it is, else as near as a float comes."""
    if value is None:
        return None
    fraction = Fraction(value)
    return fraction.numerator if fraction.denominator == 1 else float(fraction)


# What tables of numbers are made of, before they become JSON, CSV or Markdown.


@dataclass(frozen=True, slots=True)
class NumberChange:
    """By how much a number has changed; None where one of the two has no value."""

    value: Fraction | None
    unit: Unit


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that no sample of deals stands behind; None where nobody knows it."""

    value: Number | None
    unit: Unit = Unit.MINOR
    goes: bool = False
    """Whether it is taken off, which is said with a minus where people read it."""


Value: TypeAlias = "Metric | NumberChange | Figure | Json"
Rows: TypeAlias = Iterable[Mapping[str, Value]]
"""Values by their names in JSON, the key of the row first."""


@dataclass(frozen=True, slots=True)
class FigureTable:
    """Rows, and which of their values tables show: `columns` says how people read the names.
    `bar` names what a page draws as a bar, in the colour of what is lost where it `goes`."""

    name: str
    title: str
    columns: Mapping[str, str]
    rows: Sequence[Mapping[str, Value]]
    bar: str = ""
    goes: bool = False
    keys: Mapping[str, str] = field(default_factory=dict)
    """What people read for a key, where that differs."""


def key_of(row: Mapping[str, Value]) -> str:
    """What a row is of."""
    return cast("str", next(iter(row.values())))


_TABLES: list[Callable[[Report], FigureTable]] = []
"""The tables of every report, in their order."""


def _in_every_report(
    name: str, title: str, bar: str, *, goes: bool = False, **columns: str
) -> Callable[[Callable[[Report], Rows]], Callable[[Report], Rows]]:
    """Makes a table of the rows that a function finds; `columns` are their names with the heads."""

    def shown(rows: Callable[[Report], Rows]) -> Callable[[Report], Rows]:
        _TABLES.append(lambda told: FigureTable(name, title, columns, list(rows(told)), bar, goes))
        return rows

    return shown


GROUP_METRICS = (
    "open_count", "open_value", "forecast_weighted", "created_count", "qualified_count",
    "created_value", "won_count", "won_value", "target", "attainment", "win_rate",
    "cycle_days_median", "deal_size_mean", "rose_tint",
)  # fmt: skip
"""What stands beside each group where not every number has room."""
_OF_TARGETS = ("target", "attainment")


def beside_groups(groups: Mapping[Group, Report]) -> Sequence[str]:
    """As `GROUP_METRICS`, without targets where no group has one, such as by source."""
    have = any(group.metric("target").value is not None for group in groups.values())
    return [name for name in GROUP_METRICS if have or name not in _OF_TARGETS]


NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class FullReport:
    """A report with all that is told beside it: the question in words, the report of another
    period to compare with (`before`), that of each group, what changed in other days than those of
    the period (`flow`), and what forecasts said in past periods (`history`)."""

    report: Report
    filter_text: str = ""
    owner: str | None = None
    before: Report | None = None
    groups: Mapping[Group, Report] = field(default_factory=dict)
    grouped_by: str = ""
    flow: Waterfall | None = None
    history: bool = False

    @property
    def waterfall(self) -> Waterfall:
        return self.flow or self.report.waterfall

    @property
    def headline(self) -> str:
        return headline(self.report, self.filter_text, self.owner)


def tables(told: FullReport, group_metrics: Sequence[str] = ()) -> Iterator[FigureTable]:
    """All tables of a report, those without any row left out."""
    found = (
        _numbers(told.report, told.before),
        *(make(told.report) for make in _TABLES),
        waterfall_table(told.waterfall),
        *((_history(told.report),) if told.history else ()),
        _groups(told, group_metrics or beside_groups(told.groups)),
    )
    return (table for table in found if table.rows)


def _numbers(report: Report, before: Report | None) -> FigureTable:
    title = f"Numbers of {report.basis.period.label}"
    labels = {name: definition.label for name, definition in METRICS.items()}
    rows: list[Mapping[str, Value]]
    if before is None:
        rows = [{"metric": name, "value": metric} for name, metric in report.metrics.items()]
        return FigureTable("metrics", title, {"value": "value"}, rows, keys=labels)
    rows = [
        {
            "metric": name,
            "value": change.now,
            "before": change.then,
            "difference": NumberChange(change.difference, METRICS[name].unit),
        }
        for name, change in compare(report, before).items()
    ]
    columns = {"value": "value", "before": before.basis.period.label, "difference": "change"}
    return FigureTable("metrics", title, columns, rows, keys=labels)


@_in_every_report(
    "stages",
    "Stages",
    "open_value",
    entered="entered",
    open_count="open",
    open_value="open value",
    weighted_value="weighted",
    conversion="conversion",
    resolved="resolved",
    dwell_median_days="median days",
    dwell_km_median_days="KM median days",
    dwell_p90_days="P90 days",
    expected_days="limit",
    overstay_deal_days="overstay deal-days",
    stalled_count="stalled",
    skipped="skipped",
    regressions="came back",
)
def stages(report: Report) -> Rows:
    """What entered each stage, what stands in it, and what became of it."""
    for row in report.stages:
        yield {
            "stage": row.stage.name,
            "entered": row.entered,
            "open_count": row.open_count,
            "open_value": row.open_value,
            "weighted_value": row.weighted_value,
            "conversion": row.conversion,
            "resolved": row.resolved,
            "conversion_by_value": conversion_by_value(report.basis, row.cohort),
            "dwell_median_days": row.dwell.median,
            "dwell_km_median_days": row.dwell.km_median,
            "dwell_p80_days": row.dwell.p80,
            "dwell_p90_days": row.dwell.p90,
            "expected_days": row.stage.expected_days,
            "limit_days": Figure(row.limit, Unit.DAYS),
            "win_given": report.stock.once(won_of_closed)[row.stage.id],
            "rose_tint": report.rose_tint_by_stage[row.stage.id],
            "reason": row.open_value.reason or row.weighted_value.reason,
            "overstay_deal_days": Figure(row.overstay.deal_days, Unit.DAYS),
            "stalled_count": row.stalled_count,
            "skipped": row.skipped,
            "regressions": row.regressions,
        }


@_in_every_report(
    "ages", "Open deals by days in their stage", "value", count="deals", value="value"
)
def ages(report: Report) -> Rows:
    """The open deals by the days that they have been in their stage."""
    for band in by_age(report.stock):
        name = f"{band.first}-{band.last} d" if band.last is not None else f"from {band.first} d"
        yield _age(report, name, band.first, band.last, band.deals)
    if unknown := of_unknown_age(report.stock):
        yield _age(report, "unknown", None, None, unknown)


def _age(
    report: Report, name: str, first: int | None, last: int | None, deals: Sequence[DealHistory]
) -> Mapping[str, Value]:
    value = report.stock.tally(deals).metric()
    return {
        "age": name,
        "from_days": first,
        "to_days": last,
        "count": len(deals),
        "value": value,
        "reason": value.reason,
        "excluded": dict(value.excluded),
    }


@_in_every_report(
    "forecast_months",
    "Forecast by month of close date",
    "weighted_value",
    open_count="deals",
    open_value="open value",
    weighted_value="weighted",
    measured_value="measured",
)
def months(report: Report) -> Rows:
    """The open deals by the month that they should close in."""
    for month in report.months:
        yield {
            "month": month.month,
            "open_count": len(month.deals),
            "open_value": month.open_value,
            "weighted_value": month.weighted,
            "measured_value": month.measured,
            "reason": month.open_value.reason or month.weighted.reason or month.measured.reason,
            "excluded": dict(month.weighted.excluded),
        }


@_in_every_report("unsupported_commits", "Commits without evidence", "value", value="value")
def commits(report: Report) -> Rows:
    """The open deals in commit of which timeline or budget is not answered, or nobody decides."""
    for deal in unsupported_commits(report.stock):
        yield {"deal": f"D-{deal.id}", "value": report.stock.tally((deal,)).metric()}


@_in_every_report(
    "lead_velocity", "Qualified leads by month", "qualified", qualified="leads", rate="growth"
)
def leads(report: Report) -> Rows:
    """The qualified leads of each month, and how they grow."""
    for month in report.lead_months:
        yield {
            "month": month.month,
            "qualified": month.leads,
            "before": month.before,
            "rate": month.rate,
            "partial": month.partial,
            "bar_moved": month.bar_moved,
        }


@_in_every_report(
    "won_weeks",
    "Won and new by week",
    "won_value",
    won_value="won",
    created_count="new",
    created_value="new value",
)
def weeks(report: Report) -> Rows:
    """What was won and what came in week by week."""
    for week in report.weeks:
        yield {
            "week": week.start.isoformat(),
            "won_value": week.won,
            "won_count": len(week.won_deals),
            "created_count": week.created,
            "created_value": week.created_value,
            "reason": week.won.reason,
            "partial": week.partial,
        }


@_in_every_report(
    "calibration", "Chances that were given and what came", "", stated="stated", won="won"
)
def _bands(report: Report) -> Rows:
    for band in report.calibration.bands:
        if band.stated is not None:
            name = f"{band.low_bp // 100}-{band.high_bp // 100}%"
            yield {"band": name, "stated": Figure(band.stated, Unit.RATIO), "won": band.won}


@_in_every_report(
    "backtest",
    "What forecasts said at the start of past periods",
    "came",
    deals="deals",
    wins="wins",
    stated="stated",
    table="table",
    measured="measured",
    came="came",
)
def backtests(report: Report) -> Rows:
    """What forecasts said at the start of past periods, and what came."""
    for score in report.backtest.scores:
        yield {
            "period": score.period.label,
            "deals": score.deals,
            "wins": score.wins,
            "wins_said": {name: float(said) for name, said in score.said_wins.items()},
            "came": Figure(half_up(score.came)),
            **{name: Figure(half_up(said)) for name, said in score.said.items()},
        }


@_in_every_report(
    "call", "What reps first called for past periods", "came", said="said", came="came"
)
def calls(report: Report) -> Rows:
    """What reps first called for past periods, and what came."""
    for kept in report.call_record.periods:
        yield {
            "period": kept.period.label,
            "said": Figure(half_up(kept.said)),
            "came": Figure(half_up(kept.came)),
        }


@_in_every_report(
    "loss_reasons", "Why deals were lost", "count", goes=True, count="deals", value="value"
)
def losses(report: Report) -> Rows:
    """The reasons of losses, and the stages that they came from."""
    pipeline = report.basis.rules.pipeline
    for loss in report.loss_reasons:
        yield {
            "category": loss.category,
            "count": len(loss.deals),
            "value": loss.value,
            "stages": {pipeline.stage(stage).name: n for stage, n in loss.stages.items()},
        }


@_in_every_report("competitors", "Lost to", "count", goes=True, count="deals", value="value")
def rivals(report: Report) -> Rows:
    """To whom deals were lost."""
    for one in competitors(report.basis):
        yield {"competitor": one.competitor, "count": len(one.deals), "value": one.value}


@_in_every_report("touches", "Touches", "total", total="touches", on_new="on new deals")
def touches(report: Report) -> Rows:
    """How often each rep was in touch, and how often with new deals."""
    for rep in report.touches:
        yield {"rep": rep.owner or NOBODY, "total": rep.total, "on_new": rep.on_new}


@_in_every_report(
    "adherence", "Advances with every criterion met", "rate", rate="share", advances="of advances"
)
def adherence(report: Report) -> Rows:
    """How many of each rep's advances met every criterion."""
    for rep in report.adherence:
        yield {"rep": rep.owner or NOBODY, "rate": rep.rate, "advances": rep.rate.n}


def weekly_forecasts(report: Report) -> Rows:
    """What forecasts said week by week in past periods, against what came."""
    for call in report.forecast_history:
        yield {
            "period": call.period.label,
            "week": call.week,
            **{name: Figure(half_up(said)) for name, said in call.said.items()},
            "came": Figure(half_up(call.came)),
            "off": {name: number(call.off(name)) for name in call.said},
        }


def waterfall_table(flow: Waterfall) -> FigureTable:
    """Why the pipeline changed, line by line."""
    whole, unknown = flow.whole(), flow.reason is not None
    rows: list[Mapping[str, Value]] = [
        {
            "line": name,
            "value": Figure(None if unknown else whole[name], goes=name in GOING),
            "count": len(line.deals),
        }
        for name, line in flow.lines.items()
    ]
    words = {name: name.replace("_", " ") for name in flow.lines}
    title = "Why the pipeline of the period changed"
    return FigureTable(
        "waterfall", title, {"value": "value", "count": "deals"}, rows, "value", keys=words
    )


def _history(report: Report) -> FigureTable:
    rows = [
        {"said_at": f"{row['period']} week {row['week']}", **row}
        for row in weekly_forecasts(report)
    ]
    columns = {name: name for name in (*FORECAST_LINES, "came")}
    title = "What forecasts said at the start of each week of past periods"
    return FigureTable("forecast_history", title, columns, rows, "came")


def _groups(told: FullReport, metrics: Sequence[str]) -> FigureTable:
    rows: list[Mapping[str, Value]] = [
        {"group": called(name, group), **{metric: group.metric(metric) for metric in metrics}}
        for name, group in told.groups.items()
    ]
    columns = {name: METRICS[name].label for name in metrics}
    title = f"By {told.grouped_by.removeprefix('field.')}"
    return FigureTable("groups", title, columns, rows, "won_value")


def called(name: Group, group: Report) -> str:
    """A group in words; what is unknown has its own."""
    grouping = group.basis.grouping
    return grouping.called(name) if grouping is not None else name or ""
