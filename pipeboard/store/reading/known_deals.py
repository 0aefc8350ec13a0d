"""What is known here of the deals that a file speaks of: by their ids elsewhere, by their names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipeboard.domain.deal import Deal
from pipeboard.domain.errors import BadInput
from pipeboard.domain.events import later_than
from pipeboard.domain.filter_nodes import EVERYTHING, Filter
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.text import did_you_mean, quoted
from pipeboard.store.database import CHUNK, Database
from pipeboard.store.dialect import listed
from pipeboard.store.reading.deals import read_deals
from pipeboard.store.reading.filtering import Asked, condition
from pipeboard.store.reading.scope import NAME, Key, Order, order_by, reversed_order
from pipeboard.store.rows import DEALS, event_from_row, stored_deal
from pipeboard.store.sql import TRUE, Sql, among, every
from pipeboard.store.troubles import readable

# Instants as they are recorded: in the log of a deal, never before what it holds already.
#
# A clock that was set back would else let a deal enter a stage before it was created. Each deal
# has a clock of its own in that: whoever brings in old deals with a clock set to the past is not
# put off by what others did to others.

_BATCH = 500


def instant_after(database: Database, clock: datetime, deal_ids: Collection[int]) -> datetime:
    """What the clock shows, or just after the last change of these deals where it shows an earlier
    time than that."""
    last, ids = 0, list(deal_ids)
    for start in range(0, len(ids), _BATCH):
        found = database.column(latest(ids[start : start + _BATCH]))
        with readable("the deals"):
            last = max(last, int(found[0] or 0))
    return later_than(last, clock)


def latest(deal_ids: Iterable[int]) -> str:
    """Asks when one of these deals was changed last."""
    return f"SELECT max(updated_at) FROM deal WHERE {among('id', deal_ids).text}"


class Named(NamedTuple):
    """A deal by what people call it."""

    deal_id: int
    account: str
    title: str


class KnownDeals:
    """Short questions, so that nobody who writes waits for them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def with_ids(self, ids: Iterable[str]) -> Mapping[str, Sequence[Deal]]:
        """The deals that carry these ids of other tools, whichever tool and pipeline."""
        wanted = list(dict.fromkeys(ids))
        found: dict[str, list[Deal]] = defaultdict(list)
        for start in range(0, len(wanted), CHUNK):
            some = listed("external_id", wanted[start : start + CHUNK])
            for row in self._database.rows(
                f"{DEALS} where not deal.removed and {some.text}", some.values
            ):
                found[row["external_id"]].append(stored_deal(row))
        return found

    def numbered(self, ids: Iterable[int]) -> dict[int, Deal]:
        """The deals with these numbers."""
        return read_deals(self._database, ids)

    def instant_after(self, clock: datetime, ids: Sequence[int]) -> datetime:
        """The instant to change these deals at; later than `clock` where that was set back."""
        return instant_after(self._database, clock, ids)

    def named(self, pipeline_id: int) -> Iterator[Named]:
        """Every deal of a pipeline by its names."""
        rows = self._database.records(
            "select id, account, title from deal where pipeline_id = ? and not removed order by id",
            (pipeline_id,),
        )
        return map(Named._make, rows)

    def count(self) -> int:
        """How many deals there have ever been."""
        return self._database.number("select count(*) from deal")

    def standing(self) -> int:
        """How many deals there are; those that were taken back are none."""
        return self._database.number("select count(*) from deal where not removed")

    def touched_here(self, deal_id: int, since: int = 0) -> frozenset[str]:
        """The fields that people changed here after that version, imports left out."""
        rows = self._database.rows(
            "select event.deal_id, event.kind, event.at, event.undoes, event.data from event"
            " join command on command.id = event.command_id"
            " where event.deal_id = ? and event.version > ? and command.verb <> 'import'",
            (deal_id, since),
        )
        return frozenset(name for event in map(event_from_row, rows) for name in event.changed)

    def notes(self, deal_id: int) -> frozenset[str]:
        """The texts of the notes that stand on a deal."""
        rows = self._database.column(
            "select text from note where deal_id = ? and not removed", (deal_id,)
        )
        return frozenset(rows)

    def recipe(self, source: str) -> str | None:
        """How files of that source were last read."""
        found = self._database.record(
            "select recipe from import_recipe where source = ?", (source,)
        )
        return found[0] if found else None


