"""The other parts of the JSON: stages, months, weeks, leads, losses, calibration, past periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from pipeboard.domain.counted_days import add_months
from tests.oracle.asked import DAY, Asked, half_up
from tests.oracle.chances import Chances
from tests.oracle.log import LOST, WON, Told
from tests.oracle.outcomes import in_days, kaplan_meier, lasted, middle, share, stays_of
from tests.oracle.outlook import expected, stated

Part = dict[str, Any]


def near(value: Fraction | int | None) -> float | None:
    return None if value is None else float(value)


def entries(asked: Asked, stage: int) -> list[tuple[Told, int]]:
    """The stays in a stage that began in the period, by the place on the deal's way."""
    return [
        (deal, step)
        for deal in asked.counted
        for step, (at, place) in enumerate(deal.path)
        if place == stage and asked.holds(at) and (step or deal.dated) and asked.mine(deal, at)
    ]


def stage(asked: Asked, stock: Asked, one: Any) -> Part:
    """What JSON says of a stage."""
    stays = entries(asked, one.id)
    first = [(d, s) for d, s in stays if all(place != one.id for _, place in d.path[:s])]
    went = [(d, s) for d, s in first if d.outcome == WON or beyond(asked, d, s, one.id)]
    lost = [d for d, s in first if (d, s) not in went and d.outcome == LOST]
    over, running = stays_of(asked, stays)
    here = [d for d in stock.open if d.stage == one.id]
    back = [
        1 for d, s in stays if s and d.path[s - 1][1] not in (WON, LOST)
        and asked.rank(d.path[s - 1][1]) > asked.rank(one.id)
    ]  # fmt: skip
    return {
        "stage": one.name,
        "entered": len(first),
        "open_count": len(here),
        "open_value": rounded(stock.sum(here)),
        "weighted_value": expected(stock, here, lambda d: stated(stock, d), won=False),
        "conversion": near(share(len(went), len(first))),
        "resolved": near(share(len(went), len(went) + len(lost))),
        "dwell_median_days": near(in_days(middle(over))),
        "dwell_km_median_days": near(in_days(kaplan_meier(over, running) if stays else None)),
        "regressions": len(back),
    }


def beyond(asked: Asked, deal: Told, step: int, stage_id: int) -> bool:
    later = (place for _, place in deal.path[step + 1 :] if place not in (WON, LOST))
    return any(asked.rank(place) > asked.rank(stage_id) for place in later)


def rounded(value: Fraction | None) -> int | None:
    return None if value is None else half_up(value)


def month(stock: Asked, label: str) -> Part:
    """The open deals due in a month to come."""
    after = add_months(date.fromisoformat(f"{label}-01"), 1)
    today = stock.today.isoformat()
    deals = []
    for deal in stock.open:
        close = deal.at("expected_close", stock.now) or ""
        if close[:7] == label and close >= today:
            deals.append(deal)
    known = Chances(stock, stock.now, stock.us(after) - stock.now)
    return {
        "month": label,
        "open_count": len(deals),
        "open_value": rounded(stock.sum(deals)),
        "weighted_value": expected(stock, deals, lambda d: stated(stock, d), won=False),
        "measured_value": expected(stock, deals, known.of, won=False),
    }


def week(asked: Asked, start: date) -> Part:
    first, after = asked.us(start), asked.us(start + timedelta(weeks=1))
    won = [d for d in asked.closed_between(first, after) if d.outcome == WON]
    new = [
        d
        for d in asked.counted
        if d.dated and first <= d.created < after and asked.mine(d, d.created)
    ]
    return {
        "week": start.isoformat(),
        "won_value": rounded(asked.sum(won)),
        "won_count": len(won),
        "created_count": len(new),
        "created_value": rounded(asked.sum(new)),
    }


def losses(asked: Asked) -> dict[str, tuple[int, int | None]]:
    """How many deals were lost for each reason, and what they were worth."""
    names = {deal.loss for deal in asked.lost}
    found = {name: [d for d in asked.lost if d.loss == name] for name in names}
    return {str(name): (len(d), rounded(asked.sum(d))) for name, d in found.items()}


