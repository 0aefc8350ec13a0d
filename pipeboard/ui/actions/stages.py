"""Keys that move deals: on, back, anywhere, won, lost, archived, by hand in their column."""

from __future__ import annotations

from collections.abc import Sequence

from pipeboard.domain import commands as c
from pipeboard.domain.dates import parse_date
from pipeboard.domain.deal import Deal, Loss
from pipeboard.domain.going_on import POST_SALE
from pipeboard.domain.money import parse_money
from pipeboard.domain.pipeline import Stage
from pipeboard.ui.changes import Outcome
from pipeboard.ui.execute import carry_out, execute
from pipeboard.ui.host import Host, Ids, ask, on_deals, take_count, target_names
from pipeboard.ui.overlays import feedback
from pipeboard.ui.overlays.draft import key_of
from pipeboard.ui.overlays.menu import Menu, MenuChoice
from pipeboard.ui.overlays.picker import Option, Picker
from pipeboard.ui.overlays.prompt import Prompt
from pipeboard.ui.questions import Questions, until_stored
from pipeboard.workspace.recycling import follow_up

# Categories after which a deal is worth another try some day.
_RETURNING = ("disqualified", "timing", "no-decision", "unresponsive")


async def advance(host: Host) -> None:
    await _step(host, take_count(host))


async def back(host: Host) -> None:
    await _step(host, -take_count(host))


async def _step(host: Host, places: int) -> None:
    await execute(host, c.Step(places))


@on_deals
async def move(host: Host, ids: Ids) -> None:
    usable = [stage for stage in host.pipeline().stages if not stage.retired]
    choices = [
        *(MenuChoice(str(n), stage.name) for n, stage in enumerate(usable, 1) if stage.is_open),
        MenuChoice("w", "Won"),
        MenuChoice("l", "Lost…"),
        MenuChoice("r", "Reopen"),
        MenuChoice("d", "Archive"),
    ]
    key = await ask(host, Menu(f"Move {target_names(host, ids)} to", choices))
    if key is None:
        return
    if key.isdigit():
        await move_to(host, usable[int(key) - 1])
    elif key == "r":
        await execute(host, c.Reopen())
    elif key == "d":
        await _archive(host)
    else:
        host.press({"w": "board.win", "l": "board.lose"}[key])


async def move_to(host: Host, stage: Stage) -> None:
    """The deals that are meant, to a stage; to an outcome by its own questions."""
    pipeline = host.pipeline()
    if stage.is_open:
        await execute(host, c.Move(stage.id))
    else:
        host.press("board.win" if stage.id == pipeline.won.id else "board.lose")


@on_deals
async def win(host: Host, ids: Ids) -> None:
    currency, present = host.pipeline().currency, host.present("value")
    live = feedback.money(currency, present)

    async def attempt(questions: Questions) -> Outcome | None:
        typed: str | None = ""
        if len(ids) == 1:
            typed = await questions.ask(
                lambda: Prompt(
                    f"Won {target_names(host, ids)} at",
                    value=present,
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
            title, live = f"Ask {deal.name} how it goes on", feedback.day(host.today)
            draft_key = key_of("follow-up", [deal.id])
            typed = await questions.ask(lambda: Prompt(title, live=live, draft_key=draft_key))
        if typed is None:
            return None
        due = parse_date(typed, host.today) if typed else None
        return await carry_out(host, lambda workspace, *_: follow_up(workspace, deal.id, due))

    await until_stored(host, attempt)


@on_deals
async def lose(host: Host, ids: Ids) -> None:
    """Asks why the deals that are meant are lost, and when to try again."""
    options = [Option(name, name) for name in host.program.settings.loss_categories]

    async def attempt(questions: Questions) -> Outcome | None:
        title = f"Why {'are' if len(ids) > 1 else 'is'} {target_names(host, ids)} lost?"
        category = await questions.ask(lambda: Picker(title, options))
        loss = await _loss(host, questions, ids, category) if category is not None else None
        if loss is None:
            return None
        return await execute(host, c.Lose(loss))

    await until_stored(host, attempt)


async def _loss(host: Host, questions: Questions, ids: Sequence[int], category: str) -> Loss | None:
    """The reason in words, and what a reason of that kind asks for."""
    whom = target_names(host, ids)

    def prompt(label: str, field: str, live: feedback.Live | None = None) -> Prompt:
        key = key_of("lost", ids, field)
        return Prompt(label, live=live, accept_empty=True, draft_key=key)

    reason = await questions.ask(
        lambda: prompt(f"{whom} lost: {category}. In your words", "reason")
    )
    if reason is None:
        return None
    competitor: str | None = ""
    if category == "competitor":
        competitor = await questions.ask(
            lambda: prompt(f"To which competitor is {whom} lost?", "competitor")
        )
    again: str | None = ""
    if category in _RETURNING:
        label = f"Try {whom} again on (empty: never)"
        again = await questions.ask(lambda: prompt(label, "again", feedback.day(host.today)))
    if competitor is None or again is None:
        return None
    recycle_on = parse_date(again, host.today) if again.strip() else None
    return Loss(category, reason, competitor, recycle_on)


@on_deals
async def archive(host: Host, ids: Ids) -> None:
    """Asks first: after an Esc that came late, the key may have been meant for a menu."""
    them = "them" if len(ids) > 1 else "it"
    question = Menu(
        f"Archive {target_names(host, ids)}?",
        [MenuChoice("d", "archives")],
        leaving=("Esc", f"Keep {them}"),
    )
    if await ask(host, question) is not None:
        await _archive(host)


async def _archive(host: Host) -> None:
    await execute(host, c.Archive())
