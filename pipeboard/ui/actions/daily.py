"""Keys of the daily work: next step, note, interaction, snooze."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from pipeboard.domain import commands as c
from pipeboard.domain.cadence import parse_step, parse_until
from pipeboard.domain.dates import parse_date
from pipeboard.domain.deal import Deal
from pipeboard.domain.errors import Conflict
from pipeboard.domain.locales import written
from pipeboard.domain.text import quoted
from pipeboard.ui.execute import Meeting, Questions, ask_until_stored, execute, until_stored
from pipeboard.ui.host import (
    Host,
    Ids,
    Outcome,
    ask,
    asking,
    on_deals,
    read,
    selected,
    target_names,
    targets_of,
)
from pipeboard.ui.keys import has_step
from pipeboard.ui.overlays import prompt
from pipeboard.ui.overlays.draft import key_of
from pipeboard.ui.overlays.menu import Menu, MenuChoice
from pipeboard.ui.overlays.presets import step_days
from pipeboard.ui.overlays.prompt import NOTHING_YET, InEditor, Longer, Prompt
from pipeboard.ui.widgets.line_input import LONGEST_LINE

# What keys lead to, before anything of it is known (`asking`).


def a_note() -> c.Command:
    return c.AddNote("?")


def a_step() -> c.Command:
    return c.SetNextStep("", None)


# Notes on deals, in one line or in the editor, never lost half-way.


@asking(a_note)
async def note(host: Host, ids: Ids) -> None:
    """n: a line; ^g goes on in the editor with what is typed."""

    async def attempt(questions: Questions) -> Outcome | None:
        text = await words_of(
            host, questions, f"Note on {target_names(host, ids)}", key_of("note", ids)
        )
        return None if text is None else await execute(host, c.AddNote(text))

    await until_stored(host, attempt)


@asking(a_note)
async def write_note(
    host: Host, ids: Ids, *, text: str = "", of: str = "", outside: bool = False
) -> None:
    """A note of several lines, from the `text` of a template `of` that name on; `outside` goes to
    the editor at once."""
    title, key = f"Note on {target_names(host, ids)}", key_of("note", ids, *filter(None, (of,)))
    first = text

    async def attempt(questions: Questions) -> Outcome | None:
        text = await write(host, questions, title, first, key, outside=outside)
        return None if text is None or not text.strip() else await execute(host, c.AddNote(text))

    await until_stored(host, attempt)


async def rewrite_note(
    host: Host, deal: Deal, note_id: str, before: str, *, outside: bool = False
) -> None:
    """One's own note, as it was `before`, in several lines."""
    title, key = f"Your note on {deal.name}", key_of("note-edit", [deal.id], note_id)
    seen: str | None = before

    async def attempt(questions: Questions) -> Outcome | None:
        nonlocal seen
        text = await write(host, questions, title, before, key, outside=outside)
        if text is None or text == before:
            return None
        outcome = await execute(
            host, c.EditNote(note_id, text, seen), ids=[deal.id], seen={}, repeats=False
        )
        if isinstance(outcome.error, Conflict):
            seen = None
        return outcome

    def both(_deal: Deal, mine: str, theirs: str) -> str:
        return f"{theirs}\n\n{mine}"

    await until_stored(host, attempt, Meeting(both))


async def words_of(
    host: Host,
    questions: Questions,
    title: str,
    key: str,
    *,
    accept_empty: bool = False,
) -> str | None:
    """What is typed in a line, or in a box where it is more than that; None when it is left."""
    kept = questions.text(key) or host.program.drafts.load(key) or ""
    if "\n" in kept or len(kept) > LONGEST_LINE:
        return await write(host, questions, title, "", key)
    typed = await questions.ask(
        lambda: Prompt(title, draft_key=key, longer=True, accept_empty=accept_empty)
    )
    if not isinstance(typed, Longer):
        return typed
    outside = isinstance(typed, InEditor)
    return await write(host, questions, title, "", key, begun=typed, outside=outside)


async def write(
    host: Host,
    questions: Questions,
    title: str,
    text: str,
    key: str,
    *,
    begun: str = "",
    outside: bool = False,
) -> str | None:
    """A text of several lines as it was left; None when it was given up."""
    from pipeboard.ui.overlays.text import TextScreen

    edit = host.program.choices.edit
    return await questions.ask(
        lambda: TextScreen(title, text, draft_key=key, begun=begun, edit=edit, outside=outside)
    )


