"""The numbers: pure functions of what happened to deals, rules, an instant and a period.

`DEFINITIONS.md` beside this file says what each of them is.
"""

from __future__ import annotations

from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.folding import KINDS, Fact
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.names import METRICS
from pipeboard.domain.metrics.report import Report, compare
from pipeboard.domain.metrics.result import Metric, Unit
from pipeboard.domain.metrics.rules import MetricRules, Target

__all__ = [
    "KINDS",
    "METRICS",
    "Basis",
    "DealHistory",
    "Fact",
    "Metric",
    "MetricRules",
    "Report",
    "Target",
    "Unit",
    "compare",
]
