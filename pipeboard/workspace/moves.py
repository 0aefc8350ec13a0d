"""Use cases: where deals stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from pipeboard.domain import commands as c
from pipeboard.domain.board import Lens
from pipeboard.domain.criteria import Unmet
from pipeboard.domain.deal import Deal, Loss
from pipeboard.domain.errors import NotFound, Refused
from pipeboard.domain.gates import unmet
from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Pipeline
from pipeboard.workspace.desk import NOTHING_SEEN, Desk, Receipt, Seen, named

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
    ) -> Receipt:
        """To that stage, through the gate; `GateNotMet` says what is missing."""
        name = self._stage_name(stage_id)
        return self.carry_out(
            "move",
            ids,
            c.Move(stage_id, override),
            lambda deals: f"Moved {named(deals)} to {name}.",
            seen=seen,
            dry_run=dry_run,
        )

    def step(
        self,
        ids: Sequence[int],
        places: int,
        *,
        override: str = "",
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
    ) -> Receipt:
        """One open stage on (1) or back (-1), each deal from where it stands."""
        pipelines = {pipeline.id: pipeline for pipeline in self.reader.pipelines()}

        def command(deal: Deal) -> c.Move:
            return c.Move(_neighbour(deal, pipelines[deal.pipeline_id], places), override)

        def says(deals: Sequence[Deal]) -> str:
            first = deals[0]
            stage = pipelines[first.pipeline_id].stage(first.stage_id)
            where = stage.name if len({deal.stage_id for deal in deals}) == 1 else "the next stage"
            return f"Moved {named(deals)} to {where}."

        return self.carry_out("move", ids, command, says, seen=seen, dry_run=dry_run)

    def win(
        self,
        ids: Sequence[int],
        *,
        value: Money | None = None,
        on: date | None = None,
        override: str = "",
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
    ) -> Receipt:
        """Won, at a final value if one is given."""
        return self.carry_out(
            "won",
            ids,
            c.Win(value, on, override),
            lambda deals: f"Won {named(deals)}.",
            seen=seen,
            dry_run=dry_run,
        )

    def lose(
        self,
        ids: Sequence[int],
        loss: Loss,
        *,
        on: date | None = None,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
    ) -> Receipt:
        """Lost, for a category from the workspace's list."""
        return self.carry_out(
            "lost",
            ids,
            c.Lose(loss, on),
            lambda deals: f"Lost {named(deals)}: {loss.category}.",
            seen=seen,
            dry_run=dry_run,
        )

    def reopen(
        self,
        ids: Sequence[int],
        stage_id: int | None = None,
        *,
        override: str = "",
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
    ) -> Receipt:
        """Closed deals back to work, where they were closed from or in another stage."""
        return self.carry_out(
            "reopen",
            ids,
            c.Reopen(stage_id, override),
            lambda deals: f"Reopened {named(deals)}.",
            seen=seen,
            dry_run=dry_run,
        )

    def archive(
        self, ids: Sequence[int], *, seen: Seen = NOTHING_SEEN, dry_run: bool = False
    ) -> Receipt:
        """Out of sight and out of every number."""
        return self.carry_out(
            "archive",
            ids,
            c.Archive(),
            lambda deals: f"Archived {named(deals)}.",
            seen=seen,
            dry_run=dry_run,
        )

    def unarchive(
        self, ids: Sequence[int], *, seen: Seen = NOTHING_SEEN, dry_run: bool = False
    ) -> Receipt:
        """Back from the archive."""
        return self.carry_out(
            "unarchive",
            ids,
            c.Unarchive(),
            lambda deals: f"Unarchived {named(deals)}.",
            seen=seen,
            dry_run=dry_run,
        )

    def gate(self, ids: Sequence[int], stage_id: int) -> tuple[tuple[Deal, tuple[Unmet, ...]], ...]:
        """For each deal what it lacks to get to that stage, before anything happens."""
        pipelines = {pipeline.id: pipeline for pipeline in self.reader.pipelines()}
        deals = self.reader.deals(ids)
        return tuple(
            (deal, unmet(deal, pipelines[deal.pipeline_id], stage_id, self.today))
            for deal_id in ids
            if (deal := deals.get(deal_id)) is not None
        )

    def reorder(self, deal_id: int, places: int, lens: Lens) -> Receipt:
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
            return self._respace(lens, stage_id, deal_id, target)
        return self.carry_out(
            "reorder", [deal_id], c.Rank(rank), lambda deals: f"Moved {named(deals)} in its column."
        )

    def _respace(self, lens: Lens, stage_id: int, deal_id: int, target: int) -> Receipt:
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
        )

    def _stage_name(self, stage_id: int) -> str:
        for pipeline in self.reader.pipelines():
            for stage in pipeline.stages:
                if stage.id == stage_id:
                    return stage.name
        raise NotFound("There is no such stage.")


def _neighbour(deal: Deal, pipeline: Pipeline, places: int) -> int:
    stage = pipeline.stage(deal.stage_id)
    if not stage.is_open:
        raise Refused(
            f"{deal.ref} {deal.name} is {deal.outcome} and cannot be moved.",
            hint="Reopen it first.",
        )
    target = pipeline.neighbour(stage.id, places)
    if target is not None:
        return target.id
    if places < 0:
        raise Refused(f"{deal.name} has nowhere to go back to: {stage.name} is the first stage.")
    raise Refused(
        f"{stage.name} is the last stage of {pipeline.name}.", hint="Mark the deal won or lost."
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