def samples(stock: Asked) -> list[tuple[int, bool, int]]:
    """What was said of each deal at the reviews that are old enough, and whether it was won."""
    everybody = replace(stock, event=lambda d, us: "everyone", group="everyone")
    closed = everybody.closed_between(stock.now - 365 * DAY + 1, stock.now + 1)
    spans = sorted(lasted(stock, d) for d in closed if d.dated)
    if not spans:
        return []
    decided = stock.now - spans[-(-9 * len(spans) // 10) - 1]
    return [
        (bp, deal.outcome == WON, deal.id)
        for review in reviews(stock, decided)
        for deal in everyone(stock)
        if deal.is_open(review) and stock.stands(deal, review)
        if (bp := said(stock, deal, review)) is not None
    ]


def calibration(stock: Asked) -> Part:
    """Brier score, skill and bias of the samples; None of fewer than ten deals."""
    found = samples(stock)
    n, deals = len(found), len({deal for _, _, deal in found})
    if deals < 10:
        return {"n": deals, "brier": None, "bias": None, "skill": None, "said": n}
    brier = sum((Fraction(bp, 10_000) - won) ** 2 for bp, won, _ in found) / Fraction(n)
    bias = sum((Fraction(bp, 10_000) - won for bp, won, _ in found), Fraction(0)) / n
    rate = Fraction(sum(won for _, won, _ in found), n)
    skill = 1 - brier / (rate * (1 - rate)) if 0 < rate < 1 else None
    scores = {"brier": near(brier), "bias": near(bias), "skill": near(skill)}
    return {"n": deals, "said": n, **scores}


def everyone(stock: Asked) -> list[Told]:
    """The closed and the open deals: archived ones that were never closed are neither."""
    return [d for d in stock.counted if d.closed is not None or d.is_open(stock.now)]


def reviews(stock: Asked, decided: int) -> list[int]:
    day = stock.today.replace(day=1)
    found = []
    while (stock.today - day).days <= 365:
        found.append(stock.us(day))
        day = add_months(day, -1)
    return [us for us in found if us <= decided]


def said(stock: Asked, deal: Told, us: int) -> int | None:
    by_hand: int | None = deal.at("probability_bp", us)
    if by_hand is not None:
        return by_hand
    places = [place for at, place in deal.path if at <= us and place not in (WON, LOST)]
    return stock.chance_bp(places[-1], us)


def past(stock: Asked, first: date, after: date, at: int) -> tuple[list[Told], list[Told]]:
    """What stood open at an instant of a past period, and what was won from then to its end."""
    end = stock.us(after)
    still = [d for d in stock.counted if d.is_open(at) and stock.stands(d, at)]
    won = [d for d in stock.closed_between(at + 1, end) if d.outcome == WON]
    return still, won


def was_due(deal: Told, at: int, first: date, after: date) -> bool:
    close = deal.at("expected_close", at)
    return close is not None and first.isoformat() <= close < after.isoformat()


def worth_at(stock: Asked, deal: Told, us: int) -> Fraction | None:
    value = deal.at("value", us)
    return None if value is None else stock.converted(value, stock.day(us))


def raw_score(stock: Asked, first: date, after: date) -> Part:
    """What the forecasts said at the start of a past period, and what came, exactly."""
    at, end = stock.us(first) - 1, stock.us(after)
    still, won = past(stock, first, after, at)
    known = Chances(stock, at, end - at - 1)
    names = ("stated", "table", "measured")
    total, wins = dict.fromkeys(names, Fraction(0)), dict.fromkeys(names, Fraction(0))
    valued = set()
    for deal in still:
        worth = worth_at(stock, deal, at)
        if worth is not None:
            valued.add(deal.id)
        for name, p in shares(stock, known, deal, at, first, after).items():
            total[name] += p * (worth or 0)
            wins[name] += p
    from_then = [d for d in won if d.id in {d.id for d in still}]
    came = stock.total(d for d in from_then if d.id in valued)[0]
    return {
        "deals": len(still),
        "wins": len(from_then),
        "valued": len(valued),
        "came": came,
        "said": total,
        "said_wins": wins,
    }


def score(stock: Asked, first: date, after: date) -> Part:
    """The same as JSON tells it."""
    raw = raw_score(stock, first, after)
    return {
        "deals": raw["deals"],
        "wins": raw["wins"],
        "came": half_up(raw["came"]),
        "wins_said": {name: float(said) for name, said in raw["said_wins"].items()},
        **{name: half_up(amount) for name, amount in raw["said"].items()},
    }


def shares(
    stock: Asked, known: Chances, deal: Told, at: int, first: date, after: date
) -> dict[str, Fraction]:
    places = [place for since, place in deal.path if since <= at and place not in (WON, LOST)]
    table = stock.chance_bp(places[-1], at) or 0
    by_hand = deal.at("probability_bp", at)
    due = was_due(deal, at, first, after)
    return {
        "stated": Fraction((table if by_hand is None else by_hand) if due else 0, 10_000),
        "table": Fraction(table if due else 0, 10_000),
        "measured": known.of(deal) or Fraction(0),
    }


def needed(stock: Asked, periods: Sequence[tuple[date, date]]) -> Part:
    """What the pipelines of past periods came to from the same time on."""
    run = max(-1, stock.now - stock.start)
    pipe = came = inside = Fraction(0)
    for first, after in periods:
        at = min(stock.us(first) + run, stock.us(after) - 1)
        still, won = past(stock, first, after, at)
        for deal in still:
            parked = deal.at("snoozed_until", at) or ""
            if was_due(deal, at, first, after) and parked < after.isoformat():
                pipe += worth_at(stock, deal, at) or 0
        came += stock.total(won)[0]
        inside += stock.total(d for d in won if d.dated and d.created > at)[0]
    return {
        "periods": len(periods),
        "pipe": half_up(pipe),
        "pipe_exact": pipe,
        "won_exact": came,
        "won": half_up(came),
        "created_inside": half_up(inside),
    }
