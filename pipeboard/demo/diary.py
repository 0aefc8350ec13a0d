"""The history of one made-up deal, decided command by command as the program would have done."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from pipeboard.domain import commands as c
from pipeboard.domain.dates import local_date
from pipeboard.domain.deal import Deal
from pipeboard.domain.deciding import decide, sentence_of, verb_of
from pipeboard.domain.deciding.rules import Telling
from pipeboard.domain.events import Event, evolve
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.pipeline import Pipeline, Stage
from pipeboard.store.writing import Done

# Working time before a moment: a rep's day, so that nothing happens at night or ahead of now.

OPENS = time(8, 30)
MINUTES = 540
WEEK = 5
PER_DAY = MINUTES * WEEK / 7
"""Working minutes in a day of the calendar, on average."""


class WorkingTime:
    """Instants counted back from `now` in working minutes: 08:30 to 17:30 local, Monday to Friday.

    Counting in working minutes keeps the order of events and their hours right by construction.
    """

    def __init__(self, now: datetime, zone: ZoneInfo) -> None:
        local = now.astimezone(zone)
        opened = datetime.combine(local.date(), OPENS, zone)
        self.zone = zone
        self.today = local.date()
        self._last_day = self.today
        self._passed = min((now - opened).total_seconds() / 60, MINUTES)
        if self.today.weekday() >= WEEK or self._passed <= 0:
            self._last_day = workday(self.today, -1)
            self._passed = MINUTES
        self._openings: dict[int, datetime] = {}

    def instant(self, ago: float) -> datetime:
        """The instant (UTC, whole seconds) that lies `ago` working minutes before now."""
        minute = self._passed - max(ago, 0.0)
        back = 0 if minute >= 0 else int(-minute // MINUTES) + 1
        return self._opening(back) + timedelta(seconds=int((minute + back * MINUTES) * 60))

    def _opening(self, back: int) -> datetime:
        known = self._openings.get(back)
        if known is None:
            day = workday(self._last_day, -back)
            known = datetime.combine(day, OPENS, self.zone).astimezone(UTC)
            self._openings[back] = known
        return known


def workday(day: date, count: int) -> date:
    """The working day `count` working days after `day` (before it when negative).

    From a weekend, counting forwards starts on the Monday and backwards on the Saturday.
    """
    weekday = day.weekday()
    if weekday >= WEEK:
        day += timedelta(days=7 - weekday if count >= 0 else WEEK - weekday)
        weekday = 0 if count >= 0 else WEEK
    weeks, rest = divmod(weekday + count, WEEK)
    return day + timedelta(days=weeks * 7 + rest - weekday)


PAUSE = 0.7
"""Working minutes between two commands at the least."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One command, when and by whom, the deal as it left it, and how many events followed."""

    at: datetime
    actor: str
    command: c.Command
    deal: Deal
    today: date
    events: int


class Diary:
    """Carries commands out on one deal at moments given in working minutes before now.

    Moments never run backwards: one that would is put a pause after the last. `by` acts.
    """

    def __init__(
        self, deal_id: int, pipeline: Pipeline, clock: WorkingTime, rng: Random, by: str
    ) -> None:
        self.deal_id, self.pipeline, self.by = deal_id, pipeline, by
        self.events: list[Event] = []
        self.deeds: list[Deed] = []
        self._clock, self._rng = clock, rng
        self._deal: Deal | None = None
        self._ago = float("inf")

    @property
    def deal(self) -> Deal:
        """The deal as it stands; `ValueError` before it is created."""
        if self._deal is None:
            raise ValueError("the deal is not created yet")
        return self._deal

    @property
    def ago(self) -> float:
        """Working minutes since the last thing that happened."""
        return self._ago

    @property
    def first_name(self) -> str:
        """The person of the deal whom one asks for."""
        contacts = self.deal.contacts.values()
        return next((contact.name.split()[0] for contact in contacts), "them")

    def day(self, ago: float) -> date:
        """The local day of a moment."""
        return local_date(self._clock.instant(min(ago, self._ago)), self._clock.zone)

    def new_id(self) -> str:
        """An id in the form of the program's own, the same for a seed."""
        return str(UUID(int=self._rng.getrandbits(128), version=4))

    def do(self, ago: float, command: c.Command, *, by: str = "") -> None:
        """A command decided at a moment, by somebody else than who mostly acts if named."""
        at, actor = self._next(ago), by or self.by
        self._ago = min(ago, self._ago - PAUSE)
        context = c.Context(self.pipeline, at, self._clock.zone, actor, new_id=self.new_id)
        events = decide(command, self._deal, context)
        deal = self._deal
        for event in events:
            deal = evolve(deal, event, self.deal_id)
        if deal is None or not events:
            return
        self._deal = deal
        self.events += events
        self.deeds.append(Deed(at, actor, command, deal, context.today, len(events)))

    def told(self, deed: Deed) -> Done:
        """A deed as it is recorded."""
        command, deal = deed.command, deed.deal
        if isinstance(command, c.Create):
            verb = "add"
            summary = f"Added {deal.name} to {self.pipeline.stage(deal.stage_id).name}."
        else:
            verb = verb_of(command)
            summary = sentence_of(command, Telling([deal], (self.pipeline,), deed.today))
        return Done(self.new_id(), deed.at, deed.actor, "", verb, summary)

    def told_as_one(self) -> Done:
        """All that happened to the deal as one command."""
        summary = f"Told the history of {self.deal.name}."
        first, last = self.deeds[0], self.deeds[-1]
        return Done(self.new_id(), last.at, first.actor, "", "demo", summary)

    def _next(self, ago: float) -> datetime:
        return self._clock.instant(min(ago, self._ago - PAUSE))