# Many deals in one order, over one pipeline or all: for lists, exports and `--where`.

_ID = Key("deal.id")
_SORTS: Mapping[str, Order] = MappingProxyType(
    {
        "id": (_ID,),
        "value": (Key("deal.value_minor", optional=True), _ID),
        "age": (Key("deal.stage_entered_at", descending=True), _ID),
        "close": (Key("deal.expected_close", optional=True), _ID),
        "next": (Key("deal.next_due", optional=True), _ID),
        "name": (Key(NAME), _ID),
        "owner": (Key("nullif(deal.owner, '')", optional=True), _ID),
        "updated": (Key("deal.updated_at"), _ID),
        "created": (Key("deal.created_at"), _ID),
    }
)
SORTS = (*_SORTS, "stage", "score")


@dataclass(frozen=True, slots=True)
class Listing:
    """Which deals, and in which order.

    `pipeline_id` and `owner` of None mean all; `me` is who `owner:me` is. Archived deals are left
    out unless the filter asks for them. `sort` is one of SORTS, ascending (`age`: the youngest in
    its stage first, `value`: the smallest number whatever its currency, `stage`: as on the board),
    or with `-` in front descending; what is missing comes last either way.
    """

    today: date
    zone: ZoneInfo
    me: str = ""
    pipeline_id: int | None = None
    owner: str | None = None
    filter: Filter = EVERYTHING
    sort: str = "id"
    limit: int | None = None


def read_ids(
    database: Database, pipelines: Sequence[Pipeline], listing: Listing
) -> tuple[int, ...]:
    """The ids of the deals in order. Raises BadInput for an unknown sort or filter term."""
    key, is_descending = listing.sort.removeprefix("-"), listing.sort.startswith("-")
    if key not in SORTS:
        raise BadInput(
            f"{quoted(listing.sort)} is nothing to sort by.",
            hint=did_you_mean(key, SORTS) or f"Sort by one of {', '.join(SORTS)}.",
        )
    asked, wanted = _wanted(database, pipelines, listing)
    if key == "score":
        from pipeboard.store.reading.filtering.scores import low_scores

        scores = low_scores(database, asked, wanted)
        return _by_score(_ids(database, wanted, (_ID,)), scores, is_descending)[: listing.limit]
    order = _stage_order(asked) if key == "stage" else _SORTS[key]
    if is_descending:
        order = reversed_order(order)
    return tuple(_ids(database, wanted, order, listing.limit))


def _wanted(
    database: Database, pipelines: Sequence[Pipeline], listing: Listing
) -> tuple[Asked, Sql]:
    chosen = tuple(p for p in pipelines if listing.pipeline_id in (None, p.id))
    asked = Asked(chosen, listing.today, listing.zone, listing.me)
    mine = TRUE if listing.owner is None else Sql("deal.owner = ?", (listing.owner,))
    wanted = every((condition(database, listing.filter, asked), mine))
    return asked, wanted


def _ids(database: Database, wanted: Sql, order: Order, limit: int | None = None) -> list[int]:
    most = "" if limit is None else f" limit {int(limit)}"
    return database.column(
        f"select deal.id from deal where {wanted.text} order by {order_by(order)}{most}",
        wanted.values,
    )


def _stage_order(asked: Asked) -> Order:
    places = [stage.id for pipeline in asked.pipelines for stage in pipeline.stages]
    whens = " ".join(f"when {stage_id} then {place}" for place, stage_id in enumerate(places))
    place = f"case deal.stage_id {whens} else {len(places)} end"
    return (Key(place), Key("deal.rank"), _ID)


def _by_score(
    ids: Sequence[int], scores: Mapping[int, int], is_descending: bool
) -> tuple[int, ...]:
    sign = -1 if is_descending else 1
    scored = sorted((i for i in ids if i in scores), key=lambda i: (sign * scores[i], i))
    return (*scored, *(i for i in ids if i not in scores))
