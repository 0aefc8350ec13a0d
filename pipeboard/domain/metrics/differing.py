"""Whether win rates differ by more than chance, with one false claim in twenty over all of them."""

from __future__ import annotations

from collections.abc import Mapping
from math import erfc, sqrt
from typing import NamedTuple

from pipeboard.domain.metrics.result import Metric

LEVEL = 0.05
LEAST_EXPECTED = 5
"""Wins and losses that must be expected on either side for the normal approximation to hold."""


class RateDifference(NamedTuple):
    """A rate that differs from that of all others together."""

    name: str
    won: int
    closed: int
    others_won: int
    others_closed: int

    @property
    def is_higher(self) -> bool:
        return self.won * self.others_closed > self.others_won * self.closed


def differing(rates: Mapping[str, Metric]) -> list[RateDifference]:
    """The rates that differ from the others by more than chance, the surest first.

    Each is held against all others together by the pooled two-proportion z-test; Holm's step-down
    (1979) keeps the chance of any false claim below one in twenty, however many there are.
    """
    total_won = sum(int(rate.num or 0) for rate in rates.values())
    total = sum(int(rate.den or 0) for rate in rates.values())
    tested: list[tuple[float, RateDifference]] = []
    for name, rate in rates.items():
        won, closed = int(rate.num or 0), int(rate.den or 0)
        found = RateDifference(name, won, closed, total_won - won, total - closed)
        p = p_value(found)
        if p is not None:
            tested.append((p, found))
    tested.sort(key=lambda one: (one[0], one[1].name))
    # Of two, the second is the first seen from the other side: one claim, not two.
    claims = 1 if len(rates) == 2 else len(tested)
    kept: list[RateDifference] = []
    for place, (p, found) in enumerate(tested[:claims]):
        if p > LEVEL / (claims - place):
            break
        kept.append(found)
    return kept


def p_value(found: RateDifference) -> float | None:
    """How likely chance alone makes such a difference; None where there are too few to say."""
    n, m = found.closed, found.others_closed
    if not n or not m:
        return None
    pooled = (found.won + found.others_won) / (n + m)
    if min(n, m) * min(pooled, 1 - pooled) < LEAST_EXPECTED:
        return None
    off = found.won / n - found.others_won / m
    return erfc(abs(off) / sqrt(pooled * (1 - pooled) * (1 / n + 1 / m)) / sqrt(2))
