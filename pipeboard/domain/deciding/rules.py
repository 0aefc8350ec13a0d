"""Rules of commands: what follows from each, the verb it is recorded under, how it is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from pipeboard.domain import commands as c
from pipeboard.domain.commands import Context
from pipeboard.domain.counts import in_english
from pipeboard.domain.dates import format_date, format_lasting_day, local_date
from pipeboard.domain.deal import Deal
from pipeboard.domain.deal_fields import BEGINNING, parse_assignment
from pipeboard.domain.deal_record import PRIVATE
from pipeboard.domain.events import Event, read
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.money import Money, format_money
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.text import few
from pipeboard.domain.timeline import field_label, field_text

# Endings of sentences: from what to what a command changed a deal, where it was one.


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
            day = format_lasting_day(step.due, told.today) if step.due else ""
            if now is not None and now.words == step.words:
                return f" (was {day or 'without a day'})"
            return f" (was: {f'{step.words} {day}'.strip()})"
        case _:
            return ""


_UTC = ZoneInfo("UTC")
_CURRENCY = "EUR"  # which one an amount is in does not matter for the name of its field


def _edited(names: Iterable[str], before: Deal | None, told: Telling) -> str:
    every = list(names)
    parts = []
    for name in every:
        values = {_value(name, deal, told) for deal in told.deals}
        was = _value(name, before, told) if before else ""
        if name in PRIVATE or len(values) > 1 or (was in values and len(every) > 1):
            continue  # everybody reads what others did; what stays as it is goes without saying
        label = f"{field_words([name])} " if len(every) > 1 else ""
        parts.append(f"{label}{was} → {values.pop()}" if was else f"{label}{values.pop()}")
    return f": {'; '.join(parts)}" if parts else ""


def _value(name: str, deal: Deal, told: Telling) -> str:
    if name == BEGINNING:
        began = deal.known_created_at
        return format_date(local_date(began, told.zone)) if began else "unknown"
    whole, dot, key = name.partition(".")
    value = deal.custom(key) if dot and whole == "fields" else read(deal, name)
    if isinstance(value, Money):
        return format_money(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return format_lasting_day(value, told.today)
    return field_text(name, value, told.pipelines, today=told.today, zone=told.zone) or "nothing"


C = TypeVar("C")


@dataclass(frozen=True)
class Telling:
    """Deals as a command left them, for its sentence: told on a day, among these pipelines.

    `before` are those of them that there were before; days are those of the zone.
    """

    deals: Sequence[Deal]
    pipelines: tuple[Pipeline, ...]
    today: date
    before: Sequence[Deal] = ()
    zone: ZoneInfo = _UTC

    @property
    def whom(self) -> str:
        return deal_names(self.deals)

    @property
    def stage(self) -> str:
        """Where the deals stand, if all of them stand in one place."""
        first = self.deals[0]
        if any(deal.stage_id != first.stage_id for deal in self.deals):
            return "the next stage"
        return self.stage_of(first)

    def stage_of(self, deal: Deal) -> str:
        """The name of the stage that a deal stands in."""
        return self._pipeline(deal).stage(deal.stage_id).name

    @property
    def next_step(self) -> str:
        """What happens next on the deals, with its day."""
        steps = [deal.next_step for deal in self.deals if deal.next_step]
        if not steps:
            return "no next step"
        first = steps[0]
        words = first.words if len({step.words for step in steps}) == 1 else "next steps"
        return f"{words} {self.day(first.due) if first.due else ''}".strip()

    def day(self, day: date) -> str:
        return format_lasting_day(day, self.today)

    def question(self, name: str) -> str:
        """What the pipeline of the first deal calls a question."""
        found = self._pipeline(self.deals[0]).question(name)
        return found.label if found else name

    def _pipeline(self, deal: Deal) -> Pipeline:
        return next(pipeline for pipeline in self.pipelines if pipeline.id == deal.pipeline_id)


_MOST_NAMED = 3


def deal_names(deals: Sequence[Deal]) -> str:
    """Deals in a sentence: `Lumen Oy`, or `5 deals (Lumen Oy, Acme, Borealis and 2 more)`."""
    if len(deals) == 1:
        return deals[0].name
    names = few([deal.name for deal in deals], _MOST_NAMED, figures=in_english)
    return f"{in_english(len(deals))} deals ({names})"


def field_words(names: Iterable[str]) -> str:
    """Fields as a sentence names them: `close date, probability, product`."""
    return ", ".join("created" if name == BEGINNING else field_label(name, ()) for name in names)


Decide: TypeAlias = Callable[[C, Deal, Context], list[Event]]


@dataclass(frozen=True, slots=True)
class Rule:
    """All that is true of one command: `verb` and `sentence` are empty for one that is only a part
    of a use case, which says it as a whole. Both functions take what `rule` has checked. One that
    `takes_up` a deal that woke, or that its owner was given, makes it no news from then on."""

    decide: Callable[..., list[Event]]
    verb: str
    sentence: Callable[..., str]
    takes_up: bool


RULES: dict[type, Rule] = {}
"""The rule of each command on a deal that there is."""


def rule(
    command: type[C],
    verb: str = "",
    sentence: Callable[[C, Telling], str] = lambda *_: "",
    *,
    takes_up: bool = False,
) -> Callable[[Decide[C]], Decide[C]]:
    """Makes a function the rule of a command."""

    def registered(decide: Decide[C]) -> Decide[C]:
        RULES[command] = Rule(decide, verb, sentence, takes_up)
        return decide

    return registered
