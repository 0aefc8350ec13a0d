"""Every number by name, with what it is in one line: one table for scripts, screens and docs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pipeboard.domain.metrics.definition import Definition
from pipeboard.domain.metrics.outcome_names import OUTCOMES
from pipeboard.domain.metrics.outlook_names import OUTLOOK

METRICS: Mapping[str, Definition] = MappingProxyType(
    {metric.name: metric for metric in (*OUTCOMES, *OUTLOOK)}
)
