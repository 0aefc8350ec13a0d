"""The clerk: use cases one after another in a thread of its own, so that keys never wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from pipeboard.workspace import Workspace

T = TypeVar("T")


class Clerk:
    """Whoever writes asks the clerk; what was asked first is done first."""

    def __init__(self, begin: Callable[[], Workspace]) -> None:
        """`begin` makes the workspace when it is first asked for, which takes a while."""
        self._begin = begin
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="clerk")
        self.waiting = 0

    @cached_property
    def workspace(self) -> Workspace:
        return self._begin()

    def ask(self, work: Callable[[Workspace], T]) -> asyncio.Future[T]:
        """What `work` returns, once everything asked before is done."""
        self.waiting += 1
        future = asyncio.get_running_loop().run_in_executor(
            self._thread, lambda: work(self.workspace)
        )
        future.add_done_callback(lambda _: self._is_done())
        return future

    def warm_up(self) -> asyncio.Future[None]:
        """Imports what the first write needs while the person reads."""
        return self.ask(_import_writing)

    def close(self) -> None:
        """Finishes what is under way and takes nothing more."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _is_done(self) -> None:
        self.waiting -= 1


def _import_writing(workspace: Workspace) -> None:
    if not workspace.store.read_only:
        import pipeboard.store.writing  # noqa: F401
