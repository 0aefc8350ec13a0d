"""A whole workspace to another database, of the same engine or not, and back.

It is copied under the lock of the one that it leaves, in one transaction of the one that it goes
to, and checked there by counts, by replay and by a digest before either is committed. First the
new one is committed, then the old one is marked as moved: broken off in between, the same call
finds the copy, sees that it is whole, and marks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from hashlib import sha256
from itertools import islice

from pipeboard.domain.errors import BadInput, DatabaseError, Refused
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.store import Store, dialect
from pipeboard.store.connecting import connect_at
from pipeboard.store.database import Database
from pipeboard.store.engine import write_once
from pipeboard.store.locating import Place, locate
from pipeboard.store.making import make_tables
from pipeboard.store.opening import SCHEMA, TABLES, AnyIdentity, identity_of_new, look
from pipeboard.store.whole import check_deals, read_rows, with_truths

_LAST = "SELECT seq, id FROM command ORDER BY seq DESC LIMIT 1"
_SAME = "SELECT 1 FROM command WHERE seq = ? AND id = ?"
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a workspace has gone: how many rows each table has, and the digest of them all."""

    to: str
    rows: Mapping[str, int]
    digest: str


def move(store: Store, to: str, *, dry_run: bool = False) -> Moved:
    """Copies the workspace of a store to a place, and marks the old one as moved.

    Raises `Refused` where there is another workspace, or one in which somebody has gone on to work;
    `DatabaseError` when it cannot be read or written whole, and then nothing has changed.
    """
    target = locate(to)
    if target == store.location:
        raise Refused("The workspace is there already.", hint="Name another place with --to.")

    def carry(source: Database) -> Moved:
        moved = _copied(source, target, dry_run=dry_run)
        if not dry_run:
            source.insert("setting", [{"name": dialect.MOVED_TO, "value": json.dumps(str(target))}])
        return moved

    if dry_run:
        with store.reader.snapshot():
            return carry(store.reader.whole().database)
    return store.write_whole(carry)


def contents_of(database: Database) -> tuple[dict[str, int], str]:
    """How many rows each table has, and a digest that is the same on both engines."""
    counts: dict[str, int] = {}
    digest = sha256()
    for table in TABLES:
        counts[table] = 0
        names = sorted(columns := database.columns(table))
        order = [columns.index(name) for name in names]
        digest.update(f"{table} {','.join(names)}\n".encode())
        for found in read_rows(database, table):
            counts[table] += 1
            row = [found[place] for place in order]
            digest.update(json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    return counts, digest.hexdigest()


def _copied(source: Database, target: Place, *, dry_run: bool) -> Moved:
    wanted = contents_of(source)
    moved = Moved(str(target), *wanted)
    found = look(target)
    if found is not None:
        _check_same(source, found.schema, found.identity)
        if _holds(found.identity, wanted):
            return moved
    if dry_run:
        return moved
    identity = found.identity if found else identity_of_new(target, source.identity.database_id)

    def fill(database: Database) -> None:
        if found is None:
            make_tables(database)
        else:
            if identity.engine == "postgresql":
                database.rows(dialect.LOCK_WRITING)
            _check_standing(source, database, identity)
            for table in reversed(TABLES):
                database.change(f"DELETE FROM {table}")
        for table in TABLES:
            _fill(source, database, table)
        _check(database, wanted, identity)

    write_once(identity, fill, is_known=False)
    return moved


def _check_same(source: Database, schema: int, identity: AnyIdentity) -> None:
    """`Refused` where something else stands at the place."""
    if schema != SCHEMA or identity.database_id != source.identity.database_id:
        raise Refused(
            f"There is another workspace at {identity.location}.",
            hint="Name an empty database with --to; nothing was changed.",
        )


def _holds(identity: AnyIdentity, wanted: tuple[dict[str, int], str]) -> bool:
    """Whether all of it is there already, from a call that was broken off before the mark."""
    with closing(Database(connect_at(identity.location, read_only=True), identity)) as there:
        if there.rows(f"SELECT 1 FROM setting WHERE name = '{dialect.MOVED_TO}'"):
            return False
        with there.snapshot():
            return contents_of(there) == wanted


def _check_standing(source: Database, there: Database, identity: AnyIdentity) -> None:
    """`Refused` where somebody has gone on to work in what would be written over."""
    last = there.record(_LAST)
    if last and not source.record(_SAME, last):
        raise Refused(
            f"Somebody has worked in {identity.location} since it was copied there.",
            hint="Work there, or name an empty database with --to; nothing was changed.",
        )


def _fill(source: Database, database: Database, table: str) -> None:
    columns, known = database.columns(table), source.columns(table)
    truths = [name in database.truths(table) for name in columns]
    order = [known.index(name) for name in columns]
    remaining = read_rows(source, table)
    while part := list(islice(remaining, _AT_ONCE)):
        ordered = ([row[place] for place in order] for row in part)
        database.fill(table, columns, [with_truths(row, truths) for row in ordered])


def _check(database: Database, wanted: tuple[dict[str, int], str], identity: AnyIdentity) -> None:
    """`DatabaseError` unless the copy is what was copied, and follows from its events."""
    try:
        check_deals(database)
    except BadInput as error:
        raise DatabaseError(error.message, hint="Nothing was changed.") from error
    if contents_of(database) != wanted:
        raise DatabaseError(
            f"The copy at {identity.location} is not what was copied.",
            hint="Nothing was changed, neither here nor there.",
            details={"reason": "differs"},
        )
