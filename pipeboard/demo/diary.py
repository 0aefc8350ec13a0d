"""The history of one made-up deal, decided command by command as the program would have done."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
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
from pipeboard.domain.pipeline import Pipeline
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
