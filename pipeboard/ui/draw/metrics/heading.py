"""Heading of the metrics: whose numbers of which period, and as of when."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from pipeboard.domain.periods import Period
from pipeboard.ui.draw.facts import calendar_day
from pipeboard.ui.draw.frame import title_bar
from pipeboard.ui.draw.line import DOT, Line, Span, whole, width_of
from pipeboard.ui.draw.metrics.figures import ReportView
from pipeboard.ui.draw.metrics.tabs import tab_strip

_LONGEST_FILTER = 30


def heading(
    asked: ReportView, width: int, *, filter_text: str, at: datetime, taken: int = 0
) -> tuple[Line, ...]:
    """The title bar and the tabs; `at` is local, `taken` are cells that tags will need."""
    owner = f"@{asked.owner}" if asked.owner is not None else asked.everyone
    start: list[Span] = [
        ("Metrics", "bar.product"),
        whole(f"  {asked.pipeline.name}", "bar.title"),
        whole(f" {DOT} {owner} {DOT} ", "bar.dim"),
        whole(asked.period.label, "bar.title"),
    ]
    if filter_text:
        shown = filter_text if len(filter_text) <= _LONGEST_FILTER else f"{filter_text[:29]}…"
        start.append(whole(f"  /{shown}", "tag.filter"))
    if asked.currency:
        start.append(whole(f" {DOT} in {asked.currency}", "bar.dim"))
    day: Span = whole(f" ({_how_far(asked.period, at.date())})", "bar.dim")
    end: list[Span] = []
    if asked.compares and asked.period.kind != "all":
        end.append(whole(f"against {asked.period.previous().label}  ", "bar.sum"))
    end.append((f"as of {at:%H:%M}", "bar.dim"))
    room = width - taken - (2 if taken else 4)
    if width_of([*start, day, *end]) <= room:
        start.append(day)
    elif width_of([*start, *end]) > room:
        end = []
    return (title_bar(start, end, width), tab_strip(asked.tab, width))


def _how_far(period: Period, today: date) -> str:
    """`day 53 of 92`, or the days of a period that does not run."""
    days = (period.end - period.start).days
    if period.kind == "all":
        return "since the beginning"
    if period.start <= today < period.end:
        return f"day {(today - period.start).days + 1} of {days}"
    last = period.end - timedelta(days=1)
    first = calendar_day(period.start, last)
    return f"{first} to {calendar_day(last, today)}"
