"""The write queue: use cases one after another in a thread of its own, so that keys never wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import date
from functools import cached_property
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias, TypeVar, cast

from pipeboard.domain.deal import NOTHING
from pipeboard.domain.errors import DatabaseError, GivenUp, PipeboardError
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.ui.terminal.width import cell_width, fit

if TYPE_CHECKING:
    from pipeboard.store import Staging, Store
    from pipeboard.store.writing import Writer
    from pipeboard.workspace import Workspace


# Words for a person: why something cannot be done, and for what the keys wait.

_DOT: Final = " · "
_NARROW: Final = 60
_LEAST_HEAD: Final = len("Waiting for …  ·  ")
"""Cells below which there is no room to say what is pending."""


def is_busy(error: BaseException) -> bool:
    """May the same succeed a moment later, once it is free, or its server answers?"""
    details = error.details if isinstance(error, PipeboardError) else NOTHING
    return details.get("reason") == "locked" or "meanwhile" in details


@contextmanager
def suppress_busy() -> Iterator[None]:
    """Passes over what is busy: it is tried again, or does not matter."""
    try:
        yield
    except DatabaseError as error:
        if not is_busy(error):
            raise


@dataclass(frozen=True, slots=True)
class Busy:
    """Why keys wait: `holder` has the database (empty: it is work of our own), `pending` is what
    was asked for, `keys` wait, by the names people give them; those of `leaving` quit."""

    holder: str
    pending: str
    keys: tuple[str, ...] = ()
    dropped_click: bool = False
    leaving: tuple[str, ...] = ("q", "^q")

    def words(self, width: int) -> str:
        """One line of so many cells: the keys in any case, then what is pending, then for whom."""
        after = ""
        if self.pending and width >= _NARROW:
            after = f"{_DOT}pending: {shortened(self.pending, width // 3)}"
        tail = self._tail(min(width // 3, width - cell_width(after) - _LEAST_HEAD))
        after += f"{_DOT}{tail}" if tail else ""
        head = f"Waiting for {self.holder}" if self.holder else "Working…"
        return f"{shortened(head, width - cell_width(after))}{after}"

    def _tail(self, room: int) -> str:
        """The last of the keys, and what they lead to."""
        parts, keys = [], self.keys
        if keys:
            shown, before = [*keys], "keys: "
            while len(shown) > 1 and cell_width(before) + cell_width(" ".join(shown)) > room:
                del shown[0]
                before = "keys: … "
            parts.append(f"{before}{shortened(' '.join(shown), room)}")
        if keys and keys[-1] in self.leaving:
            parts.append("then: quit")
        if self.dropped_click:
            parts.append("a click was dropped")
        return _DOT.join(parts)


def shortened(text: str, width: int) -> str:
    """The text, with its end left out where it is wider than that."""
    return fit(text, max(1, width)).rstrip() if cell_width(text) > width else text


# The turn of an action: from the key that began it until all that it does is done.

Targets: TypeAlias = tuple[tuple[int, ...], Mapping[int, int]]
"""The deals that a key is meant for, and the versions of them that the person has seen."""


@dataclass(eq=False)
class Turn:
    """An action under way: `what` it is in a few words, `of_deals` if it is done to some.

    `targets` are its deals: the cursor may come to stand on others meanwhile. It `has_begun` once
    it has asked or stored something; until then it can be begun anew without anybody noticing.
    `may_ask`: a question may still come, and keys that are typed behind it are meant for that.
    """

    screen: object
    what: str
    of_deals: bool = False
    targets: Targets | None = None
    has_begun: bool = False
    may_ask: bool = True


TURN: ContextVar[Turn | None] = ContextVar("turn", default=None)
"""The turn of the task that runs; what an action starts inherits it."""


def turn_of(screen: object) -> Turn | None:
    """The action of this screen that runs."""
    turn = TURN.get()
    return turn if turn is not None and turn.screen is screen else None


T = TypeVar("T")

_PAUSE_S: Final = 0.05
"""Between two attempts at a database that others hold, besides what SQLite itself waits."""
_LEAVING_S: Final = 0.2
"""How long closing waits for work that stores nothing."""


class Write(Protocol[T]):
    """A way to write: what `work` does in one transaction, unless it is given up before."""

    def __call__(self, work: Callable[[Writer], T], *, give_up: Callable[[], bool]) -> T: ...


class Order:
    """One thing asked of the queue. It is given up as long as nothing of it is being stored."""

    def __init__(self, said_on: date | None = None) -> None:
        self.said_on = said_on
        self._lock = Lock()
        self._given_up = Event()
        self.is_storing = self.has_stored = False

    def give_up(self) -> bool:
        """Nothing will be stored from now on; False where it is being stored at this moment."""
        with self._lock:
            self._given_up.set()
            return not self.is_storing and not self.has_stored

    def begin_to_store(self) -> None:
        """The database is ours: from here on it is too late to give up. Raises GivenUp."""
        with self._lock:
            self.check()
            self.is_storing = True

    def end_of_storing(self, *, stored: bool) -> None:
        """It is stored, or it was all taken back."""
        with self._lock:
            self.is_storing = False
            self.has_stored = self.has_stored or stored

    def pause(self) -> None:
        """Waits a moment before the next attempt; raises GivenUp."""
        self._given_up.wait(_PAUSE_S)
        self.check()

    @property
    def is_given_up(self) -> bool:
        return self._given_up.is_set()

    def check(self) -> None:
        """Raises GivenUp where it is."""
        if self._given_up.is_set():
            raise GivenUp

    def carry_out(self, write: Write[T], work: Callable[[Writer], T]) -> T:
        """What `write` stores, tried until nobody else holds the database; raises GivenUp."""
        stored = False

        def begun(writer: Writer) -> T:
            self.begin_to_store()
            return work(writer)

        while True:
            try:
                result = write(begun, give_up=lambda: self.is_given_up)
                stored = True
                return result
            except DatabaseError as error:
                if not is_busy(error):
                    if error.details.get("reason") != "in_doubt":
                        self.check()
                    raise
            finally:
                self.end_of_storing(stored=stored)
            self.pause()


class PatientStaging:
    """Changes put together beside a database, brought in as patiently as any others."""

    def __init__(self, staging: Staging, order: Order) -> None:
        self._staging = staging
        self._order = order
        self.stage = staging.stage

    def store(self, work: Callable[[Writer], T]) -> T:
        """As `Staging.store`; raises GivenUp where it was given up before it had begun."""
        return self._order.carry_out(self._staging.store, work)


class PatientStore:
    """A store whose writes wait for as long as others hold the database, or until given up."""

    def __init__(self, store: Store, order: Callable[[], Order]) -> None:
        self._store = store
        self._order = order

    def write(self, work: Callable[[Writer], T]) -> T:
        """As `Store.write`; raises GivenUp where it was given up before it had begun."""
        return self._order().carry_out(self._store.write, work)

    @contextmanager
    def staging(self) -> Iterator[PatientStaging]:
        """As `Store.staging`; what was put together there comes in as patiently."""
        with self._store.staging() as staging:
            yield PatientStaging(staging, self._order())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class WriteQueue:
    """Whoever writes asks here; what was asked first is done first, however long it waits."""

    def __init__(
        self,
        open_store: Callable[[], Store],
        make: Callable[[Store], Workspace],
        *,
        owns_store: bool = False,
        today: Callable[[], date | None] = lambda: None,
    ) -> None:
        """`make` makes the workspace when something is first asked, which takes a while; a store
        that is the write queue's own is closed with it. Words mean the day that is shown `today`.
        """
        self._open = open_store
        self._make = make
        self._owns_store, self._today = owns_store, today
        self._tasks: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        # What is given up stores nothing: nobody should wait for the thread to notice.
        self._thread = Thread(target=self._serve, name="write_queue", daemon=True)
        self._asked: dict[asyncio.Future[Any], Order] = {}
        self._order = Order()
        self._is_closed = False

    @property
    def waiting(self) -> tuple[Order, ...]:
        """What has been asked and is not done."""
        return tuple(self._asked.values())

    @property
    def is_storing(self) -> bool:
        """Is something on its way into the database at this moment?"""
        return self._order.is_storing

    def ask(self, work: Callable[[Workspace], T]) -> asyncio.Future[T]:
        """What `work` returns, once everything asked before is done.

        While the database is held by others it is tried again and again; raises GivenUp after
        `give_up`.
        """
        loop, order, turn = asyncio.get_running_loop(), Order(self._today()), TURN.get()
        future: asyncio.Future[T] = loop.create_future()

        def settle(result: T | None, error: BaseException | None) -> None:
            self._asked.pop(future, None)
            if turn is not None and order.has_stored:
                turn.has_begun = True
            if future.done():
                return
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(cast("T", result))

        def task() -> None:
            result, error = None, None
            try:
                result = self._do(order, work)
            except BaseException as raised:  # whoever awaits it hears of it
                error = raised
            with suppress(RuntimeError):  # the loop has been closed: nobody waits any more
                loop.call_soon_threadsafe(settle, result, error)

        self._asked[future] = order
        if self._is_closed:
            settle(None, GivenUp())
            return future
        if not self._thread.is_alive():
            self._thread.start()
        self._tasks.put(task)
        return future

    def give_up(self) -> None:
        """All that was asked and is not being stored right now is not done any more."""
        for future, order in list(self._asked.items()):
            if order.give_up() and not future.done():
                self._asked.pop(future)
                future.set_exception(GivenUp())

    def close(self) -> None:
        """Finishes what is being stored, gives up the rest and takes nothing more."""
        if self._is_closed:
            return
        self._is_closed = True
        for order in self._asked.values():
            order.give_up()
        self._tasks.put(None)
        if self._thread.is_alive():
            self._thread.join(None if self.is_storing else _LEAVING_S)

    # In the thread.

    @cached_property
    def _workspace(self) -> Workspace:
        return self._make(cast("Store", PatientStore(self._open(), lambda: self._order)))

    def _serve(self) -> None:
        while (task := self._tasks.get()) is not None:
            task()
        if self._owns_store and "_workspace" in self.__dict__:
            self._workspace.store.close()

    def _do(self, order: Order, work: Callable[[Workspace], T]) -> T:
        self._order = order
        while True:
            try:
                order.check()
                self._workspace.said_on = order.said_on
                return work(self._workspace)
            except DatabaseError as error:
                if not is_busy(error) or order.has_stored:
                    raise
            order.pause()
