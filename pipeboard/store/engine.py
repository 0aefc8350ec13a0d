"""SQLAlchemy's engine over the one connection set-up, and the write transaction."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, create_engine

from pipeboard.store.connecting import BUSY_MS, Location, in_words, prepare

T = TypeVar("T")
PATIENCE_S = 15.0


def make_engine(location: Location) -> Engine:
    """An engine whose transactions begin IMMEDIATE.

    A deferred BEGIN would fail most read-then-write attempts at once, since SQLite does not wait
    when a snapshot has become stale.
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
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def write(
    engine: Engine | Connection,
    location: Location,
    work: Callable[[Session], T],
    *,
    patience_s: float = PATIENCE_S,
) -> T:
    """Runs `work` in one short transaction, again as a whole while the database is busy.

    `work` carries a command id that the database holds unique, so doing it twice does it once.
    """
    started, attempt = time.monotonic(), 0
    while True:
        try:
            with Session(engine, expire_on_commit=False) as session, session.begin():
                return work(session)
        except DBAPIError as error:
            attempt += 1
            told = in_words(error.orig or error, location)
            if told.details["reason"] != "locked" or time.monotonic() - started > patience_s:
                raise told from error
            time.sleep(min(0.5, 0.02 * 2 ** min(attempt, 5)) * random.random())
        except sqlite3.DatabaseError as error:
            raise in_words(error, location) from error
