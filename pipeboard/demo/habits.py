"""What reps do with a made-up deal while it is in a stage: sittings of touches, answers, plans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from pipeboard.demo import wording
from pipeboard.demo.diary import (
    CLOSING,
    NEEDS,
    NEGOTIATION,
    PER_DAY,
    PROPOSAL,
    QUALIFICATION,
    Diary,
    Ending,
    Fate,
    Visit,
    WorkingTime,
    workday,
)
from pipeboard.domain import commands as c
from pipeboard.domain.deal import Answer, Contact, Term
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.money import Money
from pipeboard.domain.people import Actor
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.settings import Rep
from pipeboard.domain.signs import stalled_reasons
from pipeboard.domain.text import fold, slug
from pipeboard.store import Store
from pipeboard.workspace import Workspace

# Made-up reps, companies and the people in them; none is meant to exist.


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_COLLEAGUES = (
    ("mara", "Mara Lindqvara", "North"),
    ("jonas", "Jonas Abara", "South"),
    ("ines", "Inês Carvalhal", "South"),
    ("tomek", "Tomek Wronski", "North"),
    ("aino", "Aino Rautamaa", "North"),
    ("luc", "Luc Delavigne", "West"),
    ("priya", "Priya Nandal", "West"),
    ("owen", "Owen Carrick", "West"),
    ("sena", "Sena Yildan", "South"),
    ("bart", "Bart Hoekema", "West"),
    ("eva", "Eva Zelenka", "South"),
    ("nils", "Nils Torvang", "North"),
)
_STARTS = _words(
    "Alder Bren Cast Dorn Elm Fjell Grim Halv Isar Jorv Kest Lind Marl Nord Ost Pell Quar Raut "
    "Silv Tarn Ulv Vel Wend Ylla Zell Aur Brom Cald Drav Esk Fenn Garr Hest Ivor Kiv Lum Morv "
    "Nev Oral Pern Rost Skav Tolv Umbr Varn Wick"
)
_ENDS = _words(
    "aro anto ava eby edda elin ello enko erra essa evo iano ika illa imo inga isto ivo ona orra "
    "osta ova ulla una uro vale worth mere gard holt"
)
_TRADES = _words(
    "Dairy Foods Pharma Bakery Coffee Pumps Glass Snacks Paper Seeds Oils Mills Labs Malt Labels"
)
_FORMS = ("GmbH", "GmbH", "AG", "BV", "NV", "Oy", "AB", "AS", "ApS", "Ltd", "SAS", "SpA", "Lda")
_FIRST = _words(
    "Mika Zoë Łukasz Søren Anaïs Petra Henrik Chiara Jürgen Marek Linnea Piet Amélie Oskar Greta "
    "Tuomas Ilse Rafael Signe Bastian Noor Klara Emil Dorota Anton Freya Matteo Hanna Joris Silvia"
)
_LAST = _words(
    "Saarelin Wittmers Wronak Kjærum Rochelle Hallberg Brandtner Moravek Lundahl Vermeulen "
    "Castagno Okkonen Thorsby Reinholt Dalgaardt Fontayne Zielko Petrakis Nyborgen Aaltola "
    "Grubner Svenning Marchetto Koller Estrada Winkelaar Byström Novotka Farrow Delacour"
)
_JOBS = {
    "user": ("Line manager", "Shift lead", "Quality engineer"),
    "champion": ("Head of operations", "Plant manager", "Head of quality"),
    "decision_maker": ("Managing director", "CFO", "VP operations"),
    "blocker": ("Head of purchasing", "IT security", "Works council"),
}


@dataclass(frozen=True, slots=True)
class Company:
    """A customer to be: its name, and its domain in the zone kept for examples (RFC 2606)."""

    name: str
    domain: str


def team(me: str, size: int) -> tuple[Rep, ...]:
    """`me` and made-up colleagues, `size` reps in all."""
    others = [Rep(*row) for row in _COLLEAGUES if row[0] != me.casefold()]
    return (Rep(me, me[:1].upper() + me[1:], "North"), *others[: size - 1])


def company(place: int, rng: Random) -> Company:
    """The company at that place of a list in which no name stands twice for a long while."""
    step = 367  # shares no divisor with the number of names, so that each comes once in a round
    names = len(_STARTS) * len(_ENDS)
    round_, at = divmod(place, names)
    start, end = divmod(at * step % names, len(_ENDS))
    stem = _STARTS[start] + _ENDS[end]
    kind = rng.choice(_FORMS if rng.random() < 0.6 else _TRADES)
    suffix = f"{rng.choice(_TRADES)} {rng.choice(_FORMS)}" if round_ else kind
    return Company(f"{stem} {suffix}", f"{stem.lower()}.example")


def person(rng: Random, company: Company, role: str) -> Contact:
    """Somebody at that company in that role; the phone number is one kept for films."""
    first, last = rng.choice(_FIRST), rng.choice(_LAST)
    address = f"{fold(f'{first}.{last}')}@{company.domain}"
    phone = f"+49 30 23125 {rng.randrange(1000):03d}" if rng.random() < 0.6 else ""
    return Contact(f"{first} {last}", role, address, phone, rng.choice(_JOBS[role]))


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


class Habits:
    """The work on one deal, written into its diary; `worth` is what it would bring, in whole
    units of the currency."""

    def __init__(self, number: int, diary: Diary, fate: Fate, scene: Scene, rng: Random) -> None:
        self.diary, self.fate, self.scene, self.rng = diary, fate, scene, rng
        self.stages = scene.pipeline.open_stages
        self.company = company(number, rng)
        self.worth = rounded(rng.lognormvariate(10.3, 0.85))
        self.notes = rng.sample(wording.NOTES, 3)
        self.tags = Random(f"tags {scene.seed} {number}")

    def work(self, visit: Visit, until: float) -> None:
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
        if self.maybe(0.5):
            self.mind_close(until + span * 0.02, visit.place, stale=self.maybe(0.1))

    def _sit(self, place: int, ago: float, *, first: bool) -> None:
        """One sitting: a touch, what it brought, and what comes next."""
        diary = self.diary
        if diary.deal.next_step and self.maybe(0.75):
            diary.do(ago, c.CompleteNextStep(self.one_of(wording.DONE)))
        self._touch(place, ago)
        if place == QUALIFICATION:
            self._interview(ago)
        elif place == NEEDS:
            self._assess(ago, first=first)
        elif place == NEGOTIATION:
            self._haggle(ago)
        elif place == PROPOSAL and first:
            self._offer(ago)
        elif place == CLOSING and first:
            self._check(place, ago)
        if self.maybe(0.25):
            self._note(ago)
        if self.maybe(0.7):
            self.plan(ago, self.rng.randint(1, 7))

    def _touch(self, place: int, ago: float) -> None:
        chance = self.rng.random()
        kinds: Sequence[tuple[str, str]]
        if place == NEEDS and chance < 0.45:
            kinds = wording.SHOWN
        else:
            kinds = wording.TOUCHES_IN if chance > 0.66 else wording.TOUCHES_OUT
        type_, direction = kind = self.one_of(kinds)
        outcome = self.one_of(wording.TOUCHED[kind])
        is_objected = self.tags.random() < 0.15
        objection = self.tags.choice(wording.OBJECTIONS) if is_objected else ""
        variant = self.tags.choice(wording.VARIANTS) if direction == "out" else ""
        log = c.LogTouch(
            type_, direction, outcome, objection="" if variant else objection, variant=variant
        )
        self.diary.do(ago, log)

    def _interview(self, ago: float) -> None:
        """Some of the questions that are still open, in one talk."""
        answers = self.diary.deal.answers
        still = [
            question.key
            for question in self.scene.pipeline.questions
            if question.key not in answers
        ]
        for key in still[: self.rng.choice((1, 2, 3))]:
            if self.maybe(0.85):
                self.answer(key, ago)
        roles = {contact.role for contact in self.diary.deal.contacts.values()}
        if "decision_maker" not in roles and self.maybe(0.5):
            self.diary.do(ago, c.SetContact("", person(self.rng, self.company, "decision_maker")))

    def answer(self, key: str, ago: float) -> None:
        rng = self.rng
        good = self.fate.ending is not Ending.LOST
        rating = rng.choices((0, 1, 2, 3, 4), (1, 2, 6, 8, 5) if good else (4, 6, 6, 3, 1))[0]
        evidence = self.one_of(wording.EVIDENCE) if rng.random() < 0.5 else ""
        known = rating if rng.random() < 0.85 else None
        self.diary.do(
            ago, c.AnswerQuestion(key, Answer(self.one_of(wording.ANSWERS[key]), known, evidence))
        )

    def _assess(self, ago: float, *, first: bool) -> None:
        diary = self.diary
        if self.maybe(0.4):
            self._interview(ago)
        if first and diary.deal.value is None:
            diary.do(ago, c.Edit({"value": self.money(self.worth)}))
        if self.maybe(0.25) and not diary.deal.competitors:
            diary.do(ago, c.Edit({"competitors": (self.one_of(wording.COMPETITORS),)}))
        if self.maybe(0.3):
            self._check(NEEDS, ago)
        if self.maybe(0.1):
            diary.do(ago, c.SetContact("", person(self.rng, self.company, "blocker")))

    def _offer(self, ago: float) -> None:
        """The offer goes out at its price, with a day up to which it stands."""
        diary = self.diary
        self.worth = rounded(self.worth * self.rng.uniform(0.85, 1.3))
        day = diary.day(ago)
        until = workday(day + timedelta(days=self.rng.choice((30, 45, 60))), 0)
        if diary.deal.value != self.money(self.worth):
            diary.do(ago, c.Edit({"value": self.money(self.worth)}))
        if self.maybe(0.7):
            sent = self.scene.clock.instant(ago)
            diary.do(ago, c.Edit({"quote_sent_at": sent, "offer_expires_on": until}))
        if self.maybe(0.4):
            self._check(PROPOSAL, ago)
        if self.maybe(0.15):
            diary.do(ago, c.Edit({"probability_bp": self.rng.choice((3000, 4000, 6000, 7000))}))

    def _haggle(self, ago: float) -> None:
        diary = self.diary
        item, ours, theirs, agreed = self.one_of(wording.TERMS)
        if self.maybe(0.6):
            term = Term(item, ours, theirs, agreed if self.maybe(0.5) else "")
            diary.do(ago, c.SetTerm(slug(item), term))
        if self.maybe(0.35):
            self.worth = rounded(self.worth * self.rng.uniform(0.88, 0.98))
            diary.do(ago, c.Edit({"value": self.money(self.worth)}))
        if self.maybe(0.25):
            diary.do(ago, c.Edit({"category": self.one_of(("commit", "best"))}))
        if self.maybe(0.2):
            diary.do(ago, c.Edit({"trial_close": self.one_of(("yes", "conditional", "no"))}))

    def _check(self, place: int, ago: float) -> None:
        stage = self.stages[place]
        for item in stage.checklist[: self.rng.randint(1, len(stage.checklist))]:
            self.diary.do(ago, c.Check(stage.id, item, True))

    def _note(self, ago: float) -> None:
        """A note, now and then of a colleague."""
        if self.notes:
            author = self.one_of(self.scene.team) if self.maybe(0.2) else ""
            self.diary.do(ago, c.AddNote(self.notes.pop()), by=author)

    def plan(self, ago: float, days: int) -> None:
        self.plan_for(ago, workday(self.diary.day(ago) + timedelta(days=days), 0))

    def plan_for(self, ago: float, due: date) -> None:
        stage = self.scene.pipeline.stage(self.diary.deal.stage_id)
        text = self.one_of(wording.STEPS[stage.next_step])
        self.diary.do(ago, c.SetNextStep(text.format(name=self.diary.first_name), due))

    def mind_close(self, ago: float, place: int, *, stale: bool) -> None:
        """A first, hopeful close date, or a later one when the old one cannot be kept."""
        diary = self.diary
        if not diary.deal.is_open or (place < QUALIFICATION and not self.maybe(0.3)):
            return
        day, known = diary.day(ago), diary.deal.expected_close
        left = TYPICAL_DAYS[place]
        if known is None:
            hoped = day + timedelta(days=round(left * self.rng.uniform(0.6, 1.2)))
            diary.do(ago, c.Edit({"expected_close": workday(hoped, 0)}))
        elif known < day + timedelta(days=left * 0.3) and not stale:
            later = max(known, day) + timedelta(days=self.rng.randint(10, 40))
            diary.do(ago, c.Edit({"expected_close": workday(later, 0)}))

    def maybe(self, chance: float) -> bool:
        return self.rng.random() < chance * self.scene.detail

    def one_of(self, things: Sequence[T]) -> T:
        return self.rng.choice(things)

    def money(self, amount: int) -> Money:
        return Money(amount * 100, self.scene.pipeline.currency)


def rounded(amount: float) -> int:
    """An amount as people say it: to 500, 1,000 or 5,000."""
    step = 500 if amount < 10_000 else 1_000 if amount < 100_000 else 5_000
    return max(round(amount / step), 1) * step


# The demo's today: something in every tier of each rep's queue, doubles, and a review to look
# back on.

LATELY = 20.0
"""Working minutes before now at which the day's last things happen."""


