"""The cards of one column that a screen shows, and where a deal stands in its column."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from zoneinfo import ZoneInfo

from pipeboard.domain.board import Card, Lens, Sort
from pipeboard.domain.dates import kept_day
from pipeboard.domain.deal import UNKNOWN, Status
from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Pipeline, Stage
from pipeboard.domain.signs import DealClocks, Limits, Sign, limits, overstays, sign
from pipeboard.store.database import Database, RowTuple
from pipeboard.store.reading.attention import UNSAID_LOSS
from pipeboard.store.reading.scope import (
    InOrder,
    Order,
    SortKey,
    comes_before,
    order_by,
    order_of,
    reversed_order,
    scope,
    small_result,
)
from pipeboard.store.reading.setup import read_settings
from pipeboard.store.sql import FALSE, Sql, among, every
from pipeboard.store.troubles import UNREADABLE, of_deal

_CARD = (
    "deal.id, version, title, account, owner, outcome, archived_at is not null, value_minor,"
    " value_currency, next_text, next_due, stage_entered_at,"
    " entry_precision, coalesce(last_touch_at, created_at), probability_bp, answered,"
    " expected_close, closed_at, snoozed_until, rank,"
    f" case when not {UNSAID_LOSS} then loss_category end"
)

_NO_LIMIT = 2_000_000_000


def in_order(database: Database, pipeline: Pipeline, lens: Lens) -> InOrder | None:
    """The deals of a lens in their order, where no index tells it: few of them, or the queue. It
    takes a look at each, so that they are looked for once a change."""
    if lens.sort is not Sort.NEEDS:
        found = small_result(database, pipeline, lens)
        return None if found is None else found.in_order
    return database.remembered(
        ("in order", lens, pipeline.version), lambda: _queue_first(database, pipeline, lens)
    )


def _queue_first(database: Database, pipeline: Pipeline, lens: Lens) -> InOrder:
    """The queue in its order, then the others by the day of their next step, as they were put by
    hand; over the columns of `DayReader.columns`."""
    from pipeboard.domain.queue import LATER

    waits = f"tier < {LATER}"
    order: Order = (
        SortKey("tier"),
        SortKey(f"case when {waits} then worth end", descending=True, optional=True),
        SortKey(f"case when {waits} then created_at end", optional=True),
        SortKey(f"case when {waits} then null else next_due end", optional=True),
        SortKey(f"case when {waits} then 0 else rank end"),
        SortKey("id"),
    )
    order = reversed_order(order) if lens.reverse else order
    wanted = scope(database, pipeline, lens)
    keys = _by_need(database, pipeline, lens)
    rows = database.records(
        f"select stage_id, id from (select deal.stage_id, deal.id, {keys.text} from deal"
        f" where {wanted.text} limit {_NO_LIMIT} offset 0) as found"
        f" order by stage_id, {order_by(order)}",
        (*keys.values, *wanted.values),
    )
    stages = groupby(rows, itemgetter(0))
    return InOrder({stage_id: [row[1] for row in found] for stage_id, found in stages})


def _by_need(database: Database, pipeline: Pipeline, lens: Lens) -> Sql:
    """What the queue is sorted by, of each deal."""
    from pipeboard.store.reading.agreements import read_rates
    from pipeboard.store.reading.day import DayReader
    from pipeboard.store.reading.listing import Listing

    rates = read_rates(database, read_settings(database).currency)
    listing = Listing(lens.today, lens.zone, lens.me, pipeline.id, lens.owner)
    return DayReader(database, (pipeline,), rates, listing).columns()


def read_window(
    database: Database, pipeline: Pipeline, lens: Lens, stage_id: int, offset: int, limit: int
) -> tuple[Card, ...]:
    """Up to `limit` cards of a column in the lens's order, from the one at index `offset`."""
    start = max(offset, 0)
    found = in_order(database, pipeline, lens)
    if found is not None:
        ids = found.ids(stage_id)[start : start + limit]
        shown, order = among("deal.id", ids), _as_listed(ids)
        if shown == FALSE:
            return ()
    else:
        order = order_by(order_of(lens))
        # Ordered by what an index holds, and only then are the few rows themselves looked at.
        wanted = scope(database, pipeline, lens, (stage_id,), probing=True)
        shown = Sql(
            "deal.id in (select deal.id from deal"
            f" where {wanted.text} order by {order} limit ? offset ?)",
            (*wanted.values, limit, start),
        )
    try:
        rows = database.records(
            f"select {_CARD} from deal where {shown.text} order by {order}", shown.values
        )
    except DatabaseError as error:
        if error.details.get("reason") == "damaged":  # which of them it is
            from pipeboard.store.reading.deals import read_deals

            ids = database.column(f"select deal.id from deal where {shown.text}", shown.values)
            read_deals(database, ids)
        raise
    stage = pipeline.stage(stage_id)
    limit_of_stage = limits(stage, lens.today)
    return tuple(_sound_card(row, stage, limit_of_stage, lens.zone) for row in rows)


