"""Exchange rates by day: amounts of several currencies become one, or say that they cannot."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from types import MappingProxyType

from pipeboard.domain.currencies import exponent

NO_RATES: Mapping[str, tuple[tuple[date, Fraction], ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Rates:
    """How many units of `base` one unit of a currency is worth, from each day on, oldest first."""

    base: str
    dated: Mapping[str, tuple[tuple[date, Fraction], ...]] = field(default_factory=lambda: NO_RATES)

    def rate(self, currency: str, day: date) -> Fraction | None:
        """The latest rate on or before a day; None when there is none."""
        if currency == self.base:
            return Fraction(1)
        known = self.dated.get(currency, ())
        place = bisect_right(known, day, key=lambda dated: dated[0])
        return known[place - 1][1] if place else None

    def convert(self, minor: int, currency: str, into: str, day: date) -> Fraction | None:
        """Minor units of `currency` in minor units of `into`, exact; None without both rates."""
        source, target = self.rate(currency, day), self.rate(into, day)
        if source is None or target is None:
            return None
        decimals = exponent(into) - exponent(currency)
        return minor * source / target * Fraction(10) ** decimals
