"""What keys do to deals, the same on every screen that has deals under its cursor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from textual import work
from textual.screen import ModalScreen, Screen

from pipeboard.domain.errors import Conflict, GateNotMet, PipeboardError
from pipeboard.domain.pipeline import Pipeline
from pipeboard.ui.palette import Role
from pipeboard.ui.screens.gate import GateSheet, Way

if TYPE_CHECKING:
    from pipeboard.ui.app import PipeboardApp
    from pipeboard.workspace import Receipt, Workspace

Change: TypeAlias = "Callable[[Workspace, Sequence[int], Mapping[int, int], str], Receipt]"
"""Changes deals: the workspace, their ids, the versions that were seen, the reason to override."""

T = TypeVar("T")

PATIENCE_S = 0.4
"""How long a key waits for its change to be stored before the screen goes on without it."""


class DealActions(Screen[None]):
    """The verbs of the key table. A screen says which deals are meant and shows what came of it."""

    @property
    def board_app(self) -> PipeboardApp:
        from pipeboard.ui.app import PipeboardApp

        assert isinstance(self.app, PipeboardApp)
        return self.app

    @property
    def today(self) -> date:
        return self.board_app.today

    def targets(self) -> tuple[tuple[int, ...], Mapping[int, int]]:
        """The deals that a key is meant for, with the versions that the person sees."""
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

    async def change(self, call: Change, *, override: str = "", repeats: bool = True) -> bool:
        """Has the clerk change the deals that are meant; whether it was done (or goes on).

        A refusal is said on the status line; a gate that is not met opens its sheet.
        """
        ids, seen = self.targets()
        if not ids:
            self.say("No deal is selected here.", "status.warn")
            return False
        return await self._carry_out(call, ids, seen, override, repeats)

    async def _carry_out(
        self,
        call: Change,
        ids: Sequence[int],
        seen: Mapping[int, int],
        override: str,
        repeats: bool,
    ) -> bool:
        asked = self.board_app.clerk.ask(lambda workspace: call(workspace, ids, seen, override))
        done, _ = await asyncio.wait({asked}, timeout=PATIENCE_S)
        if not done:
            self.say("The database is busy; this is stored as soon as it is free…", "status.warn")
            asked.add_done_callback(lambda future: self._conclude(future, call, repeats))
            return True
        return self._conclude(asked, call, repeats)

    def _conclude(self, asked: asyncio.Future[Receipt], call: Change, repeats: bool) -> bool:
        try:
            receipt = asked.result()
        except GateNotMet as gate:
            self._open_gate(gate, call)
            return False
        except Conflict as conflict:
            self.reload()
            self.say(f"{conflict.message} {conflict.hint}", "status.error")
            return False
        except PipeboardError as error:
            self.say(f"{error.message} {error.hint}".strip(), "status.warn")
            return False
        if repeats:
            self.board_app.last_change = call
        self.show_change(receipt)
        undoable = receipt.command_id and receipt.verb not in ("undo", "redo")
        words = " ".join((receipt.summary, *receipt.notes))
        role: Role = "status.warn" if receipt.notes else "status.ok"
        self.say(words, role, "u undo" if undoable else "")
        return True

    async def take_back(self, *, redo: bool) -> None:
        """My last change taken back, or put again, whatever is under the cursor."""

        def call(workspace: Workspace, *_: object) -> Receipt:
            return workspace.redo() if redo else workspace.undo()

        await self._carry_out(call, (), {}, "", repeats=False)

    async def add(self, line: str, stage_id: int) -> None:
        """A deal from one line, into a stage."""
        pipeline = self.pipeline()

        def call(workspace: Workspace, *_: object) -> Receipt:
            return workspace.add(line, pipeline=pipeline, stage_id=stage_id, tui=True)

        await self._carry_out(call, (), {}, "", repeats=False)

    async def action_undo(self) -> None:
        await self.take_back(redo=False)

    async def action_redo(self) -> None:
        await self.take_back(redo=True)

    async def ask(self, screen: ModalScreen[T]) -> T | None:
        """What a person answers on a screen that opens over this one; None when they cancel."""
        return await self.app.push_screen_wait(screen)

    def selected(self) -> tuple[int, ...]:
        """The deals that are meant; says so when there are none."""
        ids, _ = self.targets()
        if not ids:
            self.say("No deal is selected here.", "status.warn")
        return ids

    def whom(self, ids: Sequence[int]) -> str:
        """The deals that are meant, in a few words."""
        return f"{len(ids)} deals" if len(ids) > 1 else self.present("name")

    @work
    async def _open_gate(self, gate: GateNotMet, call: Change) -> None:
        """The ways on from a gate that is not met: answer, lose, override with a reason."""
        ids, _ = self.targets()
        missing = [lack.text for lack in gate.unmet]
        answer = await self.ask(GateSheet(self.whom(ids), f"Before {gate.target}:", missing))
        if answer is None:
            self.say(gate.message, "status.warn")
        elif answer.way is Way.LOSE:
            await self.run_action("lose")
        elif answer.way is Way.OVERRIDE:
            await self.change(call, override=answer.reason)
        else:
            await self.answer_missing(gate, call, answer.missing or 0)

    async def answer_missing(self, gate: GateNotMet, call: Change, first: int) -> None:
        """Asks for what is missing, from that place on, one after another; then tries again."""
        raise NotImplementedError
