"""The numbers of a pipeline as tables: CSV to count on with, Markdown to read."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from pipeboard.domain.metrics import METRICS, Metric, Report, Unit, compare
from pipeboard.domain.metrics.ageing import by_age
from pipeboard.domain.metrics.result import Number
from pipeboard.domain.metrics.waterfall import COMING, GOING
from pipeboard.domain.metrics.wording import Wording
from pipeboard.exchange.cells import defuse
from pipeboard.exchange.deal_text import escaped
from pipeboard.exchange.metrics_document import metric_document, readings

CSV_COLUMNS = ("table", "key", "name", "value", "unit", "num", "den", "n", "low", "high", "reason")

GROUP_METRICS = (
    "open_count",
    "open_value",
    "forecast_weighted",
    "won_count",
    "won_value",
    "target",
    "win_rate",
    "cycle_days_median",
    "deal_size_mean",
    "rose_tint",
)
"""What stands beside each group where not every number has room."""


@dataclass(frozen=True, slots=True)
class Difference:
    """By how much a number has changed; None where one of the two has no value."""

    value: Fraction | None
    unit: Unit


Value = Metric | Difference | str | int | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a key each; `columns` name what stands behind it."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, Sequence[Value]]]


def tables(
    report: Report,
    before: Report | None = None,
    groups: Mapping[str, Report] | None = None,
    *,
    group_metrics: Sequence[str] = GROUP_METRICS,
) -> Iterator[Table]:
    """All tables of a report, those without any row left out."""
    found = [
        _numbers(report, before),
        *(make(report) for make in _TABLES),
        _groups(groups or {}, group_metrics),
    ]
    return (table for table in found if table.rows)


def as_csv(found: Iterable[Table]) -> str:
    """A line for each value with all that it is made of; amounts are in minor units."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for table in found:
        for key, values in table.rows:
            for name, value in zip(table.columns, values, strict=True):
                writer.writerow([defuse(cell) for cell in (table.name, key, name, *_cells(value))])
    return out.getvalue()


def _cells(value: Value) -> list[str]:
    if isinstance(value, Metric):
        document = metric_document(value)
        parts = ("value", "unit", "num", "den", "n", "low", "high", "reason")
        return ["" if document.get(part) is None else str(document[part]) for part in parts]
    if isinstance(value, Difference):
        text = "" if value.value is None else str(float(value.value))
        return [text, str(value.unit), *[""] * 6]
    return ["" if value is None else str(value), *[""] * 7]


def as_markdown(report: Report, found: Iterable[Table], title: str) -> str:
    """What the numbers say in sentences, then the tables."""
    say = Wording(report.basis.rules.currency)
    lines = [f"# {escaped(title)}", ""]
    lines += [f"- {escaped(sentence)}" for sentence in readings(report).values() if sentence]
    for table in found:
        lines += ["", f"## {escaped(table.title)}", ""]
        lines.append(f"| | {' | '.join(map(escaped, table.columns))} |")
        lines.append(f"|---|{'---:|' * len(table.columns)}")
        for key, values in table.rows:
            words = " | ".join(escaped(_words(value, say)) for value in values)
            lines.append(f"| {escaped(key) or '(none)'} | {words} |")
    return "\n".join(lines) + "\n"


def _words(value: Value, say: Wording) -> str:
    if isinstance(value, Metric):
        low = f" (n={value.n})" if value.value is not None and _is_low(value) else ""
        return say.explained(value) + low
    if isinstance(value, Difference):
        if not value.value:
            return "" if value.value is None else "0"
        return f"{'+' if value.value > 0 else '-'}{say.change(value.value, value.unit)}"
    return "" if value is None else str(value)


def _is_low(metric: Metric) -> bool:
    return metric.unit not in (Unit.COUNT, Unit.MINOR) and metric.is_low()


def _numbers(report: Report, before: Report | None) -> Table:
    title = f"Numbers of {report.basis.period.label}"
    if before is None:
        rows = [(METRICS[name].label, [metric]) for name, metric in report.metrics.items()]
        return Table("metrics", title, ("value",), rows)
    columns = ("value", before.basis.period.label, "change")
    changes = compare(report, before)
    return Table(
        "metrics",
        title,
        columns,
        [
            (METRICS[name].label, [c.now, c.then, Difference(c.difference, METRICS[name].unit)])
            for name, c in changes.items()
        ],
    )


