"""Events: named changes of a deal, how they change it, and how they are taken back.

An event carries the fields that it changes as they were and as they are now, so that
`evolve` needs no knowledge of any kind of event and `inverse` is exact by construction.
What it says besides (the reason of an override, a note, a touch) stands in `facts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache, lru_cache, partial
from operator import attrgetter, itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, TypedDict, TypeVar

from pipeboard.domain.deal import (
    ENTRY_TYPES,
    NOTHING,
    Answer,
    Ask,
    Contact,
    Deal,
    Loss,
    NextStep,
    Note,
    Status,
    Term,
    Touch,
)
from pipeboard.domain.json_data import json_list, json_number, json_object, json_text
from pipeboard.domain.lazy_dataclass import MISSING, dataclass, field, fields, replace
from pipeboard.domain.money import Money

if TYPE_CHECKING:
    from pipeboard.domain.deal import DealPart, EntryValue, FieldValue, Values
    from pipeboard.domain.json_data import Document, Json, JsonObject

V = TypeVar("V")


class Kind(StrEnum):
    """What happened, in the words of the field."""

    CREATED = "created"
    MOVED = "moved"
    WON = "won"
    LOST = "lost"
    REOPENED = "reopened"
    CORRECTED = "corrected"
    EDITED = "edited"
    VALUE = "value"
    EXPECTED_CLOSE = "expected_close"
    PROBABILITY = "probability"
    CATEGORY = "category"
    OWNER = "owner"
    TAGGED = "tagged"
    RANKED = "ranked"
    NEXT_STEP = "next_step"
    STEP_DONE = "step_done"
    SNOOZED = "snoozed"
    ANSWERED = "answered"
    CONTACT = "contact"
    TERM = "term"
    CHECKED = "checked"
    NOTE = "note"
    NOTE_EDITED = "note_edited"
    TOUCH = "touch"
    ASKED = "asked"
    ARCHIVED = "archived"
    UNARCHIVED = "unarchived"
    MERGED = "merged"
    ABSORBED = "absorbed"


STAGE_KINDS = frozenset((Kind.CREATED, Kind.MOVED, Kind.WON, Kind.LOST, Kind.REOPENED))


class EventFacts(TypedDict, total=False):
    """What an event says beside the fields that it changes, as JSON data.

    Why a gate was passed, and what was missing there; how exactly the instant is known; a note, a
    touch or a step that was done, each a record; a note rewritten; deals that came in; fields that
    are the owner's own.
    """

    override: str
    missing: list[str]
    precision: str
    note: dict[str, str]
    touch: dict[str, str]
    step: dict[str, str]
    outcome: str
    id: str
    old: str
    new: str
    merged: list[int]
    private: list[str]


NO_FACTS: EventFacts = {}
IMPORTED = "imported from "
"""How the reason begins with which an import passes the gates that its deals passed elsewhere: it
stands in the history, but nobody here has passed one."""


class EventData(TypedDict, total=False):
    """What the log keeps of an event: fields as they were and as they are, and its facts."""

    before: dict[str, Json]
    after: dict[str, Json]
    facts: EventFacts


@dataclass(frozen=True, slots=True)
class Event:
    """One change of one deal.

    `at` is when it took effect (when it was recorded stands on its command). `before` and
    `after` map fields to values; `answers.authority` means one entry of a mapping field, None
    that it is absent. `undoes` says that the event takes one of its kind back.
    """

    kind: Kind
    at: datetime
    before: Values = field(default_factory=lambda: NOTHING)
    after: Values = field(default_factory=lambda: NOTHING)
    facts: EventFacts = field(default_factory=lambda: NO_FACTS)
    undoes: bool = False

    @property
    def changed(self) -> frozenset[str]:
        """The fields of the deal that the event touches."""
        return frozenset(self.before) | frozenset(self.after)


DEAL_FIELDS = tuple(f.name for f in fields(Deal))
_values_of = attrgetter(*DEAL_FIELDS)
# Every field of a deal that need not be given; those that map are empty.
DEAL_DEFAULTS: Values = {
    f.name: NOTHING if f.default is MISSING else f.default
    for f in fields(Deal)
    if f.default is not MISSING or f.default_factory is not MISSING
}
_required_of = itemgetter(*(name for name in DEAL_FIELDS if name not in DEAL_DEFAULTS))
DEAL_BLANK: Values = {name: DEAL_DEFAULTS.get(name) for name in DEAL_FIELDS}
"""A value for every field, in their order: a deal is made four times as fast of such values."""
KEYED_FIELDS = frozenset(
    f.name for f in fields(Deal) if str(f.type).startswith("Mapping[") and f.name != "imported"
)
"""The fields whose entries change one by one: `answers.need`."""


def change_to(
    deal: Deal,
    kind: Kind,
    at: datetime,
    after: Values,
    facts: EventFacts = NO_FACTS,
) -> Event:
    """The event that sets these fields on `deal`; fields that stay as they are are left out. One
    entry of a mapping field is named with a dot: `answers.authority`."""
    was: dict[str, FieldValue] = {}
    becomes: dict[str, FieldValue] = {}
    for name, value in after.items():
        before = read(deal, name) if "." in name else getattr(deal, name)
        if before != value:
            was[name], becomes[name] = before, value
    return Event(kind, at, was, becomes, facts)


def changing(deal: Deal, kind: Kind, at: datetime, after: Values) -> list[Event]:
    """The event that sets these fields on `deal`; none where they stand so already."""
    event = change_to(deal, kind, at, after)
    return [event] if event.changed else []


def read(deal: Deal, name: str) -> FieldValue:
    """The value of a field, or of one entry of a mapping field (`answers.authority`)."""
    whole, dot, key = name.partition(".")
    value: FieldValue = getattr(deal, whole).get(key) if dot else getattr(deal, name)
    return value


def value_of(values: Values, name: str, kind: type[V]) -> V | None:
    """The value of a field, which is of that type; None where there is none."""
    value = values.get(name)
    assert value is None or isinstance(value, kind), f"{name} is no {kind.__name__}"
    return value


def evolve(deal: Deal | None, event: Event, deal_id: int | None = None) -> Deal:
    """The deal after the event; `deal_id` names the deal that a first event creates."""
    return evolve_all(deal, (event,), deal_id)


def evolve_all(deal: Deal | None, events: Sequence[Event], deal_id: int | None = None) -> Deal:
    """The deal after all of the events, made once: most of the time goes into making it."""
    if deal is None:
        if deal_id is None:
            raise ValueError("a first event needs the id of the deal that it creates")
        values: dict[str, FieldValue] = {**DEAL_BLANK, "id": deal_id}
    else:
        # As `dataclasses.replace`, which takes four times as long for so many fields.
        values = dict(zip(DEAL_FIELDS, _values_of(deal), strict=True))
    values["version"], count = (deal.version if deal else 0) + len(events), len(DEAL_FIELDS)
    for event in events:
        if "stage_id" in event.after:
            values |= _precision_of(event)
        values.update(event.after)
        if len(values) > count:
            for name in [name for name in event.after if "." in name]:
                _set_entry(values, name, values.pop(name))
    if deal is None and None in _required_of(values):
        raise TypeError("the first event leaves out what every deal has")
    return _sealed(_draft()(*values.values())) if len(values) == count else deal_of(values)


def _precision_of(event: Event) -> Values:
    """How exactly it is known when a deal entered the stage that the event puts it in, and when it
    began; what takes an entry back says of itself how it was before, or it was the same."""
    if event.undoes:
        return {}
    precision = event.facts.get("precision", "")
    if event.kind is not Kind.CREATED:
        return {"entry_precision": precision}
    came_later = event.after["stage_entered_at"] != event.after["created_at"]
    entry = "" if came_later else precision
    return {"created_precision": precision, "entry_precision": entry}


@cache
def _draft() -> Callable[..., object]:
    """A deal that is not sealed yet: its slots are filled a fifth as long as a frozen one's."""
    named = {"__annotations__": dict.fromkeys(DEAL_FIELDS, "object")}
    return dataclass(slots=True, eq=False)(type("Draft", (), named))


