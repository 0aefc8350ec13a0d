"""The Reader: everything that the program asks of a database, as values of the domain.

It needs neither SQLModel nor the rest of the store, so that a first frame can be painted early;
for the same reason it imports what the board does not need only when it is asked for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from pipeboard.domain.board import Board, Card, Lens, Signs
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.settings import Rep, Settings
from pipeboard.store.reading import board, cards, setup
from pipeboard.store.reading.database import Database

if TYPE_CHECKING:
    from pipeboard.domain.deal import Deal


class Reader:
    """Reads one database over one connection, in one thread at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._database = Database(connection)
        self._pipelines = setup.Pipelines(self._database)

    def snapshot(self) -> AbstractContextManager[None]:
        """All that is read inside is of one moment; keep it short, since writers wait for it."""
        return self._database.snapshot()

    def data_version(self) -> int:
        """A number that differs once another connection has committed; costs microseconds."""
        return self._database.version()

    def close(self) -> None:
        """Lets go of the connection."""
        self._database.close()

    # What the workspace is set up with.

    def settings(self) -> Settings:
        return setup.read_settings(self._database)

    def pipelines(self) -> tuple[Pipeline, ...]:
        """All pipelines in their order."""
        return self._pipelines.all()

    def reps(self) -> tuple[Rep, ...]:
        return setup.read_reps(self._database)

    # The board.

    def board(self, lens: Lens) -> Board:
        """Columns with their counts and sums; `signs` is None, ask `signs` for them."""
        return board.read_board(self._database, self._pipeline(lens), lens)

    def signs(self, lens: Lens) -> Signs:
        """How many open deals under the lens carry each sign."""
        return board.read_signs(self._database, self._pipeline(lens), lens)

    def window(self, lens: Lens, stage_id: int, offset: int, limit: int) -> tuple[Card, ...]:
        """Up to `limit` cards of a column, from the one at index `offset`."""
        return cards.read_window(
            self._database, self._pipeline(lens), lens, stage_id, offset, limit
        )

    def place(self, lens: Lens, deal_id: int) -> tuple[int, int] | None:
        """The stage of a deal and its index in that column; None where the lens hides the deal."""
        return cards.read_place(self._database, self._pipeline(lens), lens, deal_id)

    # Deals.

    def deal(self, deal_id: int) -> Deal | None:
        """The deal with that id, also an archived or removed one."""
        from pipeboard.store.reading.deals import read_deal

        return read_deal(self._database, deal_id)

    def deals(self, ids: Iterable[int]) -> dict[int, Deal]:
        """The deals with these ids, in their order; unknown ids are left out."""
        from pipeboard.store.reading.deals import read_deals

        return read_deals(self._database, ids)

    def _pipeline(self, lens: Lens) -> Pipeline:
        return self._pipelines.by_id()[lens.pipeline_id]
