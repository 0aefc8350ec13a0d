"""Deals by the event that counts them, and their stays in stages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from operator import attrgetter

from pipeboard.domain.dates import FOREVER
from pipeboard.domain.deal import UNKNOWN
from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.domain.metrics.history import WON, DealHistory, Places
from pipeboard.domain.metrics.result import DAY_US, Metric, Number, Unit
from pipeboard.domain.metrics.rules import MetricRules

# Sums of money that say what could not be added.

NO_VALUE, NO_RATE, SNOOZED = "no value", "no rate", "snoozed"
UNDATED = "no created date"
UNCLOSED = "no closing date"

NO_QUALIFIED = "no stage is marked as qualified"
NO_MARKETING = "no stage is marked as marketing_qualified"
NOT_BEGUN = "the period has not begun"


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
    stays_of = cache(_stays)
    for deal in deals:
        if deal.visit_began_at < start:
            continue
        for place, stage, first in stays_of(deal.places):
            if start <= deal.arrived_at[place] < end and (
                not deal.vague or deal.known_by(place) != UNKNOWN
            ):
                found[stage].add(deal, place, first=first)
    return found


def _stays(places: Places) -> list[tuple[int, int, bool]]:
    """At which place which open stage was entered, and whether for the first time."""
    return [
        (place, stage, stage not in places[:place])
        for place, stage in enumerate(places)
        if stage >= 0
    ]


class ByTime:
    """Deals by an instant of theirs, in pieces of time: those of a span are found without a look
    at all the others, which is what takes long where there are very many."""

    __slots__ = ("_instant", "_pieces")

    def __init__(self, deals: Iterable[DealHistory], instant: Callable[[DealHistory], int]) -> None:
        self._instant = instant
        self._pieces: defaultdict[int, list[DealHistory]] = defaultdict(list)
        for deal in deals:
            self._pieces[instant(deal) // PIECE_US].append(deal)

    def between(self, start: int, end: int) -> list[DealHistory]:
        """The deals of an instant from `start` to before `end`, by their numbers."""
        first, last, instant = start // PIECE_US, (end - 1) // PIECE_US, self._instant
        found: list[DealHistory] = []
        for piece, deals in self._pieces.items():
            if first < piece < last:
                found += deals
            elif first <= piece <= last:
                found += [deal for deal in deals if start <= instant(deal) < end]
        return by_number(found)


PIECE_US = 30 * DAY_US


def by_number(deals: list[DealHistory]) -> list[DealHistory]:
    """The same list, by the numbers of the deals."""
    deals.sort(key=attrgetter("id"))
    return deals


@dataclass(frozen=True, eq=False)
class Deals:
    """The population of numbers, one list for each kind of event.

    Within one group each list may hold other deals: an owner counts for what happened while the
    deal was theirs. `everything` holds merged and invalid deals too, for what left the pipeline;
    `created` holds archived ones, `closed` those of which it is known when, `open` only what stands
    on the board. `qualified` has the instant of the first entry into a qualified stage, or of the
    win, `marketing` the same of stages that are marketing-qualified. `uncounted` has those in no
    number: merged away, or lost as invalid.
    """

    everything: Sequence[DealHistory]
    created: list[DealHistory] = field(default_factory=list)
    closed: list[DealHistory] = field(default_factory=list)
    open: list[DealHistory] = field(default_factory=list)
    qualified: list[tuple[int, DealHistory]] = field(default_factory=list)
    marketing: list[tuple[int, DealHistory]] = field(default_factory=list)
    uncounted: list[DealHistory] = field(default_factory=list)

    @classmethod
    def of(cls, histories: Sequence[DealHistory], rules: MetricRules) -> Deals:
        """The deals of a whole pipeline."""
        deals, is_asked = cls(histories), bool(rules.qualifying)
        has_marketing = bool(rules.marketing)
        for deal in histories:
            if not deal.counts:
                deals.uncounted.append(deal)
                continue
            deals.created.append(deal)
            if is_asked and (at := qualified_at(deal, rules)) is not None:
                deals.qualified.append((at, deal))
            if has_marketing and (at := mql_at(deal, rules)) is not None:
                deals.marketing.append((at, deal))
            if deal.closed_at is None:
                if deal.is_open:
                    deals.open.append(deal)
            elif deal.closed_by != UNKNOWN:
                deals.closed.append(deal)
        return deals

    @cached_property
    def by_closing(self) -> ByTime:
        """The closed deals by when they were."""
        return ByTime(self.closed, lambda deal: deal.closed_at or 0)

    @cached_property
    def wins(self) -> ByTime:
        """The deals that are won, by when they were."""
        won = (deal for deal in self.closed if deal.outcome == WON)
        return ByTime(won, lambda deal: deal.closed_at or 0)

    @cached_property
    def dated(self) -> ByTime:
        """The deals of which it is known when they were created, by that."""
        known = (deal for deal in self.created if deal.created_by != UNKNOWN)
        return ByTime(known, attrgetter("created_at"))

    @cached_property
    def rare(self) -> Rare:
        """What few of the created deals have been through."""
        return Rare.among(self.created)

    def alive_after(self, us: int) -> Sequence[DealHistory]:
        """Of a whole pipeline the deals that had not closed for good by an instant, and those
        closed nobody knows when: all that may have changed since, or stood open then."""
        found = self._alive_after.get(us)
        if found is None and (earlier := [at for at in self._alive_after if at < us]):
            found = self._alive_after[us] = [
                deal
                for deal in self._alive_after[max(earlier)]
                if deal.closed_at is None or deal.closed_at > us or deal.closed_by == UNKNOWN
            ]
        elif found is None:
            rare, later = self.rare, self.by_closing.between(us + 1, FOREVER)
            found = by_number([*later, *rare.unclosed, *rare.closed_sometime])
            self._alive_after[us] = found
        return found

    @cached_property
    def _alive_after(self) -> dict[int, list[DealHistory]]:
        return {}


@dataclass(frozen=True, slots=True)
class Rare:
    """Of very many deals those that did not close, those closed nobody knows when, and those that
    have been through what few are: found in one look at all of them."""

    unclosed: list[DealHistory] = field(default_factory=list)
    closed_sometime: list[DealHistory] = field(default_factory=list)
    undated: list[DealHistory] = field(default_factory=list)
    quoted: list[DealHistory] = field(default_factory=list)
    pushed: list[DealHistory] = field(default_factory=list)
    touched_later: list[DealHistory] = field(default_factory=list)
    """In touch after they had closed, of which it is known when that was."""

    @classmethod
    def among(cls, deals: Iterable[DealHistory]) -> Rare:
        found = cls()
        for deal in deals:
            closed_at = deal.closed_at
            if closed_at is None:
                found.unclosed.append(deal)
            elif deal.closed_by == UNKNOWN:
                found.closed_sometime.append(deal)
            elif deal.last_touch_at is not None and deal.last_touch_at > closed_at:
                found.touched_later.append(deal)
            if deal.created_by == UNKNOWN:
                found.undated.append(deal)
            if deal.quoted_at:
                found.quoted.append(deal)
            if deal.pushed_at:
                found.pushed.append(deal)
        return found


def qualified_at(deal: DealHistory, rules: MetricRules) -> int | None:
    """When a deal first entered a qualified stage or was won; skipping one counts. None also where
    nobody knows when: it began so, or that was a win without a date."""
    return _dated(deal, rules.qualified_at(deal.places))


def mql_at(deal: DealHistory, rules: MetricRules) -> int | None:
    """When a deal first entered a marketing-qualified stage, or one behind it; None as there."""
    return _dated(deal, rules.mql_at(deal.places))


def _dated(deal: DealHistory, place: int | None) -> int | None:
    if place is None or deal.known_by(place) == UNKNOWN:
        return None
    return deal.arrived_at[place]


def is_qualified(deal: DealHistory, rules: MetricRules) -> bool:
    """Whether a deal has ever been in a qualified stage, or was won."""
    return rules.qualified_at(deal.places) is not None
