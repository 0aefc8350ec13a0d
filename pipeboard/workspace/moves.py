"""Use cases: where deals stand."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date

from pipeboard.domain import commands as c
from pipeboard.domain.board import Lens
from pipeboard.domain.criteria import Unmet
from pipeboard.domain.deal import Deal, Loss
from pipeboard.domain.errors import NotFound, Refused
from pipeboard.domain.gates import unmet
from pipeboard.domain.money import Money
from pipeboard.workspace.desk import NOTHING_SEEN, Desk, Receipt, Seen, as_command

RANK_GAP = 1 << 20


class Moves(Desk):
    """Moving deals through their stages and out of them."""

    def move(
        self,
        ids: Sequence[int],
        stage_id: int,
        *,
        override: str = "",
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
        token: str = "",
    ) -> Receipt:
        """To that stage, through the gate; `GateNotMet` says what is missing."""
        command = c.Move(stage_id, override)
        return self.execute(command, ids, seen=seen, dry_run=dry_run, token=token)

    def step(
        self,
        ids: Sequence[int],
        places: int,
        *,
        override: str = "",
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
        token: str = "",
    ) -> Receipt:
        """One open stage on (1) or back (-1), each deal from where it stands."""
        command = c.Step(places, override)
        return self.execute(command, ids, seen=seen, dry_run=dry_run, token=token)

    def win(
        self,
        ids: Sequence[int],
        *,
        value: Money | None = None,
        on: date | None = None,
        override: str = "",
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
        token: str = "",
    ) -> Receipt:
        """Won, at a final value if one is given."""
        command = c.Win(value, on, override)
        return self.execute(command, ids, seen=seen, dry_run=dry_run, token=token)

    def lose(
        self,
        ids: Sequence[int],
        loss: Loss,
        *,
        on: date | None = None,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
        token: str = "",
    ) -> Receipt:
        """Lost, for a category from the workspace's list."""
        return self.execute(c.Lose(loss, on), ids, seen=seen, dry_run=dry_run, token=token)

    def reopen(
        self,
        ids: Sequence[int],
        stage_id: int | None = None,
        *,
        override: str = "",
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
        token: str = "",
    ) -> Receipt:
        """Closed deals back to work, where they were closed from or in another stage."""
        command = c.Reopen(stage_id, override)
        return self.execute(command, ids, seen=seen, dry_run=dry_run, token=token)

    def archive(
        self,
        ids: Sequence[int],
        *,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
        token: str = "",
    ) -> Receipt:
        """Out of sight and out of every number."""
        return self.execute(c.Archive(), ids, seen=seen, dry_run=dry_run, token=token)

    def unarchive(
        self,
        ids: Sequence[int],
        *,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
        token: str = "",
    ) -> Receipt:
        """Back from the archive."""
        return self.execute(c.Unarchive(), ids, seen=seen, dry_run=dry_run, token=token)

    def gate(self, ids: Sequence[int], stage_id: int) -> tuple[tuple[Deal, tuple[Unmet, ...]], ...]:
        """For each deal what it lacks to get to that stage, before anything happens."""
        pipelines = {pipeline.id: pipeline for pipeline in self.reader.pipelines()}
        deals = self.reader.deals(ids)
        return tuple(
            (deal, unmet(deal, pipelines[deal.pipeline_id], stage_id, self.today))
            for deal_id in ids
            if (deal := deals.get(deal_id)) is not None
        )

    @as_command("merge")
    def merge(
        self,
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
        others = tuple(map(self._absorbed, self.load(other_ids)))

        def command(deal: Deal) -> c.Command:
            return c.Absorb(others) if deal.id == keep_id else c.MergeInto(keep_id, closed)

        return self.carry_out(
            "merge",
            [keep_id, *other_ids],
            command,
            lambda deals: f"Merged {len(others)} into {deals[0].name}.",
            seen=seen,
            dry_run=dry_run,
            token=token,
        )

    def _absorbed(self, deal: Deal) -> c.Absorbed:
        """The deal with its notes and touches, oldest first, under new ids."""
        notes = [note.copied(str(uuid.uuid4())) for note in reversed(self.reader.notes(deal.id))]
        touches = [
            touch.copied(str(uuid.uuid4())) for touch in reversed(self.reader.touches(deal.id))
        ]
        return c.Absorbed(deal, tuple(notes), tuple(touches))

    @as_command("reorder")
    def reorder(
        self,
        deal_id: int,
        places: int,
        lens: Lens,
        *,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
        token: str = "",
    ) -> Receipt:
        """A deal some places down (up when negative) in its column, in the order of `lens`."""
        place = self.reader.place(lens, deal_id)
        if place is None:
            raise NotFound(f"D-{deal_id} is not on the board.")
        stage_id, index = place
        target = index + places
        if target < 0:
            raise Refused("It is on top already.")
        around = self.reader.window(lens, stage_id, max(0, target - 1), 3)
        ids = [card.id for card in around]
        if target > index and target - max(0, target - 1) >= len(ids):
            raise Refused("It is at the bottom already.")
        ranks = {card.id: card.rank for card in around}
        at = target - max(0, target - 1)
        first = at if places > 0 else at - 1
        rank = _between(*(_rank_at(ranks, ids, place) for place in (first, first + 1)))
        if rank is None:
            return self._respace(lens, stage_id, deal_id, target, seen, dry_run, token)
        return self.execute(c.Rank(rank), [deal_id], seen=seen, dry_run=dry_run, token=token)

    def _respace(
        self,
        lens: Lens,
        stage_id: int,
        deal_id: int,
        target: int,
        seen: Seen,
        dry_run: bool,
        token: str,
    ) -> Receipt:
        """New ranks for a whole column, where two neighbours leave no room between them."""
        cards = self.reader.window(
            lens, stage_id, 0, self.reader.board(lens).column(stage_id).count
        )
        order = [card.id for card in cards if card.id != deal_id]
        order.insert(target, deal_id)
        first = cards[0].rank
        ranks = {card_id: first + place * RANK_GAP for place, card_id in enumerate(order)}
        return self.carry_out(
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
