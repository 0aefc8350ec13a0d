"""The numbers of a pipeline as tables: CSV to count on with, Markdown to read."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.locales import written
from pipeboard.domain.metrics import METRICS, Metric, Report, Unit, compare
from pipeboard.domain.metrics.calibration import FORECAST_LINES
from pipeboard.domain.metrics.outcomes import competitors
from pipeboard.domain.metrics.readings import unripe
from pipeboard.domain.metrics.report import footnote, headline, scope_of, windows_of
from pipeboard.domain.metrics.result import Number
from pipeboard.domain.metrics.rules import Group
from pipeboard.domain.metrics.time_in_stage import by_age, of_unknown_age
from pipeboard.domain.metrics.waterfall import GOING, Waterfall
from pipeboard.domain.metrics.wording import Wording
from pipeboard.domain.money import half_up
from pipeboard.exchange.deal_text import escaped, markdown_table
from pipeboard.exchange.metrics_document import metric_document, number, readings
from pipeboard.exchange.tables import defuse

# What tables of numbers are made of, before they become CSV or Markdown.


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


Value = Metric | NumberChange | Figure | str | int | None


@dataclass(frozen=True, slots=True)
class FigureTable:
    """Rows under a key each; `columns` are the names of what stands behind it, as in JSON, and
    `heads` how people read them."""

    name: str
    title: str
    columns: tuple[str, ...]
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, Sequence[Value]]]
    keys: Mapping[str, str] | None = None
    """What people read for a key, where that differs."""


Rows = Iterable[tuple[str, Sequence[Value]]]
_TABLES: list[Callable[[Report], FigureTable]] = []
"""The tables of every report, in their order."""


def _in_every_report(
    name: str, title: str, **columns: str
) -> Callable[[Callable[[Report], Rows]], Callable[[Report], Rows]]:
    """Makes a table of the rows that a function finds; `columns` are their names with the heads."""

    def shown(rows: Callable[[Report], Rows]) -> Callable[[Report], Rows]:
        _TABLES.append(lambda report: _table(name, title, columns, rows(report)))
        return rows

    return shown


def _table(name: str, title: str, columns: Mapping[str, str], rows: Rows) -> FigureTable:
    return FigureTable(name, title, tuple(columns), tuple(columns.values()), list(rows))


_PARTS = ("value", "unit", "num", "den", "n", "low", "high", "pending", "reason")
CSV_COLUMNS = ("table", "key", "name", *_PARTS, "bounds_low", "bounds_high", "excluded")

GROUP_METRICS = (
    "open_count", "open_value", "forecast_weighted", "created_count", "created_value", "won_count",
    "won_value", "target", "attainment", "win_rate", "cycle_days_median", "deal_size_mean",
    "rose_tint",
)  # fmt: skip
"""What stands beside each group where not every number has room."""


def tables(
    report: Report,
    before: Report | None = None,
    groups: Mapping[Group, Report] | None = None,
    *,
    group_metrics: Sequence[str] = GROUP_METRICS,
    flow: Waterfall | None = None,
    history: bool = False,
) -> Iterator[FigureTable]:
    """All tables of a report, those without any row left out."""
    found = [
        _numbers(report, before),
        *(make(report) for make in _TABLES),
        _waterfall(flow or report.waterfall),
        *([_forecast_history(report)] if history else []),
        _groups(groups or {}, group_metrics),
    ]
    return (table for table in found if table.rows)


def as_csv(
    report: Report, found: Iterable[FigureTable], filter_text: str = "", owner: str | None = None
) -> str:
    """What the numbers are of, then a line for each value with all that it is made of; amounts are
    in minor units."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    blank = [""] * (len(CSV_COLUMNS) - 4)
    for name, text in scope_of(report, filter_text, owner).items():
        writer.writerow(["report", name, "value", defuse(text), *blank])
    for name, days in windows_of(report).items():
        writer.writerow(["windows", name, "value", days, "days", *blank[1:]])
    for table in found:
        for key, values in table.rows:
            for name, value in zip(table.columns, values, strict=True):
                writer.writerow([defuse(cell) for cell in (table.name, key, name, *_cells(value))])
    return out.getvalue()


