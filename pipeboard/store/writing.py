"""The writer: what a use case may ask and store within one transaction."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from operator import index
from typing import TYPE_CHECKING, Any

from pipeboard.domain.agreements import Agreement, Contents, Topic
from pipeboard.domain.dates import micros
from pipeboard.domain.lazy_dataclass import dataclass, with_values
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.settings import Rep, Settings
from pipeboard.store.database import Database
from pipeboard.store.opening import SCHEMA
from pipeboard.store.projecting import Change, project, write_facts_anew
from pipeboard.store.reading import Reader
from pipeboard.store.reading.deals import instant_after, latest, numbered
from pipeboard.store.reading.history import COMMAND
from pipeboard.store.reading.setup import (
    TAKEN_BACK,
    pipeline_document,
    pipeline_from_data,
    pipeline_row,
    rep_row,
    stage_row,
)
from pipeboard.store.troubles import readable

if TYPE_CHECKING:
    from pipeboard.store.projecting.carrying import CarriedStage
    from pipeboard.store.projecting.staging import StagedChanges


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


class Writer:
    """Reads and writes within the transaction that `Store.write` opened."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def _count_change(self) -> None:
        self._database.change("UPDATE counter SET value = value + 1 WHERE name = 'change'")

    def instant_after(self, clock: datetime, deal_ids: Collection[int]) -> datetime:
        """The instant to change these deals at; later than `clock` where that was set back."""
        return instant_after(self._database, clock, deal_ids)

    @cached_property
    def reader(self) -> Reader:
        """Reads within the transaction: what is there once the lock is held, and what this
        transaction itself has written."""
        return Reader(self._database)

    def ahead(self, ids: Sequence[int], command_id: str) -> None:
        """Says that these deals will be asked for, and whether that command was recorded."""
        if len(ids) <= BATCH:
            self._database.ahead((latest(ids), ()), (numbered(ids), ()), (COMMAND, (command_id,)))

    def numbers(self, name: str, count: int) -> range:
        """That many fresh numbers of a kind: `deal`, `stage` or `pipeline`."""
        self._database.change("UPDATE counter SET value = value + ? WHERE name = ?", (count, name))
        last: Any = next(
            iter(self._database.record("SELECT value FROM counter WHERE name = ?", (name,))), None
        )
        with readable("the counters"):
            return range(index(last) - count + 1, index(last) + 1)

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
        self._count_change()
        self._database.began += [done.id for done in commands]
        self._database.insert(
            "command",
            [
                {name: getattr(done, name) for name in Done.__slots__}
                | {"at": micros(done.at), "undone": False, "digest": None}
                for done in commands
            ],
        )

    def add(self, done: Done, changes: Sequence[Change]) -> None:
        """Stores changes of a command that has begun."""
        takes_back = done.undoes is not None or done.redoes is not None
        project(self._database, changes, done.id, micros(done.at), takes_back=takes_back)

    def add_staged(self, stage: StagedChanges | CarriedStage) -> None:
        """Stores changes of a command that has begun and that were put together before."""
        first = self.numbers("deal", stage.highest).start if stage.highest else 1
        stage.write(first - 1)
        write_facts_anew(self._database, sorted(stage.corrected))
        self._database.told_ahead |= stage.told

    def restore(self, document: Mapping[str, object]) -> None:
        """A whole workspace out of a document, into a database that holds nothing yet."""
        from pipeboard.store.whole import restore

        restore(self._database, document)

    def save_recipe(self, source: str, recipe: str) -> None:
        """How files of that source are read from now on."""
        self._database.put("import_recipe", [{"source": source, "recipe": recipe}], key="source")

    def record_told(self, commands: Sequence[Done], changes: Sequence[Change]) -> None:
        """Stores whole histories of new deals, each event `told` by one of `commands`.

        Commands are numbered in the order of time, as if they had been recorded then, and events in
        that of their commands.
        """
        self._begin_commands(commands)
        project(self._database, changes, "", 0)

    def record_agreements(self, command_id: str, agreements: Sequence[Agreement]) -> None:
        """The log of what a command changed of the team's agreements."""
        rows = [
            {
                "command_id": command_id,
                "topic": str(agreement.topic),
                "key": json.dumps(agreement.key),
                "before": _json(agreement.before),
                "after": _json(agreement.after),
            }
            for agreement in agreements
        ]
        self._database.insert("workspace_event", rows)

    def agree(self, agreement: Agreement, at: datetime, by: str) -> None:
        """Puts what is agreed in place of what was; calls and reviews stand in the log alone."""
        from pipeboard.store.reading.agreements import IN_THE_LOG, PLACES

        if agreement.topic in IN_THE_LOG:
            self._count_change()
            return
        if agreement.topic is Topic.PIPELINE:
            self._agree_pipeline(int(agreement.key[0]), agreement.after, at, by)
            return
        if agreement.topic is Topic.SETTINGS:
            plain = dict(agreement.after or {})
            settings: dict[str, object] = {
                name: tuple(value) if isinstance(value, list) else value
                for name, value in plain.items()
            }
            self.save_settings(with_values(Settings(), settings))
            return
        place = PLACES[agreement.topic]
        key = dict(zip(place.key, agreement.key, strict=True))
        where = " AND ".join(f"{column} = :{column}" for column in place.key)
        self._database.change(f"DELETE FROM {place.table} WHERE {where}", key)
        if agreement.after is not None:
            # An older log says nothing of columns that came later: they keep their defaults.
            known = [name for name in place.contents if name in agreement.after]
            row = key | {name: agreement.after[name] for name in known}
            self._database.insert(place.table, [row])
        self._count_change()

    def _agree_pipeline(
        self, pipeline_id: int, after: Contents | None, at: datetime, by: str
    ) -> None:
        if after is None:
            self.forget_pipeline(pipeline_id)
            return
        wanted = pipeline_from_data(after)
        kept = {stage.id for stage in wanted.stages}
        present = {p.id: p for p in self.reader.pipelines()}.get(wanted.id)
        gone = [s.id for s in present.stages if s.id not in kept] if present else []
        self.forget_stages(gone)
        self.save_pipeline(wanted, at, by)

    def mark(self, command_id: str, *, undone: bool) -> None:
        """Notes on a command that it was taken back, or put again."""
        self._database.change("UPDATE command SET undone = ? WHERE id = ?", (undone, command_id))

    def begin(self, settings: Settings) -> None:
        """The rows that every database starts with."""
        names = ("deal", "stage", "pipeline", "change")
        rows = [{"name": "schema", "value": SCHEMA}] + [{"name": n, "value": 0} for n in names]
        self._database.insert("counter", rows)
        self.save_settings(settings)

    def save_settings(self, settings: Settings) -> None:
        """Every setting, as JSON values."""
        self._database.change("DELETE FROM setting")
        values = {name: getattr(settings, name) for name in Settings.__slots__}
        self._database.insert(
            "setting",
            [{"name": name, "value": json.dumps(value)} for name, value in values.items()],
        )
        self._count_change()

    def save_pipeline(self, pipeline: Pipeline, at: datetime, actor: str) -> None:
        """A pipeline with its stages, new or as the next version; no stage is ever deleted."""
        row = self._database.record("SELECT position FROM pipeline WHERE id = ?", (pipeline.id,))
        place = row[0] if row else self._database.number("SELECT count(*) FROM pipeline")
        self._database.put("pipeline", [pipeline_row(pipeline, place) | {"removed": False}])
        stages = [stage_row(s, pipeline.id, place) for place, s in enumerate(pipeline.stages)]
        self._database.put("stage", stages)
        version = {
            "pipeline_id": pipeline.id,
            "version": pipeline.version,
            "at": micros(at),
            "actor": actor,
            "document": pipeline_document(pipeline),
        }
        self._database.insert("pipeline_version", [version])
        self._count_change()

    def forget_stages(self, stage_ids: Sequence[int]) -> None:
        """Takes away stages that no deal was ever in."""
        self._database.change_each(
            "DELETE FROM stage WHERE id = ?", [(stage_id,) for stage_id in stage_ids]
        )

    def forget_pipeline(self, pipeline_id: int) -> None:
        """Takes away a pipeline; where deals that were taken back name it, out of sight."""
        one = (pipeline_id,)
        for table in ("target", "pipeline_version"):
            self._database.change(f"DELETE FROM {table} WHERE pipeline_id = ?", one)
        if not self._database.record("SELECT 1 FROM deal WHERE pipeline_id = ? LIMIT 1", one):
            self._database.change("DELETE FROM stage WHERE pipeline_id = ?", one)
            self._database.change("DELETE FROM pipeline WHERE id = ?", one)
        else:
            self._database.change(
                "UPDATE pipeline SET removed = ?, name = name || ? WHERE id = ?",
                (True, f"{TAKEN_BACK}{pipeline_id}", pipeline_id),
            )
        self._count_change()

    def save_rep(self, rep: Rep) -> None:
        """A rep, new or changed."""
        self._database.put("rep", [rep_row(rep)], key="name")
        self._count_change()


def _json(contents: Contents | None) -> str | None:
    return None if contents is None else json.dumps(contents, ensure_ascii=False)
