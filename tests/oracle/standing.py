"""How long deals stand in a stage, and what forecasts said week by week, as JSON tells it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Any

from tests.oracle.asked import DAY, Asked, half_up
from tests.oracle.chances import Chances
from tests.oracle.log import LOST, WON, Told
from tests.oracle.outcomes import in_days, kaplan_meier, share, stays_of
from tests.oracle.parts import Part, entries, near, past, was_due, worth_at

CATEGORIES = {
    "commit": ("commit",),
    "best": ("commit", "best"),
    "pipeline": ("commit", "best", "pipeline"),
}


def rank_at(spans: Sequence[int], part: Fraction) -> float | None:
    """The span by nearest rank, in days."""
    ordered = sorted(spans)
    return near(in_days(ordered[ceil(part * len(ordered)) - 1])) if ordered else None


def stays(asked: Asked, stage: int) -> tuple[list[int], list[int]]:
    """The stays that began in the period: those over, and those that go on."""
    return stays_of(asked, entries(asked, stage))


def limit(stock: Asked, stage: Any) -> Fraction | int | None:
    """The days that a stage's overstay is counted from."""
    if stage.expected_days is not None:
        return int(stage.expected_days)
    over, running = stays_of(
        stock,
        [
            (deal, step)
            for deal in stock.counted
            for step, (_, place) in enumerate(deal.path)
            if place == stage.id and (step or deal.dated)
        ],
    )
    return in_days(kaplan_meier(over, running)) if len(over) >= 10 else None


def touched(stock: Asked, deal: Told) -> int:
    """The last touch or advance, else the creation."""
    worked = [at for at, _ in deal.touches]
    for (_, before), (at, place) in zip(deal.path, deal.path[1:], strict=False):
        works = before not in (WON, LOST) and place not in (WON, LOST)
        if works and stock.rank(place) > stock.rank(before):
            worked.append(at)
    return max([deal.created, *worked])


def planned(stock: Asked, deal: Told) -> str | None:
    """When something is planned; closing a deal clears its plan."""
    closed = max((at for at, place in deal.path if place in (WON, LOST)), default=0)
    plans = [step for at, step in deal.values.get("next_step", ()) if closed < at <= stock.now]
    last = plans[-1] if plans else None
    return last.get("due") if last else None


def is_stalled(stock: Asked, deal: Told, stage: Any) -> bool:
    """Longer in its stage than is set, or idle with nothing planned within the idle limit."""
    today = stock.today
    stood = None if len(deal.path) == 1 and not deal.dated else stock.day(deal.path[-1][0])
    if stood and stage.expected_days is not None and (today - stood).days > stage.expected_days:
        return True
    if stage.idle_days is None or (today - stock.day(touched(stock, deal))).days <= stage.idle_days:
        return False
    due = planned(stock, deal)
    return due is None or not 0 <= (date.fromisoformat(due) - today).days <= stage.idle_days


def passed(asked: Asked, stage: Any) -> tuple[int, int]:
    """How many deals first got beyond a stage in the period, and how many of those skipped it."""
    beyond = skipping = 0
    for deal in asked.counted:
        ranks = [(at, asked.rank(place)) for at, place in deal.path]
        if ranks[0][1] > asked.rank(stage.id):
            continue
        places = [place for place, (_, rank) in enumerate(ranks) if rank > asked.rank(stage.id)]
        if places and asked.holds(ranks[places[0]][0]) and asked.mine(deal, ranks[places[0]][0]):
            beyond += 1
            # By order: two moves may have been made at one instant.
            skipping += all(rank != asked.rank(stage.id) for _, rank in ranks[: places[0]])
    return beyond, skipping


def stage(asked: Asked, stock: Asked, one: Any) -> Part:
    """What JSON says of how long deals stay in a stage."""
    over, _ = stays(asked, one.id)
    beyond, skipping = passed(asked, one)
    allowed, today = limit(stock, one), stock.today.isoformat()
    here = [
        deal
        for deal in stock.open
        if deal.stage == one.id and (stock.snoozed_until(deal) or "") <= today
    ]
    late = Fraction(0)
    for deal in here:
        if len(deal.path) > 1 or deal.dated:
            stood = (stock.today - stock.day(deal.path[-1][0])).days
            late += max(Fraction(0), stood - Fraction(allowed)) if allowed is not None else 0
    return {
        "dwell_p80_days": rank_at(over, Fraction(4, 5)),
        "dwell_p90_days": rank_at(over, Fraction(9, 10)),
        "expected_days": one.expected_days,
        "limit_days": near(allowed),
        "overstay_deal_days": near(late),
        "stalled_count": sum(is_stalled(stock, deal, one) for deal in here),
        "skipped": near(share(skipping, beyond)),
    }


def said_in(stock: Asked, first: date, after: date) -> list[Part]:
    """What each forecast said at the start of every week of a past period, against what came."""
    start, end = stock.us(first), stock.us(after)
    whole = past(stock, first, after, start - 1)[1]
    came, found = stock.total(whole)[0], list[Part]()
    for week, at in enumerate(range(start - 1, end - 1, 7 * DAY), 1):
        still, later = past(stock, first, after, at)
        booked = stock.total(d for d in whole if d not in later)[0]
        said = dict.fromkeys((*CATEGORIES, "weighted", "measured"), booked)
        known = Chances(stock, at, end - at - 1)
        for deal in still:
            worth = worth_at(stock, deal, at)
            for name, p in parts_of(
                stock, known, deal, at, was_due(deal, at, first, after)
            ).items():
                said[name] += p * (worth or 0)
        label = f"{first.year}Q{(first.month + 2) // 3}"
        label = label if (after - first).days > 31 else f"{first:%Y-%m}"
        found.append(
            {"period": label, "week": week, "came": half_up(came)}
            | {name: half_up(amount) for name, amount in said.items()}
        )
    return found


def parts_of(stock: Asked, known: Chances, deal: Told, at: int, due: bool) -> dict[str, Fraction]:
    """How much of a deal each forecast counted."""
    shares = {"measured": known.of(deal) or Fraction(0)}
    if not due:
        return shares
    place = [place for since, place in deal.path if since <= at and place not in (WON, LOST)][-1]
    own = deal.at("category", at) or next(s.category for s in stock.stages if s.id == place)
    by_hand = deal.at("probability_bp", at)
    bp = stock.chance_bp(place, at) if by_hand is None else by_hand
    shares |= {name: Fraction(own in names) for name, names in CATEGORIES.items()}
    return shares | {"weighted": Fraction(bp or 0, 10_000)}
