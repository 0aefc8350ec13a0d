"""A commit that no signal cuts in two: whoever hears of the signal knows what was stored."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

_ENDING = frozenset((signal.SIGINT, signal.SIGTERM, signal.SIGHUP))


@contextmanager
def signals_held() -> Iterator[None]:
    """Signals that would end this thread's work come afterwards."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
