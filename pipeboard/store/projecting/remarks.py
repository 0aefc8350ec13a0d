"""The rows of notes and touches, marked rather than deleted when they are undone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pipeboard.domain.events import Event, Kind, micros
from pipeboard.domain.text import fold
from pipeboard.store.database import Database
from pipeboard.store.projecting.change import Change


def write_notes(database: Database, changes: Sequence[Change]) -> None:
    _put(database, "note", note_rows(changes))
    for _, event in _events_of(changes, Kind.NOTE_EDITED):
        said = event.facts["old" if event.undoes else "new"]
        database.change(
            "UPDATE note SET text = :text, folded = :folded, edited_at = :at WHERE id = :id",
            {
                "text": said,
                "folded": fold(said),
                "at": micros(event.at),
                "id": event.facts["id"],
            },
        )


def write_touches(database: Database, changes: Sequence[Change]) -> None:
    _put(database, "touch", touch_rows(changes))


Remark = tuple[bool, dict[str, Any]]
"""Whether a note or touch is taken back, and its row."""


def note_rows(changes: Sequence[Change]) -> list[Remark]:
    """The notes that the changes write or take back."""
    return [
        (
            event.undoes,
            {
                "id": event.facts["note"]["id"],
                "deal_id": deal_id,
                "author": event.facts["note"]["author"],
                "at": _micros_of(event.facts["note"]["at"]),
                "text": event.facts["note"]["text"],
                "folded": fold(event.facts["note"]["text"]),
                "edited_at": None,
                "removed": False,
            },
        )
        for deal_id, event in _events_of(changes, Kind.NOTE)
    ]


def touch_rows(changes: Sequence[Change]) -> list[Remark]:
    """The touches that the changes log or take back."""
    return [
        (
            event.undoes,
            {
                "id": event.facts["touch"]["id"],
                "deal_id": deal_id,
                "type": event.facts["touch"]["type"],
                "direction": event.facts["touch"].get("direction", ""),
                "outcome": event.facts["touch"].get("outcome", ""),
                "by": event.facts["touch"].get("by", ""),
                "at": _micros_of(event.facts["touch"]["at"]),
                "removed": False,
                "objection": event.facts["touch"].get("objection", ""),
                "variant": event.facts["touch"].get("variant", ""),
            },
        )
        for deal_id, event in _events_of(changes, Kind.TOUCH)
    ]


def _micros_of(text: str) -> int:
    return micros(datetime.fromisoformat(text))


def _put(database: Database, table: str, rows: Sequence[Remark]) -> None:
    """Notes or touches: new ones inserted, undone ones marked, redone ones brought back."""
    there = [row for undone, row in rows if not undone]
    gone = [{"id": row["id"]} for undone, row in rows if undone]
    database.insert(
        table, there, otherwise="ON CONFLICT (id) DO UPDATE SET removed = excluded.removed"
    )
    database.change_each(f"UPDATE {table} SET removed = true WHERE id = :id", gone)


def _events_of(changes: Sequence[Change], kind: Kind) -> Iterable[tuple[int, Event]]:
    return (
        (change.after.id, event)
        for change in changes
        for event in change.events
        if event.kind is kind
    )