_TOUCHES = {"c": "call", "e": "email", "m": "meeting", "d": "demo", "x": "message"}
_PROPOSAL, _TRIAL_CLOSE = "p", "k"
_COMMITMENTS = {"y": "yes", "n": "no", "c": "conditional"}
_SNOOZES = {
    "1": ("1d", "1 day"),
    "3": ("3d", "3 days"),
    "w": ("1w", "1 week"),
    "m": ("1m", "1 month"),
}


@asking(a_step)
async def next_step(host: Host, ids: Ids) -> None:
    await ask_next_step(host)


@on_deals
async def done(host: Host, ids: Ids) -> None:
    """The next step is done as it was planned, which counts as a touch; then asks what is next,
    where it does not come again by itself."""
    outcome = await execute(host, c.CompleteNextStep())
    if outcome.receipt and not all(deal.next_step for deal in outcome.receipt.deals):
        await ask_next_step(host)


_ANOTHER_DAY = "d"


@asking(a_step)
async def put_off(host: Host, ids: Ids) -> None:
    """r: another day for the next step, its words as they are; the keys are those of `t`."""
    days = {key: parse_date(text, host.today) for key, text in step_days(host.today)}
    choices = [MenuChoice(key, written().day(day, host.today)) for key, day in days.items()]
    choices.append(MenuChoice(_ANOTHER_DAY, "another day…"))
    key = await ask(host, Menu(_when(host, ids), choices))
    if key == _ANOTHER_DAY:
        await ask_next_step(host)
    elif key is not None:
        usual = await usual_step(host, await deals_now(host, ids))
        # Midnight may have passed since: what was called today is today.
        await execute(host, c.Reschedule(max(days[key], host.today), usual))


def _when(host: Host, ids: Ids) -> str:
    """What is asked about the day: only a step that there is can be put off."""
    shown, whom = [host.at_hand(deal_id) for deal_id in ids], target_names(host, ids)
    steps = [None if deal is None else has_step(deal) for deal in shown]
    if all(steps):
        return f"Put off the next step of {whom} to"
    if len(shown) > 1 or shown[0] is None:
        return f"Next step of {whom} on"
    usual = host.pipeline().stage(shown[0].stage_id).next_step
    return f"{whom} has no next step yet: plan {quoted(usual) if usual else 'one'} for"


async def ask_next_step(host: Host) -> bool:
    """Asks for the next step of the deals that are meant, where they can have one; whether one was
    set.

    A day alone puts the step off, its words as they are.
    """
    ids = selected(host)
    deals = await deals_now(host, ids)
    if not all(deal.is_open for deal in deals):
        return False
    usual = await usual_step(host, deals)
    steps = {deal.next_step.text if deal.next_step else "" for deal in deals}
    words = prompt.StepWords(steps.pop() if len(steps) == 1 else "", usual, len(deals))

    def line() -> Prompt:
        return Prompt(
            f"Next step of {target_names(host, ids)}",
            live=prompt.by_day(host, lambda today: prompt.next_step(today, words)),
            presets=lambda: step_days(host.today),
            placeholder=words.present or f"thu {usual or 'call Bob'}",
            draft_key=key_of("next", ids),
        )

    async def plan(typed: str) -> Outcome:
        step = parse_step(typed, host.today)
        if step.due is not None and not step.text and not step.every:
            return await execute(host, c.Reschedule(step.due, usual))
        return await execute(host, c.Plan(typed))

    return bool(await ask_until_stored(host, line, plan, BOTH_STEPS))


def _both_steps(deal: Deal, mine: str, _theirs: str) -> str:
    return f"{mine}; {deal.next_step.text}" if deal.next_step else mine


BOTH_STEPS: Final = Meeting(_both_steps)
"""How a step that is typed goes together with one that somebody has planned meanwhile."""


async def deals_now(host: Host, ids: Ids) -> Sequence[Deal]:
    """Deals as they stand in the database."""
    return [*(await host.program.write_queue.ask(lambda w: w.reader.deals(ids))).values()]


async def usual_step(host: Host, deals: Sequence[Deal]) -> str:
    """What the stage suggests as a next step, where the deals agree on it."""
    found = await read(host, lambda reader: reader.pipelines())
    pipelines = {pipeline.id: pipeline for pipeline in found}
    stages = {pipelines[deal.pipeline_id].stage(deal.stage_id) for deal in deals}
    return stages.pop().next_step if len(stages) == 1 else ""


