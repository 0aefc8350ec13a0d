"""What numbers are counted by: the pipeline, the workspace, targets, rates and windows."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, timedelta
from functools import cache, cached_property
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

from pipeboard.domain.dates import instant, local_date, micros, start_of_day
from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.domain.metrics.history import WON, DealHistory, Places
from pipeboard.domain.money import Money, Rates, exponent
from pipeboard.domain.pipeline import Pipeline, Stage
from pipeboard.domain.settings import Settings
from pipeboard.domain.text import as_own_field, fold

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
        place = (day - self._days[0]).days
        if 0 <= place < len(self._starts):
            return self._starts[place]
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
        return self._with_won(self.pipeline.qualifying)

    @cached_property
    def marketing(self) -> frozenset[int]:
        """The same of the stages that make an MQL of a deal."""
        return self._with_won(self.pipeline.marketing_qualifying)

    def _with_won(self, stages: Iterable[int]) -> frozenset[int]:
        won = self.pipeline.won.id
        return frozenset(WON if stage == won else stage for stage in stages)

    @cached_property
    def qualified_at(self) -> Callable[[Places], int | None]:
        """At which place of those that a deal went through it first was in a qualified stage, or
        won; None where it never was."""
        return self._first_among(self.qualifying)

    @cached_property
    def mql_at(self) -> Callable[[Places], int | None]:
        """The same of the stages that make an MQL of a deal."""
        return self._first_among(self.marketing)

    def _first_among(self, qualifying: frozenset[int]) -> Callable[[Places], int | None]:
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


# Ways to split deals into groups: whose, from where, which product, when.

Group = str | None
"""The name of a group; None is the group of what is unknown: nobody's deals, no source."""
GroupOf = Callable[[DealHistory, int], Group]
Scope = Literal["", "owner", "team"]

MATCHING = "matching"


@dataclass(frozen=True, slots=True)
class Grouping:
    """How deals fall into groups, each into exactly one.

    `event` names the group of something that happened to a deal at an instant (created, entered a
    stage, closed), `standing` that of a deal as it stood open at an instant. `scope` says whose
    targets the groups have, `unknown` what the group None is called; `order` is that of its groups
    where it is not the one of their names.
    """

    name: str
    event: GroupOf
    standing: GroupOf
    scope: Scope = ""
    unknown: str = "none"
    order: tuple[str, ...] = ()

    def called(self, group: Group) -> str:
        """A group in words."""
        return self.unknown if group is None else group

    def sorted(self, groups: Iterable[Group]) -> list[Group]:
        """Groups in their order, what is unknown last."""
        place = {name: number for number, name in enumerate(self.order)}
        return sorted(
            groups, key=lambda group: (group is None, place.get(group or "", -1), group or "")
        )


def by_matching(text: str, ids: Collection[int], owner: Group = None) -> Grouping:
    """The deals that a filter finds, against all others: its one group is `MATCHING`, or the
    `owner` where the filter asks for nothing but that, which has the owner's targets."""
    found, group = frozenset(ids), owner or MATCHING

    def matching(deal: DealHistory, us: int) -> Group:
        return group if deal.id in found else None

    return Grouping(f"filter {text}", matching, matching, "owner" if owner else "", "the others")


def grouping_of(
    name: str, rules: MetricRules, calendar: Calendar, attribute: Callable[[str], Mapping[int, str]]
) -> Grouping:
    """The grouping that a person names: `owner`, `team`, `stage`, `month`, `quarter`, `size`, or
    whatever `attribute` gives a value of for each deal id (`source`, `account`, `field.product`).
    """
    match name:
        case "owner":
            return by_owner(rules)
        case "team":
            return by_team(rules)
        case "stage":
            return by_stage(rules)
        case "month":
            return by_month(calendar)
        case "quarter":
            return by_quarter(calendar, rules.settings.fiscal_shift)
        case "size":
            return by_size(rules, calendar)
        case _:
            return by_attribute(name, attribute(name))


def by_owner(rules: MetricRules) -> Grouping:
    """The owner at the event, or the present one where the rules say so."""
    owner = _owner_of(rules)
    return Grouping("owner", owner, owner, "owner", "nobody")


