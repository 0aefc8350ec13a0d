"""Whether a database is whole: SQLite's own checks, and every row that follows from the log made
again from it.

SQLite finds pages that are damaged; a text that was flipped inside a row only the log can tell.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import groupby
from operator import itemgetter

from pipeboard.domain.counts import how_many
from pipeboard.domain.errors import DatabaseError, PipeboardError
from pipeboard.domain.events import Event, replay
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.text import few, printable
from pipeboard.store import dialect
from pipeboard.store.connecting import connect
from pipeboard.store.database import Database, Heard, Row, RowTuple, at_length, unheard
from pipeboard.store.locating import Location
from pipeboard.store.opening import SCHEMA, Identity, check_schema, schema_of
from pipeboard.store.projecting import Change, project_rows
from pipeboard.store.projecting.deals import Total, contributed
from pipeboard.store.projecting.events import BESIDE, read_beside
from pipeboard.store.projecting.facts import log_of, stored_facts, strayed_facts
from pipeboard.store.reading.facts import collecting_later
from pipeboard.store.rows import event_from_row
from pipeboard.store.sealing import check_seal
from pipeboard.store.sql import among, names
from pipeboard.store.troubles import UNREADABLE

_beside = itemgetter(*BESIDE)
DEALS_AT_ONCE = 500
MOST_NAMED = 5

# The tables whose rows follow from the events of a deal, with what ties a row to it, and columns
# that say when a row was written rather than what is so.
_FOLLOWING = (
    ("deal", "id", ("updated_at",)),
    ("deal_tag", "deal_id", ()),
    ("deal_field", "deal_id", ()),
    ("contact", "deal_id", ()),
    ("answer", "deal_id", ("replaced_at",)),
    ("note", "deal_id", ("edited_at",)),
    ("touch", "deal_id", ()),
    ("deal_ask", "deal_id", ()),
)


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something in a database that is not as this program writes it; `kind` says which check found
    it."""

    kind: str
    text: str


def check_copy(path: Location, heard: Heard = unheard) -> list[Flaw]:
    """What is wrong with a database that nobody works in; `DatabaseError` for one that cannot be
    opened, is no database of ours, or is newer than the program.

    One of an older schema is opened and looked through, but not replayed.
    """
    with closing(connect(path, read_only=True)) as connection:
        schema = schema_of(connection, path)
        if schema is None:
            raise DatabaseError(
                f"{path} has no tables.",
                hint="It is empty, or was cut off. Take another.",
                details={"reason": "empty"},
            )
        check_schema(schema)
        return list(faults(_of(connection, path), replays=schema == SCHEMA, heard=heard))


def broken_seal(connection: sqlite3.Connection, path: Location) -> str:
    """The command of a database that nobody works in at which its history is not what was sealed,
    "" where all of it is; one of an older schema is not asked."""
    if schema_of(connection, path) != SCHEMA:
        return ""
    return check_seal(_of(connection, path)).broken_at


def _of(connection: sqlite3.Connection, path: Location) -> Database:
    """A database that nobody works in, whatever its id is."""
    found = path.path.stat()
    return Database(connection, Identity(path, found.st_dev, found.st_ino, ""))


def faults(database: Database, *, replays: bool = True, heard: Heard = unheard) -> Iterator[Flaw]:
    """Everything that is wrong, the worst first; without the log where the pages are damaged."""
    pages = at_length(
        database.driver,
        lambda: list(map(str, database.column(dialect.CHECK_PAGES))),
        lambda: heard(0, 0.0, "deals"),
    )
    lines = [line for said in pages for line in said.splitlines()]
    broken = [line for line in lines if line != "ok" and not line.startswith("***")]
    yield from (Flaw("indices" if _is_of_index(said) else "pages", said) for said in broken)
    if any(not _is_of_index(said) for said in broken):
        return
    for table, count in Counter(database.column(dialect.CHECK_KEYS)).items():
        yield Flaw("keys", f"{how_many(count, 'row')} of {table} pointing to nothing")
    if replays:
        yield from log_faults(database, heard)


def _is_of_index(said: str) -> bool:
    return " index " in said and ("missing from" in said or "wrong # of entries" in said)


