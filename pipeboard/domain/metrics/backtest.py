"""Which forecast has been right before: each scored at the starts of past periods."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.chances import CERTAIN_BP, Chances, band_of, chances_at, stay_at
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.past import PastStanding, at_starts, was_due, worth_at
from pipeboard.domain.metrics.result import Number
from pipeboard.domain.metrics.wording import counted
from pipeboard.domain.periods import Period

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
        return f"{counted(len(scores), 'past period')} to check it against"
    if wins < LEAST_WINS:
        return f"{counted(wins, 'win')} in past periods to check it against"
    return "every forecast has been off by more than what came" if error >= USELESS else None


def _score(basis: Basis, standing: PastStanding) -> ForecastScore:
    """Deals of one stage, chance by hand, date and age have one share: it is taken once for all."""
    known, ahead = _known(basis, standing.at), standing.end - standing.at - 1
    number: Counter[_Kind] = Counter()
    worths: defaultdict[_Kind, Number] = defaultdict(int)
    valued = set()
    for deal in standing.open:
        began, stage_id = stay_at(deal, standing.at)
        undated = not deal.is_dated and began == deal.created_at
        band = None if undated else band_of(standing.at - began)
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
