"""How long a writer waits for others, and what no signal cuts in two."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.store import dialect
from pipeboard.store.connecting import BUSY_MS
from pipeboard.store.dialect import is_busy
from pipeboard.store.locating import Location, Place
from pipeboard.store.troubles import busy

# A commit that no signal cuts in two: whoever hears of the signal knows what was stored.

_ENDING = frozenset((signal.SIGINT, signal.SIGTERM, signal.SIGHUP))


@contextmanager
def signals_held() -> Iterator[None]:
    """Signals that would end this thread's work come afterwards."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


PATIENCE_S = 15.0
_PAUSE_S = (0.004, 0.030)


@dataclass(slots=True)
class Patience:
    """How long a writer waits for others, and whether somebody still wants it to.

    Everybody asks again after a short time by chance, however long they have waited: SQLite's own
    waiting asks ever more seldom, so that whoever came last is served first.
    """

    most_s: float = PATIENCE_S
    give_up: Callable[[], bool] | None = None
    _started: float = field(default_factory=time.monotonic)

    @property
    def waited_s(self) -> float:
        return time.monotonic() - self._started

    def check(self, location: Place) -> None:
        """`DatabaseError` when there is no more waiting."""
        if self.give_up is not None and self.give_up():
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
        connection.execute(dialect.wait_at_most(0))
        try:
            while True:
                try:
                    connection.execute(statement)
                except sqlite3.OperationalError as error:
                    if not is_busy(error) or time.monotonic() - started > most_s:
                        raise
                    self.check(location)
                    pause(*_PAUSE_S)
                else:
                    return
        finally:
            connection.execute(dialect.wait_at_most(BUSY_MS))


def pause(least_s: float, longest_s: float, *, most_s: float = 60.0) -> None:
    """Lets others go on for a time by chance."""
    from random import uniform

    time.sleep(min(uniform(least_s, longest_s), most_s))
