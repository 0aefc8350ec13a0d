"""Open deals that stand still: stalled, overstaying, past saving."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipeboard.domain.attention import DealClocks, idles, limits, overstays
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.deals import is_qualified
from pipeboard.domain.metrics.definition import named
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.result import Metric, Unit, missing, proportion

IDLE_FACTOR = 2


@dataclass(frozen=True, slots=True)
class Age:
    """An open deal's clocks in local days as of the instant; nobody knows for how long a deal
    without a created date has been in the stage that it began in."""

    deal: DealHistory
    days_in_stage: int | None
    idle_days: int
    snoozed: bool
    overstays: bool
    idles: bool

    @property
    def is_stalled(self) -> bool:
        return not self.snoozed and (self.overstays or self.idles)


def ages(basis: Basis) -> Sequence[Age]:
    """The age of every open deal."""
    bounds = {stage.id: limits(stage, basis.today) for stage in basis.rules.open_stages}
    day, today = basis.calendar.day, basis.today
    found = []
    for deal in basis.deals.open:
        entered, touched = day(deal.visit_began_at), day(last_touch_at(deal, basis))
        clocks = DealClocks(entered, touched, _date(deal.next_due), None)
        limit = bounds[deal.stage_id]
        found.append(
            Age(
                deal,
                None if is_undated(deal) else (today - entered).days,
                (today - touched).days,
                deal.snoozed_until is not None and deal.snoozed_until > today.isoformat(),
                not is_undated(deal) and overstays(clocks, limit),
                idles(clocks, limit),
            )
        )
    return found


def is_undated(deal: DealHistory) -> bool:
    """Whether nobody knows when the deal entered its stage."""
    return not deal.is_dated and len(deal.path) == 1


def last_touch_at(deal: DealHistory, basis: Basis) -> int:
    """The last touch, step done or advance, else the creation; in microseconds."""
    last = deal.created_at if deal.last_touch_at is None else deal.last_touch_at
    rank = basis.rules.rank
    for index in range(len(deal.path) - 1, 0, -1):
        at, stage = deal.path[index]
        if at <= last:
            break
        before = deal.path[index - 1][1]
        if stage >= 0 and before >= 0 and rank[stage] > rank[before]:
            return at
    return last


def stalled(basis: Basis) -> list[DealHistory]:
    """The open deals past a limit of their stage and not parked."""
    return [age.deal for age in basis.once(ages) if age.is_stalled]


def dead_candidates(basis: Basis) -> list[DealHistory]:
    """Stalled deals that have long been silent after many touches and have nothing planned:
    suggestions to lose, never more."""
    idle_limits = {stage.id: stage.idle_days for stage in basis.rules.open_stages}
    return [
        age.deal
        for age in basis.once(ages)
        if age.is_stalled
        and (allowed := idle_limits[age.deal.stage_id]) is not None
        and age.idle_days > IDLE_FACTOR * allowed
        and age.deal.outbound_since_reply >= basis.rules.silent_touches
        and age.deal.next_due is None
    ]


@dataclass(frozen=True, slots=True)
class AgeBand:
    """The open deals that have been in their stage for `first` to `last` days (None: or more)."""

    first: int
    last: int | None
    deals: Sequence[DealHistory]


AGE_BANDS: Sequence[tuple[int, int | None]] = ((0, 7), (8, 14), (15, 30), (31, None))


@named("single_contact", Unit.RATIO, "Single contact", better=False, at_end=True)
def single_contact(basis: Basis) -> Metric:
    """Of the open deals past qualification, those with fewer than two contacts."""
    if not basis.rules.qualifying:
        return missing(Unit.RATIO, "no stage is marked as qualified")
    deals = [deal for deal in basis.deals.open if is_qualified(deal, basis.rules)]
    alone = [deal for deal in deals if deal.id not in basis.well_known]
    return proportion(alone, deals, "no open deal is past qualification")


def by_age(basis: Basis) -> list[AgeBand]:
    """The open deals by their days in the present stage."""
    return [
        AgeBand(
            first,
            last,
            [
                age.deal
                for age in basis.once(ages)
                if age.days_in_stage is not None
                and age.days_in_stage >= first
                and (last is None or age.days_in_stage <= last)
            ],
        )
        for first, last in AGE_BANDS
    ]


def of_unknown_age(basis: Basis) -> list[DealHistory]:
    """The open deals in no band: nobody knows when they came in."""
    return [age.deal for age in basis.once(ages) if age.days_in_stage is None]


def stalled_by_stage(basis: Basis) -> Mapping[int, int]:
    """How many deals are stalled in each stage."""
    counts = {stage.id: 0 for stage in basis.rules.open_stages}
    for deal in stalled(basis):
        counts[deal.stage_id] += 1
    return counts


def _date(day: str | None) -> date | None:
    return None if day is None else date.fromisoformat(day)
