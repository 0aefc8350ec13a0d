"""The rows of the JSON that stand beside its numbers, each reckoned a second time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

from pipeboard.domain.counted_days import add_months
from tests.oracle import further, outlook, parts, standing
from tests.oracle.asked import DAY, Asked, half_up
from tests.oracle.chances import AGES, Chances
from tests.oracle.ledger import Ledger
from tests.oracle.log import LOST, WON, Told
from tests.oracle.outcomes import advances, lasted, share, watched
from tests.oracle.parts import Part, near, rounded

FOREVER = 2**62


def everybody(asked: Asked) -> Asked:
    return replace(asked, event=lambda d, us: 0, standing=lambda d, us: 0, group=0)


def by_currency(asked: Asked, stock: Asked) -> Part:
    """Sums of each currency, where there is an amount without a rate."""
    groups = {
        "open": stock.open, "won": asked.won, "lost": asked.lost, "created": asked.created
    }  # fmt: skip
    found: Part = {}
    for name, deals in groups.items():
        over = stock if name == "open" else asked
        if any(over.worth(deal)[1] == "no rate" for deal in deals):
            sums: Counter[str] = Counter()
            for deal in deals:
                value = deal.at("value", over.now)
                if value is not None:
                    sums[value["currency"]] += value["amount_minor"]
            found[name] = dict(sums)
    return found


def unsupported(stock: Asked) -> Part:
    """What is in commit, by deal: in walks nobody answers a question or is said to decide."""
    return {
        f"D-{deal.id}": rounded(stock.sum([deal]))
        for deal in stock.closing
        if outlook.category(stock, deal) == "commit"
    }


def stage(asked: Asked, stock: Asked, one: Any) -> Part:
    """What JSON says of a stage beside `parts.stage` and `standing.stage`."""
    whole = everybody(stock)
    lately = whole.closed_between(stock.now - 365 * DAY + 1, stock.now + 1)
    through = [d for d in lately if any(place == one.id for _, place in d.path)]
    here = [d for d in stock.open if d.stage == one.id]
    said = outlook.expected(stock, here, lambda d: outlook.stated(stock, d), won=False)
    measured = outlook.expected(stock, here, Chances(stock, stock.now, FOREVER).of, won=False)
    stays = parts.entries(asked, one.id)
    first = [(d, s) for d, s in stays if all(place != one.id for _, place in d.path[:s])]
    went = whole_value = Fraction(0)
    for deal, step in first:
        worth = parts.worth_at(asked, deal, deal.path[step][0]) or 0
        whole_value += worth
        if deal.outcome == WON or parts.beyond(asked, deal, step, one.id):
            went += worth
    return {
        "win_given": near(share(sum(d.outcome == WON for d in through), len(through))),
        "rose_tint": None if said is None or measured is None else said - measured,
        "conversion_by_value": near(share(went, whole_value)),
    }


def bottleneck(stock: Asked) -> tuple[str, float] | None:
    """The first of the stages with the most days of overstay."""
    late = [(standing.stage(stock, stock, s)["overstay_deal_days"], s.name) for s in stock.stages]
    most = max(days for days, _ in late)
    return next(((name, days) for days, name in late if days == most), None) if most else None


def leads(asked: Asked) -> list[Part]:
    entered = [(asked.qualified_at(d), d) for d in asked.counted]
    found = [at for at, d in entered if at is not None and asked.mine(d, at)]
    last = min(asked.today, asked.after - timedelta(days=1)).replace(day=1)
    rows = []
    for month in (add_months(last, -back) for back in range(12, -1, -1)):
        partial, until = asked.today < add_months(month, 1), month
        if partial:
            until = add_months(asked.today, -1) + timedelta(days=1)
        now = outlook.between(asked, found, month, add_months(month, 1))
        then = outlook.between(asked, found, add_months(month, -1), until)
        rows.append(
            {
                "month": f"{month:%Y-%m}",
                "qualified": now,
                "before": then,
                "rate": near(share(now - then, then)),
                "partial": partial,
            }
        )
    return rows


def bands(stock: Asked) -> list[Part]:
    """What was given in five bands of chances, and what came."""
    samples = parts.samples(stock)
    rows = []
    for low in range(0, 10_000, 2_000):
        high = low + 2_000
        within = [s for s in samples if low <= s[0] < high or s[0] == high == 10_000]
        rows.append(
            {
                "low_bp": low,
                "high_bp": high,
                "stated": near(share(sum(bp for bp, _, _ in within), 10_000 * len(within))),
                "won": near(share(sum(won for _, won, _ in within), len(within))),
                "n": len({deal for _, _, deal in within}),
            }
        )
    return rows


def chances(stock: Asked) -> list[Part]:
    """Every stage, and every age in it that an open deal has."""
    known = Chances(stock, stock.now, stock.end - stock.now)
    rows = []
    for one in stock.stages:
        here = [d for d in stock.open if d.stage == one.id]
        ages = Counter(None if d.created == d.path[-1][0] and not d.dated else
                       max(age for age in AGES if age * DAY <= max(0, stock.now - d.path[-1][0]))
                       for d in here)  # fmt: skip
        for age in (None, *sorted(age for age in ages if age is not None)):
            counts = [known.count(one.id, a) for a in (AGES if age is None else (age,))]
            won, reached = sum(w for w, _ in counts), sum((r for _, r in counts), Fraction(0))
            bp = stock.table_bp(one.id)
            prior = None if bp is None else Fraction(bp, 10_000)
            if age is not None:
                prior = known.of_stage(one.id)
            value = (won + 10 * prior) / (reached + 10) if prior is not None else None
            if prior is None and reached:
                value = won / reached
            rows.append(
                {
                    "stage": one.name,
                    "from_days": age,
                    "open": ages[age],
                    "won": won,
                    "reached": near(reached),
                    "prior": near(prior),
                    "prior_only": reached == 0,
                    "chance": near(value),
                }
            )
    return rows


def backtest(stock: Asked) -> Part:
    """How far each forecast was off over past periods, and which is believed."""
    scores = [parts.raw_score(stock, *one) for one in further.periods_before(stock)]
    by_count = 2 * sum(s["valued"] for s in scores) < sum(s["deals"] for s in scores)
    said, came = ("said_wins", "wins") if by_count else ("said", "came")
    total = sum(Fraction(score[came]) for score in scores)
    if not total:
        return {"errors": {}, "believed": None}
    errors = {
        name: sum(abs(score[said][name] - score[came]) for score in scores) / total
        for name in ("stated", "table", "measured")
    }
    best = min(errors, key=lambda name: errors[name])
    enough = len(scores) >= 2 and sum(score["wins"] for score in scores) >= 10
    return {
        "errors": {name: near(error) for name, error in errors.items()},
        "errors_of": "wins" if by_count else "value",
        "believed": best if enough and errors[best] < 1 else None,
    }


def call_record(asked: Asked) -> Part:
    """What the reps of a group first called for past periods, against what they won."""
    whole, length, rows = everybody(asked), further.months_long(asked), list[Part]()
    off = total = Fraction(0)
    first, seen = asked.first, 0
    while length and seen < 4:
        first, after = add_months(first, -length), first
        if asked.us(after) > asked.now:
            continue
        seen += 1
        label = f"{first.year}Q{(first.month + 2) // 3}" if length == 3 else f"{first:%Y-%m}"
        said = came = Fraction(0)
        called = False
        for rep in sorted(further.callers(asked)):
            amount = first_call(asked, label, rep, asked.us(after))
            if amount is not None:
                mine = [
                    d
                    for d in whole.closed_between(asked.us(first), asked.us(after))
                    if d.outcome == WON and d.at("owner", d.closed or 0) == rep
                ]
                said, came, called = said + amount, came + asked.total(mine)[0], True
        if called:
            rows.append({"period": label, "said": half_up(said), "came": half_up(came)})
            off, total = off + abs(said - came), total + came
    return {"periods": rows, "error": near(share(off, total))}


def first_call(asked: Asked, label: str, rep: str, end: int) -> int | None:
    """The first that still stood at the end of its day."""
    by_day: dict[Any, int | None] = {}
    for at, amount in asked.calls_told.get((label, rep), ()):
        if at < end:
            by_day[asked.day(at)] = amount
    return next((amount for amount in by_day.values() if amount is not None), None)


def coverage(stock: Asked) -> Part:
    wanted, won = outlook.target(stock), stock.sum(stock.won)
    workable = outlook.workable(stock)
    pipe, today = stock.sum(workable), stock.today.isoformat()
    due = [d for d in workable if stock.worth(d)[0] is not None]
    overdue = stock.sum(d for d in due if (d.at("expected_close", stock.now) or today) < today)
    left = None if wanted is None or won is None else wanted - won
    ratio, needed = outlook.coverage(stock), further.needed_coverage(stock)
    verdict = None
    if ratio is not None and needed is not None and ratio < needed:
        verdict = "short"
    elif ratio is not None and (ratio > 6 or needed is not None):
        verdict = "too high" if ratio > 6 else "enough"
    return {
        "pipe": rounded(pipe),
        "overdue": rounded(overdue),
        "remaining": rounded(left),
        "surplus": half_up(-left) if left is not None and left <= 0 else None,
        "expected": near(ratio / Fraction(needed)) if ratio is not None and needed else None,
        "standing": verdict,
    }


def is_stale(stock: Asked) -> bool:
    promised, realised = outlook.velocity(stock), outlook.run_rate(stock)
    return promised is not None and bool(realised) and promised > 2 * Fraction(realised or 0)


def time_to_win(asked: Asked) -> list[Part]:
    """The share won within so many days, where losing ends the chance (Aalen-Johansen)."""
    spans = [
        (lasted(asked, d) if d.outcome else watched(asked, d), d.outcome) for d in asked.created
    ]
    left, won, rows = Fraction(1), Fraction(0), list[Part]()
    for time in sorted({span for span, outcome in spans if outcome}):
        at_risk = sum(span >= time for span, _ in spans)
        hits = sum(span == time and outcome == WON for span, outcome in spans)
        won += left * hits / at_risk
        left *= 1 - Fraction(sum(s == time and bool(o) for s, o in spans), at_risk)
        if hits:
            rows.append({"days": time / DAY, "share": float(won)})
    return rows


def off_ledger(asked: Asked) -> Part:
    """What was created and closed meanwhile, and what wins brought above what they stood at."""
    ledger = Ledger(asked, asked.start)
    found = dict.fromkeys(("created_and_won", "created_and_lost", "won_above"), Fraction(0))
    for deal in asked.deals:
        if deal.created > ledger.last:
            continue
        before, after = ledger.value(deal, ledger.first), ledger.value(deal, ledger.last)
        was, new = ledger.stood(deal, ledger.first), deal.created > ledger.first
        if ledger.is_won(deal):
            final = asked.worth(deal)[0] if deal.at("value", asked.now) else Fraction(0)
            if final is None or before is None:
                continue
            found["won_above"] += final - before if was else 0
            found["created_and_won"] += final if new else 0
        elif new and deal.counts and deal.place(ledger.last) == LOST:
            found["created_and_lost"] += after or 0
    return {name: half_up(amount) for name, amount in found.items()}


def lost_from(asked: Asked, category: str) -> Part:
    names = {stage.id: stage.name for stage in asked.stages}
    return dict(Counter(names[d.stage] for d in asked.lost if d.loss == category))


def competitors(asked: Asked) -> list[Part]:
    names = Counter(d.competitor for d in asked.lost if d.competitor)
    return [
        {
            "competitor": name,
            "count": count,
            "value": rounded(asked.sum(d for d in asked.lost if d.competitor == name)),
        }
        for name, count in sorted(names.items(), key=lambda one: (-one[1], one[0]))
    ]


def ages(stock: Asked) -> list[Part]:
    """The open deals by their days in the stage, and those of which nobody knows them."""

    def days(deal: Told) -> int | None:
        is_known = len(deal.path) > 1 or deal.dated
        return (stock.today - stock.day(deal.path[-1][0])).days if is_known else None

    def row(first: int | None, last: int | None, deals: list[Told]) -> Part:
        value = rounded(stock.sum(deals))
        return {"from_days": first, "to_days": last, "count": len(deals), "value": value}

    aged = [(days(deal), deal) for deal in stock.open]
    bands = [
        row(first, last, [one for age, one in aged if age is not None and first <= age <= most])
        for first, last, most in ((0, 7, 7), (8, 14, 14), (15, 30, 30), (31, None, FOREVER))
    ]
    unknown = [deal for age, deal in aged if age is None]
    return [*bands, row(None, None, unknown)] if unknown else bands


def touches(asked: Asked) -> dict[Any, Part]:
    """How often each rep was in touch with the deals that were theirs then."""
    found: dict[Any, Part] = {}
    for deal in asked.counted:
        for at, _ in deal.touches:
            if asked.holds(at) and asked.mine(deal, at):
                rep = deal.at("owner", max(at, deal.created)) or None
                row = found.setdefault(rep, {"total": 0, "on_new": 0})
                row["total"] += 1
                row["on_new"] += deal.dated and asked.holds(deal.created)
    return found


def adherence(asked: Asked) -> dict[Any, Part]:
    """How many of each rep's advances met every criterion."""
    counts: dict[Any, list[int]] = {}
    for at, deal, is_clean in advances(asked):
        row = counts.setdefault(deal.at("owner", max(at, deal.created)) or None, [0, 0])
        row[0] += is_clean
        row[1] += 1
    return {
        rep: {"rate": {"value": near(share(clean, whole)), "num": clean, "den": whole}}
        for rep, (clean, whole) in counts.items()
    }
