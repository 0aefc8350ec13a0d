"""Which forecast has been right before: each scored at the starts of past periods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.chances import CERTAIN_BP, Chances, chances_at
from pipeboard.domain.metrics.history import History
from pipeboard.domain.metrics.past import Standing, at_starts, was_due, worth_at
from pipeboard.domain.periods import Period

FORECASTS = ("stated", "table", "measured")
LEAST_PERIODS = 2
LEAST_WINS = 10
USELESS = 1
"""An error from which on it would have been no worse to say nothing."""


@dataclass(frozen=True, slots=True)
class Score:
    """One past period: what each forecast said at its start of the deals that were open then, and
    what those brought in it, in minor units; `wins` of `deals` were won in it."""

    period: Period
    said: Mapping[str, Fraction]
    came: Fraction
    deals: int
    wins: int
    wins_expected: Fraction


@dataclass(frozen=True, slots=True)
class Backtest:
    """The scores, the latest first. `errors` is how far each forecast was off over all of them, as
    a share of what came; `believed` the one that was off least, None while that says nothing."""

    scores: Sequence[Score]
    errors: Mapping[str, Fraction]
    believed: str | None
    reason: str | None


def backtest(basis: Basis) -> Backtest:
    """How right the forecasts of these deals were at the starts of up to four past periods; nothing
    that happened later was known to any of them."""
    scores = [_score(basis, standing) for standing in basis.once(at_starts)]
    came = sum((score.came for score in scores), Fraction(0))
    if not came:
        return Backtest(scores, {}, None, "nothing was won from what stood open before")
    errors = {
        name: sum((abs(score.said[name] - score.came) for score in scores), Fraction(0)) / came
        for name in FORECASTS
    }
    best = min(FORECASTS, key=lambda name: (errors[name], FORECASTS.index(name)))
    wins = sum(score.wins for score in scores)
    reason = None
    if len(scores) < LEAST_PERIODS:
        reason = f"{len(scores)} past period{'s' * (len(scores) != 1)} to check it against"
    elif wins < LEAST_WINS:
        reason = f"{wins} wins in past periods to check it against"
    elif errors[best] >= USELESS:
        reason = "every forecast has been off by more than what came"
    return Backtest(scores, errors, None if reason else best, reason)


def _score(basis: Basis, standing: Standing) -> Score:
    known = _known(basis, standing.at)
    said = dict.fromkeys(FORECASTS, Fraction(0))
    expected, ahead = Fraction(0), standing.end - standing.at - 1
    for deal in standing.open:
        shares = _shares(basis, known, deal, standing, ahead)
        expected += shares["measured"]
        worth = worth_at(basis, deal, standing.at)
        if worth is not None:
            for name, share in shares.items():
                said[name] += share * worth
    open_then = {deal.id for deal in standing.open}
    won = [deal for deal in standing.won if deal.id in open_then]
    came = Fraction(basis.tally(won).amount)
    return Score(standing.period, said, came, len(standing.open), len(won), expected)


def _known(basis: Basis, us: int) -> Chances:
    """The chances as they were known then, found once for all groups."""
    everybody = basis.everybody
    kept = everybody.once(_kept)
    if us not in kept:
        kept[us] = chances_at(everybody, us)
    return kept[us]


def _kept(basis: Basis) -> dict[int, Chances]:
    return {}


def _shares(
    basis: Basis, known: Chances, deal: History, standing: Standing, ahead: int
) -> dict[str, Fraction]:
    """What each forecast said of a deal: 0 where it left it out."""
    stage_id = deal.stage_at(standing.at)
    if stage_id is None:
        return dict.fromkeys(FORECASTS, Fraction(0))
    of_table = known.table.get(stage_id) or 0
    by_hand = deal.bp_at(standing.at)
    stated = of_table if by_hand is None else by_hand
    due = was_due(deal, standing)
    return {
        "stated": Fraction(stated if due else 0, CERTAIN_BP),
        "table": Fraction(of_table if due else 0, CERTAIN_BP),
        "measured": known.of(deal, standing.at, ahead).value or Fraction(0),
    }
