"""Merging deals that are the same one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Deal
from pipeboard.domain.errors import Refused
from pipeboard.workspace.execution import carry_out
from pipeboard.workspace.receipts import Receipt
from pipeboard.workspace.recording import as_command
from pipeboard.workspace.service import NOTHING_SEEN, Seen, Service


@as_command("merge")
def merge_deals(
    service: Service,
    keep_id: int,
    other_ids: Sequence[int],
    *,
    closed: bool = False,
    seen: Seen = NOTHING_SEEN,
    dry_run: bool = False,
    token: str = "",
) -> Receipt:
    """Other deals into one, with all that they know, their notes and touches; they end there.

    A won or lost one goes into another only with `closed`: its outcome leaves the numbers.
    """
    if keep_id in other_ids:
        raise Refused(f"D-{keep_id} cannot be merged into itself.")
    others = tuple(_absorbed(service, deal) for deal in service.load(other_ids))

    def command(deal: Deal) -> c.Command:
        return c.Absorb(others) if deal.id == keep_id else c.MergeInto(keep_id, closed)

    return carry_out(
        service,
        "merge",
        [keep_id, *other_ids],
        command,
        lambda deals: f"Merged {len(others)} into {deals[0].name}.",
        seen=seen,
        dry_run=dry_run,
        token=token,
    )


def _absorbed(service: Service, deal: Deal) -> c.Absorbed:
    """The deal with its notes and touches, oldest first, under new ids."""
    notes = [note.copied(str(uuid.uuid4())) for note in reversed(service.reader.notes(deal.id))]
    touches = [
        touch.copied(str(uuid.uuid4())) for touch in reversed(service.reader.touches(deal.id))
    ]
    return c.Absorbed(deal, tuple(notes), tuple(touches))
