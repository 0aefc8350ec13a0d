"""How long deals take to close."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.deals import (
    NO_MARKETING,
    NO_QUALIFIED,
    NO_RATE,
    NO_VALUE,
    UNCLOSED,
    UNDATED,
    MoneySum,
    mql_at,
    qualified_at,
)
from pipeboard.domain.metrics.history import BY_DAY, LOST, WON, DealHistory
from pipeboard.domain.metrics.result import (
    DAY_US,
    Metric,
    Number,
    Unit,
    aalen_johansen,
    kaplan_meier,
    left_out,
    mean,
    median,
    missing,
    nearest_rank,
    proportion,
    ratio,
)
from pipeboard.domain.metrics.wording import named

P90 = Fraction(9, 10)
NO_WON = "no won deals"
UNQUALIFIED = "no qualifying date"


def days(us: Number) -> Fraction:
    """A duration in elapsed days of 24 hours."""
    return Fraction(us) / DAY_US


def span(basis: Basis, deal: DealHistory, first: int, last: int | None = None) -> int:
    """From one place of a deal's path to another, or (None) for as long as it has been seen open:
    until now, or until it was archived; in microseconds, whole days between the local dates where
    one of the two is known by its day only."""
    return _between(basis, deal, deal.entered_at[first], first, last)


def stay(basis: Basis, deal: DealHistory, first: int, last: int | None = None) -> int:
    """As `span`, from when the deal came to the stage at the first place."""
    return _between(basis, deal, deal.arrived_at[first], first, last)


def until(basis: Basis, deal: DealHistory, us: int) -> int:
    """As `span`, from the creation of a deal to an instant."""
    return _elapsed(basis, deal.created_at, us, by_day=deal.created_by == BY_DAY)


def _between(basis: Basis, deal: DealHistory, began: int, first: int, last: int | None) -> int:
    ended = _seen_until(basis, deal) if last is None else deal.entered_at[last]
    if not deal.vague:  # asked of each stay of each deal, and nearly all are known to the instant
        return ended - began if ended > began else 0
    known = (deal.known_by(first), "" if last is None else deal.known_by(last))
    return _elapsed(basis, began, ended, by_day=BY_DAY in known)


def _elapsed(basis: Basis, began: int, ended: int, *, by_day: bool) -> int:
    if by_day:
        day = basis.calendar.day
        return max(0, (day(ended) - day(began)).days) * DAY_US
    return max(0, ended - began)


def _seen_until(basis: Basis, deal: DealHistory) -> int:
    changes = deal.archived_changes
    return changes[-1][0] if deal.archived and changes else basis.now


def lasted(basis: Basis, deal: DealHistory) -> int:
    """From the creation of a closed deal to its close, as `span`."""
    return span(basis, deal, 0, len(deal.places) - 1)


def cycles(basis: Basis, closed: Sequence[DealHistory]) -> list[int]:
    """How long closed deals took, ascending, in microseconds; deals without a created date are
    left out."""
    return sorted(lasted(basis, deal) for deal in closed if deal.is_dated)


def of_durations(value: Number | None, deals: Sequence[DealHistory], empty_reason: str) -> Metric:
    """A number of days that a duration in microseconds comes to."""
    if value is None:
        return replace(missing(Unit.DAYS, empty_reason, n=len(deals)), numerator=deals)
    return Metric(days(value), Unit.DAYS, num=days(value), n=len(deals), numerator=deals)


def _of_wins(value: Number | None, won: Sequence[DealHistory]) -> Metric:
    """As `of_durations`, of wins; those without a created date are left out and counted."""
    dated = [deal for deal in won if deal.is_dated]
    metric = of_durations(value, dated, "no win has a created date" if won else NO_WON)
    return replace(metric, excluded=left_out({UNDATED: len(won) - len(dated)}))


@named("cycle_days_median", Unit.DAYS, "Cycle", better=False)
def cycle_median(basis: Basis) -> Metric:
    """Half of the wins of the period came within so many days of their creation."""
    spans = cycles(basis, basis.won)
    return _of_wins(median(spans) if spans else None, basis.won)


@named("cycle_days_mean", Unit.DAYS, "Mean cycle", better=False)
def cycle_mean(basis: Basis) -> Metric:
    """Average days from creation to win."""
    return mean_cycle(basis, basis.won)


def mean_cycle(basis: Basis, won: Sequence[DealHistory]) -> Metric:
    """As `cycle_mean`, of any won deals."""
    spans = cycles(basis, won)
    return _of_wins(mean(spans) if spans else None, won)


@named("cycle_days_p90", Unit.DAYS, "Long cycle", better=False)
def cycle_p90(basis: Basis) -> Metric:
    """Nine of ten wins came within so many days."""
    spans = cycles(basis, basis.won)
    return _of_wins(nearest_rank(spans, P90) if spans else None, basis.won)


@named("cycle_days_qualified_median", Unit.DAYS, "Cycle once qualified", better=False)
def cycle_since_qualified(basis: Basis) -> Metric:
    """Half of the wins came within so many days of qualifying."""
    if not basis.rules.qualifying:
        return missing(Unit.DAYS, NO_QUALIFIED)
    first = basis.rules.qualified_at
    dated = [deal for deal in basis.won if deal.is_dated]
    known = [deal for deal in dated if qualified_at(deal, basis.rules) is not None]
    spans = sorted(
        stay(basis, deal, place, len(deal.places) - 1)
        for deal in known
        if (place := first(deal.places)) is not None
    )
    reason = "no win has a date on which it qualified" if basis.won else NO_WON
    left = {UNDATED: len(basis.won) - len(dated), UNQUALIFIED: len(dated) - len(known)}
    metric = of_durations(median(spans) if spans else None, known, reason)
    return replace(metric, excluded=left_out(left))


@named("mql_conversion", Unit.RATIO, "MQL to SQL", better=True)
def mql_conversion(basis: Basis) -> Metric:
    """Qualified by now of the deals that marketing qualified in the period."""
    if why := _no_way(basis):
        return missing(Unit.RATIO, why)
    leads = [deal for at, deal in basis.deals.marketing if basis.holds(at)]
    first = basis.rules.qualified_at
    became = [deal for deal in leads if first(deal.places) is not None]
    pending = sum(first(deal.places) is None and deal.closed_at is None for deal in leads)
    return proportion(became, leads, "no deal was marketing-qualified", pending=pending)


@named("mql_to_sql_days_median", Unit.DAYS, "Days from MQL to SQL", better=False)
def mql_to_sql(basis: Basis) -> Metric:
    """Half of the deals that qualified in the period did so within so many days of marketing's
    word."""
    if why := _no_way(basis):
        return missing(Unit.DAYS, why)
    first, then = basis.rules.mql_at, basis.rules.qualified_at
    now = [deal for at, deal in basis.deals.qualified if basis.holds(at)]
    known = [deal for deal in now if mql_at(deal, basis.rules) is not None]
    spans = sorted(
        stay(basis, deal, start, end)
        for deal in known
        if (start := first(deal.places)) is not None
        if (end := then(deal.places)) is not None
    )
    reason = "no deal qualified that marketing had" if now else "no deal qualified"
    metric = of_durations(median(spans) if spans else None, known, reason)
    return replace(metric, excluded=left_out({UNDATED: len(now) - len(known)}))


def _no_way(basis: Basis) -> str:
    """Why nothing goes from marketing's stage to a qualified one, where none is marked."""
    if not basis.rules.marketing:
        return NO_MARKETING
    return "" if basis.rules.qualifying else NO_QUALIFIED


