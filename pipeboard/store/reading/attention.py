"""The rules of `domain.signs` as conditions over all deals: snoozed, overdue, stalled.

The limits come from the domain; here is only the comparing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from pipeboard.domain.board import Signs
from pipeboard.domain.dates import start_of_day
from pipeboard.domain.deal import UNKNOWN
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.signs import Limits, limits
from pipeboard.store.database import Database
from pipeboard.store.sql import FALSE, Sql, compares, either, every, negated

OPEN = Sql("deal.live and deal.outcome = 'open'")
ENTRY_KNOWN = f"deal.entry_precision <> '{UNKNOWN}'"
"""Whether somebody knows when a deal came to where it stands, won and lost among it."""
NO_NEXT_STEP = Sql("deal.next_due is null")
"""Without a next step; one without a day is none (`domain.signs.sign`)."""
UNSAID_LOSS = "(deal.loss_category = 'other' and coalesce(deal.loss_reason, '') = '')"
"""Lost without a word about why (`Loss.told`)."""
TOUCHED_AT = "coalesce(deal.last_touch_at, deal.created_at)"


def micros_at(day: date, zone: ZoneInfo) -> int:
    """The start of a local day as the database keeps instants, in microseconds since 1970 UTC."""
    return int(start_of_day(day, zone).timestamp()) * 1_000_000


def snoozed(today: date) -> Sql:
    """Parked until a day to come."""
    return compares("deal.snoozed_until", ">", today.isoformat())


def overdue(today: date) -> Sql:
    """With a next step that was due before today."""
    return compares("deal.next_due", "<", today.isoformat())


def stalled(pipelines: Iterable[Pipeline], today: date, zone: ZoneInfo) -> Sql:
    """Open, not snoozed, and past a limit of its stage (`DEFINITIONS.md`)."""
    return every((OPEN, negated(snoozed(today)), past_limit(pipelines, today, zone)))


def past_limit(pipelines: Iterable[Pipeline], today: date, zone: ZoneInfo) -> Sql:
    """Longer in its stage or longer untouched than the stage allows."""
    whens = [
        Sql(f"when {stage.id} then ({past.text})", past.values)
        for pipeline in pipelines
        for stage in pipeline.stages
        if stage.is_open and (past := _past(limits(stage, today), zone)) != FALSE
    ]
    if not whens:
        return FALSE
    text = " ".join(when.text for when in whens)
    values = tuple(value for when in whens for value in when.values)
    return Sql(f"case deal.stage_id {text} else false end", values)


def _past(limit: Limits, zone: ZoneInfo) -> Sql:
    parts = []
    if limit.overstay_before is not None:
        before = micros_at(limit.overstay_before, zone)
        parts.append(Sql("deal.stage_entered_at < ?", (before,)))
    if limit.idle_before is not None and limit.plan_until is not None:
        before = micros_at(limit.idle_before, zone)
        planned = every(
            (
                compares("deal.next_due", ">=", limit.today.isoformat()),
                compares("deal.next_due", "<=", limit.plan_until.isoformat()),
            )
        )
        parts.append(every((Sql(f"{TOUCHED_AT} < ?", (before,)), negated(planned))))
    return either(parts)


def signs_by_stage(database: Database, wanted: Sql, past: Sql, today: date) -> Mapping[int, Signs]:
    """How many of the deals that are wanted carry each sign, as `domain.signs.sign` gives them,
    by stage; `past` is the condition of `past_limit`."""
    late, unplanned = overdue(today), NO_NEXT_STEP
    counted = (late, unplanned, every((negated(late), negated(unplanned), past)))
    sums = ", ".join(f"sum(case when {sign.text} then 1 else 0 end)" for sign in counted)
    values = [value for sign in counted for value in sign.values]
    rows = database.records(
        f"select stage_id, {sums} from deal where {wanted.text} group by stage_id",
        (*values, *wanted.values),
    )
    return {stage_id: Signs(*map(int, numbers)) for stage_id, *numbers in rows if any(numbers)}
