"""A rep's own call: what they say themselves that a period will bring, and how right that was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.definition import named
from pipeboard.domain.metrics.grouping import by_owner
from pipeboard.domain.metrics.past import periods_before
from pipeboard.domain.metrics.result import Metric, Number, Unit, left_out, missing
from pipeboard.domain.metrics.rules import CallChanges
from pipeboard.domain.metrics.tally import NO_RATE
from pipeboard.domain.money import Money
from pipeboard.domain.periods import Period

NO_CALL = "no call"
OF_REPS_ONLY = "calls are a rep's, not of a part of the deals"


@dataclass(frozen=True, slots=True)
class KeptCall:
    """What was called for a past period, and what was won in it, in minor units."""

    period: Period
    said: Fraction
    came: Fraction


@dataclass(frozen=True, slots=True)
class CallRecord:
    """The past periods that a call was made for, the latest first; `error` is how far the calls
    were off over all of them as a share of what came, None where nothing came."""

    periods: Sequence[KeptCall]

    @property
    def error(self) -> Fraction | None:
        came = sum((kept.came for kept in self.periods), Fraction(0))
        off = sum((abs(kept.said - kept.came) for kept in self.periods), Fraction(0))
        return off / came if came else None


@named("forecast_call", Unit.MINOR, "Reps' own call", better=True, at_end=True)
def own_call(basis: Basis) -> Metric:
    """What the reps say themselves that the period will bring, whatever their deals add up to.

    Whoever has open deals or has won in the period without a call is counted as left out.
    """
    reps = _callers(basis)
    if reps is None:
        return missing(Unit.MINOR, OF_REPS_ONLY)
    changes = basis.rules.calls
    found = {rep: _latest(changes, basis.period, rep) for rep in reps}
    called = {rep: call for rep, call in found.items() if call is not None}
    if not called:
        return missing(Unit.MINOR, NO_CALL)
    amounts = [_converted(basis, call) for call in called.values()]
    known = [amount for amount in amounts if amount is not None]
    if len(known) < len(amounts):
        return missing(Unit.MINOR, NO_RATE)
    total = sum(known)
    silent = sorted(_busy(basis) & (set(reps) - set(called)))
    excluded = left_out({NO_CALL: len(silent)})
    behind = [*basis.won, *basis.closing]
    return Metric(total, Unit.MINOR, num=total, n=len(known), excluded=excluded, numerator=behind)


def call_record(basis: Basis) -> CallRecord:
    """How right the calls of these reps were: of each past period what was first called, against
    what those who called it won in it.

    First is what stood at the end of the day on which it was said, so that a slip of the hand is
    no call, and a call that follows what has come in already is not rewarded.
    """
    kept = []
    for period in periods_before(basis):
        end = basis.calendar.start(period.end)
        said = {rep: _first(basis, period, rep, end) for rep in _callers(basis) or ()}
        amounts = {rep: _converted(basis, call) for rep, call in said.items() if call is not None}
        known = {rep: Fraction(amount) for rep, amount in amounts.items() if amount is not None}
        if known:
            came = sum((_won_by(basis, period, rep) for rep in known), Fraction(0))
            kept.append(KeptCall(period, sum(known.values(), Fraction(0)), came))
    return CallRecord(kept)


def _callers(basis: Basis) -> Sequence[str] | None:
    """The reps whose calls these are; None for a part of the deals that nobody calls for."""
    everyone = sorted({owner for _, owner in basis.rules.calls} | set(basis.rules.teams))
    if basis.whole is None or basis.grouping is None:
        return everyone
    if basis.whole.whole is not None or not basis.grouping.scope or basis.group is None:
        return None
    if basis.grouping.scope == "owner":
        return [basis.group]
    return [rep for rep in everyone if basis.rules.teams.get(rep) == basis.group]


def _busy(basis: Basis) -> set[str]:
    """Who has open deals, or has won in the period."""
    owner = by_owner(basis.rules)
    found = {owner.standing(deal, basis.now) for deal in basis.deals.open}
    found |= {owner.event(deal, deal.visit_began_at) for deal in basis.won}
    return {name for name in found if name}


def _latest(calls: Mapping[tuple[str, str], CallChanges], period: Period, rep: str) -> Money | None:
    changes = calls.get((period.label, rep))
    return changes[-1][1] if changes else None


def _first(basis: Basis, period: Period, rep: str, end: int) -> Money | None:
    """What a rep called first for a period and let stand at the end of that day."""
    changes = [c for c in basis.rules.calls.get((period.label, rep), ()) if c[0] < end]
    for place, (at, call) in enumerate(changes):
        later = changes[place + 1][0] if place + 1 < len(changes) else None
        stood = later is None or basis.calendar.day(later) != basis.calendar.day(at)
        if call is not None and stood:
            return call
    return None


def _converted(basis: Basis, call: Money) -> Number | None:
    return basis.in_currency(call.minor, call.currency, basis.today)


def _won_by(basis: Basis, period: Period, rep: str) -> Fraction:
    """What a rep won in a past period."""
    everybody = basis.everybody.during(period)
    owner = by_owner(basis.rules)
    mine = [deal for deal in everybody.won if owner.event(deal, deal.visit_began_at) == rep]
    return Fraction(everybody.tally(mine).amount)
