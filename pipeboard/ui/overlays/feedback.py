"""Feedback under a line while it is typed: how it is understood, or why it is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from pipeboard.domain.cadence import parse_step
from pipeboard.domain.dates import format_date, parse_date
from pipeboard.domain.errors import PipeboardError
from pipeboard.domain.money import format_money, parse_money
from pipeboard.domain.percent import format_percent, parse_percent
from pipeboard.domain.quick_add import parse_quick_add
from pipeboard.ui.busy import said
from pipeboard.ui.draw.line import Line, Span, whole
from pipeboard.ui.overlays.prompt import Feedback

Live = Callable[[str], Feedback]
_FRIDAY: Final = 4
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def understood(text: str) -> Feedback:
    """What was typed makes sense, and this one."""
    return Feedback(((whole(text, "input.chip"),),), True)


def live(read: Callable[[str], str], when_empty: str = "") -> Live:
    """Feedback from a function that says in words what a text means, or raises why it cannot."""

    def feedback(text: str) -> Feedback:
        if not text.strip():
            return understood(when_empty)
        try:
            return understood(read(text))
        except PipeboardError as error:
            why = said(error)
            return Feedback(((whole(why, "input.error"),),), False, why)

    return feedback


def money(currency: str, present: str = "") -> Live:
    """An amount; with the present one, also by how much it changes."""
    before = parse_money(present, currency) if present else None

    def read(text: str) -> str:
        value = parse_money(text, currency)
        if before is None or before.currency != value.currency or before == value:
            return format_money(value)
        sign = "+" if value.minor > before.minor else "−"
        change = format_money(value - before if sign == "+" else before - value)
        return f"{format_money(value)}   {sign}{change} against {format_money(before)}"

    return live(read, "no value" if not present else "as it is")


def day(today: date) -> Live:
    """A date in words."""
    return live(lambda text: format_date(parse_date(text, today)), "no date")


def percent() -> Live:
    """A probability."""
    return live(lambda text: f"{format_percent(parse_percent(text))} %", "the stage's own")


@dataclass(frozen=True, slots=True)
class StepWords:
    """The words of a next step that a day alone is about: what the deals have, or what is `usual`
    in their stage; "" where they differ."""

    present: str = ""
    usual: str = ""
    deals: int = 1

    @property
    def told(self) -> str:
        if self.present:
            return f"{self.present} (its words as they are)"
        if self.deals > 1:
            return "each keeps its words"
        return f"{self.usual} (as usual in this stage)" if self.usual else ""


def next_step(today: date, words: StepWords = StepWords()) -> Live:
    """A next step with its day in front; what a day alone is about is told."""

    def read(text: str) -> str:
        step = parse_step(text, today)
        when = format_date(step.due) if step.due else "no day"
        said = step.text or words.told
        when += f", every {step.every}" if step.every else ""
        return f"{when}   {said}" if said else when

    return live(read, "nothing: clears the next step")


def step_days(today: date) -> tuple[tuple[str, str], ...]:
    """Keys for the days that a next step is most often put on; apart from today, working days."""
    near = [_typed(_working_day(today, places), today) for places in (1, 3)]
    far = []
    for text in ("1w", "1m"):
        day = parse_date(text, today)
        working = on_working_day(day)
        far.append(f"{text} " if working == day else f"{working.isoformat()} ")
    return tuple(zip("123wm", ("today ", *near, *far), strict=True))


def on_working_day(day: date) -> date:
    """That day, or the Monday after its week-end."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > _FRIDAY else 0)


def _working_day(today: date, places: int) -> date:
    day = today
    for _ in range(places):
        day = on_working_day(day + timedelta(days=1))
    return day


def _typed(day: date, today: date) -> str:
    """A day as somebody would type it, with the blank that words come after."""
    if day - today == timedelta(days=1):
        return "tomorrow "
    return f"{_WEEKDAYS[day.weekday()]} "


def quick_add(today: date, currency: str, doubles: Callable[[str], str]) -> Live:
    """A new deal in one line, as chips; `doubles` names an open deal of the same company."""

    def feedback(text: str) -> Feedback:
        if not text.strip():
            hint = "Company: title 40k @owner +tag close:19dec > 3dec call Mika"
            return Feedback(((whole(hint, "text.dim"),),), False, "Type what the deal is about.")
        try:
            parsed = parse_quick_add(text, today=today, currency=currency, tui=True)
        except PipeboardError as error:
            why = said(error)
            return Feedback(((whole(why, "input.error"),),), False, why)
        chips: list[tuple[str, str]] = [("title", parsed.title)]
        if parsed.account:
            chips.insert(0, ("company", parsed.account))
        chips += [(span.kind, span.text) for span in parsed.spans if span.kind != "account"]
        lines = [_chips(chips)]
        double = doubles(parsed.account) if parsed.account else ""
        if double:
            lines.append((whole(f"! {double}", "status.warn"),))
        return Feedback(tuple(lines), True)

    return feedback


def _chips(chips: list[tuple[str, str]]) -> Line:
    spans: list[Span] = []
    for kind, text in chips:
        spans += [(f"{kind} ", "text.dim"), whole(text, "input.chip"), ("   ", "text")]
    return tuple(spans)
