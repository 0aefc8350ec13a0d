"""What a file of any tool becomes: neutral rows that know nothing of the tool they came from."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime
from itertools import zip_longest
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

from pipeboard.domain.commands import Precision
from pipeboard.domain.dates import parse_instant
from pipeboard.domain.errors import BadInput
from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.domain.money import Money
from pipeboard.domain.text import clean_line, clean_text, email_fault, quoted, whole_text
from pipeboard.exchange.values import Findings, people_in, read_category, without_links

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue
    from pipeboard.domain.json_data import JsonObject

T = TypeVar("T")


Outcome = Literal["open", "won", "lost"]


class Entered(NamedTuple):
    """The instant at which a deal came into an open stage."""

    stage: str
    at: datetime


class RowContact(NamedTuple):
    """A person named in the row; unknown parts are None."""

    name: str
    role: str | None = None
    email: str | None = None
    phone: str | None = None
    title: str | None = None


class RowNote(NamedTuple):
    """A remark of the file; tools that export no history leave author and instant out."""

    text: str
    author: str | None = None
    at: datetime | None = None


class RowTouch(NamedTuple):
    """A call, meeting or message that the file tells of."""

    type: str
    direction: str | None = None
    outcome: str | None = None
    by: str | None = None
    at: datetime | None = None
    objection: str | None = None
    variant: str | None = None


class RowAnswer(NamedTuple):
    """An answer to a qualification question; `rating` is 0 to 4."""

    question: str
    text: str
    rating: int | None = None
    by: str | None = None
    at: datetime | None = None
    evidence: str | None = None


class RowTerm(NamedTuple):
    """One line of a negotiation: our position, theirs, and what was agreed."""

    item: str
    ours: str | None = None
    theirs: str | None = None
    agreed: str | None = None


class RowStepDone(NamedTuple):
    """A next step that was done, and what came of it."""

    text: str
    at: datetime
    due: date | None = None
    every: str | None = None
    outcome: str | None = None


class RowAsk(NamedTuple):
    """What one rep wants of another, by a day."""

    rep: str
    text: str
    by: str
    due: date | None = None


# Not frozen: that would make a row take 12 µs instead of 2, a third of the time of reading it.
@dataclass(slots=True)
class DealRow:
    """One deal as a file tells it; what the file does not tell is None or empty.

    Instants are UTC. `stage` is the stage that the deal stands in or, when it is closed, last
    stood in, if the file tells; a name such as "Closed Won" is an `outcome` and never a stage.
    `entered` holds open stages in time order, one perhaps twice.
    `created_at` is the created date of the file, else the earliest instant of the row;
    `precision` says of it and of `closed_at` where the file tells the day alone, or not even that.
    `probability_bp` is that of an open deal, in pipeboard's own files only if set by hand.
    `ref` is the reference ("D-142") that pipeboard gave the deal where it was exported, `version`
    that of the deal then, `external_source` the tool of `external_id` (None: the file's own),
    `recycled_from` the reference of the deal that it came back from, `merged_into` that of the one
    that it became part of, `rank` its place by hand. `assumes_currency`: nothing in the file says
    what currency the `value` is in.
    `others` are fields of the deal by name that nothing here treats apart.
    `remarks` name what is odd in the row, for the report to count.
    """

    line: int
    raw: Mapping[str, str]
    title: str
    external_id: str | None = None
    ref: str | None = None
    version: int | None = None
    external_source: str | None = None
    account: str | None = None
    pipeline: str | None = None
    stage: str | None = None
    outcome: Outcome | None = None
    archived: bool = False
    value: Money | None = None
    assumes_currency: bool = False
    owner: str | None = None
    source: str | None = None
    tags: tuple[str, ...] = ()
    probability_bp: int | None = None
    forecast_category: str | None = None
    created_at: datetime | None = None
    closed_at: datetime | None = None
    precision: Mapping[str, Precision] = field(default_factory=dict)
    expected_close: date | None = None
    entered: tuple[Entered, ...] = ()
    lost_category: str | None = None
    lost_reason: str | None = None
    competitor: str | None = None
    recycle_on: date | None = None
    lost_objection: str | None = None
    next_text: str | None = None
    next_due: date | None = None
    next_every: str | None = None
    snoozed_until: date | None = None
    snooze_reason: str | None = None
    contacts: tuple[RowContact, ...] = ()
    notes: tuple[RowNote, ...] = ()
    touches: tuple[RowTouch, ...] = ()
    answers: tuple[RowAnswer, ...] = ()
    terms: tuple[RowTerm, ...] = ()
    checklist: Mapping[str, str] = field(default_factory=dict)
    steps_done: tuple[RowStepDone, ...] = ()
    asks: tuple[RowAsk, ...] = ()
    given_by: str | None = None
    recycled_from: str | None = None
    merged_into: str | None = None
    rank: int | None = None
    archived_at: datetime | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, FieldValue] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that is no deal: where it starts, the column and cell to blame, and why.

    `raw` holds the cells as they stood, for the file of rejected rows; `stages` are all that it
    names of those that the pipeline does not have.
    """

    line: int
    column: str
    value: str
    reason: str
    raw: Mapping[str, str] = field(default_factory=dict)
    stages: tuple[str, ...] = ()


# JSON in a cell: contacts, notes, answers and the like, as pipeboard's own files hold them.


def _line(parts: JsonObject, key: str) -> str | None:
    value = parts.get(key)
    return clean_line(str(value), field=key) or None if value is not None else None


def _named(parts: JsonObject, key: str) -> str:
    value = _line(parts, key)
    if value is None:
        raise BadInput(f"an entry has no {key}")
    return value


def _text(parts: JsonObject, key: str) -> str:
    return clean_text(str(parts.get(key) or ""), field=key)


def _at(parts: JsonObject, key: str = "at") -> datetime | None:
    value = parts.get(key)
    return parse_instant(str(value)) if value else None


def _entered(parts: JsonObject) -> Entered:
    return Entered(at=_dated(parts), stage=_named(parts, "stage"))


def _dated(parts: JsonObject) -> datetime:
    if (at := _at(parts)) is None:
        raise BadInput("an entry has no at")
    return at


def _contact(parts: JsonObject) -> RowContact:
    line = (_line(parts, key) for key in ("role", "email", "phone", "title"))
    return RowContact(_named(parts, "name"), *line)


def _note(parts: JsonObject) -> RowNote:
    return RowNote(whole_text(str(parts.get("text") or "")), _line(parts, "author"), _at(parts))


def _touch(parts: JsonObject) -> RowTouch:
    direction, by = _line(parts, "direction"), _line(parts, "by")
    outcome = _text(parts, "outcome") or None
    tags = (_line(parts, key) for key in ("objection", "variant"))
    return RowTouch(_named(parts, "type"), direction, outcome, by, _at(parts), *tags)


def _answer(parts: JsonObject) -> RowAnswer:
    rating = parts.get("rating")
    if rating is not None and (type(rating) is not int or rating not in range(5)):
        raise BadInput(f"{quoted(str(rating))} is not a rating from 0 to 4")
    return RowAnswer(
        _named(parts, "question"),
        _text(parts, "text"),
        rating,
        _line(parts, "by"),
        _at(parts),
        _text(parts, "evidence") or None,
    )


def _term(parts: JsonObject) -> RowTerm:
    return RowTerm(_named(parts, "item"), *(_line(parts, k) for k in ("ours", "theirs", "agreed")))


def _day(parts: JsonObject) -> date | None:
    text = _line(parts, "due")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadInput(f"{quoted(text or '')} is not a day such as 2026-12-19") from error


def _step_done(parts: JsonObject) -> RowStepDone:
    at = _dated(parts)
    text, every, outcome = (_line(parts, key) for key in ("text", "every", "outcome"))
    return RowStepDone(text or "", at, _day(parts), every, outcome)


def _ask(parts: JsonObject) -> RowAsk:
    rep, text, by = (_named(parts, key) for key in ("rep", "text", "by"))
    return RowAsk(rep, text, by, _day(parts))


def _checklist(cell: str) -> dict[str, str]:
    parts = _parsed(cell, dict)
    return {clean_line(str(key)): clean_text(str(value)) for key, value in parts.items()}


def _list_of(read: Callable[[JsonObject], T]) -> Callable[[str], tuple[T, ...]]:
    def read_cell(cell: str) -> tuple[T, ...]:
        entries = _parsed(cell, list)
        if not all(isinstance(entry, dict) for entry in entries):
            raise _malformed(cell)
        return tuple(read(entry) for entry in entries)

    return read_cell


def _parsed(cell: str, shape: type[T]) -> T:
    try:
        value = json.loads(cell)
    except (ValueError, RecursionError) as error:
        raise _malformed(cell) from error
    if not isinstance(value, shape):
        raise _malformed(cell)
    return value


def _malformed(cell: str) -> BadInput:
    return BadInput(f"{quoted(cell)} is not what pipeboard writes into this column")


READERS: Mapping[str, Callable[[str], object]] = MappingProxyType(
    {
        "contacts": _list_of(_contact),
        "notes": _list_of(_note),
        "touches": _list_of(_touch),
        "answers": _list_of(_answer),
        "entered": _list_of(_entered),
        "terms": _list_of(_term),
        "checklist": _checklist,
        "steps_done": _list_of(_step_done),
        "asks": _list_of(_ask),
    }
)
"""What reads the cells of each nested field; each raises BadInput."""


# The parts of a deal that several cells make together: people, notes, tags, the rep's own word.


_AGAINST_OPEN = {
    "is_closed": "closed_somehow",
    "lost_reason": "open_with_loss",
    "closed_at": "open_with_closing",
}
_EMAILS = {"contact_email", "contacts"}


def oddities(
    found: Findings, outcome: Outcome | None, trusted: Collection[str] = ()
) -> Iterator[str]:
    """What is odd in cells beside each other: a sign of an end on an open deal, but for those that
    are `trusted`, several owners, and what is no address."""
    if found.get("further_owners"):
        yield "several_owners"
    if outcome in (None, "open"):
        for name, remark in _AGAINST_OPEN.items():
            if name not in trusted and found.get(name):
                yield remark
    if not _EMAILS.isdisjoint(found):
        emails = people_in(found.get("contact_email", ""))
        emails += [person.email or "" for person in found.get("contacts", ())]
        if any(map(email_fault, emails)):
            yield "odd_email"


def value_won(found: Findings, outcome: Outcome | None) -> Iterator[str]:
    """Puts what a deal was won for in the place of its estimate; gives the field whose cell then
    says more than the row can hold."""
    final = found.pop("won_value", None)
    if final is None:
        return
    if outcome != "won":
        yield "won_value"
        return
    estimate = found.get("value")
    found["value"] = final
    if estimate not in (None, final):
        yield "value"


_PERSON = ("contact_name", "contact_role", "contact_email", "contact_phone")
_PEOPLE = {*_PERSON, "contacts"}
_WITH_ADDRESS = re.compile(r"(?P<name>[^<>()@]+?)\s*[(<](?P<email>[^\s<>()@]+@[^\s<>()@]+)[)>]")


def _own_probability(found: Findings, outcome: Outcome | None) -> int | None:
    """A closed deal of another tool has the probability 0 or 100 of its outcome, not its own."""
    if found.get("probability_source") == "stage":
        return None
    own: int | None = found.get("probability_bp")
    if own is None and outcome in {None, "open"}:
        return found.get("probability")
    return own


def _own_category(found: Findings) -> str | None:
    if found.get("forecast_category_source") == "stage" or "forecast_category" not in found:
        return None
    return read_category(found["forecast_category"])


def rarer_parts(found: Findings, outcome: Outcome | None) -> Findings:
    """What most files have no columns for."""
    parts: Findings = {
        "probability_bp": _own_probability(found, outcome),
        "forecast_category": _own_category(found),
    }
    if "tags" in found:
        parts["tags"] = tuple(dict.fromkeys([tag for tags in found["tags"] for tag in tags]))
    if "note" in found or "notes" in found:
        notes = (RowNote(text) for text in found.get("note", ()))
        parts["notes"] = (*notes, *found.get("notes", ()))
    if not _PEOPLE.isdisjoint(found):
        parts["contacts"] = _contacts(found)
    return parts


def _contacts(found: Findings) -> tuple[RowContact, ...]:
    """The people of a row; a cell may hold several names, addresses and numbers."""
    texts = (without_links(found.get(name, ""), found, ";") for name in _PERSON)
    cells = [[part.strip() for part in people_in(text)] for text in texts]
    if not any(cells[2]) and any("@" in name for name in cells[0]):
        parted = [_WITH_ADDRESS.fullmatch(name) for name in cells[0]]
        cells[2] = [one["email"] if one else "" for one in parted]
        cells[0] = [
            one["name"] if one else name for one, name in zip(parted, cells[0], strict=True)
        ]
    people = (
        RowContact(name or email or phone, role or None, email or None, phone or None)
        for name, role, email, phone in zip_longest(*cells, fillvalue="")
        if name or email or phone
    )
    return (*people, *found.get("contacts", ()))
