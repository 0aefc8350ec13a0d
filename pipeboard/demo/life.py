"""What the reps do with a made-up deal on its way, from the first call to where it stands now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import TypeVar

from pipeboard.demo import wording
from pipeboard.demo.diary import Diary
from pipeboard.demo.fates import (
    CLOSING,
    NEEDS,
    NEGOTIATION,
    PROPOSAL,
    QUALIFICATION,
    Ending,
    Fate,
    Health,
)
from pipeboard.demo.paths import Visit, path
from pipeboard.demo.people import company, person
from pipeboard.demo.working_time import PER_DAY, WorkingTime, workday
from pipeboard.domain.criteria import About, Criterion
from pipeboard.domain.deal import Answer, Loss, Term
from pipeboard.domain.gates import unmet
from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.text import slug

T = TypeVar("T")
TYPICAL_DAYS = (75, 60, 48, 32, 16, 6)
"""How long a deal may still take from each stage on, as these reps like to see it."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What all made-up deals share; `detail` (0..1) is how much the reps write down."""

    pipeline: Pipeline
    clock: WorkingTime
    team: tuple[str, ...]
    seed: int
    detail: float


class Life:
    """One deal from beginning to end; `number` is its place among those that are made up."""

    def __init__(self, number: int, fate: Fate, owner: str, scene: Scene) -> None:
        self.rng = Random(f"deal {scene.seed} {number}")
        self.fate, self.owner, self.scene = fate, owner, scene
        self.stages = scene.pipeline.open_stages
        self.visits = path(fate, self.stages, self.rng)
        self.number = number

    @property
    def begins(self) -> float:
        """When the deal is created, in working minutes before now."""
        return self.visits[0].begins

    def live(self, deal_id: int) -> Diary:
        """The whole history, under that id."""
        scene, visits = self.scene, self.visits
        self.company = company(self.number, self.rng)
        self.worth = _rounded(self.rng.lognormvariate(10.3, 0.85))
        self.notes = self.rng.sample(wording.NOTES, 3)
        self.diary = Diary(deal_id, scene.pipeline, scene.clock, self.rng, self.owner)
        self._begin(visits[0])
        for visit, following in pairwise(visits):
            self._work(visit, visit.ends)
            if following.came_back:
                self.diary.lose(visit.ends, self._loss(visit))
                self.diary.reopen(following.begins)
                self.diary.note(following.begins, self._one_of(wording.REOPENED))
            else:
                self._enter(following, back=following.place < visit.place)
        self._end(visits[-1])
        return self.diary

    # The stations of the way.

    def _begin(self, visit: Visit) -> None:
        rng = self.rng
        source = rng.choices(tuple(wording.REASONS), (20, 14, 16, 14, 8, 14, 6, 5, 3))[0]
        contact = person(rng, self.company, "user" if rng.random() < 0.6 else "champion")
        known = rng.random()
        self.diary.create(
            visit.begins,
            self._one_of(wording.TITLES),
            self.stages[visit.place].id,
            {
                "account": self.company.name,
                "owner": self._first_owner(),
                "source": source if known > 0.05 else "",
                "contact_reason": self._one_of(wording.REASONS[source]) if known < 0.8 else "",
                "value": self._money(self.worth) if known > 0.25 else None,
                "tags": tuple(rng.sample(wording.TAGS, rng.choice((0, 1, 1, 2)))),
                "fields": {"product": self._one_of(wording.PRODUCTS)} if known < 0.9 else {},
                "contacts": {slug(contact.name): contact},
            },
        )

    def _first_owner(self) -> str:
        """Some deals were another rep's first; whoever has it then also types."""
        others = [name for name in self.scene.team if name != self.owner]
        if others and len(self.visits) > 1 and self._maybe(0.06):
            self.diary.by = self._one_of(others)
        return self.diary.by

    def _enter(self, visit: Visit, *, back: bool) -> None:
        """A move, with what the gate asks given first, or overridden once in a while."""
        diary, ago = self.diary, visit.begins
        stage = self.stages[visit.place]
        if back:
            diary.move(ago, stage.id)
            return
        override = ""
        lacking = unmet(diary.deal, self.scene.pipeline, stage.id, diary.day(ago))
        if lacking and self.rng.random() < 0.06:
            override = self._one_of(wording.OVERRIDES)
        elif lacking:
            for lack in lacking:
                self._meet(lack.criterion, ago + 20)
        diary.move(ago, stage.id, override)
        if diary.by != self.owner:
            diary.edit(ago, "assign", owner=self.owner)
            diary.by = self.owner

    def _meet(self, criterion: Criterion, ago: float) -> None:
        """Does what an exit criterion asks for."""
        match criterion.about:
            case About.ANSWER | About.RATING:
                self._answer(criterion.subject, ago)
            case About.NEXT_STEP:
                self._plan(ago, self.rng.randint(2, 6))
            case _:
                self.diary.edit(ago, value=self._money(self.worth))

    def _end(self, visit: Visit) -> None:
        fate, diary = self.fate, self.diary
        match fate.ending:
            case Ending.WON:
                self._work(visit, visit.ends)
                won = self.scene.pipeline.won.id
                for lack in unmet(diary.deal, self.scene.pipeline, won, diary.day(visit.ends)):
                    self._meet(lack.criterion, visit.ends + 20)
                discount = self.rng.choice((1.0, 1.0, 0.95, 0.9, 1.08))
                diary.win(visit.ends, self._money(_rounded(self.worth * discount)))
            case Ending.LOST:
                self._work(visit, visit.ends)
                diary.lose(visit.ends, self._loss(visit))
            case Ending.OPEN:
                self._stand(visit)

    def _loss(self, visit: Visit) -> Loss:
        rng = self.rng
        early = visit.place <= QUALIFICATION
        category = self._one_of(wording.EARLY_LOSSES if early else wording.LATE_LOSSES)
        returns = category in ("timing", "no-decision") and rng.random() < 0.6
        day = self.diary.day(visit.ends)
        return Loss(
            category,
            self._one_of(wording.LOSSES[category]),
            self._one_of(wording.COMPETITORS) if category == "competitor" else "",
            day + timedelta(days=rng.choice((90, 120, 180))) if returns else None,
        )

    # Where an open deal stands today.

    def _stand(self, visit: Visit) -> None:
        health, diary = self.fate.health, self.diary
        calm = visit.begins * (1 - 0.12 * self.rng.random())
        quiet = health in (Health.IDLES, Health.DEAD)
        self._work(visit, calm if quiet else visit.begins * self.rng.uniform(0.1, 0.5))
        today, last = self.scene.clock.today, visit.begins * 0.08
        match health:
            case Health.WELL | Health.OVERSTAYS:
                self._plan_for(last, self._soon(visit.place))
            case Health.IDLES:
                idle = self.stages[visit.place].idle_days or 7
                self._plan_for(calm, today + timedelta(days=idle + self.rng.randint(2, 9)))
            case Health.OVERDUE:
                due = workday(today, -self.rng.randint(1, 4))
                self._plan_for(min(9.0, visit.begins / PER_DAY - 1) * PER_DAY, due)
            case Health.NO_STEP:
                if diary.deal.next_step:
                    diary.complete(last, self._one_of(wording.DONE))
            case Health.DEAD:
                self._chase(visit, calm)
            case Health.SNOOZED:
                until = workday(today, self.rng.randint(6, 30))
                diary.snooze(last, until, self._one_of(wording.SNOOZES))
        self._mind_close(last, visit.place, stale=health in (Health.DEAD, Health.OVERSTAYS))

    def _soon(self, place: int) -> date:
        """A working day from today on, near enough to count as planned in that stage."""
        idle = self.stages[place].idle_days or 7
        first = workday(self.scene.clock.today, 0)
        days = [
            first + timedelta(days=n) for n in range(idle) if (first + timedelta(n)).weekday() < 5
        ]
        limit = self.scene.clock.today + timedelta(days=idle)
        return self._one_of([day for day in days if day <= limit] or [first])

    def _chase(self, visit: Visit, calm: float) -> None:
        """Six tries without an answer, the last long ago, and nothing planned."""
        diary = self.diary
        if diary.deal.next_step:
            diary.complete(calm, self._one_of(wording.DONE))
        silent = (2 * (self.stages[visit.place].idle_days or 7) + 3) * PER_DAY
        for step in range(6):
            ago = max(calm - (calm - silent) * step / 5, silent)
            diary.touch(ago, self._one_of(("call", "email")), "out", "no answer")

    # The work in a stage.

    def _work(self, visit: Visit, until: float) -> None:
        """What is done between entering a stage and `until`, in sittings spread over the time."""
        span = visit.begins - until
        weeks = span / PER_DAY / 7
        wanted = min(1 + int(weeks * 1.4), 5) * self.scene.detail
        count = int(wanted) + (self.rng.random() < wanted % 1)
        moments = sorted(
            (until + span * self.rng.uniform(0.04, 0.96) for _ in range(count)), reverse=True
        )
        for number, ago in enumerate(moments):
            self._sit(visit.place, ago, first=number == 0)
        if self._maybe(0.5):
            self._mind_close(until + span * 0.02, visit.place, stale=self._maybe(0.1))

    def _sit(self, place: int, ago: float, *, first: bool) -> None:
        """One sitting: a touch, what it brought, and what comes next."""
        diary = self.diary
        if diary.deal.next_step and self._maybe(0.75):
            diary.complete(ago, self._one_of(wording.DONE))
        self._touch(place, ago)
        match place:
            case _ if place == QUALIFICATION:
                self._interview(ago)
            case _ if place == NEEDS:
                self._assess(ago, first=first)
            case _ if place == PROPOSAL and first:
                self._offer(ago)
            case _ if place == NEGOTIATION:
                self._haggle(ago)
            case _ if place == CLOSING and first:
                self._check(place, ago)
        if self._maybe(0.25):
            self._note(ago)
        if self._maybe(0.7):
            self._plan(ago, self.rng.randint(1, 7))

    def _touch(self, place: int, ago: float) -> None:
        chance = self.rng.random()
        kinds: Sequence[tuple[str, str]]
        if place == NEEDS and chance < 0.45:
            kinds = wording.SHOWN
        else:
            kinds = wording.TOUCHES_IN if chance > 0.66 else wording.TOUCHES_OUT
        type_, direction = kind = self._one_of(kinds)
        self.diary.touch(ago, type_, direction, self._one_of(wording.TOUCHED[kind]))

    def _interview(self, ago: float) -> None:
        """Some of the questions that are still open, in one talk."""
        answers = self.diary.deal.answers
        still = [
            question.key
            for question in self.scene.pipeline.questions
            if question.key not in answers
        ]
        for key in still[: self.rng.choice((1, 2, 3))]:
            if self._maybe(0.85):
                self._answer(key, ago)
        roles = {contact.role for contact in self.diary.deal.contacts.values()}
        if "decision_maker" not in roles and self._maybe(0.5):
            self.diary.contact(ago, person(self.rng, self.company, "decision_maker"))

    def _answer(self, key: str, ago: float) -> None:
        rng = self.rng
        good = self.fate.ending is not Ending.LOST
        rating = rng.choices((0, 1, 2, 3, 4), (1, 2, 6, 8, 5) if good else (4, 6, 6, 3, 1))[0]
        evidence = self._one_of(wording.EVIDENCE) if rng.random() < 0.5 else ""
        known = rating if rng.random() < 0.85 else None
        self.diary.answer(ago, key, Answer(self._one_of(wording.ANSWERS[key]), known, evidence))

    def _assess(self, ago: float, *, first: bool) -> None:
        diary = self.diary
        if self._maybe(0.4):
            self._interview(ago)
        if first and diary.deal.value is None:
            diary.edit(ago, value=self._money(self.worth))
        if self._maybe(0.25) and not diary.deal.competitors:
            diary.edit(ago, competitors=(self._one_of(wording.COMPETITORS),))
        if self._maybe(0.3):
            self._check(NEEDS, ago)
        if self._maybe(0.1):
            diary.contact(ago, person(self.rng, self.company, "blocker"))

    def _offer(self, ago: float) -> None:
        """The offer goes out at its price, with a day up to which it stands."""
        diary = self.diary
        self.worth = _rounded(self.worth * self.rng.uniform(0.85, 1.3))
        day = diary.day(ago)
        until = workday(day + timedelta(days=self.rng.choice((30, 45, 60))), 0)
        if diary.deal.value != self._money(self.worth):
            diary.edit(ago, value=self._money(self.worth))
        if self._maybe(0.7):
            sent = self.scene.clock.instant(ago)
            diary.edit(ago, quote_sent_at=sent, offer_expires_on=until)
        if self._maybe(0.4):
            self._check(PROPOSAL, ago)
        if self._maybe(0.15):
            diary.edit(ago, probability_bp=self.rng.choice((3000, 4000, 6000, 7000)))

    def _haggle(self, ago: float) -> None:
        diary = self.diary
        item, ours, theirs, agreed = self._one_of(wording.TERMS)
        if self._maybe(0.6):
            diary.term(ago, Term(item, ours, theirs, agreed if self._maybe(0.5) else ""))
        if self._maybe(0.35):
            self.worth = _rounded(self.worth * self.rng.uniform(0.88, 0.98))
            diary.edit(ago, value=self._money(self.worth))
        if self._maybe(0.25):
            diary.edit(ago, category=self._one_of(("commit", "best")))
        if self._maybe(0.2):
            diary.edit(ago, trial_close=self._one_of(("yes", "conditional", "no")))

    def _check(self, place: int, ago: float) -> None:
        stage = self.stages[place]
        for item in stage.checklist[: self.rng.randint(1, len(stage.checklist))]:
            self.diary.check(ago, stage.id, item)

    def _note(self, ago: float) -> None:
        """A note, now and then of a colleague."""
        if self.notes:
            author = self._one_of(self.scene.team) if self._maybe(0.2) else ""
            self.diary.note(ago, self.notes.pop(), author)

    def _plan(self, ago: float, days: int) -> None:
        self._plan_for(ago, workday(self.diary.day(ago) + timedelta(days=days), 0))

    def _plan_for(self, ago: float, due: date) -> None:
        stage = self.scene.pipeline.stage(self.diary.deal.stage_id)
        self.diary.plan(ago, self._one_of(wording.STEPS[stage.next_step]), due)

    def _mind_close(self, ago: float, place: int, *, stale: bool) -> None:
        """A first, hopeful close date, or a later one when the old one cannot be kept."""
        diary = self.diary
        if not diary.deal.is_open or (place < QUALIFICATION and not self._maybe(0.3)):
            return
        day, known = diary.day(ago), diary.deal.expected_close
        left = TYPICAL_DAYS[place]
        if known is None:
            hoped = day + timedelta(days=round(left * self.rng.uniform(0.6, 1.2)))
            diary.edit(ago, expected_close=workday(hoped, 0))
        elif known < day + timedelta(days=left * 0.3) and not stale:
            later = max(known, day) + timedelta(days=self.rng.randint(10, 40))
            diary.edit(ago, expected_close=workday(later, 0))

    # Small things.

    def _maybe(self, chance: float) -> bool:
        return self.rng.random() < chance * self.scene.detail

    def _one_of(self, things: Sequence[T]) -> T:
        return self.rng.choice(things)

    def _money(self, amount: int) -> Money:
        return Money(amount * 100, self.scene.pipeline.currency)


def _rounded(amount: float) -> int:
    """An amount as people say it: to 500, 1,000 or 5,000."""
    step = 500 if amount < 10_000 else 1_000 if amount < 100_000 else 5_000
    return max(round(amount / step), 1) * step
