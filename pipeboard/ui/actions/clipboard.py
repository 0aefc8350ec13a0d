"""The key that takes a deal elsewhere: its line, an address, a number, all of it."""

from __future__ import annotations

import asyncio

from pipeboard.domain.deal_record import DealRecord, Entry
from pipeboard.domain.locales import written
from pipeboard.domain.text import printable_lines
from pipeboard.ui.actions import programs
from pipeboard.ui.host import Host, Ids, ask, on_deals, read, target_names
from pipeboard.ui.overlays.menu import Menu, MenuChoice
from pipeboard.ui.overlays.picker import Option, Picker


@on_deals
async def copy(host: Host, ids: Ids) -> None:
    """The menu of what can be copied."""
    eyes = host.program.seat.eyes
    found = await read(host, lambda reader: [reader.record(deal_id, eyes) for deal_id in ids])
    records = [record for record in found if record is not None]
    people = [person for record in records for person in record.deal.contacts.values()]
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
            await _copy(host, "\n".join(_line(record) for record in records))
        case "e":
            await _copy_one(host, "E-mail", mails)
        case "p":
            await _copy_one(host, "Phone", phones)
        case "i":
            await _copy(host, " ".join(record.deal.ref for record in records))
        case "m":
            await _copy(host, "\n\n".join([await _markdown(host, record) for record in records]))
        case "y":
            text = host.last_copied or "\n".join(_line(record) for record in records)
            await ask(host, Menu("Select it with the mouse (shift+drag)", (), note=text))


_MOST_SHOWN = 8  # lines of a letter that is looked at before it is taken


@on_deals
async def letter(host: Host, ids: Ids) -> None:
    """Y: what a template makes of the deal, to be pasted into a mail: at once, or edited before."""
    from pipeboard.domain.letters import render
    from pipeboard.ui.actions.fields import deal_now
    from pipeboard.ui.overlays.text import edit_outside

    if len(ids) > 1:
        host.say("A letter is about one deal at a time.", "status.warn")
        return
    letters, whom = host.program.look.letters, target_names(host, ids)
    templates = letters() if letters is not None else {}
    if not templates:
        host.say("There are no templates yet: 'pipeboard template' says where.", "status.warn")
        return
    names = [Option(name, name) for name in templates]
    name = await ask(host, Picker(f"Letter about {whom}", names))
    if name is None:
        return
    deal, pipeline = await deal_now(host, ids[0])
    found = render(templates[name](), deal, pipeline, host.program.me, host.today)
    edit = host.program.look.edit
    choices = [
        MenuChoice("c", "copy"),
        MenuChoice("e", "in the editor, then copy", edit is not None, "There is no editor here."),
        MenuChoice("m", "copy as a mailto line", bool(found.to), "Nobody's e-mail is known here."),
    ]
    lines = str(found).splitlines()
    note = "\n".join(lines[:_MOST_SHOWN] + ["…"] * (len(lines) > _MOST_SHOWN))
    match await ask(host, Menu(f"{name}, about {whom}", choices, note=note)):
        case "c":
            await _copy(host, str(found))
        case "e":
            await _copy(host, edit_outside(host.app, str(found), edit) or str(found))
        case "m":
            await _copy(host, found.mailto)


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
    how = await asyncio.to_thread(programs.copy, host.app, text, host.program.look.copy_command)
    first, _, more = text.partition("\n")
    host.say(f"{how}: {first}{' …' if more else ''}", "status.ok")


async def _markdown(host: Host, record: DealRecord) -> str:
    from pipeboard.domain.timeline import describe
    from pipeboard.exchange.deal_text import DealText

    today, zone, manner = host.today, host.state.lens.zone, written()
    pipelines = await read(host, lambda reader: reader.pipelines())

    def words(entry: Entry) -> str:
        return describe(entry.event, pipelines, today=today, zone=zone, manner=manner)

    return DealText(record, today, zone, words).markdown()


def _line(record: DealRecord) -> str:
    """A deal in one line, as the quick-add would take it back but for its number."""
    deal = record.deal
    value = f" {written().money(deal.value)}" if deal.value else ""
    stage = record.pipeline.stage(deal.stage_id).name
    name = f"{deal.account}: {deal.title}" if deal.account else deal.title
    return f"{deal.ref} {name}{value} · {stage} · @{deal.owner}"