def make_day(diaries: Sequence[Diary], scene: Scene) -> None:
    """Brings the histories of a small team to a day on which everything is to be seen."""
    today = scene.clock.today
    calm = {rep: list(_calm(diaries, rep, scene)) for rep in scene.team}
    for place, rep in enumerate(scene.team):
        own = calm[rep]
        woken = max(own, key=lambda one: one.ago, default=None)
        if woken is not None and woken.day(0.9 * woken.ago) < today:
            own.remove(woken)
            woken.do(0.9 * woken.ago, c.Snooze(today, "back from holiday today"))
        if own and place:
            word = "Yours from now on: they speak your language."
            own.pop().do(LATELY, c.Assign(scene.team[place - 1], word))
        for command in (
            c.Reschedule(today),
            c.Edit({"expected_close": today + timedelta(days=6)}),
            c.Edit({"source": ""}),
        ):
            if own:
                own.pop().do(LATELY, command)
    _double(diaries)


def _calm(diaries: Sequence[Diary], rep: str, scene: Scene) -> Iterator[Diary]:
    """The deals of a rep that are well: planned ahead, awake, and within their limits."""
    for diary in diaries:
        deal, step, today = diary.deal, diary.deal.next_step, scene.clock.today
        is_planned = step is not None and step.due is not None and step.due > today
        if deal.owner != rep or not deal.is_open or not is_planned or deal.snoozed_until:
            continue
        if not stalled_reasons(deal, scene.pipeline, today, scene.clock.zone):
            yield diary


def _double(diaries: Sequence[Diary]) -> None:
    """One deal that somebody has entered a second time, in a hurry."""
    leads = [one for one in diaries if one.deal.is_open and len(one.deal.answers) < 2]
    if len(leads) > 1:
        known = leads[0].deal
        again = {"account": known.account, "title": known.title.capitalize()}
        leads[-1].do(LATELY / 2, c.Edit(again))


def hold_a_review(store: Store, scene: Scene) -> None:
    """The review of a week ago, as a colleague held it; a token keeps its id the same."""
    from pipeboard.exchange.review_document import review_document
    from pipeboard.workspace.review import hold, review

    last = scene.clock.instant(0)
    ago = scene.clock.instant(7 * PER_DAY)
    actor = Actor(scene.team[-1])
    document = review_document(review(Workspace(store, lambda: ago, actor), scene.pipeline))
    desk = Workspace(store, lambda: last, actor)
    hold(desk, scene.pipeline, document, at=ago, token="demo-review")
