"""The totals of each stage, kept with every change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from pipeboard.domain.deal import Deal
from pipeboard.store.database import Database
from pipeboard.store.projecting.change import Change

Total = tuple[int, str, str]


def contribution(deal: Deal) -> tuple[Total, tuple[int, int, int, int]] | None:
    """What a deal adds to the totals of its stage: key (stage, owner, currency) and amounts
    (deals, value, value at the stage's probability, value x basis points by hand)."""
    if deal.removed or deal.archived_at is not None:
        return None
    value, bp = deal.value, deal.probability_bp
    if value is None:
        return (deal.stage_id, deal.owner, ""), (1, 0, 0, 0)
    by_hand = (0, value.minor * bp) if bp is not None else (value.minor, 0)
    return (deal.stage_id, deal.owner, value.currency), (1, value.minor, *by_hand)


def add_totals(database: Database, changes: Sequence[Change]) -> None:
    """Adds to the totals what the changes took from one stage and brought to another."""
    deltas: dict[Total, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    before = ((change.before, -1) for change in changes if change.before is not None)
    for deal, factor in (*before, *((change.after, 1) for change in changes)):
        added = contribution(deal)
        if added is not None:
            key, amounts = added
            row = deltas[key]
            for place, amount in enumerate(amounts):
                row[place] += factor * amount
    rows = [
        {"stage": s, "owner": o, "currency": c, "n": n, "v": v, "p": p, "h": h}
        for (s, o, c), (n, v, p, h) in deltas.items()
        if (n, v, p, h) != (0, 0, 0, 0)
    ]
    database.change_each(_ADD, rows)


_ADD = (
    "INSERT INTO stage_total"
    " (stage_id, owner, currency, deals, value_minor, stage_minor, hand_minor_bp)"
    " VALUES (:stage, :owner, :currency, :n, :v, :p, :h)"
    " ON CONFLICT (stage_id, owner, currency) DO UPDATE SET"
    " deals = stage_total.deals + excluded.deals,"
    " value_minor = stage_total.value_minor + excluded.value_minor,"
    " stage_minor = stage_total.stage_minor + excluded.stage_minor,"
    " hand_minor_bp = stage_total.hand_minor_bp + excluded.hand_minor_bp"
)