def _cells(value: Value) -> list[str]:
    if isinstance(value, Metric):
        document = metric_document(value)
        bounds = [str(float(end)) for end in value.bounds or ()] or ["", ""]
        excluded = "; ".join(f"{reason}: {n}" for reason, n in value.excluded.items())
        parts = ["" if document.get(part) is None else str(document[part]) for part in _PARTS]
        return [*parts, *bounds, excluded]
    blank = [""] * (len(_PARTS) - 2 + 3)
    if isinstance(value, NumberChange | Figure):
        found = number(value.value)
        return ["" if found is None else str(found), str(value.unit), *blank]
    return ["" if value is None else str(value), "", *blank]


def as_markdown(
    report: Report, found: Iterable[FigureTable], filter_text: str = "", owner: str | None = None
) -> str:
    """What the numbers are of and say in sentences, then the tables."""
    say = Wording(report.basis.rules.currency, manner=written())
    lines = [
        f"# {escaped(headline(report, filter_text, owner))}",
        "",
        escaped(footnote(report)),
        "",
    ]
    lines += [f"- {escaped(sentence)}" for sentence in readings(report).values() if sentence]
    for table in found:
        rows = (
            ((table.keys or {}).get(key, key), *(words_of(value, say) for value in values))
            for key, values in table.rows
        )
        lines += ["", f"## {escaped(table.title)}", "", *markdown_table(table.heads, rows)]
    return "\n".join(lines) + "\n"


def words_of(value: Value, say: Wording) -> str:
    """A value as people read it, with what it is worth where it rests on little."""
    if isinstance(value, Metric):
        said = [f"n={value.n}"] if value.value is not None and value.is_low else []
        said += [unripe(value)] if unripe(value) else []
        return say.explained(value) + (f" ({'; '.join(said)})" if said else "")
    if isinstance(value, NumberChange):
        if not value.value:
            return "" if value.value is None else "0"
        return f"{'+' if value.value > 0 else '-'}{say.change(value.value, value.unit)}"
    if isinstance(value, Figure):
        minus = "-" if value.goes and value.value else ""
        return minus + say.number(Metric(value.value, value.unit))
    return "" if value is None else str(value)


def _numbers(report: Report, before: Report | None) -> FigureTable:
    title = f"Numbers of {report.basis.period.label}"
    labels = {name: definition.label for name, definition in METRICS.items()}
    if before is None:
        rows = [(name, [metric]) for name, metric in report.metrics.items()]
        return FigureTable("metrics", title, ("value",), ("value",), rows, labels)
    changed: list[tuple[str, Sequence[Value]]] = [
        (name, [c.now, c.then, NumberChange(c.difference, METRICS[name].unit)])
        for name, c in compare(report, before).items()
    ]
    heads = ("value", before.basis.period.label, "change")
    return FigureTable("metrics", title, ("value", "before", "difference"), heads, changed, labels)


