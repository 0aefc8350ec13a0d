"""What numbers are taken over: deals as of an instant, in a period, whole or of one group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar

from pipeboard.domain.dates import instant, local_date, micros
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.metrics.deals import (
    NO_RATE,
    NO_VALUE,
    Deals,
    MoneySum,
    StageVisits,
    visits_between,
)
from pipeboard.domain.metrics.history import LOST, WON, DealHistory
from pipeboard.domain.metrics.result import DAY_US, Number, left_out
from pipeboard.domain.metrics.rules import Calendar, Group, Grouping, MetricRules
from pipeboard.domain.periods import Period

T = TypeVar("T")
Happening = tuple[int, DealHistory, *tuple[object, ...]]
"""When something happened to which deal, and what else is told of it."""
H = TypeVar("H", bound=Happening)
Happened = Sequence[tuple[int, DealHistory]]


@dataclass(frozen=True, eq=False)
class Basis:
    """What every number is a pure function of: deals, rules, an instant, a period.

    `supported` has the open deals in commit that have the evidence for it (timeline, budget, who
    decides), `well_known` the deals with two contacts or more. `ended` is the same as of the end of
    the period, where that is over: what stood open then. `group` names a group where the deals are
    one group of `whole`.
    """

    rules: MetricRules
    as_of: datetime
    period: Period
    deals: Deals
    calendar: Calendar
    supported: frozenset[int] = frozenset()
    well_known: frozenset[int] = frozenset()
    ended: Basis | None = None
    whole: Basis | None = None
    grouping: Grouping | None = None
    group: Group = None

    @classmethod
    def over(
        cls,
        histories: Sequence[DealHistory],
        rules: MetricRules,
        as_of: datetime,
        period: Period,
    ) -> Basis:
        """All deals of a pipeline; `histories` are folded from the facts up to `as_of`."""
        first = min([deal.created_at for deal in histories], default=micros(as_of))
        days = (local_date(at, rules.zone) for at in (instant(first), as_of))
        calendar = Calendar(rules.zone, *days)
        return cls(rules, as_of, period, Deals.of(histories, rules), calendar)

    def during(self, period: Period, ended: Basis | None = None) -> Basis:
        """All deals in another period, with those as of its end where it is over; one for all who
        ask, so that what groups share is found once."""
        key = (period, id(ended))
        if key not in self._other_periods:
            whole = self.whole.during(period) if self.whole else None
            other = replace(self, period=period, whole=whole, ended=ended)
            self._other_periods[key] = other
        return self._other_periods[key]

    @cached_property
    def _other_periods(self) -> dict[tuple[Period, int], Basis]:
        return {}

    @property
    def stock(self) -> Basis:
        """What stands open is asked of: this, or where the period is over, the same at its end."""
        return self.ended or self

    @property
    def everybody(self) -> Basis:
        """The deals of the whole pipeline, whatever group this is."""
        return self if self.whole is None else self.whole.everybody

    def once(self, function: Callable[[Basis], T]) -> T:
        """What a function gives for this basis, found the first time that somebody asks."""
        if function not in self._found:
            self._found[function] = function(self)
        found: T = self._found[function]
        return found

    @cached_property
    def _found(self) -> dict[object, Any]:
        return {}

    @cached_property
    def now(self) -> int:
        """The instant in microseconds."""
        return micros(self.as_of)

    @cached_property
    def today(self) -> date:
        """The local date of the instant: what due and close dates are compared with."""
        return local_date(self.as_of, self.rules.zone)

    @cached_property
    def start(self) -> int:
        return self.calendar.start(self.period.start)

    @cached_property
    def end(self) -> int:
        return self.calendar.start(self.period.end)

    def holds(self, us: int) -> bool:
        """Whether an instant lies in the period."""
        return self.start <= us < self.end

    @cached_property
    def days(self) -> tuple[str, str]:
        """The first day of the period and the first after it, as text that dates compare with."""
        return self.period.start.isoformat(), self.period.end.isoformat()

    def holds_day(self, day: str | None) -> bool:
        """Whether a day lies in the period."""
        first, after = self.days
        return day is not None and first <= day < after

    @cached_property
    def created(self) -> list[DealHistory]:
        """The deals created in the period."""
        return self.deals.dated.between(self.start, self.end)

    @cached_property
    def merged(self) -> list[DealHistory]:
        """The deals closed in the period that a merge took out of every number."""
        return [deal for deal in self.left if deal.merged_at is not None]

    @cached_property
    def invalid(self) -> list[DealHistory]:
        """The deals lost as invalid in the period: tests and duplicates, in no number."""
        return [deal for deal in self.left if deal.merged_at is None]

    @property
    def left(self) -> Sequence[DealHistory]:
        """The deals closed in the period that are in no number."""
        return [deal for _, deal in self.once(put_aside)]

    @cached_property
    def closed(self) -> list[DealHistory]:
        """The deals whose present outcome was reached in the period."""
        return self.deals.by_closing.between(self.start, self.end)

    @cached_property
    def won(self) -> list[DealHistory]:
        return [deal for deal in self.closed if deal.outcome == WON]

    @cached_property
    def lost(self) -> list[DealHistory]:
        return [deal for deal in self.closed if deal.outcome == LOST]

    def closed_within(self, days: int) -> list[DealHistory]:
        """The deals closed in the last days up to the instant."""
        return self.deals.by_closing.between(self.now - days * DAY_US + 1, self.now + 1)

    @cached_property
    def closing(self) -> list[DealHistory]:
        """The open deals that are expected to close in the period."""
        return [deal for deal in self.deals.open if self.holds_day(deal.close)]

    def worth(self, deal: DealHistory) -> Number | None:
        """What a deal is worth in the report's currency, None without a value or a rate.

        An open deal is converted at the latest rate, a closed one at that of the day it closed.
        """
        minor, currency = deal.minor, deal.currency
        if minor is None or currency is None or currency == self.rules.currency:
            return minor
        day = self.today if deal.closed_at is None else self.calendar.day(deal.closed_at)
        return self.in_currency(minor, currency, day)

    def in_currency(self, minor: int, currency: str, day: date) -> Number | None:
        """An amount in the report's currency at a day's rate; None when there is no rate."""
        if currency == self.rules.currency:
            return minor
        return self.rules.exchange.convert(minor, currency, self.rules.currency, day)

    def tally(self, deals: Iterable[DealHistory]) -> MoneySum:
        """What deals are worth together; those without a value are counted and left out."""
        deals = deals if isinstance(deals, list) else list(deals)
        base, worth = self.rules.currency, self.worth
        values = [deal.minor or 0 for deal in deals if deal.currency == base]
        if len(values) == len(deals):  # nearly always, and much quicker
            return MoneySum(sum(values), deals, {})
        amount: Number = 0
        counted: list[DealHistory] = []
        without_value = 0
        lacking: list[str] = []
        for deal in deals:
            found = deal.minor if deal.currency == base else worth(deal)
            if found is not None:
                amount += found
                counted.append(deal)
            elif deal.minor is None:
                without_value += 1
            else:
                lacking.append(deal.currency or "")
        excluded = left_out({NO_VALUE: without_value, NO_RATE: len(lacking)})
        return MoneySum(amount, counted, excluded, sorted(set(lacking)))

    @cached_property
    def stage_chances(self) -> dict[int, int | None]:
        """The stages' own probabilities as of the instant, in basis points."""
        stages = self.rules.open_stages
        return {stage.id: self.rules.chance_at(stage.id, self.now) for stage in stages}

    @cached_property
    def visits(self) -> Mapping[int, StageVisits]:
        """The stays in each open stage that began in the period, by stage."""
        if self.whole is not None and self.grouping is not None:
            return self.whole.grouped_visits(self.grouping)[self.group]
        return visits_between(self.deals.alive_after(self.start - 1), self.start, self.end)

    def grouped_visits(self, grouping: Grouping) -> Mapping[Group, Mapping[int, StageVisits]]:
        """The stays of every group, found once for all of them."""
        groups = self._grouped_visits.get(grouping.name)
        if groups is None:
            groups = defaultdict(lambda: defaultdict(StageVisits))
            for stage_id, stays in self.visits.items():
                for deal, place, first in stays:
                    group = grouping.event(deal, deal.arrived_at[place])
                    groups[group][stage_id].add(deal, place, first=first)
            self._grouped_visits[grouping.name] = groups
        return groups

    @cached_property
    def _grouped_visits(self) -> dict[str, defaultdict[Group, defaultdict[int, StageVisits]]]:
        return {}

    def split(self, grouping: Grouping) -> dict[Group, Basis]:
        """The groups of these deals in order, what is unknown last; every event and every open deal
        is in exactly one."""
        found = self._split(grouping)
        if self.ended is None:
            names = grouping.sorted(found)
            return {name: self._part(grouping, name, found[name]) for name in names}
        ended = self.ended.split(grouping)
        return {
            name: self._part(grouping, name, found[name], ended.get(name))
            for name in grouping.sorted({*found, *ended})
        }

    def _split(self, grouping: Grouping) -> defaultdict[Group, Deals]:
        parts: defaultdict[Group, Deals] = defaultdict(lambda: Deals(self.deals.everything))
        event, standing = grouping.event, grouping.standing
        for deal in self.deals.created:
            parts[event(deal, deal.created_at)].created.append(deal)
        for deal in self.deals.closed:
            parts[event(deal, deal.visit_began_at)].closed.append(deal)
        for deal in self.deals.open:
            parts[standing(deal, self.now)].open.append(deal)
        for at, deal in self.deals.qualified:
            parts[event(deal, at)].qualified.append((at, deal))
        for at, deal in self.deals.marketing:
            parts[event(deal, at)].marketing.append((at, deal))
        return parts

    def only(self, grouping: Grouping, group: Group) -> Basis:
        """One group of these deals, empty when nothing belongs to it."""
        return self.split(grouping).get(group) or self.nothing_of(grouping, group)

    def nothing_of(self, grouping: Grouping, group: Group) -> Basis:
        """A group that no deal belongs to."""
        return self._part(grouping, group, Deals(self.deals.everything))

    def _part(
        self, grouping: Grouping, group: Group, deals: Deals, ended: Basis | None = None
    ) -> Basis:
        if self.ended is not None and ended is None:
            ended = self.ended.nothing_of(grouping, group)
        return replace(self, deals=deals, ended=ended, whole=self, grouping=grouping, group=group)

    @property
    def population(self) -> Sequence[DealHistory]:
        """Every deal that counts, whatever group this is: for what is attributed event by event."""
        return self.whole.population if self.whole is not None else self.deals.created

    def happened_in_group(self, deal: DealHistory, us: int) -> bool:
        """Whether something that happened to a deal at an instant belongs to this group."""
        if self.whole is None or self.grouping is None:
            return True
        mine = self.grouping.event(deal, us) == self.group
        return mine and self.whole.happened_in_group(deal, us)

    def share_of(
        self, find: Callable[[Basis], Sequence[T]], group_of: Callable[[Grouping, T], Group]
    ) -> Sequence[T]:
        """Of what is found in `whole`, the part of this group: shared out once for all groups."""
        if self.whole is None or self.grouping is None:
            return self.once(find)
        key = (find, self.grouping.name)
        shares = self.whole._found.get(key)
        if shares is None:
            shares = self.whole._found[key] = defaultdict(list)
            for one in self.whole.once(find):
                shares[group_of(self.grouping, one)].append(one)
        found: Sequence[T] = shares[self.group]
        return found

    def stood_in_group(self, deal: DealHistory, us: int) -> bool:
        """Whether an open deal belonged to this group, and those around it, at an instant."""
        if self.whole is None or self.grouping is None:
            return True
        mine = self.grouping.standing(deal, us) == self.group
        return mine and self.whole.stood_in_group(deal, us)


