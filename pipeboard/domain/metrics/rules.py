"""What numbers are counted by: the pipeline, the workspace, targets, rates and windows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache, cached_property
from types import MappingProxyType
from zoneinfo import ZoneInfo

from pipeboard.domain.dates import local_date, start_of_day
from pipeboard.domain.events import instant, micros
from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.domain.metrics.history import WON, Places
from pipeboard.domain.money import Money, Rates
from pipeboard.domain.pipeline import Pipeline, Stage
from pipeboard.domain.settings import Settings

# Local days of very many instants, without asking the time zone for each.


class Calendar:
    """The days of a zone from `first` to `last`; instants outside are answered too, more slowly."""

    def __init__(self, zone: ZoneInfo, first: date, last: date) -> None:
        self.zone = zone
        self._days = [first + timedelta(days=n) for n in range((last - first).days + 2)]
        self._starts = [micros(start_of_day(day, zone)) for day in self._days]

    def day(self, us: int) -> date:
        """The local day on which an instant falls."""
        place = bisect_right(self._starts, us)
        if 0 < place < len(self._starts):
            return self._days[place - 1]
        return local_date(instant(us), self.zone)

    def month(self, us: int) -> str:
        """The local month of an instant, as `2026-11`."""
        return self.day(us).isoformat()[:7]

    def start(self, day: date) -> int:
        """The first instant of a local day, in microseconds."""
        return micros(start_of_day(day, self.zone))


CallChanges = tuple[tuple[int, Money | None], ...]
"""When (microseconds) a rep called which amount for a period; None took it back."""

NO_CALLS: Mapping[tuple[str, str], CallChanges] = MappingProxyType({})
NO_TEAMS: Mapping[str, str] = MappingProxyType({})
NO_EDITS: Mapping[int, tuple[tuple[int, int | None], ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be won in a period (by its label) by a rep, a team, or both empty, everybody."""

    period: str
    amount: Money
    owner: str = ""
    team: str = ""


@dataclass(frozen=True)
class MetricRules:
    """The configuration of all numbers of one pipeline as it was at an instant.

    `teams` says which team a rep is in. `chances` holds, for each stage, since which instant
    (microseconds, oldest first) it had which probability, so that editing a stage does not rewrite
    what was forecast before; `calls` what each rep called for each period (by its label and the
    rep's name); `bar_moved_at` when it was changed what counts as qualified. With
    `owner_now` a deal counts for its present owner, not for the one at the event.
    """

    pipeline: Pipeline
    settings: Settings
    targets: tuple[Target, ...] = ()
    rates: Rates | None = None
    teams: Mapping[str, str] = field(default_factory=lambda: NO_TEAMS)
    chances: Mapping[int, tuple[tuple[int, int | None], ...]] = field(
        default_factory=lambda: NO_EDITS
    )
    calls: Mapping[tuple[str, str], CallChanges] = field(default_factory=lambda: NO_CALLS)
    bar_moved_at: tuple[int, ...] = ()
    owner_now: bool = False
    view: str = ""
    velocity_days: int = 180
    measured_days: int = 365
    run_rate_days: int = 90
    prior_strength: int = 10
    high_coverage: int = 6
    visits_needed: int = 10
    samples_needed: int = 10
    silent_touches: int = 5

    @property
    def zone(self) -> ZoneInfo:
        return self.settings.zone

    @property
    def currency(self) -> str:
        """The currency of every sum: the pipeline's, unless another is asked for."""
        return self.view or self.pipeline.currency

    @cached_property
    def exchange(self) -> Rates:
        """The rates; none but the workspace's own currency when nothing was entered."""
        return self.rates or Rates(self.settings.currency)

    @cached_property
    def open_stages(self) -> tuple[Stage, ...]:
        """The stages of the work in their order, retired ones too: they have a history."""
        return tuple(stage for stage in self.pipeline.stages if stage.is_open)

    @cached_property
    def rank(self) -> Mapping[int, int]:
        """The place of each stage; a win lies behind the last, a loss is no place."""
        places = {stage.id: place for place, stage in enumerate(self.open_stages)}
        return {**places, WON: len(places)}

    @cached_property
    def categories(self) -> Mapping[int, str]:
        """The forecast categories that the stages give."""
        return {stage.id: stage.category for stage in self.pipeline.stages}

    @cached_property
    def qualifying(self) -> frozenset[int]:
        """The stages (and `WON`) whose entry qualifies a deal; empty where no stage is flagged."""
        first = next((s.id for s in self.open_stages if s.qualified), None)
        if first is None:
            return frozenset()
        return frozenset(id for id, place in self.rank.items() if place >= self.rank[first])

    @cached_property
    def qualified_at(self) -> Callable[[Places], int | None]:
        """At which place of those that a deal went through it first was in a qualified stage, or
        won; None where it never was."""
        qualifying = self.qualifying

        def first(places: Places) -> int | None:
            return next((n for n, stage in enumerate(places) if stage in qualifying), None)

        return cache(first)

    def chance_at(self, stage_id: int, us: int) -> int | None:
        """The stage's probability at an instant, in basis points."""
        known = self.chances.get(stage_id)
        if not known:
            return self.pipeline.stage(stage_id).probability_bp
        place = bisect_right(known, us, key=lambda change: change[0])
        return known[max(place, 1) - 1][1]

    def said_by(self, stage_id: int, us: int) -> bool:
        """Whether somebody had given the stage its probability by an instant: what was set later
        says nothing about before."""
        known = self.chances.get(stage_id)
        return not known or known[0][0] <= us