# The way of a made-up deal through the stages: which it visited, and from when to when.

# How made-up deals stand today, dealt out so that a small team's board shows something of all.

FIRST, QUALIFICATION, NEEDS, PROPOSAL, NEGOTIATION, CLOSING = range(6)


class Ending(StrEnum):
    """Where a deal is today."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class Health(StrEnum):
    """What the sign on an open deal's card says, and why."""

    WELL = "well"
    OVERDUE = "overdue"
    NO_STEP = "no step"
    OVERSTAYS = "overstays"
    IDLES = "idles"
    SNOOZED = "snoozed"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Fate:
    """Where one deal stands: in which open stage (or from which it was closed, so many days of
    the calendar ago), how it fares, and whether it was lost once and came back."""

    ending: Ending
    stage: int
    health: Health = Health.WELL
    days_ago: float = 0.0
    came_back: bool = False


# Twenty deals of one rep: thirteen in work, two won, five lost.
_STAGES = (*[FIRST] * 4, *[QUALIFICATION] * 3, *[NEEDS] * 2, *[PROPOSAL] * 2, NEGOTIATION, CLOSING)
_HEALTH = (
    *[Health.OVERDUE] * 3,
    Health.NO_STEP,
    Health.DEAD,
    *[Health.OVERSTAYS] * 2,
    Health.IDLES,
    Health.SNOOZED,
    *[Health.WELL] * 4,
)
_WON_FROM = (CLOSING, NEGOTIATION)
_LOST_FROM = (FIRST, QUALIFICATION, NEEDS, PROPOSAL, NEGOTIATION)
HAND = len(_STAGES) + len(_WON_FROM) + len(_LOST_FROM)
TWO_YEARS = 730.0


def hand(rng: Random, days_into_quarter: int) -> list[Fate]:
    """Twenty fates in a random order: the outcomes lie in this quarter and the one before."""
    stages, health = list(_STAGES), list(_HEALTH)
    rng.shuffle(stages)
    rng.shuffle(health)
    back = next((i for i, how in enumerate(health) if how is Health.WELL and stages[i] > FIRST), -1)
    fates = [
        Fate(Ending.OPEN, stage, _possible(how, stage), came_back=place == back)
        for place, (stage, how) in enumerate(zip(stages, health, strict=True))
    ]
    closed = [(Ending.WON, stage) for stage in _WON_FROM]
    closed += [(Ending.LOST, stage) for stage in _LOST_FROM]
    for place, (ending, stage) in enumerate(closed):
        lately = place % 2 == 0 and days_into_quarter > 4
        first, last = (
            (1, days_into_quarter) if lately else (days_into_quarter, days_into_quarter + 88)
        )
        fates.append(Fate(ending, stage, days_ago=rng.uniform(first, max(last, first + 1))))
    rng.shuffle(fates)
    return fates


def _possible(health: Health, stage: int) -> Health:
    """Closing deals cannot idle before they overstay: the stage is too short."""
    return Health.OVERSTAYS if health is Health.IDLES and stage == CLOSING else health


