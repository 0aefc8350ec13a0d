"""Filling a new database with a made-up team's deals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random

from pipeboard.demo import wording
from pipeboard.demo.diary import (
    HAND,
    PER_DAY,
    QUALIFICATION,
    TWO_YEARS,
    Diary,
    Ending,
    Fate,
    Health,
    Visit,
    WorkingTime,
    any_fate,
    hand,
    path,
    workday,
)
from pipeboard.demo.habits import Habits, Scene, hold_a_review, make_day, person, rounded, team
from pipeboard.domain import commands as c
from pipeboard.domain.agreements import Agreement, Contents, Topic
from pipeboard.domain.criteria import About, Criterion, unmet
from pipeboard.domain.dates import micros
from pipeboard.domain.deal import Loss
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.money import parse_money
from pipeboard.domain.periods import Period, parse_period
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.settings import Rep, Settings
from pipeboard.domain.templates import template
from pipeboard.domain.text import slug
from pipeboard.store import Store
from pipeboard.store.projecting import Change
from pipeboard.store.reading.facts import collecting_later
from pipeboard.store.writing import Done, Writer
from pipeboard.workspace import Actor
from pipeboard.workspace.configuration import begin_workspace

# What the reps do with a made-up deal on its way, from the first call to where it stands now.


@dataclass(frozen=True, slots=True)
class Part:
    """A deal to be made up: its number among them, how it stands today, and whose it is."""

    number: int
    fate: Fate
    owner: str


def begins(part: Part, scene: Scene) -> float:
    """When the deal is created, in working minutes before now."""
    return _way(part, scene, _dice(part, scene))[0].begins


def live(part: Part, deal_id: int, scene: Scene) -> Diary:
    """The whole history of a deal, under that id."""
    rng = _dice(part, scene)
    visits = _way(part, scene, rng)
    diary = Diary(deal_id, scene.pipeline, scene.clock, rng, part.owner)
    _Life(part, visits, diary, scene, rng).run()
    return diary


def _dice(part: Part, scene: Scene) -> Random:
    return Random(f"deal {scene.seed} {part.number}")


def _way(part: Part, scene: Scene, rng: Random) -> list[Visit]:
    return path(part.fate, scene.pipeline.open_stages, rng)


class _Life(Habits):
    """One deal from beginning to end."""

    def __init__(
        self, part: Part, visits: Sequence[Visit], diary: Diary, scene: Scene, rng: Random
    ) -> None:
        super().__init__(part.number, diary, part.fate, scene, rng)
        self.owner, self.visits = part.owner, visits

    def run(self) -> None:
        """Station after station."""
        self._begin(self.visits[0])
        for visit, following in pairwise(self.visits):
            self.work(visit, visit.ends)
            if following.came_back:
                self.diary.do(visit.ends, c.Lose(self._loss(visit)))
                self.diary.do(following.begins, c.Reopen())
                self.diary.do(following.begins, c.AddNote(self.one_of(wording.REOPENED)))
            else:
                self._enter(following, back=following.place < visit.place)
        self._end(self.visits[-1])

    def _begin(self, visit: Visit) -> None:
        rng = self.rng
        source = rng.choices(tuple(wording.REASONS), (20, 14, 16, 14, 8, 14, 6, 5, 3))[0]
        contact = person(rng, self.company, "user" if rng.random() < 0.6 else "champion")
        known = rng.random()
        self.diary.do(
            visit.begins,
            c.Create(
                self.one_of(wording.TITLES),
                self.stages[visit.place].id,
                {
                    "account": self.company.name,
                    "owner": self._first_owner(),
                    "source": source if known > 0.05 else "",
                    "contact_reason": self.one_of(wording.REASONS[source]) if known < 0.8 else "",
                    "value": self.money(self.worth) if known > 0.25 else None,
                    "tags": tuple(rng.sample(wording.TAGS, rng.choice((0, 1, 1, 2)))),
                    "fields": {"product": self.one_of(wording.PRODUCTS)} if known < 0.9 else {},
                    "contacts": {slug(contact.name): contact},
                },
            ),
        )

    def _first_owner(self) -> str:
        """Some deals were another rep's first; whoever has it then also types."""
        others = [name for name in self.scene.team if name != self.owner]
        if others and len(self.visits) > 1 and self.maybe(0.06):
            self.diary.by = self.one_of(others)
        return self.diary.by

    def _enter(self, visit: Visit, *, back: bool) -> None:
        """A move, with what the gate asks given first, or overridden once in a while."""
        diary, ago = self.diary, visit.begins
        stage = self.stages[visit.place]
        if back:
            diary.do(ago, c.Move(stage.id))
            return
        override = ""
        lacking = unmet(diary.deal, self.scene.pipeline, stage.id, diary.day(ago))
        if lacking and self.rng.random() < 0.06:
            override = self.one_of(wording.OVERRIDES)
        elif lacking:
            for lack in lacking:
                self._meet(lack.criterion, ago + 20)
        diary.do(ago, c.Move(stage.id, override))
        if diary.by != self.owner:
            diary.do(ago, c.Assign(self.owner))
            diary.by = self.owner

    def _meet(self, criterion: Criterion, ago: float) -> None:
        """Does what an exit criterion asks for."""
        match criterion.about:
            case About.ANSWER | About.RATING:
                self.answer(criterion.subject, ago)
            case About.NEXT_STEP:
                self.plan(ago, self.rng.randint(2, 6))
            case _:
                self.diary.do(ago, c.Edit({"value": self.money(self.worth)}))

    def _end(self, visit: Visit) -> None:
        fate, diary = self.fate, self.diary
        match fate.ending:
            case Ending.WON:
                self.work(visit, visit.ends)
                won = self.scene.pipeline.won.id
                for lack in unmet(diary.deal, self.scene.pipeline, won, diary.day(visit.ends)):
                    self._meet(lack.criterion, visit.ends + 20)
                discount = self.rng.choice((1.0, 1.0, 0.95, 0.9, 1.08))
                diary.do(visit.ends, c.Win(self.money(rounded(self.worth * discount))))
            case Ending.LOST:
                self.work(visit, visit.ends)
                diary.do(visit.ends, c.Lose(self._loss(visit)))
            case Ending.OPEN:
                self._stand(visit)

    def _loss(self, visit: Visit) -> Loss:
        rng = self.rng
        early = visit.place <= QUALIFICATION
        category = self.one_of(wording.EARLY_LOSSES if early else wording.LATE_LOSSES)
        back_on = self.diary.day(visit.ends) + timedelta(days=rng.choice((90, 120, 180)))
        # Had the day passed, the program would have brought the deal back already.
        returns = category in ("timing", "no-decision") and back_on > self.scene.clock.today
        return Loss(
            category,
            self.one_of(wording.LOSSES[category]),
            self.one_of(wording.COMPETITORS) if category == "competitor" else "",
            back_on if returns and rng.random() < 0.8 else None,
        )

    # Where an open deal stands today.

    def _stand(self, visit: Visit) -> None:
        health, diary = self.fate.health, self.diary
        calm = visit.begins * (1 - 0.12 * self.rng.random())
        quiet = health in (Health.IDLES, Health.DEAD)
        self.work(visit, calm if quiet else visit.begins * self.rng.uniform(0.1, 0.5))
        today, last = self.scene.clock.today, visit.begins * 0.08
        match health:
            case Health.WELL | Health.OVERSTAYS:
                self.plan_for(last, self._soon(visit.place))
            case Health.IDLES:
                idle = self.stages[visit.place].idle_days or 7
                self.plan_for(calm, today + timedelta(days=idle + self.rng.randint(2, 9)))
            case Health.OVERDUE:
                due = workday(today, -self.rng.randint(1, 4))
                self.plan_for(min(9.0, visit.begins / PER_DAY - 1) * PER_DAY, due)
            case Health.NO_STEP:
                if diary.deal.next_step:
                    diary.do(last, c.CompleteNextStep(self.one_of(wording.DONE)))
            case Health.DEAD:
                self._chase(visit, calm)
            case Health.SNOOZED:
                until = workday(today, self.rng.randint(6, 30))
                diary.do(last, c.Snooze(until, self.one_of(wording.SNOOZES)))
        self.mind_close(last, visit.place, stale=health in (Health.DEAD, Health.OVERSTAYS))

    def _soon(self, place: int) -> date:
        """A working day from today on, near enough to count as planned in that stage."""
        idle = self.stages[place].idle_days or 7
        first = workday(self.scene.clock.today, 0)
        days = [
            first + timedelta(days=n) for n in range(idle) if (first + timedelta(n)).weekday() < 5
        ]
        limit = self.scene.clock.today + timedelta(days=idle)
        return self.one_of([day for day in days if day <= limit] or [first])

    def _chase(self, visit: Visit, calm: float) -> None:
        """Six tries without an answer, the last long ago, and nothing planned."""
        diary = self.diary
        if diary.deal.next_step:
            diary.do(calm, c.CompleteNextStep(self.one_of(wording.DONE)))
        silent = (2 * (self.stages[visit.place].idle_days or 7) + 3) * PER_DAY
        for step in range(6):
            ago = max(calm - (calm - silent) * step / 5, silent)
            diary.do(ago, c.LogTouch(self.one_of(("call", "email")), "out", "no answer"))


