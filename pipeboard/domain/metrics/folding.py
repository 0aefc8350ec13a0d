"""From the events of the log to what each deal went through: one pass, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from sys import intern
from typing import Final, NamedTuple

from pipeboard.domain.dates import FOREVER
from pipeboard.domain.deal import HANDOVER, NOT_SAID, UNKNOWN
from pipeboard.domain.events import Kind
from pipeboard.domain.metrics.history import (
    LOST,
    WON,
    DealHistory,
    Places,
    Vague,
)


class Fact(NamedTuple):
    """One event, in the columns of the log that numbers rest on.

    `at` is in microseconds since 1970 UTC, `day` ISO 8601 text; `minor` is an amount, or the basis
    points of a probability. `detail` is an owner, a loss category, a forecast category, `override`
    where a gate was passed with a reason (`elsewhere` by an import), or a touch as `call out`.
    `known` says how exactly the instant is known, `quoted_at` when a quote was sent with it,
    `competitor` whom it was lost to, `entered_at` when a deal came to its first stage, where that
    was later than it was created.
    """

    deal_id: int
    at: int
    kind: str
    stage_id: int | None = None
    minor: int | None = None
    currency: str | None = None
    day: str | None = None
    detail: str | None = None
    known: str | None = None
    quoted_at: int | None = None
    competitor: str | None = None
    entered_at: int | None = None


Told = tuple[
    int, str, int | None, int | None, str | None, str | None,
    str | None, str | None, int | None, str | None, int | None,
]  # fmt: skip
"""The fields of a `Fact` behind the deal's; those at the end may be missing, which is None."""


def fold_deals(
    deals: Iterable[tuple[int, Iterable[Told]]], until: int = FOREVER
) -> list[DealHistory]:
    """The histories of deals by what is told of each up to an instant, in the log's order.

    A deal whose creation is not told (not yet, or taken back) is left out.
    """
    histories: list[DealHistory] = []
    shared: dict[Places, Places] = {}
    for deal_id, facts in deals:
        deal = _deal_told(deal_id, facts, until)
        if deal is not None:
            deal.places = shared.setdefault(deal.places, deal.places)
            arrived_at = deal.arrived_at[0]
            came_later = arrived_at != deal.created_at
            deal.arrived_at = (arrived_at, *deal.entered_at[1:]) if came_later else deal.entered_at
            histories.append(deal)
    return histories


def _deal_told(deal_id: int, facts: Iterable[Told], until: int) -> DealHistory | None:
    """One deal; what most facts are is read as it stands, since there are very many."""
    deal: DealHistory | None = None
    for fact in facts:
        at, kind, length = fact[0], fact[1], len(fact)
        # What nobody knows the day of is told whichever day stands for it.
        if at > until and (length <= _KNOWN or fact[_KNOWN] != UNKNOWN):
            continue
        if deal is None:
            if kind != "created":
                continue
            deal = _created(_whole(deal_id, fact), until)
        elif kind == "moved" and length == _TO_STAGE and (stage := fact[2]) is not None:
            deal.entered_at += (at,)
            deal.places += (stage,)
        elif kind == "touch":
            _touch(deal, at, fact[_WORD] if length > _WORD else None)
        elif change := _CHANGES.get(kind):
            change(deal, _whole(deal_id, fact))
        if length > _QUOTED and (sent_at := fact[_QUOTED]) is not None:
            deal.quoted_at += (sent_at,)
    # Of one that nobody knows the beginning of, it was there when it closed, if not before.
    return None if deal is not None and deal.created_at > until else deal


_TO_STAGE: Final = 3
_WORD: Final = 6
_KNOWN: Final = 7
_QUOTED: Final = 8
_NOTHING = (None,) * len(Fact._fields)
_fact = tuple.__new__  # `_make` without its look at the length: there are very many


def _whole(deal_id: int, fact: Told) -> Fact:
    return _fact(Fact, (deal_id, *fact, *_NOTHING[len(fact) + 1 :]))


def _created(fact: Fact, until: int) -> DealHistory:
    if fact.stage_id is None:
        raise ValueError(f"deal {fact.deal_id} began in no stage")
    deal = DealHistory(
        fact.deal_id,
        fact.at,
        fact.stage_id,
        fact.minor,
        _one(fact.currency),
        _one(fact.day),
        intern(fact.detail or ""),
    )
    deal.created_by = fact.known or ""
    if fact.known:
        deal.vague = _with((), 0, fact.known)
    if fact.entered_at is not None:
        _came_later(deal, fact.entered_at, until)
    return deal


def _came_later(deal: DealHistory, entered_at: int, until: int) -> None:
    """The deal stood elsewhere before, or nobody knows yet when it comes to its first stage."""
    if entered_at <= until:
        deal.arrived_at = (entered_at,)
    else:
        deal.vague = _with((), 0, UNKNOWN)


@cache
def _with(vague: Vague, place: int, known: str) -> Vague:
    """One place more; one tuple for all deals of which as much is known."""
    return (*vague, (place, known))


def _one(text: str | None) -> str | None:
    """One text for all who say the same: of few owners, currencies and days in very many deals."""
    return None if text is None else intern(text)


def _moved(deal: DealHistory, fact: Fact) -> None:
    if fact.stage_id is not None:
        deal.entered_at += (fact.at,)
        deal.places += (fact.stage_id,)
    _passed(deal, fact.detail)


