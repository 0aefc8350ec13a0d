"""Agreements as they stand and as they came about: pipelines, reps, targets, rates, filters,
settings."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from pipeboard.domain.agreements import Agreement, AgreementEntry, Contents, Topic, contents_of
from pipeboard.domain.dates import instant, micros
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.money import Rates
from pipeboard.domain.pipeline import Pipeline
from pipeboard.store.database import Database, Row, RowTuple, from_row
from pipeboard.store.reading.setup import (
    pipeline_data,
    pipeline_from_data,
    read_pipelines,
    read_settings,
)
from pipeboard.store.sql import EVERYTHING, FALSE, TRUE, Audit, Sql, among, every
from pipeboard.store.troubles import readable

if TYPE_CHECKING:
    from fractions import Fraction


@dataclass(frozen=True, slots=True)
class AgreementTable:
    """Where a simple agreement is kept: its table, the columns of its key and of its contents."""

    table: str
    key: tuple[str, ...]
    contents: tuple[str, ...]


PLACES: Mapping[Topic, AgreementTable] = {
    Topic.REP: AgreementTable(
        "rep", ("name",), ("display_name", "team", "active", "role", "acts_for")
    ),
    Topic.TARGET: AgreementTable(
        "target", ("pipeline_id", "period", "owner", "team"), ("currency", "amount_minor")
    ),
    Topic.RATE: AgreementTable("fx_rate", ("currency", "on_date"), ("numerator", "denominator")),
    Topic.FILTER: AgreementTable("saved_filter", ("name", "owner"), ("filter",)),
}
IN_THE_LOG = frozenset((Topic.CALL, Topic.REVIEW))
"""What no table holds: the log's last word is what is agreed."""
_TRUTHS = frozenset(("active",))


@dataclass(frozen=True, slots=True)
class PipelineEdit:
    """Who led a pipeline to a version, and when."""

    version: int
    by: str
    at: datetime


class Agreements:
    """Reads agreements, and the log of their changes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def every_filter(self) -> tuple[tuple[str, str, str], ...]:
        """Name, owner and text of everybody's saved filters."""
        rows = self._database.rows(
            "select name, owner, filter from saved_filter order by owner, name"
        )
        return tuple((row["name"], row["owner"], row["filter"]) for row in rows)

    def pipelines_taken_back(self) -> tuple[Pipeline, ...]:
        """Pipelines that are there no more, but for deals that were taken back with them."""
        return read_pipelines(self._database, removed=True)

    def contents(self, topic: Topic, key: tuple[str | int, ...]) -> Contents | None:
        """What is agreed under that key now; None for nothing."""
        if topic is Topic.SETTINGS:
            return contents_of(read_settings(self._database))
        if topic is Topic.PIPELINE:
            known = {pipeline.id: pipeline for pipeline in read_pipelines(self._database)}
            found = known.get(int(key[0]))
            return None if found is None else pipeline_data(found)
        if topic in IN_THE_LOG:
            return self._last_said(topic, key)
        place = PLACES[topic]
        where = " and ".join(f"{column} = ?" for column in place.key)
        row = self._database.row(
            f"select {', '.join(place.contents)} from {place.table} where {where}", key
        )
        if row is None:
            return None
        return {name: bool(row[name]) if name in _TRUTHS else row[name] for name in place.contents}

    def _last_said(self, topic: Topic, key: tuple[str | int, ...]) -> Contents | None:
        """What the log last says of an agreement that is kept nowhere else."""
        last = self._database.row(
            "select after from workspace_event where topic = ? and key = ?"
            " order by seq desc limit 1",
            (str(topic), json.dumps(key)),
        )
        return None if last is None or last["after"] is None else dict(json.loads(last["after"]))

    def standing(self, topic: Topic) -> list[tuple[tuple[str | int, ...], Contents]]:
        """What the log last says of each agreement of a kind, those that ended left out."""
        rows = self._database.rows(
            "select key, after from workspace_event where topic = ? and seq in"
            " (select max(seq) from workspace_event where topic = ? group by key)"
            " and after is not null order by seq",
            (str(topic), str(topic)),
        )
        return [(tuple(json.loads(row["key"])), dict(json.loads(row["after"]))) for row in rows]

    def pipeline_version(self, pipeline_id: int, version: int) -> Pipeline | None:
        """The pipeline as it was in that version."""
        row = self._database.row(
            "select document from pipeline_version where pipeline_id = ? and version = ?",
            (pipeline_id, version),
        )
        return None if row is None else pipeline_from_data(json.loads(row["document"]))

    def pipeline_edits(self, pipeline_id: int, after: int) -> list[PipelineEdit]:
        """The edits of a pipeline after a version, oldest first."""
        rows = self._database.rows(
            "select version, actor, at from pipeline_version where pipeline_id = ?"
            " and version > ? order by version",
            (pipeline_id, after),
        )
        return [PipelineEdit(row["version"], row["actor"], instant(row["at"])) for row in rows]

    def of_command(self, command_id: str) -> list[tuple[int, Agreement]]:
        """The agreements that a command changed, each with its number, in their order."""
        rows = self._database.rows(
            "select * from workspace_event where command_id = ? order by seq", (command_id,)
        )
        return [(row["seq"], _agreement(row)) for row in rows]

    def entries(
        self,
        *,
        since: datetime | None = None,
        before: int | None = None,
        limit: int | None = None,
        of: Agreement | None = None,
        audit: Audit = EVERYTHING,
    ) -> tuple[AgreementEntry, ...]:
        """Recorded changes of agreements, newest first; only `of` one where it is given, and of
        the commands that an `audit` asks for.

        A page that ended with `seq` n goes on with `before=n`.
        """
        named = Sql("", ())
        if of is not None:
            named = Sql(
                "workspace_event.topic = ? and workspace_event.key = ?",
                (str(of.topic), json.dumps(of.key)),
            )
        wanted = every(
            (
                TRUE if since is None else Sql("command.at >= ?", (micros(since),)),
                TRUE if before is None else Sql("workspace_event.seq < ?", (before,)),
                named if of is not None else TRUE,
                audit.condition(FALSE),
            )
        )
        most = "" if limit is None else f" limit {int(limit)}"
        rows = self._database.rows(
            "select workspace_event.*, command.at as recorded_at, command.actor,"
            " command.acting_as, command.verb, command.summary, command.undoes, command.undone"
            " from workspace_event"
            " join command on command.id = workspace_event.command_id"
            f" where {wanted.text} order by workspace_event.seq desc{most}",
            wanted.values,
        )
        return tuple(map(_entry, rows))

    def has(self, topic: Topic) -> bool:
        """Whether anybody has ever changed something of that kind."""
        return bool(
            self._database.number(
                "select count(*) from (select 1 from workspace_event where topic = ? limit 1)"
                " as said",
                (str(topic),),
            )
        )

    def deals_in(self, stage_ids: Sequence[int]) -> dict[int, int]:
        """How many deals stand in each of these stages, archived ones left out."""
        rows = self._database.rows(
            "select stage_id, count(*) as deals from deal"
            f" where live and {among('stage_id', stage_ids).text} group by stage_id"
        )
        return {row["stage_id"]: row["deals"] for row in rows}

    def stages_ever_used(self, stage_ids: Sequence[int]) -> set[int]:
        """Which of these stages a deal has ever been in."""
        asked = among("stage_id", stage_ids).text
        return set(
            self._database.column(
                f"select stage_id from event where {asked}"
                f" union select stage_id from deal where {asked}"
            )
        )

    def deals_ever_in(self, stage_ids: Sequence[int]) -> set[int]:
        """The deals that have ever been in one of these stages."""
        asked = among("stage_id", stage_ids).text
        return set(
            self._database.column(
                f"select deal_id from event where {asked} union select id from deal where {asked}"
            )
        )

    def targets(self, *, pipeline_id: int | None = None, owner: str | None = None) -> int:
        """How many targets there are for a pipeline, or for somebody."""
        return self._database.number(
            "select count(*) from target where pipeline_id = ? or owner = ?", (pipeline_id, owner)
        )

    def deals_of(self, owner: str) -> int:
        """How many deals are somebody's, archived ones too."""
        return self._database.number(
            "select count(*) from deal where owner = ? and not removed", (owner,)
        )


