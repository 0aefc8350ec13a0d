"""Durations that may not be over yet: Kaplan-Meier and Aalen-Johansen."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import NamedTuple

_CLOSE = 1e-9


class SurvivalStep(NamedTuple):
    """A time at which `events` of the `at_risk` that had lasted so long ended."""

    time: int
    at_risk: int
    events: int


@dataclass(frozen=True, slots=True)
class Survival:
    """A Kaplan-Meier curve of ascending durations, `ended` or still `running` (censored).

    What is censored at the time of an event was still at risk then (Kaplan and Meier 1958).
    """

    ended: Sequence[int]
    running: Sequence[int]

    def steps(self) -> Iterator[SurvivalStep]:
        """The times at which something ended, ascending."""
        over, censored = 0, 0
        while over < len(self.ended):
            time = self.ended[over]
            after = bisect_right(self.ended, time, over)
            censored = bisect_left(self.running, time, censored)
            at_risk = len(self.ended) - over + len(self.running) - censored
            yield SurvivalStep(time, at_risk, after - over)
            over = after

    def at(self, time: int) -> Fraction:
        """The share that lasts longer than `time`."""
        return _product(step for step in self.steps() if step.time <= time)

    def median(self) -> int | None:
        """The smallest time at which half or fewer are left; None when that is not reached."""
        share = 1.0
        for time, at_risk, events in self.steps():
            share *= (at_risk - events) / at_risk
            if share < 0.5 - _CLOSE:
                return time
            # Only where rounding could decide is it worth multiplying whole numbers.
            if share <= 0.5 + _CLOSE and 2 * self.at(time) <= 1:
                return time
        return None


def _product(steps: Iterable[SurvivalStep]) -> Fraction:
    """The product of (at risk - events) / at risk; between censorings its terms cancel out."""
    above: list[int] = []
    below: list[int] = []
    for _, at_risk, events in steps:
        if above and above[-1] == at_risk:
            above[-1] = at_risk - events
        else:
            above.append(at_risk - events)
            below.append(at_risk)
    return Fraction(prod(above), prod(below))


def kaplan_meier(ended: Iterable[int], running: Iterable[int]) -> Survival:
    """The curve of durations that ended and of those still running, in any unit."""
    return Survival(sorted(ended), sorted(running))


def aalen_johansen(
    wanted: Iterable[int], competing: Iterable[int], running: Iterable[int]
) -> list[tuple[int, float]]:
    """The cumulative incidence of the wanted outcome after each time at which it occurred.

    A competing outcome ends the chance of the wanted one, which Kaplan-Meier with the competing
    outcome censored would overstate (Satagopan 2004, PMC2410013). A curve to draw: floats.
    """
    hits = Counter(wanted)
    incidence, left = 0.0, 1.0
    curve = []
    for time, at_risk, events in kaplan_meier([*hits.elements(), *competing], running).steps():
        if hits[time]:
            incidence += left * hits[time] / at_risk
            curve.append((time, incidence))
        left *= (at_risk - events) / at_risk
    return curve
