"""A whole database as rows, table by table, and back: for moving house, and for a second copy."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter

from pipeboard.domain.dates import instant, micros
from pipeboard.domain.deal_fields import FIELDS as DEAL_FIELDS
from pipeboard.domain.errors import BadInput, PipeboardError
from pipeboard.domain.events import Event, Kind, event_from_json, replay
from pipeboard.domain.filter_nodes import (
    Answered,
    Compare,
    Custom,
    Is,
    Leaf,
    State,
    Tag,
    These,
    Unset,
    leaves,
)
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.pipeline import Pipeline
from pipeboard.store.database import Database, Row, RowTuple
from pipeboard.store.dialect import MOVED_TO
from pipeboard.store.opening import SCHEMA, TABLES
from pipeboard.store.projecting import Change, project_rows
from pipeboard.store.projecting.facts import log_of, stored_facts, strayed_facts
from pipeboard.store.reading.facts import DEALS_AT_ONCE, read_standing
from pipeboard.store.reading.listing import Listing, read_ids
from pipeboard.store.rows import deal_from_row, event_from_row
from pipeboard.store.sql import TRUE, Sql, among, either, every, names
from pipeboard.store.troubles import UNREADABLE, readable

# What a filter would have found at an instant in the past.
#
# The deals of which it has been changed since what the filter asks are made again from their
# events, in a database in memory, and asked the very same question; all others are as they were.


@readable("the history of the deals")
def ids_at(
    database: Database, pipelines: Sequence[Pipeline], listing: Listing, as_of: datetime
) -> frozenset[int]:
    """The deals of a listing as they were at an instant."""
    asked = _says(fields_asked(listing))
    changed, born = _changed_since(database, micros(as_of), asked)
    now = frozenset(read_ids(database, pipelines, listing)) - changed - born
    if not changed:
        return now
    pipeline_id = listing.pipeline_id
    wanted = [p.id for p in pipelines if pipeline_id in (None, p.id)]
    changes = (
        change for one in wanted for change in _changes(database, one, as_of, changed, asked)
    )
    return now | _found(database, changes, pipelines, listing)


def _says(names: Collection[str] | None) -> Sql:
    """Whether an event may set one of some fields (any), or makes the deal: in its JSON a field
    stands as "value", an entry as "answers.need"; what else reads so is only looked at in vain."""
    if names is None:
        return TRUE
    begins = Sql("kind = ?", (str(Kind.CREATED),))
    return either((begins, *(Sql("data like ?", (f'%"{one}%',)) for one in sorted(names))))


def _changed_since(database: Database, us: int, asked: Sql) -> tuple[set[int], set[int]]:
    """The deals of which what is asked may have been another at an instant, and those that there
    were none of yet."""
    wanted = every((Sql("at > ?", (us,)), asked))
    is_born = f"kind = '{Kind.CREATED}' and not undoes"
    # By the log, in the order in which it lies: an index of deals would jump about in all of it.
    found = database.records(
        f"select deal_id + 0, max(case when {is_born} then 1 else 0 end) from event"
        f" where {wanted.text} group by deal_id + 0",
        wanted.values,
    )
    born = {deal_id for deal_id, is_new in found if is_new}
    back = database.column("select deal_id from deal_facts where holds_from > ?", (us,))
    return {deal_id for deal_id, is_new in found if not is_new} | set(back), born.difference(back)


_WHERE_IT_STANDS = frozenset(("pipeline_id", "archived_at", "merged_into", "removed"))
_ASKED: Mapping[str, Collection[str]] = {
    "stage": ("stage_id",),
    "owner": ("owner",),
    "account": ("account",),
    "title": ("title",),
    "pipeline": ("pipeline_id",),
    "category": ("category", "stage_id"),
    "currency": ("value",),
    "channel": ("source",),
    "lost": ("loss", "outcome"),
    "lost_reason": ("loss",),
    "value": ("value",),
    "next": ("next_step",),
    "close": ("expected_close",),
    "created": ("created_at",),
    "closed": ("closed_at", "outcome"),
    "probability": ("probability_bp", "stage_id"),
    "tag": ("tags",),
    **{one.name: (one.name,) for one in DEAL_FIELDS if one.filtered},
    "competitors": ("competitors", "loss"),
}
"""The fields of a deal that a word of a filter rests on; of other words that may be any."""
_ASKED_OF_STATES: Mapping[str, Collection[str]] = {
    "open": ("outcome",),
    "won": ("outcome",),
    "lost": ("outcome",),
    "archived": ("archived_at",),
    "snoozed": ("outcome", "snoozed_until"),
    "overdue": ("outcome", "snoozed_until", "next_step"),
}


def fields_asked(listing: Listing) -> frozenset[str] | None:
    """The fields of a deal that decide whether it is in a listing; None where that may be any."""
    found = set(_WHERE_IT_STANDS if listing.owner is None else _WHERE_IT_STANDS | {"owner"})
    for leaf in () if listing.filter.root is None else leaves(listing.filter.root):
        asked = _fields_of(leaf)
        if asked is None:
            return None
        found.update(asked)
    return frozenset(found)


def _fields_of(leaf: Leaf) -> Collection[str] | None:
    match leaf:
        case Is(word, _) | Unset(word) | Compare(word):
            return _ASKED.get(word)
        case State(name):
            return _ASKED_OF_STATES.get(name)
        case Tag():
            return ("tags",)
        case Custom():
            return ("fields",)
        case Answered():
            return ("answers",)
        case These():
            return ()
    return None


def _changes(
    database: Database, pipeline_id: int, as_of: datetime, ids: Collection[int], asked: Sql
) -> Iterator[Change]:
    """Deals from nothing to what they were at the instant, in what is asked of them."""
    events: list[Event] = []
    deal_id = 0
    for row in read_standing(database, pipeline_id, as_of, ids, asked):
        if row["deal_id"] != deal_id:
            yield from _change(deal_id, events)
            deal_id, events = row["deal_id"], []
        data = json.loads(row["data"])
        events.append(event_from_json(row["kind"], instant(row["at"]), data, undoes=False))
    yield from _change(deal_id, events)


def _change(deal_id: int, events: Sequence[Event]) -> Iterator[Change]:
    if events and events[0].kind is Kind.CREATED:
        yield Change(None, replay(events, deal_id), tuple(events))


def _found(
    database: Database, changes: Iterable[Change], pipelines: Sequence[Pipeline], listing: Listing
) -> frozenset[int]:
    """What the listing finds among these deals alone.

    They are made some at a time, and without the events that no filter asks for: however many deals
    have changed since, only the rows of those that are looked at stand in memory.
    """
    with closing(database.empty_copy()) as beside:
        remaining = iter(changes)
        while part := list(islice(remaining, DEALS_AT_ONCE)):
            project_rows(beside, part)
        return frozenset(read_ids(beside, pipelines, listing))


ROWS_AT_ONCE = 2_000


def read_rows(database: Database, table: str) -> Iterator[RowTuple]:
    """The rows of a table in the order of their keys, some at a time.

    Without the mark of a workspace that has moved: what is made of them is where it goes on.
    """
    columns, order = names(database.columns(table)), names(database.key(table))
    start = 0
    while rows := database.records(
        f"select {columns} from {table} order by {order} limit {ROWS_AT_ONCE} offset {start}"
    ):
        yield from _unmarked(table, rows)
        start += len(rows)


def _unmarked(table: str, rows: Iterable[RowTuple]) -> Iterator[RowTuple]:
    return (row for row in rows if table != "setting" or MOVED_TO not in row)


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything in a database, table by table."""

    database: Database
    schema: int = SCHEMA

    @property
    def tables(self) -> tuple[str, ...]:
        return TABLES

    def columns(self, table: str) -> tuple[str, ...]:
        return self.database.columns(table)

    def rows(self, table: str) -> Iterator[RowTuple]:
        return read_rows(self.database, table)


