"""The numbers: pure functions of what happened to deals, rules, an instant and a period.

`DEFINITIONS.md` beside this file says what each of them is.
"""

from __future__ import annotations

from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.names import METRICS
from pipeboard.domain.metrics.report import Report, compare
from pipeboard.domain.metrics.result import Metric, Unit
from pipeboard.domain.metrics.rules import Target

__all__ = [
    "METRICS",
    "Basis",
    "Metric",
    "Report",
    "Target",
    "Unit",
    "compare",
]