_PLENTY = 1_000
"""What is no rate or mean of deals has no sample to be small."""


def _amount(value: Number) -> Metric:
    return Metric(value, Unit.MINOR, n=_PLENTY)


def _stages(report: Report) -> Table:
    columns = (
        "entered",
        "open",
        "open value",
        "weighted",
        "conversion",
        "resolved",
        "median days",
        "KM median days",
        "P90 days",
        "limit",
        "overstay deal-days",
        "stalled",
        "skipped",
        "came back",
    )
    rows = [
        (
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
                Metric(row.overstay.deal_days, Unit.COUNT, n=_PLENTY),
                row.stalled_count,
                row.skipped,
                row.regressions,
            ),
        )
        for row in report.stages
    ]
    return Table("stages", "Stages", columns, rows)


def _ages(report: Report) -> Table:
    rows = []
    for band in by_age(report.basis):
        name = f"{band.first}-{band.last} d" if band.last is not None else f"from {band.first} d"
        value = report.basis.tally(band.deals).metric()
        rows.append((name, (len(band.deals), value)))
    return Table("ages", "Open deals by days in their stage", ("deals", "value"), rows)


def _months(report: Report) -> Table:
    rows = [
        (month.month, (len(month.deals), month.open_value, month.weighted, month.measured))
        for month in report.months
    ]
    columns = ("deals", "open value", "weighted", "measured")
    return Table("months", "Forecast by month of expected close", columns, rows)


def _leads(report: Report) -> Table:
    rows = [(month.month, (month.leads, month.rate)) for month in report.lead_months]
    return Table("leads", "Qualified leads by month", ("leads", "growth"), rows)


def _weeks(report: Report) -> Table:
    rows = [(week.start.isoformat(), (week.won, week.created)) for week in report.weeks]
    return Table("weeks", "Won and new by week", ("won", "new"), rows)


def _waterfall(report: Report) -> Table:
    flow = report.waterfall
    rows = [("start", (_amount(flow.start.amount), len(flow.start.deals)))]
    for name in (*COMING, *GOING):
        line = flow.coming.get(name) or flow.going[name]
        sign = 1 if name in COMING else -1
        rows.append((name.replace("_", " "), (_amount(sign * line.amount), len(line.deals))))
    rows.append(("end", (_amount(flow.end.amount), len(flow.end.deals))))
    return Table("waterfall", "Why the pipeline of the period changed", ("value", "deals"), rows)


def _bands(report: Report) -> Table:
    rows = [
        (f"{band.low_bp // 100}-{band.high_bp // 100} %", (_share(band.stated), band.won))
        for band in report.calibration.bands
        if band.stated is not None
    ]
    return Table("calibration", "Stated chances and what came", ("stated", "won"), rows)


def _share(value: Fraction | None) -> Value:
    return None if value is None else Metric(value, Unit.RATIO, n=_PLENTY)


def _losses(report: Report) -> Table:
    rows = [(loss.category, (len(loss.deals), loss.value)) for loss in report.loss_reasons]
    return Table("losses", "Why deals were lost", ("deals", "value"), rows)


def _touches(report: Report) -> Table:
    rows = [(f"@{rep.owner}", (rep.total, rep.on_new)) for rep in report.touches]
    return Table("touches", "Touches", ("touches", "on new deals"), rows)


def _adherence(report: Report) -> Table:
    rows = [(f"@{rep.owner}", (rep.rate,)) for rep in report.adherence]
    return Table("adherence", "Advances with every criterion met", ("share",), rows)


_TABLES: Sequence[Callable[[Report], Table]] = (
    _stages,
    _ages,
    _months,
    _leads,
    _weeks,
    _waterfall,
    _bands,
    _losses,
    _touches,
    _adherence,
)


def _groups(groups: Mapping[str, Report], metrics: Sequence[str]) -> Table:
    rows = [(name, [group.metric(metric) for metric in metrics]) for name, group in groups.items()]
    return Table("groups", "Groups", tuple(METRICS[name].label for name in metrics), rows)
