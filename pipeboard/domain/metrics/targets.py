"""Targets: what is to be won in a period, by everybody, a team or a rep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from pipeboard.domain.errors import BadInput
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.deals import NO_RATE
from pipeboard.domain.metrics.past_forecasts import periods_before
from pipeboard.domain.metrics.result import Metric, Number, Unit, left_out, missing
from pipeboard.domain.metrics.rules import CallChanges, Group, Scope, Target, by_owner
from pipeboard.domain.metrics.wording import named
from pipeboard.domain.money import Money
from pipeboard.domain.periods import Period, parse_period
from pipeboard.domain.settings import Settings

NO_TARGET = "no target"
NOBODYS = "nobody has a target here"
PART = "targets are of everybody, a team or a rep, not of a part of their deals"


@named("target", Unit.MINOR, "Target")
def target_of(basis: Basis) -> Metric:
    """What is to be won in the period.

    Without one for the very period, targets of shorter periods that fill it exactly are added up;
    without one for everybody (or a team), those of the teams, else of the people in it. A target
    stands where it was set: nobody's deals have none, nor have a source or the deals of a filter.
    """
    scope: Scope = ""
    if basis.whole is not None and basis.grouping is not None:
        if basis.group is None and basis.grouping.scope:
            return missing(Unit.MINOR, NOBODYS)
        if basis.whole.whole is not None or not basis.grouping.scope:
            return missing(Unit.MINOR, PART)
        scope = basis.grouping.scope
    for targets in _candidates(basis, scope, basis.group):
        chosen = [part for own in _by_holder(targets) for part in _for_period(basis, own)]
        if chosen:
            return _sum(basis, chosen)
    return missing(Unit.MINOR, NO_TARGET)


def _candidates(basis: Basis, scope: Scope, holder: Group) -> list[list[Target]]:
    """Targets of the scope itself, then of its teams, then of its people."""
    targets, teams = basis.rules.targets, basis.rules.teams
    match scope:
        case "owner":
            return [[target for target in targets if target.owner == holder]]
        case "team":
            return [
                [target for target in targets if target.team == holder],
                [target for target in targets if teams.get(target.owner) == holder],
            ]
        case _:
            return [
                [target for target in targets if not target.owner and not target.team],
                [target for target in targets if target.team],
                [target for target in targets if target.owner],
            ]


def _by_holder(targets: Sequence[Target]) -> list[list[Target]]:
    holders: dict[tuple[str, str], list[Target]] = {}
    for target in targets:
        holders.setdefault((target.owner, target.team), []).append(target)
    return list(holders.values())


def _for_period(basis: Basis, targets: Sequence[Target]) -> list[Target]:
    """The target of the period itself, else those of quarters, months or weeks that fill it."""
    whole = basis.period
    exact = [target for target in targets if target.period == whole.label]
    if exact:
        return exact
    today, settings = basis.today, basis.rules.settings
    parts = [(period_labelled(target.period, today, settings), target) for target in targets]
    for kind in ("quarter", "month", "week"):
        inside = [
            (period, target)
            for period, target in parts
            if period is not None
            and period.kind == kind
            and whole.start <= period.start
            and period.end <= whole.end
        ]
        if _fill(whole, [period for period, _ in inside]):
            return [target for _, target in inside]
    return []


def period_labelled(label: str, today: date, settings: Settings) -> Period | None:
    """The days that a target or call is for; None for a label that no longer reads as a period."""
    week_start, fiscal_shift = settings.week_start, settings.fiscal_shift
    try:
        return parse_period(label, today, week_start=week_start, fiscal_shift=fiscal_shift)
    except BadInput:
        return None


def _fill(whole: Period, parts: Sequence[Period]) -> bool:
    """Whether periods follow on one another from the start of `whole` to its end."""
    reached = whole.start
    for start, end in sorted({(part.start, part.end) for part in parts}):
        if start != reached:
            return False
        reached = end
    return reached == whole.end


def _sum(basis: Basis, targets: Sequence[Target]) -> Metric:
    amounts = [
        basis.in_currency(target.amount.minor, target.amount.currency, basis.today)
        for target in targets
    ]
    known = [amount for amount in amounts if amount is not None]
    if len(known) < len(amounts):
        return missing(Unit.MINOR, "no rate for the target's currency")
    return Metric(sum(known), Unit.MINOR, num=sum(known), n=len(known))


# A rep's own call: what they say themselves that a period will bring, and how right that was.

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
