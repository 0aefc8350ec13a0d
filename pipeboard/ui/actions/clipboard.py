"""The key that takes a deal elsewhere: its line, an address, a number, all of it."""

from __future__ import annotations

import asyncio

from pipeboard.domain.locales import written
from pipeboard.domain.sheet import Entry, Sheet
from pipeboard.domain.text import printable_lines
from pipeboard.ui.host import Host, Ids, ask, on_deals, read, target_names
from pipeboard.ui.overlays.menu import Menu, MenuChoice
from pipeboard.ui.overlays.picker import Option, Picker
from pipeboard.ui.terminal import clipboard


@on_deals
async def copy(host: Host, ids: Ids) -> None:
    """The menu of what can be copied."""
    found = await read(host, lambda reader: [reader.sheet(deal_id) for deal_id in ids])
    sheets = [sheet.seen_by(host.program.seat.eyes) for sheet in found if sheet is not None]
    people = [person for sheet in sheets for person in sheet.deal.contacts.values()]
    mails = [person.email for person in people if person.email]
    phones = [person.phone for person in people if person.phone]
    choices = [
        MenuChoice("l", "line"),
        MenuChoice("e", "e-mail", bool(mails), "No e-mail address is known here."),
        MenuChoice("p", "phone", bool(phones), "No phone number is known here."),
        MenuChoice("i", "id"),
        MenuChoice("m", "Markdown"),
        MenuChoice("y", "show the text"),
    ]
    key = await ask(host, Menu(f"Copy of {target_names(host, ids)}", choices))
    match key:
        case "l":
            await _copy(host, "\n".join(_line(sheet) for sheet in sheets))
        case "e":
            await _copy_one(host, "E-mail", mails)
        case "p":
            await _copy_one(host, "Phone", phones)
        case "i":
            await _copy(host, " ".join(sheet.deal.ref for sheet in sheets))
        case "m":
            await _copy(host, "\n\n".join([await _markdown(host, sheet) for sheet in sheets]))
        case "y":
            text = host.last_copied or "\n".join(_line(sheet) for sheet in sheets)
            await ask(host, Menu("Select it with the mouse (shift+drag)", (), note=text))


async def _copy_one(host: Host, title: str, found: list[str]) -> None:
    """One of several, if there are several."""
    unique = list(dict.fromkeys(found))
    chosen: str | None = unique[0]
    if len(unique) > 1:
        chosen = await ask(host, Picker(title, [Option(text, text) for text in unique]))
    if chosen is not None:
        await _copy(host, chosen)


async def _copy(host: Host, text: str) -> None:
    host.last_copied = text = printable_lines(text)
    how = await asyncio.to_thread(clipboard.copy, host.app, text, host.program.look.copy_command)
    first, _, more = text.partition("\n")
    host.say(f"{how}: {first}{' …' if more else ''}", "status.ok")


async def _markdown(host: Host, sheet: Sheet) -> str:
    from pipeboard.domain.timeline import describe
    from pipeboard.exchange.deal_text import DealText

    today, zone, manner = host.today, host.state.lens.zone, written()
    pipelines = await read(host, lambda reader: reader.pipelines())

    def words(entry: Entry) -> str:
        return describe(entry.event, pipelines, today=today, zone=zone, manner=manner)

    return DealText(sheet, today, zone, words).markdown()


def _line(sheet: Sheet) -> str:
    """A deal in one line, as the quick-add would take it back but for its number."""
    deal = sheet.deal
    value = f" {written().money(deal.value)}" if deal.value else ""
    stage = sheet.pipeline.stage(deal.stage_id).name
    name = f"{deal.account}: {deal.title}" if deal.account else deal.title
    return f"{deal.ref} {name}{value} · {stage} · @{deal.owner}"
