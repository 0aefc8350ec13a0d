"""Keys that change what a deal says: owner, value, dates, category, tags, all fields at once."""

from __future__ import annotations

from pipeboard.domain.dates import parse_date
from pipeboard.domain.money import parse_money
from pipeboard.domain.percent import parse_percent
from pipeboard.domain.pipeline import Category
from pipeboard.ui.screens import asking
from pipeboard.ui.screens.deal_actions import DealActions, in_turn
from pipeboard.ui.screens.menu import Choice, Menu
from pipeboard.ui.screens.picker import Option, Picker
from pipeboard.ui.screens.prompt import Prompt

_CATEGORIES = {
    "o": Category.OMITTED,
    "p": Category.PIPELINE,
    "b": Category.BEST,
    "c": Category.COMMIT,
}


class Editing(DealActions):
    """Fields by their own keys, and the form that holds them all."""

    @in_turn
    async def action_value(self) -> None:
        ids = self.selected()
        if not ids:
            return
        currency, present = self.pipeline().currency, self.present("value")
        live = asking.money(currency, present)
        typed = await self.ask(
            Prompt(f"Value of {self.whom(ids)}", value=present, live=live, accept_empty=True)
        )
        if typed is not None:
            await self._set("value", parse_money(typed, currency) if typed.strip() else None)

    @in_turn
    async def action_close_date(self) -> None:
        ids = self.selected()
        if not ids:
            return
        typed = await self.ask(
            Prompt(
                f"Expected close of {self.whom(ids)}",
                value=self.present("expected_close"),
                live=asking.day(self.today),
                accept_empty=True,
            )
        )
        if typed is not None:
            day = parse_date(typed, self.today) if typed.strip() else None
            await self._set("expected_close", day)

    @in_turn
    async def action_probability(self) -> None:
        ids = self.selected()
        if not ids:
            return
        typed = await self.ask(
            Prompt(
                f"Probability of {self.whom(ids)} (empty: the stage's)",
                value=self.present("probability"),
                live=asking.percent(),
                accept_empty=True,
            )
        )
        if typed is not None:
            await self._set("probability_bp", parse_percent(typed) if typed.strip() else None)

    @in_turn
    async def action_category(self) -> None:
        ids = self.selected()
        if not ids:
            return
        choices = [
            *(Choice(key, name.value.capitalize()) for key, name in _CATEGORIES.items()),
            Choice("s", "the stage's own"),
        ]
        key = await self.ask(Menu(f"Forecast of {self.whom(ids)}", choices))
        if key is not None:
            category = _CATEGORIES.get(key)
            await self._set("category", str(category) if category else None)

    @in_turn
    async def action_owner(self) -> None:
        ids = self.selected()
        if not ids:
            return
        pipeline = self.pipeline()
        loads = await self.board_app.clerk.ask(lambda workspace: workspace.loads(pipeline))
        options = [
            Option(
                load.name,
                load.name,
                f"{load.open} open  {load.overdue} overdue  {load.stalled} stalled",
            )
            for load in loads
        ]
        rep = await self.ask(Picker(f"Give {self.whom(ids)} to", options, typed=True))
        if rep is not None:
            await self.change(lambda w, ids, seen, _: w.assign(ids, rep, seen=seen))

    @in_turn
    async def action_tags(self) -> None:
        ids = self.selected()
        if not ids:
            return
        typed = await self.ask(
            Prompt(f"Tags of {self.whom(ids)}", placeholder="+inbound -cold", value="+")
        )
        if typed is None or not typed.strip(" +-"):
            return
        words = typed.replace(",", " ").split()
        add = [word.lstrip("+") for word in words if not word.startswith("-")]
        remove = [word.lstrip("-") for word in words if word.startswith("-")]
        await self.change(lambda w, ids, seen, _: w.tag(ids, add, remove, seen=seen))

    @in_turn
    async def action_edit(self) -> None:
        await self.edit_form()

    async def edit_form(self) -> None:
        """The form with all fields of one deal."""
        from pipeboard.ui.screens.deal_form import deal_form
        from pipeboard.ui.screens.form import Form

        ids = self.selected()
        if not ids:
            return
        if len(ids) > 1:
            self.say("The form edits one deal; o, $, c and + work on many.", "status.warn")
            return
        sheet = await self.board_app.clerk.ask(lambda workspace: workspace.sheet(ids[0]))
        settings, me = self.board_app.settings, self.board_app.me
        title, fields = deal_form(sheet.deal, sheet.pipeline, self.today, settings, me)
        changed = await self.ask(Form(title, fields, draft_key=f"edit-{ids[0]}"))
        if changed:
            assignments = [f"{name}={value}" for name, value in changed.items()]
            version = {ids[0]: sheet.deal.version}
            await self.change(
                lambda w, ids, _seen, _: w.set_fields(ids, assignments, seen=version),
                repeats=False,
            )

    async def _set(self, field: str, value: object) -> None:
        await self.change(lambda w, ids, seen, _: w.edit(ids, {field: value}, seen=seen))
