"""Actions in turn: each goes on beside the screen until it has done all that it does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Final, TypeAlias

from pipeboard.domain.errors import DatabaseError
from pipeboard.ui.failures import is_busy
from pipeboard.ui.host import Host, Walk, patiently
from pipeboard.ui.write_queue import TURN, Turn

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from pipeboard.ui.keys import Key

Action: TypeAlias = "Callable[..., Awaitable[object]]"
"""A function of `ui/actions`, or a method of a screen; one that waits for nothing returns None."""

ACTIONS: Final = "pipeboard.ui.actions"


def found(does: str, host: Host) -> Action:
    """The action of that name, to be called for this screen; imported when it is first used."""
    where, _, name = does.partition(".")
    if where == "screen":
        method: Action = getattr(host, name)
        return method
    return partial(getattr(import_module(f"{ACTIONS}.{where}"), name), host)


def turn_for(host: Host, key: Key | None) -> Turn:
    """The turn of an action; one that another has begun is about the same deals."""
    turn = Turn(host, key.label if key else "")
    turn.of_deals = key is not None and (key.takes_deal or key.id.startswith("deal."))
    before = TURN.get()
    if before is not None and before.screen is host:
        turn.targets = before.targets
    return turn


async def in_turn(host: Host, turn: Turn, action: Action) -> None:
    """An action that may read, ask or store: it goes on beside the screen, for the deals that
    were meant when it began, and keys typed meanwhile wait for its questions or its end.

    While it has neither asked nor stored anything it is begun anew where others hold the database.
    """
    TURN.set(turn)
    try:
        if turn.targets is None:
            turn.targets = await patiently(host, host.targets)
        while True:
            try:
                await action()
                if isinstance(host, Walk):
                    await host.go_on()
                return
            except DatabaseError as error:
                if turn.has_begun or not is_busy(error):
                    raise
            await host.program.key_queue.pause()
    except Exception as error:  # the boundary of all that keys do
        host.failed(error)
    finally:
        host.program.waiting.end(turn)
