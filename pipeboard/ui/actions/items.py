"""Keys for what is under the cursor on the screen of one deal: a question, note, person, term."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Final, Literal

from pipeboard.domain import commands as c
from pipeboard.domain.criteria import ROLES, unmet
from pipeboard.domain.deal import Answer, Contact, Deal, Term, role_name
from pipeboard.domain.errors import GateNotMet, NotFound
from pipeboard.domain.text import email_fault, free_key, quoted
from pipeboard.ui.actions.daily import a_note, rewrite_note, write_note
from pipeboard.ui.actions.fields import any_change, ask_question, edit
from pipeboard.ui.draw.notes import CHECK, FIELDS, FIT, GATE, PLAYBOOK
from pipeboard.ui.draw.questions import RATINGS
from pipeboard.ui.execute import Came, Questions, execute, until_stored
from pipeboard.ui.host import Host, Outcome, ask, check_allowed, patiently
from pipeboard.ui.key_table import DEAL_TABS, DealTab
from pipeboard.ui.keys import key_for
from pipeboard.ui.overlays.draft import key_of
from pipeboard.ui.overlays.menu import Menu, MenuChoice
from pipeboard.ui.overlays.prompt import Prompt
from pipeboard.ui.screens.deal import LEADS_TO, DealScreen, show_deal

if TYPE_CHECKING:
    from pipeboard.ui.overlays.form import FormField

_ROLE_NAMES: Final = tuple(map(role_name, ROLES))
_NOBODY: Final = Contact("", "other")
_NO_TERM: Final = Term("")


def tab(host: DealScreen, number: int) -> None:
    """The tab with that number."""
    host.show_tab(DEAL_TABS[number - 1])


def tab_beside(host: DealScreen, step: int) -> None:
    host.show_tab(DEAL_TABS[(DEAL_TABS.index(host.tab) + step) % len(DEAL_TABS)])


async def deal_beside(host: DealScreen, step: int) -> None:
    await patiently(host, lambda: _show_neighbour(host, step))


def _show_neighbour(host: DealScreen, step: int) -> None:
    """The deal below or above in its stage, in the tab that is looked at."""
    state = host.state
    if not state.go_to_deal(host.deal_id):
        raise NotFound(f"The board does not show D-{host.deal_id}: nothing is beside it there.")
    before = state.view.cursor
    state.move_cursor(0, step)
    if state.card is None or state.view.cursor == before:
        stage = quoted(host.record.pipeline.stage(host.record.deal.stage_id).name)
        host.say(f"That was the {'last' if step > 0 else 'first'} deal in {stage}.")
        return
    show_deal(host, state.card.id)
    host.say("")


async def edit_item(host: DealScreen) -> None:
    """Enter: answers the question, edits the person or note, opens the event."""
    key = host.item_key
    match host.tab:
        case _ if not key:
            adds = key_for(host.keys, "add_item")
            host.say(f"There is nothing here to edit; {adds} adds.", "status.warn")
        case DealTab.OVERVIEW:
            await _open_part(host, key)
        case DealTab.QUESTIONS:
            await _answer_item(host, key)
        case DealTab.NOTES:
            await _edit_note(host, key)
        case DealTab.TIMELINE:
            host.opened ^= {int(key)}
            host.redraw()
        case DealTab.PEOPLE:
            await edit_person(host, lambda: host.record.deal, key)
        case DealTab.TERMS:
            await _edit_term(host, key)


async def _open_part(host: DealScreen, key: str) -> None:
    """What a part of the overview leads to."""
    if key.startswith(CHECK):
        await _tick_item(host, key)
    elif key in LEADS_TO:
        host.show_tab(LEADS_TO[key])
    elif key in (FIELDS, FIT):
        await edit(host)
    elif key == GATE:
        _try_gate(host)
    elif key == PLAYBOOK:
        host.press("board.playbook")


def _try_gate(host: DealScreen) -> None:
    """What holds the deal up, with the ways on; a deal that is ready is told so."""
    deal, pipeline = host.record.deal, host.record.pipeline
    target = pipeline.after(deal.stage_id)
    lacking = unmet(deal, pipeline, target.id, host.today)
    if not lacking:
        key = key_for(host.keys, "win" if target is pipeline.won else "advance")
        host.say(f"Nothing holds it up: {key} takes it to {target.name}.", "status.ok")
        return
    gate = GateNotMet(f"{deal.name} stays.", target=target.name, unmet=lacking, deal_id=deal.id)
    change = c.Win() if target is pipeline.won else c.Move(target.id)
    host.perform("stages.open_gate", gate, change)


async def _answer_item(host: DealScreen, key: str, *, outside: bool = False) -> None:
    question = host.record.pipeline.question(key)
    if question is not None:
        await check_allowed(host, [host.deal_id], any_change)
        await ask_question(host, host.record.deal.id, question, goes_on=False, outside=outside)


# Notes.


async def _edit_note(host: DealScreen, note_id: str, *, outside: bool = False) -> None:
    note = next(note for note in host.record.notes if note.id == note_id)
    if note.author != host.program.me:
        adds = key_for(host.keys, "note")
        host.say(f"The note is {note.author}'s; {adds} adds one of your own.", "status.warn")
        return
    await check_allowed(host, [host.deal_id], a_note)
    await rewrite_note(host, host.record.deal, note_id, note.text, outside=outside)


async def edit_outside(host: DealScreen) -> None:
    """E: the note or answer under the cursor in the editor, or a new note."""
    if host.tab is DealTab.NOTES and host.item_key:
        await _edit_note(host, host.item_key, outside=True)
    elif host.tab is DealTab.QUESTIONS and host.item_key:
        await _answer_item(host, host.item_key, outside=True)
    else:
        await write_note(host, outside=True)


# Adding and taking away.


async def add_item(host: DealScreen) -> None:
    """a: a person, a term, or on the other tabs a note."""
    match host.tab:
        case DealTab.PEOPLE:
            await edit_person(host, lambda: host.record.deal, "")
        case DealTab.TERMS:
            await _edit_term(host, "")
        case _:
            await write_note(host)


async def remove_item(host: DealScreen) -> None:
    """D: takes a person, a term or an answer away; u brings it back."""
    key, deal_id = host.item_key, host.record.deal.id
    if not key or host.tab not in (DealTab.PEOPLE, DealTab.TERMS, DealTab.QUESTIONS):
        host.say("Nothing here can be taken away.", "status.warn")
    elif host.tab is DealTab.PEOPLE:
        await execute(host, c.SetContact(key, None), ids=[deal_id], repeats=False)
    elif host.tab is DealTab.TERMS:
        await execute(host, c.SetTerm(key, None), ids=[deal_id], repeats=False)
    elif key in host.record.deal.answers:
        await execute(host, c.AnswerQuestion(key, None), ids=[deal_id], repeats=False)
    else:
        host.say("This question has no answer.", "status.warn")


async def tick(host: DealScreen) -> None:
    """space: an item of the checklist done or not; how strong an answer is."""
    key = host.item_key
    if host.tab is DealTab.OVERVIEW and key.startswith(CHECK):
        await _tick_item(host, key)
    elif host.tab is DealTab.QUESTIONS and key:
        await _rate(host, key)
    else:
        ticks = key_for(host.keys, "tick")
        host.say(f"{ticks} ticks the checklist on 1 and rates answers on 2.", "status.warn")


async def _tick_item(host: DealScreen, key: str) -> None:
    deal, stage = host.record.deal, host.record.pipeline.stage(host.record.deal.stage_id)
    text = stage.checklist[int(key.removeprefix(CHECK))]
    done = not deal.is_checked(stage.id, text)
    await execute(host, c.Check(stage.id, text, done), ids=[deal.id], repeats=False)


async def _rate(host: DealScreen, key: str) -> None:
    """Another rating for an answer that stays in its words."""
    await check_allowed(host, [host.deal_id], any_change)
    answer = host.record.deal.answers.get(key)
    present = answer.rating if answer else None
    choices = [
        MenuChoice(str(n), word, mark="*" if n == present else "") for n, word in enumerate(RATINGS)
    ]
    choices.append(MenuChoice("u", "unknown", mark="*" if present is None else ""))
    question = host.record.pipeline.question(key)
    label = question.label if question else key
    title = f"{host.record.deal.name}: how strong is the answer to {label}?"
    pressed = await ask(host, Menu(title, choices))
    if pressed is None:
        return
    rating = int(pressed) if pressed.isdigit() else None
    text, evidence = (answer.text, answer.evidence) if answer else ("", "")
    await execute(host, c.AnswerQuestion(key, Answer(text, rating, evidence)), repeats=False)


async def edit_person(host: Host, look: Callable[[], Deal], key: str) -> Outcome | Literal[True]:
    """A person's name, role and how to reach them, of the deal as it `look`s now; without a key a
    new one."""
    from pipeboard.ui.overlays.form import FormField

    def fields() -> list[FormField]:
        person = look().contacts.get(key, _NOBODY)
        return [
            FormField("name", "Name", person.name, check=_needed("A person needs a name.")),
            FormField("role", "Role", role_name(person.role), choices=_ROLE_NAMES),
            FormField("title", "Title", person.title),
            FormField("phone", "Phone", person.phone),
            FormField("email", "E-mail", person.email, check=_email_beside(person.email)),
        ]

    async def store(changed: Mapping[str, str]) -> Outcome:
        deal = look()
        person = deal.contacts.get(key, _NOBODY)
        contact = Contact(**{**asdict(person), **changed})
        place = key or free_key(contact.name, deal.contacts, "person")
        return await execute(host, c.SetContact(place, contact), ids=[deal.id], repeats=False)

    return await _fill(host, look(), "Person", "person", key, fields, store)


async def _edit_term(host: DealScreen, key: str) -> None:
    """A term with both positions and what was agreed; without a key a new one."""
    from pipeboard.ui.overlays.form import FormField

    def fields() -> list[FormField]:
        term = host.record.deal.terms.get(key, _NO_TERM)
        return [
            FormField("item", "Term", term.item, check=_needed("A term needs a name.")),
            FormField("ours", "We", term.ours),
            FormField("theirs", "They", term.theirs),
            FormField("agreed", "Agreed", term.agreed, help="empty while it is open"),
        ]

    async def store(changed: Mapping[str, str]) -> Outcome:
        deal = host.record.deal
        wanted = Term(**{**asdict(deal.terms.get(key, _NO_TERM)), **changed})
        place = key or free_key(wanted.item, deal.terms, "term")
        return await execute(host, c.SetTerm(place, wanted), ids=[deal.id], repeats=False)

    await _fill(host, host.record.deal, "Term", "term", key, fields, store)


async def _fill(
    host: Host,
    deal: Deal,
    what: str,
    kind: str,
    key: str,
    fields: Callable[[], list[FormField]],
    store: Callable[[Mapping[str, str]], Awaitable[Outcome]],
) -> Outcome | Literal[True]:
    """A form over the deal as it is now, until what was changed in it is stored."""
    from pipeboard.ui.overlays.form import Form

    await check_allowed(host, [deal.id], any_change)
    title, draft_key = f"{what} of {deal.name}", key_of(kind, [deal.id], key)

    async def attempt(questions: Questions) -> Outcome | None:
        changed = await questions.ask(lambda: Form(title, fields(), draft_key=draft_key))
        return await store(changed) if changed else None

    return await until_stored(host, attempt)


def _email_beside(before: str) -> Callable[[str], str | None]:
    """Checks another address than the one `before`, which a file may have brought."""
    return lambda text: None if text == before else email_fault(text) or None


def _needed(why: str) -> Callable[[str], str | None]:
    return lambda text: None if text.strip() else why


async def search(host: DealScreen) -> None:
    """Only the events of the timeline that hold what is typed, as it is typed."""
    host.show_tab(DealTab.TIMELINE)
    before = host.wanted

    async def attempt(questions: Questions) -> Came:
        typed = await questions.ask(
            lambda: Prompt(
                "Timeline: only events with",
                value=before,
                on_change=host.search,
                accept_empty=True,
                placeholder="moved, @bo, note, close date",
                draft_key=key_of("timeline", [host.deal_id]),
                offers=False,
                verb="Keep",
            )
        )
        host.search(before if typed is None else typed)
        return None if typed is None else True

    await until_stored(host, attempt)
