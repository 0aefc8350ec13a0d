"""Keys of the daily work: next step, note, interaction, snooze."""

from __future__ import annotations

from pipeboard.domain.dates import parse_date
from pipeboard.ui.screens import asking
from pipeboard.ui.screens.deal_actions import DealActions, in_turn
from pipeboard.ui.screens.menu import Choice, Menu
from pipeboard.ui.screens.prompt import Prompt

_STEP_DAYS = (
    ("1", "today "),
    ("2", "tomorrow "),
    ("3", "+3d "),
    ("w", "1w "),
    ("m", "1m "),
)
_TOUCHES = {"c": "call", "e": "email", "m": "meeting", "d": "demo", "x": "message"}
_SNOOZES = {
    "1": ("1d", "1 day"),
    "3": ("3d", "3 days"),
    "w": ("1w", "1 week"),
    "m": ("1m", "1 month"),
}


class Working(DealActions):
    """What moves a deal on between two stages."""

    @in_turn
    async def action_next_step(self) -> None:
        if self.selected():
            await self.ask_next_step()

    async def ask_next_step(self) -> bool:
        """Asks for the next step of the deals that are meant; whether one was set."""
        ids = self.selected()
        typed = await self.ask(
            Prompt(
                f"Next step of {self.whom(ids)}",
                live=asking.next_step(self.today),
                accept_empty=True,
                presets=_STEP_DAYS,
                placeholder=self.present("next_step") or "thu call Bob",
                draft_key=f"next-{ids[0]}",
            )
        )
        return typed is not None and await self.change(
            lambda w, ids, seen, _: w.plan(ids, typed, seen=seen)
        )

    @in_turn
    async def action_note(self) -> None:
        ids = self.selected()
        if not ids:
            return
        typed = await self.ask(Prompt(f"Note on {self.whom(ids)}", draft_key=f"note-{ids[0]}"))
        if typed:
            await self.change(lambda w, ids, _seen, _: w.add_note(ids, typed))

    @in_turn
    async def action_interaction(self) -> None:
        ids = self.selected()
        if not ids:
            return
        title = f"Log with {self.whom(ids)}"
        kind = await self.ask(Menu(title, [Choice(k, name) for k, name in _TOUCHES.items()]))
        if kind is None:
            return
        name = _TOUCHES[kind]
        way = await self.ask(
            Menu(f"{title}: {name}", [Choice("o", "out: from us"), Choice("i", "in: from them")])
        )
        if way is None:
            return
        direction = "in" if way == "i" else "out"
        outcome = await self.ask(Prompt("What came of it?", accept_empty=True))
        if outcome is None:
            return
        logged = await self.change(
            lambda w, ids, seen, _: w.log_touch(ids, name, direction, outcome, seen=seen),
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
