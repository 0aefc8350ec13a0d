"""Columns ordered by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeboard.domain import commands as c
from pipeboard.domain.board import Lens
from pipeboard.domain.errors import NotFound, Refused
from pipeboard.workspace.execution import carry_out, execute
from pipeboard.workspace.receipts import Receipt
from pipeboard.workspace.recording import as_command
from pipeboard.workspace.service import NOTHING_SEEN, Seen, Service

RANK_GAP = 1 << 20


@as_command("reorder")
def reorder(
    service: Service,
    deal_id: int,
    places: int,
    lens: Lens,
    *,
    seen: Seen = NOTHING_SEEN,
    dry_run: bool = False,
    token: str = "",
) -> Receipt:
    """A deal some places down (up when negative) in its column, in the order of `lens`."""
    place = service.reader.place(lens, deal_id)
    if place is None:
        raise NotFound(f"D-{deal_id} is not on the board.")
    stage_id, index = place
    target = index + places
    if target < 0:
        raise Refused("It is on top already.")
    around = service.reader.window(lens, stage_id, max(0, target - 1), 3)
    ids = [card.id for card in around]
    if target > index and target - max(0, target - 1) >= len(ids):
        raise Refused("It is at the bottom already.")
    ranks = {card.id: card.rank for card in around}
    at = target - max(0, target - 1)
    first = at if places > 0 else at - 1
    rank = _between(*(_rank_at(ranks, ids, place) for place in (first, first + 1)))
    if rank is None:
        return _respace(service, lens, stage_id, deal_id, target, seen, dry_run, token)
    return execute(service, c.Rank(rank), [deal_id], seen=seen, dry_run=dry_run, token=token)


def _respace(
    service: Service,
    lens: Lens,
    stage_id: int,
    deal_id: int,
    target: int,
    seen: Seen,
    dry_run: bool,
    token: str,
) -> Receipt:
    """New ranks for a whole column, where two neighbours leave no room between them."""
    cards = service.reader.window(
        lens, stage_id, 0, service.reader.board(lens).column(stage_id).count
    )
    order = [card.id for card in cards if card.id != deal_id]
    order.insert(target, deal_id)
    first = cards[0].rank
    ranks = {card_id: first + place * RANK_GAP for place, card_id in enumerate(order)}
    return carry_out(
        service,
        "reorder",
        order,
        lambda deal: c.Rank(ranks[deal.id]),
        lambda deals: "Ordered the column by hand.",
        seen={one: version for one, version in seen.items() if one == deal_id},
        dry_run=dry_run,
        token=token,
    )


def _rank_at(ranks: Mapping[int, int], ids: Sequence[int], place: int) -> int | None:
    return ranks[ids[place]] if 0 <= place < len(ids) else None


def _between(above: int | None, below: int | None) -> int | None:
    """A rank between two, None where there is no room."""
    if above is None:
        return (below or 0) - RANK_GAP
    if below is None:
        return above + RANK_GAP
    middle = (above + below) // 2
    return middle if above < middle < below else None
