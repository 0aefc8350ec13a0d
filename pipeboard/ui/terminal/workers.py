"""What goes on beside a screen: the one place that starts Textual's workers."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import ParamSpec

from textual.dom import DOMNode
from textual.worker import Worker

P = ParamSpec("P")


def beside(
    node: DOMNode,
    group: str,
    work: Callable[P, Coroutine[None, None, None]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> None:
    """Works beside the screen until the work has ended, or the node or its app has.

    The coroutine is made once the worker runs: one that was made for a worker that never did is
    what Python warns of on the terminal.
    """
    # `run_worker` says nothing of what it is given but by what it returns.
    _worker: Worker[None] = node.run_worker(partial(work, *args, **kwargs), group=group)
