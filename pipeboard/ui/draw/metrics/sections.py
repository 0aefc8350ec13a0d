"""Sections of a tab: titled tables with a sentence, and grids of figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TypeAlias

from pipeboard.domain.counts import in_figures
from pipeboard.domain.filter_nodes import Filter
from pipeboard.domain.lazy_dataclass import dataclass, field, replace
from pipeboard.domain.locales import written
from pipeboard.domain.metrics import METRICS, Report, compare
from pipeboard.domain.metrics.basis import touched
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.process import waiting
from pipeboard.domain.metrics.report import MetricChange
from pipeboard.domain.metrics.rules import Group, by_owner
from pipeboard.domain.metrics.time_in_stage import Age, ages, dead_candidates
from pipeboard.domain.metrics.waterfall import Waterfall, most_pushed, waterfall_of_days
from pipeboard.domain.periods import Period
from pipeboard.domain.phrases import spoken
from pipeboard.domain.pipeline import Pipeline, StageKind
from pipeboard.ui.draw.charts import (
    ChartStyle,
    TableRow,
    change_of,
    metric_summary,
    number,
    sample,
    table,
)
from pipeboard.ui.draw.line import (
    BAR,
    BETWEEN,
    EMPTY,
    Glyphs,
    Line,
    Span,
    blank,
    exactly,
    left,
    whole,
    width_of,
    wrap,
)
from pipeboard.ui.draw.metrics import TabName
from pipeboard.ui.terminal.width import cell_width, clusters

# Figures that tabs are drawn from: a report, one to compare with, and the reps' own.


@dataclass(frozen=True, slots=True)
class ReportView:
    """What a person looks at: whose deals, which period, which tab, on how wide a screen; sums in
    `currency`, or in the pipeline's; `since` are the days that the waterfall is of, `filter_text`
    is `query` as it was typed or is called, `first` are the numbers that somebody wants first,
    `as_of` is the past day at whose end all is asked, None for now."""

    pipeline: Pipeline
    period: Period
    owner: str | None = None
    query: Filter | None = None
    compares: bool = False
    tab: TabName = TabName.OVERVIEW
    width: int = 80
    glyphs: Glyphs = Glyphs.UNICODE
    currency: str = ""
    since: tuple[date, date | None] | None = None
    everyone: str = "everyone"
    filter_text: str = ""
    first: tuple[str, ...] = ()
    as_of: date | None = None

    def day(self, today: date) -> date:
        """The day that the numbers are of: a past one, or today."""
        return self.as_of or today

    @property
    def called(self) -> str:
        """`2026Q3`, or `2026Q3 as of Wed 30 Sep 2026`."""
        past = f" as of {written().date(self.as_of)}" if self.as_of else ""
        return f"{self.period.label}{past}"


NAMED = 8
"""Deals that a list on a tab names; the others are behind a row that counts them."""


@dataclass(frozen=True)
class Figures:
    """The numbers of one period; parts of them are found when a tab shows them.

    `names` has the deals that lists name, `value` of them is worded where they are drawn.
    """

    report: Report
    before: Report | None = None
    names: Mapping[int, str] = field(default_factory=dict)
    since: tuple[date, date | None] | None = None
    first: Sequence[str] = ()

    @cached_property
    def reps(self) -> Mapping[Group, Report]:
        """Each rep's own numbers, by name."""
        return self.report.groups(by_owner(self.report.basis.rules))

    @cached_property
    def changes(self) -> Mapping[str, MetricChange]:
        """Every number against the period before; empty where nothing is compared."""
        return compare(self.report, self.before) if self.before else {}

    @property
    def flow(self) -> Waterfall:
        """Why the pipeline changed since the period began, or in the days asked for."""
        if self.since is None:
            return self.report.waterfall
        return waterfall_of_days(self.report.basis, *self.since)

    def name_of(self, deal: DealHistory) -> str:
        """A deal as lists name it."""
        return self.names.get(deal.id, f"D-{deal.id}")

    def stage_name(self, stage_id: int) -> str:
        return self.report.basis.rules.pipeline.stage(stage_id).name

    @cached_property
    def won_stage(self) -> str:
        """What a win is called here."""
        stages = self.report.basis.rules.pipeline.stages
        return next(stage.name for stage in stages if stage.kind is StageKind.WON)


def oldest(report: Report) -> Sequence[Age]:
    """The stalled deals, those longest in their stage first."""
    found = [age for age in report.stock.once(ages) if age.is_stalled]
    return sorted(found, key=lambda age: (-(age.days_in_stage or 0), age.deal.id))