def touched(basis: Basis, first: int, after: int) -> Iterator[tuple[int, str, DealHistory]]:
    """When who was in touch with which deal of the whole pipeline, from an instant on to before
    another."""
    deals = basis.everybody.deals
    closed_before = [d for d in deals.rare.touched_later if (d.closed_at or 0) < first]
    for deal in (*deals.alive_after(first - 1), *closed_before):
        if deal.last_touch_at is not None and deal.last_touch_at >= first:
            for at, kind in zip(deal.touched_at, deal.touch_kinds, strict=True):
                if first <= at < after:
                    yield at, kind, deal


Find = Callable[[Basis], Sequence[T]]


def shared_out(group_of: Callable[[Grouping, T], Group]) -> Callable[[Find[T]], Find[T]]:
    """Marks what is found for the whole, of which each group has the part that `group_of` says."""

    def marked(find: Find[T]) -> Find[T]:
        def found(basis: Basis) -> Sequence[T]:
            return find(basis) if basis.whole is None else basis.share_of(found, group_of)

        return found

    return marked


def by_event(grouping: Grouping, happened: H) -> Group:
    """The group of what happened to a deal at an instant, whatever else is told of it."""
    us, deal, *_ = happened
    return grouping.event(deal, us)


def by_standing(grouping: Grouping, stood: tuple[int, DealHistory]) -> Group:
    """The group of a deal as it stood open at an instant."""
    us, deal = stood
    return grouping.standing(deal, us)


def in_order(groups: Iterable[Group]) -> list[Group]:
    """Groups by name, what is unknown last."""
    return sorted(groups, key=lambda group: (group is None, group or ""))


@shared_out(by_event)
def put_aside(basis: Basis) -> Happened:
    """When in the period which deal was closed that is in no number."""
    return [
        (deal.closed_at, deal)
        for deal in basis.deals.uncounted
        if deal.closed_at is not None and basis.holds(deal.closed_at)
    ]
