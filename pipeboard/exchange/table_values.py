"""What tables of numbers are made of, before they become CSV or Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from pipeboard.domain.metrics import Metric, Unit
from pipeboard.domain.metrics.result import Number


@dataclass(frozen=True, slots=True)
class Difference:
    """By how much a number has changed; None where one of the two has no value."""

    value: Fraction | None
    unit: Unit


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that no sample of deals stands behind; None where nobody knows it."""

    value: Number | None
    unit: Unit = Unit.MINOR
    goes: bool = False
    """Whether it is taken off, which is said with a minus where people read it."""


Value = Metric | Difference | Figure | str | int | None


@dataclass(frozen=True, slots=True)
class FigureTable:
    """Rows under a key each; `columns` are the names of what stands behind it, as in JSON, and
    `heads` how people read them."""

    name: str
    title: str
    columns: tuple[str, ...]
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, Sequence[Value]]]
    keys: Mapping[str, str] | None = None
    """What people read for a key, where that differs."""