@named("cycle_days_active_median", Unit.DAYS, "Active cycle", better=False)
def active_cycle(basis: Basis) -> Metric:
    """Half of the wins came within so many days, time parked not counted."""
    spans = sorted(
        max(0, lasted(basis, deal) - snoozed_time(deal, basis))
        for deal in basis.won
        if deal.is_dated
    )
    return _of_wins(median(spans) if spans else None, basis.won)


def snoozed_time(deal: DealHistory, basis: Basis) -> int:
    """For how long a deal was parked until it closed or until now, in microseconds."""
    last = basis.now if deal.closed_at is None else deal.closed_at
    ends = [at for at, _ in deal.snoozes[1:]] + [last]
    total = 0
    for (at, until), end in zip(deal.snoozes, ends, strict=False):
        if until is not None:
            woken = basis.calendar.start(date.fromisoformat(until))
            total += max(0, min(woken, end, last) - at)
    return total


@named("close_days_km_median", Unit.DAYS, "Time to close", better=False)
def close_median(basis: Basis) -> Metric:
    """Half of the deals created in the period close either way within so many days, with those
    still open taken into account."""
    deals, excluded = created_until_known(basis)
    if not deals:
        return replace(missing(Unit.DAYS, "no deals created"), excluded=excluded)
    spans = basis.once(_spans)
    curve = kaplan_meier([*spans[WON], *spans[LOST]], spans[0])
    metric = of_durations(curve.median(), deals, "not reached")
    return replace(metric, excluded=excluded)


