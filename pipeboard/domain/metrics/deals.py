"""Deals by the event that counts them, and their stays in stages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from pipeboard.domain.lazy_dataclass import dataclass, field, replace
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.result import Metric, Number, Unit
from pipeboard.domain.metrics.rules import MetricRules

# Sums of money that say what could not be added.

NO_VALUE, NO_RATE, SNOOZED = "no value", "no rate", "snoozed"


@dataclass(frozen=True, slots=True)
class MoneySum:
    """A sum in one currency, the deals in it, how many were left out and the currencies that no
    rate is known for."""

    amount: Number
    deals: Sequence[DealHistory]
    excluded: Mapping[str, int]
    lacking: Sequence[str] = ()

    @property
    def whole(self) -> Number | None:
        """The sum; None when an amount has no rate, since the rest is not the total, and when no
        deal has a value, since that is not 0."""
        return None if self.reason else self.amount

    @property
    def reason(self) -> str | None:
        """Why there is no sum."""
        return self.no_rate or (NO_VALUE if self.excluded and not self.deals else None)

    @property
    def no_rate(self) -> str | None:
        """Which rates are missing, in words."""
        return f"no rate for {', '.join(self.lacking)}" if self.lacking else None

    def metric(self) -> Metric:
        """The sum as a number; `num` is what could be added."""
        return Metric(
            self.whole,
            Unit.MINOR,
            num=self.amount,
            n=len(self.deals),
            reason=self.reason,
            excluded=self.excluded,
            numerator=self.deals,
        )


def by_currency(deals: Iterable[DealHistory]) -> dict[str, int]:
    """What deals are worth together in each currency, in minor units, nothing converted."""
    amounts: dict[str, int] = defaultdict(int)
    for deal in deals:
        if deal.minor is not None and deal.currency is not None:
            amounts[deal.currency] += deal.minor
    return dict(amounts)


@dataclass(slots=True)
class StageVisits:
    """Visits of deals to one stage, in columns since there are hundreds of thousands: whose, at
    which place of the deal's path it began, and whether the deal was there for the first time."""

    deals: list[DealHistory] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    firsts: list[bool] = field(default_factory=list)

    def __iter__(self) -> Iterator[tuple[DealHistory, int, bool]]:
        return zip(self.deals, self.places, self.firsts, strict=True)

    def add(self, deal: DealHistory, place: int, *, first: bool) -> None:
        self.deals.append(deal)
        self.places.append(place)
        self.firsts.append(first)


def visits_between(
    deals: Iterable[DealHistory], start: int, end: int
) -> defaultdict[int, StageVisits]:
    """The stays that began from `start` to before `end`, by open stage."""
    found: defaultdict[int, StageVisits] = defaultdict(StageVisits)
    for deal in deals:
        path = deal.path
        if path[-1][0] < start:
            continue
        entered: list[int] = []
        for place, (at, stage) in enumerate(path):
            if stage < 0:
                continue
            if start <= at < end and (place or deal.is_dated):
                found[stage].add(deal, place, first=stage not in entered)
            entered.append(stage)
    return found


@dataclass(frozen=True, slots=True)
class Deals:
    """The population of numbers, one list for each kind of event.

    Within one group each list may hold other deals: an owner counts for what happened while the
    deal was theirs. `everything` holds merged and invalid deals too, for what left the pipeline;
    `created` holds archived ones, `closed` those of which it is known when, `open` only what stands
    on the board. `qualified` has the instant of the first entry into a qualified stage, or of the
    win.
    """

    everything: Sequence[DealHistory]
    created: list[DealHistory] = field(default_factory=list)
    closed: list[DealHistory] = field(default_factory=list)
    open: list[DealHistory] = field(default_factory=list)
    qualified: list[tuple[int, DealHistory]] = field(default_factory=list)

    def without_open(self, ids: Collection[int]) -> Deals:
        """The same where some deals do not count as open: nobody knows whether they still were."""
        return replace(self, open=[deal for deal in self.open if deal.id not in ids])

    @classmethod
    def of(cls, histories: Sequence[DealHistory], rules: MetricRules) -> Deals:
        """The deals of a whole pipeline."""
        counted = [deal for deal in histories if deal.counts]
        first = ((qualified_at(deal, rules), deal) for deal in counted) if rules.qualifying else ()
        return cls(
            histories,
            counted,
            [deal for deal in counted if deal.closed_at is not None and deal.is_close_dated],
            [deal for deal in counted if deal.closed_at is None and deal.is_open],
            [(at, deal) for at, deal in first if at is not None],
        )


def qualified_at(deal: DealHistory, rules: MetricRules) -> int | None:
    """When a deal first entered a qualified stage or was won; skipping one counts. None also where
    it began qualified and nobody knows when."""
    qualifying = rules.qualifying
    for place, (at, stage) in enumerate(deal.path):
        if stage in qualifying:
            return at if place or deal.is_dated else None
    return None


def is_qualified(deal: DealHistory, rules: MetricRules) -> bool:
    """Whether a deal has ever been in a qualified stage, or was won."""
    qualifying = rules.qualifying
    for _, stage in deal.path:  # noqa: SIM110, twice as fast as any()
        if stage in qualifying:
            return True
    return False
