"""Keys that move deals: on, back, anywhere, won, lost, archived, by hand in their column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from pipeboard.domain import commands as c
from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.criteria import About, Unmet, unmet
from pipeboard.domain.deal import Contact, Loss, Status
from pipeboard.domain.deal_fields import parse_field
from pipeboard.domain.errors import GateNotMet, Refused, SoAlready
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.pipeline import Stage
from pipeboard.domain.text import free_key, key_named
from pipeboard.ui.actions.closing import lose
from pipeboard.ui.actions.daily import ask_next_step
from pipeboard.ui.actions.fields import ask_question, deal_now
from pipeboard.ui.actions.selection import ask_with_stages
from pipeboard.ui.execute import Questions, ask_until_stored, execute, key_again, until_stored
from pipeboard.ui.host import (
    Change,
    Host,
    Ids,
    Outcome,
    are_open,
    ask,
    check_allowed,
    deal_shown,
    on_deals,
    retarget,
    selected,
    take_count,
    target_names,
    typed_currency,
)
from pipeboard.ui.overlays import prompt
from pipeboard.ui.overlays.draft import key_of
from pipeboard.ui.overlays.gate_sheet import GateAnswer, GateSheet, WayOn
from pipeboard.ui.overlays.menu import Menu, MenuChoice
from pipeboard.ui.overlays.prompt import Prompt
from pipeboard.workspace import Workspace, execution


async def advance(host: Host) -> None:
    await execute(host, c.Step(take_count(host)))


async def back(host: Host) -> None:
    await execute(host, c.Step(-take_count(host)))


@on_deals
async def move(host: Host, ids: Ids) -> None:
    pipeline = host.pipeline()
    usable = pipeline.open_stages
    deal = await deal_shown(host, ids[0]) if len(ids) == 1 else None
    refused = await _refused(host, ids, usable[0])

    def told(stage: Stage) -> str:
        """What stands beside a stage: that the deal is in it, or what it lacks to get there."""
        if deal is None:
            return ""
        if stage.id == deal.stage_id:
            return "here"
        lacking = unmet(deal, pipeline, stage.id, host.today) if deal.is_open else ()
        return f"asks {len(lacking)}" if lacking else ""

    def choice(key: str, label: str, kind: type, mark: str = "") -> MenuChoice:
        why = refused.get(kind, "")
        return MenuChoice(key, label, enabled=not why, why=why, mark=mark)

    is_archived = c.Unarchive not in refused
    back = choice("d", "Back from the archive", c.Unarchive)
    key = await ask_with_stages(
        host,
        f"Move {target_names(host, ids)} to",
        [choice(str(n), s.name, c.Move, told(s)) for n, s in enumerate(usable, 1)],
        after=[
            choice("w", "Won", c.Win, told(pipeline.won)),
            choice("l", "Lost…", c.Lose),
            choice("r", "Reopen", c.Reopen),
            back if is_archived else choice("d", "Archive", c.Archive),
        ],
    )
    if key is None:
        return
    if key.isdigit():
        await move_to(host, usable[int(key) - 1])
    elif key == "r":
        await execute(host, c.Reopen())
    elif key == "d":
        await execute(host, c.Unarchive() if is_archived else c.Archive())
    else:
        host.press({"w": "board.win", "l": "board.lose"}[key])


async def _refused(host: Host, ids: Ids, stage: Stage) -> Mapping[type, str]:
    """Why deals as they stand refuse what can be chosen of them, by its command, of moves that to a
    stage; raises where they refuse everything."""
    if are_open(host, ids):
        names, be = target_names(host, ids), "is" if len(ids) == 1 else "are"
        return {c.Reopen: f"{names} {be} open already.", c.Unarchive: f"{names} {be} not archived."}
    tried = (
        c.Move(stage.id),
        c.Win(),
        c.Lose(Loss("")),
        c.Reopen(),
        c.Archive(),
        c.Unarchive(),
    )

    def look(workspace: Workspace) -> dict[type, Refused]:
        refused: dict[type, Refused] = {}
        for command in tried:
            try:
                execution.check_allowed(workspace, command, ids)
            except Refused as error:
                # Where they are is one of the stages, and what is won may be put on another day.
                if not (isinstance(command, c.Move | c.Win) and isinstance(error, SoAlready)):
                    refused[type(command)] = error
        return refused

    refused = await host.program.write_queue.ask(look)
    if len(refused) == len(tried):
        raise refused[c.Move]
    return {kind: host.program.net.words(error) for kind, error in refused.items()}


async def move_to(host: Host, stage: Stage) -> Outcome | None:
    """The deals that are meant, to a stage; to an outcome by its own questions."""
    if stage.is_open:
        return await execute(host, c.Move(stage.id))
    host.press("board.win" if stage.id == host.pipeline().won.id else "board.lose")
    return None


@on_deals
async def archive(host: Host, ids: Ids) -> None:
    """Asks first: after an Esc that came late, the key may have been meant for a menu. What is in
    the archive it brings back."""
    them, whom = "them" if len(ids) > 1 else "it", target_names(host, ids)
    if await _are_archived(host, ids):
        await check_allowed(host, ids, c.Unarchive)
        title, does, stays = f"Bring {whom} back from the archive?", "brings back", "Leave"
        command: c.Command = c.Unarchive()
    else:
        title, does, stays, command = f"Archive {whom}?", "archives", "Keep", c.Archive()
    question = Menu(
        title,
        [MenuChoice(key_again(host.keys, "archive", "d"), does)],
        leaving=("Esc", f"{stays} {them}"),
    )
    if await ask(host, question) is not None:
        await execute(host, command)


async def _are_archived(host: Host, ids: Ids) -> bool:
    """Are all of them in the archive, by whomever? Raises why they cannot be put there."""
    shown = [host.at_hand(deal_id) for deal_id in ids]
    if all(deal is not None and deal.status is Status.ARCHIVED for deal in shown):
        return True
    try:
        await check_allowed(host, ids, c.Archive)
    except SoAlready:
        return True
    return False


# The ways on from a gate that is not met, taken right there, for one deal or for many.


async def open_gate(host: Host, gate: GateNotMet, change: Change) -> None:
    ids = selected(host)
    held = gate.parts or (gate,)
    held_ids = [part.deal_id for part in held]
    passing = [deal_id for deal_id in ids if deal_id not in held_ids]
    sheet = await _sheet_of(host, gate, held, ids, len(passing))
    answer: GateAnswer | None = None

    async def attempt(questions: Questions) -> Outcome | None:
        nonlocal answer
        answer = await questions.ask(sheet)
        if answer is None:
            # What holds up each of many has stood on the sheet, and would hide half of the cards.
            host.say(_held_up(len(held), len(ids)) if gate.parts else gate.message, "status.warn")
            return None
        overrides = answer.way is WayOn.OVERRIDE
        return await execute(host, change, override=answer.reason) if overrides else Outcome()

    await until_stored(host, attempt)
    match answer and answer.way:
        case WayOn.LOSE:
            retarget(host, held_ids)
            await lose(host)
        case WayOn.OTHERS:
            retarget(host, passing)
            await execute(host, change, repeats=False)
        case WayOn.ANSWER if answer is not None:
            if not callable(change):  # somebody may have closed it while the sheet was open
                await check_allowed(host, held_ids, lambda: change)
            await _answer_missing(host, held, answer, ids, change)


async def _sheet_of(
    host: Host, gate: GateNotMet, held: Sequence[GateNotMet], ids: Sequence[int], passing: int
) -> Callable[[], GateSheet]:
    """What is missing: of one deal thing by thing, of several deal by deal."""
    key = key_of("override", ids)
    if not gate.parts:
        missing = [lack.text for lack in gate.unmet]
        deal, _ = await deal_now(host, gate.deal_id)
        return lambda: GateSheet(deal.name, f"Before {gate.target}:", missing, draft_key=key)
    names = [(await deal_now(host, part.deal_id))[0].name for part in held]
    missing = [
        f"{name}: {', '.join(lack.text for lack in part.unmet)}"
        for name, part in zip(names, held, strict=True)
    ]
    title, message = how_many(len(held), "deal"), _held_up(len(held), len(held) + passing, " yet")
    return lambda: GateSheet(
        title, message, missing, held=len(held), passing=passing, draft_key=key
    )


def _held_up(held: int, of: int, yet: str = "") -> str:
    be = "is" if held == 1 else "are"
    return f"{in_figures(held)} of {in_figures(of)} deals {be} held up; nothing has moved{yet}."


async def _answer_missing(
    host: Host, held: Sequence[GateNotMet], answer: GateAnswer, ids: Sequence[int], change: Change
) -> None:
    """Asks for one thing after another, from the chosen one on; then tries the move again."""
    first = answer.missing or 0
    if len(held) == 1:
        unmet = held[0].unmet
        things = [(held[0].deal_id, lack) for lack in (*unmet[first:], *unmet[:first])]
    else:
        things = [
            (part.deal_id, lack) for part in (*held[first:], *held[:first]) for lack in part.unmet
        ]
    for number, (deal_id, lack) in enumerate(things, 1):
        retarget(host, [deal_id])
        place = f"{in_figures(number)} of {in_figures(len(things))}"
        if not await _answer_one(host, deal_id, lack, place):
            return
    retarget(host, ids)
    await execute(host, change)


async def _answer_one(host: Host, deal_id: int, lack: Unmet, place: str) -> bool:
    criterion = lack.criterion
    match criterion.about:
        case About.FIELD:
            return await _fill_in(host, deal_id, criterion.subject)
        case About.ANSWER | About.RATING:
            _, pipeline = await deal_now(host, deal_id)
            question = pipeline.question(criterion.subject)
            return question is not None and await ask_question(host, deal_id, question, place=place)
        case About.ANSWERS:
            return await answer_some(host, deal_id, criterion.at_least)
        case About.CONTACT:
            return await name_contact(host, deal_id, criterion.subject)
        case About.NEXT_STEP:
            return await ask_next_step(host)
        case About.CHECKLIST:
            return await _tick(host, deal_id)


async def _fill_in(host: Host, deal_id: int, field: str) -> bool:
    name = field.replace("field.", "fields.", 1) if field.startswith("field.") else field
    currency = typed_currency(host, [deal_id])

    def read(text: str) -> str:
        parse_field(name, text, host.today, currency)
        return ""

    deal, _ = await deal_now(host, deal_id)
    label = name.removeprefix("fields.").replace("_", " ").capitalize()

    async def store(typed: str) -> Outcome:
        return await execute(host, c.SetFields((f"{name}={typed}",)), repeats=False)

    key, live = key_of("field", [deal_id], name), prompt.live(read)
    line = partial(Prompt, f"{label} of {deal.name}", live=live, draft_key=key)
    return bool(await ask_until_stored(host, line, store))


async def answer_some(host: Host, deal_id: int, wanted: int) -> bool:
    """Asks open questions until so many are answered; False where the person stops before."""
    deal, pipeline = await deal_now(host, deal_id)
    given = {question.key for question in deal.answered(pipeline)}
    for question in pipeline.questions:
        if len(given) >= wanted:
            return True
        if question.key not in given:
            if not await ask_question(host, deal_id, question):
                return False
            deal, _ = await deal_now(host, deal_id)
            given = {question.key for question in deal.answered(pipeline)}
    return len(given) >= wanted


async def name_contact(host: Host, deal_id: int, role: str) -> bool:
    """Asks who plays a part; somebody who is known gets it, anybody else is added."""

    async def attempt(questions: Questions) -> Outcome | None:
        deal, _ = await deal_now(host, deal_id)
        names = {key: contact.name for key, contact in deal.contacts.items()}
        name = await questions.ask(
            lambda: Prompt(
                f"Who is the {role.replace('_', '-')} of {deal.name}?",
                suggestions=tuple(names.values()),
                draft_key=key_of("contact", [deal_id], role),
            )
        )
        if name is None:
            return None
        key = key_named(name, names)
        contact = replace(deal.contacts.get(key, Contact(name)), role=role)
        key = key or free_key(name, deal.contacts, "person")
        return await execute(host, c.SetContact(key, contact), ids=[deal_id], repeats=False)

    return bool(await until_stored(host, attempt))


async def _tick(host: Host, deal_id: int) -> bool:
    """Each open item of the stage's checklist, done or not."""
    deal, pipeline = await deal_now(host, deal_id)
    stage = pipeline.stage(deal.stage_id)
    for item in stage.checklist:
        if deal.is_checked(stage.id, item):
            continue
        done = await ask(
            host,
            Menu(f"{deal.name}: {item}", [MenuChoice("y", "done"), MenuChoice("n", "not yet")]),
        )
        if done != "y":
            return False
        check = c.Check(stage.id, item, True)
        if not await execute(host, check, ids=[deal_id], seen={}, repeats=False):
            return False
    return True
