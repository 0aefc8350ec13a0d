"""Many changes put together beside the database, and brought into it in one short transaction.

What is staged lies in a private temporary database of SQLite's that is attached to the writing
connection: it has no name, no lock of it touches the real one, and it is gone with the process.
A new deal is known by a negative number until the real ones are given out.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import nan
from operator import attrgetter, itemgetter

from pipeboard.store.database import RowTuple
from pipeboard.store.opening import OF_DEALS
from pipeboard.store.projecting.deals import ADD_TOTALS, FINDABLE, Change
from pipeboard.store.projecting.events import (
    COMES_AGAIN,
    answer_rows,
    event_rows,
    note_rows,
    touch_rows,
)
from pipeboard.store.projecting.facts import ADDED, facts_rows, is_corrected
from pipeboard.store.rows import Column, columns_from_deals
from pipeboard.store.sealing import SEALED_WITH, TOLD, event_lines
from pipeboard.store.sql import names

TABLES = ("deal", "event", *OF_DEALS)
_STAGED_CACHE_KB = 8_000
_STAGED_PAGE = 16_384
_MANY_DEALS = 60_000
_TOLD_AT_ONCE = 1_000
_FEW_DEALS, _TIMES_KNOWN = 5_000, 2
_ASKED, _MANY_IN_ONE = 1_000, 10
_CACHE = ("cache_size", "cache_spill")
_CACHE_PAGES, _CACHE_FOR_MANY_PAGES = 18_001, 10_001
"""Pages that the writing transaction keeps before it spills, which shuts out readers: enough for
so many deals. Beyond, memory would grow with the file, and readers wait some seconds instead."""


@contextmanager
def staged(raw: sqlite3.Connection) -> Iterator[StagedChanges]:
    """A stage on a connection that is in no transaction; nothing of it stays."""
    raw.execute("ATTACH DATABASE '' AS staged")
    kept = {name: raw.execute(f"PRAGMA main.{name}").fetchone()[0] for name in _CACHE}
    try:
        yield StagedChanges(raw)
    finally:
        raw.rollback()
        raw.execute("DETACH DATABASE staged")
        for name, pages in kept.items():
            raw.execute(f"PRAGMA main.{name}={pages}")


class StagedChanges:
    """Changes of one command that are to be stored together."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw
        for pragma in (
            f"page_size={_STAGED_PAGE}",
            "journal_mode=OFF",
            "synchronous=OFF",
            f"cache_size=-{_STAGED_CACHE_KB}",
        ):
            raw.execute(f"PRAGMA staged.{pragma}")
        for table in TABLES:
            raw.execute(f"CREATE TABLE staged.{table} AS SELECT * FROM main.{table} WHERE 0")
        raw.execute("CREATE TABLE staged.changed AS SELECT *, 0 AS decided_on FROM deal WHERE 0")
        raw.execute("CREATE TABLE staged.rewritten (name TEXT, deal_id INTEGER)")
        raw.execute("CREATE TABLE staged.decided (deal_id INTEGER PRIMARY KEY, line INTEGER)")
        self.corrected: set[int] = set()
        """The deals whose facts may not hold any more, and are made anew."""
        self.highest = 0
        """How many numbers the new deals take, once they are summed up."""
        self.told: dict[str, Iterable[bytes]] = {}
        """By command, the events as the log is sealed with them, once they are stored."""
        raw.execute("CREATE TABLE staged.told (lines BLOB)")
        self._told_from = self._given()

    def add(
        self, changes: Sequence[Change], lines: Sequence[int], command_id: str, at_us: int
    ) -> None:
        """Puts changes of deals aside; those of new deals carry numbers below zero.

        `lines` tell where in the file each of them was decided.
        """
        self._raw.execute("BEGIN")
        decided = zip((change.after.id for change in changes), lines, strict=True)
        self._raw.executemany("INSERT INTO staged.decided VALUES (?, ?)", decided)
        new = [change for change in changes if change.before is None]
        self._insert("deal", columns_from_deals([change.after for change in new], at_us))
        self._insert("changed", _changed_columns(changes, at_us))
        events = event_rows(changes, command_id)
        self._insert_rows("event", events)
        self._tell(map(_sealed_of, events))
        self._insert_rows("deal_facts", facts_rows(changes, events))
        self.corrected.update(change.after.id for change in filter(is_corrected, changes))
        known = [change for change in changes if change.before is not None]
        for field, name, rows_of in FINDABLE:
            touched = [change for change in changes if change.differs(field)] if known else new
            deals, found = [change.after for change in touched], attrgetter(field)
            self._insert_rows(name, [row for deal in deals if found(deal) for row in rows_of(deal)])
            rewritten = [{"name": name, "deal_id": c.after.id} for c in known if c.differs(field)]
            self._insert_rows("rewritten", rewritten)
        answered = [change for change in new if change.after.answers]
        self._insert_rows("answer", answer_rows(answered, _no_answer_yet))
        self._insert_rows("note", [row for _, row in note_rows(changes)])
        self._insert_rows("touch", [row for _, row in touch_rows(changes)])
        self._raw.execute("COMMIT")

    def take_back(self, deal_ids: Sequence[int]) -> list[int]:
        """Forgets what was put aside of deals that are to be decided anew; returns their lines."""
        self._told_from = None
        ids = [(deal_id,) for deal_id in deal_ids]
        lines = [
            self._raw.execute("SELECT line FROM staged.decided WHERE deal_id = ?", one).fetchone()[
                0
            ]
            for one in ids
        ]
        for table in (*TABLES, "changed", "rewritten", "decided"):
            key = "id" if table in ("deal", "changed") else "deal_id"
            self._raw.executemany(f"DELETE FROM staged.{table} WHERE {key} = ?", ids)
        return lines

    def outdated(self) -> list[int]:
        """The deals, by the numbers that they have here, of which the database knows more by now:
        changed since they were decided on, or come in meanwhile under the same id."""
        rows = self._raw.execute(
            "SELECT staged.changed.id FROM staged.changed LEFT JOIN main.deal"
            " ON main.deal.id = staged.changed.id"
            " WHERE main.deal.version IS NOT staged.changed.decided_on"
            " UNION ALL SELECT new.id FROM staged.deal AS new JOIN main.deal AS known"
            " ON known.external_id = new.external_id"
            " AND known.external_source = new.external_source"
            " AND known.pipeline_id = new.pipeline_id"
            " WHERE new.external_id IS NOT NULL AND NOT known.removed"
        )
        return [row[0] for row in rows]

    def sum_up(self) -> None:
        """Counts and sums of what was put aside, made before anybody has to wait for them."""
        (lowest,) = self._raw.execute("SELECT min(id) FROM staged.deal").fetchone()
        self.highest = -(lowest or 0)
        for table, rows in (("owner", _OWNERS), ("total", _TOTALS)):
            self._raw.execute(f"DROP TABLE IF EXISTS staged.{table}")
            self._raw.execute(f"CREATE TABLE staged.{table} AS {rows}")
        if self._told_from != (given := self._given()):
            self._tell_anew(given)

    def _given(self) -> int | None:
        """The last number that was given to a deal; None where others give them."""
        rows = self._raw.execute("SELECT value FROM main.counter WHERE name = 'deal'").fetchall()
        return rows[0][0] if rows else None

    def _tell(self, events: Iterable[RowTuple]) -> None:
        """Writes down what the log will be sealed with, if nobody takes the next numbers before."""
        base = self._told_from
        if base is not None:
            told = [(base - row[0], *row[1:]) if row[0] < 0 else row for row in events]
            self._raw.execute("INSERT INTO staged.told VALUES (?)", (event_lines(told),))

    def _tell_anew(self, base: int | None) -> None:
        self._told_from = base
        self._raw.execute("DELETE FROM staged.told")
        events = self._raw.execute(f"SELECT {TOLD} FROM staged.event ORDER BY rowid")
        self._raw.execute("BEGIN")
        while rows := events.fetchmany(_TOLD_AT_ONCE):
            self._tell(rows)
        self._raw.execute("COMMIT")

    def _told_lines(self) -> Iterator[bytes]:
        for (lines,) in self._raw.execute("SELECT lines FROM staged.told ORDER BY rowid"):
            yield lines

    def new_owners(self) -> list[str]:
        """Those who own something here and whom the database does not know yet."""
        return [name for (name,) in self._raw.execute(_NEW_OWNERS)]

    def write(self, base: int) -> None:
        """Stores all that was put aside; the new deals are numbered on from `base`."""
        pages = _CACHE_FOR_MANY_PAGES if self.highest > _MANY_DEALS else _CACHE_PAGES
        for name in _CACHE:
            self._raw.execute(f"PRAGMA main.{name}={pages}")
        self._add_totals()
        with self._indices_made_anew():
            for table in TABLES:
                if table in REWRITTEN:
                    self._delete_rewritten(table)
                self._copy(table, base)
        self._update()
        self._raw.execute(_ADD_REPS)
        if self._told_from == base:
            (command,) = self._raw.execute("SELECT command_id FROM staged.event").fetchone()
            self.told = {command: self._told_lines()}

    @contextmanager
    def _indices_made_anew(self) -> Iterator[None]:
        """Where most deals will be new, the indices that they come into, but for those that refuse
        doubles, are sorted at once behind them: row by row they take twice as long."""
        (known,) = self._raw.execute("SELECT coalesce(max(id), 0) FROM main.deal").fetchone()
        are_most = self.highest > max(_FEW_DEALS, _TIMES_KNOWN * known)
        indices = self._used(self._raw.execute(_INDICES).fetchall()) if are_most else []
        for name, _ in indices:
            self._raw.execute(f'DROP INDEX main."{name}"')
        yield
        for _, made in indices:
            self._raw.execute(made)

    def _used(self, indices: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Of some indices those that hold many of the new deals, by a part of these: to make one
        takes a pass through all deals, also where its condition leaves it empty."""
        held = ["true", *(made.partition(" WHERE ")[2] or "true" for _, made in indices)]
        counted = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in held)
        asked, *counts = self._raw.execute(
            f"SELECT {counted} FROM (SELECT * FROM staged.deal LIMIT {_ASKED})"
        ).fetchone()
        both = zip(indices, counts, strict=True)
        return [index for index, count in both if count * _MANY_IN_ONE > asked]

    def _insert_rows(self, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        if rows:
            by_row = (row.values() for row in rows)
            self._insert(table, dict(zip(rows[0], zip(*by_row, strict=True), strict=True)))

    def _insert(self, table: str, columns: Mapping[str, Column]) -> None:
        marks = {name: mark for name, column in columns.items() if (mark := _mark(column))}
        bound = [_bound(columns[name]) for name, mark in marks.items() if mark == "?"]
        if not bound:  # no row
            return
        statement = (
            f"INSERT INTO staged.{table} ({names(marks)}) VALUES ({', '.join(marks.values())})"
        )
        self._raw.executemany(statement, zip(*bound, strict=True))

    def _copy(self, table: str, base: int) -> None:
        """Rows of a table, their deals under their real numbers."""
        key = "id" if table == "deal" else "deal_id"
        columns = [c for c in self.columns(table) if (table, c) != ("event", "seq")]
        values = ", ".join(_numbered(key, base) if name == key else f'"{name}"' for name in columns)
        self._raw.execute(
            f"INSERT INTO main.{table} ({names(columns)}) SELECT {values} FROM staged.{table}"
            f" WHERE true ORDER BY rowid {OTHERWISE.get(table, '')}"
        )

    def _delete_rewritten(self, table: str) -> None:
        self._raw.execute(
            f"DELETE FROM main.{table} WHERE deal_id IN"
            " (SELECT deal_id FROM staged.rewritten WHERE name = ?)",
            (table,),
        )

    def _update(self) -> None:
        columns = [name for name in self.columns("deal") if name != "id"]
        setting = ", ".join(f'"{name}" = changed."{name}"' for name in columns)
        self._raw.execute(
            f"UPDATE main.deal SET {setting} FROM staged.changed AS changed"
            " WHERE main.deal.id = changed.id AND main.deal.version = changed.decided_on"
        )

    def _add_totals(self) -> None:
        """What the deals bring to the totals of their stages, less what the changed ones were."""
        were = totals_that_were("id IN (SELECT id FROM staged.changed)")
        for sums in ("SELECT * FROM staged.total", were):
            self._raw.execute(add_totals_of(sums))

    def columns(self, table: str) -> list[str]:
        """The columns of a table in their order."""
        return [row[1] for row in self._raw.execute(f"PRAGMA main.table_info({table})")]


_CONTRIBUTIONS = (
    "SELECT stage_id, owner, coalesce(value_currency, '') AS currency, {sign} AS n,"
    " {sign} * coalesce(value_minor, 0) AS minor, probability_bp AS bp, live FROM {deals}"
)
_SUMS = (
    "SELECT stage_id, owner, currency, sum(n) AS deals, sum(minor) AS value_minor,"
    " sum(CASE WHEN bp IS NULL THEN minor ELSE 0 END) AS stage_minor,"
    " sum(CASE WHEN bp IS NULL THEN 0 ELSE minor * bp END) AS hand_minor_bp"
    " FROM ({counted}) AS counted WHERE live GROUP BY stage_id, owner, currency"
)
_TOTALS = _SUMS.format(
    counted=" UNION ALL ".join(
        _CONTRIBUTIONS.format(sign=1, deals=f"staged.{table}") for table in ("deal", "changed")
    )
)


def totals_that_were(changed: str) -> str:
    """What is taken from the totals for the deals of a condition, as they are until then."""
    return _SUMS.format(counted=_CONTRIBUTIONS.format(sign=-1, deals=f"deal WHERE {changed}"))


def add_totals_of(sums: str) -> str:
    """The statement that adds sums to the totals."""
    return ADD_TOTALS.format(rows=f"SELECT * FROM ({sums}) AS sums WHERE true")


OTHERWISE = {"note": COMES_AGAIN, "touch": COMES_AGAIN, "deal_facts": ADDED}
"""What becomes of rows that are there: facts go on behind them."""
_INDICES = (
    "SELECT name, sql FROM main.sqlite_master WHERE type = 'index' AND tbl_name = 'deal'"
    " AND sql NOT LIKE 'CREATE UNIQUE %' ORDER BY rowid"
)
_OWNERS = "SELECT owner FROM staged.deal UNION SELECT owner FROM staged.changed"
_NEW_OWNERS = (
    "SELECT owner FROM staged.owner"
    " WHERE owner <> '' AND owner NOT IN (SELECT name FROM main.rep) ORDER BY owner"
)
_ADD_REPS = (
    "INSERT INTO main.rep (name, display_name, team, active, role, acts_for)"
    f" SELECT owner, '', '', true, '', '' FROM ({_NEW_OWNERS})"
)
REWRITTEN = tuple(table for _, table, _ in FINDABLE)


_sealed_of = itemgetter(*SEALED_WITH)
_AT_ONCE = {str, int}
_BOUND: Mapping[object, float] = {None: nan, True: 1, False: 0}
"""What stands for values of which the driver would look for an adapter first, half a microsecond
each. SQLite takes NaN for NULL."""
_WRITTEN: Mapping[object, str] = {None: "", "": "''", True: "true", False: "false"}
"""What is quicker written into a statement than bound for each row."""


def _mark(column: Column) -> str:
    """What stands for a column in a statement: that one itself where all rows have one of few
    values, "" where they have none."""
    if not column:
        return ""
    written = _WRITTEN.get(column[0])
    return "?" if written is None or column.count(column[0]) < len(column) else written


def _bound(column: Column) -> Column:
    """The values of a column as they are bound quickest."""
    kinds = set(map(type, column))
    return column if kinds <= _AT_ONCE else [_BOUND.get(value, value) for value in column]


def _numbered(key: str, base: int) -> str:
    return f"CASE WHEN {key} < 0 THEN {int(base)} - {key} ELSE {key} END"


def _changed_columns(changes: Sequence[Change], at_us: int) -> dict[str, Column]:
    known = [(one.before.version, one.after) for one in changes if one.before is not None]
    columns = columns_from_deals([after for _, after in known], at_us)
    return columns | {"decided_on": [version for version, _ in known]}


def _no_answer_yet(change: Change, question: str) -> int:
    raise AssertionError("an import gives no answers to a deal that is there")
