"""All the SQL: one `Store` for a database, what reads and what writes by plain SQL.

What writes is imported on the first write, so that the board's first frame does not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from pipeboard.domain.errors import DatabaseError, ReadOnly
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.store.connecting import connect_at
from pipeboard.store.database import Database
from pipeboard.store.locating import Place, Server, locate
from pipeboard.store.opening import (
    SCHEMA,
    AnyIdentity,
    FoundDatabase,
    identity_of_new,
    look,
    new_id,
)
from pipeboard.store.reading import Reader
from pipeboard.store.troubles import RECOVERED, translate_errors

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from pipeboard.domain.people import Actor
    from pipeboard.domain.settings import Settings
    from pipeboard.store.engine import Engine
    from pipeboard.store.projecting.carrying import CarriedStage
    from pipeboard.store.projecting.staging import StagedChanges
    from pipeboard.store.serving import ServerEngine
    from pipeboard.store.writing import Writer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Staging:
    """Changes put together beside a database, and the one way to bring them in."""

    connection: sqlite3.Connection | ServerEngine
    identity: AnyIdentity
    stage: StagedChanges | CarriedStage
    stored: Callable[[], None]

    def store(self, work: Callable[[Writer], T], *, give_up: Callable[[], bool] | None = None) -> T:
        """What `work` does within one short transaction, on the connection that has the stage."""
        from pipeboard.store.engine import write

        return write(
            self.connection,
            self.identity,
            lambda database: work(self._writer(database)),
            give_up=give_up,
            stored=self.stored,
        )

    def _writer(self, database: Database) -> Writer:
        from pipeboard.store.projecting.staging import StagedChanges
        from pipeboard.store.writing import Writer

        if not isinstance(self.stage, StagedChanges):
            self.stage.carry_to(database)
        return Writer(database)


class Store:
    """A database that is there, and the two ways into it.

    `recovered` is a sentence for the person when the last change had been cut off and was taken
    back by opening it, else empty, and `moved` one where the workspace is elsewhere by now;
    `has_stored` says whether a change was stored through it.
    """

    def __init__(
        self,
        identity: AnyIdentity,
        *,
        read_only: bool = False,
        recovered: str = "",
        moved: str = "",
    ) -> None:
        self.identity = identity
        self.read_only = read_only
        self.recovered = recovered
        self.moved = moved
        self.has_stored = False
        self._engine: Engine | ServerEngine | None = None
        self.reader = self.new_reader(None)
        """Reads everything; what people are shown is read by one that is `shown_to` them."""

    @classmethod
    def open(cls, database: str, *, read_only: bool = False) -> Store:
        """The database under a path or URL, brought up to date if it is older than the program.

        `DatabaseError` when it is missing, damaged, another program's or newer than this one.
        """
        location = locate(database)
        found = _found(location, look(location, read_only=read_only))
        recovered = RECOVERED if found.recovered else ""
        if found.schema < SCHEMA:
            _bring_up_to_date(location, found.schema, read_only=read_only)
            found = _found(location, look(location))
            _seal_the_log(found.identity)
        return cls(found.identity, read_only=read_only, recovered=recovered, moved=found.moved)

    @classmethod
    def create(
        cls,
        database: str,
        settings: Settings,
        begin: Callable[[Writer], object] = lambda writer: None,
    ) -> Store:
        """A new database with its tables, its id, its settings and whatever else `begin` writes, in
        one transaction; whole, or the place is as it was but for an empty file.

        `DatabaseError` when there is one already, also when somebody else makes it meanwhile.
        """
        from pipeboard.store.engine import write_once
        from pipeboard.store.making import make_tables
        from pipeboard.store.writing import Writer

        location = locate(database)
        if look(location) is not None:
            raise _exists(location)
        identity = identity_of_new(location, new_id())

        def make(made: Database) -> None:
            if made.has_tables():
                raise _exists(location)
            make_tables(made)
            made.insert("workspace", [{"id": identity.database_id}])
            writer = Writer(made)
            writer.begin(settings)
            begin(writer)

        write_once(identity, make, is_known=False)
        store = cls(_found(location, look(location)).identity)
        store.has_stored = True
        return store

    @property
    def location(self) -> Place:
        return self.identity.location

    @property
    def database_id(self) -> str:
        """The database's own id, url-safe, made when it was created; copies and restored backups
        have the same."""
        return self.identity.database_id

    def new_reader(self, shown_to: Actor | None, *, busy_ms: int = 5_000) -> Reader:
        """A reader of its own for another thread, of what somebody may see (None: of everything);
        it waits that long for a writer to finish."""
        self.identity.check_file()
        connection = connect_at(self.location, read_only=self.read_only, busy_ms=busy_ms)
        reader = Reader(Database(connection, self.identity), shown_to)
        try:
            if not isinstance(self.location, Server):  # a server is looked at when it is asked
                reader.check()
        except DatabaseError:
            reader.close()
            raise
        return reader

    def write(
        self,
        work: Callable[[Writer], T],
        *,
        patience_s: float | None = None,
        give_up: Callable[[], bool] | None = None,
    ) -> T:
        """What `work` does within one short transaction: all of it or nothing.

        It waits for other writers for `patience_s` (15 s unless given) or until `give_up` says
        so, which is asked some dozen times a second. Raises `ReadOnly` on a database opened for
        reading, `DatabaseError` when it stays busy or is no more the one that was opened.
        """
        from pipeboard.store.engine import write
        from pipeboard.store.patience import PATIENCE_S
        from pipeboard.store.writing import Writer

        return write(
            self._writing(),
            self.identity,
            lambda database: work(Writer(database)),
            patience_s=PATIENCE_S if patience_s is None else patience_s,
            give_up=give_up,
            stored=self._remember,
        )

    def write_whole(self, work: Callable[[Database], T]) -> T:
        """As `write`, with the database itself: for what goes through all of it."""
        from pipeboard.store.engine import write

        return write(self._writing(), self.identity, work, stored=self._remember)

    def reserve(self, kind: str, count: int) -> range:
        """Fresh numbers, as `Writer.numbers`, for what is to be stored later: no change yet."""
        from pipeboard.store.engine import write
        from pipeboard.store.writing import Writer

        return write(
            self._writing(),
            self.identity,
            lambda database: Writer(database).numbers(kind, count),
        )

    def _remember(self) -> None:
        """Something of ours is in the database, whatever becomes of us now."""
        self.has_stored = True

    def _writing(self) -> Engine | ServerEngine:
        """What writes, made when it is first needed; `ReadOnly` where nothing may."""
        if self.read_only:
            raise ReadOnly(
                "The database was opened for reading only.", hint="Open it without --read-only."
            )
        if self._engine is None:
            from pipeboard.store.engine import engine_at

            self._engine = engine_at(self.location)
        return self._engine

    @contextmanager
    def staging(self) -> Iterator[Staging]:
        """A place beside the database where many changes are put together before they are stored.

        Raises `ReadOnly` on a database opened for reading.
        """
        engine = self._writing()
        from pipeboard.store.engine import Engine
        from pipeboard.store.projecting.staging import staged

        if not isinstance(engine, Engine):
            from pipeboard.store.projecting.carrying import carried

            with carried(self.reader.whole().database) as stage:
                yield Staging(engine, self.identity, stage, self._remember)
            return
        self.identity.check_file()
        with (
            translate_errors(self.location, "write"),
            engine.lend() as connection,
            staged(connection) as stage,
        ):
            yield Staging(connection, self.identity, stage, self._remember)

    def keep_copy_before_import(self, at: datetime) -> None:
        """A backup beside the database, unless nothing is in it yet."""
        if isinstance(self.location, Server):
            return  # its own tools make copies, and one import is one command to undo
        if self.reader.numbers.last_written_pipeline() is not None:
            from pipeboard.store.backups import BEFORE_IMPORT, back_up

            back_up(self.location, at, kind=BEFORE_IMPORT, checks=False)

    def close(self) -> None:
        """Lets go of every connection."""
        self.reader.close()
        if self._engine is not None:
            self._engine.close()


def _found(location: Place, found: FoundDatabase | None) -> FoundDatabase:
    if found is None:
        raise DatabaseError(
            f"There is no database at {location}.",
            hint="Make one with 'pipeboard init', or look around with 'pipeboard demo'.",
            details={"reason": "missing"},
        )
    return found


def _exists(location: Place) -> DatabaseError:
    return DatabaseError(
        f"{location} is there already.",
        hint="Open it, or name another path with --db.",
        details={"reason": "exists"},
    )


def _bring_up_to_date(location: Place, found: int, *, read_only: bool) -> None:
    from pipeboard.store.migrating import back_up, migrate, migrate_on_server

    if read_only:
        raise ReadOnly(
            "The database is older than this Pipeboard and was opened for reading only.",
            hint="Open it once without --read-only.",
        )
    if isinstance(location, Server):
        migrate_on_server(location)
        return
    back_up(location, found)
    migrate(location)


def _seal_the_log(identity: AnyIdentity) -> None:
    from pipeboard.store.engine import write_once
    from pipeboard.store.sealing import seal

    write_once(identity, seal)
