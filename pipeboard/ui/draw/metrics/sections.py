"""Sections of a tab: titled tables with a sentence, and grids of figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeboard.domain.metrics import METRICS
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.ui.draw.charts import TableRow, table
from pipeboard.ui.draw.line import Line, Span, blank, exactly, left, whole, wrap
from pipeboard.ui.draw.metrics.block import GUTTER, Block, Row, Spot, rows
from pipeboard.ui.draw.metrics.figures import Figures
from pipeboard.ui.draw.numbers import ChartStyle, change_of, number, sample, says
from pipeboard.ui.terminal.width import cell_width

_LEAST_FIGURE = 26
_VALUE = 14


@dataclass(frozen=True, slots=True)
class TableEntry:
    """A row of a table, the deals behind it, and what it says in words; `base` has the deals that
    its rate is a share of."""

    row: TableRow
    title: str
    deals: Sequence[DealHistory] = ()
    says: str = ""
    base: Sequence[DealHistory] = ()


def section(
    title: str,
    heads: Sequence[str],
    entries: Sequence[TableEntry],
    style: ChartStyle,
    reading: str = "",
    nothing: str = "",
) -> Block:
    """A table under its title, with what it says in a sentence; `nothing` stands where it is empty.

    An empty section without a sentence for that is not there at all.
    """
    if not entries:
        words = [Row(line) for line in sentence(nothing, style)]
        return rows(style.width, [Row(((title, "pane.head"),)), *words]) if nothing else Block(0)
    drawn = table(heads, [entry.row for entry in entries], style.width - GUTTER, style.glyphs)
    if cell_width(title) < drawn.room:
        head = [Row((left(title, drawn.room, "pane.head"), *drawn.heads))]
    else:
        head = [Row((whole(title, "pane.head"),))]
        if any(heads):
            head.append(Row((blank(drawn.room), *drawn.heads)))
    lines = [
        Row(line, entry.title, entry.deals, entry.says, entry.base)
        for line, entry in zip(drawn.rows, entries, strict=True)
    ]
    read = [Row(line) for line in sentence(reading, style)]
    return rows(style.width, [*head, *lines, *read])


def sentence(text: str, style: ChartStyle) -> list[Line]:
    """What a chart says, in as many lines as it takes; none for no text."""
    if not text:
        return []
    return [((part, "text.dim"),) for part in wrap(text, style.width - GUTTER - 1)]


def plain(lines: Sequence[Line], style: ChartStyle) -> Block:
    """Lines that nothing stands behind."""
    return rows(style.width, [Row(line) for line in lines])


def figures(names: Sequence[str], shown: Figures, style: ChartStyle) -> Block:
    """Numbers by name in a grid, each with its change where periods are compared."""
    columns = figure_columns(names, style)
    each = style.width // columns
    lines: list[Line] = []
    spots: list[Spot] = []
    wide = [0] * columns
    for place, name in enumerate(names):
        wide[place % columns] = max(wide[place % columns], len(METRICS[name].label))
    for start in range(0, len(names), columns):
        line: list[Span] = []
        for column, name in enumerate(names[start : start + columns]):
            metric = shown.report.metric(name)
            cell = exactly(_figure(name, wide[column], shown, style), each - GUTTER - 1)
            spots.append(
                Spot(
                    column * each + GUTTER,
                    len(lines),
                    each - GUTTER - 1,
                    metric.numerator,
                    METRICS[name].label,
                    says(name, metric, style),
                    metric.denominator,
                )
            )
            line += [blank(GUTTER), *cell, blank(1)]
        lines.append(exactly(line, style.width))
    return Block(style.width, tuple(lines), tuple(spots))


def figure_columns(names: Sequence[str], style: ChartStyle) -> int:
    """How many figures stand beside each other, each with room for its label and its number."""
    longest = max(len(METRICS[name].label) for name in names)
    return max(1, style.width // max(_LEAST_FIGURE, longest + _VALUE))


def _figure(name: str, label: int, shown: Figures, style: ChartStyle) -> Line:
    metric = shown.report.metric(name)
    change = shown.changes.get(name)
    return (
        left(METRICS[name].label, label, "chart.label"),
        blank(1),
        number(metric, style, "text.strong"),
        # By how much a number of few deals has changed is chance.
        *(sample(metric, style) or (change_of(change, style) if change else ())),
    )
