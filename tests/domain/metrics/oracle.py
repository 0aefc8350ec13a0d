"""The same numbers the slow way: every deal replayed to an instant, every number counted in SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from pipeboard.domain.dates import micros
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.folding import Fact
from tests.domain.metrics.log import LOST, NEGOTIATE, PROPOSAL, WON

PROBABILITY = {1: 1_000, 2: 3_000, 3: 5_000, 4: 8_000}
DEFAULT_CATEGORY = {1: "pipeline", 2: "pipeline", 3: "best", 4: "commit"}
QUALIFIED = (PROPOSAL, NEGOTIATE, WON)
NEVER = -(10**18)
"""Before anything that is asked for."""


def replayed(facts: Iterable[Fact], us: int) -> dict[str, Any] | None:
    """One deal as it stood at an instant, by its facts in order."""
    deal: dict[str, Any] | None = None
    for fact in facts:
        if fact.at > us:
            continue
        if fact.kind == "created":
            deal = {
                "id": fact.deal_id,
                "created": fact.at,
                "stage": fact.stage_id,
                "minor": fact.minor,
                "currency": fact.currency,
                "close": fact.day,
                "owner": fact.detail,
                "path": [(fact.at, fact.stage_id)],
                "bp": None,
                "category": None,
                "closed": None,
                "loss": None,
                "archived": 0,
                "qualified": None,
                "pushes": [],
                "dated": int(fact.known != "unknown"),
            }
        if deal is not None:
            _apply(deal, fact)
    return deal


def _apply(deal: dict[str, Any], fact: Fact) -> None:
    kind = fact.kind
    if kind in ("moved", "won", "lost", "reopened"):
        deal["stage"] = fact.stage_id
        deal["path"].append((fact.at, fact.stage_id))
        deal["closed"] = fact.at if kind in ("won", "lost") else None
        deal["loss"] = fact.detail if kind == "lost" else None
    if kind == "value" or (kind == "won" and fact.minor is not None):
        deal["minor"], deal["currency"] = fact.minor, fact.currency
    if kind == "expected_close":
        if deal["close"] and fact.day and fact.day[:7] > deal["close"][:7]:
            deal["pushes"].append(fact.at)
        deal["close"] = fact.day
    if kind == "owner":
        deal["owner"] = fact.detail
    if kind == "probability":
        deal["bp"] = fact.minor
    if kind == "category":
        deal["category"] = fact.detail
    if kind in ("archived", "merged", "unarchived"):
        deal["archived"] = int(kind != "unarchived")
    if deal["stage"] in QUALIFIED and deal["qualified"] is None:
        is_known = deal["dated"] or kind != "created"
        deal["qualified"] = fact.at if is_known else NEVER


COLUMNS = (
    "id", "created", "stage", "minor", "currency", "close", "owner", "closed", "loss", "archived",
    "qualified", "bp", "category", "dated",
)  # fmt: skip


def counted(facts: Iterable[Fact], now: datetime, basis: Basis) -> Mapping[str, Any]:
    """Numbers of a period by plain SQL over the replayed deals; names as in `METRICS`."""
    by_deal: dict[int, list[Fact]] = {}
    for fact in facts:
        by_deal.setdefault(fact.deal_id, []).append(fact)
    us = micros(now)
    deals = [deal for own in by_deal.values() if (deal := replayed(own, us))]
    database = sqlite3.connect(":memory:")
    database.row_factory = sqlite3.Row
    database.execute(f"create table deal ({', '.join(COLUMNS)}, probability, word)")
    for deal in deals:
        probability = deal["bp"] if deal["bp"] is not None else PROBABILITY.get(deal["stage"])
        word = deal["category"] or DEFAULT_CATEGORY.get(deal["stage"])
        row = [*(deal[name] for name in COLUMNS), probability, word]
        database.execute(f"insert into deal values ({', '.join('?' * len(row))})", row)
    database.execute("delete from deal where loss = 'invalid' and stage = ?", (LOST,))
    first, after = basis.days
    row = database.execute(
        _SQL,
        {
            "start": basis.start,
            "end": basis.end,
            "first": first,
            "after": after,
            "today": basis.today.isoformat(),
            "won": WON,
            "lost": LOST,
        },
    ).fetchone()
    database.close()
    return dict(row) | {"push_count": _pushes(deals, basis)}


def _pushes(deals: Iterable[Mapping[str, Any]], basis: Basis) -> int:
    return sum(
        basis.start <= at < basis.end
        for deal in deals
        if deal["loss"] != "invalid"
        for at in deal["pushes"]
    )


_SQL = """
with marked as (
    select *,
        stage = :won and closed >= :start and closed < :end as is_won,
        stage = :lost and closed >= :start and closed < :end as is_lost,
        stage not in (:won, :lost) and not archived as is_open,
        stage not in (:won, :lost) and not archived and close >= :first and close < :after as is_due
    from deal where coalesce(currency, 'EUR') = 'EUR'
)
select
    sum(is_won) as won_count,
    sum(stage = :lost) as ever_lost,
    sum(is_lost and minor > 0) as lost_for_something,
    sum(is_won and minor is not null) as won_with_value,
    sum(is_lost) as lost_count,
    sum(is_open) as open_count,
    sum(dated and created >= :start and created < :end) as created_count,
    sum(coalesce(qualified >= :start and qualified < :end, 0)) as qualified_count,
    sum(case when is_won then coalesce(minor, 0) else 0 end) as won_value,
    sum(case when is_lost then coalesce(minor, 0) else 0 end) as lost_value,
    sum(case when is_open then coalesce(minor, 0) else 0 end) as open_value,
    sum(case when is_won then 1 when is_lost and loss = 'price' then 1 else 0 end) as contested,
    sum(dated and created >= :start and created < :end and stage = :won)
        as cohort_won,
    sum(case when is_won and dated then closed - created else 0 end) as cycle_us,
    sum(is_won and dated) as won_dated,
    sum(case when is_due then coalesce(minor, 0) * probability else 0 end) as weighted_bp,
    sum(case when is_due and word = 'commit' then coalesce(minor, 0) else 0 end) as commit_value,
    sum(case when is_due and word in ('commit', 'best') then coalesce(minor, 0) else 0 end)
        as best_value,
    sum(case when is_open and close < :today then coalesce(minor, 0) else 0 end) as overdue_value
from marked
"""


def share(num: int, den: int) -> Fraction | None:
    return Fraction(num, den) if den else None
