"""Why the pipeline of a period changed between its start and now: a ledger that balances (C13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.history import LOST, WON, History
from pipeboard.domain.metrics.result import Number, left_out
from pipeboard.domain.metrics.slipping import expected_at
from pipeboard.domain.metrics.tally import NO_RATE, NO_VALUE

COMING = ("created", "reopened", "pulled_in", "transferred_in", "increased")
GOING = ("decreased", "pushed_out", "won", "lost", "removed", "transferred_out")


@dataclass(slots=True)
class Line:
    """One bucket: its amount, never negative, and the deals in it."""

    amount: Number = 0
    deals: list[History] = field(default_factory=list)

    def add(self, amount: Number, deal: History) -> None:
        self.amount += amount
        self.deals.append(deal)


def _lines(names: tuple[str, ...]) -> dict[str, Line]:
    return {name: Line() for name in names}


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The open deals due in the period, from its start to its end or now, in minor units.

    start + what came (`coming`) - what went (`going`) = end, exactly. Each deal is in one line at
    most. Off the ledger: what was both created and closed meanwhile, and by how much won deals
    ended above what they stood at. Amounts are converted at one day's rates, so that no line is
    made of exchange rates; deals without a rate are left out.
    """

    start: Line = field(default_factory=Line)
    end: Line = field(default_factory=Line)
    coming: Mapping[str, Line] = field(default_factory=lambda: _lines(COMING))
    going: Mapping[str, Line] = field(default_factory=lambda: _lines(GOING))
    created_and_won: Line = field(default_factory=Line)
    created_and_lost: Line = field(default_factory=Line)
    won_above: Line = field(default_factory=Line)
    excluded: dict[str, int] = field(default_factory=dict)

    @property
    def balance(self) -> Number:
        """What the ledger is off by: 0."""
        came = sum(line.amount for line in self.coming.values())
        went = sum(line.amount for line in self.going.values())
        return self.start.amount + came - went - self.end.amount


def waterfall(basis: Basis) -> Waterfall:
    """The waterfall of the period up to the instant."""
    first = min(basis.start - 1, basis.now)
    last = min(basis.end - 1, basis.now)
    flow = Waterfall()
    day = basis.calendar.day(last)
    without_value = without_rate = 0
    for deal in basis.deals.everything:
        if _is_over_before(deal, first) or deal.created_at > last:
            continue
        was_in, is_in = expected_at(basis, deal, first), expected_at(basis, deal, last)
        before, after = _worth(basis, deal, first, day), _worth(basis, deal, last, day)
        if before is None or after is None:
            without_rate += was_in or is_in
            continue
        if was_in or is_in:
            without_value += deal.value_at(first)[0] is None and deal.value_at(last)[0] is None
            _enter(flow, deal, before if was_in else None, after if is_in else None, basis)
            if was_in and not is_in:
                _leave(flow, basis, deal, last, before, after)
            elif is_in and not was_in:
                flow.coming[_arrival(basis, deal, first)].add(after, deal)
        elif deal.created_at > first:
            _pass_through(flow, basis, deal, last, after)
    flow.excluded.update(left_out({NO_VALUE: without_value, NO_RATE: without_rate}))
    return flow


def _is_over_before(deal: History, first: int) -> bool:
    return deal.closed_at is not None and deal.closed_at <= first and not deal.reopened


def _worth(basis: Basis, deal: History, us: int, day: date) -> Number | None:
    """The value at an instant, 0 without one; None when there is no rate for it."""
    minor, currency = deal.value_at(us)
    if minor is None or currency is None:
        return 0
    return basis.in_currency(minor, currency, day)


def _enter(
    flow: Waterfall, deal: History, before: Number | None, after: Number | None, basis: Basis
) -> None:
    if before is not None:
        flow.start.add(before, deal)
    if after is not None:
        flow.end.add(after, deal)
    if before is not None and after is not None and before != after:
        if after > before:
            flow.coming["increased"].add(after - before, deal)
        else:
            flow.going["decreased"].add(before - after, deal)


def _arrival(basis: Basis, deal: History, first: int) -> str:
    """How a deal came into the period's pipeline after its start."""
    if deal.created_at > first:
        return "created"
    if not deal.is_open_at(first):
        return "reopened"
    return "pulled_in" if basis.stood_in_group(deal, first) else "transferred_in"


def _leave(
    flow: Waterfall, basis: Basis, deal: History, last: int, before: Number, after: Number
) -> None:
    name = _departure(basis, deal, last)
    flow.going[name].add(before, deal)
    if name == "won" and after != before:
        flow.won_above.add(after - before, deal)


def _departure(basis: Basis, deal: History, last: int) -> str:
    """Where a deal of the period's pipeline went."""
    place = deal.place_at(last)
    if deal.archived_at(last) or (place == LOST and deal.loss == "invalid"):
        return "removed"
    if place == WON:
        return "won"
    if place == LOST:
        return "lost"
    return "pushed_out" if basis.stood_in_group(deal, last) else "transferred_out"


def _pass_through(flow: Waterfall, basis: Basis, deal: History, last: int, worth: Number) -> None:
    place = deal.place_at(last)
    if not deal.counts or place is None or not basis.happened_in_group(deal, deal.path[-1][0]):
        return
    if place == WON:
        flow.created_and_won.add(worth, deal)
    elif place == LOST:
        flow.created_and_lost.add(worth, deal)
