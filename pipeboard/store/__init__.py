"""All the SQL: one `Store` for a database, reading by plain SQL, writing through SQLModel.

What writes is imported on the first write, so that the board's first frame does not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from pipeboard.domain.errors import DatabaseError, ReadOnly
from pipeboard.store.connecting import Location, connect, locate, make_file
from pipeboard.store.reading import Reader
from pipeboard.store.schema import SCHEMA, check_schema, stored_schema

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

    from pipeboard.domain.settings import Settings
    from pipeboard.store.projecting.staging import Stage
    from pipeboard.store.writing import Writer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Staging:
    """Changes put together beside a database, and the one way to bring them in."""

    connection: Connection
    location: Location
    stage: Stage

    def store(self, work: Callable[[Writer], T]) -> T:
        """What `work` does within one short transaction, on the connection that has the stage."""
        from pipeboard.store.engine import write
        from pipeboard.store.writing import Writer

        return write(self.connection, self.location, lambda session: work(Writer(session)))


class Store:
    """A database that is there, and the two ways into it."""

    def __init__(self, location: Location, *, read_only: bool = False) -> None:
        self.location = location
        self.read_only = read_only
        self._engine: Engine | None = None
        self.reader = self.new_reader()

    @classmethod
    def open(cls, database: str, *, read_only: bool = False) -> Store:
        """The database under a path or URL, brought up to date if it is older than the program.

        `DatabaseError` when it is missing, damaged, another program's or newer than this one.
        """
        location = locate(database)
        found = stored_schema(location)
        if found is None:
            raise DatabaseError(
                f"There is no database at {location}.",
                hint="Make one with 'pipeboard init', or look around with 'pipeboard demo'.",
                details={"reason": "missing"},
            )
        check_schema(found)
        if found < SCHEMA:
            _bring_up_to_date(location, found, read_only=read_only)
        return cls(location, read_only=read_only)

    @classmethod
    def create(cls, database: str, settings: Settings) -> Store:
        """A new, empty database; `DatabaseError` when there is one already."""
        from sqlmodel import Session, SQLModel

        from pipeboard.store import tables
        from pipeboard.store.engine import make_engine, write
        from pipeboard.store.writing import Writer

        location = locate(database)
        if stored_schema(location) is not None:
            raise DatabaseError(
                f"{location} is there already.",
                hint="Open it, or name another path with --db.",
                details={"reason": "exists"},
            )
        make_file(location)
        engine = make_engine(location)

        def make(session: Session) -> None:
            SQLModel.metadata.create_all(
                session.connection(),
                tables=[table.__table__ for table in tables.ALL],  # type: ignore[attr-defined]
            )
            Writer(session).begin(settings)

        write(engine, location, make)
        engine.dispose()
        return cls(location)

    def new_reader(self, *, busy_ms: int = 5_000) -> Reader:
        """A reader of its own for another thread; it waits that long for a writer to finish."""
        return Reader(connect(self.location, read_only=self.read_only, busy_ms=busy_ms))

    def write(self, work: Callable[[Writer], T]) -> T:
        """What `work` does within one short transaction: all of it or nothing.

        Raises `ReadOnly` on a database opened for reading, `DatabaseError` when it stays busy.
        """
        self._expect_writable()
        from pipeboard.store.engine import make_engine, write
        from pipeboard.store.writing import Writer

        if self._engine is None:
            self._engine = make_engine(self.location)
        return write(self._engine, self.location, lambda session: work(Writer(session)))

    def _expect_writable(self) -> None:
        if self.read_only:
            raise ReadOnly(
                "The database was opened for reading only.", hint="Open it without --read-only."
            )

    @contextmanager
    def staging(self) -> Iterator[Staging]:
        """A place beside the database where many changes are put together before they are stored.

        Raises `ReadOnly` on a database opened for reading.
        """
        self._expect_writable()
        from pipeboard.store.engine import make_engine
        from pipeboard.store.projecting.staging import staged

        if self._engine is None:
            self._engine = make_engine(self.location)
        with self._engine.connect() as connection, staged(connection) as stage:
            yield Staging(connection, self.location, stage)

    def close(self) -> None:
        """Lets go of every connection."""
        self.reader.close()
        if self._engine is not None:
            self._engine.dispose()


def _bring_up_to_date(location: Location, found: int, *, read_only: bool) -> None:
    from pipeboard.store.engine import make_engine
    from pipeboard.store.migrating import back_up, migrate

    if read_only:
        raise ReadOnly(
            "The database is older than this Pipeboard and was opened for reading only.",
            hint="Open it once without --read-only.",
        )
    back_up(location, found)
    engine = make_engine(location)
    migrate(engine, location)
    engine.dispose()
