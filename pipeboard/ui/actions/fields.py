"""Keys that change what a deal says: owner, value, dates, category, tags, all fields at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from pipeboard.domain import commands as c
from pipeboard.domain.dates import parse_date
from pipeboard.domain.deal import Answer, Deal
from pipeboard.domain.deal_fields import is_none
from pipeboard.domain.errors import NotFound
from pipeboard.domain.money import parse_money, parse_percent
from pipeboard.domain.people import new_rep_mark
from pipeboard.domain.pipeline import Category, Pipeline, Question
from pipeboard.domain.settings import Rep
from pipeboard.ui.actions.daily import deals_now
from pipeboard.ui.draw.line import Glyphs, money_text
from pipeboard.ui.draw.questions import field_text
from pipeboard.ui.execute import Came, Meeting, Questions, ask_until_stored, execute, until_stored
from pipeboard.ui.host import Host, Ids, Outcome, asking, present, target_names, typed_currency
from pipeboard.ui.keys import key_for
from pipeboard.ui.overlays import prompt
from pipeboard.ui.overlays.draft import key_of
from pipeboard.ui.overlays.menu import Menu, MenuChoice, Option, Picker
from pipeboard.ui.overlays.prompt import Prompt
from pipeboard.workspace.finding import deal_record
from pipeboard.workspace.triage import loads_of

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue
    from pipeboard.domain.queue import Load
    from pipeboard.ui.overlays.question import Given


_WITH_NOTE = "\0note"
_CATEGORIES = {
    "o": Category.OMITTED,
    "p": Category.PIPELINE,
    "b": Category.BEST,
    "c": Category.COMMIT,
}


def any_change() -> c.Command:
    """What the keys here lead to, before anything of it is known (`asking`)."""
    return c.Edit({})


@asking(any_change)
async def value(host: Host, ids: Ids) -> None:
    before = await _present(host, ids, "value")
    currency = typed_currency(host, ids)
    await _ask_field(
        host,
        ids,
        "value",
        "Value of",
        before,
        prompt.money(currency, before or ""),
        lambda text: parse_money(text, currency),
    )


@asking(any_change)
async def close_date(host: Host, ids: Ids) -> None:
    await _ask_field(
        host,
        ids,
        "expected_close",
        "Close date of",
        await _present(host, ids, "expected_close"),
        prompt.by_day(host, prompt.day),
        lambda text: parse_date(text, host.today),
    )


@asking(any_change)
async def probability(host: Host, ids: Ids) -> None:
    await _ask_field(
        host,
        ids,
        "probability_bp",
        "Probability of",
        await _present(host, ids, "probability"),
        prompt.percent(),
        parse_percent,
    )


async def _present(host: Host, ids: Ids, field: str) -> str | None:
    """What the deals that are meant have in a field, as one would type it; None where they
    differ."""
    if len(ids) == 1:
        return present(host, field, ids[0])
    texts = {field_text(deal, field) for deal in await deals_now(host, ids)}
    return texts.pop() if len(texts) == 1 else None


async def _ask_field(
    host: Host,
    ids: Ids,
    field: str,
    title: str,
    before: str | None,
    live: prompt.Live,
    read: Callable[[str], FieldValue],
) -> None:
    """Asks for one field of the deals that are meant; `none` empties it, and so does nothing typed,
    but not where they differ: there the line is empty to begin with."""

    def told(text: str) -> prompt.Feedback:
        if before is None and not text.strip():
            return prompt.understood("they differ: what is typed holds for all of them")
        return live("" if is_none(text.strip()) else text)

    def line() -> Prompt:
        return Prompt(
            f"{title} {target_names(host, ids)}",
            value=before or "",
            live=told,
            accept_empty=before is not None,
            draft_key=key_of(field, ids),
        )

    async def store(typed: str) -> Outcome:
        text = typed.strip()
        return await _set(host, field, None if not text or is_none(text) else read(text))

    await ask_until_stored(host, line, store)


@asking(any_change)
async def category(host: Host, ids: Ids) -> None:
    choices = [
        *(MenuChoice(key, str(name).capitalize()) for key, name in _CATEGORIES.items()),
        MenuChoice("s", "the stage's own"),
    ]

    async def store(key: str) -> Outcome:
        category = _CATEGORIES.get(key)
        return await _set(host, "category", str(category) if category else None)

    def words(key: str) -> str:
        return str(_CATEGORIES.get(key, "the stage's own"))

    menu = partial(Menu, f"Forecast of {target_names(host, ids)}", choices)
    await ask_until_stored(host, menu, store, Meeting(words=words))


@asking(any_change)
async def owner(host: Host, ids: Ids) -> None:
    pipeline = host.pipeline()
    loads = await host.program.write_queue.ask(lambda workspace: loads_of(workspace, pipeline))
    notes = _on_hand(loads, host.state.view.glyphs)
    options = [Option(load.name, load.name, note) for load, note in zip(loads, notes, strict=True)]
    if (me := host.program.me) not in {load.name for load in loads}:
        options.append(Option(me, me, "you"))

    whom = target_names(host, ids)
    with_note = Option(_WITH_NOTE, "with a note to them…", "what they should know")

    def somebody(typed: str) -> Option | None:
        mark = new_rep_mark(typed, [Rep(load.name) for load in loads], host.program.me)
        return Option(typed, f"@{typed.removeprefix('@')}", mark) if mark else None

    async def attempt(questions: Questions) -> Outcome | None:
        note = ""
        rep = await questions.ask(
            lambda: Picker(f"Give {whom} to", [*options, with_note], other=somebody)
        )
        if rep == _WITH_NOTE:
            rep = await questions.ask(
                lambda: Picker(f"Give {whom}, with a note, to", options, other=somebody)
            )
            given = await _ask_handover(questions, rep, whom, ids) if rep else None
            note, rep = given or "", rep if given else None
        if rep is None:
            return None
        return await execute(host, c.Assign(rep, note))

    await until_stored(host, attempt)


def _on_hand(loads: Sequence[Load], glyphs: Glyphs) -> list[str]:
    """What each rep has to do, under one another."""
    rows = [
        (str(load.open), str(load.overdue), str(load.stalled), _worth(load, glyphs))
        for load in loads
    ]
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    notes = []
    for row in rows:
        count, overdue, stalled, worth = (
            f"{text:>{width}}" for text, width in zip(row, wide, strict=True)
        )
        note = f"{count} open  {overdue} overdue  {stalled} stalled"
        notes.append(f"{note}  {worth}" if worth else note)
    return notes


def _worth(load: Load, glyphs: Glyphs) -> str:
    """What the deals of a rep are worth, and how many of them have no rate."""
    value = "" if load.value is None else money_text(load.value, glyphs, symbol=True)
    unpriced = f"{load.unpriced} without a rate" if load.unpriced else ""
    return " + ".join(filter(None, (value, unpriced)))


async def _ask_handover(questions: Questions, rep: str, whom: str, ids: Ids) -> str | None:
    """What the next owner should know; it is kept as a touch, and they see it in their queue."""
    title, key = f"What should @{rep} know of {whom}?", key_of("handover", ids)
    return await questions.ask(lambda: Prompt(title, draft_key=key, verb="Give"))


@asking(any_change)
async def tags(host: Host, ids: Ids) -> None:

    def line() -> Prompt:
        return Prompt(
            f"Tags of {target_names(host, ids)}",
            placeholder="+inbound -cold",
            value="+",
            draft_key=key_of("tags", ids),
        )

    async def store(typed: str) -> Outcome | None:
        if not typed.strip(" +-"):
            return None
        return await execute(host, typed_tags(typed))

    await ask_until_stored(host, line, store)


def typed_tags(typed: str) -> c.TagWith:
    """Tags to put on and to take off: `+inbound -cold`, with or without the plus or commas."""
    words = typed.replace(",", " ").split()
    add = [word.lstrip("+") for word in words if not word.startswith("-")]
    remove = [word.lstrip("-") for word in words if word.startswith("-")]
    return c.TagWith(tuple(add), tuple(remove))


@asking(any_change)
async def edit(host: Host, ids: Ids) -> None:
    """The form with all fields of one deal."""
    from pipeboard.ui.overlays.form import Form, deal_form

    if len(ids) > 1:
        owner, value, close, tags = (
            key_for(host.keys, action) for action in ("owner", "value", "close_date", "tags")
        )
        words = f"The form edits one deal; {owner}, {value}, {close} and {tags} work on many."
        host.say(words, "status.warn")
        return
    settings, eyes = host.program.settings, host.program.seat.eyes

    async def attempt(questions: Questions) -> Outcome | None:
        record = await host.program.write_queue.ask(
            lambda workspace: deal_record(workspace, ids[0])
        )
        mark = host.state.new_rep_mark
        title, fields = deal_form(record.deal, record.pipeline, host.today, settings, eyes, mark)
        changed = await questions.ask(
            lambda: Form(title, fields, draft_key=key_of("edit", ids), theirs=questions.theirs)
        )
        if not changed:
            return None
        typed = tuple(f"{name}={value}" for name, value in changed.items())
        seen = {ids[0]: record.deal.version}
        return await execute(host, c.SetFields(typed), seen=seen, repeats=False)

    await until_stored(host, attempt)


async def _set(host: Host, field: str, value: FieldValue) -> Outcome:
    return await execute(host, c.Edit({field: value}))


# Keys that make a deal true: the interview, question by question.


@asking(any_change)
async def interview(host: Host, ids: Ids) -> None:
    """All questions without an answer, or where none is left, all of them; Esc ends it."""
    if len(ids) > 1:
        host.say("The interview is with one deal at a time.", "status.warn")
        return
    deal, pipeline = await deal_now(host, ids[0])
    if not pipeline.questions:
        host.say(f"{pipeline.name} asks no questions.", "status.warn")
        return
    answered = {question.key for question in deal.answered(pipeline)}
    still = [question for question in pipeline.questions if question.key not in answered]
    for question in still or pipeline.questions:
        if not await ask_question(host, ids[0], question):
            break
    deal, pipeline = await deal_now(host, ids[0])
    count, total = len(deal.answered(pipeline)), len(pipeline.questions)
    be = "is" if count == 1 else "are"
    host.say(f"{count} of {total} questions of {deal.name} {be} answered.", "status.ok")


async def ask_question(
    host: Host,
    deal_id: int,
    question: Question,
    *,
    place: str = "",
    goes_on: bool = True,
    outside: bool = False,
) -> bool:
    """Asks one question and stores what is given; False when it was cancelled or refused. `place`
    is which of those that are asked it is, else which of the pipeline's."""
    from pipeboard.ui.overlays.form import joined
    from pipeboard.ui.overlays.question import QuestionCard

    async def attempt(questions: Questions) -> Came:
        deal, pipeline = await deal_now(host, deal_id)
        present, keys = deal.answers.get(question.key), [one.key for one in pipeline.questions]
        if question.key not in keys:  # somebody has taken it away since
            raise NotFound(f"{pipeline.name} asks no more for {question.label}.")
        number = keys.index(question.key)
        given = await questions.ask(
            lambda: QuestionCard(
                pipeline.questions[number],
                present,
                place or f"{number + 1}/{len(keys)}",
                deal.name,
                draft_key=key_of("answer", [deal_id], question.key),
                edit=host.program.choices.edit,
                goes_on=goes_on,
                outside=outside,
            )
        )
        if given is None:
            return None
        if given.is_empty:
            return True
        answer = c.AnswerQuestion(question.key, Answer(given.text, given.rating, given.evidence))
        seen = {deal_id: deal.version}
        return await execute(host, answer, ids=[deal_id], seen=seen, repeats=False)

    def both(deal: Deal, mine: Given, _theirs: str) -> Given:
        return joined(deal.answers.get(question.key) or Answer(""), mine)

    async def theirs(mine: Given) -> Outcome:
        note = f"{question.label}, answered at the same time: {mine.text or mine.rating}"
        return await execute(host, c.AddNote(note), ids=[deal_id], seen={}, repeats=False)

    return bool(await until_stored(host, attempt, Meeting(both, theirs)))


async def deal_now(host: Host, deal_id: int) -> tuple[Deal, Pipeline]:
    """A deal as it stands in the database, with its pipeline."""
    record = await host.program.write_queue.ask(lambda workspace: deal_record(workspace, deal_id))
    return record.deal, record.pipeline
