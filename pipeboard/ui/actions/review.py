"""Keys of the weekly review: its steps, the deals behind it, decisions, the bookmark, exports."""

from __future__ import annotations

import json
from datetime import date

from pipeboard.domain.cadence import parse_step
from pipeboard.domain.dates import (
    Direction,
    local_date,
    parse_date,
    start_of_day,
)
from pipeboard.domain.errors import BadInput
from pipeboard.domain.locales import written
from pipeboard.domain.people import match_owner
from pipeboard.domain.review import ReviewDocument, named_in
from pipeboard.exchange.review_document import review_markdown
from pipeboard.ui.actions.daily import BOTH_STEPS, a_step
from pipeboard.ui.actions.export import copy_text, in_a_file, write_to_file
from pipeboard.ui.actions.navigation import hygiene
from pipeboard.ui.actions.selection import choose_pipeline
from pipeboard.ui.draw.facts import calendar_day
from pipeboard.ui.draw.review import DATA
from pipeboard.ui.execute import Came, ask_until_stored, carry_out, execute, key_again
from pipeboard.ui.host import Host, Ids, Outcome, ask, asking, patiently, read, target_names
from pipeboard.ui.keys import key_for
from pipeboard.ui.overlays import prompt
from pipeboard.ui.overlays.draft import key_of
from pipeboard.ui.overlays.menu import Menu, MenuChoice, Option, Picker
from pipeboard.ui.overlays.presets import step_days
from pipeboard.ui.overlays.prompt import Prompt
from pipeboard.ui.review_keys import REVIEW_TABS
from pipeboard.ui.screens.deal import DealScreen
from pipeboard.ui.screens.review import ReviewPlace, ReviewScreen, leave, show_past, to_present
from pipeboard.workspace.review import decide as store_decision
from pipeboard.workspace.review import hold as store_review

_PRESENT = "present"


async def tab(host: ReviewScreen, number: int) -> None:
    await _go_to(host, number - 1)


async def tab_beside(host: ReviewScreen, step: int) -> None:
    await _go_to(host, REVIEW_TABS.index(host.place.tab) + step)


async def _go_to(host: ReviewScreen, place: int) -> None:
    """Another step, with what has been done meanwhile."""
    await host.counted()
    host.show_tab(REVIEW_TABS[place % len(REVIEW_TABS)])
    if host.is_stale:
        await patiently(host, host.reload)
        await host.counted()


async def open(host: ReviewScreen) -> None:
    """Enter: the deal, the kind of what is to be mended, or all deals behind a number."""
    await host.counted()
    key = host.item_key
    if host.deal_id is not None:
        deal_id = host.deal_id
        screen = await patiently(host, lambda: DealScreen(host.state, deal_id))
        host.has_opened = True
        await host.app.push_screen(screen)
    elif key.startswith(DATA):
        host.has_opened = True
        await hygiene(host, key.removeprefix(DATA))
    elif host.past is not None and key:
        host.say(f"Which deals were behind a number is not kept; {to_present(host)}", "status.warn")
    elif host.found is not None and (ids := host.found.behind.get(key)):
        title, pipeline = _title_of(key), host.pipeline()
        await patiently(host, lambda: host.show_behind(title, ids, pipeline.id))
        leave(host)
    else:
        host.say("No deal is behind this.", "status.warn")


def _title_of(key: str) -> str:
    """What the board calls the deals behind a number."""
    kind, _, name = key.partition(".")
    words = name.replace("forecast_", "").replace("_", " ")
    return f"@{name}" if kind == "rep" else f"{kind} of {name}" if kind == "week" else words


# What is decided.


@asking(a_step)
async def _decide(host: Host, ids: Ids) -> None:
    reps = await read(host, lambda reader: reader.reps())
    deal = (await read(host, lambda reader: reader.deals(ids)))[ids[0]]
    me = host.program.me

    def understood(text: str) -> str:
        words, named = named_in(text)
        step = parse_step(words, host.today)
        if not step.text:
            raise BadInput("What is to be done?")
        rep = match_owner(named, reps, me) if named else deal.owner
        when = written().date(step.due) if step.due else "no day"
        return f"{f'@{rep}' if rep else 'nobody'}   {when}   {step.text}"

    def line() -> Prompt:
        return Prompt(
            f"Decided on {target_names(host, ids)}",
            live=prompt.live(understood),
            presets=lambda: step_days(host.today),
            placeholder="thu send the offer @bo",
            draft_key=key_of("decide", ids),
        )

    async def store(typed: str) -> Outcome:
        return await execute(
            host,
            lambda workspace, ids, seen: store_decision(workspace, ids[0], typed, seen=seen),
            ids=ids[:1],
            repeats=False,
        )

    await ask_until_stored(host, line, store, BOTH_STEPS)


