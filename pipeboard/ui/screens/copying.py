"""The key that takes a deal elsewhere: its line, an address, a number, all of it."""

from __future__ import annotations

import asyncio

from pipeboard.domain.money import format_money
from pipeboard.domain.sheet import Entry, Sheet
from pipeboard.domain.text import printable_lines
from pipeboard.ui.screens.deal_actions import DealActions, in_turn
from pipeboard.ui.screens.menu import Choice, Menu
from pipeboard.ui.screens.picker import Option, Picker
from pipeboard.ui.terminal.clipboard import copy


class Copying(DealActions):
    """Copies by whatever way there is to the clipboard, and can show the text instead."""

    _last_copied = ""

    @in_turn
    async def action_copy(self) -> None:
        """The menu of what can be copied."""
        ids = self.selected()
        if not ids:
            return
        read = [self.state.reader.sheet(deal_id) for deal_id in ids]
        sheets = [sheet.seen_by(self.board_app.me) for sheet in read if sheet is not None]
        people = [person for sheet in sheets for person in sheet.deal.contacts.values()]
        mails = [person.email for person in people if person.email]
        phones = [person.phone for person in people if person.phone]
        choices = [
            Choice("l", "line"),
            Choice("e", "e-mail", bool(mails), "No e-mail address is known here."),
            Choice("p", "phone", bool(phones), "No phone number is known here."),
            Choice("i", "id"),
            Choice("m", "Markdown"),
            Choice("y", "show the text"),
        ]
        key = await self.ask(Menu(f"Copy of {self.whom(ids)}", choices))
        match key:
            case "l":
                await self._copy("\n".join(_line(sheet) for sheet in sheets))
            case "e":
                await self._copy_one("E-mail", mails)
            case "p":
                await self._copy_one("Phone", phones)
            case "i":
                await self._copy(" ".join(sheet.deal.ref for sheet in sheets))
            case "m":
                await self._copy("\n\n".join(self._markdown(sheet) for sheet in sheets))
            case "y":
                text = self._last_copied or "\n".join(_line(sheet) for sheet in sheets)
                await self.ask(Menu("Select it with the mouse (shift+drag)", (), note=text))

    async def _copy_one(self, title: str, found: list[str]) -> None:
        """One of several, if there are several."""
        unique = list(dict.fromkeys(found))
        chosen: str | None = unique[0]
        if len(unique) > 1:
            chosen = await self.ask(Picker(title, [Option(text, text) for text in unique]))
        if chosen is not None:
            await self._copy(chosen)

    async def _copy(self, text: str) -> None:
        self._last_copied = text = printable_lines(text)
        how = await asyncio.to_thread(copy, self.app, text, self.board_app.look.copy_command)
        first, _, more = text.partition("\n")
        self.say(f"{how}: {first}{' …' if more else ''}", "status.ok")

    def _markdown(self, sheet: Sheet) -> str:
        from pipeboard.domain.timeline import describe
        from pipeboard.exchange.deal_text import DealText

        today, zone = self.today, self.state.lens.zone
        pipelines = self.state.reader.pipelines()

        def words(entry: Entry) -> str:
            return describe(entry.event, pipelines, today=today, zone=zone)

        return DealText(sheet, today, zone, words).markdown()


def _line(sheet: Sheet) -> str:
    """A deal in one line, as the quick-add would take it back but for its number."""
    deal = sheet.deal
    value = f" {format_money(deal.value)}" if deal.value else ""
    stage = sheet.pipeline.stage(deal.stage_id).name
    name = f"{deal.account}: {deal.title}" if deal.account else deal.title
    return f"{deal.ref} {name}{value} · {stage} · @{deal.owner}"