SETTINGS = Settings(currency="EUR", zone_name="Europe/Berlin", demo=True)
PIPELINE = "New business"
SMALL = 1_000
BRIEF = 0.2
CHUNK = 1_000
A_DEAL = 6_000
"""The quarter's target for each deal of a small team, in whole units of the currency."""


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What was made up."""

    deals: int
    open: int
    won: int
    lost: int
    commands: int
    events: int
    reps: tuple[Rep, ...]


def build(store: Store, *, deals: int = 60, seed: int = 1, now: datetime, me: str) -> DemoReport:
    """Fills a new, empty database, by the currency and the zone that it was made with; the same
    history, ids included, for the same arguments.

    Up to 1,000 deals are the last two quarters of a team of three, every command on its own.
    More are two years of a larger team that writes down less, one command a deal.
    """
    small = deals <= SMALL
    reps = team(me, 3 if small else min(12, 3 + deals // 1_000))
    begun = now - timedelta(days=TWO_YEARS + 365)
    actor = Actor(me)
    settings = store.reader.settings()
    pipeline = _set_up(store, settings.currency, reps, begun, actor)
    clock = WorkingTime(now, settings.zone)
    quarter = parse_period("this-quarter", clock.today)
    amount = deals * (A_DEAL if small else A_DEAL // 2)
    _set_targets(store, pipeline, quarter, amount, begun, actor)
    names = tuple(rep.name for rep in reps)
    scene = Scene(pipeline, clock, names, seed, detail=1.0 if small else BRIEF)
    parts = _two_quarters(deals, scene, quarter) if small else _two_years(deals, scene)
    parts.sort(key=lambda part: -begins(part, scene))
    counts: Counter[str] = Counter()
    with collecting_later():
        for start in range(0, deals, CHUNK):
            counts += _record(store, parts[start : start + CHUNK], scene, one_command=not small)
    if small:
        hold_a_review(store, scene)
        counts["commands"] += 1
    return DemoReport(
        deals,
        counts["open"],
        counts["won"],
        counts["lost"],
        counts["commands"],
        counts["events"],
        reps,
    )


def _set_up(
    store: Store, currency: str, reps: Sequence[Rep], at: datetime, actor: Actor
) -> Pipeline:
    """Reps and pipeline as a workspace begins, no commands of anybody's to undo."""
    wanted = template("needs", pipeline_name=PIPELINE, currency=currency)
    return store.write(lambda writer: begin_workspace(writer, wanted, reps, at, actor))


