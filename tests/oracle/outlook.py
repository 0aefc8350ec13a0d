"""Numbers about what is to come, one function each, by their names in JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from fractions import Fraction

from pipeboard.domain.counted_days import add_months
from tests.oracle.asked import DAY, Asked, half_up
from tests.oracle.chances import Chances
from tests.oracle.log import WON, Told
from tests.oracle.outcomes import Answer, lasted, mean_worth, share, win_rate

FOREVER = 10**18


def stated(asked: Asked, deal: Told) -> Fraction | None:
    by_hand = deal.at("probability_bp", asked.now)
    bp = asked.table_bp(deal.stage) if by_hand is None else by_hand
    return None if bp is None else Fraction(bp, 10_000)


def expected(
    asked: Asked, deals: Sequence[Told], chance: Callable[[Told], Fraction | None], won: bool = True
) -> Answer:
    """Won plus value x chance; None without a rate, or of nothing but unknown."""
    booked = asked.won if won else []
    total, known, excluded = asked.total(booked)
    _, _, left_out = asked.total(deals)
    if "no rate" in excluded or "no rate" in left_out:
        return None
    counted, unknown = known, bool(excluded or left_out)
    for deal in deals:
        worth, p = asked.worth(deal)[0], chance(deal)
        if worth is None or p is None:
            unknown = True
            continue
        total, counted = total + worth * p, counted + 1
    return None if unknown and not counted else half_up(total)


def weighted(asked: Asked) -> Answer:
    undated = any(deal.at("expected_close", asked.now) is None for deal in asked.open)
    found = expected(asked, asked.closing, lambda deal: stated(asked, deal))
    counted = asked.total([*asked.won, *asked.closing])[1]
    return None if undated and not counted else found


def chances(asked: Asked) -> Chances:
    return Chances(asked, asked.now, asked.end - asked.now)


def measured(asked: Asked) -> Answer:
    known = chances(asked)
    return expected(asked, asked.open, known.of)


def rose_tint(asked: Asked) -> Answer:
    said, came = weighted(asked), measured(asked)
    return None if said is None or came is None else said - came


def cautious(asked: Asked) -> Answer:
    everybody = Asked(**{**vars(asked), "event": lambda d, us: 0, "group": 0})
    lately = everybody.closed_between(asked.now - 365 * DAY + 1, asked.now + 1)
    spans = sorted(lasted(asked, d) for d in lately if d.outcome == WON and d.dated)
    if not spans:
        return None
    longest = spans[-(-9 * len(spans) // 10) - 1]
    fresh = [d for d in asked.open if not d.dated or asked.now - d.created <= longest]
    return expected(asked, fresh, chances(asked).of)


def win_chance(asked: Asked) -> Answer:
    known = chances(asked)
    found = [p for deal in asked.open if (p := known.of(deal)) is not None]
    return share(sum(found, Fraction(0)), len(found))


def category(asked: Asked, deal: Told) -> str:
    own = deal.at("category", asked.now)
    return str(own or next(s.category for s in asked.stages if s.id == deal.stage))


def in_categories(*names: str) -> Callable[[Asked], Answer]:
    def found(asked: Asked) -> Answer:
        due = [d for d in asked.closing if category(asked, d) in names]
        undated = any(
            deal.at("expected_close", asked.now) is None and category(asked, deal) in names
            for deal in asked.open
        )
        counted = asked.total([*asked.won, *due])[1]
        return None if undated and not counted else asked.sum([*asked.won, *due])

    return found


def overdue(asked: Asked) -> Answer:
    today = asked.today.isoformat()
    return asked.sum(d for d in asked.open if (d.at("expected_close", asked.now) or "9") < today)


def velocity(asked: Asked) -> Answer:
    if not any(stage.qualified for stage in asked.stages):
        return None
    closed = asked.closed_between(asked.now - 180 * DAY + 1, asked.now + 1)
    won = [d for d in closed if d.outcome == WON]
    first = min(asked.rank(s.id) for s in asked.stages if s.qualified)
    live = [
        d
        for d in asked.open
        if any(asked.rank(place) >= first for _, place in d.path)
        and (asked.snoozed_until(d) or "") <= asked.today.isoformat()
    ]
    rate, size = win_rate(asked, closed), mean_worth(asked, won)
    cycle = share(sum(lasted(asked, d) for d in won), len(won) * DAY)
    if rate is None or size is None or not cycle:
        return None
    return len(live) * rate * size / cycle


def run_rate(asked: Asked) -> Answer:
    closed = asked.closed_between(asked.now - 90 * DAY + 1, asked.now + 1)
    total = asked.sum(d for d in closed if d.outcome == WON)
    return None if total is None else total / 90


def slip_rate(asked: Asked) -> Answer:
    before = asked.start - 1
    if before >= asked.now:
        return None
    due = [
        d
        for d in asked.counted
        if d.is_open(before)
        and asked.due(d.at("expected_close", before))
        and asked.stands(d, before)
    ]
    return share(sum(slipped(asked, d) for d in due), len(due))


def slipped(asked: Asked, deal: Told) -> bool:
    if deal.closed is not None and asked.holds(deal.closed):
        return False
    if asked.now >= asked.end or not deal.is_open(asked.now):
        return True
    close = deal.at("expected_close", asked.now)
    return not asked.due(close) or close < asked.today.isoformat()


def growth(asked: Asked, instants: Sequence[int]) -> Answer:
    if asked.start > asked.now:
        return None
    month = min(asked.today, asked.after - timedelta(days=1)).replace(day=1)
    after, before = add_months(month, 1), add_months(month, -1)
    until = month
    if asked.today < after:
        until = add_months(asked.today, -1) + timedelta(days=1)
    now = between(asked, instants, month, after)
    then = between(asked, instants, before, until)
    return share(now - then, then)


def between(asked: Asked, instants: Sequence[int], first: date, after: date) -> int:
    return sum(asked.us(first) <= at < asked.us(after) for at in instants)


def lead_velocity(asked: Asked) -> Answer:
    if not any(stage.qualified for stage in asked.stages):
        return None
    entered = [(asked.qualified_at(d), d) for d in asked.counted]
    return growth(asked, [at for at, d in entered if at is not None and asked.mine(d, at)])


def lead_growth(asked: Asked) -> Answer:
    new = [d.created for d in asked.counted if d.dated and asked.mine(d, d.created)]
    return growth(asked, new)


def target(asked: Asked) -> Answer:
    """Of the very period and group only: what the walks set."""
    label = f"{asked.first.year}Q{(asked.first.month + 2) // 3}"
    whole = add_months(asked.first, 3) == asked.after
    if not whole or asked.scope == "part" or asked.group is None:
        return None
    reps = {"": [""], "owner": [asked.group]}.get(
        asked.scope, [rep for rep, team in asked.teams.items() if team == asked.group]
    )
    found = [minor for period, who, minor in asked.targets if period == label and who in reps]
    return sum(found) if found else None


def coverage(asked: Asked) -> Answer:
    wanted, won = target(asked), asked.sum(asked.won)
    pipe = asked.sum(workable(asked))
    if wanted is None or won is None or pipe is None or wanted <= won:
        return None
    return pipe / (wanted - won)


def workable(asked: Asked) -> list[Told]:
    after = asked.after.isoformat()
    return [d for d in asked.closing if (asked.snoozed_until(d) or "") < after]


def coverage_gross(asked: Asked) -> Answer:
    wanted, whole = target(asked), asked.sum(asked.open)
    return None if not wanted or whole is None else whole / wanted


def attainment(asked: Asked) -> Answer:
    wanted, won = target(asked), asked.sum(asked.won)
    return None if not wanted or won is None else won / wanted


OUTLOOK: dict[str, Callable[[Asked], Answer]] = {
    "slip_rate": slip_rate,
    "lead_velocity_rate": lead_velocity,
    "lead_growth": lead_growth,
    "target": target,
    "attainment": attainment,
}
STANDING: dict[str, Callable[[Asked], Answer]] = {
    "forecast_weighted": weighted,
    "forecast_measured": measured,
    "rose_tint": rose_tint,
    "forecast_cautious": cautious,
    "win_chance": win_chance,
    "forecast_commit": in_categories("commit"),
    "forecast_best": in_categories("commit", "best"),
    "forecast_pipeline": in_categories("commit", "best", "pipeline"),
    "forecast_overdue": overdue,
    "velocity_per_day": velocity,
    "run_rate_per_day": run_rate,
    "coverage": coverage,
    "coverage_gross": coverage_gross,
}
