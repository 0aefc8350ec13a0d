"""How long a writer waits for others, who of them comes first, and what no signal cuts in two."""

from __future__ import annotations

import fcntl
import os
import signal
import sqlite3
import struct
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

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


# Who comes first. SQLite serves whoever happens to ask while nobody writes: mostly the one who has
# just written and asks again, while all others sleep.


class PlaceInLine:
    """A place in the line of those who want to write to a file: who came first asks first.

    Each locks a byte of the journal, the first after all that are locked, and waits until none
    before it is. Nothing is written there, and the system lets go of the byte when a process ends.
    The line only says who asks; SQLite's own lock decides. So nothing but order is lost where there
    is no journal yet, where another program is not in the line, and where somebody in it does not
    go on (a process that was stopped): the others pass it after a second.
    """

    def __init__(self, location: Location) -> None:
        self._journal = _journal_of(location)
        self._place = 0
        self._first: int | None = None
        self._moved_at = time.monotonic()
        with suppress(OSError):  # of a file system without such locks
            self._take_place()

    def _take_place(self) -> None:
        while self._journal is not None:
            while (taken := _first_locked(self._journal, self._place, _ALL)) is not None:
                self._place = taken + 1
            with suppress(BlockingIOError):  # somebody else came at the same moment
                _lock(self._journal, fcntl.F_OFD_SETLK, self._place, 1)
                return

    def leave(self) -> None:
        """Lets the next one ask."""
        if self._journal is not None:
            os.close(self._journal)
            self._journal = None

    def look(self) -> bool:
        """Whether somebody has got their turn since the last look."""
        first = None
        if self._journal is not None and self._place:
            first = _first_locked(self._journal, 0, self._place)
        if has_moved := first != self._first:
            self._first, self._moved_at = first, time.monotonic()
        return has_moved

    @property
    def before(self) -> int:
        """How many stand before this one at most, by the last look; 0 for whose turn it is."""
        return 0 if self._first is None else self._place - self._first

    @property
    def may_ask(self) -> bool:
        """Whether it is this one's turn, or nobody before it goes on."""
        return not self.before or time.monotonic() - self._moved_at > _PASSED_AFTER_S


_ALL = 1 << 62
_FLOCK = "hhqqi4x"
_PASSED_AFTER_S = 1.0


@contextmanager
def in_line(location: Location) -> Iterator[PlaceInLine]:
    """A place at the end of the line, for as long as the work lasts."""
    place = PlaceInLine(location)
    try:
        yield place
    finally:
        place.leave()


def _journal_of(location: Location) -> int | None:
    """The journal of a file or its write-ahead log, open for locks alone; None where there is none
    (closing it drops none of SQLite's locks: those are on the file and its `-shm`)."""
    if sys.platform != "linux":
        return None  # its locks of open files are told of otherwise elsewhere
    for side in ("-journal", "-wal"):
        with suppress(OSError):
            return os.open(f"{location.path}{side}", os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    return None


def _first_locked(journal: int, first: int, count: int) -> int | None:
    """The byte among these that somebody else has locked the longest, None for none."""
    kind, byte = _lock(journal, fcntl.F_OFD_GETLK, first, count)
    return None if kind == fcntl.F_UNLCK else byte


def _lock(journal: int, how: int, first: int, count: int) -> tuple[int, int]:
    """A lock that belongs to this open file: the threads of a process are in line too."""
    wanted = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, first, count, 0)
    kind, _, byte, _, _ = struct.unpack(_FLOCK, fcntl.fcntl(journal, how, wanted))
    return kind, byte


PATIENCE_S = 15.0
_PAUSE_S = (0.001, 0.010)
_STEP_S, _FAR_BEHIND = 0.0015, 15


@dataclass(slots=True)
class Patience:
    """How long a writer waits for others, and whether somebody still wants it to.

    The time begins anew with everybody who gets their turn before: nobody is sent away while others
    merely take turns.
    """

    most_s: float = PATIENCE_S
    give_up: Callable[[], bool] | None = None
    _since: float = field(default_factory=time.monotonic)

    @property
    def waited_s(self) -> float:
        return time.monotonic() - self._since

    def check(self, location: Place) -> None:
        """`DatabaseError` when there is no more waiting."""
        if self.give_up is not None and self.give_up():
            error = busy(location, "write")
            raise DatabaseError(
                "Given up: nothing was stored.", details={**error.details, "reason": "given_up"}
            )
        if self.waited_s >= self.most_s:
            raise busy(location, "write")

    def begin(
        self, connection: sqlite3.Connection, statement: str, location: Location, place: PlaceInLine
    ) -> None:
        """Begins a transaction as soon as it is this one's turn and nobody else writes."""
        with _asking_at_once(connection):
            while True:
                if place.look():
                    self._since = time.monotonic()
                if place.may_ask and _is_done(connection, statement):
                    return
                self.check(location)
                behind = min(place.before, _FAR_BEHIND)
                time.sleep(_by_chance(*_PAUSE_S) if not behind else behind * _STEP_S)

    def commit(self, connection: sqlite3.Connection, location: Location, most_s: float) -> None:
        """Commits as soon as nobody reads, within `most_s`; raises the driver's error after it."""
        until = time.monotonic() + most_s
        with _asking_at_once(connection):
            while not _is_done(connection, "COMMIT", raises=time.monotonic() > until):
                self.check(location)
                time.sleep(_by_chance(*_PAUSE_S))


@contextmanager
def _asking_at_once(connection: sqlite3.Connection) -> Iterator[None]:
    """Statements do not wait in SQLite, which asks ever more seldom."""
    connection.execute(dialect.wait_at_most(0))
    try:
        yield
    finally:
        connection.execute(dialect.wait_at_most(BUSY_MS))


def _is_done(connection: sqlite3.Connection, statement: str, *, raises: bool = False) -> bool:
    try:
        connection.execute(statement)
    except sqlite3.OperationalError as error:
        if raises or not is_busy(error):
            raise
        return False
    return True


def pause(least_s: float, longest_s: float, *, most_s: float = 60.0) -> None:
    """Lets others go on for a time by chance."""
    time.sleep(min(_by_chance(least_s, longest_s), most_s))


def _by_chance(least_s: float, longest_s: float) -> float:
    from random import uniform

    return uniform(least_s, longest_s)
