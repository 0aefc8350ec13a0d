"""Open deals that stand still: stalled, overstaying, past saving."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from pipeboard.domain.dates import kept_day
from pipeboard.domain.deal import UNKNOWN
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.metrics.basis import Basis, by_event, shared_out
from pipeboard.domain.metrics.cycle import P90, of_durations, stay
from pipeboard.domain.metrics.deals import (
    NO_QUALIFIED,
    MoneySum,
    StageVisits,
    is_qualified,
    visits_between,
)
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.result import (
    Metric,
    Unit,
    kaplan_meier,
    median,
    missing,
    nearest_rank,
    proportion,
)
from pipeboard.domain.metrics.wording import named
from pipeboard.domain.pipeline import Stage
from pipeboard.domain.signs import DealClocks, idles, limits, overstays

IDLE_FACTOR = 2


class Age(NamedTuple):
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
    day, today, written = basis.calendar.day, basis.today, basis.today.isoformat()

    # Deals share few days: each combination is held against the limits once.
    @cache
    def stays(stage_id: int, entered: date) -> bool:
        return overstays(DealClocks(entered, entered, None, None), bounds[stage_id])

    @cache
    def waits(stage_id: int, touched: date, due: str | None) -> bool:
        return idles(DealClocks(touched, touched, kept_day(due), None), bounds[stage_id])

    found = []
    for deal in basis.deals.open:
        entered, touched = day(deal.visit_began_at), day(last_touch_at(deal, basis))
        stage_id, undated = deal.places[-1], is_undated(deal)
        found.append(
            Age(
                deal,
                None if undated else (today - entered).days,
                (today - touched).days,
                deal.snoozed_until is not None and deal.snoozed_until > written,
                not undated and stays(stage_id, entered),
                waits(stage_id, touched, deal.next_due),
            )
        )
    return found


def is_undated(deal: DealHistory) -> bool:
    """Whether nobody knows when the deal entered its stage."""
    return deal.known_by(len(deal.places) - 1) == UNKNOWN


def last_touch_at(deal: DealHistory, basis: Basis) -> int:
    """The last touch, step done or advance, else the creation; in microseconds."""
    last = deal.created_at if deal.last_touch_at is None else deal.last_touch_at
    rank = basis.rules.rank
    for place in range(len(deal.places) - 1, 0, -1):
        at, stage = deal.entered_at[place], deal.places[place]
        if at <= last:
            break
        before = deal.places[place - 1]
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


WEEK_DAYS = 7


class StageTurn(NamedTuple):
    """That a deal left an open stage, and when: on, or back to a stage before."""

    at: int
    deal: DealHistory
    left: int
    is_on: bool


@shared_out(by_event)
def turns(basis: Basis) -> Sequence[StageTurn]:
    """The moves of the last seven days, winning included; a loss is neither on nor back."""
    rank, now = basis.rules.rank, basis.now
    start = basis.calendar.start(basis.today - timedelta(days=WEEK_DAYS - 1))
    return [
        StageTurn(at, deal, before, rank[stage] > rank[before])
        for deal in basis.deals.alive_after(start - 1)
        if deal.entered_at[-1] >= start
        for when, (at, before, stage) in enumerate(
            zip(deal.entered_at[1:], deal.places, deal.places[1:], strict=False), 1
        )
        if start <= at <= now
        and before >= 0
        and stage != before
        and stage in rank
        and deal.known_by(when) != UNKNOWN
    ]


def standing_still(basis: Basis) -> list[DealHistory]:
    """The open deals that are awake and have not left their stage for seven days or more."""
    return [
        age.deal
        for age in basis.once(ages)
        if not age.snoozed and age.days_in_stage is not None and age.days_in_stage >= WEEK_DAYS
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
        return missing(Unit.RATIO, NO_QUALIFIED)
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


# How long deals stay in a stage, and which stage holds the pipeline up.

ONE_DAY = timedelta(days=1)
P80 = Fraction(4, 5)
NO_VISITS = "nobody has left it yet"


@dataclass(frozen=True, slots=True)
class TimeInStage:
    """The stays in a stage that began in the period: of those that are over the median, P80 and
    P90, and with those that go on the Kaplan-Meier median."""

    median: Metric
    p80: Metric
    p90: Metric
    km_median: Metric
    over: int
    running: int


def dwell(basis: Basis, stage: Stage) -> TimeInStage:
    """How long deals stay in a stage; snoozed time is part of a stay."""
    return basis.once(_dwells).get(stage.id) or _dwell(basis, StageVisits())


def _dwells(basis: Basis) -> Mapping[int, TimeInStage]:
    return {stage_id: _dwell(basis, stays) for stage_id, stays in basis.visits.items()}


def _dwell(basis: Basis, stays: StageVisits) -> TimeInStage:
    over: list[int] = []
    running: list[int] = []
    done: list[DealHistory] = []
    for deal, place, _ in stays:
        left = place + 1
        if left == len(deal.places):
            running.append(stay(basis, deal, place))
        elif (
            not deal.vague or deal.known_by(left) != UNKNOWN
        ):  # else nobody knows how long it was there
            over.append(stay(basis, deal, place, left))
            done.append(deal)
    over.sort()
    km_median = kaplan_meier(over, running).median() if stays.deals else None
    return TimeInStage(
        of_durations(median(over) if over else None, done, NO_VISITS),
        of_durations(nearest_rank(over, P80) if over else None, done, NO_VISITS),
        of_durations(nearest_rank(over, P90) if over else None, done, NO_VISITS),
        of_durations(km_median, stays.deals, "not reached" if stays.deals else "no entries"),
        len(over),
        len(running),
    )


def expected_days(basis: Basis) -> Mapping[int, Fraction | int]:
    """How long a deal should stay in each stage: as configured, else the Kaplan-Meier median of
    the stage once enough stays are over; stages without either are left out."""
    expected: dict[int, Fraction | int] = {
        stage.id: stage.expected_days
        for stage in basis.rules.open_stages
        if stage.expected_days is not None
    }
    if len(expected) < len(basis.rules.open_stages):
        expected = {**basis.once(usual_days), **expected}
    return expected


def usual_days(basis: Basis) -> Mapping[int, Fraction | int]:
    """The Kaplan-Meier median of all stays in each stage where enough of them are over."""
    if basis.whole is not None:
        return basis.everybody.once(usual_days)
    known = {
        stage_id: _dwell(basis, stays)
        for stage_id, stays in visits_between(basis.deals.created, 0, basis.now + 1).items()
    }
    return {
        stage_id: dwell.km_median.value
        for stage_id, dwell in known.items()
        if dwell.over >= basis.rules.visits_needed and dwell.km_median.value is not None
    }


@dataclass(frozen=True, slots=True)
class Overstay:
    """What stands too long in a stage: deal-days beyond the expected, and the deals."""

    stage: Stage
    deal_days: Fraction
    deals: Sequence[DealHistory]
    value: MoneySum


def overstay_by_stage(basis: Basis) -> list[Overstay]:
    """The overstay of every open stage, parked deals aside, in the order of the stages."""
    expected = basis.once(expected_days)
    by_stage: dict[int, list[tuple[Fraction, DealHistory]]] = {}
    for age in basis.once(ages):
        allowed = expected.get(age.deal.stage_id)
        if allowed is not None and not age.snoozed and (age.days_in_stage or 0) > allowed:
            beyond = Fraction(age.days_in_stage or 0) - allowed
            by_stage.setdefault(age.deal.stage_id, []).append((beyond, age.deal))
    return [
        Overstay(
            stage,
            sum((beyond for beyond, _ in late), Fraction(0)),
            [deal for _, deal in late],
            basis.tally(deal for _, deal in late),
        )
        for stage in basis.rules.open_stages
        for late in (by_stage.get(stage.id, []),)
    ]


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """The stage with the largest overstay and what drives it."""

    overstay: Overstay
    expected: Fraction | int | None
    km_median: Metric
    hint: str

    @property
    def stage(self) -> Stage:
        return self.overstay.stage


def bottleneck(basis: Basis) -> Bottleneck | None:
    """Where deals stand too long together; the earlier stage on a tie, None when none does."""
    worst = max(basis.once(overstay_by_stage), key=lambda stage: stage.deal_days, default=None)
    if worst is None or not worst.deal_days:
        return None
    stage = worst.stage
    return Bottleneck(
        worst,
        basis.once(expected_days).get(stage.id),
        dwell(basis, stage).km_median,
        _hint(basis, stage),
    )


def _hint(basis: Basis, stage: Stage) -> str:
    """Where to look, by how far along the stage is."""
    place, last = basis.rules.rank[stage.id], len(basis.rules.open_stages) - 1
    if place == 0:
        return "Look at where leads come from, and at the first pitch."
    if 3 * place < 2 * last:
        return "Look at how leads are qualified before they get here."
    return "Look at terms, and at who has to approve."
