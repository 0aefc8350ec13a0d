"""Ways to split deals into groups: whose, from where, which product, when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipeboard.domain.metrics.calendar import Calendar
from pipeboard.domain.metrics.history import History
from pipeboard.domain.metrics.rules import Rules

GroupOf = Callable[[History, int], str]


@dataclass(frozen=True, slots=True)
class Grouping:
    """How deals fall into groups, each into exactly one; "" is the group of what is unknown.

    `event` names the group of something that happened to a deal at an instant (created, entered a
    stage, closed), `standing` that of a deal as it stood open at an instant.
    """

    name: str
    event: GroupOf
    standing: GroupOf


def grouping_of(
    name: str, rules: Rules, calendar: Calendar, attribute: Callable[[str], Mapping[int, str]]
) -> Grouping:
    """The grouping that a person names: `owner`, `team`, `stage`, `month`, `quarter`, or whatever
    `attribute` gives a value of for each deal id (`source`, `account`, `field.product`)."""
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
        case _:
            return by_attribute(name, attribute(name))


def by_owner(rules: Rules) -> Grouping:
    """The owner at the event (`metrics.md` C0), or the present one where the rules say so."""
    owner = _owner_of(rules)
    return Grouping("owner", owner, owner)


def by_team(rules: Rules) -> Grouping:
    """The team of the owner at the event; the teams are today's."""
    owner = _owner_of(rules)

    def team(deal: History, us: int) -> str:
        return rules.teams.get(owner(deal, us), "")

    return Grouping("team", team, team)


def by_stage(rules: Rules) -> Grouping:
    """The stage that a deal was in, or was closed from."""
    names = {stage.id: stage.name for stage in rules.open_stages}

    def stage(deal: History, us: int) -> str:
        stage_id = deal.stage_at(us)
        return names.get(stage_id, "") if stage_id is not None else ""

    return Grouping("stage", stage, stage)


def by_attribute(name: str, values: Mapping[int, str]) -> Grouping:
    """A source, account or custom field, which a deal has or has not whenever one looks."""

    def value(deal: History, us: int) -> str:
        return values.get(deal.id, "")

    return Grouping(name, value, value)


def by_month(calendar: Calendar) -> Grouping:
    """The local month of an event; open deals stand in the month of their expected close."""
    return _by_time("month", calendar, lambda month: month)


def by_quarter(calendar: Calendar, fiscal_shift: int = 0) -> Grouping:
    """As `by_month`, in quarters of the business year."""

    def quarter(month: str) -> str:
        months = 12 * int(month[:4]) + int(month[5:7]) - 1 - fiscal_shift
        return f"{months // 12:04d}Q{months % 12 // 3 + 1}"

    return _by_time("quarter", calendar, quarter)


def _owner_of(rules: Rules) -> GroupOf:
    if rules.owner_now:
        return lambda deal, us: deal.owner
    return History.owner_at


def _by_time(name: str, calendar: Calendar, named: Callable[[str], str]) -> Grouping:
    labels: dict[str, str] = {}

    def label(month: str) -> str:
        found = labels.get(month)
        if found is None:
            found = labels[month] = named(month)
        return found

    def event(deal: History, us: int) -> str:
        return label(calendar.month(us))

    def standing(deal: History, us: int) -> str:
        close = deal.close_at(us)
        return label(close[:7]) if close else ""

    return Grouping(name, event, standing)
