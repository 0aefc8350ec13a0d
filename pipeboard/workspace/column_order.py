"""Columns ordered by hand."""

from __future__ import annotations

from pipeboard.domain import commands as c
from pipeboard.domain.board import Lens
from pipeboard.domain.errors import NotFound, Refused
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.workspace.execution import carry_out, execute
from pipeboard.workspace.recording import Receipt, as_command
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
    """A deal some places down (up when negative) in its column, in the order of `lens`.

    It comes to stand right behind (or before) the card that it passes, also where cards that the
    lens hides stand around that one.
    """
    place = service.reader.place(lens, deal_id)
    if place is None:
        raise NotFound(f"D-{deal_id} is not on the board.")
    stage_id, index = place
    target = index + places
    if target < 0:
        raise Refused("It is on top already.")
    passed = next(iter(service.reader.window(lens, stage_id, target, 1)), None)
    if passed is None:
        raise Refused("It is at the bottom already.")
    whole = replace(lens, owner=None, filter=None)
    column = service.truth
    there = column.place(whole, passed.id)
    assert there is not None, "whatever a lens shows is in the whole column"
    behind = there[1] + (1 if places > 0 else 0)
    around = column.window(whole, stage_id, max(0, behind - 1), 2 if behind else 1)
    ranks = [card.rank for card in around]
    above = ranks[0] if behind else None
    below = ranks[-1] if not behind or len(ranks) == 2 else None
    rank = _between(above, below)
    if rank is None:
        return _respace(
            service, whole, stage_id, deal_id, passed.id, places > 0, seen, dry_run, token
        )
    return execute(service, c.Rank(rank), [deal_id], seen=seen, dry_run=dry_run, token=token)


def _respace(
    service: Service,
    whole: Lens,
    stage_id: int,
    deal_id: int,
    passed_id: int,
    down: bool,
    seen: Seen,
    dry_run: bool,
    token: str,
) -> Receipt:
    """New ranks for a whole column, where two neighbours leave no room between them."""
    cards = service.reader.window(
        whole, stage_id, 0, service.reader.board(whole).column(stage_id).count
    )
    order = [card.id for card in cards if card.id != deal_id]
    order.insert(order.index(passed_id) + down, deal_id)
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


def _between(above: int | None, below: int | None) -> int | None:
    """A rank between two, None where there is no room."""
    if above is None:
        return (below or 0) - RANK_GAP
    if below is None:
        return above + RANK_GAP
    middle = (above + below) // 2
    return middle if above < middle < below else None
