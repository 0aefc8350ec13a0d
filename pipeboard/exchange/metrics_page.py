"""The numbers of a pipeline as one HTML page, for whoever has no terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeboard.domain.locales import written
from pipeboard.domain.metrics import METRICS, Report, compare
from pipeboard.domain.metrics.report import footnote, headline
from pipeboard.domain.metrics.result import Metric, Number
from pipeboard.domain.metrics.wording import Wording
from pipeboard.exchange.metrics_document import readings
from pipeboard.exchange.metrics_tables import Figure, FigureTable, Value, words_of
from pipeboard.exchange.page import PageRow, figures, page, section_of, sentence, sentences, table

FIRST = (
    "won_value",
    "attainment",
    "forecast_weighted",
    "forecast_commit",
    "open_value",
    "coverage",
    "win_rate",
    "cycle_days_median",
)
"""The numbers that a page begins with."""
_BARS = {
    "stages": "open_value",
    "ages": "value",
    "forecast_months": "weighted_value",
    "lead_velocity": "qualified",
    "won_weeks": "won_value",
    "waterfall": "value",
    "forecast_history": "came",
    "backtest": "came",
    "call": "came",
    "loss_reasons": "count",
    "competitors": "count",
    "touches": "total",
    "adherence": "rate",
    "groups": "won_value",
}
"""By the names of tables and of their columns, what the bars show; others have none."""
_GONE = frozenset(("loss_reasons", "competitors"))


def metrics_page(
    report: Report,
    found: Iterable[FigureTable],
    before: Report | None = None,
    filter_text: str = "",
    owner: str | None = None,
) -> Iterator[str]:
    """What the numbers are of and say in sentences, the first of them large, then all tables."""
    return page(headline(report, filter_text, owner), _parts(report, found, before))


def _parts(report: Report, found: Iterable[FigureTable], before: Report | None) -> Iterator[str]:
    say = Wording(report.basis.rules.currency, manner=written())
    yield figures(_first(report, before, say))
    yield sentences(text for text in readings(report).values() if text)
    tables = list(found)
    # All numbers by name are for looking up: what shows a picture comes first.
    for one in sorted(tables, key=lambda one: one.name == "metrics"):
        yield _table(one, say)
    yield sentence(footnote(report), dim=True)


def _first(report: Report, before: Report | None, say: Wording) -> Iterator[tuple[str, str, str]]:
    changes = compare(report, before) if before is not None else {}
    for name in FIRST:
        metric = report.metric(name)
        remark = metric.reason or "" if metric.value is None else ""
        if before is not None and name in changes and changes[name].difference is not None:
            then = say.number(changes[name].then)
            remark = f"{before.basis.period.label}: {then}"
        yield METRICS[name].label, say.number(metric), remark


def _table(found: FigureTable, say: Wording) -> str:
    column = _BARS.get(found.name)
    at = found.columns.index(column) if column in found.columns else None
    rows = [
        PageRow(
            (found.keys or {}).get(key, key),
            [words_of(value, say) for value in values],
            None if at is None else _length(values[at]),
            gone=found.name in _GONE or (at is not None and _goes(values[at])),
        )
        for key, values in found.rows
    ]
    note = "" if at is None else f"Bars: {found.heads[at]}."
    return section_of(found.title, [table(found.title, found.heads, rows, note)])


def _length(value: Value) -> Number | None:
    if isinstance(value, Metric | Figure):
        return value.value
    return value if isinstance(value, int) else None


def _goes(value: Value) -> bool:
    return isinstance(value, Figure) and value.goes
