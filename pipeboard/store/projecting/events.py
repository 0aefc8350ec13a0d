"""The rows of the event log, with the columns that metrics ask of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from pipeboard.domain.deal import Loss, NextStep
from pipeboard.domain.events import Event, Kind, micros, to_json, value_of
from pipeboard.domain.money import Money
from pipeboard.store.database import Database
from pipeboard.store.projecting.change import Change
from pipeboard.store.rows import as_json

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue


def write_events(database: Database, changes: Sequence[Change], command_id: str) -> None:
    database.insert("event", event_rows(changes, command_id))


def event_rows(changes: Sequence[Change], command_id: str) -> list[dict[str, Any]]:
    """The rows of all events, in the order in which they are numbered."""
    rows = []
    for change in changes:
        first = change.after.version - len(change.events) + 1
        for place, event in enumerate(change.events):
            command = change.told[place] if change.told else command_id
            rows.append(event_row(event, change.after.id, first + place, command))
    if changes[0].told:
        rows.sort(key=itemgetter("at"))
    return rows


def event_row(event: Event, deal_id: int, version: int, command_id: str) -> dict[str, Any]:
    """The row of one event, but for its number."""
    value = value_of(event.after, "value", Money)
    return {
        "deal_id": deal_id,
        "version": version,
        "command_id": command_id,
        "at": micros(event.at),
        "kind": str(event.kind),
        "undoes": event.undoes,
        "stage_id": event.after.get("stage_id"),
        "value_minor": value.minor if value else None,
        "currency": value.currency if value else None,
        "on_date": to_json(_DAYS.get(event.kind, _expected_close)(event)),
        **_OF_NO_KIND,
        **(of_kind(event) if (of_kind := _OF_KIND.get(event.kind)) else _OF_NO_KIND),
        "data": _said(event),
    }


_OF_NO_KIND: Mapping[str, Any] = {
    "probability_bp": None,
    "owner": None,
    "category": None,
    "loss_category": None,
    "touch_type": None,
    "touch_direction": None,
    "has_step": None,
    "overrides": False,
}


def _said(event: Event) -> str:
    """What `event_to_json` says of an event, as text; written by the encoder without a copy."""
    said: dict[str, object] = {}
    if event.before:
        said["before"] = event.before
    if event.after:
        said["after"] = event.after
    if event.facts:
        said["facts"] = event.facts
    return as_json(said)


def _expected_close(event: Event) -> FieldValue:
    return event.after.get("expected_close")


def _next_due(event: Event) -> FieldValue:
    step = value_of(event.after, "next_step", NextStep)
    return step.due if step else None


_DAYS: Mapping[Kind, Callable[[Event], FieldValue]] = {
    **dict.fromkeys((Kind.NEXT_STEP, Kind.STEP_DONE), _next_due),
    Kind.SNOOZED: lambda event: event.after.get("snoozed_until"),
}


def _loss_of(event: Event) -> Mapping[str, Any]:
    loss = value_of(event.after, "loss", Loss)
    return {"loss_category": loss.category if loss else None}


def _touch_of(event: Event) -> Mapping[str, Any]:
    touch: Mapping[str, str] = event.facts.get("touch", {})
    return {"touch_type": touch.get("type"), "touch_direction": touch.get("direction", "")}


def _owner_of(event: Event) -> Mapping[str, Any]:
    return {"owner": str(event.after.get("owner", ""))}


def _overrides_of(event: Event) -> Mapping[str, Any]:
    return {"overrides": bool(event.facts.get("missing"))}


_OF_KIND: Mapping[Kind, Callable[[Event], Mapping[str, Any]]] = {
    Kind.PROBABILITY: lambda event: {"probability_bp": event.after.get("probability_bp")},
    Kind.CATEGORY: lambda event: {"category": to_json(event.after.get("category"))},
    Kind.NEXT_STEP: lambda event: {"has_step": event.after.get("next_step") is not None},
    Kind.LOST: _loss_of,
    Kind.TOUCH: _touch_of,
    **dict.fromkeys((Kind.CREATED, Kind.OWNER), _owner_of),
    **dict.fromkeys((Kind.MOVED, Kind.WON, Kind.REOPENED), _overrides_of),
}
"""What metrics ask of an event of its kind besides stage, money and day."""
