"""The ways on from a gate that is not met, taken right there, for one deal or for many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from pipeboard.domain.criteria import About, Unmet
from pipeboard.domain.deal import Contact
from pipeboard.domain.errors import GateNotMet
from pipeboard.domain.fields import parse_field
from pipeboard.ui.outcome import Outcome
from pipeboard.ui.overlays import feedback
from pipeboard.ui.overlays.draft import key_of
from pipeboard.ui.overlays.gate_sheet import GateAnswer, GateSheet, Way
from pipeboard.ui.overlays.menu import Choice, Menu
from pipeboard.ui.overlays.prompt import Prompt
from pipeboard.ui.screens.deal_actions import Change, in_turn
from pipeboard.ui.screens.moving import Moving
from pipeboard.ui.screens.qualifying import Qualifying
from pipeboard.ui.screens.questions import Questions, until_stored

T = TypeVar("T")


class Answering(Moving, Qualifying):
    """What is missing is answered, the deal is lost, or the gate is overridden with a reason."""

    @in_turn
    async def open_gate(self, gate: GateNotMet, call: Change) -> None:
        ids = self.selected()
        held = gate.parts or (gate,)
        held_ids = [part.deal_id for part in held]
        passing = [deal_id for deal_id in ids if deal_id not in held_ids]
        sheet = await self._sheet_of(gate, held, ids, len(passing))
        answer: GateAnswer | None = None

        async def ask(questions: Questions) -> Outcome | None:
            nonlocal answer
            answer = await questions.ask(sheet)
            if answer is None:
                self.say(f"Not moved: {gate.message}", "status.warn")
                return None
            overrides = answer.way is Way.OVERRIDE
            return await self.change(call, override=answer.reason) if overrides else Outcome()

        await until_stored(self, ask)
        match answer and answer.way:
            case Way.LOSE:
                self.mean(held_ids)
                await self.lose_meant()
            case Way.OTHERS:
                self.mean(passing)
                await self.change(call, repeats=False)
            case Way.ANSWER if answer is not None:
                await self._answer_missing(held, answer, ids, call)

    async def _sheet_of(
        self, gate: GateNotMet, held: Sequence[GateNotMet], ids: Sequence[int], passing: int
    ) -> Callable[[], GateSheet]:
        """What is missing: of one deal thing by thing, of several deal by deal."""
        key = key_of("override", ids)
        if not gate.parts:
            missing = [lack.text for lack in gate.unmet]
            deal, _ = await self.deal_now(gate.deal_id)
            return lambda: GateSheet(deal.name, f"Before {gate.target}:", missing, draft_key=key)
        names = [(await self.deal_now(part.deal_id))[0].name for part in held]
        missing = [
            f"{name}: {', '.join(lack.text for lack in part.unmet)}"
            for name, part in zip(names, held, strict=True)
        ]
        held_up = f"{len(held)} of {len(held) + passing} deals are held up; nothing has moved yet."
        return lambda: GateSheet(
            f"{len(held)} deals", held_up, missing, passing=passing, draft_key=key
        )

    async def _answer_missing(
        self, held: Sequence[GateNotMet], answer: GateAnswer, ids: Sequence[int], call: Change
    ) -> None:
        """Asks for one thing after another, from the chosen one on; then tries the move again."""
        first = answer.missing or 0
        if len(held) == 1:
            things = [(held[0].deal_id, lack) for lack in _from(held[0].unmet, first)]
        else:
            things = [(part.deal_id, lack) for part in _from(held, first) for lack in part.unmet]
        for deal_id, lack in things:
            self.mean([deal_id])
            if not await self._answer_one(deal_id, lack):
                return
        self.mean(ids)
        await self.change(call)

    async def _answer_one(self, deal_id: int, lack: Unmet) -> bool:
        criterion = lack.criterion
        match criterion.about:
            case About.FIELD:
                return await self._fill_in(deal_id, criterion.subject)
            case About.ANSWER | About.RATING:
                _, pipeline = await self.deal_now(deal_id)
                question = pipeline.question(criterion.subject)
                return question is not None and await self.ask_question(deal_id, question)
            case About.ANSWERS:
                return await self._answer_some(deal_id, criterion.at_least)
            case About.CONTACT:
                return await self._name_contact(deal_id, criterion.subject)
            case About.NEXT_STEP:
                return await self.ask_next_step()
            case About.CHECKLIST:
                return await self._tick(deal_id)

    async def _fill_in(self, deal_id: int, field: str) -> bool:
        name = field.replace("field.", "fields.", 1) if field.startswith("field.") else field
        today, currency = self.today, self.pipeline().currency

        def read(text: str) -> str:
            parse_field(name, text, today, currency)
            return ""

        deal, _ = await self.deal_now(deal_id)
        label = name.removeprefix("fields.").replace("_", " ").capitalize()

        async def ask(questions: Questions) -> Outcome | None:
            typed = await questions.ask(
                lambda: Prompt(
                    f"{label} of {deal.name}",
                    live=feedback.live(read),
                    draft_key=key_of("field", [deal_id], name),
                )
            )
            if typed is None:
                return None
            return await self.change(
                lambda w, ids, seen, _: w.set_fields(ids, [f"{name}={typed}"], seen=seen),
                repeats=False,
            )

        return bool(await until_stored(self, ask))

    async def _answer_some(self, deal_id: int, wanted: int) -> bool:
        deal, pipeline = await self.deal_now(deal_id)
        given = {question.key for question in deal.answered(pipeline)}
        for question in pipeline.questions:
            if len(given) >= wanted:
                return True
            if question.key not in given:
                if not await self.ask_question(deal_id, question):
                    return False
                deal, _ = await self.deal_now(deal_id)
                given = {question.key for question in deal.answered(pipeline)}
        return len(given) >= wanted

    async def _name_contact(self, deal_id: int, role: str) -> bool:

        async def ask(questions: Questions) -> Outcome | None:
            deal, _ = await self.deal_now(deal_id)
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
            key = names.get(name, "")
            return await self.change(
                lambda w, _ids, seen, _: w.set_contact(deal_id, contact, key, seen=seen),
                repeats=False,
            )

        return bool(await until_stored(self, ask))

    async def _tick(self, deal_id: int) -> bool:
        """Each open item of the stage's checklist, done or not."""
        deal, pipeline = await self.deal_now(deal_id)
        stage = pipeline.stage(deal.stage_id)
        for item in stage.checklist:
            if deal.is_checked(stage.id, item):
                continue
            done = await self.ask(
                Menu(f"{deal.name}: {item}", [Choice("y", "done"), Choice("n", "not yet")])
            )
            if done != "y" or not await self._check(deal_id, stage.id, item):
                return False
        return True

    async def _check(self, deal_id: int, stage_id: int, item: str) -> bool:
        return bool(
            await self.change(lambda w, *_: w.check(deal_id, stage_id, item), repeats=False)
        )


def _from(things: Sequence[T], first: int) -> Iterable[T]:
    """All of them, the chosen one first."""
    return (*things[first:], *things[:first])
