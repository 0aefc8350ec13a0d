"""Stage-to-stage conversion of cohorts, with what was skipped and what came back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from pipeboard.domain.deal import UNKNOWN
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.metrics.basis import Basis, by_event, shared_out
from pipeboard.domain.metrics.deals import NO_RATE, NO_VALUE
from pipeboard.domain.metrics.history import LOST, WON, DealHistory, Places
from pipeboard.domain.metrics.result import (
    Metric,
    Number,
    left_out,
    proportion,
    ratio,
)
from pipeboard.domain.pipeline import Stage

NO_ENTRIES = "no entries"


@dataclass(frozen=True, slots=True)
class Cohort:
    """The deals that first entered a stage in the period, by what became of them since.

    Advanced: entered a later open stage, or won; else lost; else pending. Stages are counted by
    actual entries, so a deal that skipped a stage is in no cohort of it.
    """

    stage: Stage
    advanced: Sequence[DealHistory]
    lost: Sequence[DealHistory]
    pending: Sequence[DealHistory]

    @property
    def everyone(self) -> Sequence[DealHistory]:
        return [*self.advanced, *self.lost, *self.pending]


def cohort(basis: Basis, stage: Stage) -> Cohort:
    """The cohort of a stage: a deal belongs to it by its first entry, whatever came later."""
    advanced: list[DealHistory] = []
    lost: list[DealHistory] = []
    pending: list[DealHistory] = []
    later = later_stages(basis, stage)
    goes_on = cache(lambda places, since: not later.isdisjoint(places[since:]))
    for deal, place, first in basis.visits.get(stage.id, ()):
        if not first:
            continue
        if deal.outcome == WON or goes_on(deal.places, place + 1):
            advanced.append(deal)
        elif deal.outcome == LOST:
            lost.append(deal)
        else:
            pending.append(deal)
    return Cohort(stage, advanced, lost, pending)


def later_stages(basis: Basis, stage: Stage) -> frozenset[int]:
    """The open stages behind a stage."""
    rank = basis.rules.rank
    return frozenset(s.id for s in basis.rules.open_stages if rank[s.id] > rank[stage.id])


def conversion(group: Cohort) -> Metric:
    """Advanced of all that entered, with the bounds while some are pending."""
    return proportion(group.advanced, group.everyone, NO_ENTRIES, pending=len(group.pending))


def resolved(group: Cohort) -> Metric:
    """Advanced of those that advanced or were lost, the secondary view."""
    return proportion(group.advanced, [*group.advanced, *group.lost], "nothing decided yet")


def conversion_by_value(basis: Basis, group: Cohort) -> Metric:
    """As `conversion`, each deal weighing what it was worth when it entered."""
    went, others = (_Entered.of(basis, deals, group.stage.id) for deals in _parts(group))
    excluded = left_out(
        {
            NO_VALUE: went.without_value + others.without_value,
            NO_RATE: went.without_rate + others.without_rate,
        }
    )
    whole, n = went.amount + others.amount, went.number + others.number
    metric = ratio(went.amount, whole, n=n, empty_reason="no value entered")
    return replace(metric, excluded=excluded)


def _parts(group: Cohort) -> tuple[Sequence[DealHistory], Sequence[DealHistory]]:
    return group.advanced, [*group.lost, *group.pending]


class _Entered(NamedTuple):
    """What deals were worth when they entered a stage, and how many say nothing of it."""

    amount: Number
    number: int
    without_value: int
    without_rate: int

    @classmethod
    def of(cls, basis: Basis, deals: Sequence[DealHistory], stage_id: int) -> _Entered:
        amount: Number = 0
        without_value = without_rate = 0
        base, day = basis.rules.currency, basis.calendar.day
        for deal in deals:
            at = deal.arrived_at[deal.places.index(stage_id)]
            minor, currency = (
                deal.value_at(at) if deal.value_changes else (deal.minor, deal.currency)
            )
            if minor is None or currency is None:
                without_value += 1
                continue
            worth = minor if currency == base else basis.in_currency(minor, currency, day(at))
            if worth is None:
                without_rate += 1
            else:
                amount += worth
        number = len(deals) - without_value - without_rate
        return cls(amount, number, without_value, without_rate)


def regressions(basis: Basis, stage: Stage) -> int:
    """How often a deal came back to a stage from a later one in the period."""
    later = later_stages(basis, stage)
    stays = basis.visits.get(stage.id, ())
    return sum(place > 0 and deal.places[place - 1] in later for deal, place, _ in stays)


class Pass(NamedTuple):
    """When a deal first got beyond an open stage (by its place), and whether it had ever been in
    it."""

    at: int
    deal: DealHistory
    place: int
    is_skip: bool


def skipped(basis: Basis) -> dict[int, Metric]:
    """For each stage, the share of the deals that first got beyond it in the period without ever
    having been in it; a deal that began beyond a stage did not pass it."""
    stages = basis.rules.open_stages
    passed: list[list[DealHistory]] = [[] for _ in stages]
    skipping: list[list[DealHistory]] = [[] for _ in stages]
    for _, deal, place, is_skip in basis.once(passes):
        passed[place].append(deal)
        if is_skip:
            skipping[place].append(deal)
    return {
        stage.id: proportion(skipping[place], passed[place], "no deal passed it")
        for place, stage in enumerate(stages)
    }


@shared_out(by_event)
def passes(basis: Basis) -> Sequence[Pass]:
    """Every stage that a deal first got beyond in the period."""
    start, end, rank = basis.start, basis.end, basis.rules.rank
    passed = cache(lambda places: list(_passed(places, rank)))
    found: list[Pass] = []
    for deal in basis.deals.alive_after(start - 1):
        entered_at = deal.entered_at
        if len(entered_at) > 1 and entered_at[-1] >= start:
            found += [
                Pass(entered_at[when], deal, beyond, is_skip)
                for when, beyond, is_skip in passed(deal.places)
                if start <= entered_at[when] < end
                and (not deal.vague or deal.known_by(when) != UNKNOWN)
            ]
    return found


def _passed(places: Places, rank: Mapping[int, int]) -> Iterator[tuple[int, int, bool]]:
    """With which place of a deal it first got beyond which stage, and whether it had never been
    in it: only where it had got furthest it has."""
    furthest = rank[places[0]]
    for when, stage in enumerate(places[1:], 1):
        place = rank.get(stage, -1)
        if place > furthest:
            for beyond in range(furthest, place):
                yield when, beyond, beyond > furthest
            furthest = place
