"""Keys of the daily work: next step, note, interaction, snooze."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeboard.domain.dates import parse_date, split_leading_date
from pipeboard.domain.deal import Deal
from pipeboard.domain.pipeline import Stage
from pipeboard.ui.outcome import Outcome
from pipeboard.ui.overlays import feedback
from pipeboard.ui.overlays.draft import key_of
from pipeboard.ui.overlays.menu import Choice, Menu
from pipeboard.ui.overlays.prompt import Prompt
from pipeboard.ui.screens.deal_actions import in_turn
from pipeboard.ui.screens.noting import Noting
from pipeboard.ui.screens.questions import Meeting, Questions, until_stored

_TOUCHES = {"c": "call", "e": "email", "m": "meeting", "d": "demo", "x": "message"}
_PROPOSAL, _TRIAL_CLOSE = "p", "k"
_COMMITMENTS = {"y": "yes", "n": "no", "c": "conditional"}
_SNOOZES = {
    "1": ("1d", "1 day"),
    "3": ("3d", "3 days"),
    "w": ("1w", "1 week"),
    "m": ("1m", "1 month"),
}


class Working(Noting):
    """What moves a deal on between two stages."""

    @in_turn
    async def action_next_step(self) -> None:
        if self.selected():
            await self.ask_next_step()

    async def ask_next_step(self) -> bool:
        """Asks for the next step of the deals that are meant; whether one was set.

        A day alone puts the step off, its words as they are.
        """
        ids = self.selected()
        deals = (await self.board_app.write_queue.ask(lambda w: w.reader.deals(ids))).values()
        usual = self._usual_step(deals)
        steps = {deal.next_step.text if deal.next_step else "" for deal in deals}
        words = feedback.Words(steps.pop() if len(steps) == 1 else "", usual, len(deals))

        async def ask(questions: Questions) -> Outcome | None:
            typed = await questions.ask(
                lambda: Prompt(
                    f"Next step of {self.whom(ids)}",
                    live=feedback.next_step(self.today, words),
                    accept_empty=True,
                    presets=feedback.step_days(self.today),
                    placeholder=self.present("next_step") or f"thu {usual or 'call Bob'}",
                    draft_key=key_of("next", ids),
                )
            )
            return None if typed is None else await self._plan(typed, usual)

        def both(deal: Deal, mine: str, _theirs: str) -> str:
            return f"{mine}; {deal.next_step.text}" if deal.next_step else mine

        return bool(await until_stored(self, ask, Meeting(both)))

    async def _plan(self, typed: str, usual: str) -> Outcome:
        due, words = split_leading_date(typed, self.today)
        if due is not None and not words:
            return await self.change(
                lambda w, ids, seen, _: w.reschedule(ids, due, usual, seen=seen)
            )
        return await self.change(lambda w, ids, seen, _: w.plan(ids, typed, seen=seen))

    def _usual_step(self, deals: Iterable[Deal]) -> str:
        """What the stage suggests as a next step, where the deals agree on it."""
        pipelines = {pipeline.id: pipeline for pipeline in self.state.reader.pipelines()}
        stages = {pipelines[deal.pipeline_id].stage(deal.stage_id) for deal in deals}
        return stages.pop().next_step if len(stages) == 1 else ""

    @in_turn
    async def action_interaction(self) -> None:
        ids = self.selected()
        if not ids:
            return
        title = f"Log with {self.whom(ids)}"
        choices = [Choice(key, name) for key, name in _TOUCHES.items()]
        choices += [Choice(_PROPOSAL, "proposal sent"), Choice(_TRIAL_CLOSE, "trial close")]
        kind = await self.ask(Menu(title, choices))
        if kind is None:
            return
        name, direction, commitment = _TOUCHES.get(kind, "email"), "out", ""
        if kind == _TRIAL_CLOSE:
            title = "Asked for a small commitment: their answer"
            said = await self.ask(Menu(title, [Choice(*each) for each in _COMMITMENTS.items()]))
            if said is None:
                return
            name, commitment = "call", _COMMITMENTS[said]
        elif kind != _PROPOSAL:
            ways = [Choice("o", "out: from us"), Choice("i", "in: from them")]
            way = await self.ask(Menu(f"{title}: {name}", ways))
            if way is None:
                return
            direction = "in" if way == "i" else "out"
        is_quote = kind == _PROPOSAL
        if await self._log(ids, name, direction, quote=is_quote, trial_close=commitment):
            await self.ask_next_step()

    async def _log(
        self, ids: Sequence[int], name: str, direction: str, *, quote: bool, trial_close: str
    ) -> bool:
        """Asks what came of an interaction, and logs it."""

        async def ask(questions: Questions) -> Outcome | None:
            title = f"What came of it? {self.whom(ids)}: {name} ({direction})"
            came = await self.words(questions, title, key_of("outcome", ids), accept_empty=True)
            if came is None:
                return None
            return await self.change(
                lambda w, ids, seen, _: w.log_touch(
                    ids, name, direction, came, quote=quote, trial_close=trial_close, seen=seen
                ),
                repeats=False,
            )

        return bool(await until_stored(self, ask))

    @in_turn
    async def action_snooze(self) -> None:
        ids = self.selected()
        if not ids:
            return
        choices = [
            *(Choice(key, label) for key, (_, label) in _SNOOZES.items()),
            Choice("d", "until a date…"),
            Choice("0", "wake"),
        ]
        key = await self.ask(Menu(f"Snooze {self.whom(ids)}", choices))
        if key is None:
            return

        async def ask(questions: Questions) -> Outcome | None:
            typed: str | None = _SNOOZES[key][0] if key in _SNOOZES else ""
            if key == "d":
                title, live = f"Snooze {self.whom(ids)} until", feedback.day(self.today)
                draft_key = key_of("snooze", ids)
                typed = await questions.ask(lambda: Prompt(title, live=live, draft_key=draft_key))
            if typed is None:
                return None
            until = parse_date(typed, self.today) if typed else None
            return await self.change(lambda w, ids, seen, _: w.snooze(ids, until, seen=seen))

        await until_stored(self, ask)

    @in_turn
    async def action_playbook(self) -> None:
        """b: how the stage is worked; ticks its checklist for the deal under the cursor."""
        from pipeboard.ui.overlays.playbook import Playbook

        ids, _ = self.meant or self.targets()
        deal = self.state.reader.deal(ids[0]) if len(ids) == 1 else None
        stage = self.pipeline().stage(deal.stage_id) if deal else self.stage_shown()
        while True:
            place = await self.ask(Playbook(stage, deal))
            if place is None or deal is None:
                return
            item, deal_id = stage.checklist[place], deal.id
            done = not deal.is_checked(stage.id, item)
            if not await self._tick_off(deal_id, stage.id, item, done=done):
                return
            deal = self.state.reader.deal(deal_id)

    async def _tick_off(self, deal_id: int, stage_id: int, item: str, *, done: bool) -> bool:
        return bool(
            await self.change(
                lambda w, _ids, seen, _: w.check(deal_id, stage_id, item, done=done, seen=seen),
                repeats=False,
            )
        )

    def stage_shown(self) -> Stage:
        """The stage that is looked at where no deal is."""
        return self.pipeline().open_stages[0]
