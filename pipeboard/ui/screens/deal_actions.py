"""What keys do to deals, the same on every screen that has deals under its cursor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from textual.screen import ModalScreen

from pipeboard.domain.errors import Conflict, GateNotMet, PipeboardError
from pipeboard.domain.pipeline import Pipeline
from pipeboard.ui.key_table import BOARD, DEAL
from pipeboard.ui.metrics_keys import METRICS
from pipeboard.ui.outcome import Outcome
from pipeboard.ui.palette import Role
from pipeboard.ui.screens.live import LiveScreen
from pipeboard.ui.screens.turns import in_turn as in_turn
from pipeboard.ui.turn import TURN, Meant, Turn

if TYPE_CHECKING:
    from pipeboard.workspace import Receipt, Workspace

Change: TypeAlias = "Callable[[Workspace, Sequence[int], Mapping[int, int], str], Receipt]"
"""Changes deals: the workspace, their ids, the versions that were seen, the reason to override."""

T = TypeVar("T")

_COMMANDS = {command.action: command for command in (*METRICS, *DEAL, *BOARD)}


class DealActions(LiveScreen):
    """The verbs of the key table. A screen says which deals are meant and shows what came of it."""

    @property
    def turn(self) -> Turn | None:
        """The action of this screen that runs."""
        turn = TURN.get()
        return turn if turn is not None and turn.screen is self else None

    @property
    def meant(self) -> Meant | None:
        """The deals of the action under way."""
        return self.turn.meant if self.turn else None

    def begin_turn(self, action: str) -> Turn:
        """The turn of an action, by the name of its method."""
        command = _COMMANDS.get(action.removeprefix("action_"))
        if command is None:
            return Turn(self, "")
        return Turn(self, command.label, of_deals=command.takes_deal or command.changes)

    def only_looks(self, action: str) -> bool:
        """Does a key that can change something lead to what is only looked at, here and now?"""
        return False

    def targets(self) -> Meant:
        """The deals that are marked or under the cursor; DatabaseError where nobody can tell."""
        raise NotImplementedError

    def pipeline(self) -> Pipeline:
        """The pipeline that is looked at."""
        raise NotImplementedError

    def present(self, field: str) -> str:
        """What the deal under the cursor has in that field, as one would type it."""
        raise NotImplementedError

    def show_change(self, receipt: Receipt) -> None:
        """Shows the deals as they are after a change."""
        raise NotImplementedError

    async def change(self, call: Change, *, override: str = "", repeats: bool = True) -> Outcome:
        """Has the write queue change the deals that are meant, and waits for what comes of it.

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
        app = self.board_app
        if self.turn is not None:
            self.turn.has_begun = True
        try:
            app.check_writable()
            receipt = await app.write_queue.ask(
                lambda workspace: call(workspace, ids, seen, override)
            )
        except GateNotMet as gate:
            self.open_gate(gate, call)
            return Outcome(error=gate)
        except PipeboardError as error:
            if isinstance(error, Conflict):
                await self._show_at_last(self.reload)
            self.failed(error)
            return Outcome(error=error)
        if repeats:
            app.last_change = call
        await self.tell(receipt)
        self.go_on_from(receipt)
        return Outcome(receipt)

    async def tell(self, receipt: Receipt) -> None:
        """Shows what was stored, and says it; its version is the one that the person has seen."""
        self.take_note_of(receipt)
        await self._show_at_last(lambda: self.show_change(receipt))
        undoable = receipt.command_id and receipt.verb not in ("undo", "redo")
        words = " ".join((receipt.summary, *receipt.notes, self.dropped_words())).strip()
        role: Role = "status.warn" if receipt.notes else "status.ok"
        self.say(words, role, "u undo" if undoable else "")

    async def _show_at_last(self, show: Callable[[], None]) -> None:
        """Shows what has been stored; where that cannot be read now, the next look does."""
        try:
            await self.patiently(show)
        except PipeboardError:
            self.reads_again = True

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

    @in_turn
    async def action_undo(self) -> None:
        await self.take_back(redo=False)

    @in_turn
    async def action_redo(self) -> None:
        await self.take_back(redo=True)

    async def ask(self, screen: ModalScreen[T]) -> T | None:
        """What a person answers on a screen that opens over this one; None when they cancel."""
        if self.turn is not None:
            self.turn.has_begun = True
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

    def whom_of(self, ids: Sequence[int]) -> str:
        return self.whom(ids)

    def mean(self, ids: Sequence[int]) -> None:
        """From here on the action is about these deals, seen as they were last seen."""
        if self.turn is not None:
            self.turn.meant = (tuple(ids), self.turn.meant[1] if self.turn.meant else {})

    def take_note_of(self, receipt: Receipt) -> None:
        """The action has itself changed these deals: that is what the person has seen now."""
        if self.turn is not None and self.turn.meant is not None:
            ids, before = self.turn.meant
            seen = {deal.id: deal.version for deal in receipt.deals}
            self.turn.meant = (ids, {**before, **seen})

    def go_on_from(self, receipt: Receipt) -> None:
        """What a change that is done leads to, if anything."""

    def open_gate(self, gate: GateNotMet, call: Change) -> None:
        """The ways on from a gate that is not met: answer, lose, override with a reason."""
        raise NotImplementedError
