"""What happened: notes, touches, recorded events and the commands that they belong to."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from pipeboard.domain.corrections import as_corrected
from pipeboard.domain.dates import instant, micros
from pipeboard.domain.deal import Note, Touch
from pipeboard.domain.deal_record import DealRecord, Entry, LoggedEvent
from pipeboard.domain.events import IMPORTED, STAGE_KINDS, Event, EventData, Kind
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.people import Actor
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.queue import TOUCHES
from pipeboard.store.database import Database, Row, from_row
from pipeboard.store.reading.attention import ENTRY_KNOWN
from pipeboard.store.reading.deals import read_deal
from pipeboard.store.reading.setup import read_pipelines
from pipeboard.store.rows import event_from_row
from pipeboard.store.sql import EVERYTHING, FALSE, TRUE, Audit, Sql, every, one_of
from pipeboard.store.troubles import UNREADABLE, of_deal, readable


@dataclass(frozen=True, slots=True)
class Did:
    """A recorded command in its one sentence.

    `undone` says that it was taken back; `undoes` and `redoes` name the command that it is about.
    """

    seq: int
    id: str
    at: datetime
    actor: str
    acting_as: str
    verb: str
    summary: str
    undoes: str | None = None
    redoes: str | None = None
    undone: bool = False


COMMAND = "select * from command where id = ?"


class History:
    """What happened to the deals of a database: notes, touches, events and the commands that they
    belong to; latest first where there are many."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def notes(self, deal_id: int) -> tuple[Note, ...]:
        """The notes that stand on a deal, newest first."""
        rows = self._database.rows(
            "select id, text, author, at from note where deal_id = ? and not removed"
            " order by at desc, author desc, text desc, id desc",
            (deal_id,),
        )
        with readable(f"the notes of the deal D-{deal_id}"):
            return tuple(
                Note(row["id"], row["text"], row["author"], instant(row["at"])) for row in rows
            )

    def touches(self, deal_id: int) -> tuple[Touch, ...]:
        """The touches that stand on a deal, newest first."""
        rows = self._database.rows(
            'select id, type, direction, outcome, "by", at, objection, variant from touch'
            " where deal_id = ? and not removed order by at desc, type desc, direction desc,"
            ' outcome desc, "by" desc, objection desc, variant desc, id desc',
            (deal_id,),
        )
        with readable(f"the touches of the deal D-{deal_id}"):
            return tuple(from_row(Touch, row, at=instant(row["at"])) for row in rows)

    def entries(
        self,
        deal_id: int | None = None,
        since: datetime | None = None,
        limit: int | None = None,
        *,
        before: int | None = None,
        audit: Audit = EVERYTHING,
    ) -> tuple[Entry, ...]:
        """Did events, newest first: of one deal or of all, recorded at or after `since`, of
        the commands that an `audit` asks for.

        A page that ended with the `seq` n goes on with `before=n`.
        """
        rest = _newest_first(deal_id, self._recorded(since), before, limit, audit)
        rows = self._database.rows(
            "select event.seq, event.deal_id, event.version, event.at, event.kind, event.undoes,"
            " event.data, event.command_id, command.verb, command.actor, command.acting_as,"
            " command.at as recorded_at, command.undone"
            f" from event join command on command.id = event.command_id{rest.text}",
            rest.values,
        )
        return tuple(_entry(row) for row in rows)

    def course(self, deal_id: int) -> list[Event]:
        """The events that brought a deal to its stages and stand, oldest first, as they are known
        now."""
        stand = [entry.event for entry in reversed(self.entries(deal_id)) if entry.stands]
        return [event for event in as_corrected(stand) if event.kind in STAGE_KINDS]

    def log(
        self,
        deal_id: int | None = None,
        since: datetime | None = None,
        limit: int | None = None,
        *,
        before: int | None = None,
        audit: Audit = EVERYTHING,
    ) -> list[LoggedEvent]:
        """As `entries`, each as the log keeps it, with the owner of its deal: made into nothing
        that who hands them on would undo."""
        rest = _newest_first(deal_id, self._recorded(since), before, limit, audit)
        records = self._database.records(
            "select event.seq, event.deal_id, event.at, event.kind, event.undoes, event.data,"
            " event.command_id, command.verb, command.actor, command.acting_as, command.at,"
            " command.undone, deal.owner from event join command on command.id = event.command_id"
            f" join deal on deal.id = event.deal_id{rest.text}",
            rest.values,
        )
        return [_logged(*record) for record in records]

    def _recorded(self, since: datetime | None) -> Sql:
        """The events that were recorded at or after an instant, looked for in that part of the log
        alone: commands and events stand in one order, whatever the clock said."""
        if since is None:
            return TRUE
        us = micros(since)
        first = self._database.number("select min(seq) from command where at >= ?", (us,))
        last = self._database.number(
            "select max(seq) from event where command_id in"
            " (select id from command where seq < ? order by seq desc limit ?)",
            (first, _LOOKED_BACK),
        )
        return Sql("event.seq > ? and command.at >= ?", (last, us)) if first else FALSE

    @readable("the history")
    def commands(self, actor: Actor | None = None, limit: int | None = None) -> tuple[Did, ...]:
        """What somebody (or everybody) did, newest first, undoing and redoing included."""
        mine = TRUE if actor is None else _done_by(actor)
        most = "" if limit is None else f" limit {int(limit)}"
        rows = self._database.rows(
            "select seq, id, at, actor, acting_as, verb, summary, undoes, redoes, undone"
            f" from command where {mine.text} order by seq desc{most}",
            mine.values,
        )
        return tuple(map(_did, rows))

    @readable("the history")
    def command(self, command_id: str) -> Did | None:
        """The command with that id, if it was ever recorded."""
        row = self._database.row(COMMAND, (command_id,))
        return None if row is None else _did(row)

    @readable("the history")
    def touched_by(self, command_ids: Collection[str]) -> Sequence[int]:
        """The deal of each touch among some commands, unless it was taken back."""
        if not command_ids:
            return ()
        these, touches = one_of("command.id", command_ids), one_of("command.verb", TOUCHES)
        wanted = every((these, touches, Sql("not command.undone")))
        return self._database.column(
            "select max(event.deal_id) from command join event on event.command_id = command.id"
            f" where {wanted.text} group by command.id",
            wanted.values,
        )

    @readable("the history")
    def undoable(self, actor: Actor) -> Did | None:
        """The actor's last command that stands, undoing itself aside; of one who acts for a rep, of
        what was done for that rep: people who share an account take back what is their own."""
        mine = _done_by(actor)
        row = self._database.row(
            f"select * from command where {mine.text} and undoes is null and not undone"
            " order by seq desc limit 1",
            mine.values,
        )
        return None if row is None else _did(row)

    @readable("the history")
    def redoable(self, actor: Actor) -> tuple[Did, Did] | None:
        """The actor's last undo that stands, unless they did something else since, and what it took
        back; of one who acts for a rep as `undoable`."""
        mine = _done_by(actor)
        undo = self._database.row(
            f"select * from command where {mine.text} and undoes is not null and not undone"
            f" and seq > coalesce((select seq from command where {mine.text} and undoes is null"
            " and redoes is null order by seq desc limit 1), 0) order by seq desc limit 1",
            (*mine.values, *mine.values),
        )
        if undo is None:
            return None
        done = self._database.row(COMMAND, (undo["undoes"],))
        return None if done is None else (_did(undo), _did(done))

    @readable("the history")
    def is_redone(self, command_id: str) -> bool:
        """Whether a command that was taken back was put again, and that stands."""
        row = self._database.row(
            "select 1 from command where redoes = ? and not undone limit 1", (command_id,)
        )
        return row is not None

    @readable("the history")
    def events_of(self, command_id: str) -> dict[int, list[tuple[int, Event]]]:
        """The events of a command by deal, each with the version it led to, in their order."""
        rows = self._database.rows(
            "select * from event where command_id = ? order by seq", (command_id,)
        )
        found: dict[int, list[tuple[int, Event]]] = {}
        for row in rows:
            found.setdefault(row["deal_id"], []).append((row["version"], event_from_row(row)))
        return found

    @readable("the history")
    def standing_since(self, deal_id: int, version: int) -> list[Entry]:
        """What was done to a deal after that version and stands, oldest first.

        A command and its undo, or an undo and its redo, cancel out where both came since.
        """
        rows = self._database.rows(
            "select event.*, command.at as recorded_at, command.actor, command.acting_as,"
            " command.verb, command.undone, command.undoes as takes_back,"
            " command.redoes as puts_again"
            " from event join command on command.id = event.command_id"
            " where event.deal_id = ? and event.version > ? order by event.seq",
            (deal_id, version),
        )
        return list(map(_entry, _standing(rows)))