def deal_of(values: Values) -> Deal:
    """The deal of these values, which are those of all fields."""
    in_order = tuple(values) == DEAL_FIELDS
    return _sealed(_draft()(*values.values()) if in_order else _draft()(**values))


def _sealed(draft: object) -> Deal:
    draft.__class__ = Deal
    assert isinstance(draft, Deal)
    return draft


def numbered(deal: Deal, deal_id: int) -> Deal:
    """The deal under the id that it was given once it was decided on."""
    values = dict(zip(DEAL_FIELDS, _values_of(deal), strict=True))
    values["id"] = deal_id
    return deal_of(values)


def _set_entry(values: dict[str, FieldValue], name: str, value: FieldValue) -> None:
    """Sets one entry of a mapping field, or takes it out for None."""
    whole, _, key = name.partition(".")
    before = values.get(whole)
    entries = dict(before) if isinstance(before, Mapping) else {}
    if value is None:
        entries.pop(key, None)
    else:
        assert isinstance(value, ENTRY_TYPES), f"{name} is no entry"
        entries[key] = value
    values[whole] = MappingProxyType(entries)


def inverse(event: Event) -> Event:
    """The event that takes `event` back; the inverse of an inverse is the event again."""
    return replace(event, before=event.after, after=event.before, undoes=not event.undoes)


def replay(events: Iterable[Event], deal_id: int) -> Deal:
    """The deal that a history of events leads to; `ValueError` when there is none."""
    history = tuple(events)
    if not history:
        raise ValueError("a deal without events")
    return evolve_all(None, history, deal_id)


# How values stand in the database and in JSON, by field.

_PARTS = (NextStep, Loss, Answer, Ask, Contact, Term, Note, Touch)


def part_to_json(value: DealPart) -> Document:
    """A small value as JSON, without what is empty."""
    plain = {name: to_json(getattr(value, name)) for name in value.__match_args__}
    return {name: item for name, item in plain.items() if item not in (None, "")}


