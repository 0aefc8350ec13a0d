"""A connection of the driver's that gives up a server from which nothing comes any more.

A server may be there and not answer: it hangs, or the network to it is gone without a word. Its own
limits end nothing then, and the driver would wait for hours.
"""

from __future__ import annotations

from contextlib import suppress
from time import monotonic
from typing import TypeVar

from psycopg import Connection, OperationalError
from psycopg.abc import PQGen
from psycopg.pq.abc import PGconn
from psycopg.rows import TupleRow
from psycopg.waiting import Wait, wait_selector

T = TypeVar("T")
_INTERVAL_S = 0.1
"""How often the driver looks whether it was interrupted."""

_CANCEL_S = 2.0


class NoAnswer(OperationalError):
    """Nothing came from a server for as long as anybody waits."""


class AnsweredConnection(Connection[TupleRow]):
    """A connection that is closed where nothing comes for `answer_s`; whatever comes, even a part
    of an answer, makes that time begin anew."""

    answer_s = 25.0

    def wait(self, gen: PQGen[T], interval: float = _INTERVAL_S, timeout: float | None = None) -> T:
        """Waits as the driver does; NoAnswer where nothing comes.

        Not by its quickest way: that lets nobody look at the clock before release 3.3.
        """
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return wait_selector(answered(gen, self.answer_s), self.pgconn.socket, interval)
        except NoAnswer:
            self.pgconn.finish()  # else its answers would be waited for
            raise
        except KeyboardInterrupt:
            with suppress(OperationalError):  # nobody waits for what was asked any more
                self.cancel_safe(timeout=_CANCEL_S)
            self.pgconn.finish()
            raise

    def settle(self) -> None:
        """Takes the answers to all that was asked."""
        self.wait(_rest(self.pgconn))


def answered(gen: PQGen[T], answer_s: float) -> PQGen[T]:
    """The steps of a conversation, until nothing comes for so long."""
    until = monotonic() + answer_s
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if ready:
                until = monotonic() + answer_s
            elif monotonic() > until:
                raise NoAnswer(f"nothing came from the server for {answer_s:.0f} seconds")
            wanted = gen.send(ready)
    except StopIteration as done:
        found: T = done.value
        return found


def _rest(connection: PGconn) -> PQGen[None]:
    while True:
        while connection.is_busy():
            if (yield Wait.R):
                connection.consume_input()
        if connection.get_result() is None:
            return
