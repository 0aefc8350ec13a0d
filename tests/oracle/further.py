"""Numbers of both kinds that rest on others, one function each, by their names in JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from pipeboard.domain.counted_days import add_months
from tests.oracle.asked import DAY, Asked
from tests.oracle.log import WON, Told
from tests.oracle.outcomes import (
    Answer,
    in_days,
    lasted,
    mean_worth,
    middle,
    share,
    win_rate,
    win_rate_value,
)
from tests.oracle.outlook import between, coverage, target
from tests.oracle.parts import needed

WEEK = 7 * DAY


def months_long(asked: Asked) -> int:
    """How many months the period has; 0 for all of time."""
    if asked.first.year < 1980:
        return 0
    return next(n for n in (1, 3) if add_months(asked.first, n) == asked.after)


def periods_before(asked: Asked) -> list[tuple[date, date]]:
    """Up to four that are over, none from before the first deal."""
    length, found = months_long(asked), list[tuple[date, date]]()
    begun = min((d.created for d in asked.counted), default=asked.now)
    first = asked.first
    while length and len(found) < 4:
        first, after = add_months(first, -length), first
        if asked.us(first) < begun:
            break
        if asked.us(after) <= asked.now:
            found.append((first, after))
    return found


def value_kept(asked: Asked) -> Answer:
    final = first = Fraction(0)
    for deal in asked.won:
        worth, stated = asked.worth(deal)[0], [v for _, v in deal.values.get("value", ()) if v]
        if worth is None or not stated or deal.closed is None:
            continue
        before = asked.converted(stated[0], asked.day(deal.closed))
        if before is not None:
            final, first = final + worth, first + before
    return share(final, first)


def parked(asked: Asked, deal: Told) -> int:
    """For how long a deal was snoozed until it closed."""
    changes = [(at, day) for at, day in deal.values.get("snoozed_until", ()) if at <= asked.now]
    last = asked.now if deal.closed is None else deal.closed
    total = 0
    for place, (at, day) in enumerate(changes):
        ends = [last, *(since for since, _ in changes[place + 1 : place + 2])]
        if day is not None:
            total += max(0, min(*ends, asked.us(date.fromisoformat(day))) - at)
    return total


def active_cycle(asked: Asked) -> Answer:
    won = [deal for deal in asked.won if deal.dated]
    return in_days(middle([max(0, lasted(asked, d) - parked(asked, d)) for d in won]))


def cycle_once_qualified(asked: Asked) -> Answer:
    known = ((asked.qualified_at(deal), deal.closed) for deal in asked.won)
    return in_days(middle([max(0, end - at) for at, end in known if at is not None and end]))


def of_marketing(asked: Asked) -> Answer:
    bars = [asked.rank(stage.id) for stage in asked.stages if stage.qualified]
    told = ((asked.marketing_at(deal), deal) for deal in asked.counted)
    leads = [d for at, d in told if at is not None and asked.holds(at) and asked.mine(d, at)]
    became = [d for d in leads if any(asked.rank(place) >= min(bars) for _, place in d.path)]
    return share(len(became), len(leads))


def marketing_took(asked: Asked) -> Answer:
    told = ((asked.marketing_at(d), asked.qualified_at(d), d) for d in asked.counted)
    spans = [
        then - first
        for first, then, deal in told
        if first is not None and then is not None and asked.holds(then) and asked.mine(deal, then)
    ]
    return in_days(middle(spans))


def lead_velocity_average(asked: Asked) -> Answer:
    if not any(stage.qualified for stage in asked.stages) or asked.start > asked.now:
        return None
    entered = [(asked.qualified_at(d), d) for d in asked.counted]
    leads = [at for at, d in entered if at is not None and asked.mine(d, at)]
    last = min(asked.today, asked.after - timedelta(days=1)).replace(day=1)
    now = then = 0
    for month in (add_months(last, -back) for back in range(3)):
        until = month
        if asked.today < add_months(month, 1):
            until = add_months(asked.today, -1) + timedelta(days=1)
        now += between(asked, leads, month, add_months(month, 1))
        then += between(asked, leads, add_months(month, -1), until)
    return share(now - then, then)


def coverage_next(asked: Asked) -> Answer:
    length = months_long(asked)
    if not length:
        return None
    return coverage(replace(asked, first=asked.after, after=add_months(asked.after, length)))


def needed_coverage(asked: Asked) -> Answer:
    periods = periods_before(asked)
    found = needed(asked, periods)
    return share(found["pipe_exact"], found["won_exact"]) or None


def by_win_rate(asked: Asked) -> Answer:
    rate = win_rate_value(asked)
    return 1 / Fraction(rate) if rate else None


def pace(asked: Asked) -> Answer:
    if not months_long(asked):
        return None
    whole = asked.end - asked.start
    return Fraction(min(max(asked.now - asked.start, 0), whole), whole)


def leads_needed(asked: Asked) -> Answer:
    wanted, won = target(asked), asked.sum(asked.won)
    if wanted is None or won is None or wanted <= won or asked.now >= asked.end - 1:
        return None
    closed = asked.closed_between(asked.now - 180 * DAY + 1, asked.now + 1)
    rate = win_rate(asked, closed)
    size = mean_worth(asked, [d for d in closed if d.outcome == WON])
    if not rate or not size:
        return None
    return ceil((wanted - won) / (Fraction(rate) * size) * WEEK / (asked.end - asked.now))


def own_call(asked: Asked) -> Answer:
    """Of the very period and group only."""
    label = f"{asked.first.year}Q{(asked.first.month + 2) // 3}"
    if months_long(asked) == 1:
        label = f"{asked.first:%Y-%m}"
    called = {who: minor for (period, who), minor in asked.calls.items() if period == label}
    found = [called[rep] for rep in callers(asked) if rep in called]
    return sum(found) if found else None


def callers(asked: Asked) -> Sequence[str]:
    """The reps whose calls are those of a group."""
    if asked.group is None or asked.scope == "part":
        return []
    reps: dict[str, Sequence[str]] = {
        "": list({who for _, who in asked.calls_told}),
        "owner": [asked.group],
        "team": [rep for rep, team in asked.teams.items() if team == asked.group],
    }
    return reps[asked.scope]


def single_contact(asked: Asked) -> Answer:
    bars = [asked.rank(stage.id) for stage in asked.stages if stage.qualified]
    alone = past = 0
    for deal in asked.open:
        if bars and any(asked.rank(place) >= min(bars) for _, place in deal.path):
            names = [name for name in deal.values if name.startswith("contacts.")]
            past += 1
            alone += sum(deal.at(name, asked.now) is not None for name in names) < 2
    return share(alone, past)


FURTHER: dict[str, Callable[[Asked], Answer]] = {
    "value_kept": value_kept,
    "cycle_days_active_median": active_cycle,
    "cycle_days_qualified_median": cycle_once_qualified,
    "mql_conversion": of_marketing,
    "mql_to_sql_days_median": marketing_took,
    "lead_velocity_average": lead_velocity_average,
    "pace": pace,
    "coverage_required_by_win_rate": by_win_rate,
}
STANDING: dict[str, Callable[[Asked], Answer]] = {
    "coverage_next": coverage_next,
    "single_contact": single_contact,
    "coverage_required": needed_coverage,
    "leads_needed": leads_needed,
    "forecast_call": own_call,
}
