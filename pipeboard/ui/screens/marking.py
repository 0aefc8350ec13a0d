"""Keys for many deals at once, for order by hand, and for taking back."""

from __future__ import annotations

from pipeboard.domain.board import Sort
from pipeboard.ui.outcome import Outcome
from pipeboard.ui.overlays import feedback
from pipeboard.ui.overlays.prompt import Prompt
from pipeboard.ui.screens.deal_actions import DealActions, in_turn
from pipeboard.ui.screens.questions import Questions, until_stored


class Marking(DealActions):
    """Marks, ranges, repeat, order, undo and redo, and adding deals."""

    range_start: tuple[int, int] | None = None

    def redraw(self) -> None:
        """Shows the state as it is now."""
        raise NotImplementedError

    @in_turn
    async def action_mark(self) -> None:
        self.state.catch_up()
        card = self.state.card
        if card is None:
            return
        self.state.show(marks=self.state.view.marks ^ {card.id})
        self.state.move_cursor(0, 1)
        self.say("")
        self.redraw()

    @in_turn
    async def action_mark_range(self) -> None:
        column, row = self.state.view.cursor
        if self.range_start is None or self.range_start[0] != column:
            self.range_start = (column, row)
            self.say("Range from here: go to the other end and press V again.")
            return
        ids = self.state.ids_between(column, self.range_start[1], row)
        self.range_start = None
        self.state.show(marks=self.state.view.marks | set(ids))
        self.say("")
        self.redraw()

    @in_turn
    async def action_mark_all(self) -> None:
        ids = frozenset(self.state.column_ids())
        marks = self.state.view.marks
        self.state.show(marks=marks - ids if ids <= marks else marks | ids)
        self.say("")
        self.redraw()

    @in_turn
    async def action_repeat(self) -> None:
        last = self.board_app.last_change
        if last is None:
            self.say("Nothing to repeat yet: . does your last change again.", "status.warn")
            return
        await self.change(last)

    @in_turn
    async def action_order_down(self) -> None:
        await self._reorder(1)

    @in_turn
    async def action_order_up(self) -> None:
        await self._reorder(-1)

    async def _reorder(self, places: int) -> None:
        if self.state.lens.sort is not Sort.MANUAL:
            self.say("The cards are sorted; s m orders them by hand.", "status.warn")
            return
        card, lens = self.state.card, self.state.lens
        if card is not None:
            deal_id = card.id
            await self.change(lambda w, _ids, seen, _: w.reorder(deal_id, places, lens, seen=seen))

    @in_turn
    async def action_add(self) -> None:
        pipeline = self.pipeline()
        column = self.state.board.columns[self.state.view.cursor[0]]
        stage = column.stage if column.stage.is_open else pipeline.open_stages[0]
        live = feedback.quick_add(self.today, pipeline.currency, self.state.open_deal_of)

        async def ask(questions: Questions) -> Outcome | None:
            title = f"Add to {stage.name}"
            typed = await questions.ask(lambda: Prompt(title, live=live, draft_key="add"))
            return None if typed is None else await self.add(typed, stage.id)

        await until_stored(self, ask)
