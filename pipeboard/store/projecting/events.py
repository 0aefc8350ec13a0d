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
            rows.append(_event_row(event, change.after.id, first + place, command))
    if changes[0].told:
        rows.sort(key=itemgetter("at"))
    return rows


def _event_row(event: Event, deal_id: int, version: int, command_id: str) -> dict[str, Any]:
    value = event.after.get("value")
    number = event.after.get("probability_bp") if event.kind is Kind.PROBABILITY else None
    return {
        "deal_id": deal_id,
        "version": version,
        "command_id": command_id,
        "at": micros(event.at),
        "kind": str(event.kind),
        "undoes": event.undoes,
        "stage_id": event.after.get("stage_id"),
        "value_minor": value.minor if value else number,
        "currency": value.currency if value else None,
        "on_date": to_json(_day_of(event)),
        "detail": _detail_of(event),
        "data": _as_json(event_to_json(event)),
    }


def _day_of(event: Event) -> Any:
    match event.kind:
        case Kind.NEXT_STEP:
            step = event.after.get("next_step")
            return step.due if step else None
        case Kind.SNOOZED:
            return event.after.get("snoozed_until")
        case _:
            return event.after.get("expected_close")


def _detail_of(event: Event) -> str | None:
    """The one word that metrics ask of an event besides stage, money and day."""
    match event.kind:
        case Kind.CREATED | Kind.OWNER:
            return str(event.after.get("owner", ""))
        case Kind.LOST:
            loss = event.after.get("loss")
            return loss.category if loss else None
        case Kind.TOUCH:
            touch: Mapping[str, str] = event.facts.get("touch", {})
            return f"{touch.get('type')} {touch.get('direction')}"
        case Kind.NEXT_STEP:
            return "step" if event.after.get("next_step") else None
        case Kind.CATEGORY:
            return to_json(event.after.get("category"))  # type: ignore[no-any-return]
        case Kind.MOVED | Kind.WON | Kind.REOPENED:
            return "override" if event.facts.get("missing") else None
        case _:
            return None
