"""The rows of the event log, with the columns that metrics ask of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from pipeboard.domain.events import Event, Kind, event_to_json, micros, to_json
from pipeboard.store.database import Database
from pipeboard.store.projecting.change import Change

_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


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
    value = event.after.get("value")
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
        "on_date": to_json(_day_of(event)),
        **_OF_NO_KIND,
        **_of_its_kind(event),
        "data": _as_json(event_to_json(event)),
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


def _day_of(event: Event) -> Any:
    match event.kind:
        case Kind.NEXT_STEP | Kind.STEP_DONE:
            step = event.after.get("next_step")
            return step.due if step else None
        case Kind.SNOOZED:
            return event.after.get("snoozed_until")
        case _:
            return event.after.get("expected_close")


def _of_its_kind(event: Event) -> Mapping[str, Any]:
    """What metrics ask of an event of its kind besides stage, money and day."""
    match event.kind:
        case Kind.PROBABILITY:
            return {"probability_bp": event.after.get("probability_bp")}
        case Kind.CREATED | Kind.OWNER:
            return {"owner": str(event.after.get("owner", ""))}
        case Kind.LOST:
            loss = event.after.get("loss")
            return {"loss_category": loss.category if loss else None}
        case Kind.TOUCH:
            touch: Mapping[str, str] = event.facts.get("touch", {})
            return {"touch_type": touch.get("type"), "touch_direction": touch.get("direction", "")}
        case Kind.NEXT_STEP:
            return {"has_step": event.after.get("next_step") is not None}
        case Kind.CATEGORY:
            return {"category": to_json(event.after.get("category"))}
        case Kind.MOVED | Kind.WON | Kind.REOPENED:
            return {"overrides": bool(event.facts.get("missing"))}
        case _:
            return {}
