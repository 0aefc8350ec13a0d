"""Sums of money that say what could not be added."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.result import Metric, Number, Unit

NO_VALUE, NO_RATE = "no value", "no rate"


@dataclass(frozen=True, slots=True)
class MoneySum:
    """A sum in one currency, the deals in it, how many were left out and the currencies that no
    rate is known for."""

    amount: Number
    deals: Sequence[DealHistory]
    excluded: Mapping[str, int]
    lacking: Sequence[str] = ()

    @property
    def whole(self) -> Number | None:
        """The sum; None when an amount has no rate, since the rest is not the total, and when no
        deal has a value, since that is not 0."""
        return None if self.reason else self.amount

    @property
    def reason(self) -> str | None:
        """Why there is no sum."""
        return self.no_rate or (NO_VALUE if self.excluded and not self.deals else None)

    @property
    def no_rate(self) -> str | None:
        """Which rates are missing, in words."""
        return f"no rate for {', '.join(self.lacking)}" if self.lacking else None

    def metric(self) -> Metric:
        """The sum as a number; `num` is what could be added."""
        return Metric(
            self.whole,
            Unit.MINOR,
            num=self.amount,
            n=len(self.deals),
            reason=self.reason,
            excluded=self.excluded,
            numerator=self.deals,
        )


def by_currency(deals: Iterable[DealHistory]) -> dict[str, int]:
    """What deals are worth together in each currency, in minor units, nothing converted."""
    amounts: dict[str, int] = defaultdict(int)
    for deal in deals:
        if deal.minor is not None and deal.currency is not None:
            amounts[deal.currency] += deal.minor
    return dict(amounts)