def _set_targets(
    store: Store, pipeline: Pipeline, quarter: Period, amount: int, at: datetime, actor: Actor
) -> None:
    """What the team is to win in a quarter and those around it, and each rep in that one."""
    reps = store.reader.reps()
    share = parse_money(str(amount // len(reps)), pipeline.currency)
    whole = parse_money(str(amount), pipeline.currency)
    targets = [
        *((p.label, "", whole) for p in (quarter.previous(), quarter, quarter.next())),
        *((quarter.label, rep.name, share) for rep in reps),
    ]

    def write(writer: Writer) -> None:
        for period, owner, money in targets:
            key = (pipeline.id, period, owner, "")
            contents: Contents = {"currency": money.currency, "amount_minor": money.minor}
            writer.agree(Agreement(Topic.TARGET, key, None, contents), at, actor.label)

    store.write(write)


def _two_quarters(deals: int, scene: Scene, quarter: Period) -> list[Part]:
    """Deals dealt to the reps in turn, so that each has something of everything."""
    into_quarter = (scene.clock.today - quarter.start).days
    hands: dict[tuple[str, int], list[Fate]] = {}
    parts = []
    for number in range(deals):
        turn, seat = divmod(number, len(scene.team))
        owner = scene.team[seat]
        round_, place = divmod(turn, HAND)
        if (owner, round_) not in hands:
            rng = Random(f"hand {scene.seed} {seat} {round_}")
            hands[owner, round_] = hand(rng, into_quarter)
        parts.append(Part(number, hands[owner, round_][place], owner))
    return parts


def _two_years(deals: int, scene: Scene) -> list[Part]:
    rng = Random(f"fates {scene.seed}")
    return [Part(number, any_fate(rng), rng.choice(scene.team)) for number in range(deals)]


def _record(
    store: Store, parts: Sequence[Part], scene: Scene, *, one_command: bool
) -> Counter[str]:
    """Makes deals up and stores them in one transaction; how many of what there were."""
    ids = store.write(lambda writer: writer.numbers("deal", len(parts)))
    commands: list[Done] = []
    changes: list[Change] = []
    counts: Counter[str] = Counter()
    diaries = [live(part, deal_id, scene) for part, deal_id in zip(parts, ids, strict=True)]
    if not one_command:
        make_day(diaries, scene)
    for diary in diaries:
        if one_command:
            done = [diary.told_as_one()]
            told = (done[0].id,) * len(diary.events)
        else:
            done = [diary.told(deed) for deed in diary.deeds]
            told = tuple(
                command.id
                for command, deed in zip(done, diary.deeds, strict=True)
                for _ in range(deed.events)
            )
        changes.append(Change(None, diary.deal, tuple(diary.events), told))
        commands += done
        counts[str(diary.deal.outcome)] += 1
        counts["events"] += len(diary.events)
    commands.sort(key=lambda done: micros(done.at))
    counts["commands"] = len(commands)
    store.write(lambda writer: writer.record_told(commands, changes))
    return counts
