"""What a number says of itself: value, fraction, sample, what was left out and why."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from math import prod, sqrt
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.domain.money import half_up

if TYPE_CHECKING:
    from pipeboard.domain.metrics.history import DealHistory


Number = int | Fraction
DAY_US = 86_400_000_000
HOUR_US = 3_600_000_000
Z_95 = 1.959963984540054
IMMATURE = Fraction(1, 10)
MIN_N = 5

NONE_LEFT_OUT: Mapping[str, int] = MappingProxyType({})


class Unit(StrEnum):
    """What a value is counted in; money is in minor units of the report's currency."""

    RATIO = "ratio"
    DAYS = "days"
    HOURS = "hours"
    COUNT = "count"
    MINOR = "minor"
    MINOR_PER_DAY = "minor_per_day"
    TIMES = "x"


WITHOUT_SAMPLE = (Unit.COUNT, Unit.MINOR)


@dataclass(frozen=True, slots=True)
class Metric:
    """One number; a `value` of None has a `reason` and is never shown as 0.

    `num` and `den` are what was divided, `n` the size of the sample, `excluded` how many deals
    were left out for which reason, `numerator` and `denominator` the deals themselves. `low` and
    `high` are the Wilson 95 % interval of a proportion. While `pending` deals of a cohort are
    undecided, its final value lies within `bounds`.
    """

    value: Number | None
    unit: Unit
    num: Number | None = None
    den: Number | None = None
    n: int = 0
    reason: str | None = None
    excluded: Mapping[str, int] = field(default_factory=lambda: NONE_LEFT_OUT)
    numerator: Sequence[DealHistory] = ()
    denominator: Sequence[DealHistory] = ()
    low: float | None = None
    high: float | None = None
    pending: int = 0
    bounds: tuple[Fraction, Fraction] | None = None

    @property
    def num_ids(self) -> tuple[int, ...]:
        """The deals behind the numerator."""
        return tuple(history.id for history in self.numerator)

    @property
    def den_ids(self) -> tuple[int, ...]:
        """The deals behind the denominator."""
        return tuple(history.id for history in self.denominator)

    @property
    def rounded(self) -> int | None:
        """The value as a whole number, halves up; None stays None."""
        return None if self.value is None else half_up(Fraction(self.value))

    @property
    def told(self) -> Number | None:
        """The value as everybody is told it: deals and minor units are whole."""
        return self.rounded if self.unit in (Unit.COUNT, Unit.MINOR) else self.value

    @property
    def is_immature(self) -> bool:
        """More than a tenth of the cohort is undecided."""
        return self.n > 0 and Fraction(self.pending, self.n) > IMMATURE

    @property
    def is_low(self) -> bool:
        """Too small a sample to build on, of what rests on one; the value is shown all the same."""
        return self.unit not in WITHOUT_SAMPLE and self.n < MIN_N


def missing(unit: Unit, reason: str, *, num: Number | None = None, n: int = 0) -> Metric:
    """A number that there is none of, and why."""
    return Metric(None, unit, num=num, n=n, reason=reason)


def count(deals: Sequence[DealHistory]) -> Metric:
    """How many deals."""
    size = len(deals)
    return Metric(size, Unit.COUNT, num=size, n=size, numerator=deals)


def proportion(
    part: Sequence[DealHistory],
    whole: Sequence[DealHistory],
    empty_reason: str,
    *,
    pending: int = 0,
    excluded: Mapping[str, int] = NONE_LEFT_OUT,
) -> Metric:
    """The share of `part` in `whole` with its interval; `empty_reason` is the reason when empty."""
    num, den = len(part), len(whole)
    if not den:
        return missing(Unit.RATIO, empty_reason)
    low, high = wilson(num, den)
    return Metric(
        Fraction(num, den),
        Unit.RATIO,
        num=num,
        den=den,
        n=den,
        excluded=excluded,
        numerator=part,
        denominator=whole,
        low=low,
        high=high,
        pending=pending,
        bounds=(Fraction(num, den), Fraction(num + pending, den)) if pending else None,
    )


def ratio(
    num: Number, den: Number, *, n: int, empty_reason: str, unit: Unit = Unit.RATIO
) -> Metric:
    """A quotient that is no proportion of deals; `empty_reason` is the reason when `den` is 0."""
    if not den:
        return missing(unit, empty_reason, num=num, n=n)
    return Metric(Fraction(num) / den, unit, num=num, den=den, n=n)


def wilson(successes: Number, trials: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a proportion (scipy `proportion_ci(method='wilson')`)."""
    share, z2 = float(successes) / trials, Z_95 * Z_95
    middle = share + z2 / (2 * trials)
    reach = Z_95 * sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials))
    whole = 1 + z2 / trials
    # Where all or none succeed the bound is exact, and rounding must not move it.
    low = (middle - reach) / whole if successes else 0.0
    high = (middle + reach) / whole if successes < trials else 1.0
    return low, high


def mean(values: Sequence[Number]) -> Fraction:
    """The exact mean of at least one value."""
    return Fraction(sum(values)) / len(values)


def median(ordered: Sequence[Number]) -> Fraction:
    """The middle of at least one ascending value, or the mean of the two in the middle."""
    half = len(ordered) // 2
    if len(ordered) % 2:
        return Fraction(ordered[half])
    return Fraction(ordered[half - 1] + ordered[half]) / 2


def nearest_rank(ordered: Sequence[Number], share: Fraction) -> Number:
    """The value at rank ceil(share * n) of at least one ascending value."""
    rank = -(-share.numerator * len(ordered) // share.denominator)
    return ordered[max(rank, 1) - 1]


def left_out(reasons: Mapping[str, int]) -> dict[str, int]:
    """The reasons that kept at least one deal out."""
    return {reason: number for reason, number in reasons.items() if number}


def added(*counts: Mapping[str, int]) -> dict[str, int]:
    """What was left out of several parts of a number, by reason."""
    total: dict[str, int] = {}
    for reasons in counts:
        for reason, number in reasons.items():
            total[reason] = total.get(reason, 0) + number
    return total


# Durations that may not be over yet: Kaplan-Meier and Aalen-Johansen.

_CLOSE = 1e-9


SurvivalStep: TypeAlias = tuple[int, int, int]
"""A time, how many that had lasted so long were at risk, and how many of them ended then; a plain
tuple, since there are as many as there are stays."""


@dataclass(frozen=True, slots=True)
class Survival:
    """A Kaplan-Meier curve of ascending durations, `ended` or still `running` (censored).

    What is censored at the time of an event was still at risk then (Kaplan and Meier 1958).
    """

    ended: Sequence[int]
    running: Sequence[int]

    def steps(self) -> Iterator[SurvivalStep]:
        """The times at which something ended, ascending."""
        over, censored, everyone = 0, 0, len(self.ended) + len(self.running)
        for time, events in Counter(self.ended).items():
            censored = bisect_left(self.running, time, censored)
            yield time, everyone - over - censored, events
            over += events

    def at(self, time: int) -> Fraction:
        """The share that lasts longer than `time`."""
        return _product(step for step in self.steps() if step[0] <= time)

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
