"""How long deals stay in a stage, and which stage holds the pipeline up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from pipeboard.domain.metrics.ageing import ages
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.cycle import P90, of_durations
from pipeboard.domain.metrics.deals import StageVisits, visits_between
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.result import Metric, median, nearest_rank
from pipeboard.domain.metrics.survival import kaplan_meier
from pipeboard.domain.metrics.tally import MoneySum
from pipeboard.domain.pipeline import Stage

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
    return _dwell(basis, basis.visits.get(stage.id, StageVisits()))


def _dwell(basis: Basis, stays: StageVisits) -> TimeInStage:
    over: list[int] = []
    running: list[int] = []
    done: list[DealHistory] = []
    for deal, place, _ in stays:
        path = deal.path
        if place + 2 == len(path) and not deal.is_close_dated:
            continue  # nobody knows how long it was there
        if place + 1 < len(path):
            over.append(path[place + 1][0] - path[place][0])
            done.append(deal)
        else:
            running.append(basis.now - path[place][0])
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
