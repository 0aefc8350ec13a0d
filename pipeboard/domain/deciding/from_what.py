"""Endings of sentences: from what to what a command changed a deal, where it was one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeboard.domain import commands as c
from pipeboard.domain.dates import format_day
from pipeboard.domain.deal_fields import parse_assignment
from pipeboard.domain.events import read
from pipeboard.domain.money import Money, format_money
from pipeboard.domain.sheet import PRIVATE
from pipeboard.domain.timeline import field_text

if TYPE_CHECKING:
    from pipeboard.domain.deal import Deal
    from pipeboard.domain.deciding.rules import Telling

_UTC = ZoneInfo("UTC")


def from_what(command: c.Command, told: Telling) -> str:
    """From what to what, as the end of the command's sentence; empty where that is too much."""
    one = told.before[0] if len(told.before) == 1 else None
    match command:
        case c.Edit(changes):
            return _edited(changes, one, told)
        case c.SetFields(assignments):
            names = [parse_assignment(text, told.today, _CURRENCY)[0] for text in assignments]
            return _edited(names, one, told)
        case c.Move() | c.Step() if one is not None:
            return f" (from {told.stage_of(one)})"
        case c.Assign() if one is not None:
            return f" (was with {one.owner or 'nobody'})"
        case c.SetNextStep() | c.Plan() | c.Reschedule() if one is not None and one.next_step:
            step, now = one.next_step, told.deals[0].next_step
            day = format_day(step.due, told.today) if step.due else ""
            if now is not None and now.words == step.words:
                return f" (was {day or 'without a day'})"
            return f" (was: {step.words} {day}".rstrip() + ")"
        case _:
            return ""


_CURRENCY = "EUR"  # which one an amount is in does not matter for the name of its field


def _edited(names: Iterable[str], before: Deal | None, told: Telling) -> str:
    shown = [name for name in names if name not in PRIVATE]  # everybody reads what others did
    values = {_values(shown, deal, told) for deal in told.deals}
    now = values.pop() if len(values) == 1 else ""
    was = _values(shown, before, told) if before else ""
    return f": {was} → {now}" if was else f": {now}" if now else ""


def _values(names: Iterable[str], deal: Deal, told: Telling) -> str:
    return ", ".join(_value(name, deal, told) for name in names)


def _value(name: str, deal: Deal, told: Telling) -> str:
    value = read(deal, name)
    if isinstance(value, Money):
        return format_money(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return format_day(value, told.today)
    return field_text(name, value, told.pipelines, today=told.today, zone=_UTC) or "nothing"
