"""The rows of deals, each written only over the version that was decided on."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from pipeboard.domain.errors import Conflict
from pipeboard.domain.events import micros
from pipeboard.store.database import Database
from pipeboard.store.dialect import is_taken
from pipeboard.store.projecting.change import Change
from pipeboard.store.rows import row_from_deal


def write_deals(database: Database, changes: Sequence[Change], at_us: int) -> None:
    """New rows, and in old ones the columns that differ.

    Raises `Conflict` when a row is no longer at the version that was decided on, or when another
    deal has the same external id.
    """
    try:
        _write(database, changes, at_us)
    except sqlite3.IntegrityError as error:
        if not is_taken(error, "external_id"):
            raise
        raise Conflict(
            "Another deal with the same external id is there already.",
            hint="It came in a second time: look for it, and keep one of the two.",
        ) from error


def _write(database: Database, changes: Sequence[Change], at_us: int) -> None:
    new = [
        row_from_deal(change.after, micros(change.events[-1].at) if change.told else at_us)
        for change in changes
        if change.before is None
    ]
    database.insert("deal", new)
    updates: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for change in changes:
        if change.before is None:
            continue
        after, before = row_from_deal(change.after, at_us), row_from_deal(change.before, 0)
        values = {name: value for name, value in after.items() if before[name] != value}
        key = {"deal_id": change.after.id, "decided_on": change.before.version}
        updates[tuple(values)].append(values | key)
    for columns, rows in updates.items():
        _update(database, columns, rows)


def _update(database: Database, columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    """The same columns of several deals in one statement."""
    setting = ", ".join(f"{name} = :{name}" for name in columns)
    found = database.change_each(
        f"UPDATE deal SET {setting} WHERE id = :deal_id AND version = :decided_on", rows
    )
    if found != len(rows):
        names = ", ".join(f"D-{row['deal_id']}" for row in rows[:3])
        more = f" or another of {len(rows)} deals" if len(rows) > 3 else ""
        raise Conflict(
            f"{names}{more} was changed by somebody else meanwhile.",
            hint="Look at it again, then repeat.",
        )