def _passed(deal: DealHistory, how: str | None) -> None:
    """How the gate before the last stage was passed, where it was not met."""
    if how == "override":
        deal.overridden += (len(deal.places) - 1,)
    elif how == "elsewhere":
        deal.elsewhere += (len(deal.places) - 1,)


def _reopened(deal: DealHistory, fact: Fact) -> None:
    _moved(deal, fact)
    deal.outcome = 0
    deal.closed_at = deal.loss = None
    deal.closed_by = deal.competitor = ""
    deal.reopened += 1


def _won(deal: DealHistory, fact: Fact) -> None:
    _closed(deal, fact, WON)
    if fact.minor is not None:
        _value(deal, fact)
    _passed(deal, fact.detail)


def _lost(deal: DealHistory, fact: Fact) -> None:
    _closed(deal, fact, LOST)
    deal.loss = intern(fact.detail or NOT_SAID)
    deal.competitor = fact.competitor or ""


def _closed(deal: DealHistory, fact: Fact, outcome: int) -> None:
    at = fact.at
    if deal.created_by == UNKNOWN != fact.known and at < deal.created_at:  # it was there by then
        deal.created_at, deal.arrived_at = at, (at,)
        deal.entered_at = (at, *deal.entered_at[1:])
    deal.entered_at += (at,)
    deal.places += (outcome,)
    deal.outcome = outcome
    deal.closed_at, deal.closed_by = at, fact.known or ""
    if fact.known:
        deal.vague = _with(deal.vague, len(deal.places) - 1, fact.known)
    deal.next_due = None
    if deal.snoozed_until is not None:
        _snooze(deal, at, None)


def _value(deal: DealHistory, fact: Fact) -> None:
    deal.value_changes += ((fact.at, (deal.minor, deal.currency)),)
    deal.minor, deal.currency = fact.minor, _one(fact.currency)
    if deal.first_minor is None:
        deal.first_minor, deal.first_currency = deal.minor, deal.currency


def _owner(deal: DealHistory, fact: Fact) -> None:
    deal.owner_changes += ((fact.at, deal.owner),)
    deal.owner = intern(fact.detail or "")


def _expected_close(deal: DealHistory, fact: Fact) -> None:
    before, day = deal.close, _one(fact.day)
    deal.close_changes += ((fact.at, before),)
    deal.close = day
    if before is not None and day is not None and day[:7] > before[:7]:
        deal.pushed_at += (fact.at,)


def _probability(deal: DealHistory, fact: Fact) -> None:
    deal.bp_changes += ((fact.at, deal.bp),)
    deal.bp = fact.minor


def _category(deal: DealHistory, fact: Fact) -> None:
    deal.category_changes += ((fact.at, deal.category),)
    deal.category = _one(fact.detail)


def _next_step(deal: DealHistory, fact: Fact) -> None:
    deal.next_due = _one(fact.day)
    # A plan wakes a parked deal, as `deciding.work.set_next_step` has it.
    if (fact.day or fact.detail) and deal.snoozed_until is not None:
        _snooze(deal, fact.at, None)


def _step_done(deal: DealHistory, fact: Fact) -> None:
    deal.next_due = _one(fact.day)
    _worked(deal, fact.at)


def _snoozed(deal: DealHistory, fact: Fact) -> None:
    _snooze(deal, fact.at, _one(fact.day))


def _snooze(deal: DealHistory, at: int, until: str | None) -> None:
    deal.snoozes += ((at, until),)
    deal.snoozed_until = until


def _touch(deal: DealHistory, at: int, said: str | None) -> None:
    kind = intern(said or "")
    if kind.startswith(HANDOVER):  # nobody spoke with the customer
        return
    deal.touched_at += (at,)
    deal.touch_kinds += (kind,)
    _worked(deal, at)
    if kind.endswith(" in"):
        deal.outbound_since_reply = 0
    elif kind.endswith(" out"):
        deal.outbound_since_reply += 1
        if deal.first_outbound_at is None or at < deal.first_outbound_at:
            deal.first_outbound_at = at


def _worked(deal: DealHistory, at: int) -> None:
    if deal.last_touch_at is None or at > deal.last_touch_at:
        deal.last_touch_at = at


def _merged(deal: DealHistory, fact: Fact) -> None:
    deal.merged_at = fact.at
    _archive(deal, fact.at, archived=True)


def _archive(deal: DealHistory, at: int, *, archived: bool) -> None:
    deal.archived_changes += ((at, deal.archived),)
    deal.archived = archived


_CHANGES: dict[str, Callable[[DealHistory, Fact], None]] = {
    Kind.MOVED: _moved,
    Kind.WON: _won,
    Kind.LOST: _lost,
    Kind.REOPENED: _reopened,
    Kind.VALUE: _value,
    Kind.OWNER: _owner,
    Kind.EXPECTED_CLOSE: _expected_close,
    Kind.PROBABILITY: _probability,
    Kind.CATEGORY: _category,
    Kind.NEXT_STEP: _next_step,
    Kind.STEP_DONE: _step_done,
    Kind.SNOOZED: _snoozed,
    Kind.TOUCH: lambda deal, fact: _touch(deal, fact.at, fact.detail),
    Kind.ARCHIVED: lambda deal, fact: _archive(deal, fact.at, archived=True),
    Kind.UNARCHIVED: lambda deal, fact: _archive(deal, fact.at, archived=False),
    Kind.MERGED: _merged,
}

KINDS = tuple(map(str, (Kind.CREATED, Kind.EDITED, *_CHANGES)))
"""The kinds of events that numbers rest on; of an edit only the quote that was sent with it."""