async def decide(host: ReviewScreen) -> None:
    """D: who does what until when on the deal under the cursor, which counts as spoken of."""
    await host.counted()
    if host.past is not None:
        host.say(f"That review is over; {to_present(host)}", "status.warn")
        return
    await _decide(host)


async def discussed(host: ReviewScreen) -> None:
    """space: the deal under the cursor has been spoken of, or not; on to the next."""
    await host.counted()
    if host.deal_id is None or host.past is not None:
        host.say("A deal is marked as spoken of; there is none here.", "status.warn")
        return
    ref = f"D-{host.deal_id}"
    host.place = host.place._replace(discussed=host.place.discussed ^ {ref})
    host.move_cursor(0, 1)


async def hold(host: ReviewScreen) -> None:
    """B: ends the review. It is kept as it is, and the next one starts here."""
    await host.counted()
    document, found = host.document, host.found
    if host.past is not None or document is None or found is None:
        host.say(f"That review is over; {to_present(host)}", "status.warn")
        return
    since = calendar_day(local_date(found.at, host.state.lens.zone), host.today)
    question = Menu(
        f"End the review of {host.pipeline().name}? It is kept as it is now; the next one starts "
        f"from {since}",
        [MenuChoice(key_again(host.keys, "hold", "B"), "ends it")],
        leaving=("Esc", "Go on"),
    )
    if await ask(host, question) != "B":
        return
    pipeline = host.pipeline()
    outcome = await carry_out(
        host, lambda workspace, *_: store_review(workspace, pipeline, document, at=found.at)
    )
    if outcome:
        host.place = host.place._replace(discussed=frozenset(), since=None)
        await patiently(host, host.reload)
        await host.counted()


# Which review.


async def since(host: ReviewScreen) -> None:
    """s: what changed since another day than that of the last review."""
    zone = host.state.lens.zone

    def line() -> Prompt:
        return Prompt(
            "What changed since (empty: the last review)",
            accept_empty=True,
            placeholder="monday   16nov",
            live=prompt.live(lambda text: written().date(_day(text))),
            draft_key="review-since",
            offers=False,
            verb="Show",
        )

    async def show(typed: str) -> Came:
        began = start_of_day(_day(typed), zone) if typed.strip() else None
        await _look_at(host, host.place._replace(since=began))
        return True

    def _day(text: str) -> date:
        day = parse_date(text, host.today, Direction.BACK)
        if day > host.today:
            raise BadInput("A review looks back.", hint="Name a day until today.")
        return day

    await ask_until_stored(host, line, show)


async def _look_at(host: ReviewScreen, place: ReviewPlace) -> None:
    """Another pipeline, or another day to compare with."""
    host.place, host.past = place, None
    await patiently(host, host.reload)
    await host.counted()


async def past(host: ReviewScreen) -> None:
    """p: a review that was held, as it was then."""
    await host.counted()
    held = host.found.held if host.found else ()
    if not held:
        ends = key_for(host.keys, "hold")
        host.say(f"No review was held yet; {ends} ends this one and keeps it.", "status.warn")
        return
    zone = host.state.lens.zone
    options = [Option(_PRESENT, "the present one")]
    options += [
        Option(
            one.at.isoformat(),
            written().date(local_date(one.at, zone)),
            f"{one.at.astimezone(zone):%H:%M}",
        )
        for one in held
    ]
    chosen = await ask(host, Picker("Review of", options, verb="Show"))
    if chosen is not None:
        show_past(host, next((one for one in held if one.at.isoformat() == chosen), None))


async def pipeline(host: ReviewScreen) -> None:
    if (wanted := await choose_pipeline(host)) is not None:
        place = host.place
        await _look_at(host, ReviewPlace(wanted, place.tab, dict.fromkeys(place.cursors, 0)))


# Elsewhere.


async def export(host: ReviewScreen) -> None:
    """e: the whole review as a file; none is ever replaced."""
    await host.counted()
    document = host.document
    if document is None:
        return
    choices = [MenuChoice("m", "Markdown, for a mail"), MenuChoice("j", "JSON")]
    key = await ask(host, Menu("Export the review", choices))
    if key is None:
        return
    form = {"m": "md", "j": "json"}[key]
    name = f"review-{str(document['at'])[:10]}.{form}"

    await write_to_file(host, _text(document, form), name, f"export:review-{form}")


def _text(document: ReviewDocument, form: str) -> str:
    if form == "md":
        return review_markdown(document)
    return json.dumps({"review": dict(document)}, indent=2, ensure_ascii=False) + "\n"


async def copy_markdown(host: ReviewScreen) -> None:
    """Y: the whole review as Markdown, to the clipboard."""
    await host.counted()
    if host.document is not None:
        await copy_text(host, review_markdown(host.document), "the review.", in_a_file(host))
