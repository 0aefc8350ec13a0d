"""What keys do to deals, the same on every screen that has deals under its cursor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeAlias, TypeVar, cast

from textual.screen import ModalScreen, Screen

from pipeboard.domain.errors import Conflict, GateNotMet, PipeboardError
from pipeboard.domain.pipeline import Pipeline
from pipeboard.store.connecting import lock_holder
from pipeboard.ui.outcome import Outcome
from pipeboard.ui.palette import Role

if TYPE_CHECKING:
    from pipeboard.ui.app import PipeboardApp
    from pipeboard.ui.board_state import BoardState
    from pipeboard.workspace import Receipt, Workspace

Change: TypeAlias = "Callable[[Workspace, Sequence[int], Mapping[int, int], str], Receipt]"
"""Changes deals: the workspace, their ids, the versions that were seen, the reason to override."""

Meant: TypeAlias = tuple[tuple[int, ...], Mapping[int, int]]
"""The deals that a key is meant for, and the versions of them that the person has seen."""

T = TypeVar("T")
P = ParamSpec("P")
S = TypeVar("S", bound="DealActions")

PATIENCE_S = 0.4
"""How long a key waits for its change to be stored before the screen goes on without it."""
NAMES_BLOCKER_AFTER_S = 5.0
"""How long a change waits before the person is told which process is in its way."""


def in_turn(
    action: Callable[Concatenate[S, P], Coroutine[Any, Any, Any]],
) -> Callable[Concatenate[S, P], None]:
    """An action that may ask questions: it goes on beside the screen, for the deals that were
    meant when it began, and keys typed meanwhile wait for its questions or its end."""

    async def act(screen: S, /, *args: P.args, **kwargs: P.kwargs) -> None:
        outermost = screen.meant is None
        if outermost:
            screen.meant = screen.targets()
        try:
            await action(screen, *args, **kwargs)
        except PipeboardError as error:
            screen.say(f"{error.message} {error.hint}".strip(), "status.warn")
        finally:
            screen.board_app.has_acted()
            if outermost:
                screen.meant = None

    def begin(screen: S, /, *args: P.args, **kwargs: P.kwargs) -> None:
        # Before the worker runs, so that the next key finds that this one is not done with.
        screen.board_app.acts()
        screen.run_worker(act(screen, *args, **kwargs), group="action")

    return begin


class DealActions(Screen[None]):
    """The verbs of the key table. A screen says which deals are meant and shows what came of it."""

    state: BoardState
    meant: Meant | None = None
    """The deals of the action under way: the cursor may come to stand on others meanwhile."""

    @property
    def board_app(self) -> PipeboardApp:
        return cast("PipeboardApp", self.app)

    @property
    def today(self) -> date:
        return self.board_app.today

    def targets(self) -> Meant:
        """The deals that are marked or under the cursor."""
        raise NotImplementedError

    def pipeline(self) -> Pipeline:
        """The pipeline that is looked at."""
        raise NotImplementedError

    def present(self, field: str) -> str:
        """What the deal under the cursor has in that field, as one would type it."""
        raise NotImplementedError

    def say(self, text: str, role: Role = "status", beside: str = "") -> None:
        """A sentence on the status line, and what can be done about it at its right."""
        raise NotImplementedError

    def show_change(self, receipt: Receipt) -> None:
        """Shows the deals as they are after a change."""
        raise NotImplementedError

    def reload(self) -> None:
        """Reads everything again."""
        raise NotImplementedError

    async def change(self, call: Change, *, override: str = "", repeats: bool = True) -> Outcome:
        """Has the clerk change the deals that are meant, and waits for what comes of it.

        A refusal is said on the status line; a gate that is not met opens its sheet.
        """
        ids, seen = self.meant or self.targets()
        if not ids:
            self.say("No deal is selected here.", "status.warn")
            return Outcome()
        return await self._carry_out(call, ids, seen, override, repeats)

    async def _carry_out(
        self,
        call: Change,
        ids: Sequence[int],
        seen: Mapping[int, int],
        override: str,
        repeats: bool,
    ) -> Outcome:
        asked = self.board_app.clerk.ask(lambda workspace: call(workspace, ids, seen, override))
        done, _ = await asyncio.wait({asked}, timeout=PATIENCE_S)
        if not done:
            self.say("The database is busy; this is stored as soon as it is free…", "status.warn")
            done, _ = await asyncio.wait({asked}, timeout=NAMES_BLOCKER_AFTER_S - PATIENCE_S)
        if not done:
            holder = lock_holder(self.board_app.clerk.workspace.store.location)
            self.say(
                f"The database is busy: {holder} is writing to it. Still trying…", "status.warn"
            )
            await asyncio.wait({asked})
        return self._conclude(asked, call, repeats)

    def _conclude(self, asked: asyncio.Future[Receipt], call: Change, repeats: bool) -> Outcome:
        try:
            receipt = asked.result()
        except GateNotMet as gate:
            self.open_gate(gate, call)
            return Outcome(error=gate)
        except Conflict as conflict:
            self.reload()
            self.say(f"{conflict.message} {conflict.hint}", "status.error")
            return Outcome(error=conflict)
        except PipeboardError as error:
            self.say(f"{error.message} {error.hint}".strip(), "status.warn")
            return Outcome(error=error)
        if repeats:
            self.board_app.last_change = call
        self.take_note_of(receipt)
        self.show_change(receipt)
        undoable = receipt.command_id and receipt.verb not in ("undo", "redo")
        words = " ".join((receipt.summary, *receipt.notes))
        role: Role = "status.warn" if receipt.notes else "status.ok"
        self.say(words, role, "u undo" if undoable else "")
        self.go_on_from(receipt)
        return Outcome(receipt)

    async def take_back(self, *, redo: bool) -> None:
        """My last change taken back, or put again, whatever is under the cursor."""

        def call(workspace: Workspace, *_: object) -> Receipt:
            return workspace.redo() if redo else workspace.undo()

        await self._carry_out(call, (), {}, "", repeats=False)

    async def add(self, line: str, stage_id: int) -> Outcome:
        """A deal from one line, into a stage."""
        pipeline = self.pipeline()

        def call(workspace: Workspace, *_: object) -> Receipt:
            return workspace.add(line, pipeline=pipeline, stage_id=stage_id, tui=True)

        return await self._carry_out(call, (), {}, "", repeats=False)

    async def action_undo(self) -> None:
        await self.take_back(redo=False)

    async def action_redo(self) -> None:
        await self.take_back(redo=True)

    async def ask(self, screen: ModalScreen[T]) -> T | None:
        """What a person answers on a screen that opens over this one; None when they cancel."""
        shown = self.app.push_screen(screen, wait_for_dismiss=True)
        self.board_app.asking(shown)
        return await asyncio.shield(shown)

    def take_count(self) -> int:
        """How many times the next key is meant: once, unless a screen counts digits."""
        return 1

    def selected(self) -> tuple[int, ...]:
        """The deals that are meant; says so when there are none."""
        ids, _ = self.meant or self.targets()
        if not ids:
            self.say("No deal is selected here.", "status.warn")
        return ids

    def whom(self, ids: Sequence[int]) -> str:
        """The deals that are meant, in a few words."""
        return f"{len(ids)} deals" if len(ids) > 1 else self.present("name")

    def mean(self, ids: Sequence[int]) -> None:
        """From here on the action is about these deals, seen as they were last seen."""
        seen = self.meant[1] if self.meant else self.targets()[1]
        self.meant = (tuple(ids), seen)

    def take_note_of(self, receipt: Receipt) -> None:
        """The action has itself changed these deals: that is what the person has seen now."""
        if self.meant is not None:
            seen = {deal.id: deal.version for deal in receipt.deals}
            self.meant = (self.meant[0], {**self.meant[1], **seen})

    def go_on_from(self, receipt: Receipt) -> None:
        """What a change that is done leads to, if anything."""

    def open_gate(self, gate: GateNotMet, call: Change) -> None:
        """The ways on from a gate that is not met: answer, lose, override with a reason."""
        raise NotImplementedError