def touched_by(report: Report) -> Mapping[Group, Sequence[DealHistory]]:
    """The deals that each rep was in touch with in the period, while they were theirs."""
    basis = report.basis
    found: defaultdict[Group, dict[DealHistory, None]] = defaultdict(dict)
    for at, _, deal in touched(basis, basis.start, basis.end):
        if basis.happened_in_group(deal, at):
            found[deal.owner_at(at) or None][deal] = None
    return {owner: list(deals) for owner, deals in found.items()}


def named_deals(report: Report) -> set[int]:
    """The deals that the lists of all tabs name."""
    lists: Sequence[Sequence[DealHistory]] = (
        [age.deal for age in oldest(report)[:NAMED]],
        [deal for deal, _ in most_pushed(report.stock)[:NAMED]],
        [deal for deal, _ in waiting(report.stock)[:NAMED]],
        dead_candidates(report.stock)[:NAMED],
    )
    return {deal.id for deals in lists for deal in deals}


# Drawn lines with spots in them: a spot is a number, and Enter shows the deals behind it.

GUTTER = 1
"""Cells in front of a spot, which hold the bar of the cursor."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a number stands, its deals, their name in words, and what the number says; `base` has
    the deals that it is a share of, or is set against, or others of a `base_name`."""

    x: int
    y: int
    width: int
    deals: Sequence[DealHistory]
    title: str
    summary: str = ""
    base: Sequence[DealHistory] = ()
    base_name: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of `width` cells and the spots in them, in the order of the cursor."""

    width: int
    lines: tuple[Line, ...] = ()
    spots: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A line that may be one spot; without a `title` it is none."""

    line: Line
    title: str = ""
    deals: Sequence[DealHistory] = ()
    summary: str = ""
    base: Sequence[DealHistory] = ()
    base_name: str = ""


def rows(width: int, given: Iterable[Row]) -> Block:
    """Rows under each other, each behind the gutter."""
    lines, spots = [], []
    for y, row in enumerate(given):
        lines.append(exactly((blank(GUTTER), *row.line), width) if row.line else EMPTY)
        if row.title:
            behind = (row.deals, row.title, row.summary, row.base, row.base_name)
            spots.append(Spot(GUTTER, y, width - GUTTER, *behind))
    return Block(width, tuple(lines), tuple(spots))


def below(width: int, blocks: Sequence[Block]) -> Block:
    """Blocks under each other, empty ones left out."""
    lines: list[Line] = []
    spots: list[Spot] = []
    for block in blocks:
        if not block.lines:
            continue
        lines += [EMPTY] if lines else []
        spots += [replace(spot, y=spot.y + len(lines)) for spot in block.spots]
        lines += block.lines
    return Block(width, tuple(lines), tuple(spots))


def beside(first: Block, second: Block) -> Block:
    """Two blocks with a rule between them; the cursor goes down the first, then the second."""
    height = max(len(first.lines), len(second.lines))
    lines = tuple((*_line(first, y), (BETWEEN, "rule"), *_line(second, y)) for y in range(height))
    shift = first.width + 1
    moved = tuple(replace(spot, x=spot.x + shift) for spot in second.spots)
    return Block(shift + second.width, lines, (*first.spots, *moved))


def _line(block: Block, y: int) -> Line:
    return exactly(block.lines[y] if y < len(block.lines) else EMPTY, block.width)


def marked(block: Block, place: int) -> tuple[Line, ...]:
    """The lines with the bar of the cursor in front of one of the spots."""
    if not 0 <= place < len(block.spots):
        return block.lines
    spot = block.spots[place]
    lines = list(block.lines)
    lines[spot.y] = _put(lines[spot.y], spot.x - GUTTER, (BAR, "cursor"))
    return tuple(lines)


def _put(line: Line, x: int, sign: Span) -> Line:
    """The line with one cell, which was blank, taken by a sign."""
    kept: list[Span] = []
    used = 0
    for text, role in line:
        if not used <= x < used + width_of(((text, role),)):
            kept.append((text, role))
            used += width_of(((text, role),))
            continue
        before = ""
        for cluster, size in clusters(text):
            if used >= x:
                break
            before += cluster
            used += size
        rest = text[len(before) + 1 :]
        kept += [(before, role), sign, (rest, role)]
        used += 1 + width_of(((rest, role),))
    return tuple(span for span in kept if span[0])


def spot_at(block: Block, x: int, y: int) -> int | None:
    """The spot that covers a cell; None where none does."""
    for place, spot in enumerate(block.spots):
        if spot.y == y and spot.x - GUTTER <= x < spot.x + spot.width:
            return place
    return None