def read_record(
    database: Database, pipelines: Mapping[int, Pipeline], deal_id: int
) -> DealRecord | None:
    """The deal with its pipeline, notes, touches and history as of one moment; None for no deal."""
    with database.snapshot():
        deal = read_deal(database, deal_id)
        if deal is None:
            return None
        if deal.removed and deal.pipeline_id not in pipelines:  # an import was taken back
            gone = read_pipelines(database, removed=True)
            pipelines = {pipeline.id: pipeline for pipeline in gone}
        with readable(f"the pipeline of the deal D-{deal_id}"):
            pipeline = pipelines[deal.pipeline_id]
        history = History(database)
        return DealRecord(
            deal,
            pipeline,
            history.notes(deal_id),
            history.touches(deal_id),
            history.entries(deal_id),
        )


def read_objections(
    database: Database, pipeline_id: int, since_us: int, until_us: int
) -> list[tuple[int, str, int]]:
    """Deal, objection and instant of each touch and loss of a time that names one."""
    return [
        (int(deal_id), str(objection), int(at))
        for deal_id, objection, at in database.records(
            "select deal_id, objection, at from touch join deal on deal.id = deal_id"
            " where objection <> '' and not touch.removed and deal.live and pipeline_id = ?"
            " and at >= ? and at < ?"
            " union all select id, loss_objection, closed_at from deal"
            " where coalesce(loss_objection, '') <> '' and live and pipeline_id = ?"
            f" and closed_at >= ? and closed_at < ? and {ENTRY_KNOWN} order by 3, 1",
            (pipeline_id, since_us, until_us) * 2,
        )
    ]