def _entry(row: Row) -> AgreementEntry:
    return from_row(
        AgreementEntry,
        row,
        agreement=_agreement(row),
        recorded_at=instant(row["recorded_at"]),
        undoes=row["undoes"] is not None,
        undone=bool(row["undone"]),
    )


def _agreement(row: Row) -> Agreement:
    return Agreement(
        Topic(row["topic"]),
        tuple(json.loads(row["key"])),
        _read(row["before"]),
        _read(row["after"]),
    )


def _read(text: str | None) -> Contents | None:
    return None if text is None else json.loads(text)


# What stood at an instant.


@readable("the history of what was agreed")
def agreed_at(
    database: Database, topic: str, as_of: datetime | None
) -> Mapping[RowTuple, Contents | None]:
    """What was agreed at an instant, by key, of all that has been changed since; None for nothing.
    Empty where the log of agreements does not reach back so far."""
    if as_of is None or not database.has("workspace_event"):
        return {}
    found: dict[RowTuple, Contents | None] = {}
    for row in database.rows(
        "select workspace_event.key, workspace_event.before from workspace_event"
        " join command on command.id = workspace_event.command_id"
        " where workspace_event.topic = ? and command.at > ? order by workspace_event.seq desc",
        (topic, micros(as_of)),
    ):
        before = row["before"]
        found[tuple(json.loads(row["key"]))] = None if before is None else json.loads(before)
    return found


@readable("the exchange rates")
def read_rates(database: Database, base: str, as_of: datetime | None = None) -> Rates:
    """The exchange rates into the workspace's currency, by currency and day, as they had been
    entered by an instant (now)."""
    rows = database.rows("select currency, on_date, numerator, denominator from fx_rate")
    found: dict[RowTuple, Row | None] = {(row["currency"], row["on_date"]): row for row in rows}
    found.update(agreed_at(database, "rate", as_of))
    from fractions import Fraction

    dated: dict[str, list[tuple[date, Fraction]]] = defaultdict(list)
    for (currency, day), row in sorted(found.items()):
        if row is not None:
            rate = Fraction(row["numerator"], row["denominator"])
            dated[currency].append((date.fromisoformat(day), rate))
    return Rates(base, {currency: tuple(rates) for currency, rates in dated.items()})
