"""Numbers as people read them: each by its unit, in few characters."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from pipeboard.domain import phrases
from pipeboard.domain.counts import how_many
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.locales import ENGLISH, Manner
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.result import Metric, Number, Unit
from pipeboard.domain.money import Money, half_up

# What is told of a number besides its value.


@dataclass(frozen=True, slots=True)
class Definition:
    """One number: its name in JSON, its unit, a label for a screen, what it says, and the pure
    function that finds it, which it is called as. `more_is_better` is None where neither direction
    is good in itself. `at_end` marks what is asked of the open deals: of a period that is over, as
    of its end."""

    name: str
    unit: Unit
    label: str
    summary: str
    of: Callable[[Basis], Metric]
    more_is_better: bool | None = None
    at_end: bool = False

    def __call__(self, basis: Basis) -> Metric:
        return basis.once(self.of)


def named(
    name: str, unit: Unit, label: str, *, better: bool | None = None, at_end: bool = False
) -> Callable[[Callable[[Basis], Metric]], Definition]:
    """Makes a number of the function that finds it; the first paragraph of its docstring is what
    people are told of it."""

    def defined(of: Callable[[Basis], Metric]) -> Definition:
        summary = " ".join((of.__doc__ or "").strip().partition("\n\n")[0].split())
        return Definition(name, unit, label, phrases.named(summary), of, better, at_end)

    return defined


NOTHING = "n/a"
_ONE_DECIMAL_BELOW = 10
_HOURS_UNTIL = 48
_LEAST_POINTS = Fraction(1, 10)


@dataclass(frozen=True, slots=True)
class Wording:
    """Words amounts in one currency; without `signs` it is `EUR 40k`, for ASCII terminals. What
    people alone read is worded in their `manner`."""

    currency: str
    signs: bool = True
    manner: Manner = ENGLISH

    def money(self, minor: Number) -> str:
        """An amount of minor units in few characters: `€12.4k`."""
        money = Money(half_up(Fraction(minor)), self.currency)
        text = self.manner.money(money, style="short", symbol=True)
        if self.signs or text.isascii():
            return text
        return f"{self.currency} {self.manner.money(money, style='short')}"

    def number(self, metric: Metric) -> str:
        """The value by its unit, `n/a` when there is none."""
        if metric.value is None:
            return NOTHING
        value = Fraction(metric.value)
        match metric.unit:
            case Unit.MINOR:
                return self.money(value)
            case Unit.MINOR_PER_DAY:
                return f"{self.money(value)}/day"
            case Unit.RATIO:
                return self.percent(value)
            case Unit.DAYS:
                return f"{self.decimal(value)} d"
            case Unit.HOURS:
                return self.manner.number(hours(value))
            case Unit.TIMES:
                return f"{self.tenths(value)}x"
            case _:
                return self.count(half_up(value))

    def count(self, number: int) -> str:
        """A whole number: `12,400`."""
        return self.manner.count(number)

    def how_many(self, number: int, thing: str, things: str = "") -> str:
        """`1 deal`, `2,473 deals`."""
        return how_many(number, thing, things, figures=self.count)

    def percent(self, share: Fraction | float) -> str:
        """A share as `63%`, as `percent`."""
        return self.manner.number(percent(share))

    def decimal(self, value: Fraction) -> str:
        """A whole number; below ten with one decimal, unless that is 0."""
        return self.manner.number(decimal(value))

    def tenths(self, value: Fraction) -> str:
        """Rounded half up to one decimal."""
        return self.manner.number(tenths(value))

    def explained(self, metric: Metric) -> str:
        """As `number`, with the reason where there is no value: `n/a (no target)`."""
        if metric.value is None and metric.reason:
            return f"{NOTHING} ({metric.reason})"
        return self.number(metric)

    def change(self, difference: Fraction, unit: Unit) -> str:
        """By how much a number has changed, unsigned: points of a ratio, else by its unit."""
        size = abs(difference)
        if unit is Unit.RATIO:
            return f"{self.manner.number(decimal(size * 100))} pt"
        return self.number(Metric(size, unit))


def percent(share: Fraction | float) -> str:
    """A share as `63%`; near 0 and 100 with a decimal, and never rounded to all or nothing."""
    points = Fraction(share) * 100
    size, minus = abs(points), "-" if points < 0 else ""
    if 0 < size < _LEAST_POINTS:
        return f"{minus}{tenths(_LEAST_POINTS)}%"
    if Fraction(199, 2) <= size < 100:
        return f"{minus}{tenths(min(size, 100 - _LEAST_POINTS))}%"
    return f"{tenths(points) if 0 < size < 1 else half_up(points)}%"


def decimal(value: Fraction) -> str:
    """A whole number; below ten with one decimal, unless that is 0."""
    if abs(value) >= _ONE_DECIMAL_BELOW:
        return f"{half_up(value):,}"
    return tenths(value).removesuffix(".0")


def tenths(value: Fraction) -> str:
    """Rounded half up to one decimal."""
    rounded = half_up(value * 10)
    minus = "-" if rounded < 0 else ""
    whole, rest = divmod(abs(rounded), 10)
    return f"{minus}{whole:,}.{rest}"


def hours(value: Fraction) -> str:
    """Hours up to two days, days from there on."""
    return f"{decimal(value)} h" if value < _HOURS_UNTIL else f"{decimal(value / 24)} d"