_OPEN_SHARE, _WON_SHARE = 0.30, 0.27
_MANY_STAGES = (38, 24, 16, 12, 7, 3)
_MANY_LOST_FROM = (32, 30, 18, 12, 6, 2)
_MANY_HEALTH = {
    Health.WELL: 60,
    Health.OVERDUE: 10,
    Health.NO_STEP: 8,
    Health.OVERSTAYS: 10,
    Health.IDLES: 4,
    Health.SNOOZED: 5,
    Health.DEAD: 3,
}


def any_fate(rng: Random) -> Fate:
    """One fate of many over two years, in which the business has grown."""
    if rng.random() < _OPEN_SHARE:
        stage = _weighted(rng, _MANY_STAGES)
        health = rng.choices(list(_MANY_HEALTH), list(_MANY_HEALTH.values()))[0]
        came_back = health is Health.WELL and stage > FIRST and rng.random() < 0.03
        return Fate(Ending.OPEN, stage, _possible(health, stage), came_back=came_back)
    days_ago = TWO_YEARS * (rng.random() if rng.random() < 0.6 else 1 - math.sqrt(rng.random()))
    if rng.random() < _WON_SHARE:
        stage = CLOSING if rng.random() < 0.75 else NEGOTIATION
        return Fate(Ending.WON, stage, days_ago=days_ago)
    return Fate(Ending.LOST, _weighted(rng, _MANY_LOST_FROM), days_ago=days_ago)


def _weighted(rng: Random, weights: tuple[int, ...]) -> int:
    return rng.choices(range(len(weights)), weights)[0]


SLOW = {PROPOSAL: 1.5}
"""Stages in which this team loses time, so that there is a bottleneck to find."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A stay in an open stage, from and to in working minutes before now; `came_back` from a
    loss says how it began."""

    place: int
    begins: float
    ends: float
    came_back: bool = False


def path(fate: Fate, stages: Sequence[Stage], rng: Random) -> list[Visit]:
    """The visits that led to where the deal stands, in their order."""
    ends = 0.0 if fate.ending is Ending.OPEN else fate.days_ago * PER_DAY
    stay = age(fate, stages[fate.stage], rng) if fate.ending is Ending.OPEN else None
    days = _stay(fate.stage, stages, rng) if stay is None else stay
    visits = [Visit(fate.stage, ends + days * PER_DAY, ends, fate.came_back)]
    gap = rng.uniform(12, 35) * PER_DAY if fate.came_back else 0.0
    before = _places(fate.stage, rng)
    for place in reversed([*before, fate.stage] if fate.came_back else before):
        ends = visits[-1].begins + gap
        gap = 0.0
        visits.append(Visit(place, ends + _stay(place, stages, rng) * PER_DAY, ends))
    return visits[::-1]


def _places(last: int, rng: Random) -> list[int]:
    """The stages before `last`: some begin later than the first, some skip one or go back once."""
    start = FIRST
    if last > QUALIFICATION and rng.random() < 0.12:
        start = QUALIFICATION if rng.random() < 0.8 else NEEDS
    places: list[int] = []
    for place in range(start, last):
        if place > start and rng.random() < 0.07:
            continue
        places.append(place)
        if place >= NEEDS and rng.random() < 0.08:
            places += [place - 1, place]
    return places


def _stay(place: int, stages: Sequence[Stage], rng: Random) -> float:
    """Days of the calendar in a stage that was left again: mostly fewer than expected."""
    expected = (stages[place].expected_days or 14) * 0.45 * SLOW.get(place, 1.0)
    return min(max(rng.lognormvariate(math.log(expected), 0.65), 0.6), 90.0)


def age(fate: Fate, stage: Stage, rng: Random) -> float:
    """Days of the calendar that an open deal is in its stage, by how it fares."""
    expected, idle = stage.expected_days or 14, stage.idle_days or 7
    match fate.health:
        case Health.OVERDUE:
            return rng.uniform(9, max(expected + 4, 12))
        case Health.OVERSTAYS:
            return expected + rng.uniform(4, 18)
        case Health.IDLES:
            return rng.uniform(idle + 4.5, max(expected - 1, idle + 6))
        case Health.DEAD:
            return 2 * idle + rng.uniform(8, 20)
        case _:
            return rng.uniform(0.6, expected - 3)
