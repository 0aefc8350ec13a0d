"""The ways on from a gate that is not met, taken right there, for one deal or for many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from pipeboard.domain import commands as c
from pipeboard.domain.criteria import About, Unmet
from pipeboard.domain.deal import Contact
from pipeboard.domain.errors import GateNotMet
from pipeboard.domain.fields import parse_field
from pipeboard.domain.text import slug
from pipeboard.ui.actions.daily import ask_next_step
from pipeboard.ui.actions.qualification import ask_question, deal_now
from pipeboard.ui.actions.stages import lose
from pipeboard.ui.changes import Change, Outcome
from pipeboard.ui.execute import execute
from pipeboard.ui.host import Host, ask, retarget, selected
from pipeboard.ui.overlays import feedback
from pipeboard.ui.overlays.draft import key_of
from pipeboard.ui.overlays.gate_sheet import GateAnswer, GateSheet, WayOn
from pipeboard.ui.overlays.menu import Menu, MenuChoice
from pipeboard.ui.overlays.prompt import Prompt
from pipeboard.ui.questions import Questions, until_stored

T = TypeVar("T")


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
            host.say(f"Not moved: {gate.message}", "status.warn")
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
    held_up = f"{len(held)} of {len(held) + passing} deals are held up; nothing has moved yet."
    return lambda: GateSheet(f"{len(held)} deals", held_up, missing, passing=passing, draft_key=key)


async def _answer_missing(
    host: Host, held: Sequence[GateNotMet], answer: GateAnswer, ids: Sequence[int], change: Change
) -> None:
    """Asks for one thing after another, from the chosen one on; then tries the move again."""
    first = answer.missing or 0
    if len(held) == 1:
        things = [(held[0].deal_id, lack) for lack in _from(held[0].unmet, first)]
    else:
        things = [(part.deal_id, lack) for part in _from(held, first) for lack in part.unmet]
    for deal_id, lack in things:
        retarget(host, [deal_id])
        if not await _answer_one(host, deal_id, lack):
            return
    retarget(host, ids)
    await execute(host, change)


async def _answer_one(host: Host, deal_id: int, lack: Unmet) -> bool:
    criterion = lack.criterion
    match criterion.about:
        case About.FIELD:
            return await _fill_in(host, deal_id, criterion.subject)
        case About.ANSWER | About.RATING:
            _, pipeline = await deal_now(host, deal_id)
            question = pipeline.question(criterion.subject)
            return question is not None and await ask_question(host, deal_id, question)
        case About.ANSWERS:
            return await _answer_some(host, deal_id, criterion.at_least)
        case About.CONTACT:
            return await _name_contact(host, deal_id, criterion.subject)
        case About.NEXT_STEP:
            return await ask_next_step(host)
        case About.CHECKLIST:
            return await _tick(host, deal_id)


async def _fill_in(host: Host, deal_id: int, field: str) -> bool:
    name = field.replace("field.", "fields.", 1) if field.startswith("field.") else field
    today, currency = host.today, host.pipeline().currency

    def read(text: str) -> str:
        parse_field(name, text, today, currency)
        return ""

    deal, _ = await deal_now(host, deal_id)
    label = name.removeprefix("fields.").replace("_", " ").capitalize()

    async def attempt(questions: Questions) -> Outcome | None:
        typed = await questions.ask(
            lambda: Prompt(
                f"{label} of {deal.name}",
                live=feedback.live(read),
                draft_key=key_of("field", [deal_id], name),
            )
        )
        if typed is None:
            return None
        return await execute(host, c.SetFields((f"{name}={typed}",)), repeats=False)

    return bool(await until_stored(host, attempt))


async def _answer_some(host: Host, deal_id: int, wanted: int) -> bool:
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


async def _name_contact(host: Host, deal_id: int, role: str) -> bool:

    async def attempt(questions: Questions) -> Outcome | None:
        deal, _ = await deal_now(host, deal_id)
        names = {contact.name: key for key, contact in deal.contacts.items()}
        name = await questions.ask(
            lambda: Prompt(
                f"Who is the {role.replace('_', '-')} of {deal.name}?",
                suggestions=tuple(names),
                draft_key=key_of("contact", [deal_id], role),
            )
        )
        if name is None:
            return None
        known = deal.contacts.get(names.get(name, ""), Contact(name))
        contact = Contact(name, role, known.email, known.phone, known.title)
        key = names.get(name, "") or slug(name) or "person"
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
        if done != "y" or not await _check(host, deal_id, stage.id, item):
            return False
    return True


async def _check(host: Host, deal_id: int, stage_id: int, item: str) -> bool:
    return bool(
        await execute(host, c.Check(stage_id, item, True), ids=[deal_id], seen={}, repeats=False)
    )


def _from(things: Sequence[T], first: int) -> Iterable[T]:
    """All of them, the chosen one first."""
    return (*things[first:], *things[:first])
