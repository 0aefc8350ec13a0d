"""The writer: what a use case may ask and store within one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam, insert, text
from sqlmodel import Session

from pipeboard.domain.deal import Deal
from pipeboard.domain.events import Event, event_from_json, instant, micros
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.settings import Rep, Settings
from pipeboard.domain.sheet import Entry
from pipeboard.domain.text import fold
from pipeboard.store import tables as t
from pipeboard.store.pipeline_rows import pipeline_document, pipeline_row, stage_row
from pipeboard.store.projecting import Change, project
from pipeboard.store.projecting.staging import Stage
from pipeboard.store.returning import DUE_TO_RETURN
from pipeboard.store.rows import deal_from_row
from pipeboard.store.schema import SCHEMA
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

    def deals(self, ids: Iterable[int]) -> dict[int, Deal]:
        """The deals with these ids that there are, removed ones included."""
        wanted = list(dict.fromkeys(ids))
        found: dict[int, Deal] = {}
        statement = text("SELECT * FROM deal WHERE id IN :ids").bindparams(
            bindparam("ids", expanding=True)
        )
        for start in range(0, len(wanted), BATCH):
            rows = self._session.execute(statement, {"ids": wanted[start : start + BATCH]})
            found |= {row["id"]: deal_from_row(dict(row)) for row in rows.mappings()}
        return found

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
        last = self._session.execute(
            text("SELECT value FROM counter WHERE name = :name"), {"name": name}
        ).scalar_one()
        return range(last - count + 1, last + 1)

    def record(self, done: Done, changes: Sequence[Change]) -> None:
        """Stores a command with all that it changed.

        Raises `Conflict` when a deal is no longer at the version that was decided on.
        """
        self.begin_command(done)
        self.add(done, changes)

    def begin_command(self, done: Done) -> None:
        """Stores the command itself; what it changes follows in one or more `add`."""
        self._begin_commands([done])

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
        project(self._session, changes, done.id, micros(done.at))

    def add_staged(self, stage: Stage) -> None:
        """Stores changes of a command that has begun and that were put together before."""
        count = stage.highest()
        first = self.numbers("deal", count).start if count else 1
        stage.write(first - 1)

    def restore(self, document: Mapping[str, Any]) -> None:
        """A whole workspace out of a document, into a database that holds nothing yet."""
        from pipeboard.store.whole import restore

        restore(self._session, document)

    def save_recipe(self, source: str, recipe: str) -> None:
        """How files of that source are read from now on."""
        _put(self._session, "import_recipe", [{"source": source, "recipe": recipe}], key="source")

    def record_told(self, commands: Sequence[Done], changes: Sequence[Change]) -> None:
        """Stores whole histories of new deals, each event `told` by one of `commands`.

        Commands and events are numbered in the order of time, as if they had been recorded then.
        """
        self._begin_commands(commands)
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
            found.setdefault(row["deal_id"], []).append((row["version"], _event(dict(row))))
        return found

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
                _event(row),
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
        names = ("deal", "stage", "pipeline", "change")
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

    def pipeline_version(self, pipeline_id: int) -> int | None:
        """The version of a pipeline as it is now."""
        return self._session.execute(
            text("SELECT version FROM pipeline WHERE id = :id"), {"id": pipeline_id}
        ).scalar()

    def is_pipeline(self, name: str) -> bool:
        """Whether there is a pipeline of that name."""
        names = self._session.execute(text("SELECT name FROM pipeline")).scalars()
        return any(fold(known) == fold(name) for known in names)

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
                "at": micros(at),
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


def _event(row: Mapping[str, Any]) -> Event:
    return event_from_json(
        row["kind"], instant(row["at"]), json.loads(row["data"]), undoes=bool(row["undoes"])
    )


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
