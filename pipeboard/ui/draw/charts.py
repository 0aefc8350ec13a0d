"""Charts in block characters: bars, stacked bars, columns over time, sparklines, aligned tables."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from pipeboard.domain.counts import in_figures
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.locales import written
from pipeboard.domain.metrics import METRICS, Metric, Unit, wording
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.readings import unripe
from pipeboard.domain.metrics.report import MetricChange
from pipeboard.domain.metrics.result import WITHOUT_SAMPLE
from pipeboard.domain.metrics.wording import Wording
from pipeboard.domain.money import half_up
from pipeboard.domain.text import printable
from pipeboard.ui.draw.line import Glyphs, Line, Span, blank, left, right, whole
from pipeboard.ui.palette import Role
from pipeboard.ui.terminal.width import cell_width

# A number as it is drawn: by its unit, paler where few deals are behind it, never without why.


@dataclass(frozen=True, slots=True)
class ChartStyle:
    """How wide charts are, in which words and signs."""

    width: int
    say: Wording
    glyphs: Glyphs = Glyphs.UNICODE


def is_pale(metric: Metric) -> bool:
    """Too few deals for a rate or an average to rest on, or no value at all."""
    return metric.value is None or metric.is_low


def number(metric: Metric, style: ChartStyle, role: Role = "text") -> Span:
    """The value in few characters."""
    return whole(style.say.number(metric), "text.dim" if is_pale(metric) else role)


def sample(metric: Metric) -> Line:
    """`n=3` behind a number that rests on few deals."""
    if metric.value is not None and metric.is_immature:
        return ((f" {in_figures(metric.pending)} open", "text.dim"),)
    if metric.value is None or not is_pale(metric):
        return ()
    return ((f" n={in_figures(metric.n)}", "text.dim"),)


def change_of(change: MetricChange, style: ChartStyle) -> Line:
    """`▲ 12%` or `▼ 2 pt` against the period before; green where that is good, red where not."""
    if not change.difference:
        return ()
    arrow = "▲" if change.difference > 0 else "▼"
    as_share = change.share is not None and change.now.unit is not Unit.RATIO
    by = (
        percent(abs(change.share))
        if as_share and change.share is not None
        else style.say.change(change.difference, change.now.unit)
    )
    role: Role = "text.dim"
    if change.is_better is not None:
        role = "chart.good" if change.is_better else "chart.bad"
    return ((f" {arrow} {by}", role),)


def metric_summary(name: str, metric: Metric, style: ChartStyle) -> str:
    """A number in one sentence: what it is, what it rests on, what was left out, why it is not."""
    definition = METRICS[name]
    return f"{definition.label} {style.say.explained(metric)}: {definition.summary}{ground(metric)}"


def ground(metric: Metric) -> str:
    """What a number rests on: the sample, its 95 % interval, what was left out."""
    parts = []
    if metric.value is not None and metric.unit not in WITHOUT_SAMPLE:
        parts.append(f"n={in_figures(metric.n)}")
    if metric.low is not None and metric.high is not None:
        parts.append(f"{percent(metric.low)} to {percent(metric.high)}")
    if metric.pending:
        parts.append(unripe(metric, percent) or f"{in_figures(metric.pending)} undecided")
    parts += [
        f"{in_figures(count)} left out: {reason}" for reason, count in metric.excluded.items()
    ]
    return f" ({'; '.join(parts)})" if parts else ""


def counted(deals: int) -> Span:
    """How many, paler when there are none."""
    return (f"{in_figures(deals)}", "text" if deals else "text.dim")


def share_of(rate: Metric) -> str:
    """What a share is made of: `12 of 34`."""
    return f"{in_figures(int(rate.num or 0))} of {in_figures(int(rate.den or 0))}"


def percent(share: Fraction | float) -> str:
    """A share as `63%`, as the person writes it."""
    return written().number(wording.percent(share))


def decimal(value: Fraction) -> str:
    """A number, below ten with one decimal, as the person writes it."""
    return written().number(wording.decimal(value))


def hours(value: Fraction) -> str:
    """Hours up to two days, days from there on, as the person writes them."""
    return written().number(wording.hours(value))


def aside(text: str) -> Span:
    """A cell that is there for orientation."""
    return whole(text, "text.dim")


_EIGHTHS: Final = "▏▎▍▌▋▊▉"
_RISING: Final = "▁▂▃▄▅▆▇█"
_RISING_ASCII: Final = ".:-=+*%#"
_FULL = {Glyphs.UNICODE: "█", Glyphs.ASCII: "#"}
_REST = {Glyphs.UNICODE: "░", Glyphs.ASCII: "="}
_GAP: Final = 2
_WIDEST_BAR: Final = 40
_NARROWEST_BAR: Final = 4
_NARROWEST_NAME: Final = 10
_NAME_WITHOUT_BAR: Final = 30
_LEAST_BAR: Final = 8


def bar(share: Fraction, width: int, glyphs: Glyphs, role: Role = "chart.full") -> Line:
    """A horizontal bar over a share of `width` cells, to an eighth of a cell; what is not nothing
    can be seen. ASCII has whole cells only."""
    share = max(Fraction(0), min(share, Fraction(1)))
    eighths = half_up(share * width * 8)
    if glyphs is Glyphs.ASCII:
        eighths = 8 * half_up(share * width)
    if share and not eighths:
        eighths = 8 if glyphs is Glyphs.ASCII else 1
    full, part = divmod(eighths, 8)
    text = _FULL[glyphs] * full + (_EIGHTHS[part - 1] if part else "")
    return ((text, role), blank(width - len(text))) if text else (blank(width),)


def stacked(full: Fraction, whole: Fraction, width: int, glyphs: Glyphs) -> Line:
    """A bar over the share `whole` of `width` cells, of which the share `full` is painted full."""
    cells = min(width, half_up(whole * width))
    if whole and not cells:
        cells = 1
    dark = min(cells, half_up(full * width))
    parts: list[Span] = [
        (_FULL[glyphs] * dark, "chart.full"),
        (_REST[glyphs] * (cells - dark), "chart.rest"),
        blank(width - cells),
    ]
    return tuple(part for part in parts if part[0])


def sparkline(values: Sequence[Fraction | int], glyphs: Glyphs) -> str:
    """A cell for each value, as high as its share of the largest; blank for nothing."""
    signs = _RISING if glyphs is Glyphs.UNICODE else _RISING_ASCII
    most = max(values, default=0)
    return "".join(_level(Fraction(value), Fraction(most), signs) for value in values)


def _level(value: Fraction, most: Fraction, signs: str) -> str:
    if value <= 0 or most <= 0:
        return " "
    return signs[max(0, half_up(value / most * len(signs)) - 1)]


@dataclass(frozen=True, slots=True)
class Pillar:
    """One column of a chart over time; a `partial` one is still growing, and drawn paler."""

    label: str
    value: Fraction
    partial: bool = False


def pillars(
    shown: Sequence[Pillar], width: int, height: int, top: str, glyphs: Glyphs
) -> list[Line]:
    """Columns side by side in `height` rows over a line of labels; `top` names the largest value.

    Labels are left out where they would touch, the first columns where there is no room for all.
    """
    margin = max(cell_width(top), 1) + 1
    shown = shown[-max(1, width - margin) :]
    most = max((pillar.value for pillar in shown), default=Fraction(0))
    each = max(1, min(4, (width - margin) // max(1, len(shown))))
    lines = []
    for row in range(height, 0, -1):
        edge = right(top if row == height else "", margin - 1, "chart.label")
        line: list[Span] = [edge, ("┤" if row == height else "│", "rule")]
        for pillar in shown:
            sign = _part(pillar.value, most, row, height, glyphs)
            role: Role = "chart.rest" if pillar.partial else "chart.full"
            line.append((sign * max(1, each - 1) + " " * (each > 1), role))
        lines.append(tuple(line))
    foot = right("0", margin - 1, "chart.label")
    base: Line = (foot, ("┴" + "─" * (each * len(shown)), "rule"))
    return [*lines, base, (blank(margin), *_labels(shown, each))]


def _part(value: Fraction, most: Fraction, row: int, height: int, glyphs: Glyphs) -> str:
    """What a column shows in one row, counted from below."""
    if value <= 0 or most <= 0:
        return " "
    eighths = max(1, half_up(value / most * height * 8))
    here = max(0, min(8, eighths - 8 * (row - 1)))
    if glyphs is Glyphs.ASCII:
        return "#" if here >= 4 or (row == 1 and here) else " "
    return _RISING[here - 1] if here else " "


def _labels(shown: Sequence[Pillar], each: int) -> Line:
    text, free = "", 0
    for place, pillar in enumerate(shown):
        at = place * each
        if pillar.label and at >= free and at + len(pillar.label) <= each * len(shown):
            text = text.ljust(at) + pillar.label
            free = at + len(pillar.label) + 1
    return ((text, "chart.label"),)


@dataclass(frozen=True, slots=True)
class TableRow:
    """A name, right-aligned cells behind it (fewer than columns leave the last ones empty), and
    between them a bar, where there is one: over the share `whole` of its width, painted full up to
    `full`. Behind it are `deals` under a `title`, what it says of them in words, and those that
    its rate is a share of (`base`), or others of a `base_name`."""

    name: str
    cells: Sequence[Span]
    title: str = ""
    deals: Sequence[DealHistory] = ()
    summary: str = ""
    base: Sequence[DealHistory] = ()
    base_name: str = ""
    full: Fraction | None = None
    whole: Fraction | None = None
    role: Role = "text"
    bar_role: Role = "chart.full"


@dataclass(frozen=True, slots=True)
class DrawnTable:
    """A line for each row; `heads` stand over the cells, behind `room` cells for a title."""

    room: int
    heads: Line
    rows: tuple[Line, ...]


def table(heads: Sequence[str], rows: Sequence[TableRow], width: int, glyphs: Glyphs) -> DrawnTable:
    """Rows in columns that stand under each other, each column under its head.

    Where `width` is too small the bar gets narrow, names are cut, then the bar goes, then columns
    from the right.
    """
    sizes = [
        max(
            [
                cell_width(head),
                *(cell_width(row.cells[at][0]) for row in rows if at < len(row.cells)),
            ]
        )
        for at, head in enumerate(heads)
    ]
    while sizes and _NARROWEST_NAME + sum(sizes) + _GAP * len(sizes) > width:
        sizes.pop()
    room = width - sum(sizes) - _GAP * len(sizes)
    longest = max((cell_width(printable(row.name)) for row in rows), default=0)
    name = min(room, max(longest, _NAME_WITHOUT_BAR))
    bar_width = 0
    if any(row.full is not None for row in rows):
        name = max(min(longest, room - _GAP - _LEAST_BAR), min(longest, _NARROWEST_NAME))
        bar_width = min(_WIDEST_BAR, room - name - _GAP)
        if bar_width < _NARROWEST_BAR:
            name, bar_width = min(room, max(longest, _NAME_WITHOUT_BAR)), 0
    room = name + (_GAP + bar_width if bar_width else 0)
    return DrawnTable(
        room,
        _cells([(head, "chart.label") for head in heads], sizes),
        tuple(
            (
                left(row.name, name, row.role),
                *_bar_of(row, bar_width, glyphs),
                *_cells(row.cells, sizes),
            )
            for row in rows
        ),
    )


def _cells(cells: Sequence[Span], sizes: Sequence[int]) -> Line:
    spans: list[Span] = []
    for (text, role), size in zip(cells, sizes, strict=False):
        spans += [blank(_GAP), right(text, size, role)]
    return tuple(spans)


def _bar_of(row: TableRow, width: int, glyphs: Glyphs) -> Line:
    if not width:
        return ()
    if row.full is None:
        return (blank(_GAP + width),)
    if row.whole is None:
        return (blank(_GAP), *bar(row.full, width, glyphs, row.bar_role))
    return (blank(_GAP), *stacked(row.full, row.whole, width, glyphs))