_LEAST_FIGURE = 26
_VALUE = 14


def section(
    title: str,
    heads: Sequence[str],
    entries: Sequence[TableRow],
    style: ChartStyle,
    reading: str = "",
    empty_reason: str = "",
) -> Block:
    """A table under its title, with what it says in a sentence; `empty_reason` where it is empty.

    An empty section without a sentence for that is not there at all.
    """
    if not entries:
        words = [Row(line) for line in sentence(empty_reason, style)]
        return (
            rows(style.width, [Row(((title, "pane.head"),)), *words]) if empty_reason else Block(0)
        )
    drawn = table(heads, entries, style.width - GUTTER, style.glyphs)
    if cell_width(title) < drawn.room:
        head = [Row((left(title, drawn.room, "pane.head"), *drawn.heads))]
    else:
        head = [Row((whole(title, "pane.head"),))]
        if any(heads):
            head.append(Row((blank(drawn.room), *drawn.heads)))
    lines = [
        Row(line, entry.title, entry.deals, entry.summary, entry.base, entry.base_name)
        for line, entry in zip(drawn.rows, entries, strict=True)
    ]
    read = [Row(line) for line in sentence(reading, style)]
    return rows(style.width, [*head, *lines, *read])


def and_the_rest(title: str, deals: Sequence[DealHistory]) -> tuple[TableRow, ...]:
    """The row below a list that names the first deals alone: how many more there are, with all of
    them behind it."""
    left_out = len(deals) - NAMED
    if left_out <= 0:
        return ()
    summary = f"{in_figures(len(deals))} in all: these, and those that stand above."
    return (TableRow(f"{in_figures(left_out)} more", (), title, deals, summary, role="text.dim"),)


def sentence(text: str, style: ChartStyle) -> list[Line]:
    """What a chart says, in as many lines as it takes; none for no text."""
    if not text:
        return []
    return [((part, "text.dim"),) for part in wrap(text, style.width - GUTTER - 1)]


def figures(names: Sequence[str], shown: Figures, style: ChartStyle) -> Block:
    """Numbers by name in a grid, each with its change where periods are compared."""
    columns = figure_columns(names, style)
    each = style.width // columns
    lines: list[Line] = []
    spots: list[Spot] = []
    wide = [0] * columns
    for place, name in enumerate(names):
        wide[place % columns] = max(wide[place % columns], cell_width(spoken(METRICS[name].label)))
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
                    spoken(METRICS[name].label),
                    metric_summary(name, metric, style),
                    metric.denominator,
                )
            )
            line += [blank(GUTTER), *cell, blank(1)]
        lines.append(exactly(line, style.width))
    return Block(style.width, tuple(lines), tuple(spots))


def figure_columns(names: Sequence[str], style: ChartStyle) -> int:
    """How many figures stand beside each other, each with room for its label and its number."""
    longest = max(cell_width(spoken(METRICS[name].label)) for name in names)
    return max(1, style.width // max(_LEAST_FIGURE, longest + _VALUE))


def _figure(name: str, label: int, shown: Figures, style: ChartStyle) -> Line:
    metric = shown.report.metric(name)
    change = shown.changes.get(name)
    return (
        left(spoken(METRICS[name].label), label, "chart.label"),
        blank(1),
        number(metric, style, "text.strong"),
        # By how much a number of few deals has changed is chance.
        *(sample(metric) or (change_of(change, style) if change else ())),
    )


# Where the parts of a tab stand: under each other, or in two columns where there is room.

WIDE = 100
"""Cells from which on there are two columns."""


_MARGIN = 2


@dataclass(frozen=True, slots=True)
class TabLayout:
    """The parts of a tab: across the screen, and in its left and right columns."""

    top: Block
    left: tuple[Block, ...] = ()
    right: tuple[Block, ...] = ()


Draw: TypeAlias = Callable[[Figures, ChartStyle, ChartStyle], TabLayout]


def laid_out(draw: Draw, shown: Figures, style: ChartStyle) -> Block:
    """A tab over the width of the screen."""
    width = style.width
    if width < WIDE:
        tab = draw(shown, style, style)
        return below(width, (tab.top, *tab.left, *tab.right))
    half = width // 2
    tab = draw(shown, style, replace(style, width=half - _MARGIN))
    columns = beside(
        replace(below(half, tab.left), width=half),
        replace(below(half - _MARGIN, tab.right), width=width - half - 1),
    )
    return below(width, (tab.top, columns))
