"""Recorded commands: what stands of them, and what may be taken back or put again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from pipeboard.domain.events import Event, instant
from pipeboard.domain.sheet import Entry
from pipeboard.store.database import Database, Row
from pipeboard.store.rows import event_from_row
from pipeboard.store.troubles import readable


@dataclass(frozen=True, slots=True)
class Recorded:
    """A command as it was recorded."""

    id: str
    verb: str
    summary: str
    at: datetime
    actor: str
    acting_as: str
    undone: bool


@readable("the history")
def read_command(database: Database, command_id: str) -> Recorded | None:
    """The command with that id, if it was ever recorded."""
    return _recorded(database.row("select * from command where id = ?", (command_id,)))


@readable("the history")
def read_undoable(database: Database, actor: str) -> Recorded | None:
    """The actor's last command that stands, undoing itself aside."""
    return _recorded(
        database.row(
            "select * from command where actor = ? and undoes is null and not undone"
            " order by seq desc limit 1",
            (actor,),
        )
    )


@readable("the history")
def read_redoable(database: Database, actor: str) -> tuple[Recorded, Recorded] | None:
    """The actor's last undo that stands, unless they did something else since, and what it took
    back."""
    undo = database.row(
        "select * from command as last where actor = ? and undoes is not null"
        " and not undone and not exists (select 1 from command as newer"
        " where newer.actor = last.actor and newer.seq > last.seq"
        " and newer.undoes is null and newer.redoes is null)"
        " order by seq desc limit 1",
        (actor,),
    )
    if undo is None:
        return None
    done = database.row("select * from command where id = ?", (undo["undoes"],))
    first, second = _recorded(undo), _recorded(done)
    return (first, second) if first and second else None


def _recorded(row: Row | None) -> Recorded | None:
    if row is None:
        return None
    return Recorded(
        row["id"],
        row["verb"],
        row["summary"],
        instant(row["at"]),
        row["actor"],
        row["acting_as"],
        bool(row["undone"]),
    )


@readable("the history")
def read_events_of(database: Database, command_id: str) -> dict[int, list[tuple[int, Event]]]:
    """The events of a command by deal, each with the version it led to, in their order."""
    rows = database.rows("select * from event where command_id = ? order by seq", (command_id,))
    found: dict[int, list[tuple[int, Event]]] = {}
    for row in rows:
        found.setdefault(row["deal_id"], []).append((row["version"], event_from_row(row)))
    return found


@readable("the history")
def read_standing_since(database: Database, deal_id: int, version: int) -> list[Entry]:
    """What was done to a deal after that version and stands, oldest first.

    A command and its undo, or an undo and its redo, cancel out where both came since.
    """
    rows = database.rows(
        "select event.*, command.at as recorded_at, command.actor, command.acting_as,"
        " command.verb, command.undoes as takes_back, command.redoes as puts_again"
        " from event join command on command.id = event.command_id"
        " where event.deal_id = ? and event.version > ? order by event.seq",
        (deal_id, version),
    )
    return [
        Entry(
            row["seq"],
            row["deal_id"],
            row["version"],
            event_from_row(row),
            row["command_id"],
            row["verb"],
            row["actor"],
            row["acting_as"],
            instant(row["recorded_at"]),
        )
        for row in _standing(rows)
    ]


def _standing(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Rows of a deal's log without the commands that later ones among them cancelled out."""
    standing: dict[str, list[Mapping[str, Any]]] = {}
    undo_of: dict[str, str] = {}
    for command_id, events in groupby(rows, key=itemgetter("command_id")):
        found = list(events)
        undone, redone = found[0]["takes_back"], found[0]["puts_again"]
        opposite = undone if undone in standing else undo_of.pop(redone, None)
        if opposite in standing:
            del standing[opposite]
            continue
        standing[command_id] = found
        if undone is not None:
            undo_of[undone] = command_id
    return [row for found in standing.values() for row in found]
