"""Keys of the metrics screen: its cursor, what is counted, and the deals behind a number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Final

from pipeboard.domain.agreements import Agreement, Topic
from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.dates import local_date
from pipeboard.domain.errors import Refused
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.locales import written
from pipeboard.domain.money import Money
from pipeboard.domain.periods import Kind, Period
from pipeboard.domain.settings import SETTINGS, chosen
from pipeboard.ui.actions.selection import choose_pipeline, choose_rep
from pipeboard.ui.draw.line import whole
from pipeboard.ui.draw.metrics import TABS, TabName
from pipeboard.ui.draw.metrics.forecast import CHANGED
from pipeboard.ui.draw.metrics.sections import Spot
from pipeboard.ui.draw.metrics.tabs import how_far
from pipeboard.ui.draw.questions import value_text
from pipeboard.ui.execute import Came, ask_until_stored, offered
from pipeboard.ui.host import Outcome, ask, opens_anew, parse_query, patiently, read
from pipeboard.ui.keys import key_for
from pipeboard.ui.overlays import prompt
from pipeboard.ui.overlays.menu import Menu, MenuChoice, Option, Picker
from pipeboard.ui.overlays.prompt import Feedback, Prompt
from pipeboard.ui.screens.metrics import (
    MetricsScreen,
    Wanted,
    as_counted_now,
    end_counting,
    period_of,
)
from pipeboard.workspace.finding import past_day, period_among, since_days
from pipeboard.workspace.recording import Receipt
from pipeboard.workspace.reports import set_call, set_target

_SPANS: tuple[Kind, ...] = ("quarter", "year", "month")
_MOST_MOVED: Final = 2
"""Of so many periods that moved each is said by itself."""


async def open(host: MetricsScreen) -> None:
    """The deals behind the number under the cursor, on the board: of a rate those that it
    counts, or all that it is a share of."""
    await host.counted()
    spot = host.spot
    if spot is None or not (spot.deals or spot.base):
        host.say("No deal is behind this number.", "status.warn")
        return
    wanted = await _ask_which_side(host, spot)
    if wanted is not None:
        await host.leave(Wanted(*wanted))


# What is looked at.


def tab(host: MetricsScreen, number: int) -> None:
    host.look_at(replace(host.asked, tab=TABS[number - 1]))


def tab_beside(host: MetricsScreen, step: int) -> None:
    place = (TABS.index(host.asked.tab) + step) % len(TABS)
    host.look_at(replace(host.asked, tab=TABS[place]))


def earlier(host: MetricsScreen) -> None:
    host.look_at(replace(host.asked, period=host.asked.period.previous()), host.cursor)


def later(host: MetricsScreen) -> None:
    host.look_at(replace(host.asked, period=host.asked.period.next()), host.cursor)


def span(host: MetricsScreen) -> None:
    """Quarter, year, month: the one that holds today, or the beginning of what is shown."""
    period = host.asked.period
    kind = period.kind if period.kind in _SPANS else _SPANS[-1]
    wanted = _SPANS[(_SPANS.index(kind) + 1) % len(_SPANS)]
    today = host.asked.day(local_date(host.moment.at, host.state.lens.zone))
    day = today if period.start <= today < period.end else period.start
    found = period_of(wanted, day, host.program.settings)
    host.look_at(replace(host.asked, period=found), host.cursor)


def compare(host: MetricsScreen) -> None:
    host.look_at(replace(host.asked, compares=not host.asked.compares), host.cursor)


def mine(host: MetricsScreen) -> None:
    me = host.state.lens.me if host.asked.owner is None else None
    host.look_at(replace(host.asked, owner=me), host.cursor)


async def rep(host: MetricsScreen) -> None:
    chosen = await choose_rep(host, "Whose numbers")
    if chosen is not None:
        host.look_at(replace(host.asked, owner=chosen or None), host.cursor)


def currency(host: MetricsScreen) -> None:
    """Sums in the workspace's currency, or in the pipeline's own."""
    into = "" if host.asked.currency else host.program.settings.currency
    host.look_at(replace(host.asked, currency=into), host.cursor)


async def pipeline(host: MetricsScreen) -> None:
    if (wanted := await choose_pipeline(host)) is not None:
        host.look_at(replace(host.asked, pipeline=wanted))


async def filter(host: MetricsScreen) -> None:
    """Only the deals that match; a period among the words is gone to."""
    from pipeboard.ui.actions.navigation import read_back

    of_deals = read_back(host, "of what is counted")

    def parted(text: str) -> tuple[Period | None, str]:
        found = period_among(text, host.asked.day(host.today), host.program.settings)
        return (found.period, found.rest) if found else (None, text)

    def told(text: str) -> Feedback:
        period, rest = parted(text)
        said = of_deals(rest)
        if period is None or not said.ok:
            return said
        chip = whole(
            f"{period.label} ({how_far(period, host.asked.day(host.today))})  ", "input.chip"
        )
        return replace(said, lines=((chip, *said.lines[0]), *said.lines[1:]))

    def line() -> Prompt:
        typed = host.asked.filter_text
        return prompt.filter_line("Count only", typed, told, draft_key="metrics-filter")

    async def narrow(typed: str) -> Came:
        period, rest = parted(typed.strip())
        wanted = await patiently(host, lambda: parse_query(host, rest))
        period = period or host.asked.period
        host.look_at(replace(host.asked, period=period, query=wanted, filter_text=rest))
        return True

    await ask_until_stored(host, line, narrow)


async def since(host: MetricsScreen) -> None:
    """Why the pipeline changed since a day, or between two, instead of since the period began."""

    def line() -> Prompt:
        return Prompt(
            "What changed since",
            accept_empty=True,
            placeholder="monday   16nov   9nov..16nov   empty: the start of the period",
            draft_key="metrics-since",
            offers=False,
            verb="Show",
        )

    async def show(typed: str) -> Came:
        wanted = since_days(typed, host.asked.day(host.today)) if typed.strip() else None
        host.look_at(replace(host.asked, since=wanted, tab=TabName.FORECAST), host.cursor)
        await host.counted()
        _go_to_changes(host)
        return True

    await ask_until_stored(host, line, show)


async def as_of(host: MetricsScreen) -> None:
    """All numbers as they stood at the end of a past day; an empty line goes back to now."""
    past = host.asked.as_of

    def told(text: str) -> str:
        day = past_day(text, host.program.settings, host.moment.at)
        return _NOW if day is None else f"as it stood at the end of {written().date(day)}"

    def line() -> Prompt:
        return Prompt(
            "Numbers as of",
            value="" if past is None else past.isoformat(),
            live=prompt.live(told, _NOW),
            accept_empty=True,
            placeholder="30sep   2026-09-30   last friday   empty: now",
            draft_key="metrics-as-of",
            offers=False,
            verb="Show",
        )

    async def show(typed: str) -> Came:
        look_back(host, past_day(typed, host.program.settings, host.moment.at))
        return True

    await ask_until_stored(host, line, show)


_NOW: Final = "the numbers of now"


async def go_back_to(host: MetricsScreen, day: date | None) -> None:
    look_back(host, day)


def look_back(host: MetricsScreen, day: date | None) -> None:
    """The numbers as of a past day, or as of now, in the period that holds that day where the one
    that is shown held the day before it."""
    period = as_counted_now(
        host.asked.period, day or host.today, host.program.settings, host.asked.day(host.today)
    )
    if day is None:
        host.answer = "These are the numbers of now."
    else:
        back = key_for(host.keys, "step_back")
        host.answer = f"All as it stood at the end of {written().date(day)}; {back} is back to now."
    host.look_at(replace(host.asked, as_of=day, period=period), host.cursor)


def _expect_now(host: MetricsScreen, what: str) -> None:
    if host.asked.as_of is not None:
        day = written().date(host.asked.as_of)
        raise Refused(
            f"These are the numbers as of {day}, and a {what} is set now.",
            hint="Go back to the numbers of now first.",
        )


def _go_to_changes(host: MetricsScreen) -> None:
    """The cursor to why the pipeline changed, with all of it on the screen."""
    spots = host.block.spots
    places = [place for place, spot in enumerate(spots) if spot.title.startswith(CHANGED)]
    for place in (*places[-1:], *places[:1]):
        host.move_cursor(0, place - host.cursor)


async def call(host: MetricsScreen) -> None:
    """A rep's own forecast of the period: of the rep who is shown, else of whoever acts."""
    _expect_now(host, "call")
    asked, rep = host.asked, host.asked.owner or host.program.me
    if (rights := host.program.seat.rights) is not None:
        key = (asked.pipeline.id, asked.period.label, rep)
        rights.check_agreements([Agreement(Topic.CALL, key, None, None)])
    title = f"@{rep} calls for {asked.period.label} (empty: no call)"
    before = await _agreed(host, Topic.CALL, rep)
    await _ask_amount(host, title, before, "call", set_call)


