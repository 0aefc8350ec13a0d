"""Keys that move deals: on, back, anywhere, won, lost, archived, by hand in their column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeboard.domain.dates import parse_date
from pipeboard.domain.deal import Deal, Loss
from pipeboard.domain.going_on import POST_SALE
from pipeboard.domain.money import parse_money
from pipeboard.domain.pipeline import Stage
from pipeboard.ui.screens import asking
from pipeboard.ui.screens.deal_actions import DealActions, in_turn
from pipeboard.ui.screens.menu import Choice, Menu
from pipeboard.ui.screens.picker import Option, Picker
from pipeboard.ui.screens.prompt import Prompt

if TYPE_CHECKING:
    from pipeboard.workspace import Receipt

# Categories after which a deal is worth another try some day.
_RETURNING = ("disqualified", "timing", "no-decision", "unresponsive")


class Moving(DealActions):
    """Everything that ends in another stage, or out of them."""

    @in_turn
    async def action_advance(self) -> None:
        await self._step(self.take_count())

    @in_turn
    async def action_back(self) -> None:
        await self._step(-self.take_count())

    async def _step(self, places: int) -> None:
        await self.change(lambda w, ids, seen, why: w.step(ids, places, override=why, seen=seen))

    @in_turn
    async def action_move(self) -> None:
        ids = self.selected()
        if not ids:
            return
        usable = [stage for stage in self.pipeline().stages if not stage.retired]
        choices = [
            *(Choice(str(n), stage.name) for n, stage in enumerate(usable, 1) if stage.is_open),
            Choice("w", "Won"),
            Choice("l", "Lost…"),
            Choice("r", "Reopen"),
            Choice("d", "Archive"),
        ]
        key = await self.ask(Menu(f"Move {self.whom(ids)} to", choices))
        if key is None:
            return
        if key.isdigit():
            await self.move_to(usable[int(key) - 1])
        elif key == "r":
            await self.change(lambda w, ids, seen, why: w.reopen(ids, override=why, seen=seen))
        else:
            await self.run_action({"w": "win", "l": "lose", "d": "archive"}[key])

    async def move_to(self, stage: Stage) -> None:
        """The deals that are meant, to a stage; to an outcome by its own questions."""
        pipeline = self.pipeline()
        if stage.is_open:
            await self.change(
                lambda w, ids, seen, why: w.move(ids, stage.id, override=why, seen=seen)
            )
        else:
            await self.run_action("win" if stage.id == pipeline.won.id else "lose")

    @in_turn
    async def action_win(self) -> None:
        ids = self.selected()
        if not ids:
            return
        value = None
        if len(ids) == 1:
            currency, present = self.pipeline().currency, self.present("value")
            live = asking.money(currency, present)
            typed = await self.ask(
                Prompt(f"Won {self.whom(ids)} at", value=present, live=live, accept_empty=True)
            )
            if typed is None:
                return
            value = parse_money(typed, currency) if typed.strip() else None
        await self.change(
            lambda w, ids, seen, why: w.win(ids, value=value, override=why, seen=seen)
        )

    def go_on_from(self, receipt: Receipt) -> None:
        if receipt.verb == "won" and len(receipt.deals) == 1:
            self._offer_follow_up(receipt.deals[0])

    @in_turn
    async def _offer_follow_up(self, deal: Deal) -> None:
        """A won customer buys again where somebody asks how it goes: a lead for that, on a day."""
        after = f"in {POST_SALE.days} days"
        choices = [Choice("y", after), Choice("d", "another day…"), Choice("n", "no")]
        key = await self.ask(Menu(f"Won. Ask {deal.name} how it goes", choices))
        typed: str | None = ""
        if key == "d":
            typed = await self.ask(Prompt("Follow up on", live=asking.day(self.today)))
        if key in (None, "n") or typed is None:
            return
        due = parse_date(typed, self.today) if typed else None
        await self.change(lambda w, *_: w.follow_up(deal.id, due), repeats=False)

    @in_turn
    async def action_lose(self) -> None:
        await self.lose_meant()

    async def lose_meant(self) -> None:
        """Asks why the deals that are meant are lost, and when to try again."""
        ids = self.selected()
        if not ids:
            return
        options = [Option(name, name) for name in self.board_app.settings.loss_categories]
        category = await self.ask(Picker(f"Why is {self.whom(ids)} lost?", options))
        if category is None:
            return
        reason = await self.ask(Prompt(f"Lost: {category}. In your words", accept_empty=True))
        if reason is None:
            return
        competitor: str | None = ""
        if category == "competitor":
            competitor = await self.ask(Prompt("Which competitor?", accept_empty=True))
        again: str | None = ""
        if category in _RETURNING:
            label = "Try again on (empty: never)"
            again = await self.ask(Prompt(label, live=asking.day(self.today), accept_empty=True))
        if competitor is None or again is None:
            return
        recycle_on = parse_date(again, self.today) if again.strip() else None
        loss = Loss(category, reason, competitor, recycle_on)
        await self.change(lambda w, ids, seen, _: w.lose(ids, loss, seen=seen))

    @in_turn
    async def action_archive(self) -> None:
        await self.change(lambda w, ids, seen, _: w.archive(ids, seen=seen))
