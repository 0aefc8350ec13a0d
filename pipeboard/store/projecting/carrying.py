"""What was put together for a server, in a private database of SQLite's here, and carried over in
one short transaction: no temporary table there, which a pooler could not keep for us."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager

from pipeboard.domain.settings import Rep
from pipeboard.store.database import Database, RowTuple
from pipeboard.store.dialect import listed
from pipeboard.store.projecting.deals import ADD_TOTAL, Change
from pipeboard.store.projecting.staging import (
    OTHERWISE,
    REWRITTEN,
    TABLES,
    StagedChanges,
    add_totals_of,
    staged,
    totals_that_were,
)
from pipeboard.store.reading.setup import rep_row
from pipeboard.store.sql import among, names

_AT_ONCE = 2_000
_OWNERS = "SELECT owner FROM staged.owner WHERE owner <> '' ORDER BY owner"
_NAMED = (
    "SELECT id, external_id, external_source, pipeline_id FROM staged.deal"
    " WHERE external_id IS NOT NULL"
)


@contextmanager
def carried(reading: Database) -> Iterator[CarriedStage]:
    """A stage for the server that `reading` asks."""
    with closing(reading.empty_copy()) as beside:
        assert isinstance(beside.driver, sqlite3.Connection)
        with staged(beside.driver) as stage:
            yield CarriedStage(stage, beside.driver)


class CarriedStage:
    """Changes of one command that are to be stored together on a server; as `StagedChanges`."""

    def __init__(self, stage: StagedChanges, beside: sqlite3.Connection) -> None:
        self._stage = stage
        self._beside = beside
        self._server: Database | None = None
        self.sum_up = stage.sum_up
        self.take_back = stage.take_back
        self.told: dict[str, Iterable[bytes]] = {}
        """Nothing: the log is sealed by what the server has taken."""

    @property
    def highest(self) -> int:
        """How many numbers the new deals take, once they are summed up."""
        return self._stage.highest

    @property
    def corrected(self) -> set[int]:
        """The deals whose facts may not hold any more, and are made anew."""
        return self._stage.corrected

    def add(
        self, changes: Sequence[Change], lines: Sequence[int], command_id: str, at_us: int
    ) -> None:
        """Puts changes of deals aside; those of new deals carry numbers below zero."""
        self._stage.add(changes, lines, command_id, at_us)

    def carry_to(self, server: Database) -> None:
        """Asks that server from here on, within a transaction, and stores there."""
        self._server = server

    @property
    def server(self) -> Database:
        assert self._server is not None
        return self._server

    def outdated(self) -> list[int]:
        """The deals of which the server knows more by now, as `StagedChanges.outdated`."""
        found: list[int] = []
        for part in self._portions("SELECT id, decided_on FROM staged.changed"):
            some = among("id", (deal_id for deal_id, _ in part)).text
            there: dict[int, int] = dict(
                self.server.records(f"SELECT id, version FROM deal WHERE {some}")
            )
            found += [deal_id for deal_id, version in part if there.get(deal_id) != version]
        for part in self._portions(_NAMED):
            some_ids = listed("external_id", [row[1] for row in part])
            known = set(
                self.server.records(
                    "SELECT external_id, external_source, pipeline_id FROM deal"
                    f" WHERE NOT removed AND {some_ids.text}",
                    some_ids.values,
                )
            )
            found += [deal_id for deal_id, *name in part if tuple(name) in known]
        return found

    def new_owners(self) -> list[str]:
        """Those who own something here and whom the server does not know yet."""
        known = set(self.server.column("SELECT name FROM rep"))
        owners = (row[0] for row in self._beside.execute(_OWNERS))
        return [name for name in owners if name not in known]

    def write(self, base: int) -> None:
        """Stores all that was put aside; the new deals are numbered on from `base`."""
        changed = [row[0] for row in self._beside.execute("SELECT id FROM staged.changed")]
        self._add_totals(changed)
        for table in TABLES:
            if table in REWRITTEN:
                self._delete_rewritten(table)
            self._copy(table, base)
        self._update()
        self.server.insert("rep", [rep_row(Rep(name)) for name in self.new_owners()])

    def _portions(self, sql: str) -> Iterator[list[RowTuple]]:
        cursor = self._beside.execute(sql)
        while part := cursor.fetchmany(_AT_ONCE):
            yield [tuple(row) for row in part]

    def _add_totals(self, changed: Sequence[int]) -> None:
        if changed:  # what they were, as long as they are that
            self.server.change(add_totals_of(totals_that_were(among("id", changed).text)))
        named = ("stage", "owner", "currency", "n", "v", "p", "h")
        rows = self._beside.execute("SELECT * FROM staged.total").fetchall()
        self.server.change_each(
            ADD_TOTAL, [dict(zip(named, tuple(row), strict=True)) for row in rows]
        )

    def _delete_rewritten(self, table: str) -> None:
        rows = self._beside.execute("SELECT deal_id FROM staged.rewritten WHERE name = ?", (table,))
        self.server.change_each(
            f"DELETE FROM {table} WHERE deal_id = ?", [(deal_id,) for (deal_id,) in rows.fetchall()]
        )

    def _copy(self, table: str, base: int) -> None:
        """Rows of a table, their deals under their real numbers."""
        columns = [name for name in self._stage.columns(table) if (table, name) != ("event", "seq")]
        place = columns.index("id" if table == "deal" else "deal_id")
        for part in self._portions(f"SELECT {names(columns)} FROM staged.{table} ORDER BY rowid"):
            rows = [
                (*row[:place], base - row[place], *row[place + 1 :]) if row[place] < 0 else row
                for row in part
            ]
            if otherwise := OTHERWISE.get(table):
                rows = self._as_truths(table, columns, rows)
                named = [dict(zip(columns, row, strict=True)) for row in rows]
                self.server.insert(table, named, otherwise=otherwise)
            else:
                self.server.fill(table, columns, rows)

    def _update(self) -> None:
        columns = [name for name in self._stage.columns("deal") if name != "id"]
        setting = ", ".join(f'"{name}" = ?' for name in columns)
        asked = f"SELECT {names(columns)}, id, decided_on FROM staged.changed"
        for part in self._portions(asked):
            self.server.change_each(
                f"UPDATE deal SET {setting} WHERE id = ? AND version = ?",
                self._as_truths("deal", columns, part),
            )

    def _as_truths(
        self, table: str, columns: Sequence[str], rows: Sequence[RowTuple]
    ) -> list[RowTuple]:
        truths = {columns.index(name) for name in self.server.truths(table) if name in columns}
        return [
            tuple(bool(value) if at in truths else value for at, value in enumerate(row))
            for row in rows
        ]
