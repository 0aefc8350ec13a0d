"""A row that came before: what the file says anew, what was changed here, and what both changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from pipeboard.domain.deal import Contact, Deal, NextStep
from pipeboard.domain.deal_fields import FROM_ROWS
from pipeboard.domain.money import Money, format_money
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.text import fold
from pipeboard.exchange.rows import DealRow
from pipeboard.workspace.row_commands import (
    contacts_of,
    digest,
    fields_of,
    loss_of,
    next_step_of,
    notes_of,
    tags_of,
)

_PLAIN = ("title", *FROM_ROWS)
_plain_of = attrgetter(*_PLAIN)
_COURSE = ("stage", "outcome", "archived")
NOT_FOLLOWED = ("created_at", "closed_at", "loss", "entered", "answers", "terms", "checklist",
                "touches", "snoozed_until")  # fmt: skip
"""What happened once and is not rewritten by a later file; a report says where it differs."""
_LONGEST_TEXT = 40

Said = dict[str, str]
"""What a row says of each field, as a short text that tells one value from another."""


def said_by(row: DealRow, owner: str | None) -> Said:
    """What a row says, by field; what it does not speak of stays away."""
    return {
        name: value if type(value) is str and len(value) <= _LONGEST_TEXT else _short(value)
        for name, value in _values(row, owner)
        if value is not None and value is not False and value != "" and value != ()
    }


def _values(row: DealRow, owner: str | None) -> Iterator[tuple[str, Any]]:
    """The values of a row by field, in the types of the domain."""
    yield from zip(_PLAIN, _plain_of(row), strict=True)
    if row.tags:
        yield "tags", tags_of(row)
    yield "owner", owner
    yield "category", row.forecast_category
    if row.next_text or row.next_due:
        yield "next_step", next_step_of(row)
    if row.contacts:
        yield from ((f"contacts.{key}", person) for key, person in contacts_of(row).items())
    yield from ((name, "yes" if value is True else value) for name, value in _course(row))
    yield from ((f"fields.{name}", value) for name, value in fields_of(row).items())
    if row.notes or row.fields:
        yield from ((f"notes.{digest(note.text)}", note.text) for note in notes_of(row))
    for name in ("created_at", "closed_at", "snoozed_until"):
        yield name, getattr(row, name)
    if row.outcome == "lost" and (row.lost_reason or row.lost_category or row.competitor):
        yield "loss", repr(loss_of(row))
    for name in ("entered", "answers", "terms", "checklist", "touches"):
        if value := getattr(row, name):
            yield name, repr(value)


def _course(row: DealRow) -> Iterator[tuple[str, Any]]:
    yield "stage", fold(row.stage) if row.stage else None
    yield "outcome", row.outcome
    yield "archived", row.archived


def _short(value: Any) -> str:
    text = value if type(value) is str else text_of(value)
    if len(text) <= _LONGEST_TEXT:
        return text
    return f"#{digest(text)}"


def text_of(value: Any) -> str:
    """A value as one line of text, the same for the same value and for no other."""
    match value:
        case None:
            return ""
        case str():
            return value
        case Money():
            return format_money(value, style="code")
        case datetime() | date():
            return value.isoformat()
        case tuple():
            return "; ".join(map(str, value))
        case NextStep():
            return f"{value.due or ''} {value.text}".strip()
        case Contact():
            parts = (value.name, value.role, value.email, value.phone, value.title)
            return ", ".join(filter(None, parts))
        case _:
            return str(value)


@dataclass(slots=True)
class Merge:
    """What a known deal takes from a row.

    `take` are new values by field ("" in `emptied`), `base` what the row is remembered to say,
    `conflicts` field, our text and theirs where both sides changed it.
    """

    take: dict[str, Any] = field(default_factory=dict)
    emptied: list[str] = field(default_factory=list)
    base: Said = field(default_factory=dict)
    conflicts: list[tuple[str, str, str]] = field(default_factory=list)
    not_followed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """Compares a deal, what was last said of it, and what is said now.

    `is_noted` tells whether a deal has a note of these words, `spoken` whether the file has a
    column for a field at all: what an absent column said before still holds. `prefer_file` takes
    the file's value where both sides changed one.
    """

    pipeline: Pipeline
    is_noted: Callable[[Deal, str], bool]
    spoken: Callable[[str], bool]
    prefer_file: bool = False

    def merge(
        self,
        row: DealRow,
        owner: str | None,
        deal: Deal,
        touched: Callable[[], frozenset[str]] | None = None,
    ) -> Merge:
        """What the deal takes from the row.

        `touched` tells which fields were changed here, for a deal of which nobody knows what a
        file last said.
        """
        says = said_by(row, owner)
        values = dict(_values(row, owner))
        remembered = {} if row.ref else deal.imported
        found = Merge(base=dict(remembered) | says)
        for name in dict.fromkeys((*says, *remembered)):
            new, old = says.get(name, ""), remembered.get(name, "")
            if not new and not self.spoken(name):
                continue
            if new == old and (touched is None or not new):
                continue
            self._field(name, values.get(name), new, old, deal, touched, found)
        return found

    def _field(
        self,
        name: str,
        value: Any,
        new: str,
        old: str,
        deal: Deal,
        touched: Callable[[], frozenset[str]] | None,
        found: Merge,
    ) -> None:
        if name in NOT_FOLLOWED:
            if touched is None:
                found.not_followed.append(name)
            return
        ours = self._ours(name, deal)
        is_gone_note = name.startswith("notes.") and not new
        if ours == new or is_gone_note or self._is_there(name, value, deal):
            _forget(found, name, new)
            return
        here = ours != old if touched is None else _stem(name) in touched() and bool(ours)
        if here and not self.prefer_file:
            found.conflicts.append((name, ours, text_of(value)))
            _forget(found, name, old)
            return
        if new:
            found.take[name] = value
        elif name not in ("title", *_COURSE):
            found.emptied.append(name)
        _forget(found, name, new)

    def _is_there(self, name: str, value: Any, deal: Deal) -> bool:
        """Whether a note or a person of the row is known, under whatever key."""
        if name.startswith("notes."):
            return self.is_noted(deal, value)
        return name.startswith("contacts.") and value in deal.contacts.values()

    def _ours(self, name: str, deal: Deal) -> str:
        """What the deal says here, in the same words."""
        whole, dot, key = name.partition(".")
        match whole:
            case "stage":
                stage_id = deal.closed_from if deal.closed_from else deal.stage_id
                return fold(self.pipeline.stage(stage_id).name)
            case "outcome":
                return str(deal.outcome)
            case "archived":
                return "yes" if deal.archived_at else ""
            case "notes":
                return ""
        value = getattr(deal, whole)
        return _short(value.get(key) if dot else value)


def _stem(name: str) -> str:
    """The field that an event would name."""
    return {"stage": "stage_id", "archived": "archived_at"}.get(name, name)


def _forget(found: Merge, name: str, said: str) -> None:
    """What is remembered of a field from now on."""
    if said:
        found.base[name] = said
    else:
        found.base.pop(name, None)


def same_row(deal: Deal, says: Mapping[str, str]) -> bool:
    """Whether a row says of every field what the last row of this deal did."""
    return bool(deal.imported) and dict(deal.imported) == says
