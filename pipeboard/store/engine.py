"""The write transaction: who waits for whom, whole or not at all, and again where that helps."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, TypeVar

from pipeboard.domain.errors import DatabaseError
from pipeboard.store import dialect
from pipeboard.store.connecting import connect_to_write
from pipeboard.store.database import Database
from pipeboard.store.dialect import is_busy
from pipeboard.store.locating import Location, Place, Server
from pipeboard.store.opening import AnyIdentity, Identity, ServerIdentity, check_contents
from pipeboard.store.patience import PATIENCE_S, Patience, in_line, pause, signals_held
from pipeboard.store.sealing import seal
from pipeboard.store.troubles import as_database_error

if TYPE_CHECKING:
    from pipeboard.store.serving import ServerEngine

T = TypeVar("T")
COMMIT_PATIENCE_S = 5.0
"""How long a commit waits for readers to end, since no new one may begin meanwhile."""
_LONG_PAUSE_S = (0.5, 1.5)


def _nothing() -> None:
    """Nobody wants to know."""


class Engine:
    """The writing connections of a database: one is kept, more are made while that one is lent."""

    def __init__(self, location: Location) -> None:
        self.location = location
        self._kept: list[sqlite3.Connection] = []

    @contextmanager
    def lend(self) -> Iterator[sqlite3.Connection]:
        """A connection in no transaction; one that is left in the middle of one is given up."""
        try:
            connection = self._kept.pop()  # at once: threads may ask together
        except IndexError:
            connection = connect_to_write(self.location)
        is_whole = False
        try:
            yield connection
            is_whole = not connection.in_transaction
        finally:
            if is_whole and not self._kept:
                self._kept.append(connection)
            else:
                connection.close()

    def close(self) -> None:
        """Lets go of what is kept."""
        while self._kept:
            self._kept.pop().close()


def engine_at(location: Place) -> Engine | ServerEngine:
    """What writes to a file, or to a server."""
    if isinstance(location, Server):
        from pipeboard.store.serving import ServerEngine

        return ServerEngine(location)
    return Engine(location)


@contextmanager
def alone(connection: sqlite3.Connection, location: Location, patience: Patience) -> Iterator[None]:
    """A transaction IMMEDIATE in its turn, with nothing kept of what was read before; whatever is
    not committed inside is taken back.

    Pages that were kept could be those of a database that another has been written over since, as
    often changed.
    """
    with in_line(location) as place:
        try:
            connection.execute(dialect.FORGET_PAGES)
            patience.begin(connection, dialect.BEGIN_WRITING, location, place)
            yield
        finally:
            if connection.in_transaction:
                with suppress(sqlite3.Error):  # whoever closes the connection takes it back as well
                    connection.execute("ROLLBACK")


def write(
    engine: Engine | ServerEngine | sqlite3.Connection,
    identity: AnyIdentity,
    work: Callable[[Database], T],
    *,
    is_known: bool = True,
    patience_s: float = PATIENCE_S,
    give_up: Callable[[], bool] | None = None,
    stored: Callable[[], None] = _nothing,
) -> T:
    """Runs `work` in one short transaction once nobody else writes, again as a whole when a reader
    kept it from being committed.

    `work` carries a command id that the database holds unique, so doing it twice does it once.
    A connection that is lent instead of an engine stays open. Nothing is written to another file
    or database than the `identity`'s, unless it is to be made (not `is_known`). `stored` is called
    with the commit that changed something; no signal comes in between. Raises
    `DatabaseError` when others write for longer than `patience_s`, or when `give_up` says so.
    """
    patience = Patience(patience_s, give_up)
    if isinstance(identity, ServerIdentity):
        from pipeboard.store.serving import ServerEngine, write_to_server

        assert isinstance(engine, ServerEngine)
        return write_to_server(
            engine,
            identity,
            work,
            is_known=is_known,
            patience=patience,
            stored=stored,
        )
    assert isinstance(engine, Engine | sqlite3.Connection)
    while True:
        try:
            return _write(engine, identity, work, is_known, patience, stored)
        except (DatabaseError, sqlite3.DatabaseError) as error:
            cause = error.__cause__ if isinstance(error, DatabaseError) else error
            if not is_busy(cause):
                if isinstance(error, DatabaseError):
                    raise
                raise as_database_error(error, identity.location, "write") from error
            patience.check(identity.location)
            # Readers that the waiting commit has kept out come first now.
            pause(*_LONG_PAUSE_S, most_s=patience.most_s)


def write_once(identity: AnyIdentity, work: Callable[[Database], T], *, is_known: bool = True) -> T:
    """As `write`, with an engine for this one piece of work."""
    with closing(engine_at(identity.location)) as engine:
        return write(engine, identity, work, is_known=is_known)


def _write(
    engine: Engine | sqlite3.Connection,
    identity: Identity,
    work: Callable[[Database], T],
    is_known: bool,
    patience: Patience,
    stored: Callable[[], None],
) -> T:
    """One attempt: whole or not at all."""
    if is_known:
        identity.check_file()
    lent: AbstractContextManager[sqlite3.Connection] = (
        engine.lend() if isinstance(engine, Engine) else nullcontext(engine)
    )
    with lent as connection, alone(connection, identity.location, patience):
        before = connection.total_changes
        if is_known:
            identity.check_file()
            check_contents(identity, connection, to_write=True)
        database = Database(connection, identity)
        result = work(database)
        if connection.total_changes != before:
            seal(database)
        if is_known:
            identity.check_file()
        with signals_held():
            _commit(connection, identity.location, patience, database.began)
            if connection.total_changes != before:
                stored()
    return result


def _commit(
    connection: sqlite3.Connection, location: Location, patience: Patience, began: Sequence[str]
) -> None:
    """Commits what holds the commands that `began`; raises the driver's error where it did not.

    A disk that fails after the change was stored, as the journal is tidied up, took nothing back:
    the commands are there.
    """
    try:
        patience.commit(connection, location, COMMIT_PATIENCE_S)
    except sqlite3.DatabaseError as error:
        if is_busy(error) or not _is_stored(connection, began):
            raise


def _is_stored(connection: sqlite3.Connection, began: Sequence[str]) -> bool:
    with suppress(sqlite3.DatabaseError):
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        return bool(began and connection.execute(dialect.COMMAND, (began[0],)).fetchone())
    return False