@_in_every_report(
    "stages",
    "Stages",
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
def _stages(report: Report) -> Rows:
    for row in report.stages:
        yield (
            row.stage.name,
            (
                row.entered,
                row.open_count,
                row.open_value,
                row.weighted_value,
                row.conversion,
                row.resolved,
                row.dwell.median,
                row.dwell.km_median,
                row.dwell.p90,
                row.stage.expected_days,
                Figure(row.overstay.deal_days, Unit.DAYS),
                row.stalled_count,
                row.skipped,
                row.regressions,
            ),
        )


@_in_every_report("ages", "Open deals by days in their stage", count="deals", value="value")
def _ages(report: Report) -> Rows:
    tally = report.stock.tally
    for band in by_age(report.stock):
        name = f"{band.first}-{band.last} d" if band.last is not None else f"from {band.first} d"
        yield name, (len(band.deals), tally(band.deals).metric())
    if unknown := of_unknown_age(report.stock):
        yield "unknown", (len(unknown), tally(unknown).metric())


@_in_every_report(
    "forecast_months",
    "Forecast by month of expected close",
    open_count="deals",
    open_value="open value",
    weighted_value="weighted",
    measured_value="measured",
)
def _months(report: Report) -> Rows:
    for month in report.months:
        yield month.month, (len(month.deals), month.open_value, month.weighted, month.measured)


@_in_every_report("lead_velocity", "Qualified leads by month", qualified="leads", rate="growth")
def _leads(report: Report) -> Rows:
    return ((month.month, (month.leads, month.rate)) for month in report.lead_months)


@_in_every_report(
    "won_weeks",
    "Won and new by week",
    won_value="won",
    created_count="new",
    created_value="new value",
)
def _weeks(report: Report) -> Rows:
    for week in report.weeks:
        yield week.start.isoformat(), (week.won, week.created, week.created_value)


@_in_every_report(
    "calibration", "Chances that were given and what came", stated="stated", won="won"
)
def _bands(report: Report) -> Rows:
    for band in report.calibration.bands:
        if band.stated is not None:
            name = f"{band.low_bp // 100}-{band.high_bp // 100} %"
            yield name, (Figure(band.stated, Unit.RATIO), band.won)


_FORECASTS = ("stated", "table", "measured")


@_in_every_report(
    "backtest",
    "What forecasts said at the start of past periods",
    **{name: name for name in ("deals", "wins", *_FORECASTS, "came")},
)
def _backtest(report: Report) -> Rows:
    for score in report.backtest.scores:
        said = (Figure(half_up(score.said[name])) for name in _FORECASTS)
        yield score.period.label, (score.deals, score.wins, *said, Figure(half_up(score.came)))


@_in_every_report("call", "What reps first called for past periods", said="said", came="came")
def _calls(report: Report) -> Rows:
    for kept in report.call_record.periods:
        yield kept.period.label, (Figure(half_up(kept.said)), Figure(half_up(kept.came)))


@_in_every_report("loss_reasons", "Why deals were lost", count="deals", value="value")
def _losses(report: Report) -> Rows:
    return ((loss.category, (len(loss.deals), loss.value)) for loss in report.loss_reasons)


@_in_every_report("competitors", "Lost to", count="deals", value="value")
def _rivals(report: Report) -> Rows:
    return ((r.competitor, (len(r.deals), r.value)) for r in competitors(report.basis))


@_in_every_report("touches", "Touches", total="touches", on_new="on new deals")
def _touches(report: Report) -> Rows:
    return ((rep.owner or "nobody", (rep.total, rep.on_new)) for rep in report.touches)


@_in_every_report("adherence", "Advances with every criterion met", rate="share")
def _adherence(report: Report) -> Rows:
    return ((rep.owner or "nobody", (rep.rate,)) for rep in report.adherence)


def _waterfall(flow: Waterfall) -> FigureTable:
    whole, unknown = flow.whole(), flow.reason is not None
    rows: list[tuple[str, Sequence[Value]]] = [
        (
            name,
            (
                Figure(None if unknown else whole[name], goes=name in GOING),
                len(line.deals),
            ),
        )
        for name, line in flow.lines.items()
    ]
    title = "Why the pipeline of the period changed"
    words = {name: name.replace("_", " ") for name in flow.lines}
    return FigureTable("waterfall", title, ("value", "count"), ("value", "deals"), rows, words)


def _forecast_history(report: Report) -> FigureTable:
    """What forecasts said week by week in past periods."""
    rows = (
        (
            f"{call.period.label} week {call.week}",
            [
                Figure(half_up(said))
                for said in (*(call.said[name] for name in FORECAST_LINES), call.came)
            ],
        )
        for call in report.forecast_history
    )
    title = "What forecasts said at the start of each week of past periods"
    columns = {name: name for name in (*FORECAST_LINES, "came")}
    return _table("forecast_history", title, columns, rows)


def _groups(groups: Mapping[Group, Report], metrics: Sequence[str]) -> FigureTable:
    rows = (
        (called(name, group), [group.metric(metric) for metric in metrics])
        for name, group in groups.items()
    )
    columns = {name: METRICS[name].label for name in metrics}
    return _table("groups", "Groups", columns, rows)


def called(name: Group, group: Report) -> str:
    """A group in words; what is unknown has its own."""
    grouping = group.basis.grouping
    return grouping.called(name) if grouping is not None else name or ""