async def target(host: MetricsScreen) -> None:
    """What is to be won in the period, by the rep who is shown or by everybody."""
    _expect_now(host, "target")
    asked = host.asked
    whose = f"@{asked.owner}" if asked.owner else "everybody"
    title = f"Target of {whose} for {asked.period.label} (empty: none)"
    before = await _agreed(host, Topic.TARGET, asked.owner or "", "")
    await _ask_amount(host, title, before, "target", set_target)


async def _agreed(host: MetricsScreen, topic: Topic, *whose: str) -> str:
    """The amount that stands for the period, as one would type it; empty for none."""
    key: tuple[str | int, ...] = (host.asked.pipeline.id, host.asked.period.label, *whose)
    found = await read(host, lambda reader: reader.agreements.contents(topic, key))
    if found is None:
        return ""
    return value_text(Money(int(str(found["amount_minor"])), str(found["currency"])))


async def _ask_amount(
    host: MetricsScreen, title: str, before: str, key: str, store: Callable[..., Receipt]
) -> None:
    """An amount for the period, in place of the one that stands; the numbers are counted again."""
    asked, owner = host.asked, host.asked.owner or ""
    live = prompt.money(asked.pipeline.currency, before)
    draft_key = ":".join((key, str(asked.pipeline.id), asked.period.label, owner))
    line = partial(Prompt, title, value=before, live=live, accept_empty=True, draft_key=draft_key)

    async def enter(typed: str) -> Came:
        if typed.strip() == before:  # what a colleague has entered meanwhile is not put back
            host.say("Nothing is changed.")
            return True
        host.program.check_writable()
        amount, label = typed.strip() or None, asked.period.label
        receipt = await host.program.write_queue.ask(
            lambda workspace: store(workspace, asked.pipeline, label, amount, owner=owner)
        )
        await patiently(host, host.reload)
        await host.counted()
        host.say(receipt.summary, "status.ok", offered(host, receipt.command_id))
        return Outcome(receipt)

    await ask_until_stored(host, line, enter)


