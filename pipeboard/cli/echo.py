"""What was understood of a line, said once: values, people and days in full, for the person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeboard.domain.dates import is_complete, local_date
from pipeboard.domain.deal import Deal
from pipeboard.domain.deal_fields import BEGINNING
from pipeboard.domain.locales import written
from pipeboard.domain.money import Money, format_percent
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.text import quoted
from pipeboard.domain.timeline import UNSET, field_label
from pipeboard.workspace.finding import parse_filter

if TYPE_CHECKING:
    from pipeboard.cli.output import Output
    from pipeboard.domain.deal import FieldValue, Values
    from pipeboard.domain.filter_nodes import Filter
    from pipeboard.store.reading import Reader
    from pipeboard.workspace import Workspace

_BETWEEN = " · "


def joined(parts: Iterable[str]) -> str:
    """The parts in one line; nothing for those that are empty."""
    return _BETWEEN.join(filter(None, parts))


def new_deal(deal: Deal, pipeline: Pipeline, zone: ZoneInfo | None = None) -> str:
    """A deal with all that its line said: `D-61 Acme: cable · €3,000,000 · Lead · @ana`."""
    ref = f"{deal.ref} " if deal.id else ""
    name = f"{deal.account}: {deal.title}" if deal.account else deal.title
    return joined(
        (
            f"{ref}{name}",
            _words("value", deal.value),
            pipeline.stage(deal.stage_id).name,
            f"@{deal.owner}" if deal.owner else "nobody's",
            " ".join(f"+{tag}" for tag in deal.tags),
            f"from {deal.source}" if deal.source else "",
            f"close {written().date(deal.expected_close)}" if deal.expected_close else "",
            f"created {written().date(local_date(deal.created_at, zone))}"
            if deal.created_precision and zone
            else "",
            _words("probability", deal.probability_bp),
            next_step(deal),
            *(f"with {person.name}" for person in deal.contacts.values()),
            f"because {deal.contact_reason}" if deal.contact_reason else "",
            *(f"{name}: {value}" for name, value in deal.fields.items()),
        )
    )


def next_step(deal: Deal) -> str:
    """What happens next, and on which day; that it has none, where a day may have been meant."""
    step = deal.next_step
    if step is None:
        return ""
    if step.due is None:
        return f"next {step.words} (no day)"
    return f"next {' '.join(filter(None, (written().date(step.due), step.words)))}"


def closed_on(deal: Deal, zone: ZoneInfo) -> str:
    """How a deal ended, and on which day."""
    if deal.known_closed_at is None:
        return "" if deal.closed_at is None else f"{deal.status}, nobody knows when"
    return f"{deal.status} on {written().date(local_date(deal.known_closed_at, zone))}"


def settings_of(changes: Values, deal: Deal) -> str:
    """The fields that were set, as they are now."""
    return joined(
        f"owner {f'@{deal.owner}' if deal.owner else 'nobody'}"
        if name == "owner"
        else _words(name.removeprefix("fields.").removesuffix("_bp"), value)
        or f"{field_label(name, ())} {UNSET.get(name, 'emptied')}"
        for name, value in changes.items()
    )


def whose(everyone: str) -> str:
    """That what is counted is not everybody's, for whoever does not see everything; else ""."""
    return "" if everyone == "everyone" else f"Counted over {everyone}, and those of nobody."


def days(understood: Iterable[tuple[str, date]]) -> tuple[str, ...]:
    """The days that were typed without their year, a sentence each."""
    return tuple(
        f"{quoted(text)} is {written().date(day)}."
        for text, day in dict.fromkeys(understood)
        if not is_complete(text)
    )


def typed_filter(workspace: Workspace, out: Output, text: str) -> Filter:
    """A filter as typed; how it was understood is said."""
    query = parse_filter(workspace, text)
    out.say(*days(query.understood), *_meanings(query, workspace.reader))
    return query


def _meanings(query: Filter, reader: Reader) -> tuple[str, ...]:
    """What words of a filter may have been meant as, a sentence each."""
    if query.root is None:
        return ()
    from pipeboard.domain.filter import other_meanings

    stages = [stage.name for pipeline in reader.pipelines() for stage in pipeline.stages]
    return tuple(
        f"{quoted(one.word)} is looked for as a word; {one.term} finds {one.finds}."
        for one in other_meanings(query, [rep.name for rep in reader.reps()], stages)
    )


def _words(name: str, value: FieldValue) -> str:
    known = name if name == BEGINNING else field_label(name, ())
    label = known.replace("_", " ").removesuffix(" at")
    match value:
        case None | "" | ():
            return ""
        case Money():
            return (
                written().money(value) if name == "value" else f"{label} {written().money(value)}"
            )
        case date():
            return f"{label} {written().date(value)}"
        case int():
            return f"{format_percent(value)}%"
        case tuple():
            return f"{label} {', '.join(map(str, value))}"
        case _:
            return f"{label} {value}"
