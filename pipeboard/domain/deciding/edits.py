"""Deciding what a deal says of itself: fields, tags, people, terms, checklist, order by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from pipeboard.domain import commands as c
from pipeboard.domain.criteria import ROLES
from pipeboard.domain.deal import Answer, Ask, Contact, Deal, NextStep, Term, custom_key
from pipeboard.domain.deal_fields import (
    BEGINNING,
    BY_NAME,
    clean_tags,
    merged_set,
    named_field,
    parse_assignment,
)
from pipeboard.domain.deciding.correcting import began_on
from pipeboard.domain.deciding.rules import Telling, field_words, rule
from pipeboard.domain.errors import BadInput
from pipeboard.domain.events import Event, Kind, change_to, changing, value_of
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.text import (
    LIMITS,
    clean_line,
    clean_text,
    did_you_mean,
    email_fault,
    free_key,
    quoted,
)

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue

E = TypeVar("E")
_LONGEST_CUSTOM = LIMITS["custom field"]


def _line(field: str) -> Callable[[str | None], str]:
    return lambda value: clean_line(str(value or ""), field=field.replace("_", " "))


def _custom_line(name: str, value: object) -> str:
    return clean_line(str(value or ""), field=name, limit=_LONGEST_CUSTOM)


def _custom(value: Mapping[str, str] | None) -> Mapping[str, str]:
    clean = {custom_name(name): _custom_line(name, item) for name, item in (value or {}).items()}
    if not all(clean.values()):
        clean = {name: item for name, item in clean.items() if item}
    return MappingProxyType(clean)


@lru_cache(maxsize=1_024)
def custom_name(name: str) -> str:
    """The name of a custom field as it is kept; `BadInput` when nothing is left of it."""
    clean = clean_line(name, field="field name")
    if not clean:
        raise BadInput("A custom field needs a name.", hint="For example: fields.product=GTX")
    return clean


def _keep(value: E) -> E:
    return value


def _each(clean: Callable[[E], E]) -> Callable[[Mapping[str, E] | None], Mapping[str, E]]:
    return lambda entries: MappingProxyType(
        {clean_line(key, field="key"): clean(entry) for key, entry in (entries or {}).items()}
    )


def clean_contact(contact: Contact) -> Contact:
    """A person in single lines, in a role as it is read or kept; `BadInput` without a name or in
    no known role."""
    role = "_".join(contact.role.lower().replace("-", " ").split())
    if role not in ROLES:
        raise BadInput(
            f"'{contact.role}' is no role.",
            hint=did_you_mean(contact.role, ROLES) or f"Known are: {', '.join(ROLES)}.",
        )
    clean = Contact(
        _line("name")(contact.name),
        role,
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


def _ask(ask: Ask) -> Ask:
    return replace(ask, text=_line("next_step")(ask.text), by=_line("rep")(ask.by))


def _step(step: NextStep | None) -> NextStep | None:
    return step and replace(step, text=_line("next_step")(step.text))


_CLEAN: Mapping[str, Callable[..., FieldValue]] = {
    **{name: field.clean for name, field in BY_NAME.items()},
    "fields": _custom,
    "contacts": _each(clean_contact),
    "answers": _each(clean_answer),
    "terms": _each(clean_term),
    "asks": _each(_ask),
    "checklist": _each(_line("checklist")),
    "next_step": _step,
    "snoozed_until": _keep,
    "snooze_reason": _line("snooze_reason"),
    "given_by": _line("rep"),
    "qualified_at": _keep,
    "recycled_from": _keep,
    "rank": _keep,
}


def clean_fields(fields: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
    """Fields of a new deal, cleaned; empty ones left out, but not a 0."""
    return {
        name: clean
        for name, value in fields.items()
        if value is not None
        if (value or value == 0) and ((clean := _CLEAN[name](value)) or clean == 0)
    }


def _edited(names: Iterable[str], told: Telling) -> str:
    return f"Set {field_words(names)} of {told.whom}."


@rule(c.Edit, "set", lambda edit, told: _edited(edit.changes, told))
def edit(command: c.Edit, deal: Deal, context: c.Context) -> list[Event]:
    """New values for fields, with the owner as everybody writes the name, and the day on which a
    deal began."""
    changes = dict(command.changes)
    began = value_of(changes, BEGINNING, date)
    changes.pop(BEGINNING, None)
    if "owner" in changes:
        changes["owner"] = context.owner(str(changes["owner"] or ""), command.new_rep)
    events = changed_fields(changes, deal, context)
    return events + began_on(began, deal, context) if began else events


def changed_fields(
    changes: Mapping[str, FieldValue], deal: Deal, context: c.Context
) -> list[Event]:
    """One event for each kind of change, none for what stays."""
    after: dict[str, FieldValue] = {}
    for name, value in changes.items():
        if name.startswith("fields."):
            key = custom_name(name.removeprefix("fields."))
            after[f"fields.{key}"] = _custom_line(key, value) or None
        elif name in BY_NAME:
            after[name] = BY_NAME[name].clean(value)
        else:
            raise BadInput(f"No field '{name}'.", hint=did_you_mean(name, BY_NAME))
    if "title" in after and not after["title"]:
        raise BadInput("A deal needs a title.")
    by_kind: dict[Kind, dict[str, FieldValue]] = {}
    if "owner" in after:
        after |= {"given_by": given_by(str(after["owner"]), deal, context)}
    for name, value in after.items():
        kind = BY_NAME[name].event if name in BY_NAME else Kind.EDITED
        kind = Kind.OWNER if name == "given_by" else kind
        by_kind.setdefault(kind, {})[name] = value
    events = [change_to(deal, kind, context.at, fields) for kind, fields in by_kind.items()]
    return [event for event in events if event.changed]


def given_by(owner: str, deal: Deal | None, context: c.Context) -> str:
    """Who gives an open deal to its new owner; nobody where they take it themselves."""
    if deal is not None and (owner == deal.owner or not deal.is_open):
        return deal.given_by
    return context.actor if owner and owner != context.actor else ""


def beside_others(event: Event, bases: Mapping[str, tuple[str, ...]], deal: Deal) -> Event:
    """The event with lists as both want them who changed them since they were `bases`, by field."""
    after = dict(event.after)
    for name, base in bases.items():
        if name in after:
            theirs = value_of(event.before, name, tuple) or ()
            after[name] = merged_set(base, theirs, value_of(after, name, tuple) or ())
    return change_to(deal, event.kind, event.at, after, event.facts)


def _set(command: c.SetFields, told: Telling) -> str:
    names = (text.partition("=")[0].strip() for text in command.assignments)
    return _edited(map(named_field, names), told)


@rule(c.SetFields, "set", _set)
def set_fields(command: c.SetFields, deal: Deal, context: c.Context) -> list[Event]:
    """New values as they are typed: `value=40k`, `close=19dec`, `fields.product=GTX`, `source=`."""
    if not command.assignments:
        raise BadInput("Nothing to set.", hint="For example: value=40k")
    changes: dict[str, FieldValue] = {}
    currency = deal.currency_in(context.pipeline)
    for text in command.assignments:
        name, value = parse_assignment(text, context.today, currency)
        if name.startswith("fields."):
            name = f"fields.{custom_key(deal.fields, custom_name(name.removeprefix('fields.')))}"
        if name in changes:
            raise BadInput(
                f"{quoted(text)}: {field_words([name])} is given twice.",
                hint="Leave one of the two out.",
            )
        changes[name] = value
    return edit(c.Edit(changes, command.new_rep), deal, context)


def _tagged(command: c.TagWith, told: Telling) -> str:
    marks = [*(f"+{tag}" for tag in command.add), *(f"-{tag}" for tag in command.remove)]
    return f"Tagged {told.whom} {' '.join(marks)}."


@rule(c.TagWith, "tag", _tagged)
def tag(command: c.TagWith, deal: Deal, context: c.Context) -> list[Event]:
    """Tags added and removed; nothing when all stand as asked."""
    tags = (set(deal.tags) | set(clean_tags(command.add))) - set(clean_tags(command.remove))
    return changing(deal, Kind.TAGGED, context.at, {"tags": tuple(sorted(tags))})


@rule(c.Rank, "reorder", lambda _, told: f"Moved {told.whom} in its column.")
def rank(command: c.Rank, deal: Deal, context: c.Context) -> list[Event]:
    """Another place in its column."""
    return changing(deal, Kind.RANKED, context.at, {"rank": command.rank})


def _noted(command: c.SetContact, told: Telling) -> str:
    if command.contact is None:
        known = [deal.contacts[command.key] for deal in told.before if command.key in deal.contacts]
        return f"Removed {known[0].name if known else command.key} of {told.whom}."
    return f"Noted {command.contact.name} of {told.whom}."


@rule(c.SetContact, "contact", _noted)
def set_contact(command: c.SetContact, deal: Deal, context: c.Context) -> list[Event]:
    """A person added, changed or (None) removed."""
    contact = command.contact
    key = command.key
    if contact is not None:
        contact = clean_contact(contact)
        key = key or free_key(contact.name, deal.contacts, "person")
        known = deal.contacts.get(key)
        # One that came from a file stays as it is while others are changed.
        if (known is None or known.email != contact.email) and (why := email_fault(contact.email)):
            raise BadInput(why, hint="Write it like ana@firm.example, or leave it out.")
    return changing(deal, Kind.CONTACT, context.at, {f"contacts.{key}": contact})


@rule(c.SetTerm, "terms", lambda _, told: f"Changed the terms of {told.whom}.")
def set_term(command: c.SetTerm, deal: Deal, context: c.Context) -> list[Event]:
    """A line of the terms sheet added, changed or (None) removed."""
    term = command.term
    key = command.key
    if term is not None:
        term = clean_term(term)
        key = key or free_key(term.item, deal.terms, "term")
    return changing(deal, Kind.TERM, context.at, {f"terms.{key}": term})


def _ticked(command: c.Check, told: Telling) -> str:
    return f"{'Checked' if command.done else 'Cleared'} '{command.item}' of {told.whom}."


@rule(c.Check, "check", _ticked)
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
    return changing(deal, Kind.CHECKED, context.at, {key: mark})
