"""The writer: what a use case may ask and store within one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from operator import index, itemgetter
from typing import Any

from sqlalchemy import bindparam, insert, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from pipeboard.domain.deal import Deal
from pipeboard.domain.events import Event, instant, micros
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.settings import Rep, Settings
from pipeboard.domain.sheet import Entry
from pipeboard.store import tables as t
from pipeboard.store.instants import Instants, put_off
from pipeboard.store.pipeline_rows import pipeline_document, pipeline_row, stage_row
from pipeboard.store.projecting import Change, project
from pipeboard.store.returning import DUE_TO_RETURN
from pipeboard.store.rows import DEALS, event_from_row, stored_deal
from pipeboard.store.schema import SCHEMA
from pipeboard.store.troubles import is_no_text, of_deal, readable
from pipeboard.store.writing_targets import TargetWriter

BATCH = 500


@dataclass(frozen=True, slots=True)
class Done:
    """A command as it is recorded; `id` is made by the client and makes a retry harmless."""

    id: str
    at: datetime
    actor: str
    acting_as: str
    verb: str
    summary: str
    undoes: str | None = None
    redoes: str | None = None


@dataclass(frozen=True, slots=True)
class Doable:
    """A recorded command that may be undone or redone."""

    id: str
    verb: str
    summary: str
    at: datetime


class Writer(TargetWriter):
    """Reads and writes within the transaction that `Store.write` opened."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._instants = Instants(session)
        self._recorded_at: dict[str, datetime] = {}

    def deals(self, ids: Iterable[int]) -> dict[int, Deal]:
        """The deals with these ids that there are, removed ones included."""
        rows = self._deals(f"{DEALS} WHERE deal.id IN :keys", ids)
        return {row["id"]: stored_deal(row) for row in rows}

    def deals_by_external_id(self, ids: Iterable[str]) -> dict[str, Deal]:
        """The deals that came from another tool under these ids."""
        where = "external_id IN :keys AND NOT deal.removed"
        rows = self._deals(f"{DEALS} WHERE {where}", ids)
        return {row["external_id"]: stored_deal(row) for row in rows}

    def _deals(self, sql: str, keys: Iterable[int | str]) -> Iterator[Mapping[str, Any]]:
        """Rows of deals, some keys at a time."""
        wanted = list(dict.fromkeys(keys))
        statement = text(sql).bindparams(bindparam("keys", expanding=True))
        for start in range(0, len(wanted), BATCH):
            some = wanted[start : start + BATCH]
            try:
                rows = self._session.execute(statement, {"keys": some}).mappings().all()
            except DBAPIError as error:
                if not is_no_text(error.orig or error):
                    raise
                if len(some) > 1:
                    for one in some:  # which of them it is
                        list(self._deals(sql, (one,)))
                raise of_deal(some[0], error) from error
            yield from map(dict, rows)

    def due_to_return(self, today: date) -> list[int]:
        """The lost deals whose day to try again has come and that have not come back yet."""
        rows = self._session.execute(text(DUE_TO_RETURN), {"today": today.isoformat()})
        return list(rows.scalars())

    def numbers(self, name: str, count: int) -> range:
        """That many fresh numbers of a kind: `deal`, `stage` or `pipeline`."""
        self._session.execute(
            text("UPDATE counter SET value = value + :n WHERE name = :name"),
            {"n": count, "name": name},
        )
        last: Any = self._session.execute(
            text("SELECT value FROM counter WHERE name = :name"), {"name": name}
        ).scalar()
        with readable("the counters"):
            return range(index(last) - count + 1, index(last) + 1)

    def record(self, done: Done, changes: Sequence[Change]) -> None:
        """Stores a command with all that it changed.

        Raises `Conflict` when a deal is no longer at the version that was decided on.
        """
        self.begin_command(done)
        self.add(done, changes)

    def begin_command(self, done: Done) -> None:
        """Stores the command itself; what it changes follows in one or more `add`.

        Where the clock was set back it is recorded, with all that it changes, as of just after the
        command before it.
        """
        self._recorded_at[done.id] = self._instants.recorded(done.at)
        self._begin_commands([replace(done, at=self._recorded_at[done.id])])

    def _begin_commands(self, commands: Sequence[Done]) -> None:
        self.numbers("change", 1)
        self._session.execute(
            insert(t.CommandRow),
            [
                {
                    "id": done.id,
                    "at": micros(done.at),
                    "actor": done.actor,
                    "acting_as": done.acting_as,
                    "verb": done.verb,
                    "summary": done.summary,
                    "undoes": done.undoes,
                    "redoes": done.redoes,
                    "undone": False,
                }
                for done in commands
            ],
        )

    def add(self, done: Done, changes: Sequence[Change]) -> None:
        """Stores changes of a command that has begun."""
        at = self._recorded_at.get(done.id, done.at)
        if at != done.at:
            changes = [put_off(change, done.at, at) for change in changes]
        project(self._session, changes, done.id, micros(at))

    def record_told(self, commands: Sequence[Done], changes: Sequence[Change]) -> None:
        """Stores whole histories of new deals, each event `told` by one of `commands`.

        Commands and events are numbered in the order of time, as if they had been recorded then.
        """
        self._begin_commands(commands)
        self._instants.reached(max(done.at for done in commands))
        project(self._session, changes, "", 0)

    def summarise(self, command_id: str, summary: str) -> None:
        """The sentence of a command whose extent is known only at its end."""
        self._session.execute(
            text("UPDATE command SET summary = :summary WHERE id = :id"),
            {"summary": summary, "id": command_id},
        )

    def is_recorded(self, command_id: str) -> bool:
        """Whether that command is stored already: its answer got lost, and it came again."""
        found = self._session.execute(
            text("SELECT 1 FROM command WHERE id = :id"), {"id": command_id}
        )
        return found.first() is not None

    def mark(self, command_id: str, *, undone: bool) -> None:
        """Notes on a command that it was taken back, or put again."""
        self._session.execute(
            text("UPDATE command SET undone = :undone WHERE id = :id"),
            {"undone": undone, "id": command_id},
        )

    def events_of(self, command_id: str) -> dict[int, list[tuple[int, Event]]]:
        """The events of a command by deal, each with the version it led to, in their order."""
        rows = self._session.execute(
            text("SELECT * FROM event WHERE command_id = :id ORDER BY seq"), {"id": command_id}
        )
        found: dict[int, list[tuple[int, Event]]] = {}
        for row in rows.mappings():
            found.setdefault(row["deal_id"], []).append((row["version"], event_from_row(dict(row))))
        return found

    @readable("the history")
    def standing_since(self, deal_id: int, version: int) -> list[Entry]:
        """What was done to a deal after that version and stands, oldest first.

        A command and its undo, or an undo and its redo, cancel out where both came since.
        """
        rows = self._session.execute(
            text(
                "SELECT event.*, command.at AS recorded_at, command.actor, command.acting_as,"
                " command.verb, command.undoes AS takes_back, command.redoes AS puts_again"
                " FROM event JOIN command ON command.id = event.command_id"
                " WHERE event.deal_id = :deal AND event.version > :version ORDER BY event.seq"
            ),
            {"deal": deal_id, "version": version},
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
            for row in _standing([dict(row) for row in rows.mappings()])
        ]

    def undoable(self, actor: str) -> Doable | None:
        """The actor's last command that stands, undoing itself aside."""
        return self._doable(
            "SELECT * FROM command WHERE actor = :actor AND undoes IS NULL AND NOT undone"
            " ORDER BY seq DESC LIMIT 1",
            actor,
        )

    def redoable(self, actor: str) -> Doable | None:
        """The actor's last undo that stands, unless they did something else since."""
        return self._doable(
            "SELECT * FROM command AS last WHERE actor = :actor AND undoes IS NOT NULL"
            " AND NOT undone AND NOT EXISTS (SELECT 1 FROM command AS newer"
            " WHERE newer.actor = last.actor AND newer.seq > last.seq"
            " AND newer.undoes IS NULL AND newer.redoes IS NULL)"
            " ORDER BY seq DESC LIMIT 1",
            actor,
        )

    def undone_by(self, command_id: str) -> Doable | None:
        """The command that an undo took back."""
        return self._doable(
            "SELECT * FROM command WHERE id = (SELECT undoes FROM command WHERE id = :actor)",
            command_id,
        )

    def _doable(self, statement: str, key: str) -> Doable | None:
        row = self._session.execute(text(statement), {"actor": key}).mappings().first()
        if row is None:
            return None
        with readable("the history"):
            return Doable(row["id"], row["verb"], row["summary"], instant(row["at"]))

    def note(self, deal_id: int, note_id: str) -> Mapping[str, Any] | None:
        """The row of a note that stands."""
        rows = self._session.execute(
            text("SELECT * FROM note WHERE id = :id AND deal_id = :deal AND NOT removed"),
            {"id": note_id, "deal": deal_id},
        )
        found = rows.mappings().first()
        return dict(found) if found else None

    def begin(self, settings: Settings) -> None:
        """The rows that every database starts with."""
        names = ("deal", "stage", "pipeline", "change", "instant")
        rows = [{"name": "schema", "value": SCHEMA}] + [{"name": n, "value": 0} for n in names]
        self._session.execute(insert(t.Counter), rows)
        self.save_settings(settings)

    def save_settings(self, settings: Settings) -> None:
        """Every setting, as JSON values."""
        self._session.execute(text("DELETE FROM setting"))
        values = {name: getattr(settings, name) for name in Settings.__slots__}
        self._session.execute(
            insert(t.Setting),
            [{"name": name, "value": json.dumps(value)} for name, value in values.items()],
        )
        self.numbers("change", 1)

    def save_pipeline(self, pipeline: Pipeline, at: datetime, actor: str) -> None:
        """A pipeline with its stages, new or as the next version; no stage is ever deleted."""
        known = self._session.execute(
            text("SELECT position FROM pipeline WHERE id = :id"), {"id": pipeline.id}
        ).scalar()
        if known is None:
            known = self._session.execute(text("SELECT count(*) FROM pipeline")).scalar_one()
        _put(self._session, "pipeline", [pipeline_row(pipeline, known)])
        stages = [stage_row(s, pipeline.id, place) for place, s in enumerate(pipeline.stages)]
        _put(self._session, "stage", stages)
        self._session.execute(
            insert(t.PipelineVersion),
            {
                "pipeline_id": pipeline.id,
                "version": pipeline.version,
                "at": micros(self._instants.recorded(at)),
                "actor": actor,
                "document": pipeline_document(pipeline),
            },
        )
        self.numbers("change", 1)

    def save_filter(self, name: str, owner: str, text_: str) -> None:
        """A filter under a name; an empty text forgets it."""
        self._session.execute(
            text("DELETE FROM saved_filter WHERE name = :name AND owner = :owner"),
            {"name": name, "owner": owner},
        )
        if text_:
            row = {"name": name, "owner": owner, "filter": text_}
            self._session.execute(insert(t.SavedFilter), row)

    def save_rep(self, rep: Rep) -> None:
        """A rep, new or changed."""
        row = {name: getattr(rep, name) for name in Rep.__slots__}
        _put(self._session, "rep", [row], key="name")
        self.numbers("change", 1)


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


def _put(
    session: Session, table: str, rows: Sequence[Mapping[str, Any]], *, key: str = "id"
) -> None:
    """Inserts rows, or changes those that are there."""
    names = list(rows[0])
    values = ", ".join(f":{name}" for name in names)
    changes = ", ".join(f"{name} = excluded.{name}" for name in names if name != key)
    session.execute(
        text(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values})"
            f" ON CONFLICT ({key}) DO UPDATE SET {changes}"
        ),
        list(rows),
    )
