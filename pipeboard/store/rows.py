"""Between deals and their rows: two converters over matching names, with the few that differ."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter, index, itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from pipeboard.domain.dates import instant, kept_day, micros
from pipeboard.domain.deal import Deal, Loss, NextStep, Status
from pipeboard.domain.deal_fields import FIELDS
from pipeboard.domain.events import (
    DEAL_BLANK,
    DEAL_DEFAULTS,
    DEAL_FIELDS,
    DEAL_TYPES,
    Event,
    deal_of,
    event_from_json,
    from_json,
    instant_to_json,
    to_json,
)
from pipeboard.domain.json_data import encoder
from pipeboard.domain.money import Money
from pipeboard.domain.text import fold
from pipeboard.store.sql import RATINGS_BYTES, WORDS_BYTES, beginning, index_key
from pipeboard.store.troubles import UNREADABLE, of_deal

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue
    from pipeboard.store.database import Row


T = TypeVar("T")
Column = Sequence[object]
"""The values of one column, row by row."""


def _plain(value: object) -> object:
    """What the encoder does not know as something that it knows."""
    try:
        write = _QUICK[type(value)]
    except KeyError:
        return to_json(value)
    return write(value)


_QUICK: Mapping[type, Callable[..., object]] = {
    MappingProxyType: MappingProxyType.copy,
    datetime: instant_to_json,
    date: date.isoformat,
    Money: lambda money: {"amount_minor": money.minor, "currency": money.currency},
    Loss: lru_cache(maxsize=1_024)(to_json),  # of many deals the same
}


as_json = encoder(default=_plain)
"""A value as the database keeps it."""


_OF_THE_HOUSE = (
    "id", "version", "pipeline_id", "stage_id", "removed", "given_by", "closed_from",
    "snooze_reason", "outbound_since_reply", "merged_into", "recycled_from", "rank", "created_at",
    "created_precision", "stage_entered_at", "entry_precision", "qualified_at", "closed_at",
    "last_touch_at", "last_outbound_at", "last_reply_at", "archived_at", "snoozed_until",
)  # fmt: skip
_IN_COLUMNS = {*_OF_THE_HOUSE, *(field.name for field in FIELDS if field.has_column)}


def _columns(*kinds: str) -> tuple[str, ...]:
    """The fields of some types that have a column of their name."""
    return tuple(name for name in DEAL_FIELDS if name in _IN_COLUMNS and DEAL_TYPES[name] in kinds)


SAME = _columns("str", "int", "bool")
INSTANTS = _columns("datetime")
DATES = _columns("date")
_OF_SEVERAL_COLUMNS = ("outcome", "value", "floor_value", "loss", "next_step")
_WITH_COLUMNS = {*SAME, *INSTANTS, *DATES, *_OF_SEVERAL_COLUMNS}
IN_DOC = tuple(name for name in DEAL_FIELDS if name not in _WITH_COLUMNS)
"""What has no column: lists, mappings, and each field that nothing is looked up by."""


DEALS = (
    "SELECT deal.*, stage.pipeline_id AS stands_in"
    " FROM deal LEFT JOIN stage ON stage.id = deal.stage_id"
)
"""Whole rows of deals, each with the pipeline that its stage is of."""

_NUMBERS_OF = itemgetter("id", "version", "pipeline_id", "stage_id", "rank", "outbound_since_reply")
_TEXTS_OF = itemgetter(
    *(n for n in SAME if DEAL_TYPES[n] == "str" and DEAL_DEFAULTS.get(n, "") is not None)
)
_SAME_OF = itemgetter(*SAME)
_INSTANTS_OF = itemgetter(*INSTANTS)
_DATES_OF = itemgetter(*DATES)
_same_of, _instants_of = attrgetter(*SAME), attrgetter(*INSTANTS)
_dates_of, _doc_of = attrgetter(*DATES), attrgetter(*IN_DOC)
_several_of = attrgetter("value", "floor_value", "loss", "next_step")


def stored_deal(row: Row) -> Deal:
    """The deal that a row of `DEALS` stands for; `DatabaseError` naming it where the row is such
    as nobody of ours has written."""
    try:
        if row["stands_in"] != row["pipeline_id"]:
            raise LookupError("a stage that its pipeline does not have")
        return deal_from_row(row)
    except UNREADABLE as error:
        raise of_deal(row["id"], error) from error


def deal_from_row(row: Row) -> Deal:
    """The deal that a row of the table `deal` stands for."""
    _check_types(row)
    values: dict[str, FieldValue] = {**DEAL_BLANK, **dict(zip(SAME, _SAME_OF(row), strict=True))}
    values["removed"] = bool(values["removed"])
    for name, us in zip(INSTANTS, _INSTANTS_OF(row), strict=True):
        values[name] = None if us is None else instant(us)
    for name, day in zip(DATES, _DATES_OF(row), strict=True):
        values[name] = kept_day(day)
    doc = row["doc"]
    if doc != "{}":
        for name, data in json.loads(doc).items():
            values[name] = from_json(name, data)
    values["outcome"] = Status(row["outcome"])
    values["value"] = _money(row["value_minor"], row["value_currency"])
    values["floor_value"] = _money(row["floor_minor"], row["floor_currency"])
    values["loss"], values["next_step"] = _loss(row), _next_step(row)
    return deal_of(values)


def _check_types(row: Row) -> None:
    """`TypeError` for a text among the numbers or a number among the texts, which SQLite takes."""
    sum(map(index, _NUMBERS_OF(row)))
    "".join(_TEXTS_OF(row))
    for name in ("value_minor", "floor_minor", "probability_bp"):
        if row[name] is not None:
            index(row[name])
    for name in ("value_currency", "floor_currency"):
        if row[name] is not None and len(row[name]) != 3:
            raise ValueError("a currency of other than three letters")


def event_from_row(row: Row) -> Event:
    """The event that a row of the log stands for; `DatabaseError` naming its deal where it cannot
    be read."""
    try:
        return event_from_json(
            row["kind"], instant(row["at"]), json.loads(row["data"]), undoes=bool(row["undoes"])
        )
    except UNREADABLE as error:
        raise of_deal(row["deal_id"], error) from error


def _money(minor: int | None, currency: str | None) -> Money | None:
    return None if minor is None or currency is None else Money(minor, currency)


def _loss(row: Row) -> Loss | None:
    if row["loss_category"] is None:
        return None
    return Loss(
        row["loss_category"],
        row["loss_reason"] or "",
        row["loss_competitor"] or "",
        kept_day(row["recycle_on"]),
        row["loss_objection"] or "",
    )


def _next_step(row: Row) -> NextStep | None:
    if not row["has_step"]:
        return None
    return NextStep(row["next_text"] or "", kept_day(row["next_due"]), row["next_every"] or "")


def row_from_deal(deal: Deal, updated_at: int) -> dict[str, object]:
    """The row of the table `deal` for a deal; `updated_at` in microseconds."""
    return {name: values[0] for name, values in columns_from_deals((deal,), updated_at).items()}


def columns_from_deals(deals: Sequence[Deal], updated_at: int) -> dict[str, Column]:
    """The rows of the table `deal` for some deals, as the values of each of its columns."""
    if not deals:
        return {}
    columns: dict[str, Column] = {
        **dict(zip(SAME, zip(*map(_same_of, deals), strict=True), strict=True)),
        **dict(_written(INSTANTS, map(_instants_of, deals), micros)),
        **dict(_written(DATES, map(_dates_of, deals), date.isoformat)),
    }
    values, floors, losses, steps = zip(*map(_several_of, deals), strict=True)
    words = [folded(deal) for deal in deals]
    begun = [beginning(one, WORDS_BYTES) for one in words]
    ratings = [_ratings(deal) if deal.answers else {} for deal in deals]
    columns |= {
        "live": [not deal.removed and deal.archived_at is None for deal in deals],
        "outcome": [str(deal.outcome) for deal in deals],
        "value_minor": [value and value.minor for value in values],
        "value_currency": [value and value.currency for value in values],
        "floor_minor": [floor and floor.minor for floor in floors],
        "floor_currency": [floor and floor.currency for floor in floors],
        "loss_category": [loss and loss.category for loss in losses],
        "loss_reason": [loss and loss.reason for loss in losses],
        "loss_competitor": [loss and loss.competitor for loss in losses],
        "recycle_on": [loss and to_json(loss.recycle_on) for loss in losses],
        "loss_objection": [loss and loss.objection for loss in losses],
        "has_step": [step is not None for step in steps],
        "next_text": [step and step.text for step in steps],
        "next_due": [step and to_json(step.due) for step in steps],
        "next_every": [step and step.every for step in steps],
        "answered": list(map(len, ratings)),
        "ratings": [index_key(as_json(one), RATINGS_BYTES) if one else "" for one in ratings],
        "folded": begun,
        "folded_whole": [None if a == b else b for a, b in zip(begun, words, strict=True)],
        "updated_at": [updated_at] * len(deals),
        "doc": [_doc(deal) for deal in deals],
    }
    return columns


def _written(
    names: Sequence[str], rows: Iterable[Sequence[T | None]], write: Callable[[T], object]
) -> Iterator[tuple[str, Column]]:
    """Columns of instants or days as they are kept; most hold nothing."""
    for name, column in zip(names, zip(*rows, strict=True), strict=True):
        if any(column):
            yield name, [None if value is None else write(value) for value in column]
        else:
            yield name, column


def _ratings(deal: Deal) -> dict[str, int | None]:
    """The answers that are given, by their questions in order, as they are rated."""
    return {key: one.rating for key, one in sorted(deal.answers.items()) if one.is_given}


def _doc(deal: Deal) -> str:
    doc = {name: found for name, found in zip(IN_DOC, _doc_of(deal), strict=True) if found}
    return as_json(doc) if doc else "{}"


def folded(deal: Deal) -> str:
    """What a deal is found by besides its notes, as searching compares it: a line each for what a
    card shows, the title and each person, then what was written about it, of which none is
    empty."""
    people = (f"{person.name} {person.email}" for person in deal.contacts.values())
    loss = (deal.loss.competitor, deal.loss.reason) if deal.loss else ()
    reasons = (deal.contact_reason, deal.source_detail, *deal.competitors, *loss)
    lines = map(fold, (deal.account, deal.title, *people, *reasons, deal.snooze_reason))
    return "\n".join(line for line in lines if line)
