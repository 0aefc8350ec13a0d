"""Keys for what is under the cursor on the screen of one deal: a question, note, person, term."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from pipeboard.domain.criteria import ROLES
from pipeboard.domain.deal import Contact, Term
from pipeboard.domain.errors import GateNotMet
from pipeboard.domain.gates import unmet
from pipeboard.ui.deal_tabs import Tab
from pipeboard.ui.draw.overview import CHECK, FIELDS, GATE, NOTES, SCORE
from pipeboard.ui.draw.questions import RATINGS
from pipeboard.ui.outcome import Outcome
from pipeboard.ui.overlays.draft import key_of
from pipeboard.ui.overlays.menu import Choice, Menu
from pipeboard.ui.screens.deal_actions import in_turn
from pipeboard.ui.screens.editing import Editing
from pipeboard.ui.screens.qualifying import Qualifying
from pipeboard.ui.screens.questions import Questions, until_stored

if TYPE_CHECKING:
    from pipeboard.domain.sheet import Sheet
    from pipeboard.ui.overlays.form import Field

_ROLE_NAMES: Final = tuple(role.replace("_", " ") for role in ROLES)
_NOBODY: Final = Contact("", "other")
_NO_TERM: Final = Term("")
_LEADS_TO: Final = {SCORE: Tab.QUESTIONS, NOTES: Tab.NOTES, "touches": Tab.TIMELINE}


class ItemActions(Editing, Qualifying):
    """Adds, edits, ticks and takes away what the tabs hold."""

    sheet: Sheet
    tab: Tab
    opened: frozenset[int]

    @property
    def item_key(self) -> str:
        """The key of the item under the cursor, "" where there is none."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Shows the tab as it is now."""
        raise NotImplementedError

    def show_tab(self, tab: Tab) -> None:
        """Shows another tab."""
        raise NotImplementedError

    def only_looks(self, action: str) -> bool:
        if action != "edit_item":
            return False
        on_overview = self.tab is Tab.OVERVIEW and self.item_key in (*_LEADS_TO, GATE)
        return self.tab is Tab.TIMELINE or on_overview

    @in_turn
    async def action_edit_item(self) -> None:
        """Enter: answers the question, edits the person or note, opens the event."""
        key = self.item_key
        match self.tab:
            case _ if not key:
                self.say("There is nothing here to edit; a adds.", "status.warn")
            case Tab.OVERVIEW:
                await self._open_part(key)
            case Tab.QUESTIONS:
                await self._answer_item(key)
            case Tab.NOTES:
                await self._edit_note(key)
            case Tab.TIMELINE:
                self.opened ^= {int(key)}
                self.redraw()
            case Tab.PEOPLE:
                await self._edit_person(key)
            case Tab.TERMS:
                await self._edit_term(key)

    async def _open_part(self, key: str) -> None:
        """What a part of the overview leads to."""
        if key.startswith(CHECK):
            await self._tick_item(key)
        elif key in _LEADS_TO:
            self.show_tab(_LEADS_TO[key])
        elif key == FIELDS:
            await self.edit_form()
        elif key == GATE:
            self._try_gate()

    def _try_gate(self) -> None:
        """What holds the deal up, with the ways on; a deal that is ready is told so."""
        deal, pipeline = self.sheet.deal, self.sheet.pipeline
        target = pipeline.neighbour(deal.stage_id, 1) or pipeline.won
        lacking = unmet(deal, pipeline, target.id, self.today)
        if not lacking:
            key = "w" if target is pipeline.won else "L"
            self.say(f"Nothing holds it up: {key} takes it to {target.name}.", "status.ok")
            return
        gate = GateNotMet(f"{deal.name} stays.", target=target.name, unmet=lacking, deal_id=deal.id)
        if target is pipeline.won:
            self.open_gate(gate, lambda w, ids, seen, why: w.win(ids, override=why, seen=seen))
        else:
            self.open_gate(
                gate, lambda w, ids, seen, why: w.move(ids, target.id, override=why, seen=seen)
            )

    async def _answer_item(self, key: str) -> None:
        question = self.sheet.pipeline.question(key)
        if question is not None:
            await self.ask_question(self.sheet.deal.id, question, goes_on=False)

    # Notes.

    async def _edit_note(self, note_id: str, *, outside: bool = False) -> None:
        note = next(note for note in self.sheet.notes if note.id == note_id)
        if note.author != self.board_app.me:
            self.say(f"The note is {note.author}'s; n adds one of your own.", "status.warn")
            return
        await self.rewrite_note(self.sheet.deal, note_id, note.text, outside=outside)

    @in_turn
    async def action_edit_outside(self) -> None:
        """E: the note or answer under the cursor in the editor, or a new note."""
        if self.tab is Tab.NOTES and self.item_key:
            await self._edit_note(self.item_key, outside=True)
        elif self.tab is Tab.QUESTIONS and self.item_key:
            await self._answer_outside(self.item_key)
        else:
            await self.write_note(outside=True)

    async def _answer_outside(self, key: str) -> None:
        question = self.sheet.pipeline.question(key)
        if question is not None:
            await self.ask_question(self.sheet.deal.id, question, goes_on=False, outside=True)

    # Adding and taking away.

    @in_turn
    async def action_add_item(self) -> None:
        """a: a person, a term, or on the other tabs a note."""
        match self.tab:
            case Tab.PEOPLE:
                await self._edit_person("")
            case Tab.TERMS:
                await self._edit_term("")
            case _:
                await self.write_note()

    @in_turn
    async def action_remove_item(self) -> None:
        """D: takes a person, a term or an answer away; u brings it back."""
        key, deal_id = self.item_key, self.sheet.deal.id
        if not key or self.tab not in (Tab.PEOPLE, Tab.TERMS, Tab.QUESTIONS):
            self.say("Nothing here can be taken away.", "status.warn")
        elif self.tab is Tab.PEOPLE:
            await self.change(
                lambda w, _ids, seen, _: w.set_contact(deal_id, None, key, seen=seen), repeats=False
            )
        elif self.tab is Tab.TERMS:
            await self.change(
                lambda w, _ids, seen, _: w.set_term(deal_id, None, key, seen=seen), repeats=False
            )
        elif key in self.sheet.deal.answers:
            await self.change(
                lambda w, _ids, seen, _: w.take_answer_back(deal_id, key, seen=seen), repeats=False
            )
        else:
            self.say("This question has no answer.", "status.warn")

    @in_turn
    async def action_tick(self) -> None:
        """space: an item of the checklist done or not; how strong an answer is."""
        key = self.item_key
        if self.tab is Tab.OVERVIEW and key.startswith(CHECK):
            await self._tick_item(key)
        elif self.tab is Tab.QUESTIONS and key:
            await self._rate(key)
        else:
            self.say("space ticks the checklist on 1 and rates answers on 2.", "status.warn")

    async def _tick_item(self, key: str) -> None:
        deal, stage = self.sheet.deal, self.sheet.pipeline.stage(self.sheet.deal.stage_id)
        text = stage.checklist[int(key.removeprefix(CHECK))]
        done = not deal.is_checked(stage.id, text)
        await self.change(
            lambda w, _ids, seen, _: w.check(deal.id, stage.id, text, done=done, seen=seen),
            repeats=False,
        )

    async def _rate(self, key: str) -> None:
        """Another rating for an answer that stays in its words."""
        answer = self.sheet.deal.answers.get(key)
        present = answer.rating if answer else None
        choices = [
            Choice(str(n), word, mark="*" if n == present else "") for n, word in enumerate(RATINGS)
        ]
        choices.append(Choice("u", "unknown", mark="*" if present is None else ""))
        question = self.sheet.pipeline.question(key)
        label = question.label if question else key
        pressed = await self.ask(Menu(f"How strong is the answer to {label}?", choices))
        if pressed is None:
            return
        rating = int(pressed) if pressed.isdigit() else None
        text, evidence = (answer.text, answer.evidence) if answer else ("", "")
        await self.change(
            lambda w, ids, seen, _: w.answer(ids, key, text, rating, evidence, seen=seen),
            repeats=False,
        )

    async def _edit_person(self, key: str) -> None:
        """A person's name, part and how to reach them; without a key a new one."""
        from pipeboard.ui.overlays.form import Field

        def fields() -> list[Field]:
            person = self.sheet.deal.contacts.get(key, _NOBODY)
            return [
                Field("name", "Name", person.name, check=_needed("A person needs a name.")),
                Field("role", "Part", person.role.replace("_", " "), choices=_ROLE_NAMES),
                Field("title", "Title", person.title),
                Field("phone", "Phone", person.phone),
                Field("email", "E-mail", person.email),
            ]

        async def store(changed: Mapping[str, str]) -> Outcome:
            person, deal_id = self.sheet.deal.contacts.get(key, _NOBODY), self.sheet.deal.id
            role = changed.get("role", person.role).replace(" ", "_")
            contact = Contact(**{**asdict(person), **changed, "role": role})
            place = key or self._free_key(contact.name)
            return await self.change(
                lambda w, _ids, seen, _: w.set_contact(deal_id, contact, place, seen=seen),
                repeats=False,
            )

        await self._fill("Person", "person", key, fields, store)

    async def _edit_term(self, key: str) -> None:
        """A term with both positions and what was agreed; without a key a new one."""
        from pipeboard.ui.overlays.form import Field

        def fields() -> list[Field]:
            term = self.sheet.deal.terms.get(key, _NO_TERM)
            return [
                Field("item", "Term", term.item, check=_needed("A term needs a name.")),
                Field("ours", "We", term.ours),
                Field("theirs", "They", term.theirs),
                Field("agreed", "Agreed", term.agreed, help="empty while it is open"),
            ]

        async def store(changed: Mapping[str, str]) -> Outcome:
            term, deal_id = self.sheet.deal.terms.get(key, _NO_TERM), self.sheet.deal.id
            wanted = Term(**{**asdict(term), **changed})
            return await self.change(
                lambda w, _ids, seen, _: w.set_term(deal_id, wanted, key, seen=seen), repeats=False
            )

        await self._fill("Term", "term", key, fields, store)

    async def _fill(
        self,
        what: str,
        kind: str,
        key: str,
        fields: Callable[[], list[Field]],
        store: Callable[[Mapping[str, str]], Awaitable[Outcome]],
    ) -> None:
        """A form over the deal as it is now, until what was changed in it is stored."""
        from pipeboard.ui.overlays.form import Form

        deal = self.sheet.deal
        title, draft_key = f"{what} of {deal.name}", key_of(kind, [deal.id], key)

        async def ask(questions: Questions) -> Outcome | None:
            changed = await questions.ask(lambda: Form(title, fields(), draft_key=draft_key))
            return await store(changed) if changed else None

        await until_stored(self, ask)

    def _free_key(self, name: str) -> str:
        """A key for a new person; two of one name are two people."""
        from pipeboard.domain.text import slug

        key = place = slug(name) or "person"
        number = 1
        while place in self.sheet.deal.contacts:
            number += 1
            place = f"{key}_{number}"
        return place


def _needed(why: str) -> Any:
    return lambda text: None if text.strip() else why
