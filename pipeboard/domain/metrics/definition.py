"""What is told of a number besides its value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.result import Metric, Unit


@dataclass(frozen=True, slots=True)
class Definition:
    """One number: its name in JSON, its unit, a label for a screen, what it says, and the pure
    function that finds it. `more_is_better` is None where neither direction is good in itself.
    `at_end` marks what is asked of the open deals: of a period that is over, as of its end."""

    name: str
    unit: Unit
    label: str
    says: str
    of: Callable[[Basis], Metric]
    more_is_better: bool | None = None
    at_end: bool = False
