"""The Reader: everything that the program asks of a database, as values of the domain.

It needs nothing of the rest of the store, so that a first frame can be painted early; for the same
reason it imports what the board does not need only when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING

from pipeboard.domain.board import Board, Card, Lens, Signs
from pipeboard.domain.dates import micros
from pipeboard.domain.errors import NotFound
from pipeboard.domain.filter_nodes import EVERYTHING, Filter
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.settings import Rep, Settings
from pipeboard.store import dialect
from pipeboard.store.database import Database
from pipeboard.store.locating import Server
from pipeboard.store.reading import board, cards, setup
from pipeboard.store.reading.board import check_stages
from pipeboard.store.reading.sight import RepSight

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from pipeboard.domain.deal import Deal
    from pipeboard.domain.deal_record import DealRecord
    from pipeboard.domain.people import Actor
    from pipeboard.store.reading.agreements import Agreements
    from pipeboard.store.reading.day import DayReader
    from pipeboard.store.reading.facts import KnownHistories
    from pipeboard.store.reading.finding import Found, KnownDeals
    from pipeboard.store.reading.history import History
    from pipeboard.store.reading.listing import Listing, Place, Selection
    from pipeboard.store.reading.numbers import Numbers
    from pipeboard.store.whole import Whole


class Reader:
    """Reads one database over one connection, in one thread at a time.

    What is `shown_to` somebody is what they may see of it, whatever is asked.
    """

    def __init__(self, database: Database, shown_to: Actor | None = None) -> None:
        self._whole = database
        self._database = (
            database if shown_to is None else database.shown(RepSight(shown_to, database))
        )
        self._pipelines = setup.Pipelines(self._database)
        self._histories: list[KnownHistories] = []

    def snapshot(self, *, of_file: bool = True) -> AbstractContextManager[None]:
        """All that is read inside is of one moment; keep it short, since writers wait for it.

        A server lets nobody wait, and answers in fewer round trips so: what only wants that leaves
        a file alone (not `of_file`).
        """
        return self._database.snapshot() if of_file else self._database.together()

    def check(self) -> None:
        """`DatabaseError` when this is no more the database that was opened: `details["reason"]` is
        replaced, deleted, truncated, linked, newer, corrupt or unreachable.

        It costs microseconds while nobody writes, and is meant for every look at `data_version`.
        """
        self._database.check()

    def data_version(self) -> int:
        """A number that differs once another connection has committed; costs microseconds."""
        return self._database.version()

    @cached_property
    def may_write(self) -> bool:
        """Do the rights of the file, or of the login on a server, let this account change it?"""
        location = self._database.identity.location
        if not isinstance(location, Server):
            return location.may_write_beside
        return bool(self._database.column(dialect.MAY_WRITE)[0])

    def wait_at_most(self, busy_ms: int) -> None:
        """How long a question waits for a writer from here on, before `DatabaseError`."""
        self._database.wait_at_most(busy_ms)

    def close(self) -> None:
        """Lets go of the connection."""
        self._database.close()

    def shown_to(self, actor: Actor | None) -> Reader:
        """Reads what somebody may see (None: everything), over the same connection."""
        return Reader(self._whole, actor)

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
        """Columns with their counts and sums; `stage_signs` is None, ask for them.

        `DatabaseError` when a live deal stands in a stage that no pipeline has.
        """
        pipelines, pipeline = self.pipelines(), _pipeline_of(lens, self._pipelines.by_id())
        self._database.ahead(*board.questions(pipelines, pipeline, lens))
        check_stages(self._database, pipelines)
        return board.read_board(self._database, pipeline, lens)

    def stage_signs(self, lens: Lens) -> Mapping[int, Signs]:
        """How many open deals under the lens carry each sign, by stage."""
        return board.read_signs(self._database, _pipeline_of(lens, self._pipelines.by_id()), lens)

    def window(self, lens: Lens, stage_id: int, offset: int, limit: int) -> tuple[Card, ...]:
        """Up to `limit` cards of a column, from the one at index `offset`."""
        return cards.read_window(
            self._database,
            _pipeline_of(lens, self._pipelines.by_id()),
            lens,
            stage_id,
            offset,
            limit,
        )

    def place(self, lens: Lens, deal_id: int) -> tuple[int, int] | None:
        """The stage of a deal and its index in that column; None where the lens hides the deal."""
        return cards.read_place(
            self._database, _pipeline_of(lens, self._pipelines.by_id()), lens, deal_id
        )

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
        from pipeboard.store.reading.finding import KnownDeals

        return KnownDeals(self._database, self._whole)

    def record(self, deal_id: int, eyes: str) -> DealRecord | None:
        """A deal with everything around it, as of one moment, without what whoever looks with these
        `Rights.eyes` is not shown; None when there is none."""
        from pipeboard.store.reading.history import read_record

        with self._database.snapshot():
            found = read_record(self._database, self._pipelines.by_id(), deal_id)
        return found and found.seen_by(eyes)

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
        """The deals that a filter finds one by one, as `select` finds them.

        `zone` is the workspace's unless given; the rest is as in `Listing`.
        """
        from pipeboard.store.reading.listing import Listing

        zone = zone or self.settings().zone
        return self.select(
            Listing(today, zone, me, pipeline_id, owner, query or EVERYTHING, sort, limit)
        ).deals

    def select(
        self, listing: Listing, place: Callable[[Deal], Place | None] | None = None
    ) -> Selection:
        """The deals of a listing in its order, all as of one moment, in bounded memory.

        With `place`, which tells of a whole deal where it comes, in that order.

        They are read at once (30,000 in 0.3 s, in which writers wait), and no lock is held while
        they are consumed. Raises BadInput for a sort or a term of the filter that nobody can
        understand, `DatabaseError` when a deal stands in a stage that no pipeline has.
        """
        from pipeboard.store.reading.deals import each_deal
        from pipeboard.store.reading.listing import Selection

        with self._database.snapshot():
            found = self.ids(listing, place)
            return Selection(found, each_deal(self._database, found))

    def ids(
        self, listing: Listing, place: Callable[[Deal], Place | None] | None = None
    ) -> tuple[int, ...]:
        """The deals of a listing in its order, or by their `place`."""
        from pipeboard.store.reading.listing import read_ids, read_ids_by

        pipelines = self.pipelines()
        check_stages(self._database, pipelines, with_archive=True)
        if place is not None:
            return read_ids_by(self._database, pipelines, listing, place)
        return read_ids(self._database, pipelines, listing)

    def left_in_archive(self, listing: Listing) -> str:
        """What a list of deals that were won or lost leaves out and numbers count, in a sentence:
        archived ones, and how they are found; "" where it leaves out none."""
        from pipeboard.store.reading.listing import left_in_archive

        return left_in_archive(self._database, self.pipelines(), listing)

    def ids_at(self, listing: Listing, as_of: datetime) -> frozenset[int]:
        """The deals of a listing as they were at an instant."""
        later = "select 1 from command where at > ? limit 1"
        if not self._database.rows(later, (micros(as_of),)):
            return frozenset(self.ids(listing))
        from pipeboard.store.whole import ids_at

        return ids_at(self._database, self.pipelines(), listing, as_of)

    def custom_fields(self) -> tuple[str, ...]:
        """The names of the fields of one's own that any deal has."""
        sql = "select distinct name from deal_field order by name"
        return tuple(self._database.remembered(sql, lambda: self._database.column(sql)))

    def due_to_return(self, today: date) -> tuple[int, ...]:
        """The lost deals whose day to try again has come and that have not come back yet."""
        from pipeboard.store.reading.deals import DUE_TO_RETURN

        rows = self._database.rows(DUE_TO_RETURN, {"today": today.isoformat()})
        return tuple(row["id"] for row in rows)

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

    def day(self, listing: Listing) -> DayReader:
        """What is to be done on the day of a listing, by its pipeline, owner and filter."""
        from pipeboard.store.reading.day import DayReader

        return DayReader(self._database, self.pipelines(), self.numbers.rates(), listing)

    @property
    def history(self) -> History:
        """What happened: notes, touches, recorded events and commands."""
        from pipeboard.store.reading.history import History

        return History(self._database)

    @property
    def agreements(self) -> Agreements:
        """What the team has agreed on besides its deals, and how that came about."""
        from pipeboard.store.reading.agreements import Agreements

        return Agreements(self._database)

    @property
    def numbers(self) -> Numbers:
        """What numbers are made of."""
        from pipeboard.store.reading.numbers import Numbers

        # Histories that are kept are those of every deal.
        return Numbers(self._database, [] if self._database.is_narrowed else self._histories)


def _pipeline_of(lens: Lens, pipelines: Mapping[int, Pipeline]) -> Pipeline:
    found = pipelines.get(lens.pipeline_id)
    if found is None:
        raise NotFound("That pipeline is there no more.", hint="Go to another one.")
    return found
