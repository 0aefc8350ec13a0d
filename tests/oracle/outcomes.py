"""Numbers about what came of deals, one function each, by their names in JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from math import ceil

from tests.oracle.asked import DAY, Asked
from tests.oracle.log import LOST, WON, Told

Answer = Fraction | int | None


def lasted(asked: Asked, deal: Told) -> int:
    end = deal.closed if deal.closed is not None else asked.now
    return between(asked, deal, deal.created, end)


def between(asked: Asked, deal: Told, began: int, ended: int) -> int:
    """Whole local days where one of the two is known by its day only."""
    if began in deal.by_day or ended in deal.by_day:
        return max(0, (asked.day(ended) - asked.day(began)).days) * DAY
    return max(0, ended - began)


def watched(asked: Asked, deal: Told, step: int = 0) -> int:
    """For how long a deal that did not close was seen open, from a step of its path on."""
    archived = [at for at, yes in deal.values.get("archived", ()) if yes and at <= asked.now]
    end = archived[-1] if deal.at("archived", asked.now) else asked.now
    return between(asked, deal, deal.path[step][0], end)


def stays_of(asked: Asked, found: Sequence[tuple[Told, int]]) -> tuple[list[int], list[int]]:
    """How long stays took: those over, and those that go on."""
    over = [(d, s) for d, s in found if s + 1 < len(d.path)]
    running = [watched(asked, d, s) for d, s in found if s + 1 == len(d.path)]
    return [between(asked, d, d.path[s][0], d.path[s + 1][0]) for d, s in over], running


def middle(values: Sequence[int]) -> Fraction | None:
    ordered = sorted(values)
    if not ordered:
        return None
    half = len(ordered) // 2
    if len(ordered) % 2:
        return Fraction(ordered[half])
    return Fraction(ordered[half - 1] + ordered[half], 2)


def kaplan_meier(ended: Sequence[int], running: Sequence[int]) -> int | None:
    left = Fraction(1)
    for time in sorted(set(ended)):
        at_risk = sum(t >= time for t in (*ended, *running))
        left *= 1 - Fraction(sum(t == time for t in ended), at_risk)
        if left <= Fraction(1, 2):
            return time
    return None


def in_days(us: Fraction | int | None) -> Fraction | None:
    return None if us is None else Fraction(us) / DAY


def share(part: int | Fraction, whole: int | Fraction) -> Fraction | None:
    return Fraction(part) / whole if whole else None


def any_loss(asked: Asked) -> bool:
    return any(deal.outcome == LOST for deal in asked.counted)


def win_rate(asked: Asked, closed: Sequence[Told]) -> Answer:
    return share(sum(d.outcome == WON for d in closed), len(closed)) if any_loss(asked) else None


def win_rate_value(asked: Asked) -> Answer:
    won, n_won, _ = asked.total(asked.won)
    lost, n_lost, _ = asked.total(
        d for d in asked.lost if (d.at("value", asked.now) or {}).get("amount_minor") != 0
    )
    if not any_loss(asked) or (asked.won and not n_won) or (asked.lost and not n_lost):
        return None
    return share(won, won + lost)


def win_rate_competitive(asked: Asked) -> Answer:
    unsaid = sum(d.loss == "not said" for d in asked.lost)
    if not any_loss(asked) or (unsaid and unsaid == len(asked.lost)):
        return None
    contested = [d for d in asked.lost if d.loss in ("competitor", "price")]
    return share(len(asked.won), len(asked.won) + len(contested))


def win_rate_pessimistic(asked: Asked) -> Answer:
    spans = sorted(lasted(asked, d) for d in asked.won if d.dated)
    if not spans:
        return None
    longest = spans[max(1, ceil(Fraction(9, 10) * len(spans))) - 1]
    over = asked.ended or asked
    standing = [d for d in over.open if d.id not in {closed.id for closed in asked.closed}]
    stale = [d for d in standing if d.dated and over.now - d.created > longest]
    if not stale and not any_loss(asked):
        return None
    return share(len(asked.won), len(asked.closed) + len(stale))


def p90(asked: Asked) -> Answer:
    spans = sorted(lasted(asked, d) for d in asked.won if d.dated)
    return in_days(spans[max(1, ceil(Fraction(9, 10) * len(spans))) - 1]) if spans else None


def close_median(asked: Asked) -> Answer:
    ended = [lasted(asked, d) for d in asked.created if d.closed is not None]
    running = [watched(asked, d) for d in asked.created if d.closed is None]
    return in_days(kaplan_meier(ended, running))


def first_response(asked: Asked) -> Answer:
    waits, silent = [], []
    for deal in asked.created:
        out = [
            between(asked, deal, deal.created, at)
            for at, what in deal.touches
            if what.endswith(" out")
        ]
        closed = deal.closed
        waited = watched(asked, deal) if closed is None else closed - deal.created
        if out and min(out) <= waited:
            waits.append(max(0, min(out)))
        else:
            silent.append(waited)
    found = kaplan_meier(waits, silent)
    return None if found is None else Fraction(found, 3_600_000_000)


def mean_worth(asked: Asked, deals: Sequence[Told]) -> Answer:
    total, known, _ = asked.total(deals)
    return share(total, known)


def median_worth(asked: Asked) -> Answer:
    values = sorted(w for d in asked.won if (w := asked.worth(d)[0]) is not None)
    if not values:
        return None
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def quotes(asked: Asked) -> int:
    found = 0
    for deal in asked.counted:
        sent = [us for us in deal.quotes if asked.holds(us) and us <= asked.now]
        found += bool(sent) and asked.mine(deal, min(sent))
    return found


def qualified(asked: Asked) -> Answer:
    if not any(stage.qualified for stage in asked.stages):
        return None
    instants = ((asked.qualified_at(d), d) for d in asked.counted)
    return sum(at is not None and asked.holds(at) and asked.mine(d, at) for at, d in instants)


def created_and_won(asked: Asked) -> Answer:
    dated = [deal for deal in asked.won if deal.dated]
    won, known, _ = asked.total(dated)
    inside, _, _ = asked.total(d for d in dated if asked.holds(d.created))
    return share(inside, won) if known else None


def advances(asked: Asked) -> Iterator[tuple[int, Told, bool]]:
    """When which deal went forwards in the period, and whether no gate was overridden."""
    for deal in asked.counted:
        for (_, before), (at, place) in zip(deal.path, deal.path[1:], strict=False):
            forwards = before not in (WON, LOST) and asked.rank(place) > asked.rank(before)
            asked_here = at not in deal.elsewhere
            if forwards and asked_here and asked.holds(at) and asked.mine(deal, at):
                yield at, deal, at not in deal.overridden


def adherence(asked: Asked) -> Answer:
    found = [is_clean for _, _, is_clean in advances(asked)]
    return share(sum(found), len(found))


OUTCOMES: dict[str, Callable[[Asked], Answer]] = {
    "won_count": lambda a: len(a.won),
    "lost_count": lambda a: len(a.lost),
    "created_count": lambda a: len(a.created),
    "qualified_count": qualified,
    "quotes_sent": quotes,
    "won_value": lambda a: a.sum(a.won),
    "lost_value": lambda a: a.sum(a.lost),
    "created_value": lambda a: a.sum(a.created),
    "win_rate": lambda a: win_rate(a, a.closed),
    "win_rate_value": win_rate_value,
    "win_rate_pessimistic": win_rate_pessimistic,
    "win_rate_competitive": win_rate_competitive,
    "win_rate_cohort": lambda a: share(sum(d.outcome == WON for d in a.created), len(a.created)),
    "cycle_days_median": lambda a: in_days(middle([lasted(a, d) for d in a.won if d.dated])),
    "cycle_days_mean": lambda a: in_days(
        share(sum(lasted(a, d) for d in a.won if d.dated), sum(d.dated for d in a.won))
    ),
    "cycle_days_p90": p90,
    "close_days_km_median": close_median,
    "first_response_hours_median": first_response,
    "deal_size_mean": lambda a: mean_worth(a, a.won),
    "deal_size_median": median_worth,
    "created_and_won_share": created_and_won,
    "push_count": lambda a: sum(
        a.holds(us) and a.mine(d, us) for d in a.counted for us in d.pushes
    ),
    "adherence": adherence,
}
STANDING: dict[str, Callable[[Asked], Answer]] = {
    "open_count": lambda a: len(a.open),
    "open_value": lambda a: a.sum(a.open),
    "open_deal_size_mean": lambda a: mean_worth(a, a.open),
}
