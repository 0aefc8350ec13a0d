"""The mouse on the board: everything that it does has a key too."""

from __future__ import annotations

from textual import on

from pipeboard.domain.pipeline import Stage
from pipeboard.ui.draw.pointing import Place
from pipeboard.ui.screens.deal_actions import in_turn
from pipeboard.ui.screens.looking import Looking
from pipeboard.ui.screens.moving import Moving
from pipeboard.ui.widgets.canvas import BoardCanvas


class Pointing(Moving, Looking):
    """A click selects, a second one opens, dragging moves, the wheel scrolls."""

    @on(BoardCanvas.Pointed)
    async def _point(self, event: BoardCanvas.Pointed) -> None:
        hit = event.hit
        self.say("")
        match hit.place:
            case Place.CARD:
                self.state.show(cursor=(hit.column, hit.row))
                if event.count > 1:
                    await self.run_action("open")
            case Place.TAB | Place.HEAD | Place.COLUMN:
                self.state.show(cursor=(hit.column, self.state.view.top(hit.column)))
            case Place.ABOVE:
                self.state.scroll(hit.column, -3)
            case Place.BELOW:
                self.state.scroll(hit.column, 3)
            case Place.HINT:
                commands = self.board_app.look.commands
                command = next(c for c in commands if c.rank and c.key_hinted == hit.key)
                await self.run_action(command.action)
                return
        self.redraw()

    @on(BoardCanvas.Dragged)
    def _drop(self, event: BoardCanvas.Dragged) -> None:
        card = self.state.view.card(event.start.column, event.start.row)
        if card is None:
            return
        self.state.show(cursor=(event.start.column, event.start.row))
        if card.id not in self.state.view.marks:
            self.state.show(marks=frozenset())
        self._move_dragged(self.state.board.columns[event.end.column].stage)

    @in_turn
    async def _move_dragged(self, stage: Stage) -> None:
        await self.move_to(stage)

    @on(BoardCanvas.Scrolled)
    def _wheel(self, event: BoardCanvas.Scrolled) -> None:
        if event.hit.place is Place.PANE:
            self.scroll_pane(event.lines)
        elif event.hit.column >= 0:
            self.state.scroll(event.hit.column, 1 if event.lines > 0 else -1)
            self.redraw()
