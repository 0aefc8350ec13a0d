"""The Reader: everything that the program asks of a database, as values of the domain.

It needs neither SQLModel nor the rest of the store, so that a first frame can be painted early;
for the same reason it imports what the board does not need only when it is asked for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from pipeboard.domain.board import Board, Card, Lens, Signs
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.settings import Rep, Settings
from pipeboard.store.reading import board, cards, setup
from pipeboard.store.reading.database import Database

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from pipeboard.domain.deal import Deal, Note, Touch
    from pipeboard.domain.filter_nodes import Filter
    from pipeboard.domain.metrics import History, Present, Rates, Rules
    from pipeboard.domain.sheet import Entry, Sheet
    from pipeboard.store.reading.finding import Found
    from pipeboard.store.reading.history import Did
    from pipeboard.store.reading.known_deals import KnownDeals
    from pipeboard.store.reading.listing import Listing
    from pipeboard.store.whole import Whole


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

    def saved_filters(self, me: str) -> tuple[tuple[str, str], ...]:
        """Name and text of my saved filters and of the shared ones."""
        return setup.read_saved_filters(self._database, me)

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

    def whole(self) -> Whole:
        """Everything there is, table by table."""
        from pipeboard.store.whole import Whole

        return Whole(self._database)

    def known_deals(self) -> KnownDeals:
        """What an import asks of the deals that are there."""
        from pipeboard.store.reading.known_deals import KnownDeals

        return KnownDeals(self._database)

    def sheet(self, deal_id: int) -> Sheet | None:
        """A deal with everything around it, as of one moment; None when there is none."""
        from pipeboard.store.reading.sheets import read_sheet

        return read_sheet(self._database, self._pipelines.by_id(), deal_id)

    def each(
        self,
        query: Filter | None = None,
        *,
        today: date,
        zone: ZoneInfo | None = None,
        me: str = "",
        pipeline_id: int | None = None,
        owner: str | None = None,
        sort: str = "id",
        limit: int | None = None,
    ) -> Iterator[Deal]:
        """The deals that a filter finds one by one, in bounded memory; no lock is held meanwhile.

        `zone` is the workspace's unless given; the rest is as in `Listing`. Raises BadInput at
        once for a sort or a term of the filter that nobody can understand.
        """
        from pipeboard.domain.filter_nodes import EVERYTHING
        from pipeboard.store.reading.deals import each_deal
        from pipeboard.store.reading.listing import Listing

        zone = zone or self.settings().zone
        found = self.ids(
            Listing(today, zone, me, pipeline_id, owner, query or EVERYTHING, sort, limit)
        )
        return each_deal(self._database, found)

    def ids(self, listing: Listing) -> tuple[int, ...]:
        """The deals of a listing in its order."""
        from pipeboard.store.reading.listing import read_ids

        return read_ids(self._database, self.pipelines(), listing)

    def due_to_return(self, today: date) -> tuple[int, ...]:
        """The lost deals whose day to try again has come and that have not come back yet."""
        from pipeboard.store.returning import DUE_TO_RETURN

        rows = self._database.rows(DUE_TO_RETURN, {"today": today.isoformat()})
        return tuple(row["id"] for row in rows)

    def count(self, listing: Listing) -> int:
        """How many deals a listing has, whatever its limit."""
        from pipeboard.store.reading.listing import count_deals

        return count_deals(self._database, self.pipelines(), listing)

    def named(
        self, text: str, pipeline_id: int | None = None, limit: int | None = None
    ) -> tuple[Deal, ...]:
        """The deals whose title or account holds `text`; only those it names wholly, if any."""
        from pipeboard.store.reading.finding import named

        return named(self._database, text, pipeline_id=pipeline_id, limit=limit)

    def find(self, text: str, limit: int = 50, pipeline_id: int | None = None) -> tuple[Found, ...]:
        """The deals whose name, company, people or number are most like `text`, the best first."""
        from pipeboard.store.reading.finding import find

        return find(
            self._database, self._pipelines.by_id(), text, limit=limit, pipeline_id=pipeline_id
        )

    # What happened.

    def notes(self, deal_id: int) -> tuple[Note, ...]:
        """The notes that stand on a deal, newest first."""
        from pipeboard.store.reading.history import read_notes

        return read_notes(self._database, deal_id)

    def touches(self, deal_id: int) -> tuple[Touch, ...]:
        """The touches that stand on a deal, newest first."""
        from pipeboard.store.reading.history import read_touches

        return read_touches(self._database, deal_id)

    def entries(
        self,
        deal_id: int | None = None,
        since: datetime | None = None,
        limit: int | None = None,
        *,
        before: int | None = None,
    ) -> tuple[Entry, ...]:
        """Recorded events, newest first: of one deal or of all, recorded at or after `since`.

        A page that ended with the `seq` n goes on with `before=n`.
        """
        from pipeboard.store.reading.history import read_entries

        return read_entries(
            self._database, deal_id=deal_id, since=since, before=before, limit=limit
        )

    def commands(self, actor: str | None = None, limit: int | None = None) -> tuple[Did, ...]:
        """What somebody (or everybody) did, newest first, undoing and redoing included."""
        from pipeboard.store.reading.history import read_commands

        return read_commands(self._database, actor=actor, limit=limit)

    # What numbers are made of.

    def histories(
        self, pipeline_id: int, as_of: datetime, ids: Collection[int] | None = None
    ) -> list[History]:
        """What every deal of a pipeline (or those with these ids) went through up to an instant;
        no lock is held meanwhile."""
        from pipeboard.store.reading.facts import read_histories

        return read_histories(self._database, pipeline_id, as_of, ids)

    def rules(self, pipeline: Pipeline) -> Rules:
        """What the numbers of a pipeline are counted by: targets, rates, teams, settings."""
        from pipeboard.store.reading.yardsticks import read_rules

        return read_rules(self._database, pipeline, self.settings())

    def present(self, pipeline: Pipeline) -> Present:
        """What only the deals as they are now tell: quotes sent, evidence for a commit."""
        from pipeboard.store.reading.yardsticks import read_present

        return read_present(self._database, pipeline)

    def attribute(self, pipeline_id: int, name: str) -> Mapping[int, str]:
        """A value of each deal to group by: `source`, `account`, `field.product`; BadInput for what
        no deal has."""
        from pipeboard.store.reading.yardsticks import read_attribute

        return read_attribute(self._database, pipeline_id, name)

    def usual_days(self, pipeline_id: int) -> Mapping[int, int]:
        """How many days deals usually stay in each open stage, of those changed last."""
        from pipeboard.store.reading.dwells import read_usual_days

        return read_usual_days(self._database, pipeline_id)

    def rates(self) -> Rates:
        """The exchange rates into the workspace's currency."""
        from pipeboard.store.reading.yardsticks import read_rates

        return read_rates(self._database, self.settings().currency)

    def _pipeline(self, lens: Lens) -> Pipeline:
        return self._pipelines.by_id()[lens.pipeline_id]
