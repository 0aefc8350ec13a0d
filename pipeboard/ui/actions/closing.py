"""Keys that end deals: won, lost, and what is known better of that later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeboard.domain import commands as c
from pipeboard.domain.cadence import POST_SALE
from pipeboard.domain.dates import Direction, local_date, parse_date
from pipeboard.domain.deal import Deal, Loss, Status
from pipeboard.domain.deciding.closings import check_over
from pipeboard.domain.locales import written
from pipeboard.domain.money import parse_money
from pipeboard.ui.execute import Questions, carry_out, execute, until_stored
from pipeboard.ui.host import (
    Host,
    Ids,
    Outcome,
    are_open,
    ask,
    asking,
    check_allowed,
    deal_shown,
    on_deals,
    present,
    target_names,
    typed_currency,
)
from pipeboard.ui.overlays import prompt
from pipeboard.ui.overlays.draft import key_of
from pipeboard.ui.overlays.menu import Menu, MenuChoice, Option, Picker
from pipeboard.ui.overlays.prompt import NOTHING_YET, Prompt
from pipeboard.workspace.new_deals import follow_up

# Categories after which a deal is worth another try some day.
_RETURNING = ("disqualified", "timing", "no-decision", "unresponsive")
_TELL_MORE = "\0more"
_ANOTHER_DAY = "\0day"


@on_deals
async def win(host: Host, ids: Ids) -> None:
    """Asks at what value; of one that is won, on which other day it was."""
    deal = await _closed(host, ids)
    if deal is not None and deal.status is Status.WON:
        await _win_on_another_day(host, deal)
        return
    await check_allowed(host, ids, c.Win)
    currency = typed_currency(host, ids)
    before = present(host, "value", ids[0]) if len(ids) == 1 else ""
    live = prompt.money(currency, before, "as it is" if before else "no value")

    async def attempt(questions: Questions) -> Outcome | None:
        typed: str | None = ""
        if len(ids) == 1:
            typed = await questions.ask(
                lambda: Prompt(
                    f"Won {target_names(host, ids)} at",
                    value=before,
                    live=live,
                    accept_empty=True,
                    draft_key=key_of("won", ids),
                )
            )
        if typed is None:
            return None
        value = parse_money(typed, currency) if typed.strip() else None
        return await execute(host, c.Win(value))

    await until_stored(host, attempt)


async def _closed(host: Host, ids: Ids) -> Deal | None:
    """The one deal that is meant, unless it is known to be open."""
    return await deal_shown(host, ids[0]) if len(ids) == 1 and not are_open(host, ids) else None


async def _win_on_another_day(host: Host, deal: Deal) -> None:
    async def attempt(questions: Questions) -> Outcome | None:
        day = await _another_day(host, questions, deal)
        return None if day is None else await execute(host, c.Win(on=day))

    await until_stored(host, attempt)


async def _another_day(host: Host, questions: Questions, deal: Deal) -> date | None:
    """The day on which a closed deal really was won or lost."""
    title = f"{deal.name} was {deal.outcome} {_on_its_day(host, deal)}. Really on"
    key = key_of("closed", [deal.id])

    def closed_on(text: str) -> date:
        return check_over(parse_date(text, host.today, Direction.BACK), host.today)

    live = prompt.live(lambda text: written().date(closed_on(text)), NOTHING_YET)
    typed = await questions.ask(lambda: Prompt(title, live=live, draft_key=key))
    return closed_on(typed) if typed else None


def _on_its_day(host: Host, deal: Deal) -> str:
    if deal.known_closed_at is None:
        return "on a day that nobody knows"
    day = local_date(deal.known_closed_at, host.program.settings.zone)
    return f"on {written().calendar_day(day, host.today)}"


async def offer_follow_up(host: Host, deal: Deal) -> None:
    """A won customer buys again where somebody asks how it goes: a lead for that, on a day."""
    after = f"in {POST_SALE.days} days"
    choices = [MenuChoice("y", after), MenuChoice("d", "another day…"), MenuChoice("n", "no")]
    key = await ask(host, Menu(f"Won. Ask {deal.name} how it goes", choices))
    if key in (None, "n"):
        return

    async def attempt(questions: Questions) -> Outcome | None:
        typed: str | None = ""
        if key == "d":
            title = f"Ask {deal.name} how it goes on"
            live = prompt.by_day(host, lambda today: prompt.day(today, when_empty=NOTHING_YET))
            draft_key = key_of("follow-up", [deal.id])
            typed = await questions.ask(lambda: Prompt(title, live=live, draft_key=draft_key))
        if typed is None:
            return None
        due = parse_date(typed, host.today) if typed else None
        return await carry_out(host, lambda workspace, *_: follow_up(workspace, deal.id, due))

    await until_stored(host, attempt)


@asking(lambda: c.Lose(Loss("")))
async def lose(host: Host, ids: Ids) -> None:
    """Asks why the deals that are meant are lost: the reason alone, or all that there is to say. Of
    one that is lost, what else it was, or on which other day."""
    deal = await _closed(host, ids)
    options = [Option(name, name) for name in host.program.settings.loss_categories]
    with_more = Option(_TELL_MORE, "tell more…", "in your words, to whom, when to try again")
    others = [with_more]
    if deal is not None and deal.loss is not None:
        told = f"it was lost {_on_its_day(host, deal)}"
        others.append(Option(_ANOTHER_DAY, "another day…", told))
    title = f"Why {'are' if len(ids) > 1 else 'is'} {target_names(host, ids)} lost?"

    async def attempt(questions: Questions) -> Outcome | None:
        category = await questions.ask(lambda: Picker(title, [*options, *others]))
        if category == _ANOTHER_DAY and deal is not None and deal.loss is not None:
            day = await _another_day(host, questions, deal)
            return None if day is None else await execute(host, c.Lose(deal.loss, day))
        if category == _TELL_MORE:
            category = await questions.ask(lambda: Picker(f"{title} Tell more of", options))
            loss = await _loss(host, questions, ids, category) if category is not None else None
        else:
            loss = Loss(category) if category is not None else None
        return None if loss is None else await execute(host, c.Lose(loss))

    await until_stored(host, attempt)


async def _loss(host: Host, questions: Questions, ids: Sequence[int], category: str) -> Loss | None:
    """The reason in words, and what a reason of that kind asks for."""
    whom = target_names(host, ids)

    def line(label: str, field: str, live: prompt.Live | None = None) -> Prompt:
        key = key_of("lost", ids, field)
        return Prompt(label, live=live, accept_empty=True, draft_key=key)

    reason = await questions.ask(lambda: line(f"{whom} lost: {category}. In your words", "reason"))
    if reason is None:
        return None
    competitor: str | None = ""
    if category == "competitor":
        competitor = await questions.ask(
            lambda: line(f"To which competitor is {whom} lost?", "competitor")
        )
    again: str | None = ""
    if category in _RETURNING:
        label = f"Try {whom} again on (empty: never)"
        again = await questions.ask(lambda: line(label, "again", prompt.by_day(host, prompt.day)))
    if competitor is None or again is None:
        return None
    recycle_on = parse_date(again, host.today) if again.strip() else None
    return Loss(category, reason, competitor, recycle_on)
