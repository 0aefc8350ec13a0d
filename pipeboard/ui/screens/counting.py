"""From the board to its numbers, and from a number back to its deals."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from pipeboard.domain.filter_nodes import Filter, These
from pipeboard.ui.screens.deal_actions import in_turn
from pipeboard.ui.screens.looking import Looking

if TYPE_CHECKING:
    from pipeboard.ui.metrics_worker import MetricsWorker
    from pipeboard.ui.screens.metrics import Place, Wanted
    from pipeboard.workspace import Workspace


class Counting(Looking):
    """Opens the metrics screen; what it counts with is made when it is first wanted."""

    metrics_worker: MetricsWorker | None = None
    _place: Place | None = None

    @in_turn
    async def action_metrics(self) -> None:
        """The numbers of the pipeline, as they were left or under the board's own filter."""
        # Importing all that counts takes long enough to be felt at the keys.
        await asyncio.to_thread(import_module, "pipeboard.ui.screens.metrics")
        from pipeboard.ui.metrics_worker import MetricsWorker
        from pipeboard.ui.screens.metrics import MetricsScreen

        seat = self.board_app.seat
        if self.metrics_worker is None:
            self.metrics_worker = MetricsWorker(seat.store, seat.clock, seat.me)
        theme = self.board_app.look.theme
        await self.app.push_screen(
            MetricsScreen(self.state, self.metrics_worker, theme, self._place, self._come_back)
        )

    def _come_back(self, place: Place, wanted: Wanted | None) -> None:
        """Shows the deals behind a number; raises DatabaseError, with all as it was."""
        self._place = place
        if wanted is None:
            return
        lens = replace(
            self.state.lens,
            pipeline_id=place.asked.pipeline.id,
            owner=None,
            filter=Filter(wanted.title, These(wanted.ids)),
        )
        self.state.load(lens)
        self.state.show(filter_text=wanted.title, cursor=(0, 0), marks=frozenset())
        self._go_to_first_card()
        self.redraw()
        self.count_signs()

    def _go_to_first_card(self) -> None:
        """The cursor to the first column that has any of the deals."""
        columns = self.state.board.columns
        first = next((at for at, column in enumerate(columns) if column.count), 0)
        self.state.show(cursor=(first, 0))

    async def measure(self) -> None:
        """How long deals usually stay in each stage, for the heads of the columns."""
        self.state.show(usual_days=await self.board_app.housekeeper.ask(_usual_days))
        self.redraw()

    def on_unmount(self) -> None:
        if self.metrics_worker is not None:
            self.metrics_worker.close()


def _usual_days(workspace: Workspace) -> tuple[tuple[int, int], ...]:
    found = (workspace.reader.usual_days(p.id) for p in workspace.pipelines())
    return tuple(pair for usual in found for pair in usual.items())