def part_texts(value: Note | Touch | NextStep) -> dict[str, str]:
    """The same of a value in which all is text, a day or an instant."""
    return {name: str(item) for name, item in part_to_json(value).items()}


def to_json(value: object) -> Json:
    """A field's value as JSON: instants and dates as ISO 8601, money as minor units."""
    if value is None or type(value) is str or type(value) is int:
        return value
    if isinstance(value, date):
        return instant_to_json(value) if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, Money):
        return {"amount_minor": value.minor, "currency": value.currency}
    if isinstance(value, _PARTS):
        return part_to_json(value)
    if isinstance(value, dict | MappingProxyType):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    return value if isinstance(value, bool | float) else str(value)


def instant_to_json(at: datetime) -> str:
    """ISO 8601; those in UTC come again and again."""
    return _of_utc(at) if at.tzinfo is UTC else at.isoformat()


_of_utc = lru_cache(maxsize=4_096)(datetime.isoformat)


def _money(data: Json) -> Money:
    parts = json_object(data)
    return Money(json_number(parts["amount_minor"]), json_text(parts["currency"]))


def _day(data: Json) -> date:
    return date.fromisoformat(json_text(data))


def _instant(data: Json) -> datetime:
    return datetime.fromisoformat(json_text(data))


def _texts(data: Json) -> Mapping[str, str]:
    return MappingProxyType({key: json_text(item) for key, item in json_object(data).items()})


def _text_in(parts: JsonObject, name: str) -> str:
    return json_text(parts.get(name, ""))


def _day_in(parts: JsonObject, name: str) -> date | None:
    text = parts.get(name)
    return _day(text) if text else None


def _next_step(data: Json) -> NextStep:
    parts = json_object(data)
    return NextStep(_text_in(parts, "text"), _day_in(parts, "due"), _text_in(parts, "every"))


def _loss(data: Json) -> Loss:
    parts = json_object(data)
    return Loss(
        json_text(parts["category"]),
        _text_in(parts, "reason"),
        _text_in(parts, "competitor"),
        _day_in(parts, "recycle_on"),
        _text_in(parts, "objection"),
    )


def _ask(data: Json) -> Ask:
    parts = json_object(data)
    return Ask(_text_in(parts, "text"), _text_in(parts, "by"), _day_in(parts, "due"))


def _answer(data: Json) -> Answer:
    parts = json_object(data)
    at, rating = parts.get("at"), parts.get("rating")
    return Answer(
        _text_in(parts, "text"),
        None if rating is None else json_number(rating),
        _text_in(parts, "evidence"),
        _text_in(parts, "by"),
        _instant(at) if at else None,
    )


_ENTRY: Mapping[str, Callable[[Json], EntryValue]] = {
    "answers": _answer,
    "contacts": lambda data: Contact(**_texts(data)),
    "terms": lambda data: Term(**_texts(data)),
    "asks": _ask,
    "fields": json_text,
    "checklist": json_text,
}
# By the type that `Deal` gives a field.
_READ: Mapping[str, Callable[[Json], FieldValue]] = {
    "str": json_text,
    "int": json_number,
    "bool": bool,
    "Money": _money,
    "date": _day,
    "datetime": _instant,
    "NextStep": _next_step,
    "Loss": _loss,
    "Status": lambda data: Status(json_text(data)),
    "tuple[str, ...]": lambda data: tuple(map(json_text, json_list(data))),
    "Mapping[str, str]": _texts,
}
DEAL_TYPES: Mapping[str, str] = {f.name: str(f.type).removesuffix(" | None") for f in fields(Deal)}
_FIELD = {name: _READ[kind] for name, kind in DEAL_TYPES.items() if kind in _READ}


def _entries(read_entry: Callable[[Json], EntryValue], data: Json) -> FieldValue:
    return MappingProxyType({key: read_entry(one) for key, one in json_object(data).items()})


_WHOLE: Mapping[str, Callable[[Json], FieldValue]] = {
    **_FIELD,
    **{name: partial(_entries, _ENTRY[name]) for name in KEYED_FIELDS},
}


def from_json(name: str, data: Json) -> FieldValue:
    """The value of the field `name` (or of an entry, `answers.authority`) from its JSON."""
    return _values_from_json({name: data})[name]


def _values_from_json(said: JsonObject) -> dict[str, FieldValue]:
    """Values by their names. Whole histories are read so, and mostly of what is nothing."""
    return {
        name: None if data is None else (_WHOLE.get(name) or _ENTRY[name.partition(".")[0]])(data)
        for name, data in said.items()
    }


def event_from_json(kind: str, at: datetime, data: EventData, *, undoes: bool) -> Event:
    """The event again from what the log keeps of it."""
    before = _values_from_json(data.get("before", NOTHING))
    after = _values_from_json(data.get("after", NOTHING))
    return Event(Kind(kind), at, before, after, data.get("facts", NO_FACTS), undoes)