def read_variants(database: Database, pipeline_id: int) -> list[tuple[str, int, int, int, int]]:
    """Each way of asking that was tried: on how many deals, how many of them answered after it, how
    many are closed, and how many of these are won."""
    answered = (
        "exists (select 1 from touch reply where reply.deal_id = touch.deal_id"
        " and reply.direction = 'in' and not reply.removed and reply.at > touch.at)"
    )
    return [
        (str(variant), int(deals), int(replied), int(closed), int(won))
        for variant, deals, replied, closed, won in database.records(
            "select variant, count(distinct deal_id),"
            f" count(distinct case when {answered} then deal_id end),"
            " count(distinct case when deal.outcome <> 'open' then deal_id end),"
            " count(distinct case when deal.outcome = 'won' then deal_id end)"
            " from touch join deal on deal.id = deal_id"
            " where variant <> '' and not touch.removed and deal.live and pipeline_id = ?"
            " group by variant order by variant",
            (pipeline_id,),
        )
    ]


def _logged(
    seq: int, deal_id: int, at: int, kind: str, undoes: int, said: str, *rest: Any
) -> LoggedEvent:
    try:
        data: EventData = json.loads(said)
        if kind not in _KINDS or type(data) is not dict:
            raise ValueError("no event")
        return LoggedEvent(seq, deal_id, at, kind, bool(undoes), data, '""' in said, *rest)
    except UNREADABLE as error:
        raise of_deal(deal_id, error) from error


_KINDS = frozenset(Kind)


_OVERRIDES = Sql(
    "event.overrides and not (command.verb = 'import' and event.data like ?)",
    (f'%"override":"{IMPORTED}%',),
)


_LOOKED_BACK = 100
"""Commands among which one that changed a deal is looked for."""


def _newest_first(
    deal_id: int | None,
    recorded: Sql,
    before: int | None,
    limit: int | None,
    audit: Audit,
) -> Sql:
    wanted = every(
        (
            audit.condition(_OVERRIDES),
            TRUE if deal_id is None else Sql("event.deal_id = ?", (deal_id,)),
            recorded,
            TRUE if before is None else Sql("event.seq < ?", (before,)),
        )
    )
    most = "" if limit is None else f" limit {int(limit)}"
    return Sql(f" where {wanted.text} order by event.seq desc{most}", wanted.values)


@readable("the history")
def _entry(row: Row) -> Entry:
    event, at, undone = event_from_row(row), instant(row["recorded_at"]), bool(row["undone"])
    return from_row(Entry, row, event=event, recorded_at=at, undone=undone)


def _did(row: Row) -> Did:
    return from_row(Did, row, at=instant(row["at"]), undone=bool(row["undone"]))


def _standing(rows: Sequence[Row]) -> list[Row]:
    """Rows of a deal's log without the commands that later ones among them cancelled out."""
    standing: dict[str, list[Row]] = {}
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


def _done_by(actor: Actor) -> Sql:
    """As `Actor.did` tells it."""
    if not actor.for_whom:
        return Sql("actor = ?", (actor.name,))
    return Sql("actor = ? and acting_as = ?", (actor.name, actor.for_whom))
