"""The write transaction on a server: one writer at a time, whole or not at all, and again where
that helps.

A commit whose answer was lost is in doubt. Whoever comes next holds the same lock, so that it is
known by then what became of it: the ids of its commands are there, or they are not.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from pipeboard.domain.errors import DatabaseError
from pipeboard.store import dialect
from pipeboard.store.database import Database
from pipeboard.store.dialect import ServerTrouble
from pipeboard.store.locating import Server
from pipeboard.store.opening import ID_AND_SCHEMA, ServerIdentity, check_contents
from pipeboard.store.patience import Patience, pause, signals_held
from pipeboard.store.postgres import LOCK_TIMEOUT_MS, ServerConnection
from pipeboard.store.projecting.deals import check_taken
from pipeboard.store.sealing import LAST_SEALED, seal
from pipeboard.store.server_driver import PASSING
from pipeboard.store.troubles import as_database_error, in_doubt

T = TypeVar("T")

_SLICE_MS = 500
"""How long a lock is waited for at a time by somebody who may give up."""
_AGAIN_S = (0.05, 0.25)
_CHANGED = "UPDATE counter SET value = value + 1 WHERE name = 'change'"


class ServerEngine:
    """The writing connections to a server: one is kept, more are made while that one is lent."""

    def __init__(self, location: Server) -> None:
        self.location = location
        self._kept: list[ServerConnection] = []

    def take(self) -> ServerConnection:
        """A connection in no transaction."""
        try:
            return self._kept.pop()  # at once: threads may ask together
        except IndexError:
            return ServerConnection(self.location, read_only=False, wait_ms=0)

    def give_back(self, connection: ServerConnection) -> None:
        """Keeps a connection for the next who asks."""
        if connection.in_transaction or self._kept:
            connection.close()
        else:
            self._kept.append(connection)

    def close(self) -> None:
        """Lets go of what is kept."""
        while self._kept:
            self._kept.pop().close()


def write_to_server(
    engine: ServerEngine,
    identity: ServerIdentity,
    work: Callable[[Database], T],
    *,
    is_known: bool,
    patience: Patience,
    stored: Callable[[], None],
) -> T:
    """As `engine.write`, on a server."""
    attempt = _Attempt(engine, identity, work, is_known, stored)
    while True:
        lock_ms = LOCK_TIMEOUT_MS if patience.give_up is None else _SLICE_MS
        left_ms = int((patience.most_s - patience.waited_s) * 1000)
        try:
            return attempt.run(max(1, min(lock_ms, left_ms)))
        except (DatabaseError, sqlite3.DatabaseError) as error:
            cause = error.__cause__ if isinstance(error, DatabaseError) else error
            if not isinstance(cause, ServerTrouble) or (
                cause.kind not in PASSING and not attempt.is_in_doubt
            ):
                if isinstance(cause, sqlite3.IntegrityError):
                    check_taken(cause)  # heard of at the next question, or at the commit
                if isinstance(error, DatabaseError):
                    raise
                raise as_database_error(error, identity.location, "write") from error
            _check(patience, identity.location, cause, is_in_doubt=attempt.is_in_doubt)
            pause(*_AGAIN_S, most_s=patience.most_s)


def _check(patience: Patience, server: Server, cause: ServerTrouble, *, is_in_doubt: bool) -> None:
    """`DatabaseError` when there is no more waiting, which tells what was waited for."""
    is_given_up = patience.give_up is not None and patience.give_up()
    if is_in_doubt and (is_given_up or patience.waited_s >= patience.most_s):
        raise in_doubt(cause, server) from cause
    if cause.kind == "busy" or is_given_up:
        patience.check(server)
    elif patience.waited_s >= patience.most_s:
        raise as_database_error(cause, server, "write") from cause


class _Attempt:
    """One piece of work, tried until it is known to be stored or known not to be."""

    def __init__(
        self,
        engine: ServerEngine,
        identity: ServerIdentity,
        work: Callable[[Database], T],
        is_known: bool,
        stored: Callable[[], None],
    ) -> None:
        self._engine = engine
        self._identity = identity
        self._work: Callable[[Database], object] = work
        self._is_known = is_known
        self._stored = stored
        self._in_doubt: Sequence[str] = ()
        self._result: object = None

    @property
    def is_in_doubt(self) -> bool:
        """Was the server told to commit, and nobody knows whether it did?"""
        return bool(self._in_doubt)

    def run(self, lock_ms: int) -> T:  # type: ignore[type-var]
        """Whole or not at all."""
        connection = self._engine.take()
        try:
            sealed = self._begin(connection, lock_ms)
            if not self._was_stored(connection):
                database = Database(connection, self._identity)
                database.log_rows = {}
                self._result = self._work(database)
                if connection.has_changed:
                    seal(database, sealed)
                with signals_held():
                    self._commit(connection, database.began)
            return self._result  # type: ignore[return-value]
        finally:
            if connection.in_transaction:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
            self._engine.give_back(connection)

    def _begin(self, connection: ServerConnection, lock_ms: int) -> str | None:
        """Takes the lock; returns the digest of the last command, None where it has none."""
        if not self._is_known:
            connection.begin_writing((), lock_ms, lock="")
            return None
        asked = (ID_AND_SCHEMA, LAST_SEALED, dialect.COMMITS_OF_OTHERS, *dialect.ALWAYS_ASKED)
        connection.begin_writing(asked, lock_ms)
        check_contents(self._identity, connection, to_write=True)
        last = connection.execute(LAST_SEALED).fetchone()
        return last[0] if last else ""

    def _was_stored(self, connection: ServerConnection) -> bool:
        """Whether the commit that is in doubt was one; asked under the lock that it held."""
        doubtful, self._in_doubt = self._in_doubt, ()
        if not doubtful or not connection.execute(dialect.COMMAND, (doubtful[0],)).fetchone():
            return False
        self._stored()
        return True

    def _commit(self, connection: ServerConnection, began: Sequence[str]) -> None:
        if connection.has_changed and self._is_known:
            connection.execute(_CHANGED)  # readers look at it to know that something is new
        has_changed = connection.has_changed
        try:
            connection.execute("COMMIT")
        except ServerTrouble as error:
            if error.kind == "lost":  # else it has said that it did not
                self._in_doubt = began
            raise
        if has_changed:
            self._stored()
