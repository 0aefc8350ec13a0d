"""Many deals in one order, over one pipeline or all: for lists, exports and `--where`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter
from types import MappingProxyType
from zoneinfo import ZoneInfo

from pipeboard.domain.counts import how_many
from pipeboard.domain.deal import Deal
from pipeboard.domain.errors import BadInput
from pipeboard.domain.filter_nodes import (
    EVERYTHING,
    Filter,
    asks_how_it_ended,
    reaches_archive,
    with_state,
)
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.text import did_you_mean, fold, quoted
from pipeboard.store.database import Database
from pipeboard.store.reading.deals import each_deal
from pipeboard.store.reading.filtering import FilterScope, condition
from pipeboard.store.reading.scope import NAME, Order, SortKey, order_by, reversed_order
from pipeboard.store.sql import TRUE, Sql, every

_ID = SortKey("deal.id")
_SORTS: Mapping[str, Order] = MappingProxyType(
    {
        "id": (_ID,),
        "value": (SortKey("deal.value_minor", optional=True), _ID),
        "age": (SortKey("deal.stage_entered_at", descending=True), _ID),
        "close": (SortKey("deal.expected_close", optional=True), _ID),
        "next": (SortKey("deal.next_due", optional=True), _ID),
        "name": (SortKey(NAME), _ID),
        "owner": (SortKey("nullif(deal.owner, '')", optional=True), _ID),
        "updated": (SortKey("deal.updated_at"), _ID),
        "created": (SortKey("deal.created_at"), _ID),
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


@dataclass(frozen=True, slots=True)
class Selection:
    """Deals by their ids, in an order, and the deals themselves to be gone through once."""

    ids: tuple[int, ...]
    deals: Iterator[Deal]


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


def left_in_archive(database: Database, pipelines: Sequence[Pipeline], listing: Listing) -> str:
    """What a listing of deals that were won or lost leaves out, though numbers count it: archived
    ones, and how they are found. "" where there are none, or where it asks for something else."""
    root = listing.filter.root
    ends = {fold(stage.name) for p in pipelines for stage in p.stages if not stage.is_open}
    if reaches_archive(root) or not asks_how_it_ended(root, ends):
        return ""
    archived = replace(listing, filter=with_state(listing.filter, "archived"))
    _, wanted = _wanted(database, pipelines, archived)
    wanted = every((wanted, Sql("deal.outcome <> 'open'")))
    (count,) = database.column(f"select count(*) from deal where {wanted.text}", wanted.values)
    if not count:
        return ""
    deals = how_many(count, "archived deal matches", "archived deals match")
    them = "it" if count == 1 else "them"
    return f"{deals} too: {quoted(archived.filter.text, limit=120)} finds {them}."


Place = tuple[int, float, str]
"""Where a deal comes in an order: numbers before texts."""


def read_ids_by(
    database: Database,
    pipelines: Sequence[Pipeline],
    listing: Listing,
    place: Callable[[Deal], Place | None],
) -> tuple[int, ...]:
    """As `read_ids`, in an order that only whole deals tell; those without a place come last."""
    plain = replace(listing, sort="id", limit=None)
    ids = read_ids(database, pipelines, plain)
    places = {deal.id: place(deal) for deal in each_deal(database, ids)}
    placed = [(found, one) for one, found in places.items() if found is not None]
    placed.sort(key=itemgetter(0), reverse=listing.sort.startswith("-"))
    missing = (one for one, found in places.items() if found is None)
    return (*(one for _, one in placed), *missing)[: listing.limit]


def wanted_of(database: Database, pipelines: Sequence[Pipeline], listing: Listing) -> Sql:
    """Which deals a listing is about, as a condition."""
    return _wanted(database, pipelines, listing)[1]


def _wanted(
    database: Database, pipelines: Sequence[Pipeline], listing: Listing
) -> tuple[FilterScope, Sql]:
    chosen = tuple(p for p in pipelines if listing.pipeline_id in (None, p.id))
    asked = FilterScope(chosen, listing.today, listing.zone, listing.me)
    mine = TRUE if listing.owner is None else Sql("deal.owner = ?", (listing.owner,))
    wanted = every((condition(database, listing.filter, asked), mine))
    return asked, wanted


def _ids(database: Database, wanted: Sql, order: Order, limit: int | None = None) -> list[int]:
    most = "" if limit is None else f" limit {int(limit)}"
    return database.column(
        f"select deal.id from deal where {wanted.text} order by {order_by(order)}{most}",
        wanted.values,
    )


def _stage_order(asked: FilterScope) -> Order:
    places = [stage.id for pipeline in asked.pipelines for stage in pipeline.stages]
    whens = " ".join(f"when {stage_id} then {place}" for place, stage_id in enumerate(places))
    place = f"case deal.stage_id {whens} else {len(places)} end"
    return (SortKey(place), SortKey("deal.rank"), _ID)


def _by_score(
    ids: Sequence[int], scores: Mapping[int, int], is_descending: bool
) -> tuple[int, ...]:
    sign = -1 if is_descending else 1
    scored = sorted((i for i in ids if i in scores), key=lambda i: (sign * scores[i], i))
    return (*scored, *(i for i in ids if i not in scores))