async def counting(host: MetricsScreen) -> None:
    """How the workspace counts and what its people choose from, beside what others have set
    meanwhile."""
    settings = host.program.settings
    names = [Option(n, n, f"{chosen(settings, n)}: {c.help}") for n, c in SETTINGS.items()]
    name = await ask(host, Picker("How the workspace counts", names))
    if name is None:
        return
    now, values = chosen(settings, name), SETTINGS[name].values

    async def store(value: str) -> Came:
        from pipeboard.workspace.configuration import choose_setting

        receipt = await host.program.write_queue.ask(
            lambda workspace: choose_setting(workspace, name, value)
        )
        moved = receipt.notes
        if len(moved) > _MOST_MOVED:
            moved = (f"The targets and calls of {len(moved)} periods are for other days now.",)
        host.answer = " ".join((receipt.summary, *moved))
        _count_anew(host)
        return Outcome(receipt)

    if not values:
        line = partial(Prompt, f"{name}: {SETTINGS[name].help}", value=now, draft_key=name)
        await ask_until_stored(host, line, store)
    elif value := await ask(host, Picker(f"{name}, now {now}", [Option(v, v) for v in values])):
        await store(value)


async def reload(host: MetricsScreen) -> None:
    if not opens_anew(host):
        host.answer = "Counted again."
        _count_anew(host)


def _count_anew(host: MetricsScreen) -> None:
    host.program.take_up()
    host.metrics_worker.begin_anew()
    host.reload()


async def step_back(host: MetricsScreen) -> None:
    """From numbers that are being counted to those from before, from those of a past day to those
    of now, from those of a filter to those of all deals, then back to the board."""
    if end_counting(host):
        return
    if host.asked.as_of is not None:
        look_back(host, None)
    elif host.asked.filter_text:
        host.look_at(replace(host.asked, query=None, filter_text=""), host.cursor)
    else:
        await host.leave(None)


async def _ask_which_side(host: MetricsScreen, spot: Spot) -> tuple[str, frozenset[int]] | None:
    """The deals that a number counts, or of a rate all that it is a share of or is set against,
    with their name; None where the person takes it back."""
    counts, every = (frozenset(deal.id for deal in deals) for deals in (spot.deals, spot.base))
    if not every - counts:
        return spot.title, counts
    counted, based, name = _sides(spot, counts, every)
    if counts:
        choices = [MenuChoice("c", counted), MenuChoice("a", based)]
        key = await ask(host, Menu(spot.title, choices))
        if key is None:
            return None
        if key == "c":
            return spot.title, counts
    return name, every


def _sides(spot: Spot, counts: frozenset[int], every: frozenset[int]) -> tuple[str, str, str]:
    """What is said of the deals that a number counts, and of those that it rests on, and the name
    of the latter: a rate is a share of deals only where it counts some of them."""
    if spot.base_name:
        of = in_figures(len(every))
        return (
            f"{spot.title} ({in_figures(len(counts))})",
            f"{spot.base_name} ({of})",
            spot.base_name,
        )
    counted, base = (how_many(len(deals), "deal") for deals in (counts, every))
    if counts <= every:
        return (
            f"{counted} that it counts",
            f"all {base} that it is a share of",
            f"{spot.title}: all",
        )
    return (
        f"{counted} that it counts",
        f"{base} that it is set against",
        f"{spot.title}: set against",
    )