def restore(database: Database, document: Mapping[str, object]) -> None:
    """Fills an empty database with the rows of a document.

    Raises BadInput for a document of another schema, one that lacks a table or a column, and one
    in which a deal is not what its events made of it.
    """
    if document.get("database_schema") != SCHEMA:
        raise BadInput(
            f"The file is of schema {document.get('database_schema')}, this program of {SCHEMA}.",
            hint="Export it again with the program that you import it with.",
        )
    tables = document.get("tables")
    if not isinstance(tables, Mapping):
        raise BadInput("The file holds no tables.", hint="Export it again; it may be cut off.")
    for table in reversed(TABLES):
        database.change(f"DELETE FROM {table}")
    for table in TABLES:
        _fill(database, table, tables.get(table))
    check_deals(database)


def _fill(database: Database, table: str, content: object) -> None:
    content = content if isinstance(content, Mapping) else {}
    columns = content.get("columns")
    if not isinstance(columns, list) or sorted(columns) != sorted(database.columns(table)):
        raise BadInput(
            f"The file has no table {table} as this program keeps it.",
            hint="Export it again with the program that you import it with.",
        )
    rows = content.get("rows")
    if not isinstance(rows, list) or not all(
        isinstance(row, list)
        and len(row) == len(columns)
        and all(isinstance(value, str | int | None) for value in row)
        for row in rows
    ):
        raise BadInput(f"The rows of {table} in the file are damaged.")
    truths = [name in database.truths(table) for name in columns]
    standing = _unmarked(table, rows)
    while part := [with_truths(row, truths) for row in islice(standing, ROWS_AT_ONCE)]:
        database.fill(table, columns, part)


def with_truths(row: Sequence[object], truths: Sequence[bool]) -> RowTuple:
    """A row with yes and no where a server wants more than a number."""
    pairs = zip(row, truths, strict=True)
    return tuple(bool(v) if truth and isinstance(v, int) else v for v, truth in pairs)


def check_deals(database: Database) -> None:
    """Every deal is what its events made of it."""
    ids = database.column("SELECT id FROM deal ORDER BY id")
    for start in range(0, len(ids), DEALS_AT_ONCE):
        some = ids[start : start + DEALS_AT_ONCE]
        rows = database.rows(f"SELECT * FROM deal WHERE {among('id', some).text} ORDER BY id")
        log = log_of(database, some)
        strayed = strayed_facts(log, stored_facts(database, some))
        events = {one: list(own) for one, own in groupby(log, key=itemgetter("deal_id"))}
        for row in rows:
            if row["id"] in strayed or not _is_made(row, events.get(row["id"], ())):
                raise BadInput(
                    f"D-{row['id']} in the file is not what its history says: the file was "
                    "changed.",
                    hint="Export it again, and leave it as it is.",
                )


def _is_made(row: Row, log: Sequence[Row]) -> bool:
    try:
        return replay(map(event_from_row, log), row["id"]) == deal_from_row(row)
    except (*UNREADABLE, PipeboardError):
        return False
