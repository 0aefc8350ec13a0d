"""A number as it is drawn: by its unit, paler where few deals are behind it, never without why."""

from __future__ import annotations

from dataclasses import dataclass

from pipeboard.domain.metrics import METRICS, Metric, Unit
from pipeboard.domain.metrics.readings import unripe
from pipeboard.domain.metrics.report import MetricChange
from pipeboard.domain.metrics.result import MIN_N
from pipeboard.domain.metrics.wording import Wording, percent
from pipeboard.ui.draw.glyphs import Glyphs
from pipeboard.ui.draw.line import Line, Span, whole
from pipeboard.ui.palette import Role

_WITHOUT_SAMPLE = (Unit.COUNT, Unit.MINOR)


@dataclass(frozen=True, slots=True)
class ChartStyle:
    """How wide charts are, in which words and signs; below `min_n` deals a number is pale."""

    width: int
    say: Wording
    glyphs: Glyphs = Glyphs.UNICODE
    min_n: int = MIN_N


def is_pale(metric: Metric, style: ChartStyle) -> bool:
    """Too few deals for a rate or an average to rest on, or no value at all."""
    if metric.value is None:
        return True
    return metric.unit not in _WITHOUT_SAMPLE and metric.is_low(style.min_n)


def number(metric: Metric, style: ChartStyle, role: Role = "text") -> Span:
    """The value in few characters."""
    return whole(style.say.number(metric), "text.dim" if is_pale(metric, style) else role)


def sample(metric: Metric, style: ChartStyle) -> Line:
    """`n=3` behind a number that rests on few deals."""
    if metric.value is not None and metric.is_immature:
        return ((f" {metric.pending} open", "text.dim"),)
    if metric.value is None or not is_pale(metric, style):
        return ()
    return ((f" n={metric.n}", "text.dim"),)


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


def says(name: str, metric: Metric, style: ChartStyle) -> str:
    """A number in one sentence: what it is, what it rests on, what was left out, why it is not."""
    definition = METRICS[name]
    return f"{definition.label} {style.say.explained(metric)}: {definition.says}{ground(metric)}"


def ground(metric: Metric) -> str:
    """What a number rests on: the sample, its 95 % interval, what was left out."""
    parts = []
    if metric.value is not None and metric.unit not in _WITHOUT_SAMPLE:
        parts.append(f"n={metric.n}")
    if metric.low is not None and metric.high is not None:
        parts.append(f"{percent(metric.low)} to {percent(metric.high)}")
    if metric.pending:
        parts.append(unripe(metric) or f"{metric.pending} undecided")
    parts += [f"{count} left out: {reason}" for reason, count in metric.excluded.items()]
    return f" ({'; '.join(parts)})" if parts else ""


def counted(deals: int) -> Span:
    """How many, paler when there are none."""
    return (f"{deals:,}", "text" if deals else "text.dim")


def aside(text: str) -> Span:
    """A cell that is there for orientation."""
    return whole(text, "text.dim")
