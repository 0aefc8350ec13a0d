"""SQLAlchemy's engine over the one connection set-up, and the write transaction."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, create_engine

from pipeboard.domain.errors import DatabaseError
from pipeboard.store.committing import signals_held
from pipeboard.store.connecting import BUSY_MS, prepare
from pipeboard.store.identity import Identity
from pipeboard.store.locating import Location
from pipeboard.store.troubles import busy, in_words

T = TypeVar("T")
PATIENCE_S = 15.0
COMMIT_PATIENCE_S = 5.0
"""How long a commit waits for readers to end, since no new one may begin meanwhile."""
_PAUSE_S = (0.004, 0.030)
_LONG_PAUSE_S = (0.5, 1.5)


def _never() -> bool:
    return False


def _nothing() -> None:
    """Nobody wants to know."""


@dataclass(slots=True)
class Patience:
    """How long a writer waits for others, and whether somebody still wants it to.

    Everybody asks again after a short time by chance, however long they have waited: SQLite's own
    waiting asks ever more seldom, so that whoever came last is served first.
    """

    most_s: float = PATIENCE_S
    give_up: Callable[[], bool] = _never
    _started: float = field(default_factory=time.monotonic)

    @property
    def waited_s(self) -> float:
        return time.monotonic() - self._started

    def check(self, location: Location) -> None:
        """`DatabaseError` when there is no more waiting."""
        if self.give_up():
            error = busy(location, "write")
            raise DatabaseError(
                "Given up: nothing was stored.", details={**error.details, "reason": "given_up"}
            )
        if self.waited_s >= self.most_s:
            raise busy(location, "write")

    def through(
        self, connection: sqlite3.Connection, statement: str, location: Location, most_s: float
    ) -> None:
        """Executes a statement as soon as nobody is in its way, within `most_s` at most."""
        started = time.monotonic()
        connection.execute("PRAGMA busy_timeout=0")
        try:
            while True:
                try:
                    connection.execute(statement)
                except sqlite3.OperationalError as error:
                    if not _is_busy(error) or time.monotonic() - started > most_s:
                        raise
                    self.check(location)
                    time.sleep(random.uniform(*_PAUSE_S))
                else:
                    return
        finally:
            connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")


def _is_busy(error: BaseException | None) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def make_engine(location: Location) -> Engine:
    """An engine whose transactions begin IMMEDIATE, with nothing kept of what was read before.

    A deferred BEGIN would fail most read-then-write attempts at once, since SQLite does not wait
    when a snapshot has become stale. Pages that were kept could be those of a database that
    another has been written over since, as often changed.
    """
    engine = create_engine(
        URL.create("sqlite", database=location.uri(read_only=False), query={"uri": "true"}),
        pool_size=1,
        max_overflow=1,
        connect_args={"timeout": BUSY_MS / 1000, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: Any) -> None:
        prepare(connection, read_only=False)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        patience = connection.info.setdefault("patience", Patience())
        driver = driver_of(connection)
        driver.execute("PRAGMA shrink_memory")
        patience.through(driver, "BEGIN IMMEDIATE", location, patience.most_s)

    return engine


def driver_of(connection: Connection) -> sqlite3.Connection:
    """The driver's connection under SQLAlchemy's."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


def write(
    engine: Engine | Connection,
    location: Location,
    work: Callable[[Session], T],
    *,
    identity: Identity | None = None,
    patience_s: float = PATIENCE_S,
    give_up: Callable[[], bool] = _never,
    stored: Callable[[], None] = _nothing,
) -> T:
    """Runs `work` in one short transaction once nobody else writes, again as a whole when a reader
    kept it from being committed.

    `work` carries a command id that the database holds unique, so doing it twice does it once.
    A connection that is lent instead of an engine stays open. With an `identity`, nothing is
    written to another file or database than that one. `stored` is called with the commit that
    changed something; no signal comes in between. Raises
    `DatabaseError` when others write for longer than `patience_s`, or when `give_up` says so.
    """
    patience = Patience(patience_s, give_up)
    while True:
        try:
            return _write(engine, location, work, identity, patience, stored)
        except (DBAPIError, sqlite3.DatabaseError) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            if not _is_busy(cause):
                raise in_words(cause or error, location, "write") from error
            patience.check(location)
            # Readers that the waiting commit has kept out come first now.
            time.sleep(min(random.uniform(*_LONG_PAUSE_S), patience.most_s))


def _write(
    engine: Engine | Connection,
    location: Location,
    work: Callable[[Session], T],
    identity: Identity | None,
    patience: Patience,
    stored: Callable[[], None],
) -> T:
    """One attempt: whole or not at all."""
    if identity is not None:
        identity.check_file()
    lent = nullcontext(engine) if isinstance(engine, Connection) else engine.connect()
    with lent as connection:
        connection.info["patience"] = patience
        with Session(connection, expire_on_commit=False) as session, session.begin():
            driver = driver_of(session.connection())  # the lock is held from here on
            before = driver.total_changes
            if identity is not None:
                identity.check_file()
                identity.check_contents(driver)
            result = work(session)
            session.flush()
            if identity is not None:
                identity.check_file()
            with signals_held():
                patience.through(driver, "COMMIT", location, COMMIT_PATIENCE_S)
                if driver.total_changes != before:
                    stored()
    return result