def created_until_known(basis: Basis) -> tuple[list[DealHistory], dict[str, int]]:
    """The deals created in the period that are open or ended on a known day, and how many are left
    out."""
    deals = [deal for deal in basis.created if deal.is_close_dated]
    return deals, left_out({UNCLOSED: len(basis.created) - len(deals)})


def time_to_win(basis: Basis) -> list[tuple[Fraction, float]]:
    """The share of the deals created in the period that is won within so many days, by
    Aalen-Johansen with losing as the competing outcome."""
    spans = basis.once(_spans)
    curve = aalen_johansen(spans[WON], spans[LOST], spans[0])
    return [(days(us), share) for us, share in curve]


def _spans(basis: Basis) -> Mapping[int, Sequence[int]]:
    """How long the deals created in the period took until `WON` or `LOST`, or (0) are open, but
    for those of which nobody knows when they closed."""
    spans: dict[int, list[int]] = {WON: [], LOST: [], 0: []}
    for deal in basis.created:
        if deal.is_close_dated:
            took = lasted(basis, deal) if deal.outcome else span(basis, deal, 0)
            spans[deal.outcome].append(took)
    return spans


# How large deals are, and how much of their first value is left at the win.

NO_VALUED_WIN = "no won deal has a value"


@named("deal_size_mean", Unit.MINOR, "Deal size", better=True)
def deal_size_mean(basis: Basis) -> Metric:
    """Average value of the deals won in the period."""
    return mean_size(basis, basis.won, NO_VALUED_WIN)


def mean_size(
    basis: Basis, deals: Sequence[DealHistory], empty_reason: str = NO_VALUED_WIN
) -> Metric:
    """Mean value of deals."""
    tally = basis.tally(deals)
    reason = tally.no_rate or empty_reason
    metric = ratio(tally.amount, len(tally.deals), n=len(tally.deals), empty_reason=reason)
    return _of(tally, replace(metric, unit=Unit.MINOR))


@named("deal_size_median", Unit.MINOR, "Median deal size", better=True)
def deal_size_median(basis: Basis) -> Metric:
    """Half of the wins of the period were worth at most this."""
    tally = basis.tally(basis.won)
    values = sorted(worth for deal in tally.deals if (worth := basis.worth(deal)) is not None)
    if not values:
        return _of(tally, missing(Unit.MINOR, tally.no_rate or NO_VALUED_WIN))
    middle = median(values)
    return _of(tally, Metric(middle, Unit.MINOR, num=middle, n=len(values)))


@named("open_deal_size_mean", Unit.MINOR, "Open deal size", at_end=True)
def open_deal_size_mean(basis: Basis) -> Metric:
    """Average value of the open deals."""
    return mean_size(basis, basis.deals.open, "no open deal has a value")


@named("value_kept", Unit.RATIO, "Value kept", better=True)
def kept_value(basis: Basis) -> Metric:
    """What wins brought over what they were first said to be worth."""
    num: Number = 0
    den: Number = 0
    deals = []
    won = basis.tally(basis.won)
    for deal in won.deals:
        final, first = basis.worth(deal), _first_worth(basis, deal)
        if final is not None and first is not None:
            num, den = num + final, den + first
            deals.append(deal)
    without_rate = won.excluded.get(NO_RATE, 0) + len(won.deals) - len(deals)
    lacking = MoneySum(0, (), {}, sorted({deal.first_currency or "" for deal in won.deals}))
    reason = won.no_rate or lacking.no_rate or NO_VALUED_WIN
    reason = "wins were first worth 0" if deals else reason
    metric = ratio(num, den, n=len(deals), empty_reason=reason)
    left = left_out({NO_VALUE: won.excluded.get(NO_VALUE, 0), NO_RATE: without_rate})
    return replace(metric, numerator=deals, excluded=left)


def _first_worth(basis: Basis, deal: DealHistory) -> Number | None:
    """The first value at the rate of the day on which the deal closed, as the final one is."""
    if deal.first_minor is None or deal.first_currency is None or deal.closed_at is None:
        return None
    day = basis.calendar.day(deal.closed_at)
    return basis.in_currency(deal.first_minor, deal.first_currency, day)


def _of(tally: MoneySum, metric: Metric) -> Metric:
    return replace(metric, excluded=tally.excluded, numerator=tally.deals)
