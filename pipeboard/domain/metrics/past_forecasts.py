"""Past periods of the kind that is looked at, and what stood open in them, from events."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from pipeboard.domain.counts import how_many
from pipeboard.domain.errors import BadInput
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.metrics.basis import Basis, shared_out
from pipeboard.domain.metrics.chances import CERTAIN_BP, Chances, chances_at, stay_at
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.result import Number
from pipeboard.domain.metrics.rules import Group, Grouping
from pipeboard.domain.periods import Period

MOST_PERIODS = 4


@dataclass(frozen=True, slots=True)
class PastStanding:
    """A past period as it stood at an instant `at` in it (or just before it): the deals open then,
    and those that were won from then to its end."""

    period: Period
    at: int
    end: int
    open: Sequence[DealHistory]
    won: Sequence[DealHistory]


def past_periods(basis: Basis) -> list[Period]:
    """The periods that are over of `periods_before`; none from before the first deal."""
    first = basis.everybody.once(_first_created_at)
    return [p for p in periods_before(basis) if basis.calendar.start(p.start) >= first]


def _first_created_at(basis: Basis) -> int:
    return min([deal.created_at for deal in basis.deals.created], default=basis.now)


def periods_before(basis: Basis) -> list[Period]:
    """Up to four periods of the same kind before this one that are over, the latest first."""
    found: list[Period] = []
    period = basis.period
    while period.kind != "all" and len(found) < MOST_PERIODS:
        try:
            period = period.previous()
        except BadInput:
            break
        if basis.calendar.start(period.end) <= basis.now:
            found.append(period)
    return found


def at_starts(basis: Basis) -> Sequence[PastStanding]:
    """The past periods as they stood just before they began."""
    return _standings(basis, _at_starts, -1)


def at_same_time(basis: Basis) -> Sequence[PastStanding]:
    """The past periods as they stood as long after their start as this one has run."""
    return _standings(basis, _at_same_time, _run(basis))


class _Stood(NamedTuple):
    """A deal that stood open in a past period, by its place, or was `won` since."""

    place: int
    at: int
    deal: DealHistory
    won: bool


def _group_of(grouping: Grouping, stood: _Stood) -> Group:
    return (grouping.event if stood.won else grouping.standing)(stood.deal, stood.at)


@shared_out(_group_of)
def _at_starts(basis: Basis) -> Sequence[_Stood]:
    return _stood(basis, -1)


@shared_out(_group_of)
def _at_same_time(basis: Basis) -> Sequence[_Stood]:
    return _stood(basis, _run(basis))


def _run(basis: Basis) -> int:
    return max(-1, basis.now - basis.start)


def _stood(basis: Basis, run: int) -> list[_Stood]:
    found: list[_Stood] = []
    # From the earliest on: of those that were alive then, later ones are found without the rest.
    for place, period in reversed([*enumerate(past_periods(basis))]):
        standing = _standing(basis, period, run)
        found += [_Stood(place, standing.at, deal, False) for deal in standing.open]
        found += [_Stood(place, deal.visit_began_at, deal, True) for deal in standing.won]
    return found


def _standings(
    basis: Basis, find: Callable[[Basis], Sequence[_Stood]], run: int
) -> Sequence[PastStanding]:
    periods = basis.everybody.once(past_periods)
    open_then: list[list[DealHistory]] = [[] for _ in periods]
    won: list[list[DealHistory]] = [[] for _ in periods]
    for one in basis.once(find):
        (won if one.won else open_then)[one.place].append(one.deal)
    return [
        PastStanding(period, *_bounds(basis, period, run), open_then[place], won[place])
        for place, period in enumerate(periods)
    ]


def _bounds(basis: Basis, period: Period, run: int) -> tuple[int, int]:
    """The instant so long after the start of a period, and its end."""
    start, end = basis.calendar.start(period.start), basis.calendar.start(period.end)
    return min(start + run, end - 1), end


def standing_in(basis: Basis, period: Period, run: int) -> PastStanding:
    """A past period as it stood so many microseconds after its start, of this group."""
    if basis.whole is not None:
        return _own(basis, standing_in(basis.whole, period, run))
    return _standing(basis, period, run)


def _standing(basis: Basis, period: Period, run: int) -> PastStanding:
    at, end = _bounds(basis, period, run)
    return PastStanding(
        period,
        at,
        end,
        [deal for deal in basis.deals.alive_after(at) if deal.is_open_at(at)],
        basis.deals.wins.between(at + 1, end),
    )


def _own(basis: Basis, standing: PastStanding) -> PastStanding:
    """The part of a standing that belongs to one group."""
    grouping = basis.grouping
    if grouping is None:
        return standing
    at, group = standing.at, basis.group
    return PastStanding(
        standing.period,
        at,
        standing.end,
        [deal for deal in standing.open if grouping.standing(deal, at) == group],
        [deal for deal in standing.won if grouping.event(deal, deal.visit_began_at) == group],
    )


def was_due(deal: DealHistory, standing: PastStanding) -> bool:
    """Whether a deal was expected to close in the period then."""
    close = deal.close_at(standing.at)
    first, after = standing.period.start.isoformat(), standing.period.end.isoformat()
    return close is not None and first <= close < after


def worth_at(basis: Basis, deal: DealHistory, us: int) -> Number | None:
    """What a deal was worth at an instant, at the rate of that day; None without value or rate."""
    minor, currency = deal.value_at(us)
    if minor is None or currency is None:
        return None
    return basis.in_currency(minor, currency, basis.calendar.day(us))


# Which forecast has been right before: each scored at the starts of past periods.

FORECASTS = ("stated", "table", "measured")
LEAST_PERIODS = 2
LEAST_WINS = 10
USELESS = 1
"""An error from which on it would have been no worse to say nothing."""


@dataclass(frozen=True, slots=True)
class ForecastScore:
    """One past period: what each forecast said at its start of the deals that were open then, in
    minor units of those with a value and in wins of all, and what came of them in it."""

    period: Period
    said: Mapping[str, Fraction]
    came: Fraction
    said_wins: Mapping[str, Fraction]
    open: Sequence[DealHistory]
    won: Sequence[DealHistory]
    valued: int

    @property
    def deals(self) -> int:
        """How many deals were open then."""
        return len(self.open)

    @property
    def wins(self) -> int:
        """How many of them were won in the period."""
        return len(self.won)


@dataclass(frozen=True, slots=True)
class Backtest:
    """The scores, the latest first. `errors` is how far each forecast was off over all of them, as
    a share of what came: in money, or `by_count` in wins where most deals had no value then.
    `believed` is the one that was off least, None while that says nothing."""

    scores: Sequence[ForecastScore]
    errors: Mapping[str, Fraction]
    believed: str | None
    reason: str | None
    by_count: bool = False


def backtest(basis: Basis) -> Backtest:
    """How right the forecasts of these deals were at the starts of up to four past periods; nothing
    that happened later was known to any of them."""
    scores = [_score(basis, standing) for standing in basis.once(at_starts)]
    by_count = 2 * sum(score.valued for score in scores) < sum(score.deals for score in scores)
    came = sum((_came(score, by_count) for score in scores), Fraction(0))
    if not came:
        return Backtest(scores, {}, None, "nothing was won from what stood open before", by_count)
    errors = {name: _off(scores, name, by_count) / came for name in FORECASTS}
    best = min(FORECASTS, key=lambda name: (errors[name], FORECASTS.index(name)))
    reason = _doubt(scores, errors[best])
    return Backtest(scores, errors, None if reason else best, reason, by_count)


def _came(score: ForecastScore, by_count: bool) -> Fraction:
    return Fraction(score.wins) if by_count else score.came


def _off(scores: Sequence[ForecastScore], name: str, by_count: bool) -> Fraction:
    """By how much a forecast was off over all periods."""
    said = ((score.said_wins if by_count else score.said)[name] for score in scores)
    came = (_came(score, by_count) for score in scores)
    return sum((abs(one - other) for one, other in zip(said, came, strict=True)), Fraction(0))


def _doubt(scores: Sequence[ForecastScore], error: Fraction) -> str | None:
    """Why even the best forecast is not to be believed."""
    wins = sum(score.wins for score in scores)
    if len(scores) < LEAST_PERIODS:
        return f"{how_many(len(scores), 'past period')} to check it against"
    if wins < LEAST_WINS:
        return f"{how_many(wins, 'win')} in past periods to check it against"
    return "every forecast has been off by as much as came, or more" if error >= USELESS else None


def _score(basis: Basis, standing: PastStanding) -> ForecastScore:
    """Deals of one stage, chance by hand, date and age have one share: it is taken once for all."""
    known, ahead = _known(basis, standing.at), standing.end - standing.at - 1
    number: Counter[_Kind] = Counter()
    worths: defaultdict[_Kind, Number] = defaultdict(int)
    valued = set()
    for deal in standing.open:
        _, stage_id, band = stay_at(deal, standing.at)
        kind = (stage_id, deal.bp_at(standing.at), was_due(deal, standing), band)
        number[kind] += 1
        worth = worth_at(basis, deal, standing.at)
        if worth is not None:
            valued.add(deal.id)
            worths[kind] += worth
    said, said_wins = (dict.fromkeys(FORECASTS, Fraction(0)) for _ in range(2))
    for kind, deals in number.items():
        for name, share in _shares(known, kind, ahead).items():
            said_wins[name] += deals * share
            said[name] += worths[kind] * share
    open_then = {deal.id for deal in standing.open}
    won = [deal for deal in standing.won if deal.id in open_then]
    came = basis.tally(deal for deal in won if deal.id in valued).amount
    return ForecastScore(
        standing.period, said, Fraction(came), said_wins, standing.open, won, len(valued)
    )


def _known(basis: Basis, us: int) -> Chances:
    """The chances as they were known then, found once for all groups."""
    everybody = basis.everybody
    kept = everybody.once(_kept)
    if us not in kept:
        kept[us] = chances_at(everybody, us)
    return kept[us]


def _kept(basis: Basis) -> dict[int, Chances]:
    return {}


_Kind = tuple[int, int | None, bool, int | None]


def _shares(known: Chances, kind: _Kind, ahead: int) -> dict[str, Fraction]:
    """What each forecast said of deals of a stage, chance by hand, date in the period or not, and
    band of age: 0 where it left them out."""
    stage_id, by_hand, due, band = kind
    of_table = known.table.get(stage_id) or 0
    stated = of_table if by_hand is None else by_hand
    chance = (
        known.of_stage(stage_id, ahead) if band is None else known.of_band(stage_id, band, ahead)
    )
    return {
        "stated": Fraction(stated if due else 0, CERTAIN_BP),
        "table": Fraction(of_table if due else 0, CERTAIN_BP),
        "measured": chance.value or Fraction(0),
    }