def log_faults(database: Database, heard: Heard = unheard) -> Iterator[Flaw]:
    """Rows that are not what the log says, on either engine.

    What is compared is read at one moment, some deals at a time: others go on to write meanwhile.
    """
    strayed: list[int] = []
    with collecting_later(), closing(database.empty_copy(quick=False)) as beside:
        beside.change(dialect.BEGIN_READING)  # each row would be a transaction of its own
        ids = database.column("SELECT id FROM deal UNION SELECT deal_id FROM event ORDER BY 1")
        for start in range(0, len(ids), DEALS_AT_ONCE):
            heard(start, start / len(ids), "deals")
            some = ids[start : start + DEALS_AT_ONCE]
            with database.snapshot():
                stored = _read(database, some)
            strayed += _strayed(stored, beside, some)
        heard(len(ids), 1.0, "deals")
    if strayed:
        refs = few([f"D-{one}" for one in strayed], MOST_NAMED)
        yield Flaw("replay", f"{refs}: the rows are not what the history says")
    elif not _are_added_up(database):
        yield Flaw("totals", "the totals of the stages are not what their deals add up to")
    lost = database.number(
        "SELECT count(*) FROM event LEFT JOIN command ON command.id = event.command_id"
        " WHERE command.id IS NULL"
    )
    if lost:
        yield Flaw("log", f"{how_many(lost, 'event is', 'events are')} of no command")


def _are_added_up(database: Database) -> bool:
    """Whether the totals of the stages are what the rows of the deals add up to."""
    amounts: dict[Total, list[int]] = {}
    with database.snapshot():
        deals = database.records(
            "SELECT stage_id, owner, value_currency, value_minor, probability_bp FROM deal"
            " WHERE NOT removed AND archived_at IS NULL"
        )
        totals = database.records(
            "SELECT stage_id, owner, currency, deals, value_minor, stage_minor, hand_minor_bp"
            " FROM stage_total"
        )
    for stage_id, owner, currency, minor, bp in deals:
        key, added = contributed(stage_id, owner, currency, minor, bp)
        row = amounts.setdefault(key, [0, 0, 0, 0])
        amounts[key] = [a + b for a, b in zip(row, added, strict=True)]
    return amounts == {row[:3]: list(row[3:]) for row in totals if any(row[3:])}


@dataclass(frozen=True, slots=True)
class _Stored:
    """What is stored of some deals at one moment: their log, and by table their rows."""

    log: list[Row]
    rows: list[Counter[RowTuple]]
    facts: set[RowTuple]


def _read(database: Database, ids: Sequence[int]) -> _Stored:
    rows = [_rows_of(database, table, key, aside, ids) for table, key, aside in _FOLLOWING]
    return _Stored(log_of(database, ids), rows, stored_facts(database, ids))


def _strayed(stored: _Stored, beside: Database, ids: Sequence[int]) -> list[int]:
    """Which of some deals have rows that are otherwise than their events make them."""
    changes: list[Change] = []
    strayed = set(ids)
    for deal_id, own in groupby(stored.log, key=itemgetter("deal_id")):
        change = _change(deal_id, own)
        if change is not None:
            changes.append(change)
            strayed.discard(deal_id)
    _forget(beside)
    if not _are_taken(beside, changes):
        _forget(beside)
        strayed |= {change.after.id for change in changes if not _are_taken(beside, [change])}
    for (table, key, aside), there in zip(_FOLLOWING, stored.rows, strict=True):
        made = _rows_of(beside, table, key, aside, ids)
        if made != there:
            strayed |= {row[0] for row in there.keys() ^ made.keys()}
            strayed |= {row[0] for row in there.keys() & made.keys() if there[row] != made[row]}
    return sorted(strayed | strayed_facts(stored.log, stored.facts))


def _forget(beside: Database) -> None:
    for table, _, _ in _FOLLOWING:
        beside.change(f"DELETE FROM {table}")


def _are_taken(beside: Database, changes: Sequence[Change]) -> bool:
    """Whether what the events say can be written down at all."""
    try:
        project_rows(beside, changes)
    except (sqlite3.Error, PipeboardError, *UNREADABLE):
        return False
    return True


def _change(deal_id: int, rows: Iterable[Row]) -> Change | None:
    """A deal from nothing to what its events make of it; None where they are no history, or where
    what numbers read beside an event is not what it says."""
    events: list[Event] = []
    try:
        for place, row in enumerate(rows, start=1):
            event = event_from_row(row)
            if row["version"] != place or tuple(read_beside(event).values()) != _beside(row):
                return None
            events.append(event)
        return Change(None, replay(events, deal_id), tuple(events))
    except (*UNREADABLE, PipeboardError):
        return None


def _rows_of(
    database: Database, table: str, key: str, aside: Sequence[str], ids: Sequence[int]
) -> Counter[RowTuple]:
    """The rows of some deals, each with the deal's number in front, and how often it is there."""
    shown = names(name for name in database.columns(table) if name not in aside)
    return Counter(
        database.records(f"SELECT {key}, {shown} FROM {table} WHERE {among(key, ids).text}")
    )


def in_a_sentence(found: Sequence[Flaw]) -> str:
    """Faults in one sentence."""
    return few([printable(fault.text) for fault in found], MOST_NAMED, "; ", "; and ")
