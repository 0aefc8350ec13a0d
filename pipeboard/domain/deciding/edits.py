"""Deciding what a deal says of itself: fields, tags, people, terms, checklist, order by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

from pipeboard.domain import commands as c
from pipeboard.domain.criteria import ROLES
from pipeboard.domain.deal import Answer, Contact, Deal, NextStep, Term
from pipeboard.domain.errors import BadInput
from pipeboard.domain.events import Event, Kind, change_to
from pipeboard.domain.money import Money
from pipeboard.domain.near import did_you_mean
from pipeboard.domain.pipeline import Category
from pipeboard.domain.text import LIMITS, clean_line, clean_text, quoted, slug

_TAG = re.compile(r"[^\s+\-,;|:()\"'][^\s,;|:()\"']*")


def _line(field: str) -> Callable[[Any], str]:
    return lambda value: clean_line(str(value or ""), field=field.replace("_", " "))


def _custom_line(name: str, value: Any) -> str:
    limit = LIMITS["custom field"]
    return clean_line(str(value or ""), field=name, limit=limit)


def _money(value: Any) -> Money | None:
    if value is not None and value.minor < 0:
        raise BadInput("A deal's value cannot be negative.")
    return value  # type: ignore[no-any-return]


def _probability(value: Any) -> int | None:
    if value is not None and not 0 <= value <= 10_000:
        raise BadInput("A probability lies between 0 and 100 %.", hint="For example: 60")
    return value  # type: ignore[no-any-return]


def _category(value: Any) -> str | None:
    if value in (None, ""):
        return None
    known = [str(category) for category in Category]
    if value not in known:
        raise BadInput(
            f"'{value}' is no forecast category.",
            hint=did_you_mean(value, known) or f"Known are: {', '.join(known)}.",
        )
    return str(value)


def clean_tags(tags: Any) -> tuple[str, ...]:
    """Tags in order, each once, without their sigil; `BadInput` for one with odd characters."""
    clean = set()
    for tag in tags or ():
        word = clean_line(str(tag), field="tag").lstrip("+#").lower()
        if not _TAG.fullmatch(word):
            raise BadInput(f"'{tag}' is no tag.", hint="A tag is one word, such as inbound.")
        clean.add(word)
    return tuple(sorted(clean))


def _day(value: Any) -> date | None:
    return value  # type: ignore[no-any-return]


def _name_list(field: str) -> Callable[[Any], tuple[str, ...]]:
    clean = _line(field)
    return lambda value: tuple(dict.fromkeys(name for name in map(clean, value or ()) if name))


def _custom(value: Any) -> Mapping[str, str]:
    clean = {custom_name(name): _custom_line(name, item) for name, item in (value or {}).items()}
    return MappingProxyType({name: item for name, item in clean.items() if item})


def custom_name(name: str) -> str:
    """The name of a custom field as it is kept; `BadInput` when nothing is left of it."""
    clean = clean_line(name, field="field name")
    if not clean:
        raise BadInput("A custom field needs a name.", hint="For example: fields.product=GTX")
    return clean


def _keep(value: Any) -> Any:
    return value


def _each(clean: Callable[[Any], Any]) -> Callable[[Any], Mapping[str, Any]]:
    return lambda entries: MappingProxyType(
        {clean_line(key, field="key"): clean(entry) for key, entry in (entries or {}).items()}
    )


def clean_contact(contact: Contact) -> Contact:
    """A person in single lines; `BadInput` without a name or in no known role."""
    if contact.role not in ROLES:
        raise BadInput(
            f"'{contact.role}' is no role.",
            hint=did_you_mean(contact.role, ROLES) or f"Known are: {', '.join(ROLES)}.",
        )
    clean = Contact(
        _line("name")(contact.name),
        contact.role,
        _line("email")(contact.email),
        _line("phone")(contact.phone),
        _line("title")(contact.title),
    )
    if not clean.name:
        raise BadInput("A contact needs a name.")
    return clean


def clean_term(term: Term) -> Term:
    """A line of the terms sheet in single lines; `BadInput` without an item."""
    clean = Term(
        _line("term")(term.item),
        _line("our position")(term.ours),
        _line("their position")(term.theirs),
        _line("agreement")(term.agreed),
    )
    if not clean.item:
        raise BadInput("A term needs a name, such as payment.")
    return clean


def clean_answer(answer: Answer) -> Answer:
    """An answer of safe text; `BadInput` for an odd rating, or without words and rating."""
    if answer.rating is not None and answer.rating not in range(5):
        raise BadInput("A rating is a whole number from 0 to 4.", hint="Leave it out if unknown.")
    clean = replace(
        answer,
        text=clean_text(answer.text, field="answer"),
        evidence=clean_text(answer.evidence, field="evidence"),
        by=clean_line(answer.by, field="rep"),
    )
    if not clean.is_given:
        raise BadInput("An answer needs words or a rating.")
    return clean


def _step(step: NextStep | None) -> NextStep | None:
    return step and replace(step, text=_line("next_step")(step.text))


_CLEAN: dict[str, Callable[[Any], Any]] = {
    "title": _line("title"),
    "account": _line("account"),
    "owner": _line("owner"),
    "source": _line("source"),
    "source_detail": _line("source_detail"),
    "contact_reason": _line("contact_reason"),
    "value": _money,
    "floor_value": _money,
    "probability_bp": _probability,
    "category": _category,
    "expected_close": _day,
    "offer_expires_on": _day,
    "quote_sent_at": _keep,
    "tags": clean_tags,
    "competitors": _name_list("competitor"),
    "links": _name_list("link"),
    "fields": _custom,
    "trial_close": _line("trial_close"),
    "imported": _keep,
    "imported_as": _keep,
    "external_source": _line("external_source"),
    "external_id": lambda value: clean_line(value, field="external id") if value else None,
    "contacts": _each(clean_contact),
    "answers": _each(clean_answer),
    "terms": _each(clean_term),
    "checklist": _each(_line("checklist")),
    "next_step": _step,
    "snoozed_until": _keep,
    "snooze_reason": _line("snooze_reason"),
    "qualified_at": _keep,
    "recycled_from": _keep,
    "rank": _keep,
}
EDITABLE = (
    "title",
    "account",
    "value",
    "owner",
    "source",
    "source_detail",
    "contact_reason",
    "expected_close",
    "probability_bp",
    "category",
    "tags",
    "competitors",
    "links",
    "offer_expires_on",
    "quote_sent_at",
    "floor_value",
    "trial_close",
    "external_id",
    "external_source",
    "imported",
    "imported_as",
)
_KINDS = {
    "value": Kind.VALUE,
    "owner": Kind.OWNER,
    "expected_close": Kind.EXPECTED_CLOSE,
    "probability_bp": Kind.PROBABILITY,
    "category": Kind.CATEGORY,
    "tags": Kind.TAGGED,
}


def clean_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a new deal, cleaned; empty ones left out."""
    clean = {name: _CLEAN[name](value) for name, value in fields.items()}
    return {name: value for name, value in clean.items() if value not in (None, "", ())}


