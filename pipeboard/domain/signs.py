"""What needs a rep now: stalled deals (`DEFINITIONS.md`) and the one sign on a card."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from pipeboard.domain.dates import local_date
from pipeboard.domain.lazy_dataclass import dataclass

if TYPE_CHECKING:
    from pipeboard.domain.deal import Deal
    from pipeboard.domain.pipeline import Pipeline, Stage


class Sign(StrEnum):
    """The sign in front of a name: one a card, the gravest first."""

    OVERDUE = "!"
    NO_NEXT_STEP = "?"
    STALLED = "~"
    NONE = " "


class Clocks(Protocol):
    """What of a deal runs against its stage's limits; dates are local."""

    @property
    def entered_on(self) -> date: ...
    @property
    def touched_on(self) -> date: ...
    @property
    def next_due(self) -> date | None: ...
    @property
    def expected_close(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class DealClocks:
    """The clocks of a deal, as local dates."""

    entered_on: date
    touched_on: date
    next_due: date | None
    expected_close: date | None


def clocks(deal: Deal, zone: ZoneInfo) -> DealClocks:
    """The clocks of a deal; the last touch is its creation where there was none."""
    return DealClocks(
        local_date(deal.stage_entered_at, zone),
        local_date(deal.last_touch_at or deal.created_at, zone),
        deal.next_step.due if deal.next_step else None,
        deal.expected_close,
    )


def days_in_stage(deal: Deal, today: date, zone: ZoneInfo) -> int | None:
    """The local days since the deal came into its stage; None where nobody knows."""
    since = deal.known_entry_at
    return None if since is None else (today - local_date(since, zone)).days


def idle_days(deal: Deal, today: date, zone: ZoneInfo) -> int | None:
    """The local days since the last touch, or since the deal began; None where nobody knows."""
    since = deal.last_touch_at or deal.known_created_at
    return None if since is None else (today - local_date(since, zone)).days


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one stage on one day, as dates to compare with: the rule in the form that
    both a deal in memory and a query over all deals can be held against.

    A deal overstays when it entered before `overstay_before`; it idles when its last touch lies
    before `idle_before` and no next step is due from `today` to `plan_until`.
    """

    stage_id: int
    today: date
    overstay_before: date | None
    idle_before: date | None
    plan_until: date | None


def limits(stage: Stage, today: date) -> Limits:
    """The limits of `stage` on the day `today`; None where the stage sets no limit."""
    stay, idle = stage.expected_days, stage.idle_days
    return Limits(
        stage.id,
        today,
        today - timedelta(days=stay) if stay is not None else None,
        today - timedelta(days=idle) if idle is not None else None,
        today + timedelta(days=idle) if idle is not None else None,
    )


def overstays(deal: Clocks, limit: Limits) -> bool:
    """Longer in its stage than expected."""
    return limit.overstay_before is not None and deal.entered_on < limit.overstay_before


def idles(deal: Clocks, limit: Limits) -> bool:
    """Untouched for too long, and nothing planned soon."""
    if limit.idle_before is None or limit.plan_until is None:
        return False
    planned = deal.next_due is not None and limit.today <= deal.next_due <= limit.plan_until
    return deal.touched_on < limit.idle_before and not planned


def stalled_reasons(deal: Deal, pipeline: Pipeline, today: date, zone: ZoneInfo) -> tuple[str, ...]:
    """Why an open deal counts as stalled, in words; empty when it does not."""
    if not deal.is_open or deal.is_snoozed(today):
        return ()
    stage, at = pipeline.stage(deal.stage_id), clocks(deal, zone)
    limit = limits(stage, today)
    reasons = []
    if overstays(at, limit):
        reasons.append(f"overstay {(today - at.entered_on).days}/{stage.expected_days}d")
    if idles(at, limit):
        reasons.append(f"idle {(today - at.touched_on).days}/{stage.idle_days}d")
    if not reasons:
        return ()
    if at.next_due is not None and at.next_due < today:
        reasons.append(f"next step overdue {(today - at.next_due).days}d")
    if at.expected_close is not None and at.expected_close < today:
        reasons.append("close date passed")
    return tuple(reasons)


SILENT_TOUCHES = 5
"""How often one asks without an answer before anybody calls a deal dead."""


def dead_evidence(deal: Deal, pipeline: Pipeline, today: date, zone: ZoneInfo) -> tuple[str, ...]:
    """Why an open deal may be given up, in words; empty where that is not so."""
    stalled = stalled_reasons(deal, pipeline, today, zone)
    allowed = pipeline.stage(deal.stage_id).idle_days
    at = clocks(deal, zone)
    if not stalled or allowed is None or at.next_due is not None:
        return ()
    idle = (today - at.touched_on).days
    if idle <= 2 * allowed or deal.outbound_since_reply < SILENT_TOUCHES:
        return ()
    return (
        f"untouched for {idle} days, twice what {pipeline.stage(deal.stage_id).name} allows",
        f"{deal.outbound_since_reply} times asked without an answer",
        "no next step",
        *(reason for reason in stalled if reason.startswith("overstay")),
    )


def sign(deal: Clocks, limit: Limits, *, snoozed: bool) -> Sign:
    """The gravest thing that an open deal's card must say. A next step without a day, of which
    nobody is reminded, is none, here as in the queue and in all numbers."""
    if snoozed:
        return Sign.NONE
    if deal.next_due is None:
        return Sign.NO_NEXT_STEP
    if deal.next_due < limit.today:
        return Sign.OVERDUE
    return Sign.STALLED if overstays(deal, limit) or idles(deal, limit) else Sign.NONE
