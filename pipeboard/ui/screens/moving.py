"""Keys that move deals: on, back, anywhere, won, lost, archived, by hand in their column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeboard.domain.dates import parse_date
from pipeboard.domain.deal import Deal, Loss
from pipeboard.domain.going_on import POST_SALE
from pipeboard.domain.money import parse_money
from pipeboard.domain.pipeline import Stage
from pipeboard.ui.outcome import Outcome
from pipeboard.ui.overlays import feedback
from pipeboard.ui.overlays.draft import key_of
from pipeboard.ui.overlays.menu import Choice, Menu
from pipeboard.ui.overlays.picker import Option, Picker
from pipeboard.ui.overlays.prompt import Prompt
from pipeboard.ui.screens.deal_actions import DealActions, in_turn
from pipeboard.ui.screens.questions import Questions, until_stored

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
        elif key == "d":
            await self._archive()
        else:
            await self.run_action({"w": "win", "l": "lose"}[key])

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
        currency, present = self.pipeline().currency, self.present("value")
        live = feedback.money(currency, present)

        async def ask(questions: Questions) -> Outcome | None:
            typed: str | None = ""
            if len(ids) == 1:
                typed = await questions.ask(
                    lambda: Prompt(
                        f"Won {self.whom(ids)} at",
                        value=present,
                        live=live,
                        accept_empty=True,
                        draft_key=key_of("won", ids),
                    )
                )
            if typed is None:
                return None
            value = parse_money(typed, currency) if typed.strip() else None
            return await self.change(
                lambda w, ids, seen, why: w.win(ids, value=value, override=why, seen=seen)
            )

        await until_stored(self, ask)

    def go_on_from(self, receipt: Receipt) -> None:
        if receipt.verb == "won" and len(receipt.deals) == 1:
            # The amount that was typed may have waited until the gate was passed.
            self.board_app.drafts.discard(key_of("won", [receipt.deals[0].id]))
            self._offer_follow_up(receipt.deals[0])

    @in_turn
    async def _offer_follow_up(self, deal: Deal) -> None:
        """A won customer buys again where somebody asks how it goes: a lead for that, on a day."""
        after = f"in {POST_SALE.days} days"
        choices = [Choice("y", after), Choice("d", "another day…"), Choice("n", "no")]
        key = await self.ask(Menu(f"Won. Ask {deal.name} how it goes", choices))
        if key in (None, "n"):
            return

        async def ask(questions: Questions) -> Outcome | None:
            typed: str | None = ""
            if key == "d":
                title, live = f"Ask {deal.name} how it goes on", feedback.day(self.today)
                draft_key = key_of("follow-up", [deal.id])
                typed = await questions.ask(lambda: Prompt(title, live=live, draft_key=draft_key))
            if typed is None:
                return None
            due = parse_date(typed, self.today) if typed else None
            return await self.change(lambda w, *_: w.follow_up(deal.id, due), repeats=False)

        await until_stored(self, ask)

    @in_turn
    async def action_lose(self) -> None:
        await self.lose_meant()

    async def lose_meant(self) -> None:
        """Asks why the deals that are meant are lost, and when to try again."""
        ids = self.selected()
        if not ids:
            return
        options = [Option(name, name) for name in self.board_app.settings.loss_categories]

        async def ask(questions: Questions) -> Outcome | None:
            title = f"Why {'are' if len(ids) > 1 else 'is'} {self.whom(ids)} lost?"
            category = await questions.ask(lambda: Picker(title, options))
            loss = await self._loss(questions, ids, category) if category is not None else None
            if loss is None:
                return None
            return await self.change(lambda w, ids, seen, _: w.lose(ids, loss, seen=seen))

        await until_stored(self, ask)

    async def _loss(self, questions: Questions, ids: Sequence[int], category: str) -> Loss | None:
        """The reason in words, and what a reason of that kind asks for."""
        whom = self.whom(ids)

        def prompt(label: str, field: str, live: feedback.Live | None = None) -> Prompt:
            key = key_of("lost", ids, field)
            return Prompt(label, live=live, accept_empty=True, draft_key=key)

        reason = await questions.ask(
            lambda: prompt(f"{whom} lost: {category}. In your words", "reason")
        )
        if reason is None:
            return None
        competitor: str | None = ""
        if category == "competitor":
            competitor = await questions.ask(
                lambda: prompt(f"To which competitor is {whom} lost?", "competitor")
            )
        again: str | None = ""
        if category in _RETURNING:
            label = f"Try {whom} again on (empty: never)"
            again = await questions.ask(lambda: prompt(label, "again", feedback.day(self.today)))
        if competitor is None or again is None:
            return None
        recycle_on = parse_date(again, self.today) if again.strip() else None
        return Loss(category, reason, competitor, recycle_on)

    @in_turn
    async def action_archive(self) -> None:
        """Asks first: after an Esc that came late, the key may have been meant for a menu."""
        ids = self.selected()
        if not ids:
            return
        them = "them" if len(ids) > 1 else "it"
        question = Menu(
            f"Archive {self.whom(ids)}?", [Choice("d", "archives")], leaving=("Esc", f"Keep {them}")
        )
        if await self.ask(question) is not None:
            await self._archive()

    async def _archive(self) -> None:
        await self.change(lambda w, ids, seen, _: w.archive(ids, seen=seen))
