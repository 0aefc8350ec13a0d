"""The write queue: use cases one after another in a thread of its own, so that keys never wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar, cast

from pipeboard.domain.errors import DatabaseError, GivenUp
from pipeboard.ui.busy import is_busy
from pipeboard.ui.turns import TURN

if TYPE_CHECKING:
    from pipeboard.store import Staging, Store
    from pipeboard.store.writing import Writer
    from pipeboard.workspace import Workspace

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

    def __init__(self) -> None:
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
            raise GivenUp("Given up: nothing was stored.")

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
    ) -> None:
        """`make` makes the workspace when something is first asked, which takes a while; a store
        that is the write queue's own is closed with it."""
        self._open = open_store
        self._make = make
        self._owns_store = owns_store
        self._tasks: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        # What is given up stores nothing: nobody should wait for the thread to notice.
        self._thread = Thread(target=self._serve, name="write_queue", daemon=True)
        self._asked: dict[asyncio.Future[Any], Order] = {}
        self._order = Order()
        self._is_closed = False

    @property
    def waiting(self) -> int:
        """How much has been asked and is not done."""
        return len(self._asked)

    @property
    def is_storing(self) -> bool:
        """Is something on its way into the database at this moment?"""
        return self._order.is_storing

    def ask(self, work: Callable[[Workspace], T]) -> asyncio.Future[T]:
        """What `work` returns, once everything asked before is done.

        While the database is held by others it is tried again and again; raises GivenUp after
        `give_up`.
        """
        loop, order, turn = asyncio.get_running_loop(), Order(), TURN.get()
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
            settle(None, GivenUp("Given up: nothing was stored."))
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
                future.set_exception(GivenUp("Given up: nothing was stored."))

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
                return work(self._workspace)
            except DatabaseError as error:
                if not is_busy(error) or order.has_stored:
                    raise
            order.pause()