@asking(lambda: c.LogTouch("call"))
async def interaction(host: Host, ids: Ids) -> None:
    title = f"Log with {target_names(host, ids)}"
    choices = [MenuChoice(key, name) for key, name in _TOUCHES.items()]
    choices += [MenuChoice(_PROPOSAL, "proposal sent"), MenuChoice(_TRIAL_CLOSE, "trial close")]
    kind = await ask(host, Menu(title, choices))
    if kind is None:
        return
    name, direction, commitment = _TOUCHES.get(kind, "email"), "out", ""
    if kind == _TRIAL_CLOSE:
        title = f"{target_names(host, ids)}: what did they say to the small commitment?"
        said = await ask(host, Menu(title, [MenuChoice(*each) for each in _COMMITMENTS.items()]))
        if said is None:
            return
        name, commitment = "call", _COMMITMENTS[said]
    elif kind != _PROPOSAL:
        ways = [MenuChoice("o", "out: from us"), MenuChoice("i", "in: from them")]
        way = await ask(host, Menu(f"{title}: {name}", ways))
        if way is None:
            return
        direction = "in" if way == "i" else "out"
    is_quote = kind == _PROPOSAL
    if await _log(host, ids, name, direction, quote=is_quote, trial_close=commitment):
        await ask_next_step(host)


async def _log(
    host: Host, ids: Sequence[int], name: str, direction: str, *, quote: bool, trial_close: str
) -> bool:
    """Asks what came of an interaction, and logs it."""

    async def attempt(questions: Questions) -> Outcome | None:
        title = f"What came of it? {target_names(host, ids)}: {name} ({direction})"
        came = await words_of(host, questions, title, key_of("outcome", ids), accept_empty=True)
        if came is None:
            return None
        touch = c.LogTouch(name, direction, came, quote=quote, trial_close=trial_close)
        return await execute(host, touch)

    return bool(await until_stored(host, attempt))


@asking(lambda: c.Snooze(date.max))
async def snooze(host: Host, ids: Ids) -> None:
    choices = [
        *(MenuChoice(key, label) for key, (_, label) in _SNOOZES.items()),
        MenuChoice("d", "until a date…"),
        MenuChoice("0", "wake"),
    ]
    key = await ask(host, Menu(f"Snooze {target_names(host, ids)}", choices))
    if key is None:
        return

    async def attempt(questions: Questions) -> Outcome | None:
        typed: str | None = _SNOOZES[key][0] if key in _SNOOZES else ""
        if key == "d":
            typed = await questions.ask(
                lambda: Prompt(
                    f"Snooze {target_names(host, ids)} until",
                    live=prompt.live(lambda text: _told_until(host.today, text), NOTHING_YET),
                    placeholder="2w waiting for the budget",
                    draft_key=key_of("snooze", ids),
                )
            )
        if typed is None:
            return None
        until, why = parse_until(typed, host.today) if typed else (None, "")
        return await execute(host, c.Snooze(until, why))

    def words(day: str | None) -> str:
        return day or _SNOOZES.get(key, ("", "awake"))[1]

    await until_stored(host, attempt, Meeting(words=words))


def _told_until(today: date, typed: str) -> str:
    day, why = parse_until(typed, today)
    return f"{written().date(day)}   {why}".rstrip()


async def playbook(host: Host) -> None:
    """b: how the stage is worked; ticks its checklist for the deal under the cursor."""
    from pipeboard.ui.overlays.question import Playbook

    ids, _ = targets_of(host)
    deal = await _deal_of(host, ids[0]) if len(ids) == 1 else None
    stage = host.pipeline().stage(deal.stage_id) if deal else host.stage_shown()
    only_looks, top = host.state.view.read_only, 0
    while True:
        sheet = Playbook(host.pipeline(), stage, deal, only_looks=only_looks, top=top)
        place = await ask(host, sheet)
        top = sheet.top
        if place is None or deal is None:
            return
        item = stage.checklist[place]
        tick = c.Check(stage.id, item, not deal.is_checked(stage.id, item))
        if not await execute(host, tick, ids=[deal.id], repeats=False):
            return
        deal = await _deal_of(host, deal.id)


async def _deal_of(host: Host, deal_id: int) -> Deal | None:
    return await read(host, lambda reader: reader.deal(deal_id))