def edit(command: c.Edit, deal: Deal, context: c.Context) -> list[Event]:
    """New values for fields; one event for each kind of change, none for what stays."""
    after: dict[str, Any] = {}
    for name, value in command.changes.items():
        if name.startswith("fields."):
            key = custom_name(name.removeprefix("fields."))
            after[f"fields.{key}"] = _custom_line(key, value) or None
        elif name in EDITABLE:
            after[name] = _CLEAN[name](value)
        else:
            raise BadInput(f"No field '{name}'.", hint=did_you_mean(name, EDITABLE))
    if "title" in after and not after["title"]:
        raise BadInput("A deal needs a title.")
    by_kind: dict[Kind, dict[str, Any]] = {}
    for name, value in after.items():
        by_kind.setdefault(_KINDS.get(name, Kind.EDITED), {})[name] = value
    events = [change_to(deal, kind, context.at, fields) for kind, fields in by_kind.items()]
    return [event for event in events if event.changed]


def assign(command: c.Assign, deal: Deal, context: c.Context) -> list[Event]:
    """Another owner; what is said to them stands in the sentence of the command."""
    return edit(c.Edit({"owner": command.rep}), deal, context)


def tag(command: c.TagWith, deal: Deal, context: c.Context) -> list[Event]:
    """Tags added and removed; nothing when all stand as asked."""
    tags = (set(deal.tags) | set(clean_tags(command.add))) - set(clean_tags(command.remove))
    event = change_to(deal, Kind.TAGGED, context.at, {"tags": tuple(sorted(tags))})
    return [event] if event.changed else []


def rank(command: c.Rank, deal: Deal, context: c.Context) -> list[Event]:
    """Another place in its column."""
    event = change_to(deal, Kind.RANKED, context.at, {"rank": command.rank})
    return [event] if event.changed else []


def set_contact(command: c.SetContact, deal: Deal, context: c.Context) -> list[Event]:
    """A person added, changed or (None) removed."""
    contact = command.contact
    key = command.key
    if contact is not None:
        contact = clean_contact(contact)
        key = key or slug(contact.name) or "person"
    event = change_to(deal, Kind.CONTACT, context.at, {f"contacts.{key}": contact})
    return [event] if event.changed else []


def set_term(command: c.SetTerm, deal: Deal, context: c.Context) -> list[Event]:
    """A line of the terms sheet added, changed or (None) removed."""
    term = command.term
    key = command.key
    if term is not None:
        term = clean_term(term)
        key = key or slug(term.item) or "term"
    event = change_to(deal, Kind.TERM, context.at, {f"terms.{key}": term})
    return [event] if event.changed else []


def check(command: c.Check, deal: Deal, context: c.Context) -> list[Event]:
    """An item of a stage's checklist ticked, with who and when, or cleared."""
    stage = next((s for s in context.pipeline.stages if s.id == command.stage_id), None)
    if stage is None or command.item not in stage.checklist:
        where = stage.name if stage else context.pipeline.name
        known = stage.checklist if stage else ()
        raise BadInput(
            f"{where} has no checklist item {quoted(command.item)}.",
            hint=did_you_mean(command.item, known)
            or (f"It has: {', '.join(known)}." if known else ""),
        )
    mark = f"{context.actor} {context.at.isoformat()}" if command.done else None
    if command.done and deal.is_checked(stage.id, command.item):
        return []
    key = f"checklist.{stage.id}/{command.item}"
    event = change_to(deal, Kind.CHECKED, context.at, {key: mark})
    return [event] if event.changed else []
