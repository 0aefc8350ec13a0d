"""Whether a database is whole: SQLite's own checks, and every row that follows from the log made
again from it.

SQLite finds pages that are damaged; a text that was flipped inside a row only the log can tell.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import groupby
from operator import itemgetter

from pipeboard.domain.deal import Deal
from pipeboard.domain.errors import PipeboardError
from pipeboard.domain.events import Event, event_from_json, instant, replay
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.text import printable
from pipeboard.store import dialect
from pipeboard.store.connecting import connect
from pipeboard.store.database import Database, RowTuple
from pipeboard.store.locating import Location
from pipeboard.store.opening import SCHEMA, Identity, check_schema, schema_of
from pipeboard.store.projecting import Change, project_rows
from pipeboard.store.projecting.deals import contribution
from pipeboard.store.projecting.events import BESIDE, read_beside
from pipeboard.store.projecting.facts import strayed_facts
from pipeboard.store.reading.facts import collecting_later
from pipeboard.store.sql import among
from pipeboard.store.troubles import UNREADABLE

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
)


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something in a database that is not as this program writes it; `kind` says which check found
    it."""

    kind: str
    text: str


def check_copy(path: Location) -> list[Flaw]:
    """What is wrong with a database that nobody works in; `DatabaseError` for one that cannot be
    opened, is no database of ours, or is newer than the program.

    One of an older schema is opened and looked through, but not replayed.
    """
    with closing(connect(path, read_only=True)) as connection:
        schema = schema_of(connection, path) or 0
        check_schema(schema)
        found = path.path.stat()
        database = Database(connection, Identity(path, found.st_dev, found.st_ino, ""))
        return list(faults(database, replays=schema == SCHEMA))


def faults(database: Database, *, replays: bool = True) -> Iterator[Flaw]:
    """Everything that is wrong, the worst first; without the log where the pages are damaged."""
    pages = [str(said) for said in database.column(dialect.CHECK_PAGES)]
    broken = [said for said in pages if said != "ok"]
    yield from (Flaw("indices" if _is_of_index(said) else "pages", said) for said in broken)
    if any(not _is_of_index(said) for said in broken):
        return
    for table, count in Counter(database.column(dialect.CHECK_KEYS)).items():
        yield Flaw("keys", f"{count} rows of {table} point to nothing")
    if replays:
        yield from log_faults(database)


def _is_of_index(said: str) -> bool:
    return " index " in said and ("missing from" in said or "wrong # of entries" in said)


def log_faults(database: Database) -> Iterator[Flaw]:
    """Rows that are not what the log says, on either engine."""
    amounts: dict[tuple[int, str, str], list[int]] = {}
    strayed: list[int] = []
    with collecting_later(), closing(database.empty_copy(quick=False)) as beside:
        for some in _ids(database):
            read, unlike = _replayed(database, beside, some)
            strayed += unlike
            for deal in read:
                if (added := contribution(deal)) is not None:
                    row = amounts.setdefault(added[0], [0, 0, 0, 0])
                    amounts[added[0]] = [a + b for a, b in zip(row, added[1], strict=True)]
    if strayed:
        names = ", ".join(f"D-{one}" for one in strayed[:MOST_NAMED])
        more = f" and {len(strayed) - MOST_NAMED} more" if len(strayed) > MOST_NAMED else ""
        yield Flaw("replay", f"{names}{more}: the rows are not what the history says")
    elif amounts != _stored_totals(database):
        yield Flaw("totals", "the totals of the stages are not what their deals add up to")
    lost = database.number(
        "SELECT count(*) FROM event LEFT JOIN command ON command.id = event.command_id"
        " WHERE command.id IS NULL"
    )
    if lost:
        yield Flaw("log", f"{lost} events are of no command")


def _ids(database: Database) -> Iterator[list[int]]:
    ids = database.column("SELECT id FROM deal UNION SELECT deal_id FROM event ORDER BY 1")
    return (ids[at : at + DEALS_AT_ONCE] for at in range(0, len(ids), DEALS_AT_ONCE))


def _stored_totals(database: Database) -> dict[tuple[int, str, str], list[int]]:
    rows = database.records(
        "SELECT stage_id, owner, currency, deals, value_minor, stage_minor, hand_minor_bp"
        " FROM stage_total"
    )
    return {(row[0], row[1], row[2]): list(row[3:]) for row in rows if any(row[3:])}


def _replayed(
    database: Database, beside: Database, ids: Sequence[int]
) -> tuple[list[Deal], list[int]]:
    """Some deals as their events make them, and those whose rows are otherwise."""
    rows = database.records(
        f"SELECT deal_id, version, data, {', '.join(BESIDE)} FROM event"
        f" WHERE {among('deal_id', ids).text} ORDER BY deal_id, version"
    )
    changes: list[Change] = []
    strayed = set(ids)
    for deal_id, own in groupby(rows, key=itemgetter(0)):
        change = _change(deal_id, own)
        if change is not None:
            changes.append(change)
            strayed.discard(deal_id)
    _forget(beside)
    if not _are_taken(beside, changes):
        _forget(beside)
        strayed |= {change.after.id for change in changes if not _are_taken(beside, [change])}
    for table, key, aside in _FOLLOWING:
        stored, made = (_rows_of(one, table, key, aside, ids) for one in (database, beside))
        strayed |= {row[0] for row in stored.keys() ^ made.keys()}
        strayed |= {row[0] for row in stored.keys() & made.keys() if stored[row] != made[row]}
    strayed |= strayed_facts(database, ids)
    return [change.after for change in changes], sorted(strayed)


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


def _change(deal_id: int, rows: Iterable[RowTuple]) -> Change | None:
    """A deal from nothing to what its events make of it; None where they are no history, or where
    what numbers read beside an event is not what it says."""
    events: list[Event] = []
    try:
        for place, (_, version, said, *beside) in enumerate(rows, start=1):
            at, kind, undoes = beside[:3]
            event = event_from_json(kind, instant(at), json.loads(said), undoes=bool(undoes))
            if version != place or tuple(read_beside(event).values()) != tuple(beside):
                return None
            events.append(event)
        return Change(None, replay(events, deal_id), tuple(events))
    except (*UNREADABLE, PipeboardError):
        return None


def _rows_of(
    database: Database, table: str, key: str, aside: Sequence[str], ids: Sequence[int]
) -> Counter[RowTuple]:
    """The rows of some deals, each with the deal's number in front, and how often it is there."""
    names = ", ".join(f'"{name}"' for name in database.columns(table) if name not in aside)
    return Counter(
        database.records(f"SELECT {key}, {names} FROM {table} WHERE {among(key, ids).text}")
    )


def in_a_sentence(found: Sequence[Flaw]) -> str:
    """Faults in one sentence."""
    named = "; ".join(printable(fault.text) for fault in found[:MOST_NAMED])
    return f"{named}; and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else named
