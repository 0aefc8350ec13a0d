"""Keys of the daily work: next step, note, interaction, snooze."""

from __future__ import annotations

from collections.abc import Sequence

from pipeboard.domain.dates import parse_date
from pipeboard.domain.pipeline import Stage
from pipeboard.ui.screens import asking
from pipeboard.ui.screens.deal_actions import in_turn
from pipeboard.ui.screens.menu import Choice, Menu
from pipeboard.ui.screens.noting import Noting
from pipeboard.ui.screens.prompt import Prompt

_STEP_DAYS = (
    ("1", "today "),
    ("2", "tomorrow "),
    ("3", "+3d "),
    ("w", "1w "),
    ("m", "1m "),
)
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
        """Asks for the next step of the deals that are meant; whether one was set."""
        ids = self.selected()
        usual = self._usual_step(ids)
        typed = await self.ask(
            Prompt(
                f"Next step of {self.whom(ids)}",
                live=asking.next_step(self.today, usual),
                accept_empty=True,
                presets=_STEP_DAYS,
                placeholder=self.present("next_step") or f"thu {usual or 'call Bob'}",
                draft_key=f"next-{ids[0]}",
            )
        )
        if typed is None:
            return False
        step = asking.with_usual_words(typed, self.today, usual)
        return bool(await self.change(lambda w, ids, seen, _: w.plan(ids, step, seen=seen)))

    def _usual_step(self, ids: Sequence[int]) -> str:
        """What the stage suggests as a next step, where the deals agree on it."""
        deals = self.state.reader.deals(ids).values()
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
        outcome = await self.ask(Prompt("What came of it?", accept_empty=True))
        if outcome is None:
            return
        logged = await self.change(
            lambda w, ids, seen, _: w.log_touch(
                ids,
                name,
                direction,
                outcome,
                quote=kind == _PROPOSAL,
                trial_close=commitment,
                seen=seen,
            ),
            repeats=False,
        )
        if logged:
            await self.ask_next_step()

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
        typed: str | None = _SNOOZES[key][0] if key in _SNOOZES else ""
        if key == "d":
            typed = await self.ask(Prompt("Snooze until", live=asking.day(self.today)))
        if typed is None:
            return
        until = parse_date(typed, self.today) if typed else None
        await self.change(lambda w, ids, seen, _: w.snooze(ids, until, seen=seen))

    @in_turn
    async def action_playbook(self) -> None:
        """b: how the stage is worked; ticks its checklist for the deal under the cursor."""
        from pipeboard.ui.screens.playbook import Playbook

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
