"""Keys that change what a deal says: owner, value, dates, category, tags, all fields at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pipeboard.domain.dates import parse_date
from pipeboard.domain.money import parse_money
from pipeboard.domain.percent import parse_percent
from pipeboard.domain.pipeline import Category
from pipeboard.ui.outcome import Outcome
from pipeboard.ui.screens import asking
from pipeboard.ui.screens.deal_actions import DealActions, in_turn
from pipeboard.ui.screens.drafting import key_of
from pipeboard.ui.screens.menu import Choice, Menu
from pipeboard.ui.screens.picker import Option, Picker
from pipeboard.ui.screens.prompt import Prompt
from pipeboard.ui.screens.questions import Questions, until_stored

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue

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
        currency, present = self.pipeline().currency, self.present("value")
        await self._ask_field(
            "value",
            "Value of",
            present,
            asking.money(currency, present),
            lambda text: parse_money(text, currency),
        )

    @in_turn
    async def action_close_date(self) -> None:
        await self._ask_field(
            "expected_close",
            "Expected close of",
            self.present("expected_close"),
            asking.day(self.today),
            lambda text: parse_date(text, self.today),
        )

    @in_turn
    async def action_probability(self) -> None:
        await self._ask_field(
            "probability_bp",
            "Probability (empty: the stage's) of",
            self.present("probability"),
            asking.percent(),
            parse_percent,
        )

    async def _ask_field(
        self,
        field: str,
        title: str,
        present: str,
        live: asking.Live,
        read: Callable[[str], FieldValue],
    ) -> None:
        """Asks for one field of the deals that are meant; nothing typed empties it."""
        ids = self.selected()
        if not ids:
            return

        async def ask(questions: Questions) -> Outcome | None:
            typed = await questions.ask(
                lambda: Prompt(
                    f"{title} {self.whom(ids)}",
                    value=present,
                    live=live,
                    accept_empty=True,
                    draft_key=key_of(field, ids),
                )
            )
            if typed is None:
                return None
            return await self._set(field, read(typed) if typed.strip() else None)

        await until_stored(self, ask)

    @in_turn
    async def action_category(self) -> None:
        ids = self.selected()
        if not ids:
            return
        choices = [
            *(Choice(key, name.value.capitalize()) for key, name in _CATEGORIES.items()),
            Choice("s", "the stage's own"),
        ]

        async def ask(questions: Questions) -> Outcome | None:
            key = await questions.ask(lambda: Menu(f"Forecast of {self.whom(ids)}", choices))
            if key is None:
                return None
            category = _CATEGORIES.get(key)
            return await self._set("category", str(category) if category else None)

        await until_stored(self, ask)

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

        async def ask(questions: Questions) -> Outcome | None:
            rep = await questions.ask(lambda: Picker(f"Give {self.whom(ids)} to", options))
            if rep is None:
                return None
            return await self.change(lambda w, ids, seen, _: w.assign(ids, rep, seen=seen))

        await until_stored(self, ask)

    @in_turn
    async def action_tags(self) -> None:
        ids = self.selected()
        if not ids:
            return

        async def ask(questions: Questions) -> Outcome | None:
            typed = await questions.ask(
                lambda: Prompt(
                    f"Tags of {self.whom(ids)}",
                    placeholder="+inbound -cold",
                    value="+",
                    draft_key=key_of("tags", ids),
                )
            )
            if typed is None or not typed.strip(" +-"):
                return None
            words = typed.replace(",", " ").split()
            add = [word.lstrip("+") for word in words if not word.startswith("-")]
            remove = [word.lstrip("-") for word in words if word.startswith("-")]
            return await self.change(lambda w, ids, seen, _: w.tag(ids, add, remove, seen=seen))

        await until_stored(self, ask)

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
        settings, me = self.board_app.settings, self.board_app.me

        async def ask(questions: Questions) -> Outcome | None:
            sheet = await self.board_app.clerk.ask(lambda workspace: workspace.sheet(ids[0]))
            title, fields = deal_form(sheet.deal, sheet.pipeline, self.today, settings, me)
            changed = await questions.ask(
                lambda: Form(title, fields, draft_key=key_of("edit", ids), theirs=questions.theirs)
            )
            if not changed:
                return None
            assignments = [f"{name}={value}" for name, value in changed.items()]
            seen = {ids[0]: sheet.deal.version}
            return await self.change(
                lambda w, ids, _seen, _: w.set_fields(ids, assignments, seen=seen),
                repeats=False,
            )

        await until_stored(self, ask)

    async def _set(self, field: str, value: FieldValue) -> Outcome:
        return await self.change(lambda w, ids, seen, _: w.edit(ids, {field: value}, seen=seen))