def by_team(rules: MetricRules) -> Grouping:
    """The team of the owner at the event; the teams are those of the rules."""
    owner = _owner_of(rules)

    def team(deal: DealHistory, us: int) -> Group:
        return rules.teams.get(owner(deal, us) or "") or None

    return Grouping("team", team, team, "team", "no team")


def by_stage(rules: MetricRules) -> Grouping:
    """The stage that a deal was in, or was closed from."""
    names = {stage.id: stage.name for stage in rules.open_stages}

    def stage(deal: DealHistory, us: int) -> Group:
        stage_id = deal.stage_at(us)
        return names.get(stage_id) if stage_id is not None else None

    return Grouping("stage", stage, stage, order=tuple(names.values()))


SIZES = (0, 10_000, 50_000, 250_000)
"""What deals of a size are worth at least, in whole units of the report's currency."""


def by_size(rules: MetricRules, calendar: Calendar) -> Grouping:
    """What a deal was worth at the event, in bands; a win stands at what it brought."""
    unit = 10 ** exponent(rules.currency)
    names = ("under 10k", "10k to 50k", "50k to 250k", "250k and more")

    def size(deal: DealHistory, us: int) -> Group:
        minor, currency = deal.value_at(max(us, deal.created_at))
        if minor is None or currency is None:
            return None
        worth = rules.exchange.convert(minor, currency, rules.currency, calendar.day(us))
        return None if worth is None else names[bisect_right(SIZES, max(worth, 0) / unit) - 1]

    return Grouping("size", size, size, unknown="no value", order=names)


def by_customer(accounts: Mapping[int, str], deals: Iterable[DealHistory]) -> Grouping:
    """Whether the account of a deal had been won before with another deal, in capitals or not, as
    `by_attribute` joins it; names that are only alike are for hygiene to tell."""
    names = {deal_id: fold(name) for deal_id, name in accounts.items()}
    first_win: dict[str, tuple[int, int]] = {}
    for deal in deals:
        account = names.get(deal.id)
        if account and deal.outcome == WON and deal.closed_at is not None:
            won = (deal.closed_at, deal.id)
            first_win[account] = min(won, first_win.get(account, won))

    def customer(deal: DealHistory, us: int) -> Group:
        account = names.get(deal.id)
        if not account:
            return None
        at, first = first_win.get(account, (us, deal.id))
        return "existing" if at < us and first != deal.id else "new"

    return Grouping("customer", customer, customer, unknown="no account")


def by_attribute(name: str, values: Mapping[int, str]) -> Grouping:
    """A source, account or custom field, which a deal has or has not whenever one looks; as most
    deals write it, in capitals or not."""
    times = Counter(values.values())
    most: dict[str, str] = {}
    spelled = {
        one: most.setdefault(fold(one), one) for one in sorted(times, key=lambda one: -times[one])
    }

    def value(deal: DealHistory, us: int) -> Group:
        return spelled.get(values.get(deal.id, "")) or None

    return Grouping(name, value, value, unknown=f"no {as_own_field(name).removeprefix('field.')}")


def by_month(calendar: Calendar) -> Grouping:
    """The local month of an event; open deals stand in the month of their expected close."""
    return _by_time("month", calendar, lambda month: month)


def by_quarter(calendar: Calendar, fiscal_shift: int = 0) -> Grouping:
    """As `by_month`, in quarters of the business year."""

    def quarter(month: str) -> str:
        months = 12 * int(month[:4]) + int(month[5:7]) - 1 - fiscal_shift
        return f"{months // 12:04d}Q{months % 12 // 3 + 1}"

    return _by_time("quarter", calendar, quarter)


def _owner_of(rules: MetricRules) -> GroupOf:
    if rules.owner_now:
        return lambda deal, us: deal.owner or None
    return lambda deal, us: deal.owner_at(us) or None


def _by_time(name: str, calendar: Calendar, named: Callable[[str], str]) -> Grouping:
    labels: dict[str, str] = {}

    def label(month: str) -> str:
        found = labels.get(month)
        if found is None:
            found = labels[month] = named(month)
        return found

    def event(deal: DealHistory, us: int) -> Group:
        unknown = us == deal.created_at and not deal.is_dated
        return None if unknown else label(calendar.month(us))

    def standing(deal: DealHistory, us: int) -> Group:
        close = deal.close_at(us)
        return label(close[:7]) if close else None

    return Grouping(name, event, standing, unknown="no date")
