"""One number as JSON, with all that it is made of."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from pipeboard.domain.metrics import Metric, Unit
from pipeboard.domain.metrics.result import Number
from pipeboard.domain.money import half_up

Document = dict[str, Any]

_WHOLE = (Unit.COUNT, Unit.MINOR)


def metric_document(metric: Metric) -> Document:
    """One number with what it is made of; proportions have their 95 % interval."""
    document: Document = {
        "value": metric.rounded if metric.unit in _WHOLE else number(metric.value),
        "unit": str(metric.unit),
        "num": number(metric.num),
        "den": number(metric.den),
        "n": metric.n,
        "reason": metric.reason,
        "excluded": dict(metric.excluded),
    }
    if metric.low is not None:
        document |= {"low": metric.low, "high": metric.high}
    if metric.bounds is not None:
        document |= {"pending": metric.pending, "bounds": [float(end) for end in metric.bounds]}
    return document


def number(value: Number | None) -> int | float | None:
    """A whole number as it is, else as near as a float comes."""
    if value is None:
        return None
    fraction = Fraction(value)
    return fraction.numerator if fraction.denominator == 1 else float(fraction)


def amount(value: Number | None) -> int | None:
    """Money in whole minor units."""
    return None if value is None else half_up(Fraction(value))