def read_place(
    database: Database, pipeline: Pipeline, lens: Lens, deal_id: int
) -> tuple[int, int] | None:
    """The stage of a deal and its index in that column; None where the lens hides the deal."""
    all_in_order = in_order(database, pipeline, lens)
    if all_in_order is not None:
        return all_in_order.place(deal_id)
    order = order_of(lens)
    keys = ", ".join(key.text for key in order)
    wanted = every((Sql("deal.id = ?", (deal_id,)), scope(database, pipeline, lens, probing=True)))
    found = database.record(
        f"select deal.stage_id, {keys} from deal where {wanted.text}", wanted.values
    )
    if not found:
        return None
    stage_id, *values = found
    before = every((scope(database, pipeline, lens, (stage_id,)), comes_before(order, values)))
    return stage_id, database.number(
        f"select count(*) from deal where {before.text}", before.values
    )


def _as_listed(ids: Sequence[int]) -> str:
    """The text after ORDER BY that gives deals in the order in which they are listed."""
    whens = " ".join(f"when {deal_id} then {place}" for place, deal_id in enumerate(ids))
    return f"case deal.id {whens} end" if ids else "deal.id"


def _sound_card(record: RowTuple, stage: Stage, limit: Limits, zone: ZoneInfo) -> Card:
    """The card of a row; `DatabaseError` naming the deal where nobody of ours has written it."""
    try:
        return _card(record, stage, limit, zone)
    except UNREADABLE as error:
        raise of_deal(record[0], error) from error


def _card(record: RowTuple, stage: Stage, limit: Limits, zone: ZoneInfo) -> Card:
    deal_id, version, title, account, owner, outcome, is_archived, minor, currency = record[:9]
    next_text, due, entered_at, precision, touched_at, by_hand, answered = record[9:16]
    close, closed_at, snoozed, rank, loss = record[16:]
    entered_on, snoozed_until = _local_day(entered_at, zone), kept_day(snoozed)
    touched_on = _local_day(touched_at, zone)
    at = DealClocks(entered_on, touched_on, kept_day(due), kept_day(close))
    entry_known = precision != UNKNOWN
    is_open = outcome == "open" and not is_archived
    is_snoozed = snoozed_until is not None and snoozed_until > limit.today
    return Card(
        id=deal_id,
        version=version,
        stage_id=stage.id,
        title=title,
        account=account,
        owner=owner,
        status=Status.ARCHIVED if is_archived else Status(outcome),
        value=None if minor is None else Money(minor, currency),
        sign=sign(at, limit, snoozed=is_snoozed) if is_open else Sign.NONE,
        next_text=next_text or "",
        next_due=at.next_due,
        days_in_stage=(limit.today - entered_on).days,
        entry_known=entry_known,
        days_untouched=(limit.today - touched_on).days,
        over_limit=is_open and overstays(at, limit),
        probability_bp=stage.probability_bp if by_hand is None else by_hand,
        probability_by_hand=by_hand is not None,
        answered=answered,
        expected_close=at.expected_close,
        closed_on=_local_day(closed_at, zone) if closed_at is not None and entry_known else None,
        snoozed_until=snoozed_until,
        rank=rank,
        loss=loss or "",
    )


def _local_day(us: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(us // 1_000_000, zone).date()
