"""Actions in turn: each goes on beside the screen until it has done all that it does."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from pipeboard.domain.errors import DatabaseError
from pipeboard.ui.busy import is_busy
from pipeboard.ui.turn import TURN, Turn

if TYPE_CHECKING:
    from pipeboard.ui.screens.deal_actions import DealActions

P = ParamSpec("P")
S = TypeVar("S", bound="DealActions")


def in_turn(
    action: Callable[Concatenate[S, P], Coroutine[Any, Any, Any]],
) -> Callable[Concatenate[S, P], None]:
    """An action that may read, ask or store: it goes on beside the screen, for the deals that
    were meant when it began, and keys typed meanwhile wait for its questions or its end.

    While it has neither asked nor stored anything it is begun anew where others hold the database.
    """

    def begin(screen: S, /, *args: P.args, **kwargs: P.kwargs) -> None:
        before = TURN.get()
        turn = screen.begin_turn(action.__name__)
        if before is not None and before.screen is screen:
            turn.meant = before.meant
        # Before the worker runs, so that the next key finds that this one is not done with.
        screen.board_app.begin(turn)
        work = _act(screen, turn, lambda: action(screen, *args, **kwargs))
        screen.run_worker(work, group="action")

    begin.__name__, begin.__doc__ = action.__name__, action.__doc__
    setattr(begin, "in_turn", action)  # noqa: B010 - what a test of the house looks for
    return begin


async def _act(screen: DealActions, turn: Turn, action: Callable[[], Any]) -> None:
    TURN.set(turn)
    try:
        if turn.meant is None:
            turn.meant = await screen.patiently(screen.targets)
        while True:
            try:
                await action()
                return
            except DatabaseError as error:
                if turn.has_begun or not is_busy(error):
                    raise
            await screen.board_app.pause()
    except Exception as error:  # the boundary of all that keys do
        screen.failed(error)
    finally:
        screen.board_app.end(turn)
